"""A contract is searched and negotiated for the suppliers that may answer it, not for one alone."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import pbc_sim as pbc
from pbc_sim.cli import main
from pbc_sim.decision.answers import answer, certainty_equivalent, certainty_values
from pbc_sim.decision.evaluation import evaluate
from pbc_sim.decision.risk import cvar
from pbc_sim.decision.risk.tail import mixed_tail_contributions, tail_contributions
from pbc_sim.scenario import SupplierType
from pbc_sim.scenario.vary import with_numbers
from pbc_sim.show.plots import figure_negotiation

FACTOR = "payment.catalogue_price.factor"
FINE = "incentives.0.lump_sum.if_missed"
VARY = {FACTOR: [0.6, 1.2], FINE: [-200, 0]}
CHEAP_AND_DEAR = {"cheap": SupplierType(weight=3), "dear": SupplierType(cost_factor=1.1)}


@pytest.fixture(scope="module")
def with_outside(small, small_outcomes):
    """The same futures; without a contract the buyer bears 9000."""
    outside = {"outside_option": {"supplier_profit": 0, "buyer_cost": 9000}}
    story = pbc.Scenario.model_validate(small.model_dump() | outside)
    return replace(small_outcomes, study=replace(small_outcomes.study, scenario=story))


def searched(outcomes, suppliers=None, **wishes):
    return pbc.design(
        outcomes, "fined", VARY, suppliers=suppliers, wishes=pbc.Wishes(**wishes), candidates=64,
        rounds=1, fresh=10, workers=1,
    )  # fmt: skip


def worth(outcomes, contract, kind):
    """Return the best certainty equivalent of a kind under a contract, reckoned plan by plan."""
    prices = outcomes.settle({"it": contract})
    found = []
    for plan in outcomes.scores.plans:
        paid, profit = (
            amount.sel(contract="it", plan=plan).values
            for amount in (prices.payments, prices.supplier_profit)
        )
        found.append(certainty_equivalent(paid - kind.cost_factor * (paid - profit), kind))
    return max(found)


def test_one_kind_that_counts_expected_profit_is_the_usual_supplier(small_outcomes):
    contracts = small_outcomes.scenario.contracts
    usual = evaluate(small_outcomes, contracts)
    asked = evaluate(small_outcomes, contracts, suppliers={"usual": SupplierType()})

    pd.testing.assert_frame_equal(asked[usual.columns], usual)
    assert asked["signs: usual"].tolist() == usual["signed"].astype(float).tolist()
    assert asked["certainty"].tolist() == pytest.approx(usual["supplier_profit"].tolist())


def test_a_supplier_that_fears_risk_changes_what_is_recommended(small_outcomes):
    """What the neutral one just signs is worth less than nothing to one that counts bad years."""
    careful = SupplierType(tail_weight=0.8)

    neutral, cautious = searched(small_outcomes), searched(small_outcomes, {"careful": careful})

    assert worth(small_outcomes, neutral.recommended, SupplierType()) >= 0
    assert worth(small_outcomes, neutral.recommended, careful) < 0
    assert worth(small_outcomes, cautious.recommended, careful) >= 0
    assert cautious.numbers != neutral.numbers
    assert cautious.predicted.value > neutral.predicted.value
    assert "Answered by 1 kind of supplier (careful 100%); must sign: all." in str(cautious)
    assert "Answered by" not in str(neutral)


def test_every_kind_accepts_what_is_recommended_and_the_buyer_bears_the_mean(small_outcomes):
    found = searched(small_outcomes, CHEAP_AND_DEAR)

    for kind in CHEAP_AND_DEAR.values():
        assert worth(small_outcomes, found.recommended, kind) >= 0
    # The table says of each contract who accepts it; only what all accept is feasible.
    table = found.table
    assert (table["signs: cheap"] > table["signs: dear"]).any()
    assert (table.loc[table["feasible"], ["signs: cheap", "signs: dear"]] == 1).all(axis=None)
    prices = small_outcomes.settle({"it": found.recommended})
    cost = 0.0
    for name, share in (("cheap", 0.75), ("dear", 0.25)):
        response = pbc.respond(prices, {name: CHEAP_AND_DEAR[name]})
        cost += share * response.summary.loc["it", "buyer_cost"]
    assert found.predicted.value == pytest.approx(cost)


def test_kinds_that_need_not_sign_leave_the_buyer_what_it_has_outside(with_outside):
    """Where the dear kind may go, the price may fall below what it asks for."""
    all_sign = searched(with_outside, CHEAP_AND_DEAR)
    one_signs = searched(with_outside, CHEAP_AND_DEAR, signed_by=("cheap",))
    # Of the contracts that the dear kind refuses, a quarter of 9000 is part of what is to be small.
    table = one_signs.table
    lost = table[(table["signs: cheap"] == 1) & (table["signs: dear"] == 0)]
    name = lost.index[0]
    signed = evaluate(with_outside, {name: one_signs.contracts[name]})

    assert len(lost)
    assert lost.loc[name, "plan"] == f"{signed.loc[name, 'plan']} (cheap); walks away (dear)"
    expected = 0.75 * signed.loc[name, "buyer_cost"] + 0.25 * 9000
    assert lost.loc[name, "buyer_cost"] == pytest.approx(expected)
    assert table["feasible"].sum() > all_sign.table["feasible"].sum()
    assert "must sign: cheap" in str(one_signs)


def test_an_imprecise_kind_is_valued_as_its_response_says(with_outside):
    """Both plans and walking away, by their odds; the buyer's mean is that of `respond`."""
    kinds = {"sharp": SupplierType(), "vague": SupplierType(precision=0.01)}
    contracts = {
        f"{factor}": with_numbers(with_outside.scenario.contracts["fined"], {FACTOR: factor})
        for factor in (0.9, 1.0, 1.1)
    }

    table = evaluate(with_outside, contracts, suppliers=kinds)

    response = pbc.respond(with_outside.settle(contracts), kinds)
    assert table["buyer_cost"].tolist() == pytest.approx(response.summary["buyer_cost"].tolist())
    for name in contracts:
        away = response.chances("vague", name)["walks away"]
        assert table.loc[name, "signs: vague"] == pytest.approx(1 - away)
        assert 0 < away < 1
        assert table.loc[name, "signed"] == (table.loc[name, "signs: sharp"] == 1 and away <= 0.5)


