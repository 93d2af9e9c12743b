"""What happens from order to acceptance, in worlds small enough to work out by hand.

One order of two units every noon; three units on the shelf; what is ordered upstream comes two and
three quarter days later.
"""

import datetime as dt

import numpy as np
import pytest

from pbc_sim.errors import PbcError
from pbc_sim.operations.facts import ReturnReason
from pbc_sim.performance.example import value_of
from pbc_sim.world.calendar import Duration

NEVER = np.inf
OFFICE_HOURS = {"start": dt.date(2024, 1, 5), "calendar": {"always_open": False}}  # a Friday


def base_stock(level):
    return {"policy": {"base_stock": {"level": level}}}


def rows(table, *columns):
    return list(zip(*(getattr(table, column).tolist() for column in columns), strict=True))


def test_who_waits_longest_is_served_first(happened):
    ledger = happened({})

    assert ledger.lines.filled_at_once.tolist() == [2, 1, 0, 0, 0, 0]
    assert ledger.lines.delivered.tolist() == [0.5, 3.25, 4.25, 5.25, NEVER, NEVER]
    assert rows(ledger.deliveries, "received", "line", "units") == [
        (0.5, 0, 2),
        (1.5, 1, 1),
        (3.25, 1, 1),
        (3.25, 2, 1),
        (4.25, 2, 1),
        (4.25, 3, 1),
        (5.25, 3, 1),
        (5.25, 4, 1),
    ]


def test_every_unit_is_ordered_again_at_once(happened):
    replenishments = happened({}).replenishments

    assert rows(replenishments, "ordered", "units", "arrived") == [
        (0.5, 2, 3.25),
        (1.5, 2, 4.25),
        (2.5, 2, 5.25),
        (3.5, 2, NEVER),
        (4.5, 2, NEVER),
        (5.5, 2, NEVER),
    ]


def test_stock_and_what_waits_are_noted(happened):
    stock = happened({}).stock

    after = dict(
        zip(stock.changed.tolist(), zip(stock.on_hand, stock.waiting, strict=True), strict=True)
    )

    assert after[0.0] == (3, 0)
    assert after[1.5] == (0, 1)
    assert after[2.5] == (0, 3)
    assert after[3.25] == (0, 1)
    assert after[5.5] == (0, 3)


def test_an_order_can_leave_only_as_a_whole(happened):
    ledger = happened({"shipping": "complete"})

    assert rows(ledger.deliveries, "received", "line", "units") == [
        (0.5, 0, 2),
        (3.25, 1, 1),  # what was set aside at noon of day 1
        (3.25, 1, 1),
        (4.25, 2, 1),
        (4.25, 2, 1),
        (5.25, 3, 1),
        (5.25, 3, 1),
    ]
    assert rows(ledger.shipments, "dispatched", "order", "lines") == [
        (0.5, 0, 1),
        (3.25, 1, 2),
        (4.25, 2, 2),
        (5.25, 3, 2),
    ]


def test_lines_of_a_whole_order_wait_for_each_other(happened):
    """Two items on each order; one of them is out of stock from the start."""
    items = {
        "paper": {"price": 10, "cost": 6, "quantity": 1},
        "toner": {"price": 90, "cost": 60, "quantity": 1},
    }
    plan = {
        "policy": {"base_stock": {"level": 9}},
        "items": {"toner": {"base_stock": {"level": 0}}},
    }
    demand = {"lines_per_order": 2}

    for seed in range(20):
        whole = happened(plan | {"shipping": "complete"}, seed, items=items, demand=demand)
        apart = happened(plan, seed, items=items, demand=demand)
        if {0, 1} == set(whole.lines.item[:2].tolist()):
            break

    paper, toner = np.argsort(whole.lines.item[:2])
    assert apart.lines.delivered[paper] == 0.5
    assert apart.lines.delivered[toner] == 3.25
    assert whole.lines.delivered[[paper, toner]].tolist() == [3.25, 3.25]
    assert whole.lines.filled_at_once[[paper, toner]].tolist() == [1, 0]


def test_what_is_not_on_hand_can_be_lost(happened):
    ledger = happened({"stockout": "lost_sale"})

    assert ledger.lines.cancelled.tolist() == [0, 1, 2, 0, 1, 2]
    # A line of which something came is delivered; a line that is lost as a whole never is.
    assert ledger.lines.delivered.tolist() == [0.5, 1.5, NEVER, 3.5, 4.5, NEVER]
    assert ledger.replenishments.units.sum() == ledger.lines.filled_at_once.sum()


