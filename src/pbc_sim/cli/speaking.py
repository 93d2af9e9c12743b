"""In which language does the command line speak?

Lives here: the option `--language`, which is read before all others, and the parser whose help and
complaints are in that language. May not live here: a command.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any, NoReturn

from pbc_sim.language import LANGUAGES, SPOKEN_AT_FIRST, noted, plural, spoken
from pbc_sim.language import translated as _

__all__ = ["Parser", "add_language", "language_named"]

#: What the parser of the standard library says by itself, to be found by who translates.
SAID_BY_ARGPARSE = (
    noted("%(prog)s: error: %(message)s\n"),
    noted("ambiguous option: %(option)s could match %(matches)s"),
    noted("argument %(argument_name)s: %(message)s"),
    noted("expected at least one argument"),
    noted("expected at most one argument"),
    noted("expected one argument"),
    noted("ignored explicit argument %r"),
    noted("invalid %(type)s value: %(value)r"),
    noted("invalid choice: %(value)r (choose from %(choices)s)"),
    noted("not allowed with argument %s"),
    noted("one of the arguments %s is required"),
    noted("options"),
    noted("positional arguments"),
    noted("show this help message and exit"),
    noted("the following arguments are required: %s"),
    noted("unrecognized arguments: %s"),
    noted("usage: "),
)

# The parser asks these names of its module for every text, at the moment at which it is said; the
# process-wide language of gettext, which they are there for, is not that of this call.
vars(argparse)["_"] = _
vars(argparse)["ngettext"] = plural


class Parser(argparse.ArgumentParser):
    """Answers bad input by one sentence, as everything else here does.

    Options are written in full: a shortened `--language` is not seen by who reads it first.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        """Leave with the status of bad input."""
        words = _("{prog}: {message}; see {prog} --help.")
        self.exit(2, words.format(prog=self.prog, message=message.removesuffix(".")) + "\n")


def add_language(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the language."""
    parser.add_argument(
        "--language",
        choices=LANGUAGES,
        default=spoken(),
        help=_(
            "en English, id Indonesian, of all that is printed and written; where empty, what "
            "{variable} says, or English"
        ).format(variable=SPOKEN_AT_FIRST),
    )


def language_named(arguments: Sequence[str]) -> str | None:
    """Return the language that the arguments name, before anything is said about them."""
    first = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    first.add_argument("--language", nargs="?")
    known, _others = first.parse_known_args(arguments)
    # What is no language is answered by the parser, with all choices.
    return known.language if known.language in LANGUAGES else None
