"""How well does a threshold tell a good supplier from a weak one: operating characteristics.

Lives here: the chance that a review meets its target, by the true quality of the work; exact where
a KPI is a share of yes-or-no facts, and from simulated reviews for every KPI.
May not live here: money, advice (`checks/`), pictures (`show/`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from pbc_sim.contract.kpi_clauses import Target, WrittenKpi
from pbc_sim.contract.naming import kpi_label, target_said
from pbc_sim.decision.laid_out import laid_out
from pbc_sim.decision.outcomes import Outcomes, Settlement
from pbc_sim.decision.risk import mean_interval
from pbc_sim.decision.wording import contract_label, headed, in_unit, plan_label
from pbc_sim.errors import PbcError, unknown_name
from pbc_sim.figures import share
from pbc_sim.language import translated as _
from pbc_sim.performance.measures import Measure
from pbc_sim.printed import Printed

__all__ = [
    "Granularity",
    "OperatingCharacteristic",
    "chance_met",
    "granularity",
    "is_yes_or_no",
    "operating_characteristic",
]

POINTS = 201
#: How many standard deviations of a review's value a curve shows on either side of its target.
SHOWN = 5.0


def _last_missed(target: Target, size: int, dead_band: float = 0.0) -> int:
    """Return how many facts count in the best review of a size that still misses the target.

    The numbers that meet it lie above this one where higher is better, below it where lower is.
    """
    values, level = np.arange(size + 1) / size, target.level
    near = (dead_band > 0) & (np.abs(values - level) <= dead_band * (1 + 1e-9))
    met = np.flatnonzero(target.is_met(values, np.asarray(level)) | near)
    if target.direction == "higher":
        return int(met[0]) - 1 if len(met) else size
    return int(met[-1]) + 1 if len(met) else 0


def chance_met(clause: WrittenKpi, sizes: np.ndarray, quality: np.ndarray) -> np.ndarray:
    """Return the chance that a review meets its target, by the true quality of the work.

    Facts are independent, and each counts with chance `quality`: binomial, mixed over the sizes.
    A review with too few facts is judged as the clause's `when_empty` says (``carry`` as met).

    Parameters
    ----------
    clause : KpiClause
        A KPI that is a share of facts.
    sizes : ndarray of int, of shape (n_reviews,)
        Facts of each review, as they came or are expected. [1]
    quality : ndarray of shape (n_points,)
        True shares, in the KPI's own sense: of what counts in its numerator. [1]

    Returns
    -------
    ndarray of shape (n_points,)
        Chance that a review is met. [1]

    Notes
    -----
    Source: Montgomery (2019), Introduction to Statistical Quality Control, section 15.2: the
    operating-characteristic curve of a single sample.

    Examples
    --------
    With ten orders a month a supplier of true 97% misses "at least 95%" in every fourth month.

    >>> from pbc_sim.contract.kpi_clauses import KpiClause
    >>> clause = KpiClause.model_validate(
    ...     {"measure": "order_accuracy", "target": {"at_least": 0.95}}
    ... )
    >>> round(float(1 - chance_met(clause, np.array([10]), np.array([0.97]))[0]), 2)
    0.26
    """
    from scipy import stats  # slow to import, and only estimates need it

    different, times = np.unique(np.asarray(sizes, dtype=int), return_counts=True)
    total = np.zeros(len(quality))
    for size, weight in zip(different.tolist(), times / times.sum(), strict=True):
        if not size or size < clause.min_sample:
            total += weight * (clause.when_empty != "missed")
            continue
        last = _last_missed(clause.target, size, clause.dead_band)
        if clause.target.direction == "higher":
            total += weight * stats.binom.sf(last, size, quality)
        else:
            total += weight * stats.binom.cdf(last - 1, size, quality)
    return total


class Granularity(NamedTuple):
    """How coarse a target is for reviews of one size.

    Parameters
    ----------
    size : int
        Facts of a review. [1]
    low, high : float
        All targets between these two are one clause: the same numbers of facts meet them. [1]
    spare : int
        How many facts may fail before the target is missed; below 0 if none of them can meet it.
    """

    size: int
    low: float
    high: float
    spare: int

    def __str__(self) -> str:
        allowed = {
            -1: _("even without a failure it is missed"),
            0: _("one failure misses it"),
        }
        words = allowed.get(self.spare, _("{n} failures miss it").format(n=self.spare + 1))
        return _(
            "with {n} facts a review any target from {low} to {high} is the same: {words}"
        ).format(n=self.size, low=share(self.low), high=share(self.high), words=words)


def granularity(target: Target, size: int) -> Granularity:
    """Return which targets are the same clause in reviews of a size.

    Examples
    --------
    >>> print(granularity(Target(at_least=0.95), 10))
    with 10 facts a review any target from 90.0% to 100.0% is the same: one failure misses it
    """
    last = _last_missed(target, size)
    if target.direction == "higher":
        return Granularity(size, max(last, 0) / size, min(last + 1, size) / size, size - last - 1)
    return Granularity(size, max(last - 1, 0) / size, min(last, size) / size, last - 1)


@dataclass(frozen=True)
class OperatingCharacteristic(Printed):
    """How often a KPI's target is met, by how good the work truly is.

    Parameters
    ----------
    prices : Settlement
        Contracts priced on simulated futures.
    contract, kpi : str
        Whose it is.
    reviews : int
        Reviews of the term.
    sizes : ndarray of int
        Facts of each simulated review, of all plans. [1]
    curve : DataFrame
        Columns ``quality``, ``review_missed`` and ``any_missed`` (at least one review of the term):
        exact for independent yes-or-no facts; empty for KPIs of another kind, and where reviews
        depend on each other (a rolling window, a moving target).
    plans : DataFrame
        A row a plan: ``quality`` (its value over all futures), ``review_missed`` as simulated, its
        95% interval ``low`` and ``high``, and what the curve says there (``exact``, NaN without).
    """

    prices: Settlement = field(repr=False, compare=False)
    contract: str
    kpi: str
    reviews: int
    sizes: np.ndarray
    curve: pd.DataFrame
    plans: pd.DataFrame

    @property
    def granularity(self) -> Granularity | None:
        """How coarse the target is at the median review; None where there is no curve."""
        size = int(np.median(self.sizes)) if len(self.sizes) else 0
        return granularity(self.clause.target, size) if len(self.curve) and size else None

    @property
    def clause(self) -> WrittenKpi:
        """What was agreed."""
        return self.prices.contracts[self.contract].kpis[self.kpi]

    @property
    def label(self) -> str:
        """What the KPI is called for people."""
        return kpi_label(self.prices.contracts[self.contract], self.kpi)

    @property
    def target(self) -> str:
        """The target for people, in its unit."""
        return target_said(self.clause, self.prices.outcomes.scenario.currency)

    def __str__(self) -> str:
        coarse, scenario = self.granularity, self.prices.outcomes.scenario
        target = _("{kpi} of {contract}: target {target}").format(
            kpi=self.label,
            contract=f"'{contract_label(self.prices.contracts, self.contract)}'",
            target=self.target,
        )
        shown = self.plans.copy().astype(object)
        unit = self.clause.kpi.unit
        shown["quality"] = [in_unit(v, unit, scenario.currency) for v in self.plans["quality"]]
        for column in ("review_missed", "low", "high", "exact"):
            shown[column] = ["-" if v != v else share(v) for v in self.plans[column]]
        shown.index = [plan_label(scenario, str(plan)) for plan in shown.index]
        lines = [target, *([f"{coarse}."] if coarse else [])]
        return "\n".join([*lines, laid_out(headed(shown))])


def is_yes_or_no(outcomes: Outcomes, measure: Measure) -> bool:
    """Tell whether each fact of a KPI counts once, and counts for or against: a binomial share."""
    numerator, denominator, size = outcomes.scores.measured[measure]
    kpi = measure.entry
    return (
        kpi.kind == "ratio"
        and kpi.bounds == (0.0, 1.0)
        and bool(np.array_equal(denominator, size))
        and bool(np.array_equal(numerator, np.round(numerator)))
    )


def operating_characteristic(
    prices: Settlement, contract: str, kpi: str
) -> OperatingCharacteristic:
    """Return how often a KPI's target is met, by the true quality of the work.

    Parameters
    ----------
    prices : Settlement
        Contracts priced on simulated futures, from which the sizes of reviews come.
    contract, kpi : str
        Name of the contract, and of a KPI in it.

    Raises
    ------
    PbcError
        If one of them is unknown.
    """
    if contract not in prices.contracts:
        raise PbcError(unknown_name("contract", contract, prices.contracts))
    terms = prices.contracts[contract]
    if kpi not in terms.kpis:
        raise PbcError(unknown_name("KPI of this contract", kpi, terms.kpis))
    clause, measure = terms.kpis[kpi], terms.measured()[kpi]
    numerator, denominator, size = prices.outcomes.scores.measured[measure]
    cell = prices.paid.sel(contract=contract, kpi=kpi)
    reviews = int(cell["reviews"])
    exact = is_yes_or_no(prices.outcomes, measure) and clause.judges_each_alone
    held = np.maximum(reviews - cell["reviews_dropped"].values, 1)
    missed = 1 - cell["reviews_met"].values / held
    rows = {}
    for n, plan in enumerate(prices.outcomes.scores.plans):
        whole = denominator[n].sum()
        quality = float(numerator[n].sum() / whole) if whole else float("nan")
        low, high = np.clip(mean_interval(missed[n]), 0, 1).tolist()
        predicted = float("nan")
        if exact and whole:
            predicted = float(1 - chance_met(clause, size[n].ravel(), np.array([quality]))[0])
        rows[plan] = (quality, float(missed[n].mean()), low, high, predicted)
    columns = ["quality", "review_missed", "low", "high", "exact"]
    plans = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    sizes = size.ravel().astype(int)
    return OperatingCharacteristic(
        prices, contract, kpi, reviews, sizes, _curve(clause, sizes, reviews, exact), plans
    )


def _curve(clause: WrittenKpi, sizes: np.ndarray, reviews: int, exact: bool) -> pd.DataFrame:
    columns = ["quality", "review_missed", "any_missed"]
    if not exact:
        return pd.DataFrame(columns=columns, dtype=float)
    level, typical = clause.target.level, max(float(np.median(sizes)), 1.0)
    # A target of 0 or 1 has no spread of its own.
    spread = SHOWN * np.sqrt(max(level * (1 - level), 0.05 * 0.95) / typical)
    quality = np.linspace(max(level - spread, 0.0), min(level + spread, 1.0), POINTS)
    met = chance_met(clause, sizes, quality)
    return pd.DataFrame(dict(zip(columns, (quality, 1 - met, 1 - met**reviews), strict=True)))
