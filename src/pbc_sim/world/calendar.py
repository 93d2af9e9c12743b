"""When is work done: the business calendar and the durations that people write.

Lives here: work week, opening hours, public holidays, working time and its inverse, review dates.
May not live here: orders, KPIs.
Working time is counted in business days from the scenario's start: one business day is one full
span of opening hours, so "2 business days" is not "48 hours".
"""

from __future__ import annotations

import datetime as dt
import functools
import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal

import holidays
import numpy as np
import pandas as pd
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.errors import PbcError, unknown_name
from pbc_sim.figures import numeral
from pbc_sim.inputs import CalendarDays, Listed, PositiveCount, Written, worded
from pbc_sim.language import plural
from pbc_sim.language import translated as _

__all__ = [
    "SAME_INSTANT_DAYS",
    "BusinessCalendar",
    "CalendarTerms",
    "Duration",
    "Horizon",
    "Weekday",
]

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip
TimeOfDay = Annotated[str, worded(r"([01]\d|2[0-4]):[0-5]\d", "a time of day, as 08:00")]
CountryCode = Annotated[str, worded(r"[A-Z]{2}", "a country code of two capitals, as ID")]

#: Instants that lie this close are the same: working hours are added up in parts, which round.
SAME_INSTANT_DAYS = 1e-9

#: Due dates and deliveries may lie beyond the horizon; the calendar goes on that long.
DAYS_BEYOND_HORIZON = 400


class CalendarTerms(Written):
    """Opening hours as a person writes them.

    Parameters
    ----------
    always_open : bool
        Whether every instant is working time (textbook systems).
    country : str, optional
        ISO 3166 code whose holidays are closed, as "ID".
    holidays : tuple of str
        Kinds of holidays that are closed: "public" everywhere; others as the country has them, as
        Indonesia's collective leave under "government".
    work_week : tuple of str
        Days that are open.
    opens : str
        When business begins, as "08:00". [hour of the day]
    closes : str
        When business ends, as "16:00". [hour of the day]
    closed_on : tuple of date
        Further days that are closed.
    """

    always_open: bool = False
    country: CountryCode | None = None
    holidays: Annotated[tuple[str, ...], Listed] = ("public",)
    work_week: Annotated[tuple[Weekday, ...], Listed] = WEEKDAYS[:5]
    opens: TimeOfDay = "08:00"
    closes: TimeOfDay = "16:00"
    closed_on: Annotated[tuple[dt.date, ...], Listed] = ()

    @model_validator(mode="after")
    def _is_open_at_some_time(self) -> CalendarTerms:
        if not self.work_week:
            raise PydanticCustomError("calendar", _("work_week must name at least one day, got []"))
        if _hour(self.closes) <= _hour(self.opens) or _hour(self.closes) > 24:
            text = _("closes must be later than opens ({o}) and at most 24:00, got {c}")
            raise PydanticCustomError("calendar", text, {"o": self.opens, "c": self.closes})
        if self.country and self.country not in holidays.list_supported_countries():
            text = _("no public holidays are known for country '{c}'; list them under closed_on")
            raise PydanticCustomError("calendar", text, {"c": self.country})
        known = holidays.country_holidays(self.country).supported_categories if self.country else ()
        for kind in self.holidays if self.country else ():
            if kind not in known:
                message = unknown_name(f"kind of holiday of {self.country}", kind, known)
                shown = {"m": message, "field": "holidays"}
                raise PydanticCustomError("unknown_value", "{m}", shown)
        return self


def _hour(time_of_day: str) -> float:
    hours, minutes = time_of_day.split(":")
    return int(hours) + int(minutes) / 60


class Horizon(Written):
    """A length of time: whole months of the calendar, or days; exactly one of them.

    Parameters
    ----------
    months : int, optional
        Whole months from the day on which it begins. [month]
    days : float, optional
        Calendar days. [day]
    """

    months: PositiveCount | None = None
    days: CalendarDays | None = None

    @model_validator(mode="after")
    def _is_one_length(self) -> Horizon:
        if (self.months is None) == (self.days is None):
            raise PydanticCustomError("horizon", _("must give either months or days, and not both"))
        if (self.months or 0) > 1200 or self.days == 0:
            raise PydanticCustomError(
                "horizon", _("must be longer than 0 days and at most 1200 months")
            )
        return self

    def length(self, first_day: dt.date) -> float:
        """Return the length from a first day on [day]."""
        if self.days is not None:
            return self.days
        return float((_months_later(first_day, self.months or 0) - first_day).days)


