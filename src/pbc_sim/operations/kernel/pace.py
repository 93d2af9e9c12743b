"""When does what disruptions hold up end: the rules of `Pace` in `world/spells.py`, compiled.

Lives here: a clock that stands still or slows down during spells, and which spells those are.
May not live here: what is held up, when spells come.
"""

from __future__ import annotations

from pbc_sim.operations.kernel.clock import new_row
from pbc_sim.operations.kernel.compiled import compiled
from pbc_sim.operations.kernel.layout import (
    BEGAN,
    COUNTED,
    EDGE,
    ENDED,
    FIRST_EDGE,
    FIRST_SPELL,
    NOTHING,
    PACE,
    SPELL,
    TOUCHED,
    Given,
    Work,
)

__all__ = ["delayed", "is_held_up", "touch"]


@compiled
def edges_before(given: Given, pace: int, column: int, value: float, including: bool) -> int:
    """Return the first edge of a pace that lies behind a value, as bisection finds it."""
    low, high = given.pace_at[pace, FIRST_EDGE], given.pace_at[pace + 1, FIRST_EDGE]
    while low < high:
        middle = (low + high) // 2
        there = given.paces[middle, column]
        if there < value or (including and there == value):
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def passed(given: Given, pace: int, begin: float, span: float) -> float:
    """Return when a span has passed on this clock, for what begins at `begin`."""
    edges, end = given.paces, given.pace_at[pace + 1, FIRST_EDGE]
    k = edges_before(given, pace, EDGE, begin, True) - 1
    while edges[k, PACE] == 0:
        k += 1
        begin = edges[k, EDGE]
    left = k + 1
    if left == end or begin + span / edges[k, PACE] <= edges[left, EDGE]:
        return begin + span / edges[k, PACE]
    # Counted from the next edge on, so that no more is subtracted than must be.
    target = edges[left, COUNTED] + span - (edges[left, EDGE] - begin) * edges[k, PACE]
    n = max(edges_before(given, pace, COUNTED, target, False) - 1, left)
    while edges[n, PACE] == 0:
        n += 1
    return edges[n, EDGE] + max(target - edges[n, COUNTED], 0.0) / edges[n, PACE]


@compiled
def delayed(given: Given, pace: int, begin: float, expected: float) -> float:
    """Return when something ends that would end at `expected`; what nothing holds up ends then."""
    if expected > begin and not is_held_up(given, pace, begin, expected):
        return expected
    return max(passed(given, pace, begin, expected - begin), expected)


@compiled
def is_held_up(given: Given, pace: int, begin: float, end: float) -> bool:
    """Tell whether a spell overlaps [begin, end)."""
    for n in range(given.pace_at[pace, FIRST_SPELL], given.pace_at[pace + 1, FIRST_SPELL]):
        if given.spells[n, BEGAN] < end and given.spells[n, ENDED] > begin:
            return True
    return False


@compiled
def touch(given: Given, work: Work, order: int, pace: int, begin: float, end: float) -> None:
    """Note that the spells that overlap [begin, end) touched an order."""
    for n in range(given.pace_at[pace, FIRST_SPELL], given.pace_at[pace + 1, FIRST_SPELL]):
        if given.spells[n, BEGAN] < end and given.spells[n, ENDED] > begin:
            note(work, order, int(given.spells[n, SPELL]))


@compiled
def note(work: Work, order: int, spell: int) -> None:
    """Write down that a spell touched an order, however often it did."""
    n = new_row(work, TOUCHED, len(work.touched))
    if n != NOTHING:
        work.touched[n, 0], work.touched[n, 1] = order, spell
