"""How sure is an estimate: intervals of means, probabilities, quantiles and tail means.

Lives here: estimates that carry their interval, its method, and a warning where the sample cannot
carry it. May not live here: which amounts are estimated, text of tables.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from pbc_sim.decision.risk.tail import LEVEL, cvar, var
from pbc_sim.errors import PbcError
from pbc_sim.figures import numeral, span
from pbc_sim.language import Message, said
from pbc_sim.printed import Printed

__all__ = [
    "CONFIDENCE",
    "FEW",
    "Estimate",
    "cvar_estimate",
    "exceedance",
    "mean_estimate",
    "probability_estimate",
    "quantile_estimate",
    "quantile_ranks",
    "replications_for_tail",
    "replications_for_tail_mean",
    "tail_means",
    "tail_rank",
    "var_estimate",
]

CONFIDENCE = 0.95

#: An event that was seen, or was not seen, fewer times than this is too rare for Wilson.
FEW = 5

#: With fewer values in the tail, intervals of its mean cover 81 to 94% instead of 95.
TAIL_VALUES = 10

#: Fewer replications do not show how skewed values are.
MANY = 30

#: Jumps above this many standard errors, times n, make a mean's interval uneven: the chance of a
#: mean at either end changes by up to 1% from one possible mean to the next. [1]
COARSE = 0.15

#: A spread of less than this share of the largest value is rounding. [1]
ROUNDING = 1e-12

RESAMPLES = 1000

#: One sample has one interval: resampling is a way of computing it and no chance of the study.
RESAMPLING_SEED = 1979

#: At most so many tail values of all resamples are held at a time.
RESAMPLED_VALUES = 2**20


@dataclass(frozen=True)
class Estimate(Printed):
    """A number from replications, and how sure it is.

    Parameters
    ----------
    value : float
        The estimate, in the unit of the sample.
    ci95 : tuple of float
        Its 95% interval; an end is infinite where the sample cannot bound it.
    method : str
        How the interval was found.
    warning : str
        Why the sample cannot carry the estimate, and what would; empty if it can.
    """

    value: float
    ci95: tuple[float, float]
    method: str
    warning: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as plain values."""
        return asdict(self)

    def __str__(self) -> str:
        words = f"{in_full(self.value)} {within(self.ci95)} ({self.method})"
        return f"{words}; {said(self.warning)}" if self.warning else words


def in_full(value: float) -> str:
    """Write a number whose unit is not known: six digits, or all before the point.

    Examples
    --------
    >>> in_full(551234567.8), in_full(0.1234567)
    ('551,234,568', '0.123457')
    """
    return numeral(value, ",.0f" if abs(value) >= 1e5 else ".6g")


def within(ci95: tuple[float, float]) -> str:
    """Write an interval of numbers whose unit is not known; a dash where there is none."""
    low, high = ci95
    return "[-]" if np.isnan(low) else span(in_full(low), in_full(high))


def mean_estimate(values: np.ndarray, comparisons: int = 1) -> Estimate:
    """Estimate a mean, by Johnson's modification of Student's t; no interval below two values.

    Student's interval is too short on one side where values are skewed. Johnson's t has the mean's
    skewness taken out; where values are alike on both sides it is Student's. Where a sample is so
    skewed that it has no such interval, as where a penalty was seen five times, the interval is
    Student's and the estimate warns; also below 30 replications, which do not show how skewed
    values are, where all values are the same, and where they jump, as by a lump sum, so far that
    the few possible means leave gaps that no interval can fill.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Replications.
    comparisons : int
        How many such intervals are to hold together with 95% (Bonferroni).

    Notes
    -----
    Source: Johnson (1978), Modified t tests and confidence intervals for asymmetrical populations,
    JASA 73:536-544.

    Examples
    --------
    >>> mean_estimate(np.array([1.0, 2.0, 3.0])).ci95
    (-0.48, 4.48)
    >>> mean_estimate(np.array([0.0] * 29 + [80.0])).warning
    'values are so skewed that their mean needs about 182 replications, not 30'
    """
    from scipy import stats  # slow to import, and only estimates need it

    n = len(values)
    if n < 2:
        mean = float(values[0]) if n else float("nan")
        nothing = (float("nan"), float("nan"))
        return Estimate(
            mean, nothing, "Student's t", Message("{n} replications have no spread; run 2", n=n)
        )
    mean, sd = float(np.mean(values)), float(np.std(values, ddof=1))
    t = float(stats.t.ppf(1 - (0.5 - CONFIDENCE / 2) / comparisons, n - 1))
    half = t * sd / math.sqrt(n)
    ends = (mean - half, mean + half)
    if not sd > ROUNDING * np.max(np.abs(values)):
        same = Message("all {n} values are the same, and what is rarer was not seen", n=n)
        return Estimate(mean, ends, "Student's t", same)
    skewness = float(np.mean(((np.asarray(values, dtype=float) - mean) / sd) ** 3))
    away = [_johnson(skewness, n, side * t / math.sqrt(n)) for side in (1, -1)]
    if away[0] is None or away[1] is None:
        needed = max(n + 1, math.ceil((4 * t * skewness / 3) ** 2))
        skewed = Message(
            "values are so skewed that their mean needs about {needed} replications, not {n}",
            needed=needed,
            n=n,
        )
        return Estimate(mean, ends, "Student's t", skewed)
    warning = _few_or_coarse(np.sort(values), sd)
    return Estimate(mean, (mean - away[0] * sd, mean - away[1] * sd), "Johnson's t", warning)


