"""What happened: facts only, in columns.

Lives here: the `Ledger`, whose tables are in `facts/`.
May not live here: KPIs, cost rates, contracts.
Times are days since the scenario's start; infinity means that it has not happened by the end.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pbc_sim.operations.facts import (
    Calibrations,
    Calls,
    Closing,
    Deliveries,
    Disruptions,
    Failures,
    Lines,
    LowStockNotices,
    MachineStates,
    Orders,
    OutgoingInspections,
    PartsUsed,
    Ratings,
    Recalls,
    Replenishments,
    Returns,
    Shipments,
    StockLevels,
    StoreroomLevels,
    Survey,
    Touched,
    Visits,
)
from pbc_sim.world.setting import Setting

__all__ = ["Ledger"]


@dataclass(frozen=True)
class Ledger:
    """The facts of one replication under one plan.

    Parameters
    ----------
    setting : Setting
        Calendar and catalogue, which are facts too.
    seed, replication : int
        The address of the future that it tells.
    consignment : bool
        Whether parts in storerooms are the supplier's until they are used.
    """

    setting: Setting
    seed: int
    replication: int
    orders: Orders
    lines: Lines
    shipments: Shipments
    deliveries: Deliveries
    returns: Returns
    replenishments: Replenishments
    outgoing: OutgoingInspections
    recalls: Recalls
    stock: StockLevels
    closing: Closing
    consignment: bool = False
    machine_states: MachineStates = field(default_factory=MachineStates.empty)
    failures: Failures = field(default_factory=Failures.empty)
    calibrations: Calibrations = field(default_factory=Calibrations.empty)
    storeroom: StoreroomLevels = field(default_factory=StoreroomLevels.empty)
    parts_used: PartsUsed = field(default_factory=PartsUsed.empty)
    low_stock: LowStockNotices = field(default_factory=LowStockNotices.empty)
    calls: Calls = field(default_factory=Calls.empty)
    visits: Visits = field(default_factory=Visits.empty)
    ratings: Ratings = field(default_factory=Ratings.empty)
    survey: Survey = field(default_factory=Survey.empty)
    disruptions: Disruptions = field(default_factory=Disruptions.empty)
    touched: Touched = field(default_factory=Touched.empty)

    @cached_property
    def derived(self) -> dict[Any, Any]:
        """What has been worked out from these facts, by what was asked."""
        return {}
