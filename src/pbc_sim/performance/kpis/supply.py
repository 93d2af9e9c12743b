"""How good is what comes from upstream, and what had to be called back.

Lives here: KPIs of lots. May not live here: targets, payments.
To add a KPI: write one function below with `@kpi`; nothing else changes.
"""

from __future__ import annotations

import numpy as np

from pbc_sim.operations.facts import ReturnReason
from pbc_sim.operations.ledger import Ledger
from pbc_sim.performance.measures import Counted, KpiWords, kpi
from pbc_sim.performance.periods import ReviewPeriods

__all__ = ["lot_acceptance_rate", "recalled_units"]

INFINITY = float("inf")


@kpi(
    "Lot acceptance rate",
    unit="1",
    better="higher",
    bounds=(0, 1),
    source="MIL-STD-105E (1989), section 4; ISO 2859-1:1999: lots accepted over lots submitted",
    counts="items",
    formula="lots accepted / lots judged by a sampling plan",
    data=("replenishments",),
    indonesian=KpiWords(
        "Tingkat penerimaan lot",
        "Persentase lot yang dinilai saat barang masuk dan diterima menurut rencana sampel.",
        "lot yang diterima / lot yang dinilai dengan rencana sampel",
    ),
)
def lot_acceptance_rate(ledger: Ledger, periods: ReviewPeriods) -> Counted:
    """Share of the lots judged at goods in that the sampling plan accepted [1].

    One fact a lot, when it comes in; lots that no sampling plan judges do not count.

    Examples
    --------
    >>> from pbc_sim.operations.inspection import SingleSampling
    >>> from pbc_sim.performance.example import example_ledger, value_of
    >>> value_of("lot_acceptance_rate", example_ledger(SingleSampling(sample=2)))
    1.0
    """
    lots = ledger.replenishments
    judged = np.flatnonzero(lots.judged)
    accepted = (~lots.rejected[judged]).astype(float)
    return Counted(lots.arrived[judged], accepted, np.ones(len(judged)), lots.item[judged])


@kpi(
    "Recalled units",
    unit="unit",
    better="lower",
    bounds=(0, INFINITY),
    source="ISO 10393:2013, consumer product recall: units brought back by the buyer",
    counts="lines",
    kind="total",
    formula="number of units sent back because their lot was recalled",
    data=("returns",),
    indonesian=KpiWords(
        "Jumlah barang yang ditarik",
        (
            "Satuan barang yang dikembalikan Pengguna Barang pada periode tersebut karena lotnya "
            "ditarik."
        ),
        "jumlah satuan barang yang dikembalikan karena lotnya ditarik",
        "satuan",
    ),
)
def recalled_units(ledger: Ledger, periods: ReviewPeriods) -> Counted:
    """Units that the buyer sent back in the period because their lot was recalled [unit].

    Examples
    --------
    >>> from pbc_sim.performance.example import example_ledger, value_of
    >>> value_of("recalled_units", example_ledger())
    0.0
    """
    returns = ledger.returns
    recalled = returns.reason == ReturnReason.RECALLED
    units = returns.units[recalled].astype(float)
    return Counted(returns.found[recalled], units, units, returns.line[recalled])
