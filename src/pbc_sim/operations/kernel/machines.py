"""What happens to the machines that the buyer runs: the rules of `model/machines.py`, compiled.

Lives here: failures, calls for technicians, calibration, preventive visits, and running again.
May not live here: hours of running and repair (`repairs.py`), parts (`storeroom.py`), staff.
"""

from __future__ import annotations

import math

from pbc_sim.operations.facts import CallKind
from pbc_sim.operations.kernel.clock import at, stop
from pbc_sim.operations.kernel.compiled import compiled
from pbc_sim.operations.kernel.desk import close, open_call, site_row, work_on
from pbc_sim.operations.kernel.layout import (
    CALL_PREVENTIVE,
    DRIFT,
    FAIL,
    MORE_SITE,
    NOTHING,
    NOTICE_DRIFT,
    Given,
    Work,
)
from pbc_sim.operations.kernel.repairs import (
    SUPPLIED,
    after_running,
    hours_run,
    next_repair_hours,
    repair,
)
from pbc_sim.operations.kernel.site_layout import (
    AGE,
    ALL_JOBS,
    BY_TECHNICIAN,
    CALIBRATE,
    CALIBRATED,
    CALIBRATIONS,
    FAILED,
    FAILURES,
    FETCH_PART,
    HALTED_BY,
    JOB_CALL,
    JOB_DEFECTIVE,
    JOB_MACHINE,
    JOB_MODE,
    JOB_PART_LINE,
    JOB_ROW,
    JOB_STANDS,
    LIVES,
    MODE_ITEM,
    MODE_SHELF,
    OPENING,
    PREVENT,
    PREVENTABLE,
    REPAIR_MACHINE,
    SINCE,
    STATES,
    TASK_CALL,
    TASK_JOB,
    TASK_MACHINE,
    TASK_THEN,
    TECHNICAL_VISITS,
    TECHNICIANS,
    VERSION,
    GivenSite,
    SiteWork,
)
from pbc_sim.operations.kernel.storeroom import ask, reject_part
from pbc_sim.operations.model.clock import ORDER, REVIEW

__all__ = [
    "call_preventive",
    "drift",
    "fail",
    "notice_drift",
    "open_machines",
    "repaired",
    "task_done",
]

TECHNICAL = int(CallKind.TECHNICAL)

#: Columns of a failure's row that are filled in later.
RESTORED, REFITS = 6, 7


@compiled
def open_machines(given: Given, work: Work, site: GivenSite, state: SiteWork) -> None:
    """Begin with machines as new, all of them running."""
    state.modes[:] = 0
    state.machines[:] = 0
    state.ages[:] = 0.0
    for machine in range(len(state.machines)):
        for mode in range(site.first_mode[machine], site.first_mode[machine + 1]):
            renew(work, site, state, machine, mode)
        note_output(work, site, state, 0.0, machine)
        run_on(given, work, site, state, 0.0, machine)
        calibrate(given, work, site, state, 0.0, machine)
        if site.preventive_every != 0:
            first = first_preventive(site, state, machine)
            at(given, work, first, REVIEW, CALL_PREVENTIVE, (machine, 1, 0, 0, 0))


@compiled
def first_preventive(site: GivenSite, state: SiteWork, machine: int) -> float:
    """Return when a machine is first visited: spread over the interval, not all at once [day]."""
    return site.preventive_every * (machine + 1) / len(state.machines)


# Running --------------------------------------------------------------------------------------


@compiled
def stands(site: GivenSite, state: SiteWork, machine: int) -> bool:
    """Tell whether some failure stops a machine."""
    for mode in range(site.first_mode[machine], site.first_mode[machine + 1]):
        if state.modes[mode, FAILED] != 0 and site.output_without[mode] == 0:
            return True
    return False


@compiled
def runs(site: GivenSite, state: SiteWork, machine: int) -> bool:
    """Tell whether neither a machine nor another one of its line stands."""
    return state.machines[machine, HALTED_BY] == 0 and not stands(site, state, machine)


@compiled
def grow_older(given: Given, site: GivenSite, state: SiteWork, now: float, machine: int) -> None:
    """Bring the hours run up to date."""
    age = state.ages[machine]
    if runs(site, state, machine):
        age[AGE] += hours_run(given, site, age[SINCE], now)
    age[SINCE] = now


@compiled
def renew(work: Work, site: GivenSite, state: SiteWork, machine: int, mode: int) -> None:
    """Give a mode a new life, counted from the machine's age now."""
    number = state.modes[mode, LIVES]
    if number >= site.lives.shape[1]:
        stop(work, MORE_SITE)
        return
    state.fails_at[mode] = state.ages[machine, AGE] + site.lives[mode, number]
    state.modes[mode, LIVES] = number + 1


