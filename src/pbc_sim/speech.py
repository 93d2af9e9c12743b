"""In which words is a message said: those of the source, or those of a catalogue?

Lives here: the language of this moment, and translation by gettext. May not live here: texts that
know how they read in several languages (`language.py`), errors, which are said by this too.
"""

from __future__ import annotations

import gettext
import io
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Literal, get_args

__all__ = [
    "CATALOGUES",
    "LANGUAGES",
    "SPOKEN",
    "Language",
    "noted",
    "plural",
    "spoken",
    "translated",
]

Language = Literal["en", "id"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

#: A catalogue for each part of the program: ``locale/id/LC_MESSAGES/*.po``.
CATALOGUES = Path(__file__).parent / "locale"

#: Set by `speaking`, for the thread at hand and what it starts.
SPOKEN: ContextVar[Language] = ContextVar("spoken", default="en")


@cache
def _catalogue(language: Language) -> gettext.NullTranslations:
    # English is the language of the source, so it has no catalogue.
    if language == "en":
        return gettext.NullTranslations()
    # Read as they are written: a compiled copy beside them could be older than they are.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    spoken: gettext.NullTranslations = gettext.NullTranslations()
    for path in sorted((CATALOGUES / language / "LC_MESSAGES").glob("*.po")):
        compiled = io.BytesIO()
        write_mo(compiled, read_po(io.BytesIO(path.read_bytes()), locale=language))
        compiled.seek(0)
        part = gettext.GNUTranslations(compiled)
        part.add_fallback(spoken)
        spoken = part
    return spoken


def spoken() -> Language:
    """Return the language that is spoken now."""
    return SPOKEN.get()


def translated(message: str) -> str:
    """Say a message in the language spoken now; imported as ``_`` where it is used."""
    return _catalogue(spoken()).gettext(message)


def plural(one: str, many: str, number: int) -> str:
    """Say a message about a number of things, with the form that the language has for it."""
    return _catalogue(spoken()).ngettext(one, many, number)


def noted(message: str) -> str:
    """Mark a message that is said later, when the language is known, and return it unchanged.

    For words in tables that are made when a module is imported; ``translated`` says them.
    """
    return message
