"""What do several KPIs earn together: a weighted pool of money.

Lives here: the pool, earned or paid in advance. May not live here: extensions of the term.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.contract.block import Block, Reading, column
from pbc_sim.contract.incentives.mechanism import INCENTIVES, Base, Incentive
from pbc_sim.figures import money, share_in_full
from pbc_sim.inputs import Name, PositiveMoney, Share, number
from pbc_sim.language import translated as _
from pbc_sim.performance.words import Words

__all__ = ["BonusPool"]


Weight = Annotated[float, number("1", gt=0, le=1)]


@INCENTIVES.register("bonus_pool")
class BonusPool(Incentive):
    """A pool of money that the KPIs earn by their weights, each if its target is met.

    Amount = sum over the KPIs reviewed of weight x pool of the review, if met. Paid in advance, the
    pool is part of the charges, and what is not earned is deducted instead.

    Parameters
    ----------
    weights : mapping of str to float
        KPI of the contract: part of the pool; they sum to 1. [1]
    pool : float, optional
        The pool of a payment period; exactly one of pool and share. [currency/period]
    share : float, optional
        The pool as a share of `of`. [1]
    of : {"period_charges", "contract_value"}
        With a share: the charges of each KPI's review, or its part of the contract value.
    paid : {"when_earned", "in_advance"}
        Whether what is earned is a bonus, or what is not earned is a deduction.

    Notes
    -----
    Source: CQUIN of the NHS standard contract, 1.25% of the contract in 2022/23 over five
    indicators of 0.25% each, paid in advance with deductions.

    Examples
    --------
    >>> BonusPool(weights={"accuracy": 0.6, "speed": 0.4}, pool=1000).earned(["accuracy"])
    600.0
    """

    weights: Annotated[Mapping[Name, Weight], Field(min_length=1, max_length=100)]
    pool: PositiveMoney | None = None
    share: Share | None = None
    of: Base = "period_charges"
    paid: Literal["when_earned", "in_advance"] = "when_earned"

    @model_validator(mode="after")
    def _is_one_pool(self) -> BonusPool:
        if (self.pool is None) == (self.share is None):
            raise PydanticCustomError("pool", _("must give either pool or share, and not both"))
        total = sum(self.weights.values())
        if abs(total - 1) > 1e-9:
            text = _("weights must sum to 1, got {total}")
            raise PydanticCustomError("pool", text, {"total": f"{total:g}", "field": "weights"})
        return self

    @property
    def kpi_names(self) -> tuple[str, ...]:
        return tuple(self.weights)

    def structure(self) -> tuple[Any, ...]:
        return (*super().structure(), tuple(self.weights))

    def amounts_by_quality(self, higher_is_better: bool) -> list[float]:
        del higher_is_better
        return [-1.0, 0.0] if self.paid == "in_advance" else [0.0, 1.0]

    def earned(self, met: Sequence[str]) -> float:
        """Return what the KPIs that meet their targets earn of a pool given as an amount."""
        return sum(self.weights[kpi] for kpi in met) * (self.pool or 0.0)

    @classmethod
    def _pool(cls, clauses: Sequence[Self], block: Block, reading: Reading) -> np.ndarray:
        if clauses[0].share is not None:
            return column(clauses, "share") * block.base(clauses[0].of, reading)
        length = np.arange(block.n_periods) - reading.since + 1
        return column(clauses, "pool") * length

    @classmethod
    def amounts(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        first, total = clauses[0], np.zeros((1, 1, 1, 1))
        for kpi in first.weights:
            reading = block.readings[kpi]
            weight = np.array([c.weights[kpi] for c in clauses])[:, None, None, None]
            earned = reading.met - (1.0 if first.paid == "in_advance" else 0.0)
            amount = weight * cls._pool(clauses, block, reading) * earned
            total = total + reading.when_reviewed(amount)
        return total

    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        parts = []
        for kpi, weight in self.weights.items():
            reading = block.readings[kpi]
            if not reading.reviewed[period]:
                continue
            pool = money(
                block.cell(self._pool([self], block, reading), period), currency, exact=True
            )
            verdict = _("met") if block.cell(reading.met, period) else _("missed")
            words = _("{part} of {pool} ({kpi} {verdict})")
            parts.append(
                words.format(part=share_in_full(weight), pool=pool, kpi=kpi, verdict=verdict)
            )
        if not parts:
            return _("no review ends here")
        counted = _("missed ones deducted") if self.paid == "in_advance" else _("met ones paid")
        return f"{counted}: {'; '.join(parts)}"

    def worked(self, block: Block, period: int, words: Words) -> str:
        parts = []
        for kpi, weight in self.weights.items():
            reading = block.readings[kpi]
            if not reading.reviewed[period]:
                continue
            pool = words.due(block.cell(self._pool([self], block, reading), period))
            # In advance, what is missed is taken back; else, what is met is paid.
            earned = block.cell(reading.met, period) - (1 if self.paid == "in_advance" else 0)
            if earned:
                parts.append(f"{words.share(earned * weight)} × {pool} ({words.kpi(kpi)})")
        none = words.pick(english="nothing", indonesian="tidak ada")
        return "; ".join(parts) or none

    def clause(self, words: Words) -> str:
        if self.pool is not None:
            amount = words.money(self.pool)
            size = words.pick(
                english=f"{amount} for each payment period",
                indonesian=f"{amount} untuk setiap periode pembayaran",
            )
        else:
            part = words.share(self.share or 0.0)
            base = {
                "period_charges": ("the charges of the review period", "tagihan periode evaluasi"),
                "contract_value": (
                    "the part of the contract value that falls to the review period",
                    "bagian nilai kontrak untuk periode evaluasi",
                ),
            }[self.of]
            size = words.pick(english=f"{part} of {base[0]}", indonesian=f"{part} dari {base[1]}")
        parts = words.listed(
            words.pick(
                english=f"{words.share(weight)} by {words.kpi(kpi)}",
                indonesian=f"{words.share(weight)} oleh {words.kpi(kpi)}",
            )
            for kpi, weight in self.weights.items()
        )
        if self.paid == "in_advance":
            return words.pick(
                english=f"The charges contain a pool of {size}. It is earned in parts, each if the "
                f"KPI meets its target: {parts}. What is not earned is deducted.",
                indonesian=f"Tagihan memuat dana kinerja sebesar {size}. Dana itu diperoleh per "
                f"bagian, masing-masing apabila KPI mencapai targetnya: {parts}. Bagian yang tidak "
                "diperoleh dipotong.",
            )
        return words.pick(
            english=f"A bonus pool of {size} is earned in parts, each if the KPI meets its target: "
            f"{parts}.",
            indonesian=f"Dana bonus sebesar {size} diperoleh per bagian, masing-masing apabila KPI "
            f"mencapai targetnya: {parts}.",
        )