def test_the_tail_is_that_of_luck_and_kinds_together(small_outcomes):
    """Three cheap ones to a dear one are four suppliers of which each is as probable."""
    contract = {"fined": small_outcomes.scenario.contracts["fined"]}
    kinds = {"cheap": SupplierType(weight=3), "poor": SupplierType(cost_factor=2, liability=20.0)}

    prices = small_outcomes.settle(contract)
    costs = []
    for name, times in (("cheap", 3), ("poor", 1)):
        answers = answer(prices, {name: kinds[name]})
        costs += times * [answers.buyer_cost[0]]
    found = evaluate(small_outcomes, contract, pbc.Wishes(risk="cvar95"), suppliers=kinds)

    assert not np.array_equal(costs[0], costs[-1])  # so there is something to mix
    assert found.loc["fined", "objective"] == pytest.approx(cvar(np.concatenate(costs)))
    assert found.loc["fined", "objective"] != pytest.approx(np.mean([cvar(c) for c in costs]))


def test_mixed_tails_agree_with_plain_ones_where_there_is_one_thing():
    costs = np.random.default_rng(2).gamma(2, 5, (3, 1, 137))

    mixed = mixed_tail_contributions(costs, np.ones((3, 1)))

    assert mixed == pytest.approx(tail_contributions(costs[:, 0]))


@pytest.mark.parametrize(
    "kind",
    [
        SupplierType(risk_aversion=0.02),
        SupplierType(tail_weight=0.4),
        SupplierType(liability=30.0, risk_aversion=0.01, tail_weight=0.5),
    ],
)
def test_values_by_future_have_the_spread_of_the_certainty_equivalent(kind):
    """Over 2,000 samples of 200 futures; an error of a tenth in the spread would be seen."""
    luck = 100 * np.random.default_rng(5).normal(0.3, 1, (2000, 200))

    values = certainty_values(luck, kind)

    spread = values.mean(axis=1).std(ddof=1)
    told = np.sqrt((values.std(axis=1, ddof=1) ** 2).mean() / 200)
    assert told == pytest.approx(spread, rel=0.1)


def test_what_is_not_known_of_suppliers_is_said(small_outcomes, with_outside, small):
    with pytest.raises(pbc.PbcError, match=r"'vague' may walk away, so outside_option.buyer_cost"):
        searched(small_outcomes, {"vague": SupplierType(precision=1.0)})
    with pytest.raises(pbc.PbcError, match=r"'dear' may walk away, so outside_option.buyer_cost"):
        searched(small_outcomes, CHEAP_AND_DEAR, signed_by=("cheap",))
    with pytest.raises(pbc.PbcError, match=r"unknown kind of supplier 'deer'.*'dear'"):
        searched(with_outside, CHEAP_AND_DEAR, signed_by=("deer",))
    written = {"contract": "fined", "vary": VARY, "wishes": {"signed_by": ["deer"]}}
    kinds = {"suppliers": {"cheap": {}, "dear": {"cost_factor": 1.1}}}
    with pytest.raises(pbc.PbcError, match=r"unknown kind of supplier 'deer'.*'dear'"):
        pbc.Scenario.model_validate(small.model_dump() | kinds | {"design": written})


