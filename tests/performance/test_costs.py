"""Cost lines, worked out by hand for six days with one order of two units every noon.

Two units leave at every noon; six are on the shelf, and what is ordered upstream comes 2.75 days
later, so that five orders leave at once and the sixth, at noon of the last day, is met too.
"""

import datetime as dt

import numpy as np
import pytest

from pbc_sim.operations import SupplierPlan, simulate
from pbc_sim.performance.costs import COST_LINES, CostTerms, Term, costs, lines_of
from pbc_sim.world import Setting, WorldTerms, draw_world

RATES = {
    "supplier": {
        "holding_share_per_year": 0.25,
        "closing_stock_share": 0.5,
        "per_replenishment": 7,
        "inspection_per_unit": 2,
        "check_per_line": 3,
        "picker_per_year": 36_525,
        "per_shipment": 11,
        "express_surcharge": 13,
        "per_returned_unit": 17,
    },
    "buyer": {
        "needed_within": {"calendar_days": 0.5},
        "per_late_unit_day": 100,
        "per_returned_unit": 19,
        "per_defect_in_use": 23,
    },
}


def tiny(plan=None, **sections):
    terms = {
        "start": dt.date(2024, 1, 1),
        "horizon": {"days": 6},
        "calendar": {"always_open": True},
        "demand": {"units": {"o": {"orders_per_business_day": 1}}, "gap": 1, "first_gap": 0.5},
        "items": {"paper": {"price": 10, "cost": 6, "quantity": 2}},
        "supply": {"lead_time": 2.75},
    }
    setting = Setting.of(WorldTerms.model_validate(terms | sections))
    levers = SupplierPlan.model_validate({"policy": {"base_stock": {"level": 6}}} | (plan or {}))
    return simulate(draw_world(setting, 4, 0), levers), levers


def cost(line, ledger, plan, begin=0.0, end=6.0, **rates):
    terms = CostTerms.model_validate(
        {party: RATES[party] | rates.get(party, {}) for party in RATES}
    )
    return COST_LINES[line].amount(ledger, plan, terms, Term(begin, end))


# On hand 6, 4, 2 from midnight and the first two noons, then empty from noon of day 2 to 3.25, when
# the units of the first order upstream arrive for the fourth noon, and so on: 2 for a quarter of a
# day before every noon from then on.
STOCK_DAYS = 0.5 * 6 + 1 * 4 + 1 * 2 + 3 * 0.25 * 2


@pytest.mark.parametrize(
    ("line", "amount"),
    [
        ("purchase", 3 * 2 * 6),  # lots arrive at 3.25, 4.25 and 5.25
        ("sourcing_surcharges", 0),
        ("stock_drawn_down", 6 * 6 - 0.5 * 0 * 6),
        ("holding", 0.25 / 365.25 * STOCK_DAYS * 6),
        ("ordering", 6 * 7),
        ("inspection", 0),
        ("outgoing_inspection", 0),
        ("staff", 0),
        ("transport", 6 * 11),
        ("expediting", 0),
        ("returns", 0),
        ("plan_cost", 0),
        ("investments", 0),
        ("joint_investments", 0),
        ("late_units", 0),
        ("lost_units", 0),
        ("returns_handling", 0),
        ("defects_in_use", 0),
        ("consignment_holding", 0),
        ("consignment_drawn_down", 0),
        ("service_staff", 0),
        ("visits", 0),
        ("lost_output", 0),
        ("storeroom_holding", 0),
        ("storeroom_drawn_down", 0),
        ("storeroom_ordering", 0),
        ("complaint_handling", 0),
    ],
)
def test_six_quiet_days(line, amount):
    assert cost(line, *tiny()) == pytest.approx(amount)


def test_every_cost_line_has_its_case():
    here = test_six_quiet_days.pytestmark[0].args[1]

    assert [line for line, _ in here] == list(COST_LINES)


def test_costs_of_a_part_of_the_time():
    """From 1.0 to 4.0: the lot of 3.25, the noons of days 1 to 3; the edges are half-open."""
    ledger, plan = tiny()
    part = {"begin": 1.0, "end": 4.0}

    assert cost("purchase", ledger, plan, **part) == 12
    assert cost("ordering", ledger, plan, **part) == 3 * 7
    assert cost("transport", ledger, plan, **part) == 3 * 11
    assert cost("stock_drawn_down", ledger, plan, **part) == 4 * 6 - 0.5 * 0 * 6
    stock_days = 0.5 * 4 + 1 * 2 + 0.25 * 2
    assert cost("holding", ledger, plan, **part) == pytest.approx(0.25 / 365.25 * stock_days * 6)


