"""How often does good work miss a target by bad luck alone?

Lives here: that question. May not live here: fair targets (`natural_variation.py`).
"""

from __future__ import annotations

from pbc_sim.decision.results import KpiResult
from pbc_sim.decision.workshop.question import NumberAnswer, Question, Row, Studied, question
from pbc_sim.figures import share
from pbc_sim.language import spoken
from pbc_sim.language import translated as _
from pbc_sim.performance.words import Words

__all__ = ["missed_though_careful"]


@question
def missed_though_careful(studied: Studied) -> Question | None:
    """Ask how probable it is that a signed contract's best plan misses a target in the term."""
    found = [
        (name, kpi, result)
        for name in studied.signed
        for kpi, result in studied.comparison.results[name].kpis.items()
        if studied.scenario.contracts[name].incentives
    ]
    if not found:
        return None
    # The one that nobody can be sure of teaches most.
    name, kpi, result = min(found, key=lambda one: abs(one[2].any_breach.estimate - 0.5))
    of_contract = studied.comparison.results[name].kpis
    words = Words(spoken(), studied.currency)
    clause = studied.scenario.contracts[name].kpis[kpi]
    answer = result.any_breach
    return Question(
        "missed_though_careful",
        _(
            "Under '{contract}' the supplier works like this: {plan}. In how many of 100 years "
            "does it miss its target of '{kpi}' ({target}) at least once?"
        ).format(
            contract=studied.contract(name),
            plan=studied.plan(studied.comparison.results[name].plan),
            kpi=words.label(clause.kpi),
            target=clause.target.clause(words, clause.kpi),
        ),
        _("Years in which a target is missed at least once, with 95% interval [%]"),
        [
            _row(words.label(studied.scenario.contracts[name].kpis[k].kpi), r)
            for k, r in of_contract.items()
        ],
        _("In {chance} of them.").format(chance=share(answer.estimate, 0)),
        _(
            "Even good work misses a target now and then. A target at its mean is missed every "
            "other time, and a fine on luck is paid for in the next price."
        ),
        _(
            "Ask who would call this supplier bad after a miss. Then ask how many reviews it "
            "would take to tell bad work from bad luck."
        ),
        number=NumberAnswer(100 * answer.estimate, _percent(answer.ci95)),
    )


def _percent(ends: tuple[float, float]) -> tuple[float, float]:
    return 100 * ends[0], 100 * ends[1]


def _row(label: str, result: KpiResult) -> Row:
    chance = result.any_breach
    low, high = (share(end, 0) for end in chance.ci95)
    said = f"{share(chance.estimate, 0)} ({low} – {high})"
    return Row(label, 100 * chance.estimate, _percent(chance.ci95), said)
