"""The animation in a real browser: it plays without the kernel, by mouse and by keys."""

import re

import pytest

import pbc_sim as pbc
from pbc_sim.decision.animation import animated

SUMMARY = ".pbc-animation .summary"
#: Presses a check box, and returns what it said in each frame of the second after.
PRESSED_AND_WATCHED = """async (box) => {
  box.click();
  const seen = [], until = performance.now() + 1000;
  while (performance.now() < until) {
    seen.push(box.checked);
    await new Promise(requestAnimationFrame);
  }
  return seen;
}"""


def numbers(text):
    return [int(number) for number in re.findall(r"\d+", text.partition("Out of stock")[0])]


def standing(day, replication=0):
    """Orders so far, open and overdue ones, and parcels under way, as the library says."""
    scenario = pbc.load_scenario("scenarios/office_supplies.yaml")
    data = animated(pbc.trace(scenario, "as_usual", replication=replication))
    orders, parcels = data["orders"], data["parcels"]
    placed = [n for n, when in enumerate(orders["placed"]) if when <= day]
    open_ = [n for n in placed if orders["complete"][n] is None or orders["complete"][n] > day]
    overdue = [n for n in open_ if orders["overdue"][n] and orders["overdue"][n] <= day]
    under_way = sum(
        leaves <= day < arrives
        for leaves, arrives in zip(parcels["leaves"], parcels["arrives"], strict=True)
    )
    return [len(placed), len(open_), len(overdue), under_way]


def go_to(page, day):
    slider = page.locator(".pbc-animation input[type=range]")
    slider.evaluate(
        "(slider, day) => { slider.value = day; slider.dispatchEvent(new Event('input')); }", day
    )


@pytest.fixture(scope="module")
def seen(long_visit, voila):
    visit = long_visit()
    visit.open(voila("animation"), ready=".pbc-animation")
    return visit


def test_it_shows_what_the_library_says_and_is_played_by_keys(seen):
    page = seen.page
    for day in (45.5, 150.25):
        go_to(page, day)
        assert numbers(page.inner_text(SUMMARY)) == standing(day)

    stage, clock = page.locator(".pbc-animation"), page.locator(".pbc-animation .clock")
    before = clock.inner_text()
    stage.focus()
    page.keyboard.press("Space")
    page.wait_for_function(
        "before => document.querySelector('.pbc-animation .clock').textContent !== before",
        arg=before,
    )
    page.keyboard.press("Space")
    stopped = clock.inner_text()
    page.wait_for_timeout(300)
    assert clock.inner_text() == stopped
    newest = page.locator(".pbc-animation .event").first
    event = newest.inner_text()
    page.keyboard.press("ArrowRight")
    assert newest.inner_text() != event
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Home")
    assert numbers(page.inner_text(SUMMARY)) == [0, 0, 0, 0]

    go_to(page, 150.25)
    seen.picture("animation_desk")
    assert seen.barriers() == []

    page.locator("[data-key=replication]").fill("7")
    page.wait_for_function("document.querySelector('.pbc-animation input[type=range]').value == 0")
    go_to(page, 150.25)
    assert numbers(page.inner_text(SUMMARY)) == standing(150.25, replication=7)

    # What was set stays set when the kernel has answered, and at every instant until then.
    assert page.locator("[data-key=replication]").input_value() == "7"
    large = page.locator("[data-key=large]")
    for wanted in (True, False):
        assert set(large.evaluate(PRESSED_AND_WATCHED)) == {wanted}

    assert any("event by event" in text for text in seen.english())
    page.locator("[data-key=language]").select_option("id")
    page.wait_for_selector("text=Yang baru terjadi")
    assert page.locator(".pbc-animation input[type=range]").input_value() == "150.25"
    assert seen.english() == []


def test_who_wants_less_motion_gets_whole_days_and_nothing_glides(seen):
    page = seen.page
    seen.size("phone")
    page.emulate_media(reduced_motion="reduce")
    page.locator("[data-key=language]").select_option("en")
    page.wait_for_selector(".pbc-animation button[aria-label=Play]")
    go_to(page, 150.25)
    assert page.evaluate("document.body.scrollWidth") <= 390
    seen.picture("animation_phone")
    still = page.locator(".moving path.parcel").first.get_attribute("transform")

    page.locator(".pbc-animation button[aria-label=Play]").click()
    page.wait_for_function(
        "document.querySelector('.pbc-animation input[type=range]').value > 150.5"
    )
    page.locator(".pbc-animation button[aria-label=Pause]").click()

    day = float(page.locator(".pbc-animation input[type=range]").input_value())
    assert day == int(day)
    assert still is not None
