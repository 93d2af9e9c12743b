"""Parts at the machines: every shelf balances, recalls reach it, and who stands is served first."""

from dataclasses import replace

import numpy as np
import pytest

from pbc_sim.errors import InvariantError
from pbc_sim.operations import check_balances
from pbc_sim.operations.facts import ReturnReason
from pbc_sim.operations.model.storeroom import Storerooms

#: Sheets that a machine of the office wears out every 30 hours: days 1.25, 2.5, 3.75, ...
WEARS = {"hours_to_failure": 30, "part": "paper"}
PLENTY = {"policy": {"base_stock": {"level": 10}}}
ONE_AT_HAND = {"policy": {"base_stock": {"level": 1}}}


def printer(**failure):
    """Return an installed base of one machine that wears out."""
    groups = {"printer": {"unit": "office", "count": 1, "failures": {"wear": WEARS | failure}}}
    return {"groups": groups}


def busy_plant(happened, owner):
    """Return a plant where parts are wrong, defective, recalled and missing."""
    failures = {
        "wear": {"hours_to_failure": {"exponential": {"mean": 40}}, "part": "paper"},
        "ink": {"hours_to_failure": {"exponential": {"mean": 60}}, "part": "ink"},
    }
    return happened(
        {
            "policy": {"base_stock": {"level": 4}},
            "storeroom": {"policy": {"base_stock": {"level": 2}}, "owned_by": owner},
        },
        horizon={"days": 40},
        items={"ink": {"price": 5, "cost": 3}},
        supply={
            "lot_quality": {"beta": {"mean": 0.3, "concentration": 3}},
            "recall": {"above_share": 0.4, "found_after": 2},
        },
        picking={"error_share": 0.2},
        receipt={"inspection_share": 0.3},
        machines={"groups": {"m": {"unit": "office", "count": 4, "failures": failures}}},
    )


@pytest.fixture(params=["buyer", "supplier"])
def plant(happened, request):
    return busy_plant(happened, request.param)


def test_the_plant_has_something_to_balance(plant):
    assert (plant.failures.refits > 0).any()
    assert set(ReturnReason) == set(plant.returns.reason.tolist())
    assert plant.consignment in (True, False)


@pytest.mark.parametrize("which", ["parts_used", "low_stock"])
def test_a_table_of_the_storeroom_may_be_empty(happened, which):
    assert len(getattr(happened({}), which)) == 0


def altered(table, column, row, by):
    values = getattr(table, column).copy()
    values[row] += by
    return replace(table, **{column: values})


@pytest.mark.parametrize(
    ("table", "column", "row", "by", "what"),
    [
        ("storeroom", "on_hand", 0, 1, "stock of a storeroom"),
        ("storeroom", "on_hand", -1, 1, "stock of a storeroom"),
        ("storeroom", "on_hand", 9, -99, "storeroom levels"),
        ("storeroom", "waiting", 9, -99, "storeroom levels"),
        ("failures", "refits", 0, 1, "defective parts sent back"),
        ("failures", "supplied", slice(None), np.inf, "parts handed out"),
        ("parts_used", "defective", slice(None), -1, "defective parts handed out"),
    ],
)
def test_a_shelf_that_does_not_balance_is_found(plant, table, column, row, by, what):
    values = getattr(plant, table)
    if column == "defective":
        wrong = replace(values, defective=np.zeros(len(values), dtype=bool))
    else:
        wrong = altered(values, column, row, by)
        if column == "supplied":
            wrong = replace(wrong, restored=wrong.supplied)

    with pytest.raises(InvariantError, match=what):
        check_balances(replace(plant, **{table: wrong}))


def test_a_part_that_is_taken_twice_is_found(plant):
    used = plant.parts_used
    twice = type(used)(*(np.r_[column, column[-1:]] for column in vars(used).values()))

    with pytest.raises(InvariantError, match="stock of a storeroom"):
        check_balances(replace(plant, parts_used=twice))


@pytest.mark.parametrize("owner", ["buyer", "supplier"])
def test_a_model_that_loses_parts_is_found(happened, monkeypatch, owner):
    arrive = Storerooms.arrive

    def lose_one(self, now, line, units):
        arrive(self, now, line, units[1:])

    monkeypatch.setattr(Storerooms, "arrive", lose_one)

    with pytest.raises(InvariantError, match="stock of a storeroom"):
        busy_plant(happened, owner)