@functools.lru_cache(maxsize=4096)
def _months_later(day: dt.date, months: int) -> dt.date:
    later: dt.date = (pd.Timestamp(day) + pd.DateOffset(months=months)).date()
    return later


@dataclass(frozen=True)
class BusinessCalendar:
    """Working time over a span of days.

    Parameters
    ----------
    first_day : date
        The day that begins at time 0.
    opens, closes : ndarray of shape (n_business_days,)
        Begin and end of each business day since the scenario's start. [day]
    always_open : bool
        Whether every instant is working time.

    Examples
    --------
    Friday noon plus one business day is Monday noon.

    >>> calendar = BusinessCalendar.of(CalendarTerms(), dt.date(2022, 1, 7), days=30)
    >>> calendar.after(0.5, 1.0)
    3.5
    """

    first_day: dt.date
    opens: np.ndarray
    closes: np.ndarray
    always_open: bool
    # Lists answer single questions several times faster than arrays do.
    _opens: list[float] = field(repr=False, compare=False)
    _closes: list[float] = field(repr=False, compare=False)

    @classmethod
    def of(cls, terms: CalendarTerms, first_day: dt.date, days: float) -> BusinessCalendar:
        """Lay out the business days from `first_day` over a number of days, and 400 beyond."""
        n_days = int(np.ceil(days)) + DAYS_BEYOND_HORIZON
        if terms.always_open:
            open_day, opening, closing = np.arange(n_days), 0.0, 24.0
        else:
            open_day = np.flatnonzero(_open_days(terms, first_day, n_days))
            if not len(open_day) or open_day[-1] < days:
                raise PbcError(
                    "the calendar has no business day after the horizon; open more days."
                )
            opening, closing = _hour(terms.opens), _hour(terms.closes)
        opens, closes = open_day + opening / 24, open_day + closing / 24
        return cls(first_day, opens, closes, terms.always_open, opens.tolist(), closes.tolist())

    def worked(self, time: np.ndarray) -> np.ndarray:
        """Return the working time that has passed at each time [business day]."""
        day = np.searchsorted(self.opens, time, side="right") - 1
        begun = np.maximum(day, 0)
        part = (time - self.opens[begun]) / (self.closes[begun] - self.opens[begun])
        return np.where(day < 0, 0.0, begun + np.clip(part, 0.0, 1.0))

    def time_of(self, worked: np.ndarray) -> np.ndarray:
        """Return the earliest time at which that much working time has passed [day]."""
        day = np.clip(np.ceil(worked).astype(int) - 1, 0, len(self.opens) - 1)
        when = self.opens[day] + (worked - day) * (self.closes[day] - self.opens[day])
        return np.where(worked > 0, when, 0.0)

    def worked_at(self, time: float) -> float:
        """Return what `worked` returns, for a single time [business day]."""
        day = bisect_right(self._opens, time) - 1
        if day < 0:
            return 0.0
        begin, end = self._opens[day], self._closes[day]
        return day + (time - begin) / (end - begin) if time < end else day + 1.0

    def after(self, time: float, business_days: float) -> float:
        """Return the time that lies a span of working time after `time` [day]."""
        if self.always_open:
            return time + business_days
        worked = self.worked_at(time) + business_days
        if worked <= 0:
            return time
        day = min(max(math.ceil(worked) - 1, 0), len(self._opens) - 1)
        begin = self._opens[day]
        when = begin + (worked - day) * (self._closes[day] - begin)
        return when if when > time else time

    def next_open(self, time: float) -> float:
        """Return `time` if it is working time, else the next opening [day]."""
        if self.always_open:
            return time
        day = bisect_right(self._opens, time) - 1
        if day >= 0 and time <= self._closes[day]:
            return time
        return self._opens[min(day + 1, len(self._opens) - 1)]

    @property
    def hours_per_day(self) -> float:
        """Working hours of one business day [hour]."""
        return (self._closes[0] - self._opens[0]) * 24

    def day_of(self, time: np.ndarray) -> np.ndarray:
        """Return the index of the business day that each time falls in, or of the next one."""
        return np.minimum(np.searchsorted(self.closes, time, side="left"), len(self.closes) - 1)

    def date(self, time: float) -> dt.datetime:
        """Return date and time of the clock for days since the scenario's start."""
        midnight = dt.datetime.combine(self.first_day, dt.time())
        return midnight + dt.timedelta(seconds=round(time * 86_400))

    def month_ends(self, begin: float, months: Sequence[int]) -> np.ndarray:
        """Return the times that lie whole months after `begin`, itself a midnight [day]."""
        first = self.first_day + dt.timedelta(days=int(begin))
        return np.array([float((_months_later(first, m) - self.first_day).days) for m in months])


