"""How does the compiled model simulate one plan: worlds go in, ledgers come out.

Lives here: laying out plan and world as arrays, longer arrays where they were too short, and the
ledger made from the rows. May not live here: rules of the operation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from pbc_sim.operations.facts import Closing
from pbc_sim.operations.handling import Handling
from pbc_sim.operations.kernel.layout import (
    AMISS,
    BASE_STOCK,
    BUSINESS_AGE,
    CALENDAR_AGE,
    CANCELLATIONS,
    COUNTS,
    DELIVERIES,
    FILLED_AT_ONCE,
    FIRST_HELD,
    FIRST_JOB,
    FIRST_WAITING,
    FREE_EVENT,
    GOING_BACK,
    LEVELS,
    MORE_DELIVERIES,
    MORE_EVENTS,
    MORE_LOTS,
    MORE_ROOM,
    MORE_SHELF,
    MORE_SPELLS,
    MORE_UNITS,
    NEVER_EXPRESS,
    NOTHING,
    ON_ORDER,
    ON_THE_WAY,
    POINT_QUANTITY,
    POINT_UP_TO,
    REPLENISHMENTS,
    RETURNS,
    SHELF_BEGIN,
    SHELF_END,
    SHIPMENTS,
    WAITING,
    WELL,
    Given,
    Work,
)
from pbc_sim.operations.kernel.replication import replicate
from pbc_sim.operations.ledger import Ledger
from pbc_sim.operations.model import simulate
from pbc_sim.operations.model.supply import most_events
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.operations.policies import (
    BaseStock,
    PeriodicOrderUpTo,
    Policy,
    ReorderPointOrderUpTo,
    ReorderPointQuantity,
)
from pbc_sim.operations.record import Record
from pbc_sim.operations.service_record import ServiceRecord
from pbc_sim.world.calendar import SAME_INSTANT_DAYS
from pbc_sim.world.distributions import Constant, Distribution
from pbc_sim.world.draws import Purpose
from pbc_sim.world.future import World
from pbc_sim.world.setting import Setting

__all__ = ["Twin"]

#: The widths of the ledger's rows, as `Record` has them, and where their number is counted.
TABLES = {
    "shipments": (6, SHIPMENTS),
    "deliveries": (7, DELIVERIES),
    "returns": (4, RETURNS),
    "levels": (4, LEVELS),
    "cancellations": (4, CANCELLATIONS),
    "replenishments": (6, REPLENISHMENTS),
}


@dataclass(frozen=True)
class Lengths:
    """How long the arrays of a replication are; first a guess, then what was found to be needed.

    Parameters
    ----------
    events, room, shelf : int
        Events that wait at a time; rows of each table, parcels and jobs; units on shelves.
    deliveries : int
        Deliveries of each line of which the luck is drawn.
    lots, spells, units : int
        Of each item: lots, spells of supply conditions, and units beyond the opening stock.
    """

    events: int
    room: int
    shelf: int
    deliveries: int
    lots: int
    spells: int
    units: int

    def longer(self, status: int) -> Lengths:
        """Return lengths of which the one that was too short is longer."""
        if status == MORE_DELIVERIES:
            return replace(self, deliveries=self.deliveries + 1)
        name = {
            MORE_EVENTS: "events",
            MORE_ROOM: "room",
            MORE_SHELF: "shelf",
            MORE_LOTS: "lots",
            MORE_SPELLS: "spells",
            MORE_UNITS: "units",
        }[status]
        return replace(self, **{name: 2 * getattr(self, name)})


class Twin:
    """The compiled model of one plan in one setting, for any number of futures.

    Parameters
    ----------
    setting : Setting
        What all replications share.
    plan : SupplierPlan
        A plan that `not_covered` has nothing against.
    """

    def __init__(self, setting: Setting, plan: SupplierPlan) -> None:
        self.setting, self.plan = setting, plan
        policies = plan.policies(setting)
        reviews = [policy.review_every_days or 0.0 for policy in policies]
        self.reviews = sum(int(setting.ends / every) + 1 for every in reviews if every)
        self.policies = np.array([_row_of(policy) for policy in policies])
        self.opening = np.array([policy.opening_stock() for policy in policies])
        self.review_days = np.array(reviews)
        self.deliveries = 1
        self.expected_reviews = plan.reviews_per_day(setting) * setting.ends
        self.calls = plan.expected_technical_calls(setting)

    def simulate(self, world: World) -> Ledger:
        """Run one replication; number for number what the reference model makes of it."""
        lengths = self._guess(world)
        while True:
            given, work = self._given(world, lengths), self._work(world, lengths)
            status = replicate(given, work)
            if status == WELL:
                self.deliveries = max(self.deliveries, lengths.deliveries)
                return self._ledger(world, work)
            if status == AMISS:
                # It says what is wrong, or has an answer that this model has not.
                return simulate(world, self.plan)
            lengths = lengths.longer(status)

    def _guess(self, world: World) -> Lengths:
        n_lines, n_items, supply = (
            len(world.line_item),
            len(self.opening),
            self.setting.terms.supply,
        )
        units = np.bincount(world.line_item, world.line_quantity, n_items)
        lines = np.bincount(world.line_item, minlength=n_items)
        spells = math.ceil(self.setting.ends / supply.conditions_last_days) + 1
        return Lengths(
            events=256 + n_lines // 8,
            room=4 * n_lines + 4 * n_items + self.reviews + 1024,
            shelf=int(3 * self.opening.sum() + 4 * units.sum()) + 256 * n_items,
            deliveries=self.deliveries,
            lots=64 + int(lines.max(initial=0)),
            spells=64 if supply.order_crossing else spells,
            units=64 + int(1.25 * units.max(initial=0)),
        )

    def _given(self, world: World, lengths: Lengths) -> Given:
        setting, plan, terms = self.setting, self.plan, self.setting.terms
        calendar, limit, share = setting.calendar, plan.expedite_after, plan.goods_in_inspection
        kind, age = NEVER_EXPRESS, 0.0
        if limit is not None:
            business = limit.business_days
            kind = CALENDAR_AGE if business is None else BUSINESS_AGE
            age = limit.calendar_length if business is None else business
        crossing, lots = terms.supply.order_crossing, lengths.lots
        qualities = _by_item(world, Purpose.LOT_QUALITY, lots)
        first_unit = np.concatenate(([0], np.cumsum(self.opening + lengths.units)))
        varies: np.ndarray = (qualities != 0).any(axis=1)
        inspects = np.full(len(varies), share.of_units > 0)
        handled, marks = self._handled(world, lengths.deliveries)
        return Given(
            ends=setting.ends,
            most_events=most_events(len(world.line_item), self.expected_reviews, self.calls),
            always_open=calendar.always_open,
            opens=_floats(calendar.opens),
            closes=_floats(calendar.closes),
            hours_per_day=calendar.hours_per_day,
            order_time=_floats(world.order_time),
            first_line=_wholes(world.first_line),
            lines=_wholes(
                np.stack((world.line_order, world.line_item, world.line_quantity), axis=1)
            ),
            policies=self.policies,
            opening_stock=self.opening,
            review_days=self.review_days,
            sales_can_be_lost=plan.stockout == "lost_sale",
            complete_only=plan.shipping == "complete",
            pickers=plan.pickers or 0,
            inspected_share=share.of_units,
            scrapped_share=share.of_units * terms.supply.inspection_finds_share,
            express_after=kind,
            express_age=age - SAME_INSTANT_DAYS,
            order_crossing=crossing,
            conditions_last_days=terms.supply.conditions_last_days,
            travels_in_business_days=terms.transport.counted_in == "business_days",
            express_factor=terms.transport.express_factor,
            lead_times=_by_item(world, Purpose.LEAD_TIME, lots if crossing else lengths.spells),
            lot_qualities=qualities,
            first_unit=first_unit,
            unit_defects=_by_unit(world, Purpose.UNIT_DEFECT, first_unit, varies),
            unit_inspections=_by_unit(world, Purpose.UNIT_INSPECTION, first_unit, inspects),
            handled=handled,
            marks=marks,
        )

    def _handled(self, world: World, deliveries: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the luck of all lines' first deliveries, in the order of the layout's rows."""
        handling, n_lines = Handling(world, self.plan), len(world.line_item)
        handled, marks = (
            np.empty((deliveries, 5, n_lines)),
            np.empty((deliveries, 3, n_lines), bool),
        )
        for delivery in range(deliveries):
            of = handling.of_all_lines(delivery)
            handled[delivery, :3] = of.hours, of.error_size, of.travel
            for row, purpose in ((3, Purpose.DISCOVERY_TIME), (4, Purpose.RETURN_TIME)):
                law = world.laws_by_line[purpose]
                if isinstance(law, Constant):
                    handled[delivery, row] = law.value
                else:
                    handled[delivery, row] = world.by_line(purpose, delivery)
            marks[delivery] = of.checked, of.documents_wrong, of.opened
        return handled, marks

    def _work(self, world: World, lengths: Lengths) -> Work:
        room, events, n_items = lengths.room, lengths.events, len(self.opening)
        counts = np.zeros(COUNTS, dtype=np.int64)
        counts[[FREE_EVENT, FIRST_JOB]] = NOTHING
        items = np.zeros((n_items, 11), dtype=np.int64)
        items[:, FIRST_WAITING] = NOTHING
        orders = np.zeros((len(world.order_time), 3), dtype=np.int64)
        orders[:, FIRST_HELD] = NOTHING
        return Work(
            now=np.zeros(1),
            counts=counts,
            event_time=np.empty(events),
            event_rank=np.empty(events, dtype=np.int64),
            event_row=np.empty(events, dtype=np.int64),
            events=np.empty((events, 6), dtype=np.int64),
            items=items,
            last_arrival=np.zeros(n_items),
            shelf=np.empty(lengths.shelf, dtype=np.uint8),
            waiting=np.empty((room, 4), dtype=np.int64),
            parcels=np.empty((room, 8), dtype=np.int64),
            jobs=np.empty((room, 3), dtype=np.int64),
            job_hours=np.empty(room),
            wrong_units=np.empty(4 * room, dtype=np.uint8),
            orders=orders,
            lines=np.zeros((len(world.line_item), 2), dtype=np.int64),
            **{name: np.empty((room, width)) for name, (width, _) in TABLES.items()},
        )

    def _ledger(self, world: World, work: Work) -> Ledger:
        record, items = Record(world), work.items
        for name, (_, counted) in TABLES.items():
            setattr(record, name, getattr(work, name)[: work.counts[counted]])
        record.filled_at_once = work.lines[:, FILLED_AT_ONCE].tolist()
        closing = Closing(
            self.opening.copy(),
            items[:, SHELF_END] - items[:, SHELF_BEGIN],
            *(items[:, column].copy() for column in (ON_ORDER, WAITING, ON_THE_WAY, GOING_BACK)),
        )
        consignment = self.plan.at_the_machines.owned_by == "supplier"
        return record.ledger(closing, consignment=consignment, **_no_service())


