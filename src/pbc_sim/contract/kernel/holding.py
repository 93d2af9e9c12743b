"""What do modifiers leave of an amount: escalation, gate and caps?

Lives here: the compiled twins of `contract/limits.py` and `contract/modifiers`. May not live here:
mechanisms.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pbc_sim.contract.kernel.layout import (
    AMOUNT,
    DEDUCTIONS,
    OF_CHARGES,
    Numbers,
    Terms,
    Work,
)
from pbc_sim.contract.kernel.rows import copy
from pbc_sim.operations.kernel.compiled import compiled

__all__ = ["close_gate", "escalate", "hold", "watch_gate"]


@compiled
def escalate(terms: Terms, numbers: Numbers, c: int, i: int, t: int, room: Work) -> None:
    """Let deductions grow with each review missed in a row."""
    k, step, up_to = terms.kpi[i], numbers.escalation[c, i, 0], numbers.escalation[c, i, 1]
    due, met, run = room.due, room.met[k], room.missed[i]
    if terms.reviewed[k, t]:
        for x in range(len(run)):
            run[x] = (run[x] + 1.0) * (1.0 - met[x])
    for x in range(len(due)):
        times = min(1.0 + step * max(run[x] - 1.0, 0.0), up_to)
        due[x] = min(due[x], 0.0) * times + max(due[x], 0.0)


@compiled
def watch_gate(terms: Terms, numbers: Numbers, c: int, t: int, room: Work) -> None:
    """Write the most that any incentive may pay: nothing where a gating KPI is below its level."""
    most = room.most
    most[:] = np.inf
    for g in range(len(terms.gates)):
        k = terms.gates[g]
        if terms.reviewed[k, t]:
            better = 1.0 if terms.higher[k] else -1.0
            level, value = better * numbers.gate[c, g], room.value[k]
            for x in range(len(most)):
                most[x] = 0.0 + min(most[x], 0.0 if better * value[x] < level else np.inf)


@compiled
def close_gate(room: Work) -> None:
    """Pay no bonus where the gate is closed."""
    due, most = room.due, room.most
    for x in range(len(due)):
        due[x] = 0.0 + min(due[x], most[x])


@compiled
def hold(terms: Terms, numbers: Numbers, c: int, of: int, room: Work) -> None:
    """Write into `held` and `let` what caps leave of what is `taken` away and `added`."""
    copy(room.taken, room.held)
    copy(room.added, room.let)
    for q in range(len(terms.cap_of)):
        if terms.cap_of[q] == of:
            amounts = room.held if terms.cap_side[q] == DEDUCTIONS else room.let
            _cap(terms, numbers, c, q, amounts, room)


@compiled
def _cap(terms: Terms, numbers: Numbers, c: int, q: int, amounts: Any, room: Work) -> None:
    kind, number = terms.cap_kind[q], numbers.cap[c, q]
    if kind == OF_CHARGES:
        charges = room.charges
        for x in range(len(amounts)):
            amounts[x] = 0.0 + min(amounts[x], number * max(charges[x], 0.0))
        return
    most = number if kind == AMOUNT else number * max(numbers.value[c], 0.0)
    if terms.cap_over_term[q]:
        so_far, before = room.so_far[q], room.used[q]
        for x in range(len(amounts)):
            # What the earlier periods used up is no longer there for the later ones.
            asked, amount = so_far[x] + amounts[x], amounts[x]
            used = min(asked, most)
            left = used - before[x]
            amounts[x] = 0.0 + (amount if asked <= most else left)
            so_far[x], before[x] = asked, used
    else:
        for x in range(len(amounts)):
            amounts[x] = 0.0 + min(amounts[x], most)
