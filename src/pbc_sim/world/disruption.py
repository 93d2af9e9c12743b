"""What interrupts the ordinary course: outages upstream, stops on the way, surges of demand.

Lives here: the `disruptions:` section of a world. May not live here: the spells that are drawn from
it (`spells.py`), which orders a spell touched (`operations/`), what a contract makes of it.
To add a kind of disruption: one class with `@DISRUPTIONS.register`, and the line where it acts.
"""

from __future__ import annotations

import datetime as dt
import math
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.catalogue import Catalogue
from pbc_sim.errors import unknown_name
from pbc_sim.inputs import Listed, Name, OneOf, Wording, Written, number
from pbc_sim.language import translated as _
from pbc_sim.world.distributions import Constant, Distribution, Spread

__all__ = [
    "CAUSES",
    "DISRUPTIONS",
    "Cause",
    "DatedSpell",
    "DemandSurge",
    "DisruptionTerms",
    "RandomSpells",
    "ReceivingStop",
    "TransportStop",
    "UpstreamOutage",
    "problem_of",
]

#: A surge multiplies the orders that a study was found small enough for.
MOST_SURGE = 20.0
#: Spells that come more often than this are no disruption, and take memory. [day]
LEAST_GAP = 0.1

#: Who answers for a disruption: the supplier as for all its business, nobody, or the buyer.
Cause = Literal["ordinary", "force_majeure", "buyer"]
#: The causes in the order in which the ledger numbers them.
CAUSES: tuple[Cause, ...] = get_args(Cause)

Severity = Annotated[float, number("1", ge=0, le=MOST_SURGE)]
Names = Annotated[tuple[Name, ...], Listed, Field(max_length=10_000)]


class Disruption(Written):
    """A kind of disruption: what it does while it lasts."""

    #: What a severity means, its usual value, and the largest; None if it must be given.
    severity_is: ClassVar[str]
    usual_severity: ClassVar[float | None] = 1.0
    #: Whether there is more than one severity.
    has_degrees: ClassVar[bool] = True

    @property
    def usual(self) -> Constant | None:
        """The severity where none is given."""
        value = self.usual_severity
        return None if value is None else Constant(value=value)

    @abstractmethod
    def largest_severity(self, law: Distribution) -> float:
        """Return what the rule about too large a severity looks at."""

    @property
    @abstractmethod
    def most(self) -> float:
        """Return the bound of that rule."""


class Slowdown(Disruption):
    """A disruption that takes away a share of the pace; none is left at 1."""

    severity_is = "share of the pace that is lost"

    def largest_severity(self, law: Distribution) -> float:
        """Return the largest value that can be drawn."""
        return law.value if isinstance(law, Constant) else float(law.law().support()[1])

    @property
    def most(self) -> float:
        """A pace cannot lose more than itself."""
        return 1.0


DISRUPTIONS: Catalogue[type[Disruption]] = Catalogue("kind of disruption")


@DISRUPTIONS.register("upstream_outage")
class UpstreamOutage(Slowdown):
    """Replenishments under way stand still: lead time counts only outside the outage.

    Parameters
    ----------
    items : tuple of str
        Items that are hit; all where empty.
    sources : tuple of str
        Sources that are hit, by their keys under `world.supply.sources`; all where empty.
    """

    items: Names = ()
    sources: Names = ()


@DISRUPTIONS.register("transport_stop")
class TransportStop(Slowdown):
    """Nothing travels from the supplier to the buyer: travel time counts only outside the stop."""


@DISRUPTIONS.register("receiving_stop")
class ReceivingStop(Slowdown):
    """The buyer's doors are closed: what arrives is received when the stop is over.

    As where a storekeeper is absent, a store counts its stock, or nobody may sign.

    Parameters
    ----------
    units : tuple of str
        Units that receive nothing; all where empty.
    """

    has_degrees = False
    units: Names = ()


@DISRUPTIONS.register("demand_surge")
class DemandSurge(Disruption):
    """Units order more often: the intensity of their orders is multiplied by the severity.

    Parameters
    ----------
    units : tuple of str
        Units that order more; all where empty.
    """

    severity_is = "factor on the intensity of orders"
    usual_severity = None
    units: Names = ()

    def largest_severity(self, law: Distribution) -> float:
        """Return the mean factor; a heavy tail is a story that may be told."""
        return law.expected()

    @property
    def most(self) -> float:
        """A study's size is checked without its surges, so they have a bound."""
        return MOST_SURGE


class RandomSpells(Written):
    """Spells that come by chance, one after another.

    Parameters
    ----------
    every : distribution
        From the end of one spell to the beginning of the next; of the first, from the scenario's
        start. Exponential means a Poisson process of interruptions. [day]
    lasts : distribution
        How long a spell lasts. [day]
    severity : distribution, optional
        Share of the pace that is lost (1 where empty), or a surge's factor. [1]
    """

    every: Spread
    lasts: Spread
    severity: Spread | None = None

    @model_validator(mode="after")
    def _comes_seldom(self) -> RandomSpells:
        if self.every.expected() < LEAST_GAP:
            text = _("every must have a mean >= {least} day, got {mean} day")
            shown = {"least": LEAST_GAP, "mean": f"{self.every.expected():g}", "field": "every"}
            raise PydanticCustomError("disruption", text, shown)
        return self


