"""Which plans in which worlds can the compiled model not simulate, and why not?

Lives here: one sentence for each part of the reference model that has no twin here. May not live
here: numba, so that the question can be asked where it is not installed.
"""

from __future__ import annotations

from collections.abc import Iterator

from pbc_sim.operations.allocation import CriticalFirst, FairShare, FirstCome, InTimeFirst
from pbc_sim.operations.improvement import Improvement
from pbc_sim.operations.inspection import MilStd105E, ShareInspection, SingleSampling
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.operations.policies import (
    BaseStock,
    PeriodicOrderUpTo,
    ReorderPointOrderUpTo,
    ReorderPointQuantity,
)
from pbc_sim.operations.sourcing import BackupWhenLate, Emergency, SingleSource, Split
from pbc_sim.world.setting import Setting

__all__ = ["ALLOCATIONS_COVERED", "SOURCINGS_COVERED", "not_covered"]

# Exact types: a class that somebody derives from one of these may follow rules of its own.
#: In the order of their numbers in the layout.
ALLOCATIONS_COVERED = (FirstCome, CriticalFirst, InTimeFirst, FairShare)
INSPECTIONS_COVERED = (ShareInspection, SingleSampling, MilStd105E)
SOURCINGS_COVERED = (SingleSource, Split, BackupWhenLate, Emergency)
POLICIES_COVERED = (BaseStock, ReorderPointQuantity, ReorderPointOrderUpTo, PeriodicOrderUpTo)


def not_covered(setting: Setting, plan: SupplierPlan) -> str | None:
    """Return why a plan must run on SimPy in a world, in one sentence; None if it need not.

    Examples
    --------
    >>> from pbc_sim.world import WorldTerms
    >>> world = {"horizon": {"days": 9}, "demand": {"units": {"a": {"orders_per_business_day": 1}}}}
    >>> world |= {"items": {"pen": {"price": 1, "cost": 1}}, "supply": {"lead_time": 2}}
    >>> setting = Setting.of(WorldTerms.model_validate(world))
    >>> levers = {"policy": {"base_stock": {"level": 8}}, "outgoing_inspection": 0.5}
    >>> not_covered(setting, SupplierPlan.model_validate(levers))
    'Outgoing inspection is not compiled yet.'
    """
    parts = [*_of_world(setting), *_of_plan(setting, plan)]
    if not parts:
        return None
    verb = "is" if len(parts) == 1 and not parts[0].endswith("s") else "are"
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"{listed[0].upper()}{listed[1:]} {verb} not compiled yet."


def _of_world(setting: Setting) -> Iterator[str]:
    terms = setting.terms
    if terms.supply.recall is not None:
        yield "recalls"


def _of_plan(setting: Setting, plan: SupplierPlan) -> Iterator[str]:
    improves = Improvement.of(setting, plan.investments, plan.learning) is not None
    if improves and setting.part_demand.any():
        yield "investments and learning where storerooms order"
    if plan.outgoing_inspection > 0:
        yield "outgoing inspection"
    if type(plan.goods_in_inspection) not in INSPECTIONS_COVERED:
        yield "other inspection rules"
    if type(plan.allocation) not in ALLOCATIONS_COVERED:
        yield "other allocation rules"
    if plan.sourcing is not None and type(plan.sourcing) not in SOURCINGS_COVERED:
        yield "other sourcing rules"
    if any(type(policy) not in POLICIES_COVERED for policy in plan.policies(setting)):
        yield "other stock policies"
