"""Every estimate carries an interval, says its method, and warns where the sample is too small."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import pbc_sim as pbc
from pbc_sim.decision.risk import (
    cvar,
    cvar_estimate,
    dominance,
    exceedance,
    mean_estimate,
    probability_estimate,
    quantile_estimate,
    quantile_ranks,
    replications_for_tail,
    replications_for_tail_mean,
    summary,
    var_estimate,
)
from pbc_sim.decision.risk.intervals import tail_means, tail_rank

SKEWED = np.random.default_rng(8).lognormal(4, 0.5, 400)


@pytest.mark.parametrize(("times", "n"), [(0, 59), (4, 100), (100, 100), (98, 100)])
def test_a_rare_event_has_the_interval_of_clopper_and_pearson(times, n):

    found = probability_estimate(np.arange(n) < times)

    # By the beta distribution, as they are usually written.
    low = stats.beta.ppf(0.025, times, n - times + 1) if times else 0.0
    high = stats.beta.ppf(0.975, times + 1, n - times) if times < n else 1.0
    assert found.ci95 == pytest.approx((low, high))
    assert found.method == "Clopper-Pearson"
    assert "replications; run more" in found.warning


def test_an_event_seen_five_times_needs_no_warning():

    found = probability_estimate(np.arange(40) < 5)

    assert (found.method, found.warning) == ("Wilson", "")


@pytest.mark.parametrize(("n", "level", "warned"), [(298, 0.99, True), (299, 0.99, False)])
def test_a_tail_beyond_the_sample_is_warned_of(n, level, warned):

    found = var_estimate(np.arange(float(n)), level)

    assert ("needs 299 replications" in found.warning) == warned
    assert found.method == "interpolated order statistics"


@pytest.mark.parametrize(
    ("n", "level", "needed", "warned"),
    [
        (60, 0.95, 200, True),
        (199, 0.95, 200, True),
        (200, 0.95, 200, False),
        (99, 0.9, 100, True),
        (100, 0.9, 100, False),
        (500, 0.99, 1000, True),
        (1000, 0.99, 1000, False),
    ],
)
def test_a_tail_mean_of_fewer_than_ten_values_is_warned_of(n, level, needed, warned):
    """By Wilks 59 bound the 95% quantile; the interval of what lies beyond covers 81 to 94%."""
    costs = np.random.default_rng(5).normal(100, 20, n)

    found = cvar_estimate(costs, level).warning

    assert (f"needs {needed} replications, not {n}, for ten values in its tail" in found) == warned
    assert replications_for_tail_mean(level) == needed
    assert bool(found) == warned


def test_a_quantile_that_nothing_bounds_has_an_infinite_end():

    found = quantile_estimate(np.arange(20.0), 0.95)

    assert found.value == 18.0
    assert found.ci95[1] == math.inf
    assert quantile_estimate(np.arange(20.0), 0.05).ci95[0] == -math.inf


@given(st.integers(1, 3000), st.floats(0.01, 0.99))
def test_ranks_leave_at_most_two_and_a_half_per_cent_on_either_side(n, level):

    lower, upper, covers = quantile_ranks(n, level)

    assert 0 <= lower < upper <= n + 1
    # Below the lower rank with as many as `lower` values or more; above with fewer than `upper`.
    assert stats.binom.cdf(lower - 1, n, level) <= 0.025 + 1e-12
    assert stats.binom.sf(upper - 1, n, level) <= 0.025 + 1e-12
    assert covers >= 0.95 - 1e-12
    # One rank further in would be too bold.
    assert stats.binom.cdf(lower, n, level) >= 0.025 - 1e-12


@pytest.mark.parametrize(("n", "level"), [(100, 0.5), (200, 0.95), (80, 0.95), (100, 0.1)])
def test_interpolated_ends_leave_two_and_a_half_per_cent_out_on_either_side(n, level):
    """5,000 studies of uniform values; plain order statistics leave 0.9 to 2.2% out on a side."""
    samples = np.random.default_rng(4).random((5_000, n))
    found = [quantile_estimate(sample, level) for sample in samples]
    low, high = np.array([estimate.ci95 for estimate in found]).T

    assert {estimate.method for estimate in found} == {"interpolated order statistics"}
    error = math.sqrt(0.025 * 0.975 / 5_000)
    assert np.mean(low > level) == pytest.approx(0.025, abs=4 * error)
    assert np.mean(high < level) == pytest.approx(0.025, abs=4 * error)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=300, unique=True), st.floats(0.01, 0.99))
def test_interpolated_ends_lie_between_the_ranks_that_hold_for_every_law(values, level):
    lower, upper, _ = quantile_ranks(len(values), level)
    ordered = [-math.inf, *sorted(values), math.inf]

    low, high = quantile_estimate(np.array(values), level).ci95

    slack = 1e-9 * max(values)
    assert ordered[lower] <= low + slack
    assert high <= ordered[upper] + slack
    assert low <= ordered[lower + 1] + slack
    assert ordered[upper - 1] <= high + slack


def test_a_law_with_atoms_keeps_the_ranks_and_says_so():
    fines = np.repeat([0.0, 10.0, 50.0, 100.0], [120, 50, 20, 10])

    found = quantile_estimate(fines, 0.9)

    lower, upper, _ = quantile_ranks(200, 0.9)
    assert found.ci95 == (np.sort(fines)[lower - 1], np.sort(fines)[upper - 1])
    assert found.method == "order statistics, at least 95%"


def test_the_tail_alone_gives_the_same_tail_mean():
    """The bootstrap sees only the tail, so its formula must be the estimator's."""
    for level in (0.9, 0.95, 0.99, 0.333):
        ordered = np.sort(SKEWED)
        tail = ordered[tail_rank(len(ordered), level) - 1 :]

        assert tail_means(tail, len(ordered), level)[0] == pytest.approx(cvar(SKEWED, level))


