"""How good was it, and what did it cost to run?

Lives here: KPIs per review period and costs per party, as pure functions of the ledger.
"""

from pbc_sim.performance import kpis, service_costs
from pbc_sim.performance.measures import KPIS, Measure, measure
from pbc_sim.performance.periods import ReviewPeriods

__all__ = ["KPIS", "Measure", "ReviewPeriods", "kpis", "measure", "service_costs"]
