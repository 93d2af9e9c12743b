"""How does an adaptive supplier act on its record: does it give up, rush, or pick the cherries?

Lives here: `conduct`, which plan is held at each look where a target is lost, within reach or safe.
May not live here: how it chooses (`adaptive.py`), pictures (`show/plots/`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pbc_sim.contract.naming import kpi_label
from pbc_sim.decision.adaptive import AdaptiveStudy
from pbc_sim.decision.laid_out import laid_out
from pbc_sim.decision.risk import mean_interval
from pbc_sim.decision.wording import in_unit, plan_label
from pbc_sim.errors import PbcError, require_type, unknown_name
from pbc_sim.figures import share
from pbc_sim.language import translated as _
from pbc_sim.performance.measures import Measure
from pbc_sim.printed import Printed

__all__ = ["STANDINGS", "Conduct", "conduct"]

#: How a target stands at a look.
STANDINGS = ("lost", "within_reach", "safe")


@dataclass(frozen=True)
class Conduct(Printed):
    """What an adaptive supplier does where a target is lost, within reach or safe.

    Parameters
    ----------
    study : AdaptiveStudy
        What it did.
    kpi : str
        Whose target stands so.
    aim : str
        By which KPI the plans are told apart.
    brings : dict of str to float
        The aim under each plan, held from the beginning. [as the KPI]
    table : DataFrame
        A row a look within the review, counted from 1, and standing: ``reviews`` that stand so;
        ``aim``, mean of what the plans that are held there bring, with ``low`` and ``high`` of its
        95% interval [as the KPI]; a column a plan: how often it is held [1]. NaN where no review
        stands so. Intervals take reviews as independent.
    """

    study: AdaptiveStudy
    kpi: str
    aim: str
    brings: dict[str, float]
    table: pd.DataFrame

    def __str__(self) -> str:
        scenario = self.study.adaptive.outcomes.scenario
        contract = self.study.adaptive.contracts[self.study.contract]
        unit, brings = contract.kpis[self.aim].kpi.unit, kpi_label(contract, self.aim)
        words = {"lost": _("lost"), "within_reach": _("within reach"), "safe": _("safe")}
        rows = {}
        for look, standing in self.table.index:
            row = self.table.loc[(look, standing)]
            if row["reviews"]:
                rows[look, words[standing]] = {
                    _("reviews"): f"{row['reviews']:.0f}",
                    **{plan_label(scenario, p): share(row[p], 0) for p in self.study.plans},
                    _("brings {kpi}").format(kpi=f"'{brings}'"): in_unit(
                        row["aim"], unit, scenario.currency
                    ),
                }
        shown = pd.DataFrame.from_dict(rows, orient="index")
        of_kpi = _("target of {kpi}").format(kpi=f"'{kpi_label(contract, self.kpi)}'")
        shown.index = pd.MultiIndex.from_tuples(rows, names=[_("look"), of_kpi])
        return laid_out(shown)


def conduct(
    study: AdaptiveStudy,
    kpi: str,
    *,
    aim: str | None = None,
    lost_below: float = 0.1,
    safe_above: float = 0.9,
) -> Conduct:
    """Return which plans an adaptive supplier holds, by how a target stands at each look.

    With what has happened in the review so far and what each plan brings in the rest of it in other
    futures, a target is lost where no plan meets it with a fair chance, safe where the best steady
    plan meets it with a high one, and else within reach. Three ways to act on that show in the
    table: who *gives up* holds plans that bring less where it is lost; who *rushes* holds plans
    that bring more late in a review in which it is within reach; who *picks cherries* turns to
    another `aim` where it is lost.

    Parameters
    ----------
    study : AdaptiveStudy
        What `adapt` returns.
    kpi : str
        KPI of the contract whose reviews hold several looks.
    aim : str, optional
        KPI of the contract by which plans are told apart; the same one where empty.
    lost_below, safe_above : float
        Chances between which a target is within reach. [1]

    Returns
    -------
    Conduct
        Plans by look and standing.

    Raises
    ------
    PbcError
        If a KPI is unknown, its reviews do not all hold the same two or more looks, or the chances
        do not grow from 0 to 1.
    """
    require_type("study", study, AdaptiveStudy, "let the supplier adapt: pbc.adapt(...)")
    contract, aim = study.adaptive.contracts[study.contract], aim or kpi
    if aim not in contract.kpis:
        raise PbcError(unknown_name("KPI of this contract", aim, contract.kpis))
    n_looks = study.looks_a_review(kpi)
    if not 0 <= lost_below < safe_above <= 1:
        raise PbcError(
            "chances must be two numbers with 0 <= lost_below < safe_above <= 1, got "
            f"{lost_below} and {safe_above}."
        )
    brings = _brings(study, contract.measured()[aim], aim)
    chances = _chances(study, kpi, n_looks)
    usual = chances[..., study.plans.index(study.steady.most_profitable_plan(study.contract))]
    lost, safe = chances.max(axis=-1) < lost_below, usual > safe_above
    standing = np.where(lost, 0, np.where(safe, 2, 1))
    held = study.choices.reshape(-1, n_looks)
    rows = {}
    for look in range(n_looks):
        for n, name in enumerate(STANDINGS):
            here = held[standing[:, look] == n, look]
            low, high = mean_interval(brings[here])
            shares = np.bincount(here, minlength=len(brings)) / max(len(here), 1)
            rows[look + 1, name] = {
                "reviews": len(here),
                "aim": float(brings[here].mean()) if len(here) else float("nan"),
                "low": low,
                "high": high,
                **dict(zip(study.plans, np.where(len(here), shares, np.nan), strict=True)),
            }
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index = pd.MultiIndex.from_tuples(rows, names=["look", "standing"])
    by_plan = dict(zip(study.plans, brings.tolist(), strict=True))
    return Conduct(study, kpi, aim, by_plan, table)


def _brings(study: AdaptiveStudy, m: Measure, aim: str) -> np.ndarray:
    """Return the KPI under each plan, held from the beginning, shape (n_plans,)."""
    part, whole = study.expected[aim][:2].sum(axis=(2, 3))
    if m.entry.kind == "total":
        n_reviews = study.expected[aim].shape[2] * len(study.looks) / study.looks_a_review(aim)
        return np.asarray(part / n_reviews)
    return np.asarray(part / np.maximum(whole, 1e-300))


def _chances(study: AdaptiveStudy, kpi: str, n_looks: int) -> np.ndarray:
    """Return how likely each plan meets the target of a review from each of its looks on.

    Returns
    -------
    ndarray of shape (n_futures * n_reviews, n_looks, n_plans)
        Share of other futures. [1]
    """
    contract = study.adaptive.contracts[study.contract]
    target, total = contract.kpis[kpi].target, contract.measured()[kpi].entry.kind == "total"
    done = study.facts[kpi][:2]
    done = done.reshape(*done.shape[:2], -1, n_looks)
    rest = study.expected[kpi][:2]
    rest = rest.reshape(*rest.shape[:3], -1, n_looks)
    chances = []
    for look in range(n_looks):
        so_far = done[..., :look].sum(axis=-1)[:, :, None, None]
        to_come = rest[..., look:].sum(axis=-1)[:, None]
        # Axes: numerator and denominator, future, plan, belief, review.
        part, whole = so_far + to_come
        value = part if total else part / np.maximum(whole, 1e-300)
        met = target.is_met(value, np.asarray(target.level))
        chances.append(met.mean(axis=2).transpose(0, 2, 1))
    return np.stack(chances, axis=2).reshape(-1, n_looks, len(study.plans))
