"""The glossary names what the code names, where it stands, and what Indonesian buyers call it."""

import inspect
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from pbc_sim.contract.adjustments import ADJUSTMENTS
from pbc_sim.contract.incentives import INCENTIVES
from pbc_sim.contract.payments import PAYMENTS
from pbc_sim.operations.allocation import ALLOCATIONS
from pbc_sim.operations.inspection import INSPECTIONS
from pbc_sim.operations.policies import POLICIES
from pbc_sim.operations.sourcing import SOURCINGS
from pbc_sim.performance.measures import KPIS

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "pbc_sim"

CATALOGUES = (
    *(KPIS, INCENTIVES, PAYMENTS, ADJUSTMENTS, POLICIES, SOURCINGS, ALLOCATIONS, INSPECTIONS),
)
CODE = re.compile(r"`([^`]*)`")
HEADER = ("term", "meaning", "symbol", "unit", "module", "Indonesian")
DASH = "–"


class Row(NamedTuple):
    """One term of the glossary."""

    group: str
    term: str
    meaning: str
    symbol: str
    unit: str
    module: str
    indonesian: str

    @property
    def name(self) -> str:
        """The term without its name in the code."""
        return CODE.sub("", self.term).strip()

    @property
    def codes(self) -> list[str]:
        """The names in the code."""
        return CODE.findall(self.term)


def tables(text: str) -> dict[str, list[tuple[str, ...]]]:
    """Return the lines of each group's table, as cells; the line under the header is left out."""
    found: dict[str, list[tuple[str, ...]]] = {}
    group = ""
    for line in text.splitlines():
        if line.startswith("## "):
            group = line.removeprefix("## ")
        elif line.startswith("|") and not line.startswith("|---"):
            cells = tuple(cell.strip() for cell in line.strip("|").split("|"))
            found.setdefault(group, []).append(cells)
    return found


def rows_of(text: str) -> list[Row]:
    return [Row(group, *cells) for group, lines in tables(text).items() for cells in lines[1:]]


def missing_modules(rows: list[Row], package: Path) -> list[str]:
    named = [row.module for row in rows if row.module != DASH]
    return [
        name for name in named if not (m := CODE.fullmatch(name)) or not (package / m[1]).is_file()
    ]


def repeated(names: list[str]) -> list[str]:
    return [name for name, times in Counter(name.casefold() for name in names).items() if times > 1]


def out_of_order(rows: list[Row]) -> list[str]:
    """Return the terms that stand behind a later one of their group; signs do not count."""

    def rank(row: Row) -> tuple[str, str]:
        letters = re.sub(r"[^\w ]", "", row.name)
        return letters.casefold(), letters

    return [b.name for a, b in pairwise(rows) if a.group == b.group and rank(a) > rank(b)]


def empty_cells(rows: list[Row]) -> list[str]:
    """Return the terms with an empty cell, or with a dash where only words will do."""
    return [
        row.term for row in rows if not all(row) or DASH in (row.term, row.meaning, row.indonesian)
    ]


def module_of(entry: object) -> str:
    """Return where a catalogue's entry is written, as a path below the package."""
    written = inspect.getsourcefile(getattr(entry, "facts", entry))
    return Path(written).resolve().relative_to(PACKAGE).as_posix()


@pytest.fixture(scope="module")
def text() -> str:
    return (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def rows(text) -> list[Row]:
    return rows_of(text)


def test_every_table_has_the_six_columns(text):
    found = tables(text)

    assert len(found) > 1
    assert {lines[0] for lines in found.values()} == {HEADER}
    assert {len(cells) for lines in found.values() for cells in lines} == {len(HEADER)}


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        pytest.param(name, entry, id=f"{catalogue.kind}: {name}")
        for catalogue in CATALOGUES
        for name, entry in catalogue.items()
    ],
)
def test_entry_of_a_catalogue_has_one_row_that_names_its_module(name, entry, rows):

    modules = [row.module for row in rows if name in row.codes]

    assert modules == [f"`{module_of(entry)}`"], f"give `{name}` one row in GLOSSARY.md"


@pytest.mark.parametrize("name", KPIS)
def test_kpi_is_called_in_contracts_as_in_the_glossary(name, rows):
    (term,) = (row.indonesian for row in rows if name in row.codes)

    assert KPIS[name].in_indonesian.label.casefold() == term.casefold()


def test_every_module_exists(rows):
    assert missing_modules(rows, PACKAGE) == []


def test_no_cell_is_empty_and_every_term_has_its_indonesian(rows):
    assert empty_cells(rows) == []


def test_every_meaning_is_one_sentence(rows):

    wrong = [r.term for r in rows if not r.meaning.endswith(".") or ". " in r.meaning]

    assert wrong == []


def test_every_term_stands_once(rows):
    assert repeated([row.name for row in rows]) == []
    assert repeated([code for row in rows for code in row.codes]) == []


def test_terms_are_sorted_within_their_group(rows):
    assert out_of_order(rows) == []


def a_row(term="order", module="`here.py`", indonesian="pesanan", group="Orders") -> Row:
    return Row(group, term, "What is asked for.", DASH, DASH, module, indonesian)


@pytest.mark.parametrize("module", ["`gone.py`", "here.py", "``", "`folder/`"])
def test_a_module_that_does_not_exist_is_seen(module, tmp_path):
    (tmp_path / "here.py").touch()
    (tmp_path / "folder").mkdir()

    assert missing_modules([a_row(), a_row(module=module)], tmp_path) == [module]


@pytest.mark.parametrize("indonesian", ["", DASH])
def test_a_missing_translation_is_seen(indonesian):
    assert empty_cells([a_row(), a_row("item", indonesian=indonesian)]) == ["item"]


def test_a_repeated_term_is_seen():
    assert repeated(["order", "item", "Order"]) == ["order"]


def test_a_term_out_of_order_is_seen_within_its_group_alone():
    ranks = [a_row("(B, S) `policy`"), a_row("order"), a_row("item"), a_row("cap", group="Pay")]

    assert out_of_order(ranks) == ["item"]
