"""Who reads Indonesian meets no English but names: on the command line, in pictures, in the report.

Names are the keys of the scenario file, the options of the command line, and what stands in quotes.
"""

import re

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.text import Text

import pbc_sim as pbc
from pbc_sim.cli import main
from pbc_sim.contract.naming import kpi_label
from pbc_sim.decision import adapt, operating_characteristic, payment_waterfall
from pbc_sim.decision.game import debrief, read_log
from pbc_sim.decision.monitoring import monitor
from pbc_sim.decision.wording import contract_label
from pbc_sim.errors import PbcError
from pbc_sim.language import said, speaking
from pbc_sim.scenario import SupplierType, parse_contract
from pbc_sim.show import plots
from pbc_sim.show.agreed import in_words
from pbc_sim.show.annex import annex
from pbc_sim.show.report import report

#: Words that stand in nearly every English sentence and in no Indonesian one.
ENGLISH = frozenset(
    re.findall(
        "[a-z]+",
        """
        the and of with is are was were by from for that this which not no or at in to has have its
        it than when where what who under over without each every all only more most less be as
        cost buyer supplier profit order orders line review reviews missed met seed contract plan
        mean share days replication replications futures
        """,
    )
)
#: A word that stands alone: no name of the file, no option, no address, no part of a path.
WORD = re.compile(r"(?<![\w.'/:_{<-])[A-Za-z]+(?![\w'/:_}=-]|\.\w)")

FACTOR = "payment.catalogue_price.factor"
SMALL = ("--replications", "3", "--workers", "1", "--quiet")
COMMANDS = {
    "check": SMALL,
    "compare": SMALL,
    "design": (*SMALL, "--contract", "pilot", "--candidates", "4", "--vary",
               "payment.catalogue_price.factor=0.9:1.1"),
    "negotiate": SMALL,
    "explain": ("--contract", "pilot", "--replication", "0", "--period", "2", "--plan", "in_parts"),
    "waterfall": ("--contract", "pilot", "--plan", "in_parts", "--replications", "2", "--workers",
                  "1"),
    "trace": ("--plan", "in_parts", "--replication", "0", "--between", "2024-01-01", "2024-02-15"),
    "text": ("--contract", "pilot"),
    "prices": (*SMALL, "--contract", "pilot", "--change", "payment.catalogue_price.factor=1.03",
               "--also", 'order_days_late={"limit": {"business_days": 1}}'),
    "unknowns": ("--contract", "strict", "--plan", "lean", "--replications", "2"),
    "monitor": ("--contract", "pilot", "--plan", "in_parts", "--futures", "20", "--week", "6"),
    "adapt": ("--contract", "lump_sum", "--replications", "2", "--beliefs", "2", "--look", "1",
              "--quiet"),
}  # fmt: skip

#: Stories that have what some commands ask about.
TOLD_OF = {
    "adapt": "tests/scenarios/lump_sum_by_weeks.yaml",
    "unknowns": "scenarios/harbour_strike.yaml",
}


def _english_in(text, names):
    """Return the lines that hold an English word that is no name."""
    found = []
    for line in text.splitlines():
        alone = re.sub(r"'[^']*'|‘[^’]*’|“[^”]*”|\"[^\"]*\"", " ", line)
        # What stands for a value in the help is in capitals.
        words = {word.lower() for word in WORD.findall(alone) if not word.isupper()}
        if (words & ENGLISH) - names:
            found.append(line.strip()[:200])
    return found


def _keys(value):
    found = set()
    if isinstance(value, dict):
        for key, part in value.items():
            found |= {str(key).lower()} | _keys(part)
    elif isinstance(value, (list, tuple)):
        found = set().union(*map(_keys, value)) if value else set()
    return found


@pytest.fixture(scope="module")
def story(repository):
    return pbc.load_scenario(repository / "scenarios" / "pilot_office.yaml")


@pytest.fixture(scope="module")
def names(story):
    return _keys(story.model_dump(exclude_unset=True)) - {"review", "supplier", "buyer"}


