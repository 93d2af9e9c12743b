"""How does each KPI stand so far, and is that more than natural variation?

Lives here: KPIs of reviews that are still running, in one term and in stored futures.
May not live here: payments (`payments.py`), what to warn of (`alerts.py`).
What is known on a day is compared with what other futures had shown by the same day of the term.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

import numpy as np

from pbc_sim.contract.kpi_clauses import WrittenKpi
from pbc_sim.contract.moving_targets import targets_of
from pbc_sim.contract.reading import rolled
from pbc_sim.decision.risk import Probability, probability
from pbc_sim.figures import money, share
from pbc_sim.language import spoken
from pbc_sim.operations import Ledger
from pbc_sim.performance.measures import Counted, Facts, Measure, summed
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.performance.scorecard import Asked
from pbc_sim.performance.words import Words
from pbc_sim.world import Setting

__all__ = ["BAND", "FutureKpis", "KpiSoFar", "ReviewSoFar", "Watching", "kpi_so_far"]

#: Shares of the futures below the lower end, the middle and the upper end of a band. [1]
BAND = (0.05, 0.5, 0.95)

#: Futures that must have had any facts by a day for a band on that day.
LEAST_FUTURES = 20


@dataclass(frozen=True)
class Watching:
    """One KPI clause, and the days on which it is looked at.

    Parameters
    ----------
    name : str
        The contract's name of the KPI.
    clause : KPI clause
        Its terms.
    measure : Measure
        What is measured.
    reviews : ReviewPeriods
        Its reviews.
    looks : ndarray of shape (n_looks,)
        Ends of weeks, and of reviews. [day]
    begins : tuple of date
        First day of each review.
    """

    name: str
    clause: WrittenKpi
    measure: Measure
    reviews: ReviewPeriods
    looks: np.ndarray
    begins: tuple[dt.date, ...]

    @classmethod
    def of(
        cls, name: str, clause: WrittenKpi, measure: Measure, weeks: np.ndarray, setting: Setting
    ) -> Watching:
        """Lay out the looks at a KPI: at the end of each week, and of each of its reviews."""
        reviews = ReviewPeriods.of(setting, measure.review, measure.months)
        begins = tuple(setting.calendar.date(float(edge)).date() for edge in reviews.edges[:-1])
        looks = np.union1d(weeks, reviews.edges[1:])
        return cls(name, clause, measure, reviews, looks, begins)

    def cut(self, look: float) -> ReviewPeriods:
        """Return the reviews so far, of which the last one ends at a look."""
        edges = self.reviews.edges
        return ReviewPeriods(np.append(edges[edges < look], look))

    def values(self, counted: np.ndarray) -> np.ndarray:
        """Return the KPI from numerator, denominator and number of facts; NaN if too thin."""
        part, whole, size = counted
        enough = (whole > 0) & (size >= max(self.clause.min_sample, 1))
        if self.measure.entry.kind == "total":
            enough = whole > 0
        return np.divide(part, whole, out=np.full(part.shape, np.nan), where=enough)

    def looked_at(self, ledger: Ledger, looks: np.ndarray) -> tuple[np.ndarray, Facts]:
        """Return what was counted of the review running at each look, shape (3, n_looks), and why.

        Facts that do not depend on when a review ends are made once; others at each look anew.
        """
        asked = Asked(self.reviews)
        facts = self.measure.facts(ledger, cast(ReviewPeriods, asked))
        if asked.anything or self.measure.entry.kind == "percentile":
            each = [self._at(ledger, look, None if asked.anything else facts) for look in looks]
            return np.stack(each, axis=-1) if each else np.empty((3, 0)), facts
        edges = np.union1d(self.reviews.edges, self.looks)
        counted = summed(facts, self.measure.entry, ReviewPeriods(edges))
        total = np.concatenate([np.zeros((3, 1)), np.cumsum(counted, axis=-1)], axis=-1)
        first = np.maximum(0, self._review_of(looks) + 1 - self.clause.rolling)
        now = np.searchsorted(edges, looks)
        so_far = total[:, now] - total[:, np.searchsorted(edges, self.reviews.edges[first])]
        if self.measure.entry.kind == "total":
            so_far[1:] = 1.0  # a total is summed, and not averaged over the looks at it
        return so_far, facts

    def _review_of(self, looks: np.ndarray) -> np.ndarray:
        return np.searchsorted(self.reviews.edges, looks, side="left") - 1

    def _at(self, ledger: Ledger, look: float, facts: Facts | None) -> np.ndarray:
        periods = self.cut(look)
        known = self.measure.facts(ledger, periods) if facts is None else facts
        now: np.ndarray = rolled(self.clause, summed(known, self.measure.entry, periods))[:, -1]
        return now


class FutureKpis(NamedTuple):
    """A KPI in stored futures.

    Parameters
    ----------
    counted : ndarray of shape (n_futures, 3, n_looks)
        Numerator, denominator and facts of the review running at each look.
    band : ndarray of shape (3, n_looks)
        Lower end, middle and upper end of natural variation. [as the KPI]
    facts : list of Facts
        The facts behind them, where the KPI is a percentile; else empty.
    """

    counted: np.ndarray
    band: np.ndarray
    facts: list[Facts]

    @classmethod
    def of(cls, watching: Watching, ledgers: Sequence[Ledger]) -> FutureKpis:
        """Look at a KPI in other futures."""
        looked = [watching.looked_at(ledger, watching.looks) for ledger in ledgers]
        kept = watching.measure.entry.kind == "percentile"
        counted = np.stack([c for c, _ in looked])
        return cls(counted, _band(watching, counted), [f for _, f in looked] if kept else [])


def _band(watching: Watching, of_futures: np.ndarray) -> np.ndarray:
    values = np.stack([watching.values(counted) for counted in of_futures])
    seen = np.count_nonzero(~np.isnan(values), axis=0) >= LEAST_FUTURES
    band = np.full((len(BAND), values.shape[1]), np.nan)
    if seen.any():
        band[:, seen] = np.nanquantile(values[:, seen], BAND, axis=0)
    return band


@dataclass(frozen=True)
class ReviewSoFar:
    """One review of a KPI: from and until when [day], value, target, and whether it is met.

    `met` is None while the review runs, and where there was too little to judge.
    """

    begin: float
    end: float
    value: float
    target: float
    met: bool | None


@dataclass(frozen=True)
class KpiSoFar:
    """What is known of one KPI on a day.

    Parameters
    ----------
    watching : Watching
        The clause.
    looks : ndarray of shape (n_looks,)
        Looks up to the day. [day]
    value : ndarray of shape (n_looks,)
        The KPI so far of the review running at each look. [as the KPI]
    band : ndarray of shape (3, n_looks_in_the_term)
        Lower end, middle and upper end of its natural variation at each look of the term.
    reviews : tuple of ReviewSoFar
        Reviews that have ended, and the one that runs.
    missed : Probability, optional
        Chance that the running review misses its target, given what is known; None between
        reviews.
    """

    watching: Watching
    looks: np.ndarray
    value: np.ndarray
    band: np.ndarray
    reviews: tuple[ReviewSoFar, ...]
    missed: Probability | None

    @property
    def now(self) -> float:
        """The KPI so far of the review that runs, or has just ended [as the KPI]."""
        return float(self.value[-1]) if len(self.value) else float("nan")

    @property
    def band_now(self) -> tuple[float, float, float]:
        """Lower end, middle and upper end of its natural variation today [as the KPI]."""
        if not len(self.looks):
            return (float("nan"),) * 3
        low, middle, high = self.band[:, len(self.looks) - 1]
        return float(low), float(middle), float(high)

    @property
    def target(self) -> float:
        """The level required in the review that runs, or has just ended [as the KPI]."""
        return self.reviews[-1].target

    @property
    def label(self) -> str:
        """What the KPI is called, in the language that is spoken."""
        return Words(spoken()).label(self.watching.measure.entry)

    def said(self, value: float, currency: str) -> str:
        """Write a value in the unit of the KPI, in the language that is spoken."""
        entry = self.watching.measure.entry
        if np.isnan(value):
            return "-"
        if entry.unit == "1":
            return share(value)
        if entry.unit == "currency":
            return money(value, currency)
        return Words(spoken(), currency).level(entry, round(value, 2))

    @property
    def is_worse_than_luck(self) -> bool:
        """Whether the KPI so far is worse than in 19 of 20 futures."""
        low, _, high = self.band_now
        return self.now < low if self.watching.measure.entry.better == "higher" else self.now > high


def kpi_so_far(watching: Watching, known: Ledger, day: float, futures: FutureKpis) -> KpiSoFar:
    """Tell how a KPI stands on a day, from what was known by then.

    Parameters
    ----------
    watching : Watching
        The clause.
    known : Ledger
        What was known on the day.
    day : float
        The day, one of the looks. [day]
    futures : FutureKpis
        The same KPI in other futures.
    """
    looks = watching.looks[watching.looks <= day]
    counted, facts = watching.looked_at(known, looks)
    value = watching.values(counted)
    running = int(np.searchsorted(watching.reviews.edges, day, side="left")) - 1
    reviews = _reviews(watching, looks, value, max(running, 0), day)
    missed = None
    if reviews[-1].end > day:
        so_far = counted[:, -1] if _begun(reviews[-1], looks) else np.zeros(3)
        missed = _chance_missed(watching, so_far, facts, day, reviews[-1], futures)
    return KpiSoFar(watching, looks, value, futures.band, reviews, missed)


def _begun(review: ReviewSoFar, looks: np.ndarray) -> bool:
    """Whether anybody has looked at a review since it began."""
    return bool(len(looks)) and looks[-1] > review.begin


def _reviews(
    watching: Watching, looks: np.ndarray, value: np.ndarray, running: int, day: float
) -> tuple[ReviewSoFar, ...]:
    edges, clause = watching.reviews.edges, watching.clause
    at_end = np.full(len(watching.reviews), np.nan)
    ended = np.flatnonzero(edges[1:] <= day)
    at_end[ended] = value[np.searchsorted(looks, edges[1:][ended])]
    levels = targets_of([clause], at_end[None, None, None], watching.begins)[0, 0, 0]
    targets = np.broadcast_to(levels, at_end.shape)
    found = []
    for n in range(running + 1):
        has_ended = edges[n + 1] <= day
        now = at_end[n] if has_ended else (value[-1] if len(value) else np.nan)
        met = None if np.isnan(now) or not has_ended else _is_met(clause, now, targets[n])
        begin, end = float(edges[n]), float(edges[n + 1])
        found.append(ReviewSoFar(begin, end, float(now), float(targets[n]), met))
    return tuple(found)


def _is_met(clause: WrittenKpi, value: np.ndarray | float, target: float) -> bool:
    return bool(_are_met(clause, np.array([value]), target)[0])


def _are_met(clause: WrittenKpi, value: np.ndarray, target: float) -> np.ndarray:
    near = np.abs(value - target) <= clause.dead_band * (1 + 1e-9) if clause.dead_band else False
    met: np.ndarray = clause.target.is_met(value, np.asarray(target)) | near
    return met


def _chance_missed(
    watching: Watching,
    so_far: np.ndarray,
    facts: Facts,
    day: float,
    review: ReviewSoFar,
    futures: FutureKpis,
) -> Probability:
    """Join what is known to what the rest of the review brings in other futures."""
    end = np.searchsorted(watching.looks, review.end)
    if futures.facts:
        final = _joined_percentiles(watching, facts, day, review, futures.facts)
    else:
        rest = futures.counted[:, :, end].copy()
        if day > review.begin:
            rest -= futures.counted[:, :, np.searchsorted(watching.looks, day)]
        if watching.measure.entry.kind == "total":
            rest[:, 1:] = 0.0
        final = watching.values((so_far + rest).T)
    met = _are_met(watching.clause, final, review.target)
    empty = np.isnan(final)
    missed = np.where(empty, watching.clause.when_empty == "missed", ~met)
    return probability(missed)


def _joined_percentiles(
    watching: Watching,
    own: Facts,
    day: float,
    review: ReviewSoFar,
    futures: Sequence[Facts],
) -> np.ndarray:
    period, joined = ReviewPeriods(np.array([review.begin, review.end])), []
    for future in futures:
        if not isinstance(own, Counted) or not isinstance(future, Counted):
            continue
        known, later = own.when < day, future.when >= day
        columns = (
            np.concatenate([getattr(own, c)[known], getattr(future, c)[later]])
            for c in ("when", "part", "whole", "evidence")
        )
        joined.append(summed(Counted(*columns), watching.measure.entry, period)[:, 0])
    return watching.values(np.array(joined).T)
