"""Both parties' money on the same futures: what one pays the other gets."""

import dataclasses

import numpy as np
import pytest

import pbc_sim as pbc
from pbc_sim.contract import Contract
from pbc_sim.decision.outcomes import WALKS_AWAY, run_one
from pbc_sim.performance.costs import lines_of
from pbc_sim.scenario import OutsideOption


@pytest.fixture(scope="module")
def prices(small_outcomes):
    return small_outcomes.settle()


def test_money_between_the_parties_sums_to_zero(prices):
    """What both parties end up with does not depend on what is paid between them."""
    both = prices.buyer_cost - prices.supplier_profit - prices.monitoring

    plain, fined = (both.sel(contract=name) for name in ("plain", "fined"))
    np.testing.assert_allclose(plain, fined, rtol=1e-12)
    assert not np.allclose(*(prices.payments.sel(contract=c) for c in ("plain", "fined")))


def test_buyer_cost_is_payments_and_own_losses(prices, small_outcomes):
    own = [line.name for line in lines_of("buyer")]

    rest = prices.buyer_cost - prices.payments - prices.monitoring

    losses = small_outcomes.costs.isel(term=0).sel(line=own).sum("line")
    np.testing.assert_allclose(rest.sel(contract="plain"), losses, rtol=1e-9, atol=1e-6)
    assert float(losses.mean()) > 0


def test_monitoring_costs_one_rate_a_review(prices):

    assert prices.monitoring.sel(contract="plain") == 0
    assert prices.monitoring.sel(contract="fined") == 2 * 2 * 3  # months, KPIs, rate


def test_kpi_over_the_term_is_a_ratio_of_sums(prices, small_outcomes):
    measure = prices.contracts["fined"].measured()["accuracy"]
    numerator, denominator, _ = small_outcomes.scores.measured[measure]

    values = prices.kpi_values("fined").sel(kpi="accuracy")

    np.testing.assert_allclose(values, numerator.sum(-1) / denominator.sum(-1))
    mean_of_ratios = (numerator / denominator).mean(-1)
    assert not np.allclose(values, mean_of_ratios)


def test_contract_without_kpis_has_no_values(prices):

    assert prices.kpi_values("plain").sizes == {"kpi": 0, "plan": 2, "replication": 42}


def test_supplier_takes_the_plan_with_its_highest_expected_profit(prices):

    profit = prices.supplier_profit.sel(contract="fined")
    expected = {plan: float(profit.sel(plan=plan).mean()) for plan in ("lean", "rich")}

    assert prices.best_plan("fined") == max(expected, key=expected.__getitem__)


@pytest.mark.parametrize("margin", [-1.0, 1.0])
def test_supplier_walks_away_only_below_its_outside_option(margin, small, prices):
    best = float(prices.supplier_profit.sel(contract="fined").mean("replication").max())
    outside = OutsideOption(supplier_profit=best + margin)
    scenario = small.model_copy(update={"outside_option": outside})

    again = pbc.run(scenario, replications=42, seed=3, workers=1, progress=False).settle()

    walks = again.best_plan("fined") == WALKS_AWAY
    assert walks == (margin > 0)


def test_pricing_needs_no_second_run_for_other_numbers(small, small_outcomes):
    fined = small.contracts["fined"].model_dump(exclude_unset=True)
    fined["incentives"] = [{"lump_sum": {"kpi": "accuracy", "if_missed": -5000.0}}]
    hard = Contract.model_validate(fined)

    paid = small_outcomes.settle({"hard": hard, "fined": small.contracts["fined"]}).payments

    assert float(paid.sel(contract="hard").mean()) < float(paid.sel(contract="fined").mean())


def test_measure_that_was_not_simulated_is_asked_for(small_outcomes):
    kpi = {"measure": "fill_rate", "target": {"at_least": 0.9}}
    other = Contract.model_validate({"title": "other", "kpis": {"fill": kpi}})

    with pytest.raises(pbc.PbcError, match=r"without measuring fill_rate.*contracts=\.\.\."):
        small_outcomes.settle({"other": other})


def test_term_that_was_not_simulated_is_asked_for(small_outcomes):
    other = Contract.model_validate({"title": "other", "term": {"months": 1}})

    with pytest.raises(pbc.PbcError, match="run again with these contracts"):
        small_outcomes.settle({"other": other})


def test_nothing_to_price_is_refused(small_outcomes):

    with pytest.raises(pbc.PbcError, match="there is no contract to price"):
        small_outcomes.settle({})


def test_ledger_of_an_unknown_plan_is_refused(small_outcomes):

    with pytest.raises(pbc.PbcError, match=r"unknown plan 'leen'.*Did you mean 'lean'"):
        small_outcomes.ledger("leen", 0)


def test_ledger_of_a_negative_replication_is_refused(small_outcomes):

    with pytest.raises(pbc.PbcError, match="replication"):
        small_outcomes.ledger("lean", -1)


def test_outcomes_say_what_they_are(small_outcomes):

    assert repr(small_outcomes) == (
        "Outcomes of 'One office, two items': 2 plans, 42 replications, seed 3, engine "
        + small_outcomes.engine
    )


def test_digest_sees_a_changed_number(small_outcomes):
    changed = small_outcomes.open_at_end.copy()
    changed[0, 0] += 1
    other = dataclasses.replace(small_outcomes, open_at_end=changed)

    assert other.digest() != small_outcomes.digest()