def test_receipts_come_before_orders_of_the_same_instant(happened):
    """What was ordered at noon arrives at the next noon, and serves the order placed then."""
    ledger = happened(base_stock(2), supply={"lead_time": 1})

    assert ledger.lines.filled_at_once.tolist() == [2] * 6


def test_orders_come_before_reviews_of_the_same_instant(happened):
    """One order a day at midnight, and the review at midnight sees it."""
    plan = {"policy": {"periodic_order_up_to": {"order_up_to_level": 4, "review_days": 1}}}

    ledger = happened(plan, demand={"first_gap": 1.0}, supply={"lead_time": 0.25})

    assert ledger.orders.placed.tolist() == [1, 2, 3, 4, 5]
    assert rows(ledger.replenishments, "ordered", "units") == [(t, 2) for t in (1, 2, 3, 4, 5)]


def test_reviews_do_not_drift(happened):
    plan = {"policy": {"periodic_order_up_to": {"order_up_to_level": 90, "review_days": 0.1}}}

    ledger = happened(plan, supply={"lead_time": 0.0})

    assert ledger.replenishments.ordered.tolist() == [0.5, 1.5, 2.5, 3.5, 4.5, 5.5]


def test_within_a_limit_means_at_most(happened):
    ledger = happened(base_stock(90), transport={"time": 0.25})

    assert value_of("on_time_share", ledger, limit=Duration(calendar_days=0.25)) == 1.0
    assert value_of("on_time_share", ledger, limit=Duration(calendar_days=0.2499)) == 0.0


def test_a_replenishment_never_overtakes_where_supply_is_sequential(happened):
    """Conditions last half a day, so the orders have lead times of their own."""
    supply = {"lead_time": {"exponential": {"mean": 3}}, "conditions_last_days": 0.5}
    crossing = happened({}, supply=supply, horizon={"days": 60})
    sequential = happened({}, supply=supply | {"order_crossing": False}, horizon={"days": 60})

    assert np.any(np.diff(crossing.replenishments.arrived[:-20]) < 0)
    arrived = sequential.replenishments.arrived
    assert np.all(np.diff(arrived[np.isfinite(arrived)]) >= 0)


def test_replenishments_under_the_same_conditions_share_a_lead_time(happened):
    supply = {
        "lead_time": {"uniform": {"low": 0.5, "high": 2}},
        "order_crossing": False,
        "conditions_last_days": 3,
    }

    replenishments = happened({}, supply=supply, horizon={"days": 12}).replenishments

    took = replenishments.arrived - replenishments.ordered
    first, second = took[replenishments.ordered < 3], took[4:6]
    assert first == pytest.approx(first[0])
    assert second[-1] != pytest.approx(first[0])


def wrong_once(happened, **sections):
    """Return the first story of one order that is picked wrongly, and rightly the second time."""
    for seed in range(200):
        ledger = happened(
            base_stock(2),
            seed,
            horizon={"days": 1.5},
            items={"paper": {"price": 10, "cost": 6, "quantity": 1}},
            supply={"lead_time": 30},
            picking={"error_share": 0.5},
            transport={"time": 0.25},
            receipt={"return_time": 0.125},
            **sections,
        )
        if ledger.deliveries.wrong.tolist() == [1, 0]:
            return ledger
    raise AssertionError("no such story")


def test_wrong_units_are_replaced_and_go_back_on_the_shelf(happened):
    ledger = wrong_once(happened)

    assert rows(ledger.deliveries, "received", "wrong", "replacement") == [
        (0.75, 1, False),
        (1.0, 0, True),
    ]
    assert rows(ledger.returns, "found", "units", "reason") == [(0.75, 1, ReturnReason.WRONG)]
    assert ledger.lines.delivered.tolist() == [0.75]  # the last unit had arrived, right or not
    assert ledger.lines.accepted.tolist() == [1.0]
    assert rows(ledger.stock, "changed", "on_hand") == [
        (0.0, 2),
        (0.5, 1),
        (0.75, 0),  # the replacement leaves
        (0.875, 1),  # the wrong unit is back
    ]


