"""What became of each line and order, and do the books balance: the rows of a replication, read.

Lives here: `Record._lines` and `check_balances` as far as the compiled model goes, in one walk
through the rows in the order of time. May not live here: measures, cost rates.
"""

from __future__ import annotations

import math
from typing import Any

from pbc_sim.operations.facts import ReturnReason
from pbc_sim.operations.kernel.compiled import compiled, seldom
from pbc_sim.operations.kernel.layout import (
    CANCELLATIONS,
    DELIVERIES,
    GOING_BACK,
    LEVELS,
    LINE_ITEM,
    LINE_ORDER,
    LINE_QUANTITY,
    ON_ORDER,
    ON_THE_WAY,
    REPLENISHMENTS,
    RETURNS,
    SENT_BACK,
    SHELF_BEGIN,
    SHELF_END,
    SHORT,
    WAITING,
    Given,
    Work,
)
from pbc_sim.performance.kernel.layout import (
    ARRIVED,
    BOUGHT,
    BOUGHT_ITEM,
    CAME,
    CAME_FIRST,
    CAME_GOOD,
    CANCELLED,
    DEFECTIVE_UNITS,
    DOCUMENTS_WRONG,
    FAULTS,
    FOUND,
    GIVEN_UP,
    INSPECTED,
    LAST_LEVEL,
    LEVEL_ITEM,
    LOST_LINE,
    LOST_UNITS,
    ON_HAND,
    OPEN_ORDERS,
    ORDERED,
    OWED,
    REASON,
    RECEIVED,
    RECEIVED_DEFECTIVE,
    RECEIVED_LINE,
    RECEIVED_UNITS,
    RECEIVED_WRONG,
    REFUNDED,
    REJECTED,
    REPLACEMENT,
    RETURNED_LINE,
    RETURNED_UNITS,
    SCRAPPED,
    SETTLED,
    STOCK_IN,
    STOCK_OUT,
    WAITED_FOR,
    WAS_REPLACEMENT,
    WRONG_DOCUMENTS,
    WRONG_UNITS,
    Books,
)

__all__ = ["read_rows", "received"]

WRONG = int(ReturnReason.WRONG)
IN_USE = int(ReturnReason.DEFECTIVE_IN_USE)

#: Runs of so many deliveries are sorted by inserting each; then they are merged.
FEW = 64


@compiled
def read_rows(given: Given, work: Work, books: Books) -> bool:
    """Fill the books, and tell whether they balance."""
    n_lines = given.lines_of_units
    books.items[:] = 0
    books.lines[:n_lines] = 0
    books.delivered[:n_lines] = math.inf
    books.accepted[:n_lines] = math.inf
    books.arrived[: given.orders_of_units] = -math.inf
    if not rows_are_in_order(work):
        return False
    sort_deliveries(work, books)
    read_in_time(given, work, books)
    read_replenishments(given, work, books)
    balanced = complete_lines(given, books)
    balanced &= lots_balance(given, work)
    balanced &= levels_balance(work, books)
    return balanced and items_balance(given, work, books)


# The rows in the order of time ----------------------------------------------------------------


@compiled
def rows_are_in_order(work: Work) -> bool:
    """Tell whether returns and cancellations were written as they came."""
    for n in range(1, work.counts[RETURNS]):
        if work.returns[n, FOUND] < work.returns[n - 1, FOUND]:
            return False
    for n in range(1, work.counts[CANCELLATIONS]):
        if work.cancellations[n, GIVEN_UP] < work.cancellations[n - 1, GIVEN_UP]:
            return False
    return True


@compiled
def sort_deliveries(work: Work, books: Books) -> None:
    """Put the deliveries in the order of time; those of one instant stay as they were written."""
    count, rows, by_time = work.counts[DELIVERIES], work.deliveries, books.by_time
    for begin in range(0, count, FEW):
        for n in range(begin, min(begin + FEW, count)):
            when, place = rows[n, RECEIVED], n
            while place > begin and rows[by_time[place - 1], RECEIVED] > when:
                by_time[place] = by_time[place - 1]
                place -= 1
            by_time[place] = n
    width = FEW
    while width < count:
        for begin in range(0, count - width, 2 * width):
            middle, end = begin + width, min(begin + 2 * width, count)
            # They were written nearly in order, so most runs need no merging.
            if rows[by_time[middle - 1], RECEIVED] > rows[by_time[middle], RECEIVED]:
                merge(rows, by_time, books.spare, begin, middle, end)
        width *= 2


