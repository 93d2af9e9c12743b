"""Base stock: the strongest single test of the model, since exact values hold for any lead times.

Each simulated system is compared with a formula of this file, and each formula with the values
that were computed outside this project (`shared/reference`), where these are at hand.
"""

import numpy as np
import pytest
from scipy import integrate, stats

LAWS = ["constant", "exponential", "gamma"]
WAITS = [0.0, 0.25, 0.5, 1.0, 1.5, 2.0]


def palm(pipeline: float, level: int) -> dict[str, float]:
    """Return the measures of (S-1, S) with a mean number of units on order (Palm's theorem)."""
    on_order = stats.poisson(pipeline)
    backorders = (pipeline - level) * on_order.sf(level) + pipeline * on_order.pmf(level)
    return {
        "fill": on_order.cdf(level - 1),
        "order_fill": on_order.cdf(level - 1),
        "ready": on_order.cdf(level - 1),
        "backorders": backorders,
        "on_hand": level - pipeline + backorders,
    }


def late_share(rate: float, lead_time, level: int, within: float) -> float:
    """Return P(wait > within), for independent lead times of a law that may cross.

    With R, B and N as in `shared/reference/literature.md`: P(R - B - N >= S).
    """
    still = integrate.quad(lead_time.sf, within, np.inf)[0]
    came = integrate.quad(lead_time.cdf, 0, within)[0]
    before = stats.skellam(rate * still, rate * came) if came else stats.poisson(rate * still)
    own = lead_time.cdf(within)
    return own * before.sf(level) + (1 - own) * before.sf(level - 1)


def late_share_constant(rate: float, lead_time: float, level: int, within: float) -> float:
    """Return P(wait > within) for a constant lead time: P(Poisson(rate (L - within)) >= S)."""
    return stats.poisson(rate * (lead_time - within)).sf(level - 1)


def no_crossing(rate: float, mean: float, shape: float, level: int) -> dict[str, float]:
    """Return the measures of (S-1, S) where demand in a lead time is negative binomial."""
    demand = stats.nbinom(shape, 1 / (1 + rate * mean / shape))
    backorders = sum(demand.sf(n) for n in range(level, 2000))
    return {
        "fill": demand.cdf(level - 1),
        "backorders": backorders,
        "on_hand": level - rate * mean + backorders,
    }


def order_sizes(pipeline: float, level: int, sizes: dict[int, float]) -> dict[str, float]:
    """Return the measures of base stock with compound Poisson demand, by Fourier transform."""
    n = 512
    size = np.array([sizes.get(k, 0.0) for k in range(n)])
    on_order = np.fft.ifft(np.exp(pipeline * (np.fft.fft(size) - 1))).real
    stock = np.maximum(level - np.arange(n), 0)
    filled = sum(p * np.minimum(stock, k) for k, p in sizes.items())
    whole = sum(p * (stock >= k) for k, p in sizes.items())
    mean_size = sum(k * p for k, p in sizes.items())
    return {
        "fill": on_order @ filled / mean_size,
        "order_fill": on_order @ whole,
        "ready": on_order @ (stock > 0),
        "backorders": on_order @ np.maximum(np.arange(n) - level, 0),
        "on_hand": on_order @ stock,
    }


def lost_sales(load: float, level: int) -> dict[str, float]:
    """Return the measures of (S-1, S) with lost sales: Erlang's loss formula."""
    on_order = stats.poisson(load).pmf(np.arange(level + 1))
    lost = on_order[-1] / on_order.sum()
    return {"fill": 1 - lost, "ready": 1 - lost, "on_hand": level - load * (1 - lost)}


SIZES = {1: 1 / 6, 2: 1 / 3, 3: 1 / 3, 4: 1 / 6}


@pytest.mark.parametrize("kpi", ["fill", "order_fill", "ready", "backorders", "on_hand"])
@pytest.mark.parametrize("law", LAWS)
def test_only_the_mean_lead_time_matters(observe, law, kpi):
    """Palm's theorem; sees an error of 5% of the lead time in each KPI alone."""
    exact, longer = palm(2 * 3, 8), palm(2 * 3 * 1.05, 8)

    estimate = observe(f"base_stock_{law}", replications=40).kpi(kpi)

    estimate.must_be(exact[kpi], not_=longer[kpi])


