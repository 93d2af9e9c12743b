"""What may machines, storerooms and the desk ask of the operation they belong to?

Lives here: the one interface between the parts of the model. May not live here: rules.
"""

from __future__ import annotations

from typing import Protocol

from pbc_sim.operations.handling import Handling
from pbc_sim.operations.model.clock import Clock
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.world.calendar import BusinessCalendar
from pbc_sim.world.future import World
from pbc_sim.world.terms import WorldTerms

__all__ = ["Site"]


class Site(Protocol):
    """The operation, as its parts see it."""

    world: World
    terms: WorldTerms
    plan: SupplierPlan
    calendar: BusinessCalendar
    clock: Clock
    handling: Handling
    #: The unit of each order, and the order of each line; both grow while the model runs.
    order_unit: list[int]
    order_of: list[int]

    def order_for_storeroom(self, now: float, unit: int, item: int, quantity: int, n: int) -> int:
        """Place a storeroom's n-th order of a part, and return its line."""

    def reject_part(self, now: float, line: int) -> None:
        """Take back a part that turned out defective when it was fitted."""

    def recall_parts(self, now: float, line: int, units: int) -> None:
        """Take back parts of a recalled lot from a storeroom's shelf [unit]."""

    def is_late(self, now: float, order: int) -> bool:
        """Tell whether an order is not complete at an instant, by which it should be."""