def _few_or_coarse(ordered: np.ndarray, sd: float) -> str:
    n = len(ordered)
    if n < MANY:
        return Message(
            "{n} replications do not show how skewed values are; run {many}", n=n, many=MANY
        )
    # A gap that only a few values are beyond is a long tail, which Johnson's t has taken in.
    jump = float(np.diff(ordered[FEW - 1 : n - FEW + 1]).max()) / sd
    needed = math.ceil((jump / COARSE) ** 2)
    if n >= needed:
        return ""
    return Message(
        "values jump, as by a lump sum; about {needed} replications even it out, not {n}",
        needed=needed,
        n=n,
    )


def _johnson(skewness: float, n: int, bound: float) -> float | None:
    """Return how many standard deviations the sample mean lies above where Johnson's t is a bound.

    Johnson's t over the root of n is d + skewness (d^2 / 3 + 1 / (6 n)), with d the distance of the
    sample mean in standard deviations; None where no distance gives the bound.
    """
    constant = skewness / (6 * n) - bound
    root = 1 - 4 * skewness * constant / 3
    return -2 * constant / (1 + math.sqrt(root)) if root > 0 else None


def probability_estimate(happened: np.ndarray) -> Estimate:
    """Estimate the probability of an event from whether it happened, shape (n,) of bool.

    By Wilson; by Clopper and Pearson, which never covers less than it says, where the event was
    seen or was missing fewer than five times.

    Notes
    -----
    Source: Wilson (1927), JASA 22:209-212; Clopper and Pearson (1934), Biometrika 26:404-413.

    Examples
    --------
    Nothing in 59 futures still leaves six in a hundred.

    >>> never = probability_estimate(np.zeros(59, dtype=bool))
    >>> round(never.ci95[1], 3), never.warning
    (0.061, 'seen in 0 of 59 replications; run more before relying on it')
    """
    from scipy import stats

    times, n = int(np.count_nonzero(happened)), len(happened)
    few = min(times, n - times) < FEW
    interval = stats.binomtest(times, n).proportion_ci(
        CONFIDENCE, method="exact" if few else "wilson"
    )
    warning: str = ""
    if times < FEW:
        warning = Message(
            "seen in {times} of {n} replications; run more before relying on it", times=times, n=n
        )
    elif few:
        warning = Message(
            "seen in all but {times} of {n} replications; run more before relying on it",
            times=n - times,
            n=n,
        )
    return Estimate(
        times / n,
        (float(interval.low), float(interval.high)),
        "Clopper-Pearson" if few else "Wilson",
        warning,
    )


def replications_for_tail(level: float, confidence: float = CONFIDENCE) -> int:
    """Return how many replications are needed to bound a quantile from above at all.

    The largest of n values exceeds the quantile with probability 1 - level^n.

    Notes
    -----
    Source: Wilks (1941), Annals of Mathematical Statistics 12:91-96, first order, one-sided.

    Examples
    --------
    >>> replications_for_tail(0.95), replications_for_tail(0.99)
    (59, 299)
    """
    return math.ceil(math.log(1 - confidence) / math.log(level))


def replications_for_tail_mean(level: float) -> int:
    """Return how many replications put ten values into the tail; fewer do not carry its mean.

    That a value lies beyond the quantile (`replications_for_tail`) bounds the quantile, and says
    little of the mean of what lies there. Ten are a rule found by trial: `docs/coverage.md`.

    Examples
    --------
    >>> replications_for_tail_mean(0.95), replications_for_tail_mean(0.99)
    (200, 1000)
    """
    # 1 - level is not quite what is written in binary.
    return math.ceil(TAIL_VALUES / (1 - level) - 1e-9)


