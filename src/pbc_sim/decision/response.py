"""What would another supplier do: one that fears risk, chooses imperfectly, or has other costs.

Lives here: the answer of kinds of suppliers to every contract, and what a buyer expects who does
not know which kind it faces. May not live here: the answer of the supplier who only counts expected
profit (`Settlement.best_plan`), what may be written of a kind (`scenario/suppliers.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from pbc_sim.decision.laid_out import laid_out
from pbc_sim.decision.outcomes import WALKS_AWAY, Settlement
from pbc_sim.decision.risk import cvar, mean_interval
from pbc_sim.decision.wording import contract_label, headed, plan_label
from pbc_sim.errors import PbcError, require_type
from pbc_sim.figures import money, share
from pbc_sim.language import said
from pbc_sim.language import translated as _
from pbc_sim.scenario import SupplierType

__all__ = ["Response", "certainty_equivalent", "respond"]

LEVEL = 0.95

#: What is less probable than this is not told to people. [1]
SHOWN = 0.005


def certainty_equivalent(profit: np.ndarray, supplier: SupplierType) -> float:
    """Return the sure profit that a supplier likes as well as an uncertain one [currency].

    Parameters
    ----------
    profit : ndarray of shape (n,)
        Profit by replication. [currency]
    supplier : SupplierType
        How it values risk; what it loses beyond its liability does not concern it.

    Notes
    -----
    Source: Pratt (1964), Econometrica 32:122-136; Rockafellar and Uryasev (2002) for the tail;
    Shavell (1986), International Review of Law and Economics 6:45-58, for who can lose no more.

    Examples
    --------
    >>> certainty_equivalent(np.array([90.0, 110.0]), SupplierType(risk_aversion=0.1))
    95.0
    >>> certainty_equivalent(np.array([-90.0, 110.0]), SupplierType(liability=10.0))
    50.0
    """
    borne = profit if supplier.liability is None else np.maximum(profit, -supplier.liability)
    mean = float(borne.mean())
    worst = -cvar(-borne, LEVEL) if supplier.tail_weight else mean
    of_tail = (1 - supplier.tail_weight) * mean + supplier.tail_weight * worst
    return of_tail - supplier.risk_aversion / 2 * float(borne.var())


@dataclass(frozen=True)
class Response:
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
        total = sum(supplier.weight for supplier in self.suppliers.values())
        return {kind: supplier.weight / total for kind, supplier in self.suppliers.items()}

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
        for kind, supplier in self.suppliers.items():
            chances = self.chances(kind, contract)
            if chances.pop(WALKS_AWAY) > 0.5:
                lost.append(kind)
            for plan, probability in chances.items():
                chance = self.kinds[kind] * probability
                if chance:
                    earned = _money(self.prices, contract, plan, supplier)
                    signed += chance
                    profit += chance * float(earned.supplier_profit.mean())
                    cost += chance * earned.buyer_cost
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
    if not suppliers:
        raise PbcError(
            "there is no kind of supplier; write some as suppliers in the scenario, or give them "
            "as {'usual': pbc.SupplierType()}."
        )
    outside = scenario.outside_option
    alone = (
        outside.supplier_profit,
        outside.supplier_profit,
        float("nan") if outside.buyer_cost is None else outside.buyer_cost,
    )
    rows = {}
    for kind, supplier in suppliers.items():
        require_type(f"supplier '{kind}'", supplier, SupplierType, "make it with SupplierType()")
        for contract in prices.contracts:
            plans = [str(p) for p in prices.admissible_profit(contract)["plan"].values]
            found = []
            for plan in plans:
                earned = _money(prices, contract, plan, supplier)
                certainty = certainty_equivalent(earned.supplier_profit, supplier)
                means = float(earned.supplier_profit.mean()), float(earned.buyer_cost.mean())
                found.append((certainty, *means))
            found.append(alone)
            chances = _chances(np.array([certainty for certainty, _, _ in found]), supplier)
            for plan, one, chance in zip([*plans, WALKS_AWAY], found, chances, strict=True):
                certainty, profit, cost = one
                rows[kind, contract, plan] = (certainty, profit, chance, cost)
    columns = ["certainty", "supplier_profit", "probability", "buyer_cost"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    table.index = pd.MultiIndex.from_tuples(rows, names=["supplier", "contract", "plan"])
    # Sorted, so that pandas finds all rows of one kind and contract.
    return Response(prices, dict(suppliers), table.sort_index())


class _Money(NamedTuple):
    """Both parties' money in each replication, shape (n_replications,) [currency]."""

    supplier_profit: np.ndarray
    buyer_cost: np.ndarray


def _money(prices: Settlement, contract: str, plan: str, supplier: SupplierType) -> _Money:
    cell = {"contract": contract, "plan": plan}
    paid = prices.payments.sel(cell).values
    cost = paid - prices.supplier_profit.sel(cell).values
    profit, buyer_cost = paid - supplier.cost_factor * cost, prices.buyer_cost.sel(cell).values
    if supplier.liability is None:
        return _Money(profit, buyer_cost)
    borne = np.maximum(profit, -supplier.liability)
    unpaid = np.minimum(borne - profit, -prices.paid["deductions"].sel(cell).values)
    return _Money(borne, buyer_cost + unpaid)


def _chances(certainty: np.ndarray, supplier: SupplierType) -> list[float]:
    """Return with which probability each is taken, the last one being to walk away.

    Who always chooses takes the first of equal plans, and signs for as much as it has outside.
    """
    if supplier.precision is None:
        chances = np.zeros(len(certainty))
        chances[certainty.argmax()] = 1.0
    else:
        chances = np.exp(supplier.precision * (certainty - certainty.max()))
    return (chances / chances.sum()).tolist()
