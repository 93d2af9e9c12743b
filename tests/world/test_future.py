"""What might happen: orders that no other entity can shift."""

import datetime as dt

import numpy as np
import pytest

import pbc_sim as pbc
from pbc_sim.errors import PbcError
from pbc_sim.world import Setting, WorldTerms, draw_world

ITEMS = {
    "paper": {
        "price": 5,
        "cost": 3,
        "popularity": 3,
        "quantity": {"poisson": {"mean": 4, "at_least": 1}},
    },
    "toner": {"price": 90, "cost": 60, "quantity": {"geometric": {"mean": 2}}},
}
UNITS = {"health": {"orders_per_business_day": 2.5}, "finance": {"orders_per_business_day": 0.5}}


def setting(days=120, units=UNITS, **demand) -> Setting:
    terms = {
        "start": dt.date(2022, 1, 1),
        "horizon": {"days": days},
        "calendar": {"country": "ID"},
        "demand": {"units": units, "lines_per_order": {"poisson": {"mean": 1.5}}} | demand,
        "items": ITEMS,
        "supply": {"lead_time": 3},
    }
    return Setting.of(WorldTerms.model_validate(terms))


def orders_of(world, unit):
    return world.order_time[world.order_unit == unit]


def test_a_replication_can_be_drawn_alone():
    terms = setting()
    in_a_row = [draw_world(terms, 5, replication) for replication in range(42)][41]

    alone = draw_world(terms, 5, 41)

    for column in ("order_time", "order_unit", "line_order", "line_item", "line_quantity"):
        assert np.array_equal(getattr(alone, column), getattr(in_a_row, column))


def test_a_replication_of_a_run_is_the_one_drawn_alone(textbook_file):
    from pbc_sim.operations import simulate
    from pbc_sim.performance import ReviewPeriods, measure

    scenario = pbc.load_scenario(textbook_file)
    outcomes = pbc.run(scenario, 42, seed=5, workers=1, progress=False)
    plan = next(iter(scenario.plans))

    alone = simulate(draw_world(scenario.setting, 5, 41), scenario.plans[plan])

    for needed, measured in outcomes.scores.measured.items():
        periods = ReviewPeriods.of(scenario.setting, needed.review, needed.months)
        assert np.array_equal(measured[:, 0, 41], measure(alone, needed, periods))


@pytest.fixture
def textbook_file(repository):
    return repository / "tests" / "scenarios" / "order_up_to_lost_sales_1.yaml"


def test_another_seed_is_another_future():
    one, other = draw_world(setting(), 1, 0), draw_world(setting(), 2, 0)

    assert not np.array_equal(one.order_time[:20], other.order_time[:20])


def test_more_units_leave_the_orders_of_others_alone():
    more = UNITS | {"archives": {"orders_per_business_day": 4}}

    few, many = draw_world(setting(), 3, 0), draw_world(setting(units=more), 3, 0)

    assert len(many.order_time) > len(few.order_time)
    for unit in range(2):
        assert np.array_equal(orders_of(many, unit), orders_of(few, unit))


def test_a_longer_horizon_keeps_the_first_orders():
    short, long = draw_world(setting(90), 3, 0), draw_world(setting(400), 3, 0)
    n_orders, n_lines = len(short.order_time), len(short.line_item)

    assert np.array_equal(long.order_time[:n_orders], short.order_time)
    assert np.array_equal(long.line_item[:n_lines], short.line_item)
    assert np.array_equal(long.line_quantity[:n_lines], short.line_quantity)
    assert long.order_time[n_orders] >= 90


def test_orders_come_in_time_order_and_in_working_time():
    terms = setting()
    world = draw_world(terms, 3, 0)

    assert np.all(np.diff(world.order_time) >= 0)
    assert [terms.calendar.next_open(t) for t in world.order_time.tolist()] == (
        world.order_time.tolist()
    )
    assert world.order_time[-1] < terms.ends


def test_every_order_has_lines_and_every_line_units():
    world = draw_world(setting(), 3, 0)

    assert np.all(np.diff(world.first_line) > 0)
    assert world.first_line[-1] == len(world.line_item)
    assert world.line_quantity.min() > 0
    assert np.array_equal(np.unique(world.line_order), np.arange(len(world.order_time)))


@pytest.mark.parametrize(
    "profile",
    [{}, {"month_profile": {"january": 2.0}}, {"weekday_profile": {"monday": 3.0, "friday": 0.0}}],
)
def test_mean_demand_is_what_the_setting_expects(profile):
    """Sees 5% of the demand of each item."""
    terms = setting(60, **profile)
    demand = []
    for replication in range(400):
        world = draw_world(terms, 6, replication)
        demand.append(np.bincount(world.line_item, world.line_quantity, minlength=2) / terms.ends)

    standard_error = np.std(demand, axis=0, ddof=1) / np.sqrt(len(demand))

    assert np.all(8 * standard_error <= 0.1 * terms.daily_demand)
    assert np.all(abs(np.mean(demand, axis=0) - terms.daily_demand) <= 4 * standard_error)


def test_expected_value_adds_up_over_time():
    terms = setting()

    halves = terms.expected_value(0, 45) + terms.expected_value(45, terms.ends)

    assert halves == pytest.approx(terms.ends * terms.daily_demand @ terms.prices)


def test_regular_orders_come_in_mid_interval():
    units = {"office": {"orders_per_business_day": 1}}
    terms = setting(10, units=units, gap=1, first_gap=0.5, lines_per_order=1)

    hours = draw_world(terms, 1, 0).order_time % 1 * 24

    assert hours == pytest.approx(12.0)


def test_a_unit_that_never_orders_is_no_error():
    world = draw_world(setting(units={"idle": {"orders_per_business_day": 0}}), 1, 0)

    assert len(world.order_time) == len(world.line_item) == 0


def test_a_negative_address_is_refused():
    with pytest.raises(PbcError, match="must be >= 0, got -1 and 0"):
        draw_world(setting(), -1, 0)
