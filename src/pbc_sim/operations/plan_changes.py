"""When does a supplier change its plan during the term, and which levers can it change then?

Lives here: changes of plan, and what they may touch. May not live here: why it changes its plan
(`decision/`), what a change does (`operations/model/`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pbc_sim.errors import PbcError
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.world.setting import Setting

__all__ = ["CHANGEABLE", "PlanChange", "require_changeable"]

#: Levers that can be moved while the contract runs; all others are built into the operation.
CHANGEABLE = (
    *("policy", "items", "goods_in_inspection", "pick_check", "expedite_after", "pickers"),
    *("allocation", "yearly_cost", "label"),
)


class PlanChange(NamedTuple):
    """From when on another plan holds.

    Parameters
    ----------
    when : float
        The instant, before anything else that happens then. [day]
    plan : SupplierPlan
        The plan that holds from then on.
    """

    when: float
    plan: SupplierPlan


def require_changeable(plans: Mapping[str, SupplierPlan], setting: Setting) -> None:
    """Raise `PbcError` unless a supplier can change between any two of the plans on the way."""
    (first, one), *others = plans.items()
    for name, other in others:
        problem = _problem(one, other, setting)
        if problem:
            raise PbcError(f"a supplier cannot change between '{first}' and '{name}': {problem}")


def _problem(one: SupplierPlan, other: SupplierPlan, setting: Setting) -> str | None:
    for lever, value in one:
        if lever not in CHANGEABLE and value != getattr(other, lever):
            return (
                f"{lever} is fixed for the term; only {', '.join(CHANGEABLE[:-2])} can be moved. "
                "Leave one of them out."
            )
    if (one.pickers is None) != (other.pickers is None):
        return "one of them has no staff to count; give both a number of pickers."
    if one.goods_in_inspection.judges_lots != other.goods_in_inspection.judges_lots:
        return "only one of them judges lots; give both a sampling plan, or none."
    if one.pick_check != other.pick_check and setting.machines:
        return "pick_check cannot change where storerooms order parts; give both the same."
    intervals = [[p.review_every_days for p in plan.policies(setting)] for plan in (one, other)]
    if intervals[0] != intervals[1]:
        return "their stock is looked at at other intervals; give both the same review_days."
    return None
