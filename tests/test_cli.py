"""The command line: what each command prints, what it writes, and how it refuses."""

import csv
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from pbc_sim.cli import main

FEW = ("--replications", "3", "--workers", "1", "--quiet")
TOP = ["scenario", "seed", "replications", "engine", "baseline", "contracts"]
EACH = {
    "name", "plan", "buyer_cost", "payments", "supplier_profit", "kpis", "probabilities", "paired",
}  # fmt: skip
ESTIMATES = {
    "mean", "ci95", "sd", "quantiles", "quantiles_ci95", "var95", "cvar95", "var95_ci95",
    "cvar95_ci95", "methods", "warning",
}  # fmt: skip


@pytest.fixture
def story(repository):
    return str(repository / "scenarios" / "office_supplies.yaml")


@pytest.fixture
def pbc(capsys):
    """Return a function that runs a command: exit status, what it printed, what it complained."""

    def run(*arguments):
        try:
            status = main(list(arguments))
        except SystemExit as left:  # argparse leaves by itself
            status = left.code
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def test_check_says_what_the_file_holds(pbc, story):

    status, out, err = pbc("check", story, "--replications", "0")

    assert (status, err) == (0, "")
    assert out.startswith(f"{story}: valid. Office supplies of City Z\n")
    assert "12 units, 14 items, 5 plans, 5 contracts; about " in out
    assert "IDR " in out
    assert "Checked on" not in out


def test_check_names_flaws_of_each_contract_with_a_remedy(pbc, story):
    """The harsh contract of City Z takes more than the supplier earns, whatever it does."""
    status, out, err = pbc("check", story, "--replications", "3", "--quiet")

    assert (status, err) == (0, "")
    assert "  careful: More stock and checks\n" in out  # what the keys stand for
    _, _, of_harsh = out.rpartition("\nharsh: Harsh, ")
    _rest_of_title, finding, remedy = of_harsh.splitlines()[:3]
    place = "warning: Limit of deductions (limits.deductions): under 'More stock and checks' "
    assert f"{place}deductions of IDR " in finding
    assert "Remedy: cap deductions" in remedy


def test_schema_is_printed_as_json(pbc, repository):

    status, out, _ = pbc("schema")

    shipped = repository / "src" / "pbc_sim" / "scenario.schema.json"
    assert status == 0
    assert json.loads(out) == json.loads(shipped.read_text(encoding="utf-8"))


def test_schema_is_printed_as_a_page_for_people(pbc, repository):
    scenarios = repository / "scenarios"

    status, out, _ = pbc("schema", "--format", "markdown", "--scenarios", str(scenarios))

    assert status == 0
    assert out == (scenarios / "README.md").read_text(encoding="utf-8")


def test_compare_prints_a_table(pbc, story):

    status, out, err = pbc("compare", story, *FEW)

    assert (status, err) == (0, "")
    for words in (
        "Traditional, paid in full on acceptance",
        "Much stock, two pickers, all checked, express",
        "supplier's plan",
        "3 replications, seed 1",
    ):
        assert words in out
    assert "variance ratio" in out
    assert "Buyer's cost against the best of the others" in out
    assert "Reported of the real case, and simulated" in out


def test_compare_says_which_engine_ran_and_why(pbc, story, repository):
    _, out, _ = pbc("compare", story, *FEW, "--engine", "simpy")

    assert "seed 1, engine SimPy;" in out
    assert "Engine SimPy: As usual, little stock, no checks; More stock, no checks; " in out
    assert "Much stock, two pickers, all checked, express. It was asked" in out

    recalls = str(repository / "tests" / "scenarios" / "sampled_lots.yaml")
    status, _, err = pbc("compare", recalls, *FEW, "--engine", "compiled")

    assert status == 2
    assert "plan 'fifty' cannot run on the compiled engine: Recalls are not compiled yet" in err


