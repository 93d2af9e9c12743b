"""Machines that fail and are repaired: birth-death chains of a finite source, renewal theory.

The calendar is always open, so an hour of work is an hour of the clock.
"""

import math

import numpy as np
import pytest
from scipy import stats


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


def renewals(life, until: float, steps: int = 2000) -> float:
    """Return the mean number of renewals until a time, from new (Xie, 1989, Reliab. Eng. 26).

    The renewal equation M = F + M * f by the midpoint rule on its Riemann-Stieltjes integral.
    """
    at = until / steps * np.arange(steps + 1)
    lived, half = life.cdf(at), life.cdf(at[1:] - until / steps / 2)
    renewed = np.zeros(steps + 1)
    for n in range(1, steps + 1):
        earlier = np.diff(renewed[:n]) @ half[1:n][::-1]
        renewed[n] = (lived[n] + earlier - half[0] * renewed[n - 1]) / (1 - half[0])
    return float(renewed[-1])


TWO_REPAIRMEN = (5, 0, 2, 1 / 30)
AMPLE = (10, 3, 13, 1 / 20)
TWO_HANDS = (10, 3, 2, 1 / 20)
WEAR = stats.weibull_min(3, scale=20)


def turnaround(repair_rate):
    """Return the mean time from failure to repair with two repairmen, by Little's law [day]."""
    in_repair = 5 * (1 - availability(*TWO_REPAIRMEN, repair_rate))
    return in_repair / failures_a_day(*TWO_REPAIRMEN, repair_rate)


def test_availability_with_two_repairmen(observe):
    """Machine repair; sees 5% of the repair time."""
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
    """Little's law on the exact chain; sees 5% of the repair time."""
    exact, slower = (
        24
        * 5
        * (1 - availability(*TWO_REPAIRMEN, 1 / days))
        / failures_a_day(*TWO_REPAIRMEN, 1 / days)
        for days in (3, 3.15)
    )

    observe("machines_two_repairmen", 30).kpi("resolution").must_be(exact, not_=slower)


def test_wait_for_one_of_two_repairmen(observe):
    """Mean turnaround less the work itself; sees 40% of the wait, which is a fortieth of it."""
    exact = 24 * (turnaround(1 / 3) - 3)

    observe("machines_two_repairmen", 30).kpi("response").must_be(exact, not_=1.4 * exact)


def test_availability_with_spares(observe):
    """Ten machines with three spares; sees one spare fewer."""
    exact, fewer = availability(*AMPLE, 0.5), availability(10, 2, 12, 1 / 20, 0.5)

    observe("machines_with_spares", 20).kpi("availability").must_be(exact, not_=fewer)


def test_chance_that_a_spare_is_at_hand(observe):
    """Weighted by the rate of failures in each state; sees 20% of the repair time."""

    def at_hand(days):
        chances, running = finite_source(*AMPLE, 1 / days)
        failing = chances * running
        return failing[:3].sum() / failing.sum()

    observe("machines_with_spares", 20).kpi("at_hand").must_be(at_hand(2), not_=at_hand(2.4))


def test_availability_with_spares_that_wait_for_repair(observe):
    """Ten machines, three spares, two hands; sees 20% of the repair time, and ample hands."""
    exact, slower = (availability(*TWO_HANDS, 1 / days) for days in (2, 2.4))
    found = observe("machines_with_spares_and_queue", 15).kpi("availability")

    found.must_be(exact, not_=slower)
    found.must_be(exact, not_=availability(*AMPLE, 0.5))


def test_chance_that_a_spare_is_at_hand_where_repair_waits(observe):
    """Sees 20% of the repair time."""

    def at_hand(days):
        chances, running = finite_source(*TWO_HANDS, 1 / days)
        failing = chances * running
        return failing[:3].sum() / failing.sum()

    found = observe("machines_with_spares_and_queue", 15).kpi("at_hand")

    found.must_be(at_hand(2), not_=at_hand(2.4))


def test_failures_of_new_machines_that_wear_out(observe, estimate):
    """The renewal function of Weibull lives; sees 5% of their scale, and lives by chance."""
    exact, longer = (renewals(WEAR, until) for until in (20, 20 / 1.05))

    found = estimate.of_mean(observe("machines_as_new", 160).average("failures") / 50)

    found.must_be(exact, not_=longer)
    found.must_be(exact, not_=20 / WEAR.mean())


def test_failures_of_machines_of_all_ages(observe, estimate):
    """The renewal theorem: one a mean life; sees 2% of it."""
    seen = observe("machines_in_blocks", 10, "as_it_fails")

    found = estimate.of_mean(seen.average("failures") / seen.days)

    found.must_be(20 / WEAR.mean(), not_=20 / WEAR.mean() / 1.02)


def test_failures_between_preventive_visits(observe, estimate):
    """Block replacement; sees 5% of the scale of lives, and visits that renew nothing."""
    seen = observe("machines_in_blocks", 10, "every_ten_days")
    exact, longer = (2 * renewals(WEAR, until) for until in (10, 10 / 1.05))

    found = estimate.of_mean(seen.average("failures") / seen.days)

    found.must_be(exact, not_=longer)
    found.must_be(exact, not_=20 / WEAR.mean())


@pytest.mark.parametrize(
    ("life", "until", "exact"),
    [
        (stats.expon(scale=4), 6.0, 1.5),  # a Poisson process
        # Erlang-2: t / mean - (1 - exp(-2 rate t)) / 4.
        (stats.gamma(2), 3.0, 1.5 - (1 - math.exp(-6)) / 4),
    ],
)
def test_renewals_where_they_are_known(life, until, exact):
    assert renewals(life, until) == pytest.approx(exact, rel=1e-5)


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
