"""What is paid before incentives: the payment schemes.

Lives here: one frozen class a scheme, with its formula, sign and source; a file for each kind.
May not live here: KPI incentives, caps, adjustments of what is paid.
"""

from typing import Annotated, Any

from pbc_sim.contract.payments.cost_based import CostPlusIncentive, FixedPriceIncentive
from pbc_sim.contract.payments.fees import CataloguePrice, FixedFee
from pbc_sim.contract.payments.milestones import Milestone, Milestones
from pbc_sim.contract.payments.scheme import PAYMENTS, Payment
from pbc_sim.inputs import OneOf

__all__ = [
    "PAYMENTS",
    "AnyPayment",
    "CataloguePrice",
    "CostPlusIncentive",
    "FixedFee",
    "FixedPriceIncentive",
    "Milestone",
    "Milestones",
    "Payment",
]

#: The type of a field that holds a payment scheme.
AnyPayment = Annotated[Any, OneOf(PAYMENTS)]
