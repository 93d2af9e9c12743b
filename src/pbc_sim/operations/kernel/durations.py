"""How do the rules count a written duration?

Lives here: durations as two numbers. May not live here: the calendar's answers (`calendar.py`).
"""

from __future__ import annotations

from pbc_sim.operations.kernel.layout import (
    BUSINESS_AGE,
    BUSINESS_DAYS,
    CALENDAR_AGE,
    CLOSES,
    DAYS,
    NEVER,
)
from pbc_sim.world.calendar import SAME_INSTANT_DAYS, Duration

__all__ = ["age_of", "counted"]


def age_of(limit: Duration | None) -> tuple[int, float]:
    """Return how a limit is counted, and from which age on it has passed."""
    if limit is None:
        return NEVER, 0.0
    business = limit.business_days
    if business is None:
        return CALENDAR_AGE, limit.calendar_length - SAME_INSTANT_DAYS
    return BUSINESS_AGE, business - SAME_INSTANT_DAYS


def counted(duration: Duration) -> tuple[int, float]:
    """Return how a duration is counted, and its length."""
    if duration.business_days is None:
        return DAYS, duration.calendar_length
    kind = CLOSES if duration.ends == "close_of_business" else BUSINESS_DAYS
    return kind, float(duration.business_days)
