"""What happens in the supplier's store: allocation, stock policy, goods in, the queue for stock.

Lives here: stock of every item over time. May not live here: orders, picking, transport, the buyer.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

import numpy as np

from pbc_sim.operations.allocation import Waiting
from pbc_sim.operations.inspection import IncomingLot
from pbc_sim.operations.model.clock import REVIEW, Clock
from pbc_sim.operations.model.interruptions import Interruptions
from pbc_sim.operations.model.network import SupplyNetwork
from pbc_sim.operations.model.upstream import Upstream
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.operations.record import Record
from pbc_sim.operations.stock import ItemStock, Lot
from pbc_sim.world.draws import Purpose, Stream
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
    waiting_of : callable
        ``waiting_of(line, units)`` says what an allocation rule may know of a line that waits.
    interruptions : Interruptions, optional
        What disruptions do, in a world that has them.
    """

    stock_of: type[ItemStock] = ItemStock

    def __init__(
        self,
        world: World,
        plan: SupplierPlan,
        record: Record,
        item_of: list[int],
        hand_over: Callable[[float, list[Served]], None],
        waiting_of: Callable[[int, int], Waiting],
        interruptions: Interruptions | None = None,
    ) -> None:
        self.world = world
        self.interruptions = interruptions
        self.plan = plan
        self.supply = world.setting.terms.supply
        self.record = record
        self.waiting_of = waiting_of
        self.item_of = item_of
        self.hand_over = hand_over
        self.sales_can_be_lost = plan.stockout == "lost_sale"
        self.stocks = [self.stock_of(policy) for policy in plan.policies(world.setting)]
        inspection = plan.goods_in_inspection
        self.inspection = inspection if inspection.inspects else None
        self.unit_inspections = world.by_source(Purpose.UNIT_INSPECTION)
        if self.supply.sources or inspection.judges_lots:
            record.of_a_lot = (0, 0, 0, False, False)
        self.upstream = (
            SupplyNetwork(world, plan, record, self.stocks, interruptions)
            if self.supply.sources
            else Upstream(world, record, self.stocks, interruptions)
        )

    @cached_property
    def unit_detections(self) -> list[list[Stream]]:
        """Luck of each unit whether its defect is found; drawn where inspection overlooks some."""
        return self.world.by_source(Purpose.UNIT_DETECTION)

    def open(self, clock: Clock) -> list[int]:
        """Begin with the stock the plan says, each item's lot number 0, and return it [unit]."""
        self.clock = clock
        self.upstream.open(clock, self.goods_in)
        opening = []
        for item, stock in enumerate(self.stocks):
            units = stock.policy.opening_stock()
            opening.append(units)
            lot = self.upstream.opening_lot(item, units)
            self.shelve(0.0, item, lot, self.upstream.units(item, lot, units), None)
            self.note_level(0.0, item)
            every = stock.policy.review_every_days
            if every is None:
                self.reorder(0.0, item)
            else:
                clock.at(0.0, REVIEW, self.review, item, every, 0)
        return opening

    def change_plan(self, now: float, plan: SupplierPlan) -> None:
        """Keep stock and inspect as another plan says; stock above its levels is used up."""
        self.plan = plan
        self.inspection = plan.goods_in_inspection if plan.goods_in_inspection.inspects else None
        policies = plan.policies(self.world.setting)
        for item, (stock, policy) in enumerate(zip(self.stocks, policies, strict=True)):
            stock.policy = policy
            if stock.reviewed_continuously:
                self.reorder(now, item)

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
            if self.upstream.has_emergencies:
                self.upstream.order_missing(now, item)
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
        quantity = self.stocks[item].order_quantity()
        if quantity:
            self.upstream.order(now, item, quantity)

    def goods_in(
        self, now: float, item: int, lot: Lot, ordered: int, row: list[float], short: int
    ) -> None:
        """Receive a lot, inspect it as the plan says, and shelve what stays.

        Parameters
        ----------
        ordered, short : int
            Units ordered, and how many of them did not come. [unit]
        row : list
            The replenishment's row of the record.
        """
        stock = self.stocks[item]
        units = self.upstream.units(item, lot, ordered - short)
        kept = None
        stock.on_order -= ordered
        row[3] = now
        if self.inspection and units:
            units, kept = self.inspect(item, lot, units, row)
        if short:
            row[7] = short
        self.shelve(now, item, lot, units, kept)
        served = self.serve_queue(now, item)
        if self.interruptions:
            self.interruptions.came(item, lot, [s.line for s in served if not s.replacement])
        # What was on order is on hand now; only what did not stay lowers the position.
        if len(units) < ordered:
            self.make_good(now, item)

    def inspect(
        self, item: int, lot: Lot, units: bytes, row: list[float]
    ) -> tuple[bytes, np.ndarray]:
        """Inspect a lot, and return the units that stay and which ones they are."""
        begin, end = lot.first_unit, lot.first_unit + len(units)
        incoming = np.frombuffer(units, dtype=np.bool_)
        luck = self.unit_inspections[item][lot.source].between(begin, end)

        def detection() -> np.ndarray:
            return self.unit_detections[item][lot.source].between(begin, end)

        rule = self.plan.goods_in_inspection
        found = rule.inspect(
            IncomingLot(incoming, luck, self.supply.inspection_finds_share, detection)
        )
        row[4:6] = [found.inspected, int(np.count_nonzero(found.scrapped))]
        if rule.judges_lots:
            row[8:11] = [len(units) if found.returned else 0, True, found.rejected]
        kept = np.zeros(len(units), bool) if found.returned else ~found.scrapped
        return incoming[kept].tobytes(), kept

    def shelve(
        self, now: float, item: int, lot: Lot, units: bytes, kept: np.ndarray | None
    ) -> None:
        """Put the units of a lot that stay on the shelf; `kept` says which ones, None all."""
        del now, lot, kept
        self.stocks[item].put(units)

    def make_good(self, now: float, item: int) -> None:
        """Order again what was lost, unless the next review will."""
        if self.upstream.has_emergencies and self.stocks[item].waiting:
            self.upstream.order_missing(now, item)
        if self.stocks[item].reviewed_continuously:
            self.reorder(now, item)

    def serve_queue(self, now: float, item: int) -> list[Served]:
        """Give what is on hand to the lines that wait, and return what is given."""
        served = self.serve_waiting(self.stocks[item])
        self.note_level(now, item)
        if served:
            self.hand_over(now, served)
        return served

    def serve_waiting(self, stock: ItemStock) -> list[Served]:
        """Take what is on hand for the lines that wait."""
        served = []
        while stock.waiting and stock.on_hand:
            if self.plan.allocation.in_turn:
                served.append(Served(*stock.serve_first()))
            else:
                served += self.share_out(stock)
        return served

    def note_who_still_waits(self, now: float) -> None:
        """Tell the interruptions, at the end, which lines still wait for which item."""
        for item, stock in enumerate(self.stocks):
            if self.interruptions:
                lines = [line for line, _, replacement in stock.queue if not replacement]
                self.interruptions.missing(now, item, lines)

    def share_out(self, stock: ItemStock) -> list[Served]:
        """Give what is on hand to the lines that wait, as the plan's rule says."""
        queue = [self.waiting_of(line, units) for line, units, _ in stock.queue]
        return [
            Served(*served)
            for served in stock.serve(self.plan.allocation.share_out(stock.on_hand, queue))
        ]

    def note_level(self, now: float, item: int) -> None:
        """Write down the stock of an item after a change."""
        stock = self.stocks[item]
        self.record.levels += (now, item, len(stock.units), stock.waiting)
