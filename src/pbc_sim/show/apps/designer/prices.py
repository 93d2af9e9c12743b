"""What is the draft worth to both parties on stored futures, while a slider moves?

Lives here: the few figures that the pictures of the designer show, worked out in milliseconds. May
not live here: how contracts are settled and estimated, which is the library's; pictures, words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from pbc_sim.contract.kpi_clauses import KpiClause
from pbc_sim.contract.terms import Contract, needs_of
from pbc_sim.decision.outcomes import WALKS_AWAY, Outcomes, Settlement
from pbc_sim.decision.results import sample
from pbc_sim.decision.risk import mean_interval
from pbc_sim.scenario import Scenario

__all__ = ["Desk", "KpiFigures", "Otherwise", "Priced", "Spread"]

#: Quantiles that a distribution is shown by. [1]
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Spread:
    """How an amount or a KPI is spread over futures.

    Parameters
    ----------
    mean : float
        Its mean.
    ci95 : tuple of float
        95% interval of the mean.
    quantiles : tuple of float
        5, 25, 50, 75 and 95% quantile.
    """

    mean: float
    ci95: tuple[float, float]
    quantiles: tuple[float, ...]

    @classmethod
    def of(cls, values: np.ndarray) -> Spread:
        """Return the spread of a sample, shape (n,); NaN are left out."""
        values = values[~np.isnan(values)]
        if not len(values):
            nothing = float("nan")
            return cls(nothing, (nothing, nothing), (nothing,) * len(QUANTILES))
        low, high = mean_interval(values)
        quantiles = np.quantile(values, QUANTILES).tolist()
        return cls(float(values.mean()), (float(low), float(high)), tuple(quantiles))


@dataclass(frozen=True)
class KpiFigures:
    """A KPI over the term under the plan that the supplier takes.

    Parameters
    ----------
    clause : KpiClause
        What was agreed.
    spread : Spread
        Its values over futures, in its unit.
    missed : float
        Share of all reviews that miss the target. [1]
    """

    clause: KpiClause
    spread: Spread
    missed: float


@dataclass(frozen=True)
class Otherwise:
    """What the buyer has without the draft.

    Parameters
    ----------
    contract : str, optional
        The contract that it has then; its outside option where there is none.
    cost : ndarray of shape (n_replications,)
        Its total cost then, by future. [currency]
    """

    contract: str | None
    cost: np.ndarray


@dataclass(frozen=True)
class Priced:
    """One contract on stored futures, with the plan that is best for the supplier.

    Parameters
    ----------
    name : str
        Its name in the settlement.
    prices : Settlement
        Contracts priced on these futures, this one among them.
    otherwise : Otherwise, optional
        What the buyer has without it; None if nobody knows.
    """

    name: str
    prices: Settlement
    otherwise: Otherwise | None = None

    @property
    def contract(self) -> Contract:
        """The contract."""
        return self.prices.contracts[self.name]

    @property
    def scenario(self) -> Scenario:
        """The scenario."""
        return self.prices.outcomes.scenario

    @cached_property
    def plan(self) -> str:
        """The plan that pays the supplier best, worth signing or not."""
        return self.prices.most_profitable_plan(self.name)

    @cached_property
    def plans(self) -> Mapping[str, float]:
        """The supplier's expected profit under each plan that the contract admits [currency]."""
        expected = self.prices.admissible_profit(self.name)
        return dict(zip(expected["plan"].values.tolist(), expected.values.tolist(), strict=True))

    @property
    def is_signed(self) -> bool:
        """Whether the supplier gains more than outside."""
        return self.plans[self.plan] >= self.scenario.outside_option.supplier_profit

    @cached_property
    def buyer_cost(self) -> Spread:
        """The buyer's total cost [currency]."""
        return Spread.of(self._sample("buyer_cost"))

    @cached_property
    def supplier_profit(self) -> Spread:
        """The supplier's profit [currency]."""
        return Spread.of(self._sample("supplier_profit"))

    @cached_property
    def loss_probability(self) -> float:
        """How probably the supplier makes a loss [1]."""
        return float((self._sample("supplier_profit") < 0).mean())

    @cached_property
    def over_budget(self) -> float | None:
        """How probably payments exceed the budget [1]; None where there is none."""
        budget = self.scenario.budget
        return None if budget is None else float((self._sample("payments") > budget).mean())

    @cached_property
    def buyer_gain(self) -> Spread | None:
        """What the buyer saves against having it otherwise, on the same luck [currency]."""
        if self.otherwise is None:
            return None
        return Spread.of(self.otherwise.cost - self._sample("buyer_cost"))

    @cached_property
    def supplier_gain(self) -> Spread:
        """What the supplier gains over its outside option [currency]."""
        outside = self.scenario.outside_option.supplier_profit
        return Spread.of(self._sample("supplier_profit") - outside)

    @property
    def in_zone(self) -> bool:
        """Whether both would sign: neither is worse off than without it."""
        buyer = self.buyer_gain
        return self.is_signed and buyer is not None and buyer.mean >= 0

    @cached_property
    def kpis(self) -> Mapping[str, KpiFigures]:
        """Each KPI under the plan that the supplier takes."""
        values = self.prices.kpi_values(self.name)
        at = values["plan"].values.tolist().index(self.plan)
        cell = self.prices.paid.sel(contract=self.name)
        names = cell["kpi"].values.tolist()
        met, dropped = (
            cell[part].sel(plan=self.plan).values for part in ("reviews_met", "reviews_dropped")
        )
        found = {}
        for n, (name, clause) in enumerate(self.contract.kpis.items()):
            k = names.index(name)
            held = float(cell["reviews"].values[k]) - dropped[k]
            share = float((held - met[k]).mean() / max(held.mean(), 1.0))
            found[name] = KpiFigures(clause, Spread.of(values.values[n, at]), share)
        return found

    @cached_property
    def _samples(self) -> dict[str, np.ndarray]:
        return {}

    def _sample(self, amount: str) -> np.ndarray:
        if amount not in self._samples:
            self._samples[amount] = sample(self.prices, amount, self.name, self.plan)
        return self._samples[amount]


