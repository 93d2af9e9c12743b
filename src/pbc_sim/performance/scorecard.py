"""What does a study keep of a replication: the scorecard.

Lives here: which measures and cost terms are needed, and their values from one ledger.
May not live here: the ledger itself (it is thrown away), targets, payments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

import numpy as np

from pbc_sim.operations.ledger import Ledger
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.performance.costs import CostTerms, Term, costs
from pbc_sim.performance.measures import Facts, Measure, due_later, summed
from pbc_sim.performance.periods import ReviewPeriods, term_end
from pbc_sim.world.setting import Setting

__all__ = ["Asked", "Needs", "Scorecard", "Scorecards", "Scorer", "Scores"]

TermMonths = int | None


@dataclass(frozen=True)
class Needs:
    """What a set of contracts asks of the ledgers, known before anything runs.

    Parameters
    ----------
    measures : tuple of Measure
        KPIs and totals, each once.
    terms : tuple of int or None
        Lengths of the terms over which costs are needed. [month]
    """

    measures: tuple[Measure, ...]
    terms: tuple[TermMonths, ...]

    def and_also(self, measures: Iterable[Measure]) -> Needs:
        """Return the same needs with further measures, each once."""
        return Needs(tuple(dict.fromkeys((*self.measures, *measures))), self.terms)


@dataclass(frozen=True)
class Scorecard:
    """One replication under one plan, measured.

    Parameters
    ----------
    measured : tuple of ndarray of shape (3, n_periods)
        Numerator, denominator and number of facts of each needed measure.
    costs : ndarray of shape (n_terms, n_cost_lines)
        Cost lines of both parties over each term. [currency]
    open_at_end : int
        Orders that were not delivered when the horizon ended. [order]
    due_later : ndarray of shape (n_measures,)
        Facts of each measure that fall after the term, as orders that are due then; not counted.
    """

    measured: tuple[np.ndarray, ...]
    costs: np.ndarray
    open_at_end: int
    due_later: np.ndarray


@dataclass(frozen=True)
class Scorecards:
    """Scorecards of replications under each plan, as arrays: what a study keeps and no more.

    Parameters
    ----------
    measured : tuple of ndarray of shape (n_replications, n_plans, 3, n_periods)
        What each scorecard says of each needed measure; so are the others.
    costs : ndarray of shape (n_replications, n_plans, n_terms, n_cost_lines)
        Cost lines of both parties over each term. [currency]
    open_at_end : ndarray of shape (n_replications, n_plans)
        Orders that were not delivered when the horizon ended. [order]
    due_later : ndarray of shape (n_replications, n_plans, n_measures)
        Facts that fall after the term.
    """

    measured: tuple[np.ndarray, ...]
    costs: np.ndarray
    open_at_end: np.ndarray
    due_later: np.ndarray

    @classmethod
    def of(cls, cards: Sequence[Sequence[Scorecard]]) -> Scorecards:
        """Stack cards that are given by replication, then by plan."""
        every = [card for of_plans in cards for card in of_plans]
        shape = (len(cards), len(cards[0]))
        columns = zip(*(card.measured for card in every), strict=True)

        def stacked(values: Iterable[object]) -> np.ndarray:
            array = np.array(list(values))
            return array.reshape(shape + array.shape[1:])

        return cls(
            tuple(stacked(column) for column in columns),
            stacked(card.costs for card in every),
            stacked(card.open_at_end for card in every),
            stacked(card.due_later for card in every),
        )

    def __len__(self) -> int:
        return len(self.costs)

    def _arrays(self) -> list[np.ndarray]:
        return [*self.measured, self.costs, self.open_at_end, self.due_later]

    def _of(self, arrays: list[np.ndarray]) -> Scorecards:
        *measured, costs_, open_at_end, due_later_ = arrays
        return Scorecards(tuple(measured), costs_, open_at_end, due_later_)

    def room_for(self, replications: int) -> Scorecards:
        """Return arrays of this kind for so many replications, to be written by `write`."""
        return self._of([np.empty((replications, *a.shape[1:]), a.dtype) for a in self._arrays()])

    def write(self, first: int, some: Scorecards) -> None:
        """Write some scorecards over those from the `first` on."""
        for array, part in zip(self._arrays(), some._arrays(), strict=True):
            array[first : first + len(part)] = part

    def followed_by(self, further: Scorecards) -> Scorecards:
        """Return these scorecards and further ones."""
        pairs = zip(self._arrays(), further._arrays(), strict=True)
        return self._of([np.concatenate(pair) for pair in pairs])


@dataclass(frozen=True)
class Scores:
    """The scorecards of a study, as arrays that contracts are priced on.

    Parameters
    ----------
    setting : Setting
        Calendar and catalogue.
    plans : tuple of str
        Names along the plan axis.
    replications : ndarray of shape (n_replications,)
        Numbers along the replication axis.
    measured : mapping of Measure to ndarray of shape (3, n_plans, n_replications, n_periods)
        Numerator, denominator and number of facts.
    supplier_costs : mapping of int or None to ndarray of shape (n_plans, n_replications)
        What each length of term costs the supplier, for schemes that share costs. [currency]
    """

    setting: Setting
    plans: tuple[str, ...]
    replications: np.ndarray
    measured: Mapping[Measure, np.ndarray]
    supplier_costs: Mapping[TermMonths, np.ndarray] = field(default_factory=dict)

    @cached_property
    def derived(self) -> dict[Any, tuple[np.ndarray, np.ndarray]]:
        """What is laid out anew from the scores and kept with them, by what it is."""
        return {}

    def only(self, plan: str, replication: int) -> Scores:
        """Return the scores of one plan and one replication."""
        p, r = self.plans.index(plan), int(np.flatnonzero(self.replications == replication)[0])
        return self._cut(slice(p, p + 1), slice(r, r + 1))

    def portion(self, replications: slice) -> Scores:
        """Return the scores of all plans and some replications."""
        return self._cut(slice(None), replications)

    def _cut(self, plans: slice, replications: slice) -> Scores:
        return Scores(
            self.setting,
            self.plans[plans],
            self.replications[replications],
            {m: array[:, plans, replications] for m, array in self.measured.items()},
            {term: array[plans, replications] for term, array in self.supplier_costs.items()},
        )


@dataclass(frozen=True)
class Scorer:
    """Needs laid out on a world's calendar, ready to score its ledgers.

    Parameters
    ----------
    needs : Needs
        What is measured.
    periods : tuple of ReviewPeriods
        The review periods of each measure.
    terms : tuple of Term
        The span of time of each term.
    """

    needs: Needs
    periods: tuple[ReviewPeriods, ...]
    terms: tuple[Term, ...]

    @cached_property
    def _alike(self) -> list[int]:
        """The number of the first measure that asks the same of a ledger, for each measure."""
        asked = [(m.kpi, m.settings) for m in self.needs.measures]
        return [asked.index(same) for same in asked]

    @classmethod
    def of(cls, needs: Needs, setting: Setting) -> Scorer:
        """Lay out needs once for all replications."""
        return cls(
            needs,
            tuple(ReviewPeriods.of(setting, m.review, m.months) for m in needs.measures),
            tuple(Term(setting.measured_from, term_end(setting, n)) for n in needs.terms),
        )

    def score(self, ledger: Ledger, plan: SupplierPlan, rates: CostTerms) -> Scorecard:
        """Measure one ledger."""
        measures = list(zip(self.needs.measures, self.periods, strict=True))
        facts = self._facts(ledger)
        return Scorecard(
            tuple(summed(f, m.entry, p) for f, (m, p) in zip(facts, measures, strict=True)),
            np.array([costs(ledger, plan, rates, term) for term in self.terms]),
            len(np.unique(ledger.lines.order[_open_lines(ledger)])),
            np.array([due_later(f, p) for f, (_, p) in zip(facts, measures, strict=True)]),
        )

    def _facts(self, ledger: Ledger) -> list[Facts]:
        """Return the facts of each measure, made once for all reviews where no period matters."""
        facts: list[Facts] = []
        shared: dict[int, Facts] = {}
        for measure, periods, first in zip(
            self.needs.measures, self.periods, self._alike, strict=True
        ):
            known = shared.get(first)
            if known is None:
                asked = Asked(periods)
                known = measure.facts(ledger, cast(ReviewPeriods, asked))
                if not asked.anything:
                    shared[first] = known
            facts.append(known)
        return facts


class Asked:
    """Review periods that remember whether they were asked anything.

    Facts that a KPI makes without asking them are the same for all reviews.
    """

    def __init__(self, periods: ReviewPeriods) -> None:
        self._periods, self.anything = periods, False

    def __getattr__(self, name: str) -> Any:
        self.anything = True
        return getattr(self._periods, name)

    def __len__(self) -> int:
        self.anything = True
        return len(self._periods)


def _open_lines(ledger: Ledger) -> np.ndarray:
    lines = ledger.lines
    return np.isinf(lines.delivered) & (lines.cancelled < lines.quantity)
