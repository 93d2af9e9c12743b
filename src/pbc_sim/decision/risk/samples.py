"""How does an amount come out over replications: summaries, differences, shares of variance.

Lives here: summaries of a sample of a cost or profit. May not live here: contracts, plans, tables.
Statistics come from SciPy.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from pbc_sim.decision.risk.intervals import (
    CONFIDENCE,
    cvar_estimate,
    in_full,
    mean_estimate,
    probability_estimate,
    quantile_estimate,
    var_estimate,
    within,
)
from pbc_sim.errors import PbcError
from pbc_sim.figures import numeral, share, span
from pbc_sim.language import said
from pbc_sim.language import translated as _
from pbc_sim.printed import Printed

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
class Summary(Printed):
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

    def __str__(self) -> str:
        rows = [
            (_("mean"), self.mean, self.ci95),
            *((at, value, self.quantiles_ci95[at]) for at, value in self.quantiles.items()),
            ("VaR 95%", self.var95, self.var95_ci95),
            ("CVaR 95%", self.cvar95, self.cvar95_ci95),
        ]
        lines = [f"{words}: {in_full(value)} {within(ends)}" for words, value, ends in rows]
        lines.insert(1, _("standard deviation") + f": {in_full(self.sd)}")
        return "\n".join([*lines, said(self.warning)] if self.warning else lines)


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
class Probability(Printed):
    """How often something happened, with its 95% interval, the method, and a warning if rare."""

    estimate: float
    ci95: tuple[float, float]
    method: str
    warning: str

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as plain values."""
        return asdict(self)

    def __str__(self) -> str:
        words = f"{share(self.estimate)} {span(*(share(end) for end in self.ci95))} ({self.method})"
        return f"{words}; {said(self.warning)}" if self.warning else words


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
class Paired(Printed):
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

    def __str__(self) -> str:
        words = f"{in_full(self.difference)} {within(self.ci95)}"
        return f"{words}; {said(self.warning)}" if self.warning else words


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
class VarianceSplit(Printed):
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
    share_ci95 : tuple of float
        Its 95% interval; NaN where fewer than three draws, or no luck at all, give none. [1]
    draws, replications_each : int
        Draws of the parameters, and futures of each.
    """

    luck: float
    not_knowing: float
    share: float
    share_ci95: tuple[float, float]
    draws: int
    replications_each: int

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as plain values."""
        return asdict(self)

    def __str__(self) -> str:
        low, high = self.share_ci95
        sure = "[-]" if np.isnan(low) else span(share(low, 0), share(high, 0))
        words = _(
            "Of the variance {luck} is luck and {not_knowing} {interval} not knowing; from {draws} "
            "draws of the parameters with {each} replications each."
        )
        return words.format(
            luck=share(1 - self.share, 0),
            not_knowing=share(self.share, 0),
            interval=sure,
            draws=numeral(self.draws, ",d"),
            each=numeral(self.replications_each, ",d"),
        )


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
    simulation Sun, Apley and Staum (2011), Operations Research 59:998-1007. The interval is a
    jackknife over draws of the logarithm of the ratio of mean squares, which holds where amounts
    are skewed too: Arvesen and Schmitz (1970), Biometrics 26:677-686. Of 1,000 studies it covered
    0.94 to 0.99 under normal laws, and 0.88 to 0.98 under exponential ones of 10 or more draws.

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
    part = max(not_knowing, 0.0) / total if total else 0.0
    return VarianceSplit(
        luck, not_knowing, part, _interval_of_share(by_draw), draws, replications_each
    )


def _interval_of_share(by_draw: np.ndarray) -> tuple[float, float]:
    """Return the interval of the share of not knowing, from values of shape (n_draws, n_each)."""
    from scipy import stats  # slow to import, and only estimates need it

    draws, each = by_draw.shape
    means, variances = by_draw.mean(axis=1), by_draw.var(axis=1, ddof=1)
    others = np.array([np.delete(np.arange(draws), left_out) for left_out in range(draws)])
    within = variances[others].mean(axis=1)
    between = means[others].var(axis=1, ddof=1) if draws > 2 else np.zeros(draws)
    if not (within > 0).all() or not (between > 0).all():
        return float("nan"), float("nan")
    whole = np.log(means.var(ddof=1) / variances.mean())
    pseudo = draws * whole - (draws - 1) * np.log(between / within)
    half = float(stats.t.ppf(0.5 + CONFIDENCE / 2, draws - 1) * pseudo.std(ddof=1) / np.sqrt(draws))
    # Ratio of mean squares less 1, over the futures of a draw: not knowing over luck.
    ratio = np.maximum(np.exp(pseudo.mean() + np.array([-half, half])) - 1 / each, 0.0)
    low, high = (ratio / (1 + ratio)).tolist()
    return low, high
