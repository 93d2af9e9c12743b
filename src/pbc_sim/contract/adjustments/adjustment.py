"""What is an adjustment of a payment, whatever it adjusts?

Lives here: the class that every adjustment derives from, and their catalogue.
May not live here: a single adjustment.
Amounts are positive where the buyer pays the supplier. [currency]
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np

from pbc_sim.catalogue import Catalogue
from pbc_sim.contract.block import Block
from pbc_sim.inputs import Written
from pbc_sim.performance.words import Words

__all__ = ["ADJUSTMENTS", "Adjustment"]


class Adjustment(Written):
    """An adjustment of what is paid."""

    #: Whether it belongs to the charges, so that incentives take their shares of it as well.
    of_charges: ClassVar[bool] = False

    @property
    def needs_kpis(self) -> bool:
        """Whether it reads the contract's KPIs, and so means nothing without one."""
        return False

    def structure(self) -> tuple[Any, ...]:
        """Return what must be equal for contracts to be priced as one array: all but numbers."""
        numeric = (int, float, Mapping)
        return tuple("number" if isinstance(value, numeric) else value for _, value in self)

    @classmethod
    @abstractmethod
    def amounts(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        """Return the amounts of many contracts' clauses of this class, per period [currency]."""

    @abstractmethod
    def clause(self, words: Words) -> str:
        """Say in the language of the contract what is adjusted."""

    @abstractmethod
    def worked(self, words: Words) -> str:
        """Name the amount, in the language of the contract."""

    @abstractmethod
    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        """Say how the amount of a period of a one-contract block comes about."""


ADJUSTMENTS: Catalogue[type[Adjustment]] = Catalogue("adjustment")
