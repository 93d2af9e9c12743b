"""How would the supplier set its levers: a menu of plans, refined around the best answer.

Lives here: plans as combinations of lever values, and the search for the best answer to contracts
among them. May not live here: what a supplier values (`response.py`), what a lever does
(`operations/`).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pbc_sim.contract import Contract
from pbc_sim.decision.outcomes import WALKS_AWAY, run_study, study_of
from pbc_sim.errors import PbcError, require_type, unknown_name
from pbc_sim.figures import money
from pbc_sim.language import translated as _
from pbc_sim.operations import SupplierPlan
from pbc_sim.printed import Printed
from pbc_sim.scenario import Scenario

__all__ = ["PlanMenu", "plan_grid", "plan_menu"]

Point = tuple[float, ...]


def plan_grid(base: SupplierPlan, levers: Mapping[str, Sequence[float]]) -> dict[str, SupplierPlan]:
    """Return a plan for every combination of values of some levers.

    Parameters
    ----------
    base : SupplierPlan
        What is not named stays as in this plan.
    levers : mapping of str to sequence of float
        Values to try by path, as ``policy.base_stock.level.units`` or ``pick_check``. [the lever's]

    Raises
    ------
    PbcError
        If the plan has no such lever, there is nothing to try, or a value breaks a rule.

    Examples
    --------
    >>> base = SupplierPlan.model_validate({"policy": {"base_stock": {"level": 8}}})
    >>> list(plan_grid(base, {"policy.base_stock.level.units": [6, 8], "pick_check": [0, 1]}))
    ['units-6_check-0', 'units-6_check-1', 'units-8_check-0', 'units-8_check-1']
    """
    _require_levers(base, levers)
    points = itertools.product(*levers.values())
    return {_name(levers, point): _plan(base, levers, point) for point in points}


@dataclass(frozen=True)
class PlanMenu(Printed):
    """The plans that were tried, and the best answer to each contract among them.

    Parameters
    ----------
    scenario : Scenario
        The scenario with these plans as its menu, for whatever is asked next.
    table : DataFrame
        A row a plan: a column a lever, its ``round`` (0 is the grid), and the supplier's expected
        profit under each contract. [currency]
    levers : tuple of str
        The levers.
    best : mapping of str to str
        By contract: the plan with the highest expected profit that it admits, or "walks away".
    """

    scenario: Scenario
    table: pd.DataFrame
    levers: tuple[str, ...]
    best: Mapping[str, str]

    @property
    def gain(self) -> pd.Series[float]:
        """What refining added to the supplier's expected profit, by contract [currency]."""
        contracts = list(self.best)
        grid = self.table.loc[self.table["round"] == 0, contracts].max()
        return self.table[contracts].max() - grid

    def __str__(self) -> str:
        currency, rows = self.scenario.currency, {}
        tried, gain = self.table.to_dict("index"), self.gain.to_dict()
        for contract, plan in self.best.items():
            at = tried[self.table[contract].idxmax() if plan == WALKS_AWAY else plan]
            rows[contract] = {
                _("answer"): _("walks away") if plan == WALKS_AWAY else plan,
                **{lever: f"{at[lever]:g}" for lever in self.levers},
                _("supplier's profit"): money(at[contract], currency),
                _("gained by refining"): money(gain[contract], currency),
            }
        return pd.DataFrame.from_dict(rows, orient="index").to_string()


def plan_menu(
    scenario: Scenario,
    plan: str,
    levers: Mapping[str, Sequence[float]],
    *,
    contracts: Mapping[str, Contract] | None = None,
    rounds: int = 2,
    replications: int = 100,
    seed: int = 1,
    workers: int | None = None,
) -> PlanMenu:
    """Find the supplier's best answer to contracts among all settings of some levers.

    All combinations are simulated on the same futures. Each round then tries, around the best
    answer to each contract, the settings half-way to the values tried next to it.

    Parameters
    ----------
    scenario : Scenario
        World, costs and contracts.
    plan : str
        Name of the plan that the levers are set on.
    levers : mapping of str to sequence of float
        Values of the grid by lever, see `plan_grid`.
    contracts : mapping of str to Contract, optional
        The contracts to answer; the scenario's where empty.
    rounds : int
        Rounds of refinement; 0 for the grid alone.
    replications, seed, workers : int
        As for `run`.

    Returns
    -------
    PlanMenu
        All plans tried, and the best answers.

    Raises
    ------
    PbcError
        If a name is unknown, or a value breaks a rule.
    """
    require_type("scenario", scenario, Scenario, "read it with pbc.load_scenario(path)")
    scenario.require_plan(plan)
    require_type("rounds", rounds, int, "give a whole number")
    if rounds < 0:
        raise PbcError(f"rounds must be >= 0, got {rounds}.")
    contracts = dict(scenario.contracts if contracts is None else contracts)
    base = scenario.plans[plan]
    _require_levers(base, levers)
    tried: dict[Point, str] = {}
    parts: list[pd.DataFrame] = []
    plans: dict[str, SupplierPlan] = {}
    points = set(itertools.product(*(map(float, values) for values in levers.values())))
    for n in range(rounds + 1):
        new = {_name(levers, point): point for point in sorted(points - set(tried))}
        if not new:
            break
        plans |= {name: _plan(base, levers, point) for name, point in new.items()}
        told = scenario.model_copy(update={"plans": plans, "baseline": scenario.baseline})
        study = study_of(told, contracts, seed, tuple(new))
        prices = run_study(study, replications, workers=workers).settle(contracts)
        rows = pd.DataFrame.from_dict(new, orient="index", columns=list(levers)).assign(round=n)
        parts.append(rows.join(pd.DataFrame(prices.expected_profit.to_pandas()).T[[*contracts]]))
        tried |= {point: name for name, point in new.items()}
        points = set()
        for contract, terms in contracts.items():
            found = pd.concat(parts)[contract]
            admitted = found[[terms.admits(one) for one in found.index]]
            if len(admitted):
                at = next(p for p, name in tried.items() if name == admitted.idxmax())
                points |= set(_around(at, list(tried), base, levers))
    table = pd.concat(parts)
    outside = scenario.outside_option.supplier_profit
    best = {}
    for contract, terms in contracts.items():
        profit = table[contract][[terms.admits(one) for one in table.index]]
        signs = len(profit) > 0 and profit.max() >= outside
        best[contract] = str(profit.idxmax()) if signs else WALKS_AWAY
    return PlanMenu(told, table, tuple(levers), best)


def _around(
    at: Point, tried: Sequence[Point], base: SupplierPlan, levers: Mapping[str, Sequence[float]]
) -> list[Point]:
    """Return the settings half-way to the next values tried on either side, of all levers."""
    axes = []
    for k, lever in enumerate(levers):
        values = np.unique([point[k] for point in tried])
        beside = [*values[values < at[k]][-1:], *values[values > at[k]][:1]]
        half_way = [(at[k] + value) / 2 for value in beside]
        if _is_whole(base, lever):
            half_way = [float(round(value)) for value in half_way]
        axes.append([at[k], *half_way])
    return list(itertools.product(*axes))


def _require_levers(base: SupplierPlan, levers: Mapping[str, Sequence[float]]) -> None:
    known = _numbers(base.model_dump())
    if not levers:
        raise PbcError(f"no lever is named; name some of {', '.join(sorted(known))}.")
    for lever, values in levers.items():
        if lever not in known:
            raise PbcError(unknown_name("lever of this plan", lever, known))
        if not isinstance(values, (list, tuple)) or not values:
            raise PbcError(f"lever '{lever}' needs values to try, as [0, 0.5, 1], got {values!r}.")


def _numbers(node: Any, at: str = "") -> dict[str, Any]:
    """Return what may be a number, by path; what a plan leaves empty may be one."""
    if isinstance(node, Mapping):
        found: dict[str, Any] = {}
        for key, part in node.items():
            found |= _numbers(part, f"{at}.{key}" if at else str(key))
        return found
    is_number = isinstance(node, (int, float)) and not isinstance(node, bool)
    return {at: node} if node is None or is_number else {}


def _is_whole(base: SupplierPlan, lever: str) -> bool:
    # Of what is left empty only staff can be a lever, and staff is whole.
    return not isinstance(_numbers(base.model_dump())[lever], float)


def _plan(base: SupplierPlan, levers: Mapping[str, Sequence[float]], point: Point) -> SupplierPlan:
    plain, said = base.model_dump(), []
    for lever, value in zip(levers, point, strict=True):
        whole = float(value).is_integer() and _is_whole(base, lever)
        plain = _with(plain, lever.split("."), int(value) if whole else value)
        said.append(f"{lever} {value:g}")
    return SupplierPlan.model_validate({**plain, "label": ", ".join(said)})


def _with(plain: Mapping[str, Any], way: Sequence[str], value: float) -> dict[str, Any]:
    step, *rest = way
    return {**plain, step: _with(plain[step], rest, value) if rest else value}


def _name(levers: Mapping[str, Sequence[float]], point: Point) -> str:
    """Return a name that tells the settings, by the last word of each lever."""
    words = [lever.split(".")[-1].split("_")[-1] for lever in levers]
    if len(set(words)) < len(words):
        words = [f"x{k + 1}" for k in range(len(words))]
    return "_".join(f"{word}-{value:g}" for word, value in zip(words, point, strict=True))
