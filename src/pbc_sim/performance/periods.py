"""Over which time is performance measured: the review periods of a term.

Lives here: cutting a term into half-open periods [start, end). May not live here: KPIs, payments.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

import numpy as np

from pbc_sim.errors import PbcError
from pbc_sim.language import translated as _
from pbc_sim.world.setting import Setting

__all__ = [
    "DAYS_PER_YEAR",
    "MONTHS_OF",
    "Review",
    "ReviewPeriods",
    "months_between",
    "term_end",
]

Review = Literal["week", "month", "quarter", "half_year", "year", "term"]

DAYS_PER_WEEK = 7.0
DAYS_PER_YEAR = 365.25

#: Months in a review period; a "term" is one period however long it is, and a "week" has none.
MONTHS_OF: dict[str, int] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


def term_end(setting: Setting, months: int | None) -> float:
    """Return when a term that begins with measurement ends; None means with the horizon [day]."""
    if months is None:
        return setting.ends
    end = float(setting.calendar.month_ends(setting.measured_from, [months])[0])
    if end > setting.ends:
        raise PbcError(
            _(
                "a term of {months} months ends on day {end}, after the horizon (day {last}); "
                "shorten the term or lengthen world.horizon."
            ).format(months=months, end=f"{end:g}", last=f"{setting.ends:g}")
        )
    return end


def months_between(begin: dt.date, end: dt.date) -> float:
    """Return how many months lie between two dates, whole ones exactly [month].

    Examples
    --------
    >>> months_between(dt.date(2022, 1, 31), dt.date(2022, 3, 31))
    2.0
    """
    whole = 12 * (end.year - begin.year) + end.month - begin.month
    return whole + (end.day - begin.day) * 12 / DAYS_PER_YEAR


@dataclass(frozen=True)
class ReviewPeriods:
    """Consecutive half-open periods.

    Parameters
    ----------
    edges : ndarray of shape (n_periods + 1,)
        Where they begin and end. [day]
    """

    edges: np.ndarray

    @classmethod
    def of(cls, setting: Setting, review: Review, months: int | None) -> ReviewPeriods:
        """Cut a term of some months, or the whole measured horizon, into review periods.

        The last period ends with the term, and is shorter where the term is no multiple.
        """
        begin, end = setting.measured_from, term_end(setting, months)
        if review == "term":
            return cls(np.array([begin, end]))
        if review == "week":
            return cls(np.append(np.arange(begin, end, DAYS_PER_WEEK), end))
        step = MONTHS_OF[review]
        count = int((end - begin) / (28 * step)) + 2
        edges = setting.calendar.month_ends(begin, [step * n for n in range(count)])
        return cls(np.append(edges[edges < end], end))

    def __len__(self) -> int:
        return len(self.edges) - 1

    def index(self, when: np.ndarray) -> np.ndarray:
        """Return the period that each time falls in, -1 for none."""
        period = np.searchsorted(self.edges, when, side="right") - 1
        return np.where(period < len(self), period, -1)

    def end_of(self, when: np.ndarray) -> np.ndarray:
        """Return the end of the period that each time falls in; NaN for none [day]."""
        period = self.index(when)
        return np.where(period >= 0, self.edges[period + 1], np.nan)
