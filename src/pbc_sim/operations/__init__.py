"""What happened?

Lives here: the supplier's plan, the simulated operation, and the ledger of facts that comes out.
"""

from pbc_sim.operations.invariants import check_balances
from pbc_sim.operations.ledger import Ledger
from pbc_sim.operations.model import simulate
from pbc_sim.operations.plans import SupplierPlan

__all__ = ["Ledger", "SupplierPlan", "check_balances", "simulate"]
