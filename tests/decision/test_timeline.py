"""One future told event by event: against a world whose every event can be worked out by hand."""

import datetime as dt

import numpy as np
import pytest

import pbc_sim as pbc
from pbc_sim.decision.timeline import HEADINGS
from pbc_sim.operations.facts import ReturnReason
from pbc_sim.scenario import Scenario
from pbc_sim.world.calendar import Duration

HALF_A_DAY = Duration(calendar_days=0.5)


def story(plan=None, contracts=None, **world):
    """One order of two units every noon; stock of three; 2.75 days of lead time."""
    return Scenario.model_validate(
        {
            "title": "Tiny",
            "world": {
                "start": dt.date(2024, 1, 1),
                "horizon": {"days": 6},
                "calendar": {"always_open": True},
                "demand": {
                    "units": {"office": {"orders_per_business_day": 1}},
                    "gap": 1,
                    "first_gap": 0.5,
                },
                "items": {"paper": {"price": 10, "cost": 6, "quantity": 2}},
                "supply": {"lead_time": 2.75},
            }
            | world,
            "plans": {"usual": {"policy": {"base_stock": {"level": 3}}} | (plan or {})},
            "contracts": contracts or {},
        }
    )


@pytest.fixture(scope="module")
def told():
    return pbc.trace(story(), "usual", limit=HALF_A_DAY)


def rows(told, event):
    table = told.table
    return table[table["event"] == event]


def test_a_disruption_says_until_when_what_it_touched_and_what_was_claimed():
    strike = {
        "kind": {"upstream_outage": {}},
        "dated": [{"first_day": dt.date(2024, 1, 3), "last_day": dt.date(2024, 1, 3)}],
        "cause": "force_majeure",
        "notice_after": 1,
    }
    found = rows(pbc.trace(story(disruptions={"strike": strike}), "usual"), "disruption")

    assert found["who"].tolist() == ["strike"]
    assert found["day"].tolist() == [2.0]
    # The lots of days 0, 1 and 2 are late; orders 1 to 4 wait for them.
    assert found["led_to"].item() == (
        "until 2024-01-04 00:00, touches 4 orders; "
        "force majeure, notice 2024-01-04 00:00, proof 2024-01-04 00:00"
    )


def test_orders_say_what_came_from_stock_and_what_waits(told):
    placed = rows(told, "order placed")

    assert placed["day"].tolist() == [0.5, 1.5, 2.5, 3.5, 4.5, 5.5]
    assert [words.split(";")[0] for words in placed["led_to"][:3]] == [
        "2 from stock",
        "1 from stock, 1 wait for stock",  # one of three units is left
        "2 wait for stock",
    ]
    # What was bought at the first noon comes 2.75 days later.
    assert placed["led_to"].iloc[1].endswith("complete 2024-01-04 06:00")
    assert placed["led_to"].iloc[5].endswith("not complete by the end")
    assert placed["order"].tolist() == [1, 2, 3, 4, 5, 6]


def test_replenishments_are_told_when_ordered_and_when_they_arrive(told):
    ordered, arrived = rows(told, "replenishment ordered"), rows(told, "replenishment arrived")

    np.testing.assert_allclose(arrived["day"], ordered["day"].to_numpy()[: len(arrived)] + 2.75)
    assert ordered["led_to"].iloc[-1] == "not in by the end"


def test_breach_stands_where_an_order_becomes_overdue(told):
    overdue = rows(told, "breach: overdue")

    # The second order waits from noon of day 1; its limit runs out half a day later.
    assert overdue["day"].iloc[0] == 2.0
    assert overdue["order"].iloc[0] == 2
    assert overdue["led_to"].iloc[0] == (
        "limit 0.5 calendar days (as asked); complete 2024-01-04 06:00"
    )
    # The last order falls due at the end, which is no longer part of the future.
    assert 6 not in overdue["order"].tolist()


def test_lost_orders_are_told_as_lost_and_breach_their_limit():
    told = pbc.trace(story(plan={"stockout": "lost_sale"}), "usual", limit=HALF_A_DAY)

    assert rows(told, "order placed")["led_to"].iloc[2] == "2 lost"
    assert "the whole order was lost" in rows(told, "breach: overdue")["led_to"].iloc[0]


def test_returns_and_replacements_are_told():
    world = {"picking": {"error_share": 1}, "receipt": {"return_time": 1}}
    told = pbc.trace(story(plan={"policy": {"base_stock": {"level": 40}}}, **world), "usual")

    back = rows(told, "return")
    assert len(back) == (told.ledger.returns.reason == ReturnReason.WRONG).sum() > 0
    assert back["led_to"].str.startswith("wrong item").all()
    assert rows(told, "arrival")["led_to"].str.contains("in place of rejected units").any()


def test_timeline_holds_every_fact_of_the_ledger_once(told):
    ledger, counts = told.ledger, told.table["event"].value_counts()

    assert list(told.table.columns) == list(HEADINGS)
    assert told.table["day"].is_monotonic_increasing
    assert counts["order placed"] == len(ledger.lines)
    assert counts["shipment"] == len(ledger.shipments)
    assert counts["arrival"] == len(ledger.deliveries)
    assert counts["replenishment ordered"] == len(ledger.replenishments)


