"""What happens in the storerooms of the buyer's units, where parts wait for machines.

Lives here: parts asked for, taken, ordered, put on the shelf, and recalled from it. May not live
here: machines, the supplier's store (`store.py`).
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Callable
from typing import NamedTuple

from pbc_sim.operations.model.clock import ORDER, RETURN, REVIEW
from pbc_sim.operations.model.recalls import recalls_of
from pbc_sim.operations.model.site import Site
from pbc_sim.operations.policies import Policy
from pbc_sim.operations.service_record import ServiceRecord
from pbc_sim.world.draws import Purpose

__all__ = ["Part", "Storerooms"]

#: The line of a part that was there from the start.
OPENING = -1


class Part(NamedTuple):
    """A part: the order line that it came with, whether it is defective, its recall [day]."""

    line: int
    defective: bool
    recalled: float = math.inf


class Wish(NamedTuple):
    """A machine's wish for a part: since when, and what to do when it is there."""

    since: float
    use: Callable[[float, Part], None]


class Shelf:
    """One part in one unit's storeroom."""

    def __init__(self, unit: int, item: int, policy: Policy) -> None:
        self.unit, self.item, self.policy = unit, item, policy
        self.parts: deque[Part] = deque()
        self.on_order = 0
        #: Machines that stand still are served before machines that still run.
        self.urgent: deque[Wish] = deque()
        self.waiting: deque[Wish] = deque()
        self.orders = 0

    @property
    def position(self) -> int:
        """Parts on the shelf and on order, less those waited for [unit]."""
        return len(self.parts) + self.on_order - len(self.urgent) - len(self.waiting)


class Storerooms:
    """All storerooms under one plan in one future."""

    def __init__(self, supply: Site, record: ServiceRecord) -> None:
        self.supply, self.record = supply, record
        self.plan = supply.plan.at_the_machines
        setting = supply.world.setting
        self.shelves = {
            (unit, item): Shelf(unit, item, supply.plan.storeroom_policy(setting, unit, item))
            for unit, item in zip(*setting.part_demand.nonzero(), strict=True)
        }
        self.shelf_of: dict[int, Shelf] = {}

    def is_urgent(self, line: int) -> bool:
        """Tell whether a line is of a storeroom's order of a part that a stopped machine needs."""
        shelf = self.shelf_of.get(line)
        return shelf is not None and bool(shelf.urgent)

    def open(self) -> None:
        """Begin with the stock that the plan says, all of it sound."""
        for shelf in self.shelves.values():
            shelf.parts.extend([Part(OPENING, False)] * shelf.policy.opening_stock())
            self.note_level(0.0, shelf)
            every = shelf.policy.review_every_days
            if every is not None:
                self.supply.clock.at(0.0, REVIEW, self.review, shelf, every, 0)

    def ask(
        self, now: float, unit: int, item: int, urgent: bool, use: Callable[[float, Part], None]
    ) -> None:
        """Hand out a part, now or as soon as there is one."""
        shelf = self.shelves[unit, item]
        (shelf.urgent if urgent else shelf.waiting).append(Wish(now, use))
        self.hand_out(now, shelf)

    def hand_out(self, now: float, shelf: Shelf) -> None:
        """Give what is on the shelf to the machines that wait, and order again."""
        while shelf.parts and (shelf.urgent or shelf.waiting):
            wish = (shelf.urgent or shelf.waiting).popleft()
            part = shelf.parts.popleft()
            self.record.parts_used += (
                now, wish.since, shelf.unit, shelf.item, part.line, part.defective,
            )  # fmt: skip
            wish.use(now, part)
        self.note_level(now, shelf)
        if shelf.policy.review_every_days is None:
            self.reorder(now, shelf)

    def review(self, now: float, shelf: Shelf, every: float, count: int) -> None:
        """Look at a periodically reviewed shelf, and again one interval later."""
        self.reorder(now, shelf)
        # A multiple, and not a running sum, so that reviews do not drift off their instants.
        self.supply.clock.at((count + 1) * every, REVIEW, self.review, shelf, every, count + 1)

    def reorder(self, now: float, shelf: Shelf) -> None:
        """Order what the policy says: by a notice at once, or by hand after a while."""
        quantity = shelf.policy.order_quantity(shelf.position)
        if not quantity:
            return
        if self.plan.low_stock_notice:
            self.record.low_stock += (now, shelf.unit, shelf.item, shelf.position)
        shelf.on_order += quantity
        number, shelf.orders = shelf.orders, shelf.orders + 1
        if self.plan.low_stock_notice:
            self.send_order(now, shelf, quantity, number)
            return
        terms = self.supply.terms.machines
        law = terms.ordering_delay if terms else None
        address = (Purpose.ORDERING_DELAY, shelf.unit, shelf.item)
        delay = self.supply.world.endless(law, *address)[number]
        sent = self.supply.calendar.after(now, delay) if delay else now
        self.supply.clock.at(sent, ORDER, self.send_order, shelf, quantity, number)

    def send_order(self, now: float, shelf: Shelf, quantity: int, number: int) -> None:
        """Order from the supplier."""
        line = self.supply.order_for_storeroom(now, shelf.unit, shelf.item, quantity, number)
        self.shelf_of[line] = shelf

    def arrive(self, now: float, line: int, units: bytes) -> None:
        """Put delivered parts on the shelf; which of them are defective, nobody knows yet."""
        shelf = self.shelf_of[line]
        shelf.on_order -= len(units)
        recalls = recalls_of(units)
        shelf.parts.extend(
            Part(line, bool(defective), recall)
            for defective, recall in zip(units, recalls, strict=True)
        )
        # What was recalled on its way goes back as it arrives, and is not handed out.
        self.recall(now, shelf)
        for when in sorted(set(recalls)):
            if when > now:
                self.supply.clock.at(when, RETURN, self.recall, shelf)
        self.hand_out(now, shelf)

    def recall(self, now: float, shelf: Shelf) -> None:
        """Send back what a shelf has of recalled lots; other parts are owed for it.

        What a machine, or somebody who repairs it, has in hand stays there.
        """
        gone = Counter(part.line for part in shelf.parts if part.recalled <= now)
        if gone:
            shelf.parts = deque(part for part in shelf.parts if part.recalled > now)
            self.note_level(now, shelf)
        for line, units in gone.items():
            shelf.on_order += units
            self.supply.recall_parts(now, line, units)

    def reject(self, now: float, shelf_of: tuple[int, int], part: Part) -> None:
        """Send back a part that turned out defective; another one is owed for it."""
        if part.line != OPENING:
            self.shelves[shelf_of].on_order += 1
            self.supply.reject_part(now, part.line)

    def note_level(self, now: float, shelf: Shelf) -> None:
        """Write down the stock of a part after a change."""
        waiting = len(shelf.urgent) + len(shelf.waiting)
        self.record.storeroom += (now, shelf.unit, shelf.item, len(shelf.parts), waiting)
