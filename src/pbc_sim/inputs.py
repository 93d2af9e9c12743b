"""What may a person write in a scenario: strict, bounded, and answered in one sentence.

Lives here: the frozen model that every written section derives from, the number types with
their units and bounds, and the named mapping ``{gamma: {mean: 5, cv: 0.5}}``.
May not live here: any section of the scenario language itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    Strict,
    WrapValidator,
    model_validator,
)
from pydantic import ValidatorFunctionWrapHandler as Handler
from pydantic_core import PydanticCustomError, ValidationError, core_schema

from pbc_sim.catalogue import Catalogue
from pbc_sim.errors import unknown_name

__all__ = [
    "CalendarDays",
    "Count",
    "Factor",
    "Listed",
    "Money",
    "Name",
    "OneOf",
    "PositiveCount",
    "PositiveDays",
    "PositiveMoney",
    "PositiveNumber",
    "Probability",
    "Share",
    "Text",
    "Written",
    "number",
]

#: No number that a person writes is larger; beyond it float64 can no longer tell money apart.
LARGEST = 1e15


class Written(BaseModel):
    """A section that a person writes: frozen, strict, no unknown keys, no NaN, no infinity."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _know_every_key(cls, section: Any) -> Any:
        if isinstance(section, cls):
            return section
        if not isinstance(section, Mapping):
            keys = ", ".join(cls.model_fields)
            raise PydanticCustomError(
                "section", "must be a section with keys ({keys}), got {got}", _shown(section, keys)
            )
        for key in section:
            if key not in cls.model_fields:
                message = unknown_name("key", key, cls.model_fields)
                raise PydanticCustomError(
                    "unknown_key", "{message}", {"message": message, "key": key}
                )
        return section


def _shown(value: object, keys: str = "") -> dict[str, Any]:
    text = repr(value)
    return {"got": text if len(text) <= 40 else text[:37] + "...", "keys": keys}


def _rule(ge: float | None, gt: float | None, le: float) -> str:
    low = f"> {gt:g}" if gt is not None else f">= {ge:g}"
    return f"{low} and <= {le:g}"


def number(
    unit: str,
    *,
    ge: float | None = None,
    gt: float | None = None,
    le: float = LARGEST,
    whole: bool = False,
) -> Any:
    """Return the type of a bounded number whose error message carries rule, value and unit.

    Parameters
    ----------
    unit : str
        Unit as it reads after a number: "day", "1", "currency".
    ge, gt, le : float, optional
        Bounds; exactly one of `ge` and `gt`.
    whole : bool
        Whether only whole numbers are meant.
    """
    noun = "whole number" if whole else "number"
    suffix = "" if unit == "1" else f" {unit}"
    template = f"must be a {noun} {_rule(ge, gt, le)}{suffix}, got {{got}}{suffix}"

    def check(value: Any, handler: Handler) -> Any:
        try:
            return handler(value)
        except ValidationError:
            raise PydanticCustomError("number", template, _shown(value)) from None

    field = Field(ge=ge, gt=gt, le=le, json_schema_extra={"unit": unit})
    return Annotated[int if whole else float, field, WrapValidator(check)]


Share = number("1", ge=0, le=1)
Probability = Share
Factor = number("1", ge=0, le=1000)
Money = number("currency", ge=-LARGEST)
PositiveMoney = number("currency", ge=0)
PositiveNumber = number("1", gt=0, le=1e9)
CalendarDays = number("day", ge=0, le=36_600)
PositiveDays = number("day", gt=0, le=36_600)
Count = number("1", ge=0, le=10**9, whole=True)
PositiveCount = number("1", gt=0, le=10**9, whole=True)

#: Names become labels in tables, pictures and file names, so control characters stay out.
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,59}$")]
Text = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]*$")]

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
            text = "must name one {keys} and its terms ('name: terms'), got {got}"
            raise PydanticCustomError("one_of", text, _shown(value, kind))
        (name,) = value
        if name not in known:
            message = unknown_name(kind, name, known)
            raise PydanticCustomError("unknown_key", "{message}", {"message": message, "key": name})
        return value

    def _tag(self, value: Any) -> str:
        return next(iter(value)) if isinstance(value, Mapping) else self.catalogue.name_of(value)

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
        return core_schema.no_info_before_validator_function(self._named, union)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        options = [
            {
                "type": "object",
                "properties": {name: handler(choice)},
                "required": [name],
                "additionalProperties": False,
            }
            for name, choice in schema["schema"]["choices"].items()
        ]
        return {"oneOf": ([{"type": "number"}] if self.bare_number else []) + options}
