"""The JSON Schema, for completion in editors, says what the reader says."""

import json

import jsonschema
import pytest
from ruamel.yaml import YAML
from stories import BAD

from pbc_sim.scenario import Scenario, json_schema, parse_scenario


def test_shipped_schema_is_the_one_of_the_models(repository):
    shipped = repository / "src" / "pbc_sim" / "scenario.schema.json"

    assert json.loads(shipped.read_text(encoding="utf-8")) == json_schema(), (
        "write it again: pbc-sim schema > src/pbc_sim/scenario.schema.json"
    )


def test_schema_is_a_valid_schema():

    jsonschema.Draft202012Validator.check_schema(json_schema())


def _scenario_files(root):
    folders = [root / name for name in ("scenarios", "scenarios/schemes", "tests/scenarios")]
    return sorted(path for folder in folders for path in folder.glob("*.yaml"))


def test_every_scenario_file_is_valid_for_the_schema_and_for_the_reader(repository):
    validator = jsonschema.Draft202012Validator(json_schema())
    files = _scenario_files(repository)
    assert files

    for path in files:
        text = path.read_text(encoding="utf-8")
        data = YAML(typ="safe", pure=True).load(text)
        # JSON has no dates and no numbers as keys; an editor sees them as text.
        as_json = json.loads(json.dumps(data, default=str))
        errors = [
            f"{path.name}: {e.json_path}: {e.message}" for e in validator.iter_errors(as_json)
        ]
        assert not errors
        assert isinstance(parse_scenario(text, name=path.name), Scenario)


@pytest.mark.parametrize(
    "case",
    [
        "unknown key at the top",
        "unknown key in a section",
        "unknown distribution",
        "unknown incentive",
        "negative price",
        "missing field",
        "wrong type: text for a number",
    ],
)
def test_schema_refuses_what_the_reader_refuses(case):
    data = YAML(typ="safe", pure=True).load(BAD[case][0])

    assert not jsonschema.Draft202012Validator(json_schema()).is_valid(
        json.loads(json.dumps(data, default=str))
    )


# What a scenario says of itself.
