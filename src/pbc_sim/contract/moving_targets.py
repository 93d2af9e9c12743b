"""Which target holds when: seasonal levels, and a ratchet at a review clause.

Lives here: the modifiers that move a KPI's target over the term. May not live here: the target
itself (`kpi_clauses.py`), money.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any, Literal, get_args

import numpy as np

from pbc_sim.contract.block import column
from pbc_sim.inputs import Level, PositiveCount, Share, Written, number
from pbc_sim.performance.measures import Kpi
from pbc_sim.performance.words import Words

__all__ = ["Month", "Ratchet", "targets_of"]

Month = Literal[
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
]  # fmt: skip
MONTHS: tuple[str, ...] = get_args(Month)


class Ratchet(Written):
    """A review clause: every so many reviews the target moves towards what was achieved.

    New target = target + share x (mean achieved - target), by `step` at most, and only the better
    way unless `down_to` is given.

    Parameters
    ----------
    every : int
        Reviews after which it is revised; what these achieved counts, each the same. [review]
    share : float
        Part of the distance that it moves. [1]
    step : float
        Most that it moves at a time. [as the KPI]
    up_to : float
        Level that it never gets better than. [as the KPI]
    down_to : float, optional
        Level that it never gets worse than; where empty it is never made easier. [as the KPI]

    Notes
    -----
    Source: Weitzman (1980), the ratchet principle. A supplier who knows it may hold back; the
    supplier's plan is fixed for the term here, so it holds back only by the choice of its plan.

    Examples
    --------
    >>> clause = Ratchet(every=6, share=0.5, step=0.01, up_to=0.99)
    >>> clause.down_to is None
    True
    """

    every: PositiveCount
    share: Share = 1.0
    step: Annotated[float, number("as the KPI", gt=0)]
    up_to: Level
    down_to: Level | None = None

    def clause(self, words: Words, kpi: Kpi) -> str:
        """Say in the language of the contract how the target of a KPI is revised."""
        reviews = words.counted(self.every, "review", "evaluasi")
        part, step = words.share(self.share), words.distance(kpi, self.step)
        best = words.level(kpi, self.up_to)
        moves = words.pick(
            english=f"After every {reviews} the target moves by {part} of its distance to the mean "
            f"that was achieved, by {step} at most at a time, and never beyond {best}.",
            indonesian=f"Setiap {reviews}, target bergeser sebesar {part} dari jaraknya ke rata-"
            f"rata yang dicapai, paling banyak {step} setiap kali, dan tidak pernah melampaui "
            f"{best}.",
        )
        if self.down_to is None:
            easier = words.pick(
                english="It is never made easier.", indonesian="Target tidak pernah dipermudah."
            )
        else:
            easiest = words.level(kpi, self.down_to)
            easier = words.pick(
                english=f"It may be made easier, to {easiest} at the most.",
                indonesian=f"Target dapat dipermudah, paling jauh sampai {easiest}.",
            )
        return words.paragraph(moves, easier)


def targets_of(clauses: Sequence[Any], value: np.ndarray, begins: Sequence[dt.date]) -> np.ndarray:
    """Return the level required at each review, last axis 1 where it never moves.

    Parameters
    ----------
    clauses : sequence of KPI clauses
        The clause of each contract; all of one structure.
    value : ndarray with axes (contract, plan, replication, review)
        What was achieved; NaN where nothing was.
    begins : sequence of date
        When each review begins: the month of that day decides on a seasonal level.
    """
    first = clauses[0]
    target = column([clause.target for clause in clauses], "level")
    if first.seasonal:
        levels = {
            month: np.array([c.seasonal[month] for c in clauses])[:, None, None]
            for month in first.seasonal
        }
        months = [MONTHS[day.month - 1] for day in begins]
        each = [levels.get(month, target[..., 0]) for month in months]
        target = np.stack(np.broadcast_arrays(*each), axis=-1)
    if first.ratchet:
        target = _ratcheted([c.ratchet for c in clauses], target, value, first.target.direction)
    return target


def _ratcheted(
    clauses: Sequence[Ratchet], target: np.ndarray, value: np.ndarray, direction: str
) -> np.ndarray:
    n_reviews = value.shape[-1]
    better = 1.0 if direction == "higher" else -1.0
    every, share, step, up_to, down_to = (
        column(clauses, field)[..., 0] for field in ("every", "share", "step", "up_to", "down_to")
    )
    shape = np.broadcast_shapes(target.shape[:-1], value.shape[:-1], every.shape)
    targets = np.empty((*shape, n_reviews))
    current = np.broadcast_to(target[..., 0], shape)
    total, facts = np.zeros(shape), np.zeros(shape)
    for review in range(n_reviews):
        targets[..., review] = current
        known = ~np.isnan(value[..., review])
        total = total + np.where(known, value[..., review], 0.0)
        facts = facts + known
        revised = (review + 1) % every == 0
        achieved = np.where(facts > 0, total / np.maximum(facts, 1), current)
        # From here on in the direction of better work, so that one rule serves both directions.
        now, end, easiest = better * current, better * up_to, better * down_to
        move = np.clip(share * (better * achieved - now), -step, step)
        lowest = np.where(np.isnan(easiest), now, np.minimum(easiest, now))
        moved = np.clip(now + move, lowest, np.maximum(end, now))
        # To twelve digits, or a target of 0.915 + 0.02 would be missed by 0.935.
        current = np.where(revised, np.round(better * moved, 12), current)
        total, facts = np.where(revised, 0.0, total), np.where(revised, 0.0, facts)
    return targets
