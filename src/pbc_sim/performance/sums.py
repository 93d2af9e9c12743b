"""How are amounts added up?

Lives here: sums whose rounding depends on nothing but the amounts and their order.
May not live here: what is summed.
NumPy adds in pairs or in blocks, as many as the processor likes; one after the other is what any
engine can do, to the last bit.
"""

from __future__ import annotations

import numpy as np

__all__ = ["added"]


def added(amounts: np.ndarray) -> np.ndarray:
    """Return the sums along the last axis, 0 where there is nothing; in the unit of the amounts.

    Examples
    --------
    >>> float(added(np.array([1e16, 1.0, 1.0])))
    1e+16
    >>> added(np.empty((2, 0))).tolist()
    [0.0, 0.0]
    """
    if not amounts.shape[-1]:
        return np.zeros(amounts.shape[:-1])
    sums: np.ndarray = np.add.accumulate(amounts, axis=-1)[..., -1]
    return sums
