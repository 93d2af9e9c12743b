"""Where are an item's units: on hand, on order, waited for.

Lives here: the stock of one item at the supplier, first in first out, unit by unit defective or
not. May not live here: time, SimPy, what a unit is used for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from pbc_sim.operations.policies import Policy

__all__ = ["ItemStock", "Lot"]


class Lot(NamedTuple):
    """Which of an item's lots from a source, and which of the units ordered there is its first."""

    number: int
    first_unit: int
    source: int = 0


class ItemStock:
    """The stock of one item.

    Units on hand are one byte each, 1 if defective, in the order in which they leave.

    Parameters
    ----------
    policy : Policy
        How it is replenished, with amounts in units.
    """

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.reviewed_continuously = policy.review_every_days is None
        self.units = bytearray()
        self.on_order = 0
        #: Lines that wait, first come first served: [line, units, replacement].
        self.queue: deque[list[int]] = deque()
        self.waiting = 0
        self.last_arrival = 0.0
        self._lots = 0
        self._units_bought = 0

    @property
    def on_hand(self) -> int:
        """Units that are free to be allocated [unit]."""
        return len(self.units)

    def next_lot(self, units: int) -> Lot:
        """Return the address of the next lot's luck, whatever the plan has ordered before."""
        lot = Lot(self._lots, self._units_bought)
        self._lots += 1
        self._units_bought += units
        return lot

    def take(self, units: int) -> bytes:
        """Take up to that many units off the shelf."""
        taken = bytes(self.units[:units])
        del self.units[:units]
        return taken

    def put(self, units: bytes) -> None:
        """Put units on the shelf, behind all others."""
        self.units += units

    def wait(self, line: int, units: int, replacement: bool) -> None:
        """Let a line wait for units."""
        self.queue.append([line, units, replacement])
        self.waiting += units

    def serve_first(self) -> tuple[int, bytes, bool]:
        """Give the first line in the queue what is on hand."""
        first = self.queue[0]
        line, wanted, replacement = first
        units = self.take(wanted)
        self.waiting -= len(units)
        if len(units) == wanted:
            self.queue.popleft()
        else:
            first[1] = wanted - len(units)
        return line, units, bool(replacement)

    def serve(self, given: Sequence[int]) -> list[tuple[int, bytes, bool]]:
        """Give each line in the queue so many units, as far as there are any [unit]."""
        served = []
        for place, most in zip(self.queue, given, strict=True):
            line, wanted, replacement = place
            units = self.take(most) if most else b""
            if units:
                place[1] = wanted - len(units)
                self.waiting -= len(units)
                served.append((line, units, bool(replacement)))
        self.queue = deque(place for place in self.queue if place[1])
        return served

    def order_quantity(self) -> int:
        """Return what the policy orders now [unit]."""
        return self.policy.order_quantity(len(self.units) + self.on_order - self.waiting)
