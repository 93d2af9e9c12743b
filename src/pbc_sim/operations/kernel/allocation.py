"""Who gets what comes in when stock is short: the rules of `operations/allocation.py`, compiled.

Lives here: how much each line in the queue is given, where lines are not served in turn.
May not live here: the queue itself (`store.py`), parcels.
"""

from __future__ import annotations

from pbc_sim.operations.kernel.apportionment import apportion
from pbc_sim.operations.kernel.calendar import has_passed
from pbc_sim.operations.kernel.compiled import compiled
from pbc_sim.operations.kernel.layout import (
    CRITICAL_FIRST,
    FAIR_SHARE,
    FIRST_WAITING,
    LINE_ORDER,
    NEXT_PLACE,
    NOTHING,
    PLACE_GIVEN,
    PLACE_LINE,
    PLACE_UNITS,
    SHARE,
    WAITING,
    WEIGHT,
    Given,
    Work,
)
from pbc_sim.operations.kernel.store import on_hand

__all__ = ["share_out"]


@compiled
def is_urgent(given: Given, work: Work, line: int) -> bool:
    """Tell whether a line is of an urgent unit, or for a machine that stands still."""
    if given.urgent[given.lines[line, LINE_ORDER]]:
        return True
    ordered = line - given.lines_of_units
    return ordered >= 0 and work.urgent_wishes[work.shelf_of_line[ordered]] > 0


@compiled
def goes_first(given: Given, work: Work, now: float, line: int) -> bool:
    """Tell whether a line is served before those that do not go first."""
    if given.allocation == CRITICAL_FIRST:
        return is_urgent(given, work, line)
    placed = given.order_time[given.lines[line, LINE_ORDER]]
    return not has_passed(given, given.overdue_after, given.overdue_age, placed, now)


@compiled
def share_out(given: Given, work: Work, now: float, item: int) -> None:
    """Note for each line in the queue what it is given of the units on hand."""
    units = on_hand(work, item)
    if given.allocation == FAIR_SHARE:
        share_fairly(work, item, min(units, work.items[item, WAITING]))
        return
    # Each group is served first come, first served.
    for first in (True, False):
        place = work.items[item, FIRST_WAITING]
        while place != NOTHING:
            row = work.waiting[place]
            if goes_first(given, work, now, row[PLACE_LINE]) == first:
                row[PLACE_GIVEN] = min(units, row[PLACE_UNITS])
                units -= row[PLACE_GIVEN]
            place = row[NEXT_PLACE]


@compiled
def share_fairly(work: Work, item: int, units: int) -> None:
    """Give everyone part, in proportion to what they miss."""
    claims, place = 0, work.items[item, FIRST_WAITING]
    while place != NOTHING:
        work.scratch[WEIGHT, claims] = work.waiting[place, PLACE_UNITS]
        claims, place = claims + 1, work.waiting[place, NEXT_PLACE]
    apportion(work, units, claims)
    claims, place = 0, work.items[item, FIRST_WAITING]
    while place != NOTHING:
        work.waiting[place, PLACE_GIVEN] = int(work.scratch[SHARE, claims])
        claims, place = claims + 1, work.waiting[place, NEXT_PLACE]
