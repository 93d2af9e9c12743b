"""Each notebook asks a question, says what one will see and should remember, and is on the map."""

import ast
import json
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
NOTEBOOKS = sorted(path.name for path in FOLDER.glob("*.ipynb"))
NUMBERED = [name for name in NOTEBOOKS if name[0].isdigit()]

#: Lines of the longest function that a notebook may define; what is longer belongs in the package.
LONGEST = 3


def cells(name, kind):
    found = json.loads((FOLDER / name).read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in found if cell["cell_type"] == kind]


def long_functions(code):
    return [
        node.name
        for node in ast.walk(ast.parse(code))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        and node.end_lineno - node.lineno + 1 > LONGEST
    ]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_is_on_the_map(name):
    assert f"]({name})" in (FOLDER / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NUMBERED)
def test_a_notebook_begins_with_its_question_and_what_one_will_see(name):
    first = cells(name, "markdown")[0]

    assert re.match(r"# .*\?\n", first)
    assert "**You will see**" in first


@pytest.mark.parametrize("name", NUMBERED)
def test_a_notebook_ends_with_what_to_remember(name):
    assert "## What to remember" in cells(name, "markdown")[-1]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_defines_nothing_long(name):
    assert [f for code in cells(name, "code") for f in long_functions(code)] == []


def test_a_long_function_is_seen():
    assert long_functions("def f():\n    a = 1\n    b = 2\n    return a + b\n") == ["f"]
    assert long_functions("def f():\n    return 1\n") == []
