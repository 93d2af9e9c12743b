"""When does what happen: the clock and the pickers of `model/clock.py`, compiled.

Lives here: the queue of events in SimPy's order (instant, rank, number of entry), and turns of
staff. May not live here: rules of the operation.
"""

from __future__ import annotations

from pbc_sim.operations.kernel.compiled import compiled
from pbc_sim.operations.kernel.layout import (
    AMISS,
    BEGIN,
    BUSY_PICKERS,
    DELIVERIES_BEGUN,
    EVENT,
    EVENT_NUMBER,
    EVENTS,
    FACTS,
    FILLED_AT_ONCE,
    FIRST_HELD,
    FIRST_JOB,
    FIRST_WAITING,
    FREE_EVENT,
    LAST_JOB,
    MORE_EVENTS,
    MORE_ROOM,
    NEXT_JOB,
    NOT_YET_ALLOCATED,
    NOTHING,
    STATUS,
    WELL,
    Facts,
    Given,
    Work,
)

__all__ = ["at", "begins_at_once", "clear", "end_turn", "enter", "new_row", "next_event", "stop"]

#: Rank of SimPy's own events, which carry the consequences of what has just happened.
CONSEQUENCE = 1

#: An event's rank stands above its number, of which there are far fewer.
RANK_BITS = 56


@compiled
def clear(given: Given, work: Work) -> None:
    """Begin at 0 with nothing; the rows of an earlier replication may still be there."""
    work.now[0] = 0.0
    work.counts[:] = 0
    work.counts[FREE_EVENT] = NOTHING
    work.counts[FIRST_JOB] = NOTHING
    work.items[:] = 0
    work.items[:, FIRST_WAITING] = NOTHING
    work.last_arrival[:] = 0.0
    for order in range(len(given.order_time)):
        work.orders[order, NOT_YET_ALLOCATED] = 0
        work.orders[order, FIRST_HELD] = NOTHING
    for line in range(len(given.lines)):
        work.lines[line, DELIVERIES_BEGUN] = 0
        work.lines[line, FILLED_AT_ONCE] = 0


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
    if not when >= work.now[0] or number > given.most_events:
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
    count, time, ranks, rows = work.counts, work.event_time, work.event_rank, work.event_row
    place = count[EVENTS]
    if place == len(time):
        stop(work, MORE_EVENTS)
        return
    count[EVENT_NUMBER] += 1
    count[EVENTS] = place + 1
    # Rows that are free are chained; those above the chain have never been used.
    row = count[FREE_EVENT]
    if row == NOTHING:
        row = place
    else:
        count[FREE_EVENT] = work.events[row, EVENT]
    work.events[row, EVENT] = event
    for n in range(len(facts)):
        work.events[row, FACTS + n] = facts[n]
    while place > 0:
        above = (place - 1) // 2
        if time[above] < when or (time[above] == when and ranks[above] < rank):
            break
        time[place], ranks[place], rows[place] = time[above], ranks[above], rows[above]
        place = above
    time[place], ranks[place], rows[place] = when, rank, row


@compiled
def next_event(work: Work) -> int:
    """Take the next event from the queue, let it be its time, and return its row."""
    count, time, ranks, rows = work.counts, work.event_time, work.event_rank, work.event_row
    if count[EVENTS] == 0:
        return NOTHING
    work.now[0] = time[0]
    row = rows[0]
    last = count[EVENTS] - 1
    count[EVENTS] = last
    when, rank, moved = time[last], ranks[last], rows[last]
    place = 0
    while True:
        below = 2 * place + 1
        if below >= last:
            break
        other = below + 1
        if other < last and (
            time[other] < time[below]
            or (time[other] == time[below] and ranks[other] < ranks[below])
        ):
            below = other
        if when < time[below] or (when == time[below] and rank < ranks[below]):
            break
        time[place], ranks[place], rows[place] = time[below], ranks[below], rows[below]
        place = below
    time[place], ranks[place], rows[place] = when, rank, moved
    return row


@compiled
def free_event(work: Work, row: int) -> None:
    """Give back the row of an event whose facts have been read."""
    work.events[row, EVENT] = work.counts[FREE_EVENT]
    work.counts[FREE_EVENT] = row


@compiled
def begins_at_once(given: Given, work: Work, job: int) -> bool:
    """Tell whether a picker is free for a job, and let it queue if not."""
    count = work.counts
    if count[BUSY_PICKERS] < given.pickers:
        count[BUSY_PICKERS] += 1
        return True
    work.jobs[job, NEXT_JOB] = NOTHING
    if count[FIRST_JOB] == NOTHING:
        count[FIRST_JOB] = job
    else:
        work.jobs[count[LAST_JOB], NEXT_JOB] = job
    count[LAST_JOB] = job
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
    rank = (CONSEQUENCE << RANK_BITS) + count[EVENT_NUMBER]
    _push(work, work.now[0], rank, BEGIN, (job, 0, 0, 0, 0))
