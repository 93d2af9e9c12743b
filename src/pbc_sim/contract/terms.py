"""What is agreed: the contract as one object.

Lives here: `Contract` and what it needs to be priced. May not live here: mechanisms, arithmetic.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.contract.incentives import AnyIncentive
from pbc_sim.contract.kpi_clauses import KpiClause, WrittenKpi, out_of_bounds
from pbc_sim.contract.limits import Gate, Limits, RampIn
from pbc_sim.contract.payments import AnyPayment, CataloguePrice
from pbc_sim.contract.text import as_text
from pbc_sim.errors import unknown_name
from pbc_sim.inputs import Listed, Name, PositiveCount, PositiveMoney, Text, Written
from pbc_sim.performance.measures import Measure
from pbc_sim.performance.periods import MONTHS_OF, Review
from pbc_sim.performance.scorecard import Needs
from pbc_sim.performance.words import Language

__all__ = ["Contract", "TermTerms", "needs_of"]


class TermTerms(Written):
    """How long the contract runs and how often it is paid.

    Parameters
    ----------
    months : int, optional
        Length of the term; the measured horizon where empty. [month]
    review : str
        Length of a payment period, and of a KPI's review unless its clause says otherwise.
    """

    months: PositiveCount | None = None
    review: Review = "month"


class Contract(Written):
    """A contract between buyer and supplier.

    Parameters
    ----------
    title : str
        Name for people.
    term : TermTerms
        Length and payment periods.
    value : float, optional
        Contract value for shares of it; the expected catalogue value times the payment's factor
        where empty. [currency]
    payment : payment scheme
        What is paid before incentives.
    kpis : mapping of str to KpiClause
        The agreed KPIs by the contract's own names.
    incentives : tuple of incentive
        What is paid for good and bad performance.
    limits : Limits
        Caps on all deductions and on all bonuses; they act last.
    gate : Gate, optional
        Levels of KPIs below which there is no bonus; it acts before the limits.
    ramp_in : RampIn, optional
        First periods without incentives; it acts before all else.

    Examples
    --------
    >>> Contract.model_validate({"title": "Traditional"}).payment.factor
    1.0
    """

    title: Text
    term: TermTerms = TermTerms()
    value: PositiveMoney | None = None
    payment: AnyPayment = CataloguePrice()
    kpis: Annotated[Mapping[Name, KpiClause], Field(max_length=100)] = {}
    incentives: Annotated[tuple[AnyIncentive, ...], Listed, Field(max_length=100)] = ()
    limits: Limits = Limits()
    gate: Gate | None = None
    ramp_in: RampIn | None = None

    @model_validator(mode="after")
    def _is_consistent(self) -> Contract:
        for place, name in self._named_kpis():
            if name not in self.kpis:
                message = unknown_name("KPI of this contract", name, self.kpis)
                raise PydanticCustomError("unknown_value", "{m}", {"m": message, "field": place})
        for name, clause in self.kpis.items():
            self._can_be_reviewed(name, clause)
        if not self.kpis and self.payment.needs_kpis:
            text = "pays for targets, but the contract has no kpis; add one"
            raise PydanticCustomError("payment", text, {"field": "payment"})
        for name, level in (self.gate.no_bonus_below if self.gate else {}).items():
            problem = out_of_bounds(self.kpis[name].kpi, f"the gate's level of kpi '{name}'", level)
            if problem:
                raise PydanticCustomError("bounds", "{m}", {"m": problem, "field": "gate"})
        for n, incentive in enumerate(self.incentives):
            problem = incentive.problem_with(self.kpis.get(incentive.kpi_name or ""))
            if problem:
                shown = {"m": problem, "field": f"incentives.{n}"}
                raise PydanticCustomError("incentive", "{m}", shown)
        return self

    def _named_kpis(self) -> list[tuple[str, str]]:
        named = [(f"incentives.{n}", i.kpi_name) for n, i in enumerate(self.incentives)]
        gate = self.gate.no_bonus_below if self.gate else {}
        return [pair for pair in named if pair[1]] + [("gate", name) for name in gate]

    def _can_be_reviewed(self, name: str, clause: WrittenKpi) -> None:
        paid, reviewed = self.term.review, clause.review or self.term.review
        if reviewed in ("term", paid):
            return
        if paid == "term" or MONTHS_OF[reviewed] % MONTHS_OF[paid]:
            text = "kpi '{kpi}' is reviewed per {reviewed}, but payment is per {paid}; pay as often"
            shown = {
                "kpi": name,
                "reviewed": reviewed,
                "paid": paid,
                "field": f"kpis.{name}.review",
            }
            raise PydanticCustomError("review", text, shown)

    def measured(self) -> dict[str, Measure]:
        """Return what each of the contract's KPIs measures."""
        review, months = self.term.review, self.term.months
        return {name: clause.measured(review, months) for name, clause in self.kpis.items()}

    def totals(self) -> tuple[Measure, ...]:
        """Return the totals per payment period that payment and incentives need."""
        review, months = self.term.review, self.term.months
        clauses = (self.payment, *self.incentives)
        return tuple(m for clause in clauses for m in clause.totals(review, months))

    def to_text(self, language: Language = "en", *, currency: str = "") -> str:
        """Return the contract as numbered clauses that people can sign.

        Parameters
        ----------
        language : {"en", "id"}
            English or Indonesian.
        currency : str
            ISO 4217 code of its amounts; empty for bare numbers.

        Raises
        ------
        PbcError
            If the language is unknown, or a clause has no words in it.

        Examples
        --------
        >>> text = Contract.model_validate({"title": "Tradisional"}).to_text("id")
        >>> text.splitlines()[0]
        'Kontrak berbasis kinerja: Tradisional'
        """
        return as_text(self, language, currency)

    def needs(self) -> Needs:
        """Return all that the contract asks of the ledgers."""
        measures = (*self.measured().values(), *self.totals())
        return Needs(tuple(dict.fromkeys(measures)), (self.term.months,))


def needs_of(contracts: Mapping[str, Contract]) -> Needs:
    """Return the union of what contracts ask of the ledgers."""
    every = [contract.needs() for contract in contracts.values()]
    measures = dict.fromkeys(m for needs in every for m in needs.measures)
    terms = dict.fromkeys(t for needs in every for t in needs.terms)
    return Needs(tuple(measures), tuple(terms) or (None,))
