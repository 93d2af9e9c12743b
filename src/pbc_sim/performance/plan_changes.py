"""What does a term cost in which the supplier changed its plan?

Lives here: cost lines that depend on the plan and not only on the ledger, stretch by stretch.
May not live here: a single cost line, why a plan is changed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pbc_sim.operations.ledger import Ledger
from pbc_sim.operations.plan_changes import PlanChange
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.performance.costs import COST_LINES, CostTerms, Term, costs

__all__ = ["costs_with_changes"]

#: What is paid for the plan itself, whatever happens; the plan's other costs are facts.
OF_THE_PLAN = ("staff", "plan_cost")


def costs_with_changes(
    ledger: Ledger,
    plan: SupplierPlan,
    changes: Sequence[PlanChange],
    terms: CostTerms,
    term: Term,
) -> np.ndarray:
    """Return every cost line over a term, each plan's own cost for as long as it held [currency].

    Parameters
    ----------
    ledger : Ledger
        What happened.
    plan : SupplierPlan
        The plan at the beginning.
    changes : sequence of PlanChange
        Later plans, in the order of time.
    terms : CostTerms
        Cost rates.
    term : Term
        The span of time.

    Returns
    -------
    ndarray of shape (n_cost_lines,)
        In catalogue order. [currency]
    """
    found = costs(ledger, plan, terms, term)
    edges = np.clip([-np.inf, *(change.when for change in changes), np.inf], *term)
    plans = [plan, *(change.plan for change in changes)]
    for n, (name, line) in enumerate(COST_LINES.items()):
        if changes and name in OF_THE_PLAN:
            found[n] = sum(
                line.amount(ledger, held, terms, Term(begin, end))
                for held, begin, end in zip(plans, edges[:-1], edges[1:], strict=True)
            )
    return found
