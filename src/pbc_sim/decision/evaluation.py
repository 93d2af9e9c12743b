"""What is each of many contracts worth to both parties, when the supplier answers it?

Lives here: `evaluate` on stored futures, and which contracts no other beats for both. May not live
here: which contracts are tried (`designing.py`), what is wanted (`scenario/design.py`).
Contracts that differ only in numbers are settled as one array; the supplier answers each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import xarray as xr

from pbc_sim.contract import Contract
from pbc_sim.decision.answers import Answers, Branch, answer
from pbc_sim.decision.outcomes import Outcomes
from pbc_sim.decision.risk.intervals import CONFIDENCE
from pbc_sim.decision.risk.tail import mixed_tail_contributions, tail_contributions
from pbc_sim.scenario import SupplierType, Wishes

__all__ = ["evaluate", "objective_values", "pareto", "reaches"]

#: Contract-plan-replications that are priced at a time: 128 MiB for each kind of money.
PORTION = 2**24


def evaluate(
    outcomes: Outcomes,
    contracts: Mapping[str, Contract],
    wishes: Wishes | None = None,
    *,
    suppliers: Mapping[str, SupplierType] | None = None,
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
    suppliers : mapping of str to SupplierType, optional
        Kinds of suppliers that may answer; one that counts expected profit alone where empty.
    surely : bool
        Whether a contract is feasible only where each mean that must reach something will do so on
        as many fresh futures, with 95% (one-sided prediction by Student's t). The best of many
        stands where a wish is just fulfilled on these futures, and would fail it on half of all
        others.

    Returns
    -------
    DataFrame
        A row a contract: ``plan`` (the best response, signed or not; by kind where kinds differ),
        ``signed`` (by all kinds that must), ``buyer_cost`` and ``supplier_profit`` (means over the
        kinds, the outside option of both parties where a kind walks away) [currency],
        ``objective`` [currency], ``within_budget`` and ``met: <kpi>`` of those who sign [1], NaN
        where a contract has no such KPI, ``fair: <plan>``, how often deductions from a plan are
        fair [1], and ``feasible``, whether it is signed and fulfils the wishes. With kinds of
        suppliers also ``certainty``, the mean of their certainty equivalents [currency], and
        ``signs: <kind>``, how probable it is that a kind signs [1].
    """
    wishes = wishes or Wishes()
    names = list(contracts)
    each = max(1, PORTION // (len(outcomes.scores.plans) * outcomes.replications))
    portions = [
        _evaluate_portion(
            outcomes,
            {name: contracts[name] for name in names[n : n + each]},
            wishes,
            suppliers,
            surely,
        )
        for n in range(0, len(names), each)
    ]
    return pd.concat(portions)


def _evaluate_portion(
    outcomes: Outcomes,
    contracts: Mapping[str, Contract],
    wishes: Wishes,
    suppliers: Mapping[str, SupplierType] | None,
    surely: bool,
) -> pd.DataFrame:
    prices, scenario = outcomes.settle(contracts), outcomes.scenario
    plans = list(outcomes.scores.plans)
    answers = answer(prices, suppliers, wishes.signed_by)
    rows = np.arange(len(contracts))
    table = pd.DataFrame(
        {
            "plan": answers.plans,
            "signed": answers.signed,
            "buyer_cost": answers.buyer_cost.mean(axis=1),
            "supplier_profit": answers.supplier_profit.mean(axis=1),
            "objective": objective_values(answers, wishes).mean(axis=1),
        },
        index=list(contracts),
    )
    if suppliers is not None:
        table["certainty"] = answers.certainty.mean(axis=1)
        for kind, willing in answers.willing.items():
            table[f"signs: {kind}"] = willing
    feasible = table["signed"].to_numpy().copy()
    for values, outside in answers.signing.values():
        feasible &= reaches(values, outside, surely)
    if scenario.budget is not None:
        affordable = (prices.payments.values <= scenario.budget).astype(float)
        within = answers.if_signed(lambda branch: affordable[rows, branch.plan])
        table["within_budget"] = within.mean(axis=1)
        if wishes.within_budget is not None:
            feasible &= reaches(within, wishes.within_budget, surely)
    for kpi in prices.paid["kpi"].values.tolist():
        met = answers.if_signed(_share_met(prices.paid.sel(kpi=kpi)))
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


def objective_values(answers: Answers, wishes: Wishes) -> np.ndarray:
    """Return values by future whose mean is what is to be small, shape (n_contracts, n) [currency].

    The tail is that over luck and kinds of suppliers together.
    """
    weight, tail = wishes.supplier_weight, wishes.weight_of_tail
    values = answers.buyer_cost - weight * answers.supplier_profit
    if not tail:
        return values
    if answers.of_one:
        return (1 - tail) * values + tail * tail_contributions(values)
    return (1 - tail) * values + tail * mixed_tail_contributions(*answers.mixed(weight))


def _share_met(paid: xr.Dataset) -> Callable[[Branch], np.ndarray]:
    """Return how to read the share of reviews that meet their target, by future; NaN of none."""
    reviews, reviews_met = paid["reviews"].values[:, None], paid["reviews_met"].values
    rows = np.arange(len(reviews))

    def share(branch: Branch) -> np.ndarray:
        met: np.ndarray = reviews_met[rows, branch.plan]
        return np.divide(met, reviews, out=np.full(met.shape, np.nan), where=reviews > 0)

    return share


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
