"""What is written down: the tables of a ledger.

Lives here: facts alone, by theme.
"""

from pbc_sim.operations.facts.delivery import (
    DEFECTS,
    Closing,
    Deliveries,
    Lines,
    Orders,
    OutgoingInspections,
    Recalls,
    Replenishments,
    ReturnReason,
    Returns,
    Shipments,
    StockLevels,
)
from pbc_sim.operations.facts.disruption import Disruptions, Touched
from pbc_sim.operations.facts.service import (
    Calibrations,
    CallKind,
    Calls,
    Failures,
    LowStockNotices,
    MachineStates,
    PartsUsed,
    Ratings,
    StoreroomLevels,
    Survey,
    Visits,
)
from pbc_sim.operations.facts.table import Table

__all__ = [
    "DEFECTS",
    "Calibrations",
    "CallKind",
    "Calls",
    "Closing",
    "Deliveries",
    "Disruptions",
    "Failures",
    "Lines",
    "LowStockNotices",
    "MachineStates",
    "Orders",
    "OutgoingInspections",
    "PartsUsed",
    "Ratings",
    "Recalls",
    "Replenishments",
    "ReturnReason",
    "Returns",
    "Shipments",
    "StockLevels",
    "StoreroomLevels",
    "Survey",
    "Table",
    "Touched",
    "Visits",
]
