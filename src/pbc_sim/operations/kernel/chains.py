"""How do rows of an array stand one behind the other?

Lives here: rows chained by the number of the next one, first come first served. May not live here:
what waits, and for what.
"""

from __future__ import annotations

from typing import Any

from pbc_sim.operations.kernel.compiled import compiled
from pbc_sim.operations.kernel.layout import NOTHING

__all__ = ["stand_behind"]


@compiled
def stand_behind(ends: Any, first: int, last: int, rows: Any, follows: int, row: int) -> None:
    """Chain a row behind all others; `ends` has the numbers of the first and of the last one."""
    rows[row, follows] = NOTHING
    if ends[first] == NOTHING:
        ends[first] = row
    else:
        rows[ends[last], follows] = row
    ends[last] = row
