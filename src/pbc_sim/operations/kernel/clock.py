"""When does what happen: the clock and the pickers of `model/clock.py`, compiled.

Lives here: the queue of events in SimPy's order (instant, rank, number of entry), and turns of
staff. May not live here: rules of the operation.
The queue is a calendar (Brown, 1988, Communications of the ACM 31:1220-1227) of as many pages as
there are lines: the few events of a page are chained in their order, and pages are turned one by
one. An event costs the same however many wait, unless nearly all fall on one page.
"""

from __future__ import annotations

from pbc_sim.operations.kernel.chains import stand_behind
from pbc_sim.operations.kernel.compiled import compiled, seldom
from pbc_sim.operations.kernel.layout import (
    ACCOUNT_LOTS,
    AMISS,
    BEGIN,
    BUSY_PICKERS,
    DELIVERIES_BEGUN,
    EVENT,
    EVENT_NUMBER,
    EVENTS,
    EVENTS_USED,
    FACTS,
    FILLED_AT_ONCE,
    FIRST_HELD,
    FIRST_JOB,
    FIRST_WAITING,
    FREE_EVENT,
    LAST_JOB,
    MORE_EVENTS,
    MORE_ROOM,
    NEXT_EVENT,
    NEXT_JOB,
    NOT_YET_ALLOCATED,
    NOTHING,
    NOW,
    PAGE,
    PAGES_A_DAY,
    RANK,
    STATUS,
    WELL,
    Facts,
    Given,
    Work,
)

__all__ = [
    "CONSEQUENCE",
    "at",
    "begins_at_once",
    "clear",
    "end_turn",
    "enter",
    "facts_of",
    "follow",
    "new_line",
    "new_order",
    "new_row",
    "next_event",
    "stop",
]

#: Rank of SimPy's own events, which carry the consequences of what has just happened.
CONSEQUENCE = 1

#: An event's rank stands above its number, of which there are far fewer.
RANK_BITS = 56


@compiled
def clear(given: Given, work: Work) -> None:
    """Begin at 0 with nothing; the rows of an earlier replication may still be there."""
    work.now[NOW] = 0.0
    work.now[PAGES_A_DAY] = len(work.first_of_page) / given.ends
    work.first_of_page[:] = NOTHING
    work.last_of_page[:] = NOTHING
    work.counts[:] = 0
    work.counts[FREE_EVENT] = NOTHING
    work.counts[FIRST_JOB] = NOTHING
    work.items[:] = 0
    work.items[:, FIRST_WAITING] = NOTHING
    work.last_arrival[:] = 0.0
    # Every item's part begins there, and counts on from what it finds.
    work.shelf[0] = 0
    clear_accounts(given, work)
    for order in range(given.orders_of_units):
        new_order(work, order)
    for line in range(given.lines_of_units):
        new_line(work, line)


@compiled
def new_order(work: Work, order: int) -> None:
    """Begin with an order of which nothing has happened."""
    state = work.orders[order]
    state[NOT_YET_ALLOCATED], state[FIRST_HELD] = 0, NOTHING


@compiled
def new_line(work: Work, line: int) -> None:
    """Begin with a line of which nothing has happened."""
    work.lines[line, DELIVERIES_BEGUN], work.lines[line, FILLED_AT_ONCE] = 0, 0


@seldom()
def clear_accounts(given: Given, work: Work) -> None:
    """Begin with nothing ordered anywhere."""
    work.accounts[:, :ACCOUNT_LOTS] = NOTHING
    work.accounts[:, ACCOUNT_LOTS:] = 0
    work.account_times[:] = 0.0


@compiled
def stop(work: Work, status: int) -> None:
    """Let the replication end before its time, and say why; the first reason counts."""
    if work.counts[STATUS] == WELL:
        work.counts[STATUS] = status


@compiled
def new_row(work: Work, kind: int, room: int) -> int:
    """Return the number of a table's next row; where there is none the replication ends."""
    row = work.counts[kind]
    if row == room:
        stop(work, MORE_ROOM)
        return NOTHING
    work.counts[kind] = row + 1
    return row


@compiled
def enter(given: Given, work: Work, when: float, rank: int, event: int, facts: Facts) -> None:
    """Put an event into the queue, whatever the end."""
    count = work.counts
    number = count[EVENT_NUMBER]
    # Written so that NaN fails.
    if not when >= work.now[NOW] or number > given.most_events:
        stop(work, AMISS)
        return
    _push(work, when, (rank << RANK_BITS) + number, event, facts)


