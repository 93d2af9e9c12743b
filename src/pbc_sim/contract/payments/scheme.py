"""What is a payment scheme, whatever it pays for?

Lives here: the class that every payment scheme derives from, and their catalogue.
May not live here: a single scheme.
Amounts are positive where the buyer pays the supplier. [currency]
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Self

import numpy as np

from pbc_sim.catalogue import Catalogue
from pbc_sim.contract.block import Block
from pbc_sim.errors import PbcError
from pbc_sim.inputs import Written
from pbc_sim.performance.measures import Measure
from pbc_sim.performance.periods import Review
from pbc_sim.performance.words import Words

__all__ = ["PAYMENTS", "Payment"]


class Payment(Written):
    """A payment scheme."""

    @abstractmethod
    def expected_value(self, at_catalogue: float, n_periods: int) -> float:
        """Return what the contract is worth where no value is stated [currency].

        Parameters
        ----------
        at_catalogue : float
            Expected catalogue value of what is ordered over the term. [currency]
        n_periods : int
            Payment periods of the term.
        """

    @property
    def needs_kpis(self) -> bool:
        """Whether the scheme pays for targets, and so means nothing without a KPI."""
        return False

    @property
    def needs_costs(self) -> bool:
        """Whether the scheme pays by the supplier's actual cost."""
        return False

    def totals(self, review: Review, months: int | None) -> tuple[Measure, ...]:
        """Return the totals that the scheme needs per payment period."""
        del review, months
        return ()

    @classmethod
    @abstractmethod
    def charges(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        """Return the charges of many contracts' clauses of this class, per period [currency]."""

    @abstractmethod
    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        """Say how the charges of a period of a one-contract block come about."""

    def clause(self, words: Words) -> str:
        """Say in the language of the contract what is paid before incentives."""
        del words
        name = PAYMENTS.name_of(self)
        raise PbcError(f"payment scheme '{name}' has no sentence; write its clause(words).")

    def cost_at(self, performance: float) -> float:
        """Return the supplier's cost of the term to suppose at a share of the targets [currency].

        Zero for schemes that do not go by costs.
        """
        del performance
        return 0.0

    def worked(self, block: Block, period: int, words: Words) -> str:
        """Say how the charges of a period come about, in the language of the contract."""
        del block, period
        return words.pick(english="as the clause says", indonesian="sesuai ketentuan butir ini")


PAYMENTS: Catalogue[type[Payment]] = Catalogue("payment scheme")
