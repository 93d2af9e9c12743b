"""What a person may write: strict numbers with units, named mappings, and one-sentence answers."""

import math
from typing import Annotated

import pytest
from pydantic import ValidationError

from pbc_sim.catalogue import Catalogue
from pbc_sim.errors import PbcError, unknown_name
from pbc_sim.inputs import (
    LARGEST,
    Name,
    OneOf,
    PositiveMoney,
    PriceFactor,
    Share,
    Text,
    Written,
    number,
)


class Fee(Written):
    """A section to try things on."""

    share: Share = 0.5
    amount: PositiveMoney = 0.0
    days: Annotated[float, number("day", gt=0, le=30)] = 1.0
    staff: Annotated[int, number("person", ge=0, le=9)] = 1
    name: Name = "fee"
    text: Text = ""


SHAPES: Catalogue[type[Written]] = Catalogue("shape")


@SHAPES.register("circle")
class Circle(Written):
    """Round."""

    radius: PositiveMoney


@SHAPES.register("square")
class Square(Written):
    """Not round."""

    side: PositiveMoney = 1.0


class Drawing(Written):
    """A section with a named mapping."""

    shape: Annotated[object, OneOf(SHAPES, bare_number="circle.radius")]


def _refusal(model, **fields):
    with pytest.raises(PbcError) as caught:
        model.model_validate(fields)
    return str(caught.value)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("share", 1.0000001, "must be a number >= 0 and <= 1, got 1.0000001"),
        ("share", 95, "must be a number >= 0 and <= 1, got 95; 95% is written 0.95"),
        ("share", -0.1, "must be a number >= 0 and <= 1, got -0.1"),
        ("share", math.nan, "must be a number >= 0 and <= 1, got nan"),
        ("share", True, "must be a number >= 0 and <= 1, got True"),  # a yes is no number
        ("share", "0.5", "must be a number >= 0 and <= 1, got '0.5'"),
        ("share", None, "must be a number >= 0 and <= 1, got None"),
        ("amount", math.inf, "must be a number >= 0 and <= 1e+15 currency, got inf currency"),
        ("amount", 1e308, "must be a number >= 0 and <= 1e+15 currency, got 1e+308 currency"),
        ("amount", -1, "must be a number >= 0 and <= 1e+15 currency, got -1 currency"),
        ("days", 0, "must be a number > 0 and <= 30 day, got 0 day"),  # the unit is said
        ("days", 31, "must be a number > 0 and <= 30 day, got 31 day"),
        ("staff", 1.5, "must be a whole number >= 0 and <= 9 person, got 1.5 person"),
        ("staff", 10, "must be a whole number >= 0 and <= 9 person, got 10 person"),
        ("staff", False, "must be a whole number >= 0 and <= 9 person, got False person"),
    ],
)
def test_refused_number_is_answered_with_rule_value_and_unit(field, value, words):

    assert _refusal(Fee, **{field: value}) == f"{field}: {words}."


class Discount(Written):
    """A section with a factor of a price."""

    factor: PriceFactor = 1.0


@pytest.mark.parametrize(
    ("factor", "way_out"),
    [(96, "; 96% is written 0.96"), (110, "; 110% is written 1.1"), (11_000, "")],
)
def test_a_percentage_of_a_price_is_no_factor(factor, way_out):
    words = f"factor: must be a number >= 0 and <= 10, got {factor}{way_out}"

    assert words in _refusal(Discount, factor=factor)


def test_very_long_number_is_shown_short():

    message = _refusal(Fee, amount=10**400)

    assert len(message) < 120
    assert "..." in message


@pytest.mark.parametrize(
    ("field", "value"),
    [("share", 0), ("share", 1), ("amount", LARGEST), ("days", 30), ("staff", 0), ("staff", 9)],
)
def test_number_on_its_bound_is_accepted(field, value):

    assert getattr(Fee.model_validate({field: value}), field) == value


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a b",  # a space
        "-a",  # looks like an option
        ".hidden",
        "../etc/passwd",
        "a\nb",
        "a\n",
        "a\x00",
        "a\x1b[31m",  # colours a terminal
        "a\u202e",  # turns the text around
        "é",
        "x" * 61,
    ],
)
def test_name_that_would_spoil_a_table_or_a_path_is_refused(name):

    with pytest.raises(PbcError):
        Fee(name=name)


@pytest.mark.parametrize("text", ["a\x00", "a\x1b[31m", "\u202eabc", "a\x7f", "x" * 2001, 5])
def test_text_with_control_characters_is_refused(text):

    with pytest.raises(PbcError):
        Fee(text=text)


@pytest.mark.parametrize("text", ["", "Dinas Pendidikan", "naïve, 100%\nsecond line", "東京"])
def test_ordinary_text_is_accepted(text):

    assert Fee(text=text).text == text


def test_unknown_key_is_answered_with_the_nearest_known_one():

    message = _refusal(Fee, shar=0.5)

    known = "amount, days, name, share, staff, text"
    assert message == f"Fee: unknown key 'shar'; known: {known}. Did you mean 'share'?"


@pytest.mark.parametrize("section", [None, 5, "share", [1], True])
def test_section_that_is_no_mapping_is_answered_with_its_keys(section):

    with pytest.raises(PbcError, match=r"must be a section with keys \(share, amount"):
        Fee.model_validate(section)


def test_section_is_frozen():

    with pytest.raises(ValidationError, match="frozen"):
        Fee().share = 0.1


def test_bare_number_stands_for_an_entry():

    assert Drawing.model_validate({"shape": 2}).shape == Circle(radius=2)
    assert Drawing.model_validate({"shape": {"circle": {"radius": 2}}}).shape == Circle(radius=2)


def test_object_of_an_entry_is_taken_as_it_is():
    square = Square(side=3)

    assert Drawing(shape=square).shape is square


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ({"cirle": {}}, "unknown shape 'cirle'; known: circle, square. Did you mean 'circle'?"),
        ({"circle": {"radius": 1}, "square": {}}, "must name one shape and its terms"),
        ({}, "must name one shape and its terms"),
        ([], "must name one shape and its terms"),
        ("circle", "must name one shape and its terms"),
        (True, "must name one shape and its terms"),  # no bare number
        (None, "must name one shape and its terms"),
        ({"circle": None}, "must be a section with keys (radius)"),
        ({"circle": {"radius": -1}}, "must be a number >= 0"),
        ({1: {}}, "unknown shape '1'"),
    ],
)
def test_named_mapping_must_name_one_known_entry(shape, words):

    assert words in _refusal(Drawing, shape=shape)


def test_catalogue_refuses_a_second_entry_of_a_name():

    with pytest.raises(PbcError, match="two shape entries are named 'circle'"):
        SHAPES.register("circle")(Square)


def test_far_name_gets_no_suggestion():

    assert unknown_name("KPI", "zzz", ["fill_rate"]) == "unknown KPI 'zzz'; known: fill_rate."


def test_the_guess_stands_before_a_long_list_of_known_names():
    known = [f"kpi_{n:02}" for n in range(20)]

    said = unknown_name("KPI", "fil_rate", [*known, "fill_rate"])
    few = unknown_name("KPI", "fil_rate", [*known[:11], "fill_rate"])

    assert said.startswith("unknown KPI 'fil_rate'. Did you mean 'fill_rate'? Known: fill_rate, k")
    assert few.endswith(", kpi_10. Did you mean 'fill_rate'?")


def test_very_long_unknown_name_is_cut():

    assert len(unknown_name("KPI", "z" * 10_000, ["fill_rate"])) < 120
