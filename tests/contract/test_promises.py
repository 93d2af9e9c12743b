"""What every contract promises, whatever it is made of: drawn contracts with many modifiers."""

import numpy as np
import pytest
from clerk import total_paid
from drawn import (
    EXAMPLES,
    KPIS,
    MONEY_FIELDS,
    PLANS,
    REPLICATIONS,
    SEEDS,
    batches,
    block_of,
    hold,
    numbers_of,
    read,
    scores_with,
    written,
)
from hypothesis import assume
from hypothesis import strategies as st

from pbc_sim.contract import Contract, needs_of, settle
from pbc_sim.operations import SupplierPlan, simulate
from pbc_sim.performance.measures import Counted, summed
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.performance.scorecard import Scores
from pbc_sim.world import draw_world


@pytest.mark.parametrize("examples", EXAMPLES)
def test_contract_is_paid_bit_for_bit_as_beside_others(examples, scores_of):
    @hold(examples, sections=batches(), seed=SEEDS)
    def _(sections, seed):
        contracts = read(sections)
        scores = scores_with(scores_of, contracts, numbers_of(seed))

        together = settle(contracts, scores)

        for name, contract in contracts.items():
            alone = settle({name: contract}, scores)
            beside = together.sel(contract=[name], kpi=list(contract.kpis))
            for variable in alone:
                np.testing.assert_array_equal(alone[variable], beside[variable], variable)


@pytest.mark.parametrize("examples", EXAMPLES)
def test_lines_add_up_to_what_is_paid(examples, scores_of):
    @hold(examples, section=written(), seed=SEEDS)
    def _(section, seed):
        contracts = read([section])
        scores = scores_with(scores_of, contracts, numbers_of(seed))
        contract = contracts["c0"]

        paid = settle(contracts, scores).sel(contract="c0")

        lines = block_of(contract, scores).lines
        n = len(ReviewPeriods.of(scores.setting, contract.term.review, 15))
        shape = (1, len(PLANS), REPLICATIONS, n)
        total = sum(np.broadcast_to(line, shape)[0].sum(-1) for line in lines)
        np.testing.assert_allclose(paid["payments"], total, rtol=1e-9, atol=1e-6)
        parts = sum(paid[k] for k in ("charges", "bonuses", "deductions", "adjustments"))
        np.testing.assert_allclose(paid["payments"], parts, rtol=1e-9, atol=1e-6)
        assert (paid["bonuses"] >= -1e-6).all()
        assert (paid["deductions"] <= 1e-6).all()


@pytest.mark.parametrize("examples", EXAMPLES)
def test_clauses_with_a_memory_are_paid_as_a_clerk_pays_them(examples, scores_of):
    @hold(examples, section=written(), seed=SEEDS)
    def _(section, seed):
        contracts = read([section])
        scores = scores_with(scores_of, contracts, numbers_of(seed))

        paid = settle(contracts, scores).sel(contract="c0")

        for p, r in np.ndindex(len(PLANS), REPLICATIONS):
            total, lost = total_paid(contracts["c0"], scores, p, r)
            assert paid["payments"].values[p, r] == pytest.approx(total, rel=1e-9, abs=1e-6)
            assert paid["periods_lost"].values[p, r] == lost


def _most(cap, block):
    """Return what a cap allows in the term or, along the last axis, in each period."""
    base = block.contract_value if cap.of == "contract_value" else np.maximum(block.charges, 0.0)
    return np.array(cap.amount) if cap.amount is not None else cap.share * base


def _exceeds(amounts, caps, block):
    """Tell whether one-signed amounts are above one of the caps anywhere."""
    found = False
    for cap in caps:
        most = _most(cap, block) + 1e-6
        held = amounts.sum(-1, keepdims=True) if cap.over_the_term else amounts
        found = found or (held > most).any()
    return found


@pytest.mark.parametrize("examples", EXAMPLES)
def test_caps_are_never_exceeded(examples, scores_of):
    @hold(examples, section=written(), seed=SEEDS)
    def _(section, seed):
        contracts = read([section])
        contract, scores = contracts["c0"], scores_with(scores_of, contracts, numbers_of(seed))

        settled = block_of(contract, scores)

        block, back = settled.block, settled.earned_back
        shape = (1, len(PLANS), REPLICATIONS, block.n_periods)
        for n, (side, sign) in enumerate((("deductions", -1.0), ("bonus", 1.0))):
            taken = [
                # What is earned back comes on top of what limits let through.
                np.maximum(sign * np.broadcast_to(amount - back.get(i, 0.0), shape), 0.0)
                for i, amount in enumerate(settled.incentives)
            ]
            for clause, amount in zip(contract.incentives, taken, strict=True):
                assert not _exceeds(amount, getattr(clause.limits, side), block)
            for group, limits in contract.groups.items():
                members = [
                    amount
                    for clause, amount in zip(contract.incentives, taken, strict=True)
                    if clause.group == group
                ]
                relief = np.abs(np.broadcast_to(settled.group_limited[group][n], shape))
                assert not _exceeds(sum(members) - relief, getattr(limits, side), block), group
            whole = settled.deductions if side == "deductions" else settled.bonuses
            caps = getattr(contract.limits, side)
            on_top = sum(back.values()) if side == "deductions" else 0.0
            assert not _exceeds(sign * np.broadcast_to(whole - on_top, shape), caps, block)


