"""What happens in the store when units are told apart: recalls, and inspection on the way out.

Lives here: the store with recalled lots and outgoing inspection, and which store a plan needs.
May not live here: what the buyer sends back (`recalls.py`), what all stores do (`store.py`).
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from pbc_sim.operations.model.clock import RETURN, Clock
from pbc_sim.operations.model.recalls import recalls_of
from pbc_sim.operations.model.store import Served, Store
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.operations.record import NEVER
from pbc_sim.operations.stock import ItemStock, Lot
from pbc_sim.operations.traced_stock import FOUND, INSPECTED, TracedStock
from pbc_sim.world.draws import Purpose, Stream
from pbc_sim.world.future import World

__all__ = ["TracedStore", "store_for"]


class TracedStore(Store):
    """A store that knows its units; see `Store` for the parameters."""

    stocks: list[TracedStock]  # type: ignore[assignment]  # made by `stock_of`
    stock_of = TracedStock

    @cached_property
    def outgoing_inspections(self) -> list[list[Stream]]:
        """Luck of each unit whether it is inspected as it leaves; drawn where some are."""
        return self.world.by_source(Purpose.OUTGOING_INSPECTION)

    @cached_property
    def recall_times(self) -> list[list[Stream]]:
        """Luck of each lot when it is recalled; drawn where some are."""
        return self.world.by_source(Purpose.RECALL_TIME)

    def open(self, clock: Clock) -> list[int]:
        """Begin as every store does, with nothing inspected on the way out."""
        #: What has been written down of outgoing inspection: units inspected and found, by item.
        self.written = [(0, 0)] * len(self.stocks)
        return super().open(clock)

    def shelve(
        self, now: float, item: int, lot: Lot, units: bytes, kept: np.ndarray | None
    ) -> None:
        """Put the units of a lot on the shelf, marked with what awaits them."""
        kept = np.ones(len(units), dtype=bool) if kept is None else kept
        begin, end = lot.first_unit, lot.first_unit + len(kept)
        marked = np.frombuffer(units, dtype=np.uint8)
        share, finds = self.plan.outgoing_inspection, self.supply.inspection_finds_share
        if share:
            luck = self.outgoing_inspections[item][lot.source].between(begin, end)[kept]
            detected = self.unit_detections[item][lot.source].between(begin, end)[kept] < finds
            inspected = luck < share
            found = inspected & detected & (marked == 1)
            marked = marked | (INSPECTED * inspected + FOUND * found).astype(np.uint8)
        recall = self.recalled_at(now, item, lot) if len(units) else NEVER
        self.stocks[item].put_traced(marked.tobytes(), [recall] * len(units))
        self.clock.at(recall, RETURN, self.recall, item)

    def recalled_at(self, now: float, item: int, lot: Lot) -> float:
        """Return when a lot that comes in now is recalled; infinity for never [day]."""
        terms = self.supply.recall
        share = self.upstream.lot_qualities[item][lot.source][lot.number]
        if terms is None or share <= terms.above_share:
            return NEVER
        return now + self.recall_times[item][lot.source][lot.number]

    def restock(self, now: float, item: int, units: bytes) -> None:
        """Put wrongly picked units back on the shelf, unless their lot has been recalled."""
        self.stocks[item].put_traced(units, recalls_of(units))
        self.recall(now, item)
        self.serve_queue(now, item)

    def recall(self, now: float, item: int) -> None:
        """Scrap what the shelf has of recalled lots."""
        units = self.stocks[item].recall(now)
        if units:
            self.record.recalls += (now, item, units)
            self.note_level(now, item)
            self.make_good(now, item)

    def serve_queue(self, now: float, item: int) -> list[Served]:
        """Give what is on hand to the lines that wait, and order again what is scrapped thereby."""
        found = self.stocks[item].found
        served = super().serve_queue(now, item)
        if self.stocks[item].found > found:
            self.make_good(now, item)
        return served

    def serve_waiting(self, stock: ItemStock) -> list[Served]:
        """Leave out lines all of whose units were scrapped on the way."""
        return [units for units in super().serve_waiting(stock) if units.units]

    def note_level(self, now: float, item: int) -> None:
        """Write down the stock of an item after a change, and what was inspected as it left."""
        super().note_level(now, item)
        stock, (inspected, found) = self.stocks[item], self.written[item]
        if stock.inspected > inspected:
            self.record.outgoing += (now, item, stock.inspected - inspected, stock.found - found)
            self.written[item] = (stock.inspected, stock.found)


def store_for(world: World, plan: SupplierPlan) -> type[Store]:
    """Return the store that a plan needs in a world."""
    traced = world.setting.terms.supply.recall is not None or plan.outgoing_inspection > 0
    return TracedStore if traced else Store
