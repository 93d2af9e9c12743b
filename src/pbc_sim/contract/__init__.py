"""What is agreed, and what is paid?

Lives here: the contract, its mechanisms, and their settlement on scorecards.
"""

from pbc_sim.contract.settlement import compile_settlement, settle
from pbc_sim.contract.terms import Contract, needs_of

__all__ = ["Contract", "compile_settlement", "needs_of", "settle"]
