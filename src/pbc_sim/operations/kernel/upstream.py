"""What is upstream, and how is it used: sources and rules laid out as arrays of the compiled model.

Lives here: sources of a world, sourcing rules and sampling plans of a plan, as numbers.
May not live here: the rules themselves (`network.py`, `sampling.py`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pbc_sim.operations.inspection import Inspection, MilStd105E, SingleSampling
from pbc_sim.operations.kernel.coverage import SOURCINGS_COVERED
from pbc_sim.operations.kernel.layout import SINGLE_SOURCE
from pbc_sim.operations.kernel.luck import of_one_kind
from pbc_sim.operations.sampling_tables import LARGEST_LOTS
from pbc_sim.operations.sourcing import Sourcing
from pbc_sim.world.distributions import Constant
from pbc_sim.world.setting import Setting

__all__ = ["samples_of", "sources_of", "sourcing_of"]

#: No lot is larger [unit].
ANY_SIZE = 2**62


def sources_of(setting: Setting, rule: Sourcing | None) -> dict[str, np.ndarray]:
    """Return what the sources are like, and which are used."""
    full = Constant(value=1.0)
    sources = [
        (s.order_crossing, s.capacity_per_day or 0.0, s.delivered_share == full,
         s.stock.level if s.stock else -1)
        for s in setting.sources
    ]  # fmt: skip
    # Where the plan says nothing, all comes from the first.
    used = [setting.source_names.index(name) for name in rule.names()] if rule else [0]
    return {
        "sources": np.array(sources, dtype=float),
        "expected_lead_times": of_one_kind(setting.expected_lead_times.ravel(), float),
        "sources_used": np.array(used, dtype=np.int64),
        "shares": np.array(list(getattr(rule, "shares", {}).values()), dtype=float),
    }


def sourcing_of(setting: Setting, rule: Sourcing | None) -> dict[str, Any]:
    """Return by which rule sources are used."""
    return {
        "n_sources": len(setting.sources),
        "sources_are_named": bool(setting.terms.supply.sources),
        "sourcing": SOURCINGS_COVERED.index(type(rule)) if rule else SINGLE_SOURCE,
        "overdue_days": float(getattr(rule, "overdue_days", 0.0)),
        "waiting_units": getattr(rule, "waiting_units", None) or 0,
    }


def samples_of(rule: Inspection) -> np.ndarray:
    """Return sample and acceptance number by the largest lot that they are for [unit]."""
    rows: list[tuple[int, ...]] = []
    if isinstance(rule, SingleSampling):
        rows = [(ANY_SIZE, rule.sample, rule.accept)]
    elif isinstance(rule, MilStd105E):
        rows = [(largest, *rule.plan_of(largest)) for largest in (*LARGEST_LOTS, ANY_SIZE)]
    return np.array(rows, dtype=np.int64).reshape(-1, 3)
