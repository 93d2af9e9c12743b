"""What became of each order: order-level facts that several KPIs share.

Lives here: when orders and lines were delivered and fell due, and whether what came was right.
May not live here: KPIs, periods.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from pbc_sim.operations.ledger import Ledger
from pbc_sim.world.calendar import Duration

__all__ = ["delivered", "due", "first_deliveries_hold", "fully_cancelled", "line_is_right"]

Level = Literal["orders", "lines"]


def delivered(ledger: Ledger, of: Level) -> tuple[np.ndarray, np.ndarray]:
    """Return when each order or line was placed, and when its last unit arrived [day].

    Lines that were cancelled as a whole do not hold up their order.
    """
    lines = ledger.lines
    if of == "lines":
        return ledger.orders.placed[lines.order], lines.delivered
    arrived = np.full(len(ledger.orders), -np.inf)
    counts = lines.cancelled < lines.quantity
    np.maximum.at(arrived, lines.order[counts], lines.delivered[counts])
    return ledger.orders.placed, np.where(np.isneginf(arrived), np.inf, arrived)


def fully_cancelled(ledger: Ledger, of: Level) -> np.ndarray:
    """Tell which orders or lines were lost as a whole at the instant of the order."""
    lines = ledger.lines
    gone = lines.cancelled == lines.quantity
    if of == "lines":
        return gone
    kept = np.bincount(lines.order, ~gone, len(ledger.orders))
    return kept == 0


def due(ledger: Ledger, placed: np.ndarray, limit: Duration) -> np.ndarray:
    """Return when each order falls due [day]."""
    return limit.due(ledger.setting.calendar, placed)


def line_is_right(ledger: Ledger, *faults: str) -> np.ndarray:
    """Tell which lines had none of the named faults in their first deliveries."""
    deliveries = ledger.deliveries
    first = ~deliveries.replacement
    faulty = np.zeros(len(ledger.lines), dtype=bool)
    for fault in faults:
        has = first & (getattr(deliveries, fault) > 0)
        faulty[deliveries.line[has]] = True
    return ~faulty


def first_deliveries_hold(ledger: Ledger, *faults: str) -> np.ndarray:
    """Tell which orders had none of the named faults in the first deliveries of their lines."""
    faulty = np.bincount(ledger.lines.order, ~line_is_right(ledger, *faults), len(ledger.orders))
    return faulty == 0
