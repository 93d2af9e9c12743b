"""What does the computer do in an empty seat?

Lives here: sensible moves for each role: a supplier that takes the plan with the best expected
profit, a fair buyer, an evaluator that goes by the contract's words.
May not live here: the rules of the game (`play.py`).
Each move is worked out from the game alone, without chance: the same game has the same advice.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from pbc_sim.contract import Contract
from pbc_sim.decision.game.life import agreed
from pbc_sim.decision.game.moves import (
    Answer,
    AnyMove,
    Claims,
    Move,
    Offer,
    PlanChoice,
    Report,
    Role,
    Ruling,
)
from pbc_sim.decision.game.play import MOST_COMPLAINTS, Game
from pbc_sim.decision.game.setup import LEVERS, Setup
from pbc_sim.decision.outcomes import Outcomes, run_study, study_of
from pbc_sim.errors import PbcError
from pbc_sim.performance.orders import in_time
from pbc_sim.world.calendar import Duration
from pbc_sim.world.disruption import CAUSES

__all__ = ["advice", "expected_profits", "play_out", "rule_accepts"]

#: Other futures, after the one that is played, from which the supplier knows what to expect.
BELIEFS = 6
#: Setups whose beliefs are kept.
MOST_KEPT = 4


@lru_cache(maxsize=MOST_KEPT)
def _beliefs(setup: Setup) -> Outcomes:
    baseline = setup.scenario.baseline_name
    names = (setup.contract, baseline) if baseline else (setup.contract,)
    contracts = {name: setup.scenario.contracts[name] for name in names}
    # On SimPy: so few futures are simulated before the compiled model would be loaded, or, where
    # nobody has compiled it yet, a minute before.
    study = study_of(setup.scenario, contracts, setup.seed, tuple(setup.menu), engine="simpy")
    return run_study(study, BELIEFS, workers=1, first=1)


def expected_profits(setup: Setup, contract: Contract) -> dict[str, float]:
    """Return what each plan of the menu is expected to bring if it is held for the term [currency].

    The contract is the one that is played, or the scenario's baseline. It is expected over other
    futures of the same world; complaints are not foreseen.
    """
    settlement = _beliefs(setup).settle({"asked": contract})
    profit = settlement.expected_profit.sel(contract="asked")
    return {plan: float(profit.sel(plan=plan)) for plan in setup.menu}


def advice(game: Game, role: Role) -> Move:
    """Return what the computer would do in a role's place now.

    Raises
    ------
    PbcError
        If that role is not awaited.
    """
    asked = game.awaits.get(role)
    if asked is None:
        raise PbcError(f"the {role} is not awaited now; ask one of {', '.join(game.awaits)}.")
    moves: dict[type[AnyMove], Callable[[Game], AnyMove]] = {
        Offer: lambda _game: Offer(),
        Answer: _answer,
        PlanChoice: _plan,
        Report: _report,
        Claims: _claims,
        Ruling: _ruling,
    }
    return Move(role, moves[asked](game))


def play_out(game: Game) -> Game:
    """Let the computer play all roles to the end."""
    while not game.over:
        for role in list(game.awaits):
            game = game.play(advice(game, role))
    return game


def _answer(game: Game) -> Answer:
    """Sign if the best plan is worth more than doing without the contract."""
    profits = expected_profits(game.setup, agreed(game.setup, game.decisions))
    return Answer(signs=max(profits.values()) >= game.setup.scenario.outside_option.supplier_profit)


def _plan(game: Game) -> PlanChoice:
    """Take the plan with the best expected profit among those that the budget allows."""
    setup, left = game.setup, game.budget_left
    profits = expected_profits(setup, agreed(setup, game.decisions))
    levers = {plan: setup.of_plan(plan) for plan in setup.menu}
    cheapest = min(levers, key=lambda plan: setup.spending(levers[plan]))
    affordable = [plan for plan in levers if setup.spending(levers[plan]) <= left] or [cheapest]
    best = max(affordable, key=lambda plan: profits[plan])
    return PlanChoice(levers=dict(zip(LEVERS, levers[best], strict=True)))


def _report(game: Game) -> Report:
    """Complain about what went wrong and no announced disruption held up; leave targets alone.

    Where a complaint moves no money it only costs the buyer, so none is written.
    """
    if not any(getattr(i, "event", None) == "complaints" for i in game.setup.terms.incentives):
        return Report()
    touched = game.life.ledger.touched
    held_up = {
        int(order)
        for order, row in zip(touched.order, touched.disruption, strict=True)
        if rule_accepts(game, game.life.spells[row])
    }
    due = [t for t in game.complainable if t.faulty or t.order not in held_up]
    worst = sorted(due, key=lambda t: (not t.late, not t.faulty, t.due - min(t.arrived, game.now)))
    return Report(complaints=tuple(sorted(t.order + 1 for t in worst[:MOST_COMPLAINTS])))


def _claims(game: Game) -> Claims:
    """Claim what the contract excuses and held up some order."""
    life = game.life
    touched = life.ledger.touched
    known = touched.disruption[life.ledger.orders.placed[touched.order] < game.now]
    held_up = {life.spells[row] for row in known}
    return Claims(
        spells=tuple(s for s in game.claimable() if s in held_up and rule_accepts(game, s))
    )


def _ruling(game: Game) -> Ruling:
    """Accept what the contract excuses; move targets as far as was achieved, and no further."""
    accepted = tuple(s for s in game.claimed if rule_accepts(game, s))
    approved = tuple(k for k, level in game.proposed.items() if _is_achieved(game, k, level))
    return Ruling(accepted=accepted, approved=approved)


def _is_achieved(game: Game, kpi: str, level: float) -> bool:
    """Tell whether a level is no better than the mean of the turn's reviews, or made easier."""
    life, target = game.life, game.setup.terms.kpis[kpi].target
    sign = 1.0 if target.direction == "higher" else -1.0
    reading = life.settled.block.readings[kpi]
    value, counts = life.of_periods(reading.value), life.of_periods(reading.counts)
    here = [
        value[p]
        for p in np.flatnonzero(counts)
        if life.turn_of(int(p)) == game.turn and not np.isnan(value[p])
    ]
    present = game.levels(game.turn)[kpi]
    if not here or sign * level <= sign * present:
        return sign * level <= sign * present
    return bool(sign * level <= sign * float(np.mean(here)) + 1e-9)


def rule_accepts(game: Game, spell: str) -> bool:
    """Tell whether the contract's own words excuse a spell: its cause, and notice in time."""
    life = game.life
    row, spells = life.spells.index(spell), life.ledger.disruptions
    cause = CAUSES[spells.cause[row]]
    for clause in game.setup.terms.kpis.values():
        settings = dict(clause.measured("month", None).settings)
        if cause not in (settings.get("excluding") or ()):
            continue
        within = settings.get("notice_within")
        if not isinstance(within, Duration):
            return True
        calendar = life.ledger.setting.calendar
        began, noticed = spells.began[[row]], spells.noticed[[row]]
        return bool(in_time(noticed, within.due(calendar, began))[0])
    return False
