"""How bad is a bad year: value at risk, and the mean of what lies beyond it.

Lives here: both numbers of a sample of costs. May not live here: how sure they are
(`intervals.py`).
"""

from __future__ import annotations

import math

import numpy as np

__all__ = ["LEVEL", "cvar", "mixed_tail_contributions", "tail_contributions", "var"]

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


def mixed_tail_contributions(
    costs: np.ndarray, chances: np.ndarray, level: float = LEVEL
) -> np.ndarray:
    """Return what each future contributes to the tail mean of a mixture, which is their mean.

    In each future one of several things happens, each with its own chance: the tail is that of all
    of them together, and not the mean of their tails.

    Parameters
    ----------
    costs : ndarray of shape (n_rows, n_things, n_futures)
        Costs; larger is worse.
    chances : ndarray of shape (n_rows, n_things)
        How probable each is, in sum 1. [1]
    level : float
        Probability, 0 < level < 1.

    Returns
    -------
    ndarray of shape (n_rows, n_futures)
        In the unit of the costs.

    Examples
    --------
    Of the worst tenth all is what happens once in ten.

    >>> things, chances = np.array([[[0, 0], [8, 10]]]), np.array([[0.9, 0.1]])
    >>> round(float(mixed_tail_contributions(things, chances, 0.9).mean()), 9)
    9.0
    """
    rows, things, futures = costs.shape
    order = costs.reshape(rows, -1).argsort(axis=1, kind="stable")
    sorted_costs = np.take_along_axis(costs.reshape(rows, -1), order, axis=1)
    weights = np.broadcast_to(chances[..., None] / futures, costs.shape).reshape(rows, -1)
    reached = np.take_along_axis(weights, order, axis=1).cumsum(axis=1)
    # The first cost up to which the probability is reached; sums are not quite exact in binary.
    at = (reached < level - 1e-9).sum(axis=1).clip(max=things * futures - 1)
    threshold = np.take_along_axis(sorted_costs, at[:, None], axis=1)[..., None]
    excess = threshold + np.maximum(costs - threshold, 0) / (1 - level)
    return np.asarray(np.einsum("rtf,rt->rf", excess, chances))