def test_a_replacement_that_is_not_on_hand_waits_even_for_the_returned_unit(happened):
    """One unit in all: the replacement is the very unit that came back."""
    for seed in range(200):
        ledger = happened(
            base_stock(1),
            seed,
            horizon={"days": 1.5},
            items={"paper": {"price": 10, "cost": 6, "quantity": 1}},
            supply={"lead_time": 30},
            picking={"error_share": 0.5},
            receipt={"return_time": 0.25},
        )
        if ledger.deliveries.wrong.tolist() == [1, 0]:
            break

    assert ledger.deliveries.received.tolist() == [0.5, 0.75]
    assert ledger.lines.accepted.tolist() == [0.75]


def test_a_refund_ends_a_line_where_sales_are_lost(happened):
    """The replacement is not on hand, so the line is given up; it was delivered all the same."""
    for seed in range(200):
        ledger = happened(
            base_stock(1) | {"stockout": "lost_sale"},
            seed,
            horizon={"days": 1.25},
            items={"paper": {"price": 10, "cost": 6, "quantity": 1}},
            supply={"lead_time": 30},
            picking={"error_share": 0.5},
            receipt={"return_time": 0.25},
        )
        if ledger.deliveries.wrong.tolist() == [1]:
            break

    assert ledger.lines.delivered.tolist() == [0.5]
    assert ledger.lines.accepted.tolist() == [NEVER]


ALL_DEFECTIVE = {"supply": {"lead_time": 30, "lot_quality": 0.9999999}, "horizon": {"days": 1.4}}


def test_defects_are_found_on_receipt_if_the_delivery_is_opened(happened):
    ledger = happened(base_stock(2), receipt={"inspection_share": 1.0}, **ALL_DEFECTIVE)

    assert rows(ledger.returns, "found", "units", "reason") == [
        (0.5, 2, ReturnReason.DEFECTIVE_AT_RECEIPT)
    ]
    assert ledger.deliveries.defective.tolist() == [2]
    assert ledger.lines.accepted.tolist() == [NEVER]
    assert ledger.stock.on_hand[-1] == 0  # defective units are scrapped, not shelved
    assert ledger.closing.waiting.tolist() == [2]


def test_defects_show_in_use_if_the_delivery_is_not_opened(happened):
    receipt = {"inspection_share": 0.0, "found_in_use_after": 0.25}

    ledger = happened(base_stock(4), receipt=receipt, **ALL_DEFECTIVE)

    assert rows(ledger.returns, "found", "units", "reason") == [
        (0.75, 2, ReturnReason.DEFECTIVE_IN_USE),
        (1.0, 2, ReturnReason.DEFECTIVE_IN_USE),  # the replacements were no better
    ]
    assert ledger.deliveries.received.tolist() == [0.5, 0.75]
    assert ledger.deliveries.defective.tolist() == [0, 0]
    assert ledger.lines.accepted.tolist() == [0.5]  # when it first was complete


def test_goods_in_inspection_scraps_what_it_finds(happened):
    supply = {"lead_time": 0.25, "lot_quality": 0.9999999}
    plan = base_stock(0) | {"goods_in_inspection": 1.0}

    ledger = happened(plan, supply=supply, horizon={"days": 1})

    # Ordered at noon, scrapped, ordered again at once, scrapped again at midnight.
    assert rows(ledger.replenishments, "ordered", "inspected", "defective") == [
        (0.5, 2, 2),
        (0.75, 0, 0),
    ]
    assert ledger.closing.waiting.tolist() == [2]


def test_no_unit_is_found_that_is_not_inspected(happened):
    supply = {"lead_time": 0.25, "lot_quality": 0.5}

    half = happened(
        base_stock(20) | {"goods_in_inspection": 0.5}, supply=supply, horizon={"days": 200}
    )

    lots = half.replenishments
    assert np.all(lots.defective <= lots.inspected)
    assert np.all(lots.inspected <= lots.units)
    # Four standard errors of a binomial share.
    share = lots.inspected.sum() / lots.units[np.isfinite(lots.arrived)].sum()
    assert share == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(lots.units.sum()))


