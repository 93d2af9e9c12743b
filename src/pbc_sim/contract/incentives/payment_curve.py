"""How much of the pay at risk does a KPI earn: a curve over its value.

Lives here: the payment curve. May not live here: steps (`step_tiers.py`), fixed amounts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Self

import numpy as np
from pydantic import Field

from pbc_sim.contract.block import Block, column
from pbc_sim.contract.incentives.mechanism import INCENTIVES, ShareIncentive
from pbc_sim.contract.incentives.ramps import corners, ramps
from pbc_sim.figures import share_in_full, worked_out
from pbc_sim.inputs import Level, Share, number
from pbc_sim.language import translated as _
from pbc_sim.performance.words import Words

__all__ = ["PaymentCurve"]


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
        heights = [height for _value, height in sorted(self.points.items())]
        return heights if higher_is_better else heights[::-1]

    def earned(self, value: float) -> float:
        """Return the part of what is at risk that a KPI value earns [1]."""
        return round(self._earned(value), 12)

    def _earned(self, value: float) -> float:
        return float(ramps(np.full((1, 1, 1, 1), value), *corners([self.points]))[0, 0, 0, 0])

    @classmethod
    def amounts(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        reading = block.readings[clauses[0].kpi]
        earned = ramps(reading.value, *corners([clause.points for clause in clauses]))
        at_risk = column(clauses, "at_risk") * block.base(clauses[0].of, reading)
        return reading.when_reviewed(at_risk * (earned - 1.0))

    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        earned = worked_out(self._earned(self._cell(block, period)[0]))
        base = self._base_text(block, period, currency)
        words = _("{part} at risk of {base} x ({earned} earned - 1)")
        return words.format(part=share_in_full(self.at_risk), base=base, earned=earned)

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
        value = self._cell(block, period)[0]
        base = self._base_worked(block, period, words)
        earned = words.share(round(self.earned(value), 6))
        return f"{words.share(self.at_risk)} × {base} × ({earned} − {words.share(1)})"
