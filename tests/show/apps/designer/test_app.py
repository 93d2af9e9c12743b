"""The designer without a browser: what is pressed, and what is then shown."""

import base64
import re

import pytest

from pbc_sim.figures import money
from pbc_sim.language import speaking, translated
from pbc_sim.scenario import parse_contract, parse_scenario, to_yaml
from pbc_sim.show.apps.amounts import unbroken
from pbc_sim.show.apps.designer.draft import DRAFT
from pbc_sim.show.apps.opening import scenario_title

FACTOR = "payment.catalogue_price.factor"
LIMIT = "kpis.fulfilment.limit.business_days"


def shown_mean(designer, of):
    dots = [m for m in designer.money[of].picture["marks"] if m["kind"] == "dot"]
    return next(mark["x"] for mark in dots if mark.get("shape") != "tick")


def saved(designer):
    shown = designer.links.value + designer.ready.value
    links = re.findall(r'download="([^"]+)" href="data:[^;]+;base64,([^"]+)"', shown)
    return {name: base64.b64decode(text) for name, text in links}


def test_a_moved_slider_shows_what_the_library_works_out(designer):
    designer.form.press(FACTOR, 0.93)

    contract = designer.draft.contract
    prices = designer.desk.outcomes.settle({"it": contract})
    plan = prices.best_plan("it")
    cost = prices.buyer_cost.sel(contract="it", plan=plan).values.mean()
    profit = prices.supplier_profit.sel(contract="it", plan=plan).values.mean()
    assert contract.payment.factor == 0.93
    assert shown_mean(designer, "buyer_cost") == pytest.approx(cost)
    assert shown_mean(designer, "supplier_profit") == pytest.approx(profit)
    assert designer.scenario.plans[plan].label in designer.verdict.value


def test_a_price_too_low_is_answered_by_walking_away(designer):
    designer.form.press(FACTOR, 0.75)

    assert "walks away" in designer.verdict.value


def test_a_clause_says_its_new_number_while_others_stay(designer):
    before = dict(designer.form.words)

    designer.form.press("incentives.3.late_fee.cap", 7.5)

    (fee,) = [line for line in designer.form.words["incentives.3"] if line["kind"] == "clause"]
    assert "up to 7.5% of that value" in fee["text"]
    assert designer.form.words["payment"] == before["payment"]


def test_findings_stand_beside_the_clause_that_they_are_about(designer):
    designer.rest.now()

    kinds = {key: [line["kind"] for line in lines] for key, lines in designer.form.words.items()}

    assert "note" in kinds["kpis.returns"] or "warning" in kinds["kpis.returns"]


def test_what_breaks_a_rule_is_said_and_changes_nothing(designer):
    before = designer.draft.contract

    designer.form.press("kpis.accuracy.target.at_least", 150)

    assert "must lie within 0 and 1" in designer.page.message
    assert designer.draft.contract is before


def test_a_term_that_was_not_simulated_says_so_and_can_be_simulated(designer):
    designer.form.press(LIMIT, 3)
    said = designer.verdict.value
    buttons = [field["key"] for field in designer.actions.sections[0]["fields"]]

    designer.actions.press("simulate")

    assert "not simulated" in said
    assert "simulate" in buttons
    assert "not simulated" not in designer.verdict.value
    assert designer.desk.knows(designer.draft.contract)


def test_undo_fills_the_form_again(designer):
    designer.form.press(FACTOR, 0.93)
    designer.actions.press("undo")

    assert designer.form.values[FACTOR] == 0.89
    assert designer.draft.contract == designer.scenario.contracts["pbc_2022"]


def test_a_clause_is_added_and_removed(designer):
    designer.form.press("add", "incentives/lump_sum/accuracy")
    designer.form.press("add now")
    added = [section["title"] for section in designer.form.sections]

    designer.form.press("remove incentives.5")

    assert "Lump sum: Order accuracy" in added
    assert "Lump sum: Order accuracy" not in [s["title"] for s in designer.form.sections]


