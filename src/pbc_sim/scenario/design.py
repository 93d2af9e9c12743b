"""Which numbers of a contract may be searched, and what is wanted of them?

Lives here: the section `design` of a scenario as a person writes it, and whether it fits the
contract. May not live here: the search (`decision/designing.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
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
        Whether the buyer's expected cost is to be small, or the mean of its worst 5 %.
    supplier_weight : float
        How many units of the buyer's cost one unit of the supplier's profit is worth, so that what
        is made small is cost - weight x profit. [1]
    within_budget : float, optional
        Probability with which payments stay within the scenario's budget. [1]
    kpis : mapping of str to float
        By KPI of the contract: with which probability a review meets its target. Of a hand-written
        contract, its own KPI of that name counts. [1]

    Examples
    --------
    >>> print(Wishes(risk="cvar95", supplier_weight=0.5).objective)
    mean of the worst 5 % of (buyer's cost - 0.5 x supplier's profit)
    """

    risk: Literal["mean", "cvar95"] = "mean"
    supplier_weight: Share = 0.0
    within_budget: Share | None = None
    kpis: Mapping[Name, Share] = {}

    @property
    def objective(self) -> str:
        """What is made small, in words."""
        if not self.supplier_weight:
            return (
                _("buyer's expected cost")
                if self.risk == "mean"
                else _("CVaR 95 % of buyer's cost")
            )
        words = (
            _("mean of (buyer's cost - {weight} x supplier's profit)")
            if self.risk == "mean"
            else _("mean of the worst 5 % of (buyer's cost - {weight} x supplier's profit)")
        )
        return words.format(weight=numeral(self.supplier_weight, "g"))


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
        self, contracts: Mapping[str, Contract], budget: float | None
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
        if self.wishes.within_budget is not None and budget is None:
            message = "needs a budget; the scenario states none"
            return {"m": message, "field": "design.wishes.within_budget"}
        return None
