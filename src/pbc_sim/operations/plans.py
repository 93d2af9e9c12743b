"""What can the supplier decide: a plan, its levers.

Lives here: one plan of the menu as a person writes it. May not live here: what a lever costs
(`performance/costs.py`), what it does (`operations/model/`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pbc_sim.inputs import Money, Name, Share, Text, Written, number
from pbc_sim.operations.policies import AnyPolicy, Policy
from pbc_sim.world.calendar import Duration
from pbc_sim.world.setting import Setting

__all__ = ["SupplierPlan"]


class SupplierPlan(Written):
    """One way for the supplier to run the contract.

    Parameters
    ----------
    policy : stock policy
        How stock is kept, for every item that `items` does not name.
    items : mapping of str to stock policy
        Other policies for single items.
    stockout : {"backorder", "lost_sale"}
        Whether units that are not on hand wait for stock or are cancelled.
    shipping : {"partial", "complete"}
        Whether an order leaves as its units come to hand, or only as a whole.
    pickers : int, optional
        Staff who pick and pack; None means that no order ever waits for staff, and that staff cost
        nothing. [person]
    goods_in_inspection : float
        Share of incoming units that are inspected; the opening stock is not. [1]
    pick_check : float
        Share of order lines that are checked before dispatch. [1]
    expedite_after : Duration, optional
        Age from which an order that leaves the store travels by express.
    yearly_cost : float
        What the plan costs beyond its levers' rates, such as systems and training. [currency/year]
    label : str
        Name for people; the key where empty.

    Examples
    --------
    >>> SupplierPlan.model_validate({"policy": {"base_stock": {"level": 8}}}).pickers is None
    True
    """

    policy: AnyPolicy
    items: Mapping[Name, AnyPolicy] = {}
    stockout: Literal["backorder", "lost_sale"] = "backorder"
    shipping: Literal["partial", "complete"] = "partial"
    pickers: Annotated[int, number("person", gt=0, le=100_000)] | None = None
    goods_in_inspection: Share = 0.0
    pick_check: Share = 0.0
    expedite_after: Duration | None = None
    yearly_cost: Money = 0.0
    label: Text = ""

    def policies(self, setting: Setting) -> list[Policy]:
        """Return each item's policy with amounts in units, in catalogue order."""
        return [
            self.items.get(name, self.policy).sized(float(demand))
            for name, demand in zip(setting.item_names, setting.daily_demand, strict=True)
        ]
