"""What do decisions lead to: a term simulated, judged and settled.

Lives here: the future under what was decided, the record as it was found, and both parties' money.
May not live here: who may decide what (`play.py`), payment formulas (`contract/`).
The ledger has the facts. What the evaluator finds of claims, and what the buyer puts on record as
complaints, stands in the *record*, a copy of the ledger on which the contract is settled as ever.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from pbc_sim.contract import Contract
from pbc_sim.contract.incentives import INCENTIVES
from pbc_sim.contract.moving_targets import MONTHS
from pbc_sim.contract.payments import PAYMENTS
from pbc_sim.contract.pricing import Settled, settle_block, summed
from pbc_sim.contract.terms import needs_of
from pbc_sim.decision.game.setup import Levers, Setup, spell_names
from pbc_sim.operations import Ledger
from pbc_sim.operations.facts import CallKind, Calls
from pbc_sim.performance.costs import COST_LINES, Term
from pbc_sim.performance.orders import delivered, due, in_time, relieved
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.performance.plan_changes import costs_with_changes
from pbc_sim.performance.scorecard import Scorer, Scores
from pbc_sim.scenario.vary import with_numbers
from pbc_sim.world.disruption import CAUSES

__all__ = ["Decisions", "Life", "Money", "Trouble", "agreed", "lived", "negotiated"]

ORDINARY, EXCUSED = CAUSES.index("ordinary"), CAUSES.index("force_majeure")
#: Complaints are written on the last day of a turn, and so count in it. [day]
BEFORE_THE_END = 0.5


class Money(NamedTuple):
    """What a term brings and costs [currency]."""

    supplier_profit: float
    buyer_cost: float
    payments: float


@dataclass(frozen=True)
class Decisions:
    """What was decided, whoever decided it.

    Parameters
    ----------
    numbers : mapping of str to float
        Numbers of the contract that were negotiated, by path.
    levers : tuple of Levers
        What the supplier did, turn by turn.
    complaints : tuple of frozenset of int
        Orders that the buyer complained about, turn by turn, counted from 0.
    accepted : frozenset of str
        Spells that the evaluator found to excuse delays.
    levels : tuple of mapping of str to float
        Levels of targets that hold from the turn after each.
    """

    numbers: Mapping[str, float]
    levers: tuple[Levers, ...]
    complaints: tuple[frozenset[int], ...] = ()
    accepted: frozenset[str] = frozenset()
    levels: tuple[Mapping[str, float], ...] = ()


class Trouble(NamedTuple):
    """What a unit has to complain about, as known at the end of a turn.

    Parameters
    ----------
    order : int
        Number of the order, counted from 0.
    unit : int
        Whose order.
    placed, due, arrived : float
        When it was placed, fell due, and was complete; infinity while it is not. [day]
    late, faulty : bool
        Whether it was not there when it fell due in the turn; whether what came in the turn was
        wrong or defective.
    """

    order: int
    unit: int
    placed: float
    due: float
    arrived: float
    late: bool
    faulty: bool


def negotiated(setup: Setup, numbers: Mapping[str, float]) -> Contract:
    """Return the contract with the numbers that were negotiated, before anything moves."""
    return with_numbers(setup.terms, numbers) if numbers else setup.terms


def agreed(setup: Setup, decisions: Decisions) -> Contract:
    """Return the contract as it holds: negotiated numbers, and levels moved by the review clause.

    A level that moves at a turn is written as the seasonal level of the months from then on, so
    that the contract's own arithmetic, caps over the term included, settles it.
    """
    contract = negotiated(setup, decisions.numbers)
    begins = [setup.scenario.setting.calendar.date(float(day)) for day in setup.edges]
    clauses = dict(contract.kpis)
    for name in setup.revisable:
        clause, seasonal = clauses[name], dict[str, float]()
        for turn, levels in enumerate(decisions.levels, start=1):
            if name not in levels or turn >= setup.n_turns:
                continue
            first, last = begins[turn], begins[-1]
            months = 12 * (last.year - first.year) + last.month - first.month
            for n in range(months):
                seasonal[MONTHS[(first.month - 1 + n) % 12]] = levels[name]
        # By hand from here on: the evaluator applies the clause, or does not.
        clauses[name] = clause.model_copy(update={"ratchet": None, "seasonal": seasonal})
    return contract.model_copy(update={"kpis": clauses}) if setup.revisable else contract


@dataclass(frozen=True, eq=False)
class Life:
    """A term under decisions.

    Parameters
    ----------
    setup : Setup
        What is played.
    decisions : Decisions
        What was decided.
    """

    setup: Setup
    decisions: Decisions

    @cached_property
    def contract(self) -> Contract:
        """The contract as it holds."""
        return agreed(self.setup, self.decisions)

    @cached_property
    def ledger(self) -> Ledger:
        """What happened."""
        return self.setup.ledger(self.decisions.levers)

    @cached_property
    def spells(self) -> list[str]:
        """Names of the spells of disruption, in the order of the ledger."""
        return spell_names(self.setup, self.ledger)

    @cached_property
    def judged(self) -> Ledger:
        """The facts, with who answers for each spell as it was found: nobody asked, no relief."""
        spells = self.ledger.disruptions
        accepted = np.array([name in self.decisions.accepted for name in self.spells], dtype=bool)
        own = np.where(spells.cause == ORDINARY, EXCUSED, spells.cause)
        found = replace(
            spells,
            cause=np.where(accepted, own, ORDINARY),
            # A claim that was accepted was found to be in time too.
            noticed=np.where(accepted, spells.began, spells.noticed),
        )
        return replace(self.ledger, disruptions=found)

    @cached_property
    def record(self) -> Ledger:
        """What is settled: the facts as judged, and the complaints that have grounds."""
        when: list[float] = []
        about: list[int] = []
        for turn, orders in enumerate(self.decisions.complaints):
            for order in sorted(orders & self.founded(turn)):
                when.append(float(self.setup.edges[turn + 1]) - BEFORE_THE_END)
                about.append(int(np.flatnonzero(self.ledger.lines.order == order)[0]))
        if not when:
            return self.judged
        opened, line = np.array(when), np.array(about)
        written = Calls(
            opened=opened,
            kind=np.full(len(line), int(CallKind.COMPLAINT)),
            unit=self.ledger.orders.unit[self.ledger.lines.order[line]],
            about=line,
            urgent=np.zeros(len(line), dtype=bool),
            responded=opened.copy(),
            resolved=opened.copy(),
        )
        return replace(self.judged, calls=_joined(self.ledger.calls, written))

    def founded(self, turn: int) -> frozenset[int]:
        """Return the orders with grounds to complain that no accepted claim excuses."""
        excused = self._relieved
        return frozenset(
            t.order for t in self.trouble(turn) if t.faulty or (t.late and not excused[t.order])
        )

    @cached_property
    def _relieved(self) -> np.ndarray:
        return relieved(self.judged, self.setup.limit, ("force_majeure", "buyer"), None)

    def trouble(self, turn: int) -> list[Trouble]:
        """Return the orders of a turn that went wrong, as known at its end."""
        begin, now = self.setup.edges[turn : turn + 2]
        placed, arrived = delivered(self.ledger, "orders")
        due_at = due(self.ledger, "orders", self.setup.limit)
        late = (due_at >= begin) & (due_at < now) & ~in_time(arrived, due_at)
        faulty = np.zeros(len(placed), dtype=bool)
        faulty[self._faulty_orders(begin, now)] = True
        known = np.where(arrived < now, arrived, np.inf)
        rows = np.flatnonzero(late | faulty)
        return [
            Trouble(
                int(order),
                int(self.ledger.orders.unit[order]),
                float(placed[order]),
                float(due_at[order]),
                float(known[order]),
                bool(late[order]),
                bool(faulty[order]),
            )
            for order in rows
        ]

    def _faulty_orders(self, begin: float, now: float) -> np.ndarray:
        returns = self.ledger.returns
        found = (returns.found >= begin) & (returns.found < now)
        orders: np.ndarray = np.unique(self.ledger.lines.order[returns.line[found]])
        return orders

    @cached_property
    def _periods(self) -> ReviewPeriods:
        term = self.contract.term
        return ReviewPeriods.of(self.setup.scenario.setting, term.review, term.months)

    @cached_property
    def settled(self) -> Settled:
        """The contract, settled on the record by payment period."""
        return settle_block([self.contract], self.scores, self._periods)

    @cached_property
    def scores(self) -> Scores:
        """The KPIs of the record."""
        setup = self.setup
        needs = needs_of({setup.contract: self.contract})
        scorer = Scorer.of(needs, setup.scenario.setting)
        plan, _ = setup.plans_of(self.decisions.levers)
        card = scorer.score(self.record, plan, setup.drawn.costs)
        measured = {
            m: array[:, None, None] for m, array in zip(needs.measures, card.measured, strict=True)
        }
        cost = float(self._by_turn("supplier").sum())
        costs = {self.contract.term.months: np.array([[cost]])}
        return Scores(setup.scenario.setting, ("played",), np.array([0]), measured, costs)

    @cached_property
    def _costs(self) -> np.ndarray:
        """Return cost lines by turn, shape (n_turns, n_lines) [currency]."""
        plan, changes = self.setup.plans_of(self.decisions.levers)
        begin, *ends = self.setup.edges.tolist()
        rates = self.setup.drawn.costs
        so_far = [
            costs_with_changes(self.record, plan, changes, rates, Term(begin, end)) for end in ends
        ]
        # Stock is valued as at the end of a term, so what a turn costs is the difference.
        return np.diff(np.array([np.zeros(len(COST_LINES)), *so_far]), axis=0)

    def costs(self, party: str) -> dict[str, np.ndarray]:
        """Return a party's cost lines by name, each by turn; those that are never 0 [currency]."""
        found = {
            name: self._costs[:, n]
            for n, (name, line) in enumerate(COST_LINES.items())
            if line.party == party and self._costs[:, n].any()
        }
        if party == "buyer" and self._monitoring.any():
            found["monitoring"] = self._monitoring
        return found

    def _by_turn(self, party: str) -> np.ndarray:
        amounts = [self._costs[:, n] for n, line in enumerate(COST_LINES.values())
                   if line.party == party]  # fmt: skip
        total: np.ndarray = np.sum(amounts, axis=0)
        return total

    @cached_property
    def _monitoring(self) -> np.ndarray:
        rate = self.setup.drawn.costs.buyer.monitoring_per_review
        held = [
            np.broadcast_to(reading.counts, (1, 1, 1, len(self._periods)))[0, 0, 0]
            for reading in self.settled.block.readings.values()
        ]
        reviews = np.sum(held, axis=0) if held else np.zeros(len(self._periods))
        return rate * self._turned(reviews)

    def turn_of(self, period: int) -> int:
        """Return the turn in which a payment period ends, counted from 0."""
        return int(np.searchsorted(self.setup.edges, self._periods.edges[period + 1]) - 1)

    def _turned(self, by_period: np.ndarray) -> np.ndarray:
        turns = [self.turn_of(period) for period in range(len(by_period))]
        return np.bincount(turns, by_period, self.setup.n_turns)

    def of_periods(self, array: np.ndarray) -> np.ndarray:
        """Return an array of the settlement by payment period, shape (n_periods,)."""
        shape = (1, 1, 1, self.settled.block.n_periods)
        return np.array(np.broadcast_to(array, shape)[0, 0, 0])

    @cached_property
    def payment_lines(self) -> dict[tuple[str, str], np.ndarray]:
        """What is paid by turn: by clause and the KPI that it goes by, if any [currency]."""
        settled, contract = self.settled, self.contract
        found: dict[tuple[str, str], np.ndarray] = {}

        def add(clause: str, kpi: str, amounts: np.ndarray) -> None:
            by_turn = self._turned(self.of_periods(amounts))
            found[clause, kpi] = found.get((clause, kpi), 0.0) + by_turn

        add(PAYMENTS.name_of(contract.payment), "", settled.payment)
        for incentive, amounts in zip(contract.incentives, settled.incentives, strict=True):
            named = getattr(incentive, "event", "") or incentive.kpi_name or ""
            add(INCENTIVES.name_of(incentive), named, amounts)
        for held_back in (*settled.group_limited.values(), settled.limited):
            for amounts in held_back:
                add("limits", "", amounts)
        for amounts in settled.adjusted:
            add("adjustments", "", amounts)
        return {line: amounts for line, amounts in found.items() if amounts.any()}

    @cached_property
    def payments(self) -> np.ndarray:
        """What the buyer pays the supplier, by turn [currency]."""
        return self._turned(self.of_periods(summed(self.settled.lines)))

    @cached_property
    def supplier_profit(self) -> np.ndarray:
        """Payments less the supplier's costs, by turn [currency]."""
        return self.payments - self._by_turn("supplier")

    @cached_property
    def buyer_cost(self) -> np.ndarray:
        """Payments plus the buyer's own losses, by turn [currency]."""
        return self.payments + self._by_turn("buyer") + self._monitoring

    @property
    def money(self) -> Money:
        """Both parties' money over the term."""
        amounts = (self.supplier_profit, self.buyer_cost, self.payments)
        return Money(*(math.fsum(by_turn) for by_turn in amounts))


def _joined(first: Calls, second: Calls) -> Calls:
    columns = zip(vars(first).items(), vars(second).items(), strict=True)
    return Calls(**{name: np.concatenate((a, b)) for (name, a), (_, b) in columns})


def lived(setup: Setup, decisions: Decisions) -> Life:
    """Return the term under decisions; what is not decided yet stays as it was last."""
    return Life(setup, decisions)
