"""Was the recommended contract chosen for its luck: what was predicted against what was confirmed?

Lives here: the objective of one contract as an estimate, and the optimiser's curse. May not live
here: the search (`designing.py`), whether a contract beats its rivals (`confirmation.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from pbc_sim.contract import Contract
from pbc_sim.decision.answers import answer
from pbc_sim.decision.confirmation import RECOMMENDED, Confirmation
from pbc_sim.decision.evaluation import objective_values
from pbc_sim.decision.outcomes import Outcomes
from pbc_sim.decision.risk import Estimate, cvar_estimate, mean_estimate
from pbc_sim.scenario import SupplierType, Wishes

__all__ = ["curse_of", "objective_of"]


def objective_of(
    outcomes: Outcomes,
    contract: Contract,
    wishes: Wishes,
    suppliers: Mapping[str, SupplierType] | None = None,
) -> Estimate:
    """Return what is to be small of one contract, with its interval [currency]."""
    answers = answer(outcomes.settle({"it": contract}), suppliers, wishes.signed_by)
    if answers.of_one and wishes.weight_of_tail == 1:
        weight = wishes.supplier_weight
        return cvar_estimate((answers.buyer_cost - weight * answers.supplier_profit)[0])
    return mean_estimate(objective_values(answers, wishes)[0])


def curse_of(outcomes: Outcomes, confirmation: Confirmation) -> tuple[float, float]:
    """Return the optimiser's curse and half its interval, the drift of both samples taken off.

    Parameters
    ----------
    outcomes : Outcomes
        The futures of the search.
    confirmation : Confirmation
        What was found on fresh ones.
    """
    contracts = confirmation.contracts
    ours = contracts[RECOMMENDED]
    rivals = [
        name
        for name, contract in contracts.items()
        if contract != ours and confirmation.table.loc[name, "signed"]
    ]
    before, after = (
        mean_estimate(_beside_rivals(futures, confirmation, rivals))
        for futures in (outcomes, confirmation.outcomes)
    )
    # Independent futures: half-widths add up as squares.
    half = float(np.hypot(*(np.ptp(e.ci95) / 2 for e in (before, after))))
    return after.value - before.value, half


def _beside_rivals(
    outcomes: Outcomes, confirmation: Confirmation, rivals: Sequence[str]
) -> np.ndarray:
    """Return the objective in each future, less its mean over rivals where there are any."""
    wishes = confirmation.wishes
    prices = outcomes.settle(
        {name: confirmation.contracts[name] for name in (RECOMMENDED, *rivals)}
    )
    answers = answer(prices, confirmation.suppliers, wishes.signed_by)
    ours, *theirs = objective_values(answers, wishes)
    beside: np.ndarray = ours - np.mean(theirs, axis=0) if theirs else ours
    return beside
