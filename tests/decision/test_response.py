"""Suppliers who fear risk, choose imperfectly or have other costs answer as theory says."""

import numpy as np
import pytest
from scipy import stats

import pbc_sim as pbc
from pbc_sim.decision.response import SupplierType, certainty_equivalent, respond

LUCK = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)


@pytest.fixture(scope="module")
def prices(small_outcomes):
    return small_outcomes.settle()


@pytest.mark.parametrize(("k", "r", "var"), [(0.2, 0.1, 10), (1, 2, 0.5), (0.5, 0, 4), (1, 1, 1)])
def test_a_supplier_who_fears_risk_works_as_in_the_linear_contract_of_holmstrom_and_milgrom(
    k, r, var
):
    """The share that is best for both is 1 / (1 + k r var); sees a variance that is not halved."""
    supplier = SupplierType(risk_aversion=r)

    def joint(share):
        effort = share / k
        profit = share * (effort + np.sqrt(var) * LUCK) - k * effort**2 / 2
        return certainty_equivalent(profit, supplier) + (1 - share) * effort

    shares = np.linspace(0, 1, 201)
    best = shares[np.argmax([joint(share) for share in shares])]

    assert best == pytest.approx(1 / (1 + k * r * var), abs=0.006)


def test_a_supplier_who_looks_at_its_worst_years_values_the_tail():
    profit = 100 + 10 * LUCK
    worst = 100 - 10 * stats.norm.pdf(stats.norm.ppf(0.95)) / 0.05

    assert certainty_equivalent(profit, SupplierType(tail_weight=1.0)) == pytest.approx(worst, 1e-4)
    half = certainty_equivalent(profit, SupplierType(tail_weight=0.5))
    assert half == pytest.approx((100 + worst) / 2, 1e-4)


def test_the_usual_supplier_answers_as_the_comparison_says(prices):
    found = respond(prices, {"usual": SupplierType()})

    for contract in prices.contracts:
        chances = found.loc[("usual", contract), "probability"]
        assert chances.idxmax() == prices.best_plan(contract)
        assert chances.max() == 1.0


def test_an_imprecise_supplier_takes_better_plans_more_often(prices):
    kinds = {name: SupplierType(precision=p) for name, p in (("dice", 0.0), ("sharp", 10.0))}
    kinds["in_between"] = SupplierType(precision=0.002)

    found = respond(prices, kinds)

    assert found.loc[("dice", "fined"), "probability"].tolist() == pytest.approx([1 / 3] * 3)
    assert found.loc[("sharp", "fined"), "probability"].max() == pytest.approx(1.0)
    rows = found.loc[("in_between", "fined")]
    odds = rows.loc["rich", "probability"] / rows.loc["lean", "probability"]
    gap = rows.loc["rich", "certainty"] - rows.loc["lean", "certainty"]
    assert np.log(odds) == pytest.approx(0.002 * gap)


def test_a_contract_keeps_the_cheap_kind_and_loses_the_dear_one(prices):
    """Adverse selection: at the same price only some kinds sign."""
    kinds = {"cheap": SupplierType(cost_factor=0.9), "dear": SupplierType(cost_factor=3)}

    found = respond(prices, kinds)

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
