"""Which performance-based contract should be signed: simulate once, price many.

Lives here: the names of the main path. Start with `load_scenario`, `run`, `compare`.
"""

from importlib.metadata import version

from pbc_sim.contract import Contract
from pbc_sim.decision import (
    AdaptiveStudy,
    Comparison,
    DesignStudy,
    FairTargets,
    IncentiveScan,
    Negotiation,
    OperatingCharacteristic,
    Outcomes,
    Precision,
    Ranking,
    Response,
    Settlement,
    Trace,
    Waterfall,
    Wishes,
    adapt,
    check_contracts,
    clause_prices,
    compare,
    design,
    fair_targets,
    negotiate,
    operating_characteristic,
    payment_waterfall,
    rank,
    respond,
    run,
    run_until,
    scan_incentives,
    select_best,
    trace,
)
from pbc_sim.errors import InvariantError, PbcError, ScenarioError
from pbc_sim.operations import SupplierPlan
from pbc_sim.scenario import Scenario, SupplierType, load_scenario, parse_scenario

__version__ = version("pbc-sim")
__all__ = [
    "AdaptiveStudy",
    "Comparison",
    "Contract",
    "DesignStudy",
    "FairTargets",
    "IncentiveScan",
    "InvariantError",
    "Negotiation",
    "OperatingCharacteristic",
    "Outcomes",
    "PbcError",
    "Precision",
    "Ranking",
    "Response",
    "Scenario",
    "ScenarioError",
    "Settlement",
    "SupplierPlan",
    "SupplierType",
    "Trace",
    "Waterfall",
    "Wishes",
    "adapt",
    "check_contracts",
    "clause_prices",
    "compare",
    "design",
    "fair_targets",
    "load_scenario",
    "negotiate",
    "operating_characteristic",
    "parse_scenario",
    "payment_waterfall",
    "rank",
    "respond",
    "run",
    "run_until",
    "scan_incentives",
    "select_best",
    "trace",
]
