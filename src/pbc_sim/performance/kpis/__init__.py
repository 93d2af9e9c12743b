"""How good was it: the KPIs of the field.

Lives here: one function a KPI, in one module a theme. Importing this package files them all.
"""

from pbc_sim.performance.kpis import (
    machines,
    quality,
    satisfaction,
    service,
    stock,
    supply,
    timeliness,
    totals,
)

__all__ = [
    "machines",
    "quality",
    "satisfaction",
    "service",
    "stock",
    "supply",
    "timeliness",
    "totals",
]
