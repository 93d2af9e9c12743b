"""A report says what the comparison says, on one page or in one file that needs no other."""

import re

import docx
import pytest

import pbc_sim as pbc
from pbc_sim.contract.text import sections, words_for
from pbc_sim.decision import compare
from pbc_sim.errors import PbcError
from pbc_sim.figures import money
from pbc_sim.show.report import report


@pytest.fixture(scope="module")
def prices(repository):
    scenario = pbc.load_scenario(repository / "scenarios" / "office_supplies.yaml")
    return pbc.run(scenario, replications=12, seed=1, workers=1, progress=False).settle()


@pytest.fixture(scope="module")
def written(prices):
    return report(prices)


@pytest.fixture(scope="module")
def page(written):
    return written.to_html()


def _words(page):
    """Return the text of a page without pictures and tags, blanks as one space."""
    text = re.sub(r"(?s)<(svg|style).*?</\1>|<[^>]+>", " ", page)
    return re.sub(r"\s+", " ", text.replace("&#39;", "'").replace("\u00a0", " "))


def test_answer_is_that_of_the_comparison(prices, page):
    comparison = compare(prices)
    cheapest = min(
        (r for r in comparison.results.values() if r.amounts),
        key=lambda result: result.amounts["buyer_cost"].mean,
    )
    cost, profit = cheapest.amounts["buyer_cost"], cheapest.amounts["supplier_profit"]

    words = _words(page)

    named = comparison.titled(cheapest.name)
    assert f"Under '{named}' the buyer's total cost is {money(cost.mean, 'IDR')}" in words
    assert (
        f"by the plan '{comparison.planned(cheapest.plan)}', earns {money(profit.mean, 'IDR')}"
        in words
    )
    assert f"'{comparison.titled('harsh')}': under no plan does the supplier earn" in words


def test_every_contract_stands_in_figures_pictures_checks_and_words(prices, page):
    words = _words(page)

    for name, contract in prices.contracts.items():
        assert words.count(contract.title) > 3
        assert "_" not in name or name not in words.partition("pbc-sim report")[0]
    assert page.count('role="img"') == 6  # both parties' money, ranking, three KPIs
    assert all(said for said in re.findall(r'aria-label="([^"]*)"', page))
    assert "no plan earns the supplier as much as its outside option" in words


def test_page_needs_nothing_else(page):
    asked = re.findall(r'(?:src|href)="(?!#)([^"]*)"', page)

    assert asked == []
    assert "@import" not in page
    assert "<script" not in page


def test_numbers_can_be_had_again(prices, page):
    words = _words(page)

    assert prices.outcomes.digest() in words
    assert "--replications 12 --seed 1" in words


def test_page_is_the_same_whenever_it_is_written(prices, page):
    assert report(prices).to_html() == page


def test_report_of_one_contract_and_a_named_plan(prices):
    alone = prices.outcomes.settle({"pbc_2022": prices.contracts["pbc_2022"]})

    words = _words(report(alone, plan="careful").to_html())

    assert "if the supplier works by the plan 'More stock and checks' under each" in words
    assert "'Performance-based, the three KPIs of 2022' is the only contract asked about." in words


def test_report_where_nobody_signs(prices):
    alone = prices.outcomes.settle({"harsh": prices.contracts["harsh"]})

    words = _words(report(alone).to_html())

    assert "The supplier would sign none of these contracts." in words


def test_docx_holds_the_same_sentences_and_its_pictures(written, tmp_path):
    written.save(tmp_path / "report.docx")

    file = docx.Document(str(tmp_path / "report.docx"))
    said = " ".join(paragraph.text for paragraph in file.paragraphs).replace("\u00a0", " ")

    assert len(file.inline_shapes) == 6
    assert all(shape._inline.docPr.get("descr") for shape in file.inline_shapes)
    assert "Which contract costs the buyer least over the term" in said


def test_unknown_ending_is_refused_in_one_sentence(written, tmp_path):
    with pytest.raises(PbcError, match=r"must end in \.docx or \.html, got 'report\.pdf'"):
        written.save(tmp_path / "report.pdf")


def test_a_definition_is_said_once_and_a_target_in_each_contract(prices, page):
    words = _words(page).partition("Definitions and what is agreed alike")[2]
    kpi = prices.contracts["pbc_2022"].kpis["accuracy"].kpi

    assert words.count(kpi.meaning) == 1
    for contract in prices.contracts.values():
        own = words.partition(f" {contract.title} ")[2]
        assert "target is" in own or not contract.kpis


def test_what_is_said_of_each_contract_is_all_that_it_says(prices, page):
    words = _words(page)

    for contract in prices.contracts.values():
        for section in sections(contract, words_for(contract, "en", "IDR")):
            for clause in section.clauses:
                for sentence in re.split(r"(?<=\.) (?=[A-Z])", clause.text):
                    assert sentence in words, sentence


def test_the_report_begins_with_a_list_of_its_parts(written, page, tmp_path):
    links = re.findall(r'<a href="#(part-\d+)">([^<]*)</a>', page)
    written.save(tmp_path / "report.docx")
    paragraphs = docx.Document(str(tmp_path / "report.docx")).paragraphs

    assert len(links) > 5
    for anchor, text in links:
        assert f'<h2 id="{anchor}">{text}</h2>' in page
    listed = [p.text for p in paragraphs if p.style.name == "List Number"]
    assert listed == [text for _anchor, text in links]


def test_a_table_of_many_columns_has_smaller_letters(written, page, tmp_path):
    written.save(tmp_path / "report.docx")
    tables = docx.Document(str(tmp_path / "report.docx")).tables

    sizes = {len(t.columns): t.rows[0].cells[0].paragraphs[0].runs[0].font.size.pt for t in tables}

    assert sizes[max(sizes)] == 7.5
    assert max(sizes) > 6
    assert sizes[2] == 9
    assert page.count(' wide">') == sum(len(t.columns) > 6 for t in tables)


def test_columns_of_words_stand_to_the_left_and_of_figures_to_the_right(page):
    table = page[page.index("<table") : page.index("</table>")]
    heads = re.findall(r'<th scope="col"( class="number")?>([^<]*)</th>', table)

    assert ("", "supplier&#39;s plan") in heads
    assert (' class="number"', "buyer cost") in heads
