"""What does one number of a contract cost whom: a price tag for each clause.

Lives here: `clause_prices`, the effect of changing one number on money and KPIs of both parties,
and `price_tags`, which says it in sentences. May not live here: searching for numbers
(`designing.py`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pbc_sim.decision.outcomes import WALKS_AWAY, Outcomes
from pbc_sim.decision.results import AMOUNTS, sample
from pbc_sim.decision.risk import mean_interval
from pbc_sim.errors import PbcError, require_type
from pbc_sim.figures import money
from pbc_sim.language import translated as _
from pbc_sim.performance import KPIS
from pbc_sim.scenario.vary import numbers_of, with_numbers

__all__ = ["clause_prices", "price_tags"]


def clause_prices(outcomes: Outcomes, contract: str, changes: Mapping[str, float]) -> pd.DataFrame:
    """Return what it does to both parties to change one number of a contract at a time.

    The supplier answers the old and the new contract with its best response; differences are taken
    replication by replication, on the same luck.

    Parameters
    ----------
    outcomes : Outcomes
        Stored futures.
    contract : str
        Name of the scenario's contract.
    changes : mapping of str to float
        New number by path, as ``{"limits.deductions.0.share": 0.2}``; each is changed alone.

    Returns
    -------
    DataFrame
        A row a change and outcome: ``before`` and ``after`` (the number), ``plan_before``,
        ``plan_after``, ``effect`` (new less old: buyer_cost, payments, supplier_profit [currency],
        KPIs over the term in their unit), ``low`` and ``high`` of its 95 % interval; NaN where the
        supplier walks away.

    Raises
    ------
    PbcError
        If contract or path is unknown, a number breaks a rule, or the supplier walks away from the
        contract as it is.
    """
    require_type("outcomes", outcomes, Outcomes, "simulate first: pbc.run(scenario)")
    base = outcomes.scenario.require_contract(contract)
    if not changes:
        raise PbcError("changes name no number; give them as {'limits.deductions.0.share': 0.2}.")
    changed = {path: with_numbers(base, {path: number}) for path, number in changes.items()}
    prices = outcomes.settle({"as it is": base, **changed})
    outcomes.require_independent_futures()
    plan = prices.best_plan("as it is")
    if plan == WALKS_AWAY:
        raise PbcError(f"the supplier walks away from '{contract}', so no change has a price.")

    def outcome_of(name: str, chosen: str) -> dict[str, np.ndarray]:
        found = {a: sample(prices, a, name, chosen) for a in AMOUNTS}
        values = prices.kpi_values(name).sel(plan=chosen)
        return found | {kpi: values.sel(kpi=kpi).values for kpi in base.kpis}

    before, numbers, rows = outcome_of("as it is", plan), numbers_of(base), {}
    for path, number in changes.items():
        answer = prices.best_plan(path)
        after = None if answer == WALKS_AWAY else outcome_of(path, answer)
        for what, old in before.items():
            effect = (float("nan"),) * 3
            if after is not None:
                difference = after[what] - old
                difference = difference[~np.isnan(difference)]
                mean = float(difference.mean()) if len(difference) else float("nan")
                effect = (mean, *mean_interval(difference))
            rows[path, what] = (numbers[path], number, plan, answer, *effect)
    columns = ["before", "after", "plan_before", "plan_after", "effect", "low", "high"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    table.index = pd.MultiIndex.from_tuples(rows, names=["change", "outcome"])
    return table


def price_tags(outcomes: Outcomes, contract: str, changes: Mapping[str, float]) -> list[str]:
    """Return, for each change of one number of a contract, what it costs whom, in a sentence.

    Each figure is a mean with half the width of its 95 % interval; what does not change in any
    future is left out. Parameters and errors as for `clause_prices`.

    Examples
    --------
    >>> import pbc_sim as pbc
    >>> outcomes = pbc.run(pbc.load_scenario("scenarios/pilot_office.yaml"), 20, progress=False)
    >>> for tag in price_tags(outcomes, "pilot", {"payment.catalogue_price.factor": 1.03}):
    ...     print(tag.split(";")[0])
    payment.catalogue_price.factor 1.02 → 1.03: buyer's cost + Rp 873 k ± Rp 42.5 k
    """
    prices = clause_prices(outcomes, contract, changes)
    of_change = prices.groupby(level="change")
    return [_tag(outcomes, contract, path, of_change.get_group(path)) for path in changes]


def _tag(outcomes: Outcomes, contract: str, path: str, effects: pd.DataFrame) -> str:
    scenario = outcomes.scenario
    first = effects.iloc[0]
    change = f"{path} {first['before']:g} → {first['after']:g}"
    before, after = str(first["plan_before"]), str(first["plan_after"])
    if after == WALKS_AWAY:
        return _("{change}: the supplier walks away").format(change=change)
    words = {
        "buyer_cost": _("buyer's cost"),
        "payments": _("payments"),
        "supplier_profit": _("supplier's profit"),
    }
    said = []
    for what, row in effects.droplevel("change").iterrows():
        unit = "currency"
        if what in scenario.contracts[contract].kpis:
            unit = KPIS[scenario.contracts[contract].kpis[str(what)].measure].unit
        half = max(row["high"] - row["effect"], row["effect"] - row["low"])
        if row["effect"] or half > 0:
            size = _sized(abs(row["effect"]), unit, scenario.currency)
            apart = _sized(half, unit, scenario.currency)
            sign = "−" if row["effect"] < 0 else "+"
            said.append(f"{words.get(str(what), what)} {sign} {size} ± {apart}")
    if not said:
        said.append(_("no money and no KPI changes"))
    if before == after:
        said.append(_("the supplier keeps to plan {plan}").format(plan=before))
    else:
        said.append(
            _("the supplier goes from plan {before} to {after}").format(before=before, after=after)
        )
    return f"{change}: {'; '.join(said)}"


def _sized(value: float, unit: str, currency: str) -> str:
    if unit == "currency":
        return money(value, currency)
    if unit == "1":
        return _("{value} points").format(value=f"{100 * value:.2g}")
    return f"{value:.3g} {unit}"
