"""What happens in one replication of a world with machines, storerooms or a service desk?

Lives here: which rule an event calls, for the events of the site and of supply. May not live here:
the rules. A world without a site has an entry of its own (`replication.py`), which compiles in a
third of the time.
"""

from __future__ import annotations

from typing import Any

from pbc_sim.operations.kernel.clock import clear, facts_of, next_event
from pbc_sim.operations.kernel.compiled import compiled, entry
from pbc_sim.operations.kernel.desk import (
    await_delivery,
    begin_task,
    complain,
    end_task,
    enquire,
    look_for,
    open_desk,
    serve_next,
)
from pbc_sim.operations.kernel.interruptions import note_who_still_waits
from pbc_sim.operations.kernel.layout import (
    BEGIN_TASK,
    CALL_PREVENTIVE,
    DRIFT,
    END_TASK,
    ENQUIRE,
    EVENT,
    EVENT_NUMBER,
    FAIL,
    FREED,
    KEEP,
    LOOK_FOR,
    NOTHING,
    NOTICE_DRIFT,
    NOW,
    PLACE_ORDER,
    REJECT,
    REPAIRED,
    REVIEW_SHELF,
    SEND_BACK,
    SEND_ORDER,
    STATUS,
    WELL,
    Facts,
    Given,
    Work,
)
from pbc_sim.operations.kernel.machines import (
    call_preventive,
    drift,
    fail,
    notice_drift,
    open_machines,
    repaired,
    task_done,
)
from pbc_sim.operations.kernel.passing import reference
from pbc_sim.operations.kernel.replication import happen
from pbc_sim.operations.kernel.site_layout import (
    BUSY,
    DEFECTIVE,
    WRONG,
    GivenSite,
    SiteWork,
)
from pbc_sim.operations.kernel.store import open_store
from pbc_sim.operations.kernel.storeroom import (
    keep,
    open_storerooms,
    review_shelf,
    send_order,
)
from pbc_sim.operations.kernel.supply import next_order

__all__ = ["replicate_site"]


@entry
def replicate_site(
    known: Given, changing: Work, known_site: GivenSite, changing_site: SiteWork
) -> int:
    """Run one replication, and return how it ended; what happened is in the rows of both works."""
    given: Any = reference(known)
    work: Any = reference(changing)
    site: Any = reference(known_site)
    state: Any = reference(changing_site)
    clear(given, work)
    state.counts[:] = 0
    state.staff[:] = NOTHING
    state.staff[:, BUSY] = 0
    open_store(given, work)
    open_storerooms(given, work, site, state)
    open_machines(given, work, site, state)
    open_desk(given, work, site)
    # SimPy numbers the beginning of the process of orders, and the end of the run.
    work.counts[EVENT_NUMBER] += 2
    next_order(given, work, 0)
    while work.counts[STATUS] == WELL:
        row = next_event(work)
        if row == NOTHING:
            break
        now, kind = work.now[NOW], work.events[row, EVENT]
        facts = facts_of(work, row)
        if kind >= KEEP:
            happen_at_site(given, work, site, state, now, kind, facts)
            continue
        if kind == PLACE_ORDER and given.late_orders_annoy:
            await_delivery(given, work, site, now, facts[0], given.first_line[facts[0]])
        happen(given, work, now, kind, facts)
        # What a unit sends back, it may complain about.
        if kind == SEND_BACK:
            complain(given, work, site, state, now, facts[0], WRONG)
        elif kind == REJECT:
            complain(given, work, site, state, now, facts[0], DEFECTIVE)
    if given.interrupted and work.counts[STATUS] == WELL:
        note_who_still_waits(given, work, given.ends)
    return int(work.counts[STATUS])


@compiled
def happen_at_site(
    given: Given, work: Work, site: GivenSite, state: SiteWork, now: float, kind: int, facts: Facts
) -> None:
    """Let an event of machines or storerooms happen, by its facts."""
    a, b, c, _, _ = facts
    if kind == FAIL:
        fail(given, work, site, state, now, a, b, c)
    elif kind == REPAIRED:
        repaired(given, work, site, state, now, a)
    elif kind == KEEP:
        keep(given, work, site, state, now, facts)
    elif kind == REVIEW_SHELF:
        review_shelf(given, work, site, state, now, a, b)
    elif kind == SEND_ORDER:
        send_order(given, work, site, state, now, a, b, c)
    elif kind == DRIFT:
        drift(given, work, site, state, now, a, b)
    elif kind == NOTICE_DRIFT:
        notice_drift(given, work, site, state, now, a, b)
    elif kind == CALL_PREVENTIVE:
        call_preventive(given, work, site, state, now, a, b)
    else:
        happen_to_staff(given, work, site, state, now, kind, facts)


@compiled
def happen_to_staff(
    given: Given, work: Work, site: GivenSite, state: SiteWork, now: float, kind: int, facts: Facts
) -> None:
    """Let an event of the desk or of the technicians happen, by its facts."""
    a, b, _, _, _ = facts
    if kind == ENQUIRE:
        enquire(given, work, site, state, now, a)
    elif kind == LOOK_FOR:
        look_for(given, work, site, state, now, a, b)
    elif kind == FREED:
        serve_next(work, site, state, a)
    elif kind == BEGIN_TASK:
        begin_task(given, work, state, now, a)
    elif kind == END_TASK:
        end_task(work, site, state, a)
        task_done(given, work, site, state, now, a)
