"""What is agreed: the contract as one object.

Lives here: `Contract` and what it needs to be priced. May not live here: mechanisms, arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.contract.adjustments import AnyAdjustment
from pbc_sim.contract.bounds import out_of_bounds
from pbc_sim.contract.incentives import AnyIncentive
from pbc_sim.contract.kpi_clauses import KpiClause, WrittenKpi
from pbc_sim.contract.limits import Gate, Limits, RampIn
from pbc_sim.contract.payments import AnyPayment, CataloguePrice
from pbc_sim.contract.termination import Termination
from pbc_sim.contract.text import as_text
from pbc_sim.errors import unknown_name
from pbc_sim.inputs import Listed, Name, PositiveCount, PositiveMoney, Wording, Written, number
from pbc_sim.language import Language
from pbc_sim.language import translated as _
from pbc_sim.performance.measures import Measure
from pbc_sim.performance.periods import MONTHS_OF, Review
from pbc_sim.performance.scorecard import Needs
from pbc_sim.world.terms import WorldTerms

__all__ = ["Contract", "TermTerms", "needs_of"]


class TermTerms(Written):
    """How long the contract runs and how often it is paid.

    Parameters
    ----------
    months : int, optional
        Length of the term; the measured horizon where empty. [month]
    review : str
        Length of a payment period, and of a KPI's review unless its clause says otherwise.
    discount_rate_per_year : float
        Rate at which payments, due at the end of their periods, are discounted to the beginning of
        the term. It changes no payment: their present value is reported beside them. [1/year]
    """

    months: PositiveCount | None = None
    review: Review = "month"
    discount_rate_per_year: Annotated[float, number("1/year", ge=0, le=1)] = 0.0


class Contract(Written):
    """A contract between buyer and supplier.

    Parameters
    ----------
    title : str
        Name for people.
    source : str
        Where its terms come from, as a law or a published agreement.
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
    groups : mapping of str to Limits
        Limits of groups of incentives, by the names that these give as their `group`; they act
        before those of the contract.
    gate : Gate, optional
        Levels of KPIs below which there is no bonus; it acts before the limits.
    ramp_in : RampIn, optional
        First periods without incentives; it acts before all else.
    adjustments : tuple of adjustment
        What changes the payment whatever the performance: index, rebate, retention.
    termination : Termination, optional
        Breaches after which the contract ends early.
    admissible_plans : tuple of str, optional
        The supplier's plans that fulfil the contract, as where it demands parts on consignment; the
        supplier chooses among these. All of them where empty.

    Examples
    --------
    >>> Contract.model_validate({"title": "Traditional"}).payment.factor
    1.0
    """

    title: Wording
    source: Wording = ""
    term: TermTerms = TermTerms()
    value: PositiveMoney | None = None
    payment: AnyPayment = CataloguePrice()
    kpis: Annotated[Mapping[Name, KpiClause], Field(max_length=100)] = {}
    incentives: Annotated[tuple[AnyIncentive, ...], Listed, Field(max_length=100)] = ()
    limits: Limits = Limits()
    groups: Annotated[Mapping[Name, Limits], Field(max_length=100)] = {}
    gate: Gate | None = None
    ramp_in: RampIn | None = None
    adjustments: Annotated[tuple[AnyAdjustment, ...], Listed, Field(max_length=20)] = ()
    termination: Termination | None = None
    admissible_plans: Annotated[tuple[Name, ...], Listed, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _is_consistent(self) -> Contract:
        for place, name in self._named_kpis():
            if name not in self.kpis:
                message = unknown_name("KPI of this contract", name, self.kpis)
                raise PydanticCustomError("unknown_value", "{m}", {"m": message, "field": place})
        for name, clause in self.kpis.items():
            self._can_be_reviewed(name, clause)
        self._has_what_its_clauses_need()
        for name, level in (self.gate.no_bonus_below if self.gate else {}).items():
            problem = out_of_bounds(
                self.kpis[name].kpi, _("the gate's level of kpi '{kpi}'").format(kpi=name), level
            )
            if problem:
                raise PydanticCustomError("bounds", "{m}", {"m": problem, "field": "gate"})
        for n, incentive in enumerate(self.incentives):
            problem = incentive.problem_with(self.kpis.get(incentive.kpi_name or ""))
            if problem:
                shown = {"m": problem, "field": f"incentives.{n}"}
                raise PydanticCustomError("incentive", "{m}", shown)
        return self

    def _has_what_its_clauses_need(self) -> None:
        clauses = [("payment", self.payment)]
        clauses += [(f"incentives.{n}", i) for n, i in enumerate(self.incentives)]
        clauses += [(f"adjustments.{n}", a) for n, a in enumerate(self.adjustments)]
        if self.termination:
            clauses.append(("termination", self.termination))
        for place, clause in clauses:
            if clause.needs_kpis and not self.kpis:
                text = _("goes by targets, but the contract has no kpis; add one")
                raise PydanticCustomError("kpis", text, {"field": place})
        used = [incentive.group for incentive in self.incentives]
        for n, group in enumerate(used):
            if group is not None and group not in self.groups:
                message = unknown_name("group of this contract", group, self.groups)
                shown = {"m": message, "field": f"incentives.{n}"}
                raise PydanticCustomError("unknown_value", "{m}", shown)
        for group in self.groups:
            if group not in used:
                text = _("no incentive belongs to group '{group}'; give one this group")
                raise PydanticCustomError("group", text, {"group": group, "field": "groups"})
        if self.termination:
            self._can_be_terminated()

    def _can_be_terminated(self) -> None:
        ends = self.termination
        if ends and ends.points is not None and not any(i.counts_points for i in self.incentives):
            text = _("goes by demerit points, and no incentive gives any; add demerit_points")
            raise PydanticCustomError("termination", text, {"field": "termination.points"})
        # Costs up to a termination are counted in months, and the horizon is not known here.
        if self.term.months is None or self.term.review not in MONTHS_OF:
            text = _("needs term.months, and payment by months; give both")
            raise PydanticCustomError("termination", text, {"field": "termination"})
        if self.payment.needs_costs:
            text = _("cannot be priced where the payment goes by the cost of the whole term")
            raise PydanticCustomError("termination", text, {"field": "termination"})

    def problem_in(self, world: WorldTerms, plans: Iterable[str]) -> tuple[str, str] | None:
        """Return the field that does not fit a world and a menu of plans, and why not, if any."""
        known = list(plans)
        for plan in self.admissible_plans or ():
            if plan not in known:
                return "admissible_plans", unknown_name("plan", plan, known)
        groups = world.machines.groups if world.machines else {}
        for name, measure in self.measured().items():
            group = dict(measure.settings).get("machines")
            if group is not None and not groups:
                text = _("names the machines '{group}', and the world has none; add world.machines")
                return f"kpis.{name}.machines", text.format(group=group)
            if group is not None and group not in groups:
                return f"kpis.{name}.machines", unknown_name("group of machines", group, groups)
        return None

    def admits(self, plan: str) -> bool:
        """Tell whether a plan fulfils the contract."""
        return self.admissible_plans is None or plan in self.admissible_plans

    def _named_kpis(self) -> list[tuple[str, str]]:
        named = [(f"incentives.{n}", k) for n, i in enumerate(self.incentives) for k in i.kpi_names]
        gate = self.gate.no_bonus_below if self.gate else {}
        ends = self.termination.kpis if self.termination else ()
        return named + [("gate", name) for name in gate] + [("termination", name) for name in ends]

    def _can_be_reviewed(self, name: str, clause: WrittenKpi) -> None:
        paid, reviewed = self.term.review, clause.review or self.term.review
        shown = {"kpi": name, "reviewed": reviewed, "paid": paid, "field": f"kpis.{name}.review"}
        shorter = reviewed not in (paid, "term") and _days(reviewed) < _days(paid)
        if shorter and clause.aggregate is None:
            text = _(
                "kpi '{kpi}' is reviewed per {reviewed}, but payment is per {paid}; pay as often, "
                "or say by aggregate how the reviews of a payment are brought together"
            )
            raise PydanticCustomError("review", text, shown)
        if not shorter and clause.aggregate is not None:
            text = _("kpi '{kpi}' has one review a payment or fewer; leave aggregate out")
            raise PydanticCustomError("aggregate", text, shown)
        longer = not shorter and reviewed not in ("term", paid)
        if longer and (paid == "week" or MONTHS_OF[reviewed] % MONTHS_OF[paid]):
            text = _(
                "kpi '{kpi}' is reviewed per {reviewed}, but payment is per {paid}; pay as often"
            )
            raise PydanticCustomError("review", text, shown)

    def measured(self) -> dict[str, Measure]:
        """Return what each of the contract's KPIs measures."""
        return dict(self._measured)

    @cached_property
    def _measured(self) -> dict[str, Measure]:
        # A contract never changes, and a search asks a thousand of them several times each.
        review, months = self.term.review, self.term.months
        return {name: clause.measured(review, months) for name, clause in self.kpis.items()}

    def totals(self) -> tuple[Measure, ...]:
        """Return the totals per payment period that payment and incentives need."""
        return self._totals

    @cached_property
    def _totals(self) -> tuple[Measure, ...]:
        review, months = self.term.review, self.term.months
        clauses = (self.payment, *self.incentives)
        return tuple(m for clause in clauses for m in clause.totals(review, months))

    def to_text(
        self,
        language: Language = "en",
        *,
        currency: str = "",
        plans: Mapping[str, str] | None = None,
    ) -> str:
        """Return the contract as numbered clauses that people can sign.

        Parameters
        ----------
        language : {"en", "id"}
            English or Indonesian.
        currency : str
            ISO 4217 code of its amounts; empty for bare numbers.
        plans : mapping of str to str, optional
            What ways of working are called for people, by their names.

        Raises
        ------
        PbcError
            If the language is unknown, or a clause has no words in it.

        Examples
        --------
        >>> text = Contract.model_validate({"title": "Tradisional"}).to_text("id")
        >>> text.splitlines()[0]
        'Kontrak: Tradisional'
        """
        return as_text(self, language, currency, plans)

    def needs(self) -> Needs:
        """Return all that the contract asks of the ledgers."""
        measures = (*self.measured().values(), *self.totals())
        terms = [self.term.months]
        if self.termination and self.term.months is not None:
            # Costs up to each period in which it may end.
            terms += range(self._step, self.term.months, self._step)
        return Needs(tuple(dict.fromkeys(measures)), tuple(terms))

    @property
    def _step(self) -> int:
        return MONTHS_OF[self.term.review]

    def months_run(self, periods_lost: int) -> int | None:
        """Return how long the contract runs if a termination takes some periods [month]."""
        if self.term.months is None or not periods_lost:
            return self.term.months
        n_periods = -(-self.term.months // self._step)
        return (n_periods - periods_lost) * self._step


def _days(review: str) -> float:
    """Return about how long a review period lasts, to tell the shorter of two [day]."""
    return {"week": 7.0, "term": float("inf")}.get(review) or 30.0 * MONTHS_OF[review]


def needs_of(contracts: Mapping[str, Contract]) -> Needs:
    """Return the union of what contracts ask of the ledgers."""
    every = [contract.needs() for contract in contracts.values()]
    measures = dict.fromkeys(m for needs in every for m in needs.measures)
    terms = dict.fromkeys(t for needs in every for t in needs.terms)
    return Needs(tuple(measures), tuple(terms) or (None,))
