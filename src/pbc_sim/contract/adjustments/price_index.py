"""How do prices follow an index: indexation of the charges.

Lives here: the adjustment for inflation or a published index. May not live here: discounting.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Self

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.contract.adjustments.adjustment import ADJUSTMENTS, Adjustment
from pbc_sim.contract.block import Block
from pbc_sim.figures import money, numeral, share_in_full
from pbc_sim.inputs import Share, number
from pbc_sim.language import translated as _
from pbc_sim.performance.words import Words

__all__ = ["PriceIndex"]

Index = Annotated[float, number("1", gt=0, le=1000)]


@ADJUSTMENTS.register("price_index")
class PriceIndex(Adjustment):
    """The charges follow an index, in whole or in part; it belongs to the charges.

    Amount = charges x indexed x (index - 1). The index is 1 when the term begins. By a yearly rate
    it is (1 + rate)^years with whole years, so prices change on each anniversary; by dates it is
    the last one of `dated` that is reached when the payment period begins.

    Parameters
    ----------
    yearly_rate : float, optional
        Growth of the index a year; exactly one of yearly_rate and dated. [1/year]
    dated : mapping of date to float, optional
        Index from each date on, relative to the beginning of the term. [1]
    indexed : float
        Part of the charges that follows it. [1]

    Notes
    -----
    Source: price adjustment clauses (World Bank standard bidding documents, a fixed and an indexed
    part; in Indonesia Perpres 16/2018 art. 37, penyesuaian harga).

    Examples
    --------
    >>> PriceIndex(yearly_rate=0.1).index(2, dt.date(2024, 1, 1))
    1.21
    """

    yearly_rate: Annotated[float, number("1/year", ge=-0.9, le=10)] | None = None
    dated: Annotated[Mapping[dt.date, Index], Field(max_length=1000)] = {}
    indexed: Share = 1.0
    of_charges: ClassVar[bool] = True

    @model_validator(mode="after")
    def _is_one_path(self) -> PriceIndex:
        if (self.yearly_rate is None) == (not self.dated):
            raise PydanticCustomError(
                "index", _("must give either yearly_rate or dated, and not both")
            )
        return self

    def structure(self) -> tuple[Any, ...]:
        return ()  # the indices are worked out contract by contract

    def index(self, years: int, begin: dt.date) -> float:
        """Return the index of a payment period [1].

        Parameters
        ----------
        years : int
            Whole years since the term began. [year]
        begin : date
            First day of the period.
        """
        if self.yearly_rate is not None:
            return round((1 + self.yearly_rate) ** years, 12)
        reached = [day for day in self.dated if day <= begin]
        return self.dated[max(reached)] if reached else 1.0

    @classmethod
    def amounts(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        periods = list(zip(block.years_before.tolist(), block.begins, strict=True))
        changes = np.array(
            [[c.indexed * (c.index(years, day) - 1.0) for years, day in periods] for c in clauses]
        )
        return changes[:, None, None, :] * block.charges

    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        index = self.index(int(block.years_before[period]), block.begins[period])
        # Charges include the index by now.
        before = block.cell(block.charges, period) / (1.0 + self.indexed * (index - 1.0))
        words = _("{charges} x (index {index} - 1)").format(
            charges=money(before, currency, exact=True), index=numeral(index, ".6g")
        )
        if self.indexed == 1:
            return words
        return f"{words} x {_('{part} indexed').format(part=share_in_full(self.indexed))}"

    def worked(self, words: Words) -> str:
        return words.pick(english="price index", indonesian="indeks harga")

    def clause(self, words: Words) -> str:
        part = words.share(self.indexed)
        if self.yearly_rate is not None:
            rate = words.share(self.yearly_rate)
            path = words.pick(
                english=f"The index is 1 when the term begins and changes by {rate} on each "
                "anniversary.",
                indonesian=f"Indeks bernilai 1 pada awal jangka waktu kontrak dan berubah {rate} "
                "pada setiap ulang tahunnya.",
            )
        else:
            steps = words.listed(
                words.pick(
                    english=f"{words.number(index)} from {words.date(day)} on",
                    indonesian=f"{words.number(index)} mulai {words.date(day)}",
                )
                for day, index in sorted(self.dated.items())
            )
            path = words.pick(
                english=f"The index is 1 when the term begins, {steps}; the day on which a payment "
                "period begins decides.",
                indonesian=f"Indeks bernilai 1 pada awal jangka waktu kontrak, {steps}; yang "
                "menentukan adalah hari pertama periode pembayaran.",
            )
        follows = words.pick(
            english=f"{part} of the charges follow an index.",
            indonesian=f"Sebesar {part} dari tagihan mengikuti indeks.",
        )
        return words.paragraph(follows, path)
