"""What may stand in a scenario file, and what does each key mean: the data dictionary.

Lives here: the dictionary in Markdown, made from the JSON Schema, the docstrings of the models and
the catalogues. May not live here: any rule or meaning of its own; what is missing is missing there.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from pbc_sim.catalogue import Catalogue
from pbc_sim.contract.adjustments import ADJUSTMENTS
from pbc_sim.contract.incentives import INCENTIVES
from pbc_sim.contract.payments import PAYMENTS
from pbc_sim.inputs import LARGEST, Written
from pbc_sim.language import LANGUAGES
from pbc_sim.operations.allocation import ALLOCATIONS
from pbc_sim.operations.inspection import INSPECTIONS
from pbc_sim.operations.policies import POLICIES
from pbc_sim.operations.sourcing import SOURCINGS
from pbc_sim.performance.costs import COST_LINES
from pbc_sim.performance.measures import KPIS
from pbc_sim.scenario import json_schema, load_scenario
from pbc_sim.world.disruption import DISRUPTIONS
from pbc_sim.world.distributions import DISTRIBUTIONS

__all__ = ["Key", "described", "dictionary"]

Schema = Mapping[str, Any]

#: Catalogues whose entries are written as ``{name: {terms}}``, with their headings.
NAMED: dict[str, Catalogue[Any]] = {
    "Distributions": DISTRIBUTIONS,
    "Kinds of disruption": DISRUPTIONS,
    "Stock policies": POLICIES,
    "Sourcing rules": SOURCINGS,
    "Allocation rules": ALLOCATIONS,
    "Goods-in inspections": INSPECTIONS,
    "Payment schemes": PAYMENTS,
    "Incentives": INCENTIVES,
    "Adjustments": ADJUSTMENTS,
}
NOTHING = "–"
INTRODUCTION = """\
# Scenario files

A scenario is one YAML file that tells one story: a world, the supplier's plans, cost rates of both
parties, and candidate contracts. This page lists every key that may stand in one. It is made by
`pbc-sim schema --format markdown` from the models that read the files, so it cannot differ from
them.

Check a file with `pbc-sim check FILE`; each message names the line and the way out. Editors
complete keys with the JSON Schema that `pbc-sim schema` prints. A type in *italics* is a form that
is described further below; NAME stands for a name that you choose. Times are counted in days,
shares run from 0 to 1, and money is in the scenario's currency. What has a default may be left out.
"""
HEADER = ("key", "type", "unit", "range", "default", "meaning")


class Key(NamedTuple):
    """One key of a section, as it reads in a table."""

    name: str
    type: str
    unit: str
    range: str
    default: str
    meaning: str


class _Documented(NamedTuple):
    """What a docstring says of a parameter, and its unit where it gives one."""

    meaning: str
    unit: str


def _documented(docstring: str) -> dict[str, _Documented]:
    """Read the Parameters section of a numpydoc docstring."""
    found: dict[str, _Documented] = {}
    _, _, section = docstring.partition("Parameters\n----------\n")
    section = re.split(r"\n\n\w[\w ]*\n-+\n", section)[0]
    for entry in re.findall(r"^(\S.*)\n((?:[ ]+.*\n?|\n)*)", section, re.MULTILINE):
        names = [name.strip() for name in entry[0].partition(" :")[0].split(",")]
        text = " ".join(entry[1].split())
        units = re.findall(r"\[([^\]]+)\]", text)
        bare = re.sub(r",? ?\[[^\]]+\]", "", text).strip()
        for n, name in enumerate(names):
            if len(units) == len(names):
                found[name] = _Documented(bare, units[n])
            elif len(units) == 1:
                found[name] = _Documented(bare, units[0])
            else:
                found[name] = _Documented(text, "")
    return found


def _summary(docstring: str) -> str:
    """Return what a docstring says before its sections, in Markdown."""
    text = re.split(r"\n\n(?:\w[\w ]*\n-+\n|Source:)", docstring)[0]
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    return "\n\n".join(paragraphs).replace("``", "`")


def _first_sentence(docstring: str) -> str:
    return docstring.split("\n")[0].replace("``", "`")


def _inherited(model: Schema) -> dict[str, _Documented]:
    """Return what the classes above a catalogue's entry say of their parameters."""
    found: dict[str, _Documented] = {}
    for catalogue in NAMED.values():
        for entry in catalogue.values():
            if entry.__name__ == model.get("title"):
                for above in reversed(entry.__mro__[1:]):
                    if issubclass(above, Written) and above is not Written:
                        found |= _documented(inspect.cleandoc(above.__doc__ or ""))
    return found


