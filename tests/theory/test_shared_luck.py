"""Luck that belongs to entities: plans on the same demand, units of the same lot."""

import numpy as np
import pytest
from scipy import stats

from pbc_sim.decision.risk import paired
from pbc_sim.operations import simulate
from pbc_sim.world import draw_world


def newsvendor_costs(levels=(22, 24), daily=20.0, holding=1.0, shortage=4.0):
    """Return each level's cost over demand, and the chance of that demand."""
    demand = np.arange(200)
    costs = [np.where(s >= demand, holding * (s - demand), shortage * (demand - s)) for s in levels]
    return *costs, stats.poisson(daily).pmf(demand)


def moments(costs, chance):
    mean = chance @ costs
    return mean, chance @ (costs - mean) ** 2


@pytest.fixture(scope="module")
def two_levels(observe):
    """Return the simulated cost of each level in each replication."""

    def cost(level: int) -> np.ndarray:
        observed = observe("newsvendor", 1600, f"up_to_{level}")
        waiting = 2 * observed.average("backorders")  # nothing waits before noon
        on_hand = 2 * observed.average("on_hand") - level  # all is there before noon
        return on_hand + 4 * waiting

    return cost(22), cost(24)


def test_cost_of_one_day(two_levels, estimate):
    """Newsvendor; sees a quarter of the cost."""
    less, more, chance = newsvendor_costs()

    estimate.of_mean(two_levels[0]).must_be(chance @ less, not_=1.25 * chance @ less)
    estimate.of_mean(two_levels[1]).must_be(chance @ more, not_=1.25 * chance @ more)


def test_two_plans_meet_the_same_demand(two_levels, estimate):
    """Sees luck that is not shared: the variance of the difference would be five times as large."""
    less, more, chance = newsvendor_costs()
    mean, variance = moments(less - more, chance)
    independent = moments(less, chance)[1] + moments(more, chance)[1]
    difference = two_levels[0] - two_levels[1]

    estimate.of_mean(difference).must_be(mean, not_=mean + 1.0)
    estimate.of_mean((difference - mean) ** 2).must_be(variance, not_=independent)


def test_pairs_need_a_fifth_of_the_replications(two_levels):
    less, more, chance = newsvendor_costs()
    independent = moments(less, chance)[1] + moments(more, chance)[1]
    ratio = independent / moments(less - more, chance)[1]

    assert paired(*two_levels).variance_ratio == pytest.approx(ratio, rel=0.25)
    assert ratio == pytest.approx(4.9, abs=0.1)


@pytest.fixture(scope="module")
def defects_per_lot(textbook):
    """Return the number of defective units of each lot of fifty."""
    scenario = textbook("lots_that_differ")
    ledger = simulate(draw_world(scenario.setting, 6, 0), scenario.plans["inspected"])
    lots = ledger.replenishments
    return lots.defective[np.isfinite(lots.arrived) & (lots.units == 50)]


def test_defects_come_in_clusters(defects_per_lot, estimate):
    """Beta-binomial; sees defects spread evenly (binomial), and a fifth of the mean."""
    clustered, even = stats.betabinom(50, 1, 19), stats.binom(50, 0.05)
    mean = clustered.mean()

    estimate.of_mean(defects_per_lot).must_be(mean, not_=0.8 * mean)
    squares = estimate.of_mean((defects_per_lot - mean) ** 2)
    squares.must_be(clustered.var(), not_=even.var())
    estimate.of_mean(defects_per_lot == 0).must_be(clustered.pmf(0), not_=even.pmf(0))


def test_lots_are_beta_binomial(defects_per_lot):
    """Chi-square over counts of 0 to 15 and more."""
    law = stats.betabinom(50, 1, 19)
    expected = len(defects_per_lot) * np.r_[law.pmf(np.arange(15)), law.sf(14)]
    observed = np.bincount(np.minimum(defects_per_lot, 15), minlength=16)

    assert stats.chisquare(observed, expected).pvalue > 1e-4


def test_newsvendor_equals_the_reference(reference):
    expected = reference("crn_newsvendor")["expected"]
    less, more, chance = newsvendor_costs()

    assert moments(less, chance) == pytest.approx((expected["mean1"], expected["var1"]))
    assert moments(more, chance) == pytest.approx((expected["mean2"], expected["var2"]))
    assert moments(less - more, chance) == pytest.approx(
        (expected["diff"], expected["var_diff_crn"])
    )
