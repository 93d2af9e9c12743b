"""The service desk as a queue: Erlang, Pollaczek and Khinchine, Cobham.

The calendar is always open, so an hour of work is an hour of the clock.
"""

import numpy as np
import pytest
from queues import longer_response, longer_wait, mean_wait, pollaczek_khinchine

from pbc_sim.operations import simulate
from pbc_sim.world import draw_world


def test_mean_wait_at_a_desk_of_three(observe):
    """Erlang C, M/M/3; sees 7% of the work on a call."""
    exact, slower = (24 * mean_wait(0.2, work, 3) for work in (10, 10.7))

    observe("desk_three", 30).kpi("wait").must_be(exact, not_=slower)


def test_mean_resolution_time_at_a_desk_of_three(observe):
    """Wait and work; sees 5% of the work on a call."""
    exact, slower = (24 * (mean_wait(0.2, work, 3) + work) for work in (10, 10.5))

    observe("desk_three", 30).kpi("resolution").must_be(exact, not_=slower)


@pytest.mark.parametrize("t", [5, 20])
def test_responses_in_time_at_a_desk_of_three(observe, t):
    """The tail of the wait; sees 10% of the work on a call."""
    exact, slower = (1 - longer_wait(0.2, work, 3, t) for work in (10, 11))

    observe("desk_three", 30).kpi(f"answered_{t}").must_be(exact, not_=slower)


@pytest.mark.parametrize("t", [10, 20])
def test_resolved_in_time_at_a_desk_of_three(observe, t):
    """The tail of wait and work; sees 10% of the work on a call."""
    exact, slower = (1 - longer_response(0.2, work, 3, t) for work in (10, 11))

    observe("desk_three", 30).kpi(f"settled_{t}").must_be(exact, not_=slower)


@pytest.mark.parametrize(("law", "variance_ratio"), [("constant", 0.0), ("erlang", 0.5)])
def test_mean_wait_for_one_who_answers(observe, law, variance_ratio):
    """M/G/1; sees 4% of the work on a call."""
    exact, slower = (24 * pollaczek_khinchine(0.7, work, variance_ratio) for work in (1, 1.04))

    observe(f"desk_one_{law}", 12).kpi("wait").must_be(exact, not_=slower)


def test_mean_wait_for_one_who_answers_exponential_work(observe):
    """M/M/1; sees 4% of the work on a call."""
    exact, slower = (24 * pollaczek_khinchine(0.7, work, 1.0) for work in (1, 1.04))

    observe("desk_one_exponential", 16).kpi("wait").must_be(exact, not_=slower)


@pytest.mark.slow
def test_mean_wait_for_one_who_answers_in_bursts(observe):
    """M/G/1 with a squared coefficient of variation of 4; sees 5% of the work on a call."""
    exact, slower = (24 * pollaczek_khinchine(0.7, work, 4.0) for work in (1, 1.05))

    observe("desk_one_hyperexponential", 48).kpi("wait").must_be(exact, not_=slower)


@pytest.mark.parametrize(("urgent", "exact"), [(True, 1.0), (False, 10 / 3)])
def test_urgent_calls_are_answered_first(textbook, estimate, urgent, exact):
    """Cobham: 1 day and 3.33 days at rates 0.3 and 0.4; sees first come first served, 2.33 days."""
    scenario = textbook("desk_one_priority")
    waits, counts = [], []
    for replication in range(10):
        world = draw_world(scenario.setting, 7, replication)
        calls = simulate(world, scenario.plans["staffed"]).calls
        kept = (calls.urgent == urgent) & (calls.opened >= 1000) & np.isfinite(calls.responded)
        waits.append((calls.responded - calls.opened)[kept].sum())
        counts.append(kept.sum())

    found = estimate.of_ratio(np.array(waits), np.array(counts, dtype=float))

    found.must_be(exact, not_=7 / 3)


def test_priorities_agree_with_the_reference(reference):
    expected = reference("mm1_nonpreemptive_priority")["expected"]

    assert expected["Wq_high"] == pytest.approx(1.0)
    assert expected["Wq_low"] == pytest.approx(10 / 3)
    assert expected["Wq_fcfs"] == pytest.approx(pollaczek_khinchine(0.7, 1.0, 1.0))
