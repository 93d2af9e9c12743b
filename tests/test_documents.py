"""The documents point at things that exist, and notebooks are committed without outputs."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = ["README.md", "DESIGN.md", "GLOSSARY.md", "CONTRIBUTING.md", "CHANGELOG.md"]

IN_BACKTICKS = re.compile(r"`+([^`\n]+)`+")
# A path has a folder and an ending, or ends as a folder; `on_time/late` and `2/3` are none.
PATH = re.compile(r"(?:\.?[\w-]+/)+(?:[\w.-]+\.[A-Za-z]\w*)?")
MAKE = re.compile(r"(?:^|[`$;&] ?)make((?: [A-Za-z_]+=\S+| [a-z][a-z-]*)+)", re.MULTILINE)
TARGET = re.compile(r"^([a-z][a-z-]*):(?!=)", re.MULTILINE)
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:home|root|tmp|work|Users|opt|mnt|var)/|\b[A-Z]:\\")

# Made by `make`, so never in a fresh clone.
BUILT = ("build/", "dist/", ".venv/")


def missing_paths(text: str, root: Path) -> list[str]:
    """Return the paths in backticks that lie neither in the repository nor in the package.

    A stage's folder is named without its prefix, as in `performance/kpis.py`.
    """
    named = [word for code in IN_BACKTICKS.findall(text) for word in code.split()]
    return [
        word
        for word in named
        if PATH.fullmatch(word)
        and not word.startswith(BUILT)
        and not any((place / word).exists() for place in (root, root / "src" / "pbc_sim"))
    ]


def missing_targets(text: str, makefile: str) -> list[str]:
    words = [word for line in MAKE.findall(text) for word in line.split()]
    known = set(TARGET.findall(makefile))
    return [word for word in words if "=" not in word and word not in known]


def machine_paths(text: str) -> list[str]:
    return MACHINE_PATH.findall(text)


def cells_with_outputs(notebook: str) -> list[int]:
    cells = json.loads(notebook)["cells"]
    return [
        number
        for number, cell in enumerate(cells)
        if cell.get("outputs") or cell.get("execution_count") is not None
    ]


@pytest.fixture(params=DOCUMENTS)
def document(request) -> Path:
    return ROOT / request.param


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_document_exists_and_has_a_title(document):
    assert read(document).startswith("# ")


def test_document_names_only_paths_that_exist(document):
    assert missing_paths(read(document), ROOT) == []


def test_document_names_only_targets_of_the_makefile(document):
    assert missing_targets(read(document), read(ROOT / "Makefile")) == []


def test_document_names_no_path_of_one_machine(document):
    assert machine_paths(read(document)) == []


def test_help_lists_every_target():
    makefile = read(ROOT / "Makefile")
    (declared,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)

    assert set(declared.split()) == set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))


def test_notebooks_are_committed_without_outputs(committed_files):
    found = {
        path.name: numbers
        for path in committed_files
        if path.suffix == ".ipynb" and (numbers := cells_with_outputs(read(path)))
    }

    assert found == {}


def test_a_path_that_does_not_exist_is_seen(tmp_path):
    (tmp_path / "src/pbc_sim/world").mkdir(parents=True)
    (tmp_path / "src/pbc_sim/world/draws.py").touch()
    text = (
        "See `world/draws.py`, `src/pbc_sim/world/`, `world/luck.py` and `pbc-sim run lost/a.yaml`."
    )

    assert missing_paths(text, tmp_path) == ["world/luck.py", "lost/a.yaml"]


@pytest.mark.parametrize("words", ["`2/3`", "`draws.py`", "`build/demo/table.csv`", "a/b.py bare"])
def test_what_is_no_path_is_let_pass(words, tmp_path):
    assert missing_paths(words, tmp_path) == []


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Say `make tets` or `make test`.", ["tets"]),
        ("```\nmake check deploy\n```", ["deploy"]),
        ("`make PYTHON=python3.12 test`", []),
        ("Tests make sense only when they can fail.", []),
    ],
)
def test_a_target_that_does_not_exist_is_seen(text, missing):
    makefile = "NAME := x\ntest: a\ncheck:\n"

    assert missing_targets(text, makefile) == missing


@pytest.mark.parametrize("text", ["in /home/ann/pbc", "`/tmp/venv`", r"C:\work", "(/work/main)"])
def test_a_path_of_one_machine_is_seen(text):
    assert machine_paths(text)


@pytest.mark.parametrize("text", ["src/work/a", "https://example.org/tmp/x", "and/or", "./tmp/"])
def test_a_relative_path_is_let_pass(text):
    assert not machine_paths(text)


@pytest.mark.parametrize(
    "cell",
    [
        {"cell_type": "code", "outputs": [{"output_type": "stream"}], "execution_count": None},
        {"cell_type": "code", "outputs": [], "execution_count": 3},
    ],
)
def test_an_output_in_a_notebook_is_seen(cell):
    clean = {"cell_type": "code", "outputs": [], "execution_count": None}

    assert cells_with_outputs(json.dumps({"cells": [clean, cell]})) == [1]
