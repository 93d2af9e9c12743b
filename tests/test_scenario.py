"""Bad input is answered with one sentence that begins with file and line; good input is read."""

import copy
import io
import json
import re
import time

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

import pbc_sim
import pbc_sim as pbc
from pbc_sim.cli import main
from pbc_sim.errors import ScenarioError
from pbc_sim.scenario import MOST_BYTES, Scenario, json_schema, load_scenario, parse_scenario

GOOD = """\
title: Two offices and paper
currency: EUR
world:
  start: 2022-01-01
  horizon: {months: 12}
  demand:
    units:
      north: {orders_per_business_day: 2}
      south: {orders_per_business_day: 1}
  items:
    paper: {price: 10, cost: 6}
  supply:
    lead_time: {gamma: {mean: 5, cv: 0.5}}
plans:
  usual:
    policy: {base_stock: {level: 40}}
contracts:
  plain:
    title: Plain
    kpis:
      accuracy: {measure: order_accuracy, target: {at_least: 0.99}}
      returns: {measure: return_rate, review: year, target: {below: 0.01}}
    incentives:
      - lump_sum: {kpi: accuracy, if_missed: -100}
    gate: {no_bonus_below: {accuracy: 0.98}}
baseline: plain
"""


def _with(old, new):
    """Return the good scenario with one piece replaced; "#!" marks the line that is wrong."""
    assert GOOD.count(old) == 1, f"{old!r} is not a single piece of the good scenario"
    return GOOD.replace(old, new)


def _marked_line(text):
    lines = text.splitlines()
    marked = [n for n, line in enumerate(lines, start=1) if line.endswith("#!")]
    assert len(marked) == 1, "mark exactly one line"
    return marked[0]


DEMAND = "  demand:\n    units:\n      north: {orders_per_business_day: 2}\n"
GAMMA = "    lead_time: {gamma: {mean: 5, cv: 0.5}}\n"
LEVEL = "    policy: {base_stock: {level: 40}}\n"
PAPER = "    paper: {price: 10, cost: 6}\n"
ACCURACY = "      accuracy: {measure: order_accuracy, target: {at_least: 0.99}}\n"
RETURNS = "      returns: {measure: return_rate, review: year, target: {below: 0.01}}\n"
LUMP = "      - lump_sum: {kpi: accuracy, if_missed: -100}\n"
GATE = "    gate: {no_bonus_below: {accuracy: 0.98}}\n"

