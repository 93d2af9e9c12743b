"""What is a target worth: a fixed amount if it is missed, met or exceeded.

Lives here: the lump sum. May not live here: amounts that grow with the distance (`per_point.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np

from pbc_sim.contract.block import Block, column
from pbc_sim.contract.incentives.mechanism import INCENTIVES, KpiIncentive
from pbc_sim.contract.kpi_clauses import WrittenKpi
from pbc_sim.inputs import Money
from pbc_sim.language import translated as _
from pbc_sim.performance.words import Words

__all__ = ["LumpSum"]


@INCENTIVES.register("lump_sum")
class LumpSum(KpiIncentive):
    """A fixed amount for a target that is missed, met, or exceeded.

    Parameters
    ----------
    kpi : str
        The KPI of the contract.
    if_missed, if_met, if_exceeded : float
        Signed amounts a review; exceeded means the KPI's incentive level is reached, and pays as
        met where no amount is given. [currency]

    Notes
    -----
    Source: Sieke, Seifert and Thonemann (2012), flat penalty contract.

    Examples
    --------
    >>> LumpSum(kpi="accuracy", if_missed=-1_000_000).if_met
    0.0
    """

    if_missed: Money = 0.0
    if_met: Money = 0.0
    if_exceeded: Money | None = None

    def amounts_by_quality(self, higher_is_better: bool) -> list[float]:
        del higher_is_better
        paid = [self.if_missed, self.if_met]
        return paid if self.if_exceeded is None else [*paid, self.if_exceeded]

    def problem_with(self, clause: WrittenKpi | None) -> str | None:
        if self.if_exceeded is not None and clause and clause.incentive_level is None:
            text = _("lump_sum with if_exceeded needs an incentive_level of kpi '{kpi}'")
            return text.format(kpi=self.kpi)
        return super().problem_with(clause)

    @classmethod
    def amounts(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        reading = block.readings[clauses[0].kpi]
        missed, met, exceeded = (
            column(clauses, field) for field in ("if_missed", "if_met", "if_exceeded")
        )
        good = np.where(reading.exceeded & ~np.isnan(exceeded), exceeded, met)
        return reading.when_reviewed(np.where(reading.met, good, missed))

    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        del currency
        reading = self._cell(block, period)[1]
        shape = block.charges.shape
        if not np.broadcast_to(reading.met, shape)[0, 0, 0, period]:
            return _("fixed amount, target missed")
        if np.broadcast_to(reading.exceeded, shape)[0, 0, 0, period]:
            return _("fixed amount, target exceeded")
        return _("fixed amount, target met")

    def clause(self, words: Words) -> str:
        missed, met = words.signed(self.if_missed), words.signed(self.if_met)
        english = [f"if the target is missed, {missed}", f"if it is met, {met}"]
        indonesian = [f"apabila target tidak tercapai, {missed}", f"apabila tercapai, {met}"]
        if self.if_exceeded is not None:
            exceeded = words.signed(self.if_exceeded)
            english.append(f"if the incentive level is reached too, {exceeded} instead")
            indonesian.append(
                f"apabila tingkat insentif juga tercapai, sebagai gantinya {exceeded}"
            )
        kpi = words.kpi(self.kpi)
        return words.pick(
            english=f"At each review of {kpi}: {'; '.join(english)}.",
            indonesian=f"Pada setiap evaluasi {kpi}: {'; '.join(indonesian)}.",
        )

    def worked(self, block: Block, period: int, words: Words) -> str:
        _, reading = self._cell(block, period)
        shape = block.charges.shape
        if not np.broadcast_to(reading.met, shape)[0, 0, 0, period]:
            return words.pick(english="target missed", indonesian="target tidak tercapai")
        if (
            self.if_exceeded is not None
            and (np.broadcast_to(reading.exceeded, shape)[0, 0, 0, period])
        ):
            return words.pick(
                english="incentive level reached", indonesian="tingkat insentif tercapai"
            )
        return words.pick(english="target met", indonesian="target tercapai")
