"""What is the best and the worst that each contract can bring to each party?

Lives here: the spread of both parties' money over the futures. May not live here: averages alone.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from pbc_sim.decision.outcomes import WALKS_AWAY
from pbc_sim.decision.workshop.question import Studied

__all__ = ["Case", "cases"]


class Case(NamedTuple):
    """What a contract can bring to a party.

    Parameters
    ----------
    contract, party : str
        The contract; "buyer" (total cost) or "supplier" (profit).
    plan : str
        How the supplier works, or that it walks away.
    best, mean, worst : float
        Best and worst case, each reached or passed in one future of twenty, and the mean; NaN
        where the supplier walks away. [currency]
    """

    contract: str
    party: str
    plan: str
    best: float
    mean: float
    worst: float


def cases(studied: Studied) -> list[Case]:
    """Return the best and the worst case of each contract for each party."""
    found = []
    for name, result in studied.comparison.results.items():
        for party, amount in (("buyer", "buyer_cost"), ("supplier", "supplier_profit")):
            if result.plan == WALKS_AWAY:
                found.append(Case(name, party, result.plan, math.nan, math.nan, math.nan))
                continue
            low, _middle, high = result.amounts[amount].quantiles.values()
            best, worst = (low, high) if party == "buyer" else (high, low)
            mean = result.amounts[amount].mean
            found.append(Case(name, party, result.plan, best, mean, worst))
    return found
