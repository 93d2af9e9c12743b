"""Which share of the pay does a KPI earn or give back: curves and tiers.

Lives here: mechanisms that move a share of a base along a KPI. May not live here: fixed amounts.
To add a mechanism: one class with `@INCENTIVES.register`; nothing else changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Self

import numpy as np
from pydantic import Field

from pbc_sim.contract.block import Block, column, shared
from pbc_sim.contract.incentives.mechanism import INCENTIVES, ShareIncentive
from pbc_sim.figures import share
from pbc_sim.inputs import Level, Share, number
from pbc_sim.performance.words import Words

__all__ = ["PaymentCurve", "StepTiers"]


def _ramps(x: np.ndarray, corners_x: np.ndarray, corners_y: np.ndarray) -> np.ndarray:
    """Interpolate linearly between corners, flat outside them.

    The corners have shape (n_contracts, n_corners); a repeated corner adds nothing. The loop is
    over corners: a curve is its first height plus one ramp a section.
    """
    y = corners_y[:, 0, None, None, None]
    for k in range(corners_x.shape[1] - 1):
        begin, end = corners_x[:, k], corners_x[:, k + 1]
        run = end - begin
        slope = (corners_y[:, k + 1] - corners_y[:, k]) / np.where(run > 0, run, 1.0)
        ramp = np.clip(x - begin[:, None, None, None], 0.0, run[:, None, None, None])
        y = y + slope[:, None, None, None] * ramp
    return y


def _corners(curves: Sequence[Mapping[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    most = max(len(curve) for curve in curves)
    padded = [
        sorted(curve.items()) + [max(curve.items())] * (most - len(curve)) for curve in curves
    ]
    points = shared(np.array(padded, dtype=float))
    return points[..., 0], points[..., 1]


@INCENTIVES.register("payment_curve")
class PaymentCurve(ShareIncentive):
    """Part of the pay is at risk, and a curve over the KPI says how much of it is earned.

    Amount = at_risk x base x (curve(KPI) - 1), linear between the points and flat outside them.
    Two points make a line, a third an elbow, and a height above 1 is a bonus. For all or nothing
    take `step_tiers`, or two points that lie close together.

    Parameters
    ----------
    kpi : str
        The KPI of the contract.
    at_risk : float
        Share of the base that is at risk. [1]
    points : mapping of float to float
        KPI value: earned part of what is at risk. [1]
    of : {"period_charges", "contract_value"}
        The base.

    Notes
    -----
    Source: performancebasedcontracting.com, payment curves with minimum, elbow, required and
    incentive level.

    Examples
    --------
    >>> PaymentCurve(kpi="accuracy", at_risk=0.1, points={0.97: 0, 0.99: 1}).earned(0.98)
    0.5
    """

    at_risk: Share
    points: Annotated[
        Mapping[Level, Annotated[float, number("1", ge=-10, le=10)]],
        Field(min_length=2, max_length=50),
    ]

    def levels(self) -> Iterable[float]:
        return self.points

    def amounts_by_quality(self, higher_is_better: bool) -> list[float]:
        heights = [height for _, height in sorted(self.points.items())]
        return heights if higher_is_better else heights[::-1]

    def earned(self, value: float) -> float:
        """Return the part of what is at risk that a KPI value earns [1]."""
        return round(
            float(_ramps(np.full((1, 1, 1, 1), value), *_corners([self.points]))[0, 0, 0, 0]), 12
        )

    @classmethod
    def amounts(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        reading = block.readings[clauses[0].kpi]
        earned = _ramps(reading.value, *_corners([clause.points for clause in clauses]))
        at_risk = column(clauses, "at_risk") * block.base(clauses[0].of, reading)
        return reading.when_reviewed(at_risk * (earned - 1.0))

    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        value, _ = self._cell(block, period)
        earned = self.earned(value)
        base = self._base_text(block, period, currency)
        return f"{share(self.at_risk)} at risk of {base} x ({earned:.12g} earned - 1)"

    def clause(self, words: Words) -> str:
        points = words.listed(
            words.pick(
                english=f"{words.share(height)} at {words.level(self.kpi, value)}",
                indonesian=f"{words.share(height)} pada {words.level(self.kpi, value)}",
            )
            for value, height in sorted(self.points.items())
        )
        kpi, at_risk, base = words.kpi(self.kpi), words.share(self.at_risk), self._base_said(words)
        return words.pick(
            english=f"Of {base}, {at_risk} is at risk under {kpi}. Of what is at risk the Supplier "
            f"earns {points}, in proportion between these levels and unchanged beyond the outermost"
            " ones. What is not earned is deducted; what is earned beyond 100% is paid as a bonus.",
            indonesian=f"Dari {base}, {at_risk} dipertaruhkan berdasarkan {kpi}. Dari bagian yang "
            f"dipertaruhkan, Penyedia memperoleh {points}, secara proporsional di antara tingkat "
            "tersebut dan tetap di luar tingkat terluar. Bagian yang tidak diperoleh dipotong; "
            "perolehan di atas 100% dibayarkan sebagai bonus.",
        )

    def worked(self, block: Block, period: int, words: Words) -> str:
        value, _ = self._cell(block, period)
        base = self._base_worked(block, period, words)
        earned = words.share(round(self.earned(value), 6))
        return f"{words.share(self.at_risk)} × {base} × ({earned} − {words.share(1)})"


@INCENTIVES.register("step_tiers")
class StepTiers(ShareIncentive):
    """Service credits: beyond a threshold a share of the base is given back.

    A value worse than a threshold (strictly) reaches its tier; the deepest tier reached counts.

    Parameters
    ----------
    kpi : str
        The KPI of the contract.
    tiers : mapping of float to float
        Threshold: share of the base that is deducted. [1]
    of : {"period_charges", "contract_value"}
        The base.

    Notes
    -----
    Source: Amazon S3 service level agreement (below 99.9 %: 10 %, 99.0 %: 25 %, 95.0 %: 100 %).

    Examples
    --------
    >>> StepTiers(kpi="uptime", tiers={0.999: 0.1, 0.99: 0.25, 0.95: 1.0}).credit(0.97, True)
    0.25
    """

    tiers: Annotated[Mapping[Level, Share], Field(min_length=1, max_length=50)]

    def levels(self) -> Iterable[float]:
        return self.tiers

    @classmethod
    def _credits(cls, clauses: Sequence[Self], x: np.ndarray, higher_is_better: bool) -> np.ndarray:
        thresholds, given_back = _corners([clause.tiers for clause in clauses])
        total = np.zeros_like(x)
        for k in range(thresholds.shape[1]):
            threshold = thresholds[:, k, None, None, None]
            reached = x < threshold if higher_is_better else x > threshold
            total = np.maximum(total, np.where(reached, given_back[:, k, None, None, None], 0.0))
        return total

    def amounts_by_quality(self, higher_is_better: bool) -> list[float]:
        credits_given = [-credit for _, credit in sorted(self.tiers.items())]
        return credits_given if higher_is_better else credits_given[::-1]

    def credit(self, value: float, higher_is_better: bool) -> float:
        """Return the share of the base that a KPI value gives back [1]."""
        x = np.full((1, 1, 1, 1), value)
        return float(self._credits([self], x, higher_is_better)[0, 0, 0, 0])

    @classmethod
    def amounts(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        reading = block.readings[clauses[0].kpi]
        given_back = cls._credits(clauses, reading.value, reading.higher_is_better)
        return reading.when_reviewed(0.0 - given_back * block.base(clauses[0].of, reading))

    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        value, reading = self._cell(block, period)
        credit = self.credit(value, reading.higher_is_better)
        return f"credit of {share(credit)} of {self._base_text(block, period, currency)}"

    def clause(self, words: Words) -> str:
        higher = words.kpis[self.kpi].kpi.better == "higher"
        tiers = words.listed(
            f"{words.share(given_back)} {words.worse_than(self.kpi, level)}"
            for level, given_back in sorted(self.tiers.items(), reverse=higher)
        )
        kpi, base = words.kpi(self.kpi), self._base_said(words)
        return words.pick(
            english=f"According to {kpi} the Supplier gives back, of {base}: {tiers}. Only the "
            "deepest level reached counts; exactly at a level it is not yet reached.",
            indonesian=f"Berdasarkan {kpi}, Penyedia mengembalikan, dari {base}: {tiers}. Hanya "
            "tingkat terdalam yang tercapai yang diperhitungkan; tepat pada suatu tingkat belum "
            "dianggap tercapai.",
        )

    def worked(self, block: Block, period: int, words: Words) -> str:
        value, reading = self._cell(block, period)
        credit = words.share(self.credit(value, reading.higher_is_better))
        return f"− {credit} × {self._base_worked(block, period, words)}"