def test_an_event_on_the_edge_is_paid_once():
    ledger, plan = tiny()

    parts = [cost("purchase", ledger, plan, begin=b, end=e) for b, e in ((0, 3.25), (3.25, 6))]

    assert parts == [0, 36]


def test_stock_is_the_worth_of_what_is_left():
    ledger, plan = tiny({"policy": {"base_stock": {"level": 100}}})

    # 100 at first; six orders of two leave; three lots of two come back.
    assert cost("stock_drawn_down", ledger, plan) == 6 * (100 - 0.5 * 94)
    full_worth = cost("stock_drawn_down", ledger, plan, supplier={"closing_stock_share": 1.0})
    assert full_worth == 6 * 6


def test_the_cost_of_goods_is_that_of_the_units_that_left():
    """Purchase plus the stock drawn down at full worth: twelve units at six."""
    ledger, plan = tiny()
    full = {"supplier": {"closing_stock_share": 1.0}}

    spent = cost("purchase", ledger, plan, **full) + cost("stock_drawn_down", ledger, plan, **full)

    assert spent == 12 * 6


def test_late_units():
    """Stock of three, orders of two every noon: units come 1.75 or 0.75 days late."""
    ledger, plan = tiny({"policy": {"base_stock": {"level": 3}}})
    # Days from noon to arrival, unit by unit: only what is missing is late, not its whole line. The
    # last two orders are open at day 6, for one and a half days and for half a day.
    waits = [0, 0, 0, 1.75, 0.75, 1.75, 0.75, 1.75, 0.75, 1.5, 0.5, 0.5]
    late_days = sum(max(wait - 0.5, 0) for wait in waits)

    assert cost("late_units", ledger, plan) == pytest.approx(100 * late_days)
    # By day 3 the second order's unit has been late since 2.0, the third's two not at all.
    assert cost("late_units", ledger, plan, begin=0, end=3) == pytest.approx(100 * 1.0)


def test_lost_units_are_not_late():
    ledger, plan = tiny({"policy": {"base_stock": {"level": 0}}, "stockout": "lost_sale"})

    assert cost("late_units", ledger, plan) == 0
    # Six orders of two, and nothing is ever on hand.
    assert cost("lost_units", ledger, plan, buyer={"per_lost_unit": 3.0}) == 12 * 3
    assert cost("lost_units", ledger, plan, buyer={"per_lost_unit": 3.0}, begin=0, end=3) == 6 * 3


def test_what_is_on_the_way_is_still_the_suppliers():
    """A day of transport: the parcel of 5.5 is on the road at day 6, and worth half its cost."""
    ledger, plan = tiny({"policy": {"base_stock": {"level": 100}}}, transport={"time": 1.0})

    # 100 at first; five orders of two have arrived; three lots of two have come in.
    assert cost("stock_drawn_down", ledger, plan) == 6 * (100 - 0.5 * 96)


def test_staff_are_paid_whether_they_work_or_not():
    ledger, plan = tiny({"pickers": 2, "yearly_cost": 3652.5})

    assert cost("staff", ledger, plan) == pytest.approx(2 * 100 * 6)
    assert cost("plan_cost", ledger, plan) == pytest.approx(10 * 6)


def test_inspection_and_checks():
    ledger, plan = tiny({"goods_in_inspection": 1.0, "pick_check": 1.0})

    assert cost("inspection", ledger, plan) == 2 * 6 + 3 * 6


def test_express():
    ledger, plan = tiny({"expedite_after": {"calendar_days": 0}})

    assert cost("expediting", ledger, plan) == 13 * 6
    assert cost("transport", ledger, plan) == 11 * 6


def test_a_source_has_its_own_price_and_surcharge():
    """Three lots of two come in, of goods that cost 6."""
    source = {"lead_time": 2.75, "cost_factor": 1.5, "surcharge_per_unit": 4}

    ledger, plan = tiny(supply={"sources": {"near": source}})

    assert cost("purchase", ledger, plan) == 3 * 2 * 6 * 1.5
    assert cost("sourcing_surcharges", ledger, plan) == 3 * 2 * 4


def test_a_lot_that_goes_back_is_inspected_but_not_paid():
    sampling = {"single_sampling": {"sample": 2, "if_rejected": "return"}}

    ledger, plan = tiny(
        {"goods_in_inspection": sampling}, supply={"lead_time": 2.75, "lot_quality": 0.9999999}
    )

    lots = int(ledger.replenishments.judged.sum())
    assert lots >= 3
    assert cost("purchase", ledger, plan) == 0
    assert cost("inspection", ledger, plan) == 2 * ledger.replenishments.inspected.sum() > 0


