"""What is paid where buyer and supplier share the cost: target cost with gain and pain share.

Lives here: schemes that pay by the supplier's actual cost. May not live here: how a cost is made up
(`performance/costs.py`).
All bill the target in equal parts, and settle on the actual cost of the term in the last payment
period. The actual cost is the sum of the supplier's cost lines; all of them count as allowable.
Amounts are positive where the buyer pays the supplier. [currency]
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Annotated, Self

import numpy as np
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.contract.block import Block, column
from pbc_sim.contract.payments.scheme import PAYMENTS, Payment
from pbc_sim.figures import money
from pbc_sim.inputs import PositiveMoney, Share, number
from pbc_sim.performance.words import Words

__all__ = ["CostPlusIncentive", "FixedPriceIncentive"]


class TargetCost(Payment):
    """A scheme that pays by how the supplier's actual cost compares with a target.

    Parameters
    ----------
    target_cost : float
        Agreed cost of the term. [currency]
    share_below, share_above : float
        Supplier's share of each unit of money below and above the target cost. [1]
    """

    target_cost: PositiveMoney
    share_below: Share
    share_above: Share

    @property
    @abstractmethod
    def target_price(self) -> float:
        """What is paid if the actual cost is the target cost [currency]."""

    @classmethod
    @abstractmethod
    def prices(cls, clauses: Sequence[Self], cost: np.ndarray) -> np.ndarray:
        """Return what many contracts pay for the whole term at an actual cost [currency]."""

    def price(self, cost: float) -> float:
        """Return what is paid for the whole term at an actual cost [currency]."""
        return float(self.prices([self], np.full((1, 1, 1, 1), cost))[0, 0, 0, 0])

    def expected_value(self, at_catalogue: float, n_periods: int) -> float:
        return self.target_price

    @property
    def needs_costs(self) -> bool:
        return True

    def cost_at(self, performance: float) -> float:
        # Less is better, so half the performance is twice the target.
        return self.target_cost / performance

    @classmethod
    def _shared(cls, clauses: Sequence[Self], cost: np.ndarray) -> np.ndarray:
        """Return what the supplier earns by the share line on top of its target [currency]."""
        below = column(clauses, "target_cost") - cost
        share = np.where(below > 0, column(clauses, "share_below"), column(clauses, "share_above"))
        return share * below

    @classmethod
    def charges(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        target = column(clauses, "target_price")
        last = np.arange(block.n_periods) == block.n_periods - 1
        settled = cls.prices(clauses, block.known_cost) - target
        return target / block.n_periods + np.where(last, settled, 0.0)

    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        def shown(amount: float) -> str:
            return money(amount, currency, exact=True)

        n = block.n_periods
        words = f"target price {shown(self.target_price)} / {n} periods"
        if period < n - 1:
            return words
        cost = float(block.known_cost[0, 0, 0, 0])
        price = self.price(cost)
        return (
            f"{words}; final price {shown(price)} at an actual cost of {shown(cost)}, less target"
        )

    def worked(self, block: Block, period: int, words: Words) -> str:
        parts = words.counted(block.n_periods, "period", "periode")
        cost = float(block.known_cost[0, 0, 0, 0])
        target, actual = words.money(self.target_price), words.due(cost)
        settled = ""
        if period == block.n_periods - 1:
            price = words.due(self.price(cost))
            settled = words.pick(
                english=f"; final price {price} at an actual cost of {actual}, less the target",
                indonesian=f"; harga akhir {price} pada biaya nyata {actual}, dikurangi target",
            )
        return words.pick(
            english=f"target price {target} / {parts}{settled}",
            indonesian=f"harga target {target} / {parts}{settled}",
        )


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
            text = "must have min_fee <= target_fee <= max_fee, got {got}"
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
    Target cost 10 m, profit 0.85 m, ceiling 11.5 m, buyer's share above the target 70 %.

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
            text = "ceiling_price must be at least target_cost + target_profit = {least}, got {got}"
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
