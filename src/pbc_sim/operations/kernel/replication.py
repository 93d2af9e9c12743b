"""What happens in one replication: one event after the other, until the end.

Lives here: which rule an event calls. May not live here: the rules.
"""

from __future__ import annotations

from pbc_sim.operations.kernel.clock import clear, facts_of, next_event
from pbc_sim.operations.kernel.compiled import compiled, entry
from pbc_sim.operations.kernel.interruptions import note_who_still_waits
from pbc_sim.operations.kernel.layout import (
    BEGIN,
    EVENT,
    EVENT_NUMBER,
    FINISH,
    GOODS_IN,
    NOTHING,
    NOW,
    PLACE_ORDER,
    REJECT,
    REPLACE,
    RESTOCK,
    REVIEW_STOCK,
    SEND_BACK,
    STATUS,
    WELL,
    Facts,
    Given,
    Work,
)
from pbc_sim.operations.kernel.passing import reference
from pbc_sim.operations.kernel.store import open_store, review
from pbc_sim.operations.kernel.supply import (
    begin_picking,
    come_in,
    finish_picking,
    next_order,
    place_order,
    reject,
    replace,
    restock,
    send_back,
)

__all__ = ["happen", "replicate", "run_through"]


@entry
def replicate(known: Given, changing: Work) -> int:
    """Run one replication, and return how it ended; what happened is in the rows of `changing`."""
    return run_through(reference(known), reference(changing))


@compiled
def run_through(given: Given, work: Work) -> int:
    """Run one replication from its beginning to its end, and return how it ended."""
    clear(given, work)
    open_store(given, work)
    # SimPy numbers the beginning of the process of orders, and the end of the run.
    work.counts[EVENT_NUMBER] += 2
    next_order(given, work, 0)
    while work.counts[STATUS] == WELL:
        row = next_event(work)
        if row == NOTHING:
            break
        now, kind = work.now[NOW], work.events[row, EVENT]
        facts = facts_of(work, row)
        happen(given, work, now, kind, facts)
    if given.interrupted and work.counts[STATUS] == WELL:
        note_who_still_waits(given, work, given.ends)
    return int(work.counts[STATUS])


@compiled
def happen(given: Given, work: Work, now: float, kind: int, facts: Facts) -> None:
    """Let an event happen, by its facts."""
    a, b, c, d, e = facts
    if kind == PLACE_ORDER:
        place_order(given, work, now, a)
        next_order(given, work, a + 1)
    elif kind == REVIEW_STOCK:
        review(given, work, now, a, b)
    elif kind == GOODS_IN:
        come_in(given, work, now, a, b, c, d, e)
    elif kind == FINISH:
        finish_picking(given, work, now, a)
    elif kind == BEGIN:
        begin_picking(given, work, now, a)
    elif kind == SEND_BACK:
        send_back(given, work, now, a, b, c, d)
    elif kind == REJECT:
        reject(given, work, now, a, b, c)
    elif kind == REPLACE:
        replace(given, work, now, a, b)
    elif kind == RESTOCK:
        restock(given, work, now, a, b, c)
