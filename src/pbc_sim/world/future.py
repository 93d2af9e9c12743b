"""What might happen: one replication's draws, made before the engine runs.

Lives here: `World` (orders, and the luck of every entity) and how it is drawn.
May not live here: what a plan makes of it (`operations/`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from pbc_sim.errors import PbcError
from pbc_sim.world.draws import Purpose, Stream, generator_at
from pbc_sim.world.setting import Setting

__all__ = ["World", "draw_world"]

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
    _streams: dict[tuple[int, ...], Stream] = field(default_factory=dict, repr=False)
    _deliveries: dict[tuple[int, int], list[float]] = field(default_factory=dict, repr=False)

    def _stream(self, purpose: Purpose, entity: int, sample: Sampler) -> Stream:
        key = (purpose, entity)
        if key not in self._streams:
            generator = generator_at(self.seed, self.replication, purpose, entity)
            self._streams[key] = Stream(generator, sample)
        return self._streams[key]

    def lead_times(self, item: int) -> Stream:
        """Lead time of each replenishment of an item, or of each spell of conditions [day]."""
        terms = self.setting.terms
        law = terms.lead_time(terms.items[self.setting.item_names[item]])
        return self._stream(Purpose.LEAD_TIME, item, law.sample)

    def lot_qualities(self, item: int) -> Stream:
        """Defective share of each lot of an item; lot 0 is the opening stock [1]."""
        terms = self.setting.terms
        law = terms.lot_quality(terms.items[self.setting.item_names[item]])
        return self._stream(Purpose.LOT_QUALITY, item, law.sample)

    def unit_defects(self, item: int) -> Stream:
        """Uniform draw of each unit bought of an item: defective if below its lot's share [1]."""
        return self._stream(Purpose.UNIT_DEFECT, item, _uniform)

    def unit_inspections(self, item: int) -> Stream:
        """Uniform draw of each unit bought: inspected at goods in if below the plan's share [1]."""
        return self._stream(Purpose.UNIT_INSPECTION, item, _uniform)

    def pick_hours(self, delivery: int) -> list[float]:
        """Work on each line's n-th delivery [hour]."""
        law = self.setting.terms.picking.hours_per_line
        return self._by_line(Purpose.PICK_HOURS, delivery, law.sample)

    def transport_times(self, delivery: int) -> list[float]:
        """Travel time of each line's n-th delivery [day]."""
        law = self.setting.terms.transport.time
        return self._by_line(Purpose.TRANSPORT_TIME, delivery, law.sample)

    def discovery_times(self, delivery: int) -> list[float]:
        """Receipt to discovery of defects in each line's n-th delivery [day]."""
        law = self.setting.terms.receipt.found_in_use_after
        return self._by_line(Purpose.DISCOVERY_TIME, delivery, law.sample)

    def return_times(self, delivery: int) -> list[float]:
        """Way back of what is rejected of each line's n-th delivery [day]."""
        law = self.setting.terms.receipt.return_time
        return self._by_line(Purpose.RETURN_TIME, delivery, law.sample)

    def chance(self, purpose: Purpose, delivery: int) -> list[float]:
        """Uniform draw of each line's n-th delivery for a purpose [1]."""
        return self._by_line(purpose, delivery, _uniform)

    def _by_line(self, purpose: Purpose, delivery: int, sample: Sampler) -> list[float]:
        # Lists, because the engine asks for one line at a time.
        key = (purpose, delivery)
        if key not in self._deliveries:
            generator = generator_at(self.seed, self.replication, purpose, delivery)
            self._deliveries[key] = sample(generator, len(self.line_item)).tolist()
        return self._deliveries[key]


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

    demand = setting.terms.demand
    times, units, counts, items = [], [], [], []
    for unit in range(len(setting.unit_names)):
        placed = _order_times(setting, unit, stream(Purpose.ORDER_GAP, unit, demand.gap.sample))
        lines = stream(Purpose.LINES_PER_ORDER, unit, demand.lines_per_order.sample)
        n_lines = lines.first(len(placed)).astype(int)
        chance = stream(Purpose.LINE_ITEM, unit, _uniform).first(int(n_lines.sum()))
        times.append(placed)
        units.append(np.full(len(placed), unit))
        counts.append(n_lines)
        edges = np.cumsum(setting.popularity)[:-1]
        items.append(np.searchsorted(edges, chance, side="right"))
    return _sorted_world(setting, seed, replication, times, units, counts, items)


def _order_times(setting: Setting, unit: int, gaps: Stream) -> np.ndarray:
    n = 64
    while True:
        waited = gaps.first(n) / setting.mean_gap
        waited = np.r_[waited[0] * setting.terms.demand.first_gap, waited[1:]]
        placed = setting.order_times(unit, np.cumsum(waited))
        if placed[-1] >= setting.ends:
            return placed[placed < setting.ends]
        n *= 2


def _sorted_world(
    setting: Setting,
    seed: int,
    replication: int,
    times: list[np.ndarray],
    units: list[np.ndarray],
    counts: list[np.ndarray],
    items: list[np.ndarray],
) -> World:
    order_time, order_unit, n_lines = map(np.concatenate, (times, units, counts))
    drawn_order = np.repeat(np.arange(len(order_time)), n_lines)
    rank = np.argsort(order_time, kind="stable")
    place = np.empty_like(rank)
    place[rank] = np.arange(len(rank))
    by_order = np.argsort(place[drawn_order], kind="stable")
    line_order = place[drawn_order][by_order]
    line_item = np.concatenate(items)[by_order]

    quantity = np.zeros(len(line_item), dtype=int)
    for index, item in enumerate(setting.terms.items.values()):
        lines = np.flatnonzero(line_item == index)
        law = Stream(
            generator_at(seed, replication, Purpose.LINE_QUANTITY, index), item.quantity.sample
        )
        quantity[lines] = law.first(len(lines)).astype(int)

    kept = quantity > 0
    order_has_lines = np.zeros(len(order_time), dtype=bool)
    order_has_lines[line_order[kept]] = True
    renumbered = np.cumsum(order_has_lines) - 1
    line_order = renumbered[line_order[kept]]
    n_orders = int(order_has_lines.sum())
    return World(
        setting,
        seed,
        replication,
        order_time[rank][order_has_lines],
        order_unit[rank][order_has_lines],
        np.searchsorted(line_order, np.arange(n_orders + 1)),
        line_order,
        line_item[kept],
        quantity[kept],
    )
