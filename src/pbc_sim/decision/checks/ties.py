"""What if a value lies exactly on the line?

Lives here: the check `ties`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pbc_sim.contract.naming import target_said
from pbc_sim.decision.checks.case import Case, Finding, check
from pbc_sim.figures import share
from pbc_sim.language import translated as _

__all__ = ["ties"]

#: Share of reviews exactly on the target that is worth a word. [1]
OFTEN = 0.05


@check
def ties(case: Case) -> Iterator[Finding]:
    """How often is a target hit exactly, so that one word of the clause decides?"""
    for kpi, clause in case.contract.kpis.items():
        numerator, denominator = case.scores.measured[case.measures[kpi]][:2]
        known = denominator > 0
        value = numerator / np.where(known, denominator, 1)
        often = float(np.mean(known & (value == clause.target.level)))
        # Where nothing or everything counts, "0 of 0.0" is no tie that anybody argues about.
        if often > OFTEN and clause.target.level not in clause.kpi.bounds:
            verdict = _("missed") if clause.target.strict else _("met")
            yield Finding(
                "ties",
                "note",
                f"kpis.{kpi}",
                _(
                    "{often} of reviews lie exactly on the target and count as {verdict} "
                    "('{target}')"
                ).format(
                    often=share(often, 0),
                    verdict=verdict,
                    target=target_said(clause, case.currency),
                ),
                _("make sure that both parties read the clause so"),
            )
