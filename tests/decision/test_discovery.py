"""Boxes of uncertain parameters in which a contract fails, where the true box is known."""

import numpy as np
import pytest

import pbc_sim as pbc

ERRORS, ORDERS = "world.picking.error_share", "costs.buyer.per_returned_unit"
LAWS = {
    ERRORS: {"uniform": {"low": 0, "high": 0.4}},
    ORDERS: {"uniform": {"low": 0, "high": 20}},
}


@pytest.fixture(scope="module")
def outcomes(small):
    told = pbc.Scenario.model_validate(small.model_dump() | {"uncertain": {"parameters": LAWS}})
    return pbc.run(told, 300, seed=4, workers=1, progress=False)


def test_the_box_that_fails_is_found(outcomes):
    """It fails above 30% errors where returns cost more than 10; a tenth by luck elsewhere."""
    errors, cost = (outcomes.parameters.sel(parameter=p).values for p in (ERRORS, ORDERS))
    luck = np.random.default_rng(1).random(300)
    fails = ((errors > 0.3) & (cost > 10)) | (luck < 0.1)

    found = pbc.failure_box(outcomes, fails)

    assert found.limits.loc[ERRORS, "low"] == pytest.approx(0.3, abs=0.03)
    assert found.limits.loc[ORDERS, "low"] == pytest.approx(10, abs=3)
    assert np.isinf(found.limits["high"]).sum() >= 1
    assert (found.limits["chance"] < 0.05).all()
    assert found.inside.estimate > 0.8 > 0.3 > found.outside.estimate
    assert "world.picking.error_share above 0.2998" in str(found)


def test_luck_alone_makes_no_box_that_holds(outcomes):
    """The first half always finds something; the second half says that it was luck."""
    fails = np.random.default_rng(2).random(300) < 0.2

    found = pbc.failure_box(outcomes, fails)

    low, high = found.inside.ci95
    assert low <= 0.2 <= high
    assert found.path["density"].iloc[-1] > found.inside.estimate


def test_a_contract_fails_where_work_is_bad(outcomes):
    accuracy = outcomes.settle().kpi_values("fined").sel(kpi="accuracy", plan="lean").values
    fails = accuracy < np.quantile(accuracy, 0.3)

    found = pbc.failure_box(outcomes, fails)

    assert ERRORS in found.limits.index
    assert np.isfinite(found.limits.loc[ERRORS, "low"])
    assert 0 < found.support < 1
    assert found.path["density"].is_monotonic_increasing


def test_what_has_no_box_is_refused(outcomes, small_outcomes):
    with pytest.raises(pbc.PbcError, match="nothing in this scenario is uncertain"):
        pbc.failure_box(small_outcomes, np.zeros(42, bool))
    with pytest.raises(pbc.PbcError, match="0 of 150 futures of a half fail"):
        pbc.failure_box(outcomes, np.zeros(300, bool))
    with pytest.raises(pbc.PbcError, match="one value a future, 300"):
        pbc.failure_box(outcomes, np.zeros(3, bool))
    with pytest.raises(pbc.PbcError, match="peel must be > 0 and < 1"):
        pbc.failure_box(outcomes, np.arange(300) % 3 == 0, peel=0)
