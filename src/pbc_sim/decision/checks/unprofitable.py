"""Would a supplier sign at all?

Lives here: the check `unprofitable`. May not live here: deductions that eat a profit
(`ruinous.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

from pbc_sim.decision.checks.case import Case, Finding, check
from pbc_sim.figures import money
from pbc_sim.language import translated as _

__all__ = ["unprofitable"]


@check
def unprofitable(case: Case) -> Iterator[Finding]:
    """Does the supplier earn less than elsewhere under every plan?

    Its outside option against the expected profit under the plan that is best for it, and what of
    that it would earn without any deduction: prices below cost show there.
    """
    plan = case.plans[case.best]
    at = {"contract": case.name, "plan": plan}
    profit = float(case.prices.supplier_profit.sel(at).mean())
    deducted = -float(case.prices.paid["deductions"].sel(at).mean())
    outside = case.prices.outcomes.scenario.outside_option.supplier_profit
    if profit >= outside:
        return
    shown = {
        name: money(amount, case.currency)
        for name, amount in (("profit", profit), ("outside", outside), ("all", profit + deducted))
    }
    too_low = profit + deducted < outside
    yield Finding(
        "unprofitable",
        "warning",
        "payment" if too_low else "incentives",
        _(
            "no plan earns the supplier as much as its outside option of {outside}: the best one, "
            "'{plan}', earns {profit} on average, {all} without any deduction"
        ).format(plan=case.planned(case.best), **shown),
        _("raise the price above what the work costs")
        if too_low
        else _("lower targets or deductions"),
    )
