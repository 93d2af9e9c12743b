"""What does a facilitator show to a room, question by question?

Lives here: the widgets of the workshop, and what each of them does. May not live here: questions,
answers, script (`decision/workshop/`).
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from pbc_sim.decision.outcomes import Outcomes
from pbc_sim.decision.workshop import (
    Question,
    Studied,
    contracts_asked,
    debrief,
    questions_of,
    running_order,
)
from pbc_sim.errors import PbcError
from pbc_sim.language import LANGUAGES, speaking, spoken
from pbc_sim.language import translated as _
from pbc_sim.scenario import load_scenario
from pbc_sim.show.apps.chart import Chart
from pbc_sim.show.apps.controls import Control, Controls, Section, button
from pbc_sim.show.apps.futures import Futures
from pbc_sim.show.apps.opening import Opening, scenario_files, scenario_title
from pbc_sim.show.apps.page import Page, block, escaped, heading, words
from pbc_sim.show.apps.workshop.pictures import PARTIES, answer_picture, cases_picture

__all__ = ["WorkshopView", "app"]

#: What stands in a list of answers before one is chosen.
NOTHING = ""


class WorkshopView:
    """The page, and how far the room has come.

    Parameters
    ----------
    opening : Opening
        What the workshop is opened with.
    """

    def __init__(self, opening: Opening) -> None:
        self.futures = Futures(opening.replications, self.grown, self.said_progress)
        self.files = {path.stem: path for path in scenario_files(opening.scenario)}
        self.page = Page(
            lambda: _("Workshop: guess first, then see"),
            self.say_again,
            opening.language,
            large=True,
        )
        self.form = Controls(self.page.guarded(self.told))
        self.guess = Controls(self.page.guarded(self.told))
        self.head, self.answer, self.why = (widgets.HTML() for _n in range(3))
        self.chart, self.cases = Chart(), [Chart() for _party in PARTIES]
        self.part, self.at = "questions", 0
        self.body = block()
        self.page.fill(self.form, self.body)
        with speaking(opening.language):
            self.load(opening.scenario)
        self._preparing: asyncio.Task[None] | None = None
        # In a script nobody will ask for another scenario.
        with suppress(RuntimeError):
            self._preparing = asyncio.get_running_loop().create_task(self._prepare_others())

    async def _prepare_others(self) -> None:
        """Simulate the other stories meanwhile, so that who chooses one need not wait."""
        for name, path in self.files.items():
            if name == self.name:
                continue
            # What is wrong with a file is said to who chooses it.
            with suppress(PbcError, OSError):
                scenario = await asyncio.to_thread(load_scenario, path)
                await self.futures.prepare(scenario, contracts_asked(scenario))

    def load(self, path: Path) -> None:
        """Simulate a story, and make all that a click will show."""
        self.name, self.scenario = path.stem, load_scenario(path)
        self.page.progress(0.0, _("The scenario is simulated …"))
        self.at, self.guesses, self.revealed = 0, dict[str, Any](), set[str]()
        self.know(self.futures.begin(self.scenario, contracts_asked(self.scenario)))
        self.say_again()

    def know(self, outcomes: Outcomes) -> None:
        """Work every answer out, in both languages, so that no click waits."""
        self.studied = Studied(outcomes)
        self.asked: dict[str, tuple[Question, ...]] = {}
        for language in LANGUAGES:
            with speaking(language):
                self.asked[language] = questions_of(self.studied)

    def grown(self, outcomes: Outcomes) -> None:
        """Rest the answers on more futures."""
        with self.page.speaking():
            before = self.question.name
            self.know(outcomes)
            # A question may come or go as the figures firm up.
            names = [one.name for one in self.questions]
            self.at = names.index(before) if before in names else min(self.at, len(names) - 1)
            self.say_again()

    def said_progress(self, known: int | None) -> None:
        """Say in the page how many futures the answers rest on, while they grow."""
        with self.page.speaking():
            if known is None:
                self.page.progress(None)
                return
            text = _("The answers rest on {n} of {all} futures so far.")
            total = self.futures.replications
            self.page.progress(known / total, text.format(n=known, all=total))

    @property
    def questions(self) -> tuple[Question, ...]:
        """The questions, in the language that is spoken."""
        return self.asked[spoken()]

    @property
    def question(self) -> Question:
        """The question that the room is at."""
        return self.questions[self.at]

    def told(self, key: str, value: Any) -> None:
        """Do what was pressed or chosen."""
        self.page.say("")
        if key == "scenario":
            self.load(self.files[value])
            return
        if key == "guess":
            self.guesses[self.question.name] = value
            return
        if key == "reveal":
            self._reveal()
        elif key == "part":
            self.part = value
        elif key in ("next", "back"):
            step = 1 if key == "next" else -1
            self.at = min(max(self.at + step, 0), len(self.questions) - 1)
            self.page.look_at("h2")
        self.say_again()

    def _reveal(self) -> None:
        guess = self.guesses.get(self.question.name, NOTHING)
        # A guess that is none is answered before anything is seen.
        self.question.judge(NOTHING if guess is None else guess)
        self.revealed.add(self.question.name)
        # On a projector or a phone the answer would else stand below what is seen.
        self.page.look_at(".pbc-verdict")

    def say_again(self) -> None:
        """Show the part that is chosen, in the language that is spoken."""
        parts = {
            "questions": _("Questions"),
            "cases": _("Best and worst case"),
            "debrief": _("Debrief"),
            "notes": _("Facilitator's notes"),
        }
        titles = {name: scenario_title(path) for name, path in self.files.items()}
        choices = [
            Control("part", _("Part"), "choice", options=parts),
            Control("scenario", _("Scenario"), "choice", options=titles),
        ]
        values = {"part": self.part, "scenario": self.name}
        self.form.show([Section("top", "", choices, row=True)], values)
        {
            "questions": self._show_question,
            "cases": self._show_cases,
            "debrief": self._show_debrief,
            "notes": self._show_notes,
        }[self.part]()

    def _show_question(self) -> None:
        one, n = self.question, len(self.questions)
        seen = one.name in self.revealed
        number = _("Question {n} of {all}").format(n=self.at + 1, all=n)
        # What a list folds only who holds the mouse can read.
        answers = "".join(f"<li>{escaped(said)}</li>" for said in one.options.values())
        room = f'<ol type="A">{answers}</ol>' if answers and not seen else ""
        self.head.value = f"<p>{escaped(number)}</p>{heading(one.text)}{room}"
        options = {NOTHING: _("Choose an answer"), **one.options}
        field = (
            Control("guess", _("The room's guess"), low=0, high=100, step=1, unit="%")
            if one.number is not None
            else Control("guess", _("The room's guess"), "choice", options=options)
        )
        steps = [
            field,
            button("reveal", _("Reveal the answer"), primary=True, disabled=seen),
            button("back", _("Question before"), disabled=self.at == 0),
            button("next", _("Next question"), disabled=self.at == n - 1),
        ]
        blank = 50 if one.number is not None else NOTHING
        guess = self.guesses.setdefault(one.name, blank)
        sections = [Section("guess", "", steps, row=True)]
        self.guess.show(sections, {"guess": guess})
        shown: tuple[widgets.Widget, ...] = (self.head, self.guess)
        if seen:
            verdict = one.judge(guess)
            kind = "pbc-verdict" if verdict.right else "pbc-verdict pbc-no"
            self.answer.value = (
                f'<div class="{kind}"><p>{escaped(verdict.text)}</p>'
                f"<p><strong>{escaped(one.reveal)}</strong></p></div>"
            )
            self.chart.draw(answer_picture(one, guess, self.studied.currency))
            self.why.value = words([one.why])
            shown = (*shown, self.answer, self.chart, self.why)
        self.body.children = shown

    def _show_cases(self) -> None:
        for chart, party in zip(self.cases, PARTIES, strict=True):
            chart.draw(cases_picture(self.studied, party))
        text = _(
            "What a good and a bad year bring under each contract, if the supplier works as is "
            "best for it. Circle: best case; tick: mean; cross: worst case; each end is reached "
            "or passed in one year of twenty ({n} simulated years)."
        )
        self.head.value = heading(_("Best and worst case")) + words(
            [text.format(n=self.studied.outcomes.replications)]
        )
        self.body.children = (self.head, *self.cases)

    def _show_debrief(self) -> None:
        rows = "".join(f"<li><p>{escaped(said)}</p></li>" for said in debrief(self.studied))
        self.head.value = f"{heading(_('Debrief'))}<ol>{rows}</ol>"
        self.body.children = (self.head,)

    def _show_notes(self) -> None:
        order = "".join(
            f"<li><p><strong>{escaped(step.title)}</strong> "
            f"({escaped(_('{n} minutes').format(n=step.minutes))})<br>"
            f"{escaped(step.text)}</p></li>"
            for step in running_order(self.studied, self.questions)
        )
        notes = "".join(
            f"<li><p><strong>{escaped(one.text)}</strong><br>{escaped(one.reveal)} "
            f"{escaped(one.why)}<br><em>{escaped(one.notes)}</em></p></li>"
            for one in self.questions
        )
        warning = _("These notes give all answers away: read them on a screen of your own.")
        self.head.value = (
            heading(_("Facilitator's notes"))
            + words([warning])
            + f"<h3>{escaped(_('Running order'))}</h3><ol>{order}</ol>"
            + f"<h3>{escaped(_('Questions and answers'))}</h3><ol>{notes}</ol>"
        )
        self.body.children = (self.head,)


def app(opening: Opening) -> widgets.Widget:
    """Return the workshop."""
    return WorkshopView(opening).page.widget
