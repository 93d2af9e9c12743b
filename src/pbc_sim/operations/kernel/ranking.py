"""Which values are the smallest?

Lives here: selection by rank, as `sorted` would have it. May not live here: what is ranked and why.
"""

from __future__ import annotations

from typing import Any

from pbc_sim.operations.kernel.compiled import compiled

__all__ = ["value_at"]


@compiled
def value_at(values: Any, count: int, rank: int) -> float:
    """Return which of the first values would stand at a place if they were sorted; they move.

    Hoare (1961), Communications of the ACM 4:321-322 (Algorithm 65: Find).
    """
    low, high = 0, count - 1
    while low < high:
        pivot = values[rank]
        left, right = low, high
        while left <= right:
            while values[left] < pivot:
                left += 1
            while pivot < values[right]:
                right -= 1
            if left <= right:
                values[left], values[right] = values[right], values[left]
                left, right = left + 1, right - 1
        if right < rank:
            low = left
        if rank < left:
            high = right
    return float(values[rank])
