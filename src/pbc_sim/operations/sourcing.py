"""From which source does the supplier order: sourcing rules.

Lives here: one frozen class a rule. May not live here: SimPy, when and how much is ordered
(`policies.py`), what sources are like (`world/sources.py`).
To add a rule: one class with `@SOURCINGS.register` that says which sources it names and how it
divides an order; nothing else changes.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.catalogue import Catalogue
from pbc_sim.errors import PbcError, unknown_name
from pbc_sim.inputs import CalendarDays, Name, OneOf, PositiveCount, Share, Written
from pbc_sim.language import translated as _
from pbc_sim.operations.apportionment import apportioned

__all__ = ["SOURCINGS", "AnySourcing", "SingleSource", "Situation", "Sourcing", "check_sources"]

Rule = TypeVar("Rule")

#: Units to be ordered from sources, by their names.
Orders = list[tuple[str, int]]


@dataclass(frozen=True)
class Situation:
    """What a rule may know of an item when it is ordered.

    Parameters
    ----------
    waiting : int
        Units that lines wait for. [unit]
    ordered, on_order : mapping of str to int
        Units ordered so far from each source, and those that have not arrived. [unit]
    overdue : callable
        ``overdue(source)``: by how much the age of the oldest open order exceeds the mean lead
        time; minus infinity where none is open. [day]
    """

    waiting: int
    ordered: Mapping[str, int]
    on_order: Mapping[str, int]
    overdue: Callable[[str], float]


class Sourcing(Written):
    """A rule for where orders upstream go."""

    #: Whether lines that wait are a reason to order besides what the stock policy orders.
    has_emergencies: ClassVar[bool] = False

    @abstractmethod
    def names(self) -> Sequence[str]:
        """Return the sources that the rule may use, the ordinary one first."""

    @abstractmethod
    def divide(self, units: int, situation: Situation) -> Orders:
        """Divide what the stock policy orders over the sources [unit]."""

    def emergency(self, situation: Situation) -> Orders:
        """Return what is ordered besides, as lines wait; nothing unless a rule says otherwise."""
        del situation
        return []


SOURCINGS: Catalogue[type[Sourcing]] = Catalogue("sourcing rule")


@SOURCINGS.register("single_source")
class SingleSource(Sourcing):
    """Everything comes from one source.

    Source: Treleven and Schweikhart (1988), Journal of Operations Management 7(3-4):93-114.

    Parameters
    ----------
    source : str
        Its key under `world.supply.sources`.

    Examples
    --------
    >>> SingleSource(source="far").names()
    ('far',)
    """

    source: Name

    def names(self) -> Sequence[str]:
        """Return the one source."""
        return (self.source,)

    def divide(self, units: int, situation: Situation) -> Orders:
        """Order everything from it."""
        del situation
        return [(self.source, units)]


@SOURCINGS.register("split")
class Split(Sourcing):
    """Orders are split so that each source's share of all units so far is as agreed.

    Single units go to the source that lacks most of its share, so that of five one-unit orders at
    shares of 0.8 and 0.2 the third goes to the second source. Source: Minner (2003), International
    Journal of Production Economics 81-82:265-279 (order splitting).

    Parameters
    ----------
    shares : mapping of str to float
        The share of each source, by its key; they sum to 1. [1]

    Examples
    --------
    >>> rule = Split(shares={"primary": 0.8, "backup": 0.2})
    >>> rule.divide(10, Situation(0, {"primary": 0, "backup": 0}, {}, lambda source: 0))
    [('primary', 8), ('backup', 2)]
    """

    shares: Annotated[Mapping[Name, Share], Field(min_length=1, max_length=100)]

    @model_validator(mode="after")
    def _sums_to_one(self) -> Split:
        total = math.fsum(self.shares.values())
        if abs(total - 1) > 1e-9:
            text = _("shares must sum to 1, got {total}")
            raise PydanticCustomError("split", text, {"total": f"{total:g}"})
        return self

    def names(self) -> Sequence[str]:
        return tuple(self.shares)

    def divide(self, units: int, situation: Situation) -> Orders:
        total = units + sum(situation.ordered[name] for name in self.shares)
        # Rounded, so that shares that are equal in decimals do not differ in the last bits.
        lacking = [
            max(round(share * total - situation.ordered[name], 9), 0.0)
            for name, share in self.shares.items()
        ]
        parts = zip(self.shares, apportioned(units, lacking), strict=True)
        return [(name, part) for name, part in parts if part]


@SOURCINGS.register("backup_when_late")
class BackupWhenLate(Sourcing):
    """The primary source, and the backup while the primary is late or too many units wait.

    Source: Tomlin (2006), Management Science 52(5):639-657 (contingent rerouting to a reliable
    supplier).

    Parameters
    ----------
    primary : str
        The source that is used as a rule, by its key.
    backup : str
        The source that is used instead, by its key.
    overdue_days : float
        The primary is late while its oldest open order of the item is older than the mean lead
        time by more than this. [day]
    waiting_units : int, optional
        From how many waiting units of the item on the backup is used too. [unit]

    Examples
    --------
    >>> rule = BackupWhenLate(primary="far", backup="near", overdue_days=2)
    >>> rule.divide(5, Situation(0, {}, {}, lambda source: 3.5))
    [('near', 5)]
    """

    primary: Name
    backup: Name
    overdue_days: CalendarDays = 0.0
    waiting_units: PositiveCount | None = None

    @model_validator(mode="after")
    def _names_two(self) -> BackupWhenLate:
        return _other_than(self, self.primary, "backup", self.backup)

    def names(self) -> Sequence[str]:
        return (self.primary, self.backup)

    def divide(self, units: int, situation: Situation) -> Orders:
        many_wait = self.waiting_units is not None and situation.waiting >= self.waiting_units
        late = many_wait or situation.overdue(self.primary) > self.overdue_days
        return [(self.backup if late else self.primary, units)]


@SOURCINGS.register("emergency")
class Emergency(Sourcing):
    """Everything from the regular source, and what lines wait for from a fast one at once.

    The fast source gets an order for all that wait and are not yet on order there; they count as
    on order, so the policy orders less. Source: Moinzadeh and Schmidt (1991), Operations Research
    39(2):308-321 (emergency orders).

    Parameters
    ----------
    regular : str
        The source of what the stock policy orders, by its key.
    fast : str
        The source of emergency orders, by its key.
    waiting_units : int
        From how many waiting units of an item on an emergency order is written. [unit]

    Examples
    --------
    >>> rule = Emergency(regular="far", fast="courier")
    >>> rule.emergency(Situation(3, {}, {"courier": 1}, lambda source: 0))
    [('courier', 2)]
    """

    has_emergencies: ClassVar[bool] = True
    regular: Name
    fast: Name
    waiting_units: PositiveCount = 1

    @model_validator(mode="after")
    def _names_two(self) -> Emergency:
        return _other_than(self, self.regular, "fast", self.fast)

    def names(self) -> Sequence[str]:
        return (self.regular, self.fast)

    def divide(self, units: int, situation: Situation) -> Orders:
        del situation
        return [(self.regular, units)]

    def emergency(self, situation: Situation) -> Orders:
        missing = situation.waiting - situation.on_order[self.fast]
        enough = situation.waiting >= self.waiting_units
        return [(self.fast, missing)] if enough and missing > 0 else []


def _other_than(rule: Rule, ordinary: str, field: str, name: str) -> Rule:
    if name == ordinary:
        text = _("{field} must be another source than '{name}'; or use single_source")
        raise PydanticCustomError("sourcing", text, {"field": field, "name": name})
    return rule


def check_sources(rule: Sourcing, sources: Sequence[str]) -> None:
    """Raise `PbcError` where a rule names a source that the world does not have."""
    for name in rule.names():
        if name not in sources:
            raise PbcError(unknown_name("source", name, sources))


#: The type of a field that holds a sourcing rule.
AnySourcing = Annotated[Any, OneOf(SOURCINGS)]
