"""When does what is ordered from several sources arrive: the rules of `model/network.py`, compiled.

Lives here: sourcing rules (`operations/sourcing.py`); capacity, stock and yield of each source.
May not live here: goods in and stock (`store.py`).
An account is an item at a source, and its lots are chained in the order of ordering.
"""

from __future__ import annotations

import math

from pbc_sim.operations.kernel.apportionment import apportion
from pbc_sim.operations.kernel.clock import at, new_row, stop
from pbc_sim.operations.kernel.compiled import compiled, seldom
from pbc_sim.operations.kernel.interruptions import put_off
from pbc_sim.operations.kernel.layout import (
    ACCOUNT_LOTS,
    AMISS,
    AT_SOURCE,
    BACKUP_WHEN_LATE,
    BUSY_UNTIL,
    CAPACITY,
    CROSSES,
    DELIVERS_ALL,
    FIRST_OPEN,
    GOODS_IN,
    LAST_ARRIVES,
    LAST_LOT,
    LAST_READY,
    LOT_SOURCE,
    MADE_AGAIN,
    MORE_LOTS,
    MORE_SPELLS,
    NEXT_LOT,
    NOTHING,
    ON_ORDER,
    REPLENISHMENTS,
    SHARE,
    SHELF_LOT,
    SHORT,
    SOURCE_STOCK,
    SPLIT,
    TAKEN,
    TAKEN_BEFORE,
    UNITS_ORDERED,
    WAITING,
    WEIGHT,
    Given,
    Work,
)
from pbc_sim.operations.model.clock import RECEIPT

__all__ = ["leave_source", "opening_lot", "order_from_sources", "order_missing"]

#: Columns of a replenishment's row.
UNITS, ORDERED, ARRIVED, INSPECTED, SCRAPPED = 1, 2, 3, 4, 5


@seldom(otherwise=0)
def opening_lot(given: Given, work: Work, item: int, units: int) -> int:
    """Return the account of the opening stock, a first lot of the ordinary source."""
    account = item * given.n_sources + given.sources_used[0]
    work.accounts[account, ACCOUNT_LOTS] = 1
    work.accounts[account, UNITS_ORDERED] = units
    return account


# Sourcing rules -------------------------------------------------------------------------------


@seldom()
def order_from_sources(given: Given, work: Work, now: float, item: int, quantity: int) -> None:
    """Order units from the sources that the rule chooses [unit]."""
    used = given.sources_used
    if given.sourcing == SPLIT:
        split(given, work, item, quantity)
        for n in range(len(used)):
            units = int(work.scratch[SHARE, n])
            if units > 0:
                place(given, work, now, item, used[n], units)
    elif given.sourcing == BACKUP_WHEN_LATE:
        place(given, work, now, item, used[1 if is_late(given, work, now, item) else 0], quantity)
    else:
        place(given, work, now, item, used[0], quantity)


@compiled
def split(given: Given, work: Work, item: int, units: int) -> None:
    """Share out an order so that each source's share of all units so far is as agreed."""
    total, used = units, given.sources_used
    for n in range(len(used)):
        total += work.accounts[item * given.n_sources + used[n], UNITS_ORDERED]
    for n in range(len(used)):
        ordered = work.accounts[item * given.n_sources + used[n], UNITS_ORDERED]
        work.scratch[WEIGHT, n] = rounded(work, given.shares[n] * total - ordered)
    apportion(work, units, len(used))


@compiled
def rounded(work: Work, lacking: float) -> float:
    """Return what is lacking, rounded to nine decimals as Python does; 0 if nothing is."""
    if lacking <= 0:
        return 0.0
    shifted = lacking * 1e9
    below = math.floor(shifted)
    rest = shifted - below
    if abs(rest - 0.5) <= shifted * 2.0**-51:
        stop(work, AMISS)  # only all decimals can tell
    return (below + (rest > 0.5)) / 1e9


@compiled
def is_late(given: Given, work: Work, now: float, item: int) -> bool:
    """Tell whether the primary source is late, or too many units wait."""
    if 0 < given.waiting_units <= work.items[item, WAITING]:
        return True
    number = item * given.n_sources + given.sources_used[0]
    account = work.accounts[number]
    while account[FIRST_OPEN] != NOTHING:
        oldest = work.replenishments[account[FIRST_OPEN]]
        if math.isinf(oldest[ARRIVED]):
            return now - oldest[ORDERED] - given.expected_lead_times[number] > given.overdue_days
        account[FIRST_OPEN] = work.of_a_lot[account[FIRST_OPEN], NEXT_LOT]
    return False


@seldom()
def order_missing(given: Given, work: Work, now: float, item: int) -> None:
    """Order what lines wait for from the fast source, if enough wait."""
    fast, waiting = given.sources_used[1], work.items[item, WAITING]
    lacking = waiting - work.accounts[item * given.n_sources + fast, AT_SOURCE]
    if waiting >= given.waiting_units and lacking > 0:
        place(given, work, now, item, fast, lacking)


