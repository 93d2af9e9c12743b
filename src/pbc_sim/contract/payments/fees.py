"""What is paid for goods or by the month: catalogue prices and fixed fees.

Lives here: schemes that pay the same whatever the performance and the cost. May not live here:
milestones, schemes that share costs.
To add a scheme: one class with `@PAYMENTS.register`; nothing else changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np

from pbc_sim.contract.block import Block, column
from pbc_sim.contract.payments.scheme import PAYMENTS, Payment
from pbc_sim.figures import money
from pbc_sim.inputs import Factor, PositiveMoney
from pbc_sim.performance.measures import Measure
from pbc_sim.performance.periods import Review
from pbc_sim.performance.words import Words

__all__ = ["CataloguePrice", "FixedFee"]


def _accepted(review: Review, months: int | None) -> Measure:
    return Measure.of("accepted_value", review=review, months=months)


@PAYMENTS.register("catalogue_price")
class CataloguePrice(Payment):
    """Catalogue price times a factor for every unit that is accepted.

    Parameters
    ----------
    factor : float
        Negotiated price relative to the catalogue. [1]
    """

    factor: Factor = 1.0

    def expected_value(self, at_catalogue: float, n_periods: int) -> float:
        return at_catalogue * self.factor

    def totals(self, review: Review, months: int | None) -> tuple[Measure, ...]:
        return (_accepted(review, months),)

    @classmethod
    def charges(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        return column(clauses, "factor") * block.total("accepted_value")

    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        accepted = block.total("accepted_value")[0, 0, 0, period]
        value = money(accepted, currency, exact=True)
        return f"accepted at catalogue prices {value} x {self.factor:g}"

    def clause(self, words: Words) -> str:
        factor = words.share(self.factor)
        return words.pick(
            english=f"For every unit of goods that the Buyer accepts, it pays {factor} of the "
            "catalogue price. Units that are rejected or sent back are not paid.",
            indonesian=f"Untuk setiap satuan barang yang diterima, Pengguna Barang membayar "
            f"{factor} dari harga katalog. Barang yang ditolak atau dikembalikan tidak dibayar.",
        )

    def worked(self, block: Block, period: int, words: Words) -> str:
        accepted = float(_total(block, "accepted_value")[0, 0, 0, period])
        return f"{words.due(accepted)} × {words.share(self.factor)}"


def _total(block: Block, kpi: str) -> np.ndarray:
    return next(array for measure, array in block.totals.items() if measure.kpi == kpi)


@PAYMENTS.register("fixed_fee")
class FixedFee(Payment):
    """The same fee every payment period, however much is delivered and however short it is.

    Parameters
    ----------
    per_period : float
        The fee. [currency/period]
    """

    per_period: PositiveMoney

    def expected_value(self, at_catalogue: float, n_periods: int) -> float:
        return self.per_period * n_periods

    @classmethod
    def charges(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        return column(clauses, "per_period") * np.ones_like(block.charges)

    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        del block, period
        return f"fixed fee of {money(self.per_period, currency, exact=True)} a period"

    def clause(self, words: Words) -> str:
        fee = words.money(self.per_period)
        return words.pick(
            english=f"The Buyer pays a fixed fee of {fee} for every payment period, however much "
            "is delivered.",
            indonesian=f"Pengguna Barang membayar biaya tetap sebesar {fee} untuk setiap periode "
            "pembayaran, berapa pun barang yang diserahkan.",
        )

    def worked(self, block: Block, period: int, words: Words) -> str:
        del block, period
        return words.money(self.per_period)
