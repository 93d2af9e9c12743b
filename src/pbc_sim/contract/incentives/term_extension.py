"""What does a record of met targets earn: a longer term.

Lives here: the extension and its worth. May not live here: an early end
(`contract/termination.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.contract.block import Block, column
from pbc_sim.contract.incentives.mechanism import INCENTIVES, Incentive
from pbc_sim.figures import money
from pbc_sim.inputs import PositiveCount, PositiveMoney, Share
from pbc_sim.language import translated as _
from pbc_sim.performance.words import Words

__all__ = ["TermExtension"]


@INCENTIVES.register("term_extension")
class TermExtension(Incentive):
    """An extension of the term for every target met; its worth is paid in the last period.

    Amount = worth, or margin_share x contract value x months / months of the term. It stands for
    the supplier's profit of the extension; orders after the term are not simulated, so the buyer's
    cost and benefit of them are left out. Reviews in the ramp-in do not count.

    Parameters
    ----------
    months : int
        Length of the extension. [month]
    worth : float, optional
        What the extension is worth to the supplier; exactly one of worth and margin_share.
        [currency]
    margin_share : float, optional
        Profit of the extension relative to its value. [1]

    Notes
    -----
    Source: award-term incentive of US federal contracts (FAR 16.401 and agency supplements).

    Examples
    --------
    >>> TermExtension(months=12, worth=50_000).months
    12
    """

    months: PositiveCount
    worth: PositiveMoney | None = None
    margin_share: Share | None = None

    @model_validator(mode="after")
    def _has_one_worth(self) -> TermExtension:
        if (self.worth is None) == (self.margin_share is None):
            raise PydanticCustomError("extension", _("must give either worth or margin_share"))
        return self

    @property
    def needs_kpis(self) -> bool:
        return True

    def amounts_by_quality(self, higher_is_better: bool) -> list[float]:
        del higher_is_better
        return [0.0, 1.0]

    @classmethod
    def _granted(cls, block: Block) -> np.ndarray:
        ok = np.array(True)
        for reading in block.readings.values():
            ok = ok & (reading.met | ~block.acts).all(axis=-1, keepdims=True)
        # A contract that was terminated is not extended.
        return ok & block.alive[..., -1:]

    @classmethod
    def _worth(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        if clauses[0].worth is not None:
            return column(clauses, "worth")
        profit = column(clauses, "margin_share") * block.contract_value
        return profit * column(clauses, "months") / block.term_months

    @classmethod
    def amounts(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        last = np.arange(block.n_periods) == block.n_periods - 1
        return np.where(last & cls._granted(block), cls._worth(clauses, block), 0.0)

    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        if period < block.n_periods - 1:
            return _("decided in the last period")
        granted = block.cell(self._granted(block), period)
        shown = money(block.cell(self._worth([self], block), period), currency, exact=True)
        verdict = _("every target met") if granted else _("not every target met")
        words = _("extension by {months} months worth {worth}: {verdict}")
        return words.format(months=self.months, worth=shown, verdict=verdict)

    def worked(self, block: Block, period: int, words: Words) -> str:
        if period < block.n_periods - 1:
            return words.pick(
                english="decided in the last period", indonesian="diputuskan pada periode terakhir"
            )
        if block.cell(self._granted(block), period):
            return words.pick(english="every target met", indonesian="semua target tercapai")
        return words.pick(english="not every target met", indonesian="tidak semua target tercapai")

    def clause(self, words: Words) -> str:
        months = words.counted(self.months, "month", "bulan")
        if self.worth is not None:
            worth = words.money(self.worth)
            valued = words.pick(
                english=f"For pricing, the extension is worth {worth} to the Supplier.",
                indonesian=f"Untuk perhitungan, perpanjangan itu bernilai {worth} bagi Penyedia.",
            )
        else:
            margin = words.share(self.margin_share or 0.0)
            valued = words.pick(
                english=f"For pricing, the extension is worth {margin} of the contract value of "
                "those months to the Supplier.",
                indonesian=f"Untuk perhitungan, perpanjangan itu bernilai {margin} dari nilai "
                "kontrak selama bulan-bulan tersebut bagi Penyedia.",
            )
        granted = words.pick(
            english=f"If every review of every KPI meets its target, the contract is extended by "
            f"{months}.",
            indonesian=f"Apabila setiap evaluasi setiap KPI mencapai targetnya, kontrak "
            f"diperpanjang selama {months}.",
        )
        return words.paragraph(granted, valued)
