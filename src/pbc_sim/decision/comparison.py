"""Which contract is better for whom: candidates side by side, on the same luck.

Lives here: `compare` and the `Comparison` it returns. May not live here: estimates (`results.py`),
pictures (`show/plots/`), wording of numbers beyond the table.
"""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pbc_sim.contract.naming import kpi_label
from pbc_sim.decision.laid_out import laid_out
from pbc_sim.decision.outcomes import WALKS_AWAY, Settlement
from pbc_sim.decision.published import beside_reported
from pbc_sim.decision.results import AMOUNTS, ContractResult, result_of, sample
from pbc_sim.decision.risk import dominance, exceedance, paired
from pbc_sim.decision.wording import (
    contract_label,
    difference,
    event_said,
    heading,
    plan_label,
    variance_ratio,
)
from pbc_sim.errors import PbcError, require_type, unknown_name
from pbc_sim.figures import money, numeral, share
from pbc_sim.language import in_each_language, plural, said
from pbc_sim.language import translated as _
from pbc_sim.performance.periods import term_end
from pbc_sim.scenario import BEST

__all__ = ["Comparison", "compare", "replications_said"]


def compare(prices: Settlement, *, plan: str = BEST, baseline: str | None = None) -> Comparison:
    """Compare contracts: cost and risk of both parties, with paired differences to a baseline.

    The intervals of differences in one amount hold together, however many contracts are compared.

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
        If plan or baseline is unknown, a contract does not admit the plan, or the contracts' terms
        differ in length.
    """
    require_type("prices", prices, Settlement, "price contracts first: outcomes.settle()")
    _require_equal_terms(prices)
    prices.outcomes.require_independent_futures()
    scenario = prices.outcomes.scenario
    prices.outcomes.require_plan(plan)
    if baseline is None:
        wanted = scenario.baseline_name
        baseline = wanted if wanted and wanted in prices.contracts else next(iter(prices.contracts))
    elif baseline not in prices.contracts:
        raise PbcError(unknown_name("contract", baseline, prices.contracts))
    for name in prices.contracts if plan != BEST else ():
        prices.require_admissible(name, plan)
    chosen = {n: prices.best_plan(n) if plan == BEST else plan for n in prices.contracts}
    results = {name: result_of(prices, name, chosen, baseline) for name in prices.contracts}
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
                _(
                    "contract '{name}' runs {days} days and '{longest}' {most} days, so their "
                    "money cannot be compared; give all the same term.months, or compare those of "
                    "one term."
                ).format(
                    name=name,
                    days=f"{end - begin:g}",
                    longest=longest,
                    most=f"{ends[longest] - begin:g}",
                )
            )


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
        return None if plan == WALKS_AWAY else sample(self.prices, amount, contract, plan)

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

    @property
    def can_be_ranked(self) -> bool:
        """Whether several contracts are signed, in replications enough for an interval."""
        signed = [result for result in self.results.values() if result.amounts]
        return len(signed) > 1 and self.prices.outcomes.replications > 1

    @in_each_language
    def table(self) -> pd.DataFrame:
        """The comparison for people: one column a contract, amounts in readable units."""
        rows = {self.titled(n): r.readable for n, r in self.results.items()}
        return pd.DataFrame(rows).fillna("-")

    def titled(self, contract: str) -> str:
        """Return what a contract is called for people."""
        return contract_label(self.prices.contracts, contract)

    def planned(self, plan: str) -> str:
        """Return what a plan, or to walk away, is called for people."""
        return plan_label(self.prices.outcomes.scenario, plan)

    @property
    def _currency(self) -> str:
        return self.prices.outcomes.scenario.currency

    @in_each_language
    def summary(self) -> pd.DataFrame:
        """The comparison at a glance: one row a contract."""
        return pd.DataFrame(
            {self.titled(n): self._at_a_glance(n, result) for n, result in self.results.items()}
        ).T.fillna("-")

    def _at_a_glance(self, name: str, result: ContractResult) -> dict[str, str]:
        outside = self.prices.outcomes.scenario.outside_option.supplier_profit
        if result.plan == WALKS_AWAY:
            best = float(self.prices.admissible_profit(name).max())
            least = _("at best {best}, outside {outside}").format(
                best=money(best, self._currency), outside=money(outside, self._currency)
            )
            return {
                _("supplier's plan"): self.planned(result.plan),
                _("supplier profit"): least,
                _("would sign"): _("no"),
            }
        cost, profit = result.amounts["buyer_cost"], result.amounts["supplier_profit"]
        change = result.paired.get("buyer_cost")
        contract = self.prices.contracts[name]
        missed = [
            kpi_label(contract, k) for k, kpi in result.kpis.items() if kpi.breach_probability > 0.5
        ]
        return {
            _("supplier's plan"): self.planned(result.plan),
            _("buyer cost"): money(cost.mean, self._currency),
            _("against the baseline"): (difference(change, self._currency) if change else "-"),
            _("supplier profit"): money(profit.mean, self._currency),
            event_said("supplier_loss"): share(result.probabilities["supplier_loss"].estimate),
            _("would sign"): _("yes") if profit.mean >= outside else _("no"),
            _("mostly missed"): "; ".join(missed) if result.kpis else "-",
        }

    @in_each_language
    def profits(self) -> pd.DataFrame:
        """The supplier's expected profit: a row a plan, a column a contract."""
        expected = pd.DataFrame(self.prices.expected_profit.to_pandas()).T
        table: pd.DataFrame = expected.map(lambda amount: money(amount, self._currency))
        for name, contract in self.prices.contracts.items():
            table.loc[[not contract.admits(plan) for plan in table.index], name] = _("not admitted")
        table = table.rename(index=self.planned, columns=self.titled)
        return table.rename_axis(index=heading("plan"), columns=heading("contract"))

    @in_each_language
    def plans(self) -> pd.DataFrame:
        """Every plan that the baseline contract admits, under it, on the same luck.

        Columns: supplier's expected profit and buyer's total cost, the paired differences to the
        first plan, whose intervals hold together for each amount, and their variance ratios.
        """
        currency = self._currency
        names = list(self.prices.admissible_profit(self.baseline)["plan"].values)
        rows = {}
        for name in names:
            row = {}
            for amount in ("supplier_profit", "buyer_cost"):
                words = heading(amount)
                values = sample(self.prices, amount, self.baseline, name)
                row[words] = money(float(values.mean()), currency)
                if name != names[0]:
                    first = sample(self.prices, amount, self.baseline, names[0])
                    against = paired(values, first, comparisons=len(names) - 1)
                    row[_("{amount} - first plan").format(amount=words)] = difference(
                        against, currency
                    )
                    row[_("variance ratio, {amount}").format(amount=words)] = variance_ratio(
                        against
                    )
            rows[self.planned(name)] = row
        return pd.DataFrame(rows).T.fillna("-")

    def exceedance(self, amount: str) -> pd.DataFrame:
        """Return how probably an amount exceeds each of its values, under each signed contract.

        Parameters
        ----------
        amount : {"buyer_cost", "payments", "supplier_profit"}
            Which amount. [currency]

        Returns
        -------
        DataFrame
            What `pbc_sim.decision.risk.exceedance` returns, by ``contract``.

        Raises
        ------
        PbcError
            If the amount is unknown, or no contract is signed.
        """
        if amount not in AMOUNTS:
            raise PbcError(unknown_name("amount", amount, AMOUNTS))
        curves = {
            name: exceedance(values)
            for name in self.results
            if (values := self.sample(name, amount)) is not None
        }
        if not curves:
            raise PbcError(_("the supplier walks away from all contracts, so nothing is exceeded."))
        return pd.concat(curves, names=["contract"]).droplevel(1)

    @in_each_language
    def dominance(self) -> pd.DataFrame:
        """Whether a contract is better than the baseline for everybody, or for who dislikes risk.

        A row a contract that is signed, a column a party; first- and second-order stochastic
        dominance with the share of resampled studies in which it holds.
        """
        rows: dict[str, dict[str, str]] = {}
        for name in self.results if self.results[self.baseline].plan != WALKS_AWAY else ():
            if name == self.baseline or self.results[name].plan == WALKS_AWAY:
                continue
            rows[self.titled(name)] = {}
            for amount in ("buyer_cost", "supplier_profit"):
                ours, theirs = self.sample(name, amount), self.sample(self.baseline, amount)
                if ours is not None and theirs is not None:
                    found = dominance(ours, theirs, is_cost=amount == "buyer_cost")
                    rows[self.titled(name)][heading(amount)] = str(found)
        return pd.DataFrame.from_dict(rows, orient="index")

    @in_each_language
    def published(self) -> pd.DataFrame | None:
        """The figures reported of the real case beside the simulated ones, if there are any.

        `direction` says whether the simulated change has the sign of the reported one, with its
        whole 95% interval.
        """
        report = self.prices.outcomes.scenario.published
        # Under a named plan nobody responds to the contract, so "came out" would be false.
        if self.plan != BEST:
            return None
        if report is None or not {report.before, report.after} <= set(self.results):
            return None
        before, after = self.results[report.before], self.results[report.after]
        if WALKS_AWAY in (before.plan, after.plan):
            return None
        return beside_reported(report, self.prices, before, after)

    def __str__(self) -> str:
        parts = (
            ("", self.summary),
            (_("Supplier's expected profit, by plan and contract"), self.profits),
            (_("All figures"), self.table),
        )
        return "\n\n".join(
            f"{words}\n{laid_out(table)}" if words else laid_out(table) for words, table in parts
        )

    def _repr_html_(self) -> str:
        outcomes = self.prices.outcomes
        caption = _(
            "{title}: {futures}, seed {seed}; plan: {plan}; differences to '{baseline}'; "
            "[ ] = 95% interval; differences in one amount hold together"
        ).format(
            title=html.escape(said(outcomes.scenario.title)),
            futures=replications_said(outcomes.replications),
            seed=outcomes.study.seed,
            plan=self.planned(self.plan),
            baseline=self.titled(self.baseline),
        )
        styled = self.table.style.set_caption(caption).set_table_styles(
            [
                {"selector": "caption", "props": "text-align: left; padding-bottom: 6px"},
                {"selector": "th", "props": "text-align: left"},
                {"selector": "td", "props": "text-align: right; padding-left: 1.2em"},
            ]
        )
        return str(styled.to_html())


def replications_said(n: int) -> str:
    """Say how many replications there are."""
    return plural("{n} replication", "{n} replications", n).format(n=numeral(n, ",d"))


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
