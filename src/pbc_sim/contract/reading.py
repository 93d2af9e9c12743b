"""How does a contract read its KPIs: from what was measured to met and missed, per payment period.

Lives here: rolling windows, thin data, moving targets, dead bands, reviews shorter or longer than a
payment period. May not live here: money, the KPI's own definition.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pbc_sim.contract.block import Reading, column
from pbc_sim.contract.kpi_clauses import WrittenKpi
from pbc_sim.contract.moving_targets import targets_of
from pbc_sim.contract.streaks import streak
from pbc_sim.performance.measures import Measure
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.performance.scorecard import Scores

__all__ = ["read", "rolled"]


@dataclass(frozen=True)
class _Judged:
    """Values, verdicts, targets and divisors, one a review or one a payment period."""

    value: np.ndarray
    met: np.ndarray
    exceeded: np.ndarray
    target: np.ndarray
    divisor: np.ndarray


def read(
    clauses: Sequence[WrittenKpi], measure: Measure, scores: Scores, periods: ReviewPeriods
) -> Reading:
    """Read a KPI in the payment periods, by the rules of the clauses of many contracts.

    Parameters
    ----------
    clauses : sequence of WrittenKpi
        The clause of each contract; all of one structure.
    measure : Measure
        What they measure.
    scores : Scores
        Plans and replications to read it in.
    periods : ReviewPeriods
        The payment periods.
    """
    first = clauses[0]
    reviews = ReviewPeriods.of(scores.setting, measure.review, measure.months)
    numerator, denominator, size = rolled(first, scores.measured[measure])[:, None]
    empty = (denominator == 0) | (size < column(clauses, "min_sample"))
    value = numerator / np.where(denominator == 0, 1.0, denominator)
    begins = [scores.setting.calendar.date(float(t)).date() for t in reviews.edges[:-1]]
    target = targets_of(clauses, np.where(empty, np.nan, value), begins)
    value, as_met = _filled(first, value, empty, target)

    ends = np.searchsorted(periods.edges, reviews.edges[1:]) - 1
    in_period = np.arange(len(periods))
    reviewed = np.isin(in_period, ends) & (in_period >= first.from_period - 1)
    since = np.arange(len(periods))
    if len(np.unique(ends)) == len(ends):
        since[ends] = np.searchsorted(periods.edges, reviews.edges[:-1])
        judged = _judged(clauses, value, as_met, target, denominator)
        reading = _in_periods(judged, ends, reviewed, since, first)
    else:
        told = (value, as_met, target, denominator)
        reading = _from_shorter_reviews(clauses, told, ends, reviewed)
    if first.drop_after is None:
        return reading
    return _dropped(reading, column(clauses, "drop_after"))


def rolled(clause: WrittenKpi, measured: np.ndarray) -> np.ndarray:
    """Return what was measured, summed over the last reviews; the first ones look back on fewer."""
    total = measured.copy() if clause.rolling > 1 else measured
    for lag in range(1, min(clause.rolling, measured.shape[-1])):
        total[..., lag:] += measured[..., :-lag]
    if clause.rolling > 1 and clause.kpi.kind == "total":
        total[1:] = measured[1:]  # a total is summed, and not averaged over its window
    return total


def _filled(
    clause: WrittenKpi, value: np.ndarray, empty: np.ndarray, target: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Give empty periods the value that the clause says; also return which of them count as met."""
    if not empty.any():
        return value, np.array(False)
    if clause.when_empty == "missed":
        return np.where(empty, clause.kpi.worst, value), np.array(False)
    if clause.when_empty == "carry":
        value = np.broadcast_to(value, empty.shape)
        last = np.maximum.accumulate(np.where(empty, -1, np.arange(value.shape[-1])), axis=-1)
        value = np.take_along_axis(value, np.maximum(last, 0), axis=-1)
        empty = last < 0
    return np.where(empty, target, value), empty


def _judged(
    clauses: Sequence[WrittenKpi],
    value: np.ndarray,
    as_met: np.ndarray,
    target: np.ndarray,
    divisor: np.ndarray,
) -> _Judged:
    goal = clauses[0].target
    band = column(clauses, "dead_band")
    if band.any():
        # Only at the edge does rounding matter: 0.99 - 0.98 is not quite 0.01.
        near = (band > 0) & (np.abs(value - target) <= band * (1 + 1e-9))
        value, as_met = np.where(near, target, value), as_met | near
    met = goal.is_met(value, target) | as_met
    incentive_level = column(clauses, "incentive_level")
    # A target that moved past the incentive level must be met as well.
    exceeded = met & (np.isnan(incentive_level) | goal.is_exceeded(value, incentive_level))
    return _Judged(value, met, exceeded, target, divisor)


