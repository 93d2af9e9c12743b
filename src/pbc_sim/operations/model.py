"""What happens from order to acceptance: the reference model, in SimPy.

Lives here: the only use of SimPy, and the rules of the operation in the order in which they act.
May not live here: chance (it is all in `World`), KPIs, cost rates, contracts.

The story of an order: it is placed; stock is allocated to its lines, first come first served; what
is allocated is picked and packed by the staff in working hours; it travels; the buyer's unit opens
it or not; wrong and defective units go back and are replaced through the same stock. Goods in,
inspection and the stock policy run beside it.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator
from heapq import heappush
from typing import Any, NamedTuple

import numpy as np
import simpy

from pbc_sim.errors import PbcError
from pbc_sim.operations.handling import Handled, Handling
from pbc_sim.operations.ledger import Closing, Ledger, ReturnReason
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.operations.record import NEVER, Record
from pbc_sim.operations.stock import ItemStock, Lot
from pbc_sim.world.draws import Purpose
from pbc_sim.world.future import World

__all__ = ["simulate"]

# What happens at one instant happens in this order. SimPy keeps 0 and 1 for itself: they carry
# the consequences of what has just happened.
PACKED, RECEIPT, RETURN, ORDER, REVIEW = 1, 2, 3, 4, 5

#: More events than this for a line and a stock review means a plan that feeds on itself.
MOST_EVENTS_EACH = 200


class Clock(simpy.Environment):
    """SimPy's environment with exact instants and an order of events within an instant.

    SimPy schedules by delays, and ``now + (when - now)`` need not be ``when``: a delivery that is
    due at an instant would come an ulp late. So events are put into its queue at their instant.
    """

    def __init__(self, ends: float, most_events: int) -> None:
        super().__init__()
        self.ends = ends
        self.most_events = most_events

    def until(self, when: float, rank: int) -> simpy.Event:
        """Return an event that happens at an instant, for a process to wait for."""
        return self._enter(when, rank, Instant(self, []))

    def at(self, when: float, rank: int, action: Callable[..., None], *facts: Any) -> None:
        """Let ``action(when, *facts)`` happen at an instant, unless the end comes first."""
        if not when >= self.ends:
            self._enter(when, rank, Instant(self, [lambda _: action(when, *facts)]))

    def _enter(self, when: float, rank: int, event: Instant) -> Instant:
        # A NaN would silently disorder the queue, so the test is one that NaN fails.
        if not when >= self._now:
            raise PbcError(f"an event at {when} day cannot follow {self._now} day.")
        number = next(self._eid)
        if number > self.most_events:
            raise PbcError(
                f"more than {self.most_events} events in one replication, {MOST_EVENTS_EACH} for "
                "every order line; check that defect shares let replacements come to rest."
            )
        entry: Any = (when, rank, number, event)
        heappush(self._queue, entry)
        return event


class Instant(simpy.Event):
    """An event that is sure to happen, and so succeeded from the start."""

    _ok = True
    _value = None

    def __init__(self, clock: Clock, callbacks: list[Callable[[simpy.Event], None]]) -> None:
        self.env = clock
        self.callbacks = callbacks


class Staff(simpy.Resource):
    """Pickers: SimPy's first come, first served, without events for what nobody waits for."""

    def begin_turn(self, begin: Callable[[Any], None]) -> None:
        """Call ``begin(turn)`` now if a picker is free, else when one has become free."""
        if len(self.users) < self.capacity:
            turn: Any = object()
            self.users.append(turn)
            begin(turn)
        else:
            self.request().callbacks.append(begin)

    def end_turn(self, turn: Any) -> None:
        """Free the picker for the next in the queue."""
        self.users.remove(turn)
        if self.put_queue:
            self._trigger_put(None)


class Parcel(NamedTuple):
    """Allocated units of one line on their way to the buyer.

    `units` has a byte for each, 1 where defective; `wrong` says how many of the first ones are
    wrong once it is picked.
    """

    line: int
    units: bytes
    replacement: bool
    delivery: int
    handled: Handled
    wrong: int


class Job(NamedTuple):
    """What one picker does in one go: parcels of an order, and the working hours it takes."""

    order: int
    parcels: list[Parcel]
    hours: float


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
    # The model makes no garbage that needs a search for cycles, and it makes much of it.
    searches = gc.isenabled()
    gc.disable()
    try:
        return SupplyModel(world, plan).run()
    finally:
        if searches:
            gc.enable()


