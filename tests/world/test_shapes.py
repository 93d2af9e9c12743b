"""How demand changes over time, against integrals by hand and theory of counts."""

import datetime as dt

import numpy as np
import pytest

from pbc_sim.errors import PbcError
from pbc_sim.world import Setting, WorldTerms, draw_world


def setting(days=365, rates=(2.0,), disruptions=None, start=dt.date(2023, 1, 1), **demand):
    names = ("a", "b", "c")[: len(rates)]
    units = {n: {"orders_per_business_day": r} for n, r in zip(names, rates, strict=True)}
    terms = {
        "start": start,
        "horizon": {"days": days},
        "calendar": {"always_open": True},
        "demand": {"units": units} | demand,
        "items": {"paper": {"price": 10, "cost": 6}},
        "supply": {"lead_time": 1},
        "disruptions": disruptions or {},
    }
    return Setting.of(WorldTerms.model_validate(terms))


def counts(a_setting, replications, edges):
    """Return the orders of each unit between the edges, (replications, units, intervals)."""
    found = []
    for replication in range(replications):
        world = draw_world(a_setting, 9, replication)
        of_unit = [
            world.order_time[world.order_unit == u] for u in range(len(a_setting.unit_names))
        ]
        found.append([np.histogram(times, edges)[0] for times in of_unit])
    return np.array(found)


def test_trend_is_compound_growth():
    """Two a day growing by a half a year over two years: 2 x integral of 1.5^t."""
    grown = setting(730, trend_per_year=0.5)
    years = 730 / 365.25
    integral = 2 * 365.25 * (1.5**years - 1) / np.log(1.5)

    # Each day has the weight of its opening, half a day early: sees linear growth, 3% less.
    assert grown.expected_orders == pytest.approx(integral, rel=1e-3)
    assert abs(integral / (2 * 730 * (1 + 0.5 * years / 2)) - 1) > 0.02
    assert grown.expected_value(0, 730) == pytest.approx(10 * grown.expected_orders)
    assert grown.expected_value(365, 730) == pytest.approx(1.5 * grown.expected_value(0, 365), 2e-3)


def test_demand_can_shrink():
    assert setting(730, trend_per_year=-0.5).expected_orders < setting(730).expected_orders / 1.4


def test_campaigns_multiply_for_their_units_alone():
    march = {"first_day": dt.date(2023, 3, 1), "last_day": dt.date(2023, 3, 31)}
    half = march | {"last_day": dt.date(2023, 3, 10), "units": ["a"]}
    shaped = setting(rates=(2.0, 1.0), campaigns=[march | {"factor": 3}, half | {"factor": 0.5}])

    # 10 days at 2 x 3 / 2 and 21 at 2 x 3; the other unit 31 days at 3.
    gained = 2 * (10 * 0.5 + 21 * 2) + 31 * 2
    assert shaped.expected_orders == pytest.approx(3 * 365 + gained)
    assert shaped.daily_demand[0] == pytest.approx(3 + gained / 365)


def test_rush_rises_in_equal_steps_to_the_last_day_of_the_budget_year():
    """Four days, 1.5, 2, 2.5 and 3 instead of 1; on top of the month profile."""
    rush = {"factor": 3, "business_days": 4}
    shaped = setting(year_end_rush=rush).intensity[0]
    quiet = setting().intensity[0]
    december = setting(year_end_rush=rush, month_profile={"december": 2}).intensity[0]

    daily = np.diff(shaped)[359:366]
    assert daily.tolist() == pytest.approx([2, 3, 4, 5, 6, 2, 2])
    assert shaped[364] - quiet[364] == pytest.approx(2 * (0.5 + 1 + 1.5 + 2))
    assert np.diff(december)[363] == pytest.approx(2 * 3 * 2 / (13 / 12))


def test_budget_year_may_end_in_another_month():
    rush = {"factor": 3, "business_days": 1, "last_month": 3}

    daily = np.diff(setting(year_end_rush=rush).intensity[0])

    assert np.flatnonzero(daily[:365] > 2.1).tolist() == [31 + 28 + 31 - 2]


