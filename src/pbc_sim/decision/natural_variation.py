"""Which target fines bad work and not bad luck: chosen from the natural variation of good work.

Lives here: `fair_targets`. May not live here: what a given target does (`operating.py`), money.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pbc_sim.contract import Contract
from pbc_sim.contract.kpi_clauses import WrittenKpi
from pbc_sim.contract.naming import kpi_label
from pbc_sim.decision.experiment import Study
from pbc_sim.decision.laid_out import laid_out
from pbc_sim.decision.outcomes import run_study
from pbc_sim.decision.risk import Probability, probability
from pbc_sim.decision.wording import headed, in_unit, plan_label, review_said
from pbc_sim.errors import PbcError, require_type, unknown_name
from pbc_sim.figures import numeral, share
from pbc_sim.language import translated as _
from pbc_sim.performance.periods import Review
from pbc_sim.performance.scorecard import Needs
from pbc_sim.printed import Printed
from pbc_sim.scenario import Scenario

__all__ = ["FairTargets", "fair_targets", "tolerance_rank"]

CONFIDENCE = 0.95

#: Seed of the futures.
SEED = 1


def tolerance_rank(n: int, most: float, confidence: float = CONFIDENCE) -> int:
    """Return which smallest of n values is undercut with a probability of at most `most`, surely.

    Parameters
    ----------
    n : int
        Size of the sample.
    most : float
        Probability, 0 < most < 1.
    confidence : float
        How sure that is, whatever the law. [1]

    Returns
    -------
    int
        Rank from 1; 0 where the sample is too small to say.

    Notes
    -----
    Source: Wilks (1941), Annals of Mathematical Statistics 12:91-96: tolerance limits.

    Examples
    --------
    >>> tolerance_rank(58, 0.05), tolerance_rank(59, 0.05), tolerance_rank(93, 0.05)
    (0, 1, 2)
    """
    from scipy import stats  # slow to import, and only estimates need it

    # Rank l holds if fewer than l values fall into the share `most`, with 1 - confidence or less.
    return int(np.count_nonzero(stats.binom.cdf(np.arange(n), n, most) <= 1 - confidence))


@dataclass(frozen=True)
class FairTargets(Printed):
    """Targets that good work meets, by length of review.

    Parameters
    ----------
    scenario : Scenario
        World, plans and currency.
    contract : Contract
        The contract as it was.
    kpi, plan : str
        What is reviewed, and the plan that deserves full pay.
    most_fined : float
        Probability with which good work may miss the target at least once in the term. [1]
    table : DataFrame
        A row a length of review: ``reviews`` in the term, ``target``, the sharpest that is fair;
        ``dead_band``, which makes the written target fair [as the KPI]; ``fined``, how often the
        plan misses the target in a term of these futures, with ``low`` and ``high``; and a column
        ``caught: <plan>`` for every other plan [1].
    worst : mapping of str to mapping of str to ndarray of shape (n_replications,)
        By length of review and plan: the value of the worst review in each term, larger being
        better (of a KPI where less is better, with the sign changed), infinite where no review has
        enough facts.
    """

    scenario: Scenario
    contract: Contract
    kpi: str
    plan: str
    most_fined: float
    table: pd.DataFrame
    worst: Mapping[str, Mapping[str, np.ndarray]]

    @property
    def currency(self) -> str:
        """ISO 4217 code, for KPIs that are money."""
        return self.scenario.currency

    @property
    def label(self) -> str:
        """What the KPI is called for people."""
        return kpi_label(self.contract, self.kpi)

    def planned(self, plan: str) -> str:
        """Return what a plan is called for people."""
        return plan_label(self.scenario, plan)

    @property
    def seed(self) -> int:
        """Seed of the futures."""
        return SEED

    @property
    def replications(self) -> int:
        """Number of futures."""
        return len(self.worst[str(self.table.index[0])][self.plan])

    def missed(self, review: str, plan: str, target: float) -> Probability:
        """Return how probably a plan misses a target at least once in the term.

        Parameters
        ----------
        review : str
            A length of review of the table.
        plan : str
            Any plan of the scenario.
        target : float
            Level that every review must reach, as the written target does. [as the KPI]
        """
        clause = self.contract.kpis[self.kpi]
        worst = self.worst[review][plan]
        return probability(_is_missed(worst, _sign(clause) * target, clause))

    @property
    def sharpest(self) -> str:
        """The length of review whose fair target catches most of the other plans."""
        caught = self.table.filter(like="caught: ")
        if caught.empty:
            return str(self.table.index[0])
        return str(caught.mean(axis=1).idxmax())

    def rewritten(self, review: str | None = None, *, dead_band: bool = False) -> Contract:
        """Return the contract with the fair target, or with the dead band, for a review length.

        Raises
        ------
        PbcError
            If the review length was not looked at, or does not fit the contract.
        """
        review = self.sharpest if review is None else review
        if review not in self.table.index:
            raise PbcError(unknown_name("review length", review, list(self.table.index)))
        terms = self.contract.model_dump()
        clause = terms["kpis"][self.kpi] | {"review": review}
        if dead_band:
            clause["dead_band"] = self.table["dead_band"].to_dict()[review]
        else:
            (written,) = (k for k, v in clause["target"].items() if v is not None)
            clause |= {
                "dead_band": 0.0,
                "target": {written: self.table["target"].to_dict()[review]},
            }
        terms["kpis"] = terms["kpis"] | {self.kpi: clause}
        return Contract.model_validate(terms)

    def __str__(self) -> str:
        target = self.table["target"].to_dict()[self.sharpest]
        unit = self.contract.kpis[self.kpi].kpi.unit
        words = _(
            "'{plan}' misses a fair target for '{kpi}' at most once in {terms} terms. Reviewed by "
            "{review}, {target} is the sharpest such target; with {confidence} confidence."
        ).format(
            plan=self.planned(self.plan),
            kpi=self.label,
            terms=numeral(1 / self.most_fined, ".0f"),
            review=review_said(str(self.sharpest)),
            target=in_unit(target, unit, self.currency),
            confidence=share(CONFIDENCE, 0),
        )
        shown = self.table.rename(index=lambda review: review_said(str(review))).astype(object)
        for column in self.table.columns.drop("reviews"):
            of = unit if column in ("target", "dead_band") else "1"
            shown[column] = [in_unit(value, of, self.currency) for value in self.table[column]]
        caught = {f"caught: {p}": f"caught: {self.planned(p)}" for p in self.scenario.plans}
        return f"{words}\n\n{laid_out(headed(shown.rename(columns=caught)))}"


def fair_targets(
    scenario: Scenario,
    contract: str,
    kpi: str,
    plan: str,
    *,
    most_fined: float = 0.05,
    reviews: Sequence[Review] = ("month", "quarter", "half_year", "year"),
    rounding: float = 0.001,
    replications: int = 400,
) -> FairTargets:
    """Choose target, dead band and review length so that ordinary luck is hardly ever fined.

    The target is a tolerance limit of the worst review in a term under the plan that deserves full
    pay: with 95% confidence, and whatever the law of luck, that plan misses it in no more than the
    wanted share of terms. Short reviews have more luck in them, and more chances to miss.

    Parameters
    ----------
    scenario : Scenario
        World, plans and contracts.
    contract, kpi : str
        Which clause.
    plan : str
        The plan that deserves full pay.
    most_fined : float
        Probability that it misses the target at least once in the term, 0 < most_fined < 1. [1]
    reviews : sequence of str
        Lengths of review to look at; those longer than the term are left out.
    rounding : float
        Targets are rounded to multiples of this, to the lenient side. [as the KPI]
    replications : int
        Futures, of seed 1.

    Returns
    -------
    FairTargets
        A table by length of review, and the contract rewritten.

    Raises
    ------
    PbcError
        If a name is unknown, a number out of range, or there are too few replications.

    Notes
    -----
    Reviews with too few facts, by the clause's `min_sample`, are left out.
    """
    require_type("scenario", scenario, Scenario, "read it with pbc.load_scenario(path)")
    terms = scenario.require_contract(contract)
    if kpi not in terms.kpis:
        raise PbcError(unknown_name("KPI of this contract", kpi, terms.kpis))
    scenario.require_plan(plan)
    if not 0 < most_fined < 1:
        raise PbcError(f"most_fined must be > 0 and < 1, got {most_fined}.")
    if not rounding > 0:
        raise PbcError(f"rounding must be > 0, got {rounding}.")
    rank = tolerance_rank(replications, most_fined)
    if not rank:
        needed = int(np.ceil(np.log(1 - CONFIDENCE) / np.log(1 - most_fined)))
        raise PbcError(
            f"{replications} replications cannot bound a probability of {share(most_fined, 1)}; "
            f"take {needed} or more."
        )
    clause = terms.kpis[kpi]
    months = terms.term.months
    measures = {
        review: clause.model_copy(update={"review": review}).measured(review, months)
        for review in reviews
    }
    study = Study(scenario, Needs(tuple(measures.values()), (months,)), SEED, tuple(scenario.plans))
    outcomes = run_study(study, replications)
    outcomes.require_independent_futures()
    at, rows = study.plans.index(plan), {}
    lived: dict[str, dict[str, np.ndarray]] = {}
    for review, measure in measures.items():
        worst = _worst_reviews(outcomes.scores.measured[measure], clause)
        if not np.isfinite(worst[at]).all():
            continue
        target = _rounded(np.sort(worst[at])[rank - 1], clause, rounding)
        fined = {p: _is_missed(worst[n], target, clause) for n, p in enumerate(study.plans)}
        chance = probability(fined[plan])
        n_reviews = outcomes.scores.measured[measure].shape[-1]
        sign = _sign(clause)
        value = sign * target
        band = max(0.0, sign * (clause.target.level - value))
        caught = {f"caught: {p}": float(f.mean()) for p, f in fined.items() if p != plan}
        row = {"reviews": n_reviews, "target": value, "dead_band": round(band, 12)}
        row |= {"fined": chance.estimate, "low": chance.ci95[0], "high": chance.ci95[1]}
        rows[review] = row | caught
        lived[str(review)] = dict(zip(study.plans, worst, strict=True))
    if not rows:
        raise PbcError(f"no review of '{kpi}' has enough facts; ask for longer ones.")
    table = pd.DataFrame.from_dict(rows, orient="index")
    return FairTargets(scenario, terms, kpi, plan, most_fined, table, lived)


def _sign(clause: WrittenKpi) -> float:
    """Return what makes larger values of a KPI the better ones."""
    return 1.0 if clause.target.direction == "higher" else -1.0


def _worst_reviews(measured: np.ndarray, clause: WrittenKpi) -> np.ndarray:
    """Return each term's worst review, larger being better, shape (n_plans, n_replications)."""
    part, whole, size = measured
    enough = (whole > 0) & (size >= max(clause.min_sample, 1))
    value = np.divide(part, whole, out=np.full(part.shape, np.nan), where=enough)
    worst: np.ndarray = np.where(enough, _sign(clause) * value, np.inf).min(axis=-1)
    return worst


def _rounded(target: float, clause: WrittenKpi, rounding: float) -> float:
    steps = np.floor(target / rounding + 1e-9)
    # Where the target itself is a miss, a step below it is none.
    if clause.target.strict and np.isclose(steps * rounding, target):
        steps -= 1
    return float(round(steps * rounding, 12))


def _is_missed(worst: np.ndarray, target: float, clause: WrittenKpi) -> np.ndarray:
    sign = _sign(clause)
    return ~clause.target.is_met(sign * worst, np.asarray(sign * target))
