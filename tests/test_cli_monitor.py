"""The command `monitor` says of a record what the library says, draws it, and answers bad input."""

import pytest

import pbc_sim as pbc
from pbc_sim.cli import main
from pbc_sim.decision.monitoring import alerts_of, monitor
from pbc_sim.figures import money

FILE = "scenarios/office_supplies.yaml"
ASKED = ("monitor", FILE, "--contract", "pbc_2022", "--futures", "20")


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    """Return a record of the first ten weeks of a term, as the command itself writes it."""
    path = tmp_path_factory.mktemp("record") / "orders.csv"
    assert main([*ASKED, "--plan", "as_usual", "--week", "10", "--write-record", str(path)]) == 0
    return path


@pytest.fixture(scope="module")
def board():
    scenario = pbc.load_scenario(FILE)
    return monitor(scenario, "pbc_2022", "as_usual", expected="careful", futures=20).at(10)


def test_a_record_is_told_as_the_term_that_it_was_written_of(record, board, tmp_path, capsys):
    picture = tmp_path / "dashboard.png"
    capsys.readouterr()

    status = main(
        [*ASKED, "--record", str(record), "--expected", "careful", "--output", str(picture)]
    )

    printed = capsys.readouterr().out
    assert status == 0
    assert printed.startswith(
        "Office supplies of City Z\nPerformance-based, the three KPIs of 2022\n12 Mar 2022: "
    )
    assert f"{money(board.settled.total, 'IDR')} paid so far" in printed
    assert len(alerts_of(board)) > 0
    for alert in alerts_of(board):
        assert alert.text in printed
    for kpi in board.kpis:
        (row,) = (line for line in printed.splitlines() if line.startswith(f"{kpi.label}  "))
        assert row.split("  ")[-1].strip() != "-"
        for value in (kpi.now, kpi.target):
            assert kpi.said(value, "IDR") in row
    assert all(str(unit) in printed for unit in board.units.index)
    assert picture.stat().st_size > 20_000


def test_more_weeks_than_are_known_are_refused(record, capsys):
    assert main([*ASKED, "--record", str(record), "--expected", "careful", "--week", "11"]) == 2
    assert "--week must be 0 to 10, since no more is known, got 11." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "give --expected PLAN, one of: as_usual, more_stock"),
        (("--expected", "carefull"), "Did you mean 'careful'?"),
    ],
)
def test_what_was_promised_has_to_be_said_of_a_record(record, options, said, capsys):
    assert main([*ASKED, "--record", str(record), *options]) == 2
    assert said in capsys.readouterr().err


def test_a_table_that_cannot_be_read_is_answered(record, tmp_path, capsys):
    bad, foreign = tmp_path / "bad.csv", tmp_path / "foreign.csv"
    bad.write_text(record.read_text(encoding="utf-8").replace("2022-01-0", "soon ", 1))
    foreign.write_bytes("order;pemesan\n1;Kantor Ségala".encode("latin-1"))
    expected = ("--expected", "careful")

    assert main([*ASKED, "--record", str(bad), *expected]) == 2
    assert "bad.csv, row 2, column 'ordered': must be a date" in capsys.readouterr().err
    assert main([*ASKED, "--record", str(foreign), *expected]) == 2
    assert "foreign.csv: the file is not UTF-8 text; save it as UTF-8." in capsys.readouterr().err
    assert main([*ASKED, "--record", str(tmp_path / "none.csv"), *expected]) == 2
    assert "none.csv" in capsys.readouterr().err


def test_a_contract_that_no_record_can_show_is_refused(record, capsys):
    spares = ["monitor", "scenarios/medical_devices.yaml", "--contract", "article_30_50_20"]
    assert main([*spares, "--record", str(record), "--expected", "on_call"]) == 2
    assert "which is not read from orders" in capsys.readouterr().err
