"""Whoever reads an app in Indonesian meets no English."""

import re
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import get_args

import pytest
from babel.messages.pofile import read_po

from pbc_sim.contract.adjustments import ADJUSTMENTS
from pbc_sim.contract.incentives import INCENTIVES
from pbc_sim.contract.moving_targets import Month
from pbc_sim.contract.payments import PAYMENTS
from pbc_sim.contract.terms import Contract
from pbc_sim.language import CATALOGUES, speaking
from pbc_sim.performance.measures import KPIS
from pbc_sim.show.apps.designer.fields import EXCLUDED, LEFT_OUT
from pbc_sim.show.apps.designer.labels import LABELS, choice, label, unit_said
from pbc_sim.show.apps.opening import HERE

#: Months are written by Babel, and these units are no words.
NO_WORDS = {"1", "1/day", "1/year", "as the KPI", "currency"}
SCHEMA = Contract.model_json_schema()["$defs"]


@cache
def translations():
    found = {}
    for path in sorted((CATALOGUES / "id" / "LC_MESSAGES").glob("*.po")):
        catalogue = read_po(BytesIO(path.read_bytes()), locale="id")
        found |= {message.id: message.string for message in catalogue if message.id}
    return found


def test_every_translation_keeps_its_placeholders():
    places = re.compile(r"\{\w*\}")

    assert {
        text: said
        for text, said in translations().items()
        if isinstance(text, str) and set(places.findall(text)) != set(places.findall(str(said)))
    } == {}


def schema_names():
    names = {name for terms in SCHEMA.values() for name in terms["properties"]} - LEFT_OUT
    return sorted({*names, *LABELS, *INCENTIVES, *PAYMENTS, *ADJUSTMENTS})


def schema_choices(node):
    if isinstance(node, dict):
        yield from node.get("enum", [])
        for part in node.values():
            yield from schema_choices(part)
    elif isinstance(node, list):
        for part in node:
            yield from schema_choices(part)


@pytest.mark.parametrize("name", schema_names())
def test_every_field_of_a_contract_is_called_something_in_indonesian(name):
    assert LABELS.get(name, name.replace("_", " ").capitalize()) in translations()
    assert label(name)


def test_every_choice_of_a_contract_is_called_something_in_indonesian():
    months = set(get_args(Month))
    named = {name.replace("_", " ") for name in {*schema_choices(SCHEMA), *EXCLUDED} - months}

    assert sorted(named - translations().keys()) == []


@pytest.mark.parametrize("unit", sorted({kpi.unit for kpi in KPIS.values()} - NO_WORDS))
def test_every_unit_of_a_kpi_is_called_something_in_indonesian(unit):
    assert unit in translations()


def test_choices_and_units_are_said_in_the_language_spoken():
    with speaking("id"):
        assert choice("targets_met") == "target tercapai"
        assert unit_said("1/day", "IDR") == "% per hari"
        assert unit_said("currency", "IDR") == "Rp"


def test_scripts_of_the_browser_say_nothing_themselves():
    """Whatever is read comes from Python, where it is translated."""
    for path in Path(HERE).glob("*.js"):
        script = path.read_text(encoding="utf-8")
        assert 'textContent = "' not in script
        assert ">Table<" not in script
