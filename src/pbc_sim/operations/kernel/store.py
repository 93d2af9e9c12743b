"""What happens in the supplier's store: the rules of `model/store.py` and `model/upstream.py`.

Lives here: shelf, stock policies, orders upstream, goods in, the queue for stock.
May not live here: orders, picking, transport, the buyer.
"""

from __future__ import annotations

import math
from typing import Any

from pbc_sim.operations.kernel.chains import stand_behind
from pbc_sim.operations.kernel.clock import at, new_row, stop
from pbc_sim.operations.kernel.compiled import compiled, seldom
from pbc_sim.operations.kernel.interruptions import missing, put_off
from pbc_sim.operations.kernel.layout import (
    BASE_STOCK,
    CANCELLATIONS,
    EMERGENCY,
    FIRST_AMOUNT,
    FIRST_WAITING,
    GOODS_IN,
    LAST_WAITING,
    LEVELS,
    LINE_ITEM,
    LOTS,
    MORE_LOTS,
    MORE_SHELF,
    MORE_SPELLS,
    MORE_UNITS,
    NEXT_PLACE,
    NOTHING,
    ON_ORDER,
    PLACE_LINE,
    PLACE_REPLACEMENT,
    PLACE_UNITS,
    PLACES,
    POINT_QUANTITY,
    POLICY,
    REPLENISHMENTS,
    REVIEW_STOCK,
    SECOND_AMOUNT,
    SHELF_BEGIN,
    SHELF_END,
    SHELF_ROOM,
    SHELVED,
    UNITS_BOUGHT,
    WAITING,
    Given,
    Work,
)
from pbc_sim.operations.kernel.network import (
    leave_source,
    opening_lot,
    order_from_sources,
    order_missing,
)
from pbc_sim.operations.kernel.sampling import judge
from pbc_sim.operations.model.clock import RECEIPT, REVIEW

__all__ = [
    "allocate",
    "defects",
    "goods_in",
    "note_level",
    "on_hand",
    "open_store",
    "order_quantity",
    "put",
    "review",
    "stand_last",
    "take",
]

#: Columns of a replenishment's row that are known when it arrives.
ARRIVED, INSPECTED, SCRAPPED = 3, 4, 5


# The shelf ------------------------------------------------------------------------------------


@compiled
def on_hand(work: Work, item: int) -> int:
    """Return the units that are free to be allocated [unit]."""
    return work.items[item, SHELF_END] - work.items[item, SHELF_BEGIN]


@compiled
def make_room(work: Work, item: int, units: int) -> None:
    """Let an item's part of the shelf hold that many more; it moves where it cannot grow."""
    stock, held = work.items[item], on_hand(work, item)
    if stock[SHELF_END] + units <= stock[SHELF_ROOM]:
        return
    begin, room = work.counts[SHELVED], 2 * (held + units) + 64
    if begin + room >= len(work.shelf):
        stop(work, MORE_SHELF)
        return
    for n in range(held + 1):
        work.shelf[begin + n] = work.shelf[stock[SHELF_BEGIN] + n]
    work.counts[SHELVED] = begin + room + 1
    stock[SHELF_BEGIN], stock[SHELF_END], stock[SHELF_ROOM] = begin, begin + held, begin + room


@compiled
def defects(work: Work, place: int, units: int) -> int:
    """Return how many of the units that lie on the shelf from a place on are defective [unit]."""
    return work.shelf[place + units] - work.shelf[place]


@compiled
def put(work: Work, item: int, defective: bool) -> None:
    """Put a unit on the shelf, behind all others, where there is room for it."""
    stock = work.items[item]
    end = stock[SHELF_END]
    if end < stock[SHELF_ROOM]:
        work.shelf[end + 1] = work.shelf[end] + defective
        stock[SHELF_END] = end + 1


@compiled
def take(work: Work, item: int, wanted: int) -> int:
    """Take up to that many units off the shelf, and return how many [unit]."""
    units = min(wanted, on_hand(work, item))
    work.items[item, SHELF_BEGIN] += units
    return units


@compiled
def note_level(work: Work, now: float, item: int) -> None:
    """Write down the stock of an item after a change."""
    n = new_row(work, LEVELS, len(work.levels))
    if n == NOTHING:
        return
    row = work.levels[n]
    row[0], row[1], row[2], row[3] = now, item, on_hand(work, item), work.items[item, WAITING]


# Orders upstream ------------------------------------------------------------------------------


