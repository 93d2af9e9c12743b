"""What does a small ledger look like: six orders to try KPIs on.

Lives here: the worked example of the docstrings. May not live here: anything the program needs.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from pbc_sim.operations import Ledger, SupplierPlan, simulate
from pbc_sim.performance.measures import Measure, measure
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.world import Setting, WorldTerms, draw_world

__all__ = ["example_ledger", "value_of"]


@cache
def example_ledger() -> Ledger:
    """Return six days with six orders of one item at a price of 10, two units each.

    One order every noon; stock of six; 2.75 days of lead time; some lines are picked wrongly.
    """
    terms = WorldTerms.model_validate(
        {
            "horizon": {"days": 6},
            "calendar": {"always_open": True},
            "demand": {
                "units": {"office": {"orders_per_business_day": 1}},
                "gap": 1,
                "first_gap": 0.5,
            },
            "items": {"paper": {"price": 10, "cost": 6, "quantity": 2}},
            "supply": {"lead_time": 2.75},
            "picking": {"error_share": 0.3},
            "receipt": {"return_time": 1},
        }
    )
    plan = SupplierPlan.model_validate({"policy": {"base_stock": {"level": 6}}})
    return simulate(draw_world(Setting.of(terms), seed=4, replication=0), plan)


def value_of(kpi: str, ledger: Ledger, **settings: Any) -> float:
    """Return a KPI's value over the whole of a ledger."""
    periods = ReviewPeriods.of(ledger.setting, "term", None)
    numerator, denominator, _ = measure(ledger, Measure.of(kpi, **settings), periods)[:, 0]
    return float(numerator / denominator)
