"""How well do the buyer's machines run, and how well are they supplied with parts.

Lives here: KPIs of machines, devices and storerooms. May not live here: targets, payments.
To add a KPI: write one function below with `@kpi`; nothing else changes.
Machine time counts when machines are meant to run: always, or in working time only.
"""

from __future__ import annotations

import numpy as np

from pbc_sim.inputs import Name
from pbc_sim.operations.ledger import Ledger
from pbc_sim.performance.levels import lasting
from pbc_sim.performance.machine_time import (
    hours_a_day,
    is_of_group,
    line_spans,
    output_spans,
    state_spans,
    working_calendar,
)
from pbc_sim.performance.measures import Counted, KpiWords, Spans, kpi
from pbc_sim.performance.periods import ReviewPeriods

__all__ = [
    "device_accuracy",
    "downtime",
    "downtime_for_parts",
    "line_efficiency",
    "low_stock_notices",
    "machine_availability",
    "machine_failures",
    "part_availability",
    "storeroom_stock",
]

INFINITY = float("inf")


@kpi(
    "Machine availability",
    unit="1",
    better="higher",
    bounds=(0, 1),
    source="IEC 60050-192-08-05: mean availability; up time over required time",
    counts="machines",
    formula="time that machines give any output / time that they are meant to run",
    data=("machine_states",),
    indonesian=KpiWords(
        "Ketersediaan mesin",
        "Persentase waktu operasi terjadwal ketika mesin tidak berhenti.",
        "waktu mesin menghasilkan keluaran / waktu operasi terjadwal",
    ),
)
def machine_availability(
    ledger: Ledger, periods: ReviewPeriods, *, machines: Name | None = None
) -> Spans:
    """Share of the time in which machines are meant to run that they do not stand still.

    Parameters
    ----------
    ledger : Ledger
        The facts of one replication.
    periods : ReviewPeriods
        The review periods.
    machines : str, optional
        A group of machines; all where empty.

    Returns
    -------
    Spans
        One fact a state of a machine; part 1 while it gives any output. [1]

    Examples
    --------
    >>> from pbc_sim.performance.example import example_plant, value_of
    >>> round(value_of("machine_availability", example_plant()), 3)
    0.917
    """
    return output_spans(ledger, machines, (ledger.machine_states.output > 0).astype(float))


@kpi(
    "Line efficiency",
    unit="1",
    better="higher",
    bounds=(0, 1),
    source="Nakajima (1988), Introduction to TPM: availability times performance rate",
    counts="machines",
    formula="output of the lines / full output over the time that they are meant to run",
    data=("machine_states",),
    indonesian=KpiWords(
        "Efisiensi lini",
        "Keluaran lini produksi dibandingkan dengan keluaran penuh selama waktu operasi terjadwal.",
        "keluaran lini / keluaran penuh selama waktu operasi terjadwal",
    ),
)
def line_efficiency(
    ledger: Ledger, periods: ReviewPeriods, *, machines: Name | None = None
) -> Spans:
    """Output of production lines relative to full output over the time they are meant to run [1].

    A line gives what its least machine gives; a machine by itself counts as a line.

    Examples
    --------
    >>> from pbc_sim.performance.example import example_plant, value_of
    >>> round(value_of("line_efficiency", example_plant()), 3)
    0.917
    """
    return line_spans(ledger, machines)


@kpi(
    "Downtime",
    unit="hour",
    better="lower",
    bounds=(0, INFINITY),
    source="IEC 60050-192-02-21: down time, summed over machines",
    counts="machines",
    kind="total",
    formula="sum of the hours that machines stand still while they are meant to run",
    data=("machine_states",),
    indonesian=KpiWords(
        "Waktu henti",
        "Jumlah jam seluruh mesin berhenti selama waktu operasi terjadwal.",
        "jumlah jam mesin berhenti selama waktu operasi terjadwal",
        "jam",
    ),
)
def downtime(ledger: Ledger, periods: ReviewPeriods, *, machines: Name | None = None) -> Spans:
    """Hours in which machines stand still while they are meant to run, over all machines [hour].

    Examples
    --------
    >>> from pbc_sim.performance.example import example_plant, value_of
    >>> round(value_of("downtime", example_plant()), 1)
    120.0
    """
    stands = (ledger.machine_states.output == 0) * hours_a_day(ledger)
    return output_spans(ledger, machines, stands)


