"""Stock policies: what is ordered at a position, and what a contract starts with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from pbc_sim.operations.policies import POLICIES, AnyPolicy

EXAMPLES = {
    "base_stock": {"level": 8},
    "reorder_point_quantity": {"reorder_point": 7, "quantity": 10},
    "reorder_point_order_up_to": {"reorder_point": 4, "order_up_to_level": 10},
    "periodic_order_up_to": {"order_up_to_level": 13, "review_days": 7},
}


def policy(name, **terms):
    return TypeAdapter(AnyPolicy).validate_python({name: EXAMPLES[name] | terms}).sized(2.5)


def test_every_policy_has_an_example():
    assert set(EXAMPLES) == set(POLICIES)


@pytest.mark.parametrize(
    ("name", "position", "ordered"),
    [
        ("base_stock", 8, 0),
        ("base_stock", 7, 1),  # one for one
        ("base_stock", -3, 11),  # what waits is ordered too
        ("reorder_point_quantity", 8, 0),
        ("reorder_point_quantity", 7, 10),  # at the reorder point, not below it
        ("reorder_point_quantity", -2, 10),
        ("reorder_point_quantity", -3, 20),  # one lot would only lift it to 7
        ("reorder_point_order_up_to", 5, 0),
        ("reorder_point_order_up_to", 4, 6),
        ("periodic_order_up_to", 13, 0),
        ("periodic_order_up_to", 12, 1),
        ("periodic_order_up_to", 20, 0),  # returned units may lift it above the level
    ],
)
def test_what_is_ordered_at_a_position(name, position, ordered):
    assert policy(name).order_quantity(position) == ordered


@pytest.mark.parametrize(
    ("name", "stock"),
    [
        ("base_stock", 8),
        ("reorder_point_quantity", 17),
        ("reorder_point_order_up_to", 10),
        ("periodic_order_up_to", 13),
    ],
)
def test_what_a_contract_starts_with(name, stock):
    assert policy(name).opening_stock() == stock


@given(st.sampled_from(sorted(EXAMPLES)), st.integers(-1000, 1000))
def test_no_order_is_followed_by_another(name, position):
    rule = policy(name)

    ordered = rule.order_quantity(position)

    assert ordered >= 0
    assert rule.order_quantity(position + ordered) == 0


def test_days_of_cover_become_units_rounded_up():
    assert policy("base_stock", level={"cover_days": 3}).order_quantity(0) == 8


def test_a_negative_base_stock_starts_empty():
    rule = policy("base_stock", level=-2)

    assert (rule.opening_stock(), rule.order_quantity(-2), rule.order_quantity(-3)) == (0, 0, 1)


@pytest.mark.parametrize("name", ["base_stock", "reorder_point_quantity"])
def test_some_policies_look_all_the_time(name):
    assert policy(name).review_every_days is None


def test_an_order_up_to_level_can_be_reviewed_now_and_then():
    assert policy("reorder_point_order_up_to").review_every_days is None
    assert policy("reorder_point_order_up_to", review_days=2).review_every_days == 2


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"level": {"units": 3, "cover_days": 2}}, "either units or cover_days, and not both"),
        ({"level": 2.5}, "must be a section"),
        ({"levle": 3}, "Did you mean 'level'"),
    ],
)
def test_an_amount_that_cannot_be_is_refused(terms, message):
    with pytest.raises(ValidationError, match=message):
        TypeAdapter(AnyPolicy).validate_python({"base_stock": terms})
