"""What happens in one future under one plan: the reference model, in SimPy.

Lives here: the rules of the operation, a file for each part of it, in the order in which they act.
May not live here: chance (it is all in `World`), KPIs, cost rates, contracts.
"""

import gc

from pbc_sim.operations.ledger import Ledger
from pbc_sim.operations.model.supply import SupplyModel
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.world.future import World

__all__ = ["simulate"]


def simulate(world: World, plan: SupplierPlan) -> Ledger:
    """Run one replication under one supplier plan.

    Parameters
    ----------
    world : World
        One draw of the future; the same for all plans.
    plan : SupplierPlan
        The supplier's levers.

    Returns
    -------
    Ledger
        What happened; a deterministic function of world and plan.
    """
    # The model makes no garbage that needs a search for cycles, and it makes much of it.
    searches = gc.isenabled()
    gc.disable()
    try:
        return SupplyModel(world, plan).run()
    finally:
        if searches:
            gc.enable()
