"""Can the target be met: neither out of reach nor met whatever the supplier does.

Lives here: the check `achievable` (the A of SMART).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pbc_sim.decision.checks.case import Case, Finding, check
from pbc_sim.decision.risk import mean_interval
from pbc_sim.figures import share

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
        interval = f"[{100 * low:.0f}, {100 * high:.0f}]"
        if high < OUT_OF_REACH:
            yield Finding(
                "achievable",
                "warning",
                f"kpis.{kpi}",
                f"target {clause.target} is out of reach: even under '{case.plans[best]}', the "
                f"plan that meets it most often, {share(met[best], 0)} {interval} of reviews do",
                "lower the target, lengthen its review, or pay for a plan that can meet it",
            )
        elif met[worst] >= ALWAYS_MET and len(case.plans) > 1:
            yield Finding(
                "achievable",
                "note",
                f"kpis.{kpi}",
                f"target {clause.target} is met in {share(met[worst], 1)} of reviews under every "
                "plan, so it asks for nothing",
                "raise the target, or leave the KPI out and save its monitoring",
            )
