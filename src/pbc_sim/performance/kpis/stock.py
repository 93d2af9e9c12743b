"""How much is there when it is asked for.

Lives here: KPIs of stock at the supplier. May not live here: targets, payments.
To add a KPI: write one function below with `@kpi`; nothing else changes.
Fill rate, order fill and ready rate are three KPIs and not one: they differ as soon as orders have
sizes (units, orders, and time are what they share out).
"""

from __future__ import annotations

import numpy as np

from pbc_sim.operations.ledger import Ledger
from pbc_sim.performance.levels import lasting
from pbc_sim.performance.measures import Counted, KpiWords, Spans, kpi
from pbc_sim.performance.periods import ReviewPeriods

__all__ = ["fill_rate", "mean_backorders", "mean_stock_on_hand", "order_fill", "ready_rate"]


@kpi(
    "Unit fill rate",
    unit="1",
    better="higher",
    bounds=(0, 1),
    source="Silver, Pyke and Thomas (2017), P2; Sherbrooke (2004), ch. 2",
    counts="lines",
    formula="units met from stock at once / units ordered",
    data=("orders", "lines"),
    indonesian=KpiWords(
        "Tingkat pemenuhan langsung dari stok",
        (
            "Persentase satuan barang yang dipesan pada periode tersebut yang langsung dipenuhi "
            "dari stok."
        ),
        "satuan barang yang langsung dipenuhi / satuan barang yang dipesan",
    ),
)
def fill_rate(ledger: Ledger, periods: ReviewPeriods) -> Counted:
    """Share of the units ordered in the period that were met from stock at once [1].

    Examples
    --------
    >>> from pbc_sim.performance.example import example_ledger, value_of
    >>> value_of("fill_rate", example_ledger())
    0.8333333333333334
    """
    lines = ledger.lines
    return Counted(
        ledger.orders.placed[lines.order],
        lines.filled_at_once.astype(float),
        lines.quantity.astype(float),
        np.arange(len(lines)),
    )


@kpi(
    "Order fill",
    unit="1",
    better="higher",
    bounds=(0, 1),
    source="Song (1998), Operations Research 46(6):831-845",
    formula="orders met from stock at once as a whole / orders placed",
    data=("orders", "lines"),
    indonesian=KpiWords(
        "Pesanan terpenuhi utuh dari stok",
        "Persentase pesanan pada periode tersebut yang langsung dipenuhi seluruhnya dari stok.",
        "pesanan yang langsung dipenuhi seluruhnya / pesanan yang dibuat",
    ),
)
def order_fill(ledger: Ledger, periods: ReviewPeriods) -> Counted:
    """Share of the orders placed in the period that were met from stock at once as a whole [1].

    Examples
    --------
    >>> from pbc_sim.performance.example import example_ledger, value_of
    >>> value_of("order_fill", example_ledger())
    0.8333333333333334
    """
    lines, n_orders = ledger.lines, len(ledger.orders)
    short = np.bincount(lines.order, lines.filled_at_once < lines.quantity, n_orders)
    return Counted(
        ledger.orders.placed, (short == 0).astype(float), np.ones(n_orders), np.arange(n_orders)
    )


def _level_spans(ledger: Ledger, part: np.ndarray, kept: np.ndarray, whole: float) -> Spans:
    item, changed = ledger.stock.item, ledger.stock.changed
    order, until = lasting(item, changed, ledger.setting.ends)
    use = kept[item[order]] & (until > changed[order])
    order, until = order[use], until[use]
    return Spans(
        changed[order], until, part[order].astype(float), np.full(len(order), whole), item[order]
    )


@kpi(
    "Ready rate",
    unit="1",
    better="higher",
    bounds=(0, 1),
    source="Silver, Pyke and Thomas (2017), P3; stock availability of the seed article, IV.B",
    counts="items",
    formula="days with stock on hand, summed over items / days of the period times items",
    data=("stock",),
    indonesian=KpiWords(
        "Ketersediaan stok",
        "Persentase waktu ketika stok tersedia, rata-rata atas jenis barang.",
        (
            "hari dengan stok tersedia, dijumlahkan atas jenis barang / hari pada periode kali "
            "jenis barang"
        ),
    ),
)
def ready_rate(
    ledger: Ledger,
    periods: ReviewPeriods,
    *,
    critical_only: bool = False,
) -> Spans:
    """Share of the time with stock on hand, the mean over items (or over critical items) [1].

    Parameters
    ----------
    ledger : Ledger
        The facts of one replication.
    periods : ReviewPeriods
        The review periods.
    critical_only : bool
        Whether only critical items count.

    Examples
    --------
    >>> from pbc_sim.performance.example import example_ledger, value_of
    >>> value_of("ready_rate", example_ledger())
    0.5416666666666666
    """
    on_hand = ledger.stock.on_hand > 0
    critical = ledger.setting.critical
    kept = critical if critical_only else np.ones_like(critical)
    return _level_spans(ledger, on_hand, kept, 1.0)


@kpi(
    "Mean backorders",
    unit="unit",
    better="lower",
    bounds=(0, float("inf")),
    source="Sherbrooke (2004), ch. 2: expected backorders",
    counts="items",
    formula="units times the days that they wait for stock / days of the period",
    data=("stock",),
    indonesian=KpiWords(
        "Rata-rata pesanan tertunda",
        (
            "Satuan barang yang menunggu stok, rata-rata terhadap waktu dan dijumlahkan atas jenis "
            "barang."
        ),
        "satuan barang kali hari menunggu / hari pada periode",
        "satuan",
    ),
)
def mean_backorders(ledger: Ledger, periods: ReviewPeriods) -> Spans:
    """Units that wait for stock, a time average summed over items [unit].

    Examples
    --------
    >>> from pbc_sim.performance.example import example_ledger, value_of
    >>> value_of("mean_backorders", example_ledger())
    0.7083333333333334
    """
    every = np.ones(len(ledger.setting.item_names), dtype=bool)
    return _level_spans(ledger, ledger.stock.waiting, every, 1.0 / len(every))


@kpi(
    "Mean stock on hand",
    unit="unit",
    better="lower",
    bounds=(0, float("inf")),
    source="Sherbrooke (2004), ch. 2",
    counts="items",
    formula="units times the days that they lie on the shelf / days of the period",
    data=("stock",),
    indonesian=KpiWords(
        "Rata-rata stok tersedia",
        (
            "Satuan barang yang bebas di gudang Penyedia, rata-rata terhadap waktu dan dijumlahkan "
            "atas jenis barang."
        ),
        "satuan barang kali hari penyimpanan / hari pada periode",
        "satuan",
    ),
)
def mean_stock_on_hand(ledger: Ledger, periods: ReviewPeriods) -> Spans:
    """Units free on the supplier's shelf, a time average summed over items [unit].

    Examples
    --------
    >>> from pbc_sim.performance.example import example_ledger, value_of
    >>> value_of("mean_stock_on_hand", example_ledger())
    1.75
    """
    every = np.ones(len(ledger.setting.item_names), dtype=bool)
    return _level_spans(ledger, ledger.stock.on_hand, every, 1.0 / len(every))
