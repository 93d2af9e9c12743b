"""Small worlds whose every event can be worked out by hand."""

import datetime as dt
from collections.abc import Callable

import pytest

from pbc_sim.operations import Ledger, SupplierPlan, check_balances, simulate
from pbc_sim.world import Setting, WorldTerms, draw_world

TINY = {
    "start": dt.date(2024, 1, 1),
    "horizon": {"days": 6},
    "calendar": {"always_open": True},
    # One order every noon.
    "demand": {"units": {"office": {"orders_per_business_day": 1}}, "gap": 1, "first_gap": 0.5},
    "items": {"paper": {"price": 10, "cost": 6, "quantity": 2}},
    "supply": {"lead_time": 2.75},
}


@pytest.fixture(scope="session")
def happened() -> Callable[..., Ledger]:
    """Return what tells a tiny world's story: sections that differ, and the plan's levers."""

    def simulated(plan: dict, seed: int = 4, **sections) -> Ledger:
        world = {
            key: TINY.get(key, {}) | value if isinstance(value, dict) else value
            for key, value in sections.items()
        }
        setting = Setting.of(WorldTerms.model_validate(TINY | world))
        levers = SupplierPlan.model_validate({"policy": {"base_stock": {"level": 3}}} | plan)
        ledger = simulate(draw_world(setting, seed, 0), levers)
        check_balances(ledger)
        return ledger

    return simulated
