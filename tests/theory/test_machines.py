"""Machines that fail and are repaired: birth-death chains of a finite source.

The calendar is always open, so an hour of work is an hour of the clock.
"""

import numpy as np
import pytest


def finite_source(machines, spares, servers, failure_rate, repair_rate):
    """Return the chance of each number of modules in repair; cold spares, swapped at once."""
    states = np.arange(machines + spares + 1)
    running = np.minimum(machines, machines + spares - states)
    up = running * failure_rate
    down = np.minimum(states, servers) * repair_rate
    chances = np.cumprod(np.r_[1.0, up[:-1] / down[1:]])
    return chances / chances.sum(), running


def availability(machines, spares, servers, failure_rate, repair_rate):
    """Return the mean share of machines that run."""
    chances, running = finite_source(machines, spares, servers, failure_rate, repair_rate)
    return float(chances @ running) / machines


def failures_a_day(machines, spares, servers, failure_rate, repair_rate):
    """Return the rate of failures of all machines [1/day]."""
    share = availability(machines, spares, servers, failure_rate, repair_rate)
    return share * machines * failure_rate


TWO_REPAIRMEN = (5, 0, 2, 1 / 30)
AMPLE = (10, 3, 13, 1 / 20)


def turnaround(repair_rate):
    """Return the mean time from failure to repair with two repairmen, by Little's law [day]."""
    in_repair = 5 * (1 - availability(*TWO_REPAIRMEN, repair_rate))
    return in_repair / failures_a_day(*TWO_REPAIRMEN, repair_rate)


def test_availability_with_two_repairmen(observe):
    """Machine repair; sees 5 % of the repair time."""
    exact, slower = (availability(*TWO_REPAIRMEN, 1 / days) for days in (3, 3.15))

    observe("machines_two_repairmen", 30).kpi("availability").must_be(exact, not_=slower)


def test_failures_with_two_repairmen(observe, estimate):
    """A machine in repair does not fail; sees whether hours run count, or those of the clock."""
    seen = observe("machines_two_repairmen", 30)
    exact = failures_a_day(*TWO_REPAIRMEN, 1 / 3)

    found = estimate.of_mean(seen.average("failures") / seen.days)

    # If the clock ran on while a machine stands, each would fail every 30 days.
    found.must_be(exact, not_=5 / 30)


def test_time_to_repair_with_two_repairmen(observe):
    """Little's law on the exact chain; sees 5 % of the repair time."""
    exact, slower = (
        24
        * 5
        * (1 - availability(*TWO_REPAIRMEN, 1 / days))
        / failures_a_day(*TWO_REPAIRMEN, 1 / days)
        for days in (3, 3.15)
    )

    observe("machines_two_repairmen", 30).kpi("resolution").must_be(exact, not_=slower)


def test_wait_for_one_of_two_repairmen(observe):
    """Mean turnaround less the work itself; sees 40 % of the wait, which is a fortieth of it."""
    exact = 24 * (turnaround(1 / 3) - 3)

    observe("machines_two_repairmen", 30).kpi("response").must_be(exact, not_=1.4 * exact)


def test_availability_with_spares(observe):
    """Ten machines with three spares; sees one spare fewer."""
    exact, fewer = availability(*AMPLE, 0.5), availability(10, 2, 12, 1 / 20, 0.5)

    observe("machines_with_spares", 20).kpi("availability").must_be(exact, not_=fewer)


def test_chance_that_a_spare_is_at_hand(observe):
    """Weighted by the rate of failures in each state; sees 20 % of the repair time."""

    def at_hand(days):
        chances, running = finite_source(*AMPLE, 1 / days)
        failing = chances * running
        return failing[:3].sum() / failing.sum()

    observe("machines_with_spares", 20).kpi("at_hand").must_be(at_hand(2), not_=at_hand(2.4))


@pytest.mark.parametrize(
    ("case", "system"), [("repair_grossharris_M5", TWO_REPAIRMEN), ("repair_fleet10_Y3_c13", AMPLE)]
)
def test_formulas_agree_with_the_reference(reference, case, system):
    expected = reference(case)

    repair_rate = expected["parameters"]["repair_rate"]
    found = availability(*system, repair_rate)

    assert found == pytest.approx(expected["expected"]["availability"], rel=1e-6)
    rate = failures_a_day(*system, repair_rate)
    assert rate == pytest.approx(expected["expected"]["failure_rate_eff"], rel=1e-6)


#: Of the transfer line: how many stations of each kind, hours to failure, hours of repair.
STATIONS = ((3, 150, 10), (2, 80, 4), (1, 120, 12))


def lost_to(stations, of=STATIONS):
    """Return output and hours of standstill of a line, relative to its hours: 1 / (1 + n r / m)."""
    runs = 1 / (1 + sum(n * repair / mean for n, mean, repair in of))
    return runs, runs * sum(n * repair / mean for n, mean, repair in stations)


def test_efficiency_of_a_transfer_line(observe):
    """Sees whether stations age while the line stands: then a line would give their product."""
    exact, _ = lost_to(STATIONS)
    ageing = np.prod([(mean / (mean + repair)) ** n for n, mean, repair in STATIONS])

    observe("transfer_line", 60).kpi("efficiency").must_be(exact, not_=ageing)


def test_availability_of_stations_of_a_transfer_line(observe):
    """A station that waits for another is not down; sees whether it is counted as such."""
    _, lost = lost_to(STATIONS)

    observe("transfer_line", 60).kpi("availability").must_be(1 - lost / 6, not_=1 - lost)


def test_part_of_a_transfer_line(observe):
    """The presses alone stand for their own repairs; sees whether all stations count."""
    _, lost = lost_to(STATIONS[:1])

    observe("transfer_line", 60).kpi("of_presses").must_be(1 - lost, not_=lost_to(STATIONS)[0])
