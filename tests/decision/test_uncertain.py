"""Studies with disruptions and uncertain parameters: one future, however it is run."""

import numpy as np
import pytest

import pbc_sim as pbc
from pbc_sim.decision.outcomes import run_one
from pbc_sim.decision.risk import variance_split
from pbc_sim.performance.scorecard import Scorer
from pbc_sim.scenario import parse_scenario
from pbc_sim.world import draw_world


@pytest.fixture(scope="module")
def strike(repository):
    return pbc.load_scenario(repository / "scenarios/harbour_strike.yaml")


@pytest.fixture(scope="module")
def outcomes(strike):
    return pbc.run(strike, 40, seed=5, workers=1, progress=False)


def two_level(strike, each):
    uncertain = strike.uncertain.model_copy(update={"replications_each": each})
    return strike.model_copy(update={"uncertain": uncertain})


@pytest.mark.parametrize("each", [1, 3])
def test_workers_and_chunks_change_no_number(each, strike):
    scenario = two_level(strike, each)
    one = pbc.run(scenario, 7, seed=5, workers=1, progress=False)
    two = pbc.run(scenario, 7, seed=5, workers=2, chunk=2, progress=False)

    assert one.digest() == two.digest()


def test_a_replication_can_be_run_again_alone(strike, outcomes):
    """Ledger, one plan alone, and trace meet the world of the study."""
    ledger = outcomes.ledger("lean", 33)
    scorer = Scorer.of(outcomes.study.needs, strike.setting)
    card = scorer.score(ledger, strike.plans["lean"], strike.drawn(5, 33).costs)
    alone = run_one(strike, "lean", 33, seed=5)
    kept = outcomes.scores.only("lean", 33)

    for measure, measured in zip(outcomes.study.needs.measures, card.measured, strict=True):
        assert np.array_equal(measured, kept.measured[measure][:, 0, 0])
        assert np.array_equal(alone.scores.measured[measure], kept.measured[measure])
    traced = pbc.trace(strike, "lean", seed=5, replication=33).ledger
    assert np.array_equal(traced.orders.placed, ledger.orders.placed)
    assert np.array_equal(traced.deliveries.received, ledger.deliveries.received)


def test_parameters_are_those_that_were_simulated(strike, outcomes):
    lead = outcomes.parameters.sel(parameter="world.supply.lead_time.gamma.mean")

    assert lead.dims == ("replication",)
    assert lead.std() > 0
    for replication in (0, 17):
        law = outcomes.ledger("lean", replication).setting.terms.supply.lead_time
        assert law.mean == lead.sel(replication=replication)


def test_what_turns_out_matters(outcomes):
    """Longer lead times make more orders late; correlation beyond four standard errors."""
    lead = outcomes.parameters.sel(parameter="world.supply.lead_time.gamma.mean")
    on_time = outcomes.settle().kpi_values("strict").sel(kpi="in_time", plan="lean")

    assert np.corrcoef(lead, on_time)[0, 1] < -0.4


def test_plans_and_contracts_go_by_what_is_believed(strike):
    """Days of cover do not know the demand that turns out to be true, nor does the value."""
    drawn = strike.drawn(5, 3).setting
    plan = strike.plans["lean"]

    assert not np.allclose(drawn.daily_demand, strike.setting.daily_demand)
    assert plan.policies(drawn) == plan.policies(strike.setting)
    assert drawn.calendar is strike.setting.calendar


def test_cost_rates_turn_out_too(outcomes):
    prices = outcomes.settle()
    rate = outcomes.parameters.sel(parameter="costs.buyer.monitoring_per_review").values

    cost = prices.buyer_cost.sel(contract="strict", plan="lean").values
    known = (prices.payments + prices._cost("buyer")).sel(contract="strict", plan="lean").values
    assert cost - known == pytest.approx(12 * rate)
    assert prices.buyer_cost.dims == prices.payments.dims


def test_without_uncertainty_there_are_no_parameters(small_outcomes):
    assert small_outcomes.parameters.shape == (0, 42)


def test_relief_never_makes_the_supplier_pay_more(outcomes):
    """The same price, fines and futures but for what is left out."""
    prices = outcomes.settle()
    gain = prices.payments.sel(contract="excused") - prices.payments.sel(contract="strict")

    assert float(gain.min()) >= 0
    assert float(gain.mean()) > 0
    statement = prices.explain("excused", 3, 1, "lean")
    assert "excused: the buyer's doing, force majeure" in str(statement)


def test_intervals_of_replications_that_share_a_draw_are_refused(strike):
    prices = pbc.run(two_level(strike, 2), 4, workers=1, progress=False).settle()

    with pytest.raises(pbc.PbcError, match=r"replications_each is 2, .*variance_split"):
        pbc.compare(prices)