def _kpi_settings() -> dict[str, tuple[_Documented, str]]:
    """Return what the functions of KPIs say of their settings, and the defaults they give them."""
    meanings: dict[str, dict[_Documented, list[str]]] = {}
    defaults: dict[str, set[str]] = {}
    for kpi in KPIS.values():
        said = _documented(inspect.getdoc(kpi.facts) or "")
        for name, parameter in kpi.settings.items():
            if name in said:
                meanings.setdefault(name, {}).setdefault(said[name], []).append(kpi.name)
            given = parameter.default
            shown = "required by some" if given is parameter.empty else _default_of_kpi(given)
            defaults.setdefault(name, set()).add(shown)
    found = {}
    for name, by_meaning in meanings.items():
        first = next(iter(by_meaning))
        if len(by_meaning) > 1:
            parts = [f"For {', '.join(kpis)}: {said.meaning}" for said, kpis in by_meaning.items()]
            first = _Documented(" ".join(parts), first.unit)
        given = defaults[name] - {"empty"} or {"empty"}
        found[name] = (first, ", ".join(sorted(given)))
    return found


def _default_of_kpi(given: Any) -> str:
    return "empty" if given is None or given == float("inf") else f"`{_number(given)}`"


def _slug(heading: str) -> str:
    """Return the anchor that readers of Markdown give to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _spaced(name: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.removesuffix("Terms"))
    return words.capitalize()


@dataclass
class _Forms:
    """The models of the schema, and where each is described.

    Parameters
    ----------
    schema : mapping
        The JSON Schema of scenario files.
    headings : dict of str to str
        The heading of each model: the path of its only place, or its name where it has several.
    """

    schema: Schema
    headings: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.models: Mapping[str, Schema] = self.schema["$defs"]
        entries = {entry.__name__ for each in NAMED.values() for entry in each.values()}
        places: dict[str, list[str]] = {}
        for model, path in self._walk("", self.schema, entries):
            places.setdefault(model, []).append(path)
        for model, paths in places.items():
            self.headings[model] = paths[0] if len(paths) == 1 else _spaced(model)
        self.shared = [model for model, paths in places.items() if len(paths) > 1]

    def _walk(self, path: str, model: Schema, entries: set[str]) -> Iterator[tuple[str, str]]:
        """Yield each model with each path at which it stands, the first time with its inside."""
        seen: set[str] = set()

        def inside(path: str, model: Schema) -> Iterator[tuple[str, str]]:
            for key, value in model.get("properties", {}).items():
                for name, suffix in _references(value):
                    if name in entries:
                        continue
                    place = f"{path}.{key}{suffix}".lstrip(".")
                    yield name, place
                    if name not in seen:
                        seen.add(name)
                        yield from inside(place, self.models[name])

        yield from inside(path, model)
        for entry in sorted(entries):
            for name, _ in (ref for value in self._properties(entry) for ref in _references(value)):
                # Twice, so that what stands in a catalogue's entry has a heading of its own.
                yield name, entry
                yield name, entry

    def _properties(self, model: str) -> list[Schema]:
        return list(self.models[model].get("properties", {}).values())

    def keys(self, model: Schema) -> list[Key]:
        """Return the keys of a model, with their meaning."""
        said = _inherited(model) | _documented(model.get("description", ""))
        settings = _kpi_settings() if model.get("title") == "KpiClause" else {}
        required = model.get("required", ())
        rows = []
        for name, value in model.get("properties", {}).items():
            default = "required" if name in required else self._default(value)
            documented = said.get(name, _Documented(self._meaning_of_type(value), ""))
            if name in settings:
                documented, default = settings[name]
            shown = documented.meaning.replace("``", "`")
            unit = documented.unit or _unit(value)
            rows.append(Key(name, self.type_of(value), unit, _range(value), default, shown))
        return rows

    def _meaning_of_type(self, value: Schema) -> str:
        for name, _ in _references(value):
            return _first_sentence(self.models[name].get("description", ""))
        return ""

    def type_of(self, value: Schema) -> str:
        """Return the type of a value in words."""
        if "$ref" in value:
            heading = self.headings[_name_of(value)]
            return f"*[{heading}](#{_slug(heading)})*"
        for heading, catalogue in NAMED.items():
            if _entries_of(value) == set(catalogue):
                return f"*[{catalogue.kind}](#{_slug(heading)})*"
        if "anyOf" in value:
            kinds = [self.type_of(part) for part in value["anyOf"] if part.get("type") != "null"]
            return " or ".join(dict.fromkeys(kinds))
        if value.get("type") == "array":
            return f"list of {self.type_of(value['items'])}"
        if value.get("type") == "object":
            if set(value.get("properties", {})) == set(LANGUAGES):
                return f"text by language ({', '.join(f'`{name}`' for name in LANGUAGES)})"
            return f"mapping to {self.type_of(_values_of(value))}"
        return _plain_type(value)

    def _default(self, value: Schema) -> str:
        default = value.get("default")
        if default is None or default in ("", [], {}):
            return "empty" if default != {} or not _entries_of(value) else self._bare_entry(value)
        if isinstance(default, bool):
            return f"`{str(default).lower()}`"
        if isinstance(default, list):
            return f"`[{', '.join(map(str, default))}]`"
        if not isinstance(default, Mapping):
            return f"`{_number(default)}`"
        for name, entry in self._named_entries(value):
            if set(entry.get("properties", {})) == set(default):
                terms = ", ".join(f"{key}: {_number(given)}" for key, given in default.items())
                return f"`{{{name}: {{{terms}}}}}`"
        given = {key: part for key, part in default.items() if part is not None}
        if given and all(not isinstance(part, (Mapping, list)) for part in given.values()):
            own = self._own_defaults(value)
            different = {k: part for k, part in given.items() if own.get(k) != part}
            if different:
                return "`{" + ", ".join(f"{k}: {_number(v)}" for k, v in different.items()) + "}`"
        return "its own defaults"

    def _bare_entry(self, value: Schema) -> str:
        entries = self._named_entries(value)
        return f"`{{{next(name for name, entry in entries if not entry.get('properties'))}: {{}}}}`"

    def _own_defaults(self, value: Schema) -> dict[str, Any]:
        properties = self.models[_name_of(value)].get("properties", {})
        return {name: part.get("default") for name, part in properties.items()}

    def _named_entries(self, value: Schema) -> Iterator[tuple[str, Schema]]:
        for option in value.get("oneOf", ()):
            for name, part in option.get("properties", {}).items():
                yield name, self.models[_name_of(part)]


def _plain_type(value: Schema) -> str:
    if "enum" in value or "const" in value:
        return " or ".join(f"`{word}`" for word in value.get("enum", [value.get("const")]))
    if value.get("format") == "date":
        return "date"
    words = {"integer": "whole number", "boolean": "true or false", "string": "text"}
    return words.get(value["type"], str(value["type"]))


def _name_of(value: Schema) -> str:
    return str(value["$ref"]).rpartition("/")[2]


def _values_of(value: Schema) -> Schema:
    patterns = value.get("patternProperties")
    inside = next(iter(patterns.values())) if patterns else value.get("additionalProperties")
    return inside if isinstance(inside, Mapping) else {"type": "number"}


def _references(value: Schema) -> Iterator[tuple[str, str]]:
    """Yield the models that a value may be, with what stands between them and the key."""
    if "$ref" in value:
        yield _name_of(value), ""
    for part in (*value.get("anyOf", ()), *value.get("oneOf", ())):
        yield from _references(part)
    if value.get("type") == "array":
        yield from _references(value["items"])
    if value.get("type") == "object" and "properties" not in value:
        yield from ((name, f".NAME{rest}") for name, rest in _references(_values_of(value)))


def _entries_of(value: Schema) -> set[str]:
    options = value.get("oneOf", ())
    return {name for option in options for name in option.get("properties", {})}


def _parts(value: Schema) -> Iterator[Schema]:
    """Yield a value and all single values that it may hold."""
    yield value
    for part in value.get("anyOf", ()):
        yield from _parts(part)
    if value.get("type") == "array":
        yield from _parts(value["items"])
    if value.get("type") == "object" and "properties" not in value:
        yield from _parts(_values_of(value))


def _unit(value: Schema) -> str:
    return next((str(part["unit"]) for part in _parts(value) if "unit" in part), NOTHING)


def _range(value: Schema) -> str:
    for part in _parts(value):
        if "unit" not in part:
            continue
        low, above, high = (part.get(k) for k in ("minimum", "exclusiveMinimum", "maximum"))
        upper = "" if high is None or high >= LARGEST else _number(high)
        if above is not None:
            return f"> {_number(above)}{f', ≤ {upper}' if upper else ''}"
        if low is None or low <= -LARGEST:
            return f"≤ {upper}" if upper else NOTHING
        return f"{_number(low)} to {upper}" if upper else f"≥ {_number(low)}"
    return NOTHING


def _number(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return f"{value:,.0f}".replace(",", "_") if float(value).is_integer() else f"{value:g}"
    return str(value)


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [header, ("---",) * len(header), *rows]
    return "\n".join(
        "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in line) + " |"
        for line in lines
    )


def described() -> dict[str, list[Key]]:
    """Return the keys of every model that may stand in a scenario file, by the model's name."""
    schema = json_schema()
    forms = _Forms(schema)
    return {"Scenario": forms.keys(schema)} | {
        name: forms.keys(model) for name, model in forms.models.items()
    }


