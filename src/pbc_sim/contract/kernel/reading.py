"""What does a KPI say, review by review: its value, and whether target and level are reached?

Lives here: the compiled twin of `contract/reading.py`. May not live here: money.
As in all rules of this folder, the innermost loop runs over futures, which lie side by side.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pbc_sim.contract.kernel.layout import WHEN_EMPTY, Numbers, Terms, Work
from pbc_sim.operations.kernel.compiled import compiled

__all__ = ["read"]

MISSED, CARRY = WHEN_EMPTY["missed"], WHEN_EMPTY["carry"]


@compiled
def read(facts: Any, terms: Terms, numbers: Numbers, c: int, work: Work) -> None:
    """Judge every review of every KPI, each in the payment period in which it ends."""
    for k in range(len(terms.read_at)):
        for t in range(terms.n_periods):
            if not terms.reviewed[k, t]:
                work.value[k, t, :], work.met[k, t, :] = np.nan, True
                work.exceeded[k, t, :] = True
        work.last[:] = np.nan
        for j in range(terms.n_reviews[k]):
            _value(facts, terms, numbers, c, k, j, work)
            t = terms.ends[k, j]
            if terms.reviewed[k, t]:
                _judge(terms, numbers, c, k, t, work)


@compiled
def _value(facts: Any, terms: Terms, numbers: Numbers, c: int, k: int, j: int, work: Work) -> None:
    """Write the value of a review, and whether it counts as met whatever its value."""
    at, n = terms.read_at[k] + j, terms.n_reviews[k]
    numerators, denominators, sizes = facts[at], facts[at + n], facts[at + 2 * n]
    least, target, worst = numbers.min_sample[c, k], numbers.target[c, k], terms.worst[k]
    missed, carry = terms.when_empty[k] == MISSED, terms.when_empty[k] == CARRY
    now, as_met, last = work.now, work.as_met, work.last
    for x in range(len(now)):
        divisor = denominators[x]
        empty = (divisor == 0) | (sizes[x] < least)
        found = numerators[x] / (1.0 if divisor == 0 else divisor)
        if carry:
            last[x] = last[x] if empty else found
        known = last[x] == last[x]
        instead = worst if missed else (last[x] if known else target)
        now[x] = instead if empty else found
        as_met[x] = empty & (not missed) & (not known)


@compiled
def _judge(terms: Terms, numbers: Numbers, c: int, k: int, t: int, work: Work) -> None:
    target, level = numbers.target[c, k], numbers.incentive_level[c, k]
    # Only at the edge does rounding matter: 0.99 - 0.98 is not quite 0.01.
    band = numbers.dead_band[c, k] * (1 + 1e-9) if numbers.dead_band[c, k] > 0 else -1.0
    higher, strict, any_level = terms.higher[k], terms.strict[k], level != level
    now, as_met = work.now, work.as_met
    value, met, exceeded = work.value[k, t], work.met[k, t], work.exceeded[k, t]
    for x in range(len(now)):
        near = abs(now[x] - target) <= band
        y = target if near else now[x]
        ahead = y > target if higher else y < target
        beyond = y >= level if higher else y <= level
        good = as_met[x] | near | ahead | ((y == target) & (not strict))
        value[x], met[x], exceeded[x] = y, good, good & (any_level | beyond)
