"""What is paid for good and bad performance: the incentive mechanisms.

Lives here: one frozen class a mechanism, with its formula, sign and source, in a file of its
own; to add one, write such a file with `@INCENTIVES.register` and name it here.
May not live here: KPIs, caps over several mechanisms, gates (`limits.py`).
"""

from typing import Annotated, Any

from pbc_sim.contract.incentives.bonus_pool import BonusPool
from pbc_sim.contract.incentives.demerit_points import DemeritPoints
from pbc_sim.contract.incentives.late_fee import LateFee
from pbc_sim.contract.incentives.lump_sum import LumpSum
from pbc_sim.contract.incentives.mechanism import INCENTIVES, Incentive
from pbc_sim.contract.incentives.payment_curve import PaymentCurve
from pbc_sim.contract.incentives.per_breach import PerBreach
from pbc_sim.contract.incentives.per_event import PerEvent
from pbc_sim.contract.incentives.per_point import PerPoint
from pbc_sim.contract.incentives.step_tiers import StepTiers
from pbc_sim.contract.incentives.term_extension import TermExtension
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
