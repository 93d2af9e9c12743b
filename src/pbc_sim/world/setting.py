"""What is the same in every replication: calendar, order intensities, catalogue arrays.

Lives here: everything computed once from the written world. May not live here: chance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from pbc_sim.language import said
from pbc_sim.world.calendar import WEEKDAYS, BusinessCalendar
from pbc_sim.world.counts import Counts
from pbc_sim.world.machines import MachineGroup
from pbc_sim.world.quantiles import Quantiles
from pbc_sim.world.sources import SourceTerms
from pbc_sim.world.terms import ItemTerms, WorldTerms

__all__ = ["Machine", "Setting"]


class Machine(NamedTuple):
    """One machine of the installed base: its name, the number of its unit, its group's terms."""

    name: str
    unit: int
    group: MachineGroup

    @property
    def called(self) -> str:
        """What people call it, in the language spoken now."""
        group, _space, number = self.name.rpartition(" ")
        return f"{said(self.group.label) or group.replace('_', ' ')} {number}"


@dataclass(frozen=True)
class Setting:
    """A written world, laid out for simulation.

    Parameters
    ----------
    terms : WorldTerms
        The written world.
    calendar : BusinessCalendar
        Its working time.
    intensity : ndarray of shape (n_units, n_business_days)
        Expected orders of each unit up to the close of each business day. [order]
    believed : Setting, optional
        What both parties believe that the world is, where this one is what turns out to be true.
    """

    terms: WorldTerms
    calendar: BusinessCalendar = field(compare=False, repr=False)
    intensity: np.ndarray = field(compare=False, repr=False)
    believed: Setting | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(cls, terms: WorldTerms) -> Setting:
        """Lay out a written world."""
        calendar = BusinessCalendar.of(terms.calendar, terms.start, terms.ends)
        work_week = WEEKDAYS if terms.calendar.always_open else terms.calendar.work_week
        return cls(terms, calendar, terms.demand.intensities(calendar, work_week))

    def turning_out(self, terms: WorldTerms) -> Setting:
        """Lay out the world that turns out to be true, of the same calendar as the one believed."""
        work_week = WEEKDAYS if terms.calendar.always_open else terms.calendar.work_week
        intensity = terms.demand.intensities(self.calendar, work_week)
        return Setting(terms, self.calendar, intensity, believed=self)

    @property
    def planned_with(self) -> Setting:
        """The world that plans are made for."""
        return self.believed or self

    @cached_property
    def ends(self) -> float:
        """When simulation ends [day]."""
        return self.terms.ends

    @property
    def measured_from(self) -> float:
        """When measurement starts [day]."""
        return self.terms.measured_from

    @cached_property
    def unit_names(self) -> tuple[str, ...]:
        """Keys of the ordering units."""
        return tuple(self.terms.demand.units)

    @cached_property
    def item_names(self) -> tuple[str, ...]:
        """Keys of the catalogue."""
        return tuple(self.terms.items)

    @cached_property
    def source_names(self) -> tuple[str, ...]:
        """Keys of the sources upstream; one without a name where the world names none."""
        return tuple(self.terms.supply.sources) or ("",)

    @cached_property
    def sources(self) -> tuple[SourceTerms, ...]:
        """The sources upstream, in the order of `source_names`."""
        return tuple(self.terms.supply.sources.values()) or (SourceTerms(),)

    @cached_property
    def luck_of_sources(self) -> dict[int, list[tuple[Any, ...]]]:
        """Law and address of all luck upstream, by its purpose, as far as a world has asked."""
        return {}

    @cached_property
    def most_spare_units(self) -> np.ndarray:
        """Units of each item at each source, beyond those asked for, that any plan needed luck for.

        Of a future's luck as much is drawn at once as the plans before have needed.
        """
        return np.zeros(len(self.item_names) * len(self.sources), dtype=np.int64)

    @cached_property
    def expected_lead_times(self) -> np.ndarray:
        """Mean lead time of each item from each source, shape (n_items, n_sources) [day]."""
        terms = self.terms
        return np.array(
            [
                [terms.lead_time(item, source).expected() for source in self.sources]
                for item in terms.items.values()
            ]
        )

    @cached_property
    def urgent_units(self) -> np.ndarray:
        """Which ordering units' orders are urgent, shape (n_units,)."""
        return np.array([unit.urgent for unit in self.terms.demand.units.values()])

    @cached_property
    def prices(self) -> np.ndarray:
        """Catalogue prices, shape (n_items,) [currency/unit]."""
        return np.array([item.price for item in self.terms.items.values()])

    @cached_property
    def costs(self) -> np.ndarray:
        """What the supplier pays upstream, shape (n_items,) [currency/unit]."""
        return np.array([item.cost for item in self.terms.items.values()])

    @cached_property
    def upstream_prices(self) -> np.ndarray:
        """What each item costs at each source, shape (n_items, n_sources) [currency/unit]."""
        return np.outer(self.costs, [source.cost_factor for source in self.sources])

    @cached_property
    def surcharges(self) -> np.ndarray:
        """Surcharge of each source, shape (n_sources,) [currency/unit]."""
        return np.array([source.surcharge_per_unit for source in self.sources])

    @cached_property
    def critical(self) -> np.ndarray:
        """Which items are critical, shape (n_items,)."""
        return np.array([item.critical for item in self.terms.items.values()])

    @cached_property
    def popularity(self) -> np.ndarray:
        """Chance that a line is for each item, shape (n_items,) [1]."""
        weights = np.array([item.popularity for item in self.terms.items.values()])
        return weights / weights.sum()

    @cached_property
    def orders_of_units(self) -> list[float]:
        """Expected number of orders of each unit in one replication, warm-up included [order]."""
        return [float(orders) for orders in self._expected_orders_until(self.ends)]

    @cached_property
    def most_orders_of_units(self) -> list[int]:
        """How many orders of each unit are drawn at first, mostly enough [order]."""
        return [int(n + 3 * math.sqrt(n)) + 16 for n in self.orders_of_units]

    @cached_property
    def gaps(self) -> Quantiles:
        """The law of gaps between a unit's orders."""
        return Quantiles([self.terms.demand.gap])

    @cached_property
    def lines_of_orders(self) -> Counts:
        """How many lines orders have."""
        return Counts([self.terms.demand.lines_per_order])

    @cached_property
    def quantities(self) -> Counts:
        """How many units of each item lines ask for."""
        return Counts([item.quantity for item in self.terms.items.values()])

    @cached_property
    def lots(self) -> Quantiles:
        """The law of lead times of each item from each source [day], and then of lots' quality [1].

        The sources of an item stand together.
        """
        of_lots = (self.terms.lead_time, self.terms.lot_quality)
        return Quantiles([law(item, source) for law in of_lots for item, source in self._accounts])

    @property
    def _accounts(self) -> list[tuple[ItemTerms, SourceTerms]]:
        return [(item, of) for item in self.terms.items.values() for of in self.sources]

    @cached_property
    def handling_times(self) -> Quantiles:
        """Work of a picker [hour], travel, finding what is defective, sending back [day]."""
        terms = self.terms
        receipt = terms.receipt
        times = (terms.picking.hours_per_line, terms.transport.time)
        return Quantiles([*times, receipt.found_in_use_after, receipt.return_time])

    @cached_property
    def expected_orders(self) -> float:
        """Expected number of orders in one replication, warm-up included [order]."""
        return sum(self.orders_of_units)

    @cached_property
    def expected_lines(self) -> float:
        """Expected number of order lines in one replication, warm-up included [line]."""
        return self.expected_orders * self.terms.demand.lines_per_order.expected()

    @cached_property
    def daily_demand(self) -> np.ndarray:
        """Mean demand over all calendar days, shape (n_items,) [unit/day]."""
        return self._ordered_daily + self.part_demand.sum(axis=0)

    @cached_property
    def _ordered_daily(self) -> np.ndarray:
        quantities = [item.quantity.expected() for item in self.terms.items.values()]
        return self.expected_lines / self.ends * self.popularity * np.array(quantities)

    @cached_property
    def machines(self) -> tuple[Machine, ...]:
        """Every machine of the installed base."""
        groups = self.terms.machines.groups if self.terms.machines else {}
        return tuple(
            Machine(f"{name} {n + 1}", self.unit_names.index(group.unit), group)
            for name, group in groups.items()
            for n in range(group.count)
        )

    @cached_property
    def lines(self) -> tuple[tuple[int, ...], ...]:
        """Numbers of the machines of each production line; a machine by itself is one, too."""
        by_line: dict[tuple[str, int], list[int]] = {}
        for number, machine in enumerate(self.machines):
            line = machine.group.line
            key = ("by itself", number) if line is None else (line, -1)
            by_line.setdefault(key, []).append(number)
        return tuple(tuple(numbers) for numbers in by_line.values())

    @cached_property
    def run_hours_per_day(self) -> float:
        """Hours that a machine is meant to run, the mean over all calendar days [hour/day]."""
        if self.terms.machines is None or self.terms.machines.run == "always":
            return 24.0
        return self.calendar.worked_at(self.ends) * self.calendar.hours_per_day / self.ends

    @cached_property
    def expected_failures(self) -> float:
        """Expected failures of all machines in one replication, as if none ever stood still [1]."""
        hours = self.run_hours_per_day * self.ends
        return sum(
            hours / failure.hours_to_failure.expected()
            for machine in self.machines
            for failure in machine.group.failures.values()
        )

    @cached_property
    def expected_calibrations(self) -> float:
        """Expected calls to devices that drift in one replication, if nobody comes before [1]."""
        calibrations = [m.group.calibration for m in self.machines if m.group.calibration]
        return sum(
            self.ends / (terms.drifts_after.expected() + terms.noticed_after.expected())
            for terms in calibrations
        )

    @cached_property
    def part_demand(self) -> np.ndarray:
        """Mean failures that need a part, shape (n_units, n_items) [unit/day].

        As if no machine ever stood still, and with lives as long as their mean (renewal theory).
        """
        demand = np.zeros((len(self.unit_names), len(self.item_names)))
        for machine in self.machines:
            for failure in machine.group.failures.values():
                if failure.part is not None:
                    item = self.item_names.index(failure.part)
                    mean = failure.hours_to_failure.expected()
                    demand[machine.unit, item] += self.run_hours_per_day / mean
        return demand

    @cached_property
    def mean_gap(self) -> float:
        """Mean of the law of gaps, to which drawn gaps are relative."""
        return float(self.terms.demand.gap.expected())

    def expected_value(self, begin: float, end: float) -> float:
        """Return the expected catalogue value of what is ordered in [begin, end) [currency]."""
        orders = sum(self._expected_orders_until(end)) - sum(self._expected_orders_until(begin))
        share = orders / self.expected_orders if self.expected_orders else 0.0
        ordered = share * self.ends * (self._ordered_daily @ self.prices)
        return float(ordered + (end - begin) * (self.part_demand.sum(axis=0) @ self.prices))

    def _expected_orders_until(self, time: float) -> np.ndarray:
        worked = float(self.calendar.worked_at(time))
        reached = np.arange(self.intensity.shape[1] + 1)
        return np.array([np.interp(worked, reached, np.r_[0.0, row]) for row in self.intensity])

    def intensity_at(self, unit: int, times: np.ndarray) -> np.ndarray:
        """Return the expected orders of a unit up to each time [order]."""
        reached = np.arange(self.intensity.shape[1] + 1)
        return np.interp(self.calendar.worked(times), reached, np.r_[0.0, self.intensity[unit]])

    def order_times(self, units: np.ndarray, intensity: np.ndarray) -> np.ndarray:
        """Return when units have reached cumulated intensities; infinity beyond the calendar.

        Parameters
        ----------
        units : ndarray of shape (n,)
            Numbers of units, those of one unit standing together.
        intensity : ndarray of shape (n,)
            How many orders each is expected to have placed, ascending within a unit. [order]
        """
        day = np.empty(len(units), dtype=np.intp)
        ends = np.cumsum(np.bincount(units, minlength=len(self.intensity))).tolist()
        for row, begin, end in zip(self.intensity, [0, *ends], ends, strict=False):
            day[begin:end] = row.searchsorted(intensity[begin:end])
        last = self.intensity.shape[1] - 1
        inside = day <= last
        np.minimum(day, last, out=day)
        before = self.intensity_before[units, day]
        span = self.intensity[units, day] - before
        share = (intensity - before) / np.where(span > 0, span, 1.0)
        opens, closes = self.calendar.opens[day], self.calendar.closes[day]
        return np.where(inside, opens + share * (closes - opens), np.inf)

    @cached_property
    def intensity_before(self) -> np.ndarray:
        """Expected orders of each unit before each business day, as `intensity` [order]."""
        return np.hstack((np.zeros((len(self.intensity), 1)), self.intensity[:, :-1]))
