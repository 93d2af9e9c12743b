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
