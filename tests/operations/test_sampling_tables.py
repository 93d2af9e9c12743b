"""The tables of MIL-STD-105E, entry by entry where somebody would notice a slip."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbc_sim.operations.sampling_tables import (
    AQL_PERCENTS,
    CODE_LETTERS,
    LARGEST_LOTS,
    LETTERS,
    SAMPLE_SIZES,
    code_letter,
    plan_for,
)


@pytest.mark.parametrize(
    ("units", "level", "letter"),
    [
        (1, "II", "A"),
        (8, "II", "A"),
        (9, "II", "B"),
        (150, "II", "F"),
        (151, "II", "G"),
        (1_201, "II", "K"),
        (3_200, "II", "K"),
        (3_201, "II", "L"),
        (500_000, "II", "P"),
        (500_001, "II", "Q"),
        (500_001, "III", "R"),
        (1_200, "I", "G"),
        (3_200, "S-4", "G"),
        (100, "S-1", "B"),
        (10_000, "S-3", "F"),
    ],
)
def test_code_letters_of_table_one(units, level, letter):
    assert code_letter(units, level) == letter


@pytest.mark.parametrize(
    ("units", "aql", "sample", "accept"),
    [
        # Letter K, the worked example of most textbooks: accept 3, reject 4.
        (2_000, 1.0, 125, 3),
        (2_000, 0.65, 125, 2),
        (2_000, 2.5, 125, 7),
        (2_000, 6.5, 125, 14),
        (2_000, 10.0, 125, 21),
        # Letter J.
        (1_000, 1.5, 80, 3),
        # Letter L.
        (5_000, 0.25, 200, 1),
        (5_000, 4.0, 200, 14),
        # Letter G at 1.0: the arrow points down to H.
        (200, 1.0, 50, 1),
        # Letter F at 1.0: the arrow points up to E.
        (100, 1.0, 13, 0),
        # Letter L at 10: beyond acceptance number 21 the arrow points up to K.
        (5_000, 10.0, 125, 21),
        # Letter K at 0.01: down to Q, larger than the lot, so all of it is inspected.
        (2_000, 0.01, 1_250, 0),
        (1_000, 0.01, 1_000, 0),
        # Letter A at 6.5, and at 10, whose arrow points down to C.
        (5, 6.5, 2, 0),
        (8, 10.0, 5, 1),
    ],
)
def test_plans_of_table_two_a(units, aql, sample, accept):
    assert plan_for(units, "II", aql) == (sample, accept)


def test_the_last_row_has_no_plan_below_it():
    # Letter R at 0.010 and 0.015: up to Q and P.
    assert plan_for(10**6, "III", 0.010) == (1_250, 0)
    assert plan_for(10**6, "III", 0.015) == (800, 0)
    assert plan_for(10**6, "III", 0.025) == (2_000, 1)


def test_tables_are_as_wide_as_they_are_long():
    assert {len(letters) for letters in CODE_LETTERS.values()} == {len(LARGEST_LOTS) + 1}
    assert len(LETTERS) == len(SAMPLE_SIZES)


@given(
    units=st.integers(1, 10**6),
    level=st.sampled_from(sorted(CODE_LETTERS)),
    aql=st.sampled_from(AQL_PERCENTS),
)
def test_every_lot_has_a_plan_it_can_fail(units, level, aql):
    sample, accept = plan_for(units, level, aql)

    assert 1 <= sample <= units
    assert accept <= 21
    # A laxer quality level never demands a sounder sample.
    laxer = AQL_PERCENTS[min(AQL_PERCENTS.index(aql) + 1, len(AQL_PERCENTS) - 1)]
    more = plan_for(units, level, laxer)
    assert more.accept / more.sample >= accept / sample or more.sample <= sample
