"""Which contract is better for whom: candidates side by side, on the same luck.

Lives here: `compare` and the `Comparison` it returns. May not live here: statistics (`risk.py`),
pictures (`show/plots.py`), wording of numbers beyond the table.
"""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from pbc_sim.decision.outcomes import WALKS_AWAY, Settlement
from pbc_sim.decision.risk import (
    Paired,
    Probability,
    Summary,
    mean_interval,
    paired,
    probability,
    ratio_interval,
    summary,
)
from pbc_sim.decision.wording import difference, estimate, in_unit, interval, variance_ratio
from pbc_sim.errors import PbcError, require_type, unknown_name
from pbc_sim.figures import money, share
from pbc_sim.performance.periods import term_end
from pbc_sim.scenario import BEST

__all__ = ["Comparison", "ContractResult", "KpiResult", "compare"]

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
        Mean over replications of the value over the term, and its interval.
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
        Differences to the baseline contract; empty for the baseline itself.
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


def compare(prices: Settlement, *, plan: str = BEST, baseline: str | None = None) -> Comparison:
    """Compare contracts: cost and risk of both parties, with paired differences to a baseline.

    Parameters
    ----------
    prices : Settlement
        Contracts priced on the same futures.
    plan : str
        Name of a plan for all contracts; "best" lets the supplier take, under each contract, the
        plan with its highest expected profit, or walk away.
    baseline : str, optional
        Contract to compare with; the scenario's, or the first where that one is not priced.

    Returns
    -------
    Comparison
        A result for each contract.

    Raises
    ------
    PbcError
        If plan or baseline is unknown, or the contracts' terms differ in length.
    """
    require_type("prices", prices, Settlement, "price contracts first: outcomes.settle()")
    _require_equal_terms(prices)
    _require_independent_futures(prices)
    scenario = prices.outcomes.scenario
    scenario.require_plan(plan, or_best=True)
    if baseline is None:
        wanted = scenario.baseline_name
        baseline = wanted if wanted and wanted in prices.contracts else next(iter(prices.contracts))
    elif baseline not in prices.contracts:
        raise PbcError(unknown_name("contract", baseline, prices.contracts))
    chosen = {n: prices.best_plan(n) if plan == BEST else plan for n in prices.contracts}
    results = {name: _result(prices, name, chosen, baseline) for name in prices.contracts}
    return Comparison(prices, plan, baseline, results)


def _require_equal_terms(prices: Settlement) -> None:
    """Refuse to compare a year's money with a half-year's."""
    setting = prices.outcomes.scenario.setting
    ends = {name: term_end(setting, c.term.months) for name, c in prices.contracts.items()}
    longest = max(ends, key=lambda name: ends[name])
    for name, end in ends.items():
        if end != ends[longest]:
            begin = setting.measured_from
            raise PbcError(
                f"contract '{name}' runs {end - begin:g} days and '{longest}' "
                f"{ends[longest] - begin:g} days, so their money cannot be compared; give all "
                "the same term.months, or compare those of one term."
            )


def _require_independent_futures(prices: Settlement) -> None:
    """Refuse intervals from replications that share draws of what is uncertain."""
    uncertain = prices.outcomes.scenario.uncertain
    if uncertain and uncertain.replications_each > 1:
        raise PbcError(
            f"replications_each is {uncertain.replications_each}, so replications are not "
            "independent and intervals would be too narrow; leave it out to compare contracts, and "
            "use such a study for variance_split."
        )


def _sample(prices: Settlement, amount: str, contract: str, plan: str) -> np.ndarray:
    values: np.ndarray = getattr(prices, amount).sel(contract=contract, plan=plan).values
    return values


def _result(prices: Settlement, name: str, chosen: dict[str, str], baseline: str) -> ContractResult:
    plan, base_plan = chosen[name], chosen[baseline]
    if plan == WALKS_AWAY:
        return ContractResult(name, plan, {}, {}, {}, {})
    samples = {amount: _sample(prices, amount, name, plan) for amount in AMOUNTS}
    differences = {}
    if name != baseline and base_plan != WALKS_AWAY:
        differences = {
            amount: paired(samples[amount], _sample(prices, amount, baseline, base_plan))
            for amount in AMOUNTS
        }
    if prices.contracts[name].term.discount_rate_per_year:
        samples["present_values"] = _sample(prices, "present_values", name, plan)
    amounts = {a: summary(values, is_cost=a != "supplier_profit") for a, values in samples.items()}
    missed = _missed_reviews(prices, name, plan)
    probabilities = {"supplier_loss": probability(samples["supplier_profit"] < 0)}
    if missed:
        any_missed = np.logical_or.reduce([m > 0 for m, _ in missed.values()])
        probabilities["any_breach"] = probability(any_missed)
    if prices.contracts[name].termination:
        probabilities["terminated"] = probability(_sample(prices, "periods_lost", name, plan) > 0)
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
        results[kpi] = KpiResult(
            clause.kpi.label,
            clause.kpi.unit,
            str(clause.target),
            clause.target.level,
            clause.kpi.better,
            float(value.mean()) if len(value) else float("nan"),
            mean_interval(value),
            float(times.mean() / max(reviews, 1.0)),
            probability(times > 0),
        )
    return results