def test_compare_prints_json_of_the_documented_form(pbc, story):

    status, out, err = pbc("compare", story, *FEW, "--seed", "7", "--format", "json")

    told = json.loads(out, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    assert (status, err) == (0, "")
    assert list(told) == TOP
    assert (told["seed"], told["replications"], told["baseline"]) == (7, 3, "traditional")
    assert [c["name"] for c in told["contracts"]] == [
        "traditional", "pbc_2022", "harsh", "mild_with_bonus", "milestones_30_50_20",
    ]  # fmt: skip
    for contract in told["contracts"]:
        assert set(contract) == EACH
        if contract["plan"] == "walks away":
            assert contract["buyer_cost"] is contract["payments"] is None
            continue
        for amount in ("buyer_cost", "payments", "supplier_profit"):
            assert set(contract[amount]) == ESTIMATES
            assert list(contract[amount]["quantiles"]) == ["5%", "50%", "95%"]
        for kpi in contract["kpis"].values():
            assert {"mean", "ci95", "breach_probability"} <= set(kpi)
        if contract["name"] == "traditional":
            assert contract["paired"] is None
        else:
            for difference in contract["paired"].values():
                assert set(difference) == {
                    "difference",
                    "ci95",
                    "variance_ratio",
                    "warning",
                    "comparisons",
                }


def test_compare_prints_csv_that_agrees_with_the_json(pbc, story):
    asked = ("--contracts", "traditional, pbc_2022", "--plan", "careful")

    _, as_csv, _ = pbc("compare", story, *FEW, *asked, "--format", "csv")
    _, as_json, _ = pbc("compare", story, *FEW, *asked, "--format", "json")

    rows = list(csv.DictReader(io.StringIO(as_csv)))
    contracts = json.loads(as_json)["contracts"]
    assert [row["name"] for row in rows] == ["traditional", "pbc_2022"]
    for row, contract in zip(rows, contracts, strict=True):
        assert row["plan"] == contract["plan"] == "careful"
        assert float(row["payments.mean"]) == pytest.approx(contract["payments"]["mean"])
        assert float(row["buyer_cost.ci95.low"]) == pytest.approx(contract["buyer_cost"]["ci95"][0])


def test_compare_works_with_one_replication(pbc, story):
    status, out, _ = pbc(
        "compare", story, "--replications", "1", "--workers", "1", "--quiet", "--format", "json",
        "--contracts", "pbc_2022", "--plan", "careful",
    )  # fmt: skip

    (contract,) = json.loads(out)["contracts"]
    assert status == 0
    assert contract["payments"]["mean"] > 0
    assert contract["payments"]["ci95"] == [None, None]  # one value has no spread


def test_compare_writes_tables_and_pictures_and_says_where(pbc, story, tmp_path):
    folder = tmp_path / "new" / "folder"

    status, out, err = pbc(
        "compare", story, *FEW, "--contracts", "traditional,pbc_2022", "--format", "json",
        "--output", str(folder),
    )  # fmt: skip

    names = ["comparison.csv", "comparison.json", "costs_and_profits.png", "kpis.png"]
    names.append("ranking.png")
    assert status == 0
    assert sorted(path.name for path in folder.iterdir()) == names
    assert set(err.split()) == {str(folder / name) for name in names}  # stdout stays pure JSON
    assert json.loads((folder / "comparison.json").read_text(encoding="utf-8")) == json.loads(out)
    assert (folder / "kpis.png").read_bytes().startswith(b"\x89PNG")


def test_explain_prints_a_statement(pbc, story):
    status, out, err = pbc(
        "explain", story, "--contract", "pbc_2022", "--replication", "1", "--period", "3",
        "--plan", "careful", "--workers", "1", "--quiet",
    )  # fmt: skip

    assert (status, err) == (0, "")
    assert "payment for period 3 of 12: 2022-03-01 to 2022-03-31" in out
    assert "seed 1, replication 1 (simulated)" in out
    assert "Behind On-time share" in out
    assert "total" in out


def test_explain_needs_the_supplier_to_sign(pbc, story):

    status, out, err = pbc(
        "explain", story, "--contract", "harsh", "--replication", "0", "--period", "1", *FEW
    )

    assert (status, out) == (2, "")
    assert err == "pbc-sim: the supplier walks away from 'harsh'; name a plan.\n"


def test_respond_says_what_each_kind_of_supplier_does(pbc, story, repository):
    status, out, err = pbc("respond", story, "--contracts", "harsh,pbc_2022", *FEW)

    assert (status, err) == (0, "")
    assert "likely: As usual 50%; Buys dearer than its rivals 17%; " in out
    assert "What the buyer expects, not knowing the kind" in out
    assert "walks away" in out

    status, _, err = pbc("respond", str(repository / "scenarios" / "pilot_office.yaml"), *FEW)
    assert status == 2
    assert "names no kinds of suppliers; add a section suppliers" in err


def test_adapt_says_what_is_held_and_draws_it(pbc, repository, tmp_path):
    told = str(repository / "tests" / "scenarios" / "lump_sum_by_weeks.yaml")
    asked = ("adapt", told, "--contract", "lump_sum", "--look", "1", "--replications", "2")
    picture = tmp_path / "adaptive.png"

    status, out, err = pbc(
        *asked, "--beliefs", "2", "--quiet", "--kpi", "fill", "--output", str(picture)
    )

    assert (status, err) == (0, "")
    assert "Simulated for 'A lump sum for each week below 95%' alone" in out
    assert "up_to_14" in out
    assert picture.stat().st_size > 10_000
    assert "--look must be one of week, month" in pbc(*asked[:-3], "daily")[2]
    assert "give --kpi NAME" in pbc(*asked, "--output", str(picture))[2]


def test_waterfall_splits_a_payment_and_draws_it(pbc, repository, tmp_path):
    told, picture = str(repository / "scenarios" / "pilot_office.yaml"), tmp_path / "waterfall.png"

    status, out, err = pbc(
        "waterfall", told, "--contract", "pilot", "--plan", "in_parts", *FEW[:4],
        "--output", str(picture),
    )  # fmt: skip

    assert (status, err) == (0, "")
    assert "plan 'Ship what is there, the rest later', by clause" in out
    assert "waiting for supply" in out
    assert picture.stat().st_size > 10_000


def test_trace_prints_a_timeline_and_draws_it(pbc, story, tmp_path):
    picture = tmp_path / "trace.png"
    asked = (
        "trace", story, "--plan", "careful", "--replication", "1", "--item", "paper_a4",
        "--between", "2022-03-01", "2022-04-01",
    )  # fmt: skip

    status, out, err = pbc(*asked, "--output", str(picture))
    _, as_csv, _ = pbc(*asked, "--format", "csv")

    assert (status, err) == (0, "")
    assert "Plan 'More stock and checks', seed 1, replication 1" in out
    rows = list(csv.DictReader(io.StringIO(as_csv)))
    assert rows[0]["time"].startswith("2022-03-0")
    assert {row["item"] for row in rows} == {"paper_a4", ""}
    assert len(out.splitlines()) == len(rows) + 4  # title, plan, an empty line, header
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_text_prints_the_clauses_in_either_language(pbc, story):

    status, english, err = pbc("text", story, "--contract", "pbc_2022")
    _, indonesian, _ = pbc("text", story, "--contract", "pbc_2022", "--language", "id")

    assert (status, err) == (0, "")
    assert "IDR 5,000.00 is deducted" in " ".join(english.split())
    assert "pemotongan sebesar Rp 5.000,00" in " ".join(indonesian.split())


@pytest.mark.parametrize("ending", ["docx", "html"])
def test_annex_is_written_and_named(ending, pbc, story, tmp_path):
    path = tmp_path / f"annex.{ending}"

    status, out, err = pbc(
        *("annex", story, "--contract", "pbc_2022", "--language", "id", *FEW, "--output", str(path))
    )

    assert (status, out, err) == (0, f"{path}\n", "")
    assert path.read_bytes().startswith(b"PK" if ending == "docx" else b"<!DOCTYPE html>")


@pytest.mark.parametrize("ending", ["docx", "html"])
def test_report_is_written_and_named(ending, pbc, story, tmp_path):
    path = tmp_path / f"report.{ending}"

    status, out, err = pbc("report", story, *FEW, "--output", str(path))

    assert (status, out, err) == (0, f"{path}\n", "")
    assert path.read_bytes().startswith(b"PK" if ending == "docx" else b"<!DOCTYPE html>")


TRACE = ("--plan", "careful", "--replication", "0")
EXPLAIN = ("--contract", "harsh", "--replication", "0", "--period", "1")


@pytest.mark.parametrize(
    ("command", "arguments", "words"),
    [
        ("compare", ("--contracts", "pbc_2021"), "Did you mean 'pbc_2022'?"),
        ("compare", ("--contracts", ""), "contract"),  # none is no choice
        ("compare", ("--contracts", ","), "contract"),
        ("compare", ("--plan", "carefull"), "Did you mean 'careful'?"),
        ("compare", ("--replications", "1000000000"), "lower replications"),
        ("explain", (*EXPLAIN[2:], "--contract", "harhs"), "Did you mean 'harsh'?"),
        ("text", ("--contract", "harhs"), "Did you mean 'harsh'?"),
        ("annex", ("--contract", "harhs", "--output", "a.docx"), "Did you mean 'harsh'?"),
        ("annex", ("--contract", "harsh", "--output", "a.pdf"), "must end in .docx or .html"),
        ("annex", ("--contract", "harsh", "--output", "no/a.docx"), "there is no folder 'no'"),
        ("report", ("--plan", "carefull", "--output", "r.html"), "Did you mean 'careful'?"),
        ("report", ("--contracts", "harhs", "--output", "r.html"), "Did you mean 'harsh'?"),
        ("report", ("--output", "no/r.html"), "there is no folder 'no'"),
        ("trace", ("--plan", "carefull", "--replication", "0"), "Did you mean 'careful'?"),
        ("trace", (*TRACE, "--item", "paper_a5"), "Did you mean 'paper_a4'?"),
        ("trace", (*TRACE, "--between", "2022-03-01", "2022-02-01"), "with from < until"),
        ("trace", (*TRACE, "--output", "picture.jpeg"), "--output must end in .pdf, .png, .svg"),
        ("explain", (*EXPLAIN, "--plan", "carefull"), "Did you mean 'careful'?"),
        ("explain", (*EXPLAIN[:-1], "13", "--plan", "careful"), "period must be 1 to 12"),
    ],
)
def test_wrong_choice_is_refused_before_anything_is_printed(command, arguments, words, pbc, story):

    alone = (
        ()
        if command in ("trace", "text", "annex")
        else ("--workers", "1", "--quiet", *_few(arguments))
    )
    status, out, err = pbc(command, story, *alone, *arguments)

    assert (status, out) == (2, "")
    assert err.startswith("pbc-sim: ")
    assert words in err
    assert err.count("\n") == 1


def _few(arguments):
    return () if "--replications" in arguments else ("--replications", "1")


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--replications", "0", "must be a whole number >= 1, got '0'"),
        ("--replications", "-5", "must be a whole number >= 1, got '-5'"),
        ("--replications", "ten", "must be a whole number >= 1, got 'ten'"),
        ("--replications", "1.5", "must be a whole number >= 1, got '1.5'"),
        ("--replications", "nan", "must be a whole number >= 1, got 'nan'"),
        ("--workers", "0", "must be a whole number >= 1, got '0'"),
        ("--seed", "-1", "must be a whole number >= 0, got '-1'"),
        ("--format", "xml", "invalid choice: 'xml'"),
    ],
)
def test_bad_number_is_refused_with_its_rule(option, value, words, pbc, story):

    status, out, err = pbc("compare", story, f"{option}={value}")

    assert (status, out) == (2, "")
    assert words in err


