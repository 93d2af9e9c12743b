"""What does turnover give back: rebates by tiers.

Lives here: the rebate on what is charged over a year or the term. May not live here: price levels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field

from pbc_sim.contract.adjustments.adjustment import ADJUSTMENTS, Adjustment
from pbc_sim.contract.block import Block
from pbc_sim.figures import money, share
from pbc_sim.inputs import PositiveMoney, Share
from pbc_sim.language import translated as _
from pbc_sim.performance.words import Words

__all__ = ["VolumeRebate"]


@ADJUSTMENTS.register("volume_rebate")
class VolumeRebate(Adjustment):
    """The supplier gives back a share of its turnover, by tiers, when a year or the term ends.

    Turnover is the sum of the charges, an index included. Amount = -share of the highest tier
    reached x turnover; or, on the excess, minus the sum over tiers of share x turnover within the
    tier. A turnover equal to a threshold reaches its tier.

    Parameters
    ----------
    tiers : mapping of float to float
        Turnover from which on: share that is given back. [1]
    per : {"year", "term"}
        Over what the turnover is counted: years from the beginning of the term, the last one up to
        its end, or the term.
    on : {"all", "excess"}
        Whether a tier's share is of the whole turnover or of what lies within the tier.

    Notes
    -----
    Source: Munson and Rosenblatt (1998), all-units and incremental quantity discounts.

    Examples
    --------
    >>> VolumeRebate(tiers={1000: 0.01, 5000: 0.02}).rebate(5000)
    100.0
    >>> VolumeRebate(tiers={1000: 0.01, 5000: 0.02}, on="excess").rebate(6000)
    60.0
    """

    tiers: Annotated[Mapping[PositiveMoney, Share], Field(min_length=1, max_length=50)]
    per: Literal["year", "term"] = "term"
    on: Literal["all", "excess"] = "all"

    def rebate(self, turnover: float) -> float:
        """Return what is given back on a turnover, >= 0 [currency]."""
        return float(self._rebates([self], np.full((1, 1, 1, 1), turnover))[0, 0, 0, 0])

    @classmethod
    def _rebates(cls, clauses: Sequence[Self], turnover: np.ndarray) -> np.ndarray:
        most = max(len(clause.tiers) for clause in clauses)
        total, above = np.zeros((1, 1, 1, 1)), clauses[0].on == "excess"
        before = np.zeros((1, 1, 1, 1))
        for k in range(most):
            rows = [sorted(c.tiers.items())[k] if k < len(c.tiers) else None for c in clauses]
            begin = np.array([row[0] if row else np.inf for row in rows])[:, None, None, None]
            part = np.array([row[1] if row else 0.0 for row in rows])[:, None, None, None]
            reached = turnover >= begin
            if above:
                over = np.where(reached, turnover - np.where(reached, begin, 0.0), 0.0)
                total = total + np.where(reached, (part - before) * over, 0.0)
            else:
                total = np.where(reached, part * turnover, total)
            before = part
        return total

    @classmethod
    def _turnover(cls, clauses: Sequence[Self], block: Block) -> tuple[np.ndarray, np.ndarray]:
        """Return the turnover so far of the span that each period lies in, and where spans end."""
        spans = block.years_before if clauses[0].per == "year" else np.zeros(block.n_periods)
        ends = np.append(np.diff(spans) != 0, True)
        charges = np.broadcast_to(
            block.charges, np.broadcast_shapes((block.n_periods,), block.shape)
        )
        so_far = np.empty(charges.shape)
        run = np.zeros(charges.shape[:-1])
        for period in range(block.n_periods):
            starts = period > 0 and ends[period - 1]
            run = charges[..., period] + (0.0 if starts else run)
            so_far[..., period] = run
        return so_far, ends

    @classmethod
    def amounts(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        turnover, ends = cls._turnover(clauses, block)
        due = (ends & block.alive) | block.last
        return np.where(due, 0.0 - cls._rebates(clauses, turnover), 0.0)

    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        turnover, ends = self._turnover([self], block)
        so_far = block.cell(turnover, period)
        of_what = {
            "year": _("turnover of the year so far {amount}"),
            "term": _("turnover of the term so far {amount}"),
        }
        words = of_what[self.per].format(amount=money(so_far, currency, exact=True))
        if not (ends[period] or block.cell(block.last, period)):
            return words
        rebate = self.rebate(so_far)
        part = share(rebate / so_far, 2) if so_far else share(0.0)
        given = _("rebate {amount} ({part} of it)")
        return f"{words}; {given.format(amount=money(rebate, currency, exact=True), part=part)}"

    def worked(self, words: Words) -> str:
        return words.pick(english="volume rebate", indonesian="potongan volume")

    def clause(self, words: Words) -> str:
        tiers = words.listed(
            words.pick(
                english=f"{words.share(part)} from a turnover of {words.money(begin)} on",
                indonesian=f"{words.share(part)} mulai dari omzet {words.money(begin)}",
            )
            for begin, part in sorted(self.tiers.items())
        )
        over = {"year": ("each year of the term", "setiap tahun"), "term": ("the term", "")}
        of_what = {
            "all": ("of the whole turnover", "dari seluruh omzet"),
            "excess": (
                "of the part of the turnover that lies within the tier",
                "dari bagian omzet yang berada dalam tingkat itu",
            ),
        }[self.on]
        length = over[self.per][1] or "seluruh jangka waktu kontrak"
        return words.pick(
            english=f"At the end of {over[self.per][0]} the Supplier gives back a share of its "
            f"turnover, the sum of the charges: {tiers}, {of_what[0]}. A turnover equal to a "
            "threshold reaches its tier.",
            indonesian=f"Pada akhir {length} Penyedia mengembalikan sebagian omzetnya, yaitu "
            f"jumlah tagihan: {tiers}, {of_what[1]}. Omzet yang sama dengan ambang mencapai "
            "tingkatnya.",
        )