def _open_days(terms: CalendarTerms, first_day: dt.date, n_days: int) -> np.ndarray:
    last_year = (first_day + dt.timedelta(days=n_days)).year
    closed = set(terms.closed_on)
    if terms.country:
        years = range(first_day.year, last_year + 1)
        closed |= set(
            holidays.country_holidays(terms.country, years=years, categories=terms.holidays)
        )
    days = np.datetime64(first_day) + np.arange(n_days)
    week = [int(day in terms.work_week) for day in WEEKDAYS]
    open_days: np.ndarray = np.is_busday(days, weekmask=week, holidays=sorted(closed))
    return open_days


class Duration(Written):
    """A limit as a contract writes it: ``{business_days: 2}`` or ``{calendar_days: 5}``.

    Parameters
    ----------
    business_days, calendar_days, hours : float
        Length; exactly one of the three. [business day], [day], [hour of the clock]
    ends : {"same_hour", "close_of_business"}
        Whether business days run out at the hour at which they began (working time), or only when
        the last of the days closes (the day of the order itself is not counted).

    Examples
    --------
    >>> str(Duration(business_days=2))
    '2 business days'
    """

    business_days: CalendarDays | None = None
    calendar_days: CalendarDays | None = None
    hours: CalendarDays | None = None
    ends: Literal["same_hour", "close_of_business"] = "same_hour"

    @model_validator(mode="after")
    def _is_one_duration(self) -> Duration:
        given = [self.business_days, self.calendar_days, self.hours]
        if sum(length is not None for length in given) != 1:
            raise PydanticCustomError(
                "duration", _("must give exactly one of business_days, calendar_days and hours")
            )
        if self.ends == "close_of_business" and (self.business_days or 0.5) % 1:
            text = _("ends: close_of_business needs a whole number of business_days")
            raise PydanticCustomError("duration", text)
        return self

    def due(self, calendar: BusinessCalendar, begin: np.ndarray) -> np.ndarray:
        """Return when the duration runs out, for each beginning [day]."""
        if self.business_days is None:
            return begin + self.calendar_length
        if self.ends == "close_of_business":
            day = calendar.day_of(begin) + int(self.business_days)
            return calendar.closes[np.minimum(day, len(calendar.closes) - 1)]
        return np.maximum(begin, calendar.time_of(calendar.worked(begin) + self.business_days))

    def elapsed(self, calendar: BusinessCalendar, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Return the time between two instants, in the unit of this duration."""
        if self.business_days is not None:
            return calendar.worked(end) - calendar.worked(begin)
        return (end - begin) * (24 if self.hours is not None else 1)

    def has_passed(self, calendar: BusinessCalendar, begin: float, now: float) -> bool:
        """Tell whether at least this duration lies between two single instants."""
        if self.business_days is not None:
            passed = calendar.worked_at(now) - calendar.worked_at(begin)
            return passed >= self.business_days - SAME_INSTANT_DAYS
        return now - begin >= self.calendar_length - SAME_INSTANT_DAYS

    @property
    def unit(self) -> str:
        """Unit of `elapsed`, singular."""
        if self.business_days is not None:
            return "business day"
        return "hour" if self.hours is not None else "calendar day"

    @property
    def calendar_length(self) -> float:
        """Length where no business days are counted [day]."""
        return (self.calendar_days or 0.0) + (self.hours or 0.0) / 24

    def said(self) -> str:
        """Return the duration in the language spoken now; `str` gives the English one."""
        n = self.business_days or self.calendar_days or self.hours or 0
        many = 1 if n == 1 else 2
        words = {
            "business day": plural("{n} business day", "{n} business days", many),
            "calendar day": plural("{n} calendar day", "{n} calendar days", many),
            "hour": plural("{n} hour", "{n} hours", many),
        }[self.unit].format(n=numeral(n, "g"))
        if self.ends == "close_of_business":
            words += ", " + _("until close of business")
        return words

    def __str__(self) -> str:
        length = self.business_days or self.calendar_days or self.hours or 0
        ending = ", until close of business" if self.ends == "close_of_business" else ""
        return f"{length:g} {self.unit}{'' if length == 1 else 's'}{ending}"
