"""How does an amount come out over replications: summaries, differences, shares of variance.

Lives here: summaries of a sample of a cost or profit. May not live here: contracts, plans, text.
Statistics come from SciPy.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from pbc_sim.decision.risk.intervals import (
    cvar_estimate,
    mean_estimate,
    probability_estimate,
    quantile_estimate,
    var_estimate,
)
from pbc_sim.errors import PbcError

__all__ = [
    "Paired",
    "Probability",
    "Summary",
    "VarianceSplit",
    "mean_interval",
    "paired",
    "probability",
    "ratio_interval",
    "summary",
    "variance_split",
]

QUANTILES = (0.05, 0.5, 0.95)


def mean_interval(values: np.ndarray) -> tuple[float, float]:
    """Return the 95% interval of the mean, see `mean_estimate`; NaN below two values."""
    return mean_estimate(values).ci95


def ratio_interval(values: np.ndarray, baseline: np.ndarray) -> tuple[float, tuple[float, float]]:
    """Return the ratio of two means over the same replications, and its 95% interval.

    The interval is that of the mean of (value - ratio x baseline) / mean(baseline), so that what
    both share, as a year of many orders, drops out.

    Notes
    -----
    Source: Cochran (1977), Sampling Techniques, 3rd ed., ch. 6: ratio estimators.

    Examples
    --------
    >>> ratio_interval(np.array([5.0, 10.0]), np.array([10.0, 20.0]))[0]
    0.5
    """
    ratio = float(values.mean() / baseline.mean())
    low, high = mean_interval((values - ratio * baseline) / baseline.mean())
    return ratio, (ratio + low, ratio + high)


@dataclass(frozen=True)
class Summary:
    """Estimates of one amount over replications.

    Parameters
    ----------
    mean, sd : float
        Mean and standard deviation.
    ci95 : tuple of float
        95% interval of the mean (Johnson's t).
    quantiles : mapping of str to float
        5, 50 and 95% quantiles.
    quantiles_ci95 : mapping of str to tuple of float
        Their 95% intervals (order statistics); an end that the sample cannot bound is infinite.
    var95, cvar95 : float
        Value at risk and its tail mean, of cost: for a profit, of the loss (-profit).
    var95_ci95, cvar95_ci95 : tuple of float
        Their 95% intervals; an end that the sample cannot bound is infinite.
    methods : mapping of str to str
        How each interval was found.
    warning : str
        Where the sample is too small for one of them; empty if it is not.
    """

    mean: float
    ci95: tuple[float, float]
    sd: float
    quantiles: dict[str, float]
    quantiles_ci95: dict[str, tuple[float, float]]
    var95: float
    cvar95: float
    var95_ci95: tuple[float, float]
    cvar95_ci95: tuple[float, float]
    methods: dict[str, str]
    warning: str

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as plain values."""
        return asdict(self)


def summary(values: np.ndarray, *, is_cost: bool) -> Summary:
    """Summarise a sample, shape (n,); `is_cost` says whether larger is worse."""
    costs = values if is_cost else -values
    mean, at_risk, tail = mean_estimate(values), var_estimate(costs), cvar_estimate(costs)
    return Summary(
        mean.value,
        mean.ci95,
        float(np.std(values, ddof=1)) if len(values) > 1 else float("nan"),
        {f"{100 * q:g}%": float(np.quantile(values, q)) for q in QUANTILES},
        {f"{100 * q:g}%": quantile_estimate(values, q).ci95 for q in QUANTILES},
        at_risk.value,
        tail.value,
        at_risk.ci95,
        tail.ci95,
        {"mean": mean.method, "var95": at_risk.method, "cvar95": tail.method},
        at_risk.warning or tail.warning or mean.warning,
    )


@dataclass(frozen=True)
class Probability:
    """How often something happened, with its 95% interval, the method, and a warning if rare."""

    estimate: float
    ci95: tuple[float, float]
    method: str
    warning: str

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as plain values."""
        return asdict(self)


def probability(happened: np.ndarray) -> Probability:
    """Return the probability of an event from whether it happened, shape (n,) of bool.

    Examples
    --------
    Ninety times in a hundred is not far from sure.

    >>> [round(end, 2) for end in probability(np.arange(100) < 90).ci95]
    [0.83, 0.94]
    """
    found = probability_estimate(happened)
    return Probability(found.value, found.ci95, found.method, found.warning)


@dataclass(frozen=True)
class Paired:
    """A difference on the same luck.

    Parameters
    ----------
    difference : float
        Mean of (this - baseline).
    ci95 : tuple of float
        95% interval of the mean difference, as of any mean.
    variance_ratio : float
        Variance of the difference if both had independent luck, over its variance on the same
        luck: how many times as many replications independent runs would need. [1]
    warning : str
        Where the interval does not hold, as of skewed differences; empty if it does.
    comparisons : int
        How many such intervals hold together with 95%; 1 if this one holds alone.
    """

    difference: float
    ci95: tuple[float, float]
    variance_ratio: float
    warning: str = ""
    comparisons: int = 1

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as plain values."""
        return asdict(self)


def paired(values: np.ndarray, baseline: np.ndarray, comparisons: int = 1) -> Paired:
    """Compare two samples replication by replication, both of shape (n,).

    So many comparisons hold together with 95%.
    """
    difference = values - baseline
    independent = float(np.var(values, ddof=1) + np.var(baseline, ddof=1)) if len(values) > 1 else 0
    same_luck = float(np.var(difference, ddof=1)) if len(values) > 1 else 0
    ratio = independent / same_luck if same_luck > 0 else float("nan")
    found = mean_estimate(difference, comparisons)
    # Contracts that pay the same in all futures differ by nothing, and there is nothing to warn of.
    warning = found.warning if same_luck > 0 else ""
    return Paired(found.value, found.ci95, ratio, warning, comparisons)


@dataclass(frozen=True)
class VarianceSplit:
    """Where the variance of an amount comes from.

    Parameters
    ----------
    luck : float
        Mean variance among futures of the same parameters.
    not_knowing : float
        Variance of the expected amount over what the parameters may be; an unbiased estimate, so it
        can be below 0 where there is little of it.
    share : float
        The latter over the sum of both, at least 0: what could be gained by knowing more. [1]
    """

    luck: float
    not_knowing: float
    share: float

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as plain values."""
        return asdict(self)


def variance_split(values: np.ndarray, replications_each: int) -> VarianceSplit:
    """Split the variance of an amount into luck and not knowing, from a two-level study.

    The analysis of variance estimator of a one-way random model: with mean squares between and
    within draws of the parameters, not_knowing = (between - within) / replications_each.

    Parameters
    ----------
    values : ndarray of shape (n,)
        An amount by replication, n a multiple of `replications_each`.
    replications_each : int
        Consecutive replications that share a draw, >= 2, as `uncertain` in the scenario says.

    Raises
    ------
    PbcError
        If there are fewer than two draws, or fewer than two replications of each.

    Notes
    -----
    Source: Searle, Casella and McCulloch (1992), Variance Components, section 3.5; for nested
    simulation Sun, Apley and Staum (2011), Operations Research 59:998-1007.

    Examples
    --------
    Two draws of two futures each: 1 and 3, 11 and 13.

    >>> split = variance_split(np.array([1.0, 3.0, 11.0, 13.0]), 2)
    >>> split.luck, split.not_knowing, round(split.share, 3)
    (2.0, 49.0, 0.961)
    """
    draws, left_over = divmod(len(values), max(replications_each, 1))
    if replications_each < 2 or draws < 2 or left_over:
        raise PbcError(
            "a variance split needs at least two draws of at least two replications each, all of "
            f"them whole, got {len(values)} replications of {replications_each} each; set "
            "uncertain.replications_each, and run a multiple of it."
        )
    by_draw = np.reshape(values, (draws, replications_each))
    luck = float(by_draw.var(axis=1, ddof=1).mean())
    not_knowing = float(by_draw.mean(axis=1).var(ddof=1)) - luck / replications_each
    total = luck + max(not_knowing, 0.0)
    return VarianceSplit(luck, not_knowing, max(not_knowing, 0.0) / total if total else 0.0)
