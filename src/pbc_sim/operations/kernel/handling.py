"""What becomes of a line's n-th delivery: the rules of `operations/handling.py`, compiled.

Lives here: picking work, checks, errors, notes, travel and opening of one delivery of one line.
May not live here: time, stock, queues.
"""

from __future__ import annotations

from pbc_sim.operations.kernel.compiled import compiled
from pbc_sim.operations.kernel.generator import fill_from
from pbc_sim.operations.kernel.layout import (
    CHECK_MISSES,
    DOCUMENT_ERROR,
    DOCUMENT_ERRORS,
    LATER_DELIVERIES,
    NO_ERROR,
    NOTHING,
    PICK_CHECK,
    PICK_ERROR,
    PICK_ERROR_SIZE,
    PICK_ERRORS,
    PICK_HOURS,
    PICK_WORK,
    RECEIPT_INSPECTION,
    TRANSPORT_TIME,
    TRAVEL_TIME,
    Given,
    Work,
)
from pbc_sim.operations.kernel.quantiles import CONSTANT, WORKED_OUT, quantile

__all__ = [
    "documents_wrong",
    "error_size",
    "is_checked",
    "is_opened",
    "luck_of",
    "pick_hours",
    "time_of",
    "travel",
]


@compiled
def luck_of(given: Given, work: Work, delivery: int, line: int) -> int:
    """Return where the luck of a line's n-th delivery stands; NOTHING if there is none."""
    lines, later = len(given.lines), delivery - given.laid_out
    if later < 0:
        return delivery * lines + line
    row = given.laid_out * lines + work.counts[LATER_DELIVERIES]
    if later >= len(given.later) or row == len(given.luck):
        return NOTHING
    work.counts[LATER_DELIVERIES] += 1
    luck = given.luck[row]
    fill_from(given.later[later], line * len(luck), luck)
    return row


@compiled
def time_of(given: Given, luck: int, purpose: int) -> float:
    """Return how long something takes, by its luck, as `Quantiles.of` reads it."""
    value, time = given.luck[luck, purpose], purpose - PICK_HOURS
    begin, scale = given.table_begins[time], given.table_scales[time]
    if begin == WORKED_OUT:
        return value
    if begin == CONSTANT:
        return scale
    return quantile(given.quantiles, begin, value) * scale


@compiled
def is_checked(given: Given, luck: int) -> bool:
    """Tell whether a delivery is checked before dispatch."""
    return given.luck[luck, PICK_CHECK] < given.check_share


@compiled
def pick_hours(given: Given, luck: int, line: int) -> float:
    """Return the work of a picker, any check included [hour]."""
    hours = time_of(given, luck, PICK_HOURS)
    if given.improves:
        hours *= given.remains[PICK_WORK, line]
    return hours + is_checked(given, luck) * given.check_hours


@compiled
def error_size(given: Given, luck: int, line: int) -> float:
    """Return the share of units that is wrong, rounded up; below 0 if none is [1]."""
    errors, finds = given.error_share, given.check_finds_share
    if errors == 0:
        return NO_ERROR
    if given.improves:
        # Less of a share is a lower threshold for the same luck.
        errors *= given.remains[PICK_ERRORS, line]
        finds = min(max(1 - (1 - finds) * given.remains[CHECK_MISSES, line], 0.0), 1.0)
    found = given.luck[luck, PICK_CHECK] < given.check_share * finds
    if given.luck[luck, PICK_ERROR] >= errors or found:
        return NO_ERROR
    return given.luck[luck, PICK_ERROR_SIZE]


@compiled
def documents_wrong(given: Given, luck: int, line: int) -> bool:
    """Tell whether the delivery note is wrong."""
    share = given.documentation_error_share
    if given.improves:
        share *= given.remains[DOCUMENT_ERRORS, line]
    return given.luck[luck, DOCUMENT_ERROR] < share


@compiled
def travel(given: Given, luck: int, line: int) -> float:
    """Return the ordinary travel time [day]."""
    days = time_of(given, luck, TRANSPORT_TIME)
    if given.improves:
        days *= given.remains[TRAVEL_TIME, line]
    return days


@compiled
def is_opened(given: Given, luck: int) -> bool:
    """Tell whether the buyer's unit opens it on receipt."""
    return given.luck[luck, RECEIPT_INSPECTION] < given.opened_share
