"""Which contracts could both parties sign, and who gains what: the zone of agreement.

Lives here: gains of both parties against what they have otherwise, and two fair points.
May not live here: how contracts are found (`designing.py`), what one number is worth
(`clause_prices.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pbc_sim.contract import Contract
from pbc_sim.decision.answers import answer, kinds_said
from pbc_sim.decision.evaluation import evaluate, pareto
from pbc_sim.decision.outcomes import Outcomes
from pbc_sim.decision.risk import mean_interval, quantile_estimate
from pbc_sim.decision.wording import contract_label, plan_label
from pbc_sim.errors import PbcError, require_type, unknown_name
from pbc_sim.figures import money
from pbc_sim.language import translated as _
from pbc_sim.printed import Printed
from pbc_sim.scenario import SupplierType, Wishes

__all__ = ["Negotiation", "negotiate"]

#: Quantiles of an amount that are its best and its worst case. [1]
LOW, HIGH = 0.05, 0.95


@dataclass(frozen=True)
class Negotiation(Printed):
    """What both parties gain under contracts, against what each has otherwise.

    Parameters
    ----------
    outcomes : Outcomes
        Stored futures.
    contracts : mapping of str to Contract
        The contracts on the table.
    baseline : Contract
        The buyer's reference: what it pays and bears under it, with the supplier's best response.
    table : DataFrame
        A row a contract: ``plan``, ``buyer_gain`` (cost under the baseline less cost),
        ``supplier_gain`` (profit less outside option; with kinds of suppliers, the mean of their
        certainty equivalents less it) [currency], ``signed``, whether all kinds that must sign do,
        and ``in_zone``, whether neither party loses then.
    suppliers : mapping of str to SupplierType, optional
        Kinds of suppliers that were asked, where it is not the one that counts expected profit.
    signed_by : tuple of str
        Kinds that must sign; all where empty.
    """

    outcomes: Outcomes
    contracts: Mapping[str, Contract]
    baseline: Contract
    table: pd.DataFrame
    suppliers: Mapping[str, SupplierType] | None = None
    signed_by: tuple[str, ...] = ()

    @property
    def zone(self) -> pd.DataFrame:
        """The contracts under which neither party is worse off than without."""
        return self.table[self.table["in_zone"]]

    @property
    def frontier(self) -> pd.DataFrame:
        """The contracts of the zone that no other beats for both, best for the buyer first."""
        zone = self.zone
        as_costs = zone.assign(
            buyer_cost=-zone["buyer_gain"], supplier_profit=zone["supplier_gain"]
        )
        return zone.loc[pareto(as_costs).index]

    @property
    def nash(self) -> str | None:
        """The contract with the largest product of gains; None where there is no zone.

        Notes
        -----
        Source: Nash (1950), Econometrica 18:155-162, over the contracts on the table alone.
        """
        zone = self.zone
        return None if zone.empty else str((zone["buyer_gain"] * zone["supplier_gain"]).idxmax())

    @property
    def kalai_smorodinsky(self) -> str | None:
        """The contract whose worse-off party gets the largest share of the most it could gain.

        None where there is no zone.

        Notes
        -----
        Source: Kalai and Smorodinsky (1975), Econometrica 43:513-518, over the contracts on the
        table alone.
        """
        zone = self.zone
        if zone.empty:
            return None
        gains = zone[["buyer_gain", "supplier_gain"]]
        # Where a party can gain nothing, it is content with that.
        return str((gains / gains.max().where(gains.max() > 0)).fillna(1.0).min(axis=1).idxmax())

    def gains(self, contract: str) -> pd.DataFrame:
        """Return both parties' gains under a contract with 95% intervals, on the same luck.

        Raises
        ------
        PbcError
            If the contract is unknown, or is not signed.
        """
        if contract not in self.contracts:
            raise PbcError(unknown_name("contract", contract, self.contracts))
        prices = self.outcomes.settle({"baseline": self.baseline, "it": self.contracts[contract]})
        answers = answer(prices, self.suppliers, self.signed_by)
        if not answers.signed[1]:
            raise PbcError(f"the supplier walks away from '{contract}', so nobody gains by it.")
        reference, cost = answers.buyer_cost
        outside = self.outcomes.scenario.outside_option.supplier_profit
        rows = {"buyer": reference - cost, "supplier": answers.certainty[1] - outside}
        return pd.DataFrame.from_dict(
            {party: (float(gain.mean()), *mean_interval(gain)) for party, gain in rows.items()},
            orient="index",
            columns=["gain", "low", "high"],
        )

    def cases(self) -> pd.DataFrame:
        """Return the best and the worst case of each contract of the zone for each party.

        A mean hides what a party may have to bear. Each case is reached or passed in one future of
        twenty.

        Returns
        -------
        DataFrame
            A row a contract and party ("buyer": total cost, "supplier": profit): ``best`` with
            ``best_low`` and ``best_high`` of its 95% interval, ``mean``, ``worst`` with
            ``worst_low`` and ``worst_high``; an end that the sample cannot bound is infinite.
            [currency]

        Raises
        ------
        PbcError
            If kinds of suppliers differ: a case is one of luck alone.
        """
        columns = ["best", "best_low", "best_high", "mean", "worst", "worst_low", "worst_high"]
        rows: dict[tuple[str, str], list[float]] = {}
        signed = {str(name): self.contracts[str(name)] for name in self.zone.index}
        if not signed:
            return pd.DataFrame(columns=columns)
        answers = answer(self.outcomes.settle(signed), self.suppliers, self.signed_by)
        if not answers.of_one:
            words = _(
                "best and worst cases are of luck alone, and here the supplier may be one of "
                "several kinds, or choose otherwise; negotiate with one kind at a time."
            )
            raise PbcError(words)
        for n, name in enumerate(signed):
            of_party = {"buyer": answers.buyer_cost[n], "supplier": answers.supplier_profit[n]}
            for party, values in of_party.items():
                ends = [
                    [float(np.quantile(values, q)), *quantile_estimate(values, q).ci95]
                    for q in (LOW, HIGH)
                ]
                best, worst = ends if party == "buyer" else ends[::-1]
                rows[name, party] = [*best, float(values.mean()), *worst]
        index = pd.MultiIndex.from_tuples(list(rows), names=["contract", "party"])
        return pd.DataFrame(list(rows.values()), index=index, columns=columns)

    def __str__(self) -> str:
        nash, kalai_smorodinsky = self.nash, self.kalai_smorodinsky
        if nash is None or kalai_smorodinsky is None:
            return _(
                "None of {n} contracts leaves both parties at least as well off as without."
            ).format(n=len(self.table))
        currency = self.outcomes.scenario.currency
        lines = [] if self.suppliers is None else [kinds_said(self.suppliers, self.signed_by)]
        lines.append(
            _("{n} of {all} contracts are in the zone of agreement.").format(
                n=len(self.zone), all=len(self.table)
            )
        )
        for words, name in (("Nash", nash), ("Kalai-Smorodinsky", kalai_smorodinsky)):
            buyer, supplier = (
                money(float(self.zone[party].loc[name]), currency)
                for party in ("buyer_gain", "supplier_gain")
            )
            plan = self.zone["plan"].loc[name]
            lines.append(
                _(
                    "{point}: {contract}, buyer gains {buyer}, supplier {supplier}, plan {plan}."
                ).format(
                    point=words,
                    contract=f"'{contract_label(self.contracts, name)}'",
                    buyer=buyer,
                    supplier=supplier,
                    plan=f"'{plan_label(self.outcomes.scenario, str(plan))}'",
                )
            )
        return "\n".join(lines)


def negotiate(
    outcomes: Outcomes,
    contracts: Mapping[str, Contract],
    *,
    baseline: str | None = None,
    suppliers: Mapping[str, SupplierType] | None = None,
    signed_by: Collection[str] = (),
) -> Negotiation:
    """Return which contracts both parties could sign, and who gains what.

    The buyer's reference is its expected cost under the baseline contract, the supplier's is its
    outside option. The supplier answers every contract with its best response.

    Parameters
    ----------
    outcomes : Outcomes
        Stored futures.
    contracts : mapping of str to Contract
        The contracts on the table.
    baseline : str, optional
        Name of the scenario's contract that the buyer has otherwise; the scenario's baseline, or
        its first contract.
    suppliers : mapping of str to SupplierType, optional
        Kinds of suppliers that may answer, as ``scenario.suppliers``: each gains what the contract
        is worth to it (its certainty equivalent), and gains are means over the kinds. Where empty,
        one that counts its expected profit alone.
    signed_by : collection of str
        Kinds that must sign for a contract to be in the zone; all where empty.

    Raises
    ------
    PbcError
        If the baseline is unknown or the supplier walks away from it, or there are no contracts.
    """
    require_type("outcomes", outcomes, Outcomes, "simulate first: pbc.run(scenario)")
    if not contracts:
        raise PbcError("there is no contract to negotiate about; give at least one.")
    scenario = outcomes.scenario
    name = baseline or scenario.baseline_name or next(iter(scenario.contracts))
    otherwise = scenario.require_contract(name)
    outcomes.require_independent_futures()
    wishes = Wishes(signed_by=tuple(signed_by))
    reference = evaluate(outcomes, {name: otherwise}, wishes, suppliers=suppliers).iloc[0]
    if not reference["signed"]:
        words = _(
            "the supplier walks away from the baseline '{contract}', so the buyer has no "
            "reference; name another baseline."
        )
        raise PbcError(words.format(contract=name))
    table = evaluate(outcomes, contracts, wishes, suppliers=suppliers)
    outside = scenario.outside_option.supplier_profit
    worth = table["supplier_profit" if suppliers is None else "certainty"]
    buyer, supplier = reference["buyer_cost"] - table["buyer_cost"], worth - outside
    gains = pd.DataFrame(
        {
            "plan": table["plan"],
            "buyer_gain": buyer,
            "supplier_gain": supplier,
            "signed": table["signed"],
            "in_zone": (buyer >= 0) & (supplier >= 0) & table["signed"],
        }
    )
    return Negotiation(outcomes, dict(contracts), otherwise, gains, suppliers, wishes.signed_by)
