"""What queueing theory knows: waits and responses in M/M/c and M/G/1."""

import math

from scipy import integrate, stats


def chance_to_wait(load: float, servers: int) -> float:
    """Return Erlang's C: the chance that all servers are busy."""
    blocked = stats.poisson.pmf(servers, load) / stats.poisson.cdf(servers, load)
    return servers * blocked / (servers - load * (1 - blocked))


def mean_wait(rate: float, work: float, servers: int) -> float:
    """Return the mean wait in M/M/c."""
    return chance_to_wait(rate * work, servers) / (servers / work - rate)


def longer_wait(rate: float, work: float, servers: int, t: float) -> float:
    """Return P(wait > t) in M/M/c."""
    return chance_to_wait(rate * work, servers) * math.exp(-(servers / work - rate) * t)


def longer_response(rate: float, work: float, servers: int, t: float) -> float:
    """Return P(wait + work > t) in M/M/c."""
    wait, service, slack = chance_to_wait(rate * work, servers), 1 / work, servers / work - rate
    # By quadrature, since the closed form divides by zero where both rates are equal.
    served_after = integrate.quad(lambda x: math.exp(-slack * x - service * (t - x)), 0, t)[0]
    both = math.exp(-slack * t) + slack * served_after
    return (1 - wait) * math.exp(-service * t) + wait * both


def pollaczek_khinchine(rate: float, work: float, variance_ratio: float) -> float:
    """Return the mean wait in M/G/1; the ratio is of the variance to the squared mean of work."""
    return rate * work**2 * (1 + variance_ratio) / 2 / (1 - rate * work)
