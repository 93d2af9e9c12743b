"""How much dearer than on average is a bad year for the buyer?

Lives here: that question. May not live here: estimates of risk (`risk/`).
"""

from __future__ import annotations

import math

from pbc_sim.decision.risk import Summary
from pbc_sim.decision.workshop.question import NumberAnswer, Question, Row, Studied, question
from pbc_sim.language import translated as _

__all__ = ["bad_year"]


@question
def bad_year(studied: Studied) -> Question | None:
    """Ask by how much the buyer's cost exceeds its mean in the worst of twenty years."""
    costs = {n: studied.comparison.results[n].amounts["buyer_cost"] for n in studied.signed}
    worst = {name: _above_mean(cost) for name, cost in costs.items() if cost.mean > 0}
    if not worst:
        return None
    name = max(worst, key=lambda one: worst[one][0])
    value, low, high = worst[name]
    rows = [
        Row(studied.contract(contract), v, (lo, hi), f"+{v:.0f}% ({lo:.0f} – {hi:.0f}%)")
        for contract, (v, lo, hi) in worst.items()
    ]
    return Question(
        "bad_year",
        _(
            "Under '{contract}', how many per cent above its mean is the buyer's total cost in "
            "the worst of twenty years?"
        ).format(contract=studied.contract(name)),
        _("Buyer's cost in the worst of twenty years above its mean, with 95% interval [%]"),
        rows,
        _("{value} per cent or more above the mean.").format(value=f"{value:.0f}"),
        _(
            "A budget made of the mean is exceeded every other year. The contract decides how "
            "much of a bad year each party bears."
        ),
        _("Ask who signs for the money that is missing in such a year."),
        number=NumberAnswer(value, (low, high)),
    )


def _above_mean(cost: Summary) -> tuple[float, float, float]:
    """Return the 95% quantile above the mean with the ends of its interval [%]."""
    low, high = cost.var95_ci95
    # An end that the sample cannot bound is left where the estimate is.
    ends = (cost.var95, *(end if math.isfinite(end) else cost.var95 for end in (low, high)))
    at, low, high = (100 * (end / cost.mean - 1) for end in ends)
    return at, low, high
