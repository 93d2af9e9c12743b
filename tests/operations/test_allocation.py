"""Who gets what: rules of allocation, and the method of largest remainders."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbc_sim.operations.allocation import ALLOCATIONS, Waiting
from pbc_sim.operations.apportionment import apportioned
from pbc_sim.world.calendar import Duration

#: Terms of the rules that need some.
TERMS = {"in_time_first": {"until": Duration(calendar_days=2)}}
OLD, NEW = (lambda age: True), (lambda age: False)
queues = st.lists(
    st.builds(Waiting, st.integers(1, 50), st.booleans(), st.sampled_from([OLD, NEW])),
    min_size=1,
    max_size=12,
)


@pytest.mark.parametrize("name", ALLOCATIONS)
@given(units=st.integers(1, 200), queue=queues)
def test_all_there_is_is_given_and_nobody_gets_more_than_they_miss(name, units, queue):
    given_units = ALLOCATIONS[name](**TERMS.get(name, {})).share_out(units, queue)

    assert sum(given_units) == min(units, sum(line.missing for line in queue))
    assert all(0 <= n <= line.missing for n, line in zip(given_units, queue, strict=True))


@given(units=st.integers(0, 500), weights=st.lists(st.integers(0, 40), min_size=1, max_size=10))
def test_nobody_is_a_unit_away_from_their_quota(units, weights):
    total = sum(weights)
    if not total:
        return

    shares = apportioned(units, weights)

    assert sum(shares) == units
    for share, weight in zip(shares, weights, strict=True):
        quota = units * weight / total
        assert math.floor(quota - 1e-9) <= share <= math.ceil(quota + 1e-9)


def test_of_equal_claims_the_first_is_served_first():
    assert apportioned(2, [1, 1, 1]) == [1, 1, 0]
