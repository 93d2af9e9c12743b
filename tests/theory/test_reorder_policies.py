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


def cost_of_reorder_point_quantity(reorder_point: int, quantity: int) -> float:
    """Return the cost per day at 1.5 units a day, 2 days, 100 an order, 20 and 150 a unit-day."""
    exact = reorder_point_quantity(1.5, 2, reorder_point, quantity)
    return 100 * exact["orders"] + 20 * exact["on_hand"] + 150 * exact["backorders"]


def cost_of_order_up_to(level: int, holding: float = 1, shortage: float = 9) -> float:
    """Return the cost per day of what demand of two days, Poisson(5) each, leaves of a level."""
    left = level - np.arange(200)
    cost = np.where(left > 0, holding * left, -shortage * left)
    return float(stats.poisson(10).pmf(np.arange(200)) @ cost)


def test_reorder_point_and_quantity(observe, estimate):
    """Hadley and Whitin; sees an order at the wrong position by one, and one of 11 for 10."""
    exact = reorder_point_quantity(2, 3, 7, 10)
    later, larger = reorder_point_quantity(2, 3, 6, 10), reorder_point_quantity(2, 3, 7, 11)
    observed = observe("reorder_point_quantity", replications=45)

    for kpi in ("fill", "backorders", "on_hand", "wait"):
        observed.kpi(kpi).must_be(exact[kpi], not_=later[kpi])
    orders = estimate.of_mean(observed.cost_per_day("ordering"))
    orders.must_be(exact["orders"], not_=larger["orders"])


def _charged_per_day(observed, *lines):
    return sum(observed.cost_per_day(line) for line in lines)


@pytest.mark.parametrize(("reorder_point", "quantity"), [(3, 5), (3, 8), (2, 5)])
def test_cost_of_reorder_point_and_quantity(observe, estimate, reorder_point, quantity):
    """Federgruen and Zheng; sees 3% of the cost that is charged."""
    names = {2: "two", 3: "three", 5: "five", 8: "eight"}
    plan = f"{names[reorder_point]}_{names[quantity]}"
    observed = observe("reorder_point_quantity_costs", 30, plan)
    exact = cost_of_reorder_point_quantity(reorder_point, quantity)

    paid = estimate.of_mean(_charged_per_day(observed, "ordering", "holding", "late_units"))

    paid.must_be(exact, not_=1.03 * exact)


@pytest.mark.parametrize("level", [13, 14, 15])
def test_cost_of_order_up_to_every_day(observe, estimate, level):
    """The newsvendor over a lead time and a review; sees 7% of the cost that is charged."""
    observed = observe("order_up_to_costs", 80, f"up_to_{level}")

    paid = estimate.of_mean(_charged_per_day(observed, "holding", "late_units"))

    paid.must_be(cost_of_order_up_to(level), not_=1.07 * cost_of_order_up_to(level))


@pytest.mark.parametrize("other", [13, 15])
def test_the_critical_ratio_gives_the_cheapest_level(observe, estimate, other):
    """Pairs on the same demand; sees whether its neighbours of 14 cost as little."""
    best = int(stats.poisson(10).ppf(9 / (9 + 1)))
    more = cost_of_order_up_to(other) - cost_of_order_up_to(best)

    def paid(level):
        observed = observe("order_up_to_costs", 80, f"up_to_{level}")
        return _charged_per_day(observed, "holding", "late_units")

    estimate.of_mean(paid(other) - paid(best)).must_be(more, not_=0.0)
    assert best == 14
    assert more > 0


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
    """Snyder and Shen, example 4.7; sees 2.5% of the cost."""
    exact = reorder_point_order_up_to(6, 4, 10)
    cost = 5 * exact["orders"] + exact["end_on_hand"] + 4 * 2 * exact["backorders"]
    observed = observe("reorder_point_order_up_to", replications=60)
    _, demand = observed.sums("fill")

    estimated = estimate.of_mean(_daily_cost(observed, 5, 1, 4, demand / observed.days))

    estimated.must_be(cost, not_=1.025 * cost)