@cache
def _no_service() -> dict[str, Any]:
    return ServiceRecord().tables()


def _row_of(policy: Policy) -> tuple[int, int, int]:
    """Return a policy's kind and amounts [unit]."""
    match policy:
        case BaseStock():
            return BASE_STOCK, policy.level.units or 0, 0
        case ReorderPointQuantity():
            return POINT_QUANTITY, policy.reorder_point.units or 0, policy.quantity.units or 0
        case ReorderPointOrderUpTo():
            return POINT_UP_TO, policy.reorder_point.units or 0, policy.order_up_to_level.units or 0
        case PeriodicOrderUpTo():
            # Ordering up to S at any position is ordering up to S.
            return BASE_STOCK, policy.order_up_to_level.units or 0, 0
    raise TypeError(f"{type(policy).__name__} has no compiled twin.")


def _floats(values: np.ndarray) -> np.ndarray:
    """Return contiguous floats: one kind of array is one compilation."""
    return np.require(values, float, ["C", "W"])


def _wholes(values: np.ndarray) -> np.ndarray:
    return np.require(values, np.int64, ["C", "W"])


def _laws(world: World, purpose: Purpose) -> list[Distribution | None]:
    terms = world.setting.terms
    of = {Purpose.LEAD_TIME: terms.lead_time, Purpose.LOT_QUALITY: terms.lot_quality}.get(purpose)
    return [of(item) if of else None for item in terms.items.values()]


def _by_item(world: World, purpose: Purpose, size: int) -> np.ndarray:
    """Return the first draws of each item, shape (n_items, size)."""
    laws = _laws(world, purpose)
    drawn = np.empty((len(laws), size))
    for item, law in enumerate(laws):
        # A constant uses up no luck, and a stream of its own would cost more than the rest.
        if isinstance(law, Constant):
            drawn[item] = law.value
        else:
            drawn[item] = world.endless(law, purpose, item).first(size)
    return drawn


def _by_unit(
    world: World, purpose: Purpose, first_unit: np.ndarray, needed: np.ndarray
) -> np.ndarray:
    """Return the draws of the units of all items, end to end; ones where none is needed."""
    drawn = np.ones(first_unit[-1] if needed.any() else 0)
    for item in np.flatnonzero(needed).tolist():
        begin, end = first_unit[item : item + 2]
        drawn[begin:end] = world.endless(None, purpose, item).first(end - begin)
    return drawn
