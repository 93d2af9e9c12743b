"""What does a supplier see that looks at the record, and which plan does it then hold?

Lives here: looks, what is measured between them, and the choice at each look. May not live here:
studies of it and what they say (`adaptive.py`), what a change of plan does (`operations/`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pbc_sim.contract import Contract
from pbc_sim.contract.settlement import settle
from pbc_sim.decision.experiment import Study
from pbc_sim.errors import PbcError
from pbc_sim.language import translated as _
from pbc_sim.operations import Ledger, check_balances, simulate
from pbc_sim.operations.plan_changes import PlanChange
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.performance.costs import COST_LINES, CostTerms, Term, lines_of
from pbc_sim.performance.measures import Measure, summed
from pbc_sim.performance.periods import Review, ReviewPeriods
from pbc_sim.performance.plan_changes import costs_with_changes
from pbc_sim.performance.scorecard import Scorecard, Scores
from pbc_sim.world import draw_world

__all__ = ["AdaptiveSupplier", "Life", "Looking", "Record"]

OF_SUPPLIER = [line in lines_of("supplier") for line in COST_LINES.values()]


class Record(NamedTuple):
    """One future under plans, measured between looks.

    Parameters
    ----------
    facts : dict of Measure to ndarray of shape (3, n_looks)
        Numerator, denominator and number of facts from each look to the next.
    cost : ndarray of shape (n_looks + 1,)
        The supplier's costs from the beginning of the term up to each look. [currency]
    """

    facts: dict[Measure, np.ndarray]
    cost: np.ndarray


@dataclass(frozen=True)
class Looking:
    """When the supplier looks, and what it sees."""

    study: Study
    terms: Contract
    looks: ReviewPeriods
    reviews: dict[Measure, ReviewPeriods]

    @classmethod
    def of(cls, study: Study, terms: Contract, look: Review | float) -> Looking:
        """Lay out looks, so that each review and payment ends with one."""
        setting = study.scenario.setting
        reviews = dict(zip(study.needs.measures, study.scorer.periods, strict=True))
        payments = ReviewPeriods.of(setting, terms.term.review, terms.term.months).edges
        if isinstance(look, str):
            edges = ReviewPeriods.of(setting, look, terms.term.months).edges
        else:
            if not look > 0:
                raise PbcError(_("look must be > 0 day, got {look} day.").format(look=look))
            edges = np.arange(payments[0], payments[-1], look)
        every = np.concatenate([edges, payments, *(periods.edges for periods in reviews.values())])
        looks = ReviewPeriods(np.unique(every))
        for m, periods in reviews.items():
            if m.entry.kind == "percentile" and len(periods) < len(looks):
                words = _(
                    "{measure} is a percentile, of which nothing is known before its review ends; "
                    "look as often as it is reviewed."
                )
                raise PbcError(words.format(measure=m.said()))
        return cls(study, terms, looks, reviews)

    def steady(self, replication: int) -> tuple[list[Scorecard], list[Record]]:
        """Simulate a future under each plan, and return what is scored and what is seen."""
        cards, records = [], []
        for name in self.study.plans:
            plan = self.study.scenario.plans[name]
            card, record = self.lived(replication, plan, [])
            cards.append(card)
            records.append(record)
        return cards, records

    def lived(
        self, replication: int, plan: SupplierPlan, changes: list[PlanChange]
    ) -> tuple[Scorecard, Record]:
        """Simulate a future under plans, one after the other."""
        drawn = self.study.drawn(replication)
        world = draw_world(drawn.setting, self.study.seed, replication)
        ledger = simulate(world, plan, changes)
        check_balances(ledger)
        card = self.study.scorer.score(ledger, plan, drawn.costs)
        if changes:
            costs = [
                costs_with_changes(ledger, plan, changes, drawn.costs, term)
                for term in self.study.scorer.terms
            ]
            card = Scorecard(card.measured, np.array(costs), card.open_at_end, card.due_later)
        return card, self.seen(ledger, plan, changes, drawn.costs)

    def seen(
        self, ledger: Ledger, plan: SupplierPlan, changes: list[PlanChange], rates: CostTerms
    ) -> Record:
        """Measure a ledger between looks."""
        facts = {
            m: summed(m.facts(ledger, periods), m.entry, self.looks)
            for m, periods in self.reviews.items()
        }
        begin = self.looks.edges[0]
        costs = [
            costs_with_changes(ledger, plan, changes, rates, Term(begin, end))[OF_SUPPLIER].sum()
            for end in self.looks.edges
        ]
        return Record(facts, np.array(costs))

    def by_review(self, m: Measure, facts: np.ndarray) -> np.ndarray:
        """Add up facts between looks to those of reviews, along the last axis."""
        edges = self.reviews[m].edges[:-1]
        added = np.add.reduceat(facts, np.searchsorted(self.looks.edges, edges), axis=-1)
        if m.entry.kind == "total":
            added[1:] = 1.0
        return added


class Life(NamedTuple):
    """One future of an adaptive supplier."""

    choices: np.ndarray
    card: Scorecard
    record: Record


class AdaptiveSupplier:
    """Who looks, expects and chooses."""

    def __init__(self, looking: Looking, contract: str, known: list[list[Record]]) -> None:
        self.looking, self.contract = looking, contract
        self.expected = {
            m: np.stack(
                [np.stack([record.facts[m] for record in by_plan], 1) for by_plan in known], 2
            )
            for m in looking.reviews
        }
        cost = np.array([[record.cost for record in by_plan] for by_plan in known])
        self.cost = cost.transpose(1, 0, 2)
        #: Looks with which a review or payment ends.
        edges = np.concatenate([periods.edges[1:] for periods in looking.reviews.values()])
        self.ends = np.unique(
            [len(looking.looks), *np.searchsorted(looking.looks.edges, edges).tolist()]
        )
        self.nothing = Record({m: f[:, 0, 0] for m, f in self.expected.items()}, self.cost[0, 0])
        self.first = int(self.promises(self.nothing, 0).argmax())

    def live(self, replication: int, steady: list[Record]) -> Life:
        """Go through a future, look by look."""
        scenario, names = self.looking.study.scenario, self.looking.study.plans
        plans = [scenario.plans[name] for name in names]
        choices = np.full(len(self.looking.looks), self.first)
        changes: list[PlanChange] = []
        card, record = None, steady[self.first]
        for look, when in enumerate(self.looking.looks.edges[:-1]):
            if not look:
                continue
            promises = self.promises(record, look)
            now = int(choices[look - 1])
            best = int(promises.argmax())
            # Of equal promises the plan that holds already.
            best = best if promises[best] > promises[now] else now
            choices[look:] = best
            if best != now:
                changes.append(PlanChange(float(when), plans[best]))
                card, record = self.looking.lived(replication, plans[self.first], changes)
        if card is None:
            card, record = self.looking.lived(replication, plans[self.first], changes)
        return Life(choices, card, record)

    def promises(self, record: Record, look: int) -> np.ndarray:
        """Return the expected profit of each plan held from a look to the next review's end.

        After that any plan is held for the rest of the term, the best one for that.

        Returns
        -------
        ndarray of shape (n_plans,)
            Of the whole term. [currency]
        """
        study, n_plans, n_looks = self.looking.study, len(self.cost), len(self.looking.looks)
        until = int(self.ends[np.searchsorted(self.ends, look, side="right")])
        now = np.arange(n_plans)
        later = now if until == n_looks else np.tile(now, n_plans)
        now = now if until == n_looks else np.repeat(now, n_plans)
        measured = {}
        for m, expected in self.expected.items():
            facts = expected[:, later]
            facts[..., look:until] = expected[:, now, :, look:until]
            facts[..., :look] = record.facts[m][:, None, None, :look]
            measured[m] = self.looking.by_review(m, facts)
        cost = (
            record.cost[look]
            + (self.cost[now, :, until] - self.cost[now, :, look])
            + (self.cost[later, :, -1] - self.cost[later, :, until])
        )
        terms = self.looking.terms
        scores = Scores(
            study.scenario.setting,
            tuple(map(str, range(len(now)))),
            np.arange(cost.shape[1]),
            measured,
            {terms.term.months: cost},
        )
        paid = settle({self.contract: terms}, scores)["payments"].values[0]
        profit: np.ndarray = (paid - cost).mean(axis=1).reshape(n_plans, -1).max(axis=1)
        return profit
