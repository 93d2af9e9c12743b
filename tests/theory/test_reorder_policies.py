"""Reorder points and periodic reviews, where the order of events in a day decides the numbers.

Demand comes at noon and reviews are at midnight, so a time average is the mean of what holds after
the review and of what holds after the demand.
"""

import numpy as np
import pytest
from scipy import stats

from pbc_sim.performance import Measure, ReviewPeriods, measure


def reorder_point_quantity(rate, lead_time, reorder_point, quantity) -> dict[str, float]:
    """Return the measures of (r, Q): the position is uniform on r + 1 to r + Q."""
    demand = stats.poisson(rate * lead_time)
    positions = np.arange(reorder_point + 1, reorder_point + quantity + 1)
    loss = (demand.mean() - positions) * demand.sf(positions) + demand.mean() * demand.pmf(
        positions
    )
    return {
        "fill": demand.cdf(positions - 1).mean(),
        "backorders": loss.mean(),
        "on_hand": positions.mean() - demand.mean() + loss.mean(),
        "wait": loss.mean() / rate,
        "orders": rate / quantity,
    }


def order_up_to(daily: float, lead_time: int, level: int) -> dict[str, float]:
    """Return the measures of (R, S) with daily reviews (Sobel, 2004)."""
    before, after = stats.poisson(daily * lead_time), stats.poisson(daily * (lead_time + 1))
    start, end = (d.expect(lambda x: np.maximum(x - level, 0)) for d in (before, after))
    start_on_hand, end_on_hand = level - before.mean() + start, level - after.mean() + end
    return {
        "fill": 1 - (end - start) / daily,
        "backorders": (start + end) / 2,
        "on_hand": (start_on_hand + end_on_hand) / 2,
        "ready": (before.cdf(level - 1) + after.cdf(level - 1)) / 2,
    }


def reorder_point_order_up_to(daily: float, reorder_point: int, level: int) -> dict[str, float]:
    """Return the measures of periodic (s, S) without lead time, by its stationary stock."""
    n = level - reorder_point  # stock after the review is reorder_point + 1 to level
    demand = stats.poisson(daily)
    states = np.arange(reorder_point + 1, level + 1)
    step = np.array([[demand.pmf(x - y) if y <= x else 0.0 for y in states] for x in states])
    step[:, -1] += 1 - step.sum(axis=1)  # a stock that is low is filled up
    flow = np.vstack([step.T - np.eye(n), np.ones(n)])
    stock = np.linalg.lstsq(flow, np.r_[np.zeros(n), 1.0], rcond=None)[0]
    short = np.array([demand.expect(lambda d, x=x: np.maximum(d - x, 0)) for x in states])
    end_on_hand = stock @ (states - daily + short)
    return {
        "fill": 1 - stock @ short / daily,
        "backorders": stock @ short / 2,
        "end_on_hand": end_on_hand,
        "on_hand": (stock @ states + end_on_hand) / 2,
        "orders": stock @ demand.sf(states - reorder_point - 1),
    }


def koenig_law(order_below: int, level: int, days: int = 30) -> float:
    """Return the expected cost per day of an (s, S) policy from full stock, day by day."""
    demands = np.arange(120)
    chance = stats.poisson(25).pmf(demands)
    probability, cost = {level: 1.0}, 0.0
    for _ in range(days):
        later: dict[int, float] = {}
        for stock, p in probability.items():
            ordered = level - stock if stock < order_below else 0
            left = stock + ordered - demands
            cost += p * (32 + 3 * ordered) * (ordered > 0)
            cost += p * chance @ np.where(left >= 0, left, -5 * left)
            for end, q in zip(left.tolist(), p * chance, strict=True):
                later[end] = later.get(end, 0.0) + q
        probability = later
    return cost / days


def lost_sales_one_day(daily: float, level: int) -> dict[str, float]:
    """Return the measures of (R, S) with lost sales and a lead time of one review."""
    demands = np.arange(60)
    chance = stats.poisson(daily).pmf(demands)
    step = np.zeros((level + 1, level + 1))
    for stock in range(level + 1):
        left = np.maximum(stock - demands, 0)
        np.add.at(step[stock], left + level - stock, chance)
    stationary = np.linalg.matrix_power(step, 4096)[0]
    sold = sum(p * chance @ np.minimum(s, demands) for s, p in enumerate(stationary))
    end_on_hand = stationary @ np.arange(level + 1) - sold
    return {"fill": sold / daily, "cost": end_on_hand}


def test_reorder_point_and_quantity(observe, estimate):
    """Hadley and Whitin; sees an order at the wrong position by one, and one of 11 for 10."""
    exact = reorder_point_quantity(2, 3, 7, 10)
    later, larger = reorder_point_quantity(2, 3, 6, 10), reorder_point_quantity(2, 3, 7, 11)
    observed = observe("reorder_point_quantity", replications=45)

    for kpi in ("fill", "backorders", "on_hand", "wait"):
        observed.kpi(kpi).must_be(exact[kpi], not_=later[kpi])
    orders = estimate.of_mean(observed.cost_per_day("ordering"))
    orders.must_be(exact["orders"], not_=larger["orders"])


