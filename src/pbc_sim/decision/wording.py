"""How does an estimate read: a mean, an interval, a difference.

Lives here: text of single estimates. May not live here: statistics (`risk/`), tables.
"""

from __future__ import annotations

import numpy as np

from pbc_sim.decision.risk import Paired
from pbc_sim.figures import money, share

__all__ = ["difference", "estimate", "in_unit", "interval", "variance_ratio"]


def in_unit(value: float, unit: str, currency: str) -> str:
    """Write a KPI value in its unit."""
    if unit == "1":
        return share(value)
    return money(value, currency) if unit == "currency" else f"{value:.4g} {unit}"


def estimate(mean: float, ci95: tuple[float, float], unit: str, currency: str) -> str:
    """Write a mean with its interval, in a KPI's unit."""
    low, high = ci95
    if unit == "1":
        return f"{share(mean, 2)} {_ends(100 * low, 100 * high, '.2f')}"
    if unit == "currency":
        return f"{money(mean, currency)} {interval(ci95, currency)}"
    return f"{mean:.4g} {unit} {_ends(low, high, '.4g')}"


def _ends(low: float, high: float, form: str) -> str:
    return "[-]" if np.isnan(low) else f"[{low:{form}}, {high:{form}}]"


def interval(ci95: tuple[float, float], currency: str) -> str:
    """Write an interval of money; a dash where one replication gives none."""
    low, high = ci95
    if np.isnan(low) or (np.isinf(low) and np.isinf(high)):
        return "[-]"
    # An end that the sample cannot bound is no amount.
    if np.isinf(high):
        return f"[at least {money(low, currency)}]"
    if np.isinf(low):
        return f"[at most {money(high, currency)}]"
    return f"[{money(low, currency)}, {money(high, currency)}]"


def difference(against: Paired, currency: str) -> str:
    """Write a paired difference of money with its interval."""
    return f"{money(against.difference, currency)} {interval(against.ci95, currency)}"


def variance_ratio(against: Paired) -> str:
    """Write the variance ratio of a paired difference; a dash where there is none."""
    return "-" if np.isnan(against.variance_ratio) else f"{against.variance_ratio:.3g}"
