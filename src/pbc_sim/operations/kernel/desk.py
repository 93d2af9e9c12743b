"""What happens to calls: the rules of `model/desk.py`, compiled.

Lives here: enquiries, complaints, technical calls, and the work of desk staff and technicians.
May not live here: what a call is about (`machines.py`), what follows when work has ended.
"""

from __future__ import annotations

import math
from typing import Any

from pbc_sim.operations.facts import CallKind
from pbc_sim.operations.kernel.calendar import after, due_after, next_open
from pbc_sim.operations.kernel.chains import stand_behind
from pbc_sim.operations.kernel.clock import at, follow, stop
from pbc_sim.operations.kernel.compiled import compiled
from pbc_sim.operations.kernel.layout import (
    BEGIN_TASK,
    END_TASK,
    ENQUIRE,
    EVENT_NUMBER,
    FREED,
    LINE_ORDER,
    LINE_QUANTITY,
    LOOK_FOR,
    MORE_SITE,
    NOTHING,
    UNDELIVERED,
    Given,
    Work,
)
from pbc_sim.operations.kernel.site_layout import (
    ALL_TASKS,
    BUSY,
    CALLS,
    CLOSE_CALL,
    COMPLAINS,
    COMPLAINT_WORK,
    DESK,
    ENOUGH,
    FIRST_TASK,
    FIRST_URGENT_TASK,
    LAST_TASK,
    LAST_URGENT_TASK,
    LATE,
    NEXT_TASK,
    TASK_CALL,
    TASK_JOB,
    TASK_MACHINE,
    TASK_STAFF,
    TASK_THEN,
    TASK_URGENT,
    TECHNICIANS,
    VISITS,
    GivenSite,
    SiteWork,
)
from pbc_sim.operations.model.clock import ORDER, PACKED, REVIEW

__all__ = [
    "await_delivery",
    "begin_task",
    "close",
    "complain",
    "end_task",
    "enquire",
    "look_for",
    "open_call",
    "open_desk",
    "serve_next",
    "site_row",
    "work_on",
]

ENQUIRY, COMPLAINT = int(CallKind.ENQUIRY), int(CallKind.COMPLAINT)
UNKNOWN = -1

#: A task: its call, the machine, what follows when it is done, and the job that it belongs to.
Task = tuple[int, int, int, int]

#: Columns of a call's row that are filled in later.
URGENT, RESPONDED, RESOLVED = 4, 5, 6


@compiled
def site_row(work: Work, state: SiteWork, kind: int, rows: Any) -> int:
    """Return the number of a table's next row; where there is none the replication ends."""
    row = state.counts[kind]
    if row == len(rows):
        stop(work, MORE_SITE)
        return NOTHING
    state.counts[kind] = row + 1
    return row


# Calls ----------------------------------------------------------------------------------------


@compiled
def open_desk(given: Given, work: Work, site: GivenSite) -> None:
    """Let the enquiries come."""
    for number in range(len(site.enquiry_time)):
        at(given, work, site.enquiry_time[number], ORDER, ENQUIRE, (number, 0, 0, 0, 0))


@compiled
def enquire(
    given: Given, work: Work, site: GivenSite, state: SiteWork, now: float, number: int
) -> None:
    """Answer an enquiry."""
    urgent = site.urgent_share != 0 and site.enquiry_urgency[number] < site.urgent_share
    call = open_call(work, state, now, ENQUIRY, UNKNOWN, UNKNOWN, urgent)
    answer(given, work, site, state, now, call, site.enquiry_hours[number])


@compiled
def await_delivery(
    given: Given, work: Work, site: GivenSite, now: float, order: int, line: int
) -> None:
    """Expect a complaint about an order, by its first line, if it is late."""
    work.orders[order, UNDELIVERED] = 0
    work.last_arrival_of_order[order] = -math.inf
    for n in range(given.first_line[order], given.first_line[order + 1]):
        work.orders[order, UNDELIVERED] += given.lines[n, LINE_QUANTITY]
    late = due_after(given, now, site.late_after_kind, site.late_after)
    at(given, work, late, REVIEW, LOOK_FOR, (order, line, 0, 0, 0))


@compiled
def look_for(
    given: Given, work: Work, site: GivenSite, state: SiteWork, now: float, order: int, line: int
) -> None:
    """Complain about an order that has not come."""
    if work.orders[order, UNDELIVERED] > 0 or work.last_arrival_of_order[order] > now:
        complain(given, work, site, state, now, line, LATE)


@compiled
def complain(
    given: Given, work: Work, site: GivenSite, state: SiteWork, now: float, line: int, about: int
) -> None:
    """Answer a complaint about a delivery or a late order, if there is one."""
    share = site.complaint_shares[about]
    if share == 0 or site.complaint_luck[about, line, COMPLAINS] >= share:
        return
    unit = given.order_unit[given.lines[line, LINE_ORDER]]
    call = open_call(work, state, now, COMPLAINT, unit, line, True)
    answer(given, work, site, state, now, call, site.complaint_luck[about, line, COMPLAINT_WORK])