@compiled
def run_on(
    given: Given, work: Work, site: GivenSite, state: SiteWork, now: float, machine: int
) -> None:
    """Expect the next failure, unless the machine stands or is halted."""
    of_machine = state.machines[machine]
    of_machine[VERSION] += 1
    if not runs(site, state, machine):
        return
    hours, fails = math.inf, NOTHING
    for mode in range(site.first_mode[machine], site.first_mode[machine + 1]):
        if state.fails_at[mode] < hours:
            hours, fails = state.fails_at[mode], mode
    if fails != NOTHING:
        # A life may be over at once where it is zero hours long.
        when = max(after_running(given, site, now, hours - state.ages[machine, AGE]), now)
        at(given, work, when, ORDER, FAIL, (machine, fails, of_machine[VERSION], 0, 0))


@compiled
def note_output(work: Work, site: GivenSite, state: SiteWork, now: float, machine: int) -> None:
    """Write down the output of a machine after a change."""
    output = 1.0
    for mode in range(site.first_mode[machine], site.first_mode[machine + 1]):
        if state.modes[mode, FAILED] != 0:
            output *= site.output_without[mode]
    n = site_row(work, state, STATES, state.machine_states)
    if n != NOTHING:
        row = state.machine_states[n]
        row[0], row[1], row[2] = now, machine, output


# Failure and repair ---------------------------------------------------------------------------


@compiled
def fail(
    given: Given, work: Work, site: GivenSite, state: SiteWork, now: float, machine: int,
    mode: int, version: int,
) -> None:  # fmt: skip
    """Let a machine fail, and see to its repair."""
    if version != state.machines[machine, VERSION]:
        return
    n = site_row(work, state, FAILURES, state.failures)
    job = site_row(work, state, ALL_JOBS, state.jobs)
    if NOTHING in (n, job):
        return
    # Exactly the age that was drawn, so that rounding does not add up.
    state.ages[machine, AGE], state.ages[machine, SINCE] = state.fails_at[mode], now
    state.fails_at[mode] = math.inf
    item, still = site.modes[mode, MODE_ITEM], site.output_without[mode] == 0
    if still:
        halt(given, work, site, state, now, machine, 1)
    state.modes[mode, FAILED] = 1
    row = state.failures[n]
    row[0], row[1], row[2], row[3] = now, machine, mode - site.first_mode[machine], item
    row[4], row[SUPPLIED], row[RESTORED], row[REFITS] = still, math.inf, math.inf, 0
    note_output(work, site, state, now, machine)
    run_on(given, work, site, state, now, machine)
    of_job = state.jobs[job]
    of_job[JOB_MACHINE], of_job[JOB_MODE], of_job[JOB_STANDS] = machine, mode, still
    of_job[JOB_ROW], of_job[JOB_CALL] = n, NOTHING
    of_job[JOB_PART_LINE], of_job[JOB_DEFECTIVE] = OPENING, 0
    if site.modes[mode, BY_TECHNICIAN] != 0:
        call_technician(given, work, site, state, now, job)
    elif item == NOTHING:
        repair(given, work, site, state, now, job, OPENING, False)
    else:
        fetch_part(given, work, site, state, now, job)


@compiled
def halt(
    given: Given, work: Work, site: GivenSite, state: SiteWork, now: float, machine: int, by: int
) -> None:
    """Stop the other machines of a line as one of them stops, or let them go on (by -1)."""
    line = site.line_of[machine]
    for n in range(site.first_of_line[line], site.first_of_line[line + 1]):
        other = site.machines_of_lines[n]
        if other != machine:
            grow_older(given, site, state, now, other)
            state.machines[other, HALTED_BY] += by
            run_on(given, work, site, state, now, other)


@compiled
def call_technician(
    given: Given, work: Work, site: GivenSite, state: SiteWork, now: float, job: int
) -> None:
    """Call a technician, who finds out what is wrong and repairs it if that needs no part."""
    row = state.jobs[job]
    machine, mode, urgent = row[JOB_MACHINE], row[JOB_MODE], row[JOB_STANDS] != 0
    call = open_call(work, state, now, TECHNICAL, site.unit_of[machine], machine, urgent)
    number = state.machines[machine, TECHNICAL_VISITS]
    if call == NOTHING or number >= site.diagnosis_hours.shape[1]:
        stop(work, MORE_SITE)
        return
    row[JOB_CALL] = call
    hours, then = site.diagnosis_hours[machine, number], FETCH_PART
    state.machines[machine, TECHNICAL_VISITS] = number + 1
    if site.modes[mode, MODE_ITEM] == NOTHING:
        state.failures[row[JOB_ROW], SUPPLIED] = now
        hours += next_repair_hours(work, site, state, mode)
        then = REPAIR_MACHINE
    work_on(given, work, site, state, now, TECHNICIANS, hours, (call, machine, then, job))


@compiled
def fetch_part(
    given: Given, work: Work, site: GivenSite, state: SiteWork, now: float, job: int
) -> None:
    """Wait until the part is in hand."""
    row = state.jobs[job]
    shelf = site.modes[row[JOB_MODE], MODE_SHELF]
    ask(given, work, site, state, now, shelf, row[JOB_STANDS] != 0, job)


