"""What may a person write in a scenario: strict, bounded, and answered in one sentence.

Lives here: the frozen model that every written section derives from, the number types with
their units and bounds, and the named mapping ``{gamma: {mean: 5, cv: 0.5}}``.
May not live here: any section of the scenario language itself.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, Strict, model_validator
from pydantic_core import PydanticCustomError, ValidationError, core_schema

from pbc_sim.catalogue import Catalogue
from pbc_sim.errors import PbcError, unknown_name
from pbc_sim.language import LANGUAGES, Texts, noted
from pbc_sim.language import translated as _

__all__ = [
    "MOST_OF_A_PRICE",
    "CalendarDays",
    "Count",
    "CurrencyCode",
    "Factor",
    "Level",
    "Listed",
    "Money",
    "Name",
    "OneOf",
    "PositiveCount",
    "PositiveDays",
    "PositiveMoney",
    "PositiveNumber",
    "PriceFactor",
    "Share",
    "Text",
    "Wording",
    "Written",
    "WrittenError",
    "as_a_share",
    "number",
    "printable",
    "worded",
]

#: No number that a person writes is larger; beyond it float64 can no longer tell money apart.
LARGEST = 1e15


class WrittenError(PbcError):
    """A section breaks a rule: the message is one sentence about the first rule broken.

    Parameters
    ----------
    section : str
        What it stands for where the rule concerns the section as a whole.
    error : ValidationError
        What pydantic found.
    """

    def __init__(self, section: str, error: ValidationError) -> None:
        first = error.errors()[0]
        context = first.get("ctx", {})
        field = tuple(str(context["field"]).split(".")) if "field" in context else ()
        path = (*first["loc"], *field)
        #: Where the rule was broken, down to the key itself where that is what is wrong.
        self.path: tuple[Any, ...] = (*path, context["key"]) if "key" in context else path
        steps = [printable(step) for step in path if step != "[key]"]
        more = len(error.errors()) - 1
        others = " " + _("(At least {more} more after it.)").format(more=more) if more else ""
        words = ".".join(steps) or section
        super().__init__(f"{words}: {printable(_sentence(first))}{others}")


class Written(BaseModel):
    """A section that a person writes: frozen, strict, no unknown keys, no NaN, no infinity.

    Raises
    ------
    WrittenError
        One sentence, where a rule is broken.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

    if not TYPE_CHECKING:  # type checkers know the fields as arguments

        def __init__(self, /, **fields: Any) -> None:
            try:
                super().__init__(**fields)
            except ValidationError as error:
                raise WrittenError(type(self).__name__, error) from None

        # Tells pydantic that nested sections need not come through here.
        __init__.__pydantic_base_init__ = True

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """Read a section from plain values; see the class for what is raised."""
        try:
            return super().model_validate(obj, **options)
        except ValidationError as error:
            raise WrittenError(cls.__name__, error) from None

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copy a section, with some fields changed; the copy obeys the same rules."""
        if not update:
            return super().model_copy(deep=deep)
        written = {name: getattr(self, name) for name in self.model_fields_set}
        return self.model_validate(written | dict(update))

    @model_validator(mode="before")
    @classmethod
    def _know_every_key(cls, section: Any) -> Any:
        if isinstance(section, cls):
            return section
        if not isinstance(section, Mapping):
            keys = ", ".join(cls.model_fields)
            raise PydanticCustomError(
                "section",
                _("must be a section with keys ({keys}), got {got}"),
                _shown(section, keys),
            )
        for key in section:
            if key not in cls.model_fields:
                message = unknown_name("key", key, cls.model_fields)
                if str(key).isdigit():
                    message += " " + _("Is it a decimal comma? Write a point, as 0.001.")
                raise PydanticCustomError(
                    "unknown_key", "{message}", {"message": message, "key": key}
                )
        return section


def _shown(value: object, keys: str = "") -> dict[str, Any]:
    text = repr(value)
    return {"got": text if len(text) <= 40 else text[:37] + "...", "keys": keys}


#: What pydantic finds, in the words of somebody who writes a scenario.
RULES = {
    "missing": noted("is missing; add it"),
    "too_short": noted("must not be empty; add one"),
    "too_long": noted("has too many entries, at most {max_length}"),
    "string_type": noted("must be text"),
    "bool_type": noted("must be true or false"),
    "dict_type": noted("must be a section"),
    "mapping_type": noted("must be a section"),
    "tuple_type": noted("must be a list"),
    "date_type": noted("must be a date, as 2022-01-31"),
    "literal_error": noted("must be {expected}"),
}


def _sentence(error: Any) -> str:
    kind, context = error["type"], error.get("ctx", {})
    message: str = _(RULES[kind]).format(**_expected(context)) if kind in RULES else error["msg"]
    if kind in RULES and kind not in ("missing", "too_short", "too_long"):
        given = error["input"]
        shown = given.isoformat() if isinstance(given, dt.date) else repr(given)
        message += ", "
        message += _("got nothing") if given is None else _("got {value}").format(value=shown[:40])
    return message if message.endswith((".", "?")) else f"{message}."


def _expected(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return what pydantic says that it expected, its "or" in the language spoken."""
    return {name: str(value).replace(" or ", f" {_('or')} ") for name, value in context.items()}


