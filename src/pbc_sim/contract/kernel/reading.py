"""What does a KPI say at the end of a review: its value, and are target and level reached?

Lives here: the compiled twin of `contract/reading.py`. May not live here: money.
As in all rules of this folder, the innermost loop runs over futures, which lie side by side, and
nothing is branched on in it; verdicts are 1 or 0. Compilers let a loop take four futures at a time
where they need few comparisons to know that arrays do not overlap: so a loop writes to one or two
arrays and reads three or four, and reads every number before it chooses between two. What may keep
its old number is written as ``0.0 + ...``, or it would be written through a mask, which is slow.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pbc_sim.contract.kernel.layout import WHEN_EMPTY, Numbers, Terms, Work
from pbc_sim.operations.kernel.compiled import compiled

__all__ = ["begin_to_read", "read"]

MISSED, CARRY = WHEN_EMPTY["missed"], WHEN_EMPTY["carry"]
#: The least distance ahead of a target that is met only beyond it.
BEYOND = 5e-324


@compiled
def begin_to_read(terms: Terms, room: Work) -> None:
    """Count no review as met yet, and let empty ones be missed where that was agreed."""
    for k in range(len(terms.read_at)):
        missed = terms.when_empty[k] == MISSED
        room.instead[k, :] = terms.worst[k]
        room.as_met[k, :] = 0.0 if missed else 1.0
        room.n_met[k, :] = 0.0


@compiled
def read(
    facts: Any, smallest: Any, terms: Terms, numbers: Numbers, c: int, t: int, room: Work
) -> None:
    """Judge the reviews that end in a payment period."""
    for k in range(len(terms.read_at)):
        if terms.review[k, t] < 0:
            continue
        at = terms.read_at[k] + terms.review[k, t]
        found, sizes = facts[at], facts[at + terms.n_reviews[k]]
        target = numbers.target[c, k, t]
        if terms.reviewed[k, t]:
            if smallest[at + terms.n_reviews[k]] < numbers.min_sample[c, k]:
                _fill(found, sizes, numbers.min_sample[c, k], k, target, room)
                _judge(room.filled, terms, numbers, c, k, target, room)
                _excuse(sizes, numbers.min_sample[c, k], k, room)
            else:
                _judge(found, terms, numbers, c, k, target, room)
            if terms.wants_exceeded[k]:
                _exceed(terms.higher[k], numbers.incentive_level[c, k], k, room)
        if terms.when_empty[k] == CARRY:
            _carry(found, sizes, numbers.min_sample[c, k], k, room)


@compiled
def _fill(found: Any, sizes: Any, least: float, k: int, target: float, room: Work) -> None:
    """Give empty reviews the value that the clause says."""
    filled, as_met, instead = room.filled, room.as_met[k], room.instead[k]
    for x in range(len(filled)):
        seen, otherwise = found[x], instead[x]
        otherwise = target if as_met[x] > 0 else otherwise
        filled[x] = otherwise if sizes[x] < least else seen


@compiled
def _judge(
    found: Any, terms: Terms, numbers: Numbers, c: int, k: int, target: float, room: Work
) -> None:
    """Write the value of a review, and whether its target is reached."""
    better = 1.0 if terms.higher[k] else -1.0
    # Only at the edge does rounding matter: 0.99 - 0.98 is not quite 0.01.
    band = numbers.dead_band[c, k] * (1 + 1e-9) if numbers.dead_band[c, k] > 0 else -1.0
    # With a dead band, what is at the target is within it.
    edge = BEYOND if terms.strict[k] and band < 0 else 0.0
    value, met, n_met = room.value[k], room.met[k], room.n_met[k]
    for x in range(len(value)):
        seen = found[x]
        now = target if abs(seen - target) <= band else seen
        good = 1.0 if better * (now - target) >= edge else 0.0
        value[x], met[x] = now, good
        n_met[x] += good


@compiled
def _excuse(sizes: Any, least: float, k: int, room: Work) -> None:
    """Let empty reviews be met where the clause says so, whatever the target."""
    met, as_met, n_met = room.met[k], room.as_met[k], room.n_met[k]
    for x in range(len(met)):
        excused = as_met[x] * (1.0 - met[x])
        excused = excused if sizes[x] < least else 0.0
        met[x] += excused
        n_met[x] += excused


@compiled
def _exceed(higher: bool, level: float, k: int, room: Work) -> None:
    """Write whether the incentive level is reached: where there is none, whether the target is."""
    better = 1.0 if higher else -1.0
    if level != level:
        level = -better * np.inf  # which everything reaches
    value, met, exceeded = room.value[k], room.met[k], room.exceeded[k]
    for x in range(len(exceeded)):
        good = met[x]
        exceeded[x] = good if better * (value[x] - level) >= 0 else 0.0


@compiled
def _carry(found: Any, sizes: Any, least: float, k: int, room: Work) -> None:
    """Let the reviews that follow know this one's value, if it has one."""
    instead, as_met = room.instead[k], room.as_met[k]
    for x in range(len(instead)):
        empty, seen, before, excused = sizes[x] < least, found[x], instead[x], as_met[x]
        instead[x] = 0.0 + (before if empty else seen)
        as_met[x] = 0.0 + (excused if empty else 0.0)