@compiled
def open_call(
    work: Work, state: SiteWork, now: float, kind: int, unit: int, about: int, urgent: bool
) -> int:
    """Write a call down, and return its row."""
    call = site_row(work, state, CALLS, state.calls)
    if call != NOTHING:
        row = state.calls[call]
        row[0], row[1], row[2], row[3], row[URGENT] = now, kind, unit, about, urgent
        row[RESPONDED], row[RESOLVED] = math.inf, math.inf
    return call


@compiled
def close(state: SiteWork, now: float, call: int) -> None:
    """Note that what was called about is in order again."""
    state.calls[call, RESOLVED] = now


@compiled
def answer(
    given: Given, work: Work, site: GivenSite, state: SiteWork, now: float, call: int, hours: float
) -> None:
    """Have the desk answer a call."""
    if call != NOTHING:
        task = (call, NOTHING, CLOSE_CALL, NOTHING)
        work_on(given, work, site, state, now, DESK, hours, task)


# Staff ----------------------------------------------------------------------------------------


@compiled
def work_on(
    given: Given, work: Work, site: GivenSite, state: SiteWork, now: float, staff: int,
    hours: float, what: Task,
) -> None:  # fmt: skip
    """Have the next free person work for some hours in working time, urgent calls first."""
    task = site_row(work, state, ALL_TASKS, state.tasks)
    if task == NOTHING:
        return
    call, machine, then, job = what
    row = state.tasks[task]
    row[TASK_STAFF], row[TASK_CALL], row[TASK_MACHINE] = staff, call, machine
    row[TASK_THEN], row[TASK_JOB] = then, job
    row[TASK_URGENT] = call != NOTHING and state.calls[call, URGENT] != 0
    state.task_hours[task] = hours
    if number_of(site, staff) == ENOUGH:
        begin_task(given, work, state, now, task)
        return
    queue(state, staff, task)
    first = next_turn(site, state, staff)
    if first == task:
        # What SimPy would tell in an event of its own is known now.
        work.counts[EVENT_NUMBER] += 1
        begin_task(given, work, state, now, task)
    elif first != NOTHING:
        follow(work, BEGIN_TASK, (first, 0, 0, 0, 0))


@compiled
def number_of(site: GivenSite, staff: int) -> int:
    """Return how many there are of the desk's staff or of the technicians [person]."""
    return site.desk_staff if staff == DESK else site.technicians


@compiled
def queue(state: SiteWork, staff: int, task: int) -> None:
    """Let a task wait behind all that are as urgent."""
    of_staff = state.staff[staff]
    urgent = state.tasks[task, TASK_URGENT] != 0
    first = FIRST_URGENT_TASK if urgent else FIRST_TASK
    last = LAST_URGENT_TASK if urgent else LAST_TASK
    stand_behind(of_staff, first, last, state.tasks, NEXT_TASK, task)


@compiled
def next_turn(site: GivenSite, state: SiteWork, staff: int) -> int:
    """Give the next task in the queue its turn if somebody is free, and return it."""
    of_staff = state.staff[staff]
    first = FIRST_URGENT_TASK if of_staff[FIRST_URGENT_TASK] != NOTHING else FIRST_TASK
    task = of_staff[first]
    if task == NOTHING or of_staff[BUSY] >= number_of(site, staff):
        return NOTHING
    of_staff[BUSY] += 1
    of_staff[first] = state.tasks[task, NEXT_TASK]
    return task


@compiled
def begin_task(given: Given, work: Work, state: SiteWork, now: float, task: int) -> None:
    """Let somebody begin a task when the working time does."""
    row, hours = state.tasks[task], state.task_hours[task]
    call, begun = row[TASK_CALL], next_open(given, now)
    ended = after(given, begun, hours / given.hours_per_day) if hours != 0 else begun
    if begun < given.ends:
        if call != NOTHING and math.isinf(state.calls[call, RESPONDED]):
            state.calls[call, RESPONDED] = begun
        if row[TASK_STAFF] == TECHNICIANS:
            note_visit(work, state, begun, ended, row[TASK_MACHINE], call == NOTHING, hours)
    at(given, work, ended, PACKED, END_TASK, (task, 0, 0, 0, 0))


@compiled
def note_visit(
    work: Work, state: SiteWork, begun: float, ended: float, machine: int, preventive: bool,
    hours: float,
) -> None:  # fmt: skip
    """Write a technician's visit down."""
    n = site_row(work, state, VISITS, state.visits)
    if n != NOTHING:
        row = state.visits[n]
        row[0], row[1], row[2], row[3], row[4] = begun, ended, machine, preventive, hours


@compiled
def end_task(work: Work, site: GivenSite, state: SiteWork, task: int) -> None:
    """Free who has done a task; the next in the queue is looked for in an event of its own."""
    staff = state.tasks[task, TASK_STAFF]
    if number_of(site, staff) != ENOUGH:
        state.staff[staff, BUSY] -= 1
        follow(work, FREED, (staff, 0, 0, 0, 0))


@compiled
def serve_next(work: Work, site: GivenSite, state: SiteWork, staff: int) -> None:
    """Let the next in the queue have its turn, which is an event of its own."""
    task = next_turn(site, state, staff)
    if task != NOTHING:
        follow(work, BEGIN_TASK, (task, 0, 0, 0, 0))
