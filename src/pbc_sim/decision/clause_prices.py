"""What does one number of a contract cost whom: a price tag for each clause.

Lives here: `clause_prices`, the effect of changing one number on money and KPIs of both parties.
May not live here: searching for numbers (`designing.py`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pbc_sim.decision.outcomes import WALKS_AWAY, Outcomes
from pbc_sim.decision.results import sample
from pbc_sim.decision.risk import mean_interval
from pbc_sim.errors import PbcError, require_type
from pbc_sim.scenario.vary import numbers_of, with_numbers

__all__ = ["clause_prices"]


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
        ``plan_after``, ``effect`` (new less old: buyer_cost, supplier_profit [currency], KPIs over
        the term in their unit), ``low`` and ``high`` of its 95 % interval; NaN where the supplier
        walks away.

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
        found = {a: sample(prices, a, name, chosen) for a in ("buyer_cost", "supplier_profit")}
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
