"""What happened to machines, in storerooms, at the service desk, and what did units think of it?

Lives here: the tables of machines, parts, calls, visits, ratings and surveys.
May not live here: how they come about (`model/`), any judgement on them (`performance/`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from pbc_sim.operations.facts.table import Table

__all__ = [
    "Calibrations",
    "CallKind",
    "Calls",
    "Failures",
    "LowStockNotices",
    "MachineStates",
    "PartsUsed",
    "Ratings",
    "StoreroomLevels",
    "Survey",
    "Visits",
]


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
