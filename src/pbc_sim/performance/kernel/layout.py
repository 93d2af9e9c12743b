"""What does the compiled scorer read and write, and in which column is what?

Lives here: the arrays of measures, costs and what is worked out from the rows of a replication.
May not live here: rules, numba.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

__all__ = ["Asked", "Books", "Scored"]

# Columns of the rows that a replication leaves, as `Record` has them.
(
    RECEIVED,
    RECEIVED_LINE,
    RECEIVED_UNITS,
    RECEIVED_WRONG,
    RECEIVED_DEFECTIVE,
    DOCUMENTS_WRONG,
    REPLACEMENT,
) = range(7)
FOUND, RETURNED_LINE, RETURNED_UNITS, REASON = range(4)
GIVEN_UP, LOST_LINE, LOST_UNITS, WAS_REPLACEMENT = range(4)
BOUGHT_ITEM, BOUGHT, ORDERED, ARRIVED, INSPECTED, SCRAPPED = range(6)
CHANGED, LEVEL_ITEM, ON_HAND, WAITED_FOR = range(4)
DISPATCHED, SHIPPED_ORDER, SHIPPED_LINES, CHECKED_LINES, EXPEDITED = range(5)

# Columns of `Books.lines`: units that came first, in all, and good; cancelled, refunded, rejected;
# and the faults of the first deliveries, as bits.
CAME_FIRST, CAME, CAME_GOOD, CANCELLED, REFUNDED, REJECTED, FAULTS = range(7)
WRONG_UNITS: Final = 1
DEFECTIVE_UNITS: Final = 2
WRONG_DOCUMENTS: Final = 4

# Columns of `Books.items` [unit].
STOCK_IN, STOCK_OUT, OWED, SETTLED, OPEN_ORDERS, LAST_LEVEL = range(6)

# Kinds of measures.
(
    ON_TIME,
    IN_FULL,
    LATE_ORDERS,
    LATE_VALUE_DAYS,
    ACCURATE,
    WRONG_LINES,
    RETURN_SHARE,
    UNITS_RETURNED,
    FILLED_UNITS,
    FILLED_ORDERS,
    STOCKOUT_LINES,
    ACCEPTED_VALUE,
    ORDERED_VALUE,
) = range(13)

# Columns of `Asked.measures`. `MARKED` says which faults or which reasons count, as bits.
KIND, TOTAL, LIMIT, OF_LINES, COUNTED_BY, MARKED = range(6)

# Which instant decides in which period an order counts.
BY_DUE, BY_ORDER, BY_DELIVERY = range(3)

# Columns of `Asked.limits`.
COUNTED, LENGTH = range(2)

# Rows of `Scored.measured`.
NUMERATOR, DENOMINATOR, SIZE = range(3)


class Asked(NamedTuple):
    """What is asked of a replication."""

    measures: np.ndarray
    most_days: np.ndarray
    first_edge: np.ndarray  # of each measure, and behind the last one
    edges: np.ndarray
    limits: np.ndarray  # kind of duration and length
    terms: np.ndarray  # begin and end
    needed_limit: int  # after which the buyer misses what has not come
    prices: np.ndarray
    costs: np.ndarray
    purchase_prices: np.ndarray  # of each item at each source
    surcharges: np.ndarray
    rates: np.ndarray


class Books(NamedTuple):
    """What a replication's rows say of its deliveries, lines, orders and items.

    There is room for more of them than there are.
    """

    by_time: np.ndarray  # the deliveries in the order of time
    spare: np.ndarray
    lines: np.ndarray
    delivered: np.ndarray
    accepted: np.ndarray
    arrived: np.ndarray  # of each order
    due: np.ndarray  # of each limit and order
    items: np.ndarray
    days: np.ndarray  # of each item, units or units times days while costs are added up
    last_level: np.ndarray


class Scored(NamedTuple):
    """The scorecard of a replication, written over by the next one."""

    measured: np.ndarray  # axes (NUMERATOR ..., period of all measures end to end)
    due_later: np.ndarray
    costs: np.ndarray  # axes (term, compiled cost line)
    open_at_end: np.ndarray
    balanced: np.ndarray
