"""What does a check look at, and what does it say?

Lives here: the case that every check sees, its findings, and the catalogue of checks.
May not live here: a single check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np

from pbc_sim.catalogue import Catalogue
from pbc_sim.contract import Contract
from pbc_sim.contract.incentives.mechanism import Incentive
from pbc_sim.contract.settlement import Settled, settle_block
from pbc_sim.decision.outcomes import Settlement
from pbc_sim.decision.wording import plan_label
from pbc_sim.language import noted
from pbc_sim.performance.measures import Measure
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.performance.scorecard import Scores

__all__ = ["CHECKS", "SEVERITIES", "Case", "Check", "Finding", "check"]


class Finding(NamedTuple):
    """What a check found.

    Parameters
    ----------
    check : str
        Name of the check.
    severity : {"warning", "note"}
        Whether it should be mended before anyone signs, or only be known.
    place : str
        Where in the contract, as ``kpis.accuracy``.
    sentence : str
        What is the matter, with numbers.
    remedy : str
        What to do about it.
    """

    check: str
    severity: Literal["warning", "note"]
    place: str
    sentence: str
    remedy: str


@dataclass(frozen=True)
class Case:
    """One contract, priced on simulated futures.

    Parameters
    ----------
    prices : Settlement
        Contracts priced on simulated futures.
    name : str
        The contract that is checked.
    """

    prices: Settlement
    name: str

    @property
    def contract(self) -> Contract:
        """The contract."""
        return self.prices.contracts[self.name]

    @property
    def scores(self) -> Scores:
        """Numerators, denominators and sizes of all reviews."""
        return self.prices.outcomes.scores

    @property
    def plans(self) -> list[str]:
        """Names of the supplier's plans."""
        return list(self.scores.plans)

    def planned(self, plan: int) -> str:
        """Return what a plan is called for people, by its number."""
        return plan_label(self.prices.outcomes.scenario, self.plans[plan])

    @property
    def currency(self) -> str:
        """Currency of every amount."""
        return self.prices.outcomes.scenario.currency

    @cached_property
    def best(self) -> int:
        """Number of the plan with the supplier's highest expected profit, signed or not."""
        return self.plans.index(self.prices.most_profitable_plan(self.name))

    @cached_property
    def measures(self) -> dict[str, Measure]:
        """What each KPI of the contract measures."""
        return self.contract.measured()

    @cached_property
    def settled(self) -> Settled:
        """The contract settled by period, axes (1, plan, replication, period)."""
        term = self.contract.term
        periods = ReviewPeriods.of(self.scores.setting, term.review, term.months)
        return settle_block([self.contract], self.scores, periods)

    def missed(self, kpi: str) -> np.ndarray:
        """Tell which reviews miss a KPI's target, shape (n_plans, n_replications, n_reviews)."""
        reading = self.settled.block.readings[kpi]
        shape = self.settled.block.charges.shape
        missed = ~np.broadcast_to(reading.met, np.broadcast_shapes(reading.met.shape, shape))[0]
        return missed[..., reading.reviewed]

    def incentive(self, number: int) -> np.ndarray:
        """Return an incentive's amounts before limits, by plan, replication, period [currency]."""
        block = self.settled.block
        amounts = self.settled.incentives[number]
        shape = np.broadcast_shapes(amounts.shape, block.charges.shape)
        every: np.ndarray = np.broadcast_to(amounts, shape)[0]
        return every

    def kpi_values(self, kpi: str) -> np.ndarray:
        """Return a KPI over the term, shape (n_plans, n_replications), in its unit."""
        values: np.ndarray = self.prices.kpi_values(self.name).sel(kpi=kpi).values
        return values

    def depends_on(self, kpi: str) -> list[Incentive]:
        """Return the incentives that read a KPI."""
        return [i for i in self.contract.incentives if i.kpi_name == kpi]

    def gates(self, kpi: str) -> bool:
        """Tell whether a KPI opens or closes something as a whole: bonuses or milestones."""
        gate = self.contract.gate
        return self.contract.payment.needs_kpis or bool(gate and kpi in gate.no_bonus_below)

    def matters(self, kpi: str) -> bool:
        """Tell whether money depends on a KPI."""
        return self.gates(kpi) or bool(self.depends_on(kpi))


#: How grave a finding is, as it is said to people.
SEVERITIES = {"warning": noted("warning"), "note": noted("note")}

CheckFunction = Callable[[Case], Iterator[Finding]]


@dataclass(frozen=True)
class Check:
    """A rule that a good contract keeps.

    Parameters
    ----------
    name, question : str
        Key, and what the check asks.
    findings : callable
        ``findings(case)`` yields what it found.
    """

    name: str
    question: str
    findings: CheckFunction


CHECKS: Catalogue[Check] = Catalogue("check")


def check(function: CheckFunction) -> CheckFunction:
    """File a rule under its function's name; its docstring's first line is the question."""
    name = function.__name__
    question = (function.__doc__ or "").split("\n")[0]
    CHECKS.register(name)(Check(name, question, function))
    return function