@dataclass(frozen=True)
class Desk:
    """Stored futures with what stays the same while a draft is moved.

    Parameters
    ----------
    outcomes : Outcomes
        The futures.
    """

    outcomes: Outcomes

    @cached_property
    def baseline(self) -> str | None:
        """The contract that the buyer has otherwise: the scenario's baseline, or its first."""
        scenario = self.outcomes.scenario
        return scenario.baseline_name or next(iter(scenario.contracts), None)

    @cached_property
    def otherwise(self) -> Otherwise | None:
        """What the buyer has without the draft, None if nobody knows it.

        The baseline, if the supplier signs it, or else the buyer's outside option.
        """
        scenario = self.outcomes.scenario
        outside = scenario.outside_option.buyer_cost
        if self.baseline is not None:
            contracts = {self.baseline: scenario.contracts[self.baseline]}
            prices = self.outcomes.settle(contracts)
            plan = prices.best_plan(self.baseline)
            if plan != WALKS_AWAY:
                cost = sample(prices, "buyer_cost", self.baseline, plan)
                return Otherwise(self.baseline, cost)
        if outside is None:
            return None
        return Otherwise(None, np.full(self.outcomes.replications, float(outside)))

    def price(self, name: str, contract: Contract) -> Priced:
        """Return what a contract is worth.

        Raises
        ------
        PbcError
            If it needs facts that were not simulated, or does not fit the scenario.
        """
        return Priced(name, self.outcomes.settle({name: contract}), self.otherwise)

    def first(self, n: int) -> Outcomes:
        """Return the first n futures alone, where a first look is enough."""
        whole, few = self.outcomes, slice(n)
        return replace(
            whole,
            scores=whole.scores.portion(few),
            costs=whole.costs.isel(replication=few),
            open_at_end=whole.open_at_end[:, few],
            due_later={measure: facts[:, few] for measure, facts in whole.due_later.items()},
        )

    def knows(self, contract: Contract) -> bool:
        """Tell whether a contract can be priced on these futures."""
        needs, known = needs_of({"it": contract}), self.outcomes.study.needs
        return set(needs.measures) <= set(known.measures) and set(needs.terms) <= set(known.terms)
