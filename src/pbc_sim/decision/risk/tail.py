"""How bad is a bad year: value at risk, and the mean of what lies beyond it.

Lives here: both numbers of a sample of costs. May not live here: how sure they are
(`intervals.py`).
"""

from __future__ import annotations

import math

import numpy as np

__all__ = ["LEVEL", "cvar", "tail_contributions", "var"]

LEVEL = 0.95


def var(costs: np.ndarray, level: float = LEVEL) -> float:
    """Return the value at risk: the smallest cost that is not exceeded with that probability.

    Parameters
    ----------
    costs : ndarray of shape (n,)
        Costs; larger is worse.
    level : float
        Probability, 0 to 1.

    Examples
    --------
    >>> var(np.arange(1, 101), 0.9)
    90.0
    """
    return float(np.quantile(costs, level, method="inverted_cdf"))


def cvar(costs: np.ndarray, level: float = LEVEL) -> float:
    """Return the conditional value at risk: the mean of the worst (1 - level) share of costs.

    An atom at the value at risk is split, so that the tail weighs exactly 1 - level.

    Notes
    -----
    Source: Rockafellar and Uryasev (2002), Journal of Banking & Finance 26:1443-1471.

    Examples
    --------
    >>> round(cvar(np.arange(1, 101), 0.9), 9)
    95.5
    """
    threshold = var(costs, level)
    return threshold + float(np.maximum(costs - threshold, 0).mean()) / (1 - level)


def tail_contributions(costs: np.ndarray, level: float = LEVEL) -> np.ndarray:
    """Return what each cost contributes to the conditional value at risk, which is their mean.

    Tail means of two samples of the same futures can so be compared future by future.

    Parameters
    ----------
    costs : ndarray of shape (..., n)
        Costs; larger is worse.
    level : float
        Probability, 0 < level < 1.

    Returns
    -------
    ndarray of the same shape
        Value at risk + excess over it / (1 - level), in the unit of the costs.

    Notes
    -----
    Source: Rockafellar and Uryasev (2002), Journal of Banking & Finance 26:1443-1471; that their
    variance is the asymptotic one of the estimate: Trindade, Uryasev, Shapiro and Zrazhevsky
    (2007), Journal of Banking & Finance 31:3524-3538.

    Examples
    --------
    >>> round(float(tail_contributions(np.arange(1, 101), 0.9).mean()), 9)
    95.5
    """
    # A product such as 0.95 * 20 is not quite whole in binary.
    rank = max(1, math.ceil(costs.shape[-1] * level - 1e-9))
    threshold = np.partition(costs, rank - 1, axis=-1)[..., rank - 1, None]
    contributions: np.ndarray = threshold + np.maximum(costs - threshold, 0) / (1 - level)
    return contributions