def test_common_shock_spreads_counts_and_ties_units_together():
    """Negative binomial counts; sees Poisson counts, half the cv^2, and units of their own luck."""
    shaped = setting(300, rates=(1.0, 0.5), common_shock={"cv": 0.6, "every_days": 30})
    found = counts(shaped, 150, np.arange(0, 301, 30.0))
    a, b = found[:, 0].ravel().astype(float), found[:, 1].ravel().astype(float)

    def must_be(values, exact, not_):
        error = values.std(ddof=1) / np.sqrt(len(values))
        assert 8 * error <= abs(not_ - exact)
        assert abs(values.mean() - exact) <= 4 * error

    must_be(a, 30.0, not_=36.0)
    must_be((a - 30) ** 2, 30 * (1 + 30 * 0.36), not_=30 * (1 + 30 * 0.18))
    must_be((a - 30) * (b - 15), 30 * 15 * 0.36, not_=0.0)


def test_counts_of_two_intervals_are_independent_under_a_shock():
    shaped = setting(60, rates=(2.0,), common_shock={"cv": 0.6, "every_days": 30})
    found = counts(shaped, 400, np.array([0.0, 30.0, 60.0]))[:, 0]

    assert abs(np.corrcoef(found.T)[0, 1]) < 4 / np.sqrt(400)


def test_shock_stretches_the_same_orders():
    """The k-th order keeps its luck: the number of them up to a time is all that changes."""
    plain, shaken = setting(90), setting(90, common_shock={"cv": 0.5, "every_days": 30})
    calm, moved = draw_world(plain, 4, 0), draw_world(shaken, 4, 0)

    assert not np.array_equal(calm.order_time[:20], moved.order_time[:20])
    n = min(len(calm.line_item), len(moved.line_item))
    assert np.array_equal(calm.line_item[:n], moved.line_item[:n])


@pytest.mark.parametrize("severity", [0.0, 4.0])
def test_surge_multiplies_orders_while_it_lasts_and_for_its_units(severity):
    """Regular orders, so that each count is exact up to one."""
    surge = {
        "kind": {"demand_surge": {"units": ["a"]}},
        "dated": [
            {
                "first_day": dt.date(2023, 1, 11),
                "last_day": dt.date(2023, 1, 20),
                "severity": severity,
            }
        ],
    }
    options = {"rates": (2.0, 2.0), "gap": 1, "first_gap": 0.5}
    edges = np.array([0.0, 10.0, 20.0, 60.0])
    found = counts(setting(60, disruptions={"fair": surge}, **options), 1, edges)[0]

    assert found[0] == pytest.approx([20, 20 * severity, 80], abs=1)
    assert found[1].tolist() == [20, 20, 80]


def test_surges_are_no_part_of_what_is_expected():
    surge = {
        "kind": {"demand_surge": {}},
        "random": {"every": {"exponential": {"mean": 9}}, "lasts": 9, "severity": 5},
    }

    assert setting(disruptions={"fair": surge}).expected_orders == setting().expected_orders


@pytest.mark.parametrize(
    ("demand", "message"),
    [
        ({"trend_per_year": -1}, "must be a number > -1"),
        ({"common_shock": {"cv": 0.5, "every_days": 0}}, "must be a number >= 1"),
        ({"year_end_rush": {"factor": 2, "business_days": 0}}, "must be a whole number > 0"),
        (
            {
                "campaigns": [
                    {
                        "first_day": dt.date(2023, 3, 2),
                        "last_day": dt.date(2023, 3, 1),
                        "factor": 2,
                    }
                ]
            },
            "last_day must not be before first_day",
        ),
        (
            {
                "campaigns": [
                    {
                        "first_day": dt.date(2023, 3, 1),
                        "last_day": dt.date(2023, 3, 1),
                        "factor": 2,
                        "units": ["aa"],
                    }
                ]
            },
            r"campaigns\.0\.units: unknown unit 'aa'",
        ),
    ],
)
def test_a_shape_that_cannot_be_is_refused(demand, message):
    with pytest.raises(PbcError, match=message):
        setting(**demand)
