"""How are incoming lots judged by samples: the rules of `operations/inspection.py`, compiled.

Lives here: which units of a lot are in its sample, and what follows. May not live here: inspection
of a share of units (`store.py`), the tables that plans are read from.
"""

from __future__ import annotations

from typing import Any

from pbc_sim.operations.kernel.compiled import compiled, seldom
from pbc_sim.operations.kernel.layout import (
    ACCEPT,
    JUDGED,
    LARGEST_LOT,
    MOVED,
    REJECTED,
    SAMPLE,
    SENT_BACK,
    SHARE,
    Given,
    Work,
)
from pbc_sim.operations.kernel.ranking import value_at

__all__ = ["judge"]


@seldom(otherwise=(0, 0, 0))
def judge(given: Given, work: Work, shelf: Any, luck: int, units: int, row: int) -> Any:
    """Judge a lot on the shelf by a sample; return how many are inspected, scrapped, and go."""
    plan = 0
    while given.samples[plan, LARGEST_LOT] < units:
        plan += 1
    inspected, found = min(given.samples[plan, SAMPLE], units), 0
    draw_sample(given, work, luck, units, inspected)
    chosen, lot = work.scratch[SHARE], work.of_a_lot[row]
    lot[JUDGED] = 1
    for n in range(units):
        chosen[n] *= is_visible(given, shelf, luck, n)
        found += chosen[n] != 0
    if found > given.samples[plan, ACCEPT]:
        lot[REJECTED] = 1
        if given.sends_back:
            lot[SENT_BACK] = units
            return inspected, 0, units
        # All the others are inspected too.
        inspected, found = units, 0
        for n in range(units):
            chosen[n] = is_visible(given, shelf, luck, n)
            found += chosen[n] != 0
    place, before, last = 0, shelf[0], shelf[0]
    for n in range(units):
        defective, last = shelf[n + 1] - last, shelf[n + 1]
        stays = chosen[n] == 0
        before += defective & stays
        shelf[place + 1] = before
        place += stays
    return inspected, found, found


@compiled
def draw_sample(given: Given, work: Work, luck: int, units: int, size: int) -> None:
    """Mark the units of a lot with the smallest draws; of equal ones the first."""
    draws, moved = given.unit_inspections[luck : luck + units], work.scratch[MOVED]
    for n in range(units):
        moved[n] = draws[n]
    last, left = value_at(moved, units, size - 1), size
    for n in range(units):
        left -= draws[n] < last
    for n in range(units):
        is_last = draws[n] == last and left > 0
        work.scratch[SHARE, n] = draws[n] < last or is_last
        left -= is_last


@compiled
def is_visible(given: Given, shelf: Any, luck: int, n: int) -> bool:
    """Tell whether a unit is seen to be defective once it is inspected."""
    defective = shelf[n + 1] != shelf[n]
    if not defective or given.finds_share == 1:
        return defective
    return given.unit_detections[luck + n] < given.finds_share
