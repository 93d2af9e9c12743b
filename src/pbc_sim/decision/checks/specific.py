"""Is it said what for: every KPI has a consequence, and every consequence a KPI.

Lives here: the check `specific` (the S of SMART). What a clause must say to be valid at all
(measure, limit, target, window) is refused when the file is read.
"""

from __future__ import annotations

from collections.abc import Iterator

from pbc_sim.contract.naming import kpi_label
from pbc_sim.decision.checks.case import Case, Finding, check
from pbc_sim.language import translated as _

__all__ = ["specific"]


@check
def specific(case: Case) -> Iterator[Finding]:
    """Does something follow from each KPI that is measured?"""
    idle = [kpi for kpi in case.contract.kpis if not case.matters(kpi)]
    if idle:
        yield Finding(
            "specific",
            "note",
            "kpis",
            _("nothing depends on {kpis}").format(
                kpis="; ".join(kpi_label(case.contract, kpi) for kpi in idle)
            ),
            _("add an incentive or a gate that reads it, or keep it for information only"),
        )
