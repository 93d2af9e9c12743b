"""The data dictionary: every key has a meaning, and the committed page is the generated one."""

import inspect
import re

import pytest

from pbc_sim.performance.costs import COST_LINES
from pbc_sim.performance.measures import KPIS
from pbc_sim.scenario import json_schema
from pbc_sim.show import dictionary as page


@pytest.fixture(scope="module")
def text(repository):
    return page.dictionary(repository / "scenarios")


@pytest.fixture(scope="module")
def keys():
    return {(model, key.name): key for model, rows in page.described().items() for key in rows}


def test_committed_page_is_the_generated_one(repository, text):
    committed = (repository / "scenarios" / "README.md").read_text(encoding="utf-8")

    assert committed == text, (
        "write it again: pbc-sim schema --format markdown > scenarios/README.md"
    )


def test_every_key_of_the_schema_is_described(keys):
    models = json_schema()["$defs"] | {"Scenario": json_schema()}

    assert set(keys) == {
        (name, key) for name, model in models.items() for key in model.get("properties", {})
    }


def test_every_key_has_a_meaning(keys):
    without = [".".join(address) for address, key in keys.items() if len(key.meaning) < 4]

    assert without == [], "say what they mean under Parameters in the docstrings of their models"


def test_every_number_has_a_unit(keys):
    without = [
        ".".join(address)
        for address, key in keys.items()
        if "number" in key.type and "Stock amount" not in key.type and key.unit == page.NOTHING
    ]

    assert without == []


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        # A share with its default.
        (("PickingTerms", "error_share"), ("number", "1", "0 to 1", "`0`")),
        # The unit of the docstring goes before the general one of the type.
        (("ItemTerms", "price"), ("number", "currency/unit", "≥ 0", "required")),
        # What people read may be written once for each language.
        (
            ("UnitTerms", "label"),
            ("text or text by language (`en`, `id`)", "–", "–", "empty"),
        ),
        (("CalendarTerms", "always_open"), ("true or false", "–", "–", "`false`")),
        (("SurveyTerms", "sample"), ("whole number", "unit", "> 0, ≤ 1_000_000_000", "empty")),
        # Named entries with their default.
        (
            ("DemandTerms", "gap"),
            ("*[distribution](#distributions)*", "1", "–", "`{exponential: {mean: 1}}`"),
        ),
        (
            ("SatisfactionTerms", "expects_within"),
            ("*[Duration](#duration)*", "–", "–", "`{business_days: 2}`"),
        ),
        # A setting of KPIs has the default that they give it.
        (("KpiClause", "of"), ("`orders` or `lines`", "–", "–", "`orders`")),
        (("Target", "above"), ("number", "as the KPI", "–", "empty")),
    ],
)
def test_key_reads_as_it_is_written(address, shown, keys):
    key = keys[address]

    assert (key.type, key.unit, key.range, key.default) == shown


def test_setting_that_means_different_things_says_so(keys):
    meaning = keys["KpiClause", "limit"].meaning

    assert "For responses_in_time: Time from call to response" in meaning
    assert "For on_time_share: Time from order to delivery" in meaning


@pytest.mark.parametrize(
    "catalogue",
    [*page.NAMED.values(), KPIS, COST_LINES],
    ids=lambda each: each.kind,
)
def test_every_entry_of_a_catalogue_stands_on_the_page(catalogue, text):
    for name in catalogue:
        assert f"### {name}\n" in text or f"| `{name}` |" in text, name


def test_every_scenario_file_is_listed_with_its_title(repository, text):
    folder = repository / "scenarios"
    for path in folder.rglob("*.yaml"):
        text_of = path.read_text(encoding="utf-8")
        title = re.search(r"^title:(?:\n  en:)? (.*)$", text_of, re.MULTILINE)[1]
        name = path.relative_to(folder).as_posix()
        assert f"| [{name}]({name}) | {title} |" in text


def test_every_link_leads_to_a_heading(text):
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    anchors = {page._slug(heading) for heading in headings}

    assert set(re.findall(r"\]\(#([^)]*)\)", text)) <= anchors
    assert len(headings) == len(set(headings))


def test_tables_are_whole(text):
    for block in text.split("\n\n"):
        if block.startswith("|"):
            columns = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
            assert len(columns) == 1, block.splitlines()[0]


def test_page_without_a_folder_lists_no_files(tmp_path):
    assert "Shipped scenarios" not in page.dictionary()
    assert "Shipped scenarios" not in page.dictionary(tmp_path / "absent")


def test_parameters_are_read_with_their_own_units():
    docstring = """Do.

    Parameters
    ----------
    a, b : float
        First and second. [day], [1]
    c : int, optional
        Third, over
        two lines. [unit]
    d
        Fourth.

    Examples
    --------
    >>> 1
    1
    """

    said = page._documented(inspect.cleandoc(docstring))

    assert {name: tuple(value) for name, value in said.items()} == {
        "a": ("First and second.", "day"),
        "b": ("First and second.", "1"),
        "c": ("Third, over two lines.", "unit"),
        "d": ("Fourth.", ""),
    }