@compiled
def repaired(
    given: Given, work: Work, site: GivenSite, state: SiteWork, now: float, job: int
) -> None:
    """Let a machine run again, unless the part that was fitted is defective."""
    row = state.jobs[job]
    machine, mode, failure = row[JOB_MACHINE], row[JOB_MODE], state.failures[row[JOB_ROW]]
    if row[JOB_DEFECTIVE] != 0:
        failure[REFITS] += 1
        shelf = site.modes[mode, MODE_SHELF]
        reject_part(given, work, site, state, now, shelf, row[JOB_PART_LINE])
        fetch_part(given, work, site, state, now, job)
        return
    failure[RESTORED] = now
    if row[JOB_CALL] != NOTHING:
        close(state, now, row[JOB_CALL])
    grow_older(given, site, state, now, machine)
    state.modes[mode, FAILED] = 0
    if row[JOB_STANDS] != 0:
        halt(given, work, site, state, now, machine, -1)
    renew(work, site, state, machine, mode)
    note_output(work, site, state, now, machine)
    run_on(given, work, site, state, now, machine)


@compiled
def task_done(
    given: Given, work: Work, site: GivenSite, state: SiteWork, now: float, task: int
) -> None:
    """Do what follows when a task of the technicians has ended."""
    row = state.tasks[task]
    if row[TASK_THEN] == FETCH_PART:
        fetch_part(given, work, site, state, now, row[TASK_JOB])
    elif row[TASK_THEN] == REPAIR_MACHINE:
        repaired(given, work, site, state, now, row[TASK_JOB])
    elif row[TASK_THEN] == PREVENT:
        prevent(given, work, site, state, now, row[TASK_MACHINE])
    else:
        close(state, now, row[TASK_CALL])
        if row[TASK_THEN] == CALIBRATE:
            calibrate(given, work, site, state, now, row[TASK_MACHINE])


# Devices and preventive visits ----------------------------------------------------------------


@compiled
def calibrate(
    given: Given, work: Work, site: GivenSite, state: SiteWork, now: float, machine: int
) -> None:
    """Set a device right, and expect its next drift."""
    if site.drifts[machine] == 0:
        return
    of_machine = state.machines[machine]
    number = of_machine[CALIBRATED]
    if number >= site.drifts_after.shape[1]:
        stop(work, MORE_SITE)
        return
    when = now + site.drifts_after[machine, number]
    # What was expected of the calibration before is void.
    of_machine[CALIBRATED] = number + 1
    note_calibration(work, state, now, machine, True)
    at(given, work, when, ORDER, DRIFT, (machine, number + 1, 0, 0, 0))


@compiled
def note_calibration(work: Work, state: SiteWork, now: float, machine: int, right: bool) -> None:
    """Write down that a device measures rightly or wrongly from now on."""
    n = site_row(work, state, CALIBRATIONS, state.calibrations)
    if n != NOTHING:
        row = state.calibrations[n]
        row[0], row[1], row[2] = now, machine, right


@compiled
def drift(
    given: Given, work: Work, site: GivenSite, state: SiteWork, now: float, machine: int,
    calibration: int,
) -> None:  # fmt: skip
    """Let a device measure wrongly until somebody notices."""
    if calibration != state.machines[machine, CALIBRATED]:
        return
    note_calibration(work, state, now, machine, False)
    when = now + site.noticed_after[machine, calibration - 1]
    at(given, work, when, ORDER, NOTICE_DRIFT, (machine, calibration, 0, 0, 0))


@compiled
def notice_drift(
    given: Given, work: Work, site: GivenSite, state: SiteWork, now: float, machine: int,
    calibration: int,
) -> None:  # fmt: skip
    """Call a technician to calibrate a device, unless it has been set right meanwhile."""
    if calibration != state.machines[machine, CALIBRATED]:
        return
    hours = site.calibration_hours[machine, calibration - 1]
    call = open_call(work, state, now, TECHNICAL, site.unit_of[machine], machine, False)
    if call != NOTHING:
        task = (call, machine, CALIBRATE, NOTHING)
        work_on(given, work, site, state, now, TECHNICIANS, hours, task)


@compiled
def call_preventive(
    given: Given, work: Work, site: GivenSite, state: SiteWork, now: float, machine: int,
    number: int,
) -> None:  # fmt: skip
    """Send a technician before anything fails, and again one interval later."""
    if number > site.preventive_hours.shape[1]:
        stop(work, MORE_SITE)
        return
    hours = site.preventive_hours[machine, number - 1]
    task = (NOTHING, machine, PREVENT, NOTHING)
    work_on(given, work, site, state, now, TECHNICIANS, hours, task)
    again = first_preventive(site, state, machine) + number * site.preventive_every
    at(given, work, again, REVIEW, CALL_PREVENTIVE, (machine, number + 1, 0, 0, 0))


@compiled
def prevent(
    given: Given, work: Work, site: GivenSite, state: SiteWork, now: float, machine: int
) -> None:
    """Make preventable parts as good as new, and set the device right."""
    grow_older(given, site, state, now, machine)
    for mode in range(site.first_mode[machine], site.first_mode[machine + 1]):
        if site.modes[mode, PREVENTABLE] != 0 and state.modes[mode, FAILED] == 0:
            renew(work, site, state, machine, mode)
    run_on(given, work, site, state, now, machine)
    calibrate(given, work, site, state, now, machine)
