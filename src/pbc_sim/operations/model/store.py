"""What happens in the supplier's store: allocation, stock policy, goods in, the queue for stock.

Lives here: stock of every item over time. May not live here: orders, picking, transport, the buyer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from pbc_sim.operations.model.clock import RECEIPT, REVIEW, Clock
from pbc_sim.operations.model.interruptions import Interruptions
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.operations.record import NEVER, Record
from pbc_sim.operations.stock import ItemStock, Lot
from pbc_sim.world.draws import Purpose
from pbc_sim.world.future import World

__all__ = ["Served", "Store"]


class Served(NamedTuple):
    """Units of stock that go to a line that has waited for them."""

    line: int
    units: bytes
    replacement: bool


class Store:
    """The supplier's stock under one plan in one future.

    Parameters
    ----------
    clock : Clock
        The time, with what will happen.
    record : Record
        What is written down.
    item_of : list of int
        The item of each line; lines may be added while the model runs.
    hand_over : callable
        ``hand_over(now, served)`` takes what the queue for stock is given.
    interruptions : Interruptions, optional
        What disruptions do, in a world that has them.
    """

    def __init__(
        self,
        world: World,
        plan: SupplierPlan,
        record: Record,
        item_of: list[int],
        hand_over: Callable[[float, list[Served]], None],
        interruptions: Interruptions | None = None,
    ) -> None:
        self.interruptions = interruptions
        self.plan = plan
        self.supply = world.setting.terms.supply
        self.record = record
        self.item_of = item_of
        self.hand_over = hand_over
        self.sales_can_be_lost = plan.stockout == "lost_sale"
        self.stocks = [ItemStock(policy) for policy in plan.policies(world.setting)]
        self.lead_times = world.by_item(Purpose.LEAD_TIME)
        self.lot_qualities = world.by_item(Purpose.LOT_QUALITY)
        self.unit_defects = world.by_item(Purpose.UNIT_DEFECT)
        self.unit_inspections = world.by_item(Purpose.UNIT_INSPECTION)

    @property
    def reviews_per_day(self) -> float:
        """How often a periodic policy is looked at, over all items [1/day]."""
        every = [stock.policy.review_every_days for stock in self.stocks]
        return sum(1 / days for days in every if days)

    def open(self, clock: Clock) -> list[int]:
        """Begin with the stock the plan says, each item's lot number 0, and return it [unit]."""
        self.clock = clock
        opening = []
        for item, stock in enumerate(self.stocks):
            opening.append(stock.policy.opening_stock())
            stock.put(self.lot(item, stock.next_lot(opening[item]), opening[item]))
            self.note_level(0.0, item)
            every = stock.policy.review_every_days
            if every is None:
                self.reorder(0.0, item)
            else:
                clock.at(0.0, REVIEW, self.review, item, every, 0)
        return opening

    def allocate(self, now: float, line: int, wanted: int, replacement: bool) -> bytes:
        """Take a line's units from stock, let what is missing wait or be lost, and reorder."""
        item = self.item_of[line]
        stock = self.stocks[item]
        # Stock on hand means that nobody waits, so first come first served holds.
        units = stock.take(wanted)
        missing = wanted - len(units)
        if missing and self.sales_can_be_lost:
            self.record.cancellations += (now, line, missing, replacement)
            if self.interruptions and not replacement:
                self.interruptions.missing(now, item, [line])
        elif missing:
            stock.wait(line, missing, replacement)
        self.note_level(now, item)
        if stock.reviewed_continuously:
            self.reorder(now, item)
        return units

    def restock(self, now: float, item: int, units: bytes) -> None:
        """Put wrongly picked units back on the shelf."""
        self.stocks[item].put(units)
        self.serve_queue(now, item)

    def review(self, now: float, item: int, every: float, count: int) -> None:
        """Look at the position of a periodically reviewed item, and again one interval later."""
        self.reorder(now, item)
        # A multiple, and not a running sum, so that reviews do not drift off their instants.
        self.clock.at((count + 1) * every, REVIEW, self.review, item, every, count + 1)

    def reorder(self, now: float, item: int) -> None:
        """Order upstream what the policy says."""
        stock = self.stocks[item]
        quantity = stock.order_quantity()
        if not quantity:
            return
        supply, lot = self.supply, stock.next_lot(quantity)
        if supply.order_crossing:
            arrival = now + self.lead_times[item][lot.number]
        else:
            spell = int(now // supply.conditions_last_days)
            arrival = max(stock.last_arrival, now + self.lead_times[item][spell])
            stock.last_arrival = arrival
        if self.interruptions:
            arrival = self.interruptions.goods_in(now, arrival, item, lot)
        stock.on_order += quantity
        row: list[float] = [item, quantity, now, NEVER, 0, 0]
        self.record.replenishments.append(row)
        self.clock.at(arrival, RECEIPT, self.goods_in, item, lot, quantity, row)

    def lot(self, item: int, lot: Lot, quantity: int) -> bytes:
        """Return the units of a lot, 1 where defective."""
        share = self.lot_qualities[item][lot.number]
        if not share:
            return bytes(quantity)
        luck = self.unit_defects[item].between(lot.first_unit, lot.first_unit + quantity)
        return (luck < share).tobytes()

    def goods_in(self, now: float, item: int, lot: Lot, quantity: int, row: list[float]) -> None:
        """Receive a lot, inspect a share of it, scrap what is found defective, shelve the rest."""
        stock, share = self.stocks[item], self.plan.goods_in_inspection
        units = self.lot(item, lot, quantity)
        inspected = 0
        if share:
            luck = self.unit_inspections[item].between(lot.first_unit, lot.first_unit + quantity)
            inspected = int(np.count_nonzero(luck < share))
            finds = luck < share * self.supply.inspection_finds_share
            incoming = np.frombuffer(units, dtype=np.uint8)
            units = incoming[~(finds & (incoming == 1))].tobytes()
        stock.on_order -= quantity
        row[3:] = [now, inspected, quantity - len(units)]
        stock.put(units)
        served = self.serve_queue(now, item)
        if self.interruptions:
            self.interruptions.came(item, lot, [s.line for s in served if not s.replacement])
        # What was on order is on hand now; only scrapped units lower the position.
        if len(units) < quantity and stock.reviewed_continuously:
            self.reorder(now, item)

    def serve_queue(self, now: float, item: int) -> list[Served]:
        """Give what is on hand to the lines that wait, first come first served; return it."""
        stock = self.stocks[item]
        served = []
        while stock.waiting and stock.on_hand:
            served.append(Served(*stock.serve_first()))
        self.note_level(now, item)
        if served:
            self.hand_over(now, served)
        return served

    def note_who_still_waits(self, now: float) -> None:
        """Tell the interruptions, at the end, which lines still wait for which item."""
        for item, stock in enumerate(self.stocks):
            if self.interruptions:
                lines = [line for line, _, replacement in stock.queue if not replacement]
                self.interruptions.missing(now, item, lines)

    def note_level(self, now: float, item: int) -> None:
        """Write down the stock of an item after a change."""
        stock = self.stocks[item]
        self.record.levels += (now, item, len(stock.units), stock.waiting)
