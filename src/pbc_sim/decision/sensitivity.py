"""What that nobody knows matters most: one parameter at a time, and all of them together.

Lives here: `tornado`, `morris_screening` and `sobol_indices` over the scenario's uncertain
parameters. May not live here: how a parameter is drawn (`world/`), the split into luck and not
knowing (`risk/`), the design of a screening (`elementary_effects.py`).
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pbc_sim.contract import Contract
from pbc_sim.decision.elementary_effects import elementary_effects
from pbc_sim.decision.outcomes import run, run_study, study_of
from pbc_sim.decision.results import AMOUNTS, sample
from pbc_sim.decision.risk import mean_interval
from pbc_sim.errors import PbcError, require_type, unknown_name
from pbc_sim.language import translated as _
from pbc_sim.scenario import BEST, Scenario
from pbc_sim.world.uncertain import UncertainTerms

__all__ = ["morris_screening", "sobol_indices", "tornado"]

CONFIDENCE = 0.95


def tornado(
    scenario: Scenario,
    contract: str,
    *,
    plan: str = BEST,
    amount: str = "buyer_cost",
    quantiles: tuple[float, float] = (0.1, 0.9),
    replications: int = 50,
    seed: int = 1,
) -> pd.DataFrame:
    """Return how an amount changes where one uncertain parameter turns out low or high.

    Each is moved alone, the others at their written values, on the same luck; differences are taken
    future by future. The plan stays, since the supplier chooses it before it knows.

    Parameters
    ----------
    scenario : Scenario
        A scenario with an `uncertain` section.
    contract : str
        Name of the contract.
    plan : str
        Name of a plan; "best" for the supplier's best response to what is believed.
    amount : str
        buyer_cost, payments or supplier_profit.
    quantiles : tuple of float
        Where of its law a parameter is put. [1]
    replications : int
        Futures for each value.
    seed : int
        Seed of the study.

    Returns
    -------
    DataFrame
        A row a parameter, the widest swing first: its ``value_low`` and ``value_high`` in its own
        unit; the changes ``at_low`` and ``at_high`` against the written value, each with
        ``..._from`` and ``..._to`` of its 95% interval; ``swing``, their distance. [currency]
        On what it rests stands in its ``attrs``: ``values`` that were tried, ``replications`` of
        each, ``seed``.

    Raises
    ------
    PbcError
        If nothing is uncertain, a name is unknown, or the supplier walks away and no plan is named.
    """
    asked = _Asked.of(scenario, contract, plan, amount, replications, seed)
    low, high = _range(quantiles)
    written, rows = asked.amounts({}), {}
    for path, law in asked.uncertain.parameters.items():
        row: dict[str, float] = {}
        for end, quantile in (("low", low), ("high", high)):
            value = float(law.law().ppf(quantile))
            change = asked.amounts({path: value}) - written
            begin, until = mean_interval(change)
            row |= {f"value_{end}": value, f"at_{end}": float(change.mean())}
            row |= {f"at_{end}_from": begin, f"at_{end}_to": until}
        rows[path] = row | {"swing": abs(row["at_high"] - row["at_low"])}
    table = pd.DataFrame.from_dict(rows, orient="index")
    return asked.signed(table.sort_values("swing", ascending=False))


def _range(quantiles: tuple[float, float]) -> tuple[float, float]:
    low, high = quantiles
    if not 0 < low < high < 1:
        raise PbcError(f"quantiles must be two numbers with 0 < low < high < 1, got {quantiles}.")
    return low, high


def morris_screening(
    scenario: Scenario,
    contract: str,
    *,
    plan: str = BEST,
    amount: str = "buyer_cost",
    walks: int = 10,
    quantiles: tuple[float, float] = (0.05, 0.95),
    replications: int = 4,
    seed: int = 1,
) -> pd.DataFrame:
    """Return which uncertain parameters hardly matter, from few simulated values of many.

    An elementary effect is the change of the expected amount where one parameter moves through part
    of its range and the others stay, divided by that part. ``mu_star`` near 0: the parameter may be
    fixed. ``sigma`` large beside ``mu_star``: what it does depends on itself or on others.

    Parameters
    ----------
    scenario, contract, plan, amount, seed
        As for `tornado`.
    walks : int
        One-at-a-time walks, at least 2; (parameters + 1) as many values are simulated.
    quantiles : tuple of float
        The ends of a parameter's range, in which four levels are tried. [1]
    replications : int
        Futures, on the same luck, whose mean stands for the expected amount at each value.

    Returns
    -------
    DataFrame
        A row a parameter, the largest mu_star first: ``mu_star``, the mean size of its elementary
        effects, with ``mu_star_low`` and ``mu_star_high`` of a 95% interval over walks; ``mu``,
        their mean with sign; ``sigma``, their standard deviation. [currency]

    Raises
    ------
    PbcError
        As for `tornado`, and if there are fewer than two walks.

    Notes
    -----
    Source: Morris (1991), Technometrics 33:161-174; mean size: Campolongo, Cariboni and Saltelli
    (2007), Environmental Modelling & Software 22:1509-1518.
    """
    asked = _Asked.of(scenario, contract, plan, amount, replications, seed)
    low, high = _range(quantiles)
    laws = {path: law.law() for path, law in asked.uncertain.parameters.items()}

    def expected(shares: np.ndarray) -> float:
        at = zip(laws.items(), (low + (high - low) * shares).tolist(), strict=True)
        return float(asked.amounts({path: float(law.ppf(q)) for (path, law), q in at}).mean())

    effects = elementary_effects(expected, len(laws), walks=walks, seed=seed)
    rows = {}
    for path, of_walks in zip(laws, effects.T, strict=True):
        begin, until = mean_interval(np.abs(of_walks))
        rows[path] = {
            "mu_star": float(np.abs(of_walks).mean()),
            "mu_star_low": max(begin, 0.0),
            "mu_star_high": until,
            "mu": float(of_walks.mean()),
            "sigma": float(of_walks.std(ddof=1)),
        }
    table = pd.DataFrame.from_dict(rows, orient="index")
    return asked.signed(table.sort_values("mu_star", ascending=False))


def sobol_indices(
    scenario: Scenario,
    contract: str,
    *,
    plan: str = BEST,
    amount: str = "buyer_cost",
    points: int = 64,
    replications: int = 4,
    seed: int = 1,
) -> pd.DataFrame:
    """Return which uncertain parameters the variance of an expected amount comes from.

    ``first`` is the share that would go if this parameter alone were known, ``total`` the share
    that would be left if all others were. Where the totals exceed 1, parameters act together.

    Parameters
    ----------
    scenario, contract, plan, amount, seed
        As for `tornado`.
    points : int
        Base points, a power of 2; (parameters + 2) as many values are simulated.
    replications : int
        Futures, on the same luck, whose mean stands for the expected amount at each.

    Returns
    -------
    DataFrame
        A row a parameter, the largest total first: ``first`` and ``total`` with ``..._low`` and
        ``..._high`` of bootstrap 95% intervals. [1]

    Raises
    ------
    PbcError
        As for `tornado`, and if points is no power of 2 or the amount does not vary.

    Notes
    -----
    Source: Saltelli et al. (2010), Computer Physics Communications 181:259-270, as SciPy has it.
    """
    from scipy import stats  # slow to import, and only estimates need it

    require_type("points", points, int, "give a power of 2")
    if points < 2 or points & (points - 1):
        words = _("points must be a power of 2, got {points}; take {near}.")
        raise PbcError(words.format(points=points, near=1 << max(points, 1).bit_length()))
    asked = _Asked.of(scenario, contract, plan, amount, replications, seed)
    laws = asked.uncertain.parameters
    if len(laws) < 2:
        words = _(
            "{path} alone is uncertain, so all of the variance is its; see with a tornado how far "
            "the amount moves."
        )
        raise PbcError(words.format(path=next(iter(laws))))

    seen: list[float] = []

    def expected(values: np.ndarray) -> np.ndarray:
        cells = [dict(zip(laws, column, strict=True)) for column in values.T.tolist()]
        means = [float(asked.amounts(cell).mean()) for cell in cells]
        seen.extend(means)
        return np.array([means])

    with np.errstate(invalid="ignore", divide="ignore"):
        found = stats.sobol_indices(
            func=expected, n=points, dists=[law.law() for law in laws.values()], rng=seed
        )
    if np.ptp(seen) <= 1e-12 * np.max(np.abs(seen)):
        words = _(
            "{amount} under '{contract}' does not depend on anything that is uncertain; there is "
            "no variance to share out."
        )
        raise PbcError(words.format(amount=amount, contract=contract))
    with warnings.catch_warnings():
        # Few points can be resampled so that nothing varies; such an interval is NaN, and is shown.
        warnings.filterwarnings("ignore", message="The BCa confidence interval cannot be calc")
        sure = found.bootstrap(confidence_level=CONFIDENCE, n_resamples=499)
    columns = {}
    for name, values, interval in (
        ("first", found.first_order, sure.first_order.confidence_interval),
        ("total", found.total_order, sure.total_order.confidence_interval),
    ):
        columns[name] = np.ravel(values)
        columns[f"{name}_low"] = np.ravel(interval.low)
        columns[f"{name}_high"] = np.ravel(interval.high)
    table = pd.DataFrame(columns, index=list(laws))
    return asked.signed(table.sort_values("total", ascending=False))


class _TurnedOut(UncertainTerms):
    """Uncertain parameters that have turned out; others are as written."""

    known: Mapping[str, float] = {}

    def values(self, seed: int, replication: int) -> dict[str, float]:
        """Return what is known, in every replication alike."""
        del seed, replication
        return dict(self.known)


@dataclass(frozen=True)
class _Asked:
    """What is asked for every value: one amount of a contract under a plan, on the same luck."""

    scenario: Scenario
    contract: str
    plan: str
    amount: str
    replications: int
    seed: int
    uncertain: UncertainTerms
    tried: list[int]

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        contract: str,
        plan: str,
        amount: str,
        replications: int,
        seed: int,
    ) -> _Asked:
        """Check what is asked, and let the supplier choose its plan if none is named."""
        require_type("scenario", scenario, Scenario, "read it with pbc.load_scenario(path)")
        if scenario.uncertain is None:
            raise PbcError(
                _(
                    "nothing in this scenario is uncertain; add a section uncertain with the laws "
                    "of parameters by path."
                )
            )
        one = {contract: scenario.require_contract(contract)}
        if amount not in AMOUNTS:
            raise PbcError(unknown_name("amount", amount, AMOUNTS))
        scenario.require_plan(plan, or_best=True)
        if plan == BEST:
            believed = scenario.model_copy(update={"uncertain": None})
            settled = run(
                believed, max(replications, 20), seed, contracts=one, workers=1, progress=False
            ).settle(one)
            plan = settled.signed_plan(contract)
        return cls(scenario, contract, plan, amount, replications, seed, scenario.uncertain, [])

    @property
    def _one(self) -> Mapping[str, Contract]:
        return {self.contract: self.scenario.contracts[self.contract]}

    def signed(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return a table that says on what it rests."""
        table.attrs = {
            "values": len(self.tried),
            "replications": self.replications,
            "seed": self.seed,
        }
        return table

    def amounts(self, values: Mapping[str, float]) -> np.ndarray:
        """Return the amount in each future where some parameters turn out so, others as written."""
        counts = {
            path: int(value) if self.uncertain.parameters[path].is_count else value
            for path, value in values.items()
        }
        laws = {path: self.uncertain.parameters[path] for path in counts}
        known = _TurnedOut(parameters=laws, known=counts) if counts else None
        told = self.scenario.model_copy(update={"uncertain": known})
        self.tried.append(len(self.tried))
        study = study_of(told, self._one, self.seed, (self.plan,))
        prices = run_study(study, self.replications, workers=1).settle(self._one)
        return sample(prices, self.amount, self.contract, self.plan)
