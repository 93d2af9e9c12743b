"""A contract may demand a way of working: the supplier chooses among the plans that have it."""

import dataclasses

import pytest

import pbc_sim as pbc
from pbc_sim.decision.outcomes import WALKS_AWAY, run_one
from pbc_sim.errors import PbcError
from pbc_sim.scenario import OutsideOption


def demanding(contract, *plans):
    return contract.model_copy(update={"admissible_plans": plans})


@pytest.fixture(scope="module")
def free(small_outcomes):
    return small_outcomes.settle()


@pytest.fixture(scope="module")
def usual(free):
    """Return the plan that the supplier takes of its own accord."""
    return free.best_plan("plain")


@pytest.fixture(scope="module")
def other(free, usual):
    return next(plan for plan in free.outcomes.study.plans if plan != usual)


@pytest.fixture(scope="module")
def prices(small_outcomes, other):
    plain = small_outcomes.scenario.contracts["plain"]
    return small_outcomes.settle({"plain": plain, "strict": demanding(plain, other)})


def test_the_supplier_takes_the_best_admissible_plan(prices, usual, other):
    assert prices.best_plan("plain") == usual
    assert prices.best_plan("strict") == other
    assert pbc.compare(prices).results["strict"].plan == other


def test_a_demand_moves_no_number(prices, free):
    for amount in ("payments", "supplier_profit", "buyer_cost"):
        of_free = getattr(free, amount).sel(contract="plain")
        assert (
            getattr(prices, amount)
            .sel(contract="strict")
            .equals(of_free.assign_coords(contract="strict"))
        )


def test_the_supplier_walks_away_if_no_admissible_plan_is_worth_it(prices, usual, other):
    """What it could earn under a plan that is not admitted does not count."""
    expected = prices.expected_profit.sel(contract="plain")
    between = float(expected.sel(plan=[usual, other]).mean())
    outside = OutsideOption(supplier_profit=between)
    scenario = prices.outcomes.scenario.model_copy(update={"outside_option": outside})
    study = dataclasses.replace(prices.outcomes.study, scenario=scenario)
    outcomes = dataclasses.replace(prices.outcomes, study=study)
    again = outcomes.settle(prices.contracts)

    assert again.best_plan("plain") == usual
    assert again.best_plan("strict") == WALKS_AWAY
    at_best = pbc.compare(again).summary.loc["strict", "supplier profit"]
    assert f"{float(expected.sel(plan=other)) / 1000:.2f} k, outside" in at_best


def test_a_statement_is_about_an_admissible_plan(prices, usual, other):
    assert other in str(prices.explain("strict", 0, 1))
    assert usual in str(prices.explain("plain", 0, 1))


def test_a_plan_that_is_not_admitted_is_refused_with_those_that_are(prices, usual, other):
    words = rf"'strict' does not admit plan '{usual}'; take one of its admissible_plans \({other}\)"

    with pytest.raises(PbcError, match=words):
        pbc.compare(prices, plan=usual)
    with pytest.raises(PbcError, match=words):
        prices.explain("strict", 0, 1, plan=usual)


def test_the_tables_say_which_plans_are_not_admitted(prices, usual, other):
    comparison = pbc.compare(prices)

    assert comparison.profits.loc[usual, "strict"] == "not admitted"
    assert comparison.profits.loc[other, "strict"] == comparison.profits.loc[other, "plain"]
    assert list(pbc.compare(prices, baseline="strict").plans.index) == [other]


def test_a_contract_that_comes_later_is_held_to_the_menu_too(small_outcomes):
    plain = small_outcomes.scenario.contracts["plain"]

    with pytest.raises(PbcError, match=r"'x', admissible_plans: unknown plan 'rish'.*'rich'"):
        small_outcomes.settle({"x": demanding(plain, "rish")})


def test_one_plan_alone_can_be_priced_if_it_is_admitted(small, usual, other):
    contracts = {"strict": demanding(small.contracts["plain"], other)}
    admitted, refused = (
        run_one(small, plan, 0, seed=3, contracts=contracts).settle(contracts)
        for plan in (other, usual)
    )

    assert other in str(admitted.explain("strict", 0, 1, plan=other))
    with pytest.raises(PbcError, match="does not admit plan"):
        refused.explain("strict", 0, 1, plan=usual)
    with pytest.raises(PbcError, match="admits no plan that was simulated"):
        refused.best_plan("strict")
    with pytest.raises(PbcError, match="unknown plan"):
        admitted.explain("strict", 0, 1, plan=usual)