POLICIES = [(20, 40), (20, 80), (40, 60), (40, 100), (60, 100)]


@pytest.mark.parametrize(("order_below", "level"), POLICIES)
def test_koenig_and_law(observe, estimate, order_below, level):
    """Koenig and Law (1985); sees 2% of the cost, but not yet `I <= s` for `I < s`."""
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


@pytest.mark.parametrize(("level", "penalty"), [(12, 4), (13, 9)])
def test_cost_of_lost_sales_under_periodic_review(observe, estimate, level, penalty):
    """Zipkin (2008); sees 6% of the cost."""
    exact = lost_sales_one_day(5, level)
    cost = exact["cost"] + penalty * 5 * (1 - exact["fill"])
    observed = observe("order_up_to_lost_sales_1", 60, f"up_to_{level}")
    sold, demand = (units / observed.days for units in observed.sums("fill"))
    left = observed.average("on_hand") - sold / 2  # noon lies between what holds before and after

    estimate.of_mean(left + penalty * (demand - sold)).must_be(cost, not_=1.06 * cost)


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


def _fill_rates(scenario):
    """Return the fill rate of consecutive periods of some days, in one long replication."""
    from pbc_sim.operations import simulate
    from pbc_sim.world import draw_world

    (plan,) = scenario.plans.values()
    ledger = simulate(draw_world(scenario.setting, 3, 0), plan)

    def fill_rates(days: int) -> np.ndarray:
        periods = ReviewPeriods(np.arange(0.0, scenario.setting.ends + 1, days))
        filled, demand, _ = measure(ledger, Measure.of("fill_rate", review="term"), periods)
        return filled / demand

    return fill_rates


@pytest.fixture(scope="module")
def short_reviews(textbook):
    return _fill_rates(textbook("order_up_to_short_reviews"))


@pytest.fixture(scope="module")
def two_point_demand(textbook):
    return _fill_rates(textbook("order_up_to_two_point"))


