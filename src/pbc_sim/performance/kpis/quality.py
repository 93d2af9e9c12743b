"""How right and how sound is what arrives.

Lives here: KPIs of accuracy, returns and defects. May not live here: targets, payments.
To add a KPI: write one function below with `@kpi`; nothing else changes.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from pbc_sim.operations.facts import DEFECTS, ReturnReason
from pbc_sim.operations.ledger import Ledger
from pbc_sim.performance.measures import Counted, KpiWords, kpi
from pbc_sim.performance.orders import line_is_accurate
from pbc_sim.performance.periods import ReviewPeriods

__all__ = ["defect_rate", "order_accuracy", "return_rate"]


@kpi(
    "Order accuracy",
    unit="1",
    better="higher",
    bounds=(0, 1),
    source="SCOR RL.3.33 and RL.3.35, item and quantity accuracy; the seed article, IV.A",
    counts="lines",
    formula="order lines of which no unit was wrong or lost / order lines delivered",
    data=("lines", "deliveries"),
    indonesian=KpiWords(
        "Akurasi pemenuhan pesanan",
        "Persentase baris pesanan yang diserahkan dengan jenis dan jumlah barang yang benar.",
        "baris pesanan tanpa barang yang salah atau hilang / baris pesanan yang diserahkan",
    ),
)
def order_accuracy(ledger: Ledger, periods: ReviewPeriods) -> Counted:
    """Share of delivered order lines with right item and quantity.

    Returns
    -------
    Counted
        One fact a line, when its last unit has arrived for the first time; part 1 if none of its
        units was wrong and none was lost. [1]

    Examples
    --------
    >>> from pbc_sim.performance.example import example_ledger, value_of
    >>> value_of("order_accuracy", example_ledger())
    0.5
    """
    arrived = np.flatnonzero(np.isfinite(ledger.lines.delivered))
    right = line_is_accurate(ledger)[arrived].astype(float)
    return Counted(ledger.lines.delivered[arrived], right, np.ones(len(arrived)), arrived)


def _returned(ledger: Ledger, reasons: Iterable[ReturnReason]) -> Counted:
    deliveries, returns = ledger.deliveries, ledger.returns
    returned = returns.are(reasons)
    return Counted(
        np.concatenate((deliveries.received, returns.found[returned])),
        np.concatenate((np.zeros(len(deliveries)), returns.units[returned])),
        np.concatenate((deliveries.units, np.zeros(returned.sum()))),
        np.concatenate((deliveries.line, returns.line[returned])),
    )


@kpi(
    "Return rate",
    unit="1",
    better="lower",
    bounds=(0, float("inf")),
    source="the seed article, IV.A: returned units over delivered units",
    counts="lines",
    formula="units returned / units delivered",
    data=("deliveries", "returns"),
    indonesian=KpiWords(
        "Tingkat retur",
        (
            "Jumlah satuan barang yang dikembalikan pada periode tersebut dibagi jumlah yang "
            "diserahkan pada periode itu."
        ),
        "satuan barang yang dikembalikan / satuan barang yang diserahkan",
    ),
)
def return_rate(ledger: Ledger, periods: ReviewPeriods) -> Counted:
    """Units returned in the period over units delivered in the period.

    Wrong and defective units are returned, on receipt or when a defect shows in use, and so are
    units of recalled lots. What is found late belongs to earlier deliveries, so a short period may
    exceed 1. [1]

    Examples
    --------
    >>> from pbc_sim.performance.example import example_ledger, value_of
    >>> value_of("return_rate", example_ledger())
    0.4
    """
    return _returned(ledger, ReturnReason)


@kpi(
    "Defect rate",
    unit="1",
    better="lower",
    bounds=(0, float("inf")),
    source="SCOR RL.3.42 Orders Delivered Defect Free, per unit; the seed article, IV.B",
    counts="lines",
    formula="units found defective / units delivered",
    data=("deliveries", "returns"),
    indonesian=KpiWords(
        "Tingkat cacat",
        (
            "Jumlah satuan barang yang ditemukan cacat pada periode tersebut, saat serah terima "
            "atau saat dipakai, dibagi jumlah yang diserahkan pada periode itu."
        ),
        "satuan barang yang ditemukan cacat / satuan barang yang diserahkan",
    ),
)
def defect_rate(ledger: Ledger, periods: ReviewPeriods) -> Counted:
    """Units found defective in the period, on receipt or in use, over units delivered in it [1].

    Units of recalled lots count only if their defect was found before the recall.

    Examples
    --------
    >>> from pbc_sim.performance.example import example_ledger, value_of
    >>> value_of("defect_rate", example_ledger())
    0.0
    """
    return _returned(ledger, DEFECTS)
