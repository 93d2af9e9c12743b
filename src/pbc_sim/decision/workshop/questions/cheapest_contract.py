"""Which contract costs the buyer least?

Lives here: that question. May not live here: what a contract costs (`comparison.py`).
"""

from __future__ import annotations

from pbc_sim.decision.risk import paired
from pbc_sim.decision.workshop.question import Question, Studied, question
from pbc_sim.language import translated as _

__all__ = ["cheapest_contract"]


@question
def cheapest_contract(studied: Studied) -> Question | None:
    """Ask which contract costs the buyer least, all its own losses counted."""
    results = studied.comparison.results
    costs = {name: studied.comparison.sample(name, "buyer_cost") for name in results}
    known = {name: cost for name, cost in costs.items() if cost is not None}
    if len(results) < 2 or not known:
        return None
    best = min(known, key=lambda name: float(known[name].mean()))
    # What the futures cannot tell from the best is as right as the best.
    right = [
        name
        for name, cost in known.items()
        if name == best or paired(cost, known[best]).ci95[0] <= 0
    ]
    names = " / ".join(studied.contract(name) for name in right)
    return Question(
        "cheapest_contract",
        _("Which contract costs the buyer least in an average year, its own losses counted?"),
        _("Buyer's total cost, mean over {n} futures with its 95% interval").format(
            n=studied.outcomes.replications
        ),
        [studied.money_row(studied.contract(name), cost) for name, cost in costs.items()],
        _("It is: {contract}.").format(contract=names),
        _(
            "What the buyer pays is one part of its cost. Late, wrong and defective goods are "
            "another, and the supplier decides about them after it has read the contract."
        ),
        _(
            "Most people look at the price factor alone. Ask: who knows what a day of waiting "
            "costs here? Who measures it?"
        ),
        options={name: studied.contract(name) for name in results},
        right=tuple(right),
    )
