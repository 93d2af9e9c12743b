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
from pbc_sim.contract.bounds import out_of_bounds
from pbc_sim.contract.kpi_clauses import WrittenKpi
from pbc_sim.contract.limits import Limits
from pbc_sim.contract.modifiers import EarnBack, Escalation
from pbc_sim.errors import PbcError
from pbc_sim.figures import money
from pbc_sim.inputs import Name, Written
from pbc_sim.language import noted
from pbc_sim.language import translated as _
from pbc_sim.performance.measures import Measure
from pbc_sim.performance.periods import Review
from pbc_sim.performance.words import Words

__all__ = ["INCENTIVES", "Incentive", "KpiIncentive", "ShareIncentive"]

Base = Literal["period_charges", "contract_value"]


def _kind(value: object) -> object:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (Limits, Escalation)):
        return value.structure()
    # Flags are numbers too, and none decides an amount.
    numeric = (int, float, Mapping, EarnBack)
    return "number" if isinstance(value, numeric) else value


#: What a share is taken of, as it is said to people.
BASES = {"period_charges": noted("period charges"), "contract_value": noted("contract value")}


class Incentive(Written):
    """A mechanism of a contract.

    Parameters
    ----------
    rewards_worse : bool
        Declares that the mechanism pays more for worse work and is meant to; else it is refused.
    limits : Limits
        Caps on what this mechanism alone takes away and adds; they act after escalation and gate,
        and before the limits of its group and of the contract.
    group : str, optional
        Group of mechanisms that share the limits written under the contract's `groups`.
    """

    rewards_worse: bool = False
    limits: Limits = Limits()
    group: Name | None = None

    @property
    def kpi_name(self) -> str | None:
        """The contract's KPI that the mechanism reads, if any."""
        return getattr(self, "kpi", None)

    @property
    def kpi_names(self) -> tuple[str, ...]:
        """All KPIs of the contract that the mechanism names."""
        return (self.kpi_name,) if self.kpi_name else ()

    @property
    def needs_kpis(self) -> bool:
        """Whether it reads all KPIs of the contract, and so means nothing without one."""
        return False

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
            return _(
                "pays more for worse work; turn it round, or declare it by rewards_worse: true"
            )
        return None

    def structure(self) -> tuple[Any, ...]:
        """Return what must be equal for contracts to be priced as one array: all but numbers."""
        return tuple(_kind(value) for value in self.__dict__.values())

    @property
    def counts_points(self) -> bool:
        """Whether it keeps a balance of demerit points, at which the contract may end."""
        return False

    @classmethod
    def points_balance(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        """Return the balance of points of many contracts' clauses, per period [point]."""
        del clauses
        return np.zeros((1, 1, 1, block.n_periods))

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
        alone = self.limits.clause(words)
        alone = alone and words.pick(
            english=f"Under this clause alone: {alone}",
            indonesian=f"Khusus menurut butir ini: {alone}",
        )
        group = words.pick(
            english=f"This clause belongs to the group “{self.group}”.",
            indonesian=f"Butir ini termasuk kelompok “{self.group}”.",
        )
        general = [getattr(self, name) for name in Incentive.model_fields if name != "limits"]
        return words.paragraph(
            self.clause(words),
            *self.modifiers_said(words),
            *(modifier.clause(words) for modifier in general if hasattr(modifier, "clause")),
            alone,
            group if self.group else "",
        )

    def modifiers_said(self, words: Words) -> list[str]:
        """Return the sentence of each modifier that it takes beside its own terms."""
        del words
        return []

    def worked(self, block: Block, period: int, words: Words) -> str:
        """Say how the amount of a period comes about, in the language of the contract."""
        del block, period
        return words.pick(english="as the clause says", indonesian="sesuai ketentuan butir ini")


INCENTIVES: Catalogue[type[Incentive]] = Catalogue("incentive")


class KpiIncentive(Incentive):
    """A mechanism that reads one KPI of the contract.

    Parameters
    ----------
    kpi : str
        The KPI of the contract.
    escalation : Escalation, optional
        How deductions grow with each review missed in a row.
    earn_back : EarnBack, optional
        How a share of the deductions is paid back after good reviews.
    """

    kpi: Name
    escalation: Escalation | None = None
    earn_back: EarnBack | None = None

    def levels(self) -> Iterable[float]:
        """Return the KPI values that the mechanism names."""
        return ()

    def modifiers_said(self, words: Words) -> list[str]:
        given = [self.escalation, self.earn_back]
        return [modifier.clause(words) for modifier in given if modifier]

    def problem_with(self, clause: WrittenKpi | None) -> str | None:
        found = [
            out_of_bounds(clause.kpi, _("a level of kpi '{kpi}'").format(kpi=self.kpi), level)
            for level in self.levels()
            if clause
        ]
        return next(filter(None, found), None) or super().problem_with(clause)

    def _cell(self, block: Block, period: int) -> tuple[float, Reading]:
        reading = block.readings[self.kpi]
        return block.cell(reading.value, period), reading

    def _target(self, block: Block, period: int) -> float:
        return block.cell(block.readings[self.kpi].target, period)


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
        words = _(BASES[self.of])
        if reading.since[period] < period:
            of_periods = _("of periods {first} to {last}")
            words += " " + of_periods.format(first=reading.since[period] + 1, last=period + 1)
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