def test_variance_of_demand_is_split_into_luck_and_not_knowing():
    """Poisson orders of a rate that is uncertain: N has variance E(rate) + var(rate) over a time.

    100 days of 1 order a day with cv 0.2: luck 100, not knowing 400; sees half of each. The
    estimates' own errors are from 150 draws of 4: 1 and 14 per cent.
    """
    scenario = parse_scenario("""\
title: t
world:
  horizon: {days: 100}
  calendar: {always_open: true}
  demand: {units: {a: {orders_per_business_day: 1}}}
  items: {x: {price: 1, cost: 1}}
  supply: {lead_time: 1}
plans: {p: {policy: {base_stock: {level: 1}}}}
uncertain:
  replications_each: 4
  parameters: {world.demand.units.a.orders_per_business_day: {gamma: {mean: 1, cv: 0.2}}}
""")
    orders = np.array(
        [len(draw_world(scenario.drawn(2, r).setting, 2, r).order_time) for r in range(600)], float
    )

    split = variance_split(orders, 4)

    # Chi-square errors: sqrt(2 / 450) x 100, sqrt(2 / 149) x 425.
    assert split.luck == pytest.approx(100, abs=4 * 100 * np.sqrt(2 / 450))
    assert split.not_knowing == pytest.approx(400, abs=4 * 425 * np.sqrt(2 / 149))
    assert split.share == pytest.approx(split.not_knowing / (split.not_knowing + split.luck))


def test_the_money_of_a_contract_is_split_by_its_names(strike):
    prices = pbc.run(two_level(strike, 4), 12, seed=5, workers=1, progress=False).settle()
    profit = prices.supplier_profit.sel(contract="strict", plan="lean").values

    split = pbc.variance_split(prices, "strict", "lean", amount="supplier_profit")

    assert split == variance_split(profit, 4)
    assert pbc.variance_split(prices, "strict", prices.best_plan("strict")) == (
        pbc.variance_split(prices, "strict")
    )
    for given, message in (
        (("strct",), "unknown contract 'strct'.*'strict'"),
        (("strict", "leen"), "unknown plan 'leen'.*'lean'"),
    ):
        with pytest.raises(pbc.PbcError, match=message):
            pbc.variance_split(prices, *given)
    with pytest.raises(pbc.PbcError, match="unknown amount 'cost'"):
        pbc.variance_split(prices, "strict", "lean", amount="cost")
    one_level = pbc.run(strike, 4, workers=1, progress=False).settle()
    with pytest.raises(pbc.PbcError, match="at least two draws of at least two"):
        pbc.variance_split(one_level, "strict", "lean")


@pytest.mark.parametrize(("n", "each"), [(4, 1), (4, 4), (5, 2), (4, 0)])
def test_a_split_needs_whole_draws(n, each):
    with pytest.raises(pbc.PbcError, match="at least two draws of at least two"):
        variance_split(np.arange(float(n)), each)


def test_no_difference_between_draws_is_no_share():
    assert variance_split(np.array([0.0, 2.0, 2.0, 0.0]), 2).share == 0.0


@pytest.mark.parametrize(
    ("incentive", "message"),
    [
        (
            {"late_fee": {"limit": {"hours": 1}, "per_day": 0.1, "notice_within": {"hours": 1}}},
            "nothing is left out; add excluding: \\[force_majeure\\]",
        ),
        (
            {"per_event": {"event": "wrong_lines", "amount": -1, "excluding": "force_majeure"}},
            "KPI 'wrong_lines' has no setting 'excluding'",
        ),
    ],
)
def test_relief_that_means_nothing_is_refused(incentive, message):
    with pytest.raises(pbc.PbcError, match=message):
        pbc.Contract.model_validate({"title": "t", "incentives": [incentive]})


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7])
def test_the_interval_of_the_share_of_not_knowing_holds(share):
    """Of 400 skewed studies of 30 draws at least 89% hold it; twice the error would hold 99%."""
    rng = np.random.default_rng(7)
    held = widths = 0.0
    for _study in range(400):
        between, within = (rng.gamma(4, 0.5, size) - 2 for size in ((30, 1), (30, 4)))
        values = np.sqrt(share) * between + np.sqrt(1 - share) * within
        low, high = variance_split(values.ravel(), 4).share_ci95
        held += low <= share <= high
        widths += high - low

    assert 0.89 <= held / 400 <= (0.995 if share == 0 else 0.98)
    assert widths / 400 < 0.5


def test_a_variance_split_says_on_what_it_rests():
    split = variance_split(np.array([1.0, 3.0, 11.0, 13.0, 5.0, 8.0]), 2)
    few = variance_split(np.array([1.0, 3.0, 11.0, 13.0]), 2)

    low, high = split.share_ci95
    assert 0 <= low < split.share < high < 1
    assert (split.draws, split.replications_each) == (3, 2)
    assert str(split).startswith("Of the variance 11% is luck and 89% [")
    assert str(split).endswith("from 3 draws of the parameters with 2 replications each.")
    # Two draws give no interval, and none is made up.
    assert np.isnan(few.share_ci95).all()
    assert "96% [-] not knowing" in str(few)
