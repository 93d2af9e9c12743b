"""What happened: facts only, in columns.

Lives here: the `Ledger` and its tables. May not live here: KPIs, cost rates, contracts.
Times are days since the scenario's start; infinity means that it has not happened by the end.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np

from pbc_sim.world.setting import Setting

__all__ = [
    "Closing",
    "Deliveries",
    "Ledger",
    "Lines",
    "Orders",
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


@dataclass(frozen=True)
class _Table:
    """Equally long columns that nobody may write to."""

    def __post_init__(self) -> None:
        for column in fields(self):
            getattr(self, column.name).setflags(write=False)

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))


@dataclass(frozen=True)
class Orders(_Table):
    """Orders of the buyer's units, by time: when placed [day], by which unit."""

    placed: np.ndarray
    unit: np.ndarray


@dataclass(frozen=True)
class Lines(_Table):
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


@dataclass(frozen=True)
class Shipments(_Table):
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
class Deliveries(_Table):
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
class Returns(_Table):
    """What was rejected: when found [day], line, units [unit], and the `ReturnReason`."""

    found: np.ndarray
    line: np.ndarray
    units: np.ndarray
    reason: np.ndarray


@dataclass(frozen=True)
class Replenishments(_Table):
    """What the supplier ordered upstream.

    Parameters
    ----------
    item, units : ndarray of int
        Of which item, how many. [unit]
    ordered, arrived : ndarray of float
        When. [day]
    inspected, defective : ndarray of int
        Units inspected at goods in, and of these found defective and scrapped. [unit]
    """

    item: np.ndarray
    units: np.ndarray
    ordered: np.ndarray
    arrived: np.ndarray
    inspected: np.ndarray
    defective: np.ndarray


@dataclass(frozen=True)
class StockLevels(_Table):
    """Every change of stock: when [day], which item, then on hand and waited for [unit]."""

    changed: np.ndarray
    item: np.ndarray
    on_hand: np.ndarray
    waiting: np.ndarray


@dataclass(frozen=True)
class Closing(_Table):
    """Where the units of each item are when simulation ends, in catalogue order [unit]."""

    opening: np.ndarray
    on_hand: np.ndarray
    on_order: np.ndarray
    waiting: np.ndarray
    on_the_way: np.ndarray
    going_back: np.ndarray


@dataclass(frozen=True)
class Ledger:
    """The facts of one replication under one plan.

    Parameters
    ----------
    setting : Setting
        Calendar and catalogue, which are facts too.
    seed, replication : int
        The address of the future that it tells.
    """

    setting: Setting
    seed: int
    replication: int
    orders: Orders
    lines: Lines
    shipments: Shipments
    deliveries: Deliveries
    returns: Returns
    replenishments: Replenishments
    stock: StockLevels
    closing: Closing
