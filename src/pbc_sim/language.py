"""In which language is the program speaking?

Lives here: the language of messages, tables, pictures and apps, and their translation by gettext.
May not live here: the sentences of clauses; each stands, in both languages, beside its formula.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from pbc_sim.errors import PbcError, unknown_name

__all__ = ["LANGUAGES", "Language", "plural", "speaking", "spoken", "translated"]

Language = Literal["en", "id"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

#: A catalogue for each part of the program: ``locale/id/LC_MESSAGES/*.po``.
CATALOGUES = Path(__file__).parent / "locale"

_spoken: ContextVar[Language] = ContextVar("spoken", default="en")


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
    return _spoken.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language for a while: in this thread and in what it starts.

    Parameters
    ----------
    language : {"en", "id"}
        English or Indonesian.

    Raises
    ------
    PbcError
        If the program does not speak it.

    Examples
    --------
    >>> with speaking("id"):
    ...     spoken()
    'id'
    >>> spoken()
    'en'
    """
    if language not in LANGUAGES:
        raise PbcError(unknown_name("language", language, LANGUAGES))
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def translated(message: str) -> str:
    """Say a message in the language spoken now; imported as ``_`` where it is used."""
    return _catalogue(spoken()).gettext(message)


def plural(one: str, many: str, number: int) -> str:
    """Say a message about a number of things, with the form that the language has for it."""
    return _catalogue(spoken()).ngettext(one, many, number)
