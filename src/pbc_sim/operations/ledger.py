"""What happened: facts only, in columns.

Lives here: the `Ledger` and its tables. May not live here: KPIs, cost rates, contracts.
Times are days since the scenario's start; infinity means that it has not happened by the end.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import IntEnum
from typing import Self

import numpy as np

from pbc_sim.world.setting import Setting

__all__ = [
    "Calibrations",
    "CallKind",
    "Calls",
    "Closing",
    "Deliveries",
    "Disruptions",
    "Failures",
    "Ledger",
    "Lines",
    "LowStockNotices",
    "MachineStates",
    "Orders",
    "PartsUsed",
    "Ratings",
    "Replenishments",
    "ReturnReason",
    "Returns",
    "Shipments",
    "StockLevels",
    "StoreroomLevels",
    "Survey",
    "Table",
    "Touched",
    "Visits",
]


class ReturnReason(IntEnum):
    """Why units went back."""

    WRONG = 0
    DEFECTIVE_AT_RECEIPT = 1
    DEFECTIVE_IN_USE = 2


@dataclass(frozen=True)
class Table:
    """Equally long columns that nobody may write to."""

    def __post_init__(self) -> None:
        for column in fields(self):
            getattr(self, column.name).setflags(write=False)

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))

    @classmethod
    def empty(cls) -> Self:
        """Return a table without rows."""
        return cls(*(np.empty(0, dtype=int) for _ in fields(cls)))


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


@dataclass(frozen=True)
class Replenishments(Table):
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


@dataclass(frozen=True)
class MachineStates(Table):
    """Every change of a machine's output: when [day], which machine, output then [1]."""

    changed: np.ndarray
    machine: np.ndarray
    output: np.ndarray


@dataclass(frozen=True)
class Failures(Table):
    """What failed.

    Parameters
    ----------
    failed, supplied, restored : ndarray of float
        When the machine failed, had the part that was fitted last (if it needed none, when the
        repair began), and ran again. [day]
    machine, mode, item : ndarray of int
        Which machine; which of its group's failures; which item, -1 for none.
    stands : ndarray of bool
        Whether the machine stands still because of it.
    refits : ndarray of int
        Parts that were fitted in vain because they were defective. [unit]
    """

    failed: np.ndarray
    machine: np.ndarray
    mode: np.ndarray
    item: np.ndarray
    stands: np.ndarray
    supplied: np.ndarray
    restored: np.ndarray
    refits: np.ndarray


@dataclass(frozen=True)
class Calibrations(Table):
    """Every change of a device's accuracy: when [day], which machine, whether within tolerance."""

    changed: np.ndarray
    machine: np.ndarray
    accurate: np.ndarray


@dataclass(frozen=True)
class StoreroomLevels(Table):
    """Every change of a storeroom's stock: when [day], whose, which item, on hand, waited for."""

    changed: np.ndarray
    unit: np.ndarray
    item: np.ndarray
    on_hand: np.ndarray
    waiting: np.ndarray


@dataclass(frozen=True)
class PartsUsed(Table):
    """Parts taken from storerooms.

    Parameters
    ----------
    taken, asked : ndarray of float
        When the part was handed out, and asked for. [day]
    unit, item, line : ndarray of int
        Of whose storeroom, which item, of which order line; -1 for the opening stock.
    defective : ndarray of bool
        Whether it turned out defective when it was fitted.
    """

    taken: np.ndarray
    asked: np.ndarray
    unit: np.ndarray
    item: np.ndarray
    line: np.ndarray
    defective: np.ndarray


@dataclass(frozen=True)
class LowStockNotices(Table):
    """Notices of need from a storeroom: when [day], whose, which item, position [unit]."""

    noticed: np.ndarray
    unit: np.ndarray
    item: np.ndarray
    position: np.ndarray


class CallKind(IntEnum):
    """What a call to the supplier is about."""

    ENQUIRY = 0
    COMPLAINT = 1
    TECHNICAL = 2