def test_what_outgoing_inspection_scraps_is_no_stock_any_more():
    """Six on the shelf, all defective and all found at the first order."""
    ledger, plan = tiny(
        {"outgoing_inspection": 1.0}, supply={"lead_time": 30, "lot_quality": 0.9999999}
    )

    rates = {"outgoing_inspection_per_unit": 5}
    assert cost("outgoing_inspection", ledger, plan, supplier=rates) == 5 * 6
    assert cost("stock_drawn_down", ledger, plan) == 6 * 6


def test_what_is_recalled_from_the_shelf_is_no_stock_any_more():
    """One order of two before the recall at 1.0; the other four are scrapped, and two come back."""
    recall = {"above_share": 0.0, "found_after": 1}

    ledger, plan = tiny(supply={"lead_time": 30, "lot_quality": 1e-9, "recall": recall})

    assert cost("stock_drawn_down", ledger, plan) == 6 * 6
    assert cost("returns", ledger, plan) == 17 * 2


def test_returns_cost_both_parties():
    """All is defective and opened on receipt; three orders and their waiting replacements."""
    ledger, plan = tiny(supply={"lead_time": 30, "lot_quality": 0.9999999})
    returned = ledger.returns.units.sum()

    assert returned == 6  # all that was on the shelf
    assert cost("returns", ledger, plan) == 17 * 6
    assert cost("returns_handling", ledger, plan) == 19 * 6
    assert cost("defects_in_use", ledger, plan) == 0


def test_defects_in_use():
    ledger, plan = tiny(
        supply={"lead_time": 30, "lot_quality": 0.9999999},
        receipt={"inspection_share": 0.0, "found_in_use_after": 10},
    )
    soon, _ = tiny(
        supply={"lead_time": 30, "lot_quality": 0.9999999},
        receipt={"inspection_share": 0.0, "found_in_use_after": 4},
    )

    assert cost("defects_in_use", ledger, plan) == 0
    assert cost("defects_in_use", soon, plan) == 23 * 4  # the orders of the first two noons


@pytest.mark.parametrize(
    ("line", "hours"),
    [
        # Each of two presses runs 20 hours and is mended in 4, both at once: 5 days, 4 hours each.
        ({}, 2 * 5 * 4),
        # In a line the second fails as soon as the first is mended, and the first waits for it; so
        # 20 hours of output take 28, of which 8 are lost: four rounds, and 8 hours of a fifth run.
        ({"line": "body_shop"}, 4 * 8),
    ],
)
def test_output_of_a_line_is_lost_once(line, hours):
    failure = {"hours_to_failure": 20, "repair_hours": 4}
    press = {"unit": "plant", "count": 2, "failures": {"any": failure}} | line
    world = {
        "horizon": {"days": 5},
        "calendar": {"always_open": True},
        "demand": {"units": {"plant": {"orders_per_business_day": 0}}},
        "items": {"part": {"price": 1, "cost": 1}},
        "supply": {"lead_time": 1},
        "machines": {"groups": {"press": press}},
    }
    plan = SupplierPlan.model_validate({"policy": {"base_stock": {"level": 1}}})
    ledger = simulate(draw_world(Setting.of(WorldTerms.model_validate(world)), 1, 0), plan)
    terms = CostTerms.model_validate({"buyer": {"per_machine_hour": 1}})

    lost = COST_LINES["lost_output"].amount(ledger, plan, terms, Term(0, 5))

    assert lost == pytest.approx(hours)


def test_each_line_has_a_bearer_and_a_source():
    assert {line.name for party in ("supplier", "buyer") for line in lines_of(party)} == set(
        COST_LINES
    )
    assert all(line.label and line.source for line in COST_LINES.values())


@pytest.mark.parametrize("name", ["backorder", "complete", "lost_sale"])
def test_costs_add_up_over_time(busy, name):
    """Whatever is charged by time or event; stock drawn down telescopes at full worth."""
    ledger, plan = busy(name), SupplierPlan.model_validate({"policy": {"base_stock": {"level": 1}}})
    supplier = RATES["supplier"] | {"closing_stock_share": 1.0}
    terms = CostTerms.model_validate(RATES | {"supplier": supplier})

    parts = [
        costs(ledger, plan, terms, Term(b, e)) for b, e in ((0, 50), (50, 120.5), (120.5, 181))
    ]

    assert np.sum(parts, axis=0) == pytest.approx(costs(ledger, plan, terms, Term(0, 181)))


def test_a_world_without_orders_costs_nothing_but_time(busy):
    ledger = busy(orders=0.0)
    plan = SupplierPlan.model_validate({"policy": {"base_stock": {"level": 25}}})
    terms = CostTerms.model_validate(RATES)

    amounts = dict(zip(COST_LINES, costs(ledger, plan, terms, Term(0, 181)), strict=True))

    moving = {name for name, amount in amounts.items() if amount}
    assert moving == {"stock_drawn_down", "holding"}