def test_goods_in_stand_before_the_order_of_the_same_instant():
    told = pbc.trace(story(supply={"lead_time": 2}), "usual")

    at_noon = told.table[told.table["day"] == 2.5]["event"].tolist()

    assert at_noon.index("replenishment arrived") < at_noon.index("order placed")


def test_contracts_bring_their_limits():
    kpis = {
        "soon": {
            "measure": "on_time_share",
            "limit": {"calendar_days": 1},
            "target": {"at_least": 0.9},
        }
    }
    fee = {"late_fee": {"per_day": 0.001, "limit": {"calendar_days": 2}}}
    contracts = {
        "one": {"title": "One", "kpis": kpis},
        "two": {"title": "Two", "kpis": kpis, "incentives": [fee]},
    }

    told = pbc.trace(story(contracts=contracts), "usual")

    assert told.limits == {
        Duration(calendar_days=1): "one, two",
        Duration(calendar_days=2): "two",
    }


def test_limits_of_calls_are_no_limits_of_orders():
    kpi = {
        "measure": "resolved_in_time",
        "limit": {"business_days": 2},
        "target": {"at_least": 0.9},
    }

    told = pbc.trace(story(contracts={"one": {"title": "One", "kpis": {"calls": kpi}}}), "usual")

    assert told.limits == {}


def test_filters_narrow_the_timeline():
    items = {"paper": {"price": 10, "cost": 6, "quantity": 2}, "toner": {"price": 90, "cost": 60}}
    told = pbc.trace(story(items=items), "usual")
    whole = told.table

    of_item = told.only(item="toner").table
    assert set(of_item["item"]) == {"toner", ""}
    asking = whole[(whole["item"] == "toner") & whole["order"].notna()]["order"]
    assert set(of_item["order"].dropna()) == set(asking)
    of_order = told.only(order=2).table
    assert set(of_order["order"]) == {2}
    day = told.only(between=("2024-01-02", "2024-01-03")).table
    assert len(day) > 0
    assert ((day["day"] >= 1) & (day["day"] < 2)).all()
    # Narrowing twice narrows further.
    both = told.only(item="toner").only(between=(1, 2)).table
    assert set(both["item"]) <= {"toner", ""}


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ({"item": "papr"}, "Did you mean 'paper'?"),
        ({"order": 99}, "order must be 1 to 6 in this replication, got 99"),
        ({"order": "two"}, "give a whole number, counted from 1"),
        ({"between": ("2024-01-03", "2024-01-02")}, "with from < until"),
        ({"between": ("soon", "later")}, "must hold dates"),
    ],
)
def test_wrong_filter_is_answered_in_words(filters, words, told):
    with pytest.raises(pbc.PbcError, match=words.replace("?", r"\?")):
        told.only(**filters)


def test_unknown_plan_is_answered_with_the_nearest():
    with pytest.raises(pbc.PbcError, match="Did you mean 'usual'"):
        pbc.trace(story(), "usal")


def test_levels_are_those_of_the_ledger(told):
    on_hand, waiting = told.stock_levels("on_hand"), told.stock_levels("waiting")
    under_way = told.lines_under_way

    assert on_hand.level[0] == 3
    assert waiting.level.max() > 0
    assert on_hand.level[-1] == told.ledger.closing.on_hand.sum()
    # Order lines under way at the end are those that never became complete.
    assert under_way.level[-1] == np.isinf(told.ledger.lines.delivered).sum()
    assert under_way.level.min() >= 0


def test_stock_of_all_items_is_the_sum_of_the_items():
    items = {"paper": {"price": 10, "cost": 6, "quantity": 2}, "toner": {"price": 90, "cost": 60}}
    told = pbc.trace(story(items=items), "usual")

    total = told.stock_levels("on_hand")

    alone = [told.only(item=item).stock_levels("on_hand") for item in items]
    for when, level in zip(*total, strict=True):
        last_of_instant = total.level[total.when == when][-1]
        parts = [own.level[own.when <= when][-1] for own in alone]
        assert last_of_instant == sum(parts), level


def test_same_address_tells_the_same(told):
    again = pbc.trace(story(), "usual", limit=HALF_A_DAY)

    assert again.table.equals(told.table)
    assert str(again) == str(told)
    assert "6 events" not in repr(told)
    assert "seed 1, replication 0" in repr(told)


def test_machines_storerooms_and_calls_are_told(repository):
    """Two machines with spares in a storeroom: each fact of their tables is one event."""
    spares = pbc.load_scenario(repository / "tests" / "scenarios" / "machines_with_spares.yaml")
    desk = pbc.load_scenario(repository / "tests" / "scenarios" / "desk_one_constant.yaml")
    spared = pbc.trace(spares, next(iter(spares.plans))).only(between=(0, 200))
    called = pbc.trace(desk, next(iter(desk.plans)))

    failures, taken = spared.ledger.failures, spared.ledger.parts_used
    failed = rows(spared, "machine failure")
    assert failed["day"].tolist() == sorted(failures.failed[failures.failed < 200])
    assert len(failed) > 0
    assert failed["led_to"].str.startswith("stands still; ").any()
    assert len(rows(spared, "part taken")) == (taken.taken < 200).sum() > 0
    assert len(rows(spared, "machine restored")) == (failures.restored < 200).sum() > 0
    calls = rows(called, "call")
    assert len(calls) == len(called.ledger.calls) > 0
    assert calls["led_to"].iloc[0].startswith("enquiry; answered ")