def test_a_picker_works_in_office_hours_only(happened):
    """Six hours of work from Friday noon: four before the weekend, two on Monday."""
    ledger = happened(
        base_stock(20) | {"pickers": 1}, picking={"hours_per_line": 6}, **OFFICE_HOURS
    )

    assert ledger.orders.placed[:2] == pytest.approx([0.5, 3.5])
    assert ledger.shipments.dispatched[:2] == pytest.approx([3 + 10 / 24, 4 + 10 / 24])


def test_orders_queue_for_one_picker(happened):
    """Ten hours of work an order: the second begins when the first is done, Monday at 14:00."""
    ledger = happened(
        base_stock(20) | {"pickers": 1}, picking={"hours_per_line": 10}, **OFFICE_HOURS
    )

    assert ledger.shipments.dispatched[:2] == pytest.approx([3 + 14 / 24, 4 + 16 / 24])


def test_nobody_queues_where_staff_are_not_counted(happened):
    ledger = happened(base_stock(20), picking={"hours_per_line": 10}, **OFFICE_HOURS)

    assert ledger.shipments.dispatched[:2] == pytest.approx([3 + 14 / 24, 4 + 14 / 24])


def test_checking_takes_time_and_finds_errors(happened):
    picking = {"hours_per_line": 1, "check_hours_per_line": 3, "error_share": 1.0}

    ledger = happened(base_stock(20) | {"pick_check": 1.0}, picking=picking)

    assert ledger.shipments.checked_lines.tolist() == [1] * len(ledger.shipments)
    assert ledger.shipments.pick_hours == pytest.approx(4.0)
    assert ledger.shipments.dispatched[0] == pytest.approx(0.5 + 4 / 24)
    assert not ledger.deliveries.wrong.any()


def test_old_orders_travel_by_express(happened):
    """Orders 2 and 3 leave 0.75 and 1.75 days after they were placed, in part."""
    transport = {"time": 0.2, "counted_in": "calendar_days", "express_factor": 0.5}

    ledger = happened({"expedite_after": {"calendar_days": 1.75}}, transport=transport)

    age = ledger.shipments.dispatched - ledger.orders.placed[ledger.shipments.order]
    assert ledger.shipments.expedited.tolist() == (age >= 1.75).tolist()
    assert {0.75, 1.75} <= set(age.tolist())
    took = ledger.deliveries.received - ledger.shipments.dispatched[: len(ledger.deliveries)]
    expedited = ledger.shipments.expedited[: len(took)]
    assert took == pytest.approx(np.where(expedited, 0.1, 0.2))


def test_travel_in_working_time_stops_overnight(happened):
    """Half a business day from Friday noon is Friday's close; calendar time arrives on Monday."""
    working = happened(base_stock(20), transport={"time": 0.75}, **OFFICE_HOURS)
    any_time = happened(
        base_stock(20), transport={"time": 0.75, "counted_in": "calendar_days"}, **OFFICE_HOURS
    )

    assert working.deliveries.received[0] == pytest.approx(3 + 10 / 24)
    assert any_time.deliveries.received[0] == pytest.approx(3 + 8 / 24)


def test_no_plan_meets_other_demand(happened):
    usual, other = happened({}), happened(base_stock(50) | {"pickers": 3, "pick_check": 1.0})

    assert np.array_equal(usual.orders.placed, other.orders.placed)
    assert np.array_equal(usual.lines.quantity, other.lines.quantity)


def test_the_same_future_under_the_same_plan_is_the_same_ledger(happened):
    sections = {
        "picking": {"error_share": 0.2, "hours_per_line": {"exponential": {"mean": 3}}},
        "supply": {"lead_time": {"gamma": {"mean": 2}}, "lot_quality": 0.1},
        "horizon": {"days": 60},
    }

    one, other = happened({"pickers": 1}, **sections), happened({"pickers": 1}, **sections)

    for table in ("deliveries", "returns", "shipments", "stock", "replenishments", "lines"):
        first, second = getattr(one, table), getattr(other, table)
        for column in vars(first):
            assert np.array_equal(getattr(first, column), getattr(second, column))


def test_a_plan_that_never_comes_to_rest_is_stopped_soon(happened):
    """Nearly every unit is defective, and each replacement at once: the events have no end."""
    supply = {"lead_time": 0.001, "lot_quality": 0.9999999}

    with pytest.raises(PbcError, match=r"events in one replication.*come to rest"):
        happened({}, supply=supply)
