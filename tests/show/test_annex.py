"""The annex that both parties sign: what it says, what it reckons, and how it is written."""

import datetime as dt
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import docx
import pytest

import pbc_sim as pbc
from pbc_sim.contract.trial import Supposed, at_performance, tried
from pbc_sim.decision.outcomes import WALKS_AWAY
from pbc_sim.language import LANGUAGES
from pbc_sim.performance.words import Words
from pbc_sim.show.annex import Annex, annex
from pbc_sim.show.paper.document import Document, Heading, Paragraph, Signatures, Table
from pbc_sim.show.paper.pages import as_docx, as_html

ROOT = Path(__file__).resolve().parents[2]
STORIES = sorted(
    str(path.relative_to(ROOT / "scenarios").with_suffix(""))
    for path in (ROOT / "scenarios").rglob("*.yaml")
)

#: Words that only the other language has; names and titles come from the files as they are.
ENGLISH = {"the", "of", "and", "is", "are", "each", "every", "paid", "days", "amount", "clause"}
INDONESIAN = {"yang", "dan", "tidak", "dari", "untuk", "pada", "dengan", "hari", "setiap", "butir"}


@cache
def story(name):
    return pbc.load_scenario(ROOT / "scenarios" / f"{name}.yaml")


@cache
def written(name, contract, language):
    return annex(story(name), contract, language).document


EVERY = [(name, contract) for name in STORIES for contract in story(name).contracts]
every_contract = pytest.mark.parametrize(("name", "contract"), EVERY)
each_language = pytest.mark.parametrize("language", LANGUAGES)


def texts(document):
    """Return every text of a document's blocks, in order."""
    found = []
    for block in document.blocks:
        if isinstance(block, Table):
            found += [*block.header, *(cell for row in block.rows for cell in row)]
        elif isinstance(block, Signatures):
            found += [*block.parties, *block.lines]
        elif isinstance(block, Paragraph):
            found += [block.number, block.heading, block.text]
        else:
            found.append(block.text)
    return [text for text in found if text]


def part(document, letter):
    """Return the blocks of one part, as that which begins with "D."."""
    inside, found = False, []
    for block in document.blocks:
        if isinstance(block, Heading) and block.level == 1:
            inside = block.text.startswith(f"{letter}.")
        elif inside:
            found.append(block)
    return found


def tables(blocks):
    return [block for block in blocks if isinstance(block, Table)]


def amount(text):
    """Read an English amount: −IDR 1,250.50 is −1250.5."""
    sign = -1 if text.startswith("−") else 1
    return sign * float(re.sub(r"[^\d.]", "", text))


# --- what it says


@each_language
@every_contract
def test_annex_is_of_one_language(name, contract, language):
    document = written(name, contract, language)
    own = [plan.label for plan in story(name).plans.values()]
    said = " ".join(text for text in texts(document) if text not in own)
    said = re.sub(r"'[^']*'", "", said)

    found = set(re.findall(r"[^\W\d]+", said.lower()))

    assert found & (INDONESIAN if language == "en" else ENGLISH) == set()
    assert "as the clause says" not in said
    assert "sesuai ketentuan butir ini" not in said


@each_language
@every_contract
def test_annex_has_its_parts_and_whole_tables(name, contract, language):
    document = written(name, contract, language)

    parts = [b.text[0] for b in document.blocks if isinstance(b, Heading) and b.level == 1]

    assert parts == list("ABCDEF")  # clauses, KPIs, payment, examples, calendar, signatures
    for table in tables(document.blocks):
        assert len({len(row) for row in (table.header, *table.rows) if row}) == 1
        assert not table.widths or len(table.widths) == len(table.rows[0])


def test_kpi_sheet_names_definition_formula_source_target_and_exclusions():
    sheets = tables(part(written("medical_devices", "service_credits", "en"), "B"))
    sheet = dict(sheets[3].rows)

    assert sheet["Definition"] == "Share of orders that are delivered within the limit."
    assert "divided by" in sheet["Formula"]
    assert sheet["Target"] == "The target is at least 90%."
    assert sheet["Direction"] == "More is better."
    assert sheet["Paid by clauses"] == "5.3"
    assert "disruptions and notices of them" in sheet["Source of data"]
    assert "within 3 calendar days of its beginning" in sheet["Exclusions"]


def test_calendar_pays_on_the_first_business_day_after_the_period():
    rows = tables(part(written("office_supplies", "pbc_2022", "id"), "E"))[0].rows

    assert len(rows) == 12
    # After April 2022 the feast of Lebaran and collective leave close the offices until 9 May.
    assert rows[3] == ("4", "1 April 2022", "30 April 2022", "3.1 dan 3.2", "9 Mei 2022")
    assert rows[11][3:] == ("semua", "2 Januari 2023")