@compiled
def merge(rows: Any, by_time: Any, spare: Any, begin: int, middle: int, end: int) -> None:
    """Merge two runs of deliveries that follow each other."""
    # What came before all of the second run stays where it is, and mostly that is nearly all.
    left, right, earliest = middle, middle, rows[by_time[middle], RECEIVED]
    while left > begin and rows[by_time[left - 1], RECEIVED] > earliest:
        left -= 1
        spare[left] = by_time[left]
    for place in range(left, end):
        if left == middle:
            return
        if right < end and rows[by_time[right], RECEIVED] < rows[spare[left], RECEIVED]:
            by_time[place] = by_time[right]
            right += 1
        else:
            by_time[place] = spare[left]
            left += 1


@compiled
def read_in_time(given: Given, work: Work, books: Books) -> None:
    """Read deliveries, returns and cancellations as they came; at one instant in this order."""
    n_deliveries, n_returns = work.counts[DELIVERIES], work.counts[RETURNS]
    delivery, back, lost, n_lost = 0, 0, 0, work.counts[CANCELLATIONS]
    while delivery < n_deliveries or back < n_returns or lost < n_lost:
        received, found, given_up = math.inf, math.inf, math.inf
        if delivery < n_deliveries:
            received = work.deliveries[books.by_time[delivery], RECEIVED]
        if back < n_returns:
            found = work.returns[back, FOUND]
        if lost < n_lost:
            given_up = work.cancellations[lost, GIVEN_UP]
        if received <= found and received <= given_up:
            read_delivery(given, work, books, books.by_time[delivery])
            delivery += 1
        elif found <= given_up:
            read_return(given, work, books, back)
            back += 1
        else:
            read_cancellation(given, work, books, lost)
            lost += 1


@compiled
def read_delivery(given: Given, work: Work, books: Books, n: int) -> None:
    """Book what the buyer's unit received."""
    row = work.deliveries[n]
    line, units = int(row[RECEIVED_LINE]), int(row[RECEIVED_UNITS])
    wrong, defective = int(row[RECEIVED_WRONG]), int(row[RECEIVED_DEFECTIVE])
    of_line, of_item = books.lines[line], books.items[given.lines[line, LINE_ITEM]]
    of_item[STOCK_OUT] += units
    of_item[SETTLED] += units
    of_line[CAME] += units
    if row[REPLACEMENT] == 0:
        if wrong > 0:
            of_line[FAULTS] |= WRONG_UNITS
        if defective > 0:
            of_line[FAULTS] |= DEFECTIVE_UNITS
        if row[DOCUMENTS_WRONG] != 0:
            of_line[FAULTS] |= WRONG_DOCUMENTS
        first_came(given, books, line, units, row[RECEIVED])
    good_came(given, books, line, units - wrong - defective, row[RECEIVED])


@compiled
def read_return(given: Given, work: Work, books: Books, n: int) -> None:
    """Book what was rejected."""
    row = work.returns[n]
    line, units, reason = int(row[RETURNED_LINE]), int(row[RETURNED_UNITS]), int(row[REASON])
    of_item = books.items[given.lines[line, LINE_ITEM]]
    books.lines[line, REJECTED] += units
    of_item[OWED] += units
    if reason == WRONG:
        of_item[STOCK_IN] += units
    if reason == IN_USE:
        # One more unit is lacking from then on.
        good_came(given, books, line, -units, row[FOUND])


@compiled
def read_cancellation(given: Given, work: Work, books: Books, n: int) -> None:
    """Book what was given up."""
    row = work.cancellations[n]
    line, units = int(row[LOST_LINE]), int(row[LOST_UNITS])
    books.items[given.lines[line, LINE_ITEM], SETTLED] += units
    if row[WAS_REPLACEMENT] == 0:
        books.lines[line, CANCELLED] += units
        first_came(given, books, line, units, row[GIVEN_UP])
    else:
        books.lines[line, REFUNDED] += units
    good_came(given, books, line, units, row[GIVEN_UP])


@compiled
def first_came(given: Given, books: Books, line: int, units: int, when: float) -> None:
    """Note when the units of a line have come, or were cancelled, for the first time."""
    of_line = books.lines[line]
    of_line[CAME_FIRST] += units
    if of_line[CAME_FIRST] == given.lines[line, LINE_QUANTITY] and units > 0:
        books.delivered[line] = min(books.delivered[line], when)


@compiled
def good_came(given: Given, books: Books, line: int, units: int, when: float) -> None:
    """Note when a line first is complete in good units."""
    of_line = books.lines[line]
    of_line[CAME_GOOD] += units
    if of_line[CAME_GOOD] == given.lines[line, LINE_QUANTITY]:
        books.accepted[line] = min(books.accepted[line], when)


