"""How does an estimate read: a mean, an interval, a difference; and how are columns headed?

Lives here: text of single estimates, words for names of columns, amounts and units.
May not live here: statistics (`risk/`), tables.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pbc_sim.contract.terms import Contract
from pbc_sim.decision.risk import Paired, Summary
from pbc_sim.figures import money, numeral, share, span
from pbc_sim.language import noted, said, spoken
from pbc_sim.language import translated as _
from pbc_sim.scenario import BEST, Scenario

__all__ = [
    "WALKS_AWAY",
    "amount_rows",
    "amount_within",
    "contract_label",
    "difference",
    "engine_reason_said",
    "engine_said",
    "estimate",
    "event_said",
    "headed",
    "heading",
    "in_unit",
    "interval",
    "plan_label",
    "plan_labels",
    "review_said",
    "unit_said",
    "variance_ratio",
]

#: Stands for a plan where the supplier signs nothing.
WALKS_AWAY = noted("walks away")

#: Names of columns and amounts, which stay as they are in data, and how they are said to people.
HEADINGS: Mapping[str, str] = {
    "amount": noted("amount"),
    "any_breach": noted("any breach"),
    "baseline": noted("baseline"),
    "best": noted("best case"),
    "buyer": noted("buyer"),
    "buyer_cost": noted("buyer cost"),
    "buyer_gain": noted("buyer's gain"),
    "caught": noted("caught"),
    "certainty": noted("certainty equivalent"),
    "change": noted("change"),
    "clause": noted("clause"),
    "contract": noted("contract"),
    "cost_if_signed": noted("cost if signed"),
    "count": noted("count"),
    "dead_band": noted("dead band"),
    "difference": noted("difference"),
    "exact": noted("exact, if independent"),
    "fair": noted("fair to"),
    "feasible": noted("feasible"),
    "fined": noted("terms with a miss"),
    "half_width": noted("half-width"),
    "high": noted("high"),
    "in_zone": noted("in the zone"),
    "gain": noted("gain"),
    "gap": noted("gap"),
    "lost": noted("kinds lost"),
    "low": noted("low"),
    "mean": noted("mean"),
    "met": noted("met"),
    "objective": noted("objective"),
    "over_budget": noted("over budget"),
    "paid": noted("paid"),
    "payments": noted("payments"),
    "plan": noted("plan"),
    "possibly_best": noted("possibly best"),
    "predicted": noted("predicted"),
    "present_values": noted("present values"),
    "probability": noted("probability"),
    "quality": noted("true quality"),
    "replications": noted("replications"),
    "review_missed": noted("reviews missed"),
    "reviews": noted("reviews"),
    "signed": noted("signed"),
    "signs": noted("signs"),
    "supplier": noted("supplier"),
    "supplier_gain": noted("supplier's gain"),
    "supplier_loss": noted("supplier loss"),
    "supplier_profit": noted("supplier profit"),
    "target": noted("target"),
    "terminated": noted("terminated"),
    "wanted": noted("wanted"),
    "warning": noted("warning"),
    "within_budget": noted("within budget"),
    "worst": noted("worst case"),
}
#: Amounts of money, as they are said within a sentence.
AMOUNTS: Mapping[str, str] = {
    "buyer_cost": noted("buyer's cost"),
    "certainty": noted("supplier's certainty equivalent"),
    "payments": noted("payments"),
    "supplier_profit": noted("supplier's profit"),
}
#: Units of KPIs.
UNITS = (
    noted("call"),
    noted("complaint"),
    noted("currency x day"),
    noted("day"),
    noted("failure"),
    noted("hour"),
    noted("line"),
    noted("notice"),
    noted("order"),
    noted("point"),
    noted("unit"),
)
REVIEWS: Mapping[str, str] = {
    "week": noted("week"),
    "month": noted("month"),
    "quarter": noted("quarter"),
    "half_year": noted("half-year"),
    "year": noted("year"),
    "term": noted("term"),
}


#: What simulated, by its key.
ENGINES_SAID: Mapping[str, str] = {
    "compiled": noted("compiled"),
    "simpy": noted("SimPy"),
}
#: Why a plan ran on its engine, where that is not what the compiled twin lacks.
ENGINE_REASONS = (
    noted("It was asked for."),
    noted("It is faster."),
    noted("Numba is not installed (it comes with the extra `fast`)."),
)


def engine_reason_said(reason: str) -> str:
    """Say why an engine was taken; which rules the twin lacks is told in English alone."""
    if reason in ENGINE_REASONS:
        return _(reason)
    return reason if spoken() == "en" else _("Not all of its rules are compiled yet.")


def engine_said(engine: str) -> str:
    """Name what simulated, also where several did."""
    return ", ".join(_(ENGINES_SAID.get(one, one)) for one in engine.split(" and "))


def heading(name: str) -> str:
    """Say the name of a column or an amount; what is no such name stays as it is.

    Examples
    --------
    >>> heading("buyer_cost"), heading("met: accuracy"), heading("accuracy")
    ('buyer cost', 'met: accuracy', 'accuracy')
    """
    what, colon, of_whom = name.partition(": ")
    return f"{_(HEADINGS[what])}{colon}{of_whom}" if what in HEADINGS else name


def amount_within(amount: str) -> str:
    """Say an amount within a sentence; what is no amount stays as it is."""
    return _(AMOUNTS[amount]) if amount in AMOUNTS else amount


def headed(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose columns are headed in the language spoken now."""
    shown = table.rename(columns=lambda name: heading(str(name)))
    shown.index.names = [name and heading(str(name)) for name in table.index.names]
    return shown


