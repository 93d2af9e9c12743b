"""Value at risk and its tail, against laws whose values are known exactly.

Nothing here is simulated: a law is given as its exact quantiles on a fine grid.
"""

import numpy as np
import pytest
from scipy import stats

from pbc_sim.decision.risk import cvar, paired, probability, summary, var

LEVELS = [0.9, 0.95, 0.99]
GRID = (np.arange(400_000) + 0.5) / 400_000
NORMAL, LOGNORMAL = stats.norm(100, 20), stats.lognorm(0.5, scale=np.exp(4))
EXPONENTIAL = stats.expon(scale=50)


def tail_mean(law, level):
    """Return the mean above a quantile, by integration."""
    return law.expect(lambda x: x, lb=law.ppf(level), conditional=True)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("law", [NORMAL, LOGNORMAL, EXPONENTIAL])
def test_a_law_given_by_its_quantiles(law, level):
    """Sees 0.02% of a value."""
    costs = law.ppf(GRID)

    assert var(costs, level) == pytest.approx(law.ppf(level), rel=2e-4)
    assert cvar(costs, level) == pytest.approx(tail_mean(law, level), rel=2e-4)


@pytest.mark.parametrize("law", [NORMAL, LOGNORMAL, EXPONENTIAL])
def test_the_tail_mean_of_a_profit_is_of_its_loss(law):
    costs = law.ppf(GRID)

    as_cost, as_profit = summary(costs, is_cost=True), summary(-costs, is_cost=False)

    assert as_profit.var95 == as_cost.var95
    assert as_profit.cvar95 == as_cost.cvar95
    assert as_profit.mean == -as_cost.mean


ATOMS = np.repeat([0.0, 10.0, 50.0, 100.0], [60, 25, 10, 5])


@pytest.mark.parametrize(
    ("level", "value", "tail"),
    [
        (0.80, 10.0, (5 * 100 + 10 * 50 + 5 * 10) / 20),  # a quarter of the atom at 10
        (0.90, 50.0, (5 * 100 + 5 * 50) / 10),  # half of the atom at 50
        (0.95, 50.0, 100.0),  # nothing of it
        (0.97, 100.0, 100.0),  # inside the last atom
    ],
)
def test_an_atom_at_the_value_at_risk_is_split(level, value, tail):
    assert var(ATOMS, level) == value
    assert cvar(ATOMS, level) == pytest.approx(tail)


def test_the_order_of_the_sample_does_not_matter():
    shuffled = np.random.default_rng(1).permutation(ATOMS)

    assert cvar(shuffled, 0.9) == cvar(ATOMS, 0.9)


@pytest.mark.parametrize(("level", "tail"), [(0.9, 95.5), (0.95, 98.0), (0.99, 100.0)])
def test_one_to_a_hundred(level, tail):
    costs = np.arange(1, 101)

    assert var(costs, level) == 100 * level
    assert cvar(costs, level) == pytest.approx(tail)


def test_an_interval_covers_the_mean_as_often_as_it_says():
    """Student's t with ten values; sees a coverage of 92% (as by the normal law)."""
    from pbc_sim.decision.risk import mean_interval

    samples = np.random.default_rng(2).normal(3, 2, (8_000, 10))

    low, high = np.array([mean_interval(sample) for sample in samples]).T
    covered = ((low <= 3) & (high >= 3)).mean()

    standard_error = np.sqrt(0.95 * 0.05 / len(samples))
    assert 8 * standard_error <= 0.95 - 0.918
    assert abs(covered - 0.95) <= 4 * standard_error


def test_a_probability_that_never_happened_is_not_nought():
    never = probability(np.zeros(59, dtype=bool))

    assert never.estimate == 0.0
    assert 0.04 < never.ci95[1] < 0.07


def test_a_difference_without_spread_has_no_variance_ratio():
    costs = np.arange(5.0)

    same = paired(costs + 1, costs)

    assert same.difference == 1.0
    assert np.isnan(same.variance_ratio)


@pytest.mark.parametrize(
    ("case", "law"),
    [("risk_normal", NORMAL), ("risk_lognormal", LOGNORMAL), ("risk_exponential", EXPONENTIAL)],
)
def test_laws_equal_the_reference(reference, case, law):
    for row in reference(case)["expected"]["rows"]:
        costs = law.ppf(GRID)
        assert var(costs, row["level"]) == pytest.approx(row["VaR"], rel=2e-4)
        assert cvar(costs, row["level"]) == pytest.approx(row["CVaR"], rel=2e-4)


def test_atoms_equal_the_reference(reference):
    for row in reference("risk_discrete_atoms")["expected"]["rows"]:
        assert var(ATOMS, row["level"]) == row["VaR"]
        assert cvar(ATOMS, row["level"]) == pytest.approx(row["CVaR_Rockafellar_Uryasev"])


def test_one_to_a_hundred_equals_the_reference(reference):
    expected = reference("risk_empirical_1_to_100")["expected"]
    costs = np.arange(1, 101)

    for level in LEVELS:
        assert var(costs, level) == expected["VaR"]["inverted_cdf"][str(level)]
        assert cvar(costs, level) == pytest.approx(expected["CVaR_RU"][str(level)])


def test_ranks_of_quantiles_equal_the_reference(reference):
    from pbc_sim.decision.risk import quantile_ranks

    for row in reference("risk_quantile_order_stat_ci")["expected"]["rows"]:
        lower, upper, covers = quantile_ranks(row["n"], row["p"])
        assert (lower, upper) == (row["lower_rank"], row["upper_rank"])
        assert covers == pytest.approx(row["coverage"])


def test_sample_sizes_equal_the_reference(reference):
    from pbc_sim.decision.risk import replications_for_tail

    expected = reference("risk_wilks")["expected"]
    assert replications_for_tail(0.95) == expected["one_sided_95_95"]
    assert replications_for_tail(0.99) == expected["one_sided_99_95"]
