"""What happened week by week, at which unit, and what is overdue?

Lives here: tables of orders, defects, times and ratings, read off what was known on a day.
May not live here: KPIs of the contract (`running.py`), money.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pbc_sim.language import said
from pbc_sim.operations import Ledger
from pbc_sim.operations.facts import DEFECTS
from pbc_sim.performance.orders import delivered, due, fully_cancelled, in_time
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.world.calendar import Duration

__all__ = ["overdue_orders", "unit_table", "weekly_table"]


def weekly_table(known: Ledger, weeks: ReviewPeriods, counted_in: str) -> pd.DataFrame:
    """Return a row a week, of what was known.

    Parameters
    ----------
    known : Ledger
        What was known on a day.
    weeks : ReviewPeriods
        Weeks up to that day.
    counted_in : {"business_days", "calendar_days"}
        Kind of days in which fulfilment times are told.

    Returns
    -------
    DataFrame
        ``begin`` and ``end`` [day]; ``orders`` placed, ``delivered`` orders; ``units`` delivered,
        ``defects`` found and ``returns`` [unit]; ``fulfilment_median`` and ``fulfilment_p90`` of
        the orders delivered [day of `counted_in`]; ``calls``, and ``response_median`` of those
        answered [working hour]; ``rated``, and ``rating``, the mean mark [point]. NaN where there
        was nothing.
    """
    back, came = known.returns, known.deliveries
    defective = back.are(DEFECTS)
    placed, arrived = delivered(known, "orders")
    calls, ratings = known.calls, known.ratings
    took = Duration.model_validate({counted_in: 1.0}).elapsed(
        known.setting.calendar, placed, np.where(np.isfinite(arrived), arrived, placed)
    )
    calendar = known.setting.calendar
    answered = np.isfinite(calls.responded)
    waited = calendar.worked(calls.responded[answered]) - calendar.worked(calls.opened[answered])
    marks = np.mean([ratings.time, ratings.completeness, ratings.condition], axis=0)
    columns = {
        "begin": weeks.edges[:-1],
        "end": weeks.edges[1:],
        "orders": _summed(weeks, placed),
        "delivered": _summed(weeks, arrived),
        "units": _summed(weeks, came.received, came.units),
        "defects": _summed(weeks, back.found[defective], back.units[defective]),
        "returns": _summed(weeks, back.found, back.units),
        "fulfilment_median": _quantiles(weeks, arrived, took, 0.5),
        "fulfilment_p90": _quantiles(weeks, arrived, took, 0.9),
        "calls": _summed(weeks, calls.opened),
        "response_median": _quantiles(
            weeks, calls.responded[answered], waited * calendar.hours_per_day, 0.5
        ),
        "rated": _summed(weeks, ratings.when),
        "rating": _means(weeks, ratings.when, marks),
    }
    return pd.DataFrame(columns, index=pd.RangeIndex(1, len(weeks) + 1, name="week"))


def _summed(weeks: ReviewPeriods, when: np.ndarray, units: np.ndarray | None = None) -> np.ndarray:
    week = weeks.index(when)
    weights = None if units is None else units[week >= 0]
    return np.bincount(week[week >= 0], weights, len(weeks)).astype(int)


def _quantiles(
    weeks: ReviewPeriods, when: np.ndarray, values: np.ndarray, share: float
) -> np.ndarray:
    week, found = weeks.index(when), np.full(len(weeks), np.nan)
    for n in np.unique(week[week >= 0]):
        found[n] = np.quantile(values[week == n], share, method="inverted_cdf")
    return found


def _means(weeks: ReviewPeriods, when: np.ndarray, values: np.ndarray) -> np.ndarray:
    week, found = weeks.index(when), np.full(len(weeks), np.nan)
    for n in np.unique(week[week >= 0]):
        found[n] = values[week == n].mean()
    return found


def unit_table(known: Ledger, day: float, limit: Duration | None) -> pd.DataFrame:
    """Return a row an ordering unit, over the term so far.

    Parameters
    ----------
    known : Ledger
        What was known on the day.
    day : float
        The day. [day]
    limit : Duration, optional
        Time from order to delivery that is still on time.

    Returns
    -------
    DataFrame
        By the unit's label: ``orders`` placed, ``open`` orders, ``due`` orders and the share of
        them ``on_time`` [1] (NaN without a limit), ``returns`` [unit], ``rated`` deliveries and
        their mean mark, ``rating`` [point].
    """
    orders, lines, ratings = known.orders, known.lines, known.ratings
    labels = [said(unit.label) or n for n, unit in known.setting.terms.demand.units.items()]
    n_units = len(labels)
    _, arrived = delivered(known, "orders")
    waits = np.isinf(arrived) & ~fully_cancelled(known, "orders")
    unit_of_return = orders.unit[lines.order[known.returns.line]]
    marks = np.mean([ratings.time, ratings.completeness, ratings.condition], axis=0)

    def counted(unit: np.ndarray, units: np.ndarray | None = None) -> np.ndarray:
        return np.bincount(unit, units, n_units)

    rated = counted(orders.unit[ratings.order])
    columns: dict[str, np.ndarray] = {
        "orders": counted(orders.unit),
        "open": counted(orders.unit[waits]),
        "returns": counted(unit_of_return, known.returns.units).astype(int),
        "rated": rated,
        "rating": _over(counted(orders.unit[ratings.order], marks), rated),
    }
    if limit is not None:
        due_at = due(known, "orders", limit)
        fell_due = due_at < day
        met = fell_due & in_time(arrived, due_at)
        n_due = counted(orders.unit[fell_due])
        columns |= {"due": n_due, "on_time": _over(counted(orders.unit[met]), n_due)}
    return pd.DataFrame(columns, index=pd.Index(labels, name="unit"))


def _over(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)


def overdue_orders(known: Ledger, day: float, limit: Duration) -> pd.DataFrame:
    """Return the orders that are overdue and have not come, the oldest first.

    Returns
    -------
    DataFrame
        A row an order: ``placed`` and ``due`` [day], ``late``, since it fell due [day], ``unit``,
        and ``items`` that are still awaited, both as people call them.
    """
    setting, lines = known.setting, known.lines
    _, arrived = delivered(known, "orders")
    due_at = due(known, "orders", limit)
    waits = np.isinf(arrived) & ~fully_cancelled(known, "orders") & (due_at < day)
    orders = np.flatnonzero(waits)
    orders = orders[np.argsort(due_at[orders], kind="stable")]
    awaited = np.isinf(lines.delivered) & (lines.cancelled < lines.quantity)
    labels = [said(unit.label) or name for name, unit in setting.terms.demand.units.items()]
    goods = [said(item.label) or n.replace("_", " ") for n, item in setting.terms.items.items()]
    rows = []
    for order in orders:
        items = lines.item[awaited & (lines.order == order)]
        rows.append(
            {
                "placed": float(known.orders.placed[order]),
                "due": float(due_at[order]),
                "late": day - float(due_at[order]),
                "unit": labels[known.orders.unit[order]],
                "items": ", ".join(dict.fromkeys(goods[i] for i in items)),
            }
        )
    return pd.DataFrame(rows, columns=["placed", "due", "late", "unit", "items"])
