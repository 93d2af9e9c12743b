"""What becomes of a line's n-th delivery under a plan: decided by its luck, before it happens.

Lives here: picking work, checks, errors, notes, travel and opening, for all lines at once.
May not live here: time, stock, queues.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.world.draws import Purpose
from pbc_sim.world.future import World

__all__ = ["Handled", "Handling"]


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


class Handling(dict[int, list[Handled]]):
    """``handling[delivery][line]``, made when a delivery number is first asked for."""

    def __init__(self, world: World, plan: SupplierPlan) -> None:
        super().__init__()
        self._world, self._plan = world, plan

    def __missing__(self, delivery: int) -> list[Handled]:
        world, terms = self._world, self._world.setting.terms
        check, picking = self._plan.pick_check, terms.picking

        def luck(purpose: Purpose) -> np.ndarray:
            return world.by_line(purpose, delivery)

        # A share of 0 or 1 needs no luck, and what is not drawn costs nothing.
        no, yes = np.zeros(len(world.line_item), bool), np.ones(len(world.line_item), bool)
        checks = luck(Purpose.PICK_CHECK) if check else np.ones(len(no))
        checked = checks < check
        has_error = luck(Purpose.PICK_ERROR) < picking.error_share if picking.error_share else no
        has_error = has_error & ~(checks < check * picking.check_finds_share)
        size = luck(Purpose.PICK_ERROR_SIZE) if has_error.any() else no
        bad_notes = picking.documentation_error_share
        opened = terms.receipt.inspection_share
        self[delivery] = handled = list(
            map(
                Handled,
                (luck(Purpose.PICK_HOURS) + checked * picking.check_hours_per_line).tolist(),
                checked.tolist(),
                np.where(has_error, size, -1.0).tolist(),
                (luck(Purpose.DOCUMENT_ERROR) < bad_notes if bad_notes else no).tolist(),
                luck(Purpose.TRANSPORT_TIME).tolist(),
                (luck(Purpose.RECEIPT_INSPECTION) < opened if opened < 1 else yes).tolist(),
            )
        )
        return handled
