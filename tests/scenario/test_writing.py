"""What is written as YAML reads back as the same object, and looks as a person would write it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pbc_sim as pbc
from pbc_sim.contract import Contract

ROOT = Path(__file__).parents[2]
FILES = sorted(
    path
    for folder in ("scenarios", "scenarios/schemes", "tests/scenarios")
    for path in (ROOT / folder).glob("*.yaml")
)
each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


@each_file
def test_scenario_reads_back_as_the_same_object(path, tmp_path):
    scenario = pbc.load_scenario(path)

    pbc.save_scenario(scenario, tmp_path / "copy.yaml")

    assert pbc.load_scenario(tmp_path / "copy.yaml") == scenario


@each_file
def test_each_contract_reads_back_as_the_same_object(path):
    for contract in pbc.load_scenario(path).contracts.values():
        assert pbc.parse_contract(pbc.to_yaml(contract)) == contract


@each_file
def test_written_lines_are_short(path):
    text = pbc.to_yaml(pbc.load_scenario(path))

    assert max(map(len, text.splitlines())) <= 120


@given(title=st.text(max_size=60))
def test_any_text_that_a_title_may_have_survives(title):
    try:
        contract = Contract.model_validate({"title": title})
    except pbc.PbcError:
        return

    assert pbc.parse_contract(pbc.to_yaml(contract)).title == title


def test_numbers_and_short_sections_are_written_as_people_write_them():
    terms = {
        "title": "Fee",
        "payment": {"fixed_fee": {"per_period": 1500.0}},
        "kpis": {
            "it": {"measure": "order_accuracy", "target": {"at_least": 0.99}, "min_sample": 5}
        },
        "incentives": [{"step_tiers": {"kpi": "it", "tiers": {0.99: 0.1, 0.95: 1.0}}}],
    }

    assert pbc.to_yaml(Contract.model_validate(terms)).splitlines() == [
        "title: Fee",
        "payment:",
        "  fixed_fee: {per_period: 1500}",
        "kpis:",
        "  it: {measure: order_accuracy, target: {at_least: 0.99}, min_sample: 5}",
        "incentives:",
        "  - step_tiers: {kpi: it, tiers: {0.99: 0.1, 0.95: 1}}",
    ]


def test_a_file_that_cannot_be_written_is_said_in_one_sentence(tmp_path):
    scenario = pbc.load_scenario(FILES[0])

    with pytest.raises(pbc.PbcError, match="is a directory; give the path of a file to write"):
        pbc.save_scenario(scenario, tmp_path)


def test_a_contract_that_breaks_a_rule_is_told_with_its_line():
    with pytest.raises(pbc.PbcError, match=r"contract:2: payment.fixed_fee.per_period"):
        pbc.parse_contract("title: Fee\npayment: {fixed_fee: {per_period: -1}}\n")
