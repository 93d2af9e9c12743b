"""Which performance-based contract should be signed: simulate once, price many.

Lives here: the names of the main path. Start with `load_scenario`, `run`, `compare`.
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pbc_sim.contract import Contract
    from pbc_sim.decision import (
        Comparison,
        DesignStudy,
        Negotiation,
        OperatingCharacteristic,
        Outcomes,
        Precision,
        Settlement,
        Trace,
        Wishes,
        check_contracts,
        clause_prices,
        compare,
        design,
        negotiate,
        operating_characteristic,
        run,
        run_until,
        trace,
    )
    from pbc_sim.errors import InvariantError, PbcError, ScenarioError
    from pbc_sim.operations import SupplierPlan
    from pbc_sim.scenario import Scenario, load_scenario, parse_scenario

#: Where the names are, for they are loaded when they are first asked for: that takes a second, and
#: who only wants the version or one part of the package should not wait for all of it (PEP 562).
PLACES = {
    "pbc_sim.contract": ("Contract",),
    "pbc_sim.decision": (
        "Comparison",
        "DesignStudy",
        "Negotiation",
        "OperatingCharacteristic",
        "Outcomes",
        "Precision",
        "Settlement",
        "Trace",
        "Wishes",
        "check_contracts",
        "clause_prices",
        "compare",
        "design",
        "negotiate",
        "operating_characteristic",
        "run",
        "run_until",
        "trace",
    ),
    "pbc_sim.errors": ("InvariantError", "PbcError", "ScenarioError"),
    "pbc_sim.operations": ("SupplierPlan",),
    "pbc_sim.scenario": ("Scenario", "load_scenario", "parse_scenario"),
}

__version__ = version("pbc-sim")
__all__ = [
    "Comparison",
    "Contract",
    "DesignStudy",
    "InvariantError",
    "Negotiation",
    "OperatingCharacteristic",
    "Outcomes",
    "PbcError",
    "Precision",
    "Scenario",
    "ScenarioError",
    "Settlement",
    "SupplierPlan",
    "Trace",
    "Wishes",
    "check_contracts",
    "clause_prices",
    "compare",
    "design",
    "load_scenario",
    "negotiate",
    "operating_characteristic",
    "parse_scenario",
    "run",
    "run_until",
    "trace",
]


def __getattr__(name: str) -> Any:
    for place, names in PLACES.items():
        if name in names:
            found = globals()[name] = getattr(import_module(place), name)
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