@pytest.mark.parametrize("law", LAWS)
def test_mean_wait_is_backorders_over_demand(observe, law):
    """Little's law; sees an error of 5% of the lead time."""
    exact, longer = palm(6, 8)["backorders"] / 2, palm(6.3, 8)["backorders"] / 2

    estimate = observe(f"base_stock_{law}", replications=40).kpi("wait")

    estimate.must_be(exact, not_=longer)


@pytest.mark.parametrize("within", WAITS)
def test_on_time_share_with_constant_lead_times(observe, within):
    """Sees an error of 5% of the lead time at limits to a day, of 10% at longer ones."""
    error = 1.05 if within <= 1.0 else 1.1
    exact, longer = (1 - late_share_constant(2, lead, 8, within) for lead in (3, 3 * error))

    estimate = observe("base_stock_constant", replications=40).kpi(f"within_{within or 0}")

    estimate.must_be(exact, not_=longer)


@pytest.mark.parametrize("within", WAITS)
def test_on_time_share_with_exponential_lead_times(observe, within):
    """Sees an error of 5% of the lead time at limits to half a day, of 10% at longer ones."""
    error = 1.05 if within <= 0.5 else 1.1
    exact, longer = (
        1 - late_share(2, stats.expon(scale=lead), 8, within) for lead in (3, 3 * error)
    )

    estimate = observe("base_stock_exponential", replications=40).kpi(f"within_{within or 0}")

    estimate.must_be(exact, not_=longer)


@pytest.mark.parametrize("kpi", ["fill", "backorders", "on_hand"])
def test_sequential_supply_is_worse_than_crossing(observe, estimate, kpi):
    """Zipkin (2000), section 7.4; sees replenishments that cross, and 15% of the lead time."""
    exact, crossing = no_crossing(2, 3, 4, 8), palm(6, 8)
    longer = no_crossing(2, 3 * 1.15, 4, 8)
    numerators, denominators = observe("base_stock_no_crossing", replications=720).sums(kpi)
    # Units are summed over the ten items, which have nothing to do with each other.
    items = 1 if kpi == "fill" else 10

    mean = estimate.of_ratio(numerators / items, denominators)

    mean.must_be(exact[kpi], not_=crossing[kpi])
    mean.must_be(exact[kpi], not_=longer[kpi])


@pytest.mark.parametrize("kpi", ["fill", "backorders", "on_hand"])
def test_scrapped_units_lengthen_the_lead_time(observe, kpi):
    """Pipeline lambda L / (1 - q); sees defects that are not ordered again at once."""
    exact, without = palm(2 * 3 / 0.95, 10), palm(2 * 3, 10)

    estimate = observe("base_stock_defects", replications=40).kpi(kpi)

    estimate.must_be(exact[kpi], not_=without[kpi])


def test_share_of_scrapped_units(textbook, estimate):
    """Sees an error of a fifth of the defective share."""
    from pbc_sim.operations import simulate
    from pbc_sim.world import draw_world

    scenario = textbook("base_stock_defects")
    scrapped, bought = [], []
    for replication in range(15):
        ledger = simulate(draw_world(scenario.setting, 7, replication), scenario.plans["ten"])
        arrived = np.isfinite(ledger.replenishments.arrived)
        scrapped.append(ledger.replenishments.defective.sum())
        bought.append(ledger.replenishments.units[arrived].sum())
        assert ledger.replenishments.inspected.sum() == bought[-1]

    share = estimate.of_ratio(np.array(scrapped), np.array(bought))

    share.must_be(0.05, not_=0.06)


@pytest.mark.parametrize("kpi", ["fill", "order_fill", "ready", "backorders", "on_hand"])
def test_orders_of_several_units(observe, kpi):
    """Compound Poisson; sees an error of 5% of the lead time."""
    exact, longer = order_sizes(7.5, 24, SIZES), order_sizes(7.875, 24, SIZES)

    estimate = observe("base_stock_order_sizes", replications=40).kpi(kpi)

    estimate.must_be(exact[kpi], not_=longer[kpi])


