"""How good was it: the facts of each measure counted over its review periods, compiled.

Lives here: twins of KPI functions of `performance/kpis` and of `measures.summed`, which count the
same facts in the same order. May not live here: cost lines, KPIs that `coverage.py` does not name.
"""

from __future__ import annotations

import math
from typing import Final

from pbc_sim.operations.facts import ReturnReason
from pbc_sim.operations.kernel.compiled import compiled
from pbc_sim.operations.kernel.layout import (
    DELIVERIES,
    FILLED_AT_ONCE,
    LINE_ITEM,
    LINE_ORDER,
    LINE_QUANTITY,
    RETURNS,
    Given,
    Work,
)
from pbc_sim.performance.kernel.layout import (
    ACCEPTED_VALUE,
    ACCURATE,
    BY_DELIVERY,
    BY_ORDER,
    CAME_FIRST,
    CANCELLED,
    COUNTED_BY,
    DENOMINATOR,
    FAULTS,
    FILLED_ORDERS,
    FILLED_UNITS,
    FOUND,
    IN_FULL,
    KIND,
    LATE_ORDERS,
    LATE_VALUE_DAYS,
    LIMIT,
    MARKED,
    NUMERATOR,
    OF_LINES,
    ON_TIME,
    ORDERED_VALUE,
    REASON,
    RECEIVED,
    RECEIVED_DEFECTIVE,
    RECEIVED_LINE,
    RECEIVED_UNITS,
    RECEIVED_WRONG,
    REPLACEMENT,
    RETURN_SHARE,
    RETURNED_LINE,
    RETURNED_UNITS,
    SIZE,
    STOCKOUT_LINES,
    TOTAL,
    UNITS_RETURNED,
    WRONG_LINES,
    WRONG_UNITS,
    Asked,
    Books,
    Scored,
)
from pbc_sim.world.calendar import SAME_INSTANT_DAYS

__all__ = ["in_time", "measure"]

IN_USE = int(ReturnReason.DEFECTIVE_IN_USE)

#: Where an instant lies in no period.
NO_PERIOD: Final = -1

#: The edge of a period, and what has been counted in it: numerator and denominator. It is handed on
#: from fact to fact, since a sum that is written down after each is read again for the next.
Tally = tuple[int, float, float]


@compiled
def measure(
    given: Given, work: Work, books: Books, asked: Asked, scored: Scored, m: int
) -> None:  # fmt: skip
    """Count the facts of a measure over its periods."""
    kind, total = asked.measures[m, KIND], asked.measures[m, TOTAL] != 0
    first, end = asked.first_edge[m] - m, asked.first_edge[m + 1] - m - 1
    scored.measured[:, first:end] = 0.0
    scored.due_later[m] = 0
    if kind == ON_TIME:
        on_time(given, books, asked, scored, m)
    elif kind == IN_FULL:
        in_full(given, books, asked, scored, m)
    elif kind == LATE_ORDERS:
        late_orders(given, books, asked, scored, m)
    elif kind == LATE_VALUE_DAYS:
        late_value_days(given, work, books, asked, scored, m)
    elif kind in (ACCURATE, WRONG_LINES):
        accurate(given, books, asked, scored, m, kind == WRONG_LINES)
    elif kind in (RETURN_SHARE, UNITS_RETURNED):
        returned(work, asked, scored, m, kind == RETURN_SHARE)
    elif kind == FILLED_ORDERS:
        filled_orders(given, work, asked, scored, m)
    elif kind == ACCEPTED_VALUE:
        accepted_value(given, work, books, asked, scored, m)
    else:
        of_each_line(given, work, asked, scored, m, kind)
    for period in range(first, end):
        if total:
            scored.measured[DENOMINATOR, period] = 1.0
        scored.measured[SIZE, period] = scored.measured[DENOMINATOR, period]


@compiled
def nothing_yet(asked: Asked, m: int) -> Tally:
    """Return the tally of the first period."""
    return asked.first_edge[m], 0.0, 0.0


@compiled
def count(
    asked: Asked, scored: Scored, m: int, tally: Tally, when: float, part: float, whole: float
) -> Tally:
    """Count a fact in the period in which it falls; what comes after the last one is told."""
    low, parts, wholes = tally
    # Most facts fall into the period of the one before.
    if not asked.edges[low] <= when < asked.edges[low + 1]:
        found = period_of(asked, scored, m, low, when)
        if found == NO_PERIOD:
            return tally
        write(scored, m, tally)
        low = found
        parts = scored.measured[NUMERATOR, low - m]
        wholes = scored.measured[DENOMINATOR, low - m]
    return low, parts + part, wholes + whole


@compiled
def write(scored: Scored, m: int, tally: Tally) -> None:
    """Write down what has been counted in a period."""
    low, parts, wholes = tally
    scored.measured[NUMERATOR, low - m] = parts
    scored.measured[DENOMINATOR, low - m] = wholes


