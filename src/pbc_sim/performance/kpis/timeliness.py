"""How soon is an order fulfilled, and how surely by its limit.

Lives here: KPIs of time and of completeness by a time. May not live here: targets, payments.
To add a KPI: write one function below with `@kpi`; nothing else changes.

An order is delivered when its last unit has arrived for the first time, good or not. It counts in
the review period in which it falls due, so an order that is overdue and open has already failed.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from pbc_sim.operations.ledger import Ledger
from pbc_sim.performance.measures import Counted, KpiWords, kpi
from pbc_sim.performance.orders import (
    CountedIn,
    Excluding,
    delivered,
    due,
    first_deliveries_hold,
    fully_cancelled,
    in_time,
    relieved,
)
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.world.calendar import Duration

__all__ = [
    "fulfilment_time_mean",
    "fulfilment_time_p90",
    "fulfilment_time_p95",
    "on_time_in_full",
    "on_time_share",
    "perfect_order",
]

CountedBy = Literal["due", "ordered", "delivered"]
Level = Literal["orders", "lines"]
INFINITY = float("inf")


@kpi(
    "On-time share",
    unit="1",
    better="higher",
    bounds=(0, 1),
    source="SCOR RL.2.2 Delivery Performance to Customer Commit Date",
    formula="orders delivered within the limit / orders counted in the period",
    data=("orders", "lines"),
    indonesian=KpiWords(
        "Ketepatan waktu pemenuhan pesanan",
        "Persentase pesanan yang diserahkan dalam batas waktu.",
        "pesanan yang diserahkan dalam batas waktu / pesanan yang diperhitungkan pada periode",
    ),
)
def on_time_share(
    ledger: Ledger,
    periods: ReviewPeriods,
    *,
    limit: Duration,
    of: Level = "orders",
    counted_by: CountedBy = "due",
    excluding: Excluding | None = None,
    notice_within: Duration | None = None,
) -> Counted:
    """Share of orders that are delivered within the limit.

    Parameters
    ----------
    ledger : Ledger
        The facts of one replication.
    periods : ReviewPeriods
        The review periods.
    limit : Duration
        Time from order to delivery that is still on time (at most, so <=).
    of : {"orders", "lines"}
        Whether whole orders or their lines are counted.
    counted_by : {"due", "ordered", "delivered"}
        Which instant of an order decides its review period. By "delivered", an order that never
        arrives never counts; by "ordered", one that is not due by the end of its period counts as
        late unless it has been delivered. An order that was lost as a whole is never on time.
    excluding : tuple of {"force_majeure", "buyer"}, optional
        Leaves out orders that force majeure, or what the buyer caused, touched before they were
        due, late or not.
    notice_within : Duration, optional
        The same, only if the supplier gave notice of the disruption within this time.

    Returns
    -------
    Counted
        One fact an order or line; part 1 if on time. [1]

    Examples
    --------
    Six orders, one a day; the limit is met by all but one.

    >>> from pbc_sim.performance.example import example_ledger, value_of
    >>> value_of("on_time_share", example_ledger(), limit=Duration(calendar_days=0.5))
    0.8
    """
    placed, arrived = delivered(ledger, of)
    due_at = due(ledger, of, limit)
    when = {"due": due_at, "ordered": placed, "delivered": arrived}[counted_by]
    # By the order's own period, later deliveries are not known yet when the period is judged.
    known = arrived < periods.end_of(when) if counted_by == "ordered" else True
    on_time = in_time(arrived, due_at) & known
    order = np.arange(len(when)) if of == "orders" else ledger.lines.order
    kept = ~relieved(ledger, limit, excluding, notice_within)[order]
    part = on_time.astype(float)
    return Counted(when[kept], part[kept], np.ones(np.count_nonzero(kept)), order[kept])


FULFILMENT_TIME: dict[str, Any] = {
    "unit": "day",
    "better": "lower",
    "bounds": (0, INFINITY),
    "source": "SCOR RS.1.1 Order Fulfillment Cycle Time",
}


@kpi(
    "Mean fulfilment time",
    **FULFILMENT_TIME,
    formula="sum of the times from order to delivery / orders counted in the period",
    data=("orders", "lines"),
    indonesian=KpiWords(
        "Rata-rata waktu pemenuhan pesanan",
        "Rata-rata waktu sejak pesanan dibuat sampai diserahkan, untuk pesanan yang tidak batal.",
        "jumlah waktu sejak pesanan sampai penyerahan / pesanan yang diperhitungkan pada periode",
        "hari",
    ),
)
def fulfilment_time_mean(
    ledger: Ledger,
    periods: ReviewPeriods,
    *,
    limit: Duration | None = None,
    counted_in: CountedIn = "business_days",
) -> Counted:
    """Mean time from order to delivery, of orders that were not lost.

    With a limit, orders count in the period in which they fall due, an open one with its age at
    the period's end; without, in the period in which they are delivered. [day of `counted_in`]

    Parameters
    ----------
    ledger : Ledger
        The facts of one replication.
    periods : ReviewPeriods
        The review periods.
    limit : Duration, optional
        Time from order to delivery that is still on time.
    counted_in : {"business_days", "calendar_days"}
        Kind of days in which the time is told.

    Examples
    --------
    >>> from pbc_sim.performance.example import example_ledger, value_of
    >>> value_of("fulfilment_time_mean", example_ledger(), counted_in="calendar_days")
    0.125
    """
    placed, arrived = delivered(ledger, "orders")
    when = arrived if limit is None else due(ledger, "orders", limit)
    kept = np.isfinite(when) & ~fully_cancelled(ledger, "orders")
    placed, arrived, when = placed[kept], arrived[kept], when[kept]
    # What is still open when its period ends counts with its age so far: no survivorship.
    until = np.fmin(arrived, periods.end_of(when))
    unit = Duration.model_validate({counted_in: 1.0})
    time = unit.elapsed(ledger.setting.calendar, placed, until)
    return Counted(when, time, np.ones(len(when)), np.flatnonzero(kept))


@kpi(
    "90th percentile of fulfilment time",
    **FULFILMENT_TIME,
    kind="percentile",
    percentile=0.9,
    formula="shortest time within which 90% of the orders were delivered",
    data=("orders", "lines"),
    indonesian=KpiWords(
        "Persentil ke-90 waktu pemenuhan pesanan",
        "Waktu yang cukup untuk menyerahkan sembilan dari sepuluh pesanan.",
        "waktu terpendek yang cukup untuk menyerahkan 90% pesanan",
        "hari",
    ),
)
def fulfilment_time_p90(
    ledger: Ledger,
    periods: ReviewPeriods,
    *,
    limit: Duration | None = None,
    counted_in: CountedIn = "business_days",
) -> Counted:
    """Time within which nine of ten orders are delivered; counted as their mean is [day].

    Examples
    --------
    >>> from pbc_sim.performance.example import example_ledger, value_of
    >>> value_of("fulfilment_time_p90", example_ledger(), counted_in="calendar_days")
    0.75
    """
    return fulfilment_time_mean(ledger, periods, limit=limit, counted_in=counted_in)


@kpi(
    "95th percentile of fulfilment time",
    **FULFILMENT_TIME,
    kind="percentile",
    percentile=0.95,
    formula="shortest time within which 95% of the orders were delivered",
    data=("orders", "lines"),
    indonesian=KpiWords(
        "Persentil ke-95 waktu pemenuhan pesanan",
        "Waktu yang cukup untuk menyerahkan 19 dari 20 pesanan.",
        "waktu terpendek yang cukup untuk menyerahkan 95% pesanan",
        "hari",
    ),
)
def fulfilment_time_p95(
    ledger: Ledger,
    periods: ReviewPeriods,
    *,
    limit: Duration | None = None,
    counted_in: CountedIn = "business_days",
) -> Counted:
    """Time within which 19 of 20 orders are delivered; counted as their mean is [day].

    Examples
    --------
    >>> from pbc_sim.performance.example import example_ledger, value_of
    >>> value_of("fulfilment_time_p95", example_ledger(), counted_in="calendar_days")
    0.75
    """
    return fulfilment_time_mean(ledger, periods, limit=limit, counted_in=counted_in)


def _by_due(
    ledger: Ledger,
    holds: np.ndarray,
    limit: Duration,
    excluding: Excluding | None,
    notice_within: Duration | None,
) -> Counted:
    placed, arrived = delivered(ledger, "orders")
    due_at = due(ledger, "orders", limit)
    # An order of which units were lost is not in full, were it only one unit or all of them.
    lost = np.bincount(ledger.lines.order, ledger.lines.cancelled, len(placed)) > 0
    part = (in_time(arrived, due_at) & holds & ~lost).astype(float)
    kept = np.flatnonzero(~relieved(ledger, limit, excluding, notice_within))
    return Counted(due_at[kept], part[kept], np.ones(len(kept)), kept)


@kpi(
    "On time in full",
    unit="1",
    better="higher",
    bounds=(0, 1),
    source="SCOR RL.2.1 and RL.2.2 together; OTIF at order level",
    formula="orders delivered within the limit and without a wrong or missing unit / orders due",
    data=("orders", "lines", "deliveries"),
    indonesian=KpiWords(
        "Tepat waktu dan lengkap",
        (
            "Persentase pesanan yang diserahkan dalam batas waktu dengan semua jenis dan jumlah "
            "barang yang benar."
        ),
        "pesanan tepat waktu tanpa barang yang salah atau kurang / pesanan yang jatuh tempo",
    ),
)
def on_time_in_full(
    ledger: Ledger,
    periods: ReviewPeriods,
    *,
    limit: Duration,
    excluding: Excluding | None = None,
    notice_within: Duration | None = None,
) -> Counted:
    """Share of orders delivered within the limit with every item and quantity right [1].

    What `excluding` leaves out is said at `on_time_share`.

    Examples
    --------
    >>> from pbc_sim.performance.example import example_ledger, value_of
    >>> value_of("on_time_in_full", example_ledger(), limit=Duration(calendar_days=0.5))
    0.2
    """
    holds = first_deliveries_hold(ledger, "wrong")
    return _by_due(ledger, holds, limit, excluding, notice_within)


@kpi(
    "Perfect order",
    unit="1",
    better="higher",
    bounds=(0, 1),
    source="SCOR RL.1.1 Perfect Order Fulfillment",
    formula="orders without any of these faults / orders due",
    data=("orders", "lines", "deliveries"),
    indonesian=KpiWords(
        "Pesanan sempurna",
        (
            "Persentase pesanan yang tepat waktu, lengkap, tanpa cacat saat serah terima, dan "
            "dengan dokumen yang benar."
        ),
        "pesanan tanpa kekurangan tersebut / pesanan yang jatuh tempo",
    ),
)
def perfect_order(
    ledger: Ledger,
    periods: ReviewPeriods,
    *,
    limit: Duration,
    excluding: Excluding | None = None,
    notice_within: Duration | None = None,
) -> Counted:
    """Share of orders on time, in full, without defects on receipt, with right documents [1].

    What `excluding` leaves out is said at `on_time_share`.

    Examples
    --------
    >>> from pbc_sim.performance.example import example_ledger, value_of
    >>> value_of("perfect_order", example_ledger(), limit=Duration(calendar_days=0.5))
    0.2
    """
    holds = first_deliveries_hold(ledger, "wrong", "defective", "documents_wrong")
    return _by_due(ledger, holds, limit, excluding, notice_within)