def test_one_plan_in_one_future_alone_has_the_numbers_of_the_study(small_outcomes):
    alone = run_one(small_outcomes.scenario, "rich", 3, small_outcomes.study.seed)

    together = small_outcomes.scores.only("rich", 3)
    for measure, array in alone.scores.measured.items():
        assert np.array_equal(array, together.measured[measure], equal_nan=True)
    statement = alone.settle().explain("fined", 3, 1, plan="rich")
    assert str(statement) == str(small_outcomes.settle().explain("fined", 3, 1, plan="rich"))


def test_what_falls_due_after_the_term_is_reported(small_outcomes):
    """Orders of the last two business days are not due by the end, under any plan."""
    measure, later = next(
        (m, n) for m, n in small_outcomes.due_later.items() if m.kpi == "on_time_share"
    )
    ledger = small_outcomes.ledger("lean", 0)
    limit = dict(measure.settings)["limit"]
    due = limit.due(ledger.setting.calendar, ledger.orders.placed)

    assert np.array_equal(later[0], later[1])
    assert later[0, 0] == np.sum(due >= ledger.setting.ends)
    assert later.sum() > 0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda s: pbc.run("story.yaml", 2), "scenario must be Scenario"),
        (lambda s: pbc.run(s, "10"), "replications must be int"),
        (lambda s: pbc.run(s, True), "replications must be int"),
        (lambda s: pbc.run(s, 2.5), "replications must be int"),
        (lambda s: pbc.run(s, 2, seed="one"), "seed must be int"),
        (lambda s: pbc.run(s, 2, workers=1.5), "workers must be int"),
        (lambda s: pbc.run(s, 2, contracts=["plain"]), "contracts must be Mapping"),
        (lambda s: pbc.run(s, 2, contracts={"mine": {}}), "contract 'mine' must be Contract"),
        (lambda s: pbc.Contract.model_validate({"titel": "x"}), "Did you mean 'title'"),
        (lambda s: pbc.Contract(title=5), "title: must be text, got 5."),
        (lambda s: s.contracts["plain"].model_copy(update={"term": 3}), "term: must be a section"),
        (lambda s: s.model_copy(update={"budget": "much"}), "budget: must be a number"),
    ],
)
def test_wrong_arguments_are_answered_in_words(small_outcomes, call, words):
    with pytest.raises(pbc.PbcError) as caught:
        call(small_outcomes.scenario)

    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


#: A contract that no plan can keep, so that it ends after two months of six.
SHORT = {
    "title": "Ends early",
    "term": {"months": 6, "discount_rate_per_year": 0.1},
    "payment": {"fixed_fee": {"per_period": 1000.0}},
    "kpis": {"speed": {"measure": "fulfilment_time_mean", "target": {"at_most": 0.01}}},
    "termination": {"breaches": 2, "supplier_pays": 50.0},
}


@pytest.fixture(scope="module")
def six_months(small_text):
    scenario = pbc.parse_scenario(small_text.replace("months: 2", "months: 6"))
    whole = {"title": "To the end", "term": {"months": 6}, "payment": SHORT["payment"]}
    two = {"title": "Two months", "term": {"months": 2}, "payment": SHORT["payment"]}
    contracts = {
        name: Contract.model_validate(terms)
        for name, terms in (("short", SHORT), ("whole", whole), ("two", two))
    }
    outcomes = pbc.run(
        scenario, replications=5, seed=3, contracts=contracts, workers=1, progress=False
    )
    return outcomes.settle(contracts)


def test_terminated_contract_costs_both_parties_what_they_had_until_then(six_months):
    short, two = (six_months.paid.sel(contract=name) for name in ("short", "two"))

    assert (short["periods_lost"] == 4).all()
    assert (short["payments"] == 2 * 1000 - 50).all()
    np.testing.assert_allclose(
        six_months.supplier_profit.sel(contract="short"),
        six_months.supplier_profit.sel(contract="two") - 50,
    )
    np.testing.assert_allclose(
        six_months.buyer_cost.sel(contract="short"),
        six_months.buyer_cost.sel(contract="two") - 50 + 2 * 3,  # two reviews at 3
    )
    assert (two["periods_lost"] == 0).all()


def test_reviews_that_are_not_held_are_not_monitored(six_months):

    monitoring = six_months.monitoring.sel(contract="short")

    assert (monitoring == 2 * 3).all()


def test_present_value_discounts_each_payment_from_the_end_of_its_period(six_months):

    short, whole = (six_months.present_values.sel(contract=name) for name in ("short", "whole"))

    # The term begins on 3 January: a month of 31 days, and one of 28.
    after = np.array([31, 59]) / 365.25
    np.testing.assert_allclose(short, 1000 / 1.1 ** after[0] + 950 / 1.1 ** after[1])
    assert (whole == 6000).all()


def test_comparison_says_how_often_a_contract_ends_early(six_months):
    same_length = {name: six_months.contracts[name] for name in ("short", "whole")}

    comparison = pbc.compare(six_months.outcomes.settle(same_length), plan="rich")
    table, short, whole = (comparison.table, *map(comparison.titled, same_length))

    assert table.loc["P(terminated)", short].startswith("100.0%")
    assert table.loc["P(terminated)", whole] == "-"
    assert "present values" in table.index
