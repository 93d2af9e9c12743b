"""Does each clause act: incentives that never pay, and caps that always hold.

Lives here: the check `idle`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pbc_sim.contract.incentives import INCENTIVES
from pbc_sim.contract.naming import mechanism_said
from pbc_sim.decision.checks.case import Case, Finding, check
from pbc_sim.figures import share
from pbc_sim.language import translated as _

__all__ = ["idle"]

#: Share of futures in which a cap holds that makes it the rule. [1]
AS_A_RULE = 0.5


@check
def idle(case: Case) -> Iterator[Finding]:
    """Does each incentive act in some future, and each cap only in few?"""
    for n, incentive in enumerate(case.contract.incentives):
        if not np.any(case.incentive(n)):
            yield Finding(
                "idle",
                "warning",
                f"incentives.{n}",
                _(
                    "'{clause}' pays and takes nothing under any plan in any of these futures"
                ).format(clause=mechanism_said(INCENTIVES.name_of(incentive))),
                _("move its levels to where the KPI lies, or leave it out"),
            )
    for words, limited in zip(("deductions", "bonus"), case.settled.limited, strict=True):
        plan = np.broadcast_to(limited, case.settled.block.charges.shape)[0, case.best]
        often = float(np.mean(np.any(plan != 0, axis=-1)))
        if often > AS_A_RULE:
            yield Finding(
                "idle",
                "warning",
                f"limits.{words}",
                _(
                    "the cap holds in {often} of futures under '{plan}', and beyond it nothing "
                    "more is at stake"
                ).format(often=share(often, 0), plan=case.planned(case.best)),
                _("raise the cap, or lower what is at risk"),
            )
