"""What happens from order to acceptance?

Lives here: the story of an order: it is placed; stock is allocated to its lines; what is allocated
is picked and packed by the staff in working hours; it travels; the buyer's unit opens it or not;
wrong and defective units go back and are replaced through the same stock.
May not live here: the store's own rules (`store.py`), chance (`World`), KPIs, cost rates.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any, NamedTuple

import numpy as np

from pbc_sim.operations.allocation import Waiting
from pbc_sim.operations.facts import Closing, ReturnReason
from pbc_sim.operations.handling import Handled, Handling
from pbc_sim.operations.ledger import Ledger
from pbc_sim.operations.model.clock import (
    MOST_EVENTS_EACH,
    ORDER,
    PACKED,
    RECEIPT,
    RETURN,
    Clock,
    Staff,
)
from pbc_sim.operations.model.desk import Desk
from pbc_sim.operations.model.interruptions import Interruptions
from pbc_sim.operations.model.machines import Machines
from pbc_sim.operations.model.recalls import sent_back, sound
from pbc_sim.operations.model.store import Served
from pbc_sim.operations.model.storeroom import Storerooms
from pbc_sim.operations.model.traced_store import store_for
from pbc_sim.operations.plan_changes import PlanChange
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.operations.record import NEVER, Record
from pbc_sim.operations.service_record import ServiceRecord
from pbc_sim.world.calendar import Duration
from pbc_sim.world.draws import Purpose
from pbc_sim.world.future import World
from pbc_sim.world.service import ComplaintTerms

__all__ = ["SupplyModel", "most_events"]


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


def most_events(n_lines: int, reviews: float, calls: float) -> int:
    """Return how many events are more than any plan that comes to rest can need."""
    return 1000 + MOST_EVENTS_EACH * int(n_lines + reviews + calls)


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

        # Orders and their lines. Lists, since arrays are slow at single values.
        self.order_time = world.order_time.tolist()
        self.first_line = world.first_line.tolist()
        self.order_unit = world.order_unit.tolist()
        self.order_of = world.line_order.tolist()
        self.item_of = world.line_item.tolist()
        self.quantity = world.line_quantity.tolist()
        self.deliveries_begun = [0] * len(self.quantity)
        self.handling = Handling(world, plan)
        #: What a ship-complete order still waits for [unit], and what is held for it.
        self.not_yet_allocated = [0] * len(self.order_time)
        self.held: dict[int, list[Parcel]] = {}
        #: From this number on, lines are those of storerooms' orders.
        self.lines_of_units = len(self.quantity)

        #: Whether each order is served first under an allocation rule that heeds urgency.
        self.urgent_of_order: list[bool] = world.setting.urgent_units[world.order_unit].tolist()

        self.interruptions = (
            Interruptions(world, self.record.touched, self.order_of, self.order_unit)
            if len(world.spells)
            else None
        )
        self.store = store_for(world, plan)(
            world,
            plan,
            self.record,
            self.item_of,
            self.hand_over,
            self.waiting_of,
            self.interruptions,
        )
        setting = world.setting
        reviews = plan.reviews_per_day(setting) * setting.ends
        calls = len(world.enquiry_times) + plan.expected_technical_calls(setting)
        most = most_events(len(self.quantity), reviews, calls)
        self.clock = Clock(setting.ends, most)
        self.pickers = Staff(self.clock, plan.pickers) if plan.pickers else None
        self.recalls = self.terms.supply.recall is not None
        self.on_the_way = [0] * len(self.store.stocks)
        self.going_back = [0] * len(self.store.stocks)
        complaints = self.terms.service.complaints if self.terms.service else ComplaintTerms()
        self.complaints_come = complaints.of_wrong > 0 or complaints.of_defective > 0
        self.late_orders_annoy = complaints.of_late > 0
        #: Units of each order that have not come, and when the last that have came or will come.
        self.undelivered: dict[int, int] = {}
        self.last_arrival: dict[int, float] = {}

        self.services = ServiceRecord()
        self.storerooms = Storerooms(self, self.services)
        self.desk = Desk(self, self.services)
        self.machines = Machines(self, self.storerooms, self.desk, self.services)

    def is_urgent(self, line: int) -> bool:
        """Tell whether a line is of an urgent unit, or for a machine that stands still."""
        return self.urgent_of_order[self.order_of[line]] or self.storerooms.is_urgent(line)

    def waiting_of(self, line: int, missing: int) -> Waiting:
        """Return what an allocation rule may know of a line that waits for so many units."""
        placed = self.order_time[self.order_of[line]]

        def is_older_than(age: Duration) -> bool:
            return age.has_passed(self.calendar, placed, self.clock.now)

        return Waiting(missing, self.is_urgent(line), is_older_than)

    def run(self, changes: Sequence[PlanChange] = ()) -> Ledger:
        """Open the store, let the orders come, and hand over what was written down."""
        # Entered first, so that at its instant a change comes before all else.
        for when, plan in changes:
            self.clock.at(when, PACKED, self.change_plan, plan)
        opening = self.store.open(self.clock)
        self.storerooms.open()
        self.machines.open()
        self.desk.open()
        self.clock.process(self.orders_come())
        self.clock.run(until=self.clock.ends)
        if self.interruptions:
            self.store.note_who_still_waits(self.clock.ends)
        closing = Closing(
            np.array(opening),
            np.array([stock.on_hand for stock in self.store.stocks]),
            np.array([stock.on_order for stock in self.store.stocks]),
            np.array([stock.waiting for stock in self.store.stocks]),
            np.array(self.on_the_way),
            np.array(self.going_back),
        )
        consignment = self.plan.at_the_machines.owned_by == "supplier"
        return self.record.ledger(closing, consignment=consignment, **self.services.tables())

    def change_plan(self, now: float, plan: SupplierPlan) -> None:
        """Let another plan hold from now on; what is under way goes on as it was begun."""
        if plan.pick_check != self.plan.pick_check:
            self.handling = Handling(self.world, plan)
        self.plan = plan
        if self.pickers and plan.pickers:
            self.pickers.change_number(plan.pickers)
        self.store.change_plan(now, plan)

    # Orders ---------------------------------------------------------------------------------

    def orders_come(self) -> Generator[Any]:
        """Place each order at its time."""
        for order, when in enumerate(self.world.order_time.tolist()):
            yield self.clock.until(when, ORDER)
            self.place_order(when, order)

    def place_order(self, now: float, order: int) -> None:
        """Allocate what is on hand to each line; the rest waits or is lost."""
        allocated = []
        lines = range(self.first_line[order], self.first_line[order + 1])
        if self.late_orders_annoy:
            self.undelivered[order] = sum(self.quantity[line] for line in lines)
            self.desk.await_delivery(now, order, lines[0])
        for line in lines:
            parcel = self.allocate(now, line, self.quantity[line], replacement=False)
            if parcel:
                self.record.filled_at_once[line] = len(parcel.units)
                allocated.append(parcel)
        self.send_or_hold(now, order, allocated)

    def order_for_storeroom(self, now: float, unit: int, item: int, quantity: int, n: int) -> int:
        """Place a storeroom's n-th order of a part, and return its line."""
        order, line = len(self.order_time), len(self.quantity)
        self.order_time.append(now)
        self.order_unit.append(unit)
        self.not_yet_allocated.append(0)
        self.urgent_of_order.append(bool(self.world.setting.urgent_units[unit]))
        self.first_line.append(line + 1)
        self.order_of.append(order)
        self.item_of.append(item)
        self.quantity.append(quantity)
        self.deliveries_begun.append(0)
        self.handling.add_line(now, unit, item, n)
        self.record.filled_at_once.append(0)
        self.record.storeroom_orders += (now, unit)
        self.record.storeroom_lines += (order, item, quantity)
        self.place_order(now, order)
        return line

    def allocate(self, now: float, line: int, wanted: int, replacement: bool) -> Parcel | None:
        """Allocate units of stock to a line; what is missing waits or is lost."""
        units = self.store.allocate(now, line, wanted, replacement)
        if self.complete_only and not replacement and not self.store.sales_can_be_lost:
            self.not_yet_allocated[self.order_of[line]] += wanted - len(units)
        return self.parcel(line, units, replacement) if units else None

    def hand_over(self, now: float, served: list[Served]) -> None:
        """Send on what lines that waited are given."""
        for parcel in [self.parcel(*units) for units in served]:
            order = self.order_of[parcel.line]
            if parcel.replacement:
                self.pick(now, order, [parcel])
            else:
                if self.complete_only:
                    self.not_yet_allocated[order] -= len(parcel.units)
                self.send_or_hold(now, order, [parcel])

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
        if self.interruptions:
            arrival = self.interruptions.arrival(
                now, travel, arrival, order, replacement=parcels[0].replacement
            )
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
            if self.late_orders_annoy and not replacement:
                self.note_arrival(arrival, self.order_of[line], len(units))
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
            if line >= self.lines_of_units:
                # What a storeroom keeps shows its defects only when it is fitted to a machine.
                kept = sound(units[wrong:]) if handled.opened else units[wrong:]
                self.clock.at(arrival, RECEIPT, self.storerooms.arrive, line, kept)
                continue
            overlooked, in_use = defective - found, NEVER
            if overlooked:
                in_use = arrival + self.handling.luck(Purpose.DISCOVERY_TIME, delivery, line)
            if self.recalls:
                back = sent_back(units[wrong:], handled.opened, arrival, in_use)
                overlooked = back.found_first
                for when, recalled in back.recalled.items():
                    self.clock.at(when, RETURN, self.reject, line, recalled, ReturnReason.RECALLED)
            if overlooked:
                reason = ReturnReason.DEFECTIVE_IN_USE
                self.clock.at(in_use, RETURN, self.reject, line, overlooked, reason)

    def note_arrival(self, arrival: float, order: int, units: int) -> None:
        """Keep in mind when an order is complete, for those who complain if it is late."""
        self.undelivered[order] -= units
        self.last_arrival[order] = max(arrival, self.last_arrival.get(order, arrival))

    def is_late(self, now: float, order: int) -> bool:
        """Tell whether an order is not complete at an instant, by which it should be."""
        return self.undelivered[order] > 0 or self.last_arrival[order] > now

    def send_back(self, now: float, line: int, delivery: int, units: bytes) -> None:
        """Reject wrong units, which are sound and go back on the shelf."""
        item = self.item_of[line]
        self.going_back[item] += len(units)
        back = now + self.handling.luck(Purpose.RETURN_TIME, delivery, line)
        self.clock.at(back, RETURN, self.restock, item, units)
        self.reject(now, line, len(units), ReturnReason.WRONG)

    def reject(self, now: float, line: int, units: int, reason: ReturnReason) -> None:
        """Have other units allocated in place of rejected ones; all but wrong ones are scrapped."""
        self.record.returns += (now, line, units, reason)
        if self.complaints_come and reason != ReturnReason.RECALLED:
            self.desk.complain(now, line, reason)
        self.clock.at(now, RETURN, self.replace, line, units)

    def reject_part(self, now: float, line: int) -> None:
        """Take back a part that turned out defective when it was fitted."""
        self.reject(now, line, 1, ReturnReason.DEFECTIVE_IN_USE)

    def recall_parts(self, now: float, line: int, units: int) -> None:
        """Take back parts of a recalled lot from a storeroom's shelf [unit]."""
        self.reject(now, line, units, ReturnReason.RECALLED)

    def restock(self, now: float, item: int, units: bytes) -> None:
        """Put wrongly picked units back on the shelf."""
        self.going_back[item] -= len(units)
        self.store.restock(now, item, units)

    def replace(self, now: float, line: int, units: int) -> None:
        """Allocate units in place of rejected ones."""
        parcel = self.allocate(now, line, units, replacement=True)
        if parcel:
            self.pick(now, self.order_of[line], [parcel])
