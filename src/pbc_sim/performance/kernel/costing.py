"""What did it cost to run: the cost lines that supply makes, compiled.

Lives here: twins of cost lines of `performance/costs.py`. May not live here: lines that follow from
plan and rates alone, or from machines and service.
"""

from __future__ import annotations

import math

from pbc_sim.operations.facts import ReturnReason
from pbc_sim.operations.kernel.compiled import compiled, seldom
from pbc_sim.operations.kernel.layout import (
    DELIVERIES,
    LEVELS,
    LINE_ITEM,
    LINE_ORDER,
    LINE_QUANTITY,
    LOT_SOURCE,
    REPLENISHMENTS,
    RETURNS,
    SHIPMENTS,
    Given,
    Work,
)
from pbc_sim.performance.kernel.layout import (
    ARRIVED,
    BOUGHT_ITEM,
    CAME_FIRST,
    CANCELLED,
    CHANGED,
    CHECKED_LINES,
    DISPATCHED,
    EXPEDITED,
    FOUND,
    INSPECTED,
    LEVEL_ITEM,
    ON_HAND,
    ORDERED,
    REASON,
    RECEIVED,
    RECEIVED_LINE,
    RECEIVED_UNITS,
    REFUNDED,
    REPLACEMENT,
    RETURNED_LINE,
    RETURNED_UNITS,
    SCRAPPED,
    Asked,
    Books,
    Scored,
)
from pbc_sim.performance.kernel.measuring import in_time
from pbc_sim.performance.kernel.reading import received
from pbc_sim.performance.periods import DAYS_PER_YEAR

__all__ = ["BUYER_RATES", "SUPPLIER_RATES", "charge"]

#: The rates of `Asked.rates`, of supplier and buyer, in its order.
SUPPLIER_RATES = (
    "holding_share_per_year",
    "closing_stock_share",
    "per_replenishment",
    "inspection_per_unit",
    "check_per_line",
    "per_shipment",
    "express_surcharge",
    "per_returned_unit",
)
BUYER_RATES = ("per_late_unit_day", "per_lost_unit", "per_returned_unit", "per_defect_in_use")
(
    HOLDING,
    CLOSING_STOCK,
    PER_REPLENISHMENT,
    PER_INSPECTION,
    PER_CHECK,
    PER_SHIPMENT,
    PER_EXPRESS,
    PER_UNIT_TAKEN_BACK,
    PER_LATE_UNIT_DAY,
    PER_LOST_UNIT,
    PER_UNIT_SENT_BACK,
    PER_DEFECT_IN_USE,
) = range(12)

IN_USE = int(ReturnReason.DEFECTIVE_IN_USE)
WRONG = int(ReturnReason.WRONG)


@compiled
def charge(
    given: Given, work: Work, books: Books, asked: Asked, scored: Scored, term: int
) -> None:  # fmt: skip
    """Fill the cost lines of a term."""
    amounts, rates = scored.costs[term], asked.rates
    begin, end = asked.terms[term, 0], asked.terms[term, 1]
    bought, surcharges, ordered, inspected = of_replenishments(given, work, asked, begin, end)
    shipments, express, checked = of_shipments(work, begin, end)
    returned, in_use = of_returns(work, begin, end)
    opening = worth_at(given, work, books, asked, begin)
    closing = worth_at(given, work, books, asked, end)
    amounts[0] = bought
    amounts[1] = opening - rates[CLOSING_STOCK] * closing
    amounts[2] = 0.0
    if rates[HOLDING] != 0:
        stock_days = worth_days(given, work, books, asked, begin, end)
        amounts[2] = rates[HOLDING] / DAYS_PER_YEAR * stock_days
    amounts[3] = rates[PER_REPLENISHMENT] * ordered
    amounts[4] = rates[PER_INSPECTION] * inspected + rates[PER_CHECK] * checked
    amounts[5] = rates[PER_SHIPMENT] * shipments
    amounts[6] = rates[PER_EXPRESS] * express
    amounts[7] = rates[PER_UNIT_TAKEN_BACK] * returned
    amounts[8] = 0.0
    if rates[PER_LATE_UNIT_DAY] != 0:
        late_days = late_unit_days(given, work, books, asked, begin, end)
        amounts[8] = rates[PER_LATE_UNIT_DAY] * late_days
    amounts[9] = rates[PER_LOST_UNIT] * units_lost(given, books, begin, end)
    amounts[10] = rates[PER_UNIT_SENT_BACK] * returned
    amounts[12] = surcharges
    amounts[11] = rates[PER_DEFECT_IN_USE] * in_use


