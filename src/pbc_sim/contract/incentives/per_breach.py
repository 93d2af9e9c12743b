"""What does each failure beyond the allowance cost: an amount for every breach.

Lives here: the mechanism that counts what a share is short of its target. May not live here:
amounts for the share itself (`per_point.py`), events that no target allows for (`per_event.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Self

import numpy as np

from pbc_sim.contract.block import Block, column
from pbc_sim.contract.incentives.mechanism import INCENTIVES, KpiIncentive
from pbc_sim.contract.kpi_clauses import WrittenKpi
from pbc_sim.figures import count, money
from pbc_sim.inputs import Level, PositiveMoney
from pbc_sim.language import translated as _
from pbc_sim.performance.words import Words

__all__ = ["PerBreach"]


@INCENTIVES.register("per_breach")
class PerBreach(KpiIncentive):
    """An amount for every failure beyond those that the target of a share allows.

    Amount = -rate x breaches. Breaches = (target - KPI) x divisor of the KPI where more is better,
    (KPI - target) x divisor where less is; a KPI beyond `no_further_than` counts as that level, and
    one above 1 as 1, so that no more can fail than there is.

    Parameters
    ----------
    kpi : str
        The KPI of the contract; a share, as the on-time share.
    rate : float
        Deduction for each breach. [currency]
    no_further_than : float, optional
        Level of the KPI beyond which worse work costs no more. [as the KPI]

    Notes
    -----
    Source: NHS standard contract, accident and emergency: 200 pounds for each breach below 95 per
    cent, no further than 92 per cent (2014/15); 120 pounds, 85 per cent (2015/16).

    Examples
    --------
    >>> PerBreach(kpi="four_hours", rate=200, no_further_than=0.92).rate
    200.0
    """

    rate: PositiveMoney
    no_further_than: Level | None = None

    def levels(self) -> Iterable[float]:
        return () if self.no_further_than is None else (self.no_further_than,)

    def problem_with(self, clause: WrittenKpi | None) -> str | None:
        if clause and (clause.kpi.kind, clause.kpi.unit) != ("ratio", "1"):
            text = _("per_breach needs a KPI that is a share, and '{kpi}' is none")
            return text.format(kpi=self.kpi)
        if clause and self.no_further_than is not None:
            level, target = self.no_further_than, clause.target.level
            if level >= target if clause.kpi.better == "higher" else level <= target:
                return (
                    f"no_further_than ({level:g}) must be worse than the target of kpi "
                    f"'{self.kpi}' ({target:g}), or no breach would cost anything"
                )
        return super().problem_with(clause)

    @classmethod
    def _breaches(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        """Return the breaches that cost something, also parts of one; NaN where not reviewed."""
        reading = block.readings[clauses[0].kpi]
        sign = 1.0 if reading.higher_is_better else -1.0
        everything = 0.0 if reading.higher_is_better else 1.0
        floor = column(clauses, "no_further_than", missing=everything)
        worst = np.maximum if reading.higher_is_better else np.minimum
        short = sign * (reading.target - worst(reading.value, floor))
        return np.maximum(short, 0.0) * reading.divisor

    @classmethod
    def amounts(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        reading = block.readings[clauses[0].kpi]
        cost = column(clauses, "rate") * cls._breaches(clauses, block)
        return reading.when_reviewed(0.0 - cost)

    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        breaches = count(round(block.cell(self._breaches([self], block), period), 6))
        rate = money(-self.rate, currency, exact=True)
        return _("{n} breaches x {rate}").format(n=breaches, rate=rate)

    def clause(self, words: Words) -> str:
        kpi, rate = words.kpi(self.kpi), words.money(self.rate)
        further = ""
        if self.no_further_than is not None:
            worse = words.worse_than(self.kpi, self.no_further_than)
            further = words.pick(
                english=f"What is {worse} costs no more.",
                indonesian=f"Hasil yang berada {worse} tidak menambah pemotongan.",
            )
        return words.paragraph(
            words.pick(
                english=f"According to {kpi}: for each failure beyond those that the target "
                f"allows, {rate} is deducted.",
                indonesian=f"Berdasarkan {kpi}: untuk setiap kegagalan melebihi yang "
                f"diperbolehkan oleh target, dikenakan pemotongan sebesar {rate}.",
            ),
            further,
        )

    def worked(self, block: Block, period: int, words: Words) -> str:
        breaches = round(block.cell(self._breaches([self], block), period), 6)
        return f"− {words.number(breaches)} × {words.money(self.rate)}"
