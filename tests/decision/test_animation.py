"""What an animation shows is what the ledger says."""

import json
import re

import numpy as np
import pytest

import pbc_sim as pbc
from pbc_sim.decision.animation import animated, happenings, parcels
from pbc_sim.language import speaking


@pytest.fixture(scope="module", params=["office_supplies", "spare_parts"])
def trace(request):
    scenario = pbc.load_scenario(f"scenarios/{request.param}.yaml")
    return pbc.trace(scenario, "as_usual", seed=1, replication=2)


def test_parcels_carry_all_that_was_delivered(trace):
    moving = parcels(trace)

    assert moving.units.sum() == trace.ledger.deliveries.units.sum()
    assert (moving.leaves <= moving.arrives).all()
    assert (np.diff(moving.leaves) >= 0).all()


def test_no_parcel_leaves_before_its_order(trace):
    moving = parcels(trace)

    assert (moving.leaves >= trace.ledger.orders.placed[moving.order]).all()


def test_most_parcels_leave_when_the_supplier_wrote_it_down(trace):
    moving, sent = parcels(trace), trace.ledger.shipments

    assert np.isin(moving.leaves, sent.dispatched).mean() > 0.99


def test_what_stands_at_any_time_is_what_the_ledger_says(trace):
    laid_out, ledger = animated(trace), trace.ledger

    for item, steps in enumerate(laid_out["stock"]):
        own = ledger.stock.item == item
        assert steps["on_hand"] == ledger.stock.on_hand[own].tolist()
        assert steps["when"] == sorted(steps["when"])


def test_overdue_orders_are_the_breaches_of_the_trace(trace):
    orders = animated(trace)["orders"]
    overdue = {n for n, when in enumerate(orders["overdue"]) if when is not None}

    assert overdue == set(trace.breaches.order.tolist())
    assert overdue


def test_it_is_plain_json_without_infinities(trace):
    text = json.dumps(animated(trace), allow_nan=False)

    assert len(text) < 1_000_000  # it travels once, when the app starts


def test_events_are_told_in_order_and_in_either_language(trace):
    english = happenings(trace)
    with speaking("id"):
        indonesian = happenings(trace)

    assert [one.day for one in english] == sorted(one.day for one in english)
    assert [one.kind for one in english] == [one.kind for one in indonesian]
    assert not [one for one, other in zip(english, indonesian, strict=True) if one == other]


def test_machines_stand_where_they_failed():
    scenario = pbc.load_scenario("scenarios/spare_parts.yaml")
    trace = pbc.trace(scenario, "as_usual")
    machines = animated(trace)["machines"]

    failed = np.bincount(trace.ledger.failures.machine, minlength=len(machines))
    for machine, n in zip(machines, failed, strict=True):
        assert sum(output < 1 for output in machine["output"]) >= (n > 0)
    assert len(machines) == 24
    assert [machines[n]["name"] for n in (0, 12)] == ["Press 1", "Welding robot 1"]
    with speaking("id"):
        machines = animated(trace)["machines"]
        told = str(trace.only(between=(0, 60)))
    assert [machines[n]["name"] for n in (0, 12)] == ["Mesin pres 1", "Robot las 1"]
    assert "Mesin pres" in told
    assert not re.search(r"\b(press|welding_robot|conveyor) \d", told)
