"""What is ordered, and with what luck: a world laid out as the arrays of the compiled model.

Lives here: arrays that all plans of a replication share, as far as any of them has asked.
May not live here: rules of the operation, levers of a plan.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from pbc_sim.operations.kernel.generator import fill_streams
from pbc_sim.operations.kernel.layout import LINE_ITEM
from pbc_sim.operations.kernel.lots import lots_of
from pbc_sim.operations.kernel.quantiles import WORKED_OUT, tables_of
from pbc_sim.world.draws import Purpose
from pbc_sim.world.future import OF_A_DELIVERY, OF_A_LOT, TIMES, World
from pbc_sim.world.seeding import state_of, states_of
from pbc_sim.world.setting import Setting

__all__ = ["Luck", "of_one_kind", "worked_out"]


def worked_out(setting: Setting) -> list[Purpose]:
    """Return what takes times whose law has no table, so that they and not the luck are laid out.

    The rules read tables and constants themselves, when they need them.
    """
    begins = tables_of(setting.handling_times).begins
    return [TIMES[n] for n in np.flatnonzero(begins == WORKED_OUT)]


class Luck:
    """The arrays of one world, which is handed over where more is drawn.

    It keeps these and not they it, or both would stay in memory until cycles are looked for.

    Parameters
    ----------
    world : World
        What is ordered, and everybody's luck.
    """

    def __init__(self, world: World) -> None:
        n_items, self.sources = len(world.setting.item_names), len(world.setting.sources)
        self.accounts = n_items * self.sources
        # A ledger makes the world's own read-only, which would be another compilation.
        self.order_time = of_one_kind(world.order_time.copy(), float)
        self.first_line = of_one_kind(world.first_line, np.int64)
        columns = (world.line_order, world.line_item, world.line_quantity)
        self.lines = of_one_kind(np.stack(columns, axis=1), np.int64)
        #: How many units of each item lines ask for.
        self.units_of = np.bincount(world.line_item, world.line_quantity, n_items).astype(int)
        self.units = int(self.units_of.sum())
        self._of_lots: dict[Purpose, np.ndarray] = {}
        self._units = np.zeros(self.accounts, dtype=np.int64)
        self._first_unit = np.zeros(self.accounts + 1, dtype=np.int64)
        self._of_units: dict[Purpose, np.ndarray] = {}
        self._of_lines = np.empty((0, len(OF_A_DELIVERY)))
        #: Of how many deliveries of all lines the luck is laid out, and how many later ones have
        #: streams that are known.
        self.deliveries, self.later = 0, 0
        self.streams_of_later = np.empty((0, 4), dtype=np.uint64)
        self._worked_out = worked_out(world.setting)

    def of_lots(self, world: World, purpose: Purpose, size: int) -> np.ndarray:
        """Return the first draws of each item's lots, by source, shape (accounts, `size` or more).

        An account is an item at a source; those of an item stand together.
        """
        drawn = self._of_lots.get(purpose)
        if drawn is None or drawn.shape[1] < size:
            if purpose in OF_A_LOT:
                lots = lots_of(world.setting, self._streams(world, Purpose.LOT), size)
                self._of_lots.update(zip(OF_A_LOT, lots, strict=True))
                # The quality of an item may vary from a later lot on.
                self._of_units.clear()
                return self._of_lots[purpose]
            drawn = np.empty((self.accounts, size))
            for row, (law, *address) in zip(drawn, world.luck_of_sources(purpose), strict=True):
                world.fill(row, law, *address)
            self._of_lots[purpose] = drawn
        return drawn

    def of_units(
        self, world: World, units: np.ndarray, qualities: np.ndarray, wanted: list[Purpose]
    ) -> tuple[np.ndarray, dict[Purpose, np.ndarray]]:
        """Return offsets of the accounts, and draws of at least so many units of each, end to end.

        UNIT_DEFECT where the quality of lots varies, none where none is needed; and what is wanted
        besides.
        """
        if (self._units < units).any():
            # As many as other plans will ask for.
            asked, most = np.repeat(self.units_of, self.sources), world.setting.most_spare_units
            np.maximum(most, units - asked, out=most)
            self._units = asked + most
            self._first_unit = np.concatenate(([0], np.cumsum(self._units)))
            self._of_units.clear()
        for purpose in (Purpose.UNIT_DEFECT, *wanted):
            if purpose not in self._of_units:
                is_defect = purpose == Purpose.UNIT_DEFECT
                needed = (qualities != 0).any(axis=1) if is_defect else np.ones(self.accounts, bool)
                self._of_units[purpose] = self._draws_of_units(world, purpose, needed)
        return self._first_unit, self._of_units

    def _draws_of_units(self, world: World, purpose: Purpose, needed: np.ndarray) -> np.ndarray:
        """Return draws of the units of the accounts that need them; ones for the others."""
        if not needed.any():
            return np.empty(0)
        begins, ends = self._first_unit[:-1], self._first_unit[1:]
        drawn = np.empty(ends[-1]) if needed.all() else np.ones(ends[-1])
        fill_streams(self._streams(world, purpose), begins, np.where(needed, ends, begins), drawn)
        return drawn

    def _streams(self, world: World, purpose: Purpose) -> np.ndarray:
        """Return how the stream of each account begins, shape (accounts, 4)."""
        addresses = [address for _, *address in world.luck_of_sources(purpose)]
        seed, replication = world.seed, world.replication
        if addresses == [[purpose, item] for item in range(self.accounts)]:
            return states_of(seed, replication, purpose, self.accounts)
        return np.array([state_of(seed, replication, *address) for address in addresses])

    def of_lines(self, world: World, deliveries: int, later: int) -> np.ndarray:
        """Return the luck of all lines' first deliveries, shape (deliveries * lines + room, 9).

        That of all first deliveries comes before that of all second ones. Behind it is room for
        what the rules find of so many later ones of few lines. Columns as in `OF_A_DELIVERY`.
        """
        n_lines, n_purposes = len(self.lines), len(OF_A_DELIVERY)
        if self.deliveries < deliveries or self.later < later:
            self.deliveries, self.later = max(self.deliveries, deliveries), max(self.later, later)
            streams = states_of(
                world.seed, world.replication, Purpose.LINE, self.deliveries + self.later
            )
            self.streams_of_later = streams[self.deliveries :]
            room = self.later * (4 + n_lines // 64)
            self._of_lines = np.empty((self.deliveries * n_lines + room, n_purposes))
            begins = np.arange(self.deliveries) * n_lines * n_purposes
            drawn = self._of_lines.reshape(-1)
            ends = begins + n_lines * n_purposes
            fill_streams(streams[: self.deliveries], begins, ends, drawn)
            for purpose in self._worked_out:
                column = self._of_lines[:, OF_A_DELIVERY.index(purpose)]
                column[:] = world.value_of(purpose, column)
        return self._of_lines

    @cached_property
    def most_lines(self) -> int:
        """How many lines ask for the item that most lines ask for."""
        return int(np.bincount(self.lines[:, LINE_ITEM]).max(initial=0))


def of_one_kind(values: np.ndarray, kind: type) -> np.ndarray:
    """Return contiguous values that may be written to: one kind of array is one compilation."""
    return np.require(values, kind, ["C", "W"])
