"""Which measures and cost lines does the compiled scorer know?

Lives here: the KPIs that have a twin, with what their settings mean to it, and the cost lines that
need none. May not live here: numba, so that the question can be asked where it is not installed.
"""

from __future__ import annotations

from typing import Any

from pbc_sim.operations.facts import DEFECTS, ReturnReason
from pbc_sim.performance.costs import COST_LINES
from pbc_sim.performance.kernel.layout import (
    ACCEPTED_VALUE,
    ACCURATE,
    BY_DELIVERY,
    BY_DUE,
    BY_ORDER,
    COUNTED_BY,
    DEFECTIVE_UNITS,
    FILLED_ORDERS,
    FILLED_UNITS,
    IN_FULL,
    KIND,
    LATE_ORDERS,
    LATE_VALUE_DAYS,
    LIMIT,
    MARKED,
    OF_LINES,
    ON_TIME,
    ORDERED_VALUE,
    RETURN_SHARE,
    STOCKOUT_LINES,
    TOTAL,
    UNITS_RETURNED,
    WRONG_DOCUMENTS,
    WRONG_LINES,
    WRONG_UNITS,
)
from pbc_sim.performance.measures import Measure
from pbc_sim.world.calendar import Duration

__all__ = ["COMPILED_LINES", "every_line_is_known", "is_covered", "row_of"]

EVERY_REASON = sum(1 << reason for reason in ReturnReason)
EVERY_DEFECT = sum(1 << reason for reason in DEFECTS)
EVERY_FAULT = WRONG_UNITS | DEFECTIVE_UNITS | WRONG_DOCUMENTS

#: The kind of each KPI that is compiled, and the faults or reasons that count in it.
KINDS = {
    "on_time_share": (ON_TIME, 0),
    "on_time_in_full": (IN_FULL, WRONG_UNITS),
    "perfect_order": (IN_FULL, EVERY_FAULT),
    "late_orders": (LATE_ORDERS, 0),
    "late_value_days": (LATE_VALUE_DAYS, 0),
    "order_accuracy": (ACCURATE, 0),
    "wrong_lines": (WRONG_LINES, 0),
    "return_rate": (RETURN_SHARE, EVERY_REASON),
    "defect_rate": (RETURN_SHARE, EVERY_DEFECT),
    "returned_units": (UNITS_RETURNED, EVERY_REASON),
    "defective_units": (UNITS_RETURNED, EVERY_DEFECT),
    "fill_rate": (FILLED_UNITS, 0),
    "order_fill": (FILLED_ORDERS, 0),
    "stockout_lines": (STOCKOUT_LINES, 0),
    "accepted_value": (ACCEPTED_VALUE, 0),
    "ordered_value": (ORDERED_VALUE, 0),
}
INSTANTS = {"due": BY_DUE, "ordered": BY_ORDER, "delivered": BY_DELIVERY}

UNDERSTOOD = {"limit", "of", "counted_by", "most_days"}
#: Settings that leave out what disruptions touched: without effect in a world that has none.
ABOUT_DISRUPTIONS = {"excluding", "notice_within"}

#: The cost lines of `Scored.costs`, in its order.
COMPILED_LINES = (
    "purchase",
    "stock_drawn_down",
    "holding",
    "ordering",
    "inspection",
    "transport",
    "expediting",
    "returns",
    "late_units",
    "lost_units",
    "returns_handling",
    "defects_in_use",
    "sourcing_surcharges",
)

#: Cost lines that read no fact of a world that is compiled: what plan and rates say, and what
#: machines, storerooms, inspections on the way out and service cost.
INDIFFERENT_LINES = frozenset(
    {
        "outgoing_inspection",
        "staff",
        "plan_cost",
        "investments",
        "joint_investments",
        "consignment_holding",
        "consignment_drawn_down",
        "service_staff",
        "visits",
        "lost_output",
        "storeroom_holding",
        "storeroom_drawn_down",
        "storeroom_ordering",
        "complaint_handling",
    }
)


def every_line_is_known() -> bool:
    """Tell whether each cost line has a twin or needs none; one that somebody adds has not."""
    return INDIFFERENT_LINES.union(COMPILED_LINES) >= set(COST_LINES)


def is_covered(measure: Measure, *, disrupted: bool = False) -> bool:
    """Tell whether a measure has a twin, in a world with disruptions or without.

    Examples
    --------
    >>> import pbc_sim.performance
    >>> is_covered(Measure.of("order_accuracy")), is_covered(Measure.of("ready_rate"))
    (True, False)
    """
    settings = {name for name, _ in measure.settings}
    if not disrupted:
        settings -= ABOUT_DISRUPTIONS
    return measure.kpi in KINDS and settings <= UNDERSTOOD


def row_of(measure: Measure, limits: list[Duration]) -> list[int]:
    """Return a measure's row of `Asked.measures`; its limit is noted among the limits."""
    settings: dict[str, Any] = dict(measure.settings)
    row = [0] * 6
    row[KIND], row[MARKED] = KINDS[measure.kpi]
    row[TOTAL] = measure.entry.kind == "total"
    row[OF_LINES] = settings.get("of") == "lines"
    row[COUNTED_BY] = INSTANTS[settings.get("counted_by", "due")]
    if "limit" in settings:
        if settings["limit"] not in limits:
            limits.append(settings["limit"])
        row[LIMIT] = limits.index(settings["limit"])
    return row
