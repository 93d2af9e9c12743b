"""What does one number of a contract cost whom: a price tag for each clause.

Lives here: `clause_prices`, the effect of changing one number on money and KPIs of both parties,
`watched`, what is told besides, and `price_tags`, which says it in sentences. May not live here:
searching for numbers (`designing.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd

from pbc_sim.contract import Contract
from pbc_sim.contract.kpi_clauses import KpiClause
from pbc_sim.contract.naming import kpi_label
from pbc_sim.decision.answers import Branch, answer
from pbc_sim.decision.outcomes import WALKS_AWAY, Outcomes
from pbc_sim.decision.risk import mean_estimate
from pbc_sim.decision.wording import amount_within, plan_label, unit_said
from pbc_sim.errors import PbcError, require_type
from pbc_sim.figures import MINUS, money, numeral
from pbc_sim.language import translated as _
from pbc_sim.performance.measures import KPIS, Measure
from pbc_sim.scenario import SupplierType
from pbc_sim.scenario.vary import numbers_of, with_numbers

__all__ = ["clause_prices", "price_tags", "watched"]

#: Smaller differences, relative to what they are of, are rounding. [1]
ROUNDING = 1e-12


def watched(contract: Contract, kpi: str, **settings: Any) -> Measure:
    """Return a KPI over the term of a contract, to be told though the contract does not ask for it.

    What is measured must be known before the futures are simulated: give it to `run` as ``also``,
    and to `clause_prices` or `price_tags`.

    Parameters
    ----------
    contract : Contract
        Whose term it is measured over, as one review.
    kpi : str
        Name of the KPI.
    **settings
        As a clause of a contract writes them, such as ``limit={"business_days": 5}``.

    Raises
    ------
    PbcError
        If the KPI or a setting is unknown, or one is missing.

    Examples
    --------
    >>> import pbc_sim as pbc
    >>> pilot = pbc.load_scenario("scenarios/pilot_office.yaml").contracts["pilot"]
    >>> str(watched(pilot, "late_orders", limit={"business_days": 5}))
    'late_orders (limit 5 business days, per term)'
    """
    entry = KPIS.find(kpi)
    target = {"at_least" if entry.better == "higher" else "at_most": entry.bounds[0]}
    clause = KpiClause.model_validate({"measure": kpi, "target": target, **settings})
    return clause.measured("term", contract.term.months)


def clause_prices(
    outcomes: Outcomes,
    contract: str,
    changes: Mapping[str, float],
    *,
    also: Mapping[str, Measure] | None = None,
    suppliers: Mapping[str, SupplierType] | None = None,
    signed_by: Collection[str] = (),
) -> pd.DataFrame:
    """Return what it does to both parties to change one number of a contract at a time.

    The supplier answers the old and the new contract with its best response; differences are taken
    replication by replication, on the same luck. Of each outcome the intervals of all changes hold
    together (Bonferroni).

    Parameters
    ----------
    outcomes : Outcomes
        Stored futures.
    contract : str
        Name of the scenario's contract.
    changes : mapping of str to float
        New number by path, as ``{"limits.deductions.0.share": 0.2}``; each is changed alone.
    also : mapping of str to Measure, optional
        What is told besides by its name, though the contract does not measure it; see `watched`.
    suppliers : mapping of str to SupplierType, optional
        Kinds of suppliers that may answer, as ``scenario.suppliers``: outcomes are means over the
        kinds, of KPIs over those that sign. Where empty, one that counts its expected profit alone.
    signed_by : collection of str
        Kinds that must sign for a change to have a price; all where empty.

    Returns
    -------
    DataFrame
        A row a change and outcome: ``before`` and ``after`` (the number), ``plan_before``,
        ``plan_after`` (by kind where kinds differ), ``effect`` (new less old: buyer_cost, payments,
        supplier_profit, with kinds of suppliers also their certainty equivalent [currency], KPIs
        over the term in their unit), ``low`` and ``high`` of its 95% interval; NaN where the
        supplier walks away.

    Raises
    ------
    PbcError
        If contract, path or kind is unknown, a number breaks a rule, something was not measured,
        the supplier walks away from the contract as it is, or one may walk away and nobody says
        what the buyer bears then.
    """
    require_type("outcomes", outcomes, Outcomes, "simulate first: pbc.run(scenario)")
    base = outcomes.scenario.require_contract(contract)
    if not changes:
        raise PbcError("changes name no number; give them as {'limits.deductions.0.share': 0.2}.")
    changed = {path: with_numbers(base, {path: number}) for path, number in changes.items()}
    prices = outcomes.settle({"as it is": base, **changed})
    outcomes.require_independent_futures()
    answers = answer(prices, suppliers, signed_by)
    signed = answers.signed
    if not signed[0]:
        words = _("the supplier walks away from '{contract}', so no change has a price.")
        if suppliers is not None:
            words = _(
                "'{contract}' is not signed by {kinds}, so no change has a price; name the kinds "
                "of suppliers that must sign it (signed_by), or change the contract first."
            )
        raise PbcError(words.format(contract=contract, kinds=", ".join(answers.refusing(0))))
    every = np.arange(len(signed))

    def done(values: np.ndarray) -> Callable[[Branch], np.ndarray]:
        """Read values of shape (n_contracts, n_plans, n_replications) at the plan of a branch."""
        return lambda branch: values[every, branch.plan]

    found = {
        "buyer_cost": answers.buyer_cost,
        "payments": answers.expected(done(prices.payments.values), 0.0),
        "supplier_profit": answers.supplier_profit,
    }
    if suppliers is not None:
        found["certainty"] = answers.certainty
    names = [str(name) for name in prices.contracts]
    measured = [prices.kpi_values(name) for name in names]
    for kpi in base.kpis:
        values = np.stack([of_one.sel(kpi=kpi).values for of_one in measured])
        found[kpi] = answers.if_signed(done(values))
    for told, m in (also or {}).items():
        seen = _seen(outcomes, m)
        found[told] = answers.if_signed(done(np.broadcast_to(seen, (len(names), *seen.shape))))
    numbers, rows = numbers_of(base), {}
    for n, (path, number) in enumerate(changes.items(), start=1):
        plan = answers.plans[n] if signed[n] else WALKS_AWAY
        for what, values in found.items():
            effect = (float("nan"),) * 3
            if signed[n]:
                difference = values[n] - values[0]
                # Means over kinds are sums, so what is the same may differ by rounding.
                difference[np.abs(difference) <= ROUNDING * np.abs(values[0])] = 0.0
                difference = difference[~np.isnan(difference)]
                mean = float(difference.mean()) if len(difference) else float("nan")
                together = int(signed[1:].sum())
                effect = (mean, *mean_estimate(difference, comparisons=together).ci95)
            rows[path, what] = (numbers[path], number, answers.plans[0], plan, *effect)
    columns = ["before", "after", "plan_before", "plan_after", "effect", "low", "high"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    table.index = pd.MultiIndex.from_tuples(rows, names=["change", "outcome"])
    return table


def _seen(outcomes: Outcomes, m: Measure) -> np.ndarray:
    """Return what was measured under each plan in each future, NaN where there was nothing."""
    if m not in outcomes.scores.measured:
        raise PbcError(f"{m} was not measured; simulate with pbc.run(scenario, also=[...]).")
    part, whole, _size = outcomes.scores.measured[m].sum(axis=-1)
    return np.where(whole == 0, np.nan, part / np.where(whole == 0, 1, whole))


def price_tags(
    outcomes: Outcomes,
    contract: str,
    changes: Mapping[str, float],
    *,
    also: Mapping[str, Measure] | None = None,
    suppliers: Mapping[str, SupplierType] | None = None,
    signed_by: Collection[str] = (),
) -> list[str]:
    """Return, for each change of one number of a contract, what it costs whom, in a sentence.

    Each figure is a mean with half the width of its 95% interval, and those of all changes hold
    together; what does not change in any future is left out. Parameters, who answers and errors as
    for `clause_prices`.

    Examples
    --------
    >>> import pbc_sim as pbc
    >>> outcomes = pbc.run(pbc.load_scenario("scenarios/pilot_office.yaml"), 20, progress=False)
    >>> for tag in price_tags(outcomes, "pilot", {"payment.catalogue_price.factor": 1.03}):
    ...     print(tag.split(";")[0])
    payment.catalogue_price.factor 1.02 → 1.03: buyer's cost +IDR 873 k ± IDR 97.7 k
    """
    prices = clause_prices(
        outcomes, contract, changes, also=also, suppliers=suppliers, signed_by=signed_by
    )
    of_change = prices.groupby(level="change")
    terms = outcomes.scenario.contracts[contract]
    units = {told: m.entry.unit for told, m in (terms.measured() | dict(also or {})).items()}
    return [_tag(of_change.get_group(path), path, units, outcomes, terms) for path in changes]


def _tag(
    effects: pd.DataFrame, path: str, units: Mapping[str, str], outcomes: Outcomes, terms: Contract
) -> str:
    first = effects.iloc[0]
    change = f"{path} {numeral(first['before'], 'g')} → {numeral(first['after'], 'g')}"
    before, after = str(first["plan_before"]), str(first["plan_after"])
    if after == WALKS_AWAY:
        return _("{change}: the supplier walks away").format(change=change)

    def named(plan: str) -> str:
        return f"'{plan_label(outcomes.scenario, plan)}'"

    said = []
    for what, row in effects.droplevel("change").iterrows():
        unit = units.get(str(what), "currency")
        half = max(row["high"] - row["effect"], row["effect"] - row["low"])
        if row["effect"] or half > 0:
            size = _sized(abs(row["effect"]), unit, outcomes.scenario.currency)
            apart = _sized(half, unit, outcomes.scenario.currency)
            sign = MINUS if row["effect"] < 0 else "+"
            name = str(what)
            label = kpi_label(terms, name) if name in terms.kpis else amount_within(name)
            said.append(f"{label} {sign}{size} ± {apart}")
    if not said and ".target." in path:
        said.append(_("no money and no KPI changes, at most how often the target is met"))
    elif not said:
        said.append(_("no money and no KPI changes"))
    if before == after:
        said.append(_("the supplier keeps to plan {plan}").format(plan=named(before)))
    else:
        said.append(
            _("the supplier goes from plan {before} to {after}").format(
                before=named(before), after=named(after)
            )
        )
    return f"{change}: {'; '.join(said)}"


def _sized(value: float, unit: str, currency: str) -> str:
    if unit == "currency":
        return money(value, currency)
    if unit == "1":
        return _("{value} points").format(value=numeral(100 * value, ".2g"))
    return f"{numeral(value, '.3g')} {unit_said(unit)}"
