"""Which numbers should stand in the contract: a search on stored futures, confirmed on fresh ones.

Lives here: `design`, what a designer may wish, and what is found. May not live here: paths into a
contract (`vary.py`), agreement between the parties (`negotiation.py`).
Contracts that differ only in numbers are settled as one array; the supplier answers each of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from pbc_sim.contract import Contract
from pbc_sim.decision.outcomes import Outcomes, run_study
from pbc_sim.decision.risk import Estimate, cvar_estimate, mean_estimate
from pbc_sim.decision.risk.intervals import tail_means, tail_rank
from pbc_sim.decision.vary import Vary, numbers_of
from pbc_sim.errors import PbcError, require_type, unknown_name
from pbc_sim.figures import money
from pbc_sim.inputs import Name, Share, Written

__all__ = ["DesignStudy", "Wishes", "design", "evaluate", "pareto"]

LEVEL = 0.95

#: Contract-plan-replications that are priced at a time: 128 MiB for each kind of money.
PORTION = 2**24

#: By how much the search box around the best contract shrinks in each round.
SHRINK = 0.35


class Wishes(Written):
    """What a designer wants of a contract, besides that the supplier signs it.

    Parameters
    ----------
    risk : {"mean", "cvar95"}
        Whether the buyer's expected cost is to be small, or the mean of its worst 5 %.
    supplier_weight : float
        How many units of the buyer's cost one unit of the supplier's profit is worth, so that what
        is made small is cost - weight x profit. [1]
    within_budget : float, optional
        Probability with which payments stay within the scenario's budget. [1]
    kpis : mapping of str to float
        By KPI of the contract: with which probability a review meets its target. [1]
    """

    risk: Literal["mean", "cvar95"] = "mean"
    supplier_weight: Annotated[float, Field(ge=0, le=1, strict=False)] = 0.0
    within_budget: Share | None = None
    kpis: Mapping[Name, Share] = {}


def evaluate(
    outcomes: Outcomes, contracts: Mapping[str, Contract], wishes: Wishes | None = None
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

    Returns
    -------
    DataFrame
        A row a contract: ``plan`` (the best response, signed or not), ``signed``, ``buyer_cost``
        and ``supplier_profit`` (means) [currency], ``objective`` [currency], ``within_budget`` and
        ``met: <kpi>`` [1], and ``feasible``, whether it is signed and fulfils the wishes.
    """
    wishes = wishes or Wishes()
    names = list(contracts)
    each = max(1, PORTION // (len(outcomes.scores.plans) * outcomes.replications))
    portions = [
        _evaluate_portion(outcomes, {name: contracts[name] for name in names[n : n + each]}, wishes)
        for n in range(0, len(names), each)
    ]
    return pd.concat(portions)


def _evaluate_portion(
    outcomes: Outcomes, contracts: Mapping[str, Contract], wishes: Wishes
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
    table = pd.DataFrame(
        {
            "plan": [plans[n] for n in best],
            "signed": expected[rows, best] >= scenario.outside_option.supplier_profit,
            "buyer_cost": cost.mean(axis=1),
            "supplier_profit": profit.mean(axis=1),
            "objective": _objectives(cost - wishes.supplier_weight * profit, wishes),
        },
        index=list(contracts),
    )
    feasible = table["signed"].to_numpy().copy()
    if scenario.budget is not None:
        table["within_budget"] = (paid <= scenario.budget).mean(axis=1)
        if wishes.within_budget is not None:
            feasible &= table["within_budget"].to_numpy() >= wishes.within_budget
    for kpi in prices.paid["kpi"].values.tolist():
        met = prices.paid["reviews_met"].sel(kpi=kpi).values[rows, best].mean(axis=1)
        table[f"met: {kpi}"] = met / prices.paid["reviews"].sel(kpi=kpi).values
        if kpi in wishes.kpis:
            feasible &= table[f"met: {kpi}"].to_numpy() >= wishes.kpis[kpi]
    return table.assign(feasible=feasible)


def _objectives(values: np.ndarray, wishes: Wishes) -> np.ndarray:
    if wishes.risk == "mean":
        return values.mean(axis=-1)
    n = values.shape[-1]
    tails = np.sort(values, axis=-1)[..., tail_rank(n, LEVEL) - 1 :]
    return tail_means(tails, n, LEVEL)[0]


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


@dataclass(frozen=True)
class DesignStudy:
    """What a search for the numbers of a contract found.

    Parameters
    ----------
    table : DataFrame
        What `evaluate` returns for every contract tried, and a column a varied number; ``written``
        is the contract as it was.
    recommended : Contract
        The feasible contract with the smallest objective.
    numbers : mapping of str to float
        Its varied numbers.
    predicted, confirmed : Estimate
        Its objective on the futures of the search, and on fresh ones, where it was not chosen for
        its luck; only the latter's interval holds. [currency]
    curse : float
        Confirmed less predicted: the optimiser's curse where it is above 0. [currency]
    curse_ci95 : tuple of float
        Its 95 % interval.
    fresh : DataFrame
        What `evaluate` says on fresh futures of ``recommended`` and ``written``.
    refused : tuple of str
        Why combinations of numbers broke a rule of contracts.
    """

    table: pd.DataFrame
    recommended: Contract
    numbers: Mapping[str, float]
    predicted: Estimate
    confirmed: Estimate
    curse: float
    curse_ci95: tuple[float, float]
    fresh: pd.DataFrame
    refused: tuple[str, ...]

    @property
    def pareto(self) -> pd.DataFrame:
        """The feasible contracts that no other beats for both parties, cheapest for buyer first."""
        return pareto(self.table[self.table["feasible"]])

    def __str__(self) -> str:
        low, high = self.confirmed.ci95
        numbers = ", ".join(f"{path} = {value:.6g}" for path, value in self.numbers.items())
        sure = "" if self.fresh.loc["recommended", "feasible"] else " It misses a wish there."
        return (
            f"{len(self.table)} contracts tried, {int(self.table['feasible'].sum())} feasible, "
            f"{len(self.refused)} refused. Recommended: {numbers}.\n"
            f"Objective predicted {money(self.predicted.value)}, confirmed on fresh futures "
            f"{money(self.confirmed.value)} [{money(low)}, {money(high)}]; optimiser's curse "
            f"{money(self.curse)} [{money(self.curse_ci95[0])}, {money(self.curse_ci95[1])}].{sure}"
        )


def design(
    outcomes: Outcomes,
    contract: str,
    vary: Mapping[str, Sequence[float]],
    *,
    wishes: Wishes | None = None,
    candidates: int = 256,
    rounds: int = 2,
    fresh: int | None = None,
    workers: int | None = None,
) -> DesignStudy:
    """Search the numbers of a contract on stored futures, and confirm the best on fresh ones.

    All combinations where only lists are varied and there are few enough; else a Sobol sequence,
    and rounds of it in a box around the best contract so far, each smaller than the one before.

    Parameters
    ----------
    outcomes : Outcomes
        Stored futures of every plan.
    contract : str
        Name of the scenario's contract to start from.
    vary : mapping of str to sequence of float
        Which of its numbers may change; see `Vary`.
    wishes : Wishes, optional
        What is wanted; by default the smallest expected cost that the supplier signs.
    candidates : int
        Contracts to try at first; a quarter of it in each further round.
    rounds : int
        Rounds of refinement.
    fresh : int, optional
        Replications for confirmation; as many as stored where empty.
    workers : int, optional
        Processes for the fresh futures; they change no number.

    Returns
    -------
    DesignStudy
        All contracts tried, the recommended one, and what it is worth on fresh futures.

    Raises
    ------
    PbcError
        If a path, a range or a wish does not fit the contract, or no contract fulfils the wishes.

    Notes
    -----
    Source: Smith and Winkler (2006), The optimizer's curse, Management Science 52:311-322.
    """
    require_type("outcomes", outcomes, Outcomes, "simulate first: pbc.run(scenario)")
    base, wishes = outcomes.scenario.require_contract(contract), wishes or Wishes()
    _require_fitting(wishes, base, outcomes)
    for name, value, least in (("candidates", candidates, 1), ("rounds", rounds, 0)):
        require_type(name, value, int, "give a whole number")
        if value < least:
            raise PbcError(f"{name} must be >= {least}, got {value}.")
    outcomes.require_independent_futures()
    tried = _Search(outcomes, Vary(base, vary), wishes)
    tried.screen(candidates)
    for n in range(rounds):
        tried.refine(max(1, candidates // 4), SHRINK ** (n + 1))
    table = pd.concat([evaluate(outcomes, {"written": base}, wishes), *tried.tables])
    feasible = table[table["feasible"]]
    if feasible.empty:
        raise PbcError(
            f"none of {len(table)} contracts is signed and fulfils the wishes; "
            f"{int(table['signed'].sum())} are signed. Widen the ranges or ask for less."
        )
    best = str(feasible["objective"].idxmin())
    recommended = tried.contracts.get(best, base)
    as_written = numbers_of(base)
    numbers = tried.numbers.get(best, {path: as_written[path] for path in vary})
    again = _fresh(outcomes, fresh or outcomes.replications, workers)
    predicted = _objective_of(outcomes, recommended, wishes)
    confirmed = _objective_of(again, recommended, wishes)
    curse = confirmed.value - predicted.value
    # Independent futures: half-widths add up as squares.
    half = float(np.hypot(*(np.ptp(e.ci95) / 2 for e in (predicted, confirmed))))
    both = {"recommended": recommended, "written": base}
    return DesignStudy(
        table,
        recommended,
        numbers,
        predicted,
        confirmed,
        curse,
        (curse - half, curse + half),
        evaluate(again, both, wishes),
        tuple(tried.refused),
    )


def _require_fitting(wishes: Wishes, base: Contract, outcomes: Outcomes) -> None:
    for kpi in wishes.kpis:
        if kpi not in base.kpis:
            raise PbcError(unknown_name("KPI of this contract", kpi, base.kpis))
    if wishes.within_budget is not None and outcomes.scenario.budget is None:
        raise PbcError("within_budget needs a budget; the scenario states none.")


class _Search:
    """Contracts tried so far; grows with each round."""

    def __init__(self, outcomes: Outcomes, vary: Vary, wishes: Wishes) -> None:
        self.outcomes, self.vary, self.wishes = outcomes, vary, wishes
        self.contracts: dict[str, Contract] = {}
        self.numbers: dict[str, dict[str, float]] = {}
        self.points: dict[str, np.ndarray] = {}
        self.tables: list[pd.DataFrame] = []
        self.refused: list[str] = []
        self.asked = 0

    def screen(self, candidates: int) -> None:
        """Try a grid where it is small enough, else a Sobol sequence over all ranges."""
        grid = self.vary.grid()
        if grid is not None and len(grid) <= candidates:
            self._try(grid)
            return
        self._try(self._sobol(candidates))

    def refine(self, candidates: int, width: float) -> None:
        """Try points in a box around the best so far; a list of values has nothing between."""
        if self.vary.grid() is not None or not self.tables:
            return
        table = pd.concat(self.tables)
        # Where nothing is feasible yet, go where the supplier comes nearest to signing.
        best = (
            table["objective"].where(table["feasible"]).idxmin()
            if table["feasible"].any()
            else (table["supplier_profit"].idxmax())
        )
        centre = self.points[str(best)]
        box = centre + width * (self._sobol(candidates) - 0.5)
        self._try(np.clip(box, 0.0, 1.0))

    def _sobol(self, n: int) -> np.ndarray:
        from scipy.stats import qmc  # slow to import, and only a search needs it

        sequence = qmc.Sobol(len(self.vary.ranges), rng=self.outcomes.study.seed + self.asked)
        return sequence.random_base2(max(n - 1, 0).bit_length())[:n]

    def _try(self, points: np.ndarray) -> None:
        contracts, numbers, refused = self.vary.contracts(points, self.asked)
        self.refused += refused
        for name in contracts:
            self.points[name] = points[int(name[1:]) - self.asked]
        self.asked += len(points)
        if not contracts:
            if not self.contracts:
                raise PbcError(f"none of the {len(points)} contracts is valid: {refused[0]}")
            return
        self.contracts |= contracts
        self.numbers |= numbers
        found = evaluate(self.outcomes, contracts, self.wishes)
        self.tables.append(found.join(pd.DataFrame.from_dict(numbers, orient="index")))


def _fresh(outcomes: Outcomes, replications: int, workers: int | None) -> Outcomes:
    """Simulate replications that nobody has seen: those after the stored ones."""
    first = int(outcomes.scores.replications[-1]) + 1
    return run_study(outcomes.study, replications, workers=workers, first=first)


def _objective_of(outcomes: Outcomes, contract: Contract, wishes: Wishes) -> Estimate:
    prices = outcomes.settle({"it": contract})
    cell = {"contract": "it", "plan": prices.most_profitable_plan("it")}
    cost, profit = prices.buyer_cost.sel(cell).values, prices.supplier_profit.sel(cell).values
    values = cost - wishes.supplier_weight * profit
    return mean_estimate(values) if wishes.risk == "mean" else cvar_estimate(values, LEVEL)