def _in_periods(
    judged: _Judged, ends: np.ndarray, reviewed: np.ndarray, since: np.ndarray, clause: WrittenKpi
) -> Reading:
    """Put the verdicts of reviews into the payment periods in which they end."""
    target = judged.target
    if target.shape[-1] > 1:
        target = _spread(target, ends, reviewed, np.nan)
    return Reading(
        _spread(judged.value, ends, reviewed, np.nan),
        _spread(judged.met, ends, reviewed, True),
        _spread(judged.exceeded, ends, reviewed, True),
        target,
        reviewed,
        since,
        reviewed,
        clause.target.direction == "higher",
        _spread(judged.divisor, ends, reviewed, np.nan),
    )


def _spread(
    values: np.ndarray, ends: np.ndarray, reviewed: np.ndarray, otherwise: float
) -> np.ndarray:
    if reviewed.all() and len(ends) == len(reviewed):
        return values
    spread = np.full((*values.shape[:-1], len(reviewed)), otherwise, dtype=values.dtype)
    spread[..., ends] = values
    spread[..., ~reviewed] = otherwise
    return spread


def _from_shorter_reviews(
    clauses: Sequence[WrittenKpi],
    told: tuple[np.ndarray, ...],
    ends: np.ndarray,
    reviewed: np.ndarray,
) -> Reading:
    """Bring the several reviews that end in a payment period together, as the clause says."""
    first, now = clauses[0], np.flatnonzero(np.isin(np.arange(len(reviewed)), ends))
    shape = np.broadcast_shapes(*(array.shape for array in told))
    value, as_met, target, divisor = (np.broadcast_to(array, shape) for array in told)
    groups = [np.flatnonzero(ends == period) for period in now]
    # Judged by its clause, a review of equal targets may still differ between contracts.
    each = _Judged(
        *np.broadcast_arrays(*vars(_judged(clauses, value, as_met, target, divisor)).values())
    )

    def gathered(function: np.ufunc, values: np.ndarray) -> np.ndarray:
        return np.stack([function.reduce(values[..., g], axis=-1) for g in groups], axis=-1)

    since = np.arange(len(reviewed))
    target_now = np.stack([target[..., g[-1]] for g in groups], axis=-1)
    if first.aggregate == "worst_period":
        higher = first.target.direction == "higher"
        judged = _Judged(
            gathered(np.minimum if higher else np.maximum, each.value),
            gathered(np.logical_and, each.met),
            gathered(np.logical_and, each.exceeded),
            target_now,
            _of_worst(each, groups, higher=higher),
        )
        return _in_periods(judged, now, reviewed, since, first)
    counts = np.array([len(g) for g in groups])
    mean = gathered(np.add, value) / counts
    as_met_now, mean_divisor = gathered(np.logical_and, as_met), gathered(np.add, divisor) / counts
    judged = _judged(clauses, mean, as_met_now, target_now, mean_divisor)
    whole = _in_periods(judged, now, reviewed, since, first)
    if first.aggregate == "average_then_curve":
        return whole
    parts = []
    for k in range(counts.max()):
        has = np.array([len(g) > k for g in groups])
        at = np.array([g[min(k, len(g) - 1)] for g in groups])
        part = _Judged(*(array[..., at] for array in vars(each).values()))
        there = np.zeros_like(reviewed)
        there[now] = has
        parts.append(_in_periods(part, now, reviewed, since, first).while_held(there))
    return Reading(**{**whole.__dict__, "parts": tuple(parts)})


def _of_worst(each: _Judged, groups: list[np.ndarray], *, higher: bool) -> np.ndarray:
    """Return the divisor of the worst review of each payment period, the first of equal ones."""
    found = np.argmin if higher else np.argmax
    return np.stack(
        [
            np.take_along_axis(
                each.divisor[..., g], found(each.value[..., g], axis=-1)[..., None], axis=-1
            )[..., 0]
            for g in groups
        ],
        axis=-1,
    )


def _dropped(reading: Reading, after: np.ndarray) -> Reading:
    """Hold no more reviews of a KPI once its target was met so many times in a row."""
    run = streak(reading.met, reading.counts)
    done = np.maximum.accumulate(run >= after, axis=-1)
    held = np.concatenate([np.ones_like(done[..., :1]), ~done[..., :-1]], axis=-1)
    return reading.while_held(held)
