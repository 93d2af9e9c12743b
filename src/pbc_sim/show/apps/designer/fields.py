"""Which fields does a contract have on the screen, and what does each of them say and change?

Lives here: the walk over the terms of any contract that makes a control of each number, choice and
switch, from what the terms themselves say of their units and bounds. May not live here: a list of
mechanisms; a new one is found by its fields.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from pydantic import BaseModel

from pbc_sim.contract.adjustments import ADJUSTMENTS
from pbc_sim.contract.incentives import INCENTIVES
from pbc_sim.contract.kpi_clauses import KpiClause
from pbc_sim.contract.payments import PAYMENTS
from pbc_sim.contract.terms import Contract
from pbc_sim.inputs import MOST_OF_A_PRICE
from pbc_sim.performance.measures import Kpi
from pbc_sim.performance.setting_words import SAID
from pbc_sim.performance.words import Words
from pbc_sim.show.apps.controls import Control
from pbc_sim.show.apps.designer.labels import choice, label, unit_said

__all__ = ["Field", "Group", "groups_of", "put"]

#: A step into written terms: a key, a place in a list, or the key or value of the n-th entry.
Step = str | int | tuple[str, int]

#: Not set on the screen: names, and what says which facts are meant.
LEFT_OUT = frozenset(
    (
        *("title", "source", "measure", "group", "rewards_worse", "event", "machines"),
        *("calls", "aspect", "counted_by", "counted_in", "kpis", "incentives", "adjustments"),
        *(
            "groups",
            "payment",
            "admissible_plans",
            "dated",
            "satisfied_from",
            "most_days",
            "critical_only",
        ),
    )
)
#: Fields that are values of a KPI, by the class that has them.
OF_KPI = {
    "Target": ("at_least", "above", "at_most", "below"),
    "KpiClause": ("incentive_level", "dead_band", "seasonal"),
    "Ratchet": ("step", "up_to", "down_to"),
    "PerPoint": ("point",),
    "PerBreach": ("no_further_than",),
}
SETTINGS = frozenset(SAID)

#: Fields whose keys are numbers: of a KPI, or of money.
KEYS_OF_KPI, KEYS_OF_MONEY = ("points", "tiers"), ("VolumeRebate",)

#: What a factor is at most: of a price, and of anything.
MOST_OF_FACTORS = (MOST_OF_A_PRICE, 1000)

#: Of what is at risk, all may be earned and some more.
EARNED: dict[str, Any] = {"type": "number", "unit": "1", "maximum": 1, "range": (0, 120, 1)}

EXCLUDED: dict[str, list[str] | None] = {
    "nothing": None,
    "force_majeure": ["force_majeure"],
    "buyer": ["buyer"],
    "both": ["buyer", "force_majeure"],
}


@dataclass(frozen=True)
class Field:
    """A control and the place in the written terms that it changes.

    Parameters
    ----------
    control : Control
        What is seen.
    steps : tuple of Step
        Where it stands in the terms.
    value : object
        What is shown.
    scale : float
        Shown over written, as 100 for a percentage. [1]
    whole : bool
        Whether the written value is a whole number.
    """

    control: Control
    steps: tuple[Step, ...]
    value: Any
    scale: float = 1.0
    whole: bool = False

    def written(self, shown: Any) -> Any:
        """Return what is written for what is shown."""
        if self.steps[-1] == "excluding":
            return EXCLUDED[shown]
        if isinstance(shown, str):
            return shown or None
        if isinstance(shown, bool) or shown is None:
            return shown
        # 12 digits: 95.1 / 100 is 0.951, and not 0.9509999999999999.
        value = float(f"{shown / self.scale:.12g}")
        return int(value) if self.whole and value.is_integer() else value


@dataclass(frozen=True)
class Group:
    """Fields of one clause.

    Parameters
    ----------
    key : str
        Where the clause stands, as "incentives.0".
    title : str
        What it is called.
    fields : tuple of Field
        Its fields, first those that were written.
    steps : tuple of Step
        What has to go if the clause goes; empty where it cannot.
    """

    key: str
    title: str
    fields: tuple[Field, ...]
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class _Place:
    """Where the walk is: the steps so far, whose KPI it is, how the currency is called."""

    steps: tuple[Step, ...]
    words: Words
    names: Mapping[str, str]
    kpi: Kpi | None = None
    prefix: str = ""
    more: bool = False

    def at(self, *steps: Step, prefix: str = "", more: bool | None = None) -> _Place:
        more = self.more if more is None else self.more or more
        return replace(self, steps=(*self.steps, *steps), prefix=prefix or self.prefix, more=more)


def groups_of(contract: Contract, words: Words) -> list[Group]:
    """Return the fields of a contract, clause by clause, in the language of the words."""
    names = {name: words.label(clause.kpi) for name, clause in contract.kpis.items()}
    start = _Place((), words, names)
    scheme = PAYMENTS.name_of(contract.payment)
    schemes = {name: label(name) for name in PAYMENTS}
    chosen = Control("payment", label("scheme"), "choice", options=schemes)
    found = [
        Group(
            "payment",
            label("payment"),
            (
                Field(chosen, ("payment",), scheme),
                *_fields(contract.payment, start.at("payment", scheme)),
            ),
        )
    ]
    for name, clause in contract.kpis.items():
        place = replace(start.at("kpis", name), kpi=clause.kpi)
        found.append(Group(f"kpis.{name}", names[name], tuple(_fields(clause, place)), place.steps))
    for key, catalogue, clauses in (
        ("incentives", INCENTIVES, contract.incentives),
        ("adjustments", ADJUSTMENTS, contract.adjustments),
    ):
        for n, incentive in enumerate(clauses):
            kind = catalogue.name_of(incentive)
            of = contract.kpis.get(getattr(incentive, "kpi", None) or "")
            place = replace(start.at(key, n, kind), kpi=of.kpi if of else None)
            title = f"{label(kind)}: {words.label(of.kpi)}" if of else label(kind)
            fields = tuple(_fields(incentive, place))
            found.append(Group(f"{key}.{n}", title, fields, (key, n)))
    for key in ("limits", "gate", "ramp_in", "termination"):
        clause = getattr(contract, key)
        fields = tuple(_fields(clause, start.at(key))) if clause else ()
        if fields:
            found.append(Group(key, label(key), fields, (key,)))
    for name, limits in contract.groups.items():
        fields = tuple(_fields(limits, start.at("groups", name)))
        found.append(Group(f"groups.{name}", f"{label('group')} {name}", fields))
    about = (*_fields(contract.term, start.at("term")), *_value_field(contract, start))
    found.append(Group("term", label("term"), about))
    return [
        replace(group, fields=tuple(sorted(group.fields, key=lambda field: field.control.more)))
        for group in found
    ]


def _value_field(contract: Contract, start: _Place) -> Iterator[Field]:
    prop = {"type": "number", "unit": "currency", "optional": True}
    yield from _number("value", contract.value, prop, start.at("value"), more=True)


def _fields(terms: BaseModel, place: _Place) -> Iterator[Field]:
    """Return the fields of a section, those first that were written."""
    kind = type(terms)
    names = [name for name in kind.model_fields if name not in LEFT_OUT]
    for name in sorted(names, key=lambda name: name not in terms.model_fields_set):
        value, more = getattr(terms, name), name not in terms.model_fields_set
        if (
            more
            and kind is KpiClause
            and place.kpi
            and name in SETTINGS - place.kpi.settings.keys()
        ):
            continue
        yield from _field(kind.__name__, name, value, _property(kind, name), place, more)


@cache
def _property(kind: type[BaseModel], name: str) -> dict[str, Any]:
    """Return what the schema says of a field, without the wrapping of optional ones."""
    prop = dict(kind.model_json_schema()["properties"][name])
    choices = prop.pop("anyOf", None)
    if choices is None:
        return prop
    kept = [one for one in choices if one.get("type") != "null"]
    return {**prop, **kept[0], "optional": len(kept) < len(choices)}


def _field(
    kind: str, name: str, value: Any, prop: dict[str, Any], place: _Place, more: bool
) -> Iterator[Field]:
    if name == "excluding":
        yield from _excluded(value, place.at(name), more)
    elif isinstance(value, BaseModel):
        yield from _section(name, value, place, more)
    elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
        for n, part in enumerate(value):
            said = label(name) if len(value) == 1 else f"{label(name)} {n + 1}"
            inside = _fields(part, place.at(name, n, prefix=said, more=more))
            yield from (f for f in inside if f.value is not None)
    elif isinstance(value, Mapping):
        yield from _entries(kind, name, value, place, more)
    elif prop.get("type") in ("number", "integer"):
        if name in OF_KPI.get(kind, ()) and place.kpi:
            prop = _level(place.kpi, prop, is_distance=name in ("dead_band", "step", "point"))
        yield from _number(name, value, prop, place.at(name), more=more)
    else:
        yield from _chosen(name, value, prop, place, more)


def _section(name: str, value: BaseModel, place: _Place, more: bool) -> Iterator[Field]:
    inside = _fields(value, place.at(name, prefix=label(name), more=more))
    # One of several ways to say the same thing: only the one that was taken.
    one_of = type(value).__name__ in ("Duration", "Target")
    yield from (f for f in inside if f.value is not None or not one_of)


def _chosen(
    name: str, value: Any, prop: dict[str, Any], place: _Place, more: bool
) -> Iterator[Field]:
    """Return a field for a choice or a switch."""
    at, more = place.at(name), more or place.more
    if name == "kpi" and place.names:
        shown = Control(_key(at), label(name), "choice", options=place.names, more=more)
        yield Field(shown, at.steps, value)
    elif "enum" in prop:
        options = {"": "–"} if prop.get("optional") else {}
        options |= {one: choice(one) for one in prop["enum"]}
        shown = Control(_key(at), _said(place, name), "choice", options=options, more=more)
        yield Field(shown, at.steps, value or "")
    elif prop.get("type") == "boolean":
        yield Field(
            Control(_key(at), _said(place, name), "check", more=more), at.steps, bool(value)
        )


def _excluded(value: Any, place: _Place, more: bool) -> Iterator[Field]:
    # A contract has its causes in any order.
    given = next(name for name, causes in EXCLUDED.items() if set(causes or ()) == set(value or ()))
    options = {name: choice(name) for name in EXCLUDED}
    shown = Control(_key(place), label("excluding"), "choice", options=options, more=more)
    yield Field(shown, place.steps, given)


def _entries(
    kind: str, name: str, entries: Mapping[Any, Any], place: _Place, more: bool
) -> Iterator[Field]:
    """Return two fields for an entry whose key is a number, and one for an entry with a name."""
    share: dict[str, Any] = {"type": "number", "unit": "1", "maximum": 1}
    for n, (key, value) in enumerate(entries.items()):
        if isinstance(key, str):
            said = place.names.get(key, key)
            prop = share if name == "weights" else {"type": "number", "unit": "1"}
            if name in ("seasonal", "no_bonus_below") and (place.kpi or key in place.words.kpis):
                prop = _level(place.kpi or place.words.kpis[key].kpi, prop)
            if name == "seasonal":
                said = place.words.month(key)
            at = place.at(name, key, prefix=f"{label(name)}: {said}")
            yield from _number("", value, prop, at, more=more)
            continue
        if name in KEYS_OF_KPI and place.kpi:
            prop = _level(place.kpi, {"type": "number"})
        else:
            of_money = kind in KEYS_OF_MONEY
            prop = {"type": "number", "unit": "currency" if of_money else "1"}
        at = place.at(name, ("key", n), prefix=f"{label(name)} {n + 1}")
        yield from _number("at_value", key, prop, at, more=more)
        earned = {"bands": {"type": "number", "unit": "currency"}, "points": EARNED}.get(
            name, share
        )
        at = place.at(name, ("value", n), prefix=f"{label(name)} {n + 1}")
        yield from _number(f"{name}_value", value, earned, at, more=more)


def _level(kpi: Kpi, prop: Mapping[str, Any], *, is_distance: bool = False) -> dict[str, Any]:
    low, high = kpi.bounds
    bounds = {"maximum": high} if math.isfinite(high) else {}
    least = 0 if is_distance else low
    return {**prop, "unit": kpi.unit, **bounds, "minimum": least, "type": "number", "level": True}


def _number(
    name: str, value: float | None, prop: Mapping[str, Any], place: _Place, *, more: bool
) -> Iterator[Field]:
    unit, whole = prop.get("unit", "1"), prop.get("type") == "integer"
    is_share = unit in ("1", "1/day", "1/year") and prop.get("maximum", 10) <= 1 and not whole
    is_share = is_share or (unit == "1" and "level" in prop)
    scale = 100.0 if is_share else 1.0
    shown = None if value is None else float(f"{value * scale:.10g}")
    said_unit = unit_said("%" if unit == "1" and is_share else unit, place.words.currency)
    control = Control(
        _key(place),
        _said(place, name) if name else place.prefix,
        unit=said_unit if name not in ("factor",) else "×",
        optional=bool(prop.get("optional")),
        more=more or place.more,
    )
    if shown is not None:
        low, high, step = _range(shown, prop, scale, whole)
        if high > low:
            control = replace(control, low=low, high=high, step=step)
    yield Field(control, place.steps, shown, scale, whole)


def _range(
    shown: float, prop: Mapping[str, Any], scale: float, whole: bool
) -> tuple[float, float, float]:
    """Return a range of a slider that a designer may want to try, with its step."""
    if "range" in prop:
        low, high, step = prop["range"]
        return low, high, step
    least = prop.get("minimum", prop.get("exclusiveMinimum", 0)) * scale
    most = prop.get("maximum", math.inf) * scale
    if whole:
        return max(least, 0), min(most, max(12.0, 2 * shown)), 1
    if scale == 100.0:
        if shown >= 50:
            return max(50.0, least), min(most, 100.0 if shown <= 100 else 200.0), 0.1
        high = next(high for high in (0.5, 2, 10, 30, 100) if shown <= 0.6 * high or high == 100)
        return least if least > -100 else 0.0, min(most, high), high / 200
    if shown == 0:
        return 0, 0, 0
    if most in MOST_OF_FACTORS:
        return min(0.5, shown), min(max(1.5, 2 * shown), most), 0.005
    if prop.get("unit") == "day":
        return 0.0, max(5.0, 2 * shown), 0.25
    step = _round(abs(shown) / 50)
    far = 100 * step
    return (0.0, far, step) if shown > 0 else (-far, 0.0, step)


def _round(step: float) -> float:
    power: float = 10.0 ** math.floor(math.log10(step))
    return next(n * power for n in (1, 2, 5, 10) if n * power >= step * (1 - 1e-9))


def _said(place: _Place, name: str) -> str:
    return f"{place.prefix}, {label(name).lower()}" if place.prefix else label(name)


def _key(place: _Place) -> str:
    return ".".join(map(str, place.steps))


def put(terms: Any, steps: Sequence[Step], value: Any) -> Any:
    """Return written terms with another value at a place; None takes the place away.

    Examples
    --------
    >>> put({"cap": 5, "rate": 1}, ["cap"], None)
    {'rate': 1}
    >>> put({"points": {0.9: 0.0, 1.0: 1.0}}, ["points", ("key", 0)], 0.8)
    {'points': {0.8: 0.0, 1.0: 1.0}}
    """
    step, *further = steps
    if isinstance(step, tuple):
        what, n = step
        entries = list(terms.items())
        entries[n] = (value, entries[n][1]) if what == "key" else (entries[n][0], value)
        return dict(entries)

    def change(inside: Any) -> Any:
        return put(inside, further, value) if further else value

    if isinstance(terms, Mapping):
        changed = change(terms.get(step, {}))
        kept = {key: part for key, part in terms.items() if key != step or changed is not None}
        return kept if changed is None else {**kept, step: changed}
    listed = [change(part) if n == step else part for n, part in enumerate(terms)]
    return [part for part in listed if part is not None]
