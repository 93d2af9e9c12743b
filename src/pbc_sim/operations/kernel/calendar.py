"""When is work done: the questions that the model asks of the calendar, compiled.

Lives here: `BusinessCalendar`'s answers for single instants, with the same operations in the same
order, so that they are the same to the last bit. May not live here: anything it does not have.
"""

from __future__ import annotations

import math

from pbc_sim.operations.kernel.compiled import compiled
from pbc_sim.operations.kernel.layout import BUSINESS_AGE, BUSINESS_DAYS, CLOSES, Given

__all__ = ["after", "due_after", "has_passed", "next_open", "worked_at"]


@compiled
def days_begun(given: Given, time: float) -> int:
    """Return how many business days have begun at a time, as `bisect_right` does."""
    # At most one begins on each calendar day, so none has to be searched for.
    day = int(time) if time < len(given.days_begun) else len(given.days_begun) - 1
    begun = given.days_begun[day]
    while begun < len(given.opens) and given.opens[begun] <= time:
        begun += 1
    return begun


@compiled
def worked_at(given: Given, time: float) -> float:
    """Return the working time that has passed at a time [business day]."""
    day = days_begun(given, time) - 1
    if day < 0:
        return 0.0
    begin, end = given.opens[day], given.closes[day]
    return day + (time - begin) / (end - begin) if time < end else day + 1.0


@compiled
def after(given: Given, time: float, business_days: float) -> float:
    """Return the time that lies a span of working time after `time` [day]."""
    if given.always_open:
        return time + business_days
    worked = worked_at(given, time) + business_days
    if worked <= 0:
        return time
    if not math.isfinite(worked):
        return math.nan  # of which the reference model will complain
    last = len(given.opens) - 1
    day = last if worked > last else max(math.ceil(worked) - 1, 0)
    begin = given.opens[day]
    when = begin + (worked - day) * (given.closes[day] - begin)
    return when if when > time else time


@compiled
def next_open(given: Given, time: float) -> float:
    """Return `time` if it is working time, else the next opening [day]."""
    if given.always_open:
        return time
    day = days_begun(given, time) - 1
    if day >= 0 and time <= given.closes[day]:
        return time
    return given.opens[min(day + 1, len(given.opens) - 1)]


@compiled
def has_passed(given: Given, counted: int, age: float, begin: float, now: float) -> bool:
    """Tell whether an order has reached an age, which is counted in one of two ways."""
    if counted == BUSINESS_AGE:
        return worked_at(given, now) - worked_at(given, begin) >= age
    return now - begin >= age


@compiled
def due_after(given: Given, begin: float, kind: int, length: float) -> float:
    """Return when a duration runs out, as `Duration.due` does [day]."""
    last = len(given.closes) - 1
    if kind == BUSINESS_DAYS:
        worked = worked_at(given, begin) + length
        day = min(max(math.ceil(worked) - 1, 0), last)
        when = given.opens[day] + (worked - day) * (given.closes[day] - given.opens[day])
        return max(begin, when if worked > 0 else 0.0)
    if kind == CLOSES:
        # The day before the last that has begun may close at just this instant.
        day = min(max(days_begun(given, begin) - 2, 0), last)
        while day < last and given.closes[day] < begin:
            day += 1
        return given.closes[min(day + int(length), last)]
    return begin + length
