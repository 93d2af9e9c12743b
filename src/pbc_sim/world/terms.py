"""What world is it: demand, catalogue, supply and handling as a person writes them.

Lives here: the `world:` section of a scenario. May not live here: draws, events, plans, money of
the parties (`performance/costs.py`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.errors import unknown_name
from pbc_sim.inputs import (
    CalendarDays,
    Factor,
    Listed,
    Name,
    PositiveDays,
    PositiveMoney,
    PositiveNumber,
    Share,
    Wording,
    Written,
    number,
)
from pbc_sim.language import translated as _
from pbc_sim.world.calendar import WEEKDAYS, BusinessCalendar, CalendarTerms, Horizon, Weekday
from pbc_sim.world.disruption import DisruptionTerms, problem_of
from pbc_sim.world.distributions import Constant, CountSpread, Exponential, Spread
from pbc_sim.world.learning import LearningTerms
from pbc_sim.world.machines import MachinesTerms
from pbc_sim.world.satisfaction import SatisfactionTerms
from pbc_sim.world.service import ServiceTerms
from pbc_sim.world.shapes import CampaignTerms, CommonShockTerms, RushTerms, dates_of, trend
from pbc_sim.world.sources import RecallTerms, SourceTerms

__all__ = [
    "DemandTerms",
    "ItemTerms",
    "PickingTerms",
    "ReceiptTerms",
    "SupplyTerms",
    "TransportTerms",
    "UnitTerms",
    "WorldTerms",
]

Month = Literal[
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
]  # fmt: skip
MONTHS: tuple[Month, ...] = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip


class UnitTerms(Written):
    """A unit (office) of the buyer that orders.

    Parameters
    ----------
    orders_per_business_day : float
        Mean number of orders before the profiles apply. [order/business day]
    urgent : bool
        Whether its orders are served first where the supplier's `allocation` heeds urgency; those
        for a machine that stands still are in any case.
    label : str
        Name for people; the key where empty.
    """

    orders_per_business_day: Annotated[float, number("order/business day", ge=0, le=1e9)]
    urgent: bool = False
    label: Wording = ""


class DemandTerms(Written):
    """How units order.

    Parameters
    ----------
    units : mapping of str to UnitTerms
        The ordering units.
    gap : distribution
        Time between a unit's orders relative to its mean; exponential means Poisson orders. [1]
    first_gap : float
        Share of the first gap that is waited for; 0.5 puts regular orders in mid-interval. [1]
    lines_per_order : distribution
        Number of order lines; an order of none is not placed. [line]
    weekday_profile : mapping of str to float
        Weights by day, as ``monday: 1.4``; mean 1 over the work week; 1 if not named. [1]
    month_profile : mapping of str to float
        Weights by month, as ``december: 1.4``; mean 1 over the year; 1 if not named. [1]
    trend_per_year : float
        Relative growth, compound from the scenario's start; 0.1 is a tenth more each year. [1/year]
    campaigns : tuple of CampaignTerms
        Planned peaks; where they overlap, their factors multiply.
    year_end_rush : RushTerms, optional
        Rising demand before the budget year ends, on top of `month_profile`.
    common_shock : CommonShockTerms, optional
        Chance that all units share.
    """

    units: Annotated[Mapping[Name, UnitTerms], Field(min_length=1, max_length=10_000)]
    gap: Spread = Exponential(mean=1.0)
    first_gap: Share = 1.0
    lines_per_order: CountSpread = Constant(value=1.0)
    weekday_profile: Mapping[Weekday, Factor] = {}
    month_profile: Mapping[Month, Factor] = {}
    trend_per_year: Annotated[float, number("1/year", gt=-1, le=10)] = 0.0
    campaigns: Annotated[tuple[CampaignTerms, ...], Listed, Field(max_length=1000)] = ()
    year_end_rush: RushTerms | None = None
    common_shock: CommonShockTerms | None = None

    @model_validator(mode="after")
    def _can_order(self) -> DemandTerms:
        if self.gap.expected() <= 0:
            raise PydanticCustomError("demand", _("gap must have a mean > 0, got 0"))
        if self.month_profile and not any(self.month_profile.get(m, 1.0) for m in MONTHS):
            raise PydanticCustomError(
                "demand", _("month_profile must have a month with weight > 0")
            )
        for n, campaign in enumerate(self.campaigns):
            for unit in campaign.units:
                if unit not in self.units:
                    message = unknown_name("unit", unit, self.units)
                    shown = {"m": message, "field": f"campaigns.{n}.units"}
                    raise PydanticCustomError("unknown_value", "{m}", shown)
        return self

    def daily_weights(
        self, calendar: BusinessCalendar, work_week: tuple[Weekday, ...]
    ) -> np.ndarray:
        """Return the demand weight of each business day, shape (n_business_days,) [1]."""
        days = dates_of(calendar)
        weekday = (days.astype(int) + 3) % 7  # 1970-01-01 was a Thursday
        month = days.astype("datetime64[M]").astype(int) % 12
        by_weekday = np.array([self.weekday_profile.get(day, 1.0) for day in WEEKDAYS])
        by_month = np.array([self.month_profile.get(m, 1.0) for m in MONTHS])
        week_mean = np.mean([self.weekday_profile.get(day, 1.0) for day in work_week])
        scale = (week_mean or 1.0) * by_month.mean()
        weights: np.ndarray = by_weekday[weekday] * by_month[month] / scale
        if self.trend_per_year:
            weights = weights * trend(self.trend_per_year, calendar)
        if self.year_end_rush:
            weights = weights * self.year_end_rush.weights(days)
        return weights

    def intensities(self, calendar: BusinessCalendar, work_week: tuple[Weekday, ...]) -> np.ndarray:
        """Return the expected orders up to the close of each day, shape (n_units, n_days)."""
        weights = self.daily_weights(calendar, work_week)
        rates = np.array([unit.orders_per_business_day for unit in self.units.values()])
        if not self.campaigns:
            return np.outer(rates, np.cumsum(weights))
        peaks = np.ones((len(rates), len(weights)))
        for campaign in self.campaigns:
            takes_part = [not campaign.units or unit in campaign.units for unit in self.units]
            peaks[takes_part] *= campaign.weights(dates_of(calendar))
        return np.cumsum(rates[:, None] * (weights * peaks), axis=1)


class ItemTerms(Written):
    """An entry of the catalogue.

    Parameters
    ----------
    price : float
        What the buyer pays. [currency/unit]
    cost : float
        What the supplier pays upstream. [currency/unit]
    popularity : float
        Relative chance that an order line is for this item. [1]
    quantity : distribution
        Units of a line; a line of none is dropped. [unit]
    critical : bool
        Whether work stops without it.
    lead_time : distribution, optional
        Of this item, in place of that of the supply section. [day]
    lot_quality : distribution, optional
        Of this item, in place of that of the supply section. [1]
    label : str
        Name for people; the key where empty.
    """

    price: PositiveMoney
    cost: PositiveMoney
    popularity: PositiveNumber = 1.0
    quantity: CountSpread = Constant(value=1.0)
    critical: bool = False
    lead_time: Spread | None = None
    lot_quality: Spread | None = None
    label: Wording = ""


class SupplyTerms(Written):
    """What comes to the supplier from upstream.

    Parameters
    ----------
    lead_time : distribution, optional
        Order placed upstream to goods in; needed unless every source states its own. [day]
    order_crossing : bool
        Whether a later replenishment may arrive first. If so, each has its own lead time. If not,
        all that are placed under the same *supply conditions* share one lead time, and none
        overtakes (exogenous sequential supply; Zipkin, 2000, section 7.4).
    conditions_last_days : float
        How long supply conditions last, if replenishments do not cross. [day]
    lot_quality : distribution
        Share of defective units, drawn for each replenishment lot. [1]
    inspection_finds_share : float
        Share of the defects among inspected units that the supplier's inspections find. [1]
    sources : mapping of str to SourceTerms
        Where goods can be ordered; without any, from one source that this section describes.
        Of several, `sourcing` of a plan says which is used.
    recall : RecallTerms, optional
        When bad lots are called back; None: never.
    """

    lead_time: Spread | None = None
    order_crossing: bool = True
    conditions_last_days: PositiveDays = 30.0
    lot_quality: Spread = Constant(value=0.0)
    inspection_finds_share: Share = 1.0
    sources: Annotated[Mapping[Name, SourceTerms], Field(max_length=100)] = {}
    recall: RecallTerms | None = None

    @model_validator(mode="after")
    def _has_lead_times(self) -> SupplyTerms:
        stated = [source.lead_time is not None for source in self.sources.values()]
        if self.lead_time is None and not (stated and all(stated)):
            text = _("is missing; add it, or give every one of the sources its own")
            raise PydanticCustomError("supply", text, {"field": "lead_time"})
        return self


class PickingTerms(Written):
    """Picking and packing at the supplier.

    Parameters
    ----------
    hours_per_line : distribution
        Work of one picker on one order line. [hour]
    error_share : float
        Share of lines picked with wrong item or quantity before any check. [1]
    documentation_error_share : float
        Share of lines whose delivery note is wrong. [1]
    check_hours_per_line : float
        Extra work of a check before dispatch. [hour]
    check_finds_share : float
        Share of the errors on checked lines that a check finds and puts right. [1]
    learning : LearningTerms, optional
        How errors and hours fall with the lines handled; they do not where empty.
    """

    hours_per_line: Spread = Constant(value=0.0)
    error_share: Share = 0.0
    documentation_error_share: Share = 0.0
    check_hours_per_line: Annotated[float, number("hour", ge=0, le=1000)] = 0.0
    check_finds_share: Share = 1.0
    learning: LearningTerms | None = None


class TransportTerms(Written):
    """From the supplier to the buyer's unit.

    Parameters
    ----------
    time : distribution
        Travel time. [day, of the kind `counted_in` says]
    counted_in : {"business_days", "calendar_days"}
        Business days: travel only in working time. Calendar days: travel at any time, arrival at
        the next opening.
    express_factor : float
        Travel time of an expedited shipment relative to an ordinary one. [1]
    """

    time: Spread = Constant(value=0.0)
    counted_in: Literal["business_days", "calendar_days"] = "business_days"
    express_factor: Share = 0.5


class ReceiptTerms(Written):
    """What the buyer's unit does with a delivery.

    Parameters
    ----------
    inspection_share : float
        Share of line deliveries opened on receipt; others show their defects in use. [1]
    found_in_use_after : distribution
        Receipt to discovery of a defect in use. [day]
    return_time : distribution
        Rejection to the unit's arrival back at the supplier. [day]
    """

    inspection_share: Share = 1.0
    found_in_use_after: Spread = Constant(value=0.0)
    return_time: Spread = Constant(value=0.0)


class WorldTerms(Written):
    """The `world:` section: everything that neither party decides.

    Parameters
    ----------
    start : date
        The day that begins at time 0.
    horizon : Horizon
        Length of the measured future, after any warm-up.
    warm_up_days : float
        Simulated before measurement starts, for steady-state studies. [day]
    calendar : CalendarTerms
        Working days and opening hours of both parties.
    demand : DemandTerms
        Who orders how often, and how much.
    items : mapping of str to ItemTerms
        The catalogue.
    supply : SupplyTerms
        What comes to the supplier from upstream.
    picking : PickingTerms
        Picking, packing and checks at the supplier.
    transport : TransportTerms
        From the supplier to the buyer's unit.
    receipt : ReceiptTerms
        What the buyer's unit does with a delivery.
    machines : MachinesTerms, optional
        The buyer's installed base that needs parts.
    service : ServiceTerms, optional
        Calls to the supplier's service desk.
    satisfaction : SatisfactionTerms, optional
        How receiving units rate deliveries and answer surveys; nobody asks them where empty.
    disruptions : mapping of str to DisruptionTerms
        What interrupts the ordinary course, by chance or on known dates.
    """

    start: dt.date = dt.date(2024, 1, 1)
    horizon: Horizon
    warm_up_days: CalendarDays = 0.0
    calendar: CalendarTerms = CalendarTerms()
    demand: DemandTerms
    items: Annotated[Mapping[Name, ItemTerms], Field(min_length=1, max_length=10_000)]
    supply: SupplyTerms
    picking: PickingTerms = PickingTerms()
    transport: TransportTerms = TransportTerms()
    receipt: ReceiptTerms = ReceiptTerms()
    machines: MachinesTerms | None = None
    service: ServiceTerms | None = None
    satisfaction: SatisfactionTerms | None = None
    disruptions: Annotated[Mapping[Name, DisruptionTerms], Field(max_length=100)] = {}

    @model_validator(mode="after")
    def _has_bounded_shares(self) -> WorldTerms:
        for name, item in self.items.items():
            law = self.lot_quality(item)
            if law.law().support()[1] > 1 if not isinstance(law, Constant) else law.value > 1:
                text = _(
                    "lot_quality of item '{item}' must stay within 0 and 1; use beta or constant"
                )
                raise PydanticCustomError("world", text, self._place_of_quality(name, item))
            if law.expected() >= 1:
                text = _(
                    "lot_quality of item '{item}' leaves no unit sound, and replacing never ends"
                )
                raise PydanticCustomError("world", text, self._place_of_quality(name, item))
        for name, source in self.supply.sources.items():
            if source.lot_quality is not None and source.lot_quality.expected() >= 1:
                text = _("lot_quality leaves no unit sound, and replacing never ends")
                shown = {"field": f"supply.sources.{name}.lot_quality"}
                raise PydanticCustomError("world", text, shown)
        if not 1900 <= self.start.year <= 2200:
            text = _("start must lie in the years 1900 to 2200, got {start}")
            shown = {"start": self.start.isoformat(), "field": "start"}
            raise PydanticCustomError("world", text, shown)
        if self.warm_up_days % 1:
            text = _("warm_up_days must be whole days, got {days} day")
            where = {"days": self.warm_up_days, "field": "warm_up_days"}
            raise PydanticCustomError("world", text, where)
        return self

    @model_validator(mode="after")
    def _has_machines_that_fit(self) -> WorldTerms:
        for name, group in (self.machines.groups if self.machines else {}).items():
            place = f"machines.groups.{name}"
            known: list[tuple[str, str, Mapping[str, object], str]] = [
                ("unit", group.unit, self.demand.units, f"{place}.unit")
            ]
            known += [
                ("item", failure.part, self.items, f"{place}.failures.{mode}.part")
                for mode, failure in group.failures.items()
                if failure.part is not None
            ]
            for kind, found, among, field in known:
                if found not in among:
                    message = unknown_name(kind, found, among)
                    raise PydanticCustomError(
                        "unknown_value", "{m}", {"m": message, "field": field}
                    )
            for mode, failure in group.failures.items():
                if failure.hours_to_failure.expected() <= 0:
                    text = _("hours_to_failure must have a mean > 0 hour, got 0 hour")
                    field = f"{place}.failures.{mode}.hours_to_failure"
                    raise PydanticCustomError("machines", text, {"field": field})
            if group.calibration and group.calibration.drifts_after.expected() <= 0:
                text = _("drifts_after must have a mean > 0 day, got 0 day")
                field = f"{place}.calibration.drifts_after"
                raise PydanticCustomError("machines", text, {"field": field})
        return self

    @model_validator(mode="after")
    def _has_disruptions_of_its_own(self) -> WorldTerms:
        known = {"items": self.items, "units": self.demand.units, "sources": self.supply.sources}
        problem = problem_of(self.disruptions, known, self.start, self.ends)
        if problem:
            shown = {"m": problem[1], "field": problem[0]}
            raise PydanticCustomError("disruption", "{m}", shown)
        return self

    @staticmethod
    def _place_of_quality(name: str, item: ItemTerms) -> dict[str, str]:
        field = f"items.{name}.lot_quality" if item.lot_quality else "supply.lot_quality"
        return {"item": name, "field": field}

    @property
    def measured_from(self) -> float:
        """When measurement starts [day]."""
        return self.warm_up_days

    @property
    def ends(self) -> float:
        """When simulation ends [day]."""
        first = self.start + dt.timedelta(days=int(self.warm_up_days))
        return self.warm_up_days + self.horizon.length(first)

    def lead_time(self, item: ItemTerms, source: SourceTerms | None = None) -> Spread:
        """Return the lead time law of an item [day], from a source where the world names some."""
        return (source and source.lead_time) or item.lead_time or self.supply.lead_time

    def lot_quality(self, item: ItemTerms, source: SourceTerms | None = None) -> Spread:
        """Return the law of the defective share of an item's lots [1], from a source likewise."""
        return (source and source.lot_quality) or item.lot_quality or self.supply.lot_quality