def printable(value: object) -> str:
    """Return text with every control character spelt out."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(value))


#: The way out for 1.250.000, which is text in YAML.
SEPARATED = noted("; write it without separators, or with '_', as 250_000")


def as_a_share(value: object, most: float = 1.0) -> str:
    """Say how a percentage is written as a share; nothing where a value is none, up to `most`."""
    # What is little above 1 may be meant as more than the whole.
    if isinstance(value, (int, float)) and 2 <= value <= 100 * most:
        return _("; {value}% is written {share}").format(
            value=f"{value:g}", share=f"{value / 100:g}"
        )
    return ""


#: By what a price may be multiplied, at most.
MOST_OF_A_PRICE = 10.0


@dataclass(frozen=True)
class number:  # noqa: N801 - read as a function where a field is annotated
    """Annotation for a bounded number whose error message carries rule, value and unit.

    Parameters
    ----------
    unit : str
        Unit as it reads after a number: "day", "currency"; "1" for a pure number.
    ge, gt, le : float, optional
        Bounds; exactly one of `ge` and `gt`.

    Examples
    --------
    >>> Days = Annotated[float, number("day", ge=0)]
    """

    unit: str
    ge: float | None = None
    gt: float | None = None
    le: float = LARGEST

    def _allows(self, value: float) -> bool:
        low = value > self.gt if self.gt is not None else value >= (self.ge or 0.0)
        return low and value <= self.le

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        low = f"> {self.gt:g}" if self.gt is not None else f">= {self.ge or 0:g}"
        rule = (
            noted("must be a whole number {low} and <= {high}{unit}, got {got}{unit}")
            if source is int
            else noted("must be a number {low} and <= {high}{unit}, got {got}{unit}")
        )

        def check(value: Any, validate: Callable[[Any], Any]) -> Any:
            try:
                accepted = validate(value)
            except ValidationError:
                accepted = None
            if accepted is None or not self._allows(accepted):
                is_separated = re.fullmatch(r"-?\d{1,3}([.,]\d{3})+", str(value))
                shown = {
                    **{"got": _shown(value)["got"], "low": low, "high": f"{self.le:g}"},
                    "unit": "" if self.unit == "1" else f" {_(self.unit)}",
                }
                message = _(rule) + (_(SEPARATED) if is_separated else "")
                if self.unit == "1" and self.le <= MOST_OF_A_PRICE:
                    message += as_a_share(value, self.le)
                raise PydanticCustomError("number", message, shown)
            return accepted

        return core_schema.no_info_wrap_validator_function(check, handler(source))

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        bounds = {"exclusiveMinimum": self.gt} if self.gt is not None else {"minimum": self.ge or 0}
        return {**handler(schema), **bounds, "maximum": self.le, "unit": self.unit}


Share = Annotated[float, number("1", ge=0, le=1)]
Factor = Annotated[float, number("1", ge=0, le=1000)]
#: Of a price; what is more was meant as a percentage.
PriceFactor = Annotated[float, number("1", ge=0, le=MOST_OF_A_PRICE)]
Money = Annotated[float, number("currency", ge=-LARGEST)]
PositiveMoney = Annotated[float, number("currency", ge=0)]
PositiveNumber = Annotated[float, number("1", gt=0, le=1e9)]
#: A value in the unit of whichever KPI it belongs to.
Level = Annotated[float, number("1", ge=-LARGEST)]
CalendarDays = Annotated[float, number("day", ge=0, le=36_600)]
PositiveDays = Annotated[float, number("day", gt=0, le=36_600)]
Count = Annotated[int, number("1", ge=0, le=10**9)]
PositiveCount = Annotated[int, number("1", gt=0, le=10**9)]


@dataclass(frozen=True)
class worded:  # noqa: N801 - as `number`
    """Annotation for text of a form that is better said in words than as a pattern."""

    pattern: str
    rule: str

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        def check(text: str) -> str:
            if not re.fullmatch(self.pattern, text):
                raise PydanticCustomError(
                    "worded", _("must be {rule}, got {got}"), self._found(text)
                )
            return text

        return core_schema.no_info_after_validator_function(check, handler(source))

    def _found(self, text: str) -> dict[str, Any]:
        return {"rule": _(self.rule), "got": _shown(text)["got"]}

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return {**handler(schema), "pattern": f"^(?:{self.pattern})$"}


#: Names become labels in tables, pictures and file names, so control characters stay out.
Name = Annotated[
    str,
    worded(
        r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,59}",
        noted("1 to 60 letters, digits, '_', '-' or '.', the first a letter, digit or '_'"),
    ),
]
Text = Annotated[
    str,
    worded(
        r"[^\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]{0,2000}",
        noted("at most 2000 characters, none of them a control character"),
    ),
]


@dataclass(frozen=True)
class in_languages:  # noqa: N801 - as `number`
    """Annotation for text that may be written once, or once for each language."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        def read(value: Any, read_text: Callable[[Any], str]) -> str:
            if isinstance(value, Texts):
                return value
            if not isinstance(value, Mapping):
                return read_text(value)
            for language in value:
                if language not in LANGUAGES:
                    message = unknown_name("language", language, LANGUAGES)
                    raise PydanticCustomError(
                        "language", "{message}", {"message": message, "key": language}
                    )
            if "en" not in value:
                raise PydanticCustomError("language", _("needs a text in English; add it as en"))
            return Texts({language: read_text(text) for language, text in value.items()})

        written = core_schema.plain_serializer_function_ser_schema(
            lambda text: text.texts if isinstance(text, Texts) else text
        )
        return core_schema.no_info_wrap_validator_function(
            read, handler(source), serialization=written
        )

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        text = handler(schema["schema"])
        by_language = {
            "type": "object",
            "properties": dict.fromkeys(LANGUAGES, text),
            "required": ["en"],
            "additionalProperties": False,
        }
        return {"anyOf": [text, by_language]}


