"""What frames every app: title, language, size of type, one line for messages, files to take away?

Lives here: the page that an app fills, and how it answers bad input. May not live here: anything
that one app alone shows.
"""

from __future__ import annotations

import asyncio
import base64
import html
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as widgets
import traitlets

from pbc_sim.errors import PbcError
from pbc_sim.language import LANGUAGES, Language, speaking
from pbc_sim.language import translated as _
from pbc_sim.show.apps.amounts import unbroken
from pbc_sim.show.apps.controls import Control, Controls, Section
from pbc_sim.show.apps.opening import STORED

__all__ = ["Page", "block", "download", "escaped", "heading", "words"]

#: A kernel that waits for its first browser says so as often. [s]
WARMED_EVERY = 5.0

#: How each language calls itself, so that whoever cannot read the other one finds it.
NAMES = {"en": "English", "id": "Bahasa Indonesia"}


class _Frame(anywidget.AnyWidget):
    """Brings the style, and tells the browser language, title and size of type."""

    _esm = Path(__file__).with_name("page.js")
    _css = Path(__file__).with_name("page.css")
    language = traitlets.Unicode("en").tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    large = traitlets.Bool(False).tag(sync=True)
    #: What the reader should see next, as a selector, with a number that grows.
    look = traitlets.List(["", 0]).tag(sync=True)
    #: Whether a browser has shown it.
    seen = traitlets.Bool(False).tag(sync=True)

    async def stay_warm(self) -> None:
        """Send a word now and then until somebody opens the page.

        A kernel that was heated in advance counts as idle, and would be ended while the browser
        that it was just given to is still loading the page.
        """
        while not self.seen:
            await asyncio.sleep(WARMED_EVERY)
            self.send({"kind": "warm"})


class Page:
    """The page of an app: it holds the language, and calls the app when that changes.

    Parameters
    ----------
    title : callable
        Returns the title, in the language spoken then.
    said_again : callable
        Called after the language was changed, while it is spoken: says everything anew.
    language : {"en", "id"}
        The language to begin with.
    large : bool
        Whether it begins with large type, as for a projector.

    Examples
    --------
    >>> page = Page(lambda: _("Designer"), lambda: None)
    >>> page.say("Saved.")
    >>> page.message
    'Saved.'
    """

    def __init__(
        self,
        title: Callable[[], str],
        said_again: Callable[[], None],
        language: Language = "en",
        *,
        large: bool = False,
    ) -> None:
        self.language: Language = language
        self.message = ""
        self._looks = 0
        self._title, self._said_again = title, said_again
        self._frame = _Frame(large=large)
        self._heading, self._message, self._progress = (widgets.HTML() for _ in range(3))
        self._message.add_class("pbc-message")
        self._tools = Controls(self._set)
        self._body = block()
        head = block(self._heading, self._tools, kind="pbc-head")
        self.widget = block(self._frame, head, self._message, self._progress, self._body)
        self.widget.add_class("pbc-app")
        self.say("")
        with speaking(language):
            self._show()
        if os.environ.get(STORED):
            self._warming = asyncio.get_running_loop().create_task(self._frame.stay_warm())

    def fill(self, *parts: widgets.Widget) -> None:
        """Put widgets below the message line."""
        self._body.children = parts

    def say(self, message: str, *, is_error: bool = False) -> None:
        """Write one sentence into the message line; screen readers read it out."""
        self.message = message
        kind = "error" if is_error else "news"
        inside = f'<p class="pbc-{kind}">{escaped(message)}</p>' if message else ""
        self._message.value = f'<div role="status" aria-live="polite">{inside}</div>'

    def look_at(self, selector: str) -> None:
        """Bring a part of the page into sight, if it is not; it may still be on its way."""
        self._looks += 1
        self._frame.look = [selector, self._looks]

    def progress(self, share: float | None, message: str = "") -> None:
        """Show how much of something long is done [1]; None takes the bar away."""
        if share is None:
            self._progress.value = ""
            return
        percent = f"{100 * share:.0f}"
        self._progress.value = (
            f'<div>{html.escape(message)}</div><div class="pbc-progress" role="progressbar" '
            f'aria-label="{html.escape(message, quote=True)}" aria-valuemin="0" '
            f'aria-valuemax="100" aria-valuenow="{percent}">'
            f'<div style="width: {percent}%"></div></div>'
        )

    def guarded(self, told: Callable[[str, Any], None]) -> Callable[[str, Any], None]:
        """Return a function for `Controls` that speaks the page's language and answers bad input.

        What breaks a rule is said in the message line, and changes nothing else.
        """

        def answer(key: str, value: Any) -> None:
            with self.speaking():
                told(key, value)

        return answer

    @contextmanager
    def speaking(self) -> Iterator[None]:
        """Speak the page's language, and say in the message line what breaks a rule."""
        with speaking(self.language):
            try:
                yield
            except (PbcError, OSError) as error:
                self.say(str(error), is_error=True)

    def _set(self, key: str, value: Any) -> None:
        if key == "large":
            self._frame.large = bool(value)
        elif value in LANGUAGES:
            self.language = value
            self.say("")
            with self.speaking():
                self._show()
                self._said_again()

    def _show(self) -> None:
        self._heading.value = f"<h1>{html.escape(self._title())}</h1>"
        with self._frame.hold_sync():
            self._frame.title, self._frame.language = self._title(), self.language
        language = Control("language", _("Language"), "choice", options=NAMES)
        large = Control("large", _("Large type"), "check")
        values = {"language": self.language, "large": self._frame.large}
        self._tools.show([Section("tools", "", [language, large], row=True)], values)


def block(*parts: widgets.Widget, kind: str = "") -> widgets.Box:
    """Return widgets below each other; `kind` is a class of the style sheet, as "pbc-columns"."""
    box = widgets.VBox(parts)
    if kind:
        box.add_class(kind)
    return box


def escaped(said: str) -> str:
    """Return text as HTML, in which no line ends within an amount."""
    return html.escape(unbroken(said))


def heading(said: str) -> str:
    """Return a heading as HTML."""
    return f"<h2>{escaped(said)}</h2>"


def words(sentences: Sequence[str]) -> str:
    """Return sentences as paragraphs of HTML.

    Examples
    --------
    >>> words(["a < b"])
    '<p>a &lt; b</p>'
    """
    return "".join(f"<p>{escaped(sentence)}</p>" for sentence in sentences)


def download(label: str, name: str, content: str | bytes, kind: str = "text/plain") -> str:
    """Return a link, as HTML, that saves a file in the reader's own folder.

    Examples
    --------
    >>> download("Save", "a.txt", "hi")
    '<a download="a.txt" href="data:text/plain;base64,aGk=">Save</a>'
    """
    raw = content.encode() if isinstance(content, str) else content
    coded = base64.b64encode(raw).decode("ascii")
    name, label = html.escape(name, quote=True), html.escape(label)
    return f'<a download="{name}" href="data:{kind};base64,{coded}">{label}</a>'
