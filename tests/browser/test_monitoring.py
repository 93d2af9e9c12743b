"""The monitoring view in a real browser."""

from pathlib import Path

import pytest

from pbc_sim.decision.monitoring import alerts_of
from pbc_sim.figures import money
from pbc_sim.show.apps.amounts import unbroken
from pbc_sim.show.apps.monitoring.app import MonitoringView
from pbc_sim.show.apps.opening import Opening

REPLICATIONS = 40


@pytest.fixture(scope="module")
def seen(long_visit, voila):
    visit = long_visit()
    visit.open(voila("monitoring"), ready=".pbc-chart svg[data-drawn]")
    return visit


def test_the_slider_moves_and_shows_what_the_library_says(seen):
    page = seen.page
    view = MonitoringView(
        Opening(Path("scenarios/office_supplies.yaml"), replications=REPLICATIONS)
    )
    slider = page.locator("input[type=range][data-key=week]")
    slider.focus()
    for presses in (1, 5):
        for _press in range(presses):
            page.keyboard.press("ArrowRight")
    week = int(slider.input_value())
    board = view.watched.at(week)

    assert week == 26
    page.wait_for_function(
        "said => document.querySelector('.pbc-verdict').textContent.includes(said)",
        arg=f"{len(board.settled.table)} of 12 payment periods",
    )
    assert unbroken(money(board.settled.total, "IDR")) in page.inner_text(".pbc-verdict")
    alerts = page.locator(".pbc-alert").all_inner_texts()
    assert len(alerts) == len(alerts_of(board))
    for said, alert in zip(alerts, alerts_of(board), strict=True):
        assert unbroken(alert.text) in said
    says = page.locator(".pbc-chart svg").first.get_attribute("aria-label")
    assert board.kpis[0].said(board.kpis[0].now, "IDR") in says
    assert slider.input_value() == "26"
    seen.picture("monitoring_desk")
    assert seen.barriers() == []


def test_on_a_phone_nothing_sticks_out(seen):
    page = seen.page

    seen.size("phone")

    page.wait_for_timeout(300)
    seen.picture("monitoring_phone")
    # What is watched is folded away, so that the first chart is seen without scrolling.
    choice = page.locator("select[data-key=contract]")
    assert not choice.is_visible()
    assert page.locator(".pbc-chart").first.bounding_box()["y"] < 844 - 150
    page.locator(".pbc-folds summary").press("Enter")
    choice.wait_for()
    page.locator(".pbc-folds summary").click()
    choice.wait_for(state="hidden")
    # Beside the last chart the week can still be moved, and what it came to be read.
    page.locator(".pbc-chart").last.scroll_into_view_if_needed()
    for part in ("input[type=range][data-key=week]", ".pbc-verdict"):
        assert page.locator(part).bounding_box()["y"] >= 0
    assert page.evaluate("document.body.scrollWidth") <= 390
    # What is too wide for a phone scrolls by itself.
    assert page.evaluate("document.querySelector('.pbc-app').scrollWidth") <= 390
    page.locator("[data-key=language]").select_option("id")
    page.wait_for_selector("text=Pembayaran sejauh ini")
    seen.shot("monitoring_phone_scrolled")


def test_a_record_of_a_real_contract_is_read_or_answered(seen, tmp_path):
    page = seen.page
    seen.size("desk")
    page.locator("[data-key=language]").select_option("en")
    page.wait_for_selector("text=Settlement so far")
    with page.expect_download() as download:
        page.get_by_text("Example of a record (CSV)").click()
    example = download.value.path().read_text(encoding="utf-8")
    good, bad = tmp_path / "orders.csv", tmp_path / "bad.csv"
    good.write_text(example, encoding="utf-8")
    bad.write_text(example.replace("2022-01-0", "soon ", 1), encoding="utf-8")

    page.locator("[data-key=record]").set_input_files(bad)
    page.get_by_text("bad.csv, row 2, column 'ordered': must be a date, as 2022-01-31").wait_for()
    page.locator("[data-key=record]").set_input_files(good)
    page.get_by_text("The record orders.csv is followed.").wait_for()

    assert page.locator("input[type=range][data-key=week]").get_attribute("max") == "4"
    seen.picture("monitoring_record")
    assert seen.barriers() == []
    page.locator("[data-key=language]").select_option("id")
    page.get_by_text("Yang dipantau adalah catatan orders.csv.").wait_for()
    page.locator("[data-key=record]").set_input_files(bad)
    page.get_by_text("bad.csv, baris 2, kolom 'ordered': harus berupa tanggal").wait_for()
    page.locator("[data-key=simulated]").click()
    page.get_by_text("Yang dipantau adalah simulasi").wait_for()
    assert seen.english() == []
