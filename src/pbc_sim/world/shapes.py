"""How does demand change over time: trend, campaigns, year-end rush, a common shock, surges.

Lives here: the sections that shape demand, what they make of the weight of a business day, and
`Swell`, which orders more often for a while. May not live here: weekday and month profiles
(`terms.py`), orders (`future.py`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.inputs import Factor, Listed, Name, Written, number
from pbc_sim.language import translated as _
from pbc_sim.world.calendar import BusinessCalendar
from pbc_sim.world.distributions import Cv, Gamma
from pbc_sim.world.spells import Spell

__all__ = ["CampaignTerms", "CommonShockTerms", "RushTerms", "Swell", "dates_of", "trend"]

DAYS_PER_YEAR = 365.25


class CampaignTerms(Written):
    """A planned peak, or a lull with a factor below 1.

    Parameters
    ----------
    first_day, last_day : date
        From the beginning of the one to the end of the other.
    factor : float
        On the intensity of orders. [1]
    units : tuple of str
        Units that take part; all where empty.
    """

    first_day: dt.date
    last_day: dt.date
    factor: Factor
    units: Annotated[tuple[Name, ...], Listed, Field(max_length=10_000)] = ()

    @model_validator(mode="after")
    def _is_ordered(self) -> CampaignTerms:
        if self.last_day < self.first_day:
            text = _("last_day must not be before first_day ({first}), got {last}")
            shown = {"first": self.first_day.isoformat(), "last": self.last_day.isoformat()}
            raise PydanticCustomError("campaign", text, shown)
        return self

    def weights(self, dates: np.ndarray) -> np.ndarray:
        """Return the factor on each date, shape (n_days,) [1]."""
        inside = (dates >= np.datetime64(self.first_day)) & (dates <= np.datetime64(self.last_day))
        return np.where(inside, self.factor, 1.0)


class RushTerms(Written):
    """The rush to spend what is left of a budget.

    The factor rises in equal steps over the last business days of the budget year, and falls back
    with the new one. It comes on top of the month profile, whose mean over the year is 1.

    Parameters
    ----------
    factor : float
        On the intensity of orders, on the very last business day. [1]
    business_days : int
        Over how many days it rises. [business day]
    last_month : int
        Month with which the budget year ends, 12 for December.
    """

    factor: Factor
    business_days: Annotated[int, number("business day", gt=0, le=200)]
    last_month: Annotated[int, number("1", gt=0, le=12)] = 12

    def weights(self, dates: np.ndarray) -> np.ndarray:
        """Return the factor on each date, business days in a row, shape (n_days,) [1]."""
        month = dates.astype("datetime64[M]").astype(int)
        closes_year = (month[:-1] % 12 == self.last_month - 1) & (month[1:] > month[:-1])
        weights = np.ones(len(dates))
        for last in np.flatnonzero(closes_year).tolist():
            days = np.arange(max(last - self.business_days + 1, 0), last + 1)
            step = days - (last - self.business_days)
            weights[days] = 1 + (self.factor - 1) * step / self.business_days
        return weights


class CommonShockTerms(Written):
    """What makes all units order more, or less, at the same time: units are correlated.

    In each interval all intensities are multiplied by one gamma variate of mean 1. Of N orders in
    one interval, variance / mean = 1 + mean x cv^2 if orders are Poisson (negative binomial), and
    two units have the covariance mean_1 x mean_2 x cv^2.

    Parameters
    ----------
    cv : float
        Coefficient of variation of the multiplier. [1]
    every_days : float
        Length of an interval, the first from the scenario's start. [day]
    """

    cv: Cv
    every_days: Annotated[float, number("day", ge=1, le=36_600)]

    @property
    def law(self) -> Gamma:
        """The law of the multiplier."""
        return Gamma(mean=1.0, cv=self.cv)


def dates_of(calendar: BusinessCalendar) -> np.ndarray:
    """Return the date of each business day, as datetime64[D]."""
    days = np.datetime64(calendar.first_day) + np.floor(calendar.opens).astype(int)
    return days.astype("datetime64[D]")


def trend(per_year: float, calendar: BusinessCalendar) -> np.ndarray:
    """Return the factor of compound growth at the opening of each business day [1].

    Compound, (1 + growth)^years, since linear growth below 0 would end in negative demand.
    """
    factor: np.ndarray = (1 + per_year) ** (calendar.opens / DAYS_PER_YEAR)
    return factor


class Swell:
    """A multiplier on the intensity of a unit's orders, constant between its edges.

    Orders come when their luck has been cumulated; so a multiplier stretches and compresses the
    time of the same orders, and draws no others.

    Parameters
    ----------
    edges : ndarray of shape (n,)
        Where the multiplier changes; it is 1 after the last. [day]
    multipliers : ndarray of shape (n - 1,)
        Between the edges. [1]
    """

    def __init__(self, edges: np.ndarray, multipliers: np.ndarray) -> None:
        self.edges = edges
        self.multipliers = multipliers

    @classmethod
    def of(cls, shocks: np.ndarray, every: float, surges: Sequence[Spell]) -> Swell:
        """Return the swell of common shocks, one an interval, and of surges, which multiply."""
        instants: Iterable[np.ndarray] = (
            np.arange(len(shocks) + 1) * every,
            np.array([t for s in surges for t in (s.began, s.ended)]),
        )
        edges = np.unique(np.concatenate([[0.0], *instants]))
        multipliers = np.ones(len(edges) - 1)
        interval = np.searchsorted(np.arange(len(shocks)) * every, edges[:-1], side="right") - 1
        within = edges[:-1] < len(shocks) * every
        multipliers[within] = shocks[interval[within]]
        for surge in surges:
            begin, end = np.searchsorted(edges, [surge.began, surge.ended])
            multipliers[begin:end] *= surge.severity
        return cls(edges, multipliers)

    def expected(self, cumulated: np.ndarray, at_edges: np.ndarray) -> np.ndarray:
        """Return the ordinary cumulated intensity at which a swollen one is reached.

        `at_edges` is the ordinary cumulated intensity at the edges. [order]
        """
        swollen = np.r_[0.0, np.cumsum(np.diff(at_edges) * self.multipliers)]
        beyond = np.maximum(cumulated - swollen[-1], 0.0)
        return np.interp(cumulated, swollen, at_edges) + beyond