@compiled
def of_replenishments(
    given: Given, work: Work, asked: Asked, begin: float, end: float
) -> tuple[float, float, int, float]:
    """Return what came in at its price, surcharges, orders placed, and units inspected."""
    bought, surcharges, ordered, inspected, source = 0.0, 0.0, 0, 0.0, 0
    for n in range(work.counts[REPLENISHMENTS]):
        row = work.replenishments[n]
        ordered += begin <= row[ORDERED] < end
        if begin <= row[ARRIVED] < end:
            if given.tells_lots:
                source = source_of(given, work, n)
            units = received(given, work, n)
            bought += units * asked.purchase_prices[int(row[BOUGHT_ITEM]), source]
            surcharges += units * asked.surcharges[source]
            inspected += row[INSPECTED]
    return bought, surcharges, ordered, inspected


@seldom(otherwise=0)
def source_of(given: Given, work: Work, n: int) -> int:
    """Return from which source a lot came."""
    return int(work.of_a_lot[n, LOT_SOURCE])


@compiled
def of_shipments(work: Work, begin: float, end: float) -> tuple[int, int, float]:
    """Return how many shipments left, how many of them by express, and lines checked."""
    shipments, express, checked = 0, 0, 0.0
    for n in range(work.counts[SHIPMENTS]):
        row = work.shipments[n]
        if begin <= row[DISPATCHED] < end:
            shipments += 1
            express += row[EXPEDITED] != 0
            checked += row[CHECKED_LINES]
    return shipments, express, checked


@compiled
def of_returns(work: Work, begin: float, end: float) -> tuple[float, float]:
    """Return the units that went back, and those of them that were found defective in use."""
    returned, in_use = 0.0, 0.0
    for n in range(work.counts[RETURNS]):
        row = work.returns[n]
        if begin <= row[FOUND] < end:
            returned += row[RETURNED_UNITS]
            if int(row[REASON]) == IN_USE:
                in_use += row[RETURNED_UNITS]
    return returned, in_use


@compiled
def worth_at(given: Given, work: Work, books: Books, asked: Asked, when: float) -> float:
    """Return the cost of all that the supplier owns just before an instant."""
    owned, worth = books.days, 0.0
    for item in range(len(owned)):
        owned[item] = given.opening_stock[item]
    if when > 0:
        for n in range(work.counts[REPLENISHMENTS]):
            row = work.replenishments[n]
            if row[ARRIVED] < when:
                owned[int(row[BOUGHT_ITEM])] += received(given, work, n) - row[SCRAPPED]
        for n in range(work.counts[DELIVERIES]):
            row = work.deliveries[n]
            if row[RECEIVED] < when:
                owned[given.lines[int(row[RECEIVED_LINE]), LINE_ITEM]] -= row[RECEIVED_UNITS]
        for n in range(work.counts[RETURNS]):
            row = work.returns[n]
            if row[FOUND] < when and int(row[REASON]) == WRONG:
                owned[given.lines[int(row[RETURNED_LINE]), LINE_ITEM]] += row[RETURNED_UNITS]
    for item in range(len(owned)):
        worth += owned[item] * asked.costs[item]
    return worth


@compiled
def worth_days(
    given: Given, work: Work, books: Books, asked: Asked, begin: float, end: float
) -> float:
    """Return the cost of what lies on the shelf, integrated over a term [currency x day]."""
    days, last, worth = books.days, books.last_level, 0.0
    days[:] = 0.0
    last[:] = 0.0
    for n in range(work.counts[LEVELS]):
        row = work.levels[n]
        item = int(row[LEVEL_ITEM])
        # Each change of level lasts until the end.
        left = max(end - max(row[CHANGED], begin), 0.0)
        days[item] += (row[ON_HAND] - last[item]) * left
        last[item] = row[ON_HAND]
    for item in range(len(days)):
        worth += days[item] * asked.costs[item]
    return worth


@compiled
def late_unit_days(
    given: Given, work: Work, books: Books, asked: Asked, begin: float, end: float
) -> float:
    """Return for how long units were missing after the buyer needed them [unit x day]."""
    due, missing = books.due[asked.needed_limit], 0.0
    for n in range(work.counts[DELIVERIES]):
        row = work.deliveries[books.by_time[n]]
        since = due[given.lines[int(row[RECEIVED_LINE]), LINE_ORDER]]
        if row[REPLACEMENT] == 0 and not in_time(row[RECEIVED], since):
            missing += max(min(row[RECEIVED], end) - max(since, begin), 0.0) * row[RECEIVED_UNITS]
    for line in range(len(given.lines)):
        awaited = given.lines[line, LINE_QUANTITY] - books.lines[line, CAME_FIRST]
        if awaited > 0:
            since = due[given.lines[line, LINE_ORDER]]
            if not in_time(math.inf, since):
                missing += max(end - max(since, begin), 0.0) * awaited
    return missing


@compiled
def units_lost(given: Given, books: Books, begin: float, end: float) -> int:
    """Return the units of orders of a term that were never delivered or replaced [unit]."""
    lost = 0
    for line in range(len(given.lines)):
        if begin <= given.order_time[given.lines[line, LINE_ORDER]] < end:
            lost += books.lines[line, CANCELLED] + books.lines[line, REFUNDED]
    return lost
