"""Contracts side by side: best response, intervals, paired differences, documented form."""

import html
import json

import numpy as np
import pytest

import pbc_sim as pbc
from pbc_sim.decision.laid_out import laid_out
from pbc_sim.decision.risk import mean_estimate, mean_interval, paired, ratio_interval
from pbc_sim.decision.wording import difference

CONTRACTS = ["traditional", "pbc_2022", "harsh", "mild_with_bonus", "milestones_30_50_20"]


@pytest.fixture(scope="module")
def prices(small_outcomes):
    return small_outcomes.settle()


@pytest.fixture(scope="module")
def comparison(prices):
    return pbc.compare(prices, plan="rich")


@pytest.fixture(scope="module")
def shipped_comparison(shipped_outcomes):
    return pbc.compare(shipped_outcomes.settle())


def test_two_plans_on_the_same_luck_need_a_third_of_the_replications(shipped_outcomes):
    """Paired variance ratio of at least 3 on the shipped scenario, for every pair with as_usual."""
    comparison = pbc.compare(shipped_outcomes.settle())

    for amount in ("supplier profit", "buyer cost"):
        written = comparison.plans[f"variance ratio, {amount}"].iloc[1:]
        ratios = written.str.replace(",", "").astype(float)
        assert (ratios >= 3).all(), ratios.to_dict()


def test_difference_to_the_baseline_is_paired(comparison, prices):
    fined, plain = (prices.payments.sel(contract=c, plan="rich").values for c in ("fined", "plain"))

    against = comparison.results["fined"].paired["payments"]

    assert against.difference == pytest.approx((fined - plain).mean())
    assert against.ci95 == pytest.approx(mean_interval(fined - plain))
    assert comparison.results["plain"].paired == {}


def test_differences_of_several_contracts_hold_together(shipped_comparison):
    """Bonferroni over the three others that are signed; the harsh contract is not."""
    prices, results = shipped_comparison.prices, shipped_comparison.results
    base = prices.payments.sel(contract="traditional", plan=results["traditional"].plan).values

    for name in ("pbc_2022", "mild_with_bonus", "milestones_30_50_20"):
        values = prices.payments.sel(contract=name, plan=results[name].plan).values
        against = results[name].paired["payments"]
        assert against.ci95 == mean_estimate(values - base, comparisons=3).ci95
        assert against.ci95[0] < mean_interval(values - base)[0]
        assert against.as_dict()["comparisons"] == 3
        told = shipped_comparison.table.loc[
            "differences to the baseline", shipped_comparison.titled(name)
        ]
        assert told == "3 intervals together"
    assert "differences in one amount hold together" in shipped_comparison._repr_html_()


def test_differences_of_plans_hold_together(shipped_comparison):
    prices = shipped_comparison.prices
    under = prices.buyer_cost.sel(contract="traditional")
    first, *others = under["plan"].values

    for plan in others:
        both = under.sel(plan=plan).values, under.sel(plan=first).values
        called = shipped_comparison.planned(plan)
        told = shipped_comparison.plans.loc[called, "buyer cost - first plan"]
        assert told == difference(paired(*both, comparisons=len(others)), "IDR")
    assert len(others) > 1


def test_probabilities_are_counts(comparison, prices):
    result = comparison.results["fined"]

    payments = prices.payments.sel(contract="fined", plan="rich").values
    profit = prices.supplier_profit.sel(contract="fined", plan="rich").values
    assert result.probabilities["over_budget"].estimate == np.mean(payments > 4000)
    assert result.probabilities["supplier_loss"].estimate == np.mean(profit < 0)
    met = prices.paid["reviews_met"].sel(contract="fined", plan="rich").values
    assert result.probabilities["any_breach"].estimate == np.mean((met < 2).any(axis=0))
    assert result.kpis["accuracy"].breach_probability == np.mean(2 - met[0]) / 2


def test_best_response_is_taken_contract_by_contract(shipped_comparison):
    prices = shipped_comparison.prices

    for name, result in shipped_comparison.results.items():
        assert result.plan == prices.best_plan(name)