@compiled
def period_of(asked: Asked, scored: Scored, m: int, low: int, when: float) -> int:
    """Return the edge at which the period of an instant begins; what comes later is told."""
    first, last = asked.first_edge[m], asked.first_edge[m + 1] - 1
    if when >= asked.edges[last]:
        scored.due_later[m] += math.isfinite(when)
        return NO_PERIOD
    # Written so that NaN fails.
    if not when >= asked.edges[first]:
        return NO_PERIOD
    while asked.edges[low + 1] <= when:
        low += 1
    while asked.edges[low] > when:
        low -= 1
    return low


@compiled
def end_of(asked: Asked, m: int, when: float) -> float:
    """Return the end of the period that an instant falls in; NaN for none [day]."""
    first, last = asked.first_edge[m], asked.first_edge[m + 1] - 1
    if not when >= asked.edges[first]:
        return math.nan
    for edge in range(first + 1, last + 1):
        if when < asked.edges[edge]:
            return asked.edges[edge]
    return math.nan


@compiled
def in_time(arrived: float, due_at: float) -> bool:
    """Tell whether what arrived came by its due time, an instant's rounding aside."""
    return arrived <= due_at + SAME_INSTANT_DAYS


# Timeliness -----------------------------------------------------------------------------------


@compiled
def on_time(given: Given, books: Books, asked: Asked, scored: Scored, m: int) -> None:
    """Count orders or lines, and those that were delivered within the limit."""
    tally = nothing_yet(asked, m)
    due = books.due[asked.measures[m, LIMIT]]
    if asked.measures[m, OF_LINES] != 0:
        for line in range(len(given.lines)):
            order = given.lines[line, LINE_ORDER]
            came = books.delivered[line]
            tally = count_by(given, asked, scored, m, tally, order, came, due[order])
    else:
        for order in range(given.orders_of_units):
            tally = count_by(
                given, asked, scored, m, tally, order, books.arrived[order], due[order]
            )
    write(scored, m, tally)


@compiled
def count_by(
    given: Given, asked: Asked, scored: Scored, m: int, tally: Tally, order: int, arrived: float,
    due_at: float,
) -> Tally:  # fmt: skip
    """Count an order, or a line of it, in the period that the clause says."""
    by, placed, known = asked.measures[m, COUNTED_BY], given.order_time[order], True
    when = due_at
    if by == BY_ORDER:
        # Later deliveries are not known yet when the period is judged.
        when, known = placed, arrived < end_of(asked, m, placed)
    elif by == BY_DELIVERY:
        when = arrived
    in_period = 1.0 if in_time(arrived, due_at) and known else 0.0
    return count(asked, scored, m, tally, when, in_period, 1.0)


@compiled
def in_full(given: Given, books: Books, asked: Asked, scored: Scored, m: int) -> None:
    """Count orders, and those in time of which no line was lost in part or had a marked fault."""
    tally = nothing_yet(asked, m)
    due, marked = books.due[asked.measures[m, LIMIT]], asked.measures[m, MARKED]
    for order in range(given.orders_of_units):
        holds = in_time(books.arrived[order], due[order])
        for line in range(given.first_line[order], given.first_line[order + 1]):
            of_line = books.lines[line]
            holds = holds and of_line[FAULTS] & marked == 0 and of_line[CANCELLED] == 0
        tally = count(asked, scored, m, tally, due[order], 1.0 if holds else 0.0, 1.0)
    write(scored, m, tally)


@compiled
def late_orders(given: Given, books: Books, asked: Asked, scored: Scored, m: int) -> None:
    """Count orders that did not come in time when they fall due."""
    tally = nothing_yet(asked, m)
    due = books.due[asked.measures[m, LIMIT]]
    for order in range(given.orders_of_units):
        if not in_time(books.arrived[order], due[order]):
            tally = count(asked, scored, m, tally, due[order], 1.0, 1.0)
    write(scored, m, tally)


@compiled
def late_value_days(
    given: Given, work: Work, books: Books, asked: Asked, scored: Scored, m: int
) -> None:
    """Sum the value of the late parts of lines times the days that they are late."""
    due = books.due[asked.measures[m, LIMIT]]
    for n in range(work.counts[DELIVERIES]):
        row = work.deliveries[books.by_time[n]]
        line = int(row[RECEIVED_LINE])
        since = due[given.lines[line, LINE_ORDER]]
        if row[REPLACEMENT] == 0 and not in_time(row[RECEIVED], since):
            late_part(given, asked, scored, m, line, row[RECEIVED_UNITS], since, row[RECEIVED])
    for line in range(len(given.lines)):
        of_line = books.lines[line]
        awaited = given.lines[line, LINE_QUANTITY] - of_line[CAME_FIRST]
        if awaited > 0:
            since = due[given.lines[line, LINE_ORDER]]
            late_part(given, asked, scored, m, line, awaited, since, math.inf)