@cache
def quantile_ranks(n: int, level: float) -> tuple[int, int, float]:
    """Return the ranks of the order statistics that hold a quantile between them, and how surely.

    Parameters
    ----------
    n : int
        Size of the sample.
    level : float
        Probability of the quantile, 0 < level < 1.

    Returns
    -------
    tuple of int, int, float
        Lower and upper rank from 1, with at most 2.5% beyond either, and the chance that the
        quantile of a continuous law lies between them. Rank 0 is minus infinity, n + 1 infinity.

    Notes
    -----
    Source: David and Nagaraja (2003), Order Statistics, 3rd ed., section 7.1.

    Examples
    --------
    >>> lower, upper, covers = quantile_ranks(100, 0.9)
    >>> lower, upper, round(covers, 3)
    (84, 96, 0.956)
    """
    from scipy import stats

    beyond = (1 - CONFIDENCE) / 2
    below = stats.binom(n, level)
    lower, upper = int(below.ppf(beyond)), int(below.ppf(1 - beyond)) + 1
    return lower, upper, float(below.cdf(upper - 1) - below.cdf(lower - 1))


def quantile_estimate(values: np.ndarray, level: float) -> Estimate:
    """Estimate a quantile, the smallest value not exceeded with a probability, and its interval.

    The interval is between two order statistics at exact binomial ranks, which hold for every law
    and promise at least 95%; where no two values between them are the same, its ends lie so far
    between neighbours that each leaves 2.5% out.

    Notes
    -----
    Source: ranks as `quantile_ranks`; between them Nyblom (1992), Statistics & Probability Letters
    14:129-131, after Hettmansperger and Sheather (1986), ibid. 4:75-79.

    Examples
    --------
    >>> found = quantile_estimate(np.arange(1.0, 101.0), 0.9)
    >>> [round(end, 2) for end in found.ci95], found.method
    ([84.34, 95.92], 'interpolated order statistics')
    >>> quantile_estimate(np.arange(100) // 10, 0.9).method
    'order statistics, at least 95%'
    """
    n = len(values)
    ordered = np.concatenate(([-np.inf], np.sort(values), [np.inf]))
    lower, upper, _ = quantile_ranks(n, level)
    needed = replications_for_tail(max(level, 1 - level))
    warning: str = ""
    if n < needed:
        warning = Message(
            "the {level:g}% quantile needs {needed} replications, not {n} (Wilks)",
            level=100 * level,
            needed=needed,
            n=n,
        )
    ends, method = (float(ordered[lower]), float(ordered[upper])), "order statistics, at least 95%"
    if (np.diff(ordered[lower : upper + 1]) > 0).all():
        beyond, method = (1 - CONFIDENCE) / 2, "interpolated order statistics"
        ends = (
            _between(ordered, lower, _share_between(lower, n, level, 1 - beyond)),
            _between(ordered, upper - 1, _share_between(upper - 1, n, level, beyond)),
        )
    return Estimate(var(values, level), ends, method, warning)


def _between(ordered: np.ndarray, rank: int, share: float) -> float:
    if share in (0.0, 1.0):
        return float(ordered[rank + int(share)])
    return float((1 - share) * ordered[rank] + share * ordered[rank + 1])


@cache
def _share_between(rank: int, n: int, level: float, chance: float) -> float:
    """Return how far from an order statistic to the next a bound lies below a quantile so surely.

    Where `rank` of n values are below the quantile, its distances to the nearest value on either
    side are nearly exponential, with means level / rank and (1 - level) / (n - rank) in
    probability. Beyond the sample it is 0 or 1, whichever is the cautious one.
    """
    from scipy.special import bdtr, bdtrc

    if not 0 < rank < n:
        return 0.0 if chance > 0.5 else 1.0
    exactly = float(bdtr(rank, n, level) - bdtr(rank - 1, n, level))
    wanted = (chance - float(bdtrc(rank, n, level))) / exactly
    further = level * (n - rank) * (1 - wanted)
    return further / (further + (1 - level) * rank * wanted)


def var_estimate(costs: np.ndarray, level: float = LEVEL) -> Estimate:
    """Estimate the value at risk of a sample of costs; see `quantile_estimate`."""
    return quantile_estimate(costs, level)


