"""How buyer and supplier share what the work costs: the target, and the share line around it.

Lives here: schemes that pay by the supplier's actual cost. May not live here: how a cost is made up
(`performance/costs.py`).
All bill the target in equal parts, and settle on the actual cost of the term in the last payment
period. The actual cost is the sum of the supplier's cost lines; all of them count as allowable.
Amounts are positive where the buyer pays the supplier. [currency]
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Self

import numpy as np

from pbc_sim.contract.block import Block, column
from pbc_sim.contract.payments.scheme import Payment
from pbc_sim.figures import money
from pbc_sim.inputs import PositiveMoney, Share
from pbc_sim.language import translated as _
from pbc_sim.performance.words import Words

__all__ = ["TargetCost"]


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
        words = _("target price {price} / {n} periods").format(price=shown(self.target_price), n=n)
        if period < n - 1:
            return words
        cost = float(block.known_cost[0, 0, 0, 0])
        price = self.price(cost)
        final = _("final price {price} at an actual cost of {cost}, less target")
        return f"{words}; {final.format(price=shown(price), cost=shown(cost))}"

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