#: What is wrong, the file, and what the message says beside the line.
BAD = {
    "unknown key at the top": (_with("plans:\n", "plan:  #!\n"), "Did you mean 'plans'?"),
    "unknown key in a section": (
        _with(PAPER, "    paper: {prize: 10, cost: 6}  #!\n"),
        "unknown key 'prize'",
    ),
    "unknown key, nearest one named": (
        _with(LUMP, "      - lump_sum: {kpi: accuracy, if_mised: -100}  #!\n"),
        "Did you mean 'if_missed'?",
    ),
    "wrong type: text for a number": (
        _with(PAPER, "    paper: {price: ten, cost: 6}  #!\n"),
        "must be a number >= 0 and <= 1e+15 currency, got 'ten' currency",
    ),
    "wrong type: number in quotes": (
        _with(PAPER, '    paper: {price: "10", cost: 6}  #!\n'),
        "got '10' currency",
    ),
    "wrong type: list for a section": (
        _with(GAMMA, "    lead_time: [5]  #!\n"),
        "must name one distribution",
    ),
    "wrong type: number for a section": (
        _with("  horizon: {months: 12}\n", "  horizon: 12  #!\n"),
        "must be a section with keys (months, days), got 12",
    ),
    "wrong type: mapping for text": (
        _with("title: Two offices and paper\n", "title: {a: 1}  #!\n"),
        "title",
    ),
    "wrong type: number for text": (
        _with("title: Two offices and paper\n", "title: 5  #!\n"),
        "title",
    ),
    "nothing for a section": (_with(GAMMA, "    lead_time:  #!\n"), "lead_time"),
    "not a number": (_with(PAPER, "    paper: {price: .nan, cost: 6}  #!\n"), "got nan"),
    "infinity": (_with(PAPER, "    paper: {price: .inf, cost: 6}  #!\n"), "got inf"),
    "minus infinity": (
        _with(LUMP, "      - lump_sum: {kpi: accuracy, if_missed: -.inf}  #!\n"),
        "-inf",
    ),
    "negative demand": (
        _with("{orders_per_business_day: 2}\n", "{orders_per_business_day: -2}  #!\n"),
        "must be a number >= 0 and <= 1e+09 order/business day, got -2",
    ),
    "minus one picker": (_with(LEVEL, LEVEL + "    pickers: -1  #!\n"), "got -1 person"),
    "floor above zero": (
        _with(LUMP, "      - per_point: {kpi: accuracy, rate: 1, floor: 5}  #!\n"),
        "<= 0 currency, got 5 currency",
    ),
    "points of no size": (
        _with(LUMP, "      - per_point: {kpi: accuracy, rate: 1, floor: -5, point: 0}  #!\n"),
        "must be a number > 0",
    ),
    "negative spread": (
        _with(GAMMA, "    lead_time: {gamma: {mean: 5, cv: -0.5}}  #!\n"),
        "must be a number > 0 and <= 20, got -0.5",
    ),
    "share of defects above one": (
        _with(
            PAPER,
            "    paper: {price: 9, cost: 6, lot_quality: {beta: {mean: 3, concentration: 9}}} #!\n",
        ),
        "got 3",
    ),
    "negative price": (_with(PAPER, "    paper: {price: -1, cost: 6}  #!\n"), "got -1 currency"),
    "1e308": (_with(PAPER, "    paper: {price: 1e308, cost: 6}  #!\n"), "got 1e+308"),
    "1e999": (_with(PAPER, "    paper: {price: 1e999, cost: 6}  #!\n"), "got inf"),
    "10**400": (
        _with(PAPER, f"    paper: {{price: {10**400}, cost: 6}}  #!\n"),
        "must be a number",
    ),
    "10**5000": (_with(PAPER, f"    paper: {{price: 1{'0' * 5000}, cost: 6}}  #!\n"), ""),
    "true for a number": (_with(PAPER, "    paper: {price: true, cost: 6}  #!\n"), "got True"),
    "true for a count": (_with("{months: 12}\n", "{months: true}  #!\n"), "got True"),
    "half a month": (_with("{months: 12}\n", "{months: 1.5}  #!\n"), "whole number"),
    "months and days": (_with("{months: 12}\n", "{months: 1, days: 3}  #!\n"), "not both"),
    "date that is none": (_with("2022-01-01\n", "2022-02-30  #!\n"), ""),
    "time for a date": (_with("2022-01-01\n", "2022-01-01 08:00:00  #!\n"), ""),
    "start at the end of all calendars": (_with("2022-01-01\n", "9999-12-01  #!\n"), ""),
    "duplicate key": (_with(PAPER, PAPER + "    paper: {price: 11, cost: 6}  #!\n"), "duplicate"),
    "duplicate key in braces": (
        _with(PAPER, "    paper: {price: 10, price: 10, cost: 6}  #!\n"),
        "duplicate",
    ),
    "duplicate section": (GOOD + "currency: IDR  #!\n", "duplicate"),
    "missing section": (
        _with("  supply:\n" + GAMMA, "").replace("world:\n", "world:  #!\n"),
        "world.supply: is missing; add it",
    ),
    "missing field": (_with(PAPER, "    paper: {cost: 6}  #!\n"), "price: is missing; add it"),
    "no units": (
        _with(DEMAND, "  demand:\n    units: {}  #!\n").replace(
            "      south: {orders_per_business_day: 1}\n", ""
        ),
        "units",
    ),
    "no plans": (_with("plans:\n  usual:\n" + LEVEL, "plans: {}  #!\n"), "plans"),
    "unknown KPI": (
        _with(ACCURACY, "      accuracy: {measure: order_acuracy, target: {at_least: 0.99}}  #!\n"),
        "Did you mean 'order_accuracy'?",
    ),
    "unknown distribution": (
        _with(GAMMA, "    lead_time: {gama: {mean: 5}}  #!\n"),
        "Did you mean 'gamma'?",
    ),
    "two distributions": (
        _with(GAMMA, "    lead_time: {gamma: {mean: 5}, beta: {}}  #!\n"),
        "must name one distribution",
    ),
    "unknown policy": (
        _with(LEVEL, "    policy: {base_stok: {level: 40}}  #!\n"),
        "Did you mean 'base_stock'?",
    ),
    "unknown incentive": (
        _with(LUMP, "      - lump_sums: {kpi: accuracy}  #!\n"),
        "Did you mean 'lump_sum'?",
    ),
    "unknown payment scheme": (
        _with(GATE, GATE + "    payment: {fixed_fees: {per_period: 1}}  #!\n"),
        "Did you mean 'fixed_fee'?",
    ),
    "unknown event": (
        _with(LUMP, LUMP + "      - per_event: {event: returned_unit, amount: -1}  #!\n"),
        "Did you mean 'returned_units'?",
    ),
    "item that the catalogue has not": (
        _with(LEVEL, LEVEL + "    items:\n      papr: {base_stock: {level: 4}}  #!\n"),
        "Did you mean 'paper'?",
    ),
    "baseline that is no contract": (
        _with("baseline: plain\n", "baseline: plane  #!\n"),
        "Did you mean 'plain'?",
    ),
    "target in the wrong direction": (
        _with(RETURNS, "      returns: {measure: return_rate, target: {at_least: 0.01}}  #!\n"),
        "wrong direction: lower is better, so use at_most or below",
    ),
    "target out of bounds": (
        _with(ACCURACY, "      accuracy: {measure: order_accuracy, target: {at_least: 99}}  #!\n"),
        "must lie within 0 and 1, got 99",
    ),
    "two targets": (
        _with(
            ACCURACY,
            "      accuracy: {measure: order_accuracy, target: {at_least: 0.9, above: 0.9}}  #!\n",
        ),
        "exactly one of at_least, above, at_most and below",
    ),
    "incentive level that misses the target": (
        _with(
            ACCURACY,
            ACCURACY.replace("0.99}}", "0.9}, incentive_level: 0.8}  #!"),
        ),
        "incentive_level must meet the target (at least 0.9), got 0.8",
    ),
    "KPI without what it needs": (
        _with(
            ACCURACY,
            ACCURACY + "      late: {measure: on_time_share, target: {at_least: 0.9}}  #!\n",
        ),
        "needs 'limit'",
    ),
    "KPI with what it does not take": (
        _with(
            ACCURACY,
            ACCURACY.replace("0.99}}", "0.99}, limit: {business_days: 2}}  #!"),
        ),
        "has no setting 'limit'",
    ),
    "review more often than payment": (
        _with(
            RETURNS,
            "      returns: {measure: return_rate, review: month, target: {below: 0.01}}  #!\n",
        ).replace("    title: Plain\n", "    title: Plain\n    term: {review: quarter}\n"),
        "reviewed per month, but payment is per quarter",
    ),
    "incentive on a KPI that is not agreed": (
        _with(LUMP, "      - lump_sum: {kpi: acuracy, if_missed: -100}  #!\n"),
        "Did you mean 'accuracy'?",
    ),
    "gate on a KPI that is not agreed": (
        _with(GATE, "    gate: {no_bonus_below: {fulfilment: 0.98}}  #!\n"),
        "unknown KPI of this contract 'fulfilment'",
    ),
    "bonus without its level": (
        _with(LUMP, "      - lump_sum: {kpi: accuracy, if_exceeded: 100}  #!\n"),
        "needs an incentive_level",
    ),
    "term longer than the horizon": (
        _with("    title: Plain\n", "    title: Plain\n    term: {months: 13}  #!\n"),
        "shorten the term or lengthen world.horizon",
    ),
    "cap without a size": (
        _with(GATE, GATE + "    limits: {bonus: {per: period}}  #!\n"),
        "either",
    ),
    "shares beyond one": (
        _with(
            GATE,
            GATE + "    payment: {milestones: {tranches: [{share: 0.9, when: signing}]}}  #!\n",
        ),
        "sum to 1",
    ),
    "discrete chances beyond one": (
        _with(
            PAPER,
            "    paper: {price: 9, cost: 6, quantity: {discrete: {chances: {1: 0.5, 2: .6}}}} #!\n",
        ),
        "sum to 1, got 1.1",
    ),
    "country that is none": (
        _with("  demand:\n", "  calendar: {country: QQ}  #!\n  demand:\n"),
        "country 'QQ'",
    ),
    "hours that end before they begin": (
        _with("  demand:\n", '  calendar: {opens: "16:00", closes: "08:00"}  #!\n  demand:\n'),
        "closes must be later than opens",
    ),
    "currency that is none": (_with("currency: EUR\n", "currency: euro  #!\n"), "currency"),
    "ten to the nine orders": (
        _with(
            DEMAND,
            "  demand:  #!\n    units:\n      north: {orders_per_business_day: 1000000000}\n",
        ),
        "lower orders_per_business_day or the horizon",
    ),
    "name with a control character": (
        _with(PAPER, '    "pa\\x1b[31mper": {price: 10, cost: 6}  #!\n'),
        "",
    ),
    "name with a line break": (_with(PAPER, '    "pa\\nper": {price: 10, cost: 6}  #!\n'), ""),
    "name that is a path": (_with("  plain:\n", "  ../plain:  #!\n"), ""),
    "name that is a number": (_with(PAPER, "    4: {price: 10, cost: 6}  #!\n"), ""),
    "title with a control character": (
        _with("title: Two offices and paper\n", 'title: "a\\x1b[31mb"  #!\n'),
        "",
    ),
    "tab instead of spaces": (_with(PAPER, "\t\tpaper: {price: 10, cost: 6}  #!\n"), ""),
    "anchor": (_with(PAPER, "    paper: &p {price: 10, cost: 6}  #!\n"), "anchors and aliases"),
    "alias": (_with(PAPER, "    paper: *p  #!\n"), "anchors and aliases"),
    "tag that builds an object": (
        _with(PAPER, "    paper: !!python/object:os.system {price: 10}  #!\n"),
        "",
    ),
    "tag that calls": (_with(PAPER, "    paper: !!python/object/apply:os.getcwd []  #!\n"), ""),
    "tag of one's own": (_with(PAPER, "    paper: !mine {price: 10, cost: 6}  #!\n"), ""),
    "5000 nested brackets": (_with(PAPER, f"    paper: {'[' * 5000}  #!\n"), "levels"),
    "5000 nested braces": (_with(PAPER, f"    paper: {'{a: ' * 5000}  #!\n"), "levels"),
    "33 levels of indentation": (
        "".join(f"{'  ' * n}a:{'  #!' if n == 32 else ''}\n" for n in range(40)),
        "levels",
    ),
    "60,000 values": (GOOD + "description: [" + "1, " * 60_000 + "]  #!\n", "values"),
    "bracket that is never closed": (
        _with(PAPER, "    paper: [1, 2\n").replace("  supply:\n", "  supply:  #!\n"),
        "",
    ),
    "second document": (GOOD + "---  #!\ntitle: b\n", ""),
    "key that is a list": (
        _with("  items:\n" + PAPER, "  items:\n    ? [a, b]  #!\n    : {price: 10, cost: 6}\n"),
        "a single word",
    ),
    "plain text": ("hello  #!\n", "a scenario is a mapping"),
    "list": ("- a  #!\n", "a scenario is a mapping"),
    "null character": (_with("Two offices and paper\n", "Two offi\x00ces  #!\n"), ""),
}


