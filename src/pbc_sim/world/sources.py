"""Where do goods come from: the sources upstream of the supplier, and recalls.

Lives here: sources, their stock and capacity, and when a bad lot is called back, as a person writes
them. May not live here: which source is used (`operations/sourcing.py`), draws, events.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from pbc_sim.inputs import Count, PositiveMoney, PriceFactor, Share, Written, number
from pbc_sim.language import translated as _
from pbc_sim.world.distributions import Constant, Distribution, Spread

__all__ = ["RecallTerms", "SourceStockTerms", "SourceTerms"]


def _within_one(law: Distribution) -> Distribution:
    most = law.value if isinstance(law, Constant) else law.law().support()[1]
    if most > 1:
        text = _("must stay within 0 and 1, got values up to {most}; use beta or constant")
        raise PydanticCustomError("share", text, {"most": f"{most:g}"})
    return law


def _brings_something(law: Distribution) -> Distribution:
    if law.expected() <= 0:
        text = _("must have a mean > 0, got 0; a source that brings nothing is no source")
        raise PydanticCustomError("share", text)
    return law


ShareSpread = Annotated[Spread, AfterValidator(_within_one)]


class SourceStockTerms(Written):
    """A base stock that a source keeps of each item, made again one for one.

    Parameters
    ----------
    level : int
        Units of each item, on the source's shelf or being made. [unit]
    lead_time : distribution
        To make what an order has taken, in the order of ordering. [day]
    """

    level: Count
    lead_time: Spread


class SourceTerms(Written):
    """A source of goods upstream of the supplier.

    Parameters
    ----------
    lead_time : distribution, optional
        From goods ready at the source to goods in; of the item or the supply section if left out.
        [day]
    lot_quality : distribution, optional
        Share of defective units of a lot; of the item or the supply section if left out. [1]
    order_crossing : bool
        Whether a later replenishment from here may arrive first, as in the supply section.
    capacity_per_day : float, optional
        Units of all items that it makes a calendar day, first come first served; the lead time
        begins when they are made. None: as many as one likes, at once. [unit/day]
    delivered_share : distribution
        Share of an ordered lot that arrives; what is missing is not paid for and does not come.
        Random yield that is proportional to the lot (Yano and Lee, 1995, Operations Research
        43(2):311-334). [1]
    cost_factor : float
        Price upstream relative to the cost of the item. [1]
    surcharge_per_unit : float
        On top of that price, as for emergency shipments. [currency/unit]
    stock : SourceStockTerms, optional
        What it keeps ready; None: every order is ready once capacity has made it.

    Examples
    --------
    >>> SourceTerms(lead_time=3, capacity_per_day=10).cost_factor
    1.0
    """

    lead_time: Spread | None = None
    lot_quality: ShareSpread | None = None
    order_crossing: bool = True
    capacity_per_day: Annotated[float, number("unit/day", gt=0, le=1e9)] | None = None
    delivered_share: Annotated[ShareSpread, AfterValidator(_brings_something)] = Constant(value=1.0)
    cost_factor: PriceFactor = 1.0
    surcharge_per_unit: PositiveMoney = 0.0
    stock: SourceStockTerms | None = None


class RecallTerms(Written):
    """When a lot is called back, wherever its units are, but for parts that machines have.

    Parameters
    ----------
    above_share : float
        Lots with a larger share of defective units are recalled. [1]
    found_after : distribution
        From goods in (of the opening stock, from the start) to the recall. [day]
    """

    above_share: Share
    found_after: Spread
