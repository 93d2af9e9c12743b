"""How often does the supplier lose money?

Lives here: that question. May not live here: profits (`outcomes.py`).
"""

from __future__ import annotations

from pbc_sim.decision.workshop.question import NumberAnswer, Question, Row, Studied, question
from pbc_sim.figures import share
from pbc_sim.language import translated as _

__all__ = ["supplier_loss"]


@question
def supplier_loss(studied: Studied) -> Question | None:
    """Ask how probable a loss of the supplier is, under the signed contract where it is largest."""
    results = studied.comparison.results
    if not studied.signed:
        return None
    chances = {name: results[name].probabilities["supplier_loss"] for name in studied.signed}
    name = max(chances, key=lambda one: chances[one].estimate)
    answer = chances[name]
    rows = []
    for contract, chance in chances.items():
        low, high = (share(end, 0) for end in chance.ci95)
        said = f"{share(chance.estimate, 0)} ({low} – {high})"
        ends = (100 * chance.ci95[0], 100 * chance.ci95[1])
        rows.append(Row(studied.contract(contract), 100 * chance.estimate, ends, said))
    return Question(
        "supplier_loss",
        _("In how many of 100 years does the supplier lose money under '{contract}'?").format(
            contract=studied.contract(name)
        ),
        _("Years with a loss of the supplier, with 95% interval [%]"),
        rows,
        _("In {chance} of them.").format(chance=share(answer.estimate, 0)),
        _(
            "A contract that is fair on average can still ruin a small supplier in a bad year. "
            "Caps and reviews share that risk."
        ),
        _(
            "Ask who in the room could bear such a year, and what a supplier does that fears it: "
            "a higher price, or less quality where nobody looks."
        ),
        number=NumberAnswer(100 * answer.estimate, (100 * answer.ci95[0], 100 * answer.ci95[1])),
    )
