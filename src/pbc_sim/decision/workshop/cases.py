"""What is the best and the worst that each contract can bring to each party?

Lives here: the spread of both parties' money over the futures. May not live here: averages alone.
"""

from __future__ import annotations

import math

import pandas as pd

from pbc_sim.decision.outcomes import WALKS_AWAY
from pbc_sim.decision.workshop.question import Studied

__all__ = ["cases"]


def cases(studied: Studied) -> pd.DataFrame:
    """Return the best and the worst case of each contract for each party.

    Returns
    -------
    DataFrame
        A row a contract and party ("buyer": total cost, "supplier": profit): ``plan``, ``best``
        and ``worst``, reached or passed in one future of twenty, and ``mean`` [currency]; NaN
        where the supplier walks away.
    """
    rows = {}
    for name, result in studied.comparison.results.items():
        for party, amount in (("buyer", "buyer_cost"), ("supplier", "supplier_profit")):
            row: dict[str, float | str] = {"plan": result.plan}
            row |= dict.fromkeys(("best", "mean", "worst"), math.nan)
            if result.plan != WALKS_AWAY:
                low, _middle, high = result.amounts[amount].quantiles.values()
                best, worst = (low, high) if party == "buyer" else (high, low)
                row |= {"best": best, "mean": result.amounts[amount].mean, "worst": worst}
            rows[name, party] = row
    return pd.DataFrame.from_dict(rows, orient="index")
