"""What can go wrong, said in one sentence.

Lives here: the exceptions of the package and the "did you mean" of unknown names.
May not live here: rules; each rule raises these where it is checked.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["InvariantError", "PbcError", "ScenarioError", "require_type", "unknown_name"]


class PbcError(ValueError):
    """A rule was broken; the message says the rule, the value with its unit, and the way out."""


class ScenarioError(PbcError):
    """A scenario file breaks a rule; the message begins with file and line."""


class InvariantError(PbcError):
    """A simulated future does not balance: a defect of the program, never of the input."""


def unknown_name(
    kind: str,
    name: object,
    known: Iterable[str],
    *,
    words: str = "unknown {kind} '{name}'; known: {known}.",
    hint: str = "Did you mean '{near}'?",
    none: str = "none",
) -> str:
    """Say that a name is unknown, which ones are known, and which one was probably meant.

    `pbc_sim.language.unknown_said` says it in the language spoken.

    Examples
    --------
    >>> unknown_name("KPI", "fil_rate", ["fill_rate", "ready_rate"])
    "unknown KPI 'fil_rate'; known: fill_rate, ready_rate. Did you mean 'fill_rate'?"
    """
    names = sorted(known)
    near = difflib.get_close_matches(str(name), names, n=1)
    shown = str(name)[:60]
    said = words.format(kind=kind, name=shown, known=", ".join(names) or none)
    return f"{said} {hint.format(near=near[0])}" if near else said


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
