"""How does one contract come out under one plan: amounts, KPIs, probabilities, differences.

Lives here: the results of a comparison, how they are estimated, and how one of them reads.
May not live here: statistics (`risk/`), several side by side (`comparison.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from pbc_sim.contract.kpi_clauses import WrittenKpi
from pbc_sim.contract.naming import kpi_label, target_said
from pbc_sim.decision.laid_out import laid_out
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
from pbc_sim.decision.wording import (
    amount_rows,
    contract_label,
    difference,
    estimate,
    event_said,
    heading,
    plan_label,
    variance_ratio,
)
from pbc_sim.figures import money, numeral, share, span
from pbc_sim.language import said
from pbc_sim.language import translated as _
from pbc_sim.printed import Printed

__all__ = ["AMOUNTS", "ContractResult", "KpiResult", "result_of", "sample"]

AMOUNTS = ("buyer_cost", "payments", "supplier_profit")


@dataclass(frozen=True)
class KpiResult(Printed):
    """How a KPI of a contract came out.

    Parameters
    ----------
    clause : KPI clause
        What was agreed.
    currency : str
        ISO 4217 code, for KPIs that are money.
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

    clause: WrittenKpi = field(repr=False)
    currency: str = field(repr=False)
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
        """Return what was found as plain values."""
        found = {k: v for k, v in self.__dict__.items() if k not in ("clause", "currency")}
        return found | {"any_breach": self.any_breach.as_dict()}

    def said(self) -> str:
        """Return the mean with its interval, in the unit, for people."""
        return estimate(self.mean, self.ci95, self.unit, self.currency)

    def reviews_said(self) -> str:
        """Return how many reviews miss which target, for people."""
        return _("{missed} miss the target ({target})").format(
            missed=share(self.breach_probability), target=target_said(self.clause, self.currency)
        )

    def __str__(self) -> str:
        label = self.clause.kpi.in_words.label
        reviews = _("{kpi}: reviews").format(kpi=label)
        return f"{label}: {self.said()}\n{reviews}: {self.reviews_said()}"


@dataclass(frozen=True)
class ContractResult(Printed):
    """One contract under one plan.

    Parameters
    ----------
    prices : Settlement
        What it was priced on.
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

    prices: Settlement = field(repr=False, compare=False)
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

    @property
    def readable(self) -> dict[str, str]:
        """All figures for people, by what they are, in readable units."""
        scenario = self.prices.outcomes.scenario
        currency = scenario.currency
        contract = self.prices.contracts[self.name]
        rows = {_("supplier's plan"): plan_label(scenario, self.plan)}
        for name, amount in self.amounts.items():
            rows |= amount_rows(heading(name), amount, name == "supplier_profit", currency)
        for name, p in self.probabilities.items():
            budget = scenario.budget
            words = event_said(name)
            if name == "over_budget" and budget is not None:
                words = _("P(payments over the budget of {budget})").format(
                    budget=money(budget, currency)
                )
            low, high = (numeral(100 * end, ".1f") for end in p.ci95)
            rows[words] = f"{share(p.estimate)} {span(low, high)}"
        for name, kpi in self.kpis.items():
            label = kpi_label(contract, name)
            rows[label] = kpi.said()
            rows[_("{kpi}: reviews").format(kpi=label)] = kpi.reviews_said()
        together = max((p.comparisons for p in self.paired.values()), default=1)
        if together > 1:
            rows[_("differences to the baseline")] = _("{n} intervals together").format(n=together)
        for name, against in self.paired.items():
            words = _("{amount} - baseline").format(amount=heading(name))
            rows[words] = difference(against, currency)
            ratio = _("{amount}: variance ratio").format(amount=heading(name))
            rows[ratio] = variance_ratio(against)
            if against.warning:
                too_few = _("{amount} - baseline: too few replications")
                rows[too_few.format(amount=heading(name))] = said(against.warning)
        return rows

    def __str__(self) -> str:
        title = contract_label(self.prices.contracts, self.name)
        return laid_out(pd.DataFrame({title: self.readable}))


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
        return ContractResult(prices, name, plan, {}, {}, {}, {})
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
    return ContractResult(prices, name, plan, amounts, kpis, probabilities, differences)


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
            clause,
            prices.outcomes.scenario.currency,
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
