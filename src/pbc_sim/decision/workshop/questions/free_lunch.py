"""Who gains from a performance-based contract: the buyer, the supplier, or both?

Lives here: that question. May not live here: the zone of agreement (`negotiation.py`).
"""

from __future__ import annotations

from pbc_sim.decision.outcomes import WALKS_AWAY
from pbc_sim.decision.risk import Paired
from pbc_sim.decision.workshop.question import Question, Row, Studied, question
from pbc_sim.figures import money
from pbc_sim.language import translated as _

__all__ = ["free_lunch"]


@question
def free_lunch(studied: Studied) -> Question | None:
    """Ask who gains when the baseline is replaced by the contract with most incentives."""
    comparison, contracts = studied.comparison, studied.scenario.contracts
    baseline = comparison.baseline
    others = [n for n in studied.signed if n != baseline and contracts[n].incentives]
    if comparison.results[baseline].plan == WALKS_AWAY or not others:
        return None
    name = max(others, key=lambda one: len(contracts[one].incentives))
    changed = comparison.results[name].paired
    cost, profit = changed["buyer_cost"], changed["supplier_profit"]
    gains = {"buyer": cost.ci95[1] < 0, "supplier": profit.ci95[0] > 0}
    right = "both" if all(gains.values()) else next((k for k, v in gains.items() if v), "nobody")
    options = {
        "buyer": _("Only the buyer"),
        "supplier": _("Only the supplier"),
        "both": _("Both"),
        "nobody": _("Neither for sure"),
    }
    return Question(
        "free_lunch",
        _("Who gains in an average year when '{old}' is replaced by '{new}'?").format(
            old=studied.contract(baseline), new=studied.contract(name)
        ),
        _("What each party gains against '{old}', mean with its 95% interval").format(
            old=studied.contract(baseline)
        ),
        [
            _gain(studied, _("Buyer"), cost, -1),
            _gain(studied, _("Supplier"), profit, 1),
        ],
        _("It is: {who}.").format(who=options[right]),
        _(
            "Fines alone only move money. Both gain where better work saves the buyer more than "
            "it costs the supplier, and the price shares that. Gains are against '{old}' here; a "
            "supplier that earns less than under it still signs where it earns more than without "
            "a contract."
        ).format(old=studied.contract(baseline)),
        _(
            "Draw a table with two columns on the board, buyer and supplier, and let the room "
            "fill in where the gain comes from."
        ),
        options=options,
        right=(right,),
    )


def _gain(studied: Studied, label: str, changed: Paired, sign: int) -> Row:
    low, high = sorted(sign * end for end in changed.ci95)
    value = sign * changed.difference
    said = _("{mean} ({low} to {high})").format(
        mean=money(value, studied.currency),
        low=money(low, studied.currency),
        high=money(high, studied.currency),
    )
    return Row(label, value, (low, high), said)
