"""How long does a machine run, and how long is it repaired: rules of `model/machines.py`, compiled.

Lives here: hours run, and the repair of what has failed from the part in hand to its end.
May not live here: failures (`machines.py`), where parts come from (`storeroom.py`).
"""

from __future__ import annotations

from pbc_sim.operations.kernel.calendar import after, worked_at
from pbc_sim.operations.kernel.clock import at, stop
from pbc_sim.operations.kernel.compiled import compiled
from pbc_sim.operations.kernel.desk import work_on
from pbc_sim.operations.kernel.layout import MORE_SITE, NOTHING, REPAIRED, Given, Work
from pbc_sim.operations.kernel.site_layout import (
    JOB_CALL,
    JOB_DEFECTIVE,
    JOB_MACHINE,
    JOB_MODE,
    JOB_PART_LINE,
    JOB_ROW,
    REPAIR_MACHINE,
    REPAIRS,
    TECHNICIANS,
    GivenSite,
    SiteWork,
)
from pbc_sim.operations.model.clock import RECEIPT

__all__ = ["SUPPLIED", "after_running", "hours_run", "next_repair_hours", "repair"]

#: The column of a failure's row that says since when the part has been there.
SUPPLIED = 5


@compiled
def hours_run(given: Given, site: GivenSite, begin: float, end: float) -> float:
    """Return the hours that a machine without failures runs between two instants [hour]."""
    if site.run_always:
        return (end - begin) * 24
    worked = worked_at(given, end) - worked_at(given, begin)
    return worked * given.hours_per_day


@compiled
def after_running(given: Given, site: GivenSite, now: float, hours: float) -> float:
    """Return when a machine that runs on will have run for some hours more [day]."""
    if site.run_always:
        return now + hours / 24
    return after(given, now, hours / given.hours_per_day)


@compiled
def next_repair_hours(work: Work, site: GivenSite, state: SiteWork, mode: int) -> float:
    """Return the work of a mode's next repair [hour]."""
    number = state.modes[mode, REPAIRS]
    if number >= site.repair_hours.shape[1]:
        stop(work, MORE_SITE)
        return 0.0
    state.modes[mode, REPAIRS] = number + 1
    return site.repair_hours[mode, number]


@compiled
def repair(
    given: Given, work: Work, site: GivenSite, state: SiteWork, now: float, job: int, line: int,
    defective: bool,
) -> None:  # fmt: skip
    """Repair a machine with the part in hand: the line it came with, and whether it is sound."""
    row = state.jobs[job]
    row[JOB_PART_LINE], row[JOB_DEFECTIVE] = line, defective
    state.failures[row[JOB_ROW], SUPPLIED] = now
    hours = next_repair_hours(work, site, state, row[JOB_MODE])
    if row[JOB_CALL] == NOTHING:
        # The buyer's own people work whenever the machine is meant to run.
        ready = after_running(given, site, now, hours)
        at(given, work, ready, RECEIPT, REPAIRED, (job, 0, 0, 0, 0))
    else:
        task = (row[JOB_CALL], row[JOB_MACHINE], REPAIR_MACHINE, job)
        work_on(given, work, site, state, now, TECHNICIANS, hours, task)