@dataclass(frozen=True)
class Comparison:
    """Contracts side by side.

    Parameters
    ----------
    prices : Settlement
        What they were priced on.
    plan : str
        The plan asked for; "best" for the supplier's best response.
    baseline : str
        The contract that differences refer to.
    results : mapping of str to ContractResult
        One a contract.
    """

    prices: Settlement
    plan: str
    baseline: str
    results: dict[str, ContractResult]

    def sample(self, contract: str, amount: str) -> np.ndarray | None:
        """Return the replications of an amount, shape (n_replications,), None if walked away."""
        plan = self.results[contract].plan
        return None if plan == WALKS_AWAY else _sample(self.prices, amount, contract, plan)

    def to_frame(self) -> pd.DataFrame:
        """Return all numbers, one row a contract; columns are named as in the JSON form."""
        rows = [
            _flat({k: v for k, v in result.as_dict().items() if v is not None})
            for result in self.results.values()
        ]
        return pd.DataFrame(rows).set_index("name")

    def as_dict(self) -> dict[str, Any]:
        """Return the documented JSON form."""
        outcomes = self.prices.outcomes
        return {
            "scenario": outcomes.scenario.title,
            "seed": outcomes.study.seed,
            "replications": outcomes.replications,
            "engine": outcomes.engine,
            "baseline": self.baseline,
            "contracts": [result.as_dict() for result in self.results.values()],
        }

    def to_json(self) -> str:
        """Return the documented JSON form as text; what is undefined is null."""
        return json.dumps(_without_nan(self.as_dict()), indent=2, allow_nan=False)

    @cached_property
    def table(self) -> pd.DataFrame:
        """The comparison for people: one column a contract, amounts in readable units."""
        rows = {n: _readable(r, self._currency) for n, r in self.results.items()}
        table = pd.DataFrame(rows).fillna("-")
        budget = self.prices.outcomes.scenario.budget
        if budget is not None:
            words = f"P(payments over the budget of {money(budget, self._currency)})"
            table = table.rename(index={"P(over budget)": words})
        return table

    @property
    def _currency(self) -> str:
        return self.prices.outcomes.scenario.currency

    @cached_property
    def summary(self) -> pd.DataFrame:
        """The comparison at a glance: one row a contract."""
        return pd.DataFrame(
            {name: self._at_a_glance(name, result) for name, result in self.results.items()}
        ).T.fillna("-")

    def _at_a_glance(self, name: str, result: ContractResult) -> dict[str, str]:
        outside = self.prices.outcomes.scenario.outside_option.supplier_profit
        if result.plan == WALKS_AWAY:
            best = float(self.prices.expected_profit.sel(contract=name).max())
            least = (
                f"at best {money(best, self._currency)}, outside {money(outside, self._currency)}"
            )
            return {"supplier's plan": result.plan, "supplier profit": least}
        cost, profit = result.amounts["buyer_cost"], result.amounts["supplier_profit"]
        change = result.paired.get("buyer_cost")
        missed = [k for k, kpi in result.kpis.items() if kpi.breach_probability > 0.5]
        return {
            "supplier's plan": result.plan,
            "buyer cost": money(cost.mean, self._currency),
            f"against {self.baseline}": difference(change, self._currency) if change else "-",
            "supplier profit": money(profit.mean, self._currency),
            "P(supplier loss)": share(result.probabilities["supplier_loss"].estimate),
            "would sign": "yes" if profit.mean >= outside else "no",
            "mostly missed": ", ".join(missed) if result.kpis else "-",
        }

    @cached_property
    def profits(self) -> pd.DataFrame:
        """The supplier's expected profit: a row a plan, a column a contract."""
        expected = pd.DataFrame(self.prices.expected_profit.to_pandas()).T
        table: pd.DataFrame = expected.map(lambda amount: money(amount, self._currency))
        return table

    @cached_property
    def plans(self) -> pd.DataFrame:
        """Every plan under the baseline contract, on the same luck.

        Columns: supplier's expected profit and buyer's total cost, the paired differences to the
        first plan, and their variance ratios.
        """
        currency = self._currency
        names = list(self.prices.outcomes.scenario.plans)
        rows = {}
        for name in names:
            row = {}
            for amount, words in (
                ("supplier_profit", "supplier profit"),
                ("buyer_cost", "buyer cost"),
            ):
                values = _sample(self.prices, amount, self.baseline, name)
                row[words] = money(float(values.mean()), currency)
                if name != names[0]:
                    against = paired(values, _sample(self.prices, amount, self.baseline, names[0]))
                    row[f"{words} - {names[0]}"] = difference(against, currency)
                    row[f"variance ratio, {words}"] = variance_ratio(against)
            rows[name] = row
        return pd.DataFrame(rows).T.fillna("-")

    @cached_property
    def published(self) -> pd.DataFrame | None:
        """The figures reported of the real case beside the simulated ones, if there are any."""
        report = self.prices.outcomes.scenario.published
        # Under a named plan nobody responds to the contract, so "came out" would be false.
        if self.plan != BEST:
            return None
        if report is None or not {report.before, report.after} <= set(self.results):
            return None
        before, after = self.results[report.before], self.results[report.after]
        if WALKS_AWAY in (before.plan, after.plan):
            return None
        rows = [
            {
                "figure": row.label,
                "reported": " -> ".join(
                    self._reported(value, row.kpi, report.after, row.before is None)
                    for value in (row.before, row.after)
                ),
                "simulated before": self._simulated(row.kpi, report.before, None),
                "before": row.before_is,
                "simulated after": self._simulated(
                    row.kpi, report.after, report.before, relative=row.before is None
                ),
                "after": row.after_is,
            }
            for row in report.rows
        ]
        return pd.DataFrame(rows).set_index("figure")

    def _reported(self, value: float | None, kpi: str, contract: str, relative: bool) -> str:
        if value is None:
            return "baseline"
        if relative:
            return f"{100 * value:+.0f} %"
        return in_unit(value, self.results[contract].kpis[kpi].unit, self._currency)

    def _simulated(
        self, kpi: str, contract: str, before: str | None, relative: bool = False
    ) -> str:
        if before is not None and relative:
            base, values = self._values(kpi, before), self._values(kpi, contract)
            change, (low, high) = ratio_interval(values, base)
            return f"{100 * (change - 1):+.1f} % [{100 * (low - 1):.1f}, {100 * (high - 1):.1f}]"
        if kpi == "buyer_cost":
            return "baseline"
        return self.results[contract].kpis[kpi].said(self._currency)

    def _values(self, kpi: str, contract: str) -> np.ndarray:
        """Return a KPI, or the buyer's cost, in each replication under the contract's plan."""
        plan = self.results[contract].plan
        if kpi == "buyer_cost":
            return _sample(self.prices, kpi, contract, plan)
        values: np.ndarray = self.prices.kpi_values(contract).sel(kpi=kpi, plan=plan).values
        return values

    def __str__(self) -> str:
        return self.table.to_string()

    def _repr_html_(self) -> str:
        outcomes = self.prices.outcomes
        caption = (
            f"{html.escape(outcomes.scenario.title)}: {outcomes.replications} replications, seed "
            f"{outcomes.study.seed}; plan: {self.plan}; differences to '{self.baseline}'; "
            "[ ] = 95 % interval"
        )
        styled = self.table.style.set_caption(caption).set_table_styles(
            [
                {"selector": "caption", "props": "text-align: left; padding-bottom: 6px"},
                {"selector": "th", "props": "text-align: left"},
                {"selector": "td", "props": "text-align: right; padding-left: 1.2em"},
            ]
        )
        return str(styled.to_html())