def test_supplier_that_walks_away_leaves_no_numbers(shipped_comparison):
    """The harsh contract of the shipped scenario is one that no sane supplier signs."""
    harsh = shipped_comparison.results["harsh"]

    assert harsh.plan == "walks away"
    assert (harsh.amounts, harsh.kpis, harsh.probabilities, harsh.paired) == ({}, {}, {}, {})
    assert shipped_comparison.sample("harsh", "payments") is None
    told = harsh.as_dict()
    assert told["buyer_cost"] is told["payments"] is told["supplier_profit"] is None


def test_json_has_the_documented_form_and_no_nan(shipped_comparison):

    told = json.loads(
        shipped_comparison.to_json(), parse_constant=lambda word: pytest.fail(f"{word} in JSON")
    )

    assert list(told) == [
        "scenario", "seed", "replications", "engine", "baseline", "contracts",
    ]  # fmt: skip
    assert [contract["name"] for contract in told["contracts"]] == CONTRACTS


def test_frame_agrees_with_json(comparison):

    frame = comparison.to_frame()

    told = {c["name"]: c for c in json.loads(comparison.to_json())["contracts"]}
    for name, contract in told.items():
        assert frame.loc[name, "payments.mean"] == pytest.approx(contract["payments"]["mean"])
        assert frame.loc[name, "payments.cvar95"] == pytest.approx(contract["payments"]["cvar95"])
    difference = told["fined"]["paired"]["payments"]["difference"]
    assert frame.loc["fined", "paired.payments.difference"] == pytest.approx(difference)


def test_table_shows_every_contract_and_both_parties(shipped_comparison):
    table = shipped_comparison.table

    assert list(table.columns) == [shipped_comparison.titled(name) for name in CONTRACTS]
    assert table.columns[1] == "Performance-based, the three KPIs of 2022"
    for row in ("supplier's plan", "buyer cost", "payments", "supplier profit"):
        assert row in table.index
    harsh = shipped_comparison.titled("harsh")
    assert table.loc["supplier's plan", harsh] == "walks away"
    assert table.loc["payments", harsh] == "-"


def test_notebook_table_names_sample_size_seed_and_baseline(shipped_comparison):

    page = shipped_comparison._repr_html_()

    assert "20 replications, seed 1" in page
    assert "differences to 'Traditional, paid in full on acceptance'" in html.unescape(page)
    assert "<script" not in page


def test_notebook_table_does_not_run_what_a_title_says(small):
    scenario = small.model_copy(update={"title": "<script>alert(1)</script>"})
    outcomes = pbc.run(scenario, replications=2, workers=1, progress=False)

    assert "<script>" not in pbc.compare(outcomes.settle())._repr_html_()


def test_published_figures_stand_beside_simulated_ones(shipped_comparison):
    published = shipped_comparison.published

    assert published.loc["Order accuracy", "reported"] == "95.0% → 99.5%"
    assert published.loc["Return rate", "reported"] == "3.0% → 0.8%"
    assert published.loc["Buyer's total cost", "reported"] == "baseline → −15%"
    assert published.loc["Order accuracy", ["before", "after"]].tolist() == [
        "calibrated", "came out",
    ]  # fmt: skip


def test_published_figures_need_both_contracts(shipped_outcomes, shipped):
    one = {"traditional": shipped.contracts["traditional"]}

    assert pbc.compare(shipped_outcomes.settle(one)).published is None


def test_baseline_is_the_scenarios_unless_it_is_not_priced(prices, small):

    assert pbc.compare(prices).baseline == "plain"
    assert pbc.compare(prices, baseline="fined").baseline == "fined"
    only = {"fined": small.contracts["fined"]}
    assert pbc.compare(prices.outcomes.settle(only)).baseline == "fined"


def test_unknown_plan_and_baseline_are_refused(prices):

    with pytest.raises(pbc.PbcError, match=r"unknown plan 'ritch'.*Did you mean 'rich'"):
        pbc.compare(prices, plan="ritch")
    with pytest.raises(pbc.PbcError, match=r"unknown contract 'plane'.*Did you mean 'plain'"):
        pbc.compare(prices, baseline="plane")


def test_baseline_from_which_the_supplier_walks_away_leaves_no_differences(shipped_outcomes):

    comparison = pbc.compare(shipped_outcomes.settle(), baseline="harsh")

    assert comparison.results["pbc_2022"].paired == {}
    assert comparison.plans.shape[0] == 5


