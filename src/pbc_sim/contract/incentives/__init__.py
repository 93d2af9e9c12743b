"""What is paid for good and bad performance: the incentive mechanisms.

Lives here: one frozen class a mechanism, with its formula, sign and source; a file for each kind.
May not live here: KPIs, caps over several mechanisms, gates (`limits.py`).
"""

from typing import Annotated, Any

from pbc_sim.contract.incentives.amounts import LumpSum, PerPoint
from pbc_sim.contract.incentives.breaches import PerBreach
from pbc_sim.contract.incentives.events import LateFee, PerEvent
from pbc_sim.contract.incentives.mechanism import INCENTIVES, Incentive
from pbc_sim.contract.incentives.points import DemeritPoints
from pbc_sim.contract.incentives.pools import BonusPool, TermExtension
from pbc_sim.contract.incentives.shares import PaymentCurve, StepTiers
from pbc_sim.inputs import OneOf

__all__ = [
    "INCENTIVES",
    "AnyIncentive",
    "BonusPool",
    "DemeritPoints",
    "Incentive",
    "LateFee",
    "LumpSum",
    "PaymentCurve",
    "PerBreach",
    "PerEvent",
    "PerPoint",
    "StepTiers",
    "TermExtension",
]

#: The type of a field that holds an incentive.
AnyIncentive = Annotated[Any, OneOf(INCENTIVES)]
