"""What happens in one future under one plan: the reference model, in SimPy.

Lives here: the rules of the operation, a file for each part of it, in the order in which they act.
May not live here: chance (it is all in `World`), KPIs, cost rates, contracts.
"""

from collections.abc import Sequence

from pbc_sim.operations.garbage import unsearched
from pbc_sim.operations.ledger import Ledger
from pbc_sim.operations.model.supply import SupplyModel
from pbc_sim.operations.plan_changes import PlanChange
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.world.future import World

__all__ = ["simulate"]


def simulate(world: World, plan: SupplierPlan, changes: Sequence[PlanChange] = ()) -> Ledger:
    """Run one replication under one supplier plan, or under several, one after the other.

    Parameters
    ----------
    world : World
        One draw of the future; the same for all plans.
    plan : SupplierPlan
        The supplier's levers at the beginning.
    changes : sequence of PlanChange
        Later plans, in the order of time; see `require_changeable`. What happens before a change
        does not depend on it.

    Returns
    -------
    Ledger
        What happened; a deterministic function of world, plan and changes.
    """
    # The model makes no garbage that needs a search for cycles, and it makes much of it.
    with unsearched():
        return SupplyModel(world, plan).run(changes)
