"""What is an incentive mechanism, whatever it pays for?

Lives here: the classes that every mechanism derives from, and their catalogue.
May not live here: a single mechanism.
Amounts are positive where the buyer pays the supplier, so a deduction is negative. [currency]
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal, Self

import numpy as np

from pbc_sim.catalogue import Catalogue
from pbc_sim.contract.block import Block, Reading
from pbc_sim.contract.kpi_clauses import WrittenKpi, out_of_bounds
from pbc_sim.errors import PbcError
from pbc_sim.figures import money
from pbc_sim.inputs import Name, Written
from pbc_sim.performance.measures import Measure
from pbc_sim.performance.periods import Review
from pbc_sim.performance.words import Words

__all__ = ["INCENTIVES", "Incentive", "KpiIncentive", "ShareIncentive"]

Base = Literal["period_charges", "contract_value"]


class Incentive(Written):
    """A mechanism of a contract.

    Parameters
    ----------
    rewards_worse : bool
        Declares that the mechanism pays more for worse work and is meant to; else it is refused.
    """

    rewards_worse: bool = False

    @property
    def kpi_name(self) -> str | None:
        """The contract's KPI that the mechanism reads, if any."""
        return getattr(self, "kpi", None)

    def totals(self, review: Review, months: int | None) -> tuple[Measure, ...]:
        """Return the totals that the mechanism needs per payment period."""
        del review, months
        return ()

    def amounts_by_quality(self, higher_is_better: bool) -> list[float]:
        """Return what is paid, or a measure of it, from the worst work to the best."""
        del higher_is_better
        return []

    def problem_with(self, clause: WrittenKpi | None) -> str | None:
        """Say what is wrong about the mechanism and the KPI clause that it reads, if anything."""
        paid = self.amounts_by_quality(clause is None or clause.kpi.better == "higher")
        if not self.rewards_worse and any(worse > better for worse, better in pairwise(paid)):
            return "pays more for worse work; turn it round, or declare it by rewards_worse: true"
        return None

    def structure(self) -> tuple[Any, ...]:
        """Return what must be equal for contracts to be priced as one array: all but numbers."""
        numeric = (int, float, Mapping)  # flags are numbers too, and none decides an amount
        return tuple(value for _, value in self if not isinstance(value, numeric))

    @classmethod
    @abstractmethod
    def amounts(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        """Return the amounts of many contracts' clauses of this class, per period [currency]."""

    @abstractmethod
    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        """Say how the amount of a period of a one-contract block comes about."""

    def clause(self, words: Words) -> str:
        """Say in the language of the contract what the mechanism pays or deducts, and when."""
        del words
        name = INCENTIVES.name_of(self)
        raise PbcError(f"incentive '{name}' has no sentence; write its clause(words).")

    def said(self, words: Words) -> str:
        """Return the clause, and the sentence of each modifier that any mechanism may take."""
        modifiers = [getattr(self, name) for name in Incentive.model_fields]
        return words.paragraph(
            self.clause(words), *(m.clause(words) for m in modifiers if hasattr(m, "clause"))
        )

    def worked(self, block: Block, period: int, words: Words) -> str:
        """Say how the amount of a period comes about, in the language of the contract."""
        del block, period
        return words.pick(english="as the clause says", indonesian="sesuai ketentuan butir ini")


INCENTIVES: Catalogue[type[Incentive]] = Catalogue("incentive")


class KpiIncentive(Incentive):
    """A mechanism that reads one KPI of the contract."""

    kpi: Name

    def levels(self) -> Iterable[float]:
        """Return the KPI values that the mechanism names."""
        return ()

    def problem_with(self, clause: WrittenKpi | None) -> str | None:
        found = [
            out_of_bounds(clause.kpi, f"a level of kpi '{self.kpi}'", level)
            for level in self.levels()
            if clause
        ]
        return next(filter(None, found), None) or super().problem_with(clause)

    def _cell(self, block: Block, period: int) -> tuple[float, Reading]:
        reading = block.readings[self.kpi]
        value = np.broadcast_to(reading.value, block.charges.shape)[0, 0, 0, period]
        return float(value), reading


class ShareIncentive(KpiIncentive):
    """A mechanism that pays a share of the charges or of the contract value.

    Parameters
    ----------
    of : {"period_charges", "contract_value"}
        Charges of the KPI's review period, or its part of the contract value.
    """

    of: Base = "period_charges"

    def _base_text(self, block: Block, period: int, currency: str) -> str:
        reading = block.readings[self.kpi]
        base = np.broadcast_to(block.base(self.of, reading), block.charges.shape)
        words = self.of.replace("_", " ")
        if reading.since[period] < period:
            words += f" of periods {reading.since[period] + 1} to {period + 1}"
        return f"{words} {money(base[0, 0, 0, period], currency, exact=True)}"

    def _base_said(self, words: Words) -> str:
        if self.of == "contract_value":
            return words.pick(
                english="the part of the contract value that falls on the review period",
                indonesian="bagian nilai kontrak untuk periode evaluasi tersebut",
            )
        return words.pick(
            english="the charges of the review period",
            indonesian="tagihan pada periode evaluasi tersebut",
        )

    def _base_worked(self, block: Block, period: int, words: Words) -> str:
        base = np.broadcast_to(block.base(self.of, block.readings[self.kpi]), block.charges.shape)
        return words.due(float(base[0, 0, 0, period]))
