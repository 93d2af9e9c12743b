"""What might happen: one replication's draws, made before the engine runs.

Lives here: `World` (orders, and the luck of every entity) and how it is drawn.
May not live here: what a plan makes of it (`operations/`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from pbc_sim.errors import PbcError
from pbc_sim.world.distributions import Constant, Distribution, Exponential
from pbc_sim.world.draws import Purpose, Stream, generator_at
from pbc_sim.world.lots import Column, LotTable
from pbc_sim.world.ordering import Orders, draw_orders
from pbc_sim.world.service import ServiceTerms
from pbc_sim.world.setting import Setting
from pbc_sim.world.spells import NO_SPELLS, Spells, draw_spells

__all__ = ["OF_A_DELIVERY", "OF_A_LOT", "TIMES", "Drawing", "World", "draw_world"]

#: What is decided of a delivery by chance.
CHANCES = (
    Purpose.PICK_ERROR,
    Purpose.PICK_ERROR_SIZE,
    Purpose.PICK_CHECK,
    Purpose.DOCUMENT_ERROR,
    Purpose.RECEIPT_INSPECTION,
)
#: How long things take, in the order of `Setting.handling_times`.
TIMES = (
    Purpose.PICK_HOURS,
    Purpose.TRANSPORT_TIME,
    Purpose.DISCOVERY_TIME,
    Purpose.RETURN_TIME,
)
#: What each delivery of a line has a uniform number for. Those of all lines' n-th delivery are one
#: stream, line after line.
OF_A_DELIVERY = (*CHANCES, *TIMES)
#: What a lot has.
OF_A_LOT = (Purpose.LEAD_TIME, Purpose.LOT_QUALITY)

#: What belongs to an item where it has one source, and to each of its sources where it has more.
OF_EACH_SOURCE = {
    Purpose.LOT: Purpose.SOURCE_LOT,
    Purpose.UNIT_DEFECT: Purpose.SOURCE_UNIT_DEFECT,
    Purpose.UNIT_INSPECTION: Purpose.SOURCE_UNIT_INSPECTION,
}

T = TypeVar("T")
#: What draws the orders of a setting under a seed, in a replication, in its spells of disruption.
Drawing = Callable[[Setting, int, int, Spells], Orders]


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

    @cached_property
    def lots(self) -> LotTable:
        """What each item's lots at each source have, shared by all plans.

        Lead times are of each replenishment, or of each spell of supply conditions; the lot number
        0 is the opening stock.
        """
        addresses = self.luck_of_sources(Purpose.LOT)
        generators = [
            generator_at(self.seed, self.replication, *address) for _, *address in addresses
        ]
        return LotTable(generators, self.setting.lots)

    def lots_by_source(self, purpose: Purpose) -> list[list[Column]]:
        """Return LEAD_TIME [day] or LOT_QUALITY [1] of lots: ``[item][source][lot]``."""
        kind, n_sources = OF_A_LOT.index(purpose), len(self.setting.sources)
        return [
            [Column(self.lots, kind, item * n_sources + source) for source in range(n_sources)]
            for item in range(len(self.setting.item_names))
        ]

    def by_source(self, purpose: Purpose) -> list[list[Stream]]:
        """Return one endless array an item and source, ``[item][source]``, shared by all plans.

        For every unit bought uniform UNIT_DEFECT and UNIT_INSPECTION [1]; for every replenishment
        DELIVERED_SHARE, uniform DELIVERED_ROUNDING [1], PRODUCTION_TIME, RECALL_TIME [day]; for
        every unit ordered uniform UNIT_DETECTION and OUTGOING_INSPECTION [1].
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
        laws = {
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

        PICK_HOURS, COMPLAINT_HOURS [hour]; TRANSPORT_TIME, DISCOVERY_TIME, RETURN_TIME [day]; else
        uniform [1].
        """
        key = (purpose, delivery)
        if key not in self._by_line:
            if purpose in OF_A_DELIVERY:
                luck = self.luck_of_lines(delivery)
                for n, of in enumerate(OF_A_DELIVERY):
                    self._by_line[of, delivery] = self.value_of(of, luck[:, n])
            else:
                self._by_line[key] = np.empty(len(self.line_item))
                law = self.complaint_hours if purpose == Purpose.COMPLAINT_HOURS else None
                self.fill(self._by_line[key], law, purpose, delivery)
        return self._by_line[key]

    def luck_of_lines(self, delivery: int) -> np.ndarray:
        """Return uniform luck of each line's n-th delivery, columns as in `OF_A_DELIVERY`."""
        luck = np.empty((len(self.line_item), len(OF_A_DELIVERY)))
        self.fill(luck, None, Purpose.LINE, delivery)
        return luck

    def value_of(self, purpose: Purpose, luck: np.ndarray) -> np.ndarray:
        """Return what uniform luck of a delivery means: how long something takes, or itself."""
        if purpose not in TIMES:
            return luck
        return self.setting.handling_times.of(luck, TIMES.index(purpose))

    def of_storeroom(self, purpose: Purpose, delivery: int, unit: int, item: int) -> Stream:
        """Return the endless array of a storeroom's orders of a part, as `by_line` knows them.

        Of times it has the uniform luck, which `value_of` understands.
        """
        law = self.complaint_hours if purpose == Purpose.COMPLAINT_HOURS else None
        return self.endless(law, purpose, delivery, unit, item)

    @property
    def complaint_hours(self) -> Distribution:
        """The law of the work on a complaint [hour]."""
        law: Distribution = (self.setting.terms.service or ServiceTerms()).handling_hours
        return law

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


def draw_world(
    setting: Setting, seed: int, replication: int, drawn_by: Drawing = draw_orders
) -> World:
    """Draw one future: all orders of all units, and the addresses of all other luck.

    Parameters
    ----------
    setting : Setting
        What all replications share.
    seed : int
        Seed of the study, >= 0.
    replication : int
        Number of the replication, >= 0; any one can be drawn alone.
    drawn_by : callable
        What draws the orders, of which all draw the same.
    """
    if seed < 0 or replication < 0:
        raise PbcError(f"seed and replication must be >= 0, got {seed} and {replication}.")

    spells = draw_spells(
        setting.terms.disruptions, setting.terms.start, setting.ends, seed, replication
    )
    orders = drawn_by(setting, seed, replication, spells)
    return World(setting, seed, replication, *orders, spells)