@compiled
def at(given: Given, work: Work, when: float, rank: int, event: int, facts: Facts) -> None:
    """Let an event happen at an instant, unless the end comes first."""
    if not when >= given.ends:
        enter(given, work, when, rank, event, facts)


@compiled
def _push(work: Work, when: float, rank: int, event: int, facts: Facts) -> None:
    count, events, times = work.counts, work.events, work.event_time
    # Rows that are free are chained; those above the chain have never been used.
    row = count[FREE_EVENT]
    if row == NOTHING:
        row = count[EVENTS_USED]
        if row == len(times):
            stop(work, MORE_EVENTS)
            return
        count[EVENTS_USED] = row + 1
    else:
        count[FREE_EVENT] = events[row, NEXT_EVENT]
    count[EVENT_NUMBER] += 1
    count[EVENTS] += 1
    times[row] = when
    entry = events[row]
    entry[EVENT], entry[RANK] = event, rank
    for n in range(len(facts)):
        entry[FACTS + n] = facts[n]
    page = page_of(work, when)
    last = work.last_of_page[page]
    if last == NOTHING:
        entry[NEXT_EVENT] = NOTHING
        work.first_of_page[page] = work.last_of_page[page] = row
    elif times[last] < when or (times[last] == when and events[last, RANK] < rank):
        # What is entered later mostly happens later.
        entry[NEXT_EVENT] = NOTHING
        events[last, NEXT_EVENT] = work.last_of_page[page] = row
    else:
        turn_in(work, page, row)


@compiled
def page_of(work: Work, when: float) -> int:
    """Return the page of the calendar that an instant is on; all that is later is on the last."""
    place, last = when * work.now[PAGES_A_DAY], len(work.first_of_page) - 1
    return int(place) if place < last else last


@compiled
def turn_in(work: Work, page: int, row: int) -> None:
    """Chain an event of a page in before the first that comes after it; there is one."""
    events, times = work.events, work.event_time
    when, rank = times[row], events[row, RANK]
    before, after = NOTHING, work.first_of_page[page]
    while times[after] < when or (times[after] == when and events[after, RANK] < rank):
        before, after = after, events[after, NEXT_EVENT]
    events[row, NEXT_EVENT] = after
    if before == NOTHING:
        work.first_of_page[page] = row
    else:
        events[before, NEXT_EVENT] = row


@compiled
def next_event(work: Work) -> int:
    """Take the next event from the queue, let it be its time, and return its row."""
    count = work.counts
    if count[EVENTS] == 0:
        return NOTHING
    count[EVENTS] -= 1
    page = count[PAGE]
    while work.first_of_page[page] == NOTHING:
        page += 1
    count[PAGE] = page
    row = work.first_of_page[page]
    follows = work.events[row, NEXT_EVENT]
    work.first_of_page[page] = follows
    if follows == NOTHING:
        work.last_of_page[page] = NOTHING
    work.now[NOW] = work.event_time[row]
    return row


@compiled
def facts_of(work: Work, row: int) -> Facts:
    """Return what an event has to be told, and give its row back."""
    entry = work.events[row]
    entry[NEXT_EVENT] = work.counts[FREE_EVENT]
    work.counts[FREE_EVENT] = row
    return entry[FACTS], entry[FACTS + 1], entry[FACTS + 2], entry[FACTS + 3], entry[FACTS + 4]


@compiled
def begins_at_once(given: Given, work: Work, job: int) -> bool:
    """Tell whether a picker is free for a job, and let it queue if not."""
    count = work.counts
    if count[BUSY_PICKERS] < given.pickers:
        count[BUSY_PICKERS] += 1
        return True
    stand_behind(count, FIRST_JOB, LAST_JOB, work.jobs, NEXT_JOB, job)
    return False


@compiled
def end_turn(work: Work) -> None:
    """Free the picker for the next in the queue, whose turn is an event of its own."""
    count = work.counts
    job = count[FIRST_JOB]
    if job == NOTHING:
        count[BUSY_PICKERS] -= 1
        return
    count[FIRST_JOB] = work.jobs[job, NEXT_JOB]
    follow(work, BEGIN, (job, 0, 0, 0, 0))


@compiled
def follow(work: Work, event: int, facts: Facts) -> None:
    """Let an event follow now, as SimPy does with what it has to tell."""
    rank = (CONSEQUENCE << RANK_BITS) + work.counts[EVENT_NUMBER]
    _push(work, work.now[NOW], rank, event, facts)
