"""What became of each order: order-level facts that several KPIs share.

Lives here: when orders and lines were delivered and fell due, and whether what came was right.
May not live here: KPIs, periods.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
from pydantic import BeforeValidator, Field

from pbc_sim.inputs import Listed
from pbc_sim.operations.facts import Orders
from pbc_sim.operations.ledger import Ledger
from pbc_sim.performance.once import once
from pbc_sim.world.calendar import SAME_INSTANT_DAYS, BusinessCalendar, Duration
from pbc_sim.world.disruption import CAUSES

__all__ = [
    "CountedIn",
    "Excluding",
    "LateParts",
    "delivered",
    "due",
    "due_of",
    "first_deliveries_hold",
    "fully_cancelled",
    "in_time",
    "late_parts",
    "line_is_accurate",
    "line_is_right",
    "relieved",
]

Level = Literal["orders", "lines"]
#: Kind of days in which a time is told.
CountedIn = Literal["business_days", "calendar_days"]


def _as_set(value: Any) -> Any:
    """Take one cause for a list of it, and a list in any order, so that equal clauses are equal."""
    given = [value] if isinstance(value, str) else value
    return sorted(set(given)) if isinstance(given, list) else given


Excused = Literal["force_majeure", "buyer"]
#: Causes of disruptions; orders that these touched are left out.
Excluding = Annotated[
    tuple[Excused, ...],
    Listed,
    BeforeValidator(_as_set, json_schema_input_type=Excused | list[Excused]),
    Field(min_length=1),
]


@once
def delivered(ledger: Ledger, of: Level) -> tuple[np.ndarray, np.ndarray]:
    """Return when each order or line was placed, and when its last unit arrived [day].

    Lines that were cancelled as a whole do not hold up their order.
    """
    lines = ledger.lines
    if of == "lines":
        return ledger.orders.placed[lines.order], lines.delivered
    arrived = lines.orders_delivered(len(ledger.orders))
    return ledger.orders.placed, np.where(np.isneginf(arrived), np.inf, arrived)


@once
def fully_cancelled(ledger: Ledger, of: Level) -> np.ndarray:
    """Tell which orders or lines were lost as a whole at the instant of the order."""
    lines = ledger.lines
    gone = lines.cancelled == lines.quantity
    if of == "lines":
        return gone
    kept = np.bincount(lines.order, ~gone, len(ledger.orders))
    return kept == 0


def due(ledger: Ledger, of: Level, limit: Duration) -> np.ndarray:
    """Return when each order or line falls due [day]."""
    of_orders = due_of(ledger.orders, ledger.setting.calendar, limit)
    return of_orders if of == "orders" else of_orders[ledger.lines.order]


def due_of(orders: Orders, calendar: BusinessCalendar, limit: Duration) -> np.ndarray:
    """Return when each order falls due [day]."""
    # Plans share the table of orders, and so what follows from it alone.
    known = orders.derived
    if limit not in known:
        known[limit] = limit.due(calendar, orders.placed)
        known[limit].setflags(write=False)
    due_at: np.ndarray = known[limit]
    return due_at


def in_time(arrived: np.ndarray, due_at: np.ndarray) -> np.ndarray:
    """Tell what arrived by its due time, an instant's rounding aside."""
    return arrived <= due_at + SAME_INSTANT_DAYS


def relieved(
    ledger: Ledger,
    limit: Duration,
    excluding: Excluding | None,
    notice_within: Duration | None,
) -> np.ndarray:
    """Tell which orders a contract leaves out, because what it excuses touched them in time.

    Parameters
    ----------
    ledger : Ledger
        The facts of one replication.
    limit : Duration
        When an order falls due: what began after that excuses nothing.
    excluding : tuple of {"force_majeure", "buyer"}, optional
        Causes of the disruptions whose orders are left out; none where empty.
    notice_within : Duration, optional
        Time from the beginning of a disruption within which the supplier must give notice of it.
    """
    left_out = np.zeros(len(ledger.orders), dtype=bool)
    spells, touched = ledger.disruptions, ledger.touched
    if excluding is None or not len(touched):
        return left_out
    excused = np.isin(spells.cause, [CAUSES.index(cause) for cause in excluding])
    if notice_within is not None:
        excused &= in_time(spells.noticed, notice_within.due(ledger.setting.calendar, spells.began))
    excuses = excused[touched.disruption]
    due_at = due(ledger, "orders", limit)[touched.order]
    excuses &= spells.began[touched.disruption] < due_at
    left_out[touched.order[excuses]] = True
    return left_out


class LateParts(NamedTuple):
    """Units that came after their due time, or have not come: one row a part of a line.

    Parameters
    ----------
    line, units : ndarray of int
        Of which line, how many. [unit]
    since, until : ndarray of float
        From the due time to the arrival, or to infinity. [day]
    """

    line: np.ndarray
    units: np.ndarray
    since: np.ndarray
    until: np.ndarray

    def only(self, kept: np.ndarray) -> LateParts:
        """Return some of the parts."""
        return LateParts(*[column[kept] for column in self])


@once
def late_parts(ledger: Ledger, limit: Duration) -> LateParts:
    """Return the parts of lines that are late; what was lost is not awaited and so not late."""
    lines, deliveries = ledger.lines, ledger.deliveries
    first = ~deliveries.replacement
    came = np.bincount(deliveries.line[first], deliveries.units[first], len(lines)).astype(int)
    awaited = lines.quantity - lines.cancelled - came
    open_ = np.flatnonzero(awaited)
    line = np.concatenate((deliveries.line[first], open_))
    units = np.concatenate((deliveries.units[first], awaited[open_]))
    until = np.concatenate((deliveries.received[first], np.full(len(open_), np.inf)))
    since = due(ledger, "lines", limit)[line]
    late = (units > 0) & ~in_time(until, since)
    return LateParts(line[late], units[late], since[late], until[late])


def line_is_accurate(ledger: Ledger) -> np.ndarray:
    """Tell which lines came with the right item in the right quantity at the first attempt."""
    return line_is_right(ledger, "wrong") & (ledger.lines.cancelled == 0)


@once
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
