"""What is paid where gain and pain are shared up to a ceiling price (FPIF).

Lives here: the price under its ceiling. May not live here: the share line (`target_cost.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.contract.block import column
from pbc_sim.contract.payments.scheme import PAYMENTS
from pbc_sim.contract.payments.target_cost import TargetCost
from pbc_sim.inputs import PositiveMoney
from pbc_sim.language import translated as _
from pbc_sim.performance.words import Words

__all__ = ["FixedPriceIncentive"]


@PAYMENTS.register("fixed_price_incentive")
class FixedPriceIncentive(TargetCost):
    """Target cost with gain and pain share, up to a ceiling price (FPIF).

    Price = cost + target_profit + share x (target_cost - cost), never above the ceiling.

    Parameters
    ----------
    target_cost : float
        Agreed cost of the term. [currency]
    share_below, share_above : float
        Supplier's share of each unit of money below and above the target cost. [1]
    target_profit : float
        Profit at the target cost. [currency]
    ceiling_price : float, optional
        Most that the buyer pays; None for a target cost contract without ceiling. [currency]

    Notes
    -----
    Source: FAR 16.403-1; the same share line without a ceiling is NEC4 option C.

    Examples
    --------
    Target cost 10 m, profit 0.85 m, ceiling 11.5 m, buyer's share above the target 70%.

    >>> scheme = FixedPriceIncentive(
    ...     target_cost=10_000_000, target_profit=850_000, ceiling_price=11_500_000,
    ...     share_below=0.3, share_above=0.3,
    ... )
    >>> round(scheme.point_of_total_assumption)
    10928571
    >>> scheme.price(9_000_000), scheme.price(12_000_000)
    (10150000.0, 11500000.0)
    """

    target_profit: PositiveMoney
    ceiling_price: PositiveMoney | None = None

    @model_validator(mode="after")
    def _has_its_ceiling_above_the_target(self) -> FixedPriceIncentive:
        if self.ceiling_price is not None and self.ceiling_price < self.target_price:
            text = _(
                "ceiling_price must be at least target_cost + target_profit = {least}, got {got}"
            )
            least, got = f"{self.target_price:g}", f"{self.ceiling_price:g}"
            shown = {"least": least, "got": got, "field": "ceiling_price"}
            raise PydanticCustomError("ceiling", text, shown)
        return self

    @property
    def target_price(self) -> float:
        return self.target_cost + self.target_profit

    @property
    def point_of_total_assumption(self) -> float:
        """Actual cost from which on the supplier bears every unit of money alone [currency].

        (ceiling - target price) / buyer's share + target cost; infinite without a ceiling, or if
        the supplier bears all above the target anyway.
        """
        buyers_share = 1.0 - self.share_above
        if self.ceiling_price is None or not buyers_share:
            return float("inf")
        return (self.ceiling_price - self.target_price) / buyers_share + self.target_cost

    @classmethod
    def prices(cls, clauses: Sequence[Self], cost: np.ndarray) -> np.ndarray:
        price = cost + column(clauses, "target_profit") + cls._shared(clauses, cost)
        return np.minimum(price, column(clauses, "ceiling_price", missing=np.inf))

    def clause(self, words: Words) -> str:
        target, profit = words.money(self.target_cost), words.money(self.target_profit)
        below, above = words.share(self.share_below), words.share(self.share_above)
        price = words.money(self.target_price)
        shared = words.pick(
            english=f"The Buyer pays the Supplier's actual cost and a profit. At the target cost "
            f"of {target} the profit is {profit}; it rises by {below} of what the actual cost lies "
            f"below the target, and falls by {above} of what it lies above. The target price of "
            f"{price} is billed in equal parts, one for each payment period, and settled on the "
            "actual cost with the last one.",
            indonesian=f"Pengguna Barang membayar biaya nyata Penyedia ditambah keuntungan. Pada "
            f"biaya target {target}, keuntungannya {profit}; keuntungan bertambah {below} dari "
            f"selisih biaya nyata di bawah target dan berkurang {above} dari selisih di atasnya. "
            f"Harga target {price} ditagihkan dalam bagian yang sama besar, satu untuk setiap "
            "periode pembayaran, dan diperhitungkan terhadap biaya nyata pada periode terakhir.",
        )
        if self.ceiling_price is None:
            return shared
        ceiling = words.money(self.ceiling_price)
        capped = words.pick(
            english=f"The Buyer never pays more than the ceiling price of {ceiling}.",
            indonesian=f"Pengguna Barang tidak pernah membayar lebih dari harga plafon {ceiling}.",
        )
        return words.paragraph(shared, capped)
