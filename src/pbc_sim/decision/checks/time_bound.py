"""By when: reviews that fall into the term, and facts that are due in it.

Lives here: the check `time_bound` (the T of SMART).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pbc_sim.decision.checks.case import Case, Finding, check
from pbc_sim.figures import numeral, share
from pbc_sim.language import translated as _
from pbc_sim.performance.periods import ReviewPeriods

__all__ = ["time_bound"]

#: Share of all facts that fall due after the term which is worth a word. [1]
MANY = 0.05
#: A last review shorter than this share of the others is judged on few facts. [1]
SHORT = 0.6


@check
def time_bound(case: Case) -> Iterator[Finding]:
    """Is each KPI first measured early enough to act on, and are its facts due within the term?"""
    for kpi, measure in case.measures.items():
        reviews = ReviewPeriods.of(case.scores.setting, measure.review, measure.months)
        lengths = np.diff(reviews.edges)
        if len(lengths) == 1 and case.matters(kpi):
            yield Finding(
                "time_bound",
                "note",
                f"kpis.{kpi}",
                _(
                    "it is measured once, after {days} days, at the end of the term; money depends "
                    "on it, and nobody can act on the result"
                ).format(days=numeral(lengths[0], ".0f")),
                _("review it more often, if it has facts enough"),
            )
        elif lengths[-1] < SHORT * np.median(lengths):
            yield Finding(
                "time_bound",
                "note",
                f"kpis.{kpi}",
                _("its last review has {last} days, the others {others}").format(
                    last=numeral(lengths[-1], ".0f"),
                    others=numeral(float(np.median(lengths)), ".0f"),
                ),
                _("choose a term that is a whole number of reviews"),
            )
        later = float(case.prices.outcomes.due_later[measure].mean())
        counted = float(case.scores.measured[measure][2].sum(axis=-1).mean())
        if later > MANY * max(counted + later, 1e-9):
            yield Finding(
                "time_bound",
                "note",
                f"kpis.{kpi}",
                _("{part} of its facts fall due after the term and are never counted").format(
                    part=share(later / (counted + later), 0)
                ),
                _("say how they are judged, or let the last review end later than the last order"),
            )
