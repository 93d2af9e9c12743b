"""What happens from order to acceptance: the reference model, in SimPy.

Lives here: the only use of SimPy, and the rules of the operation in the order in which they act.
May not live here: chance (it is all in `World`), KPIs, cost rates, contracts.

The story of an order: it is placed; stock is allocated to its lines, first come first served; what
is allocated is picked and packed by the staff in working hours; it travels; the buyer's unit opens
it or not; wrong and defective units go back and are replaced through the same stock. Goods in,
inspection and the stock policy run beside it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from heapq import heappush
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np
import simpy

from pbc_sim.errors import PbcError
from pbc_sim.operations.ledger import (
    Closing,
    Deliveries,
    Ledger,
    Lines,
    Orders,
    Replenishments,
    ReturnReason,
    Returns,
    Shipments,
    StockLevels,
)
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.operations.stock import ItemStock
from pbc_sim.world.draws import Purpose
from pbc_sim.world.future import World

__all__ = ["simulate"]

# What happens at one instant happens in this order. SimPy keeps 0 and 1 for itself: they carry
# the consequences of what has just happened.
PACKED, RECEIPT, RETURN, ORDER, REVIEW = 1, 2, 3, 4, 5

#: More events than this in one replication means a plan that feeds on itself.
MOST_EVENTS = 20_000_000

NEVER = math.inf


class Clock(simpy.Environment):
    """SimPy's environment with exact instants and an order of events within an instant.

    SimPy schedules by delays, and ``now + (when - now)`` need not be ``when``: a delivery that is
    due at an instant would come an ulp late. So events are put into its queue at their instant.
    """

    def __init__(self, ends: float) -> None:
        super().__init__()
        self.ends = ends
        self._scheduled = 0

    def _put(self, when: float, rank: int, event: simpy.Event) -> None:
        # A NaN would silently disorder the queue, so the test is one that NaN fails.
        if not when >= self.now:
            raise PbcError(f"an event at {when} day cannot follow {self.now} day.")
        self._scheduled += 1
        if self._scheduled > MOST_EVENTS:
            raise PbcError(
                f"more than {MOST_EVENTS} events in one replication; shorten the horizon or check "
                "that lead times and defect shares let the plan come to rest."
            )
        entry: Any = (when, rank, next(self._eid), event)
        heappush(self._queue, entry)

    def at(self, when: float, rank: int, action: Callable[..., None], *args: Any) -> None:
        """Let ``action(when, *args)`` happen at an instant, unless the end comes first."""
        if when >= self.ends:
            return
        event = simpy.Event(self)
        event._ok, event._value = True, None
        event.callbacks.append(lambda _: action(when, *args))
        self._put(when, rank, event)

    def until(self, when: float, rank: int) -> simpy.Event:
        """Return an event that a process can wait for, at an instant."""
        event = simpy.Event(self)
        event._ok, event._value = True, None
        self._put(when, rank, event)
        return event


class Parcel(NamedTuple):
    """Units of one line on their way: which of the line's deliveries, and whether a replacement."""

    line: int
    delivery: int
    units: bytes
    replacement: bool
    wrong: int = 0
    documents_wrong: bool = False


def simulate(world: World, plan: SupplierPlan) -> Ledger:
    """Run one replication under one supplier plan.

    Parameters
    ----------
    world : World
        One draw of the future; the same for all plans.
    plan : SupplierPlan
        The supplier's levers.

    Returns
    -------
    Ledger
        What happened; a deterministic function of world and plan.
    """
    return SupplyModel(world, plan).run()


