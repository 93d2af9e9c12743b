"""What was known on a day does not depend on what happens after it."""

from dataclasses import fields, is_dataclass

import numpy as np
import pytest

import pbc_sim as pbc
from pbc_sim.operations import check_balances, simulate
from pbc_sim.operations.facts import Table
from pbc_sim.operations.known import LATER, WRITTEN, as_known
from pbc_sim.operations.ledger import Ledger
from pbc_sim.operations.plan_changes import PlanChange
from pbc_sim.world import draw_world


def differing_columns(one: Ledger, other: Ledger) -> list[str]:
    found = []
    for table in fields(one):
        first, second = getattr(one, table.name), getattr(other, table.name)
        if not isinstance(first, Table):
            continue
        for column in fields(first):
            a, b = getattr(first, column.name), getattr(second, column.name)
            if not np.array_equal(a, b, equal_nan=a.dtype.kind == "f"):
                found.append(f"{table.name}.{column.name}")
    return found


@pytest.fixture(scope="module")
def two_futures():
    """The same luck twice: once the supplier gives up checks and stock on day 150, once not."""
    scenario = pbc.load_scenario("scenarios/office_supplies.yaml")
    world = draw_world(scenario.setting, 1, 3)
    careful, careless = scenario.plans["careful"], scenario.plans["as_usual"]
    return simulate(world, careful), simulate(world, careful, [PlanChange(150.0, careless)])


@pytest.mark.parametrize("day", [0.5, 30.0, 149.0, 150.0])
def test_what_is_known_does_not_change_with_what_happens_later(two_futures, day):
    one, other = two_futures

    assert not differing_columns(as_known(one, day), as_known(other, day))


def test_the_two_futures_do_differ_later(two_futures):
    one, other = two_futures

    assert differing_columns(as_known(one, 250.0), as_known(other, 250.0))


@pytest.mark.parametrize("day", [20.0, 75.5, 120.0])
@pytest.mark.parametrize("path", ["scenarios/spare_parts.yaml", "scenarios/harbour_strike.yaml"])
def test_a_ledger_cut_off_has_no_instant_after_the_cut(path, day):
    scenario = pbc.load_scenario(path)
    known = as_known(
        pbc.run(scenario, 1, progress=False).ledger(next(iter(scenario.plans)), 0), day
    )

    for table in fields(known):
        facts = getattr(known, table.name)
        if not is_dataclass(facts) or not isinstance(facts, Table):
            continue
        names = [WRITTEN.get(table.name, ""), *LATER.get(table.name, {})]
        names += ["placed", "delivered", "accepted", "began", "ended", "noticed", "proved"]
        for name in names:
            if name in vars(facts):
                when = getattr(facts, name)
                assert (when[np.isfinite(when)] < day).all(), f"{table.name}.{name}"


@pytest.mark.parametrize("day", [0.25, 33.3, 90.0, 200.0])
def test_the_books_balance_on_every_day(two_futures, day):
    known = as_known(two_futures[0], day)

    check_balances(known)
    assert (known.closing.on_the_way >= 0).all()
    assert (known.closing.going_back >= 0).all()


def test_after_the_end_all_is_known(two_futures):
    ledger = two_futures[0]

    assert not [
        column
        for column in differing_columns(ledger, as_known(ledger, np.inf))
        if column != "lines.refunded"
    ]
