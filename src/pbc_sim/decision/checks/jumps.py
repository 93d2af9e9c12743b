"""Does one fact more or less move a fortune: steep places of a payment curve.

Lives here: the check `jumps`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from pbc_sim.contract.incentives.payment_curve import PaymentCurve
from pbc_sim.decision.checks.case import Case, Finding, check
from pbc_sim.figures import numeral, share
from pbc_sim.language import translated as _

__all__ = ["jumps"]

#: Part of what is at risk that a single fact may move. [1]
MOST_FOR_ONE_FACT = 0.25


@check
def jumps(case: Case) -> Iterator[Finding]:
    """Does a single fact move much of the pay?"""
    for n, incentive in enumerate(case.contract.incentives):
        if not isinstance(incentive, PaymentCurve):
            continue
        clause = case.contract.kpis[incentive.kpi]
        if clause.kpi.unit != "1":
            continue
        size = float(np.median(case.scores.measured[case.measures[incentive.kpi]][2]))
        for (begin, low), (end, high) in pairwise(sorted(incentive.points.items())):
            moved = abs(high - low) * min(1 / max(size, 1.0) / (end - begin), 1.0)
            if moved > MOST_FOR_ONE_FACT:
                yield Finding(
                    "jumps",
                    "warning",
                    f"incentives.{n}",
                    _(
                        "between {begin} and {end} one fact of the {size} in a review moves "
                        "{moved} of what is at risk"
                    ).format(
                        begin=share(begin),
                        end=share(end),
                        size=numeral(size, ".0f"),
                        moved=share(moved, 0),
                    ),
                    _("set the points further apart, or review less often"),
                )
