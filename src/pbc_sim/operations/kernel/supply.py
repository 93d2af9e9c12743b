"""What happens from order to acceptance: the rules of `model/supply.py`, compiled.

Lives here: the story of an order, told in the same order as there.
May not live here: the store's own rules (`store.py`), chance, KPIs, cost rates.
"""

from __future__ import annotations

import math

from pbc_sim.operations.facts import ReturnReason
from pbc_sim.operations.kernel.allocation import share_out
from pbc_sim.operations.kernel.calendar import after, has_passed, next_open
from pbc_sim.operations.kernel.clock import at, begins_at_once, end_turn, enter, new_row, stop
from pbc_sim.operations.kernel.compiled import compiled, seldom
from pbc_sim.operations.kernel.handling import (
    documents_wrong,
    error_size,
    is_checked,
    is_opened,
    luck_of,
    pick_hours,
    time_of,
    travel,
)
from pbc_sim.operations.kernel.interruptions import came, received_at
from pbc_sim.operations.kernel.layout import (
    AMISS,
    DELIVERIES,
    DELIVERIES_BEGUN,
    DISCOVERY_TIME,
    EVENT_NUMBER,
    FILLED_AT_ONCE,
    FINISH,
    FIRST_COME,
    FIRST_HELD,
    FIRST_WAITING,
    GOING_BACK,
    JOB_ORDER,
    JOB_PARCEL,
    JOBS,
    KEEP,
    LAST_HELD,
    LINE_ITEM,
    LINE_ORDER,
    LINE_QUANTITY,
    MORE_DELIVERIES,
    MORE_ROOM,
    MOST_DELIVERIES,
    NEVER,
    NEXT_PARCEL,
    NEXT_PLACE,
    NOT_YET_ALLOCATED,
    NOTED_UNITS,
    NOTHING,
    ON_THE_WAY,
    PARCEL_DEFECTIVE,
    PARCEL_LINE,
    PARCEL_LUCK,
    PARCEL_NOTED_FROM,
    PARCEL_REPLACEMENT,
    PARCEL_UNITS,
    PARCEL_WRONG,
    PARCELS,
    PLACE_GIVEN,
    PLACE_LINE,
    PLACE_ORDER,
    PLACE_REPLACEMENT,
    PLACE_UNITS,
    REJECT,
    REPLACE,
    RESTOCK,
    RETURN_TIME,
    RETURNS,
    SEND_BACK,
    SHELF_BEGIN,
    SHIPMENTS,
    UNDELIVERED,
    WAITING,
    Given,
    Work,
)
from pbc_sim.operations.kernel.store import (
    allocate,
    defects,
    goods_in,
    make_good,
    make_room,
    note_level,
    on_hand,
    put,
    serve_first,
    stand_last,
    take,
)
from pbc_sim.operations.model.clock import ORDER, PACKED, RECEIPT, RETURN

__all__ = [
    "begin_picking",
    "come_in",
    "finish_picking",
    "next_order",
    "place_order",
    "reject",
    "replace",
    "restock",
    "send_back",
]

WRONG = int(ReturnReason.WRONG)
DEFECTIVE_AT_RECEIPT = int(ReturnReason.DEFECTIVE_AT_RECEIPT)
DEFECTIVE_IN_USE = int(ReturnReason.DEFECTIVE_IN_USE)


# Orders ---------------------------------------------------------------------------------------


@compiled
def next_order(given: Given, work: Work, order: int) -> None:
    """Let an order come at its time."""
    if order < given.orders_of_units:
        enter(given, work, given.order_time[order], ORDER, PLACE_ORDER, (order, 0, 0, 0, 0))
    else:
        # SimPy notes that the process of the orders has ended.
        work.counts[EVENT_NUMBER] += 1


@compiled
def place_order(given: Given, work: Work, now: float, order: int) -> None:
    """Allocate what is on hand to each line; the rest waits or is lost."""
    first, last = NOTHING, NOTHING
    for line in range(given.first_line[order], given.first_line[order + 1]):
        parcel = allocate_to(given, work, now, line, given.lines[line, LINE_QUANTITY], False)
        if parcel == NOTHING:
            continue
        work.lines[line, FILLED_AT_ONCE] = work.parcels[parcel, PARCEL_UNITS]
        if first == NOTHING:
            first = parcel
        else:
            work.parcels[last, NEXT_PARCEL] = parcel
        last = parcel
    send_or_hold(given, work, now, order, first, last)


