"""What would another supplier do: one that fears risk, chooses imperfectly, or has other costs.

Lives here: kinds of suppliers and their answer to every contract. May not live here: the answer of
the supplier who only counts expected profit (`Settlement.best_plan`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from pbc_sim.decision.outcomes import WALKS_AWAY, Settlement
from pbc_sim.decision.risk import cvar
from pbc_sim.errors import PbcError, require_type
from pbc_sim.inputs import Share, Written

__all__ = ["SupplierType", "certainty_equivalent", "respond"]

LEVEL = 0.95

NotNegative = Annotated[float, Field(ge=0, strict=False)]


class SupplierType(Written):
    """How a supplier values its profit, and how well it chooses.

    Parameters
    ----------
    risk_aversion : float
        Weight r of the variance of profit: mean - r / 2 x variance, the certainty equivalent of
        constant absolute risk aversion under normal profit. [1/currency]
    tail_weight : float
        Weight w of the worst 5 %: (1 - w) x mean + w x the mean of the worst 5 % of profits. [1]
    cost_factor : float
        Its costs over those simulated. [1]
    precision : float, optional
        How surely it takes the better plan: odds grow e-fold with each 1 / precision of certainty
        equivalent (logit); always the best where empty. [1/currency]
    """

    risk_aversion: NotNegative = 0.0
    tail_weight: Share = 0.0
    cost_factor: Annotated[float, Field(gt=0, strict=False)] = 1.0
    precision: NotNegative | None = None


def certainty_equivalent(profit: np.ndarray, supplier: SupplierType) -> float:
    """Return the sure profit that a supplier likes as well as an uncertain one [currency].

    Parameters
    ----------
    profit : ndarray of shape (n,)
        Profit by replication. [currency]
    supplier : SupplierType
        How it values risk.

    Notes
    -----
    Source: Pratt (1964), Econometrica 32:122-136; Rockafellar and Uryasev (2002) for the tail.

    Examples
    --------
    >>> certainty_equivalent(np.array([90.0, 110.0]), SupplierType(risk_aversion=0.1))
    95.0
    """
    mean = float(profit.mean())
    worst = -cvar(-profit, LEVEL) if supplier.tail_weight else mean
    of_tail = (1 - supplier.tail_weight) * mean + supplier.tail_weight * worst
    return of_tail - supplier.risk_aversion / 2 * float(profit.var())


def respond(prices: Settlement, suppliers: Mapping[str, SupplierType]) -> pd.DataFrame:
    """Return what each kind of supplier does under each contract.

    With several kinds this shows adverse selection: which kinds a contract keeps, and which walk
    away. A kind with a precision signs by the same logit, its outside option standing among the
    plans.

    Parameters
    ----------
    prices : Settlement
        Contracts priced on simulated futures.
    suppliers : mapping of str to SupplierType
        Kinds of suppliers by name.

    Returns
    -------
    DataFrame
        A row a kind, contract and admissible plan, and one for "walks away": ``certainty`` (its
        certainty equivalent, or the outside option) and ``supplier_profit`` (mean) [currency],
        ``probability`` that this is what it does [1], ``buyer_cost`` (mean) [currency], NaN where
        it walks away.

    Raises
    ------
    PbcError
        If no kind is given, or a contract admits no plan that was simulated.

    Notes
    -----
    Source: McKelvey and Palfrey (1995), Games and Economic Behavior 10:6-38, for the logit.
    """
    require_type("prices", prices, Settlement, "price contracts first: outcomes.settle()")
    prices.outcomes.require_independent_futures()
    if not suppliers:
        raise PbcError("there is no kind of supplier; give one as {'usual': SupplierType()}.")
    outside = prices.outcomes.scenario.outside_option.supplier_profit
    rows = {}
    for kind, supplier in suppliers.items():
        require_type(f"supplier '{kind}'", supplier, SupplierType, "make it with SupplierType()")
        for contract in prices.contracts:
            plans = [str(p) for p in prices.admissible_profit(contract)["plan"].values]
            found = []
            for plan in plans:
                cell = {"contract": contract, "plan": plan}
                paid = prices.payments.sel(cell).values
                cost = paid - prices.supplier_profit.sel(cell).values
                profit = paid - supplier.cost_factor * cost
                buyer = float(prices.buyer_cost.sel(cell).mean())
                found.append((certainty_equivalent(profit, supplier), float(profit.mean()), buyer))
            found.append((outside, outside, float("nan")))
            chances = _chances(np.array([certainty for certainty, _, _ in found]), supplier)
            for plan, one, chance in zip([*plans, WALKS_AWAY], found, chances, strict=True):
                certainty, profit_mean, buyer = one
                rows[kind, contract, plan] = (certainty, profit_mean, chance, buyer)
    columns = ["certainty", "supplier_profit", "probability", "buyer_cost"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    table.index = pd.MultiIndex.from_tuples(rows, names=["supplier", "contract", "plan"])
    # Sorted, so that pandas finds all rows of one kind and contract.
    return table.sort_index()


def _chances(certainty: np.ndarray, supplier: SupplierType) -> list[float]:
    """Return with which probability each is taken; the first of equals where it always chooses."""
    if supplier.precision is None:
        chances = np.zeros(len(certainty))
        chances[certainty.argmax()] = 1.0
    else:
        chances = np.exp(supplier.precision * (certainty - certainty.max()))
    return (chances / chances.sum()).tolist()
