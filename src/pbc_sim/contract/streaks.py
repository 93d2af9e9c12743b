"""How many times in a row: runs of met and missed reviews, counted period by period.

Lives here: the loop over periods that terms with a memory share. May not live here: any such term.
"""

from __future__ import annotations

import numpy as np

__all__ = ["reaches", "streak", "within_window"]


def streak(condition: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return how often a condition has held in a row, up to and with each period.

    Parameters
    ----------
    condition : ndarray of bool
        Whether it holds, the periods along the last axis.
    counts : ndarray of bool
        In which periods it is judged; the others neither add to a run nor end it.

    Returns
    -------
    ndarray of int
        Length of the run that a period belongs to; 0 where the condition does not hold.

    Examples
    --------
    >>> streak(np.array([True, True, False, True, True]), np.array([True] * 3 + [False, True]))
    array([1, 2, 0, 0, 1])
    """
    condition, counts = np.broadcast_arrays(condition, counts)
    run = np.zeros(condition.shape, dtype=int)
    so_far = np.zeros(condition.shape[:-1], dtype=int)
    for period in range(condition.shape[-1]):
        longer = np.where(condition[..., period], so_far + 1, 0)
        so_far = np.where(counts[..., period], longer, so_far)
        run[..., period] = so_far
    return run


def within_window(amounts: np.ndarray, window: int) -> np.ndarray:
    """Return the sums over the last periods, each period itself included.

    Examples
    --------
    >>> within_window(np.array([1.0, 2.0, 3.0, 4.0]), 2)
    array([1., 3., 5., 7.])
    """
    total = np.array(amounts)
    for lag in range(1, min(window, amounts.shape[-1])):
        total[..., lag:] += amounts[..., :-lag]
    return total


def reaches(total: np.ndarray, level: np.ndarray) -> np.ndarray:
    """Tell where a sum reaches a level, whatever its rounding: 0.1 + 0.2 reaches 0.3.

    Examples
    --------
    >>> bool(reaches(np.array(0.7 + 0.1), np.array(0.8)))
    True
    """
    return np.asarray(total >= level * (1 - 1e-12))
