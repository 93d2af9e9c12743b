"""Which future is watched?

Lives here: the animation's page, and the choice of story, plan and future. May not live here: how
it is played (`film.py`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ipywidgets as widgets

from pbc_sim.decision.timeline import Trace, trace
from pbc_sim.errors import PbcError
from pbc_sim.language import said, speaking
from pbc_sim.language import translated as _
from pbc_sim.scenario import Scenario, load_scenario
from pbc_sim.show.apps.animation.film import Film
from pbc_sim.show.apps.controls import Control, Controls, Section
from pbc_sim.show.apps.opening import Opening, scenario_files, scenario_title
from pbc_sim.show.apps.page import Page, words

__all__ = ["app"]

#: Futures that may be chosen by their number.
MOST_FUTURES = 999


class _Animation:
    """The page, and what is played on it."""

    def __init__(self, opening: Opening) -> None:
        self.files = {path.stem: path for path in scenario_files(opening.scenario)}
        self.page = Page(lambda: _("Animation of one future"), self.say_again, opening.language)
        self.form = Controls(self.page.guarded(self.told))
        self.film, self.intro = Film(), widgets.HTML()
        self.page.fill(self.intro, self.form, self.film)
        self.chosen: dict[str, Any] = {"scenario": opening.scenario.stem, "replication": 0}
        with speaking(opening.language):
            self.load(opening.scenario)

    def load(self, path: Path) -> None:
        """Open a story and play its first plan."""
        self.scenario: Scenario = load_scenario(path)
        self.chosen["plan"] = next(iter(self.scenario.plans))
        self.played: Trace = self._traced()
        self.film.show(self.played)
        self.lay_out()

    def _traced(self) -> Trace:
        return trace(self.scenario, self.chosen["plan"], replication=self.chosen["replication"])

    def lay_out(self) -> None:
        """Write the form and the introduction in the language that is spoken."""
        plans = {name: said(plan.label) or name for name, plan in self.scenario.plans.items()}
        titles = {name: scenario_title(path) for name, path in self.files.items()}
        choices = [
            Control("scenario", _("Scenario"), "choice", options=titles),
            Control("plan", _("How the supplier works"), "choice", options=plans),
            Control("replication", _("Number of the future")),
        ]
        self.form.show([Section("choice", "", choices, row=True)], self.chosen)
        sentence = _(
            "One simulated future of '{title}', event by event: orders go to the supplier, "
            "parcels come back, stock runs out and is filled up. The same future number meets "
            "the same luck under every plan."
        )
        self.intro.value = words([sentence.format(title=said(self.scenario.title))])

    def told(self, key: str, value: Any) -> None:
        """Do what was chosen in the form."""
        if key == "scenario":
            self.chosen |= {"scenario": value}
            self.load(self.files[value])
            return
        if key == "replication":
            if value is None or value != int(value) or not 0 <= value <= MOST_FUTURES:
                text = _("the number of a future is a whole number from 0 to {most}, got {value}.")
                raise PbcError(text.format(most=MOST_FUTURES, value=value))
            value = int(value)
        self.chosen |= {key: value}
        self.played = self._traced()
        self.film.show(self.played)
        self.page.say("")

    def say_again(self) -> None:
        """Say everything anew in another language."""
        self.lay_out()
        self.film.say_again(self.played)


def app(opening: Opening) -> widgets.Widget:
    """Return the animation."""
    return _Animation(opening).page.widget
