"""What is held back until the end: retention money.

Lives here: the retention of a share of the charges, and its release. May not live here: deductions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Self

import numpy as np
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.contract.adjustments.adjustment import ADJUSTMENTS, Adjustment
from pbc_sim.contract.block import Block, column
from pbc_sim.figures import money, share_in_full
from pbc_sim.inputs import Share
from pbc_sim.language import translated as _
from pbc_sim.performance.words import Words

__all__ = ["Retention"]


@ADJUSTMENTS.register("retention")
class Retention(Adjustment):
    """A share of the charges is held back, and released in the last period if it was earned.

    Amount = -share x charges in each period; the sum is paid back in the last period. After a
    termination nothing is released.

    Parameters
    ----------
    share : float
        Share of the charges that is held back. [1]
    released : {"always", "all_targets_met", "share_of_reviews_met"}
        Whether the money is released when the term ends in any case, or only if all reviews of the
        KPIs met their targets, or at least `least_met` of them; those in the ramp-in do not count.
    least_met : float, optional
        Share of the reviews that must meet their targets, reached or exceeded. [1]

    Notes
    -----
    Source: retention money (retensi) of supply and works contracts, 5% as a rule in Indonesia
    (Perpres 16/2018 art. 35, jaminan pemeliharaan).

    Examples
    --------
    >>> Retention(share=0.05).released
    'always'
    """

    share: Share
    released: Literal["always", "all_targets_met", "share_of_reviews_met"] = "always"
    least_met: Share | None = None

    @model_validator(mode="after")
    def _says_what_releases_it(self) -> Retention:
        if (self.released == "share_of_reviews_met") != (self.least_met is not None):
            text = _("least_met goes with released: share_of_reviews_met, and only with it")
            raise PydanticCustomError("retention", text, {"field": "least_met"})
        return self

    @property
    def needs_kpis(self) -> bool:
        return self.released != "always"

    @classmethod
    def _earned(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        """Tell whether the money is released, last axis 1."""
        alive = block.alive[..., -1:]
        if clauses[0].released == "always":
            return alive
        reviews, met = np.zeros((1, 1, 1, 1)), np.zeros((1, 1, 1, 1))
        for reading in block.readings.values():
            counts = reading.counts & block.acts
            reviews = reviews + counts.sum(axis=-1, keepdims=True)
            met = met + (counts & reading.met).sum(axis=-1, keepdims=True)
        least = column(clauses, "least_met", missing=1.0)
        # 0.9 of 10 reviews are 9, whatever the rounding.
        return alive & (met >= least * reviews * (1 - 1e-12))

    @classmethod
    def amounts(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        held = np.broadcast_to(
            column(clauses, "share") * block.charges,
            np.broadcast_shapes((len(clauses), 1, 1, block.n_periods), block.shape),
        )
        last = np.arange(block.n_periods) == block.n_periods - 1
        total = np.cumsum(held, axis=-1)[..., -1:]
        return np.where(last & cls._earned(clauses, block), total, 0.0) - held

    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        charges = money(block.cell(block.charges, period), currency, exact=True)
        words = _("{part} of charges {charges} held back").format(
            part=share_in_full(self.share), charges=charges
        )
        if period < block.n_periods - 1:
            return words
        total = self.share * sum(block.cell(block.charges, p) for p in range(block.n_periods))
        is_earned = block.cell(self._earned([self], block), period)
        if is_earned:
            verdict = _("{amount} of the term released")
        else:
            # Released always or on a condition, so what is not released has missed one.
            verdict = {
                "all_targets_met": _("{amount} of the term not released: not all targets met"),
                "share_of_reviews_met": _("{amount} of the term not released: too few targets met"),
            }.get(self.released, _("{amount} of the term not released"))
        return f"{words}; {verdict.format(amount=money(total, currency, exact=True))}"

    def worked(self, words: Words) -> str:
        return words.pick(english="retention", indonesian="retensi")

    def clause(self, words: Words) -> str:
        held = words.share(self.share)
        least = words.share(self.least_met or 0.0)
        released = {
            "always": ("in any case", "dalam hal apa pun"),
            "all_targets_met": (
                "if every review of every KPI has met its target",
                "apabila setiap evaluasi setiap KPI mencapai targetnya",
            ),
            "share_of_reviews_met": (
                f"if at least {least} of all reviews have met their targets",
                f"apabila paling sedikit {least} dari seluruh evaluasi mencapai target",
            ),
        }[self.released]
        return words.pick(
            english=f"From each payment {held} of the charges are held back. The sum is released "
            f"with the last payment {released[0]}; after a termination it is not released.",
            indonesian=f"Dari setiap pembayaran ditahan {held} dari tagihan. Jumlahnya dilepaskan "
            f"bersama pembayaran terakhir {released[1]}; setelah pemutusan kontrak jumlah itu "
            "tidak dilepaskan.",
        )