def fill_rate_law(days: int, level: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return fill rate, probability, units filled and demanded over some days, of all outcomes."""
    chance = stats.poisson(10).pmf(np.arange(34))
    one_day = np.zeros((34, 34))
    one_day[np.minimum(np.arange(34), level), np.arange(34)] = chance / chance.sum()
    size = 34 * days
    joint = np.fft.irfft2(np.fft.rfft2(one_day, (size, size)) ** days, (size, size))
    filled, demand = np.indices(joint.shape)
    share = np.divide(filled, demand, out=np.ones(joint.shape), where=demand > 0)
    return share, joint, filled, demand


def fill_rate_over(days: int, level: int, target: float) -> tuple[float, float, float]:
    """Return long-run and mean fill rate over some days, and the chance to meet a target."""
    share, joint, filled, demand = fill_rate_law(days, level)
    long_run = (joint * filled).sum() / (joint * demand).sum()
    return long_run, (joint * share).sum(), joint[share >= target - 1e-12].sum()


@pytest.mark.parametrize("days", [1, 2, 4, 12])
def test_fill_rate_over_a_finite_period(short_reviews, estimate, days):
    """Thomas (2005); sees 1.2 points of the mean, and 6 (12) points of the chance to meet it."""
    _, mean, meets = fill_rate_over(days, 11, 0.95)
    values, points = short_reviews(days), 0.06 if days < 4 else 0.12

    estimate.of_mean(values).must_be(mean, not_=mean + 0.012)
    estimate.of_mean(values >= 0.95 - 1e-12).must_be(meets, not_=meets + points)


@pytest.mark.parametrize("days", [1, 2, 4])
def test_spread_of_the_fill_rate_over_a_finite_period(short_reviews, estimate, days):
    """Sees a tenth of the spread, and 8 points of the chance that nobody waits."""
    share, joint, _, _ = fill_rate_law(days, 11)
    mean, all_filled = (joint * share).sum(), joint[share >= 1 - 1e-12].sum()
    variance = (joint * (share - mean) ** 2).sum()
    values = short_reviews(days)

    estimate.of_mean((values - mean) ** 2).must_be(variance, not_=1.21 * variance)
    estimate.of_mean(values >= 1 - 1e-12).must_be(all_filled, not_=all_filled + 0.08)


@pytest.mark.parametrize(("days", "mean", "half"), [(1, 0.8, 0.7), (2, 0.73, 0.91)])
def test_fill_rate_of_orders_of_one_or_three(two_point_demand, estimate, days, mean, half):
    """Worked out by hand; sees a ratio of sums (0.625) for the mean, and 4 points of the chance."""
    values = two_point_demand(days)

    estimate.of_mean(values).must_be(mean, not_=0.625)
    estimate.of_mean(values >= 0.5).must_be(half, not_=half + 0.04)


def supplier_of_a_lump_sum(level: int, days: int = 4, lump_sum: float = 80) -> tuple[float, float]:
    """Return the supplier's expected cost, and its chance to fill 95% (Poisson(10) a day)."""
    _, _, meets = fill_rate_over(days, level, 0.95)
    left = np.maximum(level - np.arange(60), 0)
    holding = days * stats.poisson(10).pmf(np.arange(60)) @ left
    return holding + lump_sum * (1 - meets), meets


LEVELS = [13, 15, 17]


@pytest.mark.slow
@pytest.mark.parametrize("level", LEVELS)
def test_what_a_lump_sum_costs_the_supplier(observe, estimate, level):
    """Thomas (2005); sees 15% of the cost, and a tenth of the chance to meet the target."""
    cost, meets = supplier_of_a_lump_sum(level)
    observed = observe("lump_sum_over_four_days", 4000, f"up_to_{level}")
    paid, costs = _lump_sum_and_holding(observed)

    estimate.of_mean(costs - paid).must_be(cost, not_=1.15 * cost)
    estimate.of_mean(paid == 0).must_be(meets, not_=0.9 * meets)


@pytest.mark.slow
def test_a_lump_sum_has_a_best_level(observe, estimate):
    """Pairs on the same demand; sees whether 13 or 17 units cost the supplier as little as 15."""
    cost = {}
    for level in LEVELS:
        paid, costs = _lump_sum_and_holding(
            observe("lump_sum_over_four_days", 4000, f"up_to_{level}")
        )
        cost[level] = costs - paid

    for level in (13, 17):
        more = supplier_of_a_lump_sum(level)[0] - supplier_of_a_lump_sum(15)[0]
        estimate.of_mean(cost[level] - cost[15]).must_be(more, not_=0.0)


def _lump_sum_and_holding(observed):
    paid = observed.outcomes.settle().payments.sel(contract="measured", plan=observed.plan)
    return paid.to_numpy(), observed.cost_per_day("holding") * observed.days


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


def test_spread_of_fill_rates_equals_the_reference(reference):
    for row in reference("finite_fill_poisson10_L0_S11")["expected"]["rows"]:
        share, joint, _, _ = fill_rate_law(row["T"], 11)
        variance = (joint * share**2).sum() - (joint * share).sum() ** 2
        assert variance**0.5 == pytest.approx(row["sd"])
        assert joint[share >= 1 - 1e-12].sum() == pytest.approx(row["P_fill_rate_1"])


def test_two_point_demand_equals_the_reference(reference):
    expected = reference("finite_fill_two_point")["expected"]

    assert expected["E_beta"] == pytest.approx([0.8, 0.73])
    assert expected["P_ge_half"] == pytest.approx([0.7, 0.91])
    assert expected["long_run"] == 0.625


def test_suppliers_of_lump_sums_equal_the_reference(reference):
    for row in reference("sla_best_response_lump")["expected"]["rows"]:
        cost, meets = supplier_of_a_lump_sum(row["S_star"], row["T"], row["lump_sum"])
        assert cost == pytest.approx(row["supplier_cost"])
        assert meets == pytest.approx(row["P_meet_target"])


def test_cost_of_reorder_point_and_quantity_equals_the_reference(reference):
    expected = reference("rq_poisson_opt_stockpyl")["expected"]

    assert cost_of_reorder_point_quantity(3, 5) == pytest.approx(expected["cost"])
    assert (expected["r"], expected["Q"]) == (3, 5)
