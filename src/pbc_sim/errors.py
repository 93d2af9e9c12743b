"""What can go wrong, said in one sentence.

Lives here: the exceptions of the package and the "did you mean" of unknown names.
May not live here: rules; each rule raises these where it is checked.
"""

from __future__ import annotations

import difflib
import errno
from collections.abc import Iterable

from pbc_sim.speech import noted
from pbc_sim.speech import translated as _

__all__ = [
    "InvariantError",
    "PbcError",
    "ScenarioError",
    "reason_of",
    "require_type",
    "unknown_name",
]

#: Why a file cannot be had, in words that are translated; all else is said as the system does.
REASONS = {
    errno.ENOENT: noted("no such file or directory"),
    errno.EACCES: noted("permission denied"),
    errno.EISDIR: noted("is a directory"),
}


class PbcError(ValueError):
    """A rule was broken; the message says the rule, the value with its unit, and the way out."""


class ScenarioError(PbcError):
    """A scenario file breaks a rule; the message begins with file and line."""


class InvariantError(PbcError):
    """A simulated future does not balance: a defect of the program, never of the input."""


def reason_of(error: OSError, otherwise: str) -> str:
    """Say why a file cannot be had, in words that go on a sentence.

    Examples
    --------
    >>> reason_of(FileNotFoundError(errno.ENOENT, "No such file or directory"), "cannot be read")
    'no such file or directory'
    """
    return _(REASONS.get(error.errno or 0, (error.strerror or otherwise).lower()))


#: Longest list of known names that stands before the one that was probably meant.
MOST_BEFORE_THE_GUESS = 12


def unknown_name(kind: str, name: object, known: Iterable[str]) -> str:
    """Say that a name is unknown, which ones are known, and which one was probably meant.

    Examples
    --------
    >>> unknown_name("KPI", "fil_rate", ["fill_rate", "ready_rate"])
    "unknown KPI 'fil_rate'; known: fill_rate, ready_rate. Did you mean 'fill_rate'?"
    """
    names = sorted(known)
    near = difflib.get_close_matches(str(name), names, n=1)
    shown = str(name)[:60]
    if near and len(names) > MOST_BEFORE_THE_GUESS:
        words = _("unknown {kind} '{name}'. Did you mean '{near}'? Known: {known}.")
        return words.format(kind=_(kind), name=shown, near=near[0], known=", ".join(names))
    said = _("unknown {kind} '{name}'; known: {known}.").format(
        kind=_(kind), name=shown, known=", ".join(names) or _("none")
    )
    if near:
        said += " " + _("Did you mean '{name}'?").format(name=near[0])
    return said


def require_type(name: str, value: object, kind: type | tuple[type, ...], way_out: str) -> None:
    """Raise `PbcError` with the way out unless an argument is of a kind; a bool is no number.

    Examples
    --------
    >>> require_type("seed", "one", int, "give a whole number")
    Traceback (most recent call last):
    pbc_sim.errors.PbcError: seed must be int, got 'one' (str); give a whole number.
    """
    if isinstance(value, kind) and not (isinstance(value, bool) and kind is not bool):
        return
    kinds = kind if isinstance(kind, tuple) else (kind,)
    words = " or ".join(k.__name__ for k in kinds)
    shown = repr(value)[:40]
    raise PbcError(f"{name} must be {words}, got {shown} ({type(value).__name__}); {way_out}.")
