"""Target cost schemes over the whole range of costs, against the rules in words."""

import numpy as np
import pytest

from pbc_sim.contract import Contract
from pbc_sim.contract.payments import CostPlusIncentive, FixedPriceIncentive
from pbc_sim.contract.settlement import settle_block
from pbc_sim.errors import PbcError
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.performance.scorecard import Scores

CPIF = CostPlusIncentive(
    target_cost=5_000_000.0,
    target_fee=350_000.0,
    min_fee=162_500.0,
    max_fee=537_500.0,
    share_below=0.15,
    share_above=0.15,
)
FPIF = FixedPriceIncentive(
    target_cost=10_000_000.0,
    target_profit=850_000.0,
    ceiling_price=11_550_000.0,
    share_below=0.5,
    share_above=0.3,
)


@pytest.mark.parametrize(
    ("cost", "fee"),
    [
        (5_000_000.0, 350_000.0),  # on target
        (4_000_000.0, 500_000.0),  # FAR exercise
        (3_750_000.0, 537_500.0),  # the most fee is just reached
        (3_000_000.0, 537_500.0),
        (6_250_000.0, 162_500.0),  # the least fee is just reached
        (6_500_000.0, 162_500.0),
    ],
)
def test_cost_plus_fee_follows_its_share_line(cost, fee):

    assert CPIF.fee(cost) == pytest.approx(fee, abs=1e-6)


def test_point_of_total_assumption_is_where_the_supplier_bears_all():
    point = FPIF.point_of_total_assumption

    assert point == pytest.approx(11_000_000.0)
    assert FPIF.price(point) == pytest.approx(11_550_000.0)
    # Just before, a unit of cost costs the supplier its share; after, all of it.
    before = (FPIF.price(point) - FPIF.price(point - 1000)) / 1000
    after = (FPIF.price(point + 1000) - FPIF.price(point)) / 1000
    assert (before, after) == (pytest.approx(0.7), 0.0)


def test_share_differs_above_and_below_the_target():

    assert FPIF.price(9_000_000.0) == pytest.approx(9_000_000 + 850_000 + 0.5 * 1_000_000)
    assert FPIF.price(10_500_000.0) == pytest.approx(10_500_000 + 850_000 - 0.3 * 500_000)


@pytest.mark.parametrize("scheme", [CPIF, FPIF], ids=["CPIF", "FPIF"])
def test_profit_never_rises_with_the_cost_and_the_price_never_falls(scheme):
    costs = np.linspace(0.0, 20_000_000.0, 2001)

    prices = np.array([scheme.price(float(cost)) for cost in costs])

    assert (np.diff(prices) >= -1e-6).all()
    assert (np.diff(prices - costs) <= 1e-6).all()


def test_scores_without_costs_are_refused_with_a_way_out(setting_of):
    contract = Contract.model_validate(
        {"title": "t", "payment": {"fixed_price_incentive": FPIF.model_dump()}}
    )
    setting = setting_of(12)
    scores = Scores(setting, ("plan",), np.arange(1), {})

    with pytest.raises(PbcError, match=r"needs the supplier's costs.*run\(scenario, contracts="):
        settle_block([contract], scores, ReviewPeriods.of(setting, "month", None))
