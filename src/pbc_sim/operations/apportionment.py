"""How are whole units shared out in proportion.

Lives here: the method of largest remainders. May not live here: who shares what and why.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["apportioned"]


def apportioned(units: int, weights: Sequence[float]) -> list[int]:
    """Share out units in proportion to weights, by the method of largest remainders.

    Everyone first gets the whole part of their quota; what is left goes to the largest remainders,
    of equal ones to the first. Nobody is more than one unit away from their quota. Source: Balinski
    and Young (1982), Fair Representation, ch. 2 (Hamilton's method).

    Parameters
    ----------
    units : int
        What there is. [unit]
    weights : sequence of float
        Relative claims, >= 0, some > 0.

    Examples
    --------
    >>> apportioned(5, [6, 3, 1])
    [3, 2, 0]
    """
    total = sum(weights)
    quotas = [units * weight / total for weight in weights]
    shares = [int(quota) for quota in quotas]
    by_remainder = sorted(range(len(quotas)), key=lambda n: shares[n] - quotas[n])
    for n in by_remainder[: units - sum(shares)]:
        shares[n] += 1
    return shares
