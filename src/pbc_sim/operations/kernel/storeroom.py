"""What happens in the storerooms of the buyer's units: the rules of `model/storeroom.py`, compiled.

Lives here: parts asked for, taken, ordered and put on the shelf. May not live here: machines, the
supplier's store (`store.py`), recalls, which have no twin.
"""

from __future__ import annotations

from pbc_sim.operations.facts import ReturnReason
from pbc_sim.operations.kernel.calendar import after
from pbc_sim.operations.kernel.chains import stand_behind
from pbc_sim.operations.kernel.clock import at, new_line, new_order, stop
from pbc_sim.operations.kernel.compiled import compiled
from pbc_sim.operations.kernel.desk import await_delivery, complain, site_row
from pbc_sim.operations.kernel.layout import (
    LINE_ITEM,
    LINE_ORDER,
    LINE_QUANTITY,
    MORE_SITE,
    NOTHING,
    REVIEW_SHELF,
    SEND_ORDER,
    Facts,
    Given,
    Work,
)
from pbc_sim.operations.kernel.repairs import repair
from pbc_sim.operations.kernel.site_layout import (
    ALL_ORDERS,
    ALL_PARTS,
    ALL_WISHES,
    DEFECTIVE,
    FIRST_PART,
    FIRST_URGENT,
    FIRST_WISH,
    LAST_PART,
    LAST_URGENT,
    LAST_WISH,
    LOW_STOCK,
    NEXT_PART,
    NEXT_WISH,
    OPENING,
    ORDERS,
    PART_DEFECTIVE,
    PART_LINE,
    PARTS,
    PARTS_ON_ORDER,
    PARTS_USED,
    STOREROOM,
    WISH_JOB,
    WISHES,
    GivenSite,
    SiteWork,
)
from pbc_sim.operations.kernel.store import order_quantity
from pbc_sim.operations.kernel.supply import place_order, reject
from pbc_sim.operations.model.clock import ORDER, REVIEW

__all__ = ["ask", "keep", "open_storerooms", "reject_part", "review_shelf", "send_order"]

IN_USE = int(ReturnReason.DEFECTIVE_IN_USE)


@compiled
def open_storerooms(given: Given, work: Work, site: GivenSite, state: SiteWork) -> None:
    """Begin with the stock that the plan says, all of it sound."""
    for shelf in range(len(state.shelves)):
        stock = state.shelves[shelf]
        stock[:] = 0
        stock[FIRST_PART] = stock[FIRST_URGENT] = stock[FIRST_WISH] = NOTHING
        work.urgent_wishes[shelf] = 0
        for _ in range(site.shelf_opening[shelf]):
            put_part(work, state, shelf, OPENING, False)
        note_shelf(work, site, state, 0.0, shelf)
        if site.shelf_review_days[shelf] != 0:
            at(given, work, 0.0, REVIEW, REVIEW_SHELF, (shelf, 0, 0, 0, 0))


@compiled
def put_part(work: Work, state: SiteWork, shelf: int, line: int, defective: bool) -> None:
    """Put a part on a shelf, behind all others."""
    part, stock = site_row(work, state, ALL_PARTS, state.parts), state.shelves[shelf]
    if part == NOTHING:
        return
    row = state.parts[part]
    row[PART_LINE], row[PART_DEFECTIVE] = line, defective
    stand_behind(stock, FIRST_PART, LAST_PART, state.parts, NEXT_PART, part)
    stock[PARTS] += 1


@compiled
def ask(
    given: Given, work: Work, site: GivenSite, state: SiteWork, now: float, shelf: int,
    urgent: bool, job: int,
) -> None:  # fmt: skip
    """Hand out a part, now or as soon as there is one."""
    wish, stock = site_row(work, state, ALL_WISHES, state.wishes), state.shelves[shelf]
    if wish == NOTHING:
        return
    state.wishes[wish, WISH_JOB], state.wished_since[wish] = job, now
    first, last = (FIRST_URGENT, LAST_URGENT) if urgent else (FIRST_WISH, LAST_WISH)
    stand_behind(stock, first, last, state.wishes, NEXT_WISH, wish)
    if urgent:
        work.urgent_wishes[shelf] += 1
    else:
        stock[WISHES] += 1
    hand_out(given, work, site, state, now, shelf)


@compiled
def wished(work: Work, state: SiteWork, shelf: int) -> int:
    """Return how many machines wait for a part of a shelf."""
    return work.urgent_wishes[shelf] + state.shelves[shelf, WISHES]


@compiled
def hand_out(
    given: Given, work: Work, site: GivenSite, state: SiteWork, now: float, shelf: int
) -> None:
    """Give what is on the shelf to the machines that wait, and order again."""
    stock = state.shelves[shelf]
    while stock[PARTS] > 0 and wished(work, state, shelf) > 0:
        urgent = work.urgent_wishes[shelf] > 0
        first = FIRST_URGENT if urgent else FIRST_WISH
        wish, part = stock[first], stock[FIRST_PART]
        stock[first] = state.wishes[wish, NEXT_WISH]
        if urgent:
            work.urgent_wishes[shelf] -= 1
        else:
            stock[WISHES] -= 1
        stock[FIRST_PART] = state.parts[part, NEXT_PART]
        stock[PARTS] -= 1
        line, defective = state.parts[part, PART_LINE], state.parts[part, PART_DEFECTIVE] != 0
        n = site_row(work, state, PARTS_USED, state.parts_used)
        if n == NOTHING:
            return
        row = state.parts_used[n]
        row[0], row[1], row[2] = now, state.wished_since[wish], site.shelf_unit[shelf]
        row[3], row[4], row[5] = site.shelf_item[shelf], line, defective
        repair(given, work, site, state, now, state.wishes[wish, WISH_JOB], line, defective)
    note_shelf(work, site, state, now, shelf)
    if site.shelf_review_days[shelf] == 0:
        reorder(given, work, site, state, now, shelf)


