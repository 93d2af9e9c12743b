"""Which numbers of a contract may be searched, and what is wanted of them?

Lives here: the section `design` of a scenario as a person writes it, and whether it fits the
contract. May not live here: the search (`decision/designing.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Literal

from pydantic import Field

from pbc_sim.contract.terms import Contract
from pbc_sim.errors import PbcError, unknown_name
from pbc_sim.figures import numeral
from pbc_sim.inputs import Level, Listed, Name, Share, Text, Written
from pbc_sim.language import translated as _
from pbc_sim.scenario.vary import Vary

__all__ = ["DesignTerms", "Wishes"]


class Wishes(Written):
    """What a designer wants of a contract, besides that the supplier signs it.

    Parameters
    ----------
    risk : {"mean", "cvar95"}
        Whether the buyer's expected cost is to be small, or the mean of its worst 5%.
    tail_weight : float, optional
        Instead of `risk`, any mix of both: (1 - weight) x mean + weight x mean of the worst 5%.
        [1]
    supplier_weight : float
        How many units of the buyer's cost one unit of the supplier's profit is worth, so that what
        is made small is cost - weight x profit. [1]
    within_budget : float, optional
        Probability with which payments stay within the scenario's budget. [1]
    kpis : mapping of str to float
        By KPI of the contract: with which probability a review meets its target. Of a hand-written
        contract, its own KPI of that name counts. [1]
    fair_to : mapping of str to float
        By plan that deserves full pay: with which probability no more than `tolerated_deductions`
        is deducted from it over the term, so that bad luck is not fined. [1]
    tolerated_deductions : float
        Deductions that are still fair to such a plan, as a share of the term's charges. [1]
    signed_by : tuple of str
        Kinds of suppliers of the scenario that must sign; others may walk away, and then the buyer
        bears its outside option. Where empty, all kinds that are asked.

    Examples
    --------
    >>> print(Wishes(risk="cvar95", supplier_weight=0.5).objective)
    mean of the worst 5% of (buyer's cost - 0.5 x supplier's profit)
    >>> print(Wishes(tail_weight=0.3).objective)
    0.7 x mean + 0.3 x mean of the worst 5% of buyer's cost
    """

    risk: Literal["mean", "cvar95"] = "mean"
    tail_weight: Share | None = None
    supplier_weight: Share = 0.0
    within_budget: Share | None = None
    kpis: Mapping[Name, Share] = {}
    fair_to: Mapping[Name, Share] = {}
    tolerated_deductions: Share = 0.0
    signed_by: Annotated[tuple[Name, ...], Listed] = ()

    @property
    def weight_of_tail(self) -> float:
        """How much of the objective is the mean of the worst 5% [1]."""
        return float(self.risk == "cvar95") if self.tail_weight is None else self.tail_weight

    @property
    def objective(self) -> str:
        """What is made small, in words."""
        tail = self.weight_of_tail
        if not self.supplier_weight and tail in (0, 1):
            return _("CVaR 95% of buyer's cost") if tail else _("buyer's expected cost")
        of_what = _("mean of the worst 5%") if tail else _("mean")
        if 0 < tail < 1:
            of_what = _("{rest} x mean + {tail} x {measure}").format(
                rest=numeral(1 - tail, "g"), tail=numeral(tail, "g"), measure=of_what
            )
        if not self.supplier_weight:
            return _("{measure} of buyer's cost").format(measure=of_what)
        return _("{measure} of (buyer's cost - {weight} x supplier's profit)").format(
            measure=of_what, weight=numeral(self.supplier_weight, "g")
        )


class DesignTerms(Written):
    """Which contract is a draft, which of its numbers are open, and what is wanted of them.

    Parameters
    ----------
    contract : str
        The contract to start from.
    vary : mapping of str to tuple of float
        By path of a number, as ``payment.catalogue_price.factor``: two numbers are a range from low
        to high; one, or three and more, are the values to try. In the unit of that number.
    wishes : Wishes
        What is wanted; the smallest expected cost of the buyer that the supplier signs where empty.
    """

    contract: str
    vary: Annotated[
        Mapping[Text, Annotated[tuple[Level, ...], Listed, Field(min_length=1, max_length=1000)]],
        Field(min_length=1, max_length=50),
    ]
    wishes: Wishes = Wishes()

    def problem_in(
        self,
        contracts: Mapping[str, Contract],
        budget: float | None,
        plans: Collection[str],
        suppliers: Collection[str],
    ) -> dict[str, str] | None:
        """Return what does not fit the scenario: message `m`, field, and key if that is wrong."""
        if self.contract not in contracts:
            message = unknown_name("contract", self.contract, contracts)
            return {"m": message, "field": "design.contract"}
        contract = contracts[self.contract]
        for path, values in self.vary.items():
            try:
                Vary(contract, {path: values})
            except PbcError as error:
                # A path has dots of its own, so it is the key and no place in a place.
                return {"m": str(error).removeprefix("vary: "), "field": "design.vary", "key": path}
        for kpi in self.wishes.kpis:
            if kpi not in contract.kpis:
                message = unknown_name("KPI of this contract", kpi, contract.kpis)
                return {"m": message, "field": "design.wishes.kpis", "key": kpi}
        for plan in self.wishes.fair_to:
            if plan not in plans:
                message = unknown_name("plan", plan, plans)
                return {"m": message, "field": "design.wishes.fair_to", "key": plan}
        for kind in self.wishes.signed_by:
            if kind not in suppliers:
                message = unknown_name("kind of supplier", kind, suppliers)
                return {"m": message, "field": "design.wishes.signed_by", "key": kind}
        if self.wishes.within_budget is not None and budget is None:
            message = "needs a budget; the scenario states none"
            return {"m": message, "field": "design.wishes.within_budget"}
        return None
