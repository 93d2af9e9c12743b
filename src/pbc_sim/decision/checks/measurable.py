"""Can it be measured: enough facts in every review.

Lives here: the check `measurable` (the M of SMART).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pbc_sim.decision.checks.case import Case, Finding, check
from pbc_sim.figures import share
from pbc_sim.language import translated as _

__all__ = ["measurable"]

#: Share of reviews without enough facts that is worth a word. [1]
OFTEN = 0.05


@check
def measurable(case: Case) -> Iterator[Finding]:
    """Does the ledger have the facts that each KPI counts, in every review?"""
    for kpi, clause in case.contract.kpis.items():
        denominator, size = case.scores.measured[case.measures[kpi]][1:]
        empty = (denominator == 0) | (size < clause.min_sample)
        often = float(np.mean(empty))
        if empty.all():
            yield Finding(
                "measurable",
                "warning",
                f"kpis.{kpi}",
                _(
                    "no review has enough facts to measure '{measure}': nothing of its kind "
                    "happens in this world, and every review counts as {judged}"
                ).format(measure=clause.measure, judged=_judged(clause.when_empty)),
                _("measure what happens here, or leave the KPI out"),
            )
        elif often > OFTEN:
            yield Finding(
                "measurable",
                "warning",
                f"kpis.{kpi}",
                _("{often} of reviews have too few facts and count as {judged}").format(
                    often=share(often, 0), judged=_judged(clause.when_empty)
                ),
                _(
                    "review it less often, ask for fewer facts (min_sample), or say what too few "
                    "mean (when_empty)"
                ),
            )


def _judged(when_empty: str) -> str:
    words = {"carry": _("the last known value"), "met": _("met"), "missed": _("missed")}
    return words[when_empty]