class SupplyModel:
    """The operation under one plan in one future."""

    def __init__(self, world: World, plan: SupplierPlan) -> None:
        self.world = world
        self.plan = plan
        self.terms = world.setting.terms
        self.calendar = world.setting.calendar
        self.clock = Clock(world.setting.ends)
        self.stocks = [ItemStock(policy) for policy in plan.policies(world.setting)]
        self.pickers = simpy.Resource(self.clock, plan.pickers) if plan.pickers else None
        self.complete_only = plan.shipping == "complete"
        self.stock_can_be_lost = plan.stockout == "lost_sale"

        # Lists: single values are read and written, and arrays are slow at that.
        self.order_time = world.order_time.tolist()
        self.first_line = world.first_line.tolist()
        self.order_of = world.line_order.tolist()
        self.item_of = world.line_item.tolist()
        self.quantity = world.line_quantity.tolist()
        n_lines = len(self.quantity)
        self.filled_at_once = [0] * n_lines
        self.cancelled = [0] * n_lines
        self.not_yet_delivered = list(self.quantity)
        self.not_yet_accepted = list(self.quantity)
        self.delivered = [NEVER] * n_lines
        self.accepted = [NEVER] * n_lines
        self.deliveries_begun = [0] * n_lines
        #: What a ship-complete order still waits for [unit], and what is held for it.
        self.not_yet_allocated = [0] * len(self.order_time)
        self.held: dict[int, list[Parcel]] = {}

        self.opening: list[int] = []
        self.on_the_way = [0] * len(self.stocks)
        self.going_back = [0] * len(self.stocks)
        self.shipments: list[tuple[float, int, int, int, bool, float]] = []
        self.deliveries: list[tuple[float, int, int, int, int, bool, bool]] = []
        self.returns: list[tuple[float, int, int, int]] = []
        self.replenishments: list[list[float]] = []
        self.levels: list[tuple[float, int, int, int]] = []
        self.lots_ordered = [0] * len(self.stocks)

    def run(self) -> Ledger:
        """Open the store, let the orders come, and write down what happened."""
        for item in range(len(self.stocks)):
            self.open_store(item)
        self.clock.process(self.orders_come())
        self.clock.run(until=self.clock.ends)
        return self.ledger()

    # Orders ---------------------------------------------------------------------------------

    def orders_come(self) -> Generator[simpy.Event]:
        """Place each order at its time."""
        for order, when in enumerate(self.order_time):
            yield self.clock.until(when, ORDER)
            self.place_order(when, order)

    def place_order(self, now: float, order: int) -> None:
        """Allocate what is on hand to each line; the rest waits or is lost."""
        allocated = []
        for line in range(self.first_line[order], self.first_line[order + 1]):
            parcel = self.allocate(now, line, self.quantity[line], replacement=False)
            if parcel:
                self.filled_at_once[line] = len(parcel.units)
                allocated.append(parcel)
        self.send_or_hold(now, order, allocated)

    def allocate(self, now: float, line: int, wanted: int, replacement: bool) -> Parcel | None:
        """Take a line's units from stock, let what is missing wait or be lost, and reorder."""
        item = self.item_of[line]
        stock = self.stocks[item]
        # Stock on hand means that nobody waits, so first come first served holds.
        units = stock.take(wanted)
        missing = wanted - len(units)
        if missing and self.stock_can_be_lost:
            self.cancel(now, line, missing, replacement)
        elif missing:
            stock.wait(line, missing, replacement)
            if self.complete_only and not replacement:
                self.not_yet_allocated[self.order_of[line]] += missing
        self.note_level(now, item)
        if stock.reviewed_continuously:
            self.reorder(now, item)
        return self.parcel(line, units, replacement) if units else None

    def parcel(self, line: int, units: bytes, replacement: bool) -> Parcel:
        """Pack allocated units under the number of the line's next delivery."""
        delivery = self.deliveries_begun[line]
        self.deliveries_begun[line] = delivery + 1
        self.on_the_way[self.item_of[line]] += len(units)
        return Parcel(line, delivery, units, replacement)

    def cancel(self, now: float, line: int, units: int, replacement: bool) -> None:
        """Give up units of a line: lost sales, and refunds where a replacement is not on hand."""
        self.cancelled[line] += units
        self.count_accepted(now, line, units)
        if not replacement:
            self.count_delivered(now, line, units)

    def send_or_hold(self, now: float, order: int, parcels: list[Parcel]) -> None:
        """Let parcels leave, or hold them until a ship-complete order is whole."""
        if self.complete_only:
            parcels = self.held.pop(order, []) + parcels
            if self.not_yet_allocated[order]:
                self.held[order] = parcels
                return
        if parcels:
            self.pick(now, order, parcels)

    # Picking, packing, transport --------------------------------------------------------------

    def pick(self, now: float, order: int, parcels: list[Parcel]) -> None:
        """Have parcels picked: at once where there is neither work nor a queue for staff."""
        hours, checked, packed = 0.0, 0, []
        for parcel in parcels:
            is_checked, done = self.packed(parcel)
            hours += self.world.pick_hours(parcel.delivery)[parcel.line]
            checked += is_checked
            packed.append(done)
        hours += checked * self.terms.picking.check_hours_per_line
        if self.pickers is None and not hours:
            self.dispatch(now, order, packed, checked, hours)
        else:
            self.clock.process(self.pick_and_pack(order, packed, checked, hours))

    def packed(self, parcel: Parcel) -> tuple[bool, Parcel]:
        """Return whether a parcel is checked, and what is in it after picking and checking."""
        line, delivery, world = parcel.line, parcel.delivery, self.world
        picking, check = self.terms.picking, self.plan.pick_check
        luck = world.chance(Purpose.PICK_CHECK, delivery)[line] if check else 1.0
        is_checked = luck < check
        wrong = 0
        if (
            picking.error_share
            and world.chance(Purpose.PICK_ERROR, delivery)[line] < picking.error_share
            and not luck < check * picking.check_finds_share
        ):
            size = world.chance(Purpose.PICK_ERROR_SIZE, delivery)[line]
            wrong = 1 + int(size * len(parcel.units))
        bad_note = picking.documentation_error_share > 0 and (
            world.chance(Purpose.DOCUMENT_ERROR, delivery)[line] < picking.documentation_error_share
        )
        return is_checked, parcel._replace(wrong=wrong, documents_wrong=bad_note)

    def pick_and_pack(
        self, order: int, parcels: list[Parcel], checked: int, hours: float
    ) -> Generator[simpy.Event]:
        """Wait for a picker, work for some hours of working time, and let the parcels go."""
        turn = self.pickers.request() if self.pickers else None
        if turn:
            yield turn
        day = self.calendar.hours_per_day
        ready = self.calendar.after(self.clock.now, hours / day)
        yield self.clock.until(ready, PACKED)
        if turn:
            self.pickers.release(turn)  # type: ignore[union-attr]
        self.dispatch(ready, order, parcels, checked, hours)

    def dispatch(
        self, now: float, order: int, parcels: list[Parcel], checked: int, hours: float
    ) -> None:
        """Send parcels on their way, by express if the order has become old."""
        limit = self.plan.expedite_after
        express = limit is not None and limit.has_passed(self.calendar, self.order_time[order], now)
        first = parcels[0]
        travel = self.world.transport_times(first.delivery)[first.line]
        if express:
            travel *= self.terms.transport.express_factor
        if travel and self.terms.transport.counted_in == "business_days":
            arrival = self.calendar.after(now, travel)
        else:
            arrival = self.calendar.next_open(now + travel)
        self.shipments.append((now, order, len(parcels), checked, express, hours))
        self.clock.at(arrival, RECEIPT, self.receive, parcels)

    # The buyer's unit -------------------------------------------------------------------------

    def receive(self, now: float, parcels: list[Parcel]) -> None:
        """Receive parcels; reject what is wrong, and what is found defective when opened."""
        receipt = self.terms.receipt
        for parcel in parcels:
            line, delivery, units, replacement, wrong, bad_note = parcel
            defective = units.count(1, wrong)
            opened = receipt.inspection_share >= 1 or (
                self.world.chance(Purpose.RECEIPT_INSPECTION, delivery)[line]
                < receipt.inspection_share
            )
            found = defective if opened else 0
            self.on_the_way[self.item_of[line]] -= len(units)
            self.deliveries.append((now, line, len(units), wrong, found, bad_note, replacement))
            if not replacement:
                self.count_delivered(now, line, len(units))
            self.count_accepted(now, line, len(units) - wrong - found)
            if wrong:
                self.reject(now, line, delivery, units[:wrong], ReturnReason.WRONG)
            if found:
                self.reject(now, line, delivery, found, ReturnReason.DEFECTIVE_AT_RECEIPT)
            if defective > found:
                found_in_use = now + self.world.discovery_times(delivery)[line]
                self.clock.at(
                    found_in_use, RETURN, self.discover, line, delivery, defective - found
                )

    def count_delivered(self, now: float, line: int, units: int) -> None:
        """Count units as delivered for the first time; the last one completes the line."""
        self.not_yet_delivered[line] -= units
        if self.not_yet_delivered[line] == 0 and self.cancelled[line] < self.quantity[line]:
            self.delivered[line] = now

    def count_accepted(self, now: float, line: int, units: int) -> None:
        """Count units as accepted; the line is complete when it first lacks none."""
        self.not_yet_accepted[line] -= units
        complete = self.not_yet_accepted[line] == 0 and self.cancelled[line] < self.quantity[line]
        if complete and self.accepted[line] == NEVER:
            self.accepted[line] = now

    def discover(self, now: float, line: int, delivery: int, defective: int) -> None:
        """Find defects in use: the units are accepted no longer."""
        self.not_yet_accepted[line] += defective
        self.reject(now, line, delivery, defective, ReturnReason.DEFECTIVE_IN_USE)

    def reject(
        self, now: float, line: int, delivery: int, units: bytes | int, reason: ReturnReason
    ) -> None:
        """Send units back, and have as many others allocated.

        Wrong units come with their bytes, since they go back on the shelf; of defective ones only
        the number matters, since they are scrapped.
        """
        number = units if isinstance(units, int) else len(units)
        self.returns.append((now, line, number, reason))
        if not isinstance(units, int):
            self.going_back[self.item_of[line]] += number
            back = now + self.world.return_times(delivery)[line]
            self.clock.at(back, RETURN, self.restock, self.item_of[line], units)
        self.clock.at(now, RETURN, self.replace, line, number)

    def restock(self, now: float, item: int, units: bytes) -> None:
        """Put wrongly picked units back on the shelf."""
        self.going_back[item] -= len(units)
        self.stocks[item].put(units)
        self.serve_queue(now, item)

    def replace(self, now: float, line: int, units: int) -> None:
        """Allocate units in place of rejected ones."""
        parcel = self.allocate(now, line, units, replacement=True)
        if parcel:
            self.pick(now, self.order_of[line], [parcel])

    # The supplier's store ---------------------------------------------------------------------

    def open_store(self, item: int) -> None:
        """Begin with the stock the plan says; it is the item's lot number 0."""
        stock = self.stocks[item]
        opening = stock.policy.opening_stock()
        self.opening.append(opening)
        stock.put(self.lot(item, 0, 0, opening))
        stock.units_bought = opening
        self.lots_ordered[item] = 1
        self.note_level(0.0, item)
        every = stock.policy.review_every_days
        if every is None:
            self.reorder(0.0, item)
        else:
            self.clock.at(0.0, REVIEW, self.review, item, every, 0)

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
        lot = self.lots_ordered[item]
        self.lots_ordered[item] = lot + 1
        supply = self.terms.supply
        if supply.order_crossing:
            arrival = now + self.world.lead_times(item)[lot]
        else:
            spell = int(now // supply.conditions_last_days)
            arrival = max(stock.last_arrival, now + self.world.lead_times(item)[spell])
            stock.last_arrival = arrival
        stock.on_order += quantity
        first_unit = stock.units_bought
        stock.units_bought += quantity
        row = len(self.replenishments)
        self.replenishments.append([item, quantity, now, NEVER, 0, 0])
        self.clock.at(arrival, RECEIPT, self.goods_in, item, lot, first_unit, quantity, row)

    def lot(self, item: int, lot: int, first_unit: int, quantity: int) -> bytes:
        """Return the units of a lot, 1 where defective."""
        share = self.world.lot_qualities(item)[lot]
        if not share or not quantity:
            return bytes(quantity)
        luck = self.world.unit_defects(item).between(first_unit, first_unit + quantity)
        return (luck < share).tobytes()

    def goods_in(
        self, now: float, item: int, lot: int, first_unit: int, quantity: int, row: int
    ) -> None:
        """Receive a lot, inspect a share of it, scrap what is found defective, shelve the rest."""
        stock, share = self.stocks[item], self.plan.goods_in_inspection
        units = self.lot(item, lot, first_unit, quantity)
        inspected = found = 0
        if share:
            luck = self.world.unit_inspections(item).between(first_unit, first_unit + quantity)
            inspected = int(np.count_nonzero(luck < share))
            finds = luck < share * self.terms.supply.inspection_finds_share
            kept = np.frombuffer(units, dtype=np.uint8)
            kept = kept[~(finds & (kept == 1))]
            found = quantity - len(kept)
            units = kept.tobytes()
        stock.on_order -= quantity
        self.replenishments[row][3:] = [now, inspected, found]
        stock.put(units)
        self.serve_queue(now, item)
        if stock.reviewed_continuously:
            self.reorder(now, item)

    def serve_queue(self, now: float, item: int) -> None:
        """Give what is on hand to the lines that wait, first come first served."""
        stock = self.stocks[item]
        served = []
        while stock.waiting and stock.on_hand:
            served.append(self.parcel(*stock.serve_first()))
        self.note_level(now, item)
        for parcel in served:
            order = self.order_of[parcel.line]
            if parcel.replacement:
                self.pick(now, order, [parcel])
            else:
                if self.complete_only:
                    self.not_yet_allocated[order] -= len(parcel.units)
                self.send_or_hold(now, order, [parcel])

    def note_level(self, now: float, item: int) -> None:
        """Write down the stock of an item after a change."""
        stock = self.stocks[item]
        self.levels.append((now, item, len(stock.units), stock.waiting))

    # The books --------------------------------------------------------------------------------

    def ledger(self) -> Ledger:
        """Write the facts into frozen columns."""
        world = self.world
        prices = world.setting.prices[world.line_item]
        return Ledger(
            world.setting,
            world.seed,
            world.replication,
            Orders(world.order_time, world.order_unit),
            Lines(
                world.line_order,
                world.line_item,
                world.line_quantity,
                world.line_quantity * prices,
                np.array(self.filled_at_once, dtype=int),
                np.array(self.cancelled, dtype=int),
                np.array(self.delivered),
                np.array(self.accepted),
            ),
            Shipments(*_columns(self.shipments, "fiiibf")),
            Deliveries(*_columns(self.deliveries, "fiiiibb")),
            Returns(*_columns(self.returns, "fiii")),
            Replenishments(*_columns(self.replenishments, "iiffii")),
            StockLevels(*_columns(self.levels, "fiii")),
            Closing(
                np.array(self.opening),
                np.array([stock.on_hand for stock in self.stocks]),
                np.array([stock.on_order for stock in self.stocks]),
                np.array([stock.waiting for stock in self.stocks]),
                np.array(self.on_the_way),
                np.array(self.going_back),
            ),
        )


KINDS: dict[str, type] = {"f": float, "i": int, "b": bool}


def _columns(rows: list[Any], kinds: str) -> list[np.ndarray]:
    columns = zip(*rows, strict=True) if rows else repeat((), len(kinds))
    return [
        np.array(column, dtype=KINDS[kind]) for column, kind in zip(columns, kinds, strict=True)
    ]
