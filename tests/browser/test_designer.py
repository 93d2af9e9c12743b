"""The designer in a real browser: what is moved is priced as the library prices it."""

import re
import zipfile
from pathlib import Path

import pytest

from pbc_sim.decision import run
from pbc_sim.figures import money
from pbc_sim.scenario import load_scenario, parse_scenario
from pbc_sim.scenario.vary import with_numbers
from pbc_sim.show.apps.amounts import unbroken

ROOT = Path(__file__).resolve().parents[2]
FACTOR = "payment.catalogue_price.factor"
LIMIT = "kpis.fulfilment.limit.business_days"
DRAWN = ".pbc-chart svg[data-drawn]"
#: As many as `conftest.py` serves.
REPLICATIONS = 40


def said(page):
    return page.locator(".pbc-verdict").inner_text()


def move(page, key, value):
    """Move a slider, and wait until the picture has changed."""
    slider = page.locator(f'input[type=range][data-key="{key}"]')
    svg = page.locator(DRAWN).first
    before = svg.get_attribute("data-drawn")
    slider.evaluate("(s, v) => { s.value = v; s.dispatchEvent(new Event('input')); }", str(value))
    page.wait_for_function(
        "(n) => document.querySelector('.pbc-chart svg').dataset.drawn !== n", arg=before
    )


@pytest.fixture(scope="module")
def expected():
    """Return what the supplier expects to earn at a price factor, in words."""
    scenario = load_scenario(ROOT / "scenarios" / "office_supplies.yaml")
    outcomes = run(scenario, REPLICATIONS, 1, workers=1, progress=False)

    def profit(factor):
        contract = with_numbers(scenario.contracts["pbc_2022"], {FACTOR: factor})
        prices = outcomes.settle({"it": contract})
        return unbroken(money(float(prices.expected_profit.max()), scenario.currency))

    return profit


@pytest.fixture(scope="module")
def one(long_visit, voila):
    visit = long_visit()
    visit.open(voila("designer"), DRAWN)
    return visit


@pytest.fixture
def page(one):
    """Return the designer with the draft that it begins with."""
    one.size("desk")
    one.page.get_by_label("Begin with the contract").select_option("pbc_2022")
    # All that a test before may have changed.
    for key, value in {FACTOR: "0.89", LIMIT: "2"}.items():
        number = f'input[type=number][data-key="{key}"]'
        one.page.wait_for_function(f"document.querySelector('{number}')?.value === '{value}'")
    return one.page


def test_a_moved_slider_shows_what_the_library_works_out(one, page, expected):
    before = said(page)

    move(page, FACTOR, 0.93)

    page.wait_for_function(
        "(text) => document.querySelector('.pbc-verdict').innerText !== text", arg=before
    )
    assert expected(0.89) in before
    assert expected(0.93) in said(page)
    assert "93% of the catalogue price" in page.locator("fieldset .pbc-words").first.inner_text()
    one.picture("designer_desk")


def test_arrow_keys_move_a_slider_and_a_number_can_be_typed(page, expected):
    box = page.get_by_label("Price factor").nth(1)

    page.locator(f'input[type=range][data-key="{FACTOR}"]').press("ArrowRight")
    page.wait_for_function(
        "document.querySelector('fieldset .pbc-words').innerText.includes('89.5%')"
    )
    box.fill("0.92")
    page.wait_for_function(
        "document.querySelector('fieldset .pbc-words').innerText.includes('92%')"
    )

    assert expected(0.92) in said(page)


def test_a_draft_is_kept_saved_and_gone_on_with(page, tmp_path):
    move(page, FACTOR, 0.94)
    page.get_by_role("button", name="Keep as candidate").click()
    page.get_by_text("Kept as Candidate 1.").wait_for()
    page.locator("table th", has_text="Candidate 1").first.wait_for()
    assert page.evaluate("document.querySelector('.pbc-app').scrollWidth") <= 1366
    move(page, FACTOR, 0.9)
    link = page.locator('a[download="office_supplies_of_city_z.yaml"]')
    page.wait_for_function(
        "() => { const a = document.querySelector('a[download$=\".yaml\"]');"
        " return a && atob(a.href.split(',')[1]).includes('factor: 0.9}'); }"
    )
    with page.expect_download() as download:
        link.click()
    path = tmp_path / "saved.yaml"
    download.value.save_as(path)
    move(page, FACTOR, 1.2)

    page.locator("input[type=file]").set_input_files(path)

    page.get_by_text("Read saved.yaml.").wait_for()
    page.wait_for_function(
        f"""document.querySelector('input[type=number][data-key="{FACTOR}"]').value === '0.9'"""
    )
    read = parse_scenario(path.read_text(encoding="utf-8"))
    assert read.contracts["draft"].payment.factor == 0.9
    assert read.contracts["candidate_1"].payment.factor == 0.94