@compiled
def late_part(
    given: Given, asked: Asked, scored: Scored, m: int, line: int, units: float, since: float,
    until: float,
) -> None:  # fmt: skip
    """Spread the days that a part is late over the periods."""
    end = max(since, min(until, since + asked.most_days[m]))
    value = units * asked.prices[given.lines[line, LINE_ITEM]]
    first = asked.first_edge[m]
    passed = min(max(asked.edges[first], since), end) - since
    for edge in range(first + 1, asked.first_edge[m + 1]):
        before, passed = passed, min(max(asked.edges[edge], since), end) - since
        scored.measured[NUMERATOR, edge - 1 - m] += (passed - before) * value


# Accuracy and returns -------------------------------------------------------------------------


@compiled
def accurate(
    given: Given, books: Books, asked: Asked, scored: Scored, m: int, counts_wrong: bool
) -> None:
    """Count delivered lines and those with right item and quantity; or those without."""
    tally = nothing_yet(asked, m)
    for line in range(len(given.lines)):
        if math.isfinite(books.delivered[line]):
            of_line = books.lines[line]
            right = of_line[FAULTS] & WRONG_UNITS == 0 and of_line[CANCELLED] == 0
            if not counts_wrong:
                good = 1.0 if right else 0.0
                tally = count(asked, scored, m, tally, books.delivered[line], good, 1.0)
            elif not right:
                tally = count(asked, scored, m, tally, books.delivered[line], 1.0, 1.0)
    write(scored, m, tally)


@compiled
def returned(work: Work, asked: Asked, scored: Scored, m: int, as_share: bool) -> None:
    """Count units returned for the marked reasons, as a share of what was delivered or alone."""
    tally = nothing_yet(asked, m)
    marked = asked.measures[m, MARKED]
    if as_share:
        # All are whole numbers, whose sums have no order.
        for n in range(work.counts[DELIVERIES]):
            row = work.deliveries[n]
            tally = count(asked, scored, m, tally, row[RECEIVED], 0.0, row[RECEIVED_UNITS])
    for n in range(work.counts[RETURNS]):
        row = work.returns[n]
        if marked >> int(row[REASON]) & 1:
            whole = 0.0 if as_share else row[RETURNED_UNITS]
            tally = count(asked, scored, m, tally, row[FOUND], row[RETURNED_UNITS], whole)
    write(scored, m, tally)


# Stock and value ------------------------------------------------------------------------------


@compiled
def filled_orders(given: Given, work: Work, asked: Asked, scored: Scored, m: int) -> None:
    """Count orders, and those that were met from stock at once as a whole."""
    tally = nothing_yet(asked, m)
    for order in range(len(given.order_time)):
        filled = True
        for line in range(given.first_line[order], given.first_line[order + 1]):
            quantity = given.lines[line, LINE_QUANTITY]
            filled = filled and work.lines[line, FILLED_AT_ONCE] >= quantity
        at_once = 1.0 if filled else 0.0
        tally = count(asked, scored, m, tally, given.order_time[order], at_once, 1.0)
    write(scored, m, tally)


@compiled
def of_each_line(given: Given, work: Work, asked: Asked, scored: Scored, m: int, kind: int) -> None:
    """Count what is known of a line when it is ordered: units, stock-outs or value."""
    tally = nothing_yet(asked, m)
    for line in range(len(given.lines)):
        quantity, filled = given.lines[line, LINE_QUANTITY], work.lines[line, FILLED_AT_ONCE]
        placed = given.order_time[given.lines[line, LINE_ORDER]]
        if kind == FILLED_UNITS:
            tally = count(asked, scored, m, tally, placed, float(filled), float(quantity))
        elif kind == ORDERED_VALUE:
            value = quantity * asked.prices[given.lines[line, LINE_ITEM]]
            tally = count(asked, scored, m, tally, placed, value, 1.0)
        elif kind == STOCKOUT_LINES and filled < quantity:
            tally = count(asked, scored, m, tally, placed, 1.0, 1.0)
    write(scored, m, tally)


@compiled
def accepted_value(
    given: Given, work: Work, books: Books, asked: Asked, scored: Scored, m: int
) -> None:
    """Sum the value of good units as they come, less those sent back from use."""
    tally = nothing_yet(asked, m)
    for n in range(work.counts[DELIVERIES]):
        row = work.deliveries[books.by_time[n]]
        good = row[RECEIVED_UNITS] - row[RECEIVED_WRONG] - row[RECEIVED_DEFECTIVE]
        price = asked.prices[given.lines[int(row[RECEIVED_LINE]), LINE_ITEM]]
        tally = count(asked, scored, m, tally, row[RECEIVED], good * price, 1.0)
    for n in range(work.counts[RETURNS]):
        row = work.returns[n]
        if int(row[REASON]) == IN_USE:
            price = asked.prices[given.lines[int(row[RETURNED_LINE]), LINE_ITEM]]
            tally = count(asked, scored, m, tally, row[FOUND], -row[RETURNED_UNITS] * price, 1.0)
    write(scored, m, tally)