def test_who_does_not_sign_is_named_where_a_change_has_no_price(with_outside):
    kinds = CHEAP_AND_DEAR | {"dearest": SupplierType(cost_factor=9)}

    with pytest.raises(pbc.PbcError, match=r"'fined' is not signed by dearest, so no change"):
        pbc.clause_prices(with_outside, "fined", {FACTOR: 1.1}, suppliers=kinds)
    priced = pbc.clause_prices(
        with_outside, "fined", {FACTOR: 1.1}, suppliers=kinds, signed_by=("cheap", "dear")
    )
    assert priced.loc[(FACTOR, "payments"), "effect"] > 0


def test_a_search_says_which_kinds_it_did_not_ask(with_outside, small_outcomes):
    known = {"suppliers": {"cheap": {"label": "Cheap one"}, "dear": {"cost_factor": 1.1}}}
    story = pbc.Scenario.model_validate(with_outside.scenario.model_dump() | known)
    outcomes = replace(with_outside, study=replace(with_outside.study, scenario=story))

    words = "The kinds that the scenario knows (Cheap one; dear) were not asked, and may not sign."
    assert words in str(searched(outcomes))
    assert words not in str(searched(outcomes, story.suppliers, signed_by=("cheap",)))
    assert "were not asked" not in str(searched(small_outcomes))


def test_the_zone_of_agreement_holds_for_all_kinds(small_outcomes):
    base = small_outcomes.scenario.contracts["fined"]
    contracts = {f"{f:.2f}": with_numbers(base, {FACTOR: f}) for f in np.linspace(0.6, 1.2, 13)}

    one = pbc.negotiate(small_outcomes, contracts, baseline="plain")
    kinds = pbc.negotiate(small_outcomes, contracts, baseline="plain", suppliers=CHEAP_AND_DEAR)

    assert set(kinds.zone.index) < set(one.zone.index)
    name = str(kinds.zone.index[0])
    gain = sum(
        share * worth(small_outcomes, contracts[name], CHEAP_AND_DEAR[kind])
        for kind, share in (("cheap", 0.75), ("dear", 0.25))
    )
    assert kinds.table.loc[name, "supplier_gain"] == pytest.approx(gain)
    assert kinds.gains(name).loc["supplier", "gain"] == pytest.approx(gain)
    lost = next(contract for contract in one.zone.index if contract not in kinds.zone.index)
    with pytest.raises(pbc.PbcError, match="walks away from"):
        kinds.gains(lost)
    with pytest.raises(pbc.PbcError, match="negotiate with one kind at a time"):
        kinds.cases()
    told = "Answered by 2 kinds of suppliers (cheap 75%; dear 25%);"
    assert str(kinds).startswith(told)
    figure = figure_negotiation(kinds)
    assert told in " ".join(figure.get_supxlabel().split())
    assert "certainty equivalent" in figure.axes[0].get_ylabel()


def test_suppliers_on_the_command_line(tmp_path, capsys, small_text):
    path = tmp_path / "small.yaml"
    kinds = "suppliers: {cheap: {weight: 3}, dear: {cost_factor: 1.1}}\n"
    path.write_text(small_text + kinds, encoding="utf-8")
    few = ["--replications", "8", "--workers", "1", "--quiet", "--candidates", "8"]
    asked = ["design", str(path), "--contract", "fined", "--vary", f"{FACTOR}=0.9:1.3", *few]

    assert main([*asked, "--suppliers", "all", "--output", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert out.count("Answered by 2 kinds of suppliers (cheap 75%; dear 25%)") == 2  # and the zone
    assert "signs: dear" in out
    assert main([*asked, "--suppliers", "dear"]) == 0
    assert "Answered by 1 kind of supplier (dear 100%)" in capsys.readouterr().out
    assert main([*asked, "--suppliers", "deer"]) == 2
    assert "unknown kind of supplier 'deer'" in capsys.readouterr().err
    assert main([*asked, "--suppliers", "all", "--signed-by", "cheap"]) == 2
    assert "outside_option.buyer_cost must say" in capsys.readouterr().err