def dictionary(scenarios: Path | None = None) -> str:
    """Write the data dictionary of scenario files.

    Parameters
    ----------
    scenarios : Path, optional
        A folder whose scenario files are listed; none where empty or absent.

    Returns
    -------
    str
        Markdown.

    Examples
    --------
    >>> dictionary().splitlines()[0]
    '# Scenario files'
    """
    forms = _Forms(json_schema())
    parts = [INTRODUCTION, *_shipped(scenarios), "## The file", _keys(forms, forms.schema)]
    single = [model for model in forms.headings if model not in forms.shared]
    for section in ("world", "plans", "costs", "contracts"):
        own = [m for m in single if re.match(rf"{section}(\.|$)", forms.headings[m])]
        parts += [f"## Section {section}", *(_section(forms, m) for m in own)]
    rest = [
        m for m in single if not re.match(r"(world|plans|costs|contracts)(\.|$)", forms.headings[m])
    ]
    parts += ["## Other sections", *(_section(forms, model) for model in rest)]
    parts += ["## Forms that stand in several places"]
    parts += [_section(forms, model) for model in forms.shared]
    for heading, catalogue in NAMED.items():
        parts += [f"## {heading}", f"Written as `{{name: {{terms}}}}`, one {catalogue.kind} a key."]
        parts += [_entry(forms, name, entry) for name, entry in catalogue.items()]
    parts += ["## KPIs", KPI_WORDS, _kpis(), "## Cost lines", _cost_lines()]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