def cvar_estimate(costs: np.ndarray, level: float = LEVEL) -> Estimate:
    """Estimate the conditional value at risk, and its interval by the bootstrap-t.

    The studentised bootstrap follows the skewness of a tail mean, which the asymptotic interval
    does not: with few values in the tail that one ends too low. Only the tail is resampled, by
    the order statistics of uniform numbers, which is the same in law as resampling all. With fewer
    than ten values in the tail neither interval holds as often as it says, and the estimate warns.

    Parameters
    ----------
    costs : ndarray of shape (n,)
        Costs; larger is worse.
    level : float
        Probability, 0 < level < 1.

    Notes
    -----
    Source: Efron and Tibshirani (1993), An Introduction to the Bootstrap, section 12.5; asymptotic
    variance: Trindade, Uryasev, Shapiro and Zrazhevsky (2007), Journal of Banking & Finance
    31:3524-3538.
    """
    ordered = np.sort(np.asarray(costs, dtype=float))
    n, value = len(ordered), cvar(costs, level)
    needed = replications_for_tail_mean(level)
    warning: str = ""
    if n < needed:
        warning = Message(
            "CVaR {level:g}% needs {needed} replications, not {n}, for ten values in its tail",
            level=100 * level,
            needed=needed,
            n=n,
        )
    tail = n - tail_rank(n, level) + 1
    error = float(tail_means(ordered[None, n - tail :], n, level)[1][0])
    if n < 2 or error == 0:
        all_the_same = Message("the tail is one value, and what lies beyond it was not seen")
        ends = (value, value) if n > 1 else (float("nan"), float("nan"))
        return Estimate(value, ends, "bootstrap-t", warning or all_the_same)
    away = _studentised(ordered, tail, level, value)
    if len(away) < 0.9 * RESAMPLES:
        from scipy import stats

        half = float(stats.norm.ppf(0.5 + CONFIDENCE / 2)) * error
        return Estimate(value, (value - half, value + half), "asymptotic", warning)
    high, low = np.quantile(away, [0.5 - CONFIDENCE / 2, 0.5 + CONFIDENCE / 2])
    ends = (value - float(low) * error, value - float(high) * error)
    return Estimate(value, ends, "bootstrap-t", warning)


def tail_rank(n: int, level: float) -> int:
    """Return the rank, from 1, of the value at risk among n values."""
    # A product such as 0.95 * 20 is not quite whole in binary.
    return max(1, math.ceil(n * level - 1e-9))


def tail_means(tails: np.ndarray, n: int, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the tail mean and its standard error for tails of shape (..., n_tail), ascending."""
    beyond = tails - tails[..., :1]
    mean = beyond.sum(axis=-1) / n
    variance = np.maximum((beyond**2).sum(axis=-1) / n - mean**2, 0.0)
    return tails[..., 0] + mean / (1 - level), np.sqrt(variance / n) / (1 - level)


def _studentised(ordered: np.ndarray, tail: int, level: float, value: float) -> np.ndarray:
    """Return how many standard errors the tail means of resamples lie away from a sample's."""
    n, rng = len(ordered), np.random.default_rng(RESAMPLING_SEED)
    at_a_time, away = max(1, RESAMPLED_VALUES // tail), []
    for begin in range(0, RESAMPLES, at_a_time):
        some = min(at_a_time, RESAMPLES - begin)
        gaps = rng.exponential(size=(some, tail))
        rest = rng.gamma(n + 1 - tail, size=(some, 1))
        # The largest order statistics of n uniforms, from the spacings of a Poisson process.
        from_top = np.cumsum(gaps, axis=1) / (gaps.sum(axis=1, keepdims=True) + rest)
        tails = ordered[np.minimum((n * (1 - from_top[:, ::-1])).astype(int), n - 1)]
        means, errors = tail_means(tails, n, level)
        away.append((means - value)[errors > 0] / errors[errors > 0])
    return np.concatenate(away)


def exceedance(costs: np.ndarray, thresholds: np.ndarray | None = None) -> pd.DataFrame:
    """Return how probably a cost exceeds each of some thresholds.

    Parameters
    ----------
    costs : ndarray of shape (n,)
        Costs; larger is worse.
    thresholds : ndarray of shape (k,), optional
        Where to look; fifty quantiles of the sample where empty.

    Returns
    -------
    DataFrame
        A row a threshold: ``threshold`` in the unit of the costs, ``probability``, ``low`` and
        ``high`` of its 95% interval (of each alone, not of the curve), ``method``, ``warning``.

    Raises
    ------
    PbcError
        If there are no costs.

    Examples
    --------
    >>> exceedance(np.arange(1.0, 101.0), np.array([90.0]))["probability"].tolist()
    [0.1]
    """
    if not len(costs):
        raise PbcError("an exceedance curve needs at least one replication, got 0.")
    if thresholds is None:
        thresholds = np.unique(np.quantile(costs, np.linspace(0, 1, 50), method="inverted_cdf"))
    rows = []
    for threshold in np.asarray(thresholds, dtype=float).tolist():
        found = probability_estimate(costs > threshold)
        rows.append((threshold, found.value, *found.ci95, found.method, found.warning))
    columns = ["threshold", "probability", "low", "high", "method", "warning"]
    return pd.DataFrame(rows, columns=columns)
