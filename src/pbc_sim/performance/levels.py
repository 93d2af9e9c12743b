"""Until when does each noted level last?

Lives here: reading a log of changes as spans of time. May not live here: KPIs, costs.
"""

from __future__ import annotations

import numpy as np

__all__ = ["lasting"]


def lasting(key: np.ndarray, changed: np.ndarray, ends: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of a log in the order of key and time, and until when each level lasts.

    Parameters
    ----------
    key : ndarray of shape (n_changes,)
        Whose level each row tells: an item, a machine, a shelf.
    changed : ndarray of shape (n_changes,)
        When it changed, in the order of time. [day]
    ends : float
        When the record ends. [day]

    Returns
    -------
    order, until : ndarray of shape (n_changes,)
        Numbers of the rows, and the next change of the same key, or the end. [day]

    Examples
    --------
    >>> order, until = lasting(np.array([7, 8, 7]), np.array([0.0, 0.0, 2.0]), 5.0)
    >>> order.tolist(), until.tolist()
    ([0, 2, 1], [2.0, 5.0, 5.0])
    """
    order = np.argsort(key, kind="stable")
    key, changed = key[order], changed[order]
    same = key[1:] == key[:-1]
    until = np.full(len(order), ends)
    until[:-1][same] = changed[1:][same]
    return order, until
