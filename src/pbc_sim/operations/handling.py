"""What becomes of a line's n-th delivery under a plan: decided by its luck, before it happens.

Lives here: picking work, checks, errors, notes, travel and opening, for all lines at once.
May not live here: time, stock, queues.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from pbc_sim.operations.improvement import Factors, Improvement
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.world.draws import Purpose
from pbc_sim.world.future import World

__all__ = ["Handled", "HandledLines", "Handling"]


class Handled(NamedTuple):
    """How one delivery of one line is handled.

    Parameters
    ----------
    hours : float
        Work of a picker, any check included. [hour]
    checked : bool
        Whether it is checked before dispatch.
    error_size : float
        Share of its units that is wrong, rounded up; below 0 if none is. [1]
    documents_wrong : bool
        Whether its delivery note is wrong.
    travel : float
        Ordinary travel time. [day]
    opened : bool
        Whether the buyer's unit opens it on receipt.
    """

    hours: float
    checked: bool
    error_size: float
    documents_wrong: bool
    travel: float
    opened: bool

    def wrong_units(self, units: int) -> int:
        """Return how many of a number of picked units are wrong [unit]."""
        return 1 + int(self.error_size * units) if self.error_size >= 0 else 0


class HandledLines(NamedTuple):
    """How one delivery of each of many lines is handled; the columns are those of `Handled`."""

    hours: np.ndarray
    checked: np.ndarray
    error_size: np.ndarray
    documents_wrong: np.ndarray
    travel: np.ndarray
    opened: np.ndarray

    def one_by_one(self) -> list[Handled]:
        """Return the same, line by line."""
        return list(map(Handled, *(column.tolist() for column in self)))


Luck = Callable[[Purpose], np.ndarray]


class Handling(dict[int, list[Handled]]):
    """``handling[delivery][line]``, made when a delivery number is first asked for.

    The lines of the world are handled all at once. A storeroom's orders depend on the plan, so
    their luck belongs to the storeroom, the part, and the number of the order.
    """

    def __init__(self, world: World, plan: SupplierPlan) -> None:
        super().__init__()
        self._world, self._plan = world, plan
        #: Unit, item and number of the order, for each line of a storeroom's order.
        self._storeroom_lines: list[tuple[int, int, int]] = []
        self._improvement = Improvement.of(world.setting, plan.investments, plan.learning)
        self._factors: Factors | None = None
        if self._improvement:
            placed = world.order_time[world.line_order]
            self._factors = self._improvement.factors(placed, np.arange(len(placed)))
        #: Of the storerooms' lines.
        self._their_factors: list[Factors | None] = []

    def add_line(self, now: float, unit: int, item: int, number: int) -> None:
        """Add the line of a storeroom's n-th order of a part."""
        address, factors = (unit, item, number), self._factors_at(now)
        self._storeroom_lines.append(address)
        self._their_factors.append(factors)
        for delivery in self:
            luck = partial(self._luck_of, address, delivery)
            self[delivery] += self._handled(1, luck, factors).one_by_one()

    def _factors_at(self, now: float) -> Factors | None:
        if self._improvement is None:
            return None
        world = self._world
        lines_before = world.first_line[np.searchsorted(world.order_time, now)]
        number = np.array([lines_before + len(self._storeroom_lines)])
        return self._improvement.factors(np.array([now]), number)

    def luck(self, purpose: Purpose, delivery: int, line: int) -> float:
        """Return a line's luck of a purpose at its n-th delivery."""
        n_lines = len(self._world.line_item)
        if line < n_lines:
            return float(self._world.by_line(purpose, delivery)[line])
        return float(self._luck_of(self._storeroom_lines[line - n_lines], delivery, purpose)[0])

    def _luck_of(
        self, address: tuple[int, int, int], delivery: int, purpose: Purpose
    ) -> np.ndarray:
        unit, item, number = address
        luck = self._world.of_storeroom(purpose, delivery, unit, item).between(number, number + 1)
        return self._world.value_of(purpose, luck)

    def of_all_lines(self, delivery: int) -> HandledLines:
        """Return how the n-th delivery of every line of the world is handled."""
        world = self._world
        return self._handled(
            len(world.line_item), lambda purpose: world.by_line(purpose, delivery), self._factors
        )

    def __missing__(self, delivery: int) -> list[Handled]:
        handled = self.of_all_lines(delivery).one_by_one()
        for address, factors in zip(self._storeroom_lines, self._their_factors, strict=True):
            luck = partial(self._luck_of, address, delivery)
            handled += self._handled(1, luck, factors).one_by_one()
        self[delivery] = handled
        return handled

    def _handled(self, n_lines: int, luck: Luck, better: Factors | None) -> HandledLines:
        terms, check = self._world.setting.terms, self._plan.pick_check
        picking = terms.picking
        # A share of 0 or 1 needs no luck, and what is not drawn costs nothing.
        no, yes = np.zeros(n_lines, bool), np.ones(n_lines, bool)
        errors: float | np.ndarray = picking.error_share
        bad_notes: float | np.ndarray = picking.documentation_error_share
        finds: float | np.ndarray = picking.check_finds_share
        hours, travel = luck(Purpose.PICK_HOURS), luck(Purpose.TRANSPORT_TIME)
        if better is not None:
            # Less of a share is a lower threshold for the same luck, so who errs under the better
            # share errs under the worse one too.
            errors, bad_notes = errors * better.pick_error, bad_notes * better.documentation_error
            finds = np.clip(1 - (1 - finds) * better.check_misses, 0, 1)
            hours, travel = hours * better.pick_hours, travel * better.transport_time
        has_error = luck(Purpose.PICK_ERROR) < errors if picking.error_share else no
        checked = no
        if check:
            checks = luck(Purpose.PICK_CHECK)
            checked = checks < check
            has_error = has_error & ~(checks < check * finds)
        size = luck(Purpose.PICK_ERROR_SIZE) if has_error.any() else no
        opened = terms.receipt.inspection_share
        return HandledLines(
            hours=hours + checked * picking.check_hours_per_line,
            checked=checked,
            error_size=np.where(has_error, size, -1.0),
            documents_wrong=(
                luck(Purpose.DOCUMENT_ERROR) < bad_notes
                if picking.documentation_error_share
                else no
            ),
            travel=travel,
            opened=luck(Purpose.RECEIPT_INSPECTION) < opened if opened < 1 else yes,
        )
