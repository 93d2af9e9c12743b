"""What is paid where the buyer bears the cost, and a fee falls with it (CPIF).

Lives here: the fee within its limits. May not live here: the share line (`target_cost.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

import numpy as np
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.contract.block import column
from pbc_sim.contract.payments.scheme import PAYMENTS
from pbc_sim.contract.payments.target_cost import TargetCost
from pbc_sim.inputs import PositiveMoney, number
from pbc_sim.language import translated as _
from pbc_sim.performance.words import Words

__all__ = ["CostPlusIncentive"]


@PAYMENTS.register("cost_plus_incentive")
class CostPlusIncentive(TargetCost):
    """Actual cost plus a fee that falls with it along a share line (CPIF).

    Price = cost + fee; fee = target_fee + share x (target_cost - cost), within min_fee and max_fee.

    Parameters
    ----------
    target_cost : float
        Agreed cost of the term. [currency]
    share_below, share_above : float
        Supplier's share of each unit of money below and above the target cost. [1]
    target_fee, min_fee, max_fee : float
        Fee at the target cost, and the least and the most that it can come to. [currency]

    Notes
    -----
    Source: FAR 16.405-1 and its usual exercise, a target cost of 5.0 m, a share line of 85/15.

    Examples
    --------
    >>> scheme = CostPlusIncentive(
    ...     target_cost=5_000_000, target_fee=350_000, min_fee=162_500, max_fee=537_500,
    ...     share_below=0.15, share_above=0.15,
    ... )
    >>> scheme.fee(4_000_000), scheme.fee(6_500_000), scheme.fee(3_000_000)
    (500000.0, 162500.0, 537500.0)
    """

    target_fee: PositiveMoney
    min_fee: Annotated[float, number("currency", ge=-1e15)]
    max_fee: PositiveMoney

    @model_validator(mode="after")
    def _has_its_fees_in_order(self) -> CostPlusIncentive:
        if not self.min_fee <= self.target_fee <= self.max_fee:
            text = _("must have min_fee <= target_fee <= max_fee, got {got}")
            got = f"{self.min_fee:g}, {self.target_fee:g} and {self.max_fee:g}"
            raise PydanticCustomError("fees", text, {"got": got})
        return self

    @property
    def target_price(self) -> float:
        return self.target_cost + self.target_fee

    def fee(self, cost: float) -> float:
        """Return the fee at an actual cost [currency]."""
        return self.price(cost) - cost

    @classmethod
    def prices(cls, clauses: Sequence[Self], cost: np.ndarray) -> np.ndarray:
        fee = column(clauses, "target_fee") + cls._shared(clauses, cost)
        return cost + np.clip(fee, column(clauses, "min_fee"), column(clauses, "max_fee"))

    def clause(self, words: Words) -> str:
        target, fee = words.money(self.target_cost), words.money(self.target_fee)
        least, most = words.money(self.min_fee), words.money(self.max_fee)
        below, above = words.share(self.share_below), words.share(self.share_above)
        price = words.money(self.target_price)
        return words.pick(
            english=f"The Buyer pays the Supplier's actual cost and a fee. At the target cost of "
            f"{target} the fee is {fee}; it rises by {below} of what the actual cost lies below "
            f"the target, and falls by {above} of what it lies above, but it is never less than "
            f"{least} nor more than {most}. The target price of {price} is billed in equal parts, "
            "one for each payment period, and settled on the actual cost with the last one.",
            indonesian=f"Pengguna Barang membayar biaya nyata Penyedia ditambah imbalan. Pada "
            f"biaya target {target}, imbalannya {fee}; imbalan bertambah {below} dari selisih "
            f"biaya nyata di bawah target dan berkurang {above} dari selisih di atasnya, tetapi "
            f"paling sedikit {least} dan paling banyak {most}. Harga target {price} ditagihkan "
            "dalam bagian yang sama besar, satu untuk setiap periode pembayaran, dan "
            "diperhitungkan terhadap biaya nyata pada periode terakhir.",
        )
