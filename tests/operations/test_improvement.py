"""Investments and learning: when they work, what they change, and whose luck stays the same."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbc_sim.errors import PbcError
from pbc_sim.operations import SupplierPlan
from pbc_sim.operations.handling import Handling
from pbc_sim.operations.improvement import Improvement, Investment
from pbc_sim.world import Setting, WorldTerms, draw_world
from pbc_sim.world.learning import LearningTerms

WORLD = {
    "horizon": {"months": 6},
    "demand": {"units": {"office": {"orders_per_business_day": 4}}},
    "items": {"paper": {"price": 10, "cost": 6, "quantity": {"geometric": {"mean": 3}}}},
    "supply": {"lead_time": 1},
    "picking": {
        "hours_per_line": 1,
        "error_share": 0.4,
        "documentation_error_share": 0.3,
        "check_finds_share": 0.5,
    },
    "transport": {"time": 2},
}
SETTING = Setting.of(WorldTerms.model_validate(WORLD))


def handled(seed=1, **levers):
    plan = SupplierPlan.model_validate({"policy": {"base_stock": {"level": 9}}} | levers)
    return Handling(draw_world(SETTING, seed, 0), plan)[0]


def invest(cost=100, **terms):
    return {"investments": {"it": {"cost": cost} | terms}}


@pytest.mark.parametrize(
    ("terms", "at_work"),
    [
        # At once and in full, from the first day on.
        ({}, [1, 1, 1, 1]),
        # From the first of February 2024.
        ({"starts_after_months": 1}, [0, 1, 1, 1]),
        # Evenly over February: a third of its 29 days is over on day 31 + 29 / 3.
        ({"starts_after_months": 1, "phase_in_months": 1}, [0, 0, 1 / 3, 1]),
    ],
)
def test_investment_works_after_its_lag_and_phases_in(terms, at_work):
    bought = Investment.model_validate({"cost": 1, "effects": {}} | terms)

    found = bought.at_work(SETTING, np.array([30.99, 31, 31 + 29 / 3, 60]))

    assert found == pytest.approx(at_work)


def test_lag_counts_from_the_end_of_the_warm_up():
    setting = Setting.of(WorldTerms.model_validate(WORLD | {"warm_up_days": 31}))
    bought = Investment.model_validate({"cost": 1, "effects": {}, "starts_after_months": 1})

    # Measurement starts on the first of February.
    assert bought.at_work(setting, np.array([59.9, 60])).tolist() == [0, 1]


def test_effects_change_hours_and_travel():
    before = handled()
    after = handled(**invest(effects={"pick_hours": 0.5, "transport_time": 0.25}))

    assert {line.hours for line in before} == {1}
    assert {line.hours for line in after} == {0.5}
    assert {line.travel for line in after} == {0.5}
    assert [line.error_size for line in after] == [line.error_size for line in before]


def test_better_checks_find_more():
    usual = handled(pick_check=1)
    better = handled(pick_check=1, **invest(effects={"check_misses": 0}))

    assert any(line.error_size >= 0 for line in usual)
    assert not any(line.error_size >= 0 for line in better)


def test_factors_of_investments_and_learning_multiply():
    terms = {"cost": 1, "effects": {"pick_error": 0.5, "pick_hours": 0.8}}
    bought = Investment.model_validate(terms)
    learning = LearningTerms(errors_fall_by=0.2, hours_fall_by=0.1)
    improvement = Improvement.of(SETTING, {"a": bought, "b": bought}, learning)

    factors = improvement.factors(np.array([5.0, 5.0]), np.array([0, 3]))

    assert factors.pick_error == pytest.approx([0.25, 0.25 * 0.64])
    assert factors.documentation_error == pytest.approx([1, 0.64])
    assert factors.pick_hours == pytest.approx([0.64, 0.64 * 0.81])


def test_learning_stops_at_its_floor():
    learning = LearningTerms(errors_fall_by=0.5, errors_floor=0.3)

    assert learning.errors_factor(np.array([0, 1, 3, 100])).tolist() == [1, 0.5, 0.3, 0.3]


def test_learning_of_a_plan_goes_before_that_of_the_world():
    picking = WORLD["picking"] | {"learning": {"hours_fall_by": 0.5}}
    setting = Setting.of(WorldTerms.model_validate(WORLD | {"picking": picking}))

    own = Improvement.of(setting, {}, LearningTerms(hours_fall_by=0.1))

    assert Improvement.of(setting, {}, None).learning.hours_fall_by == 0.5
    assert own.learning.hours_fall_by == 0.1
    assert Improvement.of(SETTING, {}, None) is None


remaining = st.sampled_from([0.0, 0.3, 0.9, 1.0])


@settings(max_examples=40)
@given(
    seed=st.integers(0, 1000),
    effects=st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            ("pick_error", "documentation_error", "check_misses", "pick_hours", "transport_time"),
            remaining,
        ),
    ),
    falls_by=st.sampled_from([0.0, 0.2, 0.9]),
    check=st.sampled_from([0.0, 0.5, 1.0]),
    lag=st.sampled_from([0, 2]),
)
def test_who_errs_when_improved_would_have_erred_without(seed, effects, falls_by, check, lag):
    usual = handled(seed, pick_check=check)

    better = handled(
        seed,
        pick_check=check,
        learning={"errors_fall_by": falls_by, "hours_fall_by": falls_by},
        **invest(effects=effects, starts_after_months=lag, phase_in_months=lag),
    )

    for improved, without in zip(better, usual, strict=True):
        if improved.error_size >= 0:
            assert improved.error_size == without.error_size
        assert improved.documents_wrong <= without.documents_wrong
        assert improved.hours <= without.hours
        assert improved.travel <= without.travel
        assert (improved.checked, improved.opened) == (without.checked, without.opened)


def test_investment_without_effects_changes_nothing_that_happens(happened):
    usual = happened({}, picking={"error_share": 0.5})
    idle = happened(invest(effects={}), picking={"error_share": 0.5})

    for table in ("lines", "shipments", "deliveries", "returns", "replenishments", "stock"):
        for column, values in vars(getattr(usual, table)).items():
            np.testing.assert_array_equal(values, vars(getattr(idle, table))[column])


@pytest.mark.parametrize(
    ("levers", "words"),
    [
        (invest(cost=-1, effects={}), "must be a number >= 0 .* currency, got -1"),
        (invest(effects={"pick_eror": 0.5}), "Did you mean 'pick_error'"),
        (invest(), "effects: is missing; add it"),
        (invest(effects={}, buyer_share=1.5), "<= 1, got 1.5"),
        ({"learning": {"errors_fall_by": 1}}, "<= 0.9, got 1"),
        ({"learning": {"experience_lines": 0}}, "> 0"),
    ],
)
def test_wrong_levers_are_answered_in_one_sentence(levers, words):
    with pytest.raises(PbcError, match=words):
        SupplierPlan.model_validate({"policy": {"base_stock": {"level": 9}}} | levers)