@compiled
def order_quantity(policy: Any, position: int) -> int:
    """Return what a policy orders at a position [unit]."""
    if policy[POLICY] == BASE_STOCK:
        return max(policy[FIRST_AMOUNT] - position, 0)
    if policy[POLICY] == POINT_QUANTITY:
        short, size = policy[FIRST_AMOUNT] + 1 - position, max(policy[SECOND_AMOUNT], 1)
        return -(-short // size) * size if short > 0 else 0
    if position > policy[FIRST_AMOUNT]:
        return 0
    return max(policy[SECOND_AMOUNT] - position, 0)


@compiled
def arrival_of(given: Given, work: Work, now: float, item: int, lot: int) -> float:
    """Return when a lot arrives; orders cross, or follow each other under common conditions."""
    if given.order_crossing:
        if lot >= given.lead_times.shape[1]:
            stop(work, MORE_LOTS)
            return math.inf
        return now + given.lead_times[item, lot]
    spell = int(now // given.conditions_last_days)
    if spell >= given.lead_times.shape[1]:
        stop(work, MORE_SPELLS)
        return math.inf
    arrival = max(work.last_arrival[item], now + given.lead_times[item, spell])
    work.last_arrival[item] = arrival
    return arrival


@compiled
def reorder(given: Given, work: Work, now: float, item: int) -> None:
    """Order upstream what the policy says."""
    stock = work.items[item]
    position = on_hand(work, item) + stock[ON_ORDER] - stock[WAITING]
    quantity = order_quantity(given.policies[item], position)
    if quantity == 0:
        return
    if given.sources_are_named:
        order_from_sources(given, work, now, item, quantity)
        return
    n = new_row(work, REPLENISHMENTS, len(work.replenishments))
    if n == NOTHING:
        return
    lot, first_unit = stock[LOTS], stock[UNITS_BOUGHT]
    stock[LOTS] += 1
    stock[UNITS_BOUGHT] += quantity
    if given.tells_lots:
        tell_apart(given, work, n)
    arrival = arrival_of(given, work, now, item, lot)
    if given.interrupted:
        arrival = put_off(given, work, now, arrival, item, given.order_crossing, n)
    stock[ON_ORDER] += quantity
    row = work.replenishments[n]
    row[0], row[1], row[2] = item, quantity, now
    row[ARRIVED], row[INSPECTED], row[SCRAPPED] = math.inf, 0, 0
    at(given, work, arrival, RECEIPT, GOODS_IN, (item, lot, first_unit, quantity, n))


@seldom()
def tell_apart(given: Given, work: Work, n: int) -> None:
    """Begin the row of what is known of one lot only."""
    work.of_a_lot[n] = 0


@compiled
def review(given: Given, work: Work, now: float, item: int, count: int) -> None:
    """Look at the position of a periodically reviewed item, and again one interval later."""
    reorder(given, work, now, item)
    # A multiple, and not a running sum, so that reviews do not drift off their instants.
    again = (count + 1) * given.review_days[item]
    at(given, work, again, REVIEW, REVIEW_STOCK, (item, count + 1, 0, 0, 0))


@compiled
def open_store(given: Given, work: Work) -> None:
    """Begin with the stock the plan says, each item's lot number 0."""
    for item in range(len(given.policies)):
        units, stock = given.opening_stock[item], work.items[item]
        account = item * given.n_sources
        if given.sources_are_named:
            account = opening_lot(given, work, item, units)
        stock[LOTS], stock[UNITS_BOUGHT] = 1, units
        shelve(given, work, item, account, 0, 0, units, NOTHING)
        note_level(work, 0.0, item)
        if given.review_days[item] == 0:
            reorder(given, work, 0.0, item)
        else:
            at(given, work, 0.0, REVIEW, REVIEW_STOCK, (item, 0, 0, 0, 0))


# Goods in -------------------------------------------------------------------------------------


@compiled
def shelve(
    given: Given, work: Work, item: int, account: int, lot: int, first_unit: int, units: int,
    row: int,
) -> int:  # fmt: skip
    """Put a lot on the shelf, inspected as the plan says if it has a row, and return what stays."""
    if lot >= given.lot_qualities.shape[1]:
        stop(work, MORE_LOTS)
        return 0
    share, luck = given.lot_qualities[account, lot], given.first_unit[account] + first_unit
    inspects = row != NOTHING and given.inspects and units > 0
    if (share != 0 or inspects) and luck + units > given.first_unit[account + 1]:
        stop(work, MORE_UNITS)
        return 0
    make_room(work, item, units)
    stock = work.items[item]
    if stock[SHELF_END] + units > stock[SHELF_ROOM]:
        return 0
    shelf = work.shelf[stock[SHELF_END] :]
    before = shelf[0]
    if share != 0:
        for n in range(units):
            before += given.unit_defects[luck + n] < share
            shelf[n + 1] = before
    else:
        shelf[1 : units + 1] = before
    kept = inspect(given, work, shelf, luck, units, row) if inspects else units
    stock[SHELF_END] += kept
    return kept


@compiled
def inspect(given: Given, work: Work, shelf: Any, luck: int, ordered: int, row: int) -> int:
    """Inspect a lot on the shelf as the plan says, and return how many units stay."""
    if given.judges_lots:
        inspected, scrapped, goes = judge(given, work, shelf, luck, ordered, row)
    else:
        inspected, scrapped = inspect_share(given, shelf, luck, ordered)
        goes = scrapped
    work.replenishments[row, INSPECTED] = inspected
    work.replenishments[row, SCRAPPED] = scrapped
    return ordered - goes


@compiled
def inspect_share(given: Given, shelf: Any, luck: int, ordered: int) -> tuple[int, int]:
    """Inspect each unit of a lot with the same chance; return how many, and how many go."""
    # One draw decides on inspection and on detection, since both only ever act together.
    units = given.unit_inspections[luck : luck + ordered]
    inspected, scrapped = 0, 0
    for n in range(ordered):
        inspected += units[n] < given.inspected_share
    for n in range(ordered):
        scrapped += (shelf[n + 1] != shelf[n]) & (units[n] < given.scrapped_share)
    if scrapped > 0:
        # A unit lies behind all others, and the next one takes its place if it is scrapped.
        place, before, last = 0, shelf[0], shelf[0]
        for n in range(ordered):
            defective, last = shelf[n + 1] - last, shelf[n + 1]
            goes = (defective != 0) & (units[n] < given.scrapped_share)
            before += defective & (not goes)
            shelf[place + 1] = before
            place += not goes
    return inspected, scrapped


@compiled
def goods_in(
    given: Given, work: Work, now: float, account: int, lot: int, first_unit: int, ordered: int,
    row: int,
) -> int:  # fmt: skip
    """Receive a lot, inspect it as the plan says, and return what stays [unit]."""
    item, units = account, ordered
    if given.sources_are_named:
        item = account // given.n_sources
        units -= leave_source(given, work, account, lot, ordered, row)
    work.items[item, ON_ORDER] -= ordered
    work.replenishments[row, ARRIVED] = now
    return shelve(given, work, item, account, lot, first_unit, units, row)


@compiled
def make_good(given: Given, work: Work, now: float, item: int) -> None:
    """Order again what was lost, unless the next review will."""
    if given.sourcing == EMERGENCY and work.items[item, WAITING] > 0:
        order_missing(given, work, now, item)
    if given.review_days[item] == 0:
        reorder(given, work, now, item)


# The queue for stock --------------------------------------------------------------------------


@compiled
def wait(work: Work, item: int, line: int, units: int, replacement: bool) -> None:
    """Let a line wait for units, behind all others."""
    place = new_row(work, PLACES, len(work.waiting))
    if place == NOTHING:
        return
    row = work.waiting[place]
    row[PLACE_LINE], row[PLACE_UNITS], row[PLACE_REPLACEMENT] = line, units, replacement
    stand_last(work, item, place)
    work.items[item, WAITING] += units


@compiled
def stand_last(work: Work, item: int, place: int) -> None:
    """Let a line stand behind all others in the queue."""
    stock = work.items[item]
    stand_behind(stock, FIRST_WAITING, LAST_WAITING, work.waiting, NEXT_PLACE, place)


@compiled
def serve_first(work: Work, item: int) -> tuple[int, int, bool]:
    """Give the first line in the queue what is on hand: line, units, whether replacement."""
    stock = work.items[item]
    first = work.waiting[stock[FIRST_WAITING]]
    units = take(work, item, first[PLACE_UNITS])
    stock[WAITING] -= units
    first[PLACE_UNITS] -= units
    if first[PLACE_UNITS] == 0:
        stock[FIRST_WAITING] = first[NEXT_PLACE]
    return first[PLACE_LINE], units, first[PLACE_REPLACEMENT] != 0


@compiled
def allocate(
    given: Given, work: Work, now: float, line: int, wanted: int, replacement: bool
) -> int:
    """Take a line's units from stock, let what is missing wait or be lost; return them [unit]."""
    item = given.lines[line, LINE_ITEM]
    # Stock on hand means that nobody waits, so first come first served holds.
    units = take(work, item, wanted)
    lacking = wanted - units
    if lacking > 0 and given.sales_can_be_lost:
        cancel(work, now, line, lacking, replacement)
        if given.interrupted and not replacement:
            missing(given, work, now, item, line)
    elif lacking > 0:
        wait(work, item, line, lacking, replacement)
        if given.sourcing == EMERGENCY:
            order_missing(given, work, now, item)
    note_level(work, now, item)
    if given.review_days[item] == 0:
        reorder(given, work, now, item)
    return units


@compiled
def cancel(work: Work, now: float, line: int, units: int, replacement: bool) -> None:
    """Write down that units of a line are given up."""
    n = new_row(work, CANCELLATIONS, len(work.cancellations))
    if n == NOTHING:
        return
    row = work.cancellations[n]
    row[0], row[1], row[2], row[3] = now, line, units, replacement