def _refusal(text, name="story.yaml"):
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, name=name)
    return str(caught.value)


def _is_one_sentence(message):
    assert message.endswith((".", "?", ".)")), message
    assert not re.search(r"[\x00-\x1f\x7f]", message), repr(message)
    assert "pydantic" not in message
    assert not message.endswith(".."), message
    assert len(message) < 1500, len(message)


def test_good_scenario_is_read():

    scenario = parse_scenario(GOOD)

    assert scenario.baseline_name == "plain"
    assert scenario.contracts["plain"].kpis["returns"].target.strict


@pytest.mark.parametrize("case", BAD)
def test_bad_file_is_answered_with_one_sentence_that_names_its_line(case, tmp_path, capsys):
    text, words = BAD[case]
    path = tmp_path / "story.yaml"
    path.write_text(text, encoding="utf-8")

    status = main(["check", str(path)])

    printed = capsys.readouterr()
    assert status == 2
    assert printed.out == ""
    assert printed.err.startswith(f"pbc-sim: {path}:{_marked_line(text)}: "), printed.err
    assert words in printed.err
    _is_one_sentence(printed.err.removesuffix("\n"))


def _empty(path):
    path.write_text("", encoding="utf-8")


def _comment_only(path):
    path.write_text("# nothing here\n", encoding="utf-8")


