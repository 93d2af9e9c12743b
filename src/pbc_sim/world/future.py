"""What might happen: one replication's draws, made before the engine runs.

Lives here: `World` (orders, and the luck of every entity) and how it is drawn.
May not live here: what a plan makes of it (`operations/`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from pbc_sim.errors import PbcError
from pbc_sim.world.distributions import Constant, Distribution, Exponential
from pbc_sim.world.draws import Purpose, Stream, generator_at
from pbc_sim.world.service import ServiceTerms
from pbc_sim.world.setting import Setting
from pbc_sim.world.shapes import Swell
from pbc_sim.world.spells import NO_SPELLS, Spells, draw_spells, surges_of

__all__ = ["World", "draw_world"]

#: What belongs to an item where it has one source, and to each of its sources where it has more.
OF_EACH_SOURCE = {
    Purpose.LEAD_TIME: Purpose.SOURCE_LEAD_TIME,
    Purpose.LOT_QUALITY: Purpose.SOURCE_LOT_QUALITY,
    Purpose.UNIT_DEFECT: Purpose.SOURCE_UNIT_DEFECT,
    Purpose.UNIT_INSPECTION: Purpose.SOURCE_UNIT_INSPECTION,
}

T = TypeVar("T")
Sampler = Callable[[np.random.Generator, int], np.ndarray]


def _uniform(generator: np.random.Generator, size: int) -> np.ndarray:
    return generator.random(size)


@dataclass(frozen=True)
class World:
    """One replication: what is ordered, and the luck that every plan meets.

    Orders are sorted by time; order *o* has the lines ``first_line[o]`` to ``first_line[o + 1]``.

    Parameters
    ----------
    setting : Setting
        What all replications share.
    seed, replication : int
        The address of this future.
    order_time, order_unit : ndarray of shape (n_orders,)
        When each order is placed [day], and by which unit.
    first_line : ndarray of shape (n_orders + 1,)
        Offsets of the orders' lines.
    line_order, line_item, line_quantity : ndarray of shape (n_lines,)
        Order, catalogue entry, and units of each line. [unit]
    spells : Spells
        When disruptions begin and end.
    """

    setting: Setting
    seed: int
    replication: int
    order_time: np.ndarray
    order_unit: np.ndarray
    first_line: np.ndarray
    line_order: np.ndarray
    line_item: np.ndarray
    line_quantity: np.ndarray
    spells: Spells = NO_SPELLS
    _by_line: dict[tuple[Purpose, int], np.ndarray] = field(default_factory=dict, repr=False)
    _endless: dict[tuple[int, ...], Stream] = field(default_factory=dict, repr=False)
    _made: dict[Callable[[World], Any], Any] = field(default_factory=dict, repr=False)

    def once(self, make: Callable[[World], T]) -> T:
        """Return what is made of this world, for all plans; made when it is first asked for."""
        if make not in self._made:
            self._made[make] = make(self)
        made: T = self._made[make]
        return made

    def by_item(self, purpose: Purpose) -> list[Stream]:
        """Return one endless array an item, shared by all plans.

        LEAD_TIME: of each replenishment, or of each spell of supply conditions [day]. LOT_QUALITY:
        defective share of each lot, 0 being the opening stock [1]. UNIT_DEFECT and
        UNIT_INSPECTION: a uniform draw of each unit bought [1].
        """
        terms = self.setting.terms
        laws = {Purpose.LEAD_TIME: terms.lead_time, Purpose.LOT_QUALITY: terms.lot_quality}
        law_of = laws.get(purpose)
        return [
            self.endless(law_of(item) if law_of else None, purpose, number)
            for number, item in enumerate(terms.items.values())
        ]

    @cached_property
    def laws_by_line(self) -> dict[Purpose, Distribution]:
        """The laws of a line's luck; what is not among them is uniform."""
        terms = self.setting.terms
        service = terms.service or ServiceTerms()
        return {
            Purpose.COMPLAINT_HOURS: service.handling_hours,
            Purpose.PICK_HOURS: terms.picking.hours_per_line,
            Purpose.TRANSPORT_TIME: terms.transport.time,
            Purpose.DISCOVERY_TIME: terms.receipt.found_in_use_after,
            Purpose.RETURN_TIME: terms.receipt.return_time,
        }

    def by_source(self, purpose: Purpose) -> list[list[Stream]]:
        """Return one endless array an item and source, ``[item][source]``, shared by all plans.

        What `by_item` knows, of the replenishments of one source each; and for every replenishment
        DELIVERED_SHARE, uniform DELIVERED_ROUNDING [1], PRODUCTION_TIME, RECALL_TIME [day]; for
        every unit ordered a uniform UNIT_DETECTION and OUTGOING_INSPECTION [1].
        """
        streams = [self.endless(*luck) for luck in self.luck_of_sources(purpose)]
        n_sources = len(self.setting.sources)
        return [streams[n : n + n_sources] for n in range(0, len(streams), n_sources)]

    def luck_of_sources(self, purpose: Purpose) -> list[tuple[Any, ...]]:
        """Return law and address of each item's luck at each source, those of an item together.

        The law is None where it is uniform.
        """
        known = self.setting.luck_of_sources
        if purpose not in known:
            known[purpose] = [
                self._luck_of_source(purpose, item, source)
                for item in range(len(self.setting.item_names))
                for source in range(len(self.setting.sources))
            ]
        return known[purpose]

    def _luck_of_source(self, purpose: Purpose, item: int, source: int) -> tuple[Any, ...]:
        terms, of = self.setting.terms, self.setting.sources[source]
        bought = tuple(terms.items.values())[item]
        laws = {
            Purpose.LEAD_TIME: terms.lead_time(bought, of),
            Purpose.LOT_QUALITY: terms.lot_quality(bought, of),
            Purpose.DELIVERED_SHARE: of.delivered_share,
            Purpose.PRODUCTION_TIME: of.stock and of.stock.lead_time,
            Purpose.RECALL_TIME: terms.supply.recall and terms.supply.recall.found_after,
        }
        law = laws.get(purpose)
        if purpose in OF_EACH_SOURCE and not terms.supply.sources:
            return law, purpose, item
        return law, OF_EACH_SOURCE.get(purpose, purpose), item, source

    def by_line(self, purpose: Purpose, delivery: int) -> np.ndarray:
        """Return the draws of each line's n-th delivery, shape (n_lines,), shared by all plans.

        PICK_HOURS [hour]; TRANSPORT_TIME, DISCOVERY_TIME, RETURN_TIME [day]; else uniform [1].
        """
        key = (purpose, delivery)
        if key not in self._by_line:
            self._by_line[key] = np.empty(len(self.line_item))
            self.draw_by_line(purpose, delivery, self._by_line[key])
        return self._by_line[key]

    def draw_by_line(self, purpose: Purpose, delivery: int, values: np.ndarray) -> None:
        """Fill an array of shape (n_lines,) with what `by_line` returns, and keep nothing."""
        self.fill(values, self.laws_by_line.get(purpose), purpose, delivery)

    def fill(self, values: np.ndarray, law: Distribution | None, *address: int) -> None:
        """Fill an array with the first draws of an address; uniform [1] without a law."""
        if isinstance(law, Constant):
            # It uses up no luck, and a stream of its own would cost more than the rest.
            values[:] = law.value
            return
        generator = generator_at(self.seed, self.replication, *address)
        if law is None:
            generator.random(out=values)
        else:
            law.fill(generator, values)

    def endless(self, law: Distribution | None, purpose: Purpose, *entity: int) -> Stream:
        """Return the endless array of an entity, shared by all plans; uniform [1] without a law."""
        address = (purpose, *entity)
        if address not in self._endless:
            sample = _uniform if law is None else law.sample
            generator = generator_at(self.seed, self.replication, *address)
            self._endless[address] = Stream(generator, sample)
        return self._endless[address]

    @cached_property
    def enquiry_times(self) -> np.ndarray:
        """When enquiries come to the service desk, shape (n_calls,) [day]."""
        service, calendar = self.setting.terms.service, self.setting.calendar
        rate = service.enquiries_per_business_day if service else 0.0
        if not rate:
            return np.empty(0)
        gaps = self.endless(Exponential(mean=1.0), Purpose.ENQUIRY_GAP, 0)
        worked = calendar.worked_at(self.setting.ends)
        n = int(worked * rate + 10 * np.sqrt(worked * rate) + 10)
        while (when := np.cumsum(gaps.first(n)) / rate)[-1] < worked:
            n *= 2
        return calendar.time_of(when[when < worked])

    def by_order(self, purpose: Purpose, number: int, orders: int) -> np.ndarray:
        """Return the draws of each order, shape (orders,), the n-th of its kind.

        Orders of the world come first, so that those of storerooms shift nobody's luck.
        RATING_NOISE, one an aspect: standard normal; else uniform. [1]
        """
        return self._row(purpose, number, orders)

    def by_unit(self, purpose: Purpose, number: int) -> np.ndarray:
        """Return the draws of each ordering unit, shape (n_units,), at the n-th survey.

        SURVEY_NOISE: standard normal; else uniform. [1]
        """
        return self._row(purpose, number, len(self.setting.unit_names))

    def _row(self, purpose: Purpose, number: int, size: int) -> np.ndarray:
        generator = generator_at(self.seed, self.replication, purpose, number)
        is_noise = purpose in (Purpose.RATING_NOISE, Purpose.SURVEY_NOISE)
        return generator.standard_normal(size) if is_noise else generator.random(size)


