"""Can the supplier bear it: deductions against what the supplier earns.

Lives here: the check `ruinous`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pbc_sim.decision.checks.case import Case, Finding, check
from pbc_sim.figures import money, share
from pbc_sim.language import translated as _

__all__ = ["ruinous"]

#: Share of futures in which deductions may eat the whole profit. [1]
SELDOM = 0.05


@check
def ruinous(case: Case) -> Iterator[Finding]:
    """Do deductions exceed what the supplier would earn without them?

    Under the plan that is best for the supplier.
    """
    plan = case.plans[case.best]
    at = {"contract": case.name, "plan": plan}
    profit = case.prices.supplier_profit.sel(at).values
    deducted = -case.prices.paid["deductions"].sel(at).values
    earned = profit + deducted
    often = float(np.mean((deducted > 0) & (deducted > earned)))
    if often > SELDOM:
        yield Finding(
            "ruinous",
            "warning",
            "limits.deductions",
            _(
                "under '{plan}' deductions of {amount} on average exceed what the supplier earns "
                "before them in {often} of futures"
            ).format(
                plan=case.planned(case.best),
                amount=money(float(deducted.mean()), case.currency),
                often=share(often, 0),
            ),
            _("cap deductions at what the supplier can earn, or pay more for good work"),
        )
