"""Estimates agree with SciPy and with closed forms."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pbc_sim.decision.risk import cvar, mean_interval, paired, probability, summary, var
from pbc_sim.decision.wording import variance_ratio

LUCK = np.random.default_rng(5)
BASELINE = LUCK.normal(100, 20, 50)
VALUES = BASELINE + LUCK.normal(3, 4, 50)


def test_paired_interval_is_that_of_the_mean_difference():

    result = paired(VALUES, BASELINE)

    assert result.ci95 == mean_interval(VALUES - BASELINE)
    assert result.difference == pytest.approx((VALUES - BASELINE).mean())


def test_mean_interval_of_a_symmetric_sample_is_students():
    symmetric = np.concatenate([VALUES, -VALUES])

    expected = stats.ttest_1samp(symmetric, 0).confidence_interval(0.95)

    assert mean_interval(symmetric) == pytest.approx((expected.low, expected.high))


def test_ends_of_a_mean_interval_are_where_johnsons_t_is_a_quantile():
    """Johnson (1978), with the variance in the place of its expectation; sees a turned sign."""
    n, mean, sd = len(VALUES), VALUES.mean(), VALUES.std(ddof=1)
    third = ((VALUES - mean) ** 3).mean()

    def johnsons_t(mu):
        away = mean - mu
        shift = third / (6 * sd**2 * n) + third / (3 * sd**4) * away**2
        return (away + shift) * np.sqrt(n) / sd

    low, high = mean_interval(VALUES)
    assert third != 0
    assert low < mean < high
    assert johnsons_t(low) == pytest.approx(stats.t.ppf(0.975, n - 1))
    assert johnsons_t(high) == pytest.approx(stats.t.ppf(0.025, n - 1))


def test_variance_ratio_is_one_for_independent_luck_and_large_for_the_same():
    """Independent normal samples of 20,000: the ratio has a standard error of about 1 per cent."""
    luck = np.random.default_rng(1)
    a, b = luck.normal(0, 1, (2, 20_000))

    assert paired(a, b).variance_ratio == pytest.approx(1, abs=0.04)
    # Variance 1 each, and 0.01 of the difference: (1 + 1.01) / 0.01.
    assert paired(a, a + 0.1 * b).variance_ratio == pytest.approx(201, rel=0.05)


def test_a_large_variance_ratio_is_written_in_full():
    cost = np.random.default_rng(1).normal(100, 10, size=50)
    against = paired(cost + np.random.default_rng(2).normal(0, 0.1, size=50), cost)

    assert re.fullmatch(r"\d{1,3}(,\d{3})+", variance_ratio(against))


def test_equal_samples_have_no_variance_ratio():

    result = paired(VALUES, VALUES)

    assert result.difference == 0
    assert result.ci95 == (0, 0)
    assert math.isnan(result.variance_ratio)


@pytest.mark.parametrize(("times", "n"), [(5, 10), (5, 100), (95, 100), (37, 1000)])
def test_probability_interval_is_wilsons(times, n):
    z, p = stats.norm.ppf(0.975), times / n

    result = probability(np.arange(n) < times)

    # Wilson (1927), equation by hand.
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    assert result.estimate == p
    assert result.ci95 == pytest.approx((middle - half, middle + half), abs=1e-12)


def test_tail_of_a_normal_cost_is_the_textbook_one():
    """CVaR = mean + sd x density(z) / 0.05; 4 standard errors are 2 per cent here."""
    costs = np.random.default_rng(2).normal(100, 10, 100_000)
    z = stats.norm.ppf(0.95)

    assert var(costs) == pytest.approx(100 + 10 * z, abs=0.3)
    assert cvar(costs) == pytest.approx(100 + 10 * stats.norm.pdf(z) / 0.05, abs=0.4)


def test_atom_at_the_value_at_risk_is_split():
    """Nine costs of 0 and one of 10: the worst 20 per cent are half 10 and half 0."""
    costs = np.array([0.0] * 9 + [10.0])

    assert cvar(costs, 0.8) == pytest.approx(5)
    assert cvar(costs, 0.95) == pytest.approx(10)


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=60))
def test_tail_mean_lies_between_value_at_risk_and_worst_cost(costs):
    costs = np.array(costs)

    slack = 1e-9 * max(1.0, np.abs(costs).max())
    assert var(costs) - slack <= cvar(costs) <= costs.max() + 20 * slack
    assert cvar(costs) >= costs.mean() - 20 * slack


def test_summary_of_a_profit_looks_at_the_loss():
    profit = np.arange(1.0, 101.0)

    seen = summary(profit, is_cost=False)

    assert seen.mean == 50.5
    assert seen.sd == pytest.approx(np.std(profit, ddof=1))
    assert seen.quantiles == {
        "5%": pytest.approx(np.quantile(profit, 0.05)),
        "50%": pytest.approx(50.5),
        "95%": pytest.approx(np.quantile(profit, 0.95)),
    }
    assert seen.var95 == -6  # a profit of 6 is exceeded in 94 of 100
    assert seen.cvar95 == pytest.approx(-3)  # the mean of 1 to 5, as a loss


def test_one_replication_has_a_mean_and_no_spread():

    seen = summary(np.array([5.0]), is_cost=True)

    assert (seen.mean, seen.var95, seen.cvar95) == (5, 5, 5)
    assert math.isnan(seen.sd)
    assert all(math.isnan(end) for end in seen.ci95)
    assert math.isnan(paired(np.array([5.0]), np.array([4.0])).variance_ratio)