def draw_world(setting: Setting, seed: int, replication: int) -> World:
    """Draw one future: all orders of all units, and the addresses of all other luck.

    Parameters
    ----------
    setting : Setting
        What all replications share.
    seed : int
        Seed of the study, >= 0.
    replication : int
        Number of the replication, >= 0; any one can be drawn alone.
    """
    if seed < 0 or replication < 0:
        raise PbcError(f"seed and replication must be >= 0, got {seed} and {replication}.")

    def stream(purpose: Purpose, entity: int, sample: Sampler) -> Stream:
        return Stream(generator_at(seed, replication, purpose, entity), sample)

    demand, terms = setting.terms.demand, setting.terms
    spells = draw_spells(terms.disruptions, terms.start, setting.ends, seed, replication)
    shocks = np.empty(0)
    if demand.common_shock:
        every = stream(Purpose.COMMON_SHOCK, 0, demand.common_shock.law.sample)
        shocks = every.first(math.ceil(setting.ends / demand.common_shock.every_days))
    names = setting.unit_names
    gaps = [stream(Purpose.ORDER_GAP, unit, demand.gap.sample) for unit in range(len(names))]
    swells = [_swell(setting, unit, shocks, spells) for unit in range(len(names))]
    times, units = _order_times(setting, gaps, swells)
    counts, chances = [], []
    for unit, orders in enumerate(np.bincount(units, minlength=len(names)).tolist()):
        of_lines = generator_at(seed, replication, Purpose.LINES_PER_ORDER, unit)
        n_lines = demand.lines_per_order.sample(of_lines, orders).astype(int)
        of_items = generator_at(seed, replication, Purpose.LINE_ITEM, unit)
        counts.append(n_lines)
        chances.append(of_items.random(int(n_lines.sum())))
    items = np.searchsorted(
        np.cumsum(setting.popularity)[:-1], np.concatenate(chances), side="right"
    )
    n_lines = np.concatenate(counts)
    return _sorted_world(setting, seed, replication, spells, times, units, n_lines, items)


