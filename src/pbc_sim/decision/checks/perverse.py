"""Does worse work pay more?

Lives here: the check `perverse`. A mechanism that pays more for worse work by its own numbers is
refused when the file is read; this check looks at the whole contract.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pbc_sim.contract import Contract
from pbc_sim.contract.incentives import INCENTIVES, Incentive
from pbc_sim.contract.naming import mechanism_said
from pbc_sim.decision.checks.case import Case, Finding, check
from pbc_sim.decision.risk import paired
from pbc_sim.figures import money
from pbc_sim.language import translated as _

__all__ = ["perverse"]


def _shares_a_cap(contract: Contract, incentive: Incentive) -> bool:
    """Tell whether a cap on deductions holds the mechanism and one with another earn-back."""
    group = incentive.group
    held: list[Incentive] = [*contract.incentives] if contract.limits.deductions else []
    if group is not None and contract.groups[group].deductions:
        held += [other for other in contract.incentives if other.group == group]
    own = getattr(incentive, "earn_back", None)
    return any(getattr(other, "earn_back", None) != own for other in held)


@check
def perverse(case: Case) -> Iterator[Finding]:
    """Is more paid on top of the charges under a plan whose every KPI is worse?

    Paired over the same futures: bonuses and deductions of one plan less those of another, where
    all KPIs that money depends on are worse on average.
    """
    contract = case.contract
    for n, incentive in enumerate(contract.incentives):
        if incentive.rewards_worse:
            yield Finding(
                "perverse",
                "note",
                f"incentives.{n}",
                _("'{clause}' is declared to pay more for worse work").format(
                    clause=mechanism_said(INCENTIVES.name_of(incentive))
                ),
                _("make sure that both parties mean it"),
            )
        if getattr(incentive, "earn_back", None) and _shares_a_cap(contract, incentive):
            yield Finding(
                "perverse",
                "note",
                f"incentives.{n}.earn_back",
                _(
                    "better work can be paid less: the room that it leaves under the cap on "
                    "deductions goes to a mechanism that pays back less of what it takes"
                ),
                _(
                    "cap the mechanism by limits of its own, or give all under the cap the same "
                    "earn-back"
                ),
            )
    kpis = [kpi for kpi in contract.kpis if case.depends_on(kpi)]
    if not kpis:
        return
    paid = case.prices.paid.sel(contract=case.name)
    money_by_plan = (paid["bonuses"] + paid["deductions"]).values
    signs = [1 if contract.kpis[kpi].kpi.better == "higher" else -1 for kpi in kpis]
    quality = np.array(
        [s * np.nanmean(case.kpi_values(k), axis=1) for s, k in zip(signs, kpis, strict=True)]
    )
    for worse in range(len(case.plans)):
        for better in range(len(case.plans)):
            if not (quality[:, worse] < quality[:, better]).all():
                continue
            against = paired(money_by_plan[worse], money_by_plan[better])
            if against.ci95[0] > 0:
                yield Finding(
                    "perverse",
                    "warning",
                    "incentives",
                    _(
                        "incentives pay {amount} more under '{worse}' than under '{better}', whose "
                        "every KPI is better"
                    ).format(
                        amount=money(against.difference, case.currency),
                        worse=case.planned(worse),
                        better=case.planned(better),
                    ),
                    _(
                        "base shares on the contract value and not on what is delivered, or pay "
                        "for the KPIs that differ"
                    ),
                )
