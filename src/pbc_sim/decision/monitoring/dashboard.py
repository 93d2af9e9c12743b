"""How does a contract stand on a day: all that is known of it, and nothing of what comes.

Lives here: what a dashboard shows, put together. May not live here: how it is drawn (`show/`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from pbc_sim.decision.monitoring.payments import SettledSoFar
from pbc_sim.decision.monitoring.running import KpiSoFar
from pbc_sim.world.calendar import Duration

__all__ = ["Dashboard"]


@dataclass(frozen=True)
class Dashboard:
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
