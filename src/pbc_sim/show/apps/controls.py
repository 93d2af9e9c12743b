"""How does somebody at a screen change a number, choose, press: with mouse, finger or keyboard?

Lives here: the form that every app is steered by, and its kinds of fields. May not live here: what
an app does with what was said.
Each control is the browser's own, with a label, so that screen readers and keyboards know it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import anywidget
import traitlets

from pbc_sim.show.apps.amounts import unbroken

__all__ = ["Control", "Controls", "Section", "Sentence", "button"]

Kind = Literal["number", "choice", "check", "text", "file", "button"]


@dataclass(frozen=True)
class Control:
    """One thing to set or to press.

    Parameters
    ----------
    key : str
        How the app calls it.
    label : str
        How people call it.
    kind : {"number", "choice", "check", "text", "file", "button"}
        What it looks like. A number is a box, and a slider beside it where it has a range.
    low, high, step : float, optional
        Range and step of the slider; the box takes other numbers too.
    unit : str
        Unit as it stands after the number.
    options : mapping of str to str
        What may be chosen, with its words.
    optional : bool
        Whether a number may be left empty.
    more : bool
        Whether it stands among the further terms of its section, folded away.
    primary, disabled : bool
        Of a button: whether it is what most people press, and whether it may not be pressed now.
    accept : str
        Of a file: endings, as ".yaml,.yml".
    aloud : str
        What a screen reader says of a button whose label stands on others too, as "Remove: Late
        fee".
    """

    key: str
    label: str
    kind: Kind = "number"
    low: float | None = None
    high: float | None = None
    step: float | None = None
    unit: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    optional: bool = False
    more: bool = False
    primary: bool = False
    disabled: bool = False
    accept: str = ""
    aloud: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return what the browser draws."""
        shown: dict[str, Any] = {"key": self.key, "label": self.label, "kind": self.kind}
        if self.low is not None and self.high is not None:
            shown |= {"slider": True, "min": self.low, "max": self.high, "step": self.step or "any"}
        return shown | {
            "unit": self.unit,
            "options": [[value, said] for value, said in self.options.items()],
            "optional": self.optional,
            "more": self.more,
            "primary": self.primary,
            "disabled": self.disabled,
            "accept": self.accept,
            "aloud": self.aloud,
        }


def button(
    key: str, label: str, *, primary: bool = False, disabled: bool = False, aloud: str = ""
) -> Control:
    """Return a button."""
    return Control(key, label, "button", primary=primary, disabled=disabled, aloud=aloud)


@dataclass(frozen=True)
class Section:
    """Controls that belong together.

    Parameters
    ----------
    key, title : str
        How app and people call it; without a title it has no frame.
    controls : sequence of Control
        In order.
    more : str
        What is written where further terms are folded away.
    row : bool
        Whether the controls stand in one row, as buttons do.
    folds : str
        What is written where all of it is folded away on a narrow screen; it is not where empty.
    """

    key: str
    title: str
    controls: Sequence[Control]
    more: str = ""
    row: bool = False
    folds: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return what the browser draws."""
        fields = [control.as_dict() for control in self.controls]
        shown = {"key": self.key, "title": self.title, "more": self.more, "row": self.row}
        return shown | {"folds": self.folds, "fields": fields}


@dataclass(frozen=True)
class Sentence:
    """A sentence that stands in a section: a clause, a warning or a note."""

    text: str
    kind: Literal["clause", "warning", "note", "error"] = "clause"


class Controls(anywidget.AnyWidget):
    """A form whose every change calls the app, in the order in which things were done.

    Parameters
    ----------
    told : callable
        Called with key and value: a number or None, a chosen word, true or false, a text, of a
        file its name and text, of a button nothing that matters.

    Examples
    --------
    >>> seen = []
    >>> form = Controls(lambda key, value: seen.append((key, value)))
    >>> form.show([Section("money", "", [Control("price", "Price", low=0, high=2)])], {"price": 1})
    >>> form.press("price", 1.5)
    >>> seen
    [('price', 1.5)]
    """

    _esm = Path(__file__).with_name("controls.js")
    sections: traitlets.List = traitlets.List().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    #: What the browser has to say: by key a number that grows, and the value.
    changes = traitlets.Dict().tag(sync=True)
    #: The number up to which it was answered.
    answered = traitlets.Int().tag(sync=True)

    def __init__(self, told: Callable[[str, Any], None]) -> None:
        super().__init__()
        self._told = told
        self.observe(self._answer, "changes")

    def show(self, sections: Sequence[Section], values: Mapping[str, Any]) -> None:
        """Lay the form out, and fill it."""
        with self.hold_sync():
            self.values = {**self.values, **values}
            self.sections = [section.as_dict() for section in sections]

    def fill(self, values: Mapping[str, Any]) -> None:
        """Change what is filled in."""
        self.values = {**self.values, **values}

    def say(
        self, words: Mapping[str, Sequence[Sentence]], only: Sequence[str] | None = None
    ) -> None:
        """Write sentences into sections, by the sections' keys.

        All others become empty, or stay as they are where `only` some are meant.
        """
        kept = {key: said for key, said in self.words.items() if only and key not in only}
        self.words = kept | {
            key: [{"text": unbroken(one.text), "kind": one.kind} for one in said]
            for key, said in words.items()
        }

    def press(self, key: str, value: Any = None) -> None:
        """Do what somebody does in the browser: change or press one thing."""
        self.changes = {key: [self.answered + 1, value]}

    def _answer(self, change: Mapping[str, Any]) -> None:
        news = [(n, key, value) for key, (n, value) in change["new"].items() if n > self.answered]
        for n, key, value in sorted(news, key=lambda one: one[0]):
            # In one message: the browser would else go back to what it was filled with before.
            with self.hold_sync():
                if key in self.values:
                    self.fill({key: value})
                # Answered first: whatever goes wrong with it, it is not done twice.
                self.answered = n
            self._told(key, value)