@pytest.mark.parametrize("kpi", ["fill", "backorders", "on_hand", "ready"])
@pytest.mark.parametrize(
    ("name", "lead_time", "level"),
    [("order_up_to_no_lead_time", 0, 7), ("order_up_to_one_day", 1, 13)],
)
def test_order_up_to_every_day(observe, name, lead_time, level, kpi):
    """Sees one unit of stock too few, so also demand before the review, or a day of lead time."""
    exact, less = order_up_to(5, lead_time, level), order_up_to(5, lead_time, level - 1)

    estimate = observe(name, replications=30).kpi(kpi)

    estimate.must_be(exact[kpi], not_=less[kpi])


def _daily_cost(observed, fixed, holding, shortage, mean_demand):
    """Return cost per day of each replication, charged on stock after the day's demand."""
    waiting = observed.average("backorders") * 2  # nothing waits before noon
    # On hand is x before and x - demand + waiting after noon, and a KPI sees the mean of both.
    on_hand = observed.average("on_hand") + waiting / 2 - mean_demand / 2
    return fixed * observed.cost_per_day("ordering") + holding * on_hand + shortage * waiting


def test_reorder_point_and_order_up_to_level(observe, estimate):
    """Snyder and Shen, example 4.7; sees an order at s - 1 instead of s."""
    exact, later = reorder_point_order_up_to(6, 4, 10), reorder_point_order_up_to(6, 3, 10)
    observed = observe("reorder_point_order_up_to", replications=60)

    for kpi in ("fill", "backorders", "on_hand"):
        observed.kpi(kpi).must_be(exact[kpi], not_=later[kpi])
    orders = estimate.of_mean(observed.cost_per_day("ordering"))
    orders.must_be(exact["orders"], not_=later["orders"])


def test_cost_of_reorder_point_and_order_up_to_level(observe, estimate):
    """Snyder and Shen, example 4.7; sees 2.5 % of the cost."""
    exact = reorder_point_order_up_to(6, 4, 10)
    cost = 5 * exact["orders"] + exact["end_on_hand"] + 4 * 2 * exact["backorders"]
    observed = observe("reorder_point_order_up_to", replications=60)
    _, demand = observed.sums("fill")

    estimated = estimate.of_mean(_daily_cost(observed, 5, 1, 4, demand / observed.days))

    estimated.must_be(cost, not_=1.025 * cost)


POLICIES = [(20, 40), (20, 80), (40, 60), (40, 100), (60, 100)]


@pytest.mark.parametrize(("order_below", "level"), POLICIES)
def test_koenig_and_law(observe, estimate, order_below, level):
    """Koenig and Law (1985); sees 2 % of the cost, but not yet `I <= s` for `I < s`."""
    cost = koenig_law(order_below, level)

    estimated = _koenig_law_estimate(observe, estimate, order_below, level, replications=320)

    estimated.must_be(cost, not_=1.02 * cost)


@pytest.mark.slow
@pytest.mark.parametrize(("order_below", "level"), POLICIES)
def test_koenig_and_law_order_strictly_below(observe, estimate, order_below, level):
    """Koenig and Law (1985); sees an order at `I <= s` instead of `I < s`."""
    cost, at_s = koenig_law(order_below, level), koenig_law(order_below + 1, level)

    estimated = _koenig_law_estimate(observe, estimate, order_below, level, replications=16_000)

    estimated.must_be(cost, not_=at_s)


def _koenig_law_estimate(observe, estimate, order_below, level, replications):
    plan = f"order_below_{order_below}_up_to_{level}"
    observed = observe("koenig_law", replications, plan)
    _, demand = observed.sums("fill")
    cost = _daily_cost(observed, 32, 1, 5, demand / observed.days)
    return estimate.of_mean(cost + observed.cost_per_day("purchase"))


@pytest.mark.parametrize("level", [12, 13])
def test_lost_sales_under_periodic_review(observe, level):
    """Sees one unit of stock too few."""
    exact, less = lost_sales_one_day(5, level), lost_sales_one_day(5, level - 1)

    estimate = observe("order_up_to_lost_sales_1", 20, f"up_to_{level}").kpi("fill")

    estimate.must_be(exact["fill"], not_=less["fill"])


@pytest.mark.parametrize(
    ("lead_time", "level", "fill_rate"),
    [
        (2, 16, 0.8960387396550089),
        (2, 19, 0.9613956474146617),
        (3, 20, 0.8756250969520156),
        (3, 23, 0.940553429825947),
    ],
)
def test_lost_sales_with_several_orders_on_the_way(observe, lead_time, level, fill_rate):
    """Sees 1.5 points of the fill rate, less than one unit of stock (values by value iteration)."""
    estimate = observe(f"order_up_to_lost_sales_{lead_time}", 48, f"up_to_{level}").kpi("fill")

    estimate.must_be(fill_rate, not_=fill_rate + 0.015)


