"""What goes with a clause that is removed from a draft?

Lives here: the clauses that read a KPI, which cannot stay without it. May not live here: the form.
"""

from __future__ import annotations

from collections.abc import Sequence

from pbc_sim.contract.terms import Contract
from pbc_sim.show.apps.designer.draft import written_terms
from pbc_sim.show.apps.designer.fields import Step, put

__all__ = ["with_removed"]


def with_removed(contract: Contract, steps: Sequence[Step]) -> tuple[Contract, int]:
    """Return a contract without a clause, and how many others that read its KPI went with it.

    Raises
    ------
    PbcError
        If the contract would break a rule, because something else needs what is removed.
    """
    terms, gone = put(written_terms(contract), steps, None), 0
    if len(steps) > 1 and steps[0] == "kpis":
        kpi = steps[1]
        reads = [kpi in clause.kpi_names for clause in contract.incentives]
        if any(reads):
            written = zip(terms["incentives"], reads, strict=True)
            terms = {**terms, "incentives": [clause for clause, read in written if not read]}
            gone += sum(reads)
        if contract.gate and kpi in contract.gate.no_bonus_below:
            others = len(contract.gate.no_bonus_below) > 1
            terms = put(terms, ["gate", "no_bonus_below", kpi] if others else ["gate"], None)
            gone += 1
    return Contract.model_validate(terms), gone
