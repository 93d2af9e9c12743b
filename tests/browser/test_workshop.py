"""The workshop in a real browser: guess, reveal, next."""

import pytest

import pbc_sim as pbc
from pbc_sim.decision.workshop import prepare, questions_of
from pbc_sim.show.apps.amounts import unbroken

REPLICATIONS = 40


@pytest.fixture(scope="module")
def seen(long_visit, voila):
    visit = long_visit()
    visit.open(voila("workshop"), ready="[data-key=reveal]")
    return visit


def in_sight(page, selector):
    """Tell whether the beginning of a part is seen, without scrolling."""
    top = page.locator(selector).first.bounding_box()["y"]
    return -1 <= top < page.viewport_size["height"] - 60


#: Texts of a chart that cover one another, or stick out of it.
UNREADABLE = """() => {
  const svg = document.querySelector('.pbc-chart svg');
  const boxes = [...svg.querySelectorAll('text')].map((one) => [one.textContent, one.getBBox()]);
  const wide = svg.viewBox.baseVal.width;
  const out = boxes.filter(([, b]) => b.x < -1 || b.x + b.width > wide + 1).map(([said]) => said);
  boxes.forEach(([one, a], n) => boxes.slice(n + 1).forEach(([other, b]) => {
    if (a.x < b.x + b.width && b.x < a.x + a.width && a.y + 4 < b.y + b.height
      && b.y + 4 < a.y + a.height) out.push(`${one} / ${other}`);
  }));
  return out;
}"""


def test_a_room_guesses_and_sees_what_the_library_says(seen):
    page = seen.page
    scenario = pbc.load_scenario("scenarios/office_supplies.yaml")
    first = questions_of(prepare(scenario, REPLICATIONS, workers=1))[0]

    assert first.text in page.inner_text(".pbc-app")
    # The room reads what it can answer, and not the one who holds the mouse alone.
    assert page.locator(".pbc-app ol li").all_inner_texts() == list(first.options.values())
    page.locator("[data-key=reveal]").click()
    page.wait_for_selector("text=choose an answer first")
    assert page.locator(".pbc-verdict").count() == 0
    wrong = next(name for name in first.options if name not in first.right)
    page.locator("[data-key=guess]").select_option(wrong)
    page.locator("[data-key=reveal]").click()
    page.wait_for_selector(".pbc-verdict")
    assert page.locator(".pbc-app ol").count() == 0
    assert unbroken(first.judge(wrong).text) in page.inner_text(".pbc-verdict")
    page.locator(".pbc-chart summary").first.click()
    assert in_sight(page, ".pbc-verdict")
    table = page.inner_text(".pbc-chart table")
    for row in first.rows:
        assert row.said in table
    seen.picture("workshop_desk")
    assert seen.barriers() == []

    page.locator("[data-key=next]").click()
    page.wait_for_selector("text=Question 2 of")
    page.locator("[data-key=part]").select_option("cases")
    page.wait_for_selector("text=Buyer's total cost: best case")
    seen.picture("workshop_cases")
    page.locator("[data-key=language]").select_option("id")
    page.wait_for_selector("text=Laba penyedia: kasus terbaik")


def test_on_a_phone_nothing_sticks_out(seen):
    page = seen.page

    seen.size("phone")

    page.wait_for_timeout(300)
    assert page.evaluate("document.body.scrollWidth") <= 390
    page.locator("[data-key=part]").select_option("questions")
    page.locator("[data-key=guess]").wait_for()
    page.locator("[data-key=guess]").select_option(index=1)
    page.locator("[data-key=reveal]").click()
    page.wait_for_selector(".pbc-verdict")
    page.wait_for_function(
        "document.querySelector('.pbc-verdict').getBoundingClientRect().top < 422"
    )
    assert in_sight(page, ".pbc-verdict")
    assert page.evaluate(UNREADABLE) == []
    seen.shot("workshop_phone")
    page.locator("[data-key=next]").click()
    page.wait_for_selector("text=Pertanyaan 3 dari")
    page.wait_for_function("document.querySelector('.pbc-app h2').getBoundingClientRect().top >= 0")
    # Names that are longer than a phone is wide are broken, and not squeezed.
    while page.locator("[data-key=next]:enabled").count():
        title = page.inner_text(".pbc-app h2")
        if page.locator("select[data-key=guess]").count():
            page.locator("[data-key=guess]").select_option(index=1)
        page.locator("[data-key=reveal]").click()
        page.wait_for_selector(".pbc-verdict")
        page.locator(".pbc-chart svg text").first.wait_for()
        assert page.evaluate(UNREADABLE) == [], title
        assert page.locator("svg text[textLength]").count() == 0
        page.locator("[data-key=next]").click()
        page.wait_for_function(
            "t => document.querySelector('.pbc-app h2').textContent !== t", arg=title
        )


def test_whoever_reads_indonesian_meets_no_english(seen):
    page = seen.page
    for part in ("questions", "cases", "debrief", "notes"):
        page.locator("[data-key=part]").select_option(part)
        page.wait_for_timeout(300)
        assert seen.english() == []
