"""What is a question that a room guesses at before it sees the simulated answer?

Lives here: questions, what they rest on, and how a guess is judged. May not live here: a single
question (`questions/`), how it is shown (`show/apps/workshop/`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from pbc_sim.catalogue import Catalogue
from pbc_sim.contract import Contract
from pbc_sim.decision.comparison import Comparison, compare
from pbc_sim.decision.outcomes import WALKS_AWAY, Outcomes, Settlement
from pbc_sim.decision.risk import mean_interval
from pbc_sim.errors import PbcError
from pbc_sim.figures import money
from pbc_sim.language import said
from pbc_sim.language import translated as _
from pbc_sim.scenario import Scenario

__all__ = [
    "DRAFTS",
    "QUESTIONS",
    "NumberAnswer",
    "Question",
    "Row",
    "Studied",
    "Verdict",
    "drafts",
    "question",
]

#: A guess of a share is near if it is not further off than this. [percentage point]
NEAR = 5.0


@dataclass(frozen=True)
class Row:
    """One line of an answer: what it is of, the estimate with its 95% interval, and in words.

    The value is NaN where there is none, as of a contract that the supplier walks away from.
    """

    label: str
    value: float
    ci95: tuple[float, float]
    said: str


@dataclass(frozen=True)
class NumberAnswer:
    """The answer to a question that asks for a percentage: estimate and 95% interval [%]."""

    value: float
    ci95: tuple[float, float]


@dataclass(frozen=True)
class Verdict:
    """Whether a guess was right, and what is said about it."""

    right: bool
    text: str


@dataclass(frozen=True)
class Question:
    """A question of a workshop, with its simulated answer.

    Parameters
    ----------
    name : str
        Its key in the catalogue.
    text : str
        What the room is asked.
    options : mapping of str to str
        What may be chosen, with its words; empty where a number is guessed.
    right : tuple of str
        The options that are right; several where the futures cannot tell them apart.
    number : NumberAnswer, optional
        The answer, where a number is guessed.
    measured : str
        What the rows show.
    rows : sequence of Row
        The simulated figures behind the answer.
    reveal : str
        The answer in a sentence.
    why : str
        What to take from it.
    notes : str
        For the facilitator: what people often think, and what to ask them.
    """

    name: str
    text: str
    measured: str
    rows: Sequence[Row]
    reveal: str
    why: str
    notes: str
    options: Mapping[str, str] = field(default_factory=dict)
    right: tuple[str, ...] = ()
    number: NumberAnswer | None = None

    def judge(self, guess: str | float) -> Verdict:
        """Judge a guess.

        Raises
        ------
        PbcError
            If it is none of the options, or no percentage.
        """
        if self.number is not None:
            return self._judge_number(guess)
        if guess not in self.options:
            raise PbcError(_("choose an answer first."))
        words = self.options[str(guess)]
        right = guess in self.right
        text = _("You guessed: {guess}. Right!") if right else _("You guessed: {guess}. Not so.")
        return Verdict(right, text.format(guess=words))

    def _judge_number(self, guess: str | float) -> Verdict:
        if isinstance(guess, str) or self.number is None or not math.isfinite(guess):
            raise PbcError(_("guess a percentage first."))
        low, high = self.number.ci95
        right = low - NEAR <= guess <= high + NEAR
        text = (
            _("You guessed {guess}%: near enough.")
            if right
            else _("You guessed {guess}%: {off} percentage points off.")
        )
        off = abs(guess - self.number.value)
        return Verdict(right, text.format(guess=f"{guess:g}", off=f"{off:.0f}"))


@dataclass(frozen=True)
class Studied:
    """What questions are asked about: a scenario whose contracts were priced.

    Parameters
    ----------
    outcomes : Outcomes
        Simulated futures of every plan.
    """

    outcomes: Outcomes

    @property
    def scenario(self) -> Scenario:
        """The story."""
        return self.outcomes.scenario

    @property
    def currency(self) -> str:
        """ISO 4217 code."""
        return self.scenario.currency

    @cached_property
    def prices(self) -> Settlement:
        """The scenario's contracts on these futures."""
        return self.outcomes.settle()

    @cached_property
    def comparison(self) -> Comparison:
        """The same side by side, each under the supplier's best response."""
        return compare(self.prices)

    @cached_property
    def signed(self) -> tuple[str, ...]:
        """Contracts that the supplier signs."""
        return tuple(n for n, r in self.comparison.results.items() if r.plan != WALKS_AWAY)

    @cached_property
    def _settled(self) -> dict[str, Settlement]:
        return {}

    def settle(self, name: str, contract: Contract) -> Settlement:
        """Price a changed contract on these futures, once."""
        if name not in self._settled:
            self._settled[name] = self.outcomes.settle({name: contract})
        return self._settled[name]

    def contract(self, name: str) -> str:
        """Name a contract for people."""
        return said(self.scenario.contracts[name].title)

    def plan(self, name: str) -> str:
        """Name a plan for people, or that the supplier walks away."""
        if name == WALKS_AWAY:
            return _("It walks away.")
        return said(self.scenario.plans[name].label) or name

    def money_row(self, label: str, values: np.ndarray | None) -> Row:
        """Return the row of a mean amount over futures; of None where nobody signs."""
        if values is None:
            return Row(label, math.nan, (math.nan, math.nan), _("not signed"))
        low, high = mean_interval(values)
        mean = float(values.mean())
        text = _("{mean} ({low} to {high})").format(
            mean=money(mean, self.currency),
            low=money(low, self.currency),
            high=money(high, self.currency),
        )
        return Row(label, mean, (float(low), float(high)), text)


Drafter = Callable[[Scenario], Mapping[str, Contract]]
DRAFTS: Catalogue[Drafter] = Catalogue("drafter")


def drafts(draft: Drafter) -> Drafter:
    """File a function that says which changed contracts a question will price, and return it.

    What they measure must be known before the futures are simulated.
    """
    DRAFTS.register(draft.__name__)(draft)
    return draft


Asker = Callable[[Studied], Question | None]
QUESTIONS: Catalogue[Asker] = Catalogue("question")


def question(ask: Asker) -> Asker:
    """File a function as a question under its own name, and return it unchanged.

    It returns None of a scenario about which it cannot be asked.
    """
    QUESTIONS.register(ask.__name__)(ask)
    return ask