@compiled
def review_shelf(
    given: Given, work: Work, site: GivenSite, state: SiteWork, now: float, shelf: int, count: int
) -> None:
    """Look at a periodically reviewed shelf, and again one interval later."""
    reorder(given, work, site, state, now, shelf)
    # A multiple, and not a running sum, so that reviews do not drift off their instants.
    again = (count + 1) * site.shelf_review_days[shelf]
    at(given, work, again, REVIEW, REVIEW_SHELF, (shelf, count + 1, 0, 0, 0))


@compiled
def reorder(
    given: Given, work: Work, site: GivenSite, state: SiteWork, now: float, shelf: int
) -> None:
    """Order what the policy says: by a notice at once, or by hand after a while."""
    stock = state.shelves[shelf]
    position = stock[PARTS] + stock[PARTS_ON_ORDER] - wished(work, state, shelf)
    quantity = order_quantity(site.shelf_policies[shelf], position)
    if quantity == 0:
        return
    if site.low_stock_notice:
        n = site_row(work, state, LOW_STOCK, state.low_stock)
        if n == NOTHING:
            return
        row = state.low_stock[n]
        row[0], row[1], row[2] = now, site.shelf_unit[shelf], site.shelf_item[shelf]
        row[3] = position
    stock[PARTS_ON_ORDER] += quantity
    number = stock[ORDERS]
    stock[ORDERS] = number + 1
    if number >= site.ordering_delays.shape[1]:
        stop(work, MORE_SITE)
    elif site.low_stock_notice:
        send_order(given, work, site, state, now, shelf, quantity, number)
    else:
        delay = site.ordering_delays[shelf, number]
        sent = after(given, now, delay) if delay != 0 else now
        at(given, work, sent, ORDER, SEND_ORDER, (shelf, quantity, number, 0, 0))


@compiled
def send_order(
    given: Given, work: Work, site: GivenSite, state: SiteWork, now: float, shelf: int,
    quantity: int, number: int,
) -> None:  # fmt: skip
    """Order from the supplier: an order of one line, whose luck is that of the shelf's n-th."""
    n = state.counts[ALL_ORDERS]
    order, line = given.orders_of_units + n, given.lines_of_units + n
    if line == len(given.lines):
        stop(work, MORE_SITE)
        return
    state.counts[ALL_ORDERS] = n + 1
    work.shelf_of_line[n] = shelf
    given.order_time[order], given.order_unit[order] = now, site.shelf_unit[shelf]
    if len(given.urgent) > 0:
        given.urgent[order] = site.shelf_is_urgent[shelf]
    given.first_line[order + 1] = line + 1
    row = given.lines[line]
    row[LINE_ORDER], row[LINE_ITEM], row[LINE_QUANTITY] = order, site.shelf_item[shelf], quantity
    new_order(work, order)
    new_line(work, line)
    take_luck(given, line, site, shelf, number)
    if given.late_orders_annoy:
        await_delivery(given, work, site, now, order, line)
    place_order(given, work, now, order)


@compiled
def take_luck(given: Given, line: int, site: GivenSite, shelf: int, number: int) -> None:
    """Give a line the luck of a shelf's n-th order, and of the complaints about it."""
    # Loops, since slices of more dimensions take long to compile.
    for delivery in range(given.laid_out):
        luck = given.luck[delivery * len(given.lines) + line]
        for purpose in range(len(luck)):
            luck[purpose] = site.shelf_luck[delivery, shelf, number, purpose]
    for kind in range(site.complaint_luck.shape[0]):
        for purpose in range(site.complaint_luck.shape[2]):
            site.complaint_luck[kind, line, purpose] = site.shelf_complaints[
                kind, shelf, number, purpose
            ]


@compiled
def keep(
    given: Given, work: Work, site: GivenSite, state: SiteWork, now: float, facts: Facts
) -> None:
    """Put delivered parts on the shelf; which of them are defective, nobody knows yet."""
    line, begin, end, opened, _ = facts
    shelf = work.shelf_of_line[line - given.lines_of_units]
    for n in range(begin, end):
        defective = work.noted_units[n] != 0
        # What is found defective when it is opened goes back and is not kept.
        if not (opened != 0 and defective):
            state.shelves[shelf, PARTS_ON_ORDER] -= 1
            put_part(work, state, shelf, line, defective)
    hand_out(given, work, site, state, now, shelf)


@compiled
def reject_part(
    given: Given, work: Work, site: GivenSite, state: SiteWork, now: float, shelf: int, line: int
) -> None:
    """Send back a part that turned out defective; another one is owed for it."""
    if line != OPENING:
        state.shelves[shelf, PARTS_ON_ORDER] += 1
        reject(given, work, now, line, 1, IN_USE)
        complain(given, work, site, state, now, line, DEFECTIVE)


@compiled
def note_shelf(work: Work, site: GivenSite, state: SiteWork, now: float, shelf: int) -> None:
    """Write down the stock of a part after a change."""
    n, stock = site_row(work, state, STOREROOM, state.storeroom), state.shelves[shelf]
    if n == NOTHING:
        return
    row = state.storeroom[n]
    row[0], row[1], row[2] = now, site.shelf_unit[shelf], site.shelf_item[shelf]
    row[3], row[4] = stock[PARTS], wished(work, state, shelf)
