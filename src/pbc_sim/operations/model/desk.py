"""What happens to calls: they come in, wait for somebody, are answered, and are resolved.

Lives here: enquiries, complaints, technical calls, desk staff and technicians. May not live here:
what a call is about (`machines.py`, `supply.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pbc_sim.operations.facts import CallKind, ReturnReason
from pbc_sim.operations.model.clock import ORDER, PACKED, REVIEW, PriorityStaff
from pbc_sim.operations.model.site import Site
from pbc_sim.operations.record import NEVER
from pbc_sim.operations.service_record import ServiceRecord
from pbc_sim.world.draws import Purpose

__all__ = ["Desk"]

UNKNOWN = -1
#: Places in a row of `ServiceRecord.calls` that are looked at or filled in later.
URGENT, RESPONDED, RESOLVED = 4, 5, 6

Done = Callable[[float], None]


class Desk:
    """The supplier's service under one plan in one future."""

    def __init__(self, supply: Site, record: ServiceRecord) -> None:
        self.supply, self.record = supply, record
        self.terms = supply.terms.service
        plan, clock = supply.plan, supply.clock
        self.staff = PriorityStaff(clock, plan.desk_staff) if plan.desk_staff else None
        self.technicians = PriorityStaff(clock, plan.technicians) if plan.technicians else None

    def open(self) -> None:
        """Let the enquiries come."""
        for number, when in enumerate(self.supply.world.enquiry_times.tolist()):
            self.supply.clock.at(when, ORDER, self.enquire, number)

    def enquire(self, now: float, number: int) -> None:
        """Answer an enquiry."""
        if self.terms is None:
            return
        world = self.supply.world
        share = self.terms.urgent_share
        urgent = bool(share) and world.endless(None, Purpose.ENQUIRY_URGENT, 0)[number] < share
        call = self._open_call(now, CallKind.ENQUIRY, UNKNOWN, UNKNOWN, urgent)
        hours = world.endless(self.terms.handling_hours, Purpose.ENQUIRY_HOURS, 0)[number]
        self._answer(now, call, hours)

    def await_delivery(self, now: float, order: int, line: int) -> None:
        """Expect a complaint about an order, by its first line, if it is late."""
        if self.terms:
            limit = self.terms.complaints.late_after
            late = float(limit.due(self.supply.calendar, np.array([now]))[0])
            self.supply.clock.at(late, REVIEW, self.look_for, order, line)

    def look_for(self, now: float, order: int, line: int) -> None:
        """Complain about an order that has not come."""
        if self.supply.is_late(now, order):
            self.complain(now, line, None)

    def complain(self, now: float, line: int, about: ReturnReason | None) -> None:
        """Answer a complaint about a delivery, or about a late order (None), if there is one.

        Whether its unit complains is a matter of the line and not of what went before.
        """
        if self.terms is None:
            return
        complaints, kind = self.terms.complaints, 0
        share = complaints.of_late
        if about is not None:
            kind = 1 if about == ReturnReason.WRONG else 2
            share = complaints.of_wrong if kind == 1 else complaints.of_defective
        luck = self.supply.handling.luck
        if not share or luck(Purpose.COMPLAINT, kind, line) >= share:
            return
        unit = self.supply.order_unit[self.supply.order_of[line]]
        call = self._open_call(now, CallKind.COMPLAINT, unit, line, urgent=True)
        self._answer(now, call, luck(Purpose.COMPLAINT_HOURS, kind, line))

    def open_technical_call(self, now: float, unit: int, machine: int, urgent: bool) -> list[float]:
        """Open a call for a technician; `visit` answers it and `close` ends it."""
        return self._open_call(now, CallKind.TECHNICAL, unit, machine, urgent)

    def close(self, now: float, call: list[float]) -> None:
        """Note that what was called about is in order again."""
        call[RESOLVED] = now

    def _open_call(
        self, now: float, kind: CallKind, unit: int, about: int, urgent: bool
    ) -> list[float]:
        call: list[float] = [now, kind, unit, about, urgent, NEVER, NEVER]
        self.record.calls.append(call)
        return call

    def _answer(self, now: float, call: list[float], hours: float) -> None:
        def done(now: float) -> None:
            self.close(now, call)

        self._work(self.staff, now, hours, bool(call[URGENT]), call, done)

    def visit(
        self,
        now: float,
        machine: int,
        hours: float,
        done: Done,
        *,
        call: list[float] | None = None,
    ) -> None:
        """Have a technician work at a machine; a visit without a call is preventive."""

        def note(begun: float, ended: float) -> None:
            self.record.visits += (begun, ended, machine, call is None, hours)

        urgent = call is not None and bool(call[URGENT])
        self._work(self.technicians, now, hours, urgent, call, done, note)

    def _work(
        self,
        staff: PriorityStaff | None,
        now: float,
        hours: float,
        urgent: bool,
        call: list[float] | None,
        done: Done,
        note: Callable[[float, float], None] | None = None,
    ) -> None:
        """Have the next free person work for some hours in working time, urgent matters first.

        `note` writes down when the work begins and ends, where the call itself does not say it.
        """
        clock, calendar = self.supply.clock, self.supply.calendar

        def begin(turn: Any) -> None:
            begun = calendar.next_open(clock.now)
            ended = calendar.after(begun, hours / calendar.hours_per_day) if hours else begun
            if call is not None and call[RESPONDED] == NEVER and begun < clock.ends:
                call[RESPONDED] = begun
            if note and begun < clock.ends:
                note(begun, ended)
            clock.at(ended, PACKED, end, turn)

        def end(now: float, turn: Any) -> None:
            if staff:
                staff.end_turn(turn)
            done(now)

        if staff is None:
            begin(None)
        else:
            staff.begin_turn(begin, urgent)
