"""What is ordered, and with what luck: a world laid out as the arrays of the compiled model.

Lives here: arrays that all plans of a replication share, as far as any of them has asked.
May not live here: rules of the operation, levers of a plan.
"""

from __future__ import annotations

import numpy as np

from pbc_sim.world.distributions import Constant, Distribution
from pbc_sim.world.draws import Purpose, generator_at
from pbc_sim.world.future import World

__all__ = ["Luck", "of_one_kind"]

#: The purposes that a delivery of a line has, in the order of the layout's rows.
OF_A_DELIVERY = [
    Purpose.PICK_HOURS,
    Purpose.PICK_ERROR,
    Purpose.PICK_ERROR_SIZE,
    Purpose.PICK_CHECK,
    Purpose.DOCUMENT_ERROR,
    Purpose.TRANSPORT_TIME,
    Purpose.RECEIPT_INSPECTION,
    Purpose.DISCOVERY_TIME,
    Purpose.RETURN_TIME,
]


class Luck:
    """The arrays of one world, which is handed over where more is drawn.

    It keeps these and not they it, or both would stay in memory until cycles are looked for.

    Parameters
    ----------
    world : World
        What is ordered, and everybody's luck.
    """

    def __init__(self, world: World) -> None:
        n_items = len(world.setting.item_names)
        self.order_time = of_one_kind(world.order_time.copy(), float)
        self.first_line = of_one_kind(world.first_line, np.int64)
        columns = (world.line_order, world.line_item, world.line_quantity)
        self.lines = of_one_kind(np.stack(columns, axis=1), np.int64)
        #: Of each item: how many lines ask for it, and for how many units.
        self.lines_of = np.bincount(world.line_item, minlength=n_items)
        self.units_of = np.bincount(world.line_item, world.line_quantity, n_items).astype(int)
        self.most_lines, self.units = int(self.lines_of.max()), int(self.units_of.sum())
        self._by_item: dict[Purpose, np.ndarray] = {}
        self._first_unit = np.zeros(n_items + 1, dtype=np.int64)
        self._by_unit: dict[Purpose, np.ndarray] = {}
        self._of_lines = np.empty((0, len(OF_A_DELIVERY), len(self.lines)))

    def by_item(self, world: World, purpose: Purpose, size: int) -> np.ndarray:
        """Return the first draws of each item, shape (n_items, at least `size`)."""
        drawn = self._by_item.get(purpose)
        if drawn is None or drawn.shape[1] < size:
            laws = _laws(world, purpose)
            drawn = np.empty((len(laws), size))
            for item, law in enumerate(laws):
                # A constant uses up no luck, and a stream of its own would cost more than the rest.
                if isinstance(law, Constant):
                    drawn[item] = law.value
                else:
                    of_item = generator_at(world.seed, world.replication, purpose, item)
                    drawn[item] = law.sample(of_item, size)
            self._by_item[purpose] = drawn
            self._by_unit.clear()  # the quality of an item may vary from a later lot on
        return drawn

    def of_units(
        self, world: World, units: np.ndarray, lots: int, *, inspects: bool
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return offsets of the items, and the draws of at least so many units of each, end to end.

        UNIT_DEFECT where the quality of lots varies, and UNIT_INSPECTION where units are inspected;
        where none is needed there are none.
        """
        qualities = self.by_item(world, Purpose.LOT_QUALITY, lots)
        if (np.diff(self._first_unit) < units).any():
            # Somewhat more, so that a plan with some more stock finds them there.
            self._first_unit = np.concatenate(([0], np.cumsum(units + units // 8)))
            self._by_unit.clear()
        if Purpose.UNIT_DEFECT not in self._by_unit:
            varies = (qualities != 0).any(axis=1)
            self._by_unit[Purpose.UNIT_DEFECT] = self._of_all_units(
                world, Purpose.UNIT_DEFECT, varies
            )
        if inspects and Purpose.UNIT_INSPECTION not in self._by_unit:
            every = np.ones(len(qualities), dtype=bool)
            self._by_unit[Purpose.UNIT_INSPECTION] = self._of_all_units(
                world, Purpose.UNIT_INSPECTION, every
            )
        inspections = self._by_unit[Purpose.UNIT_INSPECTION] if inspects else np.empty(0)
        return self._first_unit, self._by_unit[Purpose.UNIT_DEFECT], inspections

    def _of_all_units(self, world: World, purpose: Purpose, needed: np.ndarray) -> np.ndarray:
        """Return the draws of the units of all items; ones where none is needed."""
        if not needed.any():
            return np.empty(0)
        first_unit = self._first_unit.tolist()
        drawn = np.empty(first_unit[-1]) if needed.all() else np.ones(first_unit[-1])
        for item in np.flatnonzero(needed).tolist():
            generator = generator_at(world.seed, world.replication, purpose, item)
            generator.random(out=drawn[first_unit[item] : first_unit[item + 1]])
        return drawn

    def of_lines(self, world: World, deliveries: int) -> np.ndarray:
        """Return the luck of all lines' first deliveries, axes (delivery, purpose, line)."""
        known = self._of_lines
        if len(known) < deliveries:
            self._of_lines = np.empty((deliveries, len(OF_A_DELIVERY), len(self.lines)))
            self._of_lines[: len(known)] = known
            for delivery in range(len(known), deliveries):
                for purpose, row in zip(OF_A_DELIVERY, self._of_lines[delivery], strict=True):
                    world.draw_by_line(purpose, delivery, row)
        return self._of_lines

    @property
    def deliveries(self) -> int:
        """For how many deliveries of each line the luck has been asked for."""
        return len(self._of_lines)


def of_one_kind(values: np.ndarray, kind: type) -> np.ndarray:
    """Return contiguous values that may be written to: one kind of array is one compilation."""
    return np.require(values, kind, ["C", "W"])


def _laws(world: World, purpose: Purpose) -> list[Distribution]:
    terms = world.setting.terms
    of = {Purpose.LEAD_TIME: terms.lead_time, Purpose.LOT_QUALITY: terms.lot_quality}[purpose]
    return [of(item) for item in terms.items.values()]
