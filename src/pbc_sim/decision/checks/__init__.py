"""Is the contract sound: checks before anyone signs, each with a remedy.

Lives here: one rule a file, and `check_contracts`, which asks them all.
To add a check: one file with a function under `@check`, named here.
"""

from __future__ import annotations

import pandas as pd

from pbc_sim.decision.checks.achievable import achievable
from pbc_sim.decision.checks.case import CHECKS, SEVERITIES, Case, Check, Finding
from pbc_sim.decision.checks.idle import idle
from pbc_sim.decision.checks.jumps import jumps
from pbc_sim.decision.checks.measurable import measurable
from pbc_sim.decision.checks.overlap import overlapping
from pbc_sim.decision.checks.perverse import perverse
from pbc_sim.decision.checks.relevant import relevant
from pbc_sim.decision.checks.repeated import repeated
from pbc_sim.decision.checks.ruinous import ruinous
from pbc_sim.decision.checks.sample_size import sample_size
from pbc_sim.decision.checks.specific import specific
from pbc_sim.decision.checks.ties import ties
from pbc_sim.decision.checks.time_bound import time_bound
from pbc_sim.decision.checks.unprofitable import unprofitable
from pbc_sim.decision.checks.unrewarded import unrewarded
from pbc_sim.decision.outcomes import Settlement
from pbc_sim.errors import require_type

__all__ = [
    "CHECKS",
    "SEVERITIES",
    "Case",
    "Check",
    "Finding",
    "achievable",
    "check_contracts",
    "idle",
    "jumps",
    "measurable",
    "overlapping",
    "perverse",
    "relevant",
    "repeated",
    "ruinous",
    "sample_size",
    "specific",
    "ties",
    "time_bound",
    "unprofitable",
    "unrewarded",
]


def check_contracts(prices: Settlement) -> pd.DataFrame:
    """Ask every check about every contract.

    Parameters
    ----------
    prices : Settlement
        Contracts priced on simulated futures; 40 replications are enough for a first look.

    Returns
    -------
    DataFrame
        A row a finding, warnings first within each contract: ``contract``, ``check``, ``severity``
        (warning: mend it before anyone signs; note: know it), ``place``, ``finding``, ``remedy``.
    """
    require_type("prices", prices, Settlement, "price contracts first: outcomes.settle()")
    rows = []
    for name in prices.contracts:
        case = Case(prices, name)
        found = [finding for each in CHECKS.values() for finding in each.findings(case)]
        rows += [(name, *f) for f in sorted(found, key=lambda f: f.severity == "note")]
    columns = ["contract", "check", "severity", "place", "finding", "remedy"]
    return pd.DataFrame(rows, columns=columns)
