"""What is asked in a workshop?

Lives here: the questions, a file each. To add a question: write one function with `@question` in a
file of this folder, and name the file below.
"""

from pbc_sim.decision.workshop.questions import (
    bad_year,
    cheapest_contract,
    doubled_deductions,
    free_lunch,
    missed_though_careful,
    plan_taken,
    refused_contract,
    supplier_loss,
)

__all__ = [
    "bad_year",
    "cheapest_contract",
    "doubled_deductions",
    "free_lunch",
    "missed_though_careful",
    "plan_taken",
    "refused_contract",
    "supplier_loss",
]
