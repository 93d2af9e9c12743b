"""How are whole units shared out in proportion: `operations/apportionment.py`, compiled.

Lives here: the method of largest remainders. May not live here: who shares what and why.
"""

from __future__ import annotations

import sys

from pbc_sim.operations.kernel.clock import stop
from pbc_sim.operations.kernel.compiled import compiled
from pbc_sim.operations.kernel.layout import AMISS, MOVED, SHARE, WEIGHT, Work
from pbc_sim.operations.kernel.ranking import value_at

__all__ = ["apportion"]

#: Whether Python's `sum` makes good what rounding loses (Neumaier, 1974).
SUMS_ARE_COMPENSATED = sys.version_info >= (3, 12)


@compiled
def summed(work: Work, claims: int) -> float:
    """Return what Python's `sum` makes of the weights."""
    total, lost = 0.0, 0.0
    for n in range(claims):
        weight = work.scratch[WEIGHT, n]
        after = total + weight
        if abs(total) >= abs(weight):
            lost += (total - after) + weight
        else:
            lost += (weight - after) + total
        total = after
    return total + lost if SUMS_ARE_COMPENSATED else total


@compiled
def apportion(work: Work, units: int, claims: int) -> None:
    """Turn the first weights of the scratch paper into whole shares of so many units."""
    paper, total, left = work.scratch, summed(work, claims), units
    for n in range(claims):
        quota = units * paper[WEIGHT, n] / total
        paper[SHARE, n] = int(quota)
        # The remainders, the largest first.
        paper[WEIGHT, n] = paper[MOVED, n] = paper[SHARE, n] - quota
        left -= int(quota)
    if left < 0:
        stop(work, AMISS)
    if left <= 0:
        return
    last = value_at(paper[MOVED], claims, min(left, claims) - 1)
    for n in range(claims):
        left -= paper[WEIGHT, n] < last
    # Of equal remainders the first ones count.
    for n in range(claims):
        paper[SHARE, n] += paper[WEIGHT, n] < last
        if paper[WEIGHT, n] == last and left > 0:
            paper[SHARE, n] += 1
            left -= 1