@kpi(
    "Downtime for want of parts",
    unit="hour",
    better="lower",
    bounds=(0, INFINITY),
    source="the seed article, IV.B: downtime caused by late parts; logistic delay of IEC 60050-192",
    counts="machines",
    kind="total",
    formula="sum of the hours from each failure until the part that was fitted last was in hand",
    data=("failures",),
    indonesian=KpiWords(
        "Waktu henti akibat menunggu suku cadang",
        "Jumlah jam mesin yang berhenti menunggu suku cadang, untuk seluruh mesin.",
        "jumlah jam sejak setiap kerusakan sampai suku cadang terakhir tersedia",
        "jam",
    ),
)
def downtime_for_parts(
    ledger: Ledger, periods: ReviewPeriods, *, machines: Name | None = None
) -> Spans:
    """Hours that stopped machines wait for parts, over all machines [hour].

    From the failure until the part that was fitted last was in hand. Two parts that one machine
    waits for at once count twice.

    Examples
    --------
    >>> from pbc_sim.performance.example import example_plant, value_of
    >>> round(value_of("downtime_for_parts", example_plant()), 1)
    96.0
    """
    failures = ledger.failures
    waits = failures.stands & (failures.item >= 0) & is_of_group(ledger, failures.machine, machines)
    begin, machine = failures.failed[waits], failures.machine[waits]
    end = np.minimum(failures.supplied[waits], ledger.setting.ends)
    hours = np.full(len(begin), hours_a_day(ledger))
    return Spans(begin, end, hours, np.ones(len(begin)), machine, working_calendar(ledger))


@kpi(
    "Failures",
    unit="failure",
    better="lower",
    bounds=(0, INFINITY),
    source="numerator of the failure rate, IEC 60050-192-05-06",
    counts="machines",
    kind="total",
    formula="number of failures",
    data=("failures",),
    indonesian=KpiWords(
        "Kerusakan mesin",
        "Jumlah kerusakan mesin pada periode tersebut.",
        "jumlah kerusakan",
        "kerusakan",
    ),
)
def machine_failures(
    ledger: Ledger, periods: ReviewPeriods, *, machines: Name | None = None
) -> Counted:
    """Failures of machines in the period [failure].

    Examples
    --------
    >>> from pbc_sim.performance.example import example_plant, value_of
    >>> value_of("machine_failures", example_plant())
    8.0
    """
    failures = ledger.failures
    kept = is_of_group(ledger, failures.machine, machines)
    return Counted.one_each(failures.failed[kept], failures.machine[kept])


@kpi(
    "Part availability",
    unit="1",
    better="higher",
    bounds=(0, 1),
    source="the seed article, IV.B: availability of critical parts; fill rate at the storeroom",
    counts="items",
    formula="parts that were at hand at once / parts asked for",
    data=("failures", "parts_used"),
    indonesian=KpiWords(
        "Ketersediaan suku cadang",
        "Persentase suku cadang yang diminta pada periode tersebut yang langsung tersedia.",
        "suku cadang yang langsung tersedia / suku cadang yang diminta",
    ),
)
def part_availability(
    ledger: Ledger, periods: ReviewPeriods, *, critical_only: bool = False
) -> Counted:
    """Share of the parts asked for in the period that were at hand at once.

    Also counts parts that are still waited for. [1]

    Examples
    --------
    >>> from pbc_sim.performance.example import example_plant, value_of
    >>> value_of("part_availability", example_plant())
    0.5
    """
    used, waiting = ledger.parts_used, ~np.isfinite(ledger.failures.supplied)
    waiting &= ledger.failures.item >= 0
    asked = np.r_[used.asked, ledger.failures.failed[waiting]]
    item = np.r_[used.item, ledger.failures.item[waiting]].astype(int)
    at_once = np.r_[used.taken == used.asked, np.zeros(waiting.sum(), dtype=bool)]
    kept = ledger.setting.critical[item] if critical_only else np.ones(len(item), dtype=bool)
    return Counted(asked[kept], at_once[kept].astype(float), np.ones(kept.sum()), item[kept])