@pytest.mark.parametrize("examples", EXAMPLES)
def test_amounts_scale_with_the_currency(examples, scores_of):
    def scaled(section, by):
        if isinstance(section, dict):
            return {
                k: {from_ * by: v for from_, v in part.items()}
                if k == "tiers"
                else {points: v * by for points, v in part.items()}
                if k == "bands"
                else part * by
                if k in MONEY_FIELDS and isinstance(part, float)
                else scaled(part, by)
                for k, part in section.items()
            }
        return [scaled(part, by) for part in section] if isinstance(section, list) else section

    @hold(examples, section=written(), seed=SEEDS)
    def _(section, seed):
        by = 1024.0
        euro, other = read([section]), read([scaled(section, by)])

        in_euro = settle(euro, scores_with(scores_of, euro, numbers_of(seed)))
        numbers = numbers_of(seed, scale=by)
        grid = 400.0 + 70.0 * np.arange(len(PLANS) * REPLICATIONS).reshape(len(PLANS), -1)
        in_other = settle(
            other,
            scores_of(
                other,
                numbers,
                months=15,
                plans=PLANS,
                replications=REPLICATIONS,
                supplier_cost=by * grid,
            ),
        )

        np.testing.assert_allclose(
            in_other["payments"], by * in_euro["payments"], rtol=1e-9, atol=1e-6
        )


@pytest.mark.parametrize("examples", EXAMPLES)
def test_better_work_in_one_review_is_never_paid_less_over_the_term(examples, scores_of):
    @hold(examples, section=written(moves=False), seed=SEEDS, at=st.integers(0, 99))
    def _(section, seed, at):
        contracts = read([section])
        contract, usual = contracts["c0"], numbers_of(seed)
        # Under a cap that several share, better work leaves room to what pays back less: a note of
        # `pbc-sim check`.
        capped = [contract.limits.deductions, *(g.deductions for g in contract.groups.values())]
        assume(
            not (any(capped) and any(getattr(i, "earn_back", None) for i in contract.incentives))
        )
        better = next(iter(contract.measured().values()))
        higher = better.entry.better == "higher"

        def improved(measure, shape):
            numbers = usual(measure, shape)
            if measure == better:
                numerator, denominator, _ = numbers[..., at % shape[-1]]
                numbers[0][..., at % shape[-1]] = denominator if higher else 0.0 * numerator
            return numbers

        before = settle(contracts, scores_with(scores_of, contracts, usual))["payments"]
        after = settle(contracts, scores_with(scores_of, contracts, improved))["payments"]

        assert (after.values >= before.values - 1e-6).all()


def test_order_of_the_facts_changes_nothing(setting_of):
    section = {
        "title": "t",
        "kpis": {
            "fulfilment": {**KPIS["fulfilment"][0], "target": {"at_least": 0.9}, "rolling": 3},
            "returns": {**KPIS["returns"][0], "target": {"at_most": 0.1}},
        },
        "incentives": [
            {"per_point": {"kpi": "fulfilment", "rate": 10.0, "floor": -500.0}},
            {"demerit_points": {"points": {"returns": 2.0}, "per_point": 7.0}},
            {"late_fee": {"limit": {"business_days": 2.0}, "per_day": 0.01}},
        ],
    }
    contracts = {"c": Contract.model_validate(section)}
    setting = setting_of(12)
    plan = SupplierPlan.model_validate({"policy": {"base_stock": {"level": 1}}})
    ledger = simulate(draw_world(setting, 1, 0), plan)
    generator = np.random.default_rng(1)

    def priced(shuffled):
        measured = {}
        for m in needs_of(contracts).measures:
            periods = ReviewPeriods.of(setting, m.review, m.months)
            facts = m.facts(ledger, periods)
            fields = ("when", "part", "whole", "evidence")
            fields = fields if isinstance(facts, Counted) else ("begin", "end", *fields[1:])
            order = np.arange(len(facts.part))
            if shuffled:
                order = generator.permutation(order)
            columns = {name: getattr(facts, name)[order] for name in fields}
            if not isinstance(facts, Counted):
                columns["working"] = facts.working
            measured[m] = summed(type(facts)(**columns), m.entry, periods)[:, None, None]
        scores = Scores(setting, ("plan",), np.arange(1), measured)
        return settle(contracts, scores)["payments"].item()

    assert priced(shuffled=True) == pytest.approx(priced(shuffled=False), rel=1e-12)