@compiled
def allocate_to(
    given: Given, work: Work, now: float, line: int, wanted: int, replacement: bool
) -> int:
    """Allocate units of stock to a line, and return them as a parcel."""
    shelf = work.items[given.lines[line, LINE_ITEM], SHELF_BEGIN]
    units = allocate(given, work, now, line, wanted, replacement)
    if given.complete_only and not replacement and not given.sales_can_be_lost:
        work.orders[given.lines[line, LINE_ORDER], NOT_YET_ALLOCATED] += wanted - units
    return parcel_of(given, work, line, shelf, units, replacement) if units > 0 else NOTHING


@compiled
def serve_queue(given: Given, work: Work, now: float, item: int) -> None:
    """Give what is on hand to the lines that wait, and send on what they are given."""
    stock, begin = work.items[item], work.counts[PARCELS]
    if given.allocation == FIRST_COME:
        while stock[WAITING] > 0 and on_hand(work, item) > 0:
            shelf = stock[SHELF_BEGIN]
            line, units, replacement = serve_first(work, item)
            parcel_of(given, work, line, shelf, units, replacement)
    elif stock[WAITING] > 0 and on_hand(work, item) > 0:
        serve_shares(given, work, now, item)
    note_level(work, now, item)
    for parcel in range(begin, work.counts[PARCELS]):
        hand_over(given, work, now, parcel)


@seldom()
def serve_shares(given: Given, work: Work, now: float, item: int) -> None:
    """Give each line in the queue what the plan's rule says; who has all leaves the queue."""
    share_out(given, work, now, item)
    stock, place = work.items[item], work.items[item, FIRST_WAITING]
    stock[FIRST_WAITING] = NOTHING
    while place != NOTHING:
        row, shelf = work.waiting[place], stock[SHELF_BEGIN]
        units = take(work, item, row[PLACE_GIVEN])
        follows = row[NEXT_PLACE]
        stock[WAITING] -= units
        row[PLACE_UNITS] -= units
        if row[PLACE_UNITS] > 0:
            stand_last(work, item, place)
        if units > 0:
            parcel_of(given, work, row[PLACE_LINE], shelf, units, row[PLACE_REPLACEMENT] != 0)
        place = follows


@compiled
def hand_over(given: Given, work: Work, now: float, parcel: int) -> None:
    """Send on what a line that waited is given."""
    order = given.lines[work.parcels[parcel, PARCEL_LINE], LINE_ORDER]
    if work.parcels[parcel, PARCEL_REPLACEMENT]:
        pick(given, work, now, order, parcel)
        return
    if given.complete_only:
        work.orders[order, NOT_YET_ALLOCATED] -= work.parcels[parcel, PARCEL_UNITS]
    send_or_hold(given, work, now, order, parcel, parcel)


@compiled
def parcel_of(
    given: Given, work: Work, line: int, shelf: int, units: int, replacement: bool
) -> int:
    """Make a parcel of units that lay on the shelf, with the luck of the line's next delivery."""
    delivery, parcel = work.lines[line, DELIVERIES_BEGUN], work.counts[PARCELS]
    luck = luck_of(given, work, delivery, line)
    if luck == NOTHING:
        stop(work, MORE_DELIVERIES)
        return NOTHING
    if parcel == len(work.parcels):
        stop(work, MORE_ROOM)
        return NOTHING
    size = error_size(given, luck, line)
    wrong = 1 + int(size * units) if size >= 0 else 0
    # The units that are wrong come back sound or not, so it is noted which ones they are; and what
    # a storeroom keeps shows its defects one by one.
    noted = wrong if line < given.lines_of_units else units
    back = work.counts[NOTED_UNITS]
    if back + noted > len(work.noted_units):
        stop(work, MORE_ROOM)
        return NOTHING
    work.lines[line, DELIVERIES_BEGUN] = delivery + 1
    work.counts[MOST_DELIVERIES] = max(work.counts[MOST_DELIVERIES], delivery + 1)
    work.items[given.lines[line, LINE_ITEM], ON_THE_WAY] += units
    work.counts[PARCELS] = parcel + 1
    work.counts[NOTED_UNITS] = back + noted
    for n in range(noted):
        work.noted_units[back + n] = defects(work, shelf + n, 1)
    row = work.parcels[parcel]
    row[PARCEL_LINE], row[PARCEL_UNITS], row[PARCEL_REPLACEMENT] = line, units, replacement
    row[PARCEL_LUCK], row[PARCEL_WRONG] = luck, wrong
    row[PARCEL_DEFECTIVE] = defects(work, shelf + wrong, units - wrong)
    row[PARCEL_NOTED_FROM], row[NEXT_PARCEL] = back, NOTHING
    return parcel


