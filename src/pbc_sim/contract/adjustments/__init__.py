"""What changes a payment whatever the performance: indexation, rebates, retention.

Lives here: one frozen class an adjustment, with its formula, sign and source.
May not live here: payment schemes, incentives.
"""

from typing import Annotated, Any

from pbc_sim.contract.adjustments.adjustment import ADJUSTMENTS, Adjustment
from pbc_sim.contract.adjustments.price_index import PriceIndex
from pbc_sim.contract.adjustments.retention import Retention
from pbc_sim.contract.adjustments.volume_rebate import VolumeRebate
from pbc_sim.inputs import OneOf

__all__ = [
    "ADJUSTMENTS",
    "Adjustment",
    "AnyAdjustment",
    "PriceIndex",
    "Retention",
    "VolumeRebate",
]

#: The type of a field that holds an adjustment.
AnyAdjustment = Annotated[Any, OneOf(ADJUSTMENTS)]
