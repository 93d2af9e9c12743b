"""What may a player do at its turn?

Lives here: the moves of each role as they stand in a game's log, and their reading.
May not live here: whose turn it is and what is allowed then (`play.py`), what a move leads to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple, get_args

from pydantic import Field

from pbc_sim.errors import PbcError, unknown_name
from pbc_sim.inputs import Count, Level, Listed, Name, Text, Written
from pbc_sim.language import translated as _

__all__ = [
    "ROLES",
    "Answer",
    "AnyMove",
    "Claims",
    "Move",
    "Offer",
    "PlanChoice",
    "Report",
    "Role",
    "Ruling",
    "read_move",
]

Role = Literal["supplier", "buyer", "evaluator"]
ROLES: tuple[Role, ...] = get_args(Role)

Names = Annotated[tuple[Name, ...], Listed, Field(max_length=1000)]


class Offer(Written):
    """The buyer offers a contract: the numbers that it changes, by path; others stay as written.

    Parameters
    ----------
    numbers : mapping of str to float
        As ``{"payment.catalogue_price.factor": 0.95}``. [as that number]

    Examples
    --------
    >>> Offer().numbers
    {}
    """

    numbers: Mapping[Text, Level] = {}


class Answer(Written):
    """The supplier signs the offer, or does not.

    Parameters
    ----------
    signs : bool
        Whether it signs.
    """

    signs: bool


class PlanChoice(Written):
    """The supplier chooses how it works until the next turn.

    Parameters
    ----------
    levers : mapping of str to str
        For each lever the plan of the menu whose setting it takes.
    """

    levers: Mapping[Name, Name]


class Report(Written):
    """The buyer complains about orders, and proposes other targets where the contract lets it.

    Parameters
    ----------
    complaints : tuple of int
        Numbers of orders, counted from 1 as statements do.
    proposals : mapping of str to float
        By KPI of the contract, the level that is to be required from the next turn on. [as the KPI]
    """

    complaints: Annotated[tuple[Count, ...], Listed, Field(max_length=1000)] = ()
    proposals: Mapping[Name, Level] = {}


class Claims(Written):
    """The supplier claims that orders be left out because of something that held them up.

    Parameters
    ----------
    spells : tuple of str
        Names of what held them up, as ``flood-1``.
    """

    spells: Names = ()


class Ruling(Written):
    """The evaluator judges claims, and applies the review clause to what the buyer proposes.

    Parameters
    ----------
    accepted : tuple of str
        Claims that it accepts; all others of this turn are refused.
    approved : tuple of str
        KPIs whose proposed levels hold from the next turn on.
    """

    accepted: Names = ()
    approved: Names = ()


AnyMove = Offer | Answer | PlanChoice | Report | Claims | Ruling
KINDS: dict[str, tuple[Role, type[AnyMove]]] = {
    "offer": ("buyer", Offer),
    "answer": ("supplier", Answer),
    "plan": ("supplier", PlanChoice),
    "report": ("buyer", Report),
    "claims": ("supplier", Claims),
    "ruling": ("evaluator", Ruling),
}


class Move(NamedTuple):
    """What one role did at one turn."""

    role: Role
    content: AnyMove

    @property
    def kind(self) -> str:
        """What it is called in the log."""
        return next(name for name, (_, of) in KINDS.items() if of is type(self.content))

    def written(self) -> dict[str, Any]:
        """Return it as plain values for the log; `read_move` reads them back."""
        content = self.content.model_dump(mode="json", exclude_defaults=True)
        return {"role": self.role, "move": self.kind, **content}


def read_move(written: Mapping[str, Any]) -> Move:
    """Read a move from plain values.

    Raises
    ------
    PbcError
        If the kind is unknown, the role does not make such moves, or a value breaks a rule.

    Examples
    --------
    >>> read_move({"role": "supplier", "move": "answer", "signs": True}).content.signs
    True
    """
    kind, role = written.get("move"), written.get("role")
    if kind not in KINDS:
        raise PbcError(unknown_name("move", kind, KINDS))
    belongs, model = KINDS[kind]
    if role != belongs:
        text = _("a move '{kind}' is made by the {role}, got '{got}'.")
        raise PbcError(text.format(kind=kind, role=_(belongs), got=role))
    rest = {key: value for key, value in written.items() if key not in ("role", "move")}
    return Move(belongs, model.model_validate(rest))
