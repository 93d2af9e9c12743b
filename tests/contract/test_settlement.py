"""The array code pays what plain loops pay, contract by contract, whatever stands beside it."""

import numpy as np
import pytest
from drawn import EXAMPLES, SEEDS, hold
from hypothesis import strategies as st
from structured import groups, random_numbers

from pbc_sim.contract import Contract, needs_of, settle
from pbc_sim.contract import settlement as settlement_module
from pbc_sim.contract.settlement import settle_block
from pbc_sim.errors import PbcError
from pbc_sim.performance.periods import ReviewPeriods

PLANS = ("lean", "careful")
REPLICATIONS = 3


def _same(one, other):
    for name in ("payments", "charges", "bonuses", "deductions"):
        np.testing.assert_allclose(one[name], other[name], rtol=1e-12, atol=1e-9, err_msg=name)
    np.testing.assert_array_equal(one["reviews"], other["reviews"])
    np.testing.assert_array_equal(one["reviews_met"], other["reviews_met"])


@pytest.mark.parametrize("examples", EXAMPLES)
def test_array_code_pays_what_plain_loops_pay(examples, scores_of, by_hand):
    # The plain loops know one review a payment period; the clerk of the laws knows several.
    @hold(examples, contracts=groups(shorter=False), seed=SEEDS)
    def _(contracts, seed):
        scores = scores_of(
            contracts, random_numbers(seed), plans=PLANS, replications=REPLICATIONS, months=12
        )

        paid = settle(contracts, scores)

        for name, contract in contracts.items():
            periods = ReviewPeriods.of(scores.setting, contract.term.review, contract.term.months)
            block = settle_block([contract], scores, periods)
            lines = [block.block.charges, *block.incentives, *block.limited]
            shape = (1, len(PLANS), REPLICATIONS, len(periods))
            for p, r in np.ndindex(len(PLANS), REPLICATIONS):
                expected = by_hand(contract, scores, p, r)
                for (clause, amounts), line in zip(expected, lines, strict=True):
                    got = np.broadcast_to(line, shape)[0, p, r].tolist()
                    assert got == pytest.approx(amounts, rel=1e-9, abs=1e-6), (name, clause)
                total = sum(sum(amounts) for _, amounts in expected)
                assert paid["payments"].sel(contract=name).values[p, r] == pytest.approx(
                    total, rel=1e-9, abs=1e-6
                )


@pytest.mark.parametrize("examples", EXAMPLES)
def test_every_line_adds_up_to_what_is_paid(examples, scores_of):
    @hold(examples, contracts=groups(), seed=SEEDS)
    def _(contracts, seed):
        scores = scores_of(contracts, random_numbers(seed), plans=PLANS, replications=REPLICATIONS)

        paid = settle(contracts, scores)

        total = paid["charges"] + paid["bonuses"] + paid["deductions"]
        np.testing.assert_allclose(paid["payments"], total, rtol=1e-12, atol=1e-6)
        assert (paid["bonuses"] >= -1e-6).all()
        assert (paid["deductions"] <= 1e-6).all()


@pytest.mark.parametrize("examples", EXAMPLES)
def test_contract_is_paid_alone_as_beside_others(examples, scores_of):
    @hold(examples, contracts=groups(), seed=SEEDS)
    def _(contracts, seed):
        scores = scores_of(contracts, random_numbers(seed), plans=PLANS, replications=REPLICATIONS)

        together = settle(contracts, scores)

        for name, contract in contracts.items():
            alone = settle({name: contract}, scores)
            _same(together.sel(contract=[name], kpi=list(contract.kpis)), alone)


@pytest.mark.parametrize("examples", EXAMPLES)
def test_order_of_contracts_changes_nothing(examples, scores_of):
    @hold(examples, contracts=groups(), seed=SEEDS, luck=st.randoms(use_true_random=False))
    def _(contracts, seed, luck):
        scores = scores_of(contracts, random_numbers(seed), plans=PLANS, replications=REPLICATIONS)
        names = list(contracts)
        luck.shuffle(names)

        shuffled = settle({name: contracts[name] for name in names}, scores)

        ordered = settle(contracts, scores)
        _same(shuffled.sel(contract=ordered["contract"], kpi=ordered["kpi"]), ordered)


@pytest.mark.parametrize("examples", EXAMPLES)
def test_block_size_changes_nothing(examples, scores_of):
    @hold(examples, contracts=groups(), seed=SEEDS, elements=st.sampled_from([1, 7, 60]))
    def _(contracts, seed, elements):
        scores = scores_of(contracts, random_numbers(seed), plans=PLANS, replications=REPLICATIONS)
        whole = settle(contracts, scores)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(settlement_module, "BLOCK_ELEMENTS", elements)
            in_blocks = settle(contracts, scores)

        _same(in_blocks, whole)


