"""What does a small ledger look like: six orders, and two machines, to try KPIs on.

Lives here: the worked examples of the docstrings. May not live here: anything the program needs.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from pbc_sim.operations import Ledger, SupplierPlan, simulate
from pbc_sim.operations.inspection import Inspection
from pbc_sim.performance.measures import Measure, measure
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.world import Setting, WorldTerms, draw_world

__all__ = ["example_ledger", "example_plant", "value_of"]


@cache
def example_ledger(goods_in: Inspection | None = None) -> Ledger:
    """Return six days with six orders of one item at a price of 10, two units each.

    One order every noon; stock of six; 2.75 days of lead time; some lines are picked wrongly.
    Incoming lots are inspected as `goods_in` says; None: not at all.
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
            "satisfaction": {
                "points_if_all_wrong": 8,
                "noise_sd": 0,
                "survey": {"every": {"days": 2}, "noise_sd": 0},
            },
        }
    )
    levers = {"policy": {"base_stock": {"level": 6}}}
    plan = SupplierPlan.model_validate(
        levers | ({"goods_in_inspection": goods_in} if goods_in else {})
    )
    return simulate(draw_world(Setting.of(terms), seed=2896, replication=0), plan)


@cache
def example_plant() -> Ledger:
    """Return 30 days of two presses, each with one pump that lasts 240 hours of running.

    A pump costs 1000; the storeroom keeps one and orders by hand; a technician repairs the controls
    that fail after 300 hours; both presses measure, and drift 20 days after each calibration.
    """
    pump = {"hours_to_failure": 240, "part": "pump", "repair_hours": 4}
    controls = {"hours_to_failure": 300, "repair_hours": 2, "repaired_by": "technician"}
    terms = WorldTerms.model_validate(
        {
            "horizon": {"days": 30},
            "calendar": {"always_open": True},
            "demand": {"units": {"plant": {"orders_per_business_day": 0}}},
            "items": {"pump": {"price": 1000, "cost": 700, "critical": True}},
            "supply": {"lead_time": 30},
            "transport": {"time": 3},
            "machines": {
                "groups": {
                    "press": {
                        "unit": "plant",
                        "count": 2,
                        "failures": {"pump": pump, "controls": controls},
                        "calibration": {"drifts_after": 20, "noticed_after": 5},
                    }
                },
                "ordering_delay": 1,
            },
        }
    )
    store = {"base_stock": {"level": 9}}
    storeroom = {"policy": {"base_stock": {"level": 1}}}
    plan = {"policy": store, "storeroom": storeroom, "technicians": 1}
    setting = Setting.of(terms)
    return simulate(draw_world(setting, 1, 0), SupplierPlan.model_validate(plan))


def value_of(kpi: str, ledger: Ledger, **settings: Any) -> float:
    """Return a KPI's value over the whole of a ledger."""
    periods = ReviewPeriods.of(ledger.setting, "term", None)
    numerator, denominator, _ = measure(ledger, Measure.of(kpi, **settings), periods)[:, 0]
    return float(numerator / denominator)