# --- what it reckons


@every_contract
def test_lines_of_an_example_add_up_to_its_payment(name, contract):
    examples = tables(part(written(name, contract, "en"), "D"))
    reckoned = [table for table in examples if table.header[:2] == ("Clause", "Arithmetic")]

    assert reckoned
    for table in reckoned:
        *lines, total = [amount(row[-1]) for row in table.rows]
        assert total == pytest.approx(sum(lines), abs=0.01 * len(lines))


def test_example_at_target_is_paid_in_full_and_half_of_it_is_not():
    sums = tables(part(written("office_supplies", "mild_with_bonus", "en"), "D"))[-1]
    charges, bonuses, deductions, payment = ([amount(c) for c in row[1:]] for row in sums.rows)

    assert charges[0] == charges[1] == charges[2] > 0
    assert bonuses == [0, 0, 18_000_000]  # 12 x 1.6 m, held within the limit of the term
    assert deductions == [-24_000_000, 0, 0]  # 12 x (1.5 m + 0.5 m)
    assert payment[1] == charges[1]


def test_payment_table_shows_the_levels_of_the_clauses_and_what_they_pay():
    table = tables(part(written("office_supplies", "mild_with_bonus", "en"), "C"))[0]

    assert table.rows == (
        ("45%", "missed", "−IDR 1,500,000.00"),
        ("90%", "met", "IDR 0.00"),
        ("97%", "exceeded", "IDR 900,000.00"),
        ("100%", "exceeded", "IDR 900,000.00"),
    )


def test_contract_that_nothing_moves_has_one_example():
    blocks = part(written("pilot_office", "paid_as_delivered", "en"), "D")

    assert len(tables(blocks)) == 2


@pytest.mark.parametrize("value", [0.99, 0.01, 1 / 3, 0.1 + 0.2])
def test_supposed_value_is_read_back_to_the_last_bit(value):
    contract = story("office_supplies").contracts["mild_with_bonus"]
    values = {"fulfilment": value, "accuracy": value}

    settled = tried(contract, story("office_supplies").setting, [Supposed(values)])

    assert (settled.block.readings["fulfilment"].value[..., 0] == value).all()


def test_performance_beyond_the_bounds_of_a_kpi_stays_within_them():
    clause = story("office_supplies").contracts["mild_with_bonus"].kpis["accuracy"]

    assert at_performance(clause, 1.5) == 1.0
    assert at_performance(clause, 0.5) == 0.49


# --- what was simulated


@pytest.fixture(scope="module")
def outcomes():
    return pbc.run(story("pilot_office"), replications=4, seed=3, workers=1, progress=False)


def test_annex_records_what_was_simulated(outcomes):
    document = annex(story("pilot_office"), "pilot", "en", outcomes).document

    about, money, kpis = tables(part(document, "F"))
    said = dict(about.rows)
    assert said["Seed"] == "3"
    assert said["Simulated futures"] == "4"
    assert said["Digest"] == outcomes.digest()
    assert f"pbc-sim {pbc.__version__}" in said["Versions"]
    settlement = outcomes.settle({"pilot": story("pilot_office").contracts["pilot"]})
    plan = settlement.best_plan("pilot")
    paid = float(settlement.payments.sel(contract="pilot", plan=plan).mean())
    assert amount(dict(money.rows)["Mean payments"]) == pytest.approx(paid, abs=0.005)
    assert len(kpis.rows) == 11


def test_annex_says_that_the_supplier_walks_away(outcomes):
    poor = outcomes.scenario.contracts["pilot"].model_copy(
        update={"payment": {"catalogue_price": {"factor": 0.01}}}
    )
    scenario = outcomes.scenario.model_copy(update={"contracts": {"pilot": poor}, "baseline": None})

    document = annex(scenario, "pilot", "id", outcomes).document

    assert outcomes.settle({"pilot": poor}).best_plan("pilot") == WALKS_AWAY
    assert "Penyedia mengundurkan diri" in texts(document)


def test_outcomes_of_another_scenario_are_refused(outcomes):
    with pytest.raises(pbc.PbcError, match="are of the world of 'Pilot in one office', and not"):
        annex(story("spare_parts"), "pbc", "en", outcomes)


# --- how it is written