@pytest.fixture(scope="module")
def outcomes(story):
    return pbc.run(story, replications=12, seed=1, workers=1, progress=False)


@pytest.mark.parametrize("command", COMMANDS)
def test_command_prints_no_english(command, repository, names, capsys):
    file = str(repository / TOLD_OF.get(command, "scenarios/pilot_office.yaml"))

    status = main([command, file, *COMMANDS[command], "--language", "id"])

    printed = capsys.readouterr()
    assert (status, printed.err) == (0, "")
    assert len(printed.out) > 200
    assert _english_in(printed.out, names) == []


#: Commands whose tables have titles where the file has keys.
TITLED = ("compare", "design", "waterfall", "trace", "prices", "monitor")


@pytest.mark.parametrize("command", TITLED)
def test_tables_say_titles_and_no_keys(command, story, repository, capsys):
    file = str(repository / "scenarios" / "pilot_office.yaml")

    main([command, file, *COMMANDS[command], "--language", "id"])

    printed = capsys.readouterr().out
    keys = {*story.plans, *story.contracts, *story.contracts["pilot"].kpis}
    keys = {key for key in keys if "_" in key}  # a plain word may be an Indonesian one
    assert len(keys) > 5
    assert sorted(key for key in keys if re.search(rf"(?<![\w.]){key}(?![\w.])", printed)) == []


def test_clauses_call_ways_of_working_by_their_titles(repository, capsys, tmp_path):
    file = repository / "scenarios" / "spare_parts.yaml"
    scenario = pbc.load_scenario(file)
    main(["text", str(file), "--contract", "consignment", "--language", "id"])
    text = " ".join(capsys.readouterr().out.split())
    signed = annex(scenario, "consignment", "id").to_html()
    with speaking("id"):
        agreed = in_words({"it": scenario.contracts["consignment"]}, scenario, str)
        told = "".join(str(block) for block in agreed)
        label = said(scenario.plans["consigned"].label)

    for words in (text, signed, told):
        assert f"yang memenuhi kontrak ini: “{label}”." in words


def test_check_says_what_each_key_stands_for(story, repository, capsys):
    file = str(repository / "scenarios" / "pilot_office.yaml")

    main(["check", file, "--replications", "0", "--language", "id"])

    printed = capsys.readouterr().out
    with speaking("id"):
        for name, plan in story.plans.items():
            assert f"  {name}: {said(plan.label)}\n" in printed
        for name, contract in story.contracts.items():
            assert f"  {name}: {said(contract.title)}\n" in printed
    assert "    complete_in_time: Tepat waktu dan lengkap\n" in printed


def test_table_of_a_design_has_words_and_no_values_of_the_program(repository, capsys):
    file = str(repository / "scenarios" / "pilot_office.yaml")

    main(["design", file, *COMMANDS["design"], "--language", "id"])

    printed = capsys.readouterr().out
    assert not re.search("NaN|True|False", printed)
    of_kpi = next(line for line in printed.splitlines() if line.startswith("Pesanan sempurna"))
    assert re.search(r"\d+,\d%", of_kpi)
    assert of_kpi.split()[-2] == "-"  # the contract that has no KPI
    assert re.search(r"memenuhi syarat +(ya|tidak) +(ya|tidak)", printed)


@pytest.mark.parametrize("command", [*COMMANDS, "report", "respond", "annex", "schema", "app"])
def test_help_of_a_command_has_no_english(command, capsys):
    with pytest.raises(SystemExit):
        main([command, "--help", "--language", "id"])

    out = capsys.readouterr().out
    assert "pemakaian: pbc-sim" in out
    assert _english_in(out.partition("\n\n")[2], set()) == []


