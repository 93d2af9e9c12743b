"""How is written down what happens to machines, in storerooms and at the service desk.

Lives here: the rows that the model appends to, and their freezing into tables of the ledger.
May not live here: rules of the operation, orders and the supplier's stock (`record.py`).
"""

from __future__ import annotations

from typing import Any

from pbc_sim.operations.facts import (
    Calibrations,
    Calls,
    Failures,
    LowStockNotices,
    MachineStates,
    PartsUsed,
    StoreroomLevels,
    Visits,
)
from pbc_sim.operations.record import columns

__all__ = ["ServiceRecord"]


class ServiceRecord:
    """The rows of the service tables in the making; a row that is still open is completed later."""

    def __init__(self) -> None:
        self.machine_states: list[float] = []
        self.calibrations: list[float] = []
        self.storeroom: list[float] = []
        self.parts_used: list[float] = []
        self.low_stock: list[float] = []
        self.visits: list[float] = []
        self.failures: list[list[float]] = []
        self.calls: list[list[float]] = []

    def tables(self) -> dict[str, Any]:
        """Freeze the rows into columns, by the names that the ledger gives the tables."""
        return {
            "machine_states": MachineStates(*columns(self.machine_states, "fif")),
            "failures": Failures(*columns(self.failures, "fiiibffi")),
            "calibrations": Calibrations(*columns(self.calibrations, "fib")),
            "storeroom": StoreroomLevels(*columns(self.storeroom, "fiiii")),
            "parts_used": PartsUsed(*columns(self.parts_used, "ffiiib")),
            "low_stock": LowStockNotices(*columns(self.low_stock, "fiii")),
            "calls": Calls(*columns(self.calls, "fiiibff")),
            "visits": Visits(*columns(self.visits, "ffibf")),
        }
