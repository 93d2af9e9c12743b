"""Apps are found by their folders, and open in a notebook of one cell."""

import json

import pytest

from pbc_sim.errors import PbcError
from pbc_sim.show.apps import app_names, open_app
from pbc_sim.show.apps.opening import HERE, Opening, scenario_files
from pbc_sim.show.apps.server import TEMPLATES, notebook, serve


def test_every_app_has_its_notebook_in_the_repository(repository):
    for name in app_names():
        shipped = json.loads((repository / "notebooks" / f"app_{name}.ipynb").read_text())
        cells = ["".join(cell["source"]) for cell in shipped["cells"]]

        assert f'open_app("{name}")' in cells[-1]


def test_an_unknown_app_is_answered_with_the_nearest():
    with pytest.raises(PbcError, match="Did you mean 'designer'"):
        open_app("desinger")


def test_an_unknown_language_is_refused():
    with pytest.raises(PbcError, match="unknown language"):
        open_app("designer", language="fr")


def test_without_scenarios_a_file_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(PbcError, match="name a file"):
        open_app("designer")


def test_scenarios_are_found_from_the_notebooks_folder(repository, monkeypatch):
    monkeypatch.chdir(repository / "notebooks")

    assert next(path.name for path in scenario_files()) == "office_supplies.yaml"


def test_a_file_comes_first_and_its_neighbours_after_it(repository):
    found = scenario_files(repository / "scenarios" / "spare_parts.yaml")

    assert found[0].name == "spare_parts.yaml"
    assert {path.name for path in found} >= {"office_supplies.yaml", "pilot_office.yaml"}
    assert len(found) == len(set(found))


def test_a_notebook_opens_what_was_asked_for(tmp_path):
    opening = Opening(tmp_path / "it's.yaml", "id", 50)

    source = json.loads(notebook("designer", opening))["cells"][0]["source"]

    assert source[-1].endswith("it's.yaml\", language='id', replications=50)")


def test_what_is_served_travels_in_the_package():
    assert TEMPLATES.is_relative_to(HERE)
    assert (TEMPLATES / "voila" / "templates" / "pbc_sim" / "index.html.j2").is_file()


@pytest.mark.parametrize(
    ("name", "scenario", "message"),
    [
        ("desinger", None, "unknown app"),
        ("designer", "lost.yaml", "there is no file '.*lost.yaml'"),
    ],
)
def test_what_cannot_be_served_is_refused(name, scenario, message, tmp_path):
    with pytest.raises(PbcError, match=message):
        serve(name, tmp_path, scenario=scenario and tmp_path.joinpath("x").with_name(scenario))
