"""Suppliers who fear risk, choose imperfectly or have other costs answer as theory says."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

import pbc_sim as pbc
from pbc_sim.decision.answers import certainty_equivalent
from pbc_sim.decision.response import respond
from pbc_sim.scenario import SupplierType

LUCK = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)


@pytest.fixture(scope="module")
def prices(small_outcomes):
    return small_outcomes.settle()


def test_a_supplier_who_looks_at_its_worst_years_values_the_tail():
    profit = 100 + 10 * LUCK
    worst = 100 - 10 * stats.norm.pdf(stats.norm.ppf(0.95)) / 0.05

    assert certainty_equivalent(profit, SupplierType(tail_weight=1.0)) == pytest.approx(worst, 1e-4)
    half = certainty_equivalent(profit, SupplierType(tail_weight=0.5))
    assert half == pytest.approx((100 + worst) / 2, 1e-4)


def test_the_usual_supplier_answers_as_the_comparison_says(prices):
    found = respond(prices, {"usual": SupplierType()}).table

    for contract in prices.contracts:
        chances = found.loc[("usual", contract), "probability"]
        assert chances.idxmax() == prices.best_plan(contract)
        assert chances.max() == 1.0


def test_an_imprecise_supplier_takes_better_plans_more_often(prices):
    kinds = {name: SupplierType(precision=p) for name, p in (("dice", 0.0), ("sharp", 10.0))}
    kinds["in_between"] = SupplierType(precision=0.002)

    found = respond(prices, kinds).table

    assert found.loc[("dice", "fined"), "probability"].tolist() == pytest.approx([1 / 3] * 3)
    assert found.loc[("sharp", "fined"), "probability"].max() == pytest.approx(1.0)
    rows = found.loc[("in_between", "fined")]
    odds = rows.loc["rich", "probability"] / rows.loc["lean", "probability"]
    gap = rows.loc["rich", "certainty"] - rows.loc["lean", "certainty"]
    assert np.log(odds) == pytest.approx(0.002 * gap)


def test_a_contract_keeps_the_cheap_kind_and_loses_the_dear_one(prices):
    """Adverse selection: at the same price only some kinds sign."""
    kinds = {"cheap": SupplierType(cost_factor=0.9), "dear": SupplierType(cost_factor=3)}

    found = respond(prices, kinds).table

    walks = found.xs("walks away", level="plan")["probability"]
    assert walks.loc["cheap"].eq(0).all()
    assert walks.loc["dear"].eq(1).all()
    cell = {"contract": "plain", "plan": "lean"}
    paid, profit = prices.payments.sel(cell).values, prices.supplier_profit.sel(cell).values
    cost = (paid - profit).mean()
    dear = found.loc[("dear", "plain", "lean"), "supplier_profit"]
    assert dear == pytest.approx(paid.mean() - 3 * cost)


def test_suppliers_that_make_no_sense_are_refused(prices):
    with pytest.raises(pbc.PbcError, match="no kind of supplier"):
        respond(prices, {})
    with pytest.raises(pbc.PbcError, match="supplier 'a' must be SupplierType"):
        respond(prices, {"a": 1.0})
    with pytest.raises(pbc.PbcError, match="cost_factor"):
        SupplierType(cost_factor=0)


def test_who_can_lose_little_takes_risks_and_leaves_the_buyer_unpaid(small_outcomes):
    """Profit -100 or +40, liability 20: it is worth 10 to the supplier, though -30 in all."""
    profit = np.array([-100.0, 40.0])
    assert certainty_equivalent(profit, SupplierType(liability=20.0)) == pytest.approx(10.0)

    prices = small_outcomes.settle()
    cell = {"contract": "fined", "plan": "lean"}
    paid = prices.payments.sel(cell).values
    plain = paid - 3 * (paid - prices.supplier_profit.sel(cell).values)
    poor = SupplierType(cost_factor=3, liability=float(-np.median(plain)))
    kinds = {"rich": SupplierType(cost_factor=3), "poor": poor}
    found = respond(prices, kinds).table
    gains = (
        found.loc[("poor", "fined", "lean"), ["supplier_profit", "buyer_cost"]]
        - found.loc[("rich", "fined", "lean"), ["supplier_profit", "buyer_cost"]]
    )
    beyond = np.maximum(-(poor.liability or 0) - plain, 0)
    fined = -prices.paid["deductions"].sel(cell).values

    assert beyond.any()
    assert gains["supplier_profit"] == pytest.approx(beyond.mean())
    # Nobody can take from the buyer more than it was to get.
    assert gains["buyer_cost"] == pytest.approx(np.minimum(beyond, fined).mean())


def test_a_buyer_who_does_not_know_the_kind_expects_the_mean_over_kinds(small, small_outcomes):
    """A third walks away, and then the buyer bears what it has outside."""
    kinds = {"cheap": SupplierType(weight=2), "dear": SupplierType(cost_factor=3)}
    outside = pbc.Scenario.model_validate(
        small.model_dump() | {"outside_option": {"supplier_profit": 0, "buyer_cost": 9000}}
    )
    study = replace(small_outcomes.study, scenario=outside)
    prices = replace(small_outcomes, study=study).settle()

    found, unknown = respond(prices, kinds), respond(small_outcomes.settle(), kinds)

    row, plan = found.summary.loc["plain"], prices.best_plan("plain")
    if_signed = float(prices.buyer_cost.sel(contract="plain", plan=plan).mean())
    assert (row["signed"], row["lost"]) == (pytest.approx(2 / 3), "dear")
    assert row["cost_if_signed"] == pytest.approx(if_signed)
    assert row["buyer_cost"] == pytest.approx(2 / 3 * if_signed + 1 / 3 * 9000)
    assert row["low"] < row["buyer_cost"] < row["high"]
    assert np.isnan(unknown.summary.loc["plain", "buyer_cost"])
    assert unknown.summary.loc["plain", "cost_if_signed"] == pytest.approx(if_signed)


def test_kinds_of_suppliers_stand_in_the_scenario(small):
    kinds = {"usual": {"weight": 3}, "careful": {"tail_weight": 0.5, "label": "Looks at bad years"}}
    told = pbc.Scenario.model_validate(small.model_dump() | {"suppliers": kinds})

    outcomes = pbc.run(told, 4, workers=1, progress=False)

    assert set(respond(outcomes.settle()).kinds) == {"usual", "careful"}
    assert respond(outcomes.settle()).kinds["usual"] == pytest.approx(0.75)
    with pytest.raises(pbc.PbcError, match="weight"):
        SupplierType(weight=0)


def test_a_response_is_printed_in_words(prices):
    found = respond(prices, {"usual": SupplierType(), "dice": SupplierType(precision=0.0)})

    said = str(found)

    assert said.startswith("What each kind of supplier does (likely: usual 50%; dice 50%)\n")
    assert "What the buyer expects, not knowing the kind" in said
    assert "needs outside_option.buyer_cost" in said
    assert "Response(" not in said
