"""What is paid where the fee is the same every period.

Lives here: the fixed fee. May not live here: payment by unit (`catalogue_price.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np

from pbc_sim.contract.block import Block, column
from pbc_sim.contract.payments.scheme import PAYMENTS, Payment
from pbc_sim.figures import money
from pbc_sim.inputs import PositiveMoney
from pbc_sim.language import translated as _
from pbc_sim.performance.words import Words

__all__ = ["FixedFee"]


@PAYMENTS.register("fixed_fee")
class FixedFee(Payment):
    """The same fee every payment period, however much is delivered and however short it is.

    Parameters
    ----------
    per_period : float
        The fee. [currency/period]

    Notes
    -----
    Source: lump sum contract, Perpres 16/2018 art. 27; firm fixed price, FAR 16.202.

    Examples
    --------
    >>> FixedFee(per_period=250_000).expected_value(1_000_000, n_periods=12)
    3000000.0
    """

    per_period: PositiveMoney

    def expected_value(self, at_catalogue: float, n_periods: int) -> float:
        return self.per_period * n_periods

    @classmethod
    def charges(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        return column(clauses, "per_period") * np.ones_like(block.charges)

    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        del block, period
        fee = money(self.per_period, currency, exact=True)
        return _("fixed fee of {fee} a period").format(fee=fee)

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
