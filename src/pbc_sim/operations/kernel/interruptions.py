"""What do disruptions do to goods under way: the rules of `model/interruptions.py`, compiled.

Lives here: pauses of replenishments and journeys, and who waited for what was delayed.
May not live here: when spells come (`spells.py`), the clock that they stop (`pace.py`).
Where lots of a source follow each other, a delay that is handed on was caused by what held up the
first of them: its span covers those of all that wait behind it.
"""

from __future__ import annotations

from pbc_sim.operations.kernel.calendar import after, next_open, worked_at
from pbc_sim.operations.kernel.chains import stand_behind
from pbc_sim.operations.kernel.compiled import compiled, seldom
from pbc_sim.operations.kernel.layout import (
    BEGAN,
    ENDED,
    EXPECTED,
    FIRST_LATE,
    FIRST_SPELL,
    FIRST_WAITING,
    HELD_SINCE,
    LAST_COMES,
    LAST_HELD_SINCE,
    LAST_LATE,
    LINE_ORDER,
    LOT_COMES,
    NEXT_LATE,
    NEXT_PLACE,
    NOTHING,
    PARCEL_LINE,
    PARCEL_REPLACEMENT,
    PARCELS,
    PLACE_LINE,
    PLACE_REPLACEMENT,
    ROADS,
    ROADS_IN_WORKING_TIME,
    SHARE,
    SPELL,
    Given,
    Work,
)
from pbc_sim.operations.kernel.pace import delayed, is_held_up, note, touch

__all__ = ["came", "missing", "note_who_still_waits", "put_off", "received_at"]


# Replenishment --------------------------------------------------------------------------------


@seldom(otherwise=0.0)
def put_off(
    given: Given, work: Work, now: float, expected: float, account: int, crosses: bool, lot: int
) -> float:
    """Return when a lot arrives that would come at `expected` if nothing interrupted it.

    The lot is known by its row of replenishments.
    """
    arrives, since = delayed(given, given.outages[account], now, expected), now
    if not crosses:
        # What was ordered earlier still comes first, and so its delay is handed on.
        last = work.account_times[account]
        if last[LAST_COMES] > arrives:
            arrives, since = last[LAST_COMES], last[LAST_HELD_SINCE]
        last[LAST_COMES], last[LAST_HELD_SINCE] = arrives, since
    times = work.lot_times[lot]
    times[EXPECTED], times[HELD_SINCE], times[LOT_COMES] = expected, since, arrives
    if arrives > expected:
        chain = work.accounts[account]
        stand_behind(chain, FIRST_LATE, LAST_LATE, work.of_a_lot, NEXT_LATE, lot)
    return arrives


@seldom()
def came(given: Given, work: Work, account: int, lot: int, begin: int) -> None:
    """Note that a lot has come, and which lines it was given to that had waited for it.

    What was given are the parcels from number `begin` on.
    """
    times = work.lot_times[lot]
    if not times[LOT_COMES] > times[EXPECTED]:
        return
    no_longer_late(work, account, lot)
    for parcel in range(begin, work.counts[PARCELS]):
        if not work.parcels[parcel, PARCEL_REPLACEMENT]:
            order = given.lines[work.parcels[parcel, PARCEL_LINE], LINE_ORDER]
            pace = given.outages[account]
            touch(given, work, order, pace, times[HELD_SINCE], times[LOT_COMES])


@compiled
def no_longer_late(work: Work, account: int, lot: int) -> None:
    """Take a lot out of the chain of those that are late."""
    chain, before, late = work.accounts[account], NOTHING, work.accounts[account, FIRST_LATE]
    while late != lot:
        before, late = late, work.of_a_lot[late, NEXT_LATE]
    follows = work.of_a_lot[lot, NEXT_LATE]
    if before == NOTHING:
        chain[FIRST_LATE] = follows
    else:
        work.of_a_lot[before, NEXT_LATE] = follows
    if follows == NOTHING:
        chain[LAST_LATE] = before


@compiled
def mark_late(given: Given, work: Work, now: float, item: int) -> bool:
    """Mark the spells for which lots of an item are late, and tell whether there are any."""
    marks, any_late = work.scratch[SHARE], False
    marks[: given.n_spells] = 0
    for account in range(item * given.n_sources, (item + 1) * given.n_sources):
        pace, lot = given.outages[account], work.accounts[account, FIRST_LATE]
        while lot != NOTHING:
            times = work.lot_times[lot]
            lot = work.of_a_lot[lot, NEXT_LATE]
            if times[EXPECTED] > now:
                continue
            for n in range(given.pace_at[pace, FIRST_SPELL], given.pace_at[pace + 1, FIRST_SPELL]):
                began = given.spells[n, BEGAN]
                overlaps = began < times[LOT_COMES] and given.spells[n, ENDED] > times[HELD_SINCE]
                # The lot may meet another outage before it comes.
                if overlaps and began <= now:
                    marks[int(given.spells[n, SPELL])] = 1
                    any_late = True
    return any_late


@compiled
def lacks(given: Given, work: Work, line: int) -> None:
    """Note that a line lacks units for the spells that are marked."""
    for spell in range(given.n_spells):
        if work.scratch[SHARE, spell] != 0:
            note(work, given.lines[line, LINE_ORDER], spell)


@seldom()
def missing(given: Given, work: Work, now: float, item: int, line: int) -> None:
    """Note that a line lacks units of an item while a lot is late because of an outage."""
    if mark_late(given, work, now, item):
        lacks(given, work, line)


@seldom()
def note_who_still_waits(given: Given, work: Work, now: float) -> None:
    """Note at the end which lines still wait for a lot that is late."""
    for item in range(len(given.policies)):
        place = work.items[item, FIRST_WAITING]
        if place == NOTHING or not mark_late(given, work, now, item):
            continue
        while place != NOTHING:
            row = work.waiting[place]
            if row[PLACE_REPLACEMENT] == 0:
                lacks(given, work, row[PLACE_LINE])
            place = row[NEXT_PLACE]


# Transport ------------------------------------------------------------------------------------


@seldom(otherwise=0.0)
def received_at(
    given: Given, work: Work, now: float, travel: float, expected: float, order: int,
    replacement: bool,
) -> float:  # fmt: skip
    """Return when a journey for an order ends that would end at `expected` without trouble."""
    worked = given.travels_in_business_days and travel != 0
    pace = ROADS_IN_WORKING_TIME if worked else ROADS
    begun = worked_at(given, now) if worked else now
    ends, arrival = delayed(given, pace, begun, begun + travel), expected
    if is_held_up(given, pace, begun, ends):
        arrival = after(given, now, ends - begun) if worked else next_open(given, ends)
    # A stop at night holds up nothing that could not be received before the morning.
    if arrival > expected and not replacement:
        touch(given, work, order, pace, begun, ends)
    door = given.doors[given.order_unit[order]]
    opened = delayed(given, door, arrival, arrival)
    received = next_open(given, opened) if opened > arrival else arrival
    if received > arrival and not replacement:
        touch(given, work, order, door, arrival, opened)
    return received
