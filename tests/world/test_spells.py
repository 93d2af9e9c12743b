"""When disruptions come, and the clock that pauses during them, against a slow oracle."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbc_sim.world.disruption import DisruptionTerms
from pbc_sim.world.spells import NO_SPELLS, Pace, Spell, draw_spells, outages_of, surges_of

START = dt.date(2024, 1, 1)

# Halves and whole numbers, so that edges often coincide.
halves = st.integers(0, 80).map(lambda n: n / 2)
spells = st.lists(
    st.builds(
        lambda row, began, length, severity: Spell(row, began, began + length, severity),
        st.integers(0, 9),
        halves,
        st.integers(0, 20).map(lambda n: n / 2),
        st.sampled_from([0.0, 0.5, 1.0, 1.0]),
    ),
    max_size=6,
)


def passed(some, begin, end, step=1 / 64):
    """Return how much time counts between two instants, tick by tick."""
    ticks = np.arange(begin + step / 2, end, step)
    pace = np.ones(len(ticks))
    for spell in some:
        pace[(ticks >= spell.began) & (ticks < spell.ended)] *= 1 - spell.severity
    return pace.sum() * step


@given(some=spells, begin=halves, span=halves)
def test_what_has_passed_at_the_end_is_the_span(some, begin, span):
    """Sees a pause that is left out, counted twice, or applied after the end."""
    end = Pace(some).after(begin, span)

    assert passed(some, begin, end) == pytest.approx(span, abs=1e-9)


@given(some=spells, begin=halves, span=halves.filter(bool))
def test_nothing_ends_later_than_it_must(some, begin, span):
    """Sees an end that is put off to the end of a stop that begins at that very instant."""
    end = Pace(some).after(begin, span)

    assert passed(some, begin, end - 1 / 64) < span


@given(some=spells, begin=halves, later=halves, span=halves)
def test_what_begins_later_does_not_end_earlier(some, begin, later, span):
    pace = Pace(some)

    assert pace.after(begin + later, span) >= pace.after(begin, span)


@given(some=spells, begin=halves, span=halves)
def test_what_no_spell_overlaps_ends_as_expected(some, begin, span):
    """The very number, since worlds are compared bit by bit."""
    expected = begin + span
    ends, rows = Pace(some).delayed(begin, expected)

    felt = [s for s in some if s.severity and s.ended > s.began]
    overlap = [s for s in felt if s.began < expected and s.ended > begin]
    if overlap and span:
        assert ends > expected
        assert {s.row for s in overlap} <= set(rows)
    elif span:
        assert (ends, rows) == (expected, [])


def test_a_journey_that_would_begin_in_a_stop_begins_after_it():
    stop = Pace([Spell(0, 5.0, 8.0, 1.0)])

    assert stop.delayed(5.0, 5.0) == (8.0, [0])
    assert stop.delayed(8.0, 8.0) == (8.0, [])
    assert stop.delayed(3.0, 5.0) == (5.0, [])


def terms(**parts):
    chance = {"random": {"every": {"exponential": {"mean": 20}}, "lasts": {"gamma": {"mean": 4}}}}
    given_parts = {"kind": {"transport_stop": {}}} | ({} if "dated" in parts else chance) | parts
    return DisruptionTerms.model_validate(given_parts)


def drawn(*disruptions, ends=4000.0, seed=3, replication=0):
    named = {str(n): d for n, d in enumerate(disruptions)}
    return draw_spells(named, START, ends, seed, replication)


def test_spells_follow_one_another_at_their_mean_distance():
    """Sees gaps that are counted from the beginning of the last spell: 200 spells, not 167."""
    found = drawn(terms())

    assert np.all(found.began[1:] >= found.ended[:-1])
    # The standard deviation of a cycle is at most 21 of 24 days.
    assert len(found) == pytest.approx(4000 / 24, abs=4 * np.sqrt(4000 / 24) * 21 / 24)
    assert abs(len(found) - 4000 / 20) > 20


def test_a_longer_future_keeps_the_first_spells():
    short, long = drawn(terms(), ends=400.0), drawn(terms())

    assert np.array_equal(long.began[: len(short)], short.began)
    assert np.array_equal(long.ended[: len(short)], short.ended)


def test_another_disruption_leaves_the_spells_of_the_first_alone():
    alone, together = drawn(terms()), drawn(terms(), terms())
    first = together.disruption == 0

    assert np.array_equal(together.began[first], alone.began)
    assert not np.array_equal(together.began[~first], alone.began)


def test_dated_spells_include_both_days():
    found = drawn(
        terms(
            dated=[{"first_day": dt.date(2024, 1, 3), "last_day": dt.date(2024, 1, 3)}],
            cause="force_majeure",
            notice_after=2,
            proof_after=1,
        )
    )

    assert (found.began.tolist(), found.ended.tolist()) == ([2.0], [3.0])
    # No proof before the notice.
    assert (found.noticed.tolist(), found.proved.tolist()) == ([4.0], [4.0])


def test_notice_is_only_of_force_majeure():
    assert np.isinf(drawn(terms()).noticed).all()


def test_no_disruptions_are_no_spells():
    assert drawn() is NO_SPELLS


@pytest.mark.parametrize(("item", "count"), [("paper", 2), ("toner", 1)])
def test_an_outage_hits_its_items_or_all(item, count):
    day = [{"first_day": START, "last_day": START}]
    disruptions = {
        "some": terms(kind={"upstream_outage": {"items": ["paper"]}}, dated=day),
        "all": terms(kind={"upstream_outage": {}}, dated=day),
        "stop": terms(dated=day),
    }
    found = draw_spells(disruptions, START, 10.0, 1, 0)

    assert len(outages_of(item, "far", disruptions, found)) == count


@pytest.mark.parametrize(("source", "count"), [("far", 2), ("near", 1)])
def test_an_outage_hits_its_sources_or_all(source, count):
    day = [{"first_day": START, "last_day": START}]
    disruptions = {
        "some": terms(kind={"upstream_outage": {"sources": ["far"]}}, dated=day),
        "all": terms(kind={"upstream_outage": {}}, dated=day),
    }
    found = draw_spells(disruptions, START, 10.0, 1, 0)

    assert len(outages_of("paper", source, disruptions, found)) == count
    assert surges_of("office", disruptions, found) == []
