"""At the end each decision is tried otherwise, under the same luck."""

import subprocess
import sys

import pytest

from pbc_sim.decision.game import (
    LEVERS,
    Answer,
    Claims,
    Move,
    Offer,
    PlanChoice,
    Ruling,
    Setup,
    advice,
    debrief,
    new_game,
)
from pbc_sim.decision.game.life import Decisions, lived
from pbc_sim.errors import PbcError
from pbc_sim.figures import money
from pbc_sim.language import speaking


@pytest.fixture(scope="module")
def careless(setup):
    """A low price, a quarter without checks, every claim put, one legitimate claim refused."""
    lean = PlanChoice(levers=dict(zip(LEVERS, setup.of_plan("lean"), strict=True)))
    game = new_game(setup).play(
        Move("buyer", Offer(numbers={"payment.catalogue_price.factor": 0.95}))
    )
    while not game.over:
        for role in list(game.awaits):
            move = advice(game, role)
            if move.kind == "plan" and game.turn == 2:
                move = Move("supplier", lean)
            if move.kind == "claims":
                move = Move("supplier", Claims(spells=tuple(game.claimable())))
            if move.kind == "ruling" and game.turn == 2:
                move = Move("evaluator", Ruling())
            game = game.play(move)
    return debrief(game)


def effect_of(debriefing, kind, turn):
    return next(e for e in debriefing.effects if (e.move.kind, e.turn) == (kind, turn))


def test_a_debriefing_prints_its_money_and_how_many_decisions_differ(careless, setup):
    said = str(careless)

    currency = setup.scenario.currency
    (played,) = (line for line in said.splitlines() if line.startswith("as played"))
    for amount in careless.played:
        assert money(amount, currency) in played
    differ = sum(not effect.is_as_advised for effect in careless.effects)
    assert f"{differ} of {len(careless.effects)} decisions differ" in said
    ruled = careless.rulings
    assert f"judged {ruled.as_written} of {ruled.judged} claims" in said
    with speaking("id"):
        assert "seperti yang dimainkan" in str(careless)


def test_a_price_only_moves_money(careless):
    price = effect_of(careless, "offer", -1)

    assert price.supplier_profit < -1e6
    assert price.supplier_profit == pytest.approx(price.buyer_cost)


def test_a_quarter_without_checks_is_told_with_its_loss(careless, setup):
    plan = effect_of(careless, "plan", 2)
    made = careless.game.decisions
    as_advised = tuple(
        setup.of_plan("careful") if turn == 2 else levers for turn, levers in enumerate(made.levers)
    )

    other = lived(
        setup, Decisions(made.numbers, as_advised, made.complaints, made.accepted, made.levels)
    ).money

    assert not plan.is_as_advised
    lost = careless.played.supplier_profit - other.supplier_profit
    assert plan.supplier_profit == pytest.approx(lost)
    assert plan.supplier_profit < 0


def test_a_refused_claim_costs_the_supplier_what_the_buyer_gains(careless):
    ruling = effect_of(careless, "ruling", 2)

    assert ruling.supplier_profit < 0
    assert ruling.supplier_profit == pytest.approx(ruling.buyer_cost)


def test_decisions_as_advised_change_nothing(careless):
    same = [e for e in careless.effects if e.is_as_advised]

    assert same
    assert all(e.supplier_profit == e.buyer_cost == 0 for e in same)


def test_hindsight_is_never_worse_than_the_best_steady_plan_and_keeps_the_budget(careless, setup):
    best = careless.hindsight

    assert best.foreseen.supplier_profit >= best.steady.supplier_profit
    assert best.steady.supplier_profit > careless.played.supplier_profit
    assert setup.affords(best.by_turn)


def test_rulings_are_held_against_the_contracts_words(careless):
    assert 0 < careless.rulings.as_written < careless.rulings.judged


def test_the_baseline_is_the_traditional_contract_under_its_best_plan(
    careless, by_computers, island
):
    assert careless.by_computers == by_computers.life.money
    # Where nothing is deducted it pays to do little.
    traditional = Setup(island, "traditional", seed=1)
    lean = Decisions({}, (traditional.of_plan("lean"),))
    assert careless.baseline == lived(traditional, lean).money


def test_without_a_contract_both_have_what_they_do_without(setup):
    game = new_game(setup)
    for _again in range(2):
        game = game.play(Move("buyer", Offer())).play(Move("supplier", Answer(signs=False)))
    nothing = debrief(game)

    assert nothing.played.supplier_profit == 15_000_000
    assert nothing.effects == []
    assert nothing.hindsight is None


def test_a_game_that_goes_on_is_not_debriefed(setup):
    with pytest.raises(PbcError, match="the game is not over; play it to its end"):
        debrief(new_game(setup))


def test_a_game_is_looked_back_upon_without_compiling_anything(repository):
    """Where nobody has compiled the rules yet, a room would wait for a minute."""
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from pbc_sim.decision.game import debrief, read_log\n"
        "looking = debrief(read_log(Path(sys.argv[1]).read_text(encoding='utf-8')))\n"
        "assert list(looking.work_out())[-1] == 1\n"
        "sys.exit('numba' in sys.modules)\n"
    )
    log = repository / "notebooks" / "recorded_game.jsonl"

    done = subprocess.run([sys.executable, "-c", script, str(log)], check=False)

    assert done.returncode == 0
