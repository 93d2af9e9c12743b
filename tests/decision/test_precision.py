"""Replications are added until means are sure enough, and are the same as those of one run."""

import numpy as np
import pytest

import pbc_sim as pbc
from pbc_sim.decision.precision import _table


@pytest.fixture(scope="module")
def sure(small):
    return pbc.run_until(
        small, relative={"buyer_cost": 0.03}, absolute={"payments": 150}, pilot=20, seed=3,
        workers=1,
    )  # fmt: skip


def test_added_replications_are_those_of_one_run(sure, small):
    n = sure.outcomes.replications
    assert len(sure.checked_at) > 1

    at_once = pbc.run(small, n, seed=3, workers=1, progress=False)

    assert sure.outcomes.digest() == at_once.digest()
    assert list(sure.outcomes.scores.replications) == list(range(n))


def test_every_wanted_half_width_is_reached_and_one_check_earlier_was_not(sure, small):
    assert sure.reached
    assert (sure.table["half_width"] <= sure.table["wanted"]).all()
    assert sure.outcomes.replications == sure.checked_at[-1]

    earlier = pbc.run(small, sure.checked_at[-2], seed=3, workers=1, progress=False)

    before = _table(earlier.settle(), {"payments": 150}, {"buyer_cost": 0.03})
    assert (before["half_width"] > before["wanted"]).any()


def test_the_pilot_predicts_the_number(sure):
    """Twenty futures know a variance to a third, so a factor of two either way is fair."""
    assert sure.predicted / 2 <= sure.outcomes.replications <= sure.predicted * 2
    assert f"predicted {sure.predicted}" in str(sure)


def test_half_widths_hold_together(sure):
    """Two contracts and two amounts: each interval has 98.75%, and is wider than one of 95%."""
    from pbc_sim.decision.risk import mean_interval

    prices = sure.outcomes.settle()
    for (contract, amount), row in sure.table.iterrows():
        values = getattr(prices, amount).sel(contract=contract, plan=row["plan"]).values
        low, high = mean_interval(values)
        assert row["half_width"] == pytest.approx((high - low) / 2 * 1.28, rel=0.03)


def test_too_many_replications_are_not_run(small):
    found = pbc.run_until(small, absolute={"payments": 0.01}, pilot=5, most=12, workers=1)

    assert not found.reached
    assert found.outcomes.replications == 12
    assert found.predicted > 1000
    assert np.isfinite(found.table["half_width"]).all()
    assert "not reached after 12" in str(found)


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        ({}, "nothing says how sure"),
        ({"absolute": {"payment": 1}}, "unknown amount 'payment'.*Did you mean 'payments'"),
        ({"relative": {"payments": 0.0}}, "relative half-width of payments must be > 0, got 0.0"),
        ({"relative": {"payments": "1%"}}, "relative half-width of payments must be int or float"),
        ({"absolute": {"payments": 1}, "pilot": 1}, "pilot must be >= 2 replications, got 1"),
        ({"absolute": {"payments": 1}, "most": 9}, "most must be >= 100 replications, got 9"),
    ],
)
def test_what_makes_no_sense_is_refused(small, wishes, message):
    with pytest.raises(pbc.PbcError, match=message):
        pbc.run_until(small, **wishes)
