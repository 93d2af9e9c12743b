"""The monitoring view shows what the library knows on the chosen week."""

import pytest

pytest.importorskip("anywidget", reason="it comes with the extra `notebook`")

from pathlib import Path

from pbc_sim.decision.monitoring import alerts_of
from pbc_sim.figures import money, share
from pbc_sim.show.apps.monitoring.app import MonitoringView
from pbc_sim.show.apps.opening import Opening


@pytest.fixture(scope="module")
def view():
    return MonitoringView(Opening(Path("scenarios/office_supplies.yaml"), replications=20))


def drawn(chart):
    return chart.picture


def labels(picture):
    return [mark["label"] for mark in picture["marks"] if mark.get("label")]


@pytest.mark.parametrize("week", [3, 21, 40])
def test_the_slider_shows_the_dashboard_of_its_week(view, week):
    view.slider.press("week", week)
    board = view.watched.at(week)

    for chart, kpi in zip(view.charts["kpis"], board.kpis, strict=True):
        assert kpi.said(kpi.now, board.currency) in labels(drawn(chart))
        assert len(drawn(chart)["table"]["rows"]) == len(kpi.reviews)
    assert money(board.settled.total, "IDR") in view.state.value
    assert len(drawn(view.settled)["table"]["rows"]) == len(board.settled.table)
    assert share(board.units["on_time"].iloc[0]) in view.units.value
    for alert in alerts_of(board):
        assert alert.text in view.alerts.value


def test_no_mark_lies_after_today_but_bands(view):
    view.slider.press("week", 12)
    day = view.board.day

    for chart in (*view.charts["kpis"], *view.charts["weeks"], view.settled):
        for mark in drawn(chart)["marks"]:
            if mark["kind"] in ("dot", "bar"):
                assert mark.get("x", mark.get("x0")) <= day
            elif mark["kind"] == "line" and mark["dash"] == "":
                assert max(mark["x"]) <= day


def test_another_plan_is_followed_at_once(view):
    view.slider.press("week", 30)
    careless = [kpi.now for kpi in view.board.kpis]
    view.form.press("plan", "all_out")

    assert view.watched.plan == "all_out"
    assert view.board.kpis[0].now > careless[0]
    view.form.press("plan", "as_usual")
    assert [kpi.now for kpi in view.board.kpis] == careless


def test_bad_input_is_answered_and_changes_nothing(view):
    view.slider.press("week", 10)
    view.slider.press("week", 10.5)

    assert "must be a whole number from 0 to 53" in view.page.message
    assert view.chosen["week"] == 10


def test_it_speaks_indonesian(view):
    view.slider.press("week", 20)
    view.page._set("language", "id")

    assert "periode pembayaran telah diselesaikan" in view.state.value
    assert drawn(view.charts["kpis"][0])["title"] == "Ketepatan waktu pemenuhan pesanan"
    view.page._set("language", "en")


def test_the_slider_stays_where_it_was_moved_to(view):
    view.slider.press("week", 26)

    assert view.slider.values["week"] == 26


def test_scenarios_are_named_by_their_titles(view):
    (scenario,) = [f for f in view.form.sections[0]["fields"] if f["key"] == "scenario"]

    assert ["office_supplies", "Office supplies of City Z"] in scenario["options"]
