"""Which contract, at what risk, and will the supplier go along?

Lives here: simulating plans, pricing contracts on the outcomes, and comparing them.
"""

from pbc_sim.decision.comparison import Comparison, compare
from pbc_sim.decision.outcomes import Outcomes, Settlement, run

__all__ = ["Comparison", "Outcomes", "Settlement", "compare", "run"]
