"""What is the scorecard of one replication: rows go in, measures and costs come out.

Lives here: the one function of this folder that Python calls. May not live here: rules.
"""

from __future__ import annotations

import math
from typing import Any

from pbc_sim.operations.kernel.compiled import entry
from pbc_sim.operations.kernel.layout import LINE_ORDER, LINE_QUANTITY, Given, Work
from pbc_sim.operations.kernel.passing import reference
from pbc_sim.performance.kernel.costing import charge
from pbc_sim.performance.kernel.layout import CANCELLED, Asked, Books, Scored
from pbc_sim.performance.kernel.measuring import measure
from pbc_sim.performance.kernel.reading import read_rows

__all__ = ["score_rows"]


@entry
def score_rows(known: Given, changed: Work, kept: Books, wanted: Asked, result: Scored) -> bool:
    """Fill a scorecard, and tell whether the books balance."""
    given: Any = reference(known)
    work: Any = reference(changed)
    books: Any = reference(kept)
    asked: Any = reference(wanted)
    scored: Any = reference(result)
    balanced = read_rows(given, work, books)
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
    return bool(balanced)