def _too_large(path):
    path.write_text(GOOD + "#" * MOST_BYTES, encoding="utf-8")


def _latin_1(path):
    path.write_bytes(GOOD.replace("paper", "papél", 1).encode("latin-1"))


def _utf_16(path):
    path.write_bytes(GOOD.encode("utf-16"))


def _binary(path):
    path.write_bytes(bytes(range(256)) * 10)


def _absent(path):
    pass


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (_empty, "a scenario is a mapping"),
        (_comment_only, "a scenario is a mapping"),
        (_too_large, "larger than 1 MiB"),
        (_latin_1, "not UTF-8"),
        (_utf_16, "not UTF-8"),
        (_binary, "not UTF-8"),
        (_absent, "no such file"),
        (lambda path: path.mkdir(), "is a directory"),
        (lambda path: path.symlink_to(path), "give the path of a scenario file"),  # to itself
    ],
)
def test_file_that_is_no_scenario_is_answered_with_its_path(prepare, words, tmp_path, capsys):
    path = tmp_path / "story.yaml"
    prepare(path)

    status = main(["check", str(path)])

    printed = capsys.readouterr()
    assert status == 2
    assert printed.out == ""
    assert printed.err.startswith(f"pbc-sim: {path}:")
    assert words in printed.err
    _is_one_sentence(printed.err.removesuffix("\n"))


