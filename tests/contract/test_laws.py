"""What changes when a drawn contract changes by one clause, or its facts by one rule.

Each law compares two settlements of the same futures; none of them needs to know an amount.
"""

import copy

import numpy as np
import pytest
from drawn import (
    ADJUSTMENTS,
    EXAMPLES,
    PERIOD_CAP,
    PLANS,
    REPLICATIONS,
    SEEDS,
    block_of,
    hold,
    numbers_of,
    read,
    scores_with,
    written,
)
from hypothesis import strategies as st

import pbc_sim as pbc
from pbc_sim.contract import Contract, settle

NEAR = 1e-6
BY_COST = {"cost_plus_incentive", "fixed_price_incentive"}


@pytest.fixture
def both(scores_of):
    """Return what a contract and a changed one are paid, on the same futures."""

    def settled(section, changed, seed):
        contracts = read([section, changed])
        paid = settle(contracts, scores_with(scores_of, contracts, numbers_of(seed)))
        return paid.sel(contract="c0"), paid.sel(contract="c1")

    return settled


def _but(section, **fields):
    return copy.deepcopy(section) | fields


def _without(section, *fields):
    """Return the contract with these terms of its mechanisms left out."""
    kept = [
        {kind: {name: term for name, term in terms.items() if name not in fields}}
        for mechanism in section["incentives"]
        for kind, terms in mechanism.items()
    ]
    return _but(section, incentives=kept)


def _same(one, other, *names):
    for name in names or ("payments", "charges", "bonuses", "deductions", "adjustments"):
        np.testing.assert_allclose(one[name], other[name], rtol=1e-9, atol=NEAR, err_msg=name)


@pytest.mark.parametrize("examples", EXAMPLES)
def test_contract_reads_back_from_its_yaml(examples):
    @hold(examples, section=written())
    def _(section):
        contract = Contract.model_validate(section)

        assert pbc.parse_contract(pbc.to_yaml(contract)) == contract


@pytest.mark.parametrize("examples", EXAMPLES)
def test_contract_has_as_many_clauses_in_either_language(examples):
    @hold(examples, section=written())
    def _(section):
        contract = Contract.model_validate(section)
        english, indonesian = (
            str(contract.to_text(language, currency="EUR")) for language in ("en", "id")
        )

        numbered = [
            [line.split()[0] for line in text.splitlines() if line[:1].isdigit()]
            for text in (english, indonesian)
        ]
        assert len(numbered[0]) > len(section["kpis"])
        assert numbered[0] == numbered[1]
        assert english != indonesian


@pytest.mark.parametrize("examples", EXAMPLES)
def test_order_of_the_incentives_changes_no_amount(examples, both):
    @hold(examples, section=written(), seed=SEEDS)
    def _(section, seed):
        turned = _but(section, incentives=section["incentives"][::-1])

        _same(*both(section, turned, seed))


@pytest.mark.parametrize(("side", "amounts"), [("deductions", "deductions"), ("bonus", "bonuses")])
@pytest.mark.parametrize("examples", EXAMPLES)
def test_another_cap_never_lets_more_through(examples, side, amounts, both):
    @hold(examples, section=written(), cap=PERIOD_CAP, seed=SEEDS)
    def _(section, cap, seed):
        caps = [*section["limits"].get(side, []), cap]
        tighter = _but(section, limits=section["limits"] | {side: caps})

        usual, held = both(section, tighter, seed)

        assert (np.abs(held[amounts]) <= np.abs(usual[amounts]) + NEAR).all()


@pytest.mark.parametrize("examples", EXAMPLES)
def test_present_value_without_interest_is_what_is_paid(examples, both):
    @hold(examples, section=written(), seed=SEEDS)
    def _(section, seed):
        discounted = _but(section)
        discounted["term"]["discount_rate_per_year"] = 0.1

        usual, later = both(section, discounted, seed)

        np.testing.assert_allclose(usual["present_values"], usual["payments"], atol=NEAR)
        _same(usual, later)


@pytest.mark.parametrize("examples", EXAMPLES)
def test_present_value_of_charges_falls_with_the_rate(examples, both):
    @hold(examples, section=written(moves=False), seed=SEEDS)
    def _(section, seed):
        plain = _but(section, incentives=[], groups={}, adjustments=[])
        slow, fast = _but(plain), _but(plain)
        slow["term"]["discount_rate_per_year"] = 0.05
        fast["term"]["discount_rate_per_year"] = 0.2

        low, high = both(slow, fast, seed)

        assert (high["present_values"] <= low["present_values"] + NEAR).all()
        assert (low["present_values"] <= low["payments"] + NEAR).all()
        assert (high["present_values"] >= high["payments"] / 1.2**1.26 - NEAR).all()


