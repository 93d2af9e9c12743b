"""How often, and how much in all: counts of events and sums of value.

Lives here: KPIs that are totals and no ratios; events that can be charged one by one, and the
values that payments are based on. May not live here: targets, payments.
To add a KPI: write one function below with `@kpi`; nothing else changes.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from pbc_sim.operations.facts import DEFECTS, ReturnReason
from pbc_sim.operations.ledger import Ledger
from pbc_sim.performance.measures import Counted, KpiWords, Spans, kpi
from pbc_sim.performance.orders import (
    CountedIn,
    Excluding,
    delivered,
    due,
    fully_cancelled,
    in_time,
    late_parts,
    line_is_accurate,
    relieved,
)
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.world.calendar import Duration

__all__ = [
    "accepted_value",
    "defective_units",
    "late_orders",
    "late_value_days",
    "order_days_late",
    "ordered_value",
    "returned_units",
    "stockout_lines",
    "wrong_lines",
]

INFINITY = float("inf")


@kpi(
    "Late value times days",
    unit="currency x day",
    better="lower",
    bounds=(0, INFINITY),
    source="Perpres 16/2018 art. 79(4): a fine per day on the value of the late part",
    counts="lines",
    kind="total",
    formula="sum over the late parts of order lines: catalogue value times calendar days late",
    data=("orders", "lines", "deliveries"),
    indonesian=KpiWords(
        "Nilai keterlambatan kali hari",
        (
            "Nilai menurut harga katalog dari bagian yang terlambat kali jumlah hari kalender "
            "keterlambatannya pada periode tersebut."
        ),
        "jumlah atas bagian yang terlambat: nilai katalog kali hari kalender keterlambatan",
        "mata uang kali hari",
    ),
)
def late_value_days(
    ledger: Ledger,
    periods: ReviewPeriods,
    *,
    limit: Duration,
    most_days: float = INFINITY,
    excluding: Excluding | None = None,
    notice_within: Duration | None = None,
) -> Spans:
    """Catalogue value of what is late times the calendar days that it is late in the period.

    Parameters
    ----------
    ledger : Ledger
        The facts of one replication.
    periods : ReviewPeriods
        The review periods.
    limit : Duration
        Time from order to delivery that is still on time.
    most_days : float
        Days after which a late part counts no further. [day]
    excluding : tuple of {"force_majeure", "buyer"}, optional
        Leaves out orders that force majeure, or what the buyer caused, touched before they were
        due.
    notice_within : Duration, optional
        The same, only if the supplier gave notice of the disruption within this time.

    Returns
    -------
    Spans
        One fact a late part of a line, from the line's due time until the part is delivered. What
        is delivered in time is no part of it, nor what was lost. [currency x day]

    Examples
    --------
    One line of value 20, a quarter of a day late.

    >>> from pbc_sim.performance.example import example_ledger, value_of
    >>> value_of("late_value_days", example_ledger(), limit=Duration(calendar_days=0.5))
    5.0
    """
    late = late_parts(ledger, limit)
    if excluding:
        left_out = relieved(ledger, limit, excluding, notice_within)
        late = late.only(~left_out[ledger.lines.order[late.line]])
    return Spans(
        late.since,
        np.minimum(late.until, late.since + most_days),
        late.units * ledger.setting.prices[ledger.lines.item[late.line]],
        np.ones(len(late.line)),
        late.line,
    )


@kpi(
    "Late orders",
    unit="order",
    better="lower",
    bounds=(0, INFINITY),
    source="complement of SCOR RL.2.2, as a count",
    kind="total",
    formula="number of orders that became overdue",
    data=("orders", "lines"),
    indonesian=KpiWords(
        "Jumlah pesanan terlambat",
        (
            "Pesanan yang menjadi terlambat pada periode tersebut, atau yang jatuh tempo pada "
            "periode itu dan telah batal."
        ),
        "jumlah pesanan yang menjadi terlambat",
        "pesanan",
    ),
)
def late_orders(
    ledger: Ledger,
    periods: ReviewPeriods,
    *,
    limit: Duration,
    excluding: Excluding | None = None,
    notice_within: Duration | None = None,
) -> Counted:
    """Orders that became overdue in the period, or were due in it and had been lost [order].

    What `excluding` leaves out is said at `on_time_share`.

    Examples
    --------
    >>> from pbc_sim.performance.example import example_ledger, value_of
    >>> value_of("late_orders", example_ledger(), limit=Duration(calendar_days=0.5))
    1.0
    """
    _, arrived = delivered(ledger, "orders")
    due_at = due(ledger, "orders", limit)
    late = ~in_time(arrived, due_at) & ~relieved(ledger, limit, excluding, notice_within)
    rows = np.flatnonzero(late)
    return Counted.one_each(due_at[rows], rows)


@kpi(
    "Order-days late",
    unit="day",
    better="lower",
    bounds=(0, INFINITY),
    source="tardiness of scheduling, summed over orders: Pinedo (2016), Scheduling, ch. 2",
    kind="total",
    formula="sum over the orders that are late: days late",
    data=("orders", "lines"),
    indonesian=KpiWords(
        "Jumlah hari keterlambatan pesanan",
        "Jumlah hari keterlambatan semua pesanan pada periode tersebut.",
        "jumlah atas pesanan yang terlambat: hari keterlambatan",
        "hari",
    ),
)
def order_days_late(
    ledger: Ledger,
    periods: ReviewPeriods,
    *,
    limit: Duration,
    counted_in: CountedIn = "business_days",
    excluding: Excluding | None = None,
    notice_within: Duration | None = None,
) -> Spans:
    """Days by which orders are late in the period, summed over orders [day].

    An order is late from when it falls due until its last unit has arrived; days after the end of a
    period count in the next one. What was lost as a whole is not awaited, and so not late. What
    `excluding` leaves out is said at `on_time_share`.

    Parameters
    ----------
    ledger : Ledger
        The facts of one replication.
    periods : ReviewPeriods
        The review periods.
    limit : Duration
        Time from order to delivery that is still on time.
    counted_in : {"business_days", "calendar_days"}
        Kind of days in which the time is told.
    excluding : tuple of {"force_majeure", "buyer"}, optional
        Leaves out orders that force majeure, or what the buyer caused, touched before they were
        due.
    notice_within : Duration, optional
        The same, only if the supplier gave notice of the disruption within this time.

    Examples
    --------
    One order is a quarter of a day late.

    >>> from pbc_sim.performance.example import example_ledger, value_of
    >>> value_of("order_days_late", example_ledger(), limit=Duration(calendar_days=0.5))
    0.25
    """
    _, arrived = delivered(ledger, "orders")
    due_at = due(ledger, "orders", limit)
    late = ~in_time(arrived, due_at) & ~fully_cancelled(ledger, "orders")
    rows = np.flatnonzero(late & ~relieved(ledger, limit, excluding, notice_within))
    ones = np.ones(len(rows))
    working = ledger.setting.calendar if counted_in == "business_days" else None
    return Spans(due_at[rows], arrived[rows], ones, ones, rows, working)


def _returned_units(ledger: Ledger, reasons: Iterable[ReturnReason]) -> Counted:
    returns = ledger.returns
    kept = returns.are(reasons)
    units = returns.units[kept].astype(float)
    return Counted(returns.found[kept], units, units, returns.line[kept])


@kpi(
    "Returned units",
    unit="unit",
    better="lower",
    bounds=(0, INFINITY),
    source="numerator of the return rate",
    counts="lines",
    kind="total",
    formula="number of units returned",
    data=("returns",),
    indonesian=KpiWords(
        "Jumlah barang retur",
        "Satuan barang yang dikembalikan pada periode tersebut karena salah, cacat, atau ditarik.",
        "jumlah satuan barang yang dikembalikan",
        "satuan",
    ),
)
def returned_units(ledger: Ledger, periods: ReviewPeriods) -> Counted:
    """Units returned in the period, wrong, defective or recalled [unit].

    Examples
    --------
    >>> from pbc_sim.performance.example import example_ledger, value_of
    >>> value_of("returned_units", example_ledger())
    8.0
    """
    return _returned_units(ledger, ReturnReason)


@kpi(
    "Defective units",
    unit="unit",
    better="lower",
    bounds=(0, INFINITY),
    source="numerator of the defect rate",
    counts="lines",
    kind="total",
    formula="number of units found defective",
    data=("returns",),
    indonesian=KpiWords(
        "Jumlah barang cacat",
        (
            "Satuan barang yang ditemukan cacat pada periode tersebut, saat serah terima atau saat "
            "dipakai."
        ),
        "jumlah satuan barang yang ditemukan cacat",
        "satuan",
    ),
)
def defective_units(ledger: Ledger, periods: ReviewPeriods) -> Counted:
    """Units found defective in the period, on receipt or in use [unit].

    Examples
    --------
    >>> from pbc_sim.performance.example import example_ledger, value_of
    >>> value_of("defective_units", example_ledger())
    0.0
    """
    return _returned_units(ledger, DEFECTS)


@kpi(
    "Wrong lines",
    unit="line",
    better="lower",
    bounds=(0, INFINITY),
    source="complement of order accuracy, as a count",
    counts="lines",
    kind="total",
    formula="number of order lines with a wrong or lost unit",
    data=("lines", "deliveries"),
    indonesian=KpiWords(
        "Baris pesanan yang tidak sesuai",
        (
            "Baris pesanan yang selesai diserahkan pada periode tersebut dan memuat barang yang "
            "salah atau hilang."
        ),
        "jumlah baris pesanan dengan barang yang salah atau hilang",
        "baris pesanan",
    ),
)
def wrong_lines(ledger: Ledger, periods: ReviewPeriods) -> Counted:
    """Order lines completed in the period of which some unit was wrong or lost [line].

    Examples
    --------
    >>> from pbc_sim.performance.example import example_ledger, value_of
    >>> value_of("wrong_lines", example_ledger())
    3.0
    """
    arrived = ledger.lines.delivered
    wrong = np.flatnonzero(np.isfinite(arrived) & ~line_is_accurate(ledger))
    return Counted.one_each(arrived[wrong], wrong)


@kpi(
    "Stock-out lines",
    unit="line",
    better="lower",
    bounds=(0, INFINITY),
    source="complement of the line fill rate, as a count",
    counts="lines",
    kind="total",
    formula="number of order lines not met from stock at once",
    data=("orders", "lines"),
    indonesian=KpiWords(
        "Baris pesanan saat stok kosong",
        "Baris pesanan pada periode tersebut yang tidak langsung dipenuhi dari stok.",
        "jumlah baris pesanan yang tidak langsung dipenuhi",
        "baris pesanan",
    ),
)
def stockout_lines(ledger: Ledger, periods: ReviewPeriods) -> Counted:
    """Order lines placed in the period that were not met from stock at once [line].

    Examples
    --------
    >>> from pbc_sim.performance.example import example_ledger, value_of
    >>> value_of("stockout_lines", example_ledger())
    1.0
    """
    lines = ledger.lines
    short = np.flatnonzero(lines.filled_at_once < lines.quantity)
    return Counted.one_each(ledger.orders.placed[lines.order[short]], short)


@kpi(
    "Accepted value",
    unit="currency",
    better="higher",
    bounds=(-INFINITY, INFINITY),
    source="basis of payment by catalogue price",
    counts="lines",
    kind="total",
    formula="sum of the catalogue prices of the units accepted, less those sent back from use",
    data=("lines", "deliveries", "returns"),
    indonesian=KpiWords(
        "Nilai barang yang diterima",
        (
            "Nilai menurut harga katalog dari barang yang diterima pada periode tersebut, dikurangi"
            " yang dikembalikan setelah dipakai."
        ),
        "jumlah harga katalog barang yang diterima dikurangi yang dikembalikan setelah dipakai",
    ),
)
def accepted_value(ledger: Ledger, periods: ReviewPeriods) -> Counted:
    """Catalogue value of the units accepted in the period, less those sent back from use.

    Units of recalled lots are sent back too. Rejected units count when their replacements are
    accepted, so each unit is paid once. Parts on consignment count when they are taken from the
    storeroom. [currency]

    Examples
    --------
    >>> from pbc_sim.performance.example import example_ledger, value_of
    >>> value_of("accepted_value", example_ledger())
    120.0
    """
    deliveries, returns = ledger.deliveries, ledger.returns
    price = ledger.setting.prices[ledger.lines.item]
    good = deliveries.units - deliveries.wrong - deliveries.defective
    in_use = returns.are((ReturnReason.DEFECTIVE_IN_USE, ReturnReason.RECALLED))
    line = np.concatenate((deliveries.line, returns.line[in_use]))
    units = np.concatenate((good, -returns.units[in_use]))
    when = np.concatenate((deliveries.received, returns.found[in_use]))
    if ledger.consignment:
        used = ledger.parts_used
        paid, sound = ~ledger.orders.for_storeroom[ledger.lines.order[line]], ~used.defective
        value = ledger.setting.prices[used.item[sound]]
        # A part of the opening stock came with no line.
        return Counted(
            np.concatenate((when[paid], used.taken[sound])),
            np.concatenate(((units * price[line])[paid], value)),
            np.ones(paid.sum() + sound.sum()),
            np.concatenate((line[paid], used.line[sound])),
        )
    return Counted(when, units * price[line], np.ones(len(line)), line)


@kpi(
    "Ordered value",
    unit="currency",
    better="higher",
    bounds=(0, INFINITY),
    source="volume of the contract",
    counts="lines",
    kind="total",
    formula="sum of the catalogue prices of the units ordered",
    data=("orders", "lines"),
    indonesian=KpiWords(
        "Nilai pesanan",
        "Nilai menurut harga katalog dari barang yang dipesan pada periode tersebut.",
        "jumlah harga katalog barang yang dipesan",
    ),
)
def ordered_value(ledger: Ledger, periods: ReviewPeriods) -> Counted:
    """Catalogue value of what was ordered in the period [currency].

    Examples
    --------
    >>> from pbc_sim.performance.example import example_ledger, value_of
    >>> value_of("ordered_value", example_ledger())
    120.0
    """
    lines = ledger.lines
    every = np.arange(len(lines))
    return Counted(ledger.orders.placed[lines.order], lines.value, np.ones(len(lines)), every)