@pytest.mark.parametrize(
    "case",
    ["ten to the nine orders", "5000 nested brackets", "10**5000"],
)
def test_very_large_input_is_refused_within_a_second(case):
    _refusal(BAD["unknown KPI"][0])  # what is imported late is imported now
    started = time.process_time()

    _refusal(BAD[case][0])

    assert time.process_time() - started < 1


def test_study_of_too_many_replications_is_refused_before_it_runs():
    scenario = parse_scenario(GOOD)

    with pytest.raises(pbc_sim.PbcError, match="lower replications or the number of plans"):
        pbc_sim.run(scenario, replications=10**9)


def test_byte_order_mark_is_no_reason_to_refuse(tmp_path):
    path = tmp_path / "story.yaml"
    path.write_text(GOOD, encoding="utf-8-sig")

    assert load_scenario(path).model_dump() == parse_scenario(GOOD).model_dump()


def test_scenarios_of_the_same_text_are_equal():

    assert parse_scenario(GOOD) == parse_scenario(GOOD)
    assert parse_scenario(GOOD) != parse_scenario(_with("level: 40", "level: 41"))


def test_windows_line_ends_change_neither_meaning_nor_line_numbers():
    text, _ = BAD["unknown incentive"]

    unix, windows = parse_scenario(GOOD), parse_scenario(GOOD.replace("\n", "\r\n"))
    assert windows.model_dump() == unix.model_dump()
    assert _refusal(text.replace("\n", "\r\n")).startswith(f"story.yaml:{_marked_line(text)}:")