@pytest.mark.parametrize("examples", EXAMPLES)
def test_gate_lowers_bonuses_and_nothing_else(examples, both):
    @hold(examples, section=written(moves=False), seed=SEEDS)
    def _(section, seed):
        name = next(iter(section["kpis"]))
        closed = _but(section, gate={"no_bonus_below": {name: 0.5}})

        usual, gated = both(_but(section, gate=None), closed, seed)

        assert (gated["bonuses"] <= usual["bonuses"] + NEAR).all()
        _same(usual, gated, "charges", "deductions", "adjustments")


@pytest.mark.parametrize("examples", EXAMPLES)
def test_periods_of_the_ramp_in_pay_no_incentive(examples, scores_of):
    @hold(examples, section=written(), seed=SEEDS, periods=st.integers(1, 15))
    def _(section, seed, periods):
        contracts = read([_but(section, ramp_in={"periods": periods})])

        settled = block_of(contracts["c0"], scores_with(scores_of, contracts, numbers_of(seed)))

        for amounts in settled.incentives:
            assert not amounts[..., :periods].any()


@pytest.mark.parametrize("examples", EXAMPLES)
def test_dead_band_turns_no_met_target_into_a_missed_one(examples, both):
    @hold(examples, section=written(moves=False), seed=SEEDS, band=st.sampled_from([0.1, 0.3]))
    def _(section, seed, band):
        soft = _but(section)
        for clause in soft["kpis"].values():
            clause["dead_band"] = band

        usual, softer = both(section, soft, seed)

        assert (softer["reviews_met"] >= usual["reviews_met"]).all()


@pytest.mark.parametrize("examples", EXAMPLES)
def test_easier_target_is_met_at_least_as_often(examples, both):
    @hold(examples, section=written(moves=False), seed=SEEDS)
    def _(section, seed):
        usual = _but(section)
        for clause in usual["kpis"].values():
            clause["seasonal"] = {}
        easy = _but(usual)
        for clause in easy["kpis"].values():
            step = {"at_least": -0.25, "at_most": 0.25}
            clause["target"] = {word: x + step[word] for word, x in clause["target"].items()}

        hard, easier = both(usual, easy, seed)

        assert (easier["reviews_met"] >= hard["reviews_met"]).all()


@pytest.mark.parametrize("examples", EXAMPLES)
def test_nothing_is_paid_after_a_termination(examples, scores_of):
    @hold(examples, section=written(), seed=SEEDS)
    def _(section, seed):
        ends = section.get("termination") or {"breaches": 1}
        payment = section["payment"]
        payment = {"fixed_fee": {"per_period": 70.0}} if BY_COST & set(payment) else payment
        contracts = read([_but(section, termination=ends, payment=payment)])

        settled = block_of(contracts["c0"], scores_with(scores_of, contracts, numbers_of(seed)))

        alive = settled.block.alive
        assert (np.diff(alive.astype(int), axis=-1) <= 0).all()
        for line in settled.lines:
            assert not np.where(alive, 0.0, line).any()


@pytest.mark.parametrize("examples", EXAMPLES)
def test_termination_that_cannot_happen_changes_nothing(examples, both):
    @hold(examples, section=written(moves=False), seed=SEEDS)
    def _(section, seed):
        never = _but(section, termination={"breaches": 99, "supplier_pays": 500.0})

        usual, ending = both(section, never, seed)

        _same(usual, ending)
        assert not ending["periods_lost"].any()


@pytest.mark.parametrize("examples", EXAMPLES)
def test_months_add_up_to_the_quarter_for_what_is_counted(examples, scores_of):
    @hold(examples, seed=SEEDS, amount=st.integers(1, 90), per_day=st.sampled_from([0.001, 0.05]))
    def _(seed, amount, per_day):
        monthly = {
            "title": "t",
            "term": {"months": 15, "review": "month"},
            "incentives": [
                {"per_event": {"event": "returned_units", "amount": -float(amount)}},
                {"late_fee": {"limit": {"business_days": 2.0}, "per_day": per_day}},
            ],
        }
        contracts = read([monthly, _but(monthly, term={"months": 15, "review": "quarter"})])

        def numbers(measure, shape):
            months = (*shape[:-1], 15)
            generator = np.random.default_rng([seed, *measure.kpi.encode()])
            counted = generator.integers(0, 50, months).astype(float)
            counted = counted.reshape(*shape, -1).sum(-1)
            return np.stack([counted, *np.ones((2, *shape))])

        paid = settle(contracts, scores_with(scores_of, contracts, numbers))

        _same(paid.sel(contract="c0"), paid.sel(contract="c1"))