def test_bad_input_is_answered_in_indonesian(capsys):
    with pytest.raises(SystemExit):
        main(["compare", "x.yaml", "--seed", "-1", "--language", "id"])

    error = capsys.readouterr().err
    assert "harus bilangan bulat >= 0, bukan '-1'; lihat pbc-sim compare --help." in error
    assert _english_in(error, set()) == []


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (("prices", "--contract", "pilo", "--change", "a=1"), "maksud Anda 'pilot'?"),
        (("prices", "--contract", "pilot", "--change", "a"), "--change harus berbentuk PATH=VALUE"),
        (("prices", "--contract", "pilot", "--change", "value=1"), "tidak memiliki angka di"),
        (
            ("prices", "--contract", "pilot", "--change", f"{FACTOR}=1", "--also", "late_orders=x"),
            "--also harus KPI atau KPI={...} dengan pengaturan sebagai JSON",
        ),
        (("waterfall", "--contract", "pilot", "--plan", "in_part"), "maksud Anda 'in_parts'?"),
        (("design", "--vary", "value=1:2"), "kontrak tidak memiliki angka di"),
        (("design", "--within-budget", "0.9"), "within_budget memerlukan anggaran"),
        (("unknowns", "--contract", "pilot"), "tidak ada yang tidak pasti"),
        (
            ("trace", "--plan", "in_parts", "--replication", "0", "--order", "100000"),
            "pesanan harus 1 sampai",
        ),
        (("compare", "--replications", "100000000", "--quiet"), "baris pesanan dalam seluruh"),
    ],
)
def test_what_cannot_be_done_is_answered_in_indonesian(asked, answer, repository, names, capsys):
    command, *options = asked
    file = str(repository / "scenarios" / "pilot_office.yaml")

    assert main([command, file, *options, "--language", "id"]) == 2
    error = capsys.readouterr().err
    assert answer in error
    assert _english_in(error, names) == []


def test_what_machines_read_stays_english(repository, capsys):
    file = str(repository / "scenarios" / "pilot_office.yaml")
    said = {}
    for language in ("en", "id"):
        for form in ("json", "csv"):
            main(["compare", file, *SMALL, "--format", form, "--language", language])
            said[language, form] = capsys.readouterr().out

    assert said["id", "json"] == said["en", "json"]
    assert said["id", "csv"] == said["en", "csv"]


def _pictures_of_unknowns(story):
    """Return how each picture of what nobody knows is drawn."""
    error, limit = "world.picking.error_share", "world.transport.express_factor"
    laws = {path: {"uniform": {"low": 0.0, "high": 0.4}} for path in (error, limit)}
    unsure = story.model_dump(exclude_unset=True) | {"uncertain": {"parameters": laws}}
    futures = pbc.run(pbc.Scenario.model_validate(unsure), 200, workers=1, progress=False)
    errors, limits = (futures.parameters.sel(parameter=p).to_numpy() for p in laws)
    fails = (errors > 0.25) & (limits > 0.1)
    numbers = np.arange(1, 13).reshape(2, 6) / 20
    columns = ["first_low", "first", "first_high", "total_low", "total", "total_high"]
    shares = pd.DataFrame(numbers, [error, limit], columns)
    effects = pd.DataFrame(
        numbers[:, 1:] * 1e6,
        [error, limit],
        ["mu_star_low", "mu_star", "mu_star_high", "mu", "sigma"],
    )
    laws = {"parameters": laws, "replications_each": 2}
    two_level = pbc.Scenario.model_validate(unsure | {"uncertain": laws})
    levels = pbc.run(two_level, 8, workers=1, progress=False)
    split = pbc.variance_split(levels.settle(), "pilot", "in_parts")
    for table in (shares, effects):
        table.attrs = {"values": 12, "replications": 4, "seed": 1}
    return {
        "plot_variance_split": lambda: plots.plot_variance_split({"pilot": split}, levels),
        "plot_failure_box": lambda: plots.plot_failure_box(
            pbc.failure_box(futures, fails), futures, fails
        ),
        "plot_morris": lambda: plots.plot_morris(effects, currency="IDR"),
        "plot_sobol": lambda: plots.plot_sobol(shares),
    }


