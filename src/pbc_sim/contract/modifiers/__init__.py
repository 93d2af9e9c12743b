"""What changes the amounts of one mechanism over time: escalation and earn-back.

Lives here: one frozen class a modifier that remembers earlier reviews. May not live here: caps and
gates (`limits.py`), moving targets (`moving_targets.py`), a mechanism.
"""

from pbc_sim.contract.modifiers.earn_back import EarnBack
from pbc_sim.contract.modifiers.escalation import Escalation

__all__ = ["EarnBack", "Escalation"]
