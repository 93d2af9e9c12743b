"""How soon are calls answered, and how soon is the matter settled.

Lives here: KPIs of the service desk. May not live here: targets, payments.
To add a KPI: write one function below with `@kpi`; nothing else changes.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from pbc_sim.operations.facts import CallKind
from pbc_sim.operations.ledger import Ledger
from pbc_sim.performance.measures import Counted, KpiWords, kpi
from pbc_sim.performance.orders import in_time
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.world.calendar import Duration

__all__ = [
    "complaints",
    "resolution_time_mean",
    "resolved_in_time",
    "response_time_mean",
    "response_time_p95",
    "responses_in_time",
]

INFINITY = float("inf")
WhichCalls = Literal["all", "enquiries", "complaints", "technical"]
KINDS: dict[str, CallKind] = {
    "enquiries": CallKind.ENQUIRY,
    "complaints": CallKind.COMPLAINT,
    "technical": CallKind.TECHNICAL,
}


def _chosen(ledger: Ledger, calls: WhichCalls) -> np.ndarray:
    if calls == "all":
        return np.arange(len(ledger.calls))
    return np.flatnonzero(ledger.calls.kind == KINDS[calls])


def _within(ledger: Ledger, calls: WhichCalls, limit: Duration, reached: np.ndarray) -> Counted:
    which = _chosen(ledger, calls)
    due = limit.due(ledger.setting.calendar, ledger.calls.opened[which])
    part = in_time(reached[which], due).astype(float)
    return Counted(due, part, np.ones(len(which)), which)


@kpi(
    "Responses in time",
    unit="1",
    better="higher",
    bounds=(0, 1),
    source="service level of a help desk: Gans, Koole and Mandelbaum (2003), MSOM 5(2):79-141",
    counts="calls",
    formula="calls on which work began within the limit / calls whose limit ran out",
    data=("calls",),
    indonesian=KpiWords(
        "Tanggapan tepat waktu",
        "Persentase panggilan layanan yang mulai ditangani dalam batas waktu.",
        "panggilan yang mulai ditangani dalam batas waktu / panggilan yang jatuh tempo",
    ),
)
def responses_in_time(
    ledger: Ledger, periods: ReviewPeriods, *, limit: Duration, calls: WhichCalls = "all"
) -> Counted:
    """Share of calls on which work began within the limit.

    Parameters
    ----------
    ledger : Ledger
        The facts of one replication.
    periods : ReviewPeriods
        The review periods.
    limit : Duration
        Time from call to response that is still in time.
    calls : {"all", "enquiries", "complaints", "technical"}
        Which calls count.

    Returns
    -------
    Counted
        One fact a call, when its response falls due; part 1 if it came in time. [1]

    Examples
    --------
    >>> from pbc_sim.performance.example import example_plant, value_of
    >>> value_of("responses_in_time", example_plant(), limit=Duration(hours=1))
    1.0
    """
    return _within(ledger, calls, limit, ledger.calls.responded)


@kpi(
    "Resolved in time",
    unit="1",
    better="higher",
    bounds=(0, 1),
    source="the seed article, III.F: complaints answered within two days",
    counts="calls",
    formula="calls settled within the limit / calls whose limit ran out",
    data=("calls",),
    indonesian=KpiWords(
        "Penyelesaian tepat waktu",
        (
            "Persentase panggilan layanan yang diselesaikan dalam batas waktu, dihitung saat jatuh"
            " tempo."
        ),
        "panggilan yang diselesaikan dalam batas waktu / panggilan yang jatuh tempo",
    ),
)
def resolved_in_time(
    ledger: Ledger, periods: ReviewPeriods, *, limit: Duration, calls: WhichCalls = "all"
) -> Counted:
    """Share of calls that were settled within the limit, counted when they fall due [1].

    Examples
    --------
    >>> from pbc_sim.performance.example import example_plant, value_of
    >>> value_of("resolved_in_time", example_plant(), limit=Duration(calendar_days=1))
    1.0
    """
    return _within(ledger, calls, limit, ledger.calls.resolved)


def _times(
    ledger: Ledger, periods: ReviewPeriods, calls: WhichCalls, reached: np.ndarray
) -> Counted:
    which = _chosen(ledger, calls)
    opened = ledger.calls.opened[which]
    # A call that is still open when its period ends counts with its age so far: no survivorship.
    until = np.fmin(reached[which], periods.end_of(opened))
    known = np.isfinite(until)
    which, opened, until = which[known], opened[known], until[known]
    hours = (
        Duration(business_days=1).elapsed(ledger.setting.calendar, opened, until)
        * ledger.setting.calendar.hours_per_day
    )
    return Counted(opened, hours, np.ones(len(which)), which)


TIME: dict[str, Any] = {
    "unit": "hour",
    "better": "lower",
    "bounds": (0, INFINITY),
    "counts": "calls",
    "source": "waiting and sojourn time of a queue; Erlang (1917)",
}


@kpi(
    "Mean response time",
    **TIME,
    formula="sum of the working hours from call to response / calls",
    data=("calls",),
    indonesian=KpiWords(
        "Rata-rata waktu tanggap",
        "Rata-rata jam kerja sejak panggilan sampai mulai ditangani, menurut periode panggilan.",
        "jumlah jam kerja sejak panggilan sampai mulai ditangani / panggilan",
        "jam",
    ),
)
def response_time_mean(
    ledger: Ledger, periods: ReviewPeriods, *, calls: WhichCalls = "all"
) -> Counted:
    """Mean working time from call to response, by the period of the call [hour].

    Examples
    --------
    >>> from pbc_sim.performance.example import example_plant, value_of
    >>> round(value_of("response_time_mean", example_plant()), 3)
    0.0
    """
    return _times(ledger, periods, calls, ledger.calls.responded)


@kpi(
    "95th percentile of response time",
    **TIME,
    kind="percentile",
    percentile=0.95,
    formula="shortest working time within which 95% of the calls were answered",
    data=("calls",),
    indonesian=KpiWords(
        "Persentil ke-95 waktu tanggap",
        (
            "Jam kerja yang cukup untuk menanggapi 19 dari 20 panggilan layanan, menurut periode "
            "panggilan."
        ),
        "waktu terpendek yang cukup untuk menanggapi 95% panggilan",
        "jam",
    ),
)
def response_time_p95(
    ledger: Ledger, periods: ReviewPeriods, *, calls: WhichCalls = "all"
) -> Counted:
    """Working time within which 19 of 20 calls are answered, by the period of the call [hour].

    Examples
    --------
    >>> from pbc_sim.performance.example import example_plant, value_of
    >>> round(value_of("response_time_p95", example_plant()), 3)
    0.0
    """
    return _times(ledger, periods, calls, ledger.calls.responded)


@kpi(
    "Mean resolution time",
    **TIME,
    formula="sum of the working hours from call to settlement / calls",
    data=("calls",),
    indonesian=KpiWords(
        "Rata-rata waktu penyelesaian",
        "Rata-rata jam kerja sejak panggilan sampai persoalan selesai, menurut periode panggilan.",
        "jumlah jam kerja sejak panggilan sampai selesai / panggilan",
        "jam",
    ),
)
def resolution_time_mean(
    ledger: Ledger, periods: ReviewPeriods, *, calls: WhichCalls = "all"
) -> Counted:
    """Mean working time from call to settlement of the matter, by the period of the call [hour].

    Examples
    --------
    >>> from pbc_sim.performance.example import example_plant, value_of
    >>> round(value_of("resolution_time_mean", example_plant()), 3)
    1.333
    """
    return _times(ledger, periods, calls, ledger.calls.resolved)


@kpi(
    "Complaints",
    unit="complaint",
    better="lower",
    bounds=(0, INFINITY),
    source="ISO 10002: complaints received",
    counts="calls",
    kind="total",
    formula="number of complaints",
    data=("calls",),
    indonesian=KpiWords(
        "Pengaduan",
        "Jumlah pengaduan tentang penyerahan barang yang masuk pada periode tersebut.",
        "jumlah pengaduan",
        "pengaduan",
    ),
)
def complaints(ledger: Ledger, periods: ReviewPeriods) -> Counted:
    """Complaints about deliveries that came in the period [complaint].

    Examples
    --------
    >>> from pbc_sim.performance.example import example_plant, value_of
    >>> value_of("complaints", example_plant())
    0.0
    """
    which = _chosen(ledger, "complaints")
    return Counted.one_each(ledger.calls.opened[which], which)