def plan_label(scenario: Scenario, name: str) -> str:
    """Return what a plan is called for people, on one line.

    That is its name where it has no label, or where several are labelled so.
    """
    if name == BEST:
        return _("what is best for the supplier")
    if name == WALKS_AWAY:
        return _(WALKS_AWAY)
    if name not in scenario.plans and name.endswith(")"):
        # Kinds of suppliers differ: each plan has the kinds behind it that follow it.
        parts = (part[:-1].partition(" (") for part in name.split("; "))
        return "; ".join(
            f"{plan_label(scenario, plan)} ({_kinds_label(scenario, kinds)})"
            for plan, _sign, kinds in parts
        )
    labels = [" ".join(said(plan.label).split()) for plan in scenario.plans.values()]
    plan = scenario.plans.get(name)
    label = " ".join(said(plan.label).split()) if plan else ""
    return label if label and labels.count(label) == 1 else name


def _kinds_label(scenario: Scenario, kinds: str) -> str:
    """Return what kinds of suppliers are called, separated by commas; the name of an unknown."""
    labels = {kind: said(supplier.label) for kind, supplier in scenario.suppliers.items()}
    return ", ".join(labels.get(kind) or kind for kind in kinds.split(", "))


def plan_labels(scenario: Scenario) -> dict[str, str]:
    """Return what each plan of a scenario is called for people, by its name."""
    return {name: plan_label(scenario, name) for name in scenario.plans}


def contract_label(contracts: Mapping[str, Contract], name: str) -> str:
    """Return a contract's title on one line; its name where several are titled so."""
    titles = {key: " ".join(said(contract.title).split()) for key, contract in contracts.items()}
    title = titles.get(name, name)
    return name if list(titles.values()).count(title) > 1 else title


def review_said(review: str) -> str:
    """Name a review period by its key."""
    return _(REVIEWS[review])


def unit_said(unit: str) -> str:
    """Name the unit of a KPI."""
    return _(unit) if unit in UNITS else unit


def in_unit(value: float, unit: str, currency: str) -> str:
    """Write a KPI value in its unit."""
    if unit == "1":
        return share(value)
    return money(value, currency) if unit == "currency" else f"{numeral(value)} {unit_said(unit)}"


def estimate(mean: float, ci95: tuple[float, float], unit: str, currency: str) -> str:
    """Write a mean with its interval, in a KPI's unit."""
    low, high = ci95
    if unit == "1":
        return f"{share(mean, 2)} {_ends(100 * low, 100 * high, '.2f')}"
    if unit == "currency":
        return f"{money(mean, currency)} {interval(ci95, currency)}"
    return f"{numeral(mean)} {unit_said(unit)} {_ends(low, high, '.4g')}"


def _ends(low: float, high: float, form: str) -> str:
    return "[-]" if np.isnan(low) else span(numeral(low, form), numeral(high, form))


def interval(ci95: tuple[float, float], currency: str) -> str:
    """Write an interval of money; a dash where one replication gives none."""
    low, high = ci95
    if np.isnan(low) or (np.isinf(low) and np.isinf(high)):
        return "[-]"
    # An end that the sample cannot bound is no amount.
    if np.isinf(high):
        return "[" + _("at least {amount}").format(amount=money(low, currency)) + "]"
    if np.isinf(low):
        return "[" + _("at most {amount}").format(amount=money(high, currency)) + "]"
    return span(money(low, currency), money(high, currency))


def difference(against: Paired, currency: str) -> str:
    """Write a paired difference of money with its interval."""
    return f"{money(against.difference, currency)} {interval(against.ci95, currency)}"


def variance_ratio(against: Paired) -> str:
    """Write the variance ratio of a paired difference; a dash where there is none."""
    ratio = against.variance_ratio
    return "-" if np.isnan(ratio) else numeral(ratio, ",.0f" if ratio >= 1000 else ".3g")


def event_said(event: str) -> str:
    """Head the probability of an event, by its name in data."""
    return f"P({heading(event)})"


def amount_rows(words: str, amount: Summary, is_profit: bool, currency: str) -> dict[str, str]:
    """Return the rows of an amount: mean, spread, quantiles, and the tail that hurts."""

    def shown(value: float) -> str:
        return money(value, currency)

    of_what = _("loss") if is_profit else _("cost")
    rows = {
        words: f"{shown(amount.mean)} {interval(amount.ci95, currency)}",
        _("{amount}: standard deviation").format(amount=words): shown(amount.sd),
    }
    for name, value in amount.quantiles.items():
        ends = interval(amount.quantiles_ci95[name], currency)
        rows[f"{words}: {name}"] = f"{shown(value)} {ends}"
    for tail, at, ci95 in (
        ("VaR", amount.var95, amount.var95_ci95),
        ("CVaR", amount.cvar95, amount.cvar95_ci95),
    ):
        named = _("{amount}: {tail} 95% of {what}").format(amount=words, tail=tail, what=of_what)
        rows[named] = f"{shown(at)} {interval(ci95, currency)}"
    if amount.warning:
        rows[_("{amount}: too few replications").format(amount=words)] = said(amount.warning)
    return rows