@compiled
def complete_lines(given: Given, books: Books) -> bool:
    """Say when lines and orders were complete; nothing comes early, or beyond what is owed."""
    balanced = True
    for line in range(len(given.lines)):
        of_line, quantity = books.lines[line], given.lines[line, LINE_QUANTITY]
        order, lost = given.lines[line, LINE_ORDER], of_line[CANCELLED]
        of_item = books.items[given.lines[line, LINE_ITEM]]
        of_item[OWED] += quantity
        if lost >= quantity:
            books.delivered[line] = math.inf
        else:
            books.arrived[order] = max(books.arrived[order], books.delivered[line])
        if lost + of_line[REFUNDED] >= quantity:
            books.accepted[line] = math.inf
        settled = of_line[CAME] + lost + of_line[REFUNDED]
        balanced &= settled <= quantity + of_line[REJECTED]
        balanced &= books.delivered[line] >= given.order_time[order]
        balanced &= books.accepted[line] >= books.delivered[line]
    for order in range(given.orders_of_units):
        # An order that was lost as a whole never arrives.
        if math.isinf(books.arrived[order]):
            books.arrived[order] = math.inf
    return balanced


# Stock ----------------------------------------------------------------------------------------


@compiled
def received(given: Given, work: Work, n: int) -> float:
    """Return how many units of a lot that has arrived came in and stayed [unit]."""
    units = work.replenishments[n, BOUGHT]
    if given.tells_lots:
        units -= not_come(given, work, n) + sent_back(given, work, n)
    return units


@seldom(otherwise=0)
def not_come(given: Given, work: Work, n: int) -> int:
    """Return how many units of a lot did not come with it [unit]."""
    return int(work.of_a_lot[n, SHORT])


@seldom(otherwise=0)
def sent_back(given: Given, work: Work, n: int) -> int:
    """Return how many units of a rejected lot went back upstream [unit]."""
    return int(work.of_a_lot[n, SENT_BACK])


@compiled
def read_replenishments(given: Given, work: Work, books: Books) -> None:
    """Book what came in and what is on order."""
    for n in range(work.counts[REPLENISHMENTS]):
        row = work.replenishments[n]
        of_item = books.items[int(row[BOUGHT_ITEM])]
        if math.isfinite(row[ARRIVED]):
            of_item[STOCK_IN] += int(received(given, work, n))
        else:
            of_item[OPEN_ORDERS] += int(row[BOUGHT])
        of_item[STOCK_OUT] += int(row[SCRAPPED])


@compiled
def lots_balance(given: Given, work: Work) -> bool:
    """Tell whether no lot arrived before it was ordered or lost more than it had."""
    balanced = True
    for n in range(work.counts[REPLENISHMENTS]):
        row = work.replenishments[n]
        stayed = received(given, work, n) if math.isfinite(row[ARRIVED]) else 0.0
        short = not_come(given, work, n) if given.tells_lots else 0
        balanced &= stayed >= row[SCRAPPED] and row[INSPECTED] <= row[BOUGHT] - short
        balanced &= row[ARRIVED] >= row[ORDERED]
    return balanced


@compiled
def levels_balance(work: Work, books: Books) -> bool:
    """Tell whether no stock was ever below nothing, and note the last level of each item."""
    balanced = True
    for n in range(work.counts[LEVELS]):
        row = work.levels[n]
        balanced &= row[ON_HAND] >= 0 and row[WAITED_FOR] >= 0
        books.items[int(row[LEVEL_ITEM]), LAST_LEVEL] = int(row[ON_HAND])
    return balanced


@compiled
def items_balance(given: Given, work: Work, books: Books) -> bool:
    """Tell whether stock, demand, orders upstream and the last level of each item balance."""
    balanced = True
    for item in range(len(given.opening_stock)):
        closing, of_item = work.items[item], books.items[item]
        on_hand = closing[SHELF_END] - closing[SHELF_BEGIN]
        came = given.opening_stock[item] + of_item[STOCK_IN]
        left = on_hand + closing[ON_THE_WAY] + closing[GOING_BACK]
        balanced &= came == left + of_item[STOCK_OUT]
        waits = closing[WAITING] + closing[ON_THE_WAY]
        balanced &= of_item[OWED] == of_item[SETTLED] + waits
        balanced &= of_item[OPEN_ORDERS] == closing[ON_ORDER]
        balanced &= of_item[LAST_LEVEL] == on_hand
    return balanced
