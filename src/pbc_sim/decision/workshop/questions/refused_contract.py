"""Which contract does the supplier refuse?

Lives here: that question. May not live here: why a supplier walks away (`outcomes.py`).
"""

from __future__ import annotations

from pbc_sim.decision.outcomes import WALKS_AWAY
from pbc_sim.decision.workshop.question import Question, Studied, question
from pbc_sim.figures import money
from pbc_sim.language import translated as _

__all__ = ["refused_contract"]

NONE = "none"


@question
def refused_contract(studied: Studied) -> Question | None:
    """Ask which contract the supplier does not sign."""
    results = studied.comparison.results
    if len(results) < 2:
        return None
    refused = tuple(name for name, result in results.items() if result.plan == WALKS_AWAY)
    rows = []
    for name in results:
        plan = studied.prices.most_profitable_plan(name)
        profit = studied.prices.supplier_profit.sel(contract=name, plan=plan).values
        rows.append(studied.money_row(studied.contract(name), profit))
    outside = money(studied.scenario.outside_option.supplier_profit, studied.currency)
    reveal = (
        _("Refused: {contracts}. Elsewhere the supplier earns {outside}.")
        if refused
        else _("None: every contract pays more than the {outside} that it earns elsewhere.")
    )
    names = " / ".join(studied.contract(name) for name in refused)
    options = {name: studied.contract(name) for name in results} | {NONE: _("None of them")}
    return Question(
        "refused_contract",
        _("Which of the contracts would the supplier refuse to sign?"),
        _("Supplier's profit with its best way of working, mean with its 95% interval"),
        rows,
        reveal.format(contracts=names, outside=outside),
        _("The hardest contract is of no use if nobody signs it, or only those who must."),
        _(
            "Ask who has seen a tender without bidders, and what the buyer learned of it. Where "
            "several are refused, any of them is a right answer."
        ),
        options=options,
        right=refused or (NONE,),
    )
