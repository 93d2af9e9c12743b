"""Which units are to be recalled, or to be inspected as they leave?

Lives here: the stock of one item where units are told apart by their lot and their luck. Worlds
without recalls and plans without outgoing inspection use the plain `ItemStock` and pay nothing.
May not live here: time, SimPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import SupportsIndex, overload

import numpy as np

from pbc_sim.operations.policies import Policy
from pbc_sim.operations.stock import ItemStock

__all__ = ["DEFECTIVE", "FOUND", "INSPECTED", "TracedStock", "TracedUnits"]

#: What a unit on the shelf is, as bits of its byte: defective; to be inspected when it leaves; and
#: then found to be defective.
DEFECTIVE, INSPECTED, FOUND = 1, 2, 4


class TracedUnits(bytes):
    """Units, one byte each, of which one knows when their lot is recalled.

    Attributes
    ----------
    recalled : sequence of float
        When the lot of each unit is recalled; infinity for never. [day]
    """

    recalled: Sequence[float]

    @classmethod
    def of(cls, units: bytes, recalled: Sequence[float]) -> TracedUnits:
        """Return units with the time at which each is recalled [day]."""
        traced = cls(units)
        traced.recalled = recalled
        return traced

    @overload
    def __getitem__(self, which: SupportsIndex, /) -> int: ...
    @overload
    def __getitem__(self, which: slice, /) -> TracedUnits: ...
    def __getitem__(self, which: SupportsIndex | slice, /) -> int | TracedUnits:
        if isinstance(which, slice):
            return TracedUnits.of(super().__getitem__(which), self.recalled[which])
        return super().__getitem__(which)


class TracedStock(ItemStock):
    """The stock of one item, with what each unit on the shelf is.

    Attributes
    ----------
    recalled : list of float
        When the lot of each unit on the shelf is recalled. [day]
    inspected, found : int
        Units inspected as they left, and of these found defective and scrapped, so far. [unit]
    """

    def __init__(self, policy: Policy) -> None:
        super().__init__(policy)
        self.recalled: list[float] = []
        self.inspected = 0
        self.found = 0

    def put_traced(self, units: bytes, recalled: Sequence[float]) -> None:
        """Put units on the shelf, behind all others; their bits say what they are."""
        self.units += units
        self.recalled += recalled

    def take(self, units: int) -> TracedUnits:
        """Take up to that many units off the shelf; what inspection finds is scrapped."""
        left, when = bytearray(), list[float]()
        while len(left) < units and self.units:
            next_ones = np.frombuffer(bytes(self.units[: units - len(left)]), dtype=np.uint8)
            recalled = self.recalled[: len(next_ones)]
            del self.units[: len(next_ones)], self.recalled[: len(next_ones)]
            found = (next_ones & FOUND) > 0
            self.inspected += int(np.count_nonzero(next_ones & INSPECTED))
            self.found += int(np.count_nonzero(found))
            left += (next_ones[~found] & DEFECTIVE).tobytes()
            when += [recall for recall, out in zip(recalled, found, strict=True) if not out]
        return TracedUnits.of(bytes(left), when)

    def recall(self, now: float) -> int:
        """Take all units whose lot has been recalled off the shelf, and return how many."""
        stays = [recall > now for recall in self.recalled]
        gone = len(stays) - sum(stays)
        if gone:
            self.units = bytearray(u for u, stay in zip(self.units, stays, strict=True) if stay)
            self.recalled = [r for r in self.recalled if r > now]
        return gone
