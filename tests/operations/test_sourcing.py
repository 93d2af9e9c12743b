"""Where orders go: what each rule knows and chooses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbc_sim.inputs import WrittenError
from pbc_sim.operations import SupplierPlan
from pbc_sim.operations.sourcing import BackupWhenLate, Emergency, Situation, Split


def situation(waiting=0, on_order=0, overdue=0.0, **ordered):
    return Situation(waiting, ordered, {"fast": on_order}, lambda source: overdue)


@given(sizes=st.lists(st.integers(1, 30), min_size=1, max_size=40), tenths=st.integers(0, 10))
def test_a_split_never_strays_a_unit_from_its_shares(sizes, tenths):
    rule = Split(shares={"a": tenths / 10, "b": round(1 - tenths / 10, 1)})
    so_far = {"a": 0, "b": 0}

    for size in sizes:
        parts = rule.divide(size, situation(**so_far))
        assert sum(units for _, units in parts) == size
        assert all(units > 0 for _, units in parts)
        for name, units in parts:
            so_far[name] += units

    total = sum(sizes)
    assert abs(so_far["a"] - total * tenths / 10) <= 1 + 1e-9


def test_exactly_as_late_as_allowed_is_not_late():
    rule = BackupWhenLate(primary="a", backup="b", overdue_days=2)

    assert rule.divide(3, situation(overdue=2.0)) == [("a", 3)]
    assert rule.divide(3, situation(overdue=2.1)) == [("b", 3)]


def test_an_emergency_orders_only_what_is_not_on_its_way_from_the_fast_source():
    rule = Emergency(regular="slow", fast="fast", waiting_units=3)

    assert rule.emergency(situation(waiting=2)) == []
    assert rule.emergency(situation(waiting=5, on_order=4)) == [("fast", 1)]
    assert rule.emergency(situation(waiting=5, on_order=5)) == []


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({"split": {"shares": {"a": 0.5, "b": 0.4}}}, "shares must sum to 1, got 0.9"),
        ({"split": {"shares": {}}}, "must not be empty"),
        ({"emergency": {"regular": "a", "fast": "a"}}, "fast must be another source than 'a'"),
        ({"backup_when_late": {"primary": "a", "backup": "a"}}, "backup must be another source"),
    ],
)
def test_what_no_rule_can_be_is_answered_in_a_sentence(rule, sentence):
    with pytest.raises(WrittenError, match=sentence):
        SupplierPlan.model_validate({"policy": {"base_stock": {"level": 1}}, "sourcing": rule})