@pytest.fixture(scope="module")
def short_reviews(textbook):
    """Return the fill rate of consecutive periods of some days, in one long replication."""
    from pbc_sim.operations import simulate
    from pbc_sim.world import draw_world

    scenario = textbook("order_up_to_short_reviews")
    ledger = simulate(draw_world(scenario.setting, 3, 0), scenario.plans["eleven"])

    def fill_rates(days: int) -> np.ndarray:
        periods = ReviewPeriods(np.arange(0.0, scenario.setting.ends + 1, days))
        filled, demand, _ = measure(ledger, Measure.of("fill_rate", review="term"), periods)
        return filled / demand

    return fill_rates


def fill_rate_over(days: int, level: int, target: float) -> tuple[float, float, float]:
    """Return long-run and mean fill rate over some days, and the chance to meet a target."""
    chance = stats.poisson(10).pmf(np.arange(34))
    one_day = np.zeros((34, 34))
    one_day[np.minimum(np.arange(34), level), np.arange(34)] = chance / chance.sum()
    size = 34 * days
    joint = np.fft.irfft2(np.fft.rfft2(one_day, (size, size)) ** days, (size, size))
    filled, demand = np.indices(joint.shape)
    share = np.divide(filled, demand, out=np.ones(joint.shape), where=demand > 0)
    long_run = (joint * filled).sum() / (joint * demand).sum()
    return long_run, (joint * share).sum(), joint[share >= target - 1e-12].sum()


@pytest.mark.parametrize("days", [1, 2, 4, 12])
def test_fill_rate_over_a_finite_period(short_reviews, estimate, days):
    """Thomas (2005); sees 1.2 points of the mean, and 6 (12) points of the chance to meet it."""
    _, mean, meets = fill_rate_over(days, 11, 0.95)
    values, points = short_reviews(days), 0.06 if days < 4 else 0.12

    estimate.of_mean(values).must_be(mean, not_=mean + 0.012)
    estimate.of_mean(values >= 0.95 - 1e-12).must_be(meets, not_=meets + points)


def test_a_short_period_flatters_the_fill_rate(short_reviews, estimate):
    """Chen, Lin and Thomas (2003); sees a mean of daily ratios taken for the ratio of sums."""
    long_run, mean, _ = fill_rate_over(1, 11, 0.95)

    estimate.of_mean(short_reviews(1)).must_be(mean, not_=long_run)


def test_reorder_point_and_quantity_equal_the_reference(reference):
    expected = reference("rq_poisson_1")["expected"]
    names = {
        "fill": "fill_rate",
        "backorders": "expected_backorders",
        "on_hand": "expected_on_hand",
        "orders": "order_frequency",
        "wait": "mean_wait",
    }

    exact = reorder_point_quantity(2, 3, 7, 10)

    assert exact == pytest.approx({k: expected[n] for k, n in names.items()})


@pytest.mark.parametrize(("lead_time", "level"), [(0, 7), (1, 13)])
def test_order_up_to_equals_the_reference(reference, lead_time, level):
    expected = reference(f"RS_poisson5_L{lead_time}")["expected"]

    exact = order_up_to(5, lead_time, level)

    assert exact["fill"] == pytest.approx(expected["fill_rate"])
    waiting = (expected["start_backorders"] + expected["end_backorders"]) / 2
    assert exact["backorders"] == pytest.approx(waiting)


def test_reorder_point_and_order_up_to_level_equal_the_reference(reference):
    expected = reference("ss_example_4_7")["expected"]

    exact = reorder_point_order_up_to(6, 4, 10)

    assert exact["fill"] == pytest.approx(expected["fill_rate"])
    assert exact["orders"] == pytest.approx(expected["order_frequency"])
    assert exact["end_on_hand"] == pytest.approx(expected["end_period_on_hand"])
    assert 2 * exact["backorders"] == pytest.approx(expected["end_period_backorders"])


def test_koenig_and_law_equal_the_reference(reference):
    expected = reference("rs_koenig_law_1985")["expected"]["expected_cost"]

    assert [koenig_law(*policy) for policy in POLICIES] == pytest.approx(expected)


def test_lost_sales_equal_the_reference(reference):
    rows = reference("RS_lost_sales_zipkin")["expected"]["rows"]

    for row in rows:
        if row["lead_time"] == 1:
            exact = lost_sales_one_day(5, row["best_S"])
            cost = exact["cost"] + row["penalty"] * 5 * (1 - exact["fill"])
            assert exact["fill"] == pytest.approx(row["fill_rate"])
            assert cost == pytest.approx(row["cost"])


def test_fill_rates_over_finite_periods_equal_the_reference(reference):
    expected = reference("finite_fill_poisson10_L0_S11")["expected"]

    for row in expected["rows"]:
        long_run, mean, meets = fill_rate_over(row["T"], 11, 0.95)
        assert long_run == pytest.approx(expected["long_run_fill_rate"])
        assert mean == pytest.approx(row["mean"])
        assert meets == pytest.approx(row["P_meet_target"])