def test_resampled_tails_are_those_of_a_plain_bootstrap():
    """Mean and spread of 1,000 resampled tail means, within 4 standard errors of 4,000 plain ones.

    Sees an index that is off by one: the tail mean would move by a standard error in three.
    """
    from pbc_sim.decision.risk import intervals

    n, value = len(SKEWED), cvar(SKEWED)
    ordered = np.sort(SKEWED)
    tail = n - tail_rank(n, 0.95) + 1
    ours = intervals._studentised(ordered, tail, 0.95, value)
    rng = np.random.default_rng(3)
    drawn = np.sort(SKEWED[rng.integers(n, size=(4000, n))], axis=1)[:, n - tail :]
    means, errors = tail_means(drawn, n, 0.95)
    plain = (means - value) / errors

    error = math.sqrt(ours.var() / len(ours) + plain.var() / len(plain))
    assert abs(np.median(ours) - np.median(plain)) < 4 * 1.2533 * error
    assert stats.ks_2samp(ours, plain).pvalue > 1e-4


def test_one_sample_has_one_interval():
    assert cvar_estimate(SKEWED) == cvar_estimate(SKEWED[::-1])


def test_the_interval_of_a_tail_mean_leans_to_the_side_that_was_not_seen():
    found = cvar_estimate(SKEWED)

    low, high = found.ci95
    assert found.method == "bootstrap-t"
    assert high - found.value > found.value - low > 0


def test_a_capped_tail_is_certain_and_says_so():
    """A cap on deductions makes the whole tail one amount."""
    found = cvar_estimate(np.minimum(np.arange(200.0), 150.0))

    assert found.ci95 == (150.0, 150.0)
    assert "tail is one value" in found.warning


def test_few_different_tail_values_fall_back_on_the_asymptotic_interval():
    """One value of 100 differs from the atom; over a third of resamples miss it."""
    found = cvar_estimate(np.array([0.0] * 99 + [1.0]), 0.9)

    assert found.method == "asymptotic"
    assert found.ci95[0] < found.value < found.ci95[1]


def test_one_replication_has_no_interval_and_says_why():
    assert "run 2" in mean_estimate(np.array([5.0])).warning
    assert all(math.isnan(end) for end in cvar_estimate(np.array([5.0])).ci95)


def test_skewed_values_are_covered_as_they_should_be():
    """3,000 studies of 40 exponential values have a standard error of 0.4 points; t covers 93.2%.

    The misses lie on one side more than on the other, but not by a factor of 4, as with Student's.
    """
    samples = np.random.default_rng(12).exponential(1.0, (3_000, 40))
    found = [mean_estimate(sample) for sample in samples]
    low, high = np.array([estimate.ci95 for estimate in found]).T

    assert np.mean((low <= 1) & (high >= 1)) == pytest.approx(0.95, abs=0.012)
    assert np.mean(high < 1) < 4 * np.mean(low > 1)


@pytest.mark.parametrize(
    ("times", "n", "warns"), [(1, 30, True), (3, 200, True), (60, 400, False), (100, 300, False)]
)
def test_a_mean_of_few_events_says_that_it_needs_more(times, n, warns):
    """A penalty of 80 that was due a few times; its skewness is 1 / sqrt(times / n), nearly."""
    found = mean_estimate(np.r_[np.full(times, 80.0), np.zeros(n - times)])

    assert bool(found.warning) == warns
    assert found.method == ("Student's t" if warns else "Johnson's t")
    needed = re.search(r"about (\d+) replications", found.warning)
    assert (needed is not None and int(needed[1]) > n) == warns


