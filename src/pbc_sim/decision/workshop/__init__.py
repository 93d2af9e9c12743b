"""What does a room guess wrongly about contracts, and what is the simulated answer?

Lives here: questions to be guessed first, best and worst cases, the facilitator's script; all made
from a scenario's outcomes. May not live here: how they are shown (`show/apps/workshop/`).
"""

from __future__ import annotations

from typing import Any

from pbc_sim.contract import Contract
from pbc_sim.decision.outcomes import run
from pbc_sim.decision.workshop import questions
from pbc_sim.decision.workshop.cases import cases
from pbc_sim.decision.workshop.question import (
    DRAFTS,
    QUESTIONS,
    NumberAnswer,
    Question,
    Row,
    Studied,
    Verdict,
    drafts,
    question,
)
from pbc_sim.decision.workshop.script import Step, debrief, running_order
from pbc_sim.scenario import Scenario

__all__ = [
    "QUESTIONS",
    "NumberAnswer",
    "Question",
    "Row",
    "Step",
    "Studied",
    "Verdict",
    "cases",
    "contracts_asked",
    "debrief",
    "drafts",
    "prepare",
    "question",
    "questions",
    "questions_of",
    "running_order",
]

#: In this order they tell a story; questions that are not named come last.
ORDER = (
    *("cheapest_contract", "plan_taken", "doubled_deductions", "refused_contract"),
    *("free_lunch", "missed_though_careful", "supplier_loss", "bad_year"),
)


def contracts_asked(scenario: Scenario) -> dict[str, Contract]:
    """Return the contracts that the questions about a scenario price: its own, and changed ones."""
    contracts = dict(scenario.contracts)
    for draft in DRAFTS.values():
        contracts |= draft(scenario)
    return contracts


def prepare(scenario: Scenario, replications: int = 200, seed: int = 1, **how: Any) -> Studied:
    """Simulate all that the questions about a scenario will need.

    Parameters
    ----------
    scenario : Scenario
        The story.
    replications, seed : int
        Futures of each plan, and their seed.
    **how
        How they are simulated; see `pbc_sim.run`.
    """
    how = {"progress": False, "contracts": contracts_asked(scenario), **how}
    return Studied(run(scenario, replications, seed, **how))


def questions_of(studied: Studied) -> tuple[Question, ...]:
    """Return the questions that can be asked about a scenario, in the language that is spoken.

    Parameters
    ----------
    studied : Studied
        The scenario, simulated; what is settled for one question is kept for the next time.
    """
    order = sorted(QUESTIONS, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))
    asked = (QUESTIONS[name](studied) for name in order)
    return tuple(one for one in asked if one is not None)