#: What people read: once for all, or ``{en: ..., id: ...}``.
Wording = Annotated[Text, in_languages()]
CurrencyCode = Annotated[
    str, worded(r"[A-Z]{3}", noted("a currency code of three capitals, as IDR"))
]

#: YAML gives lists where a frozen model holds tuples.
Listed = Strict(False)


class OneOf:
    """Annotation for a named mapping: exactly one key, a name in a catalogue, and its terms.

    Parameters
    ----------
    catalogue : Catalogue
        The classes that may be named; each derives from `Written`. Entries registered later than
        the annotated model are unknown to it.
    bare_number : str, optional
        Entry and field that a bare number stands for, as "constant.value".
    """

    def __init__(self, catalogue: Catalogue[type[Written]], bare_number: str = "") -> None:
        self.catalogue = catalogue
        self.bare_number = bare_number

    def _named(self, value: Any) -> Any:
        kind, known = self.catalogue.kind, self.catalogue
        if type(value) in known.values():
            return value
        if self.bare_number and isinstance(value, (int, float)) and not isinstance(value, bool):
            entry, field = self.bare_number.split(".")
            return {entry: {field: value}}
        if not isinstance(value, Mapping) or len(value) != 1:
            text = _("must name one {keys} and its terms ('name: terms'), got {got}")
            raise PydanticCustomError("one_of", text, _shown(value, kind))
        (name,) = value
        if name not in known:
            message = unknown_name(kind, name, known)
            raise PydanticCustomError("unknown_key", "{message}", {"message": message, "key": name})
        return value

    def _tag(self, value: Any) -> str:
        return next(iter(value)) if isinstance(value, Mapping) else self.catalogue.name_of(value)

    def _written(self, value: Any, info: core_schema.SerializationInfo) -> Any:
        """Return the mapping, or where only what was given is written, the bare number."""
        name = self._tag(value)
        terms = value.model_dump(
            mode=info.mode,
            exclude_unset=info.exclude_unset,
            exclude_defaults=info.exclude_defaults,
        )
        bare = name == self.bare_number.split(".")[0] and info.exclude_unset
        return next(iter(terms.values())) if bare else {name: terms}

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        def inside(name: str) -> Any:
            return lambda value: value[name] if isinstance(value, Mapping) else value

        choices: dict[Any, core_schema.CoreSchema] = {
            name: core_schema.no_info_before_validator_function(
                inside(name), handler.generate_schema(entry)
            )
            for name, entry in self.catalogue.items()
        }
        union = core_schema.tagged_union_schema(choices, discriminator=self._tag)
        written = core_schema.plain_serializer_function_ser_schema(self._written, info_arg=True)
        return core_schema.no_info_before_validator_function(
            self._named, union, serialization=written
        )

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        while "choices" not in schema:  # within the rules that go over all choices
            schema = schema["schema"]
        options = [
            {
                "type": "object",
                "properties": {name: handler(choice)},
                "required": [name],
                "additionalProperties": False,
            }
            for name, choice in schema["choices"].items()
        ]
        return {"oneOf": ([{"type": "number"}] if self.bare_number else []) + options}
