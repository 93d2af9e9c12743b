"""How does a contract stand on a day: all that is known of it, and nothing of what comes.

Lives here: what a dashboard shows, put together, and how it prints. May not live here: how it is
drawn (`show/`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from pbc_sim.decision.laid_out import laid_out
from pbc_sim.decision.monitoring.payments import SettledSoFar
from pbc_sim.decision.monitoring.running import KpiSoFar
from pbc_sim.decision.wording import heading
from pbc_sim.figures import money, share, span
from pbc_sim.language import plural, spoken
from pbc_sim.language import translated as _
from pbc_sim.performance.words import Words
from pbc_sim.printed import Printed
from pbc_sim.world.calendar import Duration

__all__ = ["Dashboard"]


@dataclass(frozen=True)
class Dashboard(Printed):
    """What is known of a contract on a day.

    Parameters
    ----------
    week : int
        Weeks of the term that have passed; 0 at its beginning.
    day : float
        The day. [day since the scenario's start]
    date : date
        The same day of the calendar.
    currency : str
        ISO 4217 code.
    weekly : DataFrame
        A row a week; see `weekly_table`.
    units : DataFrame
        A row an ordering unit; see `unit_table`.
    kpis : tuple of KpiSoFar
        How each KPI stands, with its band.
    settled : SettledSoFar
        The payment periods that have ended.
    overdue : mapping of Duration to DataFrame
        The orders that are overdue under each limit of the contract; see `overdue_orders`.
    futures : int
        Stored futures that bands and chances are read off.
    week_length : float
        Length of a week. [day]
    """

    week: int
    day: float
    date: dt.date
    currency: str
    weekly: pd.DataFrame
    units: pd.DataFrame
    kpis: tuple[KpiSoFar, ...]
    settled: SettledSoFar
    overdue: Mapping[Duration, pd.DataFrame]
    futures: int
    week_length: float

    def __str__(self) -> str:
        lines = [
            _("After {n} weeks, on {date}").format(
                n=self.week, date=Words(spoken()).date(self.date)
            )
        ]
        if self.kpis:
            lines.append(laid_out(self._kpis()))
        settled = self.settled
        lines.append(
            _("{n} of {all} periods are settled; paid so far: {total}.").format(
                n=len(settled.table),
                all=settled.n_periods,
                total=money(settled.total, self.currency),
            )
        )
        for limit, orders in self.overdue.items():
            if not len(orders):
                continue
            words = plural(
                "{n} order is overdue (limit {limit}).",
                "{n} orders are overdue (limit {limit}).",
                len(orders),
            )
            lines.append(words.format(n=len(orders), limit=Words(spoken()).duration(limit)))
        return "\n".join(lines)

    def _kpis(self) -> pd.DataFrame:
        """How each KPI stands, for people."""
        rows = {}
        for kpi in self.kpis:
            low, _middle, high = (kpi.said(end, self.currency) for end in kpi.band_now)
            missed = "-" if kpi.missed is None else share(kpi.missed.estimate, 0)
            rows[kpi.label] = {
                _("so far"): kpi.said(kpi.now, self.currency),
                _("90% of futures"): "-" if low == "-" else span(low, high),
                heading("target"): kpi.said(kpi.target, self.currency),
                _("chance to miss it"): missed,
            }
        return pd.DataFrame.from_dict(rows, orient="index")
