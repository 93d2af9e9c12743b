"""Does it matter: the KPI moves with what the buyer loses.

Lives here: the check `relevant` (the R of SMART).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pbc_sim.contract.naming import kpi_label
from pbc_sim.decision.checks.case import Case, Finding, check
from pbc_sim.figures import numeral, span
from pbc_sim.language import translated as _

__all__ = ["relevant"]

LEAST_FUTURES = 10


@check
def relevant(case: Case) -> Iterator[Finding]:
    """Do the buyer's own losses fall where the KPI is better?

    Pearson's correlation over all plans and futures, with Fisher's 95% interval. The buyer's own
    losses are its total cost less payments and monitoring.
    """
    from scipy import stats  # slow to import, and only checks need it

    prices = case.prices
    losses = prices.buyer_cost.sel(contract=case.name) - prices.payments.sel(contract=case.name)
    for kpi, clause in case.contract.kpis.items():
        if not case.matters(kpi):
            continue
        values, loss = case.kpi_values(kpi).ravel(), losses.values.ravel()
        known = np.isfinite(values)
        values, loss = values[known], loss[known]
        if len(values) < LEAST_FUTURES or np.ptp(values) == 0 or np.ptp(loss) == 0:
            continue
        better = values if clause.kpi.better == "higher" else -values
        found = stats.pearsonr(better, loss)
        low, high = found.confidence_interval(0.95)
        numbers = _("correlation {value} {interval}").format(
            value=numeral(found.statistic, "+.2f"),
            interval=span(numeral(low, "+.2f"), numeral(high, "+.2f")),
        )
        if low > 0:
            yield Finding(
                "relevant",
                "warning",
                f"kpis.{kpi}",
                _("the buyer loses more where '{kpi}' is better ({numbers})").format(
                    kpi=kpi_label(case.contract, kpi), numbers=numbers
                ),
                _("look for what it is bought with, and measure that as well"),
            )
        elif high > 0:
            yield Finding(
                "relevant",
                "note",
                f"kpis.{kpi}",
                _("'{kpi}' is not seen to move the buyer's own losses ({numbers})").format(
                    kpi=kpi_label(case.contract, kpi), numbers=numbers
                ),
                _("state what it is worth in the buyer's cost rates, or leave it out"),
            )
