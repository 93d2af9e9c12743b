"""How bad is a bad year: value at risk, and the mean of what lies beyond it.

Lives here: both numbers of a sample of costs. May not live here: how sure they are
(`intervals.py`).
"""

from __future__ import annotations

import numpy as np

__all__ = ["LEVEL", "cvar", "var"]

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
