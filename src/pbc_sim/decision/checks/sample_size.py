"""Has a review facts enough to tell good work from bad?

Lives here: the check `sample_size`: how coarse a target is at the volume of a review.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pbc_sim.contract.incentives.payment_curve import PaymentCurve
from pbc_sim.decision.checks.case import Case, Finding, check
from pbc_sim.decision.operating import chance_met, granularity, is_yes_or_no
from pbc_sim.figures import share
from pbc_sim.language import translated as _

__all__ = ["sample_size"]

#: A grain wider than this makes different targets one clause. [1]
COARSE = 0.02


@check
def sample_size(case: Case) -> Iterator[Finding]:
    """Is a review long enough for its target, at the volume that is ordered?"""
    for kpi, clause in case.contract.kpis.items():
        measure = case.measures[kpi]
        # Along a curve a fact more or less moves little: see `jumps`.
        by_threshold = case.gates(kpi) or any(
            not isinstance(incentive, PaymentCurve) for incentive in case.depends_on(kpi)
        )
        if not by_threshold or not is_yes_or_no(case.prices.outcomes, measure):
            continue
        sizes = case.scores.measured[measure][2].ravel().astype(int)
        typical = int(np.median(sizes))
        if not typical:
            continue
        grain = granularity(clause.target, typical)
        if grain.high - grain.low <= COARSE + 1e-9:  # one in fifty is fine
            continue
        level = clause.target.level
        better = level + (1 - level) / 2 if clause.target.direction == "higher" else level / 2
        missed = 1 - chance_met(clause, sizes, np.array([better]))[0]
        yield Finding(
            "sample_size",
            "warning",
            f"kpis.{kpi}",
            _(
                "{grain}; a supplier of true {better}, half as bad as the target allows, misses "
                "{missed} of reviews by chance"
            ).format(grain=grain, better=share(better, 1), missed=share(missed, 0)),
            _("review it less often, or pay along a curve instead of at a threshold"),
        )
