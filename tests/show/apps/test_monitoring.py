"""The monitoring view shows what the library knows on the chosen week."""

import pytest

pytest.importorskip("anywidget", reason="it comes with the extra `notebook`")

from pathlib import Path

from pbc_sim.decision.monitoring import alerts_of
from pbc_sim.figures import money, share
from pbc_sim.history import record_of
from pbc_sim.operations.known import as_known
from pbc_sim.show.apps.amounts import unbroken
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
    assert unbroken(money(board.settled.total, "IDR")) in view.state.value
    assert len(drawn(view.settled)["table"]["rows"]) == len(board.settled.table)
    assert unbroken(share(board.units["on_time"].iloc[0])) in view.units.value
    for alert in alerts_of(board):
        assert unbroken(alert.text) in view.alerts.value


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


@pytest.fixture
def recorded(view):
    """Return a record of the first ten weeks, as a browser sends it."""
    ledger = as_known(view.watched.ledger, float(view.watched.weeks.edges[10]))
    yield {"name": "orders.csv", "text": record_of(ledger)}
    view.form.press("simulated")


def fields(view):
    return [f["key"] for f in view.form.sections[0]["fields"]]


def test_a_record_is_followed_until_its_last_entry(view, recorded):
    simulated = view.watched.at(10)

    view.form.press("record", recorded)

    assert view.page.message.startswith("Read orders.csv: ")
    assert view.slider.sections[0]["fields"][0]["max"] == 10
    assert view.chosen["week"] == 10
    assert "orders.csv is followed" in view.example.value
    assert "plan" not in fields(view)
    for kpi, same in zip(view.board.kpis, simulated.kpis, strict=True):
        assert kpi.now == pytest.approx(same.now, abs=1e-9)
    assert view.board.settled.total == pytest.approx(simulated.settled.total)
    view.form.press("simulated")
    assert "plan" in fields(view)


def test_a_record_is_held_against_another_plan_and_contract(view, recorded):
    view.form.press("record", recorded)

    view.form.press("expected", "all_out")

    assert view.watched.plan == "all_out"
    assert view.watched.ledger is view.record.ledger


def test_a_bad_record_is_answered_and_changes_nothing(view, recorded):
    view.slider.press("week", 12)
    before = view.state.value

    bad = recorded["text"].replace("2022-01-0", "2022-1-0", 1)
    view.form.press("record", {"name": "orders.csv", "text": bad})

    assert "orders.csv, row 2, column 'ordered': must be a date" in view.page.message
    assert view.record is None
    assert view.state.value == before
