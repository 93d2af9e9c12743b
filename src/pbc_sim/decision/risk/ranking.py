"""Which of several is best, and how sure is that: multiple comparison, sequential selection.

Lives here: procedures on samples that were made on the same luck, and their constants.
May not live here: contracts, plans, who simulates (`decision/selection.py`).
Smaller is better throughout; who wants the largest turns the sign.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pbc_sim.errors import PbcError

__all__ = [
    "Selection",
    "kim_nelson",
    "multiple_comparison",
    "ocba_shares",
    "rinott_constant",
]

#: ``draw(names, first, count)`` returns replications by name, each of shape (count,).
Draw = Callable[[Sequence[str], int, int], Mapping[str, np.ndarray]]


def multiple_comparison(
    samples: Mapping[str, np.ndarray], confidence: float = 0.95
) -> pd.DataFrame:
    """Compare each alternative with the best of the others, all intervals holding together.

    Differences are paired, so common random numbers make the intervals short, and neither equal
    variances nor independence is assumed. The best is among `possibly_best`, and each
    ``mean - least mean of the others`` within its interval, with the confidence or more.

    Parameters
    ----------
    samples : mapping of str to ndarray of shape (n,)
        Replications of each alternative on the same futures; smaller is better.
    confidence : float
        Of all intervals together. [1]

    Returns
    -------
    DataFrame
        A row an alternative, best first: ``mean``, ``gap`` (mean less the least of the others),
        ``low`` (<= 0) and ``high`` (>= 0) of its interval, ``possibly_best``.

    Raises
    ------
    PbcError
        If there are fewer than two alternatives, or their samples differ in length or have fewer
        than two replications.

    Notes
    -----
    Source: Hsu (1984), Annals of Statistics 12:1136-1144; unequal allowances: Chang and Hsu (1992),
    Computational Statistics & Data Analysis 14:299-315; under common random numbers with paired t
    and Bonferroni: Nelson and Matejcik (1995), Management Science 41:1935-1945.

    Examples
    --------
    >>> luck = np.array([0.0, 1.0, 2.0, 3.0])
    >>> found = multiple_comparison({"a": luck, "b": luck + 5, "c": luck + [0.2, -0.2, 0.1, 0]})
    >>> found["possibly_best"].tolist()
    [True, True, False]
    """
    from scipy import stats  # slow to import, and only estimates need it

    names, values = list(samples), np.array(list(samples.values()), dtype=float)
    k = len(names)
    if k < 2 or values.ndim != 2 or values.shape[1] < 2:
        raise PbcError(
            "a comparison with the best needs at least two alternatives with the same two or more "
            f"replications, got {', '.join(f'{n}: {len(v)}' for n, v in samples.items()) or 0}."
        )
    n = values.shape[1]
    # Only comparisons with the one true best must hold together, and on one side.
    t = float(stats.t.ppf(1 - (1 - confidence) / (k - 1), n - 1))
    mean = values.mean(axis=1)
    allowance = t * np.sqrt(_variances_of_differences(values) / n)
    gap = mean[:, None] - mean[None, :]
    others = ~np.eye(k, dtype=bool)
    possibly_best: np.ndarray = ((gap <= allowance) | ~others).all(axis=1)
    rows = {}
    for i, name in enumerate(names):
        rivals = others[i] & possibly_best
        high = max(0.0, float((gap + allowance)[i, rivals].max())) if rivals.any() else 0.0
        low = 0.0
        if possibly_best[i]:
            low = min(0.0, float((gap - allowance)[i, others[i]].max()))
        least = float(gap[i, others[i]].max())
        rows[name] = (float(mean[i]), least, low, high, bool(possibly_best[i]))
    table = pd.DataFrame.from_dict(
        rows, orient="index", columns=["mean", "gap", "low", "high", "possibly_best"]
    )
    return table.sort_values("mean")


def _variances_of_differences(values: np.ndarray) -> np.ndarray:
    """Return the variances of all paired differences, shape (k, k)."""
    covariance = np.cov(values)
    variance = np.diag(covariance)
    return np.maximum(variance[:, None] + variance[None, :] - 2 * covariance, 0.0)


@dataclass(frozen=True)
class Selection:
    """What a sequential selection came to.

    Parameters
    ----------
    best : str
        The alternative that was selected.
    left_at : mapping of str to int
        After how many replications each other one was eliminated; those that were left at the end
        of a budget are not named.
    replications : mapping of str to int
        How many each alternative was simulated.
    means : mapping of str to float
        Mean of each over its own replications.
    decided : bool
        Whether one alone was left, so that the guarantee holds.
    """

    best: str
    left_at: Mapping[str, int]
    replications: Mapping[str, int]
    means: Mapping[str, float]
    decided: bool


def kim_nelson(
    draw: Draw,
    names: Sequence[str],
    difference: float,
    *,
    confidence: float = 0.95,
    first_stage: int = 20,
    step: int = 1,
    most: int = 1_000_000,
) -> Selection:
    """Select the alternative with the least mean, simulating only those still in the running.

    Whoever lies beyond a triangular region around another one's sum is eliminated. The selected one
    is the best with the confidence, if the best is better than all others by `difference`; else it
    is within that of the best (Hong and Nelson, 2005, say when). Common random numbers are allowed.

    Parameters
    ----------
    draw : callable
        ``draw(names, first, count)`` returns replications first, first + 1, ... of some
        alternatives.
    names : sequence of str
        The alternatives.
    difference : float
        Smallest difference that matters, > 0. [as the values]
    confidence : float
        Probability of a correct selection. [1]
    first_stage : int
        Replications from which variances are estimated, >= 3.
    step : int
        Replications between two looks.
    most : int
        Replications at which the procedure gives up, and takes the least mean so far.

    Notes
    -----
    Source: Kim and Nelson (2001), ACM TOMACS 11:251-273, procedure KN with c = 1.
    """
    names = list(names)
    if len(names) < 2 or len(set(names)) < len(names):
        raise PbcError(f"a selection needs two or more different alternatives, got {names}.")
    if not difference > 0:
        raise PbcError(f"difference must be > 0, got {difference}.")
    for name, value, least in (("first_stage", first_stage, 3), ("step", step, 1)):
        if value < least:
            raise PbcError(f"{name} must be >= {least} replications, got {value}.")
    k, free = len(names), first_stage - 1
    eta = ((2 * (1 - confidence) / (k - 1)) ** (-2 / free) - 1) / 2
    first = draw(names, 0, first_stage)
    values = np.array([first[name] for name in names], dtype=float)
    scale = 2 * eta * free * _variances_of_differences(values)
    total, n = values.sum(axis=1), first_stage
    counts = np.full(k, first_stage)
    left_at: dict[str, int] = {}
    running = np.ones(k, dtype=bool)
    while True:
        region = np.maximum(0.0, scale / (2 * difference) - difference * n / 2)
        beaten = (total[:, None] - total[None, :] > region) & running[None, :]
        lost = running & beaten.any(axis=1)
        # Exact ties of all cannot eliminate everybody, since nobody exceeds itself.
        left_at |= {names[i]: n for i in np.flatnonzero(lost)}
        running &= ~lost
        alive = np.flatnonzero(running)
        if len(alive) == 1 or n >= most or not region[np.ix_(alive, alive)].any():
            break
        count = min(step, most - n)
        more = draw([names[i] for i in alive], n, count)
        for i in alive:
            total[i] += float(np.sum(more[names[i]]))
        n += count
        counts[alive] = n
    # Where the region has closed, the rest are ties.
    closed = not region[np.ix_(alive, alive)].any()
    best = names[alive[np.argmin(total[alive])]]
    return Selection(
        best,
        left_at,
        dict(zip(names, counts.tolist(), strict=True)),
        dict(zip(names, (total / counts).tolist(), strict=True)),
        len(alive) == 1 or closed,
    )


def rinott_constant(k: int, first_stage: int, confidence: float = 0.95) -> float:
    """Return Rinott's constant h: ceil((h x sd / difference)^2) replications guarantee a selection.

    Parameters
    ----------
    k : int
        Alternatives, with independent luck.
    first_stage : int
        Replications of the pilot of each.
    confidence : float
        Probability of a correct selection. [1]

    Notes
    -----
    Source: Rinott (1978), Communications in Statistics A 7:799-811; Bechhofer, Santner and Goldsman
    (1995), section 2.8.

    Examples
    --------
    >>> round(rinott_constant(5, 10), 3)
    3.693
    """
    from scipy import optimize, stats

    free = first_stage - 1
    # Quantiles of equal probability would lose the tail, so both integrals are Gauss-Legendre.
    nodes, weights = np.polynomial.legendre.leggauss(200)
    law = stats.chi2(free)
    low, high = law.ppf(1e-12), law.ppf(1 - 1e-12)
    x = (high - low) / 2 * (nodes + 1) + low
    w = weights * (high - low) / 2 * law.pdf(x)
    spread = np.sqrt(free * (1 / x[:, None] + 1 / x[None, :]))

    def lacks(h: float) -> float:
        inner = (stats.norm.cdf(h / spread) * w[None, :]).sum(axis=1)
        return float(w @ inner ** (k - 1)) - confidence

    return float(optimize.brentq(lacks, 0.0, 50.0, xtol=1e-10))


def ocba_shares(means: np.ndarray, sds: np.ndarray) -> np.ndarray:
    """Return which share of further replications each alternative should get, least mean best [1].

    Parameters
    ----------
    means, sds : ndarray of shape (k,)
        Mean and standard deviation of each so far; the least mean must be alone.

    Notes
    -----
    Source: Chen, Lin, Yuecesan and Chick (2000), Discrete Event Dynamic Systems 10:251-270.

    Examples
    --------
    >>> ocba_shares(np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0, 2.0])).round(3).tolist()
    [0.359, 0.321, 0.321]
    """
    means, sds = np.asarray(means, dtype=float), np.asarray(sds, dtype=float)
    best = int(means.argmin())
    gap = means - means[best]
    others = np.arange(len(means)) != best
    if (gap[others] == 0).any():
        raise PbcError("two alternatives have the same least mean; simulate more of both first.")
    weight = np.zeros(len(means))
    weight[others] = (sds[others] / gap[others]) ** 2
    weight[best] = sds[best] * math.sqrt(float(np.sum((weight[others] / sds[others]) ** 2)))
    shares: np.ndarray = weight / weight.sum()
    return shares