def test_command_must_be_named(pbc):

    status, out, err = pbc()

    assert (status, out) == (2, "")
    assert "command" in err


def test_output_folder_that_is_a_file_is_refused_before_the_run(pbc, story, tmp_path):
    (tmp_path / "taken").write_text("a file", encoding="utf-8")

    status, out, err = pbc("compare", story, *FEW, "--output", str(tmp_path / "taken"))

    assert (status, out) == (2, "")
    assert "taken" in err
    assert err.count("\n") == 1


def test_same_command_prints_the_same_twice(pbc, story):
    asked = ("compare", story, *FEW, "--contracts", "pbc_2022", "--format", "json")

    assert pbc(*asked) == pbc(*asked)


def test_installed_command_works_and_refuses(story, tmp_path):
    """The console script as a person calls it: in another folder, in another process."""
    installed = shutil.which("pbc-sim", path=str(Path(sys.executable).parent))
    assert installed, "the package is installed without its command; install it again"

    def call(*arguments):
        return subprocess.run(
            [installed, *arguments], capture_output=True, text=True, cwd=tmp_path, check=False
        )

    good, bad = call("check", story, "--quiet"), call("check", "absent.yaml")

    assert (good.returncode, good.stderr) == (0, "")
    assert "valid" in good.stdout
    assert (bad.returncode, bad.stdout) == (2, "")
    assert bad.stderr.startswith("pbc-sim: absent.yaml: no such file")
    assert "Traceback" not in bad.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["compare"],
        ["design", "x.yaml", "--risk", "small"],
        ["nothing"],
        ["text", "-q"],
        ["compare", "x.yaml", "--languag", "id"],
        ["compare", "x.yaml", "--lang=id"],
        ["compare", "x.yaml", "--replication", "200"],
    ],
)
def test_options_that_do_not_fit_are_answered_by_one_sentence(arguments, pbc):
    status, out, err = pbc(*arguments)

    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert err.startswith("pbc-sim")
    assert err.endswith("--help.\n")


def test_an_app_without_a_valid_scenario_is_refused_before_it_is_served(pbc, tmp_path):
    wrong = tmp_path / "typo.yaml"
    wrong.write_text("titel: An office\n", encoding="utf-8")

    status, out, err = pbc("app", "designer", "--scenario", str(wrong))

    assert (status, out) == (2, "")
    assert err.startswith(f"pbc-sim: {wrong}:1: ")
    assert "titel" in err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows asks no process to end, it ends it")
def test_an_app_that_is_asked_to_end_takes_its_server_and_its_folder_with_it(tmp_path):
    pytest.importorskip("voila", reason="it comes with the extra `notebook`")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "pbc_sim.cli", "app", "workshop", "--port", str(port)]
    app = subprocess.Popen(
        command, env={**os.environ, "TMPDIR": str(tmp_path)}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert f":{port}/" in app.stdout.readline()
        app.send_signal(signal.SIGTERM)
        _out, err = app.communicate(timeout=60)
    finally:
        app.kill()

    assert (app.returncode, err) == (130, "pbc-sim: interrupted.\n")
    with socket.socket() as again:
        assert again.connect_ex(("127.0.0.1", port)) != 0
    assert list(tmp_path.glob("pbc_sim_*")) == []