def test_with_a_kpi_go_the_clauses_that_read_it_and_undo_brings_all_back(designer):
    before = designer.draft.contract
    reads = [clause for clause in before.incentives if "accuracy" in clause.kpi_names]

    designer.form.press("remove kpis.accuracy")
    after, said = designer.draft.contract, designer.page.message
    designer.actions.press("undo")

    assert "accuracy" not in after.kpis
    assert [c for c in before.incentives if c not in reads] == list(after.incentives)
    # And the gate, which no bonus passes where accuracy is low.
    assert after.gate is None
    assert said == f"Removed, and with it {len(reads) + 1} clauses that read it."
    assert designer.draft.contract == before


def test_another_payment_scheme_brings_its_fields(designer):
    designer.form.press("payment", "fixed_fee")

    assert "payment.fixed_fee.per_period" in designer.form.values
    assert FACTOR not in designer._fields


def test_who_changes_the_payment_scheme_back_finds_the_price_again(designer):
    designer.form.press(FACTOR, 0.93)
    designer.form.press("payment", "fixed_fee")
    designer.form.press("payment.fixed_fee.per_period", 7_000_000)
    designer.form.press("payment", "catalogue_price")
    factor = designer.draft.contract.payment.factor
    designer.form.press("payment", "fixed_fee")

    assert factor == 0.93
    assert designer.draft.contract.payment.per_period == 7_000_000


def test_another_contract_does_not_inherit_the_price_of_the_last_one(designer):
    designer.form.press(FACTOR, 0.93)
    designer.form.press("payment", "fixed_fee")
    designer.choices.press("begun", "traditional")
    designer.form.press("payment", "fixed_fee")
    designer.form.press("payment", "catalogue_price")

    assert designer.draft.contract.payment == designer.scenario.contracts["traditional"].payment


def test_each_remove_button_says_what_it_removes(designer):
    buttons = [
        field
        for section in designer.form.sections
        for field in section["fields"]
        if field["key"].startswith("remove ")
    ]
    aloud = [field["aloud"] for field in buttons]

    assert len(set(aloud)) == len(aloud)
    assert "Remove: Order accuracy" in aloud


def test_the_verdict_names_what_both_gains_are_measured_against(designer):
    """Its words, its strip and the zone have one reference for each party, as a negotiation has."""
    priced = designer.desk.price(DRAFT, designer.draft.contract)
    baseline = designer.scenario.contracts["traditional"].title
    saved = unbroken(money(priced.buyer_gain.mean, "IDR"))
    gained = unbroken(money(priced.supplier_gain.mean, "IDR"))

    assert f"the buyer saves {saved} against “{baseline}”" in designer.verdict.value
    assert f"earns {gained} more than without a contract" in designer.verdict.value
    assert f"+{saved}" in designer.verdict.value
    assert f"+{gained}" in designer.verdict.value
    assert f"against “{baseline}”" in designer.zone.picture["title"]


def test_a_candidate_stands_in_the_table_and_in_the_pictures(designer):
    designer.form.press(FACTOR, 0.93)
    designer.actions.press("keep")

    rows = [tick["text"] for tick in designer.money["buyer_cost"].picture["y"]["ticks"]]
    assert "Candidate 1" in designer.compared.value
    assert rows == ["Draft", "Traditional, paid in full on acceptance", "Candidate 1"]


def test_what_is_saved_reads_back(designer):
    designer.form.press(FACTOR, 0.93)
    designer.actions.press("keep")
    designer.form.press(FACTOR, 0.91)
    designer.rest.now()
    whole, alone = (saved(designer)[name].decode() for name in (
        "office_supplies_of_city_z.yaml", "office_supplies_of_city_z_draft.yaml"
    ))  # fmt: skip

    assert parse_contract(alone) == designer.draft.contract
    contracts = parse_scenario(whole).contracts
    assert contracts[DRAFT] == designer.draft.contract
    assert contracts["candidate_1"].payment.factor == 0.93