def test_values_that_jump_say_how_many_even_it_out():
    """A lump sum due in every fourth of 100 futures; the same with luck of its own beside it."""
    luck = np.random.default_rng(3).normal(0, 1, 100)
    due = np.where(np.arange(100) % 4 == 0, 80.0, 0.0)

    for values in (due, due + luck):
        found = mean_estimate(values)
        assert found.method == "Johnson's t"
        needed = re.search(
            r"values jump.* about (\d+) replications even it out, not 100", found.warning
        )
        assert 200 <= int(needed[1]) < 260
        assert mean_estimate(np.tile(values, 3)).warning == ""


def test_a_long_tail_is_no_jump():
    """Few of 500 studies of 40 exponential costs are said to jump."""
    samples = np.random.default_rng(12).exponential(1.0, (500, 40))

    assert np.mean(["jump" in mean_estimate(sample).warning for sample in samples]) < 0.02


def test_fewer_than_thirty_replications_do_not_show_how_skewed_values_are():
    values = np.random.default_rng(1).normal(0, 1, 30)

    assert mean_estimate(values).warning == ""
    few = mean_estimate(values[:29]).warning
    assert few == "29 replications do not show how skewed values are; run 30"


def test_the_curve_of_exceedance_falls_from_one_to_nought():
    curve = exceedance(SKEWED)

    assert curve["probability"].is_monotonic_decreasing
    assert curve["probability"].iloc[-1] == 0
    assert ((curve["low"] <= curve["probability"]) & (curve["probability"] <= curve["high"])).all()
    assert set(curve["method"]) == {"Wilson", "Clopper-Pearson"}
    with pytest.raises(pbc.PbcError, match="at least one replication"):
        exceedance(np.array([]))


@pytest.mark.parametrize(
    ("ours", "theirs", "first", "second"),
    [
        ([2, 3, 4], [1, 3, 4], True, True),  # no quantile is lower
        ([2, 3], [1, 4], False, True),  # the same mean, less spread
        ([1, 4], [2, 3], False, False),  # a gamble
        ([2, 9], [3, 4], False, False),  # more on average, and worse at its worst
        ([1, 2], [2, 1], False, False),  # the same law: neither is better
    ],
)
def test_dominance_of_profits_and_of_costs(ours, theirs, first, second):
    ours, theirs = np.array(ours, float), np.array(theirs, float)

    of_profit = dominance(ours, theirs, is_cost=False)
    of_cost = dominance(-ours, -theirs, is_cost=True)

    assert (of_profit.first_order, of_profit.second_order) == (first, second)
    assert of_cost == of_profit


def test_dominance_says_how_often_it_holds():
    luck = np.random.default_rng(2).normal(size=500)

    assert dominance(luck + 0.5, luck, is_cost=False).first_holds == 1.0
    close = dominance(luck + 0.001 * np.random.default_rng(3).normal(size=500), luck, is_cost=False)
    assert close.second_holds < 0.9
    assert str(dominance(luck + 1, luck, is_cost=False)).startswith("better at every quantile")


def test_dominance_refuses_other_replications():
    with pytest.raises(pbc.PbcError, match="same replications, got 3 and 2"):
        dominance(np.zeros(3), np.zeros(2), is_cost=True)


def test_a_summary_says_how_sure_its_tail_is():
    seen = summary(SKEWED, is_cost=True)

    assert seen.var95_ci95 == var_estimate(SKEWED).ci95
    assert seen.cvar95_ci95 == cvar_estimate(SKEWED).ci95
    for name, level in (("5%", 0.05), ("50%", 0.5), ("95%", 0.95)):
        assert seen.quantiles_ci95[name] == quantile_estimate(SKEWED, level).ci95
        assert seen.quantiles_ci95[name][0] < seen.quantiles[name] < seen.quantiles_ci95[name][1]
    assert seen.methods == {
        "mean": "Johnson's t",
        "var95": "interpolated order statistics",
        "cvar95": "bootstrap-t",
    }
    assert seen.warning == ""
    assert "needs 59 replications, not 30" in summary(SKEWED[:30], is_cost=True).warning


