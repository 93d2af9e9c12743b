"""Which amount does a KPI earn or cost: lump sums and rates per point.

Lives here: mechanisms that pay amounts for a KPI. May not live here: shares of the pay.
To add a mechanism: one class with `@INCENTIVES.register`; nothing else changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

import numpy as np

from pbc_sim.contract.block import Block, column
from pbc_sim.contract.incentives.mechanism import INCENTIVES, KpiIncentive
from pbc_sim.contract.kpi_clauses import WrittenKpi
from pbc_sim.figures import money
from pbc_sim.inputs import Money, PositiveMoney, number
from pbc_sim.performance.words import Words

__all__ = ["LumpSum", "PerPoint"]


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
            return f"lump_sum with if_exceeded needs an incentive_level of kpi '{self.kpi}'"
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
        _, reading = self._cell(block, period)
        shape = block.charges.shape
        if not np.broadcast_to(reading.met, shape)[0, 0, 0, period]:
            return "fixed amount, target missed"
        exceeded = np.broadcast_to(reading.exceeded, shape)[0, 0, 0, period]
        return f"fixed amount, target {'exceeded' if exceeded else 'met'}"

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
    Source: NHS A&E sanction per breach below 95 % with a floor; Liang and Atkins (2013).

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
            "as many points short as can be" if np.isinf(better) else f"{better:+.12g} points"
        )
        return (
            f"{distance} x {money(self.rate, currency, exact=True)}, from "
            f"{money(self.floor, currency, exact=True)} to {money(self.cap, currency, exact=True)}"
        )

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
