"""Which performance-based contract should be signed: simulate once, price many.

Lives here: the names of the main path. Start with `load_scenario`, `run`, `compare`.
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pbc_sim.contract import Contract
    from pbc_sim.decision import (
        AdaptiveStudy,
        Comparison,
        Conduct,
        DesignStudy,
        FailureBox,
        FairTargets,
        IncentiveScan,
        Negotiation,
        OperatingCharacteristic,
        Outcomes,
        PlanMenu,
        Precision,
        Ranking,
        Response,
        Settlement,
        Trace,
        Waterfall,
        adapt,
        check_contracts,
        clause_prices,
        compare,
        conduct,
        design,
        failure_box,
        fair_targets,
        morris_screening,
        negotiate,
        operating_characteristic,
        payment_waterfall,
        plan_grid,
        plan_menu,
        price_tags,
        rank,
        respond,
        run,
        run_until,
        scan_incentives,
        select_best,
        sobol_indices,
        tornado,
        trace,
        variance_split,
        watched,
    )
    from pbc_sim.errors import InvariantError, PbcError, ScenarioError
    from pbc_sim.operations import SupplierPlan
    from pbc_sim.scenario import (
        Scenario,
        SupplierType,
        Wishes,
        load_scenario,
        parse_contract,
        parse_scenario,
        save_scenario,
        to_yaml,
    )
    from pbc_sim.show.report import Report, report

#: Where the names are, for they are loaded when they are first asked for: that takes a second, and
#: who only wants the version or one part of the package should not wait for all of it (PEP 562).
PLACES = {
    "pbc_sim.contract": ("Contract",),
    "pbc_sim.decision": (
        "AdaptiveStudy",
        "Comparison",
        "Conduct",
        "DesignStudy",
        "FailureBox",
        "FairTargets",
        "IncentiveScan",
        "Negotiation",
        "OperatingCharacteristic",
        "Outcomes",
        "PlanMenu",
        "Precision",
        "Ranking",
        "Response",
        "Settlement",
        "Trace",
        "Waterfall",
        "adapt",
        "check_contracts",
        "clause_prices",
        "compare",
        "conduct",
        "design",
        "failure_box",
        "fair_targets",
        "morris_screening",
        "negotiate",
        "operating_characteristic",
        "payment_waterfall",
        "plan_grid",
        "plan_menu",
        "price_tags",
        "rank",
        "respond",
        "run",
        "run_until",
        "scan_incentives",
        "select_best",
        "sobol_indices",
        "tornado",
        "trace",
        "variance_split",
        "watched",
    ),
    "pbc_sim.errors": (
        "InvariantError",
        "PbcError",
        "ScenarioError",
    ),
    "pbc_sim.operations": ("SupplierPlan",),
    "pbc_sim.scenario": (
        "Scenario",
        "SupplierType",
        "Wishes",
        "load_scenario",
        "parse_contract",
        "parse_scenario",
        "save_scenario",
        "to_yaml",
    ),
    "pbc_sim.show.report": ("Report", "report"),
}

__version__ = version("pbc-sim")
__all__ = [
    "AdaptiveStudy",
    "Comparison",
    "Conduct",
    "Contract",
    "DesignStudy",
    "FailureBox",
    "FairTargets",
    "IncentiveScan",
    "InvariantError",
    "Negotiation",
    "OperatingCharacteristic",
    "Outcomes",
    "PbcError",
    "PlanMenu",
    "Precision",
    "Ranking",
    "Report",
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
    "conduct",
    "design",
    "failure_box",
    "fair_targets",
    "load_scenario",
    "morris_screening",
    "negotiate",
    "operating_characteristic",
    "parse_contract",
    "parse_scenario",
    "payment_waterfall",
    "plan_grid",
    "plan_menu",
    "price_tags",
    "rank",
    "report",
    "respond",
    "run",
    "run_until",
    "save_scenario",
    "scan_incentives",
    "select_best",
    "sobol_indices",
    "to_yaml",
    "tornado",
    "trace",
    "variance_split",
    "watched",
]


def __getattr__(name: str) -> Any:
    for place, names in PLACES.items():
        if name in names:
            found = globals()[name] = getattr(import_module(place), name)
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
