"""What came out: simulated outcomes, and contracts priced on them.

Lives here: `run`, `Outcomes`, `Settlement`: both parties' money on the same futures.
May not live here: payment formulas (`contract/`), statistics (`risk/`), pictures.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import xarray as xr

from pbc_sim.contract.settlement import settle
from pbc_sim.contract.statement import Statement, state
from pbc_sim.contract.terms import Contract, needs_of
from pbc_sim.decision.experiment import Study, ledger_of, simulate_study
from pbc_sim.decision.wording import WALKS_AWAY, engine_reason_said, engine_said, plan_label
from pbc_sim.errors import PbcError, require_type, unknown_name
from pbc_sim.language import translated as _
from pbc_sim.operations import Ledger
from pbc_sim.operations.engines import Engine
from pbc_sim.performance.costs import COST_LINES, Party, lines_of
from pbc_sim.performance.measures import Measure
from pbc_sim.performance.scorecard import Scorecards, Scores
from pbc_sim.scenario import BEST, Scenario

__all__ = [
    "WALKS_AWAY",
    "Outcomes",
    "Settlement",
    "outcomes_of",
    "run",
    "run_one",
    "run_study",
    "study_of",
]

#: Digits that enter the digest: libraries may differ in the last bits of a logarithm.
DIGEST_DIGITS = 10


def run(  # noqa: PLR0913 - all but the first three are named where they are given
    scenario: Scenario,
    replications: int = 1000,
    seed: int = 1,
    *,
    contracts: Mapping[str, Contract] | None = None,
    also: Iterable[Measure] = (),
    workers: int | None = None,
    chunk: int | None = None,
    progress: bool = True,
    engine: Engine = "auto",
) -> Outcomes:
    """Simulate every supplier plan once per replication, and keep the scorecards.

    Parameters
    ----------
    scenario : Scenario
        World, plans, cost rates and candidate contracts.
    replications : int
        Number of futures. The first ones stay the same when more are asked for.
    seed : int
        Seed of the study.
    contracts : mapping of str to Contract, optional
        Contracts that will be priced, where they are not the scenario's; what they measure must be
        known before the run.
    also : iterable of Measure, optional
        What is measured besides, though no contract asks for it; see `watched`.
    workers, chunk : int, optional
        Processes, and replications a task; neither changes a number.
    progress : bool
        Whether to show a progress bar.
    engine : {"auto", "simpy", "compiled"}
        What simulates: SimPy, its compiled twin, or for each plan the faster one that can. All give
        the same numbers.

    Returns
    -------
    Outcomes
        Scorecards and costs of every plan in every future.

    Raises
    ------
    PbcError
        If the study is too large, an argument is out of range, or a plan cannot be compiled that
        must be.
    InvariantError
        If a future does not balance, naming seed and replication.
    """
    study = study_of(scenario, contracts, seed, engine=engine)
    study = replace(study, needs=study.needs.and_also(also))
    return run_study(study, replications, workers=workers, chunk=chunk, progress=progress)


def run_study(
    study: Study,
    replications: int,
    *,
    workers: int | None = None,
    chunk: int | None = None,
    progress: bool = False,
    first: int = 0,
) -> Outcomes:
    """Simulate a study in so many futures, from the `first` on; see `run`."""
    cards = simulate_study(
        study, replications, workers=workers, chunk=chunk, progress=progress, first=first
    )
    return outcomes_of(study, cards, np.arange(first, first + len(cards)))


def run_one(
    scenario: Scenario,
    plan: str,
    replication: int,
    seed: int = 1,
    *,
    contracts: Mapping[str, Contract] | None = None,
    engine: Engine = "auto",
) -> Outcomes:
    """Simulate one plan in one future alone; its numbers are those of the whole study.

    Raises
    ------
    PbcError
        If there is no such plan, or a number is out of range.
    """
    scenario.require_plan(plan)
    study = study_of(scenario, contracts, seed, (plan,), engine)
    return outcomes_of(study, study.replicate([replication]), np.array([replication]))


def study_of(
    scenario: Scenario,
    contracts: Mapping[str, Contract] | None,
    seed: int,
    plans: tuple[str, ...] | None = None,
    engine: str = "auto",
) -> Study:
    """Return what is to be simulated for contracts, by default the scenario's, checked."""
    require_type("scenario", scenario, Scenario, "read it with pbc.load_scenario(path)")
    contracts = scenario.contracts if contracts is None else contracts
    needs = needs_of(_checked(contracts, scenario))
    return Study(scenario, needs, seed, plans or tuple(scenario.plans), engine)