def test_undo_takes_the_number_back(page):
    move(page, FACTOR, 1.1)

    page.get_by_role("button", name="Undo").click()

    page.wait_for_function(
        f"""document.querySelector('input[type=number][data-key="{FACTOR}"]').value === '0.89'"""
    )


def test_a_payment_scheme_is_changed_and_changed_back(page):
    move(page, FACTOR, 0.95)

    page.get_by_label("Payment scheme").select_option("fixed_fee")
    page.locator('input[type=number][data-key="payment.fixed_fee.per_period"]').wait_for()
    page.wait_for_function("!document.querySelector('fieldset').innerText.includes('95%')")
    assert page.locator(f'input[data-key="{FACTOR}"]').count() == 0
    page.get_by_label("Payment scheme").select_option("catalogue_price")

    box = page.locator(f'input[type=number][data-key="{FACTOR}"]')
    box.wait_for()
    assert box.input_value() == "0.95"


def test_a_mechanism_is_added_and_removed(page):
    legends = page.locator("legend", has_text="Lump sum: Order accuracy")
    page.get_by_label("What to add").select_option("incentives/lump_sum/accuracy")
    page.get_by_role("button", name="Add", exact=True).click()
    legends.wait_for()
    names = [
        button.get_attribute("aria-label")
        for button in page.get_by_role("button", name=re.compile("^Remove")).all()
    ]
    assert len(names) == len(set(names))
    assert None not in names

    page.get_by_role("button", name="Remove: Lump sum: Order accuracy").click()

    legends.wait_for(state="detached")


@pytest.mark.parametrize(
    ("button", "paper", "says"),
    [("Prepare the annex to sign", "annex", "93%"), ("Report", "report", "draft")],
)
def test_annex_and_report_are_taken_home(page, button, paper, says, tmp_path):
    move(page, FACTOR, 0.93)
    page.get_by_role("button", name=button, exact=True).click()
    page.get_by_text("Ready: the files are at the end of the page.").wait_for()

    for ending in ("html", "docx"):
        with page.expect_download() as download:
            page.locator(f'a[download$="_{paper}.{ending}"]').click()
        path = tmp_path / f"paper.{ending}"
        download.value.save_as(path)
        if ending == "docx":
            assert zipfile.is_zipfile(path)
        else:
            assert says in path.read_text(encoding="utf-8")


def test_terms_that_were_not_simulated_are_simulated_when_asked(page):

    page.locator(f'input[type=number][data-key="{LIMIT}"]').fill("3")
    page.get_by_text("were not simulated").wait_for()
    page.get_by_role("button", name="Simulate these terms").click()

    page.get_by_text("were not simulated").wait_for(state="detached")
    assert "The supplier" in said(page)


def test_on_a_phone_the_verdict_and_a_picture_stay_beside_the_slider(one, page):
    one.size("phone")
    strip = page.locator(".pbc-strip")
    strip.wait_for()
    slider = page.locator('input[type=range][data-key^="incentives."]:visible').last
    slider.focus()
    page.wait_for_function(
        "document.activeElement.getBoundingClientRect().top > "
        "document.querySelector('.pbc-strip').getBoundingClientRect().bottom"
    )
    before = strip.inner_html()
    page.wait_for_timeout(200)

    move(page, FACTOR, 0.95)

    page.wait_for_function(
        "(before) => document.querySelector('.pbc-strip').innerHTML !== before", arg=before
    )
    box = strip.bounding_box()
    assert box["y"] > 0
    assert box["y"] + box["height"] < 300
    one.shot("designer_phone_scrolled")


def test_no_barrier_on_a_desk_or_a_phone(one, page):
    page.locator("fieldset summary").first.click()
    page.locator(".pbc-chart summary").first.click()
    for size in ("phone", "desk"):
        one.size(size)
        page.wait_for_timeout(300)

        assert one.barriers() == []
        assert page.evaluate("document.querySelector('.pbc-app').scrollWidth") <= (
            page.evaluate("window.innerWidth")
        )
        one.picture(f"designer_{size}")


def test_the_language_is_switched_on_the_page(one, page):
    page.get_by_label("Language").select_option("id")

    page.get_by_role("heading", name="Perancang kontrak").wait_for()
    page.get_by_role("button", name="Simpan sebagai calon").wait_for()
    assert page.evaluate("document.documentElement.lang") == "id"
    assert page.title() == "Perancang kontrak"
    assert re.search(r"Penyedia (menandatangani|menolak)", said(page))
    one.picture("designer_id")
    # The parts of the page come one after another.
    for _try in range(20):
        if not one.english():
            break
        page.wait_for_timeout(250)
    assert one.english() == []
    page.get_by_label("Bahasa").select_option("en")
    page.get_by_role("heading", name="Contract designer").wait_for()


def test_a_few_seconds_of_random_pressing_leave_no_error(one, page):

    one.press_at_random(4, seed=1)

    assert page.locator(DRAWN).count()
