"""How are the facts written down while they happen.

Lives here: the rows that a running model appends to, and their freezing into a `Ledger`.
May not live here: rules of the operation, SimPy.
"""

from __future__ import annotations

import math
from dataclasses import fields
from functools import cache
from typing import Any

import numpy as np

from pbc_sim.operations.facts import (
    Closing,
    Deliveries,
    Disruptions,
    Lines,
    Orders,
    OutgoingInspections,
    Recalls,
    Replenishments,
    ReturnReason,
    Returns,
    Shipments,
    StockLevels,
    Touched,
)
from pbc_sim.operations.ledger import Ledger
from pbc_sim.operations.ratings import said
from pbc_sim.world.future import World
from pbc_sim.world.spells import surges_of

__all__ = ["NEVER", "Record", "columns", "orders_of_units"]

NEVER = math.inf
KINDS: dict[str, type] = {"f": float, "i": int, "b": bool}
#: What every replenishment has, and what it has besides where sources or lots are told apart.
OF_A_REPLENISHMENT, OF_A_LOT = "iiffii", "iiibb"


class Record:
    """The rows of a ledger in the making.

    Lists and not arrays, which are slow at single values; row after row in one flat list a table.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        #: Orders of storerooms: when, by which unit; and their lines: which order, item, quantity.
        self.storeroom_orders: list[float] = []
        self.storeroom_lines: list[float] = []
        self.filled_at_once = [0] * len(world.line_item)
        self.shipments: list[float] = []
        self.deliveries: list[float] = []
        self.returns: list[float] = []
        self.levels: list[float] = []
        #: Units given up, when, of which line, and whether they were a replacement.
        self.cancellations: list[float] = []
        #: Order, and row of the spell of disruption that touched it.
        self.touched: set[tuple[int, int]] = set()
        # What is ordered upstream is completed when it arrives, so each has a row of its own.
        self.replenishments: list[list[float]] = []
        #: What a new row of a replenishment ends with, where sources or lots are told apart.
        self.of_a_lot: tuple[int, ...] = ()
        self.outgoing: list[float] = []
        self.recalls: list[float] = []

    def ledger(self, closing: Closing, **tables: Any) -> Ledger:
        """Freeze the rows into columns, each table in the order of time.

        Tables of other records come ready made, by the names that the ledger gives them.
        """
        world = self.world
        deliveries = Deliveries(*columns(self.deliveries, "fiiiibb"))
        returns = Returns(*columns(self.returns, "fiii"))
        orders, lines = self._orders(), self._lines(deliveries, returns)
        ratings, survey = said(world, orders, lines, deliveries)
        return Ledger(
            setting=world.setting,
            seed=world.seed,
            replication=world.replication,
            orders=orders,
            lines=lines,
            shipments=Shipments(*columns(self.shipments, "fiiibf")),
            deliveries=deliveries,
            returns=returns,
            replenishments=self._replenishments(),
            outgoing=OutgoingInspections(*columns(self.outgoing, "fiii", in_time_order=True)),
            recalls=Recalls(*columns(self.recalls, "fii", in_time_order=True)),
            stock=StockLevels(*columns(self.levels, "fiii", in_time_order=True)),
            closing=closing,
            ratings=ratings,
            survey=survey,
            disruptions=world.once(_disruptions),
            touched=Touched(*_touched(self.touched, world)),
            **tables,
        )

    def _orders(self) -> Orders:
        world = self.world
        if not len(self.storeroom_orders):
            return orders_of_units(world)
        placed, unit = columns(self.storeroom_orders, "fi")
        return Orders(
            np.concatenate((world.order_time, placed)),
            np.concatenate((world.order_unit, unit)),
            np.arange(len(world.order_time) + len(placed)) >= len(world.order_time),
        )

    def _replenishments(self) -> Replenishments:
        kinds = OF_A_REPLENISHMENT + (OF_A_LOT if self.of_a_lot else "")
        known = columns(self.replenishments, kinds, in_time_order=True)
        if not self.of_a_lot:
            known += [np.zeros(len(known[0]), KINDS[kind]) for kind in OF_A_LOT]
        return Replenishments(*known)

    def _lines(self, deliveries: Deliveries, returns: Returns) -> Lines:
        world = self.world
        order, item, quantity = world.line_order, world.line_item, world.line_quantity
        if len(self.storeroom_lines):
            of_storerooms = columns(self.storeroom_lines, "iii")
            order, item, quantity = map(
                np.concatenate, zip((order, item, quantity), of_storerooms, strict=True)
            )
        given_up, line, units, replaced = columns(self.cancellations, "fiib")
        n_lines, lost, first = len(item), ~replaced, ~deliveries.replacement
        cancelled = np.bincount(line[lost], units[lost], n_lines).astype(int)
        refunded = np.bincount(line[replaced], units[replaced], n_lines).astype(int)
        good = deliveries.units - deliveries.wrong - deliveries.defective
        in_use = returns.reason == ReturnReason.DEFECTIVE_IN_USE
        delivered = _completed(
            quantity,
            np.concatenate((deliveries.received[first], given_up[lost])),
            np.concatenate((deliveries.line[first], line[lost])),
            np.concatenate((deliveries.units[first], units[lost])),
        )
        # Of what is found in use or recalled, one more unit is lacking from then on. What is
        # recalled on its way is rejected as it arrives, and so stands before its delivery.
        recalled = returns.reason == ReturnReason.RECALLED
        accepted = _completed(
            quantity,
            np.concatenate(
                (returns.found[recalled], deliveries.received, returns.found[in_use], given_up)
            ),
            np.concatenate((returns.line[recalled], deliveries.line, returns.line[in_use], line)),
            np.concatenate((-returns.units[recalled], good, -returns.units[in_use], units)),
        )
        return Lines(
            order,
            item,
            quantity,
            quantity * world.setting.prices[item],
            np.array(self.filled_at_once, dtype=int),
            cancelled,
            refunded,
            np.where(cancelled < quantity, delivered, NEVER),
            np.where(cancelled + refunded < quantity, accepted, NEVER),
        )


def orders_of_units(world: World) -> Orders:
    """Return the orders that units place by themselves: one table for all plans."""
    return world.once(_orders_of_units)


def _orders_of_units(world: World) -> Orders:
    return Orders(world.order_time, world.order_unit, np.zeros(len(world.order_time), dtype=bool))


def _disruptions(world: World) -> Disruptions:
    return Disruptions(*(getattr(world.spells, f.name) for f in fields(Disruptions)))


def _touched(pairs: set[tuple[int, int]], world: World) -> np.ndarray:
    """Return order and spell of what was touched under way or ordered in a surge, as columns."""
    disruptions = world.setting.terms.disruptions
    for unit, name in enumerate(world.setting.unit_names if len(world.spells) else ()):
        for surge in surges_of(name, disruptions, world.spells):
            when = (world.order_time >= surge.began) & (world.order_time < surge.ended)
            orders = np.flatnonzero(when & (world.order_unit == unit)).tolist()
            pairs.update((order, surge.row) for order in orders)
    return np.array(sorted(pairs), dtype=int).reshape(-1, 2).T


def _completed(
    quantity: np.ndarray, when: np.ndarray, line: np.ndarray, units: np.ndarray
) -> np.ndarray:
    """Return when the units of each line first add up to its quantity [day]."""
    completed = np.full(len(quantity), NEVER)
    # Most lines come at once, and what one row says needs no sorting.
    alone = np.bincount(line, minlength=len(quantity))[line] == 1
    complete = alone & (units == quantity[line])
    completed[line[complete]] = when[complete]
    when, line, units = when[~alone], line[~alone], units[~alone]
    order = np.lexsort((when, line))
    when, line, total = when[order], line[order], np.cumsum(units[order])
    before = np.concatenate(([0], total))[np.searchsorted(line, line)]
    complete = total - before == quantity[line]
    # From the last to the first, since of repeated indices NumPy keeps the last assignment.
    completed[line[complete][::-1]] = when[complete][::-1]
    return completed


def columns(
    rows: list[float] | list[list[float]] | np.ndarray, kinds: str, in_time_order: bool = False
) -> list[np.ndarray]:
    """Return the columns of rows, of the kinds f(loat), i(nteger) and b(ool), in order of time."""
    if not len(rows):
        return [np.empty(0, KINDS[kind]) for kind in kinds]
    # Every whole number here is far below 2**53, so passing through floats is exact.
    table = np.asarray(rows, dtype=float).reshape(-1, len(kinds))
    times = table[:, 0]
    if not in_time_order and (times[1:] < times[:-1]).any():
        table = table[np.argsort(times, kind="stable")]
    return [
        column
        for kind, first, end in _of_one_kind(kinds)
        for column in table.T[first:end].astype(kind, order="C")
    ]


@cache
def _of_one_kind(kinds: str) -> list[tuple[type, int, int]]:
    """Return the kind, the first, and the end of columns of one kind that stand together."""
    ends = [n + 1 for n, kind in enumerate(kinds) if kinds[n + 1 : n + 2] != kind]
    return [(KINDS[kinds[first]], first, end) for first, end in zip([0, *ends], ends, strict=False)]