def _swell(setting: Setting, unit: int, shocks: np.ndarray, spells: Spells) -> Swell | None:
    shock, disruptions = setting.terms.demand.common_shock, setting.terms.disruptions
    surges = surges_of(setting.unit_names[unit], disruptions, spells) if len(spells) else []
    if not surges and not shock:
        return None
    return Swell.of(shocks, shock.every_days if shock else 1.0, surges)


def _order_times(
    setting: Setting, gaps: list[Stream], swells: list[Swell | None]
) -> tuple[np.ndarray, np.ndarray]:
    """Return when orders are placed [day] and by which units, unit after unit."""
    expected = setting.orders_of_units
    sizes = [int(n + 3 * math.sqrt(n)) + 16 for n in expected]  # mostly enough
    while True:
        reached = [
            _reached(setting, unit, gaps[unit].first(size), swells[unit])
            for unit, size in enumerate(sizes)
        ]
        units = np.repeat(np.arange(len(sizes)), sizes)
        placed = setting.order_times(units, np.concatenate(reached))
        last = placed[np.cumsum(sizes) - 1] < setting.ends
        if not last.any():
            inside = placed < setting.ends
            return placed[inside], units[inside]
        sizes = [2 * size if short else size for size, short in zip(sizes, last, strict=True)]


def _reached(setting: Setting, unit: int, gaps: np.ndarray, swell: Swell | None) -> np.ndarray:
    """Return the cumulated intensity at which a unit places each order, by its gaps [order]."""
    waited = gaps / setting.mean_gap
    waited[0] *= setting.terms.demand.first_gap
    cumulated = np.cumsum(waited)
    if swell:
        cumulated = swell.expected(cumulated, setting.intensity_at(unit, swell.edges))
    return cumulated


def _sorted_world(
    setting: Setting,
    seed: int,
    replication: int,
    spells: Spells,
    order_time: np.ndarray,
    order_unit: np.ndarray,
    n_lines: np.ndarray,
    line_item: np.ndarray,
) -> World:
    """Sort orders that come unit after unit by their time, and draw the quantities of lines."""
    rank = np.argsort(order_time, kind="stable")
    drawn_at = np.cumsum(n_lines) - n_lines
    n_lines = n_lines[rank]
    line_order = np.repeat(np.arange(len(rank)), n_lines)
    # Lines of an order stand together, before and after.
    moved = drawn_at[rank] - (np.cumsum(n_lines) - n_lines)
    line_item = line_item[np.repeat(moved, n_lines) + np.arange(len(line_order))]

    quantity = np.zeros(len(line_item), dtype=int)
    by_item = np.argsort(line_item, kind="stable")
    ends = np.cumsum(np.bincount(line_item, minlength=len(setting.terms.items)))
    for index, item in enumerate(setting.terms.items.values()):
        lines = by_item[ends[index - 1] if index else 0 : ends[index]]
        generator = generator_at(seed, replication, Purpose.LINE_QUANTITY, index)
        quantity[lines] = item.quantity.sample(generator, len(lines))
    order_time, order_unit = order_time[rank], order_unit[rank]
    if not (quantity.all() and n_lines.all()):
        # Orders of nothing are none.
        kept = quantity > 0
        n_lines = np.bincount(line_order[kept], minlength=len(rank))
        order_time, order_unit = order_time[n_lines > 0], order_unit[n_lines > 0]
        n_lines = n_lines[n_lines > 0]
        line_order = np.repeat(np.arange(len(n_lines)), n_lines)
        line_item, quantity = line_item[kept], quantity[kept]
    return World(
        setting,
        seed,
        replication,
        order_time,
        order_unit,
        np.append(0, np.cumsum(n_lines)),
        line_order,
        line_item,
        quantity,
        spells,
    )
