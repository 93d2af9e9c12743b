"""What is the scorecard of one replication: it is run, and its rows become measures and costs.

Lives here: the one function of this folder that Python calls. May not live here: rules.
"""

from __future__ import annotations

import math
from typing import Any

from pbc_sim.operations.kernel.calendar import due_after
from pbc_sim.operations.kernel.compiled import compiled, entry
from pbc_sim.operations.kernel.layout import LINE_ORDER, LINE_QUANTITY, WELL, Given, Work
from pbc_sim.operations.kernel.passing import reference
from pbc_sim.operations.kernel.replication import run_through
from pbc_sim.performance.kernel.costing import charge
from pbc_sim.performance.kernel.layout import CANCELLED, COUNTED, LENGTH, Asked, Books, Scored
from pbc_sim.performance.kernel.measuring import measure
from pbc_sim.performance.kernel.reading import read_rows

__all__ = ["score_future"]


@entry
def score_future(
    known: Given, changing: Work, kept: Books, wanted: Asked, result: Scored
) -> int:  # fmt: skip
    """Run one replication and fill its scorecard; return how it ended."""
    given: Any = reference(known)
    work: Any = reference(changing)
    status = run_through(given, work)
    if status == WELL:
        score(given, work, reference(kept), reference(wanted), reference(result))
    return status


@compiled
def score(given: Given, work: Work, books: Books, asked: Asked, scored: Scored) -> None:
    """Fill a scorecard from the rows of a replication that has ended."""
    for n in range(len(asked.limits)):
        kind, length = int(asked.limits[n, COUNTED]), asked.limits[n, LENGTH]
        for order in range(given.orders_of_units):
            books.due[n, order] = due_after(given, given.order_time[order], kind, length)
    scored.balanced[0] = read_rows(given, work, books)
    for m in range(len(asked.measures)):
        measure(given, work, books, asked, scored, m)
    for term in range(len(asked.terms)):
        charge(given, work, books, asked, scored, term)
    # Lines of an order stand together.
    last, still_open = -1, 0
    for line in range(len(given.lines)):
        order = given.lines[line, LINE_ORDER]
        cancelled = books.lines[line, CANCELLED]
        if math.isinf(books.delivered[line]) and cancelled < given.lines[line, LINE_QUANTITY]:
            still_open += order != last
            last = order
    scored.open_at_end[0] = still_open
