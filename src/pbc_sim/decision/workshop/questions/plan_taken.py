"""How will the supplier work under a contract?

Lives here: that question. May not live here: the supplier's choice (`outcomes.py`).
"""

from __future__ import annotations

from pbc_sim.decision.workshop.question import Question, Studied, question
from pbc_sim.language import translated as _

__all__ = ["plan_taken"]


@question
def plan_taken(studied: Studied) -> Question | None:
    """Ask which plan the supplier takes under the contract with most incentives that it signs."""
    contracts = studied.scenario.contracts
    candidates = [name for name in studied.signed if contracts[name].admissible_plans is None]
    if not candidates or len(studied.scenario.plans) < 2:
        return None
    name = max(candidates, key=lambda n: len(contracts[n].incentives))
    taken = studied.comparison.results[name].plan
    profit = studied.prices.supplier_profit.sel(contract=name)
    rows = [
        studied.money_row(studied.plan(plan), profit.sel(plan=plan).values)
        for plan in studied.scenario.plans
    ]
    return Question(
        "plan_taken",
        _("How will the supplier work under the contract '{contract}'?").format(
            contract=studied.contract(name)
        ),
        _("Supplier's profit under each way of working, mean with its 95% interval"),
        rows,
        _("It earns most with: {plan}.").format(plan=studied.plan(taken)),
        _(
            "A supplier does what pays, not what is written. A contract works if good work is "
            "also the best business."
        ),
        _(
            "Ask somebody to play the supplier and to defend the choice with money. Then ask "
            "which number of the contract would change it."
        ),
        options={plan: studied.plan(plan) for plan in studied.scenario.plans},
        right=(taken,),
    )