def test_the_comparison_shows_how_sure_var_and_cvar_are(small_outcomes):
    """42 futures are too few for the 95% tail."""
    comparison = pbc.compare(small_outcomes.settle(), plan="rich")

    table = comparison.table[comparison.titled("fined")]
    assert "[at least" in table["buyer cost: VaR 95% of cost"]
    assert "[" in table["supplier profit: CVaR 95% of loss"]
    assert "needs 59 replications, not 42" in table["buyer cost: too few replications"]
    assert '"var95_ci95"' in comparison.to_json()


def test_the_comparison_tells_how_probably_a_budget_is_exceeded(shipped_outcomes):
    comparison = pbc.compare(shipped_outcomes.settle())

    curves = comparison.exceedance("buyer_cost")

    # The harsh contract is not signed.
    assert list(curves.index.unique()) == [name for name in comparison.results if name != "harsh"]
    cost = comparison.sample("pbc_2022", "buyer_cost")
    assert curves.loc["pbc_2022"].equals(exceedance(cost).set_axis(curves.loc["pbc_2022"].index))
    assert '"quantiles_ci95"' in comparison.to_json()
    assert "[" in comparison.table.loc["buyer cost: 50%", comparison.titled("pbc_2022")]
    with pytest.raises(pbc.PbcError, match="unknown amount 'cost'"):
        comparison.exceedance("cost")


def test_the_comparison_tells_who_gains_whatever_their_fear(shipped_outcomes):
    comparison = pbc.compare(shipped_outcomes.settle())

    found = comparison.dominance

    # The harsh contract is not signed, and the baseline is not compared with itself.
    compared = ["pbc_2022", "mild_with_bonus", "milestones_30_50_20"]
    assert list(found.index) == [comparison.titled(name) for name in compared]
    said = found.loc[comparison.titled("pbc_2022"), "buyer cost"]
    assert said.startswith("better at every quantile")


def covered(samples, estimate, truth):
    """Return the share of samples whose interval holds the truth."""
    ends = np.array([estimate(sample).ci95 for sample in samples])
    return float(((ends[:, 0] <= truth) & (truth <= ends[:, 1])).mean())


LAWS = {
    "normal": stats.norm(100, 20),
    "lognormal": stats.lognorm(0.5, scale=math.exp(4)),
    "exponential": stats.expon(scale=50),
}


def tail_mean(law, level):
    return law.expect(lambda x: x, lb=law.ppf(level), conditional=True)


def coverage_of_tails(name, n, studies):
    law = LAWS[name]
    samples = law.rvs((studies, n), random_state=np.random.default_rng(41))
    return (
        covered(samples, var_estimate, law.ppf(0.95)),
        covered(samples, cvar_estimate, tail_mean(law, 0.95)),
    )


@pytest.mark.parametrize("name", LAWS)
def test_tails_are_covered_in_a_short_study(name):
    """300 studies of 400 replications; 4 standard errors are 5 points: sees a coverage of 88%."""
    at_risk, tail = coverage_of_tails(name, 400, 300)

    assert at_risk >= 0.95 - 0.05
    assert tail >= 0.88


@pytest.mark.slow
@pytest.mark.parametrize("n", [200, 1000])
@pytest.mark.parametrize("name", LAWS)
def test_tails_are_covered(name, n):
    """4,000 studies; 4 standard errors are 1.4 points.

    Interpolated order statistics cover nearly exactly. The bootstrap-t is approximate, and its
    own error is given half a point more; at 200 it sees the asymptotic interval: 87 to 89%.
    """
    at_risk, tail = coverage_of_tails(name, n, 4_000)

    assert at_risk == pytest.approx(0.95, abs=0.014)
    assert tail == pytest.approx(0.95, abs=0.019)


@pytest.mark.slow
@pytest.mark.parametrize(("p", "n"), [(0.004, 500), (0.02, 500), (0.2, 500)])
def test_probabilities_are_covered(p, n):
    """4,000 studies; rare events are covered at least as often as is said."""
    happened = np.random.default_rng(7).random((4_000, n)) < p

    coverage = covered(happened, probability_estimate, p)

    assert coverage >= 0.95 - 0.014
    assert coverage <= 0.95 + (0.014 if p == 0.2 else 0.05)


@pytest.mark.slow
@pytest.mark.parametrize("n", [30, 200])
def test_means_are_covered(n):
    """4,000 studies of normal amounts; sees Student's t mistaken for the normal law at 30."""
    samples = np.random.default_rng(9).normal(3, 2, (4_000, n))

    assert covered(samples, mean_estimate, 3.0) == pytest.approx(0.95, abs=0.014)


def test_sample_sizes_of_wilks():
    assert (replications_for_tail(0.95), replications_for_tail(0.99)) == (59, 299)
