"""How does one contract come out under one plan: amounts, KPIs, probabilities, differences.

Lives here: the results of a comparison and how they are estimated.
May not live here: statistics (`risk/`), text and tables (`comparison.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pbc_sim.decision.outcomes import WALKS_AWAY, Settlement
from pbc_sim.decision.risk import (
    Paired,
    Probability,
    Summary,
    mean_interval,
    paired,
    probability,
    summary,
)
from pbc_sim.decision.wording import estimate

__all__ = ["AMOUNTS", "ContractResult", "KpiResult", "result_of", "sample"]

AMOUNTS = ("buyer_cost", "payments", "supplier_profit")


@dataclass(frozen=True)
class KpiResult:
    """How a KPI of a contract came out.

    Parameters
    ----------
    label, unit, target : str
        What it is and what was agreed.
    level : float
        Required level, in the unit.
    better : str
        Which way is better.
    mean, ci95 : float, tuple of float
        Mean over replications of the value over the term, and its interval within the KPI's bounds.
    breach_probability : float
        Share of all reviews that miss the target. [1]
    any_breach : Probability
        Probability that at least one review of the term misses it.
    """

    label: str
    unit: str
    target: str
    level: float
    better: str
    mean: float
    ci95: tuple[float, float]
    breach_probability: float
    any_breach: Probability

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as plain values."""
        return self.__dict__ | {"any_breach": self.any_breach.as_dict()}

    def said(self, currency: str) -> str:
        """Return the mean with its interval, in the unit, for people."""
        return estimate(self.mean, self.ci95, self.unit, currency)


@dataclass(frozen=True)
class ContractResult:
    """One contract under one plan.

    Parameters
    ----------
    name, plan : str
        The contract, and the plan or "walks away".
    amounts : mapping of str to Summary
        Buyer's total cost, payments, supplier's profit; empty if the supplier walks away. With a
        discount rate also the present value of the payments.
    kpis : mapping of str to KpiResult
        The contract's KPIs.
    probabilities : mapping of str to Probability
        Of a breach of any target, a supplier's loss, a termination, of exceeding the budget.
    paired : mapping of str to Paired
        Differences to the baseline contract; empty for the baseline itself. The intervals of one
        amount hold together over all contracts (Bonferroni).
    """

    name: str
    plan: str
    amounts: dict[str, Summary]
    kpis: dict[str, KpiResult]
    probabilities: dict[str, Probability]
    paired: dict[str, Paired]

    def as_dict(self) -> dict[str, Any]:
        """Return the documented JSON form; amounts are null if the supplier walks away."""
        amounts: dict[str, Any] = dict.fromkeys(AMOUNTS)
        amounts |= {name: amount.as_dict() for name, amount in self.amounts.items()}
        return {
            "name": self.name,
            "plan": self.plan,
            **amounts,
            "kpis": {name: kpi.as_dict() for name, kpi in self.kpis.items()},
            "probabilities": {name: p.as_dict() for name, p in self.probabilities.items()},
            "paired": {name: p.as_dict() for name, p in self.paired.items()} or None,
        }


def sample(prices: Settlement, amount: str, contract: str, plan: str) -> np.ndarray:
    """Return an amount of `Settlement` in each replication, shape (n_replications,) [currency]."""
    values: np.ndarray = getattr(prices, amount).sel(contract=contract, plan=plan).values
    return values


def result_of(
    prices: Settlement, name: str, chosen: dict[str, str], baseline: str
) -> ContractResult:
    """Return how a contract comes out under its plan, and against the baseline under its own.

    Parameters
    ----------
    prices : Settlement
        Contracts priced on simulated futures.
    name, baseline : str
        The contract, and the one to compare with.
    chosen : mapping of str to str
        The plan under each contract.
    """
    plan, base_plan = chosen[name], chosen[baseline]
    if plan == WALKS_AWAY:
        return ContractResult(name, plan, {}, {}, {}, {})
    samples = {amount: sample(prices, amount, name, plan) for amount in AMOUNTS}
    differences = {}
    if name != baseline and base_plan != WALKS_AWAY:
        # A reader looks at all of them, and takes the one that stands out.
        others = [n for n, plan in chosen.items() if n != baseline and plan != WALKS_AWAY]
        differences = {
            amount: paired(
                samples[amount],
                sample(prices, amount, baseline, base_plan),
                comparisons=len(others),
            )
            for amount in AMOUNTS
        }
    if prices.contracts[name].term.discount_rate_per_year:
        samples["present_values"] = sample(prices, "present_values", name, plan)
    amounts = {a: summary(values, is_cost=a != "supplier_profit") for a, values in samples.items()}
    missed = _missed_reviews(prices, name, plan)
    probabilities = {"supplier_loss": probability(samples["supplier_profit"] < 0)}
    if missed:
        any_missed = np.logical_or.reduce([m > 0 for m, _ in missed.values()])
        probabilities["any_breach"] = probability(any_missed)
    if prices.contracts[name].termination:
        probabilities["terminated"] = probability(sample(prices, "periods_lost", name, plan) > 0)
    budget = prices.outcomes.scenario.budget
    if budget is not None:
        probabilities["over_budget"] = probability(samples["payments"] > budget)
    kpis = _kpi_results(prices, name, plan, missed)
    return ContractResult(name, plan, amounts, kpis, probabilities, differences)


def _missed_reviews(
    prices: Settlement, name: str, plan: str
) -> dict[str, tuple[np.ndarray, float]]:
    cell = prices.paid.sel(contract=name)
    missed = {}
    for kpi in prices.contracts[name].kpis:
        reviews = float(cell["reviews"].sel(kpi=kpi))
        met, dropped = (
            cell[name].sel(kpi=kpi, plan=plan).values for name in ("reviews_met", "reviews_dropped")
        )
        missed[kpi] = (reviews - dropped - met, float((reviews - dropped).mean()))
    return missed


def _kpi_results(
    prices: Settlement, name: str, plan: str, missed: dict[str, tuple[np.ndarray, float]]
) -> dict[str, KpiResult]:
    values, results = prices.kpi_values(name), {}
    for kpi, clause in prices.contracts[name].kpis.items():
        value = values.sel(kpi=kpi, plan=plan).values
        value = value[~np.isnan(value)]
        times, reviews = missed[kpi]
        # Near a bound Student's interval reaches beyond it, where no value can be.
        low, high = np.clip(mean_interval(value), *clause.kpi.bounds).tolist()
        results[kpi] = KpiResult(
            clause.kpi.label,
            clause.kpi.unit,
            str(clause.target),
            clause.target.level,
            clause.kpi.better,
            float(value.mean()) if len(value) else float("nan"),
            (low, high),
            float(times.mean() / max(reviews, 1.0)),
            probability(times > 0),
        )
    return results
