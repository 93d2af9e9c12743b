"""How much of the pay is given back beyond a threshold: service credits in steps.

Lives here: the tiers. May not live here: curves without steps (`payment_curve.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Self

import numpy as np
from pydantic import Field

from pbc_sim.contract.block import Block
from pbc_sim.contract.incentives.mechanism import INCENTIVES, ShareIncentive
from pbc_sim.contract.incentives.ramps import corners
from pbc_sim.figures import share_in_full
from pbc_sim.inputs import Level, Share
from pbc_sim.language import translated as _
from pbc_sim.performance.words import Words

__all__ = ["StepTiers"]


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
    Source: Amazon S3 service level agreement (below 99.9%: 10%, 99.0%: 25%, 95.0%: 100%).

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
        thresholds, given_back = corners([clause.tiers for clause in clauses])
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
        words = _("credit of {part} of {base}")
        return words.format(
            part=share_in_full(credit), base=self._base_text(block, period, currency)
        )

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