@compiled
def send_or_hold(given: Given, work: Work, now: float, order: int, first: int, last: int) -> None:
    """Let a chain of parcels leave, or hold them until a ship-complete order is whole."""
    if given.complete_only:
        state = work.orders[order]
        if state[FIRST_HELD] != NOTHING:
            if first == NOTHING:
                last = state[LAST_HELD]
            else:
                work.parcels[state[LAST_HELD], NEXT_PARCEL] = first
            first = state[FIRST_HELD]
        if state[NOT_YET_ALLOCATED] != 0:
            state[FIRST_HELD], state[LAST_HELD] = first, last
            return
        state[FIRST_HELD] = NOTHING
    if first != NOTHING:
        pick(given, work, now, order, first)


# Picking, packing, transport ------------------------------------------------------------------


@compiled
def pick(given: Given, work: Work, now: float, order: int, first: int) -> None:
    """Have a chain of parcels picked by the next picker; at once where staff is never short."""
    job = new_row(work, JOBS, len(work.jobs))
    if job == NOTHING:
        return
    hours, parcel = 0.0, first
    while parcel != NOTHING:
        row = work.parcels[parcel]
        hours += pick_hours(given, row[PARCEL_LUCK], row[PARCEL_LINE])
        parcel = row[NEXT_PARCEL]
    work.jobs[job, JOB_ORDER], work.jobs[job, JOB_PARCEL] = order, first
    work.job_hours[job] = hours
    if given.pickers == 0:
        dispatch(given, work, work_ends(given, work, now, job), job)
    elif begins_at_once(given, work, job):
        begin_picking(given, work, now, job)


@compiled
def work_ends(given: Given, work: Work, now: float, job: int) -> float:
    """Return when work that begins now is done: it rests over night and weekend [day]."""
    hours = work.job_hours[job]
    return after(given, now, hours / given.hours_per_day) if hours != 0 else now


@compiled
def begin_picking(given: Given, work: Work, now: float, job: int) -> None:
    """Let the picker whose turn it is work on a job."""
    ready = work_ends(given, work, now, job)
    at(given, work, ready, PACKED, FINISH, (job, 0, 0, 0, 0))


@compiled
def finish_picking(given: Given, work: Work, now: float, job: int) -> None:
    """Free the picker for the next job, and let the parcels go."""
    end_turn(work)
    dispatch(given, work, now, job)


@compiled
def dispatch(given: Given, work: Work, now: float, job: int) -> None:
    """Send a job's parcels on their way, by express if the order has become old."""
    if now >= given.ends:
        return
    order, first = work.jobs[job, JOB_ORDER], work.jobs[job, JOB_PARCEL]
    express = given.express_after != NEVER
    if express:
        placed = given.order_time[order]
        express = has_passed(given, given.express_after, given.express_age, placed, now)
    row = work.parcels[first]
    days = travel(given, row[PARCEL_LUCK], row[PARCEL_LINE])
    if express:
        days *= given.express_factor
    if days != 0 and given.travels_in_business_days:
        arrival = after(given, now, days)
    else:
        arrival = next_open(given, now + days)
    if math.isnan(arrival):
        stop(work, AMISS)
        return
    if given.interrupted:
        replacement = row[PARCEL_REPLACEMENT] != 0
        arrival = received_at(given, work, now, days, arrival, order, replacement)
    parcels, checked, parcel = 0, 0, first
    while parcel != NOTHING:
        row = work.parcels[parcel]
        parcels += 1
        checked += is_checked(given, row[PARCEL_LUCK])
        parcel = row[NEXT_PARCEL]
    n = new_row(work, SHIPMENTS, len(work.shipments))
    if n == NOTHING:
        return
    fact = work.shipments[n]
    fact[0], fact[1], fact[2] = now, order, parcels
    fact[3], fact[4], fact[5] = checked, express, work.job_hours[job]
    if arrival >= given.ends:
        return
    parcel = first
    while parcel != NOTHING:
        receive(given, work, arrival, parcel)
        parcel = work.parcels[parcel, NEXT_PARCEL]


# The buyer's unit -----------------------------------------------------------------------------


