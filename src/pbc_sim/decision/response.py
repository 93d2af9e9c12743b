"""What would another supplier do: one that fears risk, chooses imperfectly, or has other costs.

Lives here: the answer of kinds of suppliers to every contract as a table, and what a buyer expects
who does not know which kind it faces. May not live here: how a kind chooses (`answers.py`), what
may be written of it (`scenario/suppliers.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from pbc_sim.decision.answers import (
    Money,
    certainty_values,
    choice,
    money_of,
    require_kinds,
    weights_of,
)
from pbc_sim.decision.laid_out import laid_out
from pbc_sim.decision.outcomes import WALKS_AWAY, Settlement
from pbc_sim.decision.risk import mean_interval
from pbc_sim.decision.wording import contract_label, headed, plan_label
from pbc_sim.errors import require_type
from pbc_sim.figures import money, share
from pbc_sim.language import said
from pbc_sim.language import translated as _
from pbc_sim.printed import Printed
from pbc_sim.scenario import SupplierType

__all__ = ["Response", "respond"]

#: What is less probable than this is not told to people. [1]
SHOWN = 0.005


@dataclass(frozen=True)
class Response(Printed):
    """What each kind of supplier does under each contract.

    Parameters
    ----------
    prices : Settlement
        Contracts priced on simulated futures.
    suppliers : mapping of str to SupplierType
        Kinds of suppliers by name.
    table : DataFrame
        A row a kind, contract and admissible plan, and one for "walks away": ``certainty`` (its
        certainty equivalent, or the outside option) and ``supplier_profit`` (mean, after its
        liability) [currency], ``probability`` that this is what it does [1], ``buyer_cost`` (mean)
        [currency]; where it walks away the buyer's outside option, NaN if none is written.
    """

    prices: Settlement
    suppliers: Mapping[str, SupplierType]
    table: pd.DataFrame

    @cached_property
    def kinds(self) -> dict[str, float]:
        """How probable each kind is [1]."""
        return weights_of(self.suppliers)

    @cached_property
    def _money(self) -> dict[str, Money]:
        return {kind: money_of(self.prices, who) for kind, who in self.suppliers.items()}

    def named(self, kind: str) -> str:
        """Return what a kind of supplier is called for people: its label, or its name."""
        return said(self.suppliers[kind].label) or kind

    def chances(self, kind: str, contract: str) -> dict[str, float]:
        """Return how probable each plan is, and "walks away", for one kind and contract [1]."""
        done = self.table["probability"]
        return {str(plan): float(done[kind, contract, plan]) for plan in self._done(kind, contract)}

    def _done(self, kind: str, contract: str) -> list[str]:
        return [plan for k, c, plan in self.table.index if (k, c) == (kind, contract)]

    @cached_property
    def summary(self) -> pd.DataFrame:
        """What a buyer expects who does not know which kind it faces: adverse selection.

        A row a contract: ``signed``, the probability that it is signed [1]; ``lost``, the kinds
        that rather walk away; ``cost_if_signed``, the buyer's mean cost from those who sign, and
        ``buyer_cost`` over all kinds, with ``low`` and ``high`` of its 95% interval over luck;
        ``supplier_profit``, over the kinds that sign [currency].
        """
        rows = {name: self._summary(name) for name in self.prices.contracts}
        columns = ["signed", "lost", "cost_if_signed", "buyer_cost", "low", "high"]
        columns.append("supplier_profit")
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns)

    @property
    def _readable(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """What is likely done, and the summary, in readable units."""
        currency = self.prices.outcomes.scenario.currency
        done = self.table[self.table["probability"] >= SHOWN].copy()
        summary = self.summary.copy()
        for table, amounts in (
            (done, ("certainty", "supplier_profit", "buyer_cost")),
            (summary, ("cost_if_signed", "buyer_cost", "low", "high", "supplier_profit")),
        ):
            for amount in amounts:
                table[amount] = ["-" if v != v else money(v, currency) for v in table[amount]]
        done["probability"] = [share(value, 0) for value in done["probability"]]
        summary["signed"] = [share(value, 0) for value in summary["signed"]]
        return done, summary

    def __str__(self) -> str:
        done, summary = self._readable
        kinds = "; ".join(f"{self.named(kind)} {share(p, 0)}" for kind, p in self.kinds.items())
        likely = _("What each kind of supplier does (likely: {kinds})").format(kinds=kinds)
        scenario, contracts = self.prices.outcomes.scenario, self.prices.contracts
        shown = headed(done)
        shown.index = pd.MultiIndex.from_tuples(
            [
                (self.named(kind), contract_label(contracts, contract), plan_label(scenario, plan))
                for kind, contract, plan in shown.index
            ],
            names=shown.index.names,
        )
        summary.index = [contract_label(contracts, name) for name in summary.index]
        summary["lost"] = [
            "; ".join(self.named(kind) for kind in lost.split(", ") if kind)
            for lost in summary["lost"]
        ]
        expects = _("What the buyer expects, not knowing the kind")
        parts = [f"{likely}\n{laid_out(shown)}", f"{expects}\n{laid_out(headed(summary))}"]
        if (summary["buyer_cost"] == "-").any():
            parts.append(
                _(
                    "Where the supplier may walk away, the buyer's expected cost needs "
                    "outside_option.buyer_cost, what it bears when nobody signs."
                )
            )
        return "\n\n".join(parts)

    def _summary(self, contract: str) -> tuple[float | str, ...]:
        cost = np.zeros(self.prices.outcomes.replications)
        signed = profit = 0.0
        lost = []
        plans = list(self.prices.outcomes.scores.plans)
        row = list(self.prices.contracts).index(contract)
        for kind, (earned, borne) in self._money.items():
            chances = self.chances(kind, contract)
            if chances.pop(WALKS_AWAY) > 0.5:
                lost.append(kind)
            for plan, probability in chances.items():
                chance = self.kinds[kind] * probability
                if chance:
                    at = row, plans.index(plan)
                    signed += chance
                    profit += chance * float(earned[at].mean())
                    cost += chance * borne[at]
        outside = self.prices.outcomes.scenario.outside_option.buyer_cost
        if_signed = float(cost.mean()) / signed if signed else float("nan")
        if signed < 1 - 1e-12:
            cost = cost + (1 - signed) * (float("nan") if outside is None else outside)
        known = not np.isnan(cost).any()
        low, high = mean_interval(cost) if known else (float("nan"), float("nan"))
        of_supplier = profit / signed if signed else float("nan")
        return signed, ", ".join(lost), if_signed, float(cost.mean()), low, high, of_supplier


def respond(prices: Settlement, suppliers: Mapping[str, SupplierType] | None = None) -> Response:
    """Ask what each kind of supplier does under each contract.

    With several kinds this shows adverse selection: which kinds a contract keeps, and which walk
    away. A kind with a precision signs by the same logit, its outside option standing among the
    plans. What a supplier cannot lose is first taken from the deductions that the buyer was to
    get; whatever is beyond them its other creditors bear.

    Parameters
    ----------
    prices : Settlement
        Contracts priced on simulated futures.
    suppliers : mapping of str to SupplierType, optional
        Kinds of suppliers by name; the scenario's where empty.

    Returns
    -------
    Response
        A table, and a summary over the kinds.

    Raises
    ------
    PbcError
        If no kind is given, or a contract admits no plan that was simulated.

    Notes
    -----
    Source: McKelvey and Palfrey (1995), Games and Economic Behavior 10:6-38, for the logit;
    Akerlof (1970), Quarterly Journal of Economics 84:488-500, for who stays.
    """
    require_type("prices", prices, Settlement, "price contracts first: outcomes.settle()")
    prices.outcomes.require_independent_futures()
    scenario = prices.outcomes.scenario
    suppliers = scenario.suppliers if suppliers is None else suppliers
    require_kinds(suppliers)
    outside = scenario.outside_option
    alone = float("nan") if outside.buyer_cost is None else outside.buyer_cost
    rows = {}
    plans = [str(plan) for plan in prices.outcomes.scores.plans]
    for contract in prices.contracts:
        prices.admissible_profit(contract)  # raises where there is no plan to choose
    for kind, supplier in suppliers.items():
        earned, borne = money_of(prices, supplier)
        certainty = certainty_values(earned, supplier).mean(axis=-1)
        admitted = np.array([[c.admits(p) for p in plans] for c in prices.contracts.values()])
        chances = choice(certainty, admitted, outside.supplier_profit, supplier)
        profit, cost = earned.mean(axis=-1), borne.mean(axis=-1)
        for n, contract in enumerate(prices.contracts):
            for p in np.flatnonzero(admitted[n]):
                of_plan = certainty[n, p], profit[n, p], chances[n, p], cost[n, p]
                rows[kind, contract, plans[p]] = of_plan
            own = outside.supplier_profit
            rows[kind, contract, WALKS_AWAY] = (own, own, chances[n, -1], alone)
    columns = ["certainty", "supplier_profit", "probability", "buyer_cost"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    table.index = pd.MultiIndex.from_tuples(rows, names=["supplier", "contract", "plan"])
    # Sorted, so that pandas finds all rows of one kind and contract.
    return Response(prices, dict(suppliers), table.sort_index())