def _pictures(story, outcomes, weeks, game):
    """Return how each picture is drawn, by the name of its function."""
    prices = outcomes.settle()
    comparison = pbc.compare(prices)
    kpi = next(iter(story.contracts["pilot"].kpis))
    scan = pbc.scan_incentives(story.contracts["pilot"], story.setting, currency=story.currency)
    talks = pbc.negotiate(outcomes, story.contracts)
    characteristic = operating_characteristic(prices, "pilot", kpi)
    moved = pd.DataFrame(
        {f"at_{end}{side}": [at + 10.0 * sign]
         for end, at in (("low", -100.0), ("high", 200.0))
         for side, sign in (("", 0), ("_from", -1), ("_to", 1))}
        | {"value_low": [0.5], "value_high": [1.5]}, index=["world.demand"],
    )  # fmt: skip
    paid = payment_waterfall(story, "pilot", plan="in_parts", replications=2, workers=1)
    adaptive = adapt(weeks, "lump_sum", replications=2, beliefs=2, look=1.0, progress=False)
    tags = pbc.clause_prices(outcomes, "pilot", {FACTOR: 1.0})
    fair = pbc.fair_targets(story, "pilot", kpi, "in_parts", replications=60)
    response = pbc.respond(prices, {"usual": SupplierType(), "x": SupplierType(cost_factor=9)})
    enough = pbc.run_until(story, relative={"payments": 0.1}, pilot=10, most=20, workers=1)
    return {
        "figure_fair_targets": lambda: plots.figure_fair_targets(fair),
        "figure_price_tags": lambda: plots.figure_price_tags(tags, outcomes, "pilot"),
        "figure_response": lambda: plots.figure_response(response),
        "plot_fair_targets": lambda: plots.plot_fair_targets(fair),
        "plot_precision": lambda: plots.plot_precision(enough, "payments"),
        "plot_price_tags": lambda: plots.plot_price_tags(tags, outcomes, "pilot"),
        "plot_response": lambda: plots.plot_response(response),
        "figure_dashboard": lambda: plots.figure_dashboard(
            monitor(story, "pilot", "in_parts", futures=20), 6
        ),
        "figure_debrief": lambda: plots.figure_debrief(game),
        "plot_debrief": lambda: plots.plot_debrief(game, "supplier_profit"),
        "figure_adaptive": lambda: plots.figure_adaptive([adaptive], "fill"),
        "figure_incentives": lambda: plots.figure_incentives(scan),
        "figure_kpis": lambda: plots.figure_kpis(comparison),
        "figure_money": lambda: plots.figure_money(comparison),
        "figure_negotiation": lambda: plots.figure_negotiation(talks),
        "figure_ranking": lambda: plots.figure_ranking(pbc.rank(comparison)),
        "figure_waterfall": lambda: plots.figure_waterfall(paid),
        "plot_exceedance": lambda: plots.plot_exceedance(comparison, "payments"),
        "plot_incentive": lambda: plots.plot_incentive(scan, kpi),
        "plot_kpi": lambda: plots.plot_kpi(comparison, kpi),
        "plot_money": lambda: plots.plot_money(comparison, "payments"),
        "plot_negotiation": lambda: plots.plot_negotiation(talks),
        "plot_operating_characteristic": lambda: plots.plot_operating_characteristic(
            characteristic
        ),
        "plot_ranking": lambda: plots.plot_ranking(pbc.rank(comparison)),
        "plot_tornado": lambda: plots.plot_tornado(moved, currency="IDR"),
        "plot_trace": lambda: plots.plot_trace(pbc.trace(story, "in_parts").only(between=(0, 60))),
    }


def test_no_picture_says_anything_in_english(story, outcomes, names, repository):
    weeks = pbc.load_scenario(repository / "tests" / "scenarios" / "lump_sum_by_weeks.yaml")
    log = (repository / "notebooks" / "recorded_game.jsonl").read_text(encoding="utf-8")
    pictures = _pictures(story, outcomes, weeks, debrief(read_log(log)))
    pictures |= _pictures_of_unknowns(story)
    found = {}
    with speaking("id"):
        for name, draw in pictures.items():
            drawn = draw()
            figure = getattr(drawn, "figure", None) or drawn
            figure.canvas.draw()
            words = "\n".join(text.get_text() for text in figure.findobj(Text))
            assert len(words) > 100, name
            found[name] = _english_in(words, names)
            plt.close("all")

    drawn_elsewhere = {name for name in plots.__all__ if name.startswith(("figure_", "plot_"))}
    assert set(pictures) == drawn_elsewhere
    assert {name: words for name, words in found.items() if words} == {}