@pytest.mark.parametrize(
    ("lexeme", "value"),
    [
        ("NO", "NO"),  # Norway is no boolean in YAML 1.2
        ("on", "on"),
        ("yes", "yes"),
        ("off", "off"),
        ("y", "y"),
        ("'5'", "5"),
        ("1:30", "1:30"),  # no sexagesimal number
        ("1_000", 1000),  # our amounts are written so: the reader takes the underscore
        ("2022-01-01T", "2022-01-01T"),
    ],
)
def test_yaml_lexeme_means_what_version_1_2_says_in_a_title(lexeme, value):
    text = _with("title: Two offices and paper\n", f"title: {lexeme}\n")

    if isinstance(value, str):
        assert parse_scenario(text).title == value
    else:
        assert f"got {value}" in _refusal(text)


@pytest.mark.parametrize(
    ("lexeme", "value"),
    [
        ("1e3", 1000),  # YAML 1.1 reads text here
        ("1.5e3", 1500),
        ("010", 10),  # no octal number
        ("0o10", 8),
        ("0x10", 16),
        ("1_000", 1000),
        ("+5", 5),
        (".5", 0.5),
        ("1:30", None),
        ("yes", None),
        ("~", None),
        ("1,000", None),
    ],
)
def test_yaml_lexeme_means_what_version_1_2_says_in_a_price(lexeme, value):
    text = _with(PAPER, f"    paper:\n      price: {lexeme}\n      cost: 0\n")

    if value is None:
        assert "price: must be a number" in _refusal(text)
    else:
        assert parse_scenario(text).world.items["paper"].price == value


def test_only_the_first_of_many_mistakes_is_told_and_the_rest_counted():
    text = _with(PAPER, "    paper: {price: -1, cost: -1}\n    ink: {price: -1, cost: 1}\n")

    assert _refusal(text).endswith("(At least 2 more after it.)")


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
    changed = section = copy.deepcopy(data)
    for step in path[:-1]:
        section = section[step]
    section[path[-1]] = draw(st.sampled_from(ODD))

    try:
        scenario = parse_scenario(_dumped(changed), name="story.yaml")
    except ScenarioError as error:
        assert re.match(r"story\.yaml:\d+: ", str(error)), str(error)  # noqa: PT017
        _is_one_sentence(str(error))
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

    _is_one_sentence(_refusal(text))


# The JSON Schema, for completion in editors.


def test_shipped_schema_is_the_one_of_the_models(repository):
    shipped = repository / "src" / "pbc_sim" / "scenario.schema.json"

    assert json.loads(shipped.read_text(encoding="utf-8")) == json_schema(), (
        "write it again: pbc-sim schema > src/pbc_sim/scenario.schema.json"
    )


def test_schema_is_a_valid_schema():

    jsonschema.Draft202012Validator.check_schema(json_schema())


def _scenario_files(root):
    return sorted(
        [*(root / "scenarios").glob("*.yaml"), *(root / "tests/scenarios").glob("*.yaml")]
    )


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


def test_first_contract_is_the_baseline_where_none_is_named():

    assert parse_scenario(_with("baseline: plain\n", "")).baseline_name == "plain"


def test_copy_with_another_world_is_laid_out_anew():
    """A researcher changes the world of a scenario that has been used already."""
    scenario, other = parse_scenario(GOOD), parse_scenario(_with("{months: 12}", "{months: 6}"))
    assert scenario.setting.ends == 365

    changed = scenario.model_copy(update={"world": other.world})

    assert changed.setting.ends == 181


def test_a_billion_orders_are_refused_under_plans_with_days_of_cover(repository):
    text = (repository / "scenarios/pilot_office.yaml").read_text(encoding="utf-8")
    text = text.replace("orders_per_business_day: 1.5", "orders_per_business_day: 1.0e9")

    with pytest.raises(pbc.ScenarioError, match="order lines in one replication"):
        pbc.parse_scenario(text)


def test_a_reported_figure_names_a_kpi_of_both_contracts(repository):
    text = (repository / "scenarios/office_supplies.yaml").read_text(encoding="utf-8")
    text = text.replace("kpi: accuracy, before: 0.95", "kpi: acuracy, before: 0.95")

    with pytest.raises(pbc.ScenarioError, match="Did you mean 'accuracy'"):
        pbc.parse_scenario(text)