class SupplyModel:
    """The operation under one plan in one future."""

    def __init__(self, world: World, plan: SupplierPlan) -> None:
        self.world = world
        self.plan = plan
        self.terms = world.setting.terms
        self.calendar = world.setting.calendar
        self.hours_per_day = self.calendar.hours_per_day
        self.record = Record(world)
        self.complete_only = plan.shipping == "complete"
        self.sales_can_be_lost = plan.stockout == "lost_sale"

        # The supplier's store, by item.
        self.stocks = [ItemStock(policy) for policy in plan.policies(world.setting)]
        self.clock = Clock(world.setting.ends, self.most_events())
        self.pickers = Staff(self.clock, plan.pickers) if plan.pickers else None
        self.lead_times = world.by_item(Purpose.LEAD_TIME)
        self.lot_qualities = world.by_item(Purpose.LOT_QUALITY)
        self.unit_defects = world.by_item(Purpose.UNIT_DEFECT)
        self.unit_inspections = world.by_item(Purpose.UNIT_INSPECTION)
        self.on_the_way = [0] * len(self.stocks)
        self.going_back = [0] * len(self.stocks)

        # Orders and their lines. Lists, since arrays are slow at single values.
        self.order_time = world.order_time.tolist()
        self.first_line = world.first_line.tolist()
        self.order_of = world.line_order.tolist()
        self.item_of = world.line_item.tolist()
        self.quantity = world.line_quantity.tolist()
        self.deliveries_begun = [0] * len(self.quantity)
        self.handling = Handling(world, plan)
        #: What a ship-complete order still waits for [unit], and what is held for it.
        self.not_yet_allocated = [0] * len(self.order_time)
        self.held: dict[int, list[Parcel]] = {}

    def run(self) -> Ledger:
        """Open the store, let the orders come, and hand over what was written down."""
        opening = [self.open_store(item) for item in range(len(self.stocks))]
        self.clock.process(self.orders_come())
        self.clock.run(until=self.clock.ends)
        closing = Closing(
            np.array(opening),
            np.array([stock.on_hand for stock in self.stocks]),
            np.array([stock.on_order for stock in self.stocks]),
            np.array([stock.waiting for stock in self.stocks]),
            np.array(self.on_the_way),
            np.array(self.going_back),
        )
        return self.record.ledger(closing)

    def most_events(self) -> int:
        """Return how many events are more than any plan that comes to rest can need."""
        every = [stock.policy.review_every_days for stock in self.stocks]
        reviews = sum(self.world.setting.ends / days for days in every if days)
        return 1000 + MOST_EVENTS_EACH * int(len(self.world.line_item) + reviews)

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
                self.record.filled_at_once[line] = len(parcel.units)
                allocated.append(parcel)
        self.send_or_hold(now, order, allocated)

    def allocate(self, now: float, line: int, wanted: int, replacement: bool) -> Parcel | None:
        """Take a line's units from stock, let what is missing wait or be lost, and reorder."""
        item = self.item_of[line]
        stock = self.stocks[item]
        # Stock on hand means that nobody waits, so first come first served holds.
        units = stock.take(wanted)
        missing = wanted - len(units)
        if missing and self.sales_can_be_lost:
            self.record.cancellations += (now, line, missing, replacement)
        elif missing:
            stock.wait(line, missing, replacement)
            if self.complete_only and not replacement:
                self.not_yet_allocated[self.order_of[line]] += missing
        self.note_level(now, item)
        if stock.reviewed_continuously:
            self.reorder(now, item)
        return self.parcel(line, units, replacement) if units else None

    def parcel(self, line: int, units: bytes, replacement: bool) -> Parcel:
        """Make a parcel of allocated units, with the luck of the line's next delivery."""
        delivery = self.deliveries_begun[line]
        self.deliveries_begun[line] = delivery + 1
        self.on_the_way[self.item_of[line]] += len(units)
        handled = self.handling[delivery][line]
        wrong = handled.wrong_units(len(units))
        return Parcel(line, units, replacement, delivery, handled, wrong)

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
        """Have parcels picked by the next picker; at once where staff is never short."""
        hours = 0.0
        for parcel in parcels:
            hours += parcel.handled.hours
        job = Job(order, parcels, hours)
        if self.pickers is None:
            self.dispatch(self.work_ends(now, job), job)
            return
        self.pickers.begin_turn(lambda turn: self.begin_picking(job, turn))

    def work_ends(self, now: float, job: Job) -> float:
        """Return when work that begins now is done: it rests over night and weekend [day]."""
        return self.calendar.after(now, job.hours / self.hours_per_day) if job.hours else now

    def begin_picking(self, job: Job, turn: Any) -> None:
        """Let the picker whose turn it is work on a job."""
        ready = self.work_ends(self.clock.now, job)
        self.clock.at(ready, PACKED, self.finish_picking, job, turn)

    def finish_picking(self, now: float, job: Job, turn: Any) -> None:
        """Free the picker for the next job, and let the parcels go."""
        if self.pickers:
            self.pickers.end_turn(turn)
        self.dispatch(now, job)

    def dispatch(self, now: float, job: Job) -> None:
        """Send a job's parcels on their way, by express if the order has become old."""
        if now >= self.clock.ends:
            return
        order, parcels, hours = job
        limit, transport = self.plan.expedite_after, self.terms.transport
        express = limit is not None and limit.has_passed(self.calendar, self.order_time[order], now)
        travel = parcels[0].handled.travel
        if express:
            travel *= transport.express_factor
        if travel and transport.counted_in == "business_days":
            arrival = self.calendar.after(now, travel)
        else:
            arrival = self.calendar.next_open(now + travel)
        checked = sum([parcel.handled.checked for parcel in parcels])
        self.record.shipments += (now, order, len(parcels), checked, express, hours)
        self.receive(arrival, parcels)

    # The buyer's unit -------------------------------------------------------------------------

    def receive(self, arrival: float, parcels: list[Parcel]) -> None:
        """Receive parcels; reject what is wrong, and what is found defective when opened.

        Only a rejection has consequences, so only it becomes an event at the time of arrival; a
        sound parcel is just written down.
        """
        if arrival >= self.clock.ends:
            return
        for line, units, replacement, delivery, handled, wrong in parcels:
            defective = units.count(1, wrong)
            found = defective if handled.opened else 0
            self.on_the_way[self.item_of[line]] -= len(units)
            self.record.deliveries += (
                arrival,
                line,
                len(units),
                wrong,
                found,
                handled.documents_wrong,
                replacement,
            )
            if wrong:
                self.clock.at(arrival, RECEIPT, self.send_back, line, delivery, units[:wrong])
            if found:
                reason = ReturnReason.DEFECTIVE_AT_RECEIPT
                self.clock.at(arrival, RECEIPT, self.reject, line, found, reason)
            if defective > found:
                in_use = arrival + self.world.by_line(Purpose.DISCOVERY_TIME, delivery)[line]
                reason = ReturnReason.DEFECTIVE_IN_USE
                self.clock.at(float(in_use), RETURN, self.reject, line, defective - found, reason)

    def send_back(self, now: float, line: int, delivery: int, units: bytes) -> None:
        """Reject wrong units, which are sound and go back on the shelf."""
        item = self.item_of[line]
        self.going_back[item] += len(units)
        back = now + self.world.by_line(Purpose.RETURN_TIME, delivery)[line]
        self.clock.at(float(back), RETURN, self.restock, item, units)
        self.reject(now, line, len(units), ReturnReason.WRONG)

    def reject(self, now: float, line: int, units: int, reason: ReturnReason) -> None:
        """Have other units allocated in place of rejected ones; defective ones are scrapped."""
        self.record.returns += (now, line, units, reason)
        self.clock.at(now, RETURN, self.replace, line, units)

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

    def open_store(self, item: int) -> int:
        """Begin with the stock the plan says, the item's lot number 0, and return it [unit]."""
        stock = self.stocks[item]
        opening = stock.policy.opening_stock()
        stock.put(self.lot(item, stock.next_lot(opening), opening))
        self.note_level(0.0, item)
        every = stock.policy.review_every_days
        if every is None:
            self.reorder(0.0, item)
        else:
            self.clock.at(0.0, REVIEW, self.review, item, every, 0)
        return opening

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
        supply, lot = self.terms.supply, stock.next_lot(quantity)
        if supply.order_crossing:
            arrival = now + self.lead_times[item][lot.number]
        else:
            spell = int(now // supply.conditions_last_days)
            arrival = max(stock.last_arrival, now + self.lead_times[item][spell])
            stock.last_arrival = arrival
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
            finds = luck < share * self.terms.supply.inspection_finds_share
            incoming = np.frombuffer(units, dtype=np.uint8)
            units = incoming[~(finds & (incoming == 1))].tobytes()
        stock.on_order -= quantity
        row[3:] = [now, inspected, quantity - len(units)]
        stock.put(units)
        self.serve_queue(now, item)
        # What was on order is on hand now; only scrapped units lower the position.
        if len(units) < quantity and stock.reviewed_continuously:
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
        self.record.levels += (now, item, len(stock.units), stock.waiting)
