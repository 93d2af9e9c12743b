"""When does what happen: SimPy's clock with exact instants, and staff.

Lives here: the only use of SimPy. May not live here: rules of the operation.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappush
from typing import Any

import simpy

from pbc_sim.errors import PbcError

__all__ = [
    "MOST_EVENTS_EACH",
    "ORDER",
    "PACKED",
    "RECEIPT",
    "RETURN",
    "REVIEW",
    "Clock",
    "PriorityStaff",
    "Staff",
]

# What happens at one instant happens in this order. SimPy keeps 0 and 1 for itself: they carry
# the consequences of what has just happened.
PACKED, RECEIPT, RETURN, ORDER, REVIEW = 1, 2, 3, 4, 5

#: More events than this for a line and a stock review means a plan that feeds on itself.
MOST_EVENTS_EACH = 200


class Clock(simpy.Environment):
    """SimPy's environment with exact instants and an order of events within an instant.

    SimPy schedules by delays, and ``now + (when - now)`` need not be ``when``: a delivery that is
    due at an instant would come an ulp late. So events are put into its queue at their instant.
    """

    def __init__(self, ends: float, most_events: int) -> None:
        super().__init__()
        self.ends = ends
        self.most_events = most_events

    def until(self, when: float, rank: int) -> simpy.Event:
        """Return an event that happens at an instant, for a process to wait for."""
        return self._enter(when, rank, Instant(self, []))

    def at(self, when: float, rank: int, action: Callable[..., None], *facts: Any) -> None:
        """Let ``action(when, *facts)`` happen at an instant, unless the end comes first."""
        if not when >= self.ends:
            self._enter(when, rank, Instant(self, [lambda _: action(when, *facts)]))

    def _enter(self, when: float, rank: int, event: Instant) -> Instant:
        # A NaN would silently disorder the queue, so the test is one that NaN fails.
        if not when >= self._now:
            raise PbcError(f"an event at {when} day cannot follow {self._now} day.")
        number = next(self._eid)
        if number > self.most_events:
            raise PbcError(
                f"more than {self.most_events} events in one replication, {MOST_EVENTS_EACH} for "
                "every order line, call and review; check that defect shares and recalls let "
                "replacements come to rest."
            )
        entry: Any = (when, rank, number, event)
        heappush(self._queue, entry)
        return event


class Instant(simpy.Event):
    """An event that is sure to happen, and so succeeded from the start."""

    _ok = True
    _value = None

    def __init__(self, clock: Clock, callbacks: list[Callable[[simpy.Event], None]]) -> None:
        self.env = clock
        self.callbacks = callbacks


class Staff(simpy.Resource):
    """Pickers: SimPy's first come, first served, without events for what nobody waits for."""

    def begin_turn(self, begin: Callable[[Any], None]) -> None:
        """Call ``begin(turn)`` now if a picker is free, else when one has become free."""
        if len(self.users) < self.capacity:
            turn: Any = object()
            self.users.append(turn)
            begin(turn)
        else:
            self.request().callbacks.append(begin)

    def change_number(self, number: int) -> None:
        """Have more or fewer pickers from now on; who works finishes first."""
        self._capacity = number
        self._trigger_put(None)

    def end_turn(self, turn: Any) -> None:
        """Free the picker for the next in the queue."""
        self.users.remove(turn)
        if self.put_queue:
            self._trigger_put(None)


class PriorityStaff(simpy.PriorityResource):
    """Staff who take urgent matters before others, and each kind in the order of coming.

    Work that has begun is finished first (Cobham, 1954: non-preemptive priority).
    """

    def begin_turn(self, begin: Callable[[Any], None], urgent: bool) -> None:
        """Call ``begin(turn)`` now if somebody is free, else when somebody has become free."""
        turn = self.request(priority=0 if urgent else 1)
        if turn.triggered:
            # What SimPy would tell in an event of its own is known now.
            begin(turn)
        else:
            turn.callbacks.append(begin)

    def end_turn(self, turn: Any) -> None:
        """Free one for the next in the queue."""
        self.release(turn)