# Sources --------------------------------------------------------------------------------------


@compiled
def place(given: Given, work: Work, now: float, item: int, source: int, units: int) -> None:
    """Place an order at a source."""
    n = new_row(work, REPLENISHMENTS, len(work.replenishments))
    if n == NOTHING:
        return
    number = item * given.n_sources + source
    account = work.accounts[number]
    lot, first_unit = account[ACCOUNT_LOTS], account[UNITS_ORDERED]
    account[ACCOUNT_LOTS] += 1
    account[UNITS_ORDERED] += units
    row = work.replenishments[n]
    row[0], row[UNITS], row[ORDERED] = item, units, now
    row[ARRIVED], row[INSPECTED], row[SCRAPPED] = math.inf, 0, 0
    work.of_a_lot[n] = 0
    work.of_a_lot[n, LOT_SOURCE] = source
    chain(work, number, n)
    arrival = arrival_from(given, work, now, number, source, lot, n)
    if given.interrupted:
        crosses = given.sources[source, CROSSES] != 0
        arrival = put_off(given, work, now, arrival, number, crosses, n)
    account[AT_SOURCE] += units
    work.items[item, ON_ORDER] += units
    at(given, work, arrival, RECEIPT, GOODS_IN, (number, lot, first_unit, units, n))


@compiled
def chain(work: Work, number: int, lot: int) -> None:
    """Chain a lot behind the others of its account; it is known by its row."""
    account = work.accounts[number]
    work.of_a_lot[lot, NEXT_LOT] = NOTHING
    if account[LAST_LOT] != NOTHING:
        work.of_a_lot[account[LAST_LOT], NEXT_LOT] = lot
    if account[FIRST_OPEN] == NOTHING:
        account[FIRST_OPEN] = lot
    if account[SHELF_LOT] == NOTHING:
        account[SHELF_LOT] = lot
    account[LAST_LOT] = lot


@compiled
def arrival_from(
    given: Given, work: Work, now: float, account: int, source: int, lot: int, row: int
) -> float:
    """Return when a lot arrives: made or taken from the source's stock, then transported."""
    if lot >= given.production_times.shape[1]:
        stop(work, MORE_LOTS)
        return math.inf
    leaves = ready(given, work, now, account, source, lot, row)
    if given.sources[source, CROSSES] != 0:
        return leaves + given.lead_times[account, lot]
    spell, times = int(now // given.conditions_last_days), work.account_times[account]
    if spell >= given.lead_times.shape[1]:
        stop(work, MORE_SPELLS)
        return math.inf
    times[LAST_ARRIVES] = max(times[LAST_ARRIVES], leaves + given.lead_times[account, spell])
    return times[LAST_ARRIVES]


@compiled
def ready(
    given: Given, work: Work, now: float, account: int, source: int, lot: int, row: int
) -> float:
    """Return when a source has all units of a lot ready to leave [day]."""
    units, made, terms = int(work.replenishments[row, UNITS]), now, given.sources[source]
    if terms[CAPACITY] > 0:
        # One deterministic server: what exceeds its capacity waits its turn.
        busy = work.account_times[source]  # the source's first account speaks for all of it
        made = max(now, busy[BUSY_UNTIL]) + units / terms[CAPACITY]
        busy[BUSY_UNTIL] = made
    if terms[SOURCE_STOCK] < 0:
        return made
    # Each unit taken is made again, in the order of ordering; a lot leaves as a whole.
    again, state = made + given.production_times[account, lot], work.accounts[account]
    if terms[SOURCE_STOCK] > 0:
        again = max(again, work.account_times[account, LAST_READY])
    work.account_times[account, LAST_READY] = work.lot_times[row, MADE_AGAIN] = again
    state[TAKEN] += units
    from_lots = state[TAKEN] - int(terms[SOURCE_STOCK])
    if from_lots <= 0:
        return now
    # The last unit was made again in place of one of the lot whose units reach that far.
    held = int(work.replenishments[state[SHELF_LOT], UNITS])
    while state[TAKEN_BEFORE] + held < from_lots:
        state[TAKEN_BEFORE] += held
        state[SHELF_LOT] = work.of_a_lot[state[SHELF_LOT], NEXT_LOT]
        held = int(work.replenishments[state[SHELF_LOT], UNITS])
    return max(now, work.lot_times[state[SHELF_LOT], MADE_AGAIN])


@seldom(otherwise=0)
def leave_source(given: Given, work: Work, account: int, lot: int, units: int, row: int) -> int:
    """Let a lot be on order no longer, and return how many of its units do not come [unit]."""
    work.accounts[account, AT_SOURCE] -= units
    if given.sources[account % given.n_sources, DELIVERS_ALL] != 0:
        return 0
    # Rounded by chance, so that small lots too bring their share on average.
    share, rounding = given.delivered_shares[account, lot], given.roundings[account, lot]
    short = units - int(share * units + rounding)
    work.of_a_lot[row, SHORT] = short
    return short
