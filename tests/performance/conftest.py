"""Ledgers to measure: a busy world with every kind of trouble, and an empty one."""

import datetime as dt
from collections.abc import Callable
from functools import cache

import pytest

from pbc_sim.operations import Ledger, SupplierPlan, simulate
from pbc_sim.world import Setting, WorldTerms, draw_world

PLANS = {
    # Levels in units: days of cover would depend on the horizon.
    "backorder": {
        "policy": {"base_stock": {"level": 25}},
        "pickers": 1,
        "pick_check": 0.5,
        "storeroom": {"policy": {"base_stock": {"level": 1}}, "low_stock_notice": True},
        "desk_staff": 1,
        "technicians": 1,
        "goods_in_inspection": {"single_sampling": {"sample": 1, "if_rejected": "return"}},
    },
    "complete": {
        "policy": {"periodic_order_up_to": {"order_up_to_level": 40, "review_days": 7}},
        "shipping": "complete",
        "goods_in_inspection": {"single_sampling": {"sample": 5, "accept": 1}},
        "expedite_after": {"business_days": 1},
    },
    "lost_sale": {
        "policy": {"base_stock": {"level": 5}},
        "stockout": "lost_sale",
        "goods_in_inspection": {"mil_std_105e": {"aql_percent": 1.0}},
    },
    "recalled": {"policy": {"base_stock": {"level": 25}}, "outgoing_inspection": 0.3},
}


@pytest.fixture(scope="session")
def busy() -> Callable[..., Ledger]:
    """Return the simulator of a busy world over some months."""

    @cache
    def ledger(plan: str = "backorder", months: int = 6, orders: float = 2) -> Ledger:
        terms = {
            "start": dt.date(2022, 1, 1),
            "horizon": {"months": months},
            "demand": {
                "units": {"a": {"orders_per_business_day": orders}},
                "lines_per_order": {"poisson": {"mean": 1.5, "at_least": 1}},
            },
            "items": {
                "paper": {
                    "price": 5,
                    "cost": 3,
                    "quantity": {"poisson": {"mean": 3, "at_least": 1}},
                },
                "toner": {"price": 90, "cost": 60, "critical": True},
                "pump": {"price": 50, "cost": 30, "critical": True, "popularity": 0.1},
            },
            "machines": {
                "groups": {
                    "press": {
                        "unit": "a",
                        "count": 3,
                        "failures": {
                            "pump": {
                                "hours_to_failure": {"weibull": {"scale": 200, "shape": 1.5}},
                                "part": "pump",
                                "repair_hours": {"exponential": {"mean": 3}},
                            },
                            "screen": {
                                "hours_to_failure": {"exponential": {"mean": 300}},
                                "repair_hours": 2,
                                "repaired_by": "technician",
                                "output_without": 0.5,
                            },
                        },
                        "calibration": {
                            "drifts_after": {"exponential": {"mean": 20}},
                            "noticed_after": 3,
                        },
                    }
                },
                "run": "working_time",
            },
            "service": {
                "enquiries_per_business_day": 2,
                "complaints": {"of_wrong": 0.5, "of_defective": 0.5, "of_late": 0.3},
            },
            "supply": {"lead_time": {"gamma": {"mean": 6, "cv": 0.5}}, "lot_quality": 0.1},
            "picking": {
                "hours_per_line": {"exponential": {"mean": 2}},
                "error_share": 0.2,
                "documentation_error_share": 0.1,
            },
            "transport": {"time": {"gamma": {"mean": 0.8, "cv": 0.4}}},
            "receipt": {
                "inspection_share": 0.6,
                "found_in_use_after": {"exponential": {"mean": 15}},
                "return_time": 1,
            },
            "satisfaction": {
                "responds_share": 0.8,
                "survey": {"every": {"months": 1}, "responds_share": 0.9},
            },
        }
        if not orders or plan == "recalled":
            del terms["machines"], terms["service"]
        if plan == "recalled":
            terms["supply"]["recall"] = {"above_share": 0.05, "found_after": 12}
        setting = Setting.of(WorldTerms.model_validate(terms))
        return simulate(draw_world(setting, 11, 0), SupplierPlan.model_validate(PLANS[plan]))

    return ledger
