"""What do modifiers leave of an amount: escalation, gate and caps?

Lives here: the compiled twins of `contract/limits.py` and `contract/modifiers`. May not live here:
mechanisms.
"""

from __future__ import annotations

from typing import Any

from pbc_sim.contract.kernel.layout import (
    AMOUNT,
    BONUSES,
    DEDUCTIONS,
    OF_CHARGES,
    Numbers,
    Terms,
    Work,
)
from pbc_sim.operations.kernel.compiled import compiled

__all__ = ["close_gate", "escalate", "hold", "watch_gate"]


@compiled
def escalate(terms: Terms, numbers: Numbers, c: int, i: int, room: Work) -> None:
    """Let deductions grow with each review missed in a row."""
    k, step, up_to = terms.kpi[i], numbers.escalation[c, i, 0], numbers.escalation[c, i, 1]
    run = room.last
    run[:] = 0.0
    for t in range(terms.n_periods):
        due, met = room.due[t], room.met[k, t]
        counts = terms.reviewed[k, t] and t >= numbers.ramp_in[c]
        for x in range(len(due)):
            if counts:
                run[x] = 0.0 if met[x] > 0 else run[x] + 1.0
            times = min(1.0 + step * max(run[x] - 1.0, 0.0), up_to)
            due[x] = due[x] * times if due[x] < 0 else due[x]


@compiled
def watch_gate(terms: Terms, numbers: Numbers, c: int, room: Work) -> None:
    """Note in which periods a gating KPI is worse than its level."""
    room.closed[:] = 0.0
    for g in range(len(terms.gates)):
        k, level = terms.gates[g], numbers.gate[c, g]
        higher = terms.higher[k]
        for t in range(terms.n_periods):
            # A KPI that is not reviewed has no value, which is worse than nothing.
            closed, value = room.closed[t], room.value[k, t]
            for x in range(len(closed)):
                worse = value[x] < level if higher else value[x] > level
                closed[x] = 1.0 if worse else closed[x]


@compiled
def close_gate(terms: Terms, room: Work) -> None:
    """Pay no bonus where the gate is closed."""
    for t in range(terms.n_periods):
        due, closed = room.due[t], room.closed[t]
        for x in range(len(due)):
            due[x] = min(due[x], 0.0) if closed[x] > 0 else due[x]


@compiled
def hold(terms: Terms, numbers: Numbers, c: int, of: int, room: Work) -> None:
    """Write into `held` and `let` what caps leave of what is `taken` away and `added`."""
    room.held[:] = room.taken
    room.let[:] = room.added
    for q in range(len(terms.cap_of)):
        if terms.cap_of[q] == of and terms.cap_side[q] == DEDUCTIONS:
            _cap(terms, numbers, c, q, room.held, room)
        elif terms.cap_of[q] == of and terms.cap_side[q] == BONUSES:
            _cap(terms, numbers, c, q, room.let, room)


@compiled
def _cap(terms: Terms, numbers: Numbers, c: int, q: int, held: Any, room: Work) -> None:
    kind, number = terms.cap_kind[q], numbers.cap[c, q]
    most = number if kind == AMOUNT else number * max(numbers.value[c], 0.0)
    so_far, before = room.so_far, room.now
    so_far[:], before[:] = 0.0, 0.0
    for t in range(terms.n_periods):
        amounts, charges = held[t], room.charges[t]
        if terms.cap_over_term[q]:
            for x in range(len(amounts)):
                # What the earlier periods used up is no longer there for the later ones.
                so_far[x] += amounts[x]
                used = min(so_far[x], most)
                amounts[x] = amounts[x] if so_far[x] <= most else used - before[x]
                before[x] = used
        elif kind == OF_CHARGES:
            for x in range(len(amounts)):
                amounts[x] = min(amounts[x], number * max(charges[x], 0.0))
        else:
            for x in range(len(amounts)):
                amounts[x] = min(amounts[x], most)
