"""What is each of many contracts worth to both parties, when the supplier answers it?

Lives here: `evaluate` on stored futures, and which contracts no other beats for both. May not live
here: which contracts are tried (`designing.py`), what is wanted (`scenario/design.py`).
Contracts that differ only in numbers are settled as one array; the supplier answers each of them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pbc_sim.contract import Contract
from pbc_sim.decision.outcomes import Outcomes
from pbc_sim.decision.risk.intervals import CONFIDENCE
from pbc_sim.decision.risk.tail import tail_contributions
from pbc_sim.scenario import Wishes

__all__ = ["evaluate", "objective_values", "pareto", "reaches"]

#: Contract-plan-replications that are priced at a time: 128 MiB for each kind of money.
PORTION = 2**24


def evaluate(
    outcomes: Outcomes,
    contracts: Mapping[str, Contract],
    wishes: Wishes | None = None,
    *,
    surely: bool = False,
) -> pd.DataFrame:
    """Return what contracts are worth to both parties, when the supplier answers each.

    Parameters
    ----------
    outcomes : Outcomes
        Stored futures.
    contracts : mapping of str to Contract
        Any number; they are priced in portions.
    wishes : Wishes, optional
        What is wanted of them.
    surely : bool
        Whether a contract is feasible only where each mean that must reach something will do so on
        as many fresh futures, with 95% (one-sided prediction by Student's t). The best of many
        stands where a wish is just fulfilled on these futures, and would fail it on half of all
        others.

    Returns
    -------
    DataFrame
        A row a contract: ``plan`` (the best response, signed or not), ``signed``, ``buyer_cost``
        and ``supplier_profit`` (means) [currency], ``objective`` [currency], ``within_budget`` and
        ``met: <kpi>`` [1], NaN where a contract has no such KPI, ``fair: <plan>``, how often
        deductions from a plan are fair [1], and ``feasible``, whether it
        is signed and fulfils the wishes.
    """
    wishes = wishes or Wishes()
    names = list(contracts)
    each = max(1, PORTION // (len(outcomes.scores.plans) * outcomes.replications))
    portions = [
        _evaluate_portion(
            outcomes, {name: contracts[name] for name in names[n : n + each]}, wishes, surely
        )
        for n in range(0, len(names), each)
    ]
    return pd.concat(portions)


def _evaluate_portion(
    outcomes: Outcomes, contracts: Mapping[str, Contract], wishes: Wishes, surely: bool
) -> pd.DataFrame:
    prices, scenario = outcomes.settle(contracts), outcomes.scenario
    plans = list(outcomes.scores.plans)
    expected = prices.expected_profit.values.copy()
    for n, contract in enumerate(contracts.values()):
        expected[n, [not contract.admits(plan) for plan in plans]] = -np.inf
    best = expected.argmax(axis=1)
    rows = np.arange(len(contracts))
    cost, profit, paid = (
        amount.values[rows, best]
        for amount in (prices.buyer_cost, prices.supplier_profit, prices.payments)
    )
    outside = scenario.outside_option.supplier_profit
    table = pd.DataFrame(
        {
            "plan": [plans[n] for n in best],
            "signed": expected[rows, best] >= outside,
            "buyer_cost": cost.mean(axis=1),
            "supplier_profit": profit.mean(axis=1),
            "objective": objective_values(cost, profit, wishes).mean(axis=1),
        },
        index=list(contracts),
    )
    feasible = table["signed"].to_numpy() & reaches(profit, outside, surely)
    if scenario.budget is not None:
        within = (paid <= scenario.budget).astype(float)
        table["within_budget"] = within.mean(axis=1)
        if wishes.within_budget is not None:
            feasible &= reaches(within, wishes.within_budget, surely)
    for kpi in prices.paid["kpi"].values.tolist():
        reviews = prices.paid["reviews"].sel(kpi=kpi).values[:, None]
        reviews_met = prices.paid["reviews_met"].sel(kpi=kpi).values[rows, best]
        met = np.divide(reviews_met, reviews, out=np.full(cost.shape, np.nan), where=reviews > 0)
        table[f"met: {kpi}"] = met.mean(axis=1)
        if kpi in wishes.kpis:
            feasible &= reaches(met, wishes.kpis[kpi], surely)
    for plan, least in wishes.fair_to.items():
        deducted, charged = (
            prices.paid[name].values[:, plans.index(plan)] for name in ("deductions", "charges")
        )
        spared = -deducted <= wishes.tolerated_deductions * charged
        table[f"fair: {plan}"] = spared.mean(axis=1)
        feasible &= reaches(spared.astype(float), least, surely)
    # A KPI that no contract here has is met by none.
    if not set(wishes.kpis) <= set(prices.paid["kpi"].values.tolist()):
        feasible[:] = False
    return table.assign(feasible=feasible)


def reaches(values: np.ndarray, least: float, surely: bool) -> np.ndarray:
    """Return of each row whether its mean is at least so much, or surely will be.

    Parameters
    ----------
    values : ndarray of shape (n_rows, n_replications)
        Replications.
    least : float
        What the mean must reach, in their unit.
    surely : bool
        Whether the mean of as many other replications is to reach it with 95%.

    Notes
    -----
    Source: Hahn and Meeker (1991), Statistical Intervals, section 4.8: prediction interval for the
    mean of a further sample.
    """
    mean, n = values.mean(axis=1), values.shape[1]
    if surely and n > 1:
        from scipy import stats  # slow to import, and only a search needs it

        # Two means of n futures each are apart.
        error = values.std(axis=1, ddof=1) * np.sqrt(2 / n)
        mean = mean - float(stats.t.ppf(CONFIDENCE, n - 1)) * error
    reached: np.ndarray = mean >= least
    return reached


def objective_values(cost: np.ndarray, profit: np.ndarray, wishes: Wishes) -> np.ndarray:
    """Return values by future whose mean over the last axis is what is to be small [currency]."""
    values, tail = cost - wishes.supplier_weight * profit, wishes.weight_of_tail
    if not tail:
        return values
    return (1 - tail) * values + tail * tail_contributions(values)


def pareto(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that no other row beats in buyer's cost and supplier's profit at once.

    Examples
    --------
    >>> table = pd.DataFrame({"buyer_cost": [5, 6, 7], "supplier_profit": [1, 3, 2]})
    >>> pareto(table)["buyer_cost"].tolist()
    [5, 6]
    """
    ordered = table.sort_values(["buyer_cost", "supplier_profit"], ascending=[True, False])
    profit = ordered["supplier_profit"].to_numpy()
    best_so_far = np.concatenate(([-np.inf], np.maximum.accumulate(profit)[:-1]))
    return ordered[profit > best_so_far] if len(ordered) else ordered