def test_dead_band_of_a_neighbour_does_not_soften_a_strict_target(scores_of):
    kpi = {"measure": "order_accuracy", "target": {"above": 0.5}}
    strict = Contract.model_validate({"title": "strict", "kpis": {"it": kpi}})
    banded = Contract.model_validate({"title": "band", "kpis": {"it": kpi | {"dead_band": 0.1}}})
    contracts = {"strict": strict, "banded": banded}
    scores = scores_of(
        contracts, lambda _, shape: np.stack([np.full(shape, 0.5), *np.ones((2, *shape))])
    )

    met = settle(contracts, scores)["reviews_met"].sum(["kpi", "plan", "replication"])

    assert met.sel(contract="strict") == 0  # 0.5 is not above 0.5
    assert met.sel(contract="banded") == 12  # but within the band of it


def test_months_within_a_quarter_are_judged_by_the_band_of_each_contract(scores_of):
    kpi = {
        "measure": "order_accuracy",
        "target": {"at_least": 0.6},
        "review": "month",
        "aggregate": "curve_then_average",
    }
    fine = [{"lump_sum": {"kpi": "it", "if_missed": -90.0}}]
    contracts = {
        name: Contract.model_validate(
            {
                "title": name,
                "term": {"review": "quarter"},
                "kpis": {"it": kpi | {"dead_band": band}},
                "incentives": fine,
            }
        )
        for name, band in (("exact", 0.0), ("banded", 0.1))
    }
    one_in_three = np.where(np.arange(12) % 3 == 0, 0.55, 0.9)  # in the first month of a quarter

    def numbers(measure, shape):
        return np.stack([np.resize(one_in_three, shape), *np.ones((2, *shape))])

    due = settle(contracts, scores_of(contracts, numbers, months=12))["deductions"]

    assert due.sel(contract="exact").values.ravel() == pytest.approx(-90.0 * 4 / 3)
    assert due.sel(contract="banded").values.ravel() == pytest.approx(0.0)


def test_contracts_of_one_structure_are_settled_in_one_call(monkeypatch, scores_of):
    contracts = {
        f"price_{n}": Contract.model_validate(
            {"title": "t", "payment": {"catalogue_price": {"factor": n / 100}}}
        )
        for n in range(100)
    }
    scores = scores_of(contracts, random_numbers(1))
    calls = []

    def counted(some, *rest):
        calls.append(len(some))
        return settle_block(some, *rest)

    monkeypatch.setattr(settlement_module, "settle_block", counted)
    settle(contracts, scores)

    assert calls == [100]


def test_missing_measure_says_how_to_get_it(scores_of):
    plain = {"plain": Contract(title="plain")}
    more = {
        "more": Contract.model_validate(
            {
                "title": "more",
                "kpis": {"accuracy": {"measure": "order_accuracy", "target": {"at_least": 0.9}}},
            }
        )
    }

    with pytest.raises(PbcError, match=r"without measuring order_accuracy.*run again.*contracts="):
        settle(more, scores_of(plain, random_numbers(1)))


def test_result_too_large_for_memory_is_refused_with_a_way_out(monkeypatch, scores_of):
    contracts = {"plain": Contract(title="plain")}
    scores = scores_of(contracts, random_numbers(1))
    monkeypatch.setattr(settlement_module, "MOST_RESULT_BYTES", 10)

    with pytest.raises(PbcError, match="settle fewer contracts at a time"):
        settle(contracts, scores)


def test_contract_value_is_the_expected_order_value_times_the_price(scores_of):
    contract = Contract.model_validate(
        {"title": "t", "payment": {"catalogue_price": {"factor": 0.9}}}
    )
    scores = scores_of({"c": contract}, random_numbers(1))

    value = settlement_module.contract_value(contract, scores)

    assert value == pytest.approx(0.9 * 365 * 10)  # one order a day of one unit at 10


def test_contract_value_of_a_fixed_fee_is_what_the_fees_add_up_to(scores_of):
    terms = {"title": "Fee", "payment": {"fixed_fee": {"per_period": 700}}}
    contract = Contract.model_validate(terms | {"term": {"review": "quarter"}})
    scores = scores_of({"fee": contract}, {})

    assert settlement_module.contract_value(contract, scores) == 4 * 700


def test_needs_are_the_union_of_what_contracts_ask(scores_of):
    kpi = {"measure": "order_accuracy", "target": {"at_least": 0.9}}
    lenient = {"measure": "order_accuracy", "target": {"at_least": 0.5}, "review": "year"}
    a = Contract.model_validate({"title": "a", "kpis": {"x": kpi}})
    b = Contract.model_validate({"title": "b", "kpis": {"y": kpi}, "term": {"months": 6}})
    c = Contract.model_validate({"title": "c", "kpis": {"z": lenient}})

    needs = needs_of({"a": a, "b": b, "c": c})

    assert [str(m) for m in needs.measures] == [
        "order_accuracy (per month)",
        "accepted_value (per month)",
        "order_accuracy (per month)",  # over six months: other periods, so another measure
        "accepted_value (per month)",
        "order_accuracy (per year)",
    ]
    assert needs.terms == (None, 6)
