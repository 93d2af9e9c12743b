"""Whatever stands in a scenario: it is read, or refused in one sentence."""

import copy
import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from stories import (
    GOOD,
    is_one_sentence,
    refusal,
)

from pbc_sim.errors import ScenarioError
from pbc_sim.scenario import parse_scenario

# Hypothesis: any one value of the shipped scenario turned into something odd.

ODD = [float("nan"), float("inf"), -1, 0, 1e308, 10**30, True, "5", "", None, [], {}, [1], {"a": 1}]


def _paths(value, path=()):
    if isinstance(value, dict):
        for key, part in value.items():
            yield (*path, key)
            yield from _paths(part, (*path, key))
    elif isinstance(value, list):
        for n, part in enumerate(value):
            yield (*path, n)
            yield from _paths(part, (*path, n))


@pytest.fixture(scope="module")
def shipped(repository):
    text = (repository / "scenarios" / "office_supplies.yaml").read_text(encoding="utf-8")
    return YAML(typ="safe", pure=True).load(text)


def _dumped(data):
    stream = io.StringIO()
    YAML(typ="safe", pure=True).dump(data, stream)
    return stream.getvalue()


def _read_or_refused(data, draw):
    """Turn one value into something odd: the text is read, or refused in one sentence."""
    path = draw(st.sampled_from(list(_paths(data))))
    odd = section = copy.deepcopy(data)
    for step in path[:-1]:
        section = section[step]
    section[path[-1]] = draw(st.sampled_from(ODD))

    try:
        scenario = parse_scenario(_dumped(odd), name="story.yaml")
    except ScenarioError as error:
        assert re.match(r"story\.yaml:\d+: ", str(error)), str(error)  # noqa: PT017 - it may also pass
        is_one_sentence(str(error))
    else:
        assert scenario.setting.expected_lines >= 0


@given(data=st.data())
@settings(max_examples=20)
def test_odd_value_anywhere_in_the_shipped_scenario_never_crashes(shipped, data):

    _read_or_refused(shipped, data.draw)


@given(data=st.data())
@settings(max_examples=200)
def test_odd_value_anywhere_in_a_small_scenario_never_crashes(data):

    _read_or_refused(YAML(typ="safe", pure=True).load(GOOD), data.draw)


@given(st.text(max_size=100))
@settings(max_examples=50)
def test_any_text_at_all_is_refused_in_one_sentence(text):

    is_one_sentence(refusal(text))
