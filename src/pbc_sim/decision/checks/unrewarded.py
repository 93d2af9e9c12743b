"""Is there a place from which better work pays nothing more, or less?

Lives here: the check `unrewarded`, which sweeps each KPI through the settlement. Whether whole
plans are paid more for worse work is asked by `perverse`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pbc_sim.decision.checks.case import Case, Finding, check
from pbc_sim.decision.incentive_scan import Stretch, scan_incentives
from pbc_sim.figures import money, numeral, share
from pbc_sim.language import translated as _

__all__ = ["unrewarded"]

#: Share of simulated reviews in a flat stretch from which on it matters. [1]
OFTEN = 0.1


@check
def unrewarded(case: Case) -> Iterator[Finding]:
    """Does better work pay more wherever the target is missed?

    A supplier whose record is where nothing more is at stake gives up until the next review.
    """
    if not any(case.depends_on(kpi) for kpi in case.contract.kpis):
        return
    scan = scan_incentives(case.contract, case.scores.setting)
    for stretch in scan.falls:
        yield Finding(
            "unrewarded",
            "warning",
            f"kpis.{stretch.kpi}",
            _("{stretch}: better work is paid {amount} less over the term").format(
                stretch=_said(case, stretch), amount=money(-stretch.change, case.currency)
            ),
            _("order the levels so that the better value never pays less"),
        )
    for stretch in scan.flat():
        often = _often(case, stretch)
        if case.depends_on(stretch.kpi) and often >= OFTEN:
            yield Finding(
                "unrewarded",
                "note",
                f"kpis.{stretch.kpi}",
                _(
                    "{stretch}: the target is missed and better work pays nothing more; {often} of "
                    "reviews under '{plan}' lie there"
                ).format(
                    stretch=_said(case, stretch),
                    often=share(often, 0),
                    plan=case.planned(case.best),
                ),
                _("pay along a curve or by the point, so that something is left to gain"),
            )


def _often(case: Case, stretch: Stretch) -> float:
    """Return the share of the best plan's reviews that lie in a stretch [1]."""
    part, whole, _size = case.scores.measured[case.measures[stretch.kpi]][:, case.best]
    values = part[whole > 0] / whole[whole > 0]
    low, high = sorted((stretch.worse, stretch.better))
    return float(np.mean((values >= low) & (values <= high))) if len(values) else 0.0


def _said(case: Case, stretch: Stretch) -> str:
    if case.contract.kpis[stretch.kpi].kpi.unit == "1":
        low, high = share(stretch.worse, 1), share(stretch.better, 1)
    else:
        low, high = numeral(stretch.worse), numeral(stretch.better)
    return _("from {low} to {high}").format(low=low, high=high)
