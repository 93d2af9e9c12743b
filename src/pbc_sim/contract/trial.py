"""What would be paid if performance came out like this: a contract settled on supposed numbers.

Lives here: scores made of chosen KPI values. May not live here: a formula of any clause; what is
paid comes from the same settlement as on simulated futures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from pbc_sim.contract.kpi_clauses import WrittenKpi
from pbc_sim.contract.settlement import Settled, settle_block
from pbc_sim.contract.terms import Contract
from pbc_sim.performance.measures import Measure
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.performance.scorecard import Scores
from pbc_sim.world.setting import Setting

__all__ = ["Supposed", "at_performance", "tried"]

#: Facts behind a supposed ratio: a power of two, so that dividing again gives exactly the value.
LEAST_SAMPLE = 1024


@dataclass(frozen=True)
class Supposed:
    """What is supposed to come out, in every period of the term alike.

    Parameters
    ----------
    values : mapping of str to float
        Value of each KPI of the contract. [as the KPI]
    late_share : float
        Part of the value ordered that comes late. [1]
    late_days : float
        How late that part is. [calendar day]
    events : float
        Events of each other kind that is counted, a payment period. [event]
    supplier_cost : float
        What the term costs the supplier, for payments that go by it. [currency]
    """

    values: Mapping[str, float]
    late_share: float = 0.0
    late_days: float = 0.0
    events: float = 0.0
    supplier_cost: float = 0.0


def at_performance(clause: WrittenKpi, performance: float) -> float:
    """Return the value of a KPI at a share of its target, within the KPI's bounds.

    Where less is better, half the performance is twice the target.

    Examples
    --------
    >>> from pbc_sim.contract.kpi_clauses import KpiClause
    >>> defects = KpiClause(measure="defect_rate", target={"at_most": 0.02})
    >>> at_performance(defects, 0.5), at_performance(defects, 2.0)
    (0.04, 0.01)
    """
    level = clause.target.level
    value = level * performance if clause.kpi.better == "higher" else level / performance
    return float(np.clip(value, *clause.kpi.bounds))


def tried(contract: Contract, setting: Setting, cases: Sequence[Supposed]) -> Settled:
    """Settle a contract on supposed cases, which stand along the replication axis.

    What is ordered and accepted is the expected value of each payment period at catalogue prices.

    Parameters
    ----------
    contract : Contract
        The contract.
    setting : Setting
        Calendar and catalogue of its world.
    cases : sequence of Supposed
        One or more.
    """
    names = {measure: name for name, measure in reversed(contract.measured().items())}
    # The same in all cases, and dear to work out.
    ordered = {
        measure: _ordered(measure, setting)
        for measure in contract.needs().measures
        if measure not in names
    }
    measured = {
        measure: np.stack(
            [
                _of_kpi(
                    contract.kpis[names[measure]], case.values[names[measure]], measure, setting
                )
                if measure in names
                else _of_total(case, measure, ordered[measure])
                for case in cases
            ],
            axis=1,
        )[:, None]
        for measure in contract.needs().measures
    }
    cost = {contract.term.months: np.array([[case.supplier_cost for case in cases]])}
    scores = Scores(setting, ("supposed",), np.arange(len(cases)), measured, cost)
    periods = ReviewPeriods.of(setting, contract.term.review, contract.term.months)
    return settle_block([contract], scores, periods)


def _of_kpi(clause: WrittenKpi, value: float, measure: Measure, setting: Setting) -> np.ndarray:
    n_periods = len(ReviewPeriods.of(setting, measure.review, measure.months))
    if clause.kpi.kind == "total":
        fact = (value, 1.0, 1.0)
    else:
        size = float(2 ** int(np.ceil(np.log2(max(clause.min_sample, LEAST_SAMPLE)))))
        ratio = clause.kpi.kind == "ratio"
        fact = (value * size, size, size) if ratio else (value, 1.0, size)
    return np.repeat(np.array(fact)[:, None], n_periods, axis=1)


def _ordered(measure: Measure, setting: Setting) -> np.ndarray:
    edges = ReviewPeriods.of(setting, measure.review, measure.months).edges
    return np.array([setting.expected_value(a, b) for a, b in pairwise(edges)])


def _of_total(case: Supposed, measure: Measure, ordered: np.ndarray) -> np.ndarray:
    if measure.entry.unit == "currency":
        total = ordered
    elif measure.entry.unit == "currency x day":
        most = dict(measure.settings).get("most_days", np.inf)
        total = ordered * case.late_share * min(case.late_days, most)
    else:
        total = np.full(len(ordered), case.events)
    return np.stack([total, *np.ones((2, len(ordered)))])