@dataclass(frozen=True)
class Calls(Table):
    """Calls to the supplier.

    Parameters
    ----------
    opened, responded, resolved : ndarray of float
        When the call came, when work on it began, and when it was done. [day]
    kind, unit, about : ndarray of int
        A `CallKind`; whose call, -1 for unknown; the order line of a complaint, or the machine.
    urgent : ndarray of bool
        Whether it goes before others.
    """

    opened: np.ndarray
    kind: np.ndarray
    unit: np.ndarray
    about: np.ndarray
    urgent: np.ndarray
    responded: np.ndarray
    resolved: np.ndarray


@dataclass(frozen=True)
class Visits(Table):
    """Visits of technicians: begun and ended [day], which machine, whether preventive, hours."""

    begun: np.ndarray
    ended: np.ndarray
    machine: np.ndarray
    preventive: np.ndarray
    hours: np.ndarray


@dataclass(frozen=True)
class Ratings(Table):
    """What receiving units said of deliveries, in the order of time.

    Parameters
    ----------
    when : ndarray of float
        When it was said. [day]
    order : ndarray of int
        Of which order.
    time, completeness, condition : ndarray of int
        Marks from 1 (worst) to 5. [point]
    """

    when: np.ndarray
    order: np.ndarray
    time: np.ndarray
    completeness: np.ndarray
    condition: np.ndarray


@dataclass(frozen=True)
class Survey(Table):
    """What units were asked in surveys: when [day], which unit, and its score from 1 to 5.

    The score is NaN where the unit did not answer. [point]
    """

    when: np.ndarray
    unit: np.ndarray
    score: np.ndarray


@dataclass(frozen=True)
class Disruptions(Table):
    """Spells of disruption, by time.

    Parameters
    ----------
    disruption : ndarray of int
        Which of the world's disruptions.
    began, ended : ndarray of float
        From when until when; it may end after the simulation. [day]
    severity : ndarray of float
        Share of the pace that was lost, or the factor of a surge. [1]
    force_majeure : ndarray of bool
        Whether a contract may excuse what it did.
    noticed, proved : ndarray of float
        When the supplier gave notice of it, and had proved it. [day]
    """

    disruption: np.ndarray
    began: np.ndarray
    ended: np.ndarray
    severity: np.ndarray
    force_majeure: np.ndarray
    noticed: np.ndarray
    proved: np.ndarray


@dataclass(frozen=True)
class Touched(Table):
    """Which orders a disruption really touched, each pair once: order, and row of `Disruptions`.

    An order is touched if its first delivery arrived later because of a stop, if a line of it
    waited for a lot that an outage delayed or was lost while one was late, or if it was placed in
    a surge.
    """

    order: np.ndarray
    disruption: np.ndarray


@dataclass(frozen=True)
class Ledger:
    """The facts of one replication under one plan.

    Parameters
    ----------
    setting : Setting
        Calendar and catalogue, which are facts too.
    seed, replication : int
        The address of the future that it tells.
    consignment : bool
        Whether parts in storerooms are the supplier's until they are used.
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
    consignment: bool = False
    machine_states: MachineStates = field(default_factory=MachineStates.empty)
    failures: Failures = field(default_factory=Failures.empty)
    calibrations: Calibrations = field(default_factory=Calibrations.empty)
    storeroom: StoreroomLevels = field(default_factory=StoreroomLevels.empty)
    parts_used: PartsUsed = field(default_factory=PartsUsed.empty)
    low_stock: LowStockNotices = field(default_factory=LowStockNotices.empty)
    calls: Calls = field(default_factory=Calls.empty)
    visits: Visits = field(default_factory=Visits.empty)
    ratings: Ratings = field(default_factory=Ratings.empty)
    survey: Survey = field(default_factory=Survey.empty)
    disruptions: Disruptions = field(default_factory=Disruptions.empty)
    touched: Touched = field(default_factory=Touched.empty)