@pytest.mark.parametrize("what", ["contract", "scenario"])
def test_a_saved_file_is_gone_on_with(designer, what):
    designer.form.press(FACTOR, 0.94)
    contract = designer.draft.contract
    text = to_yaml(
        contract if what == "contract" else designer.draft.scenario_with(designer.scenario)
    )
    designer.choices.press("begun", "harsh")

    designer.choices.press("upload", {"name": "mine.yaml", "text": text})

    assert designer.draft.contract == contract
    assert designer.page.message == "Read mine.yaml."
    assert designer.form.values[FACTOR] == 0.94


def test_a_file_that_is_none_is_refused_in_one_sentence(designer):
    designer.choices.press("upload", {"name": "notes.yaml", "text": "title: [1"})

    assert designer.page.message.startswith("notes.yaml")
    assert designer.draft.contract == designer.scenario.contracts["pbc_2022"]


def test_annex_and_report_are_offered_as_page_and_as_word_file(designer):
    designer.actions.press("annex")
    annex = saved(designer)
    designer.actions.press("report")
    report = saved(designer)

    assert annex["office_supplies_of_city_z_annex.docx"][:2] == b"PK"
    assert b"<html" in annex["office_supplies_of_city_z_annex.html"]
    assert b"draft" in report["office_supplies_of_city_z_report.html"]


def test_papers_stay_until_the_draft_moves(designer):
    designer.actions.press("annex")
    designer.rest.now()
    kept = saved(designer)
    designer.form.press(FACTOR, 0.92)

    assert "office_supplies_of_city_z_annex.docx" in kept
    assert "office_supplies_of_city_z_annex.docx" not in saved(designer)


def test_files_are_named_in_the_language_at_once(designer):
    designer.page._tools.press("language", "id")

    assert "Skenario" in designer.links.value
    assert "Scenario" not in designer.links.value


def test_another_scenario_is_taken(designer, repository):
    path = str(repository / "scenarios" / "pilot_office.yaml")

    designer.choices.press("scenario", path)

    assert designer.scenario.title.startswith(("A pilot", "Pilot"))
    assert designer.page.message == ""
    assert len(designer.kpis.children) == len(designer.draft.contract.kpis)


def test_in_indonesian_the_form_is_indonesian(designer):
    designer.page._tools.press("language", "id")

    labels = [f["label"] for section in designer.form.sections for f in section["fields"]]
    assert "Faktor harga" in labels
    assert translated("Price factor") == "Price factor"
    assert "Penyedia" in designer.verdict.value
    assert "Barang yang ditolak" in designer.form.words["payment"][0]["text"]
    (begun,) = [f for f in designer.choices.sections[0]["fields"] if f["key"] == "begun"]
    assert ["traditional", "Tradisional, dibayar penuh saat diterima"] in begun["options"]


def test_in_indonesian_what_breaks_a_rule_is_said_in_indonesian(designer):
    designer.page._tools.press("language", "id")

    designer.form.press("kpis.accuracy.target.at_least", 150)
    target = designer.page.message
    designer.form.press(FACTOR, -1)
    factor = designer.page.message
    designer.form.press("remove kpis.accuracy")
    removed = designer.page.message
    designer.choices.press("upload", {"name": "catatan.yaml", "text": "world: {}"})

    assert "harus berada antara 0 dan 1" in target
    assert "harus berupa angka >= 0" in factor
    assert removed == "Dihapus, beserta 2 ketentuan yang memakainya."
    assert "belum ada; tambahkan" in designer.page.message


@pytest.mark.parametrize(
    ("language", "written", "shown"),
    [
        ("en", "title: Office supplies", "Office supplies"),
        ("id", "# a comment\ntitle: 'Office supplies'", "Office supplies"),
        ("en", "title:\n  en: Office\n  id: Kantor\nworld:", "Office"),
        ("id", "title:\n  en: Office\n  id: Kantor\nworld:", "Kantor"),
        ("en", "world: {}", "story"),
    ],
)
def test_a_file_is_called_by_its_title(language, written, shown, tmp_path):
    path = tmp_path / "story.yaml"
    path.write_text(written)

    with speaking(language):
        assert scenario_title(path) == shown