@compiled
def receive(given: Given, work: Work, arrival: float, parcel: int) -> None:
    """Receive a parcel; reject what is wrong, and what is found defective when opened."""
    row = work.parcels[parcel]
    line, luck, wrong = row[PARCEL_LINE], row[PARCEL_LUCK], row[PARCEL_WRONG]
    units, defective = row[PARCEL_UNITS], row[PARCEL_DEFECTIVE]
    opened = is_opened(given, luck)
    found = defective if opened else 0
    work.items[given.lines[line, LINE_ITEM], ON_THE_WAY] -= units
    if given.late_orders_annoy and not row[PARCEL_REPLACEMENT]:
        note_arrival(work, arrival, given.lines[line, LINE_ORDER], units)
    n = new_row(work, DELIVERIES, len(work.deliveries))
    if n == NOTHING:
        return
    fact = work.deliveries[n]
    fact[0], fact[1], fact[2], fact[3], fact[4] = arrival, line, units, wrong, found
    fact[5] = documents_wrong(given, luck, line)
    fact[6] = row[PARCEL_REPLACEMENT]
    if wrong > 0:
        facts = (line, luck, row[PARCEL_NOTED_FROM], wrong, 0)
        at(given, work, arrival, RECEIPT, SEND_BACK, facts)
    if found > 0:
        facts = (line, found, DEFECTIVE_AT_RECEIPT, 0, 0)
        at(given, work, arrival, RECEIPT, REJECT, facts)
    if line >= given.lines_of_units:
        begin = row[PARCEL_NOTED_FROM]
        facts = (line, begin + wrong, begin + units, 1 if opened else 0, 0)
        at(given, work, arrival, RECEIPT, KEEP, facts)
        return
    overlooked = defective - found
    if overlooked > 0:
        in_use = arrival + time_of(given, luck, DISCOVERY_TIME)
        facts = (line, overlooked, DEFECTIVE_IN_USE, 0, 0)
        at(given, work, in_use, RETURN, REJECT, facts)


@compiled
def note_arrival(work: Work, arrival: float, order: int, units: int) -> None:
    """Keep in mind when an order is complete, for those who complain if it is late."""
    work.orders[order, UNDELIVERED] -= units
    work.last_arrival_of_order[order] = max(arrival, work.last_arrival_of_order[order])


@compiled
def send_back(
    given: Given, work: Work, now: float, line: int, luck: int, begin: int, units: int
) -> None:
    """Reject wrong units, which are sound and go back on the shelf."""
    item = given.lines[line, LINE_ITEM]
    work.items[item, GOING_BACK] += units
    back = now + time_of(given, luck, RETURN_TIME)
    at(given, work, back, RETURN, RESTOCK, (item, begin, units, 0, 0))
    reject(given, work, now, line, units, WRONG)


@compiled
def reject(given: Given, work: Work, now: float, line: int, units: int, reason: int) -> None:
    """Have other units allocated in place of rejected ones; all but wrong ones are scrapped."""
    n = new_row(work, RETURNS, len(work.returns))
    if n == NOTHING:
        return
    row = work.returns[n]
    row[0], row[1], row[2], row[3] = now, line, units, reason
    at(given, work, now, RETURN, REPLACE, (line, units, 0, 0, 0))


@compiled
def restock(given: Given, work: Work, now: float, item: int, begin: int, units: int) -> None:
    """Put wrongly picked units back on the shelf."""
    work.items[item, GOING_BACK] -= units
    make_room(work, item, units)
    for n in range(begin, begin + units):
        put(work, item, work.noted_units[n] != 0)
    serve_queue(given, work, now, item)


@compiled
def replace(given: Given, work: Work, now: float, line: int, units: int) -> None:
    """Allocate units in place of rejected ones."""
    parcel = allocate_to(given, work, now, line, units, True)
    if parcel != NOTHING:
        pick(given, work, now, given.lines[line, LINE_ORDER], parcel)


@compiled
def come_in(
    given: Given, work: Work, now: float, account: int, lot: int, first_unit: int, ordered: int,
    row: int,
) -> None:  # fmt: skip
    """Receive a lot, serve who waits for it, and order again what did not stay."""
    item = account // given.n_sources if given.sources_are_named else account
    kept = goods_in(given, work, now, account, lot, first_unit, ordered, row)
    begin = work.counts[PARCELS]
    serve_queue(given, work, now, item)
    if given.interrupted:
        came(given, work, account, row, begin)
    # What was on order is on hand now; only what did not stay lowers the position.
    if kept < ordered:
        make_good(given, work, now, item)
