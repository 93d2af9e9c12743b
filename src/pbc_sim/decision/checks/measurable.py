"""Can it be measured: enough facts in every review.

Lives here: the check `measurable` (the M of SMART).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pbc_sim.decision.checks.case import Case, Finding, check
from pbc_sim.figures import share

__all__ = ["measurable"]

#: Share of reviews without enough facts that is worth a word. [1]
OFTEN = 0.05


@check
def measurable(case: Case) -> Iterator[Finding]:
    """Does the ledger have the facts that each KPI counts, in every review?"""
    for kpi, clause in case.contract.kpis.items():
        _, denominator, size = case.scores.measured[case.measures[kpi]]
        empty = (denominator == 0) | (size < clause.min_sample)
        often = float(np.mean(empty))
        if empty.all():
            yield Finding(
                "measurable",
                "warning",
                f"kpis.{kpi}",
                f"no review has enough facts to measure '{clause.measure}': nothing of its kind "
                f"happens in this world, and every review counts as {_judged(clause.when_empty)}",
                "measure what happens here, or leave the KPI out",
            )
        elif often > OFTEN:
            yield Finding(
                "measurable",
                "warning",
                f"kpis.{kpi}",
                f"{share(often, 0)} of reviews have too few facts and count as "
                f"{_judged(clause.when_empty)}",
                "review it less often, lower min_sample, or say by when_empty what is meant",
            )


def _judged(when_empty: str) -> str:
    return "the last known value" if when_empty == "carry" else when_empty