@pytest.mark.parametrize(("one", "other"), [("fill", "order_fill"), ("ready", "fill")])
def test_unit_fill_order_fill_and_ready_rate_differ(observe, estimate, one, other):
    """Sees one of the three KPIs taken for another: pairs on the same replications."""
    exact = order_sizes(7.5, 24, SIZES)
    observed = observe("base_stock_order_sizes", replications=40)

    difference = estimate.of_mean(observed.average(one) - observed.average(other))

    difference.must_be(exact[one] - exact[other], not_=0.0)


@pytest.mark.parametrize("kpi", ["fill", "ready", "on_hand"])
@pytest.mark.parametrize("law", LAWS)
def test_lost_sales_follow_the_loss_formula(observe, law, kpi):
    """Erlang's loss formula for any lead times; sees 10% of the lead time, and backorders."""
    exact, longer, waiting = lost_sales(3, 5), lost_sales(3.3, 5), palm(3, 5)

    estimate = observe(f"lost_sales_{law}", replications=48).kpi(kpi)

    estimate.must_be(exact[kpi], not_=longer[kpi])
    estimate.must_be(exact[kpi], not_=waiting[kpi])


@pytest.mark.parametrize("law", LAWS)
def test_lost_units_never_wait(observe, law):
    numerator, _ = observe(f"lost_sales_{law}", replications=48).sums("backorders")

    assert not numerator.any()


NAMES = {
    "fill": "fill_rate",
    "backorders": "expected_backorders",
    "on_hand": "expected_on_hand",
}


@pytest.mark.parametrize("case", ["bs_poisson_1", "bs_poisson_2", "bs_poisson_4"])
def test_palm_equals_the_reference(reference, case):
    given, expected = reference(case)["parameters"], reference(case)["expected"]

    exact = palm(given["demand_rate"] * given["lead_time_mean"], given["base_stock"])

    assert {k: exact[k] for k in NAMES} == pytest.approx({k: expected[n] for k, n in NAMES.items()})
    assert 1 - exact["ready"] == pytest.approx(expected["prob_zero_on_hand"])


def test_palm_equals_sherbrookes_table(reference):
    expected = reference("bs_sherbrooke_pipeline1")["expected"]

    exact = [palm(1, level) for level in range(5)]

    assert [row["fill"] for row in exact] == pytest.approx(expected["fill_rate"])
    assert [row["backorders"] for row in exact] == pytest.approx(expected["expected_backorders"])


def test_late_shares_equal_the_reference(reference):
    constant = reference("bs_wait_tail_deterministic")["expected"]["P_wait_greater_w"]
    exponential = reference("bs_wait_tail_exponential")["expected"]["P_wait_greater_w"]

    assert [late_share_constant(2, 3, 8, w) for w in WAITS] == pytest.approx(constant)
    assert [late_share(2, stats.expon(scale=3), 8, w) for w in WAITS] == pytest.approx(exponential)


def test_no_crossing_equals_the_reference(reference):
    expected = reference("bs_sequential_gamma_lt")["expected"]

    exact = no_crossing(2, 3, 4, 8)

    assert exact == pytest.approx({k: expected[n] for k, n in NAMES.items()})


def test_defects_equal_the_reference(reference):
    expected = reference("bs_defects_q05")["expected"]

    exact = palm(2 * 3 / 0.95, 10)

    assert {k: exact[k] for k in NAMES} == pytest.approx({k: expected[n] for k, n in NAMES.items()})


def test_order_sizes_equal_the_reference(reference):
    expected = reference("bs_compound_poisson_S24")["expected"]
    names = {
        "fill": "unit_fill_rate",
        "order_fill": "order_fill_rate_complete",
        "ready": "ready_rate",
        "backorders": "expected_backorders",
        "on_hand": "expected_on_hand",
    }

    exact = order_sizes(7.5, 24, SIZES)

    assert exact == pytest.approx({k: expected[n] for k, n in names.items()})


def test_lost_sales_equal_the_reference(reference):
    expected = reference("bs_lost_sales_a3_S5")["expected"]

    exact = lost_sales(3, 5)

    assert exact["fill"] == pytest.approx(expected["fill_rate"])
    assert exact["on_hand"] == pytest.approx(expected["mean_on_hand"])
