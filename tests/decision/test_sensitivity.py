"""What that nobody knows matters most: against cases whose answer is known exactly."""

import numpy as np
import pytest

import pbc_sim as pbc
from pbc_sim.show import plots

MONITORING, RETURNED = "costs.buyer.monitoring_per_review", "costs.buyer.per_returned_unit"
ERRORS = "world.picking.error_share"
LAWS = {
    MONITORING: {"uniform": {"low": 0, "high": 200}},
    RETURNED: {"uniform": {"low": 0, "high": 20}},
}


def doubtful(small, laws):
    return pbc.Scenario.model_validate(small.model_dump() | {"uncertain": {"parameters": laws}})


@pytest.fixture(scope="module")
def linear(small):
    return doubtful(small, LAWS)


@pytest.fixture(scope="module")
def returned(small_outcomes):
    """Units returned on average in the first four futures of seed 3 under the lean plan."""
    costs = small_outcomes.costs.sel(plan="lean", line="returns_handling").isel(term=0)
    return float(costs[:4].mean()) / 5


def test_a_cost_rate_moves_the_cost_by_what_it_is_paid_on(linear):
    """Two KPIs are reviewed twice each: 4 reviews, at 20 and 180 instead of 3."""
    found = pbc.tornado(linear, "fined", plan="lean", replications=4, seed=3)

    row = found.loc[MONITORING]
    assert (row["value_low"], row["value_high"]) == (pytest.approx(20), pytest.approx(180))
    assert row["at_low"] == row["at_low_from"] == pytest.approx(4 * (20 - 3))
    assert row["at_high"] == pytest.approx(4 * (180 - 3))
    assert row["swing"] == pytest.approx(4 * 160)


def test_the_widest_swing_comes_first_and_errors_cost(small):
    told = doubtful(small, LAWS | {ERRORS: {"beta": {"mean": 0.1, "concentration": 30}}})
    found = pbc.tornado(told, "fined", plan="lean", replications=6, seed=3)

    assert found["swing"].is_monotonic_decreasing
    row = found.loc[ERRORS]
    assert row["value_low"] < 0.1 < row["value_high"]
    assert row["at_low"] < 0 < row["at_high"]


@pytest.mark.slow
def test_shares_of_variance_of_a_sum_are_known(linear, returned):
    """Cost = ... + 4 monitoring + units x rate: 16 and units^2 times the variances of the laws."""
    found = pbc.sobol_indices(linear, "fined", plan="lean", points=32, replications=4, seed=3)

    parts = {MONITORING: 16 * 200**2 / 12, RETURNED: returned**2 * 20**2 / 12}
    for path, part in parts.items():
        share = part / sum(parts.values())
        assert found.loc[path, "first"] == pytest.approx(share, abs=0.2)
        assert found.loc[path, "total"] == pytest.approx(share, abs=0.2)
        assert found.loc[path, "total_low"] <= found.loc[path, "total"]
    assert found["total"].is_monotonic_decreasing


def test_screening_of_a_sum_finds_each_slope_and_no_spread(linear, returned):
    """From the 5% to the 95% quantile: 4 reviews of 180 each, and 18 for each unit returned."""
    asked = {"plan": "lean", "walks": 3, "replications": 4, "seed": 3}
    found = pbc.morris_screening(linear, "fined", **asked)

    slopes = {MONITORING: 4 * 180, RETURNED: returned * 18}
    for path, slope in slopes.items():
        row = found.loc[path]
        assert row["mu_star"] == row["mu"] == pytest.approx(slope)
        assert row["mu_star_low"] == pytest.approx(slope)
        assert row["mu_star_high"] == pytest.approx(slope)
        assert row["sigma"] == pytest.approx(0, abs=1e-6 * slope)
    assert found["mu_star"].is_monotonic_decreasing
    gained = pbc.morris_screening(linear, "fined", amount="payments", **asked)
    assert (gained[["mu_star", "sigma"]] == 0).all(axis=None)


def test_picture_has_a_row_a_parameter(linear):
    found = pbc.tornado(linear, "fined", plan="lean", replications=3)
    ax = plots.plot_tornado(found, currency="EUR")
    ax.figure.canvas.draw()

    assert [label.get_text() for label in ax.get_yticklabels()] == list(found.index)


def test_what_cannot_be_asked_is_refused(small, linear):
    with pytest.raises(pbc.PbcError, match="nothing in this scenario is uncertain"):
        pbc.tornado(small, "fined")
    with pytest.raises(pbc.PbcError, match="0 < low < high < 1"):
        pbc.tornado(linear, "fined", plan="lean", quantiles=(0.9, 0.1))
    with pytest.raises(pbc.PbcError, match="points must be a power of 2, got 12; take 16"):
        pbc.sobol_indices(linear, "fined", plan="lean", points=12)
    with pytest.raises(pbc.PbcError, match="walks must be >= 2, got 1"):
        pbc.morris_screening(linear, "fined", plan="lean", walks=1)
    with pytest.raises(pbc.PbcError, match="0 < low < high < 1"):
        pbc.morris_screening(linear, "fined", plan="lean", quantiles=(0.0, 0.9))
    with pytest.raises(pbc.PbcError, match="does not depend on anything"):
        pbc.sobol_indices(linear, "fined", plan="lean", amount="payments", points=2, replications=2)
    one = doubtful(small, {ERRORS: {"uniform": {"low": 0, "high": 0.4}}})
    with pytest.raises(pbc.PbcError, match=f"{ERRORS} alone is uncertain, so all of the variance"):
        pbc.sobol_indices(one, "fined", plan="lean", points=2, replications=2)
    with pytest.raises(pbc.PbcError, match="unknown amount"):
        pbc.tornado(linear, "fined", amount="cost")


def test_the_supplier_chooses_by_what_is_believed(linear):
    named = pbc.tornado(linear, "fined", plan="rich", replications=2, amount="supplier_profit")
    best = pbc.tornado(linear, "fined", replications=2, amount="supplier_profit")

    assert np.isfinite(best.to_numpy()).all()
    assert set(best.index) == set(named.index)
