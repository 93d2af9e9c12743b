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


def test_a_room_guesses_and_sees_what_the_library_says(seen):
    page = seen.page
    scenario = pbc.load_scenario("scenarios/office_supplies.yaml")
    first = questions_of(prepare(scenario, REPLICATIONS, workers=1))[0]

    assert first.text in page.inner_text(".pbc-app")
    page.locator("[data-key=reveal]").click()
    page.wait_for_selector("text=choose an answer first")
    assert page.locator(".pbc-verdict").count() == 0
    wrong = next(name for name in first.options if name not in first.right)
    page.locator("[data-key=guess]").select_option(wrong)
    page.locator("[data-key=reveal]").click()
    page.wait_for_selector(".pbc-verdict")
    assert unbroken(first.judge(wrong).text) in page.inner_text(".pbc-verdict")
    page.locator(".pbc-chart summary").first.click()
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
    seen.picture("workshop_phone")