def _readable(result: ContractResult, currency: str) -> dict[str, str]:
    def said(amount: float) -> str:
        return money(amount, currency)

    rows = {"supplier's plan": result.plan}
    for name, amount in result.amounts.items():
        words = name.replace("_", " ")
        of_what = "loss" if name == "supplier_profit" else "cost"
        rows[words] = f"{said(amount.mean)} {interval(amount.ci95, currency)}"
        rows[f"{words}: standard deviation"] = said(amount.sd)
        rows[f"{words}: 5 / 50 / 95 %"] = " / ".join(map(said, amount.quantiles.values()))
        rows[f"{words}: VaR / CVaR 95 % of {of_what}"] = (
            f"{said(amount.var95)} / {said(amount.cvar95)}"
        )
    for name, p in result.probabilities.items():
        low, high = p.ci95
        words = name.replace("_", " ")
        rows[f"P({words})"] = f"{share(p.estimate)} [{100 * low:.1f}, {100 * high:.1f}]"
    for name, kpi in result.kpis.items():
        rows[name] = kpi.said(currency)
        missed = f"{share(kpi.breach_probability)} miss the target ({kpi.target})"
        rows[f"{name}: reviews"] = missed
    for name, against in result.paired.items():
        words = name.replace("_", " ")
        rows[f"{words} - baseline"] = difference(against, currency)
        rows[f"{words}: variance ratio"] = variance_ratio(against)
    return rows


def _flat(value: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, part in value.items():
        name = f"{prefix}{key}"
        if isinstance(part, dict):
            flat |= _flat(part, f"{name}.")
        elif isinstance(part, tuple):
            flat |= {f"{name}.low": part[0], f"{name}.high": part[1]}
        else:
            flat[name] = part
    return flat


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(part) for part in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
