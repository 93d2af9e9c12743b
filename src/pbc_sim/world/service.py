"""Who calls the supplier's service, and what about.

Lives here: the `service:` section of the world: enquiries, complaints, the work of answering them.
May not live here: staff, which the supplier decides (`operations/plans.py`).
"""

from __future__ import annotations

from typing import Annotated

from pbc_sim.inputs import Share, Written, number
from pbc_sim.world.calendar import Duration
from pbc_sim.world.distributions import Constant, Spread

__all__ = ["ComplaintTerms", "ServiceTerms"]


class ComplaintTerms(Written):
    """Which deliveries are complained about.

    Parameters
    ----------
    of_wrong, of_defective, of_late : float
        Share of deliveries with wrong or with defective units, and of late orders, that are
        followed by a complaint. [1]
    late_after : Duration
        Age at which an order that has not come as a whole is complained about.
    """

    of_wrong: Share = 0.0
    of_defective: Share = 0.0
    of_late: Share = 0.0
    late_after: Duration = Duration(business_days=5)


class ServiceTerms(Written):
    """The `service:` section of a world.

    Parameters
    ----------
    enquiries_per_business_day : float
        Calls that are about no delivery; they come in working time, as a Poisson process.
        [call/business day]
    urgent_share : float
        Share of enquiries that are urgent and answered before others. [1]
    handling_hours : distribution
        Work of answering a call. [hour]
    complaints : ComplaintTerms
        Which deliveries are complained about; complaints are urgent.

    Examples
    --------
    >>> ServiceTerms.model_validate({"handling_hours": 0.5}).enquiries_per_business_day
    0.0
    """

    enquiries_per_business_day: Annotated[float, number("call/business day", ge=0, le=1e6)] = 0.0
    urgent_share: Share = 0.0
    handling_hours: Spread = Constant(value=0.25)
    complaints: ComplaintTerms = ComplaintTerms()
