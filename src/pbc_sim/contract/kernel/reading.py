"""What does a KPI say, review by review: its value, and whether target and level are reached?

Lives here: the compiled twin of `contract/reading.py`. May not live here: money.
As in all rules of this folder, the innermost loop runs over futures, which lie side by side.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pbc_sim.contract.kernel.layout import WHEN_EMPTY, Numbers, Terms, Work
from pbc_sim.operations.kernel.compiled import compiled

__all__ = ["leave_out", "read"]

MISSED, CARRY = WHEN_EMPTY["missed"], WHEN_EMPTY["carry"]


@compiled
def leave_out(terms: Terms, room: Work) -> None:
    """Write what stands where no review of a KPI ends: no value, and nothing missed."""
    for k in range(len(terms.read_at)):
        for t in range(terms.n_periods):
            if not terms.reviewed[k, t]:
                room.value[k, t, :] = np.nan
                room.met[k, t, :] = 1.0
                room.exceeded[k, t, :] = 1.0


@compiled
def read(facts: Any, terms: Terms, numbers: Numbers, c: int, room: Work, reviews_met: Any) -> None:
    """Judge every review of every KPI, each in the payment period in which it ends."""
    for k in range(len(terms.read_at)):
        # What an empty review is taken as: a value, and whether it is met whatever that value.
        missed = terms.when_empty[k] == MISSED
        room.instead[:] = terms.worst[k] if missed else numbers.target[c, k]
        room.as_met[:] = 0.0 if missed else 1.0
        reviews_met[k, :] = 0.0
        for j in range(terms.n_reviews[k]):
            t = terms.ends[k, j]
            if terms.reviewed[k, t]:
                _judge(facts, terms, numbers, c, k, j, room)
                met, n_met = room.met[k, t], reviews_met[k]
                for x in range(len(met)):
                    n_met[x] += met[x]
            if terms.when_empty[k] == CARRY:
                _carry(facts, terms, numbers, c, k, j, room)


@compiled
def _judge(facts: Any, terms: Terms, numbers: Numbers, c: int, k: int, j: int, room: Work) -> None:
    """Write the value of a review, and whether target and incentive level are reached: 1, or 0."""
    at, n, t = terms.read_at[k] + j, terms.n_reviews[k], terms.ends[k, j]
    numerators, denominators, sizes = facts[at], facts[at + n], facts[at + 2 * n]
    least, target, level = (
        numbers.min_sample[c, k],
        numbers.target[c, k],
        numbers.incentive_level[c, k],
    )
    better = 1.0 if terms.higher[k] else -1.0
    if level != level:
        level = -better * np.inf  # which everything reaches
    # Only at the edge does rounding matter: 0.99 - 0.98 is not quite 0.01.
    band = numbers.dead_band[c, k] * (1 + 1e-9) if numbers.dead_band[c, k] > 0 else -1.0
    at_target = 0.0 if terms.strict[k] else 1.0
    instead, as_met = room.instead, room.as_met
    value, met, exceeded = room.value[k, t], room.met[k, t], room.exceeded[k, t]
    for x in range(len(value)):
        divisor = denominators[x]
        empty = (divisor == 0) | (sizes[x] < least)
        found = numerators[x] / (1.0 if divisor == 0 else divisor)
        now = instead[x] if empty else found
        near = abs(now - target) <= band
        y = target if near else now
        ahead = better * (y - target)
        good = 1.0 if ahead > 0 else (at_target if ahead == 0 else 0.0)
        good = max(good, as_met[x] if empty else 0.0)
        good = 1.0 if near else good
        value[x], met[x] = y, good
        exceeded[x] = good if better * (y - level) >= 0 else 0.0


@compiled
def _carry(facts: Any, terms: Terms, numbers: Numbers, c: int, k: int, j: int, room: Work) -> None:
    """Let the reviews that follow know this one's value, if it has one."""
    at, n, least = terms.read_at[k] + j, terms.n_reviews[k], numbers.min_sample[c, k]
    numerators, denominators, sizes = facts[at], facts[at + n], facts[at + 2 * n]
    instead, as_met = room.instead, room.as_met
    for x in range(len(instead)):
        divisor = denominators[x]
        empty = (divisor == 0) | (sizes[x] < least)
        found = numerators[x] / (1.0 if divisor == 0 else divisor)
        instead[x], as_met[x] = (instead[x] if empty else found), (as_met[x] if empty else 0.0)