@kpi(
    "Stock in storerooms",
    unit="currency",
    better="lower",
    bounds=(0, INFINITY),
    source="the seed article, IV.B: inventory of the buyer",
    counts="items",
    formula="value of the parts times the days that they lie there / days of the period",
    data=("storeroom",),
    indonesian=KpiWords(
        "Nilai persediaan gudang pengguna",
        (
            "Nilai menurut harga katalog dari suku cadang di gudang unit kerja, rata-rata terhadap "
            "waktu."
        ),
        "nilai suku cadang kali hari penyimpanan / jumlah hari pada periode",
    ),
)
def storeroom_stock(ledger: Ledger, periods: ReviewPeriods) -> Spans:
    """Catalogue value of the parts in the units' storerooms, a time average [currency].

    Examples
    --------
    >>> from pbc_sim.performance.example import example_plant, value_of
    >>> round(value_of("storeroom_stock", example_plant()))
    600
    """
    levels, n_items = ledger.storeroom, len(ledger.setting.item_names)
    shelf = levels.unit * n_items + levels.item
    order, until = lasting(shelf, levels.changed, ledger.setting.ends)
    item = levels.item[order]
    value = levels.on_hand[order] * ledger.setting.prices[item]
    n_shelves = max(len(np.unique(shelf)), 1)
    return Spans(levels.changed[order], until, value, np.full(len(order), 1 / n_shelves), item)


@kpi(
    "Low-stock notices",
    unit="notice",
    better="lower",
    bounds=(0, INFINITY),
    source="the seed article, IV.B: automatic notice of low stock",
    counts="items",
    kind="total",
    formula="number of notices",
    data=("low_stock",),
    indonesian=KpiWords(
        "Notifikasi stok rendah",
        "Jumlah notifikasi kebutuhan yang dikirim gudang kepada Penyedia pada periode tersebut.",
        "jumlah notifikasi",
        "notifikasi",
    ),
)
def low_stock_notices(ledger: Ledger, periods: ReviewPeriods) -> Counted:
    """Notices of need that storerooms sent to the supplier in the period [notice].

    Examples
    --------
    >>> from pbc_sim.performance.example import example_plant, value_of
    >>> value_of("low_stock_notices", example_plant())
    0.0
    """
    return Counted.one_each(ledger.low_stock.noticed, ledger.low_stock.item)


@kpi(
    "Device accuracy",
    unit="1",
    better="higher",
    bounds=(0, 1),
    source="the seed article, III.A: accuracy of devices; ISO 10012: metrological confirmation",
    counts="machines",
    formula="time that devices measure within tolerance / time that they are meant to run",
    data=("calibrations",),
    indonesian=KpiWords(
        "Akurasi alat",
        "Persentase waktu operasi terjadwal ketika alat mengukur dalam batas toleransi.",
        "waktu alat mengukur dalam batas toleransi / waktu operasi terjadwal",
    ),
)
def device_accuracy(
    ledger: Ledger, periods: ReviewPeriods, *, machines: Name | None = None
) -> Spans:
    """Share of the time in which devices are meant to run that they measure within tolerance [1].

    Examples
    --------
    >>> from pbc_sim.performance.example import example_plant, value_of
    >>> round(value_of("device_accuracy", example_plant()), 3)
    0.833
    """
    states = ledger.calibrations
    kept = is_of_group(ledger, states.machine, machines)
    accurate = states.accurate[kept].astype(float)
    return state_spans(ledger, states.changed[kept], states.machine[kept], accurate)
