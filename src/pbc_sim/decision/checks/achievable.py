"""Can the target be met: neither out of reach nor met whatever the supplier does.

Lives here: the check `achievable` (the A of SMART).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pbc_sim.contract.naming import target_said
from pbc_sim.decision.checks.case import Case, Finding, check
from pbc_sim.decision.risk import mean_interval
from pbc_sim.figures import numeral, share, span
from pbc_sim.language import translated as _

__all__ = ["achievable"]

#: Below this chance for the best of all plans a target is out of reach. [1]
OUT_OF_REACH = 0.5
#: From this chance on for the worst of all plans a target asks for nothing. [1]
ALWAYS_MET = 0.99


@check
def achievable(case: Case) -> Iterator[Finding]:
    """Is each target met under some plan, and not under every one?

    The chance that a review is met under each plan, over all simulated reviews; its interval is
    Student's over replications.
    """
    for kpi, clause in case.contract.kpis.items():
        missed = case.missed(kpi).mean(axis=-1)
        met = 1 - missed.mean(axis=-1)
        best, worst = int(np.argmax(met)), int(np.argmin(met))
        low, high = np.clip(mean_interval(1 - missed[best]), 0, 1).tolist()
        interval = span(numeral(100 * low, ".0f"), numeral(100 * high, ".0f"))
        if high < OUT_OF_REACH:
            yield Finding(
                "achievable",
                "warning",
                f"kpis.{kpi}",
                _(
                    "target {target} is out of reach: even under '{plan}', the plan that meets it "
                    "most often, {met} {interval} of reviews do"
                ).format(
                    target=target_said(clause, case.currency),
                    plan=case.planned(best),
                    met=share(met[best], 0),
                    interval=interval,
                ),
                _("lower the target, lengthen its review, or pay for a plan that can meet it"),
            )
        elif met[worst] >= ALWAYS_MET and len(case.plans) > 1:
            yield Finding(
                "achievable",
                "note",
                f"kpis.{kpi}",
                _(
                    "target {target} is met in {met} of reviews under every plan, so it asks for "
                    "nothing"
                ).format(target=target_said(clause, case.currency), met=share(met[worst], 1)),
                _("raise the target, or leave the KPI out and save its monitoring"),
            )
