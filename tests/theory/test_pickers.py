"""Pickers as a queue: what Erlang and Pollaczek knew about staff.

The calendar is always open, so a picker's hour is an hour of the clock.
"""

import numpy as np
import pytest
from queues import chance_to_wait, longer_response, longer_wait, mean_wait, pollaczek_khinchine

from pbc_sim.operations import simulate
from pbc_sim.world import draw_world


@pytest.fixture(scope="module")
def waits(textbook):
    """Return the waits of all orders for a picker, one array a replication."""

    def simulated(name: str, replications: int) -> list[np.ndarray]:
        scenario, found = textbook(name), []
        for replication in range(replications):
            world = draw_world(scenario.setting, 5, replication)
            ledger = simulate(world, scenario.plans["staffed"])
            shipments, placed = ledger.shipments, ledger.orders.placed
            wait = shipments.dispatched - placed[shipments.order] - shipments.pick_hours / 24
            found.append(wait[placed[shipments.order] >= scenario.setting.measured_from])
        return found

    return simulated


@pytest.fixture(scope="module")
def waits_for_three(waits):
    return waits("pickers_three", 20)


def of_each(estimate, values):
    sums = np.array([part.sum() for part in values], dtype=float)
    return estimate.of_ratio(sums, np.array([len(part) for part in values], dtype=float))


def test_mean_wait_for_a_picker(waits_for_three, estimate):
    """Erlang C, M/M/3; sees 5% of the picking hours."""
    exact, slower = mean_wait(0.2, 10, 3), mean_wait(0.2, 10.5, 3)

    of_each(estimate, waits_for_three).must_be(exact, not_=slower)


@pytest.mark.parametrize("t", [0, 5, 10, 20])
def test_long_waits_for_a_picker(waits_for_three, estimate, t):
    """Erlang C, M/M/3; sees 10% of the picking hours."""
    exact, slower = longer_wait(0.2, 10, 3, t), longer_wait(0.2, 11, 3, t)
    # A wait of nothing is a rounding of two differences.
    longer = [wait > t + 1e-9 for wait in waits_for_three]

    of_each(estimate, longer).must_be(exact, not_=slower)


@pytest.mark.parametrize("t", [5, 10, 20])
def test_on_time_share_with_three_pickers(observe, t):
    """Waiting and work, M/M/3; sees 10% of the picking hours."""
    exact, slower = (1 - longer_response(0.2, work, 3, t) for work in (10, 11))

    estimate = observe("pickers_three", replications=20).kpi(f"within_{t}")

    estimate.must_be(exact, not_=slower)


def test_mean_fulfilment_time_with_three_pickers(observe):
    """M/M/3; sees 5% of the picking hours."""
    exact, slower = (mean_wait(0.2, work, 3) + work for work in (10, 10.5))

    observe("pickers_three", replications=20).kpi("time").must_be(exact, not_=slower)


@pytest.mark.parametrize("t", [1, 2])
def test_on_time_share_with_fourteen_pickers(observe, t):
    """M/M/14; sees 5% of the picking hours."""
    exact, slower = (1 - longer_response(10 / 3, work, 14, t) for work in (3, 3.15))

    estimate = observe("pickers_fourteen", replications=20).kpi(f"within_{t}")

    estimate.must_be(exact, not_=slower)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("law", "variance_ratio"),
    [("constant", 0.0), ("gamma", 0.5), ("exponential", 1.0), ("hyperexponential", 4.0)],
)
def test_mean_wait_for_one_picker(waits, estimate, law, variance_ratio):
    """Pollaczek and Khinchine, M/G/1; sees 5% of the picking hours."""
    exact, slower = (pollaczek_khinchine(0.7, work, variance_ratio) for work in (1, 1.05))

    of_each(estimate, waits(f"picker_one_{law}", 60)).must_be(exact, not_=slower)


@pytest.mark.parametrize(
    ("case", "rate", "work", "servers"),
    [("mmc_ciw_bank", 0.2, 10, 3), ("mmc_callcentre_pyworkforce", 10 / 3, 3, 14)],
)
def test_queues_equal_the_reference(reference, case, rate, work, servers):
    expected = reference(case)["expected"]

    assert chance_to_wait(rate * work, servers) == pytest.approx(expected["P_wait"])
    assert mean_wait(rate, work, servers) == pytest.approx(expected["Wq"])
    for t, chance in expected["P_wait_gt"].items():
        assert longer_wait(rate, work, servers, float(t)) == pytest.approx(chance)
    for t, chance in expected["P_response_gt"].items():
        assert longer_response(rate, work, servers, float(t)) == pytest.approx(chance)


def test_pollaczek_and_khinchine_equal_the_reference(reference):
    for row in reference("mg1_pollaczek_khinchine")["expected"]["rows"]:
        assert pollaczek_khinchine(0.7, 1, row["cv2"]) == pytest.approx(row["Wq"])
