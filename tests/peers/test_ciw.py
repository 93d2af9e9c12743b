"""Queues, against Ciw: a desk of three, a desk with two priorities, stock that is lost when empty.

Ciw counts in the time unit that it is given (days, here) and `pbc_sim` tells waits of calls in
hours. Both measure who arrives after the warm-up. Ciw tells only those whose service has ended by
the close, so those who wait then are missing: a few among thousands, less than the error. Its seed
sets Python's and numpy's global generators; ours are not touched by that.
"""

import numpy as np
import pytest
from queues import longer_wait, mean_wait

from pbc_sim.operations import simulate
from pbc_sim.world import draw_world

ciw = pytest.importorskip("ciw", reason="the peer Ciw is not installed; it is in the extra `peers`")

DAYS, WARM_UP = 21_000, 1_000


def records(seed: int, until: float, warm_up: float, only=("service",), **network):
    """Return Ciw's records of those who arrive after the warm-up."""
    ciw.seed(seed)
    simulation = ciw.Simulation(ciw.create_network(**network))
    simulation.simulate_until_max_time(until)
    return [r for r in simulation.get_all_records(only=list(only)) if r.arrival_date > warm_up]


@pytest.mark.parametrize(
    ("replications", "more"), [(10, 1.12), pytest.param(60, 1.05, marks=pytest.mark.slow)]
)
def test_a_desk_of_three(ours, theirs, replications, more):
    """M/M/3, mean wait and share answered in 5 days; sees 12% (5%) of the work on a call."""

    def replicate(seed):
        exponential = ciw.dists.Exponential
        rows = records(
            seed,
            DAYS,
            WARM_UP,
            arrival_distributions=[exponential(0.2)],
            service_distributions=[exponential(0.1)],
            number_of_servers=[3],
        )
        waits = np.array([row.waiting_time for row in rows])
        return 24 * waits.mean(), (waits <= 5).mean()

    wait, answered = theirs(replicate, replications)
    desk = ours("desk_three", replications)

    longer = 24 * (mean_wait(0.2, 10 * more, 3) - mean_wait(0.2, 10, 3))
    rarer = longer_wait(0.2, 10 * more, 3, 5) - longer_wait(0.2, 10, 3, 5)

    (desk.kpi("wait") - wait).must_be(0.0, not_=longer)
    (desk.kpi("answered_5") - answered).must_be(0.0, not_=rarer)


@pytest.mark.slow
def test_urgent_calls_are_answered_first(estimate_of_waits, theirs):
    """Non-preemptive priority; sees a tenth of the urgent wait, and a quarter of the other.

    Ciw draws two streams of arrivals, and `pbc_sim` one whose calls are urgent by chance: the same
    law, since independent thinning of a Poisson process gives independent Poisson processes.
    """

    def replicate(seed):
        exponential = ciw.dists.Exponential
        rows = records(
            seed,
            DAYS,
            WARM_UP,
            arrival_distributions={"urgent": [exponential(0.3)], "other": [exponential(0.4)]},
            service_distributions={"urgent": [exponential(1.0)], "other": [exponential(1.0)]},
            number_of_servers=[1],
            priority_classes={"urgent": 0, "other": 1},
        )
        return tuple(
            np.mean([row.waiting_time for row in rows if row.customer_class == name])
            for name in ("urgent", "other")
        )

    for mine, peer, seen in zip(estimate_of_waits, theirs(replicate, 30), (0.1, 0.25), strict=True):
        (mine - peer).must_be(0.0, not_=seen * peer.value)


@pytest.fixture
def estimate_of_waits(ours, theirs):
    """Return our mean waits, of urgent calls and of others [day]."""
    scenario = ours("desk_one_priority", 2).outcomes.scenario

    def replicate(replication):
        world = draw_world(scenario.setting, 32, replication)
        calls = simulate(world, scenario.plans["staffed"]).calls
        kept = (calls.opened >= WARM_UP) & np.isfinite(calls.responded)
        waits = calls.responded - calls.opened
        return tuple(waits[kept & (calls.urgent == urgent)].mean() for urgent in (True, False))

    return theirs(replicate, 30)


def test_lost_sales_are_a_queue_without_room_to_wait(ours, theirs):
    """Five units in stock are five servers whose work is the lead time; sees 2.5 points.

    Who finds all of them busy leaves: Ciw's queue capacity is of those who wait, none here.
    """

    def replicate(seed):
        rows = records(
            seed,
            1_060,
            60,
            only=("service", "rejection"),
            arrival_distributions=[ciw.dists.Exponential(1.0)],
            service_distributions=[ciw.dists.Gamma(4, 3 / 4)],
            number_of_servers=[5],
            queue_capacities=[0],
        )
        return (np.mean([row.record_type == "service" for row in rows]),)

    (filled,) = theirs(replicate, 40)

    (ours("lost_sales_gamma", 40).kpi("fill") - filled).must_be(0.0, not_=0.025)
