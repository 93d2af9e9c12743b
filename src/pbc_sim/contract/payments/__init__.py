"""What is paid before incentives: the payment schemes.

Lives here: one frozen class a scheme, with its formula, sign and source, in a file of its own; to
add one, write such a file with `@PAYMENTS.register` and name it here.
May not live here: KPI incentives, caps, adjustments of what is paid.
"""

from typing import Annotated, Any

from pbc_sim.contract.payments.catalogue_price import CataloguePrice
from pbc_sim.contract.payments.cost_plus_incentive import CostPlusIncentive
from pbc_sim.contract.payments.fixed_fee import FixedFee
from pbc_sim.contract.payments.fixed_price_incentive import FixedPriceIncentive
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
