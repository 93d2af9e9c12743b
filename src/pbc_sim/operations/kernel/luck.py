"""What is ordered, and with what luck: a world laid out as the arrays of the compiled model.

Lives here: arrays that all plans of a replication share, as far as any of them has asked.
May not live here: rules of the operation, levers of a plan.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from pbc_sim.operations.kernel.layout import LINE_ITEM
from pbc_sim.world.draws import Purpose, generator_at
from pbc_sim.world.future import OF_A_DELIVERY, OF_A_LOT, TIMES, World
from pbc_sim.world.setting import Setting

__all__ = ["Luck", "is_worked_out", "of_one_kind"]


def is_worked_out(setting: Setting, purpose: Purpose) -> bool:
    """Tell whether the rules find how long something takes, and not the luck that says so.

    They read a table of quantiles themselves, when they need it.
    """
    return purpose in TIMES and setting.handling_times.begins[TIMES.index(purpose)] < 0


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
        self._of_units: dict[Purpose, UnitLuck] = {}
        self._of_lines = np.empty((0, len(self.lines), len(OF_A_DELIVERY)))
        purposes = enumerate(OF_A_DELIVERY)
        self._worked_out = [n for n, of in purposes if is_worked_out(world.setting, of)]

    def of_lots(self, world: World, purpose: Purpose, size: int) -> np.ndarray:
        """Return the first draws of each item's lots, by source, shape (accounts, `size` or more).

        An account is an item at a source; those of an item stand together.
        """
        drawn = self._of_lots.get(purpose)
        if drawn is None or drawn.shape[1] < size:
            if purpose in OF_A_LOT:
                drawn = world.lots.first(size)[OF_A_LOT.index(purpose)]
            else:
                drawn = np.empty((self.accounts, size))
                for row, (law, *address) in zip(drawn, world.luck_of_sources(purpose), strict=True):
                    world.fill(row, law, *address)
            self._of_lots[purpose] = drawn
            if purpose == Purpose.LOT_QUALITY:
                self._of_units.clear()  # the quality of an item may vary from a later lot on
        return drawn

    def of_units(
        self, world: World, units: np.ndarray, lots: int, wanted: list[Purpose]
    ) -> tuple[np.ndarray, dict[Purpose, np.ndarray]]:
        """Return offsets of the accounts, and draws of at least so many units of each, end to end.

        UNIT_DEFECT where the quality of lots varies, none where none is needed; and what is wanted
        besides.
        """
        qualities = self.of_lots(world, Purpose.LOT_QUALITY, lots)
        if (self._units < units).any():
            # As many as other plans will ask for.
            most = world.setting.most_units
            np.maximum(most, units, out=most)
            self._units = most.copy()
            self._first_unit = np.concatenate(([0], np.cumsum(most)))
        if Purpose.UNIT_DEFECT not in self._of_units:
            varies = (qualities != 0).any(axis=1)
            self._of_units[Purpose.UNIT_DEFECT] = UnitLuck(world, Purpose.UNIT_DEFECT, varies)
        for purpose in wanted:
            if purpose not in self._of_units:
                every = np.ones(self.accounts, dtype=bool)
                self._of_units[purpose] = UnitLuck(world, purpose, every)
        return self._first_unit, {
            purpose: luck.draws(self._first_unit) for purpose, luck in self._of_units.items()
        }

    def of_lines(self, world: World, deliveries: int) -> np.ndarray:
        """Return the luck of all lines' first deliveries, axes (delivery, line, purpose)."""
        known = self._of_lines
        if len(known) < deliveries:
            self._of_lines = np.empty((deliveries, len(self.lines), len(OF_A_DELIVERY)))
            self._of_lines[: len(known)] = known
            # The first deliveries come last, since they are what is most read: it is still at hand.
            for delivery in reversed(range(len(known), deliveries)):
                luck = world.luck_of_lines(delivery, self._of_lines[delivery])
                for n in self._worked_out:
                    luck[:, n] = world.value_of(OF_A_DELIVERY[n], luck[:, n])
        return self._of_lines

    @cached_property
    def most_lines(self) -> int:
        """How many lines ask for the item that most lines ask for."""
        return int(np.bincount(self.lines[:, LINE_ITEM]).max(initial=0))

    @property
    def deliveries(self) -> int:
        """For how many deliveries of each line the luck has been asked for."""
        return len(self._of_lines)


class UnitLuck:
    """The draws of the units of all accounts, end to end; a plan that needs more lets it grow.

    Parameters
    ----------
    world : World
        Everybody's luck.
    purpose : Purpose
        What the draws are for.
    needed : ndarray of shape (accounts,)
        Whose units' draws decide on anything.
    """

    def __init__(self, world: World, purpose: Purpose, needed: np.ndarray) -> None:
        addresses = [address for _, *address in world.luck_of_sources(purpose)]
        #: Of each account that needs one.
        self.generators = {
            account: generator_at(world.seed, world.replication, *addresses[account])
            for account in np.flatnonzero(needed).tolist()
        }
        self.first_unit, self.drawn = np.zeros(len(needed) + 1, dtype=np.int64), np.empty(0)

    def draws(self, first_unit: np.ndarray) -> np.ndarray:
        """Return draws of as many units of each account as the offsets have room for; ones else."""
        if not self.generators or first_unit is self.first_unit:
            return self.drawn
        known, begins = self.first_unit.tolist(), first_unit.tolist()
        complete = len(self.generators) == len(known) - 1
        drawn = np.empty(begins[-1]) if complete else np.ones(begins[-1])
        for account, generator in self.generators.items():
            begin, end = begins[account], begins[account + 1]
            there = known[account + 1] - known[account]
            if there:
                drawn[begin : begin + there] = self.drawn[known[account] : known[account + 1]]
            generator.random(out=drawn[begin + there : end])
        self.first_unit, self.drawn = first_unit, drawn
        return drawn


def of_one_kind(values: np.ndarray, kind: type) -> np.ndarray:
    """Return contiguous values that may be written to: one kind of array is one compilation."""
    return np.require(values, kind, ["C", "W"])
