"""How does the compiled model simulate one plan: worlds go in, ledgers come out.

Lives here: laying out plan and world as arrays, longer arrays where they were too short, and the
ledger made from the rows. May not live here: rules of the operation.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, cached_property
from typing import Any, NamedTuple

import numpy as np

from pbc_sim.operations.allocation import CriticalFirst, FirstCome
from pbc_sim.operations.facts import Closing
from pbc_sim.operations.improvement import Improvement
from pbc_sim.operations.inspection import (
    ShareInspection,
)
from pbc_sim.operations.kernel.coverage import ALLOCATIONS_COVERED
from pbc_sim.operations.kernel.durations import age_of
from pbc_sim.operations.kernel.layout import (
    AMISS,
    BASE_STOCK,
    CANCELLATIONS,
    COUNTS,
    DELIVERIES,
    FILLED_AT_ONCE,
    GOING_BACK,
    LEVELS,
    LINE_ORDER,
    MOST_DELIVERIES,
    ON_ORDER,
    ON_THE_WAY,
    POINT_QUANTITY,
    POINT_UP_TO,
    REPLENISHMENTS,
    RETURNS,
    SHELF_BEGIN,
    SHELF_END,
    SHIPMENTS,
    TOUCHED,
    WAITING,
    WELL,
    Given,
    Work,
)
from pbc_sim.operations.kernel.lengths import Lengths
from pbc_sim.operations.kernel.luck import Luck, of_one_kind, worked_out
from pbc_sim.operations.kernel.quantiles import tables_of
from pbc_sim.operations.kernel.replication import replicate
from pbc_sim.operations.kernel.spells import Interrupted
from pbc_sim.operations.kernel.upstream import samples_of, sources_of, sourcing_of
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
from pbc_sim.world.draws import Purpose
from pbc_sim.world.future import World
from pbc_sim.world.setting import Setting

__all__ = ["Run", "Twin", "row_of"]

#: The widths of the ledger's rows, as `Record` has them, and where their number is counted.
TABLES = {
    "shipments": (6, SHIPMENTS),
    "deliveries": (7, DELIVERIES),
    "returns": (4, RETURNS),
    "levels": (4, LEVELS),
    "cancellations": (4, CANCELLATIONS),
    "replenishments": (6, REPLENISHMENTS),
}


#: Where nothing is improved.
NO_FACTORS = np.empty((5, 0))
NO_LOTS = np.empty((0, 0))
#: Where no disruption comes.
UNINTERRUPTED = {
    **dict.fromkeys(("outages", "doors", "order_unit"), np.empty(0, dtype=np.int64)),
    "pace_at": np.empty((0, 2), dtype=np.int64),
    "paces": np.empty((0, 3)),
    "spells": np.empty((0, 3)),
}
#: Where nobody's luck is asked for.
NO_LUCK = np.empty(0)
#: Where nothing has to be known of orders.
NO_ORDERS = np.empty(0, dtype=bool)

#: Columns of `Work.of_a_lot` that the ledger has too.
OF_A_LOT = 5

#: The arrays of a replication that has ended, whose memory the next one writes over. Fresh memory
#: costs more than what is written to it. Whoever takes them leaves none, so threads do not share.
SPARE: list[Work] = []


Through = Callable[[Given, Work], int]


class Run(NamedTuple):
    """A replication that has ended: its future, what was given, and the rows that it left."""

    world: World
    given: Given
    work: Work
    site: Any = None
    state: Any = None


class Twin:
    """The compiled model of one plan in one setting, for any number of futures.

    Parameters
    ----------
    setting : Setting
        What all replications share.
    plan : SupplierPlan
        A plan that `not_covered` has nothing against.
    """

    #: Whether a site's rules read what is given too.
    of_a_site: bool | None = None

    def __init__(self, setting: Setting, plan: SupplierPlan) -> None:
        self.setting, self.plan = setting, plan
        #: Parts in storerooms, of which a world without machines has none.
        self.n_shelves = np.count_nonzero(setting.part_demand)
        policies = plan.policies(setting)
        reviews = [policy.review_every_days or 0.0 for policy in policies]
        self.reviews = sum(int(setting.ends / every) + 1 for every in reviews if every)
        self.policies = np.array([row_of(policy) for policy in policies])
        self.opening = np.array([policy.opening_stock() for policy in policies])
        self.opening_units = int(self.opening.sum())
        self.review_days = np.array(reviews)
        self.unreviewed = not all(reviews)
        self.lots = max((int(setting.ends // every) + 2 for every in reviews if every), default=0)
        supply = setting.terms.supply
        spells = math.ceil(setting.ends / supply.conditions_last_days) + 1
        self.spells = 64 if supply.order_crossing else spells
        #: Of how many later deliveries the rules find the luck, so that it need not be laid out.
        self.later = 0 if self.of_a_site or worked_out(setting) else 16
        # Of a line, at most: the sum over the replications, and how many there were.
        self.deliveries, self.replications = 2, 1
        self.expected_reviews = plan.reviews_per_day(setting) * setting.ends
        self.improvement = Improvement.of(setting, plan.investments, plan.learning)
        #: Besides enquiries, which every future has its own number of.
        self.calls = plan.expected_technical_calls(setting)

    def simulate(self, world: World) -> Ledger:
        """Run one replication; number for number what the reference model makes of it."""
        run = self.run(world)
        if run is None:
            return simulate(world, self.plan)
        ledger = self.ledger(run)
        self.release(run)
        return ledger

    def run(self, world: World, through: Through = replicate) -> Run | None:
        """Run one replication and leave its rows; None if only the reference model can tell.

        `through` is what runs it: the compiled rules, or these and what reads the rows at once.
        """
        luck = world.once(Luck)
        lengths = self._guess(luck)
        while True:
            status, run = self._once(world, luck, lengths, through)
            if status == WELL:
                self.replications += 1
                self.later = lengths.later
                self.deliveries += max(int(run.work.counts[MOST_DELIVERIES]), 1)
                return run
            self.release(run)
            if status == AMISS:
                # It says what is wrong, or has an answer that this model has not.
                return None
            lengths = lengths.longer(status)

    def _once(
        self, world: World, luck: Luck, lengths: Lengths, through: Through
    ) -> tuple[int, Run]:
        """Run a replication in arrays of given lengths, and return how it ended, with its rows."""
        given, work = self._given(world, luck, lengths), self._work(world, luck, lengths)
        return through(given, work), Run(world, given, work)

    def release(self, run: Run) -> None:
        """Let the next replication write over the rows of one that nobody reads any more."""
        SPARE.append(run.work)

    def lay_out(self, world: World) -> Given:
        """Draw and lay out what a replication will probably need, and simulate nothing."""
        luck = world.once(Luck)
        return self._given(world, luck, self._guess(luck))

    def _guess(self, luck: Luck) -> Lengths:
        n_lines, n_items = len(luck.lines), len(self.opening)
        # A line's deliveries are few, but for some; what is drawn for one plan is there for all.
        deliveries = 2
        if not self.later:
            deliveries = math.ceil(self.deliveries / self.replications) + 1
        return Lengths(
            events=256 + n_lines // 8,
            room=4 * n_lines + 4 * n_items + self.reviews + 1024,
            shelf=3 * self.opening_units + 4 * luck.units + 256 * n_items,
            deliveries=max(deliveries, luck.deliveries),
            later=self.later,
            # What is reviewed every so often has a lot a review; else every line may ask for one.
            lots=max(self.lots, 64 + luck.most_lines if self.unreviewed else 0),
            spells=self.spells,
            units=18,
        )

    @cached_property
    def _fixed(self) -> dict[str, Any]:
        """What no future changes of what is given."""
        plan, terms = self.plan, self.setting.terms
        calendar, picking = self.setting.calendar, terms.picking
        inspection, finds = plan.goods_in_inspection, terms.supply.inspection_finds_share
        share = inspection.of_units if isinstance(inspection, ShareInspection) else 0.0
        express_after, express_age = age_of(plan.expedite_after)
        overdue_after, overdue_age = age_of(getattr(plan.allocation, "until", None))
        times = tables_of(self.setting.handling_times)
        opens = of_one_kind(calendar.opens, float)
        every_day = np.arange(math.ceil(opens[-1]) + 1)
        needs_more = (
            bool(terms.disruptions or terms.supply.sources)
            or inspection.judges_lots
            or not isinstance(plan.allocation, FirstCome)
        )
        upstream: dict[str, Any] = {}
        if needs_more:
            samples = samples_of(inspection)
            upstream = {"samples": samples, **sources_of(self.setting, plan.sourcing)}
        return {
            **upstream,
            "seldom": needs_more or None,
            "of_a_site": self.of_a_site,
            "judges_lots": inspection.judges_lots,
            "ends": self.setting.ends,
            "always_open": calendar.always_open,
            "opens": opens,
            "closes": of_one_kind(calendar.closes, float),
            "days_begun": of_one_kind(np.searchsorted(opens, every_day), np.int64),
            "hours_per_day": calendar.hours_per_day,
            "policies": self.policies,
            "opening_stock": self.opening,
            "review_days": self.review_days,
            "sales_can_be_lost": plan.stockout == "lost_sale",
            "complete_only": plan.shipping == "complete",
            "pickers": plan.pickers or 0,
            "inspects": inspection.inspects,
            "inspected_share": share,
            "scrapped_share": share * finds,
            "finds_share": finds,
            "sends_back": getattr(inspection, "if_rejected", "") == "return",
            "tells_lots": bool(terms.supply.sources) or inspection.judges_lots,
            "express_after": express_after,
            "express_age": express_age,
            "allocation": ALLOCATIONS_COVERED.index(type(plan.allocation)),
            "overdue_after": overdue_after,
            "overdue_age": overdue_age,
            "order_crossing": terms.supply.order_crossing,
            "conditions_last_days": terms.supply.conditions_last_days,
            "travels_in_business_days": terms.transport.counted_in == "business_days",
            "express_factor": terms.transport.express_factor,
            "error_share": picking.error_share,
            "documentation_error_share": picking.documentation_error_share,
            "check_share": plan.pick_check,
            "check_finds_share": picking.check_finds_share,
            "check_hours": picking.check_hours_per_line,
            "opened_share": terms.receipt.inspection_share,
            **sourcing_of(self.setting, plan.sourcing),
            "quantiles": times.rows,
            "table_begins": of_one_kind(times.begins, np.int64),
            "table_scales": of_one_kind(times.scales, float),
            "improves": self.improvement is not None,
            "late_orders_annoy": False,
        }

    @cached_property
    def _template(self) -> Given:
        """What is given, as far as no future changes it."""
        return Given(**{**dict.fromkeys(Given._fields), **self._fixed})

    @cached_property
    def _wanted(self) -> list[Purpose]:
        """What luck of units is wanted besides their defects."""
        fixed, wanted = self._fixed, []
        if fixed["inspects"]:
            wanted.append(Purpose.UNIT_INSPECTION)
        if fixed["judges_lots"] and fixed["finds_share"] < 1:
            wanted.append(Purpose.UNIT_DETECTION)
        return wanted

    def _given(self, world: World, luck: Luck, lengths: Lengths) -> Given:
        fixed, lots = self._fixed, lengths.lots
        units = self.opening + lengths.units * (1 + self._asked_of(luck) // 16)
        if luck.sources > 1:
            units = np.repeat(units, luck.sources)
        # Of both as many, or what is known of lots would be drawn twice.
        lead_times = luck.of_lots(world, Purpose.LEAD_TIME, max(lots, lengths.spells))
        lot_qualities = luck.of_lots(world, Purpose.LOT_QUALITY, lots)
        first_unit, of_units = luck.of_units(world, units, lot_qualities, self._wanted)
        calls = self.calls + len(world.enquiry_times)
        seldom = self._given_seldom(world, luck, lots) if fixed["seldom"] else {}
        return self._template._replace(
            most_events=most_events(len(luck.lines), self.expected_reviews, calls),
            orders_of_units=len(luck.order_time),
            lines_of_units=len(luck.lines),
            order_time=luck.order_time,
            first_line=luck.first_line,
            lines=luck.lines,
            lead_times=lead_times,
            lot_qualities=lot_qualities,
            first_unit=first_unit,
            unit_defects=of_units[Purpose.UNIT_DEFECT],
            unit_inspections=of_units.get(Purpose.UNIT_INSPECTION, NO_LUCK),
            unit_detections=of_units.get(Purpose.UNIT_DETECTION, NO_LUCK),
            luck=luck.of_lines(world, lengths.deliveries, lengths.later),
            laid_out=luck.deliveries,
            later=luck.streams_of_later,
            remains=self._remains(luck),
            interrupted=len(world.spells) > 0,
            n_spells=len(world.spells),
            **seldom,
        )

    def _asked_of(self, luck: Luck) -> np.ndarray:
        """Return how many units of each item lines ask for, shape (n_items,) [unit]."""
        return luck.units_of

    def _given_seldom(self, world: World, luck: Luck, lots: int) -> dict[str, Any]:
        """Return what only rules read that are seldom compiled."""
        named = self._fixed["sources_are_named"]

        def of_sources(purpose: Purpose) -> np.ndarray:
            return luck.of_lots(world, purpose, lots) if named else NO_LOTS

        return {
            "delivered_shares": of_sources(Purpose.DELIVERED_SHARE),
            "roundings": of_sources(Purpose.DELIVERED_ROUNDING),
            "production_times": of_sources(Purpose.PRODUCTION_TIME),
            "urgent": self._urgent(world),
            **(world.once(Interrupted).arrays if len(world.spells) else UNINTERRUPTED),
        }

    def _remains(self, luck: Luck) -> np.ndarray:
        if self.improvement is None:
            return NO_FACTORS
        placed = luck.order_time[luck.lines[:, LINE_ORDER]]
        return np.array(self.improvement.factors(placed, np.arange(len(placed))))

    def _urgent(self, world: World) -> np.ndarray:
        if not isinstance(self.plan.allocation, CriticalFirst):
            return NO_ORDERS
        return of_one_kind(self.setting.urgent_units[world.order_unit], bool)

    def _work(self, world: World, luck: Luck, lengths: Lengths) -> Work:
        """Return arrays that are long enough; all of them is written before it is read."""
        spare, n_items = SPARE.pop() if SPARE else None, len(self.opening)
        room, events = lengths.room, lengths.events
        orders, lines = self._room_of_units(luck, lengths)
        of_shelves = lines - len(luck.lines)
        n_spells = len(world.spells)
        if spare is not None and (
            len(spare.event_time) >= events
            and len(spare.job_hours) >= room
            and len(spare.shelf) >= lengths.shelf
            and len(spare.orders) >= orders
            and len(spare.lines) >= lines
            and len(spare.items) == n_items
            and len(spare.shelf_of_line) >= of_shelves
            and len(spare.urgent_wishes) >= self.n_shelves
            and _fits(spare, self._fixed["seldom"], luck.accounts, n_spells)
        ):
            return spare
        seldom = {
            "accounts": np.empty((luck.accounts, 10), dtype=np.int64),
            "account_times": np.empty((luck.accounts, 5)),
            "of_a_lot": np.empty((room, 7), dtype=np.int64),
            "lot_times": np.empty((room, 4)),
            "touched": np.empty((room, 2), dtype=np.int64),
            "scratch": np.empty((3, max(room, lengths.shelf, n_spells))),
        }
        return Work(
            now=np.empty(2),
            counts=np.empty(COUNTS, dtype=np.int64),
            event_time=np.empty(events),
            events=np.empty((events, 8), dtype=np.int64),
            first_of_page=np.empty(lines, dtype=np.int64),
            last_of_page=np.empty(lines, dtype=np.int64),
            items=np.empty((n_items, 11), dtype=np.int64),
            last_arrival=np.empty(n_items),
            shelf=np.empty(lengths.shelf, dtype=np.int32),
            waiting=np.empty((room, 5), dtype=np.int64),
            parcels=np.empty((room, 8), dtype=np.int64),
            jobs=np.empty((room, 3), dtype=np.int64),
            job_hours=np.empty(room),
            noted_units=np.empty(4 * room, dtype=np.uint8),
            orders=np.empty((orders, 4), dtype=np.int64),
            last_arrival_of_order=np.empty(orders),
            lines=np.empty((lines, 2), dtype=np.int64),
            shelf_of_line=np.empty(of_shelves, dtype=np.int64),
            urgent_wishes=np.empty(self.n_shelves, dtype=np.int64),
            **(seldom if self._fixed["seldom"] else dict.fromkeys(seldom)),
            **{name: np.empty((room, width)) for name, (width, _) in TABLES.items()},
        )

    def _room_of_units(self, luck: Luck, lengths: Lengths) -> tuple[int, int]:
        """Return for how many orders and lines there is room."""
        del lengths
        return len(luck.order_time), max(len(luck.lines), 1)

    def ledger(self, run: Run) -> Ledger:
        """Freeze the rows of a replication into a ledger."""
        work = run.work
        record, items = Record(run.world), work.items
        rows = {
            name: getattr(work, name)[: work.counts[counted]]
            for name, (_, counted) in TABLES.items()
        }
        if run.given.tells_lots:
            record.of_a_lot = (0,) * OF_A_LOT
            of_lots = work.of_a_lot[: len(rows["replenishments"]), :OF_A_LOT]
            rows["replenishments"] = np.hstack((rows["replenishments"], of_lots))
        if run.given.interrupted:
            record.touched.update(map(tuple, work.touched[: work.counts[TOUCHED]].tolist()))
        rows["filled_at_once"] = work.lines[: self._lines_of(run), FILLED_AT_ONCE]
        for name, values in rows.items():
            setattr(record, name, values)
        closing = Closing(
            self.opening.copy(),
            items[:, SHELF_END] - items[:, SHELF_BEGIN],
            *(items[:, column].copy() for column in (ON_ORDER, WAITING, ON_THE_WAY, GOING_BACK)),
        )
        consignment = self.plan.at_the_machines.owned_by == "supplier"
        return record.ledger(closing, consignment=consignment, **self._tell(record, run))

    def _tell(self, record: Record, run: Run) -> dict[str, Any]:
        """Return the tables of the site, of which there is none."""
        del record, run
        return _no_service()

    def _lines_of(self, run: Run) -> int:
        """Return how many lines there are in the end."""
        return run.given.lines_of_units


def _fits(spare: Work, seldom: bool | None, accounts: int, spells: int) -> bool:
    """Tell whether the arrays of rules that are seldom compiled are there as they are needed."""
    kept: Any = spare.accounts
    if seldom is None or kept is None:
        return seldom is None and kept is None
    return len(kept) == accounts and spare.scratch.shape[1] >= spells


@cache
def _no_service() -> dict[str, Any]:
    return ServiceRecord().tables()


def row_of(policy: Policy) -> tuple[int, int, int]:
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