def test_results_say_titles_and_no_keys(story, outcomes, repository):
    weeks = pbc.load_scenario(repository / "tests" / "scenarios" / "lump_sum_by_weeks.yaml")
    pilot = story.contracts["pilot"]
    kpi = next(name for name in pilot.kpis if "_" in name)
    characteristic = operating_characteristic(outcomes.settle(), "pilot", kpi)
    fair = pbc.fair_targets(story, "pilot", kpi, "in_parts", replications=60)
    held = pbc.adapt(weeks, "lump_sum", replications=2, beliefs=2, look=1.0, progress=False)
    with speaking("id"):
        results = map(str, (characteristic, fair, pbc.conduct(held, "fill"), held))
        printed = [" ".join(one.split()) for one in results]
        called = kpi_label(pilot, kpi)
        of_weeks = contract_label(weeks.contracts, "lump_sum")

    assert f"{called} pada '{said(pilot.title, 'id')}'" in printed[0]
    assert called in printed[1]
    assert f"'{of_weeks}'" in printed[3]
    keys = {*story.plans, *pilot.kpis, *weeks.contracts}
    keys = {key for key in keys if "_" in key}
    assert [key for key in keys for one in printed if re.search(rf"\b{key}\b", one)] == []
    assert [_english_in(one, set()) for one in printed[:2]] == [[], []]


def test_report_is_indonesian_throughout(outcomes, names, tmp_path):
    page = report(outcomes, tmp_path / "laporan.html", language="id").to_html()

    assert (tmp_path / "laporan.html").read_text(encoding="utf-8") == page
    assert '<html lang="id">' in page
    text = re.sub(r"(?s)<(svg|style).*?</\1>|<[^>]+>", " ", page).replace("&#39;", "'")
    text = re.sub(r"pbc-sim report .*?--language id", " ", text)
    assert _english_in(text, names) == []
    assert "Kontrak mana yang ditandatangani" in text


def test_test_sees_english():
    assert _english_in("biaya of pengguna", set()) == ["biaya of pengguna"]
    assert _english_in("rencana 'the plan'; payment.the_plan; --with", set()) == []


#: What somebody may write, and a word of the answer.
WRONG = {
    "title: [1": "bukan YAML yang sah",
    "- 1": "sebuah daftar",
    "title: Kontrak\ntitle: Lagi": "tertulis dua kali",
    "title: Kontrak\npaymnt: {}": "Apakah maksud Anda",
    "title: Kontrak\nvalue: 250.000.000": "harus berupa angka",
    "title: Kontrak\nterm: {review: daily}": "harus",
    "title: Kontrak\npayment: {catalogue_price: {factor: yes}}": "harus berupa angka",
    "title: {id: Kontrak}": "memerlukan teks bahasa Inggris",
    "title: 1": "harus berupa teks",
    "title: K\nincentives: [{lump_sum: {kpi: akurasi, if_missed: -1}}]": "KPI kontrak ini",
    "title: K\nkpis: {a: {measure: order_accuracy, target: {at_least: 1.5}}}": "antara 0 dan 1",
    "title: K\nkpis: {a: {measure: order_accuracy, target: {at_most: 0.5}}}": "arah target",
    "title: K\nkpis: {a: {measure: on_time_share, target: {at_least: 0.5}}}": "memerlukan 'limit'",
    "title: K\nlimits: {deductions: {share: 0.1, amount: 5}}": "tidak keduanya",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_breaks_a_rule_is_answered_in_indonesian(text, names):
    with speaking("id"), pytest.raises(PbcError) as refused:
        parse_contract(text, "kontrak.yaml")

    said = str(refused.value)
    assert WRONG[text] in said
    # The YAML library speaks English alone, after what it is about was said.
    assert _english_in(said, names) == [] or "bukan YAML" in said
