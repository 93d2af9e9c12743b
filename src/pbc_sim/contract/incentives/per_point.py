"""What is each point between a KPI and its target worth.

Lives here: the rate per point, with its floor and cap. May not live here: counts of failures
(`per_breach.py`), shares of the pay (`payment_curve.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

import numpy as np

from pbc_sim.contract.block import Block, column
from pbc_sim.contract.incentives.mechanism import INCENTIVES, KpiIncentive
from pbc_sim.figures import money, worked_out
from pbc_sim.inputs import PositiveMoney, number
from pbc_sim.language import translated as _
from pbc_sim.performance.words import Words

__all__ = ["PerPoint"]


@INCENTIVES.register("per_point")
class PerPoint(KpiIncentive):
    """An amount for every point between KPI and target, within a floor and a cap.

    Amount = rate x (KPI - target) / point, with the sign such that better pays more.

    Parameters
    ----------
    kpi : str
        The KPI of the contract.
    rate : float
        Amount a point. [currency]
    point : float
        Size of a point in the unit of the KPI; 0.01 is a percentage point.
    floor, cap : float
        Least and largest amount a review; the floor is a deduction and so not above 0. [currency]

    Notes
    -----
    Source: NHS A&E sanction per breach below 95% with a floor; Liang and Atkins (2013).

    Examples
    --------
    >>> PerPoint(kpi="accuracy", rate=1_000_000, floor=-3_000_000).cap
    0.0
    """

    rate: PositiveMoney
    point: Annotated[float, number("1", gt=0)] = 0.01
    floor: Annotated[float, number("currency", ge=-1e15, le=0)]
    cap: PositiveMoney = 0.0

    @classmethod
    def amounts(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        reading = block.readings[clauses[0].kpi]
        sign = 1.0 if reading.higher_is_better else -1.0
        slope = sign * column(clauses, "rate") / column(clauses, "point")
        # A KPI without bound that counts as missed is infinitely far from its target.
        distance = np.clip(reading.value - reading.target, -1e15, 1e15)
        amount = np.clip(slope * distance, column(clauses, "floor"), column(clauses, "cap"))
        return reading.when_reviewed(amount)

    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        value, reading = self._cell(block, period)
        points = (value - self._target(block, period)) / self.point
        better = points if reading.higher_is_better else -points
        distance = (
            _("as many points short as can be")
            if np.isinf(better)
            else _("{n} points").format(n=worked_out(better, "+"))
        )
        rate, floor, cap = (
            money(amount, currency, exact=True) for amount in (self.rate, self.floor, self.cap)
        )
        words = _("{distance} x {rate}, from {floor} to {cap}")
        return words.format(distance=distance, rate=rate, floor=floor, cap=cap)

    def clause(self, words: Words) -> str:
        kpi, rate = words.kpi(self.kpi), words.money(self.rate)
        point = words.distance(self.kpi, self.point)
        floor, cap = words.money(-self.floor), words.money(self.cap)
        better = words.pick(
            english=f"for every {point} by which it is better than its target, {rate} is paid on "
            f"top, up to {cap} a review.",
            indonesian=f"untuk setiap {point} lebih baik daripada target, dibayarkan tambahan "
            f"sebesar {rate}, paling banyak {cap} per evaluasi.",
        )
        worse = words.pick(
            english=f"According to {kpi}: for every {point} by which it is worse than its target, "
            f"{rate} is deducted, up to {floor} a review",
            indonesian=f"Berdasarkan {kpi}: untuk setiap {point} lebih buruk daripada target, "
            f"dikenakan pemotongan sebesar {rate}, paling banyak {floor} per evaluasi",
        )
        none = words.pick(
            english="what is better earns nothing more.",
            indonesian="hasil yang lebih baik tidak menambah pembayaran.",
        )
        return words.paragraph(
            f"{worse};",
            better if self.cap else none,
            words.pick(
                english="Parts of this step count in proportion.",
                indonesian="Bagian dari langkah tersebut diperhitungkan secara proporsional.",
            ),
        )

    def worked(self, block: Block, period: int, words: Words) -> str:
        value, reading = self._cell(block, period)
        points = (value - self._target(block, period)) / self.point
        better = points if reading.higher_is_better else -points
        floor, cap = words.money(self.floor), words.money(self.cap)
        within = words.pick(
            english=f"{words.money(self.rate)}, from {floor} to {cap}",
            indonesian=f"{words.money(self.rate)}, dari {floor} sampai {cap}",
        )
        if np.isinf(better):
            return f"−∞ × {within}"
        return f"{words.number(round(better, 6))} × {within}"
