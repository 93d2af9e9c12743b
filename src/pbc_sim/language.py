"""In which language is the program speaking?

Lives here: the switch of languages, and texts that are kept and said later in the one spoken then.
May not live here: gettext (`speech.py`), whose functions are found here too; the sentences of
clauses, each of which stands, in both languages, beside its formula.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Generic, TypeVar, overload

from pbc_sim.errors import PbcError, unknown_name
from pbc_sim.speech import (
    CATALOGUES,
    LANGUAGES,
    SPOKEN,
    Language,
    noted,
    plural,
    spoken,
    translated,
)

__all__ = [
    "CATALOGUES",
    "LANGUAGES",
    "SPOKEN_AT_FIRST",
    "Language",
    "Message",
    "Texts",
    "Worded",
    "in_each_language",
    "language_wanted",
    "noted",
    "plural",
    "said",
    "speaking",
    "spoken",
    "translated",
]

#: Names the language of the command line, where no option does.
SPOKEN_AT_FIRST = "PBC_SIM_LANGUAGE"

T = TypeVar("T")


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
    token = SPOKEN.set(language)
    try:
        yield
    finally:
        SPOKEN.reset(token)


class Worded(str):
    """A text that knows how it reads in other languages; as a string it is the English one.

    So what is kept, compared, hashed and written to files is the same in any language, and
    ``said`` says it in the one that is spoken.
    """

    __slots__ = ()

    def said(self) -> str:
        """Return the text in the language spoken now."""
        raise NotImplementedError


class Message(Worded):
    """A message that is kept, and said later in the language spoken then.

    Parameters
    ----------
    template : str
        The message in English, with named places for values.
    **values : object
        What stands there; messages among them are said as well.

    Examples
    --------
    >>> Message("seen in {times} of {n} replications", times=2, n=40)
    'seen in 2 of 40 replications'
    """

    __slots__ = ("template", "values")
    template: str
    values: dict[str, object]

    def __new__(cls, template: str, **values: object) -> Message:
        """Put the values into the English message, and remember both."""
        message = super().__new__(cls, template.format(**values))
        message.template, message.values = template, values
        return message

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, object]]:
        """Travel between processes."""
        return (self.template,), self.values

    def said(self) -> str:
        """Return the message in the language spoken now."""
        return translated(self.template).format(**{k: said(v) for k, v in self.values.items()})


class Texts(Worded):
    """A text that somebody wrote in several languages.

    Parameters
    ----------
    texts : mapping of str to str
        By language, English among them.

    Examples
    --------
    >>> title = Texts({"en": "Late fee", "id": "Denda keterlambatan"})
    >>> title, said(title, "id")
    ('Late fee', 'Denda keterlambatan')
    """

    __slots__ = ("texts",)
    texts: dict[str, str]

    def __new__(cls, texts: Mapping[str, str]) -> Texts:
        """Be the English text, and remember all."""
        text = super().__new__(cls, texts["en"])
        text.texts = dict(texts)
        return text

    def __getnewargs__(self) -> tuple[dict[str, str]]:  # type: ignore[override]  # unlike that of `str`
        """Travel between processes."""
        return (self.texts,)

    def said(self) -> str:
        """Return the text in the language spoken now, in English where it has none."""
        return self.texts.get(spoken(), str(self))


@overload
def said(text: str, language: str | None = None) -> str: ...
@overload
def said(text: object, language: str | None = None) -> object: ...
def said(text: object, language: str | None = None) -> object:
    """Say a text where it knows how, in the language spoken now or in another; else keep it."""
    if not isinstance(text, Worded):
        return text
    with speaking(language or spoken()):
        return text.said()


def language_wanted(named: str | None = None) -> str:
    """Return the language that is named, or else that of the environment, or else English."""
    return named or os.environ.get(SPOKEN_AT_FIRST) or LANGUAGES[0]


class in_each_language(Generic[T]):  # noqa: N801 - a decorator, as functools.cached_property
    """A property that is worked out once for each language in which it is asked for.

    What it says is made of words and numbers of the language spoken then, so a plain cached
    property would go on in the language of whoever asked first.

    Examples
    --------
    >>> class Greeting:
    ...     @in_each_language
    ...     def words(self):
    ...         return f"said in {spoken()}"
    >>> greeting = Greeting()
    >>> with speaking("id"):
    ...     greeting.words
    'said in id'
    >>> greeting.words
    'said in en'
    """

    def __init__(self, says: Callable[[Any], T]) -> None:
        self._says = says
        self.__doc__ = says.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._kept = f"_{name}_by_language"

    @overload
    def __get__(self, instance: None, owner: type) -> in_each_language[T]: ...

    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> T | in_each_language[T]:
        if instance is None:
            return self
        # As `functools.cached_property` does, so that frozen dataclasses can have it.
        said: dict[Language, T] = instance.__dict__.setdefault(self._kept, {})
        if spoken() not in said:
            said[spoken()] = self._says(instance)
        return said[spoken()]