def test_kpi_that_never_occurred_has_no_mean(small):
    """A contract on returns in a world without any orders: NaN, and no crash."""
    kpi = {"measure": "return_rate", "target": {"at_most": 0.01}}
    contract = pbc.Contract.model_validate({"title": "quiet", "kpis": {"returns": kpi}})
    quiet = pbc.parse_scenario(
        "title: Quiet\n"
        "world:\n"
        "  horizon: {months: 1}\n"
        "  demand: {units: {office: {orders_per_business_day: 0.0001}}}\n"
        "  items: {paper: {price: 10, cost: 6}}\n"
        "  supply: {lead_time: 4}\n"
        "plans: {lean: {policy: {base_stock: {level: 6}}}}\n"
    )
    outcomes = pbc.run(
        quiet, replications=3, contracts={"quiet": contract}, workers=1, progress=False
    )

    comparison = pbc.compare(outcomes.settle({"quiet": contract}), plan="lean")

    assert np.isnan(comparison.results["quiet"].kpis["returns"].mean)
    assert json.loads(comparison.to_json())["contracts"][0]["kpis"]["returns"]["mean"] is None
    assert "quiet" in str(comparison)


def test_interval_of_a_ratio_covers_it_in_95_of_100_studies():
    """Two costs that share most of their luck; the true ratio of means is 0.9."""
    generator = np.random.default_rng(8)
    shared = generator.normal(100, 20, (2000, 40))
    values = 0.9 * shared + generator.normal(0, 2, shared.shape)

    intervals = [ratio_interval(v, b) for v, b in zip(values, shared, strict=True)]

    covered = np.mean([low <= 0.9 <= high for _, (low, high) in intervals])
    # The standard error of the coverage is 0.005; an interval twice too wide would cover 0.9999.
    assert covered == pytest.approx(0.95, abs=4 * 0.005)


def test_contracts_of_different_length_are_not_compared(small_outcomes):
    scenario = small_outcomes.scenario
    terms = {"whole": {"months": 2}, "half": {"months": 1}}
    contracts = {n: pbc.Contract.model_validate({"title": n, "term": t}) for n, t in terms.items()}
    outcomes = pbc.run(scenario, 2, 1, contracts=contracts, workers=1, progress=False)

    with pytest.raises(pbc.PbcError, match=r"'half' runs 31 days and 'whole' 59 days.*same term"):
        pbc.compare(outcomes.settle(contracts))


def test_printed_it_says_who_signs_first_and_all_figures_last(shipped_comparison):
    printed = str(shipped_comparison)

    assert printed.startswith(laid_out(shipped_comparison.summary))
    assert printed.index("would sign") < printed.index("\nAll figures\n")
    assert printed.endswith(laid_out(shipped_comparison.table))


def test_summary_says_who_would_sign(shipped_comparison):
    summary = shipped_comparison.summary
    harsh, signed = (shipped_comparison.titled(name) for name in ("harsh", "pbc_2022"))

    assert summary.loc[harsh, "supplier's plan"] == "walks away"
    assert summary.loc[signed, "supplier's plan"] == "More stock and checks"
    assert summary.loc[harsh, "supplier profit"].startswith("at best −IDR ")
    assert summary.loc[signed, "would sign"] == "yes"
    assert summary.loc[harsh, "would sign"] == "no"
    profits = shipped_comparison.profits
    plans = shipped_comparison.prices.outcomes.scenario.plans
    assert list(profits.columns) == [shipped_comparison.titled(name) for name in CONTRACTS]
    assert list(profits.index) == [plan.label for plan in plans.values()]


def test_a_named_plan_below_the_outside_option_would_not_be_signed(shipped_outcomes):
    comparison = pbc.compare(shipped_outcomes.settle(), plan="as_usual")

    assert comparison.summary.loc[comparison.titled("harsh"), "would sign"] == "no"


def test_one_replication_has_no_interval(small_outcomes):
    outcomes = pbc.run(small_outcomes.scenario, 1, 1, workers=1, progress=False)

    table = pbc.compare(outcomes.settle()).table

    assert not table.map(lambda cell: "nan" in cell).any(axis=None)


def test_contract_prices_must_be_settled_first(small_outcomes):
    with pytest.raises(pbc.PbcError, match=r"prices must be Settlement.*outcomes\.settle\(\)"):
        pbc.compare(small_outcomes)
