"""What happened to orders, goods and stock?

Lives here: the tables of orders, shipments, returns, replenishments and stock.
May not live here: how they come about (`model/`), any judgement on them (`performance/`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np

from pbc_sim.operations.facts.table import Table

__all__ = [
    "DEFECTS",
    "Closing",
    "Deliveries",
    "Lines",
    "Orders",
    "OutgoingInspections",
    "Recalls",
    "Replenishments",
    "ReturnReason",
    "Returns",
    "Shipments",
    "StockLevels",
]


class ReturnReason(IntEnum):
    """Why units went back."""

    WRONG = 0
    DEFECTIVE_AT_RECEIPT = 1
    DEFECTIVE_IN_USE = 2
    RECALLED = 3


#: Reasons that are found to be a defect of the unit itself; a recalled unit may be sound.
DEFECTS = (ReturnReason.DEFECTIVE_AT_RECEIPT, ReturnReason.DEFECTIVE_IN_USE)


@dataclass(frozen=True)
class Orders(Table):
    """Orders of the buyer's units: when placed [day], by which unit, whether for its storeroom.

    First the orders of the world by time, then those of storerooms by time.
    """

    placed: np.ndarray
    unit: np.ndarray
    for_storeroom: np.ndarray


@dataclass(frozen=True)
class Lines(Table):
    """Order lines.

    Parameters
    ----------
    order, item : ndarray of int
        Which order, which catalogue entry.
    quantity, filled_at_once, cancelled, refunded : ndarray of int
        Units ordered, met from stock at the instant of the order, lost at that instant, and given
        back later because no replacement was on hand. [unit]
    value : ndarray of float
        Quantity times catalogue price. [currency]
    delivered, accepted : ndarray of float
        When the last unit had arrived, and when the line first was complete in good units. [day]
    """

    order: np.ndarray
    item: np.ndarray
    quantity: np.ndarray
    value: np.ndarray
    filled_at_once: np.ndarray
    cancelled: np.ndarray
    refunded: np.ndarray
    delivered: np.ndarray
    accepted: np.ndarray

    def orders_delivered(self, n_orders: int) -> np.ndarray:
        """Return when the last unit of each order had arrived, shape (n_orders,) [day].

        Lines that were cancelled as a whole do not hold up their order; minus infinity means that
        the whole order was.
        """
        arrived = np.full(n_orders, -np.inf)
        counts = self.cancelled < self.quantity
        np.maximum.at(arrived, self.order[counts], self.delivered[counts])
        return arrived


@dataclass(frozen=True)
class Shipments(Table):
    """What left the supplier.

    Parameters
    ----------
    dispatched : ndarray of float
        When. [day]
    order, lines, checked_lines : ndarray of int
        For which order, lines in it, lines checked before dispatch. [line]
    expedited : ndarray of bool
        Whether it travelled by express.
    pick_hours : ndarray of float
        Work of the picker. [hour]
    """

    dispatched: np.ndarray
    order: np.ndarray
    lines: np.ndarray
    checked_lines: np.ndarray
    expedited: np.ndarray
    pick_hours: np.ndarray


@dataclass(frozen=True)
class Deliveries(Table):
    """What the buyer's unit received, one row a line and shipment.

    Parameters
    ----------
    received : ndarray of float
        When. [day]
    line, units, wrong, defective : ndarray of int
        For which line; units received; of these wrong, and found defective on receipt. [unit]
    documents_wrong, replacement : ndarray of bool
        Whether the delivery note was wrong; whether it replaces rejected units.
    """

    received: np.ndarray
    line: np.ndarray
    units: np.ndarray
    wrong: np.ndarray
    defective: np.ndarray
    documents_wrong: np.ndarray
    replacement: np.ndarray


@dataclass(frozen=True)
class Returns(Table):
    """What was rejected: when found [day], line, units [unit], and the `ReturnReason`."""

    found: np.ndarray
    line: np.ndarray
    units: np.ndarray
    reason: np.ndarray

    def are(self, reasons: Iterable[ReturnReason]) -> np.ndarray:
        """Tell which are for one of these reasons."""
        # Looked up, since `np.isin` sorts both.
        meant = np.zeros(len(ReturnReason), dtype=bool)
        meant[list(reasons)] = True
        asked: np.ndarray = meant[self.reason]
        return asked


@dataclass(frozen=True)
class Replenishments(Table):
    """What the supplier ordered upstream.

    Parameters
    ----------
    item, units : ndarray of int
        Of which item, how many were ordered. [unit]
    ordered, arrived : ndarray of float
        When. [day]
    inspected, defective : ndarray of int
        Units inspected at goods in, and of these found defective and scrapped. [unit]
    source : ndarray of int
        From which source, in the order of the world's sources; 0 where it names none.
    short, sent_back : ndarray of int
        Units ordered that did not come with the lot, and units of a rejected lot that went back
        upstream; neither is paid for or comes later. [unit]
    judged, rejected : ndarray of bool
        Whether a sampling plan judged the lot, and whether it rejected it.
    """

    item: np.ndarray
    units: np.ndarray
    ordered: np.ndarray
    arrived: np.ndarray
    inspected: np.ndarray
    defective: np.ndarray
    source: np.ndarray
    short: np.ndarray
    sent_back: np.ndarray
    judged: np.ndarray
    rejected: np.ndarray

    @cached_property
    def received(self) -> np.ndarray:
        """Units that came in and stayed, sound or not; 0 while a lot is on order [unit]."""
        came: np.ndarray = np.where(np.isfinite(self.arrived), self.units, 0)
        stayed = came - self.short - self.sent_back
        stayed.setflags(write=False)
        return stayed


@dataclass(frozen=True)
class OutgoingInspections(Table):
    """Units inspected as they left the shelf.

    Parameters
    ----------
    inspected : ndarray of float
        When. [day]
    item, units, defective : ndarray of int
        Of which item, how many; of these found defective and scrapped. [unit]
    """

    inspected: np.ndarray
    item: np.ndarray
    units: np.ndarray
    defective: np.ndarray


@dataclass(frozen=True)
class Recalls(Table):
    """Units of recalled lots scrapped from the shelf: when [day], of which item, how many [unit].

    What the buyer had to send back is among the returns.
    """

    recalled: np.ndarray
    item: np.ndarray
    units: np.ndarray


@dataclass(frozen=True)
class StockLevels(Table):
    """Every change of stock: when [day], which item, then on hand and waited for [unit]."""

    changed: np.ndarray
    item: np.ndarray
    on_hand: np.ndarray
    waiting: np.ndarray


@dataclass(frozen=True)
class Closing(Table):
    """Where the units of each item are when simulation ends, in catalogue order [unit]."""

    opening: np.ndarray
    on_hand: np.ndarray
    on_order: np.ndarray
    waiting: np.ndarray
    on_the_way: np.ndarray
    going_back: np.ndarray
