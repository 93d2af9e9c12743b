"""A dashboard shows what was known on its day: all of it, rightly counted, and nothing later."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import pbc_sim as pbc
from pbc_sim.decision.monitoring import ALERTS, Monitor, alerts_of, monitor
from pbc_sim.decision.monitoring.payments import settled_so_far
from pbc_sim.decision.outcomes import run_one
from pbc_sim.language import speaking
from pbc_sim.operations import simulate
from pbc_sim.operations.known import as_known
from pbc_sim.operations.plan_changes import PlanChange
from pbc_sim.world import draw_world

REPLICATION = 3
WEEK_OF_CHANGE = 20


@pytest.fixture(scope="module")
def scenario():
    return pbc.load_scenario("scenarios/office_supplies.yaml")


@pytest.fixture(scope="module")
def followed(scenario):
    return monitor(scenario, "pbc_2022", "careful", replication=REPLICATION, futures=40)


@pytest.fixture(scope="module")
def slackening(scenario, followed) -> Monitor:
    """The same luck, but the supplier gives up checks and stock after twenty weeks."""
    careful, careless = scenario.plans["careful"], scenario.plans["as_usual"]
    change = PlanChange(float(followed.weeks.edges[WEEK_OF_CHANGE]), careless)
    world = draw_world(scenario.setting, 1, REPLICATION)
    return replace(followed, ledger=simulate(world, careful, [change]))


def assert_same_dashboard(one, other):
    pd.testing.assert_frame_equal(one.weekly, other.weekly)
    pd.testing.assert_frame_equal(one.units, other.units)
    pd.testing.assert_frame_equal(one.settled.table, other.settled.table)
    assert one.settled.caps == other.settled.caps
    assert alerts_of(one) == alerts_of(other)
    for limit, orders in one.overdue.items():
        pd.testing.assert_frame_equal(orders, other.overdue[limit])
    for kpi, same in zip(one.kpis, other.kpis, strict=True):
        np.testing.assert_array_equal(kpi.value, same.value)
        np.testing.assert_array_equal(kpi.band, same.band)
        assert kpi.missed == same.missed
        assert str(kpi.reviews) == str(same.reviews)  # NaN is not equal to itself


@pytest.mark.parametrize("week", [0, 1, 9, 13, WEEK_OF_CHANGE])
def test_what_is_shown_does_not_change_with_what_happens_later(followed, slackening, week):
    assert_same_dashboard(followed.at(week), slackening.at(week))


def test_what_is_shown_later_does_change(followed, slackening):
    with pytest.raises(AssertionError):
        assert_same_dashboard(followed.at(35), slackening.at(35))


def test_a_supplier_that_slackens_is_noticed(followed, slackening):
    """Of ordinary work one week in twenty is outside the band; of careless work most are."""

    def alarms(watched):
        return sum(k.is_worse_than_luck for w in range(26, 53) for k in watched.at(w).kpis)

    assert alarms(slackening) > 2 * alarms(followed) + 10


@pytest.mark.parametrize("path", ["office_supplies", "pilot_office", "spare_parts"])
def test_at_the_end_all_is_settled_as_the_study_settles_it(path):
    scenario = pbc.load_scenario(f"scenarios/{path}.yaml")
    plan = next(iter(scenario.plans))
    prices = run_one(scenario, plan, 1, engine="simpy").settle()

    for name, contract in scenario.contracts.items():
        if not contract.admits(plan):
            continue
        ledger, end = prices.outcomes.ledger(plan, 1), scenario.setting.ends
        settled = settled_so_far(contract, as_known(ledger, np.inf), end, scenario.setting)

        expected = prices.payments.sel(contract=name, plan=plan).item()
        assert settled.total == pytest.approx(expected), name


def test_each_settled_period_is_what_the_statement_says(scenario, followed):
    prices = run_one(scenario, "careful", REPLICATION, engine="simpy").settle()
    table = followed.at(30).settled.table

    stated = [
        prices.explain("pbc_2022", REPLICATION, period, plan="careful").total
        for period in table.index
    ]
    assert len(table) == 6
    assert table["payment"].tolist() == pytest.approx(stated)


def test_ended_reviews_are_those_of_the_study(scenario, followed):
    outcomes = run_one(scenario, "careful", REPLICATION, engine="simpy")
    contract = scenario.contracts["pbc_2022"]
    last = followed.at(len(followed.weeks))

    for kpi in last.kpis:
        part, whole, _ = outcomes.scores.measured[contract.measured()[kpi.watching.name]][:, 0, 0]
        assert [r.value for r in kpi.reviews] == pytest.approx((part / whole).tolist())


def test_weekly_numbers_add_up_to_the_ledger(followed):
    ledger, weekly = followed.ledger, followed.at(len(followed.weeks)).weekly

    assert weekly["orders"].sum() == len(ledger.orders)
    assert weekly["units"].sum() == ledger.deliveries.units.sum()
    assert weekly["returns"].sum() == ledger.returns.units.sum()
    assert 0 < weekly["defects"].sum() < weekly["returns"].sum()  # wrong items go back too


def test_overdue_orders_are_those_that_had_fallen_due_and_come_later(slackening):
    (limit,) = slackening.limits
    ledger, found = slackening.ledger, 0
    due = limit.due(ledger.setting.calendar, ledger.orders.placed)
    arrived = ledger.lines.orders_delivered(len(ledger.orders))
    for week in range(20, 53):
        watched = slackening.at(week)
        overdue = watched.overdue[limit]
        late = (due < watched.day) & (arrived >= watched.day)
        assert sorted(overdue["placed"]) == sorted(ledger.orders.placed[late])
        found += len(overdue)

    assert found > 20


def test_the_chance_of_a_miss_comes_true_as_often_as_it_says(scenario):
    """Of 300 looks at other futures, predicted and real misses differ by less than a tenth."""
    said, came = [], []
    expected = monitor(scenario, "pbc_2022", "checked", futures=40)
    for replication in range(60, 90):
        world = draw_world(scenario.setting, 1, replication)
        watched = replace(expected, ledger=simulate(world, scenario.plans["checked"]))
        end = watched.at(len(watched.weeks))
        for week in (6, 15):
            for kpi, later in zip(watched.at(week).kpis, end.kpis, strict=True):
                if kpi.missed is not None:
                    said.append(kpi.missed.estimate)
                    came.append(later.reviews[len(kpi.reviews) - 1].met is False)

    assert len(said) > 150
    assert np.mean(came) == pytest.approx(np.mean(said), abs=0.1)


def test_an_imported_history_is_followed_like_a_simulated_one(scenario, followed):
    """A history ends today: what has not happened yet is not in it."""
    history = as_known(followed.ledger, float(followed.weeks.edges[12]))
    imported = replace(followed, ledger=history)

    assert_same_dashboard(followed.at(12), imported.at(12))


def test_every_kind_of_alert_can_be_raised(followed, slackening):
    raised = {
        alert.kind
        for watched in (followed, slackening)
        for week in range(53)
        for alert in alerts_of(watched.at(week))
    }
    harsher = {
        "limits": {"deductions": {"share": 0.01, "of": "contract_value"}},
        "termination": {"breaches": 2},
    }
    for clause, terms in harsher.items():
        watched = _rewritten(slackening, {clause: terms})
        raised |= {alert.kind for alert in alerts_of(watched.at(50))}

    assert raised == set(ALERTS)


def _rewritten(watched, terms):
    """The same facts under other terms."""
    written = watched.contract.model_dump(exclude_unset=True) | {"term": {"months": 12}} | terms
    return replace(watched, contract=pbc.Contract.model_validate(written))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"futures": 5}, "futures must be >= 20 for a band of 90%, got 5"),
        ({"contract": "pbc_2021"}, "Did you mean 'pbc_2022'"),
        ({"plan": "carefull"}, "Did you mean 'careful'"),
    ],
)
def test_a_wrong_question_is_answered_with_the_way_out(scenario, asked, message):
    asked = {"contract": "pbc_2022", "plan": "careful"} | asked

    with pytest.raises(pbc.PbcError, match=message):
        monitor(scenario, **asked)


def test_there_is_no_week_after_the_term(followed):
    with pytest.raises(pbc.PbcError, match="week must be 0 to 53 in this term, got 54"):
        followed.at(54)


def test_a_dashboard_prints_how_each_kpi_stands(followed):
    board = followed.at(WEEK_OF_CHANGE)

    said = str(board)
    assert said.startswith(f"After {WEEK_OF_CHANGE} weeks, on ")
    for kpi in board.kpis:
        (line,) = (line for line in said.splitlines() if line.startswith(kpi.label))
        low, _middle, high = (kpi.said(end, "IDR") for end in kpi.band_now)
        assert f"{kpi.said(kpi.now, 'IDR')}  " in line
        assert f"[{low}, {high}]" in line
    assert f"{len(board.settled.table)} of {board.settled.n_periods} periods are settled" in said
    late = sum(f"{len(orders)} order" in said for orders in board.overdue.values() if len(orders))
    assert said.count("overdue") == late
    assert "array(" not in str(followed)
    assert "40 stored futures" in str(followed)
    assert "[-" not in str(followed.at(0))
    with speaking("id"):
        assert str(board).startswith(f"Setelah {WEEK_OF_CHANGE} minggu, pada ")
