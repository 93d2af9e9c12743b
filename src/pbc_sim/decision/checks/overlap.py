"""Is one failure punished twice: KPIs whose breaches come together, or against each other.

Lives here: the check `overlapping`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from pbc_sim.contract.naming import kpi_label
from pbc_sim.decision.checks.case import Case, Finding, check
from pbc_sim.figures import numeral
from pbc_sim.language import translated as _

__all__ = ["overlapping"]

#: From this correlation of breaches on two KPIs are nearly one. [1]
SAME = 0.7
#: Below this one, meeting the one means missing the other. [1]
AGAINST = -0.5
#: Breaches of each that are needed to speak of a correlation. [1]
LEAST_BREACHES = 10


@check
def overlapping(case: Case) -> Iterator[Finding]:
    """Do two KPIs fail together, so that one failure is paid twice, or one against the other?

    The phi coefficient of the breaches of reviews of equal length, over all plans and futures.
    """
    kpis = [kpi for kpi in case.contract.kpis if case.depends_on(kpi)]
    for one, other in combinations(kpis, 2):
        first, second = case.missed(one), case.missed(other)
        if first.shape != second.shape:
            continue
        x, y = first.ravel().astype(float), second.ravel().astype(float)
        enough = min(x.sum(), y.sum(), (1 - x).sum(), (1 - y).sum()) >= LEAST_BREACHES
        labels = (kpi_label(case.contract, kpi) for kpi in (one, other))
        named = dict(zip(("one", "other"), labels, strict=True))
        phi = float(np.corrcoef(x, y)[0, 1]) if enough else 0.0
        if phi > SAME:
            yield Finding(
                "overlapping",
                "warning",
                f"kpis.{one}, kpis.{other}",
                _(
                    "'{one}' and '{other}' fail together (correlation of breaches {phi}), so one "
                    "failure is paid for twice"
                ).format(**named, phi=numeral(phi, "+.2f")),
                _("keep one of them, or put a cap on both together"),
            )
        elif phi < AGAINST:
            yield Finding(
                "overlapping",
                "warning",
                f"kpis.{one}, kpis.{other}",
                _(
                    "'{one}' is met where '{other}' is missed (correlation of breaches {phi})"
                ).format(**named, phi=numeral(phi, "+.2f")),
                _("say which of them matters more by its weight, or lower one of the targets"),
            )
