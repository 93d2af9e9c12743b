"""Each role sees what it would know, and nothing that others hide or the future holds."""

import dataclasses

import numpy as np
import pytest

from pbc_sim.decision.game import (
    LEVERS,
    ROLES,
    Answer,
    Claims,
    Move,
    Offer,
    PlanChoice,
    Report,
    Ruling,
    Setup,
    new_game,
    replay,
    view,
)
from pbc_sim.errors import PbcError


def seen(game, role):
    return repr(view(game, role))


def moves_of_two_turns(setup):
    lean = PlanChoice(levers=dict(zip(LEVERS, setup.of_plan("lean"), strict=True)))
    turn = [
        *(Move("supplier", lean), Move("supplier", Claims()), Move("buyer", Report())),
        Move("evaluator", Ruling()),
    ]
    return [Move("buyer", Offer()), Move("supplier", Answer(signs=True)), *turn, *turn]


@pytest.mark.parametrize(
    ("party", "rate", "who"),
    [
        ("supplier", "holding_share_per_year", "supplier"),
        ("supplier", "per_shipment", "supplier"),
        ("buyer", "per_late_unit_day", "buyer"),
        ("buyer", "per_defect_in_use", "buyer"),
    ],
)
def test_what_things_cost_a_party_is_seen_by_that_party_alone(setup, island, party, rate, who):
    rates = getattr(island.costs, party)
    costs = island.costs.model_copy(
        update={party: rates.model_copy(update={rate: 1.5 * getattr(rates, rate)})}
    )
    other = Setup(island.model_copy(update={"costs": costs}), "played", seed=1)
    moves = moves_of_two_turns(setup)

    games = [replay(each, moves) for each in (setup, other)]

    changed = [role for role in ROLES if seen(games[0], role) != seen(games[1], role)]
    assert changed == [who]


def test_claims_and_reports_are_sealed_until_the_ruling(setup):
    game = replay(setup, moves_of_two_turns(setup)[:3])
    spell, order = game.claimable()[0], game.complainable[0].order + 1
    claims = [game.play(Move("supplier", Claims(spells=s))) for s in ((), (spell,))]
    reports = [
        game.play(Move("buyer", Report(complaints=c, proposals=p)))
        for c, p in (((), {}), ((order,), {"in_time": 0.9}))
    ]

    assert seen(claims[0], "buyer") == seen(claims[1], "buyer")
    assert seen(claims[0], "supplier") != seen(claims[1], "supplier")
    # What is written costs its writer at once.
    assert seen(reports[0], "supplier") == seen(reports[1], "supplier")


def test_how_the_supplier_works_is_not_seen_by_others_before_it_shows(setup):
    before = replay(setup, moves_of_two_turns(setup)[:2])

    # The shelf is full at first, so in the negotiation nobody knows which plan comes.
    assert "stock" not in seen(before, "buyer")
    assert {f.name for f in dataclasses.fields(view(before, "buyer"))}.isdisjoint(
        {"stock", "costs", "levers", "budget_left", "prices"}
    )
    assert {f.name for f in dataclasses.fields(view(before, "evaluator"))}.isdisjoint(
        {"stock", "costs", "losses", "payments", "levers", "prices"}
    )


def test_nobody_sees_the_future(setup):
    game = replay(setup, moves_of_two_turns(setup)[:3])
    now = game.now
    supplier, buyer = view(game, "supplier"), view(game, "buyer")
    evaluator = view(game, "evaluator")
    ends = supplier.public.begins[1]

    assert game.life.ledger.disruptions.began.max() > now
    assert all(spell.began < ends for spell in supplier.spells)
    assert all(spell.ended is None or spell.ended <= ends for spell in supplier.spells)
    assert all(t.due < now and (t.arrived < now or np.isinf(t.arrived)) for t in buyer.trouble)
    assert {row.turn for row in buyer.units} == {0}
    assert {row.turn for row in evaluator.scorecard} == {0}
    assert {len(amounts) for amounts in supplier.costs.values()} == {1}
    # Nothing is paid before it was ruled on.
    assert not supplier.payments


def test_the_future_changes_nothing_that_is_seen_now(setup, by_computers):
    worked = by_computers.moves[:3]
    later = replay(setup, by_computers.moves)

    before = [seen(replay(setup, worked), role) for role in ROLES]
    again = [seen(replay(setup, later.moves[:3]), role) for role in ROLES]

    assert before == again


def test_units_add_up_to_what_went_wrong(setup):
    game = replay(setup, moves_of_two_turns(setup)[:3])
    rows = view(game, "buyer").units

    trouble = game.life.trouble(0)
    assert sum(row.late for row in rows) == sum(t.late for t in trouble)
    assert sum(row.faulty for row in rows) == sum(t.faulty for t in trouble)
    assert all(row.late <= row.due for row in rows)


def test_the_scorecard_shows_what_the_contract_is_settled_on(setup, by_computers):
    rows = view(by_computers, "evaluator").scorecard
    reading = by_computers.life.settled.block.readings["in_time"]

    values = [row.value for row in rows if row.kpi == "in_time"]

    assert values == pytest.approx(by_computers.life.of_periods(reading.value).tolist())
    assert [row.met for row in rows if row.kpi == "in_time"] == [
        value >= row.target
        for value, row in zip(values, (r for r in rows if r.kpi == "in_time"), strict=True)
    ]


def test_an_unknown_role_is_answered_with_the_known_ones(setup):
    with pytest.raises(PbcError, match=r"unknown role 'auditor'; known: buyer, evaluator"):
        view(new_game(setup), "auditor")
