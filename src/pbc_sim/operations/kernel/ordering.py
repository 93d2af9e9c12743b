"""Who orders what and when: the rules of `world/ordering.py`, compiled.

Lives here: the orders of all units, as far as nothing swells demand. May not live here: laws,
other luck (`luck.py`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from pbc_sim.operations.kernel.compiled import compiled, entry
from pbc_sim.operations.kernel.generator import begun, fill_streams, number_of, stepped
from pbc_sim.operations.kernel.layout import NOTHING
from pbc_sim.operations.kernel.luck import of_one_kind
from pbc_sim.operations.kernel.passing import reference
from pbc_sim.operations.kernel.quantiles import CountTables, count_of, count_tables_of, guided
from pbc_sim.world.draws import Purpose
from pbc_sim.world.ordering import Orders, draw_orders, swells_of
from pbc_sim.world.seeding import states_of
from pbc_sim.world.setting import Setting
from pbc_sim.world.spells import Spells

__all__ = ["Ordering"]


class Demand(NamedTuple):
    """What no future changes of demand; fields as in `Setting`."""

    first_order: np.ndarray  # of each unit, where as many are drawn as it mostly places
    first_gap: float
    intensity: np.ndarray
    intensity_before: np.ndarray
    opens: np.ndarray
    closes: np.ndarray
    ends: float


class Known(NamedTuple):
    """The demand of a setting, and its laws."""

    demand: Demand
    lines: CountTables
    items: CountTables
    quantities: CountTables


class Ordering:
    """Draws the orders of futures, number for number as `draw_orders` does.

    It keeps what it laid out of the last setting, and leaves to `draw_orders` what it has no rules
    for: laws without a table, swells of demand, and units that order more than is expected of them.
    Gaps are NumPy's, whatever their law: its logarithms may differ in the last digit from others.
    """

    def __init__(self) -> None:
        self._last: tuple[Setting | None, Known | None] = (None, None)

    def __call__(self, setting: Setting, seed: int, replication: int, spells: Spells) -> Orders:
        """Draw all orders of one future, in its spells of disruption."""
        if any(swells_of(setting, seed, replication, spells)):
            return draw_orders(setting, seed, replication, spells)
        # Read once and replaced as one, since another thread may replace it.
        last, known = self._last
        if setting is not last:
            known = _laid_out(setting)
            self._last = (setting, known)
        orders = None if known is None else _drawn(setting, known, seed, replication)
        return orders or draw_orders(setting, seed, replication, spells)


def _laid_out(setting: Setting) -> Known | None:
    """Return the demand of a setting; None where there are no rules for it."""
    lines = count_tables_of(setting.lines_of_orders)
    quantities = count_tables_of(setting.quantities)
    if lines is None or quantities is None:
        return None
    demand = Demand(
        first_order=np.cumsum([0, *setting.most_orders_of_units]),
        first_gap=float(setting.terms.demand.first_gap),
        intensity=of_one_kind(setting.intensity, float),
        intensity_before=of_one_kind(setting.intensity_before, float),
        opens=of_one_kind(setting.calendar.opens, float),
        closes=of_one_kind(setting.calendar.closes, float),
        ends=float(setting.ends),
    )
    popularity, n_items = np.cumsum(setting.popularity), len(setting.item_names)
    items = guided(popularity, np.arange(n_items), np.array([n_items - 1]))
    return Known(demand, lines, items, quantities)


def _drawn(setting: Setting, known: Known, seed: int, replication: int) -> Orders | None:
    """Draw all orders of one future; None if a unit may order more than is drawn."""
    first, n_units = known.demand.first_order, len(setting.unit_names)
    luck = np.empty((first[-1], 2))
    of_gaps = states_of(seed, replication, Purpose.ORDER_GAP, n_units)
    fill_streams(of_gaps, 2 * first[:-1], 2 * first[1:], luck.reshape(-1))
    waited = setting.gaps.of(luck[:, 0], 0) / setting.mean_gap
    of_lines = states_of(seed, replication, Purpose.LINE_ITEM, n_units)
    enough, *orders = order(*known, luck, waited, of_lines)
    return Orders(*orders) if enough else None


@entry
def order(
    demand: Demand, lines: CountTables, items: CountTables, quantities: CountTables,
    luck: np.ndarray, waited: np.ndarray, of_lines: np.ndarray,
) -> Any:  # fmt: skip
    """Draw all orders from the streams of the units; return whether that was all, and `Orders`."""
    known, room, n, enough = reference(demand), len(luck), 0, True
    time, unit = np.empty(room), np.empty(room, dtype=np.int64)
    n_lines = np.empty(room, dtype=np.int64)
    for of in range(len(of_lines)):
        end = place(known, reference(lines), luck, waited, of, time, n_lines, n)
        enough &= end != NOTHING
        if not enough:
            break
        unit[n:end] = of
        n = end
    rank = sorted_by_time(time, n, known.ends)
    # Where each order's lines stand, in the order in which orders are drawn.
    order_time, order_unit = np.empty(n), np.empty(n, dtype=np.int64)
    first_line, begins = np.empty(n + 1, dtype=np.int64), np.empty(n, dtype=np.int64)
    first_line[0] = 0
    for number in range(n):
        drawn = rank[number]
        order_time[number], order_unit[number] = time[drawn], unit[drawn]
        begins[drawn] = first_line[number]
        first_line[number + 1] = first_line[number] + n_lines[drawn]
    line_order = np.empty(first_line[n], dtype=np.int64)
    line_item, line_quantity = np.empty_like(line_order), np.empty_like(line_order)
    drawn = 0
    for of in range(len(of_lines)):
        state, added = begun(of_lines[of])
        while drawn < n and unit[drawn] == of:
            for line in range(begins[drawn], begins[drawn] + n_lines[drawn]):
                item = count_of(reference(items), 0, number_of(state))
                state = stepped(state, added)
                line_item[line] = item
                line_quantity[line] = count_of(reference(quantities), item, number_of(state))
                state = stepped(state, added)
            drawn += 1
    orders = without_empty(order_time, order_unit, first_line, line_order, line_item, line_quantity)
    kept = first_line[orders]
    return (
        enough, order_time[:orders], order_unit[:orders], first_line[: orders + 1],
        line_order[:kept], line_item[:kept], line_quantity[:kept],
    )  # fmt: skip


@compiled
def place(
    known: Any, lines: Any, luck: Any, waited: Any, unit: int, time: Any, n_lines: Any, n: int
) -> int:
    """Note a unit's orders behind `n` others: when they are placed [day], and with how many lines.

    Return how many orders there are with them; NOTHING if the unit may order more than is drawn.
    """
    expected, day, days = 0.0, 0, known.intensity.shape[1]
    first = known.first_order[unit]
    for drawn in range(first, known.first_order[unit + 1]):
        expected += waited[drawn] * known.first_gap if drawn == first else waited[drawn]
        while day < days and known.intensity[unit, day] < expected:
            day += 1
        if day == days:
            return n
        before, opens = known.intensity_before[unit, day], known.opens[day]
        span = known.intensity[unit, day] - before
        share = (expected - before) / (span if span > 0 else 1.0)
        when = opens + share * (known.closes[day] - opens)
        if when >= known.ends:
            return n
        time[n], n_lines[n] = when, count_of(lines, 0, luck[drawn, 1])
        n += 1
    return NOTHING


@compiled
def without_empty(
    time: Any, unit: Any, first_line: Any, line_order: Any, line_item: Any, line_quantity: Any
) -> int:
    """Move together orders and lines of something, and number them; return how many orders."""
    orders, kept, begin = 0, 0, 0
    for number in range(len(time)):
        end, first = first_line[number + 1], kept
        for line in range(begin, end):
            if line_quantity[line] > 0:
                line_order[kept], line_item[kept] = orders, line_item[line]
                line_quantity[kept] = line_quantity[line]
                kept += 1
        if kept > first:
            time[orders], unit[orders] = time[number], unit[number]
            orders += 1
            first_line[orders] = kept
        begin = end
    return orders


@compiled
def sorted_by_time(time: Any, n: int, ends: float) -> Any:
    """Return the numbers of the first `n` orders by time; of those of one instant, as they are."""
    # As many cells of equal length as orders, so that few of these share a cell.
    begins = np.zeros(n + 1, dtype=np.int64)
    for number in range(n):
        begins[cell_of(time, number, n, ends) + 1] += 1
    for cell in range(n):
        begins[cell + 1] += begins[cell]
    rank, filled = np.empty(n, dtype=np.int64), begins.copy()
    for number in range(n):
        cell = cell_of(time, number, n, ends)
        at = filled[cell]
        filled[cell] += 1
        while at > begins[cell] and time[rank[at - 1]] > time[number]:
            rank[at] = rank[at - 1]
            at -= 1
        rank[at] = number
    return rank


@compiled
def cell_of(time: Any, number: int, cells: int, ends: float) -> int:
    """Return the cell of an order, which never falls as time goes on."""
    return min(int(time[number] / ends * cells), cells - 1)
