"""Can a KPI ever have a level that a contract names?

Lives here: the sentence that says no. May not live here: the clauses that name levels.
"""

from __future__ import annotations

from pbc_sim.inputs import as_a_share
from pbc_sim.language import translated as _
from pbc_sim.performance.measures import Kpi

__all__ = ["out_of_bounds"]


def out_of_bounds(kpi: Kpi, what: str, level: float) -> str | None:
    """Say that a level lies where the KPI can never be, if it does."""
    low, high = kpi.bounds
    if low <= level <= high:
        return None
    unit = "" if kpi.unit == "1" else f" {_(kpi.unit)}"
    words = _("{what} must lie within {low} and {high}{unit}, got {level}").format(
        what=what, low=f"{low:g}", high=f"{high:g}", unit=unit, level=f"{level:g}"
    )
    return words + (as_a_share(level) if high == 1 else "")