KPI_WORDS = (
    "Named by `measure` in a KPI clause. A clause may set what stands under *settings*; what is in "
    "bold must be set. Their meanings stand with the keys of the clause."
)


def _shipped(folder: Path | None) -> list[str]:
    if folder is None or not folder.is_dir():
        return []
    rows = []
    files = [*sorted(folder.glob("*.yaml")), *sorted(folder.glob("*/*.yaml"))]
    for path in files:
        scenario, name = load_scenario(path), path.relative_to(folder).as_posix()
        contracts = ", ".join(scenario.contracts)
        rows.append((f"[{name}]({name})", scenario.title, contracts))
    return ["## Shipped scenarios", _table(("file", "title", "contracts"), rows)] if rows else []


def _keys(forms: _Forms, model: Schema) -> str:
    rows = [(f"`{key.name}`", *key[1:]) for key in forms.keys(model)]
    return _table(HEADER, rows) if rows else "It has no terms."


def _section(forms: _Forms, name: str) -> str:
    model = forms.models[name]
    summary = _summary(model.get("description", ""))
    return f"### {forms.headings[name]}\n\n{summary}\n\n{_keys(forms, model)}"


def _entry(forms: _Forms, name: str, entry: type) -> str:
    model = forms.models[entry.__name__]
    summary = _summary(inspect.getdoc(entry) or "")
    return f"### {name}\n\n{summary}\n\n{_keys(forms, model)}"


def _kpis() -> str:
    rows = []
    for kpi in KPIS.values():
        settings = [
            f"**`{name}`**" if parameter.default is parameter.empty else f"`{name}`"
            for name, parameter in kpi.settings.items()
        ]
        meaning = re.sub(r" \[[^\]]+\]", "", kpi.description)
        better = f"{kpi.better} is better"
        rows.append(
            (f"`{kpi.name}`", meaning, kpi.unit, better, ", ".join(settings) or NOTHING, kpi.source)
        )
    return _table(("KPI", "meaning", "unit", "direction", "settings", "source"), rows)


def _cost_lines() -> str:
    rows = [(f"`{line.name}`", line.party, line.label, line.source) for line in COST_LINES.values()]
    return _table(("cost line", "borne by", "label", "what it is"), rows)
