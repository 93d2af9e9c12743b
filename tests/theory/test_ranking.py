"""Procedures that find the best: their constants, what they cover, how often they are right."""

import numpy as np
import pytest
from scipy import stats

from pbc_sim.decision.risk.ranking import (
    kim_nelson,
    multiple_comparison,
    ocba_shares,
    rinott_constant,
)
from pbc_sim.errors import PbcError

POLICIES = [(20, 40), (20, 80), (40, 60), (40, 100), (60, 100)]


def koenig_law_costs(demand):
    """Return the cost per period of each policy under given demands, shape (n, 5).

    Order up to S if stock is below s at the beginning of a period, delivered at once; 32 an order
    and 3 a unit; 1 for a unit left, 5 for a unit short at the end.
    """
    n, periods = demand.shape
    costs = np.empty((n, len(POLICIES)))
    for p, (low, up) in enumerate(POLICIES):
        stock, total = np.full(n, float(up)), np.zeros(n)
        for t in range(periods):
            ordered = np.where(stock < low, up - stock, 0)
            total += np.where(ordered > 0, 32 + 3 * ordered, 0)
            stock = stock + ordered - demand[:, t]
            total += np.maximum(stock, 0) + 5 * np.maximum(-stock, 0)
        costs[:, p] = total / periods
    return costs


def test_constants_equal_the_reference(reference):
    for row in reference("rs_rinott_h")["expected"]["rows"]:
        assert rinott_constant(row["k"], row["n0"], row["P"]) == pytest.approx(row["h"], rel=1e-5)


def test_shares_of_a_budget_equal_the_reference(reference):
    case = reference("rs_ocba_allocation")
    means, sds = (np.array(case["parameters"][name]) for name in ("means", "sds"))

    assert ocba_shares(means, sds) == pytest.approx(case["expected"]["fractions"])


def test_koenig_and_law_is_the_textbook_system(reference):
    demand = np.random.default_rng(5).poisson(25, (40_000, 30))
    expected = reference("rs_koenig_law_1985")["expected"]["expected_cost"]

    costs = koenig_law_costs(demand)

    error = costs.std(axis=0, ddof=1) / 200
    assert (np.abs(costs.mean(axis=0) - expected) < 4 * error).all()


@pytest.mark.parametrize("correlated", [True, False])
def test_comparison_with_the_best_covers_all_gaps_together(correlated):
    """At least 95%, less four standard errors; with three nearly equal means it is hardest."""
    rng, means, times = np.random.default_rng(3), np.array([0.0, 0.05, 0.1, 1.0]), 1000
    true = np.array([mean - np.delete(means, i).min() for i, mean in enumerate(means)])
    covered = found_best = 0
    for _ in range(times):
        shared = rng.normal(size=25) * 3 * correlated
        draws = means[:, None] + shared + rng.normal(size=(4, 25)) * [[1], [1], [2], [1]]
        table = multiple_comparison(dict(zip("abcd", draws, strict=True))).loc[list("abcd")]
        covered += bool(((table["low"] <= true) & (true <= table["high"])).all())
        found_best += bool(table.loc["a", "possibly_best"])

    assert covered / times > 0.95 - 4 * np.sqrt(0.05 * 0.95 / times)
    assert found_best >= covered


def test_shared_luck_makes_the_comparison_sharper():
    """The same demand for all five policies rules out more than demands of their own."""
    rng = np.random.default_rng(1)
    names = [f"{low}_{up}" for low, up in POLICIES]
    shared = koenig_law_costs(rng.poisson(25, (60, 30)))
    own = np.stack([koenig_law_costs(rng.poisson(25, (60, 30)))[:, p] for p in range(5)], axis=1)

    widths = [
        (found["high"] - found["low"]).sum()
        for found in (
            multiple_comparison(dict(zip(names, c.T, strict=True))) for c in (shared, own)
        )
    ]
    assert widths[0] < widths[1]


def select_koenig_law(seed, confidence=0.95):
    rng = np.random.default_rng(seed)
    names = [f"{low}_{up}" for low, up in POLICIES]

    def draw(asked, first, count):
        del first
        costs = koenig_law_costs(rng.poisson(25, (count, 30)))
        return {name: costs[:, names.index(name)] for name in asked}

    return kim_nelson(draw, names, 1.0, confidence=confidence, first_stage=20, step=5)


def test_the_worst_policies_are_eliminated_first():
    found = select_koenig_law(1)

    assert found.best == "20_80"
    assert found.decided
    assert found.left_at["60_100"] <= found.left_at["20_40"]
    assert found.replications["60_100"] < found.replications["20_80"]
    for name, n in found.left_at.items():
        assert found.replications[name] == n >= 20


@pytest.mark.slow
def test_koenig_and_law_are_ranked_rightly_as_often_as_promised():
    """500 selections; a procedure that is right in less than 92% would be seen."""
    right = sum(select_koenig_law(seed).best == "20_80" for seed in range(500))

    assert right / 500 >= 0.95


@pytest.mark.slow
def test_least_favourable_means_are_selected_rightly_as_often_as_promised():
    """All others worse by just the difference that matters; independent luck."""
    names, times = list("abcde"), 2000
    right = 0
    for seed in range(times):
        rng = np.random.default_rng(seed)

        def draw(asked, first, count, rng=rng):
            del first
            means = {name: float(name != "a") for name in asked}
            return {name: mean + 2 * rng.normal(size=count) for name, mean in means.items()}

        right += kim_nelson(draw, names, 1.0, confidence=0.9, first_stage=10, step=4).best == "a"

    low = stats.binomtest(right, times).proportion_ci(0.999).low
    assert right / times >= 0.9 > low - 0.1


def test_a_budget_ends_a_selection_that_is_not_decided():
    rng = np.random.default_rng(0)

    def draw(asked, first, count):
        del first
        return {name: rng.normal(size=count) for name in asked}

    found = kim_nelson(draw, ["a", "b"], 1e-3, first_stage=10, most=40)

    assert not found.decided
    assert max(found.replications.values()) == 40


def test_equal_alternatives_are_a_tie():
    found = kim_nelson(
        lambda asked, first, count: {name: np.arange(first, first + count) * 1.0 for name in asked},
        ["a", "b"],
        0.5,
        first_stage=5,
    )

    assert found.decided
    assert found.best == "a"


def test_what_cannot_be_ranked_is_refused():
    with pytest.raises(PbcError, match="two or more different alternatives"):
        kim_nelson(lambda *_: {}, ["a", "a"], 1.0)
    with pytest.raises(PbcError, match="difference must be > 0"):
        kim_nelson(lambda *_: {}, ["a", "b"], 0.0)
    with pytest.raises(PbcError, match="first_stage must be >= 3"):
        kim_nelson(lambda *_: {}, ["a", "b"], 1.0, first_stage=2)
    with pytest.raises(PbcError, match="at least two alternatives"):
        multiple_comparison({"a": np.ones(3)})
    with pytest.raises(PbcError, match="same least mean"):
        ocba_shares(np.array([1.0, 1.0]), np.ones(2))