class DatedSpell(Written):
    """A spell that is known by its dates, both of which it includes.

    Parameters
    ----------
    first_day, last_day : date
        From the beginning of the one to the end of the other.
    severity : float, optional
        Share of the pace that is lost (1 where empty), or a surge's factor. [1]
    """

    first_day: dt.date
    last_day: dt.date
    severity: Severity | None = None

    @model_validator(mode="after")
    def _is_ordered(self) -> DatedSpell:
        if self.last_day < self.first_day:
            text = _("last_day must not be before first_day ({first}), got {last}")
            shown = {"first": self.first_day.isoformat(), "last": self.last_day.isoformat()}
            raise PydanticCustomError("disruption", text, shown)
        return self

    def span(self, start: dt.date) -> tuple[float, float]:
        """Return begin and end since the scenario's start [day]."""
        return float((self.first_day - start).days), float((self.last_day - start).days + 1)


class DisruptionTerms(Written):
    """One source of disruption.

    Parameters
    ----------
    kind : kind of disruption
        What it does while a spell lasts.
    random : RandomSpells, optional
        When spells come by chance.
    dated : tuple of DatedSpell
        When spells come, if their dates are known; exactly one of the two.
    cause : {"ordinary", "force_majeure", "buyer"}
        Who answers for it. A contract may excuse what force majeure did, or what the buyer caused,
        as by closed doors or by more orders than were announced; nothing else.
    notice_after, proof_after : distribution
        From the beginning of a spell until the supplier has given notice of it, and has proved it,
        if it may be excused; at once where empty. No proof comes before the notice. [day]
    label : str
        Name for people; the key where empty.

    Examples
    --------
    >>> flood = {"random": {"every": {"exponential": {"mean": 200}}, "lasts": 5}}
    >>> DisruptionTerms.model_validate({"kind": {"transport_stop": {}}} | flood).cause
    'ordinary'
    """

    kind: Annotated[Any, OneOf(DISRUPTIONS)]
    random: RandomSpells | None = None
    dated: Annotated[tuple[DatedSpell, ...], Listed, Field(max_length=1000)] = ()
    cause: Cause = "ordinary"
    notice_after: Spread | None = None
    proof_after: Spread | None = None
    label: Wording = ""

    @model_validator(mode="after")
    def _is_one_story(self) -> DisruptionTerms:
        if (self.random is None) == (not self.dated):
            raise PydanticCustomError("disruption", _("must give either random or dated spells"))
        if self.cause == "ordinary" and (self.notice_after or self.proof_after):
            text = _(
                "notice and proof are of what may be excused; set cause to force_majeure or to "
                "buyer, or leave them out"
            )
            raise PydanticCustomError("disruption", text)
        for field, given in self._severities():
            if given is not None and not self.kind.has_degrees:
                text = _("{kind} has no degrees, and so no severity; leave it out")
                shown = {"kind": DISRUPTIONS.name_of(self.kind), "field": field}
                raise PydanticCustomError("disruption", text, shown)
            law = given or self.kind.usual
            if law is None:
                text = _("needs a severity: its {meaning}")
                shown = {"meaning": self.kind.severity_is, "field": field}
                raise PydanticCustomError("disruption", text, shown)
            largest = self.kind.largest_severity(law)
            if not largest <= self.kind.most:
                text = _("the {meaning} must be at most {most}, got {largest}")
                shown = {"meaning": self.kind.severity_is, "most": f"{self.kind.most:g}"}
                shown |= {"largest": f"{largest:g}", "field": field}
                raise PydanticCustomError("disruption", text, shown)
        return self

    def _severities(self) -> list[tuple[str, Distribution | None]]:
        """Return the severities that are given, None where one is left out."""
        if self.random:
            return [("random.severity", self.random.severity)]
        return [
            (f"dated.{n}.severity", None if s.severity is None else Constant(value=s.severity))
            for n, s in enumerate(self.dated)
        ]


def problem_of(
    disruptions: Mapping[str, DisruptionTerms],
    known: Mapping[str, Iterable[str]],
    start: dt.date,
    ends: float,
) -> tuple[str, str] | None:
    """Return the field of the first disruption that does not fit its world, and why not.

    `known` has the names of the world's items, units and sources.
    """
    for name, terms in disruptions.items():
        for field, names in known.items():
            for n, named in enumerate(getattr(terms.kind, field, ())):
                if named not in names:
                    kind = DISRUPTIONS.name_of(terms.kind)
                    place = f"disruptions.{name}.kind.{kind}.{field}.{n}"
                    return place, unknown_name(field[:-1], named, names)
        for n, spell in enumerate(terms.dated):
            begin, end = spell.span(start)
            if end <= 0 or begin >= ends:
                last = start + dt.timedelta(days=math.ceil(ends) - 1)
                return f"disruptions.{name}.dated.{n}", (
                    f"lies outside the simulated time ({start} to {last}), got "
                    f"{spell.first_day} to {spell.last_day}; it would never happen"
                )
    return None