def test_a_line_that_brings_more_than_is_owed_is_found(happened):
    ledger = happened(PLENTY)
    deliveries = ledger.deliveries
    # What one line lacks, another has too much of: the item balances, the lines do not.
    line = deliveries.line.copy()
    line[0] = line[1]

    with pytest.raises(InvariantError, match="beyond what is owed"):
        check_balances(replace(ledger, deliveries=replace(deliveries, line=line)))


# Recalls ---------------------------------------------------------------------------------------

#: So few defects that there are none, and every lot is recalled two days after it came.
RECALLED = {"lot_quality": 1e-12, "recall": {"above_share": 0.0, "found_after": 2}}


def recalled_parts(ledger):
    """Return when parts went back as recalled, and how many."""
    of_storeroom = ledger.orders.for_storeroom[ledger.lines.order[ledger.returns.line]]
    kept = of_storeroom & (ledger.returns.reason == ReturnReason.RECALLED)
    return ledger.returns.found[kept].tolist(), ledger.returns.units[kept].tolist()


@pytest.mark.parametrize("owner", ["buyer", "supplier"])
def test_a_recalled_part_leaves_the_shelf_and_another_is_owed(happened, owner):
    """The part of day 1.25 is recalled on day 2; what was bought in its place comes on day 4."""
    plan = PLENTY | {"storeroom": ONE_AT_HAND | {"owned_by": owner}}
    calm, ledger = (happened(plan, machines=printer(), supply=supply) for supply in ({}, RECALLED))

    assert calm.failures.supplied[:2].tolist() == [1.25, 2.5]
    assert ledger.failures.supplied[:2].tolist() == [1.25, 4.0]
    assert recalled_parts(ledger) == ([2.0], [1])
    at_two = ledger.storeroom.changed == 2.0
    assert ledger.storeroom.on_hand[at_two].tolist() == [0]


def test_a_part_that_is_recalled_on_its_way_goes_back_when_it_comes(happened):
    ledger = happened(
        PLENTY | {"storeroom": ONE_AT_HAND},
        machines=printer(),
        supply=RECALLED,
        transport={"time": 1.0},
    )

    assert recalled_parts(ledger) == ([2.25], [1])
    assert ledger.failures.supplied[:2].tolist() == [1.25, 5.0]


def test_a_part_that_is_fitted_stays_in_the_machine(happened):
    """The part of day 1.25 was fitted on day 2.5; on day 3 only the shelf is cleared."""
    supply = RECALLED | {"recall": {"above_share": 0.0, "found_after": 3}}
    ledger = happened(PLENTY | {"storeroom": ONE_AT_HAND}, machines=printer(), supply=supply)

    assert ledger.failures.restored[:2].tolist() == [1.25, 2.5]
    assert recalled_parts(ledger) == ([3.0], [1])


# Urgency ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("allocation", "output_without", "supplied"),
    [
        # The office has waited since day 0.5 for the two sheets of day 3.25.
        ("first_come", 0, 4.0),
        ("critical_first", 0, 3.25),
        # A machine that runs on can wait.
        ("critical_first", 0.5, 4.0),
    ],
)
@pytest.mark.parametrize("notice", [True, False])
def test_a_machine_that_stands_is_served_first(
    happened, allocation, output_without, supplied, notice
):
    storeroom = {"policy": {"base_stock": {"level": 0}}, "low_stock_notice": notice}
    ledger = happened(
        {
            "policy": {"base_stock": {"level": 0}},
            "allocation": {allocation: {}},
            "storeroom": storeroom,
        },
        machines=printer(output_without=output_without),
    )

    assert ledger.failures.supplied[0] == supplied


# Events ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "plan",
    [
        {"preventive_every_days": 0.1},
        {"storeroom": {"policy": {"periodic_order_up_to": {
            "order_up_to_level": 2, "review_days": 0.02}}}},
    ],
    ids=["visits", "reviews"],
)  # fmt: skip
def test_a_long_quiet_future_is_not_taken_for_one_that_feeds_on_itself(happened, plan):
    """No order and hardly a failure, but thousands of visits, or of looks at a shelf."""
    groups = {"m": {"unit": "office", "count": 5, "failures": {"rare": {
        "hours_to_failure": 90_000 / 3, "part": "paper"}}}}  # fmt: skip
    ledger = happened(
        plan,
        horizon={"days": 60},
        demand={"units": {"office": {"orders_per_business_day": 0}}},
        machines={"groups": groups},
    )

    visits = 5 * 60 / plan.get("preventive_every_days", np.inf)
    assert len(ledger.visits) == pytest.approx(visits, abs=5)
