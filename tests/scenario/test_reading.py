"""Bad input is answered with one sentence that begins with file and line; good input is read."""

import time

import pytest
from stories import BAD, GOOD, PAPER, altered, is_one_sentence, marked_line, refusal

import pbc_sim
import pbc_sim as pbc
from pbc_sim.cli import main
from pbc_sim.scenario import MOST_BYTES, load_scenario, parse_scenario


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
    assert printed.err.startswith(f"pbc-sim: {path}:{marked_line(text)}: "), printed.err
    assert words in printed.err
    is_one_sentence(printed.err.removesuffix("\n"))


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
        (_empty, "must be a mapping of sections"),
        (_comment_only, "must be a mapping of sections"),
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
    is_one_sentence(printed.err.removesuffix("\n"))


@pytest.mark.parametrize(
    "case",
    ["ten to the nine orders", "5000 nested brackets", "10**5000"],
)
def test_very_large_input_is_refused_within_a_second(case):
    refusal(BAD["unknown KPI"][0])  # what is imported late is imported now
    started = time.process_time()

    refusal(BAD[case][0])

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
    assert parse_scenario(GOOD) != parse_scenario(altered("level: 40", "level: 41"))


def test_windows_line_ends_change_neither_meaning_nor_line_numbers():
    text, _ = BAD["unknown incentive"]

    unix, windows = parse_scenario(GOOD), parse_scenario(GOOD.replace("\n", "\r\n"))
    assert windows.model_dump() == unix.model_dump()
    assert refusal(text.replace("\n", "\r\n")).startswith(f"story.yaml:{marked_line(text)}:")


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
    text = altered("title: Two offices and paper\n", f"title: {lexeme}\n")

    if isinstance(value, str):
        assert parse_scenario(text).title == value
    else:
        assert f"got {value}" in refusal(text)


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
    text = altered(PAPER, f"    paper:\n      price: {lexeme}\n      cost: 0\n")

    if value is None:
        assert "price: must be a number" in refusal(text)
    else:
        assert parse_scenario(text).world.items["paper"].price == value


def test_only_the_first_of_many_mistakes_is_told_and_the_rest_counted():
    text = altered(PAPER, "    paper: {price: -1, cost: -1}\n    ink: {price: -1, cost: 1}\n")

    assert refusal(text).endswith("(At least 2 more after it.)")


def test_first_contract_is_the_baseline_where_none_is_named():

    assert parse_scenario(altered("baseline: plain\n", "")).baseline_name == "plain"


def test_copy_with_another_world_is_laid_out_anew():
    """A researcher changes the world of a scenario that has been used already."""
    scenario, other = parse_scenario(GOOD), parse_scenario(altered("{months: 12}", "{months: 6}"))
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