class _Page(HTMLParser):
    """Collects what a reader sees, and what a page would fetch."""

    def __init__(self):
        super().__init__()
        self.said, self.fetched, self.open = [], [], []

    def handle_starttag(self, tag, attrs):
        self.fetched += [value for name, value in attrs if name in ("src", "href")]
        self.fetched += [tag] if tag in ("script", "link", "img", "iframe") else []
        if tag not in ("meta", "br", "col"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.said.append(data)


@each_language
@pytest.mark.parametrize(("name", "contract"), EVERY[::3])
def test_page_is_whole_and_fetches_nothing(name, contract, language):
    document = written(name, contract, language)
    page = _Page()

    page.feed(as_html(document))

    said = " ".join(" ".join(page.said).split())
    assert page.open == []
    assert page.fetched == []
    for text in texts(document):
        assert " ".join(text.split()) in said.replace("\N{NO-BREAK SPACE}", " ")
    assert f'<html lang="{language}">' in as_html(document)


@each_language
@pytest.mark.parametrize(("name", "contract"), EVERY[::3])
def test_docx_says_all_that_the_document_says(name, contract, language, tmp_path):
    document = written(name, contract, language)
    path = tmp_path / "annex.docx"

    Annex(document).save(path)

    file = docx.Document(str(path))
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    said = "\n".join([*(p.text for p in file.paragraphs), *cells])
    said = said.replace("\N{NO-BREAK SPACE}", " ")
    assert all(text in said for text in texts(document))
    assert len(file.tables) == len(tables(document.blocks)) + 1  # and the one for signatures
    assert file.core_properties.language == {"en": "en-GB", "id": "id-ID"}[language]
    assert file.sections[0].page_height > file.sections[0].page_width


def test_header_of_a_table_is_repeated_on_every_page():
    document = Document("t", "s", "en", "f", (Table(("a",), (("1",),) * 200),))

    xml = as_docx(document).tables[0]._tbl.xml

    assert xml.count("<w:tblHeader") == 1
    assert "<w:keepNext" not in xml  # a long table has to part somewhere


def test_markup_in_a_title_is_shown_and_not_run():
    contract = {"title": "<script>alert(1)</script> & Co"}
    scenario = story("pilot_office").model_copy(
        update={"contracts": {"c": contract}, "design": None}
    )

    page = annex(scenario, "c").to_html()

    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Co" in page


def test_character_that_no_document_can_hold_is_shown_as_missing(tmp_path):
    contract = {"title": "odd \ufffe one"}
    scenario = story("pilot_office").model_copy(
        update={"contracts": {"c": contract}, "design": None}
    )

    annex(scenario, "c").save(tmp_path / "annex.docx")

    file = docx.Document(str(tmp_path / "annex.docx"))
    assert file.paragraphs[1].text == "odd \ufffd one"


def test_same_contract_is_written_the_same_twice(tmp_path):
    for name in ("a", "b"):
        annex(story("pilot_office"), "pilot", "id").save(tmp_path / f"{name}.html")

    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("annex.pdf", "a document must end in .docx or .html, got 'annex.pdf'."),
        ("gone/annex.docx", "there is no folder '.*gone' for 'annex.docx'; make it first."),
    ],
)
def test_name_that_cannot_be_written_is_refused(file, words, tmp_path):
    with pytest.raises(pbc.PbcError, match=words):
        annex(story("pilot_office"), "pilot").save(tmp_path / file)


@pytest.mark.parametrize(
    ("contract", "language", "words"),
    [
        ("pilott", "en", "unknown contract 'pilott'.*Did you mean 'pilot'?"),
        ("pilot", "fr", "unknown language 'fr'; known: en, id"),
    ],
)
def test_unknown_name_is_refused(contract, language, words):
    with pytest.raises(pbc.PbcError, match=words):
        annex(story("pilot_office"), contract, language)


@pytest.mark.parametrize(("language", "said"), [("en", "1 January 2022"), ("id", "1 Januari 2022")])
def test_date_is_written_in_the_language(language, said):
    assert Words(language).date(dt.date(2022, 1, 1)) == said


def test_what_is_supposed_is_written_as_it_is_reckoned_with():
    """Of a target below 1%, two thirds are supposed as 0.6667%, and the amounts are of that."""
    scenario = story("office_supplies")
    blocks = written("office_supplies", "pbc_2022", "en")
    amounts = {
        row[0]: row[2] for table in tables(part(blocks, "C")) for row in table.rows if len(row) == 3
    }

    assert "0.666667%" not in str(blocks)
    contract = scenario.contracts["pbc_2022"]
    supposed = {"fulfilment": 0.95, "accuracy": 0.99, "returns": 0.006667}
    settled = tried(contract, scenario.setting, [Supposed(supposed)])
    paid = float(settled.incentives[2][0, 0, 0, -1])
    assert amounts["0.6667%"] == f"IDR {paid:,.2f}"
