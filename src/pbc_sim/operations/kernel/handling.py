"""What becomes of a line's n-th delivery: the rules of `operations/handling.py`, compiled.

Lives here: picking work, checks, errors, notes, travel and opening of one delivery of one line.
May not live here: time, stock, queues.
"""

from __future__ import annotations

import math

from pbc_sim.operations.kernel.compiled import compiled
from pbc_sim.operations.kernel.layout import (
    CHECK_MISSES,
    DOCUMENT_ERROR,
    DOCUMENT_ERRORS,
    NO_ERROR,
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
)
from pbc_sim.world.law import HALF, LEAST_CHANCE
from pbc_sim.world.quantiles import CELLS, FIRST_EXPONENT, MIDDLE, MOST, OCTAVES, TAIL

__all__ = [
    "documents_wrong",
    "error_size",
    "is_checked",
    "is_opened",
    "pick_hours",
    "time_of",
    "travel",
]


@compiled
def time_of(given: Given, delivery: int, purpose: int, line: int) -> float:
    """Return how long something takes, by its luck, as `Quantiles.of` reads it."""
    luck, time = given.luck[delivery, line, purpose], purpose - PICK_HOURS
    begin = given.table_begins[time]
    if begin < 0:
        return luck
    if TAIL <= luck <= 1 - TAIL:
        place = luck * MIDDLE
        cell = int(place)
        row = begin + cell
    else:
        above = luck >= HALF
        mantissa, exponent = math.frexp(min(max(1 - luck if above else luck, LEAST_CHANCE), MOST))
        place = (2 * mantissa - 1) * CELLS
        cell = int(place)
        octave = (OCTAVES if above else 0) + FIRST_EXPONENT - exponent
        row = begin + MIDDLE + octave * CELLS + cell
    at = place - cell
    c = given.quantiles[row]
    return (((c[3] * at + c[2]) * at + c[1]) * at + c[0]) * given.table_scales[time]


@compiled
def is_checked(given: Given, delivery: int, line: int) -> bool:
    """Tell whether a delivery is checked before dispatch."""
    return given.luck[delivery, line, PICK_CHECK] < given.check_share


@compiled
def pick_hours(given: Given, delivery: int, line: int) -> float:
    """Return the work of a picker, any check included [hour]."""
    hours = time_of(given, delivery, PICK_HOURS, line)
    if given.improves:
        hours *= given.remains[PICK_WORK, line]
    return hours + is_checked(given, delivery, line) * given.check_hours


@compiled
def error_size(given: Given, delivery: int, line: int) -> float:
    """Return the share of units that is wrong, rounded up; below 0 if none is [1]."""
    errors, finds = given.error_share, given.check_finds_share
    if errors == 0:
        return NO_ERROR
    if given.improves:
        # Less of a share is a lower threshold for the same luck.
        errors *= given.remains[PICK_ERRORS, line]
        finds = min(max(1 - (1 - finds) * given.remains[CHECK_MISSES, line], 0.0), 1.0)
    found = given.luck[delivery, line, PICK_CHECK] < given.check_share * finds
    if given.luck[delivery, line, PICK_ERROR] >= errors or found:
        return NO_ERROR
    return given.luck[delivery, line, PICK_ERROR_SIZE]


@compiled
def documents_wrong(given: Given, delivery: int, line: int) -> bool:
    """Tell whether the delivery note is wrong."""
    share = given.documentation_error_share
    if given.improves:
        share *= given.remains[DOCUMENT_ERRORS, line]
    return given.luck[delivery, line, DOCUMENT_ERROR] < share


@compiled
def travel(given: Given, delivery: int, line: int) -> float:
    """Return the ordinary travel time [day]."""
    days = time_of(given, delivery, TRANSPORT_TIME, line)
    if given.improves:
        days *= given.remains[TRAVEL_TIME, line]
    return days


@compiled
def is_opened(given: Given, delivery: int, line: int) -> bool:
    """Tell whether the buyer's unit opens it on receipt."""
    return given.luck[delivery, line, RECEIPT_INSPECTION] < given.opened_share