def _checked(contracts: Mapping[str, Contract], scenario: Scenario) -> Mapping[str, Contract]:
    require_type("contracts", contracts, Mapping, "give them by name, as {'mine': contract}")
    for name, contract in contracts.items():
        way_out = "make it with pbc.Contract.model_validate({...})"
        require_type(f"contract '{name}'", contract, Contract, way_out)
        problem = contract.problem_in(scenario.world, scenario.plans)
        if problem:
            raise PbcError(f"contract '{name}', {problem[0]}: {problem[1]}")
    return contracts


def outcomes_of(study: Study, cards: Scorecards, replications: np.ndarray) -> Outcomes:
    """Return the outcomes of simulated replications, from their scorecards."""
    scenario, needs = study.scenario, study.needs
    measured = {
        m: array.transpose(2, 1, 0, 3)
        for m, array in zip(needs.measures, cards.measured, strict=True)
    }
    costs = xr.DataArray(
        cards.costs,
        dims=("replication", "plan", "term", "line"),
        coords={"plan": list(study.plans), "line": list(COST_LINES)},
    ).transpose("plan", "replication", "term", "line")
    of_supplier = costs.sel(line=[line.name for line in lines_of("supplier")]).sum("line")
    by_term = {term: of_supplier.values[..., n] for n, term in enumerate(needs.terms)}
    scores = Scores(scenario.setting, study.plans, replications, measured, by_term)
    later = dict(zip(needs.measures, cards.due_later.transpose(2, 1, 0), strict=True))
    return Outcomes(study, scores, costs, cards.open_at_end.T, later)


@dataclass(frozen=True)
class Outcomes:
    """What every supplier plan led to, in every simulated future.

    Parameters
    ----------
    study : Study
        What was simulated.
    scores : Scores
        KPI numerators and denominators per review period.
    costs : DataArray with axes (plan, replication, term, line)
        Cost lines of both parties over each term. [currency]
    open_at_end : ndarray of shape (n_plans, n_replications)
        Orders not delivered when the horizon ended. [order]
    due_later : mapping of Measure to ndarray of shape (n_plans, n_replications)
        Facts that fall after the term, as orders that are due then: they are not counted.
    """

    study: Study
    scores: Scores
    costs: xr.DataArray
    open_at_end: np.ndarray
    due_later: Mapping[Measure, np.ndarray]

    @property
    def engine(self) -> str:
        """What simulated: "compiled", "simpy", or "compiled and simpy"."""
        return " and ".join(sorted({chosen.engine for chosen in self.study.engines.values()}))

    @property
    def engine_note(self) -> str:
        """Which plans ran on which engine and why, in a sentence for each reason."""
        plans_of: dict[tuple[str, str], list[str]] = {}
        for plan, chosen in self.study.engines.items():
            plans_of.setdefault(chosen, []).append(plan_label(self.scenario, plan))
        words = _("Engine {engine}: {plans}. {reason}")
        said = (
            (engine_said(e), "; ".join(p), engine_reason_said(r)) for (e, r), p in plans_of.items()
        )
        return " ".join(words.format(engine=e, plans=p, reason=r) for e, p, r in said)

    @property
    def scenario(self) -> Scenario:
        """The scenario that was simulated."""
        return self.study.scenario

    @property
    def replications(self) -> int:
        """Number of futures."""
        return len(self.scores.replications)

    @cached_property
    def parameters(self) -> xr.DataArray:
        """What each uncertain parameter turned out to be, axes (parameter, replication).

        Each is in the unit of the number that it replaces; no parameters without uncertainty.
        """
        uncertain, replications = self.scenario.uncertain, self.scores.replications
        names = list(uncertain.parameters) if uncertain else []
        values = [
            list(uncertain.values(self.study.seed, int(replication)).values())
            for replication in replications
            if uncertain
        ]
        return xr.DataArray(
            np.array(values, dtype=float).reshape(len(replications), len(names)).T,
            dims=("parameter", "replication"),
            coords={"parameter": names, "replication": replications},
        )

    def settle(self, contracts: Mapping[str, Contract] | None = None) -> Settlement:
        """Price contracts on these futures; by default the scenario's candidates.

        Raises
        ------
        PbcError
            If a contract needs a measure that these futures were simulated without.
        """
        written = self.scenario.contracts
        contracts = written if contracts is None else _checked(contracts, self.scenario)
        if not contracts:
            raise PbcError(_("there is no contract to price; add one under contracts."))
        missing = set(needs_of(contracts).terms) - set(self.study.needs.terms)
        if missing:
            raise PbcError(
                f"these futures were simulated without costs over terms of {missing} months; run "
                "again with these contracts: pbc.run(scenario, contracts=...)."
            )
        return Settlement(self, dict(contracts), settle(contracts, self.scores))

    def require_plan(self, plan: str) -> None:
        """Raise `PbcError` with the nearest name unless a plan was simulated, or is "best"."""
        if plan not in (*self.study.plans, BEST):
            raise PbcError(unknown_name("plan", plan, [*self.study.plans, BEST]))

    def ledger(self, plan: str, replication: int) -> Ledger:
        """Simulate one future alone again and return all its facts.

        Raises
        ------
        PbcError
            If there is no such plan, or the replication is below 0.
        """
        return ledger_of(self.scenario, plan, self.study.seed, replication)

    def require_independent_futures(self) -> None:
        """Raise `PbcError` where replications share draws of what is uncertain."""
        uncertain = self.scenario.uncertain
        if uncertain and uncertain.replications_each > 1:
            words = _(
                "replications_each is {n}, so replications are not independent; leave it out to "
                "compare contracts, and use such a study for variance_split."
            )
            raise PbcError(words.format(n=uncertain.replications_each))

    def digest(self) -> str:
        """Return a hash of all numbers, to ten significant digits: the same on any machine."""
        hashed = hashlib.sha256()
        named = {str(measure): array for measure, array in self.scores.measured.items()}
        lines = {str(line): self.costs.sel(line=line).values for line in self.costs["line"].values}
        # A cost line that the scenario does not use must not change its digest.
        named |= {name: array for name, array in lines.items() if array.any()}
        for name, array in {**named, "open at end": self.open_at_end}.items():
            values = np.ascontiguousarray(array, dtype=float) + 0.0
            text = " ".join(f"{value:.{DIGEST_DIGITS}g}" for value in values.ravel())
            hashed.update(f"{name} {text} ".encode())
        return hashed.hexdigest()[:16]

    def __repr__(self) -> str:
        return (
            f"Outcomes of '{self.scenario.title}': {len(self.scores.plans)} plans, "
            f"{self.replications} replications, seed {self.study.seed}, engine {self.engine}"
        )


