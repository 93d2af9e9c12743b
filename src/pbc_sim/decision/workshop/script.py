"""What does the facilitator do and say, from welcome to debrief?

Lives here: the script of a workshop and its debrief, written for a scenario's own outcomes.
May not live here: the questions (`questions/`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pbc_sim.decision.outcomes import WALKS_AWAY
from pbc_sim.decision.workshop.question import Question, Studied
from pbc_sim.figures import money, share
from pbc_sim.language import said
from pbc_sim.language import translated as _

__all__ = ["Step", "debrief", "running_order"]

#: Time for one question: to read, to guess, to see, to talk. [minute]
MINUTES_A_QUESTION = 7


class Step(NamedTuple):
    """One step of a workshop: how long [minute], what it is, and what to do or say."""

    minutes: int
    title: str
    text: str


def running_order(studied: Studied, questions: Sequence[Question]) -> list[Step]:
    """Return what happens when, for the facilitator."""
    title = said(studied.scenario.title)
    n = len(questions)
    return [
        Step(
            10,
            _("Welcome and story"),
            _(
                "Tell the story of '{title}' in your own words. Who buys, who supplies, what goes "
                "wrong today? Give each table one role: buyer, supplier, evaluator."
            ).format(title=title),
        ),
        Step(
            10,
            _("The contracts"),
            _(
                "Show the {n} contracts by their titles. Let each table say in one sentence what "
                "the supplier will do under each of them. Do not correct anybody yet."
            ).format(n=len(studied.scenario.contracts)),
        ),
        Step(
            MINUTES_A_QUESTION * n,
            _("{n} questions: guess first, then see").format(n=n),
            _(
                "Read the question aloud. One minute to think alone, two minutes at the table, "
                "then a show of hands; enter the room's guess before anything is revealed. Reveal, "
                "and ask a table that was wrong what it had in mind: that is where people learn."
            ),
        ),
        Step(
            15,
            _("Best and worst case"),
            _(
                "Each role looks at its own columns first, then at those of the others. Which "
                "contract would you sign? Which one would your auditor ask about?"
            ),
        ),
        Step(
            20,
            _("Debrief"),
            _("Go through the debrief; each question goes to another table."),
        ),
    ]


def debrief(studied: Studied) -> list[str]:
    """Return what to ask at the end, each with a figure of this scenario."""
    results, scenario = studied.comparison.results, studied.scenario
    asked = [
        _(
            "What surprised you most? Write it down before anybody speaks, then collect three "
            "answers from different roles."
        )
    ]
    refused = [name for name, result in results.items() if result.plan == WALKS_AWAY]
    if refused:
        text = _("'{contract}' looked hardest on paper, and nobody signs it. What was it for?")
        asked.append(text.format(contract=studied.contract(refused[0])))
    signed = {name: result for name, result in results.items() if result.plan != WALKS_AWAY}
    plans = {result.plan for result in signed.values()}
    text = _(
        "Under the {n} contracts that are signed the supplier works in {m} different ways. Which "
        "clause makes the difference?"
    )
    asked.append(text.format(n=len(signed), m=len(plans)))
    if signed:
        riskiest = max(
            signed, key=lambda n: _spread(signed[n].amounts["supplier_profit"].quantiles)
        )
        low, _middle, high = signed[riskiest].amounts["supplier_profit"].quantiles.values()
        text = _(
            "Under '{contract}' the supplier earns between {low} and {high} in 18 of 20 years. Who "
            "bears that risk, and who is paid for it?"
        )
        ends = {"low": money(low, scenario.currency), "high": money(high, scenario.currency)}
        asked.append(text.format(contract=studied.contract(riskiest), **ends))
        missed = [
            kpi.any_breach.estimate for result in signed.values() for kpi in result.kpis.values()
        ]
        if missed:
            text = _(
                "A target is missed at least once in up to {chance} of the years, although the "
                "supplier does what is best for it. What should a miss lead to?"
            )
            asked.append(text.format(chance=share(max(missed), 0)))
    return [
        *asked,
        _("What would you change in the contract tomorrow, and what must be measured for it?"),
        _("Which figures of this model do you not believe? Which of your own would you need?"),
    ]


def _spread(quantiles: dict[str, float]) -> float:
    ends = list(quantiles.values())
    return ends[-1] - ends[0]