@pytest.mark.parametrize("examples", EXAMPLES)
def test_more_orders_of_the_same_quality_are_paid_alike(examples, scores_of):
    @hold(examples, section=written(), seed=SEEDS, times=st.integers(2, 9))
    def _(section, seed, times):
        # A failure beyond the target is counted, and twice the orders fail twice as often.
        shares = [m for m in section["incentives"] if "per_breach" not in m]
        groups = {t.get("group") for m in shares for t in m.values()}
        used = {name: limits for name, limits in section["groups"].items() if name in groups}
        section = _but(section, incentives=shares, groups=used)
        if "points" in (section.get("termination") or {}):
            section["termination"] = None
        contracts, usual = read([section]), numbers_of(seed)

        def more(measure, shape):
            return usual(measure, shape) * (1.0 if measure.entry.kind == "total" else times)

        few, many = (
            settle(contracts, scores_with(scores_of, contracts, numbers))
            for numbers in (usual, more)
        )

        _same(few, many)


@pytest.mark.parametrize("examples", EXAMPLES)
def test_each_future_is_settled_by_itself(examples, scores_of):
    @hold(examples, section=written(), seed=SEEDS, at=st.integers(0, REPLICATIONS - 1))
    def _(section, seed, at):
        contracts = read([section])
        scores = scores_with(scores_of, contracts, numbers_of(seed))

        alone = settle(contracts, scores.portion(slice(at, at + 1)))

        together = settle(contracts, scores).isel(replication=[at])
        for name in alone:
            np.testing.assert_array_equal(alone[name], together[name], name)
        assert alone.sizes["plan"] == len(PLANS)


@pytest.mark.parametrize("examples", EXAMPLES)
def test_incentives_change_no_charge(examples, both):
    @hold(examples, section=written(moves=False), seed=SEEDS)
    def _(section, seed):
        usual, bare = both(section, _but(section, incentives=[], groups={}), seed)

        _same(usual, bare, "charges", "adjustments")
        assert not bare["bonuses"].any()
        assert not bare["deductions"].any()


@pytest.mark.parametrize("examples", EXAMPLES)
def test_reviews_are_met_missed_or_dropped(examples, scores_of):
    @hold(examples, section=written(), seed=SEEDS)
    def _(section, seed):
        contracts = read([section])

        paid = settle(contracts, scores_with(scores_of, contracts, numbers_of(seed)))

        assert (paid["reviews_met"] >= 0).all()
        assert (paid["reviews_met"] + paid["reviews_dropped"] <= paid["reviews"]).all()
        assert (paid["reviews"] <= 15).all()


@pytest.mark.parametrize("examples", EXAMPLES)
def test_retention_that_is_always_released_costs_nothing_over_the_term(examples, both):
    @hold(examples, section=written(moves=False), seed=SEEDS, share=st.sampled_from([0.05, 0.5]))
    def _(section, seed, share):
        others = [clause for clause in section["adjustments"] if "retention" not in clause]
        kept = {"retention": {"share": share, "released": "always"}}

        usual, held = both(
            _but(section, adjustments=others), _but(section, adjustments=[*others, kept]), seed
        )

        _same(usual, held)


@pytest.mark.parametrize("examples", EXAMPLES)
def test_rebate_never_raises_a_payment(examples, both):
    rebates = ADJUSTMENTS.filter(lambda clause: "volume_rebate" in clause)

    @hold(examples, section=written(moves=False), seed=SEEDS, rebate=rebates)
    def _(section, seed, rebate):
        usual, less = both(_but(section, adjustments=[]), _but(section, adjustments=[rebate]), seed)

        assert (less["payments"] <= usual["payments"] + NEAR).all()
        _same(usual, less, "charges", "bonuses", "deductions")


@pytest.mark.parametrize("examples", EXAMPLES)
def test_escalation_never_lowers_what_is_deducted(examples, both):
    @hold(examples, section=written(moves=False), seed=SEEDS)
    def _(section, seed):
        calm, steep = both(
            _without(section, "escalation", "earn_back"), _without(section, "earn_back"), seed
        )

        assert (steep["deductions"] <= calm["deductions"] + NEAR).all()
        _same(calm, steep, "charges", "bonuses")


@pytest.mark.parametrize("examples", EXAMPLES)
def test_earning_back_never_costs_the_supplier(examples, both):
    @hold(examples, section=written(moves=False), seed=SEEDS)
    def _(section, seed):
        forgiving, strict = both(section, _without(section, "earn_back"), seed)

        assert (forgiving["payments"] >= strict["payments"] - NEAR).all()
        _same(forgiving, strict, "charges")