@dataclass(frozen=True)
class Settlement:
    """Contracts priced on simulated futures.

    Parameters
    ----------
    outcomes : Outcomes
        The futures.
    contracts : mapping of str to Contract
        The contracts.
    paid : Dataset
        What `pbc_sim.contract.settle` returns.
    """

    outcomes: Outcomes
    contracts: Mapping[str, Contract]
    paid: xr.Dataset

    def __repr__(self) -> str:
        return f"Settlement of {', '.join(self.contracts)} on {self.outcomes!r}"

    def _cost(self, party: Party) -> xr.DataArray:
        by_term = self.outcomes.costs.sel(line=[line.name for line in lines_of(party)]).sum("line")
        terms = self.outcomes.study.needs.terms
        at = [terms.index(contract.term.months) for contract in self.contracts.values()]
        whole = by_term.isel(term=xr.DataArray(at, dims="contract"))
        lost = self.paid["periods_lost"]
        if not lost.values.any():
            return whole.transpose(*lost.dims)
        # After a termination neither party has costs under the contract.
        cost = whole.transpose(*lost.dims).copy()
        for n, contract in enumerate(self.contracts.values()):
            for periods in np.unique(lost.values[n]):
                run = by_term.isel(term=terms.index(contract.months_run(int(periods))))
                ended = lost.values[n] == periods
                cost.values[n] = np.where(ended, run.transpose(*lost.dims[1:]), cost.values[n])
        return cost

    @cached_property
    def monitoring(self) -> xr.DataArray:
        """Cost of measuring the KPIs, axis (contract,) [currency].

        It has the axis replication if the rate is uncertain, and plan too where a contract drops
        reviews on the way.
        """
        reviews = self.paid["reviews"].sum("kpi")
        dropped = self.paid["reviews_dropped"]
        if dropped.values.any():
            reviews = reviews - dropped.sum("kpi")
        drawn, path = self.outcomes.parameters, "costs.buyer.monitoring_per_review"
        if path in drawn["parameter"].values:
            return reviews * drawn.sel(parameter=path, drop=True).drop_vars("replication")
        return self.outcomes.scenario.costs.buyer.monitoring_per_review * reviews

    @cached_property
    def payments(self) -> xr.DataArray:
        """What the buyer pays the supplier, axes (contract, plan, replication) [currency]."""
        return self.paid["payments"]

    @property
    def periods_lost(self) -> xr.DataArray:
        """Payment periods after a termination, axes as `payments` [period]."""
        return self.paid["periods_lost"]

    @cached_property
    def present_values(self) -> xr.DataArray:
        """Payments discounted to the beginning of the term, axes as `payments` [currency].

        Each contract is discounted at its own `term.discount_rate_per_year`.
        """
        return self.paid.get("present_values", self.payments)

    @cached_property
    def supplier_profit(self) -> xr.DataArray:
        """Payments less the supplier's costs, axes (contract, plan, replication) [currency]."""
        return self.payments - self._cost("supplier")

    @cached_property
    def expected_profit(self) -> xr.DataArray:
        """Mean of the supplier's profit over replications, axes (contract, plan) [currency]."""
        return self.supplier_profit.mean("replication")

    @cached_property
    def buyer_cost(self) -> xr.DataArray:
        """Payments plus the buyer's own losses, axes (contract, plan, replication) [currency]."""
        cost = self.payments + self._cost("buyer") + self.monitoring
        return cost.transpose(*self.payments.dims)

    def kpi_values(self, contract: str) -> xr.DataArray:
        """Return each KPI over the whole term, axes (kpi, plan, replication): a ratio of sums.

        A percentile or a total has no ratio; it is the mean over its reviews.
        """
        terms = self.contracts[contract]
        rows = []
        for measure in terms.measured().values():
            numerator, denominator, _ = self.outcomes.scores.measured[measure].sum(axis=-1)
            empty = denominator == 0
            rows.append(np.where(empty, np.nan, numerator / np.where(empty, 1, denominator)))
        plans = list(self.outcomes.scores.plans)
        return xr.DataArray(
            np.array(rows).reshape(-1, len(plans), self.outcomes.replications),
            dims=("kpi", "plan", "replication"),
            coords={"kpi": list(terms.kpis), "plan": plans},
        )

    def admissible_profit(self, contract: str) -> xr.DataArray:
        """Return the expected profit under each plan that a contract admits, axis (plan,)."""
        terms = self.contracts[contract]
        plans = [plan for plan in self.outcomes.study.plans if terms.admits(plan)]
        if not plans:
            words = _("contract '{contract}' admits no plan that was simulated: {plans}.")
            known = ", ".join(self.outcomes.study.plans)
            raise PbcError(words.format(contract=contract, plans=known))
        return self.expected_profit.sel(contract=contract, plan=plans)

    def require_admissible(self, contract: str, plan: str) -> None:
        """Raise `PbcError` unless a contract admits a plan."""
        if not (terms := self.contracts[contract]).admits(plan):
            words = _(
                "contract '{contract}' does not admit plan '{plan}'; take one of its "
                "admissible_plans ({admitted}), or best."
            )
            admitted = ", ".join(terms.admissible_plans or ())
            raise PbcError(words.format(contract=contract, plan=plan, admitted=admitted))

    def best_plan(self, contract: str) -> str:
        """Return the admissible plan with the highest expected profit, or "walks away".

        The supplier walks away where even that plan earns less than its outside option.
        """
        outside = self.outcomes.scenario.outside_option.supplier_profit
        if float(self.admissible_profit(contract).max()) < outside:
            return WALKS_AWAY
        return self.most_profitable_plan(contract)

    def signed_plan(self, contract: str) -> str:
        """Return the best plan; raise `PbcError` where the supplier walks away."""
        plan = self.best_plan(contract)
        if plan == WALKS_AWAY:
            words = _("the supplier walks away from '{contract}'; name a plan.")
            raise PbcError(words.format(contract=contract))
        return plan

    def most_profitable_plan(self, contract: str) -> str:
        """Return the admissible plan with the highest expected profit, worth signing or not."""
        return str(self.admissible_profit(contract).idxmax("plan").item())

    def explain(self, contract: str, replication: int, period: int, plan: str = BEST) -> Statement:
        """Explain one payment, down to the orders behind it.

        Parameters
        ----------
        contract : str
            Name of the contract.
        replication : int
            Number of the future.
        period : int
            Payment period, counted from 1.
        plan : str
            Name of a plan; "best" for the supplier's best response.

        Raises
        ------
        PbcError
            If one of them is unknown, or the supplier walks away and no plan is named.
        """
        if contract not in self.contracts:
            raise PbcError(unknown_name("contract", contract, self.contracts))
        for name, number in (("replication", replication), ("period", period)):
            require_type(name, number, (int, np.integer), "give a whole number")
        known = self.outcomes.scores.replications
        if replication not in known:
            raise PbcError(f"replication must be {known[0]} to {known[-1]}, got {replication}.")
        self.outcomes.require_plan(plan)
        chosen = _("as named")
        if plan == BEST:
            plan = self.signed_plan(contract)
            words = _("the supplier's best response over {n} replications")
            chosen = words.format(n=self.outcomes.replications)
        self.require_admissible(contract, plan)
        ledger = self.outcomes.ledger(plan, replication)
        cell = self.outcomes.scores.only(plan, replication)
        currency = self.outcomes.scenario.currency
        planned = plan_label(self.outcomes.scenario, plan), chosen
        return state(contract, self.contracts[contract], cell, ledger, period, currency, planned)
