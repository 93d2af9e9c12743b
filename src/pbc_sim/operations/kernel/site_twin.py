"""How does the compiled model simulate a plan in a world with machines, storerooms or a desk?

Lives here: laying out the site as arrays, and its tables of the ledger. May not live here: rules of
the operation.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import numpy as np

from pbc_sim.operations.kernel.durations import counted
from pbc_sim.operations.kernel.layout import (
    LINE_ITEM,
    LINE_ORDER,
    LINE_QUANTITY,
    NOTHING,
    Given,
)
from pbc_sim.operations.kernel.lengths import Lengths
from pbc_sim.operations.kernel.luck import Luck
from pbc_sim.operations.kernel.site_layout import (
    ALL_ORDERS,
    CALIBRATIONS,
    CALLS,
    ENOUGH,
    FAILURES,
    LOW_STOCK,
    PARTS_USED,
    SITE_COUNTS,
    STATES,
    STOREROOM,
    VISITS,
    GivenSite,
    SiteWork,
)
from pbc_sim.operations.kernel.site_luck import SiteLuck
from pbc_sim.operations.kernel.site_replication import replicate_site
from pbc_sim.operations.kernel.twin import Run, Through, Twin, row_of
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.operations.record import Record
from pbc_sim.operations.service_record import ServiceRecord
from pbc_sim.world.draws import Purpose
from pbc_sim.world.future import World
from pbc_sim.world.machines import FailureTerms
from pbc_sim.world.service import ComplaintTerms
from pbc_sim.world.setting import Setting

__all__ = ["SiteTwin"]

#: The widths of the tables' rows, as `ServiceRecord` has them, and where their number is counted.
TABLES = {
    "machine_states": (3, STATES),
    "failures": (8, FAILURES),
    "calibrations": (3, CALIBRATIONS),
    "storeroom": (5, STOREROOM),
    "parts_used": (6, PARTS_USED),
    "low_stock": (4, LOW_STOCK),
    "calls": (7, CALLS),
    "visits": (5, VISITS),
}


class SiteTwin(Twin):
    """The compiled model of one plan in a world with a site; see `Twin`."""

    of_a_site = True

    def __init__(self, setting: Setting, plan: SupplierPlan) -> None:
        super().__init__(setting, plan)
        self.shelves = [*zip(*setting.part_demand.nonzero(), strict=True)]
        self.failures = [
            failure for machine in setting.machines for failure in machine.group.failures.values()
        ]
        hours = setting.run_hours_per_day * setting.ends
        means = [failure.hours_to_failure.expected() for failure in self.failures]
        #: Lives of a mode, visits to a machine and orders of a shelf that are mostly enough.
        self.lives = _enough(max((hours / mean for mean in means), default=0.0))
        self.visits = _enough(
            plan.expected_technical_calls(setting) / max(len(setting.machines), 1)
        )
        demand = setting.part_demand.max(initial=0.0) * setting.ends
        self.shelf_orders = _enough(float(demand))
        service, worked = setting.terms.service, setting.calendar.worked_at(setting.ends)
        #: Enquiries, which are all expected from the beginning.
        self.enquiries = _enough(service.enquiries_per_business_day * worked if service else 0.0)
        longest = max(map(len, setting.lines), default=1)
        #: What is expected of a whole line is void as soon as one of its machines stops.
        self.voided = int(3 * longest * setting.expected_failures)

    def _guess(self, luck: Luck) -> Lengths:
        lengths = super()._guess(luck)
        room = self._room(lengths)
        return lengths._replace(
            room=lengths.room + 4 * room,
            events=lengths.events + self.voided + self.enquiries + room,
            shelf=lengths.shelf + 64 * room,
            lots=lengths.lots + room if self.unreviewed else lengths.lots,
        )

    def _asked_of(self, luck: Luck) -> np.ndarray:
        parts = self.setting.part_demand.sum(axis=0) * self.setting.ends
        return super()._asked_of(luck) + np.ceil(parts + 4 * np.sqrt(parts)).astype(int)

    def _room(self, lengths: Lengths) -> int:
        """Return how many orders of storerooms there is room for."""
        return len(self.shelves) * self.shelf_orders * lengths.site

    def _once(
        self, world: World, luck: Luck, lengths: Lengths, through: Through
    ) -> tuple[int, Run]:
        del through  # nothing else reads the rows of a site
        site_luck, room = world.once(SiteLuck), self._room(lengths)
        site = self._site(world, site_luck, luck, lengths)
        given = self._with_room(world, self._given(world, luck, lengths), site, room)
        work, state = self._work(world, luck, lengths), self._state(world, lengths, room)
        status = replicate_site(given, work, site, state)
        return status, Run(world, given, work, site, state)

    def _with_room(self, world: World, given: Given, site: GivenSite, room: int) -> Given:
        """Return copies of what the units order, behind which storerooms may order."""
        n_lines, n_orders = given.lines_of_units, given.orders_of_units
        lines = np.empty((n_lines + room, given.lines.shape[1]), dtype=np.int64)
        lines[:n_lines] = given.lines
        order_time, first_line = np.empty(n_orders + room), np.empty(n_orders + room + 1, np.int64)
        order_time[:n_orders], first_line[: n_orders + 1] = given.order_time, given.first_line
        n_purposes = given.luck.shape[1]
        luck = np.empty((given.laid_out, n_lines + room, n_purposes))
        luck[:, :n_lines] = given.luck.reshape(given.laid_out, n_lines, n_purposes)
        known = self._urgent(world)
        urgent = np.empty(n_orders + room if len(known) else 0, dtype=bool)
        urgent[: len(known)] = known
        order_unit = _whole(n_orders + room)
        order_unit[:n_orders] = world.order_unit
        return given._replace(
            order_unit=order_unit,
            lines=lines,
            urgent=urgent,
            order_time=order_time,
            first_line=first_line,
            luck=luck.reshape(-1, n_purposes),
            late_orders_annoy=bool(site.complaint_shares[0] > 0),
        )

    def _room_of_units(self, luck: Luck, lengths: Lengths) -> tuple[int, int]:
        orders, lines = super()._room_of_units(luck, lengths)
        room = self._room(lengths)
        return orders + room, lines + room

    @cached_property
    def _fixed_site(self) -> dict[str, Any]:
        """What no future changes of the site."""
        setting, plan = self.setting, self.plan
        machines, terms = setting.machines, setting.terms
        service = terms.service
        complaints = service.complaints if service else ComplaintTerms()
        kind, late_after = counted(complaints.late_after)
        policies = [plan.storeroom_policy(setting, int(u), int(i)) for u, i in self.shelves]
        line_of = np.empty(len(machines), dtype=np.int64)
        for line, members in enumerate(setting.lines):
            line_of[list(members)] = line
        return {
            "first_mode": _ends([len(machine.group.failures) for machine in machines]),
            "unit_of": np.array([machine.unit for machine in machines], dtype=np.int64),
            "line_of": line_of,
            "first_of_line": _ends([len(members) for members in setting.lines]),
            "machines_of_lines": np.array(
                [number for members in setting.lines for number in members], dtype=np.int64
            ),
            "drifts": np.array(
                [machine.group.calibration is not None for machine in machines], dtype=np.int64
            ),
            "modes": self._modes(),
            "output_without": np.array([failure.output_without for failure in self.failures]),
            "run_always": terms.machines is not None and terms.machines.run == "always",
            "preventive_every": float(plan.preventive_every_days or 0.0),
            "shelf_unit": np.array([unit for unit, _ in self.shelves], dtype=np.int64),
            "shelf_is_urgent": np.array(
                [setting.urgent_units[unit] for unit, _ in self.shelves], dtype=bool
            ),
            "shelf_item": np.array([item for _, item in self.shelves], dtype=np.int64),
            "shelf_policies": np.array([row_of(p) for p in policies], np.int64).reshape(-1, 3),
            "shelf_opening": np.array([p.opening_stock() for p in policies], dtype=np.int64),
            "shelf_review_days": np.array([p.review_every_days or 0.0 for p in policies]),
            "low_stock_notice": plan.at_the_machines.low_stock_notice,
            "desk_staff": plan.desk_staff or ENOUGH,
            "technicians": plan.technicians or ENOUGH,
            "urgent_share": float(service.urgent_share) if service else 0.0,
            "late_after_kind": kind,
            "late_after": late_after,
            "complaint_shares": np.array(
                [complaints.of_late, complaints.of_wrong, complaints.of_defective], dtype=float
            ),
        }

    def _modes(self) -> np.ndarray:
        """Return the columns of the modes of all machines."""
        items = {name: number for number, name in enumerate(self.setting.item_names)}
        shelf_of = {(int(u), int(i)): n for n, (u, i) in enumerate(self.shelves)}

        def row(unit: int, failure: FailureTerms) -> tuple[int, int, int, int]:
            item = items[failure.part] if failure.part is not None else NOTHING
            shelf = shelf_of[unit, item] if failure.part is not None else NOTHING
            return item, shelf, failure.repaired_by == "technician", failure.preventable

        rows = [
            row(machine.unit, failure)
            for machine in self.setting.machines
            for failure in machine.group.failures.values()
        ]
        return np.array(rows, dtype=np.int64).reshape(-1, 4)

    def _site(self, world: World, site_luck: SiteLuck, luck: Luck, lengths: Lengths) -> GivenSite:
        lives, visits = self.lives * lengths.site, self.visits * lengths.site
        orders = self.shelf_orders * lengths.site
        deliveries = max(lengths.deliveries, luck.deliveries)
        times, urgency, hours = site_luck.enquiries(world)
        return GivenSite(
            lives=site_luck.of_modes(world, Purpose.FAILURE_HOURS, lives),
            repair_hours=site_luck.of_modes(world, Purpose.REPAIR_HOURS, lives),
            diagnosis_hours=site_luck.of_machines(world, Purpose.DIAGNOSIS_HOURS, visits),
            drifts_after=site_luck.of_machines(world, Purpose.DRIFT, visits),
            noticed_after=site_luck.of_machines(world, Purpose.DRIFT_NOTICED, visits),
            calibration_hours=site_luck.of_machines(world, Purpose.CALIBRATION_HOURS, visits),
            preventive_hours=site_luck.of_machines(world, Purpose.PREVENTIVE_HOURS, visits),
            ordering_delays=site_luck.ordering_delays(world, orders),
            shelf_luck=site_luck.of_shelves(world, deliveries, orders),
            shelf_complaints=site_luck.complaints_of_shelves(world, orders),
            enquiry_time=times,
            enquiry_urgency=urgency,
            enquiry_hours=hours,
            complaint_luck=site_luck.complaints(world, self._room(lengths)),
            **self._fixed_site,
        )

    def _state(self, world: World, lengths: Lengths, room: int) -> SiteWork:
        """Return arrays that are long enough; all of them is written before it is read."""
        n_machines, n_modes = len(self.setting.machines), len(self.failures)
        failures = n_modes * self.lives * lengths.site
        calls = len(world.enquiry_times) + 3 * len(world.line_item) + 3 * room
        calls += failures + 2 * n_machines * self.visits * lengths.site
        opening = int(self._fixed_site["shelf_opening"].sum())
        rows = lengths.site * (64 + 4 * (room + failures + calls) + opening)
        return SiteWork(
            counts=_whole(SITE_COUNTS),
            machines=_whole((n_machines, 4)),
            ages=np.empty((n_machines, 2)),
            modes=_whole((n_modes, 3)),
            fails_at=np.empty(n_modes),
            shelves=_whole((len(self.shelves), 10)),
            parts=_whole((rows, 3)),
            wishes=_whole((rows, 2)),
            wished_since=np.empty(rows),
            jobs=_whole((rows, 7)),
            tasks=_whole((rows, 7)),
            task_hours=np.empty(rows),
            staff=_whole((2, 5)),
            **{name: np.empty((rows, width)) for name, (width, _) in TABLES.items()},
        )

    def _tell(self, record: Record, run: Run) -> dict[str, Any]:
        """Write the storerooms' orders down, and return the tables of the site."""
        state, given = run.state, run.given
        n, lines, orders = state.counts[ALL_ORDERS], given.lines_of_units, given.orders_of_units
        of_shelf = run.work.shelf_of_line[:n]
        placed, unit = given.order_time[orders : orders + n], run.site.shelf_unit[of_shelf]
        columns = (LINE_ORDER, LINE_ITEM, LINE_QUANTITY)
        ordered = {
            "storeroom_orders": np.stack((placed, unit), axis=1),
            "storeroom_lines": given.lines[lines : lines + n, columns],
        }
        for name, values in ordered.items():
            setattr(record, name, values)
        rows = ServiceRecord()
        for name, (_, number) in TABLES.items():
            setattr(rows, name, getattr(state, name)[: state.counts[number]])
        return rows.tables()

    def _lines_of(self, run: Run) -> int:
        return run.given.lines_of_units + int(run.state.counts[ALL_ORDERS])


def _whole(shape: int | tuple[int, int]) -> np.ndarray:
    """Return an array for whole numbers, of which nothing is said yet."""
    return np.empty(shape, dtype=np.int64)


def _enough(expected: float) -> int:
    """Return a number that a count with this mean rarely exceeds."""
    return 8 + math.ceil(expected + 4 * math.sqrt(expected))


def _ends(counts: list[int]) -> np.ndarray:
    """Return where each of some groups begins, and behind the last one."""
    return np.cumsum([0, *counts], dtype=np.int64)
