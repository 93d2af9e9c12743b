"""What can the supplier decide: a plan, its levers.

Lives here: one plan of the menu as a person writes it. May not live here: what a lever costs
(`performance/costs.py`), what it does (`operations/model/`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Literal

from pbc_sim.errors import PbcError, unknown_name
from pbc_sim.inputs import Money, Name, PositiveDays, Share, Wording, Written, number
from pbc_sim.operations.allocation import AnyAllocation, FirstCome
from pbc_sim.operations.improvement import Investment
from pbc_sim.operations.inspection import AnyInspection, ShareInspection
from pbc_sim.operations.policies import AnyPolicy, Policy, nothing_in_stock
from pbc_sim.operations.sourcing import AnySourcing, check_sources
from pbc_sim.world.calendar import Duration
from pbc_sim.world.learning import LearningTerms
from pbc_sim.world.setting import Setting
from pbc_sim.world.terms import WorldTerms

__all__ = ["StoreroomPlan", "SupplierPlan"]


Staff = Annotated[int, number("person", gt=0, le=100_000)]


class StoreroomPlan(Written):
    """How the storerooms of the buyer's units keep parts for machines.

    Parameters
    ----------
    policy : stock policy
        When a storeroom orders from the supplier, for every part that `items` does not name.
    items : mapping of str to stock policy
        Other policies for single parts.
    owned_by : {"buyer", "supplier"}
        Whose the parts are until they are used. The supplier's means consignment: it bears the
        holding cost, and a part is paid when it is taken.
    low_stock_notice : bool
        Whether the supplier's system is told of every need at once; else an order is written by
        hand, which takes the world's `ordering_delay`.

    Examples
    --------
    >>> StoreroomPlan.model_validate({"policy": {"base_stock": {"level": 2}}}).owned_by
    'buyer'
    """

    policy: AnyPolicy
    items: Mapping[Name, AnyPolicy] = {}
    owned_by: Literal["buyer", "supplier"] = "buyer"
    low_stock_notice: bool = False


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
        Staff who pick and pack; where empty, no order ever waits for staff, and staff cost
        nothing. [person]
    allocation : allocation rule
        Who gets what comes in while lines wait for it.
    sourcing : sourcing rule, optional
        Which of the world's sources is used; None: the first alone.
    goods_in_inspection : inspection rule
        How incoming lots are inspected; the opening stock is not. A bare number is the share of
        units inspected. [1]
    outgoing_inspection : float
        Share of units that are inspected as they leave the shelf; found defects are scrapped and
        replaced from stock. [1]
    pick_check : float
        Share of order lines that are checked before dispatch. [1]
    expedite_after : Duration, optional
        Age from which an order that leaves the store travels by express.
    storeroom : StoreroomPlan, optional
        How parts are kept at the machines; where empty, each failure orders one part.
    desk_staff : int, optional
        Who answers calls; where empty, no call ever waits, and they cost nothing. [person]
    technicians : int, optional
        Who visits machines; where empty, no machine ever waits for them, and they cost
        nothing. [person]
    preventive_every_days : float, optional
        Time between preventive visits to each machine; none where empty. [day]
    investments : mapping of str to Investment
        One-off investments at the beginning that make handling better after a while.
    learning : LearningTerms, optional
        How the supplier learns under this plan; as the world's picking section says where empty.
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
    pickers: Staff | None = None
    allocation: AnyAllocation = FirstCome()
    sourcing: AnySourcing | None = None
    goods_in_inspection: AnyInspection = ShareInspection(of_units=0.0)
    outgoing_inspection: Share = 0.0
    pick_check: Share = 0.0
    expedite_after: Duration | None = None
    storeroom: StoreroomPlan | None = None
    desk_staff: Staff | None = None
    technicians: Staff | None = None
    preventive_every_days: PositiveDays | None = None
    investments: Mapping[Name, Investment] = {}
    learning: LearningTerms | None = None
    yearly_cost: Money = 0.0
    label: Wording = ""

    def policies(self, setting: Setting) -> list[Policy]:
        """Return each item's policy with amounts in units, in catalogue order.

        Days of cover are those of the demand that is believed, not of what turns out to be true.
        """
        believed = setting.planned_with.daily_demand
        return [
            self.items.get(name, self.policy).sized(float(demand))
            for name, demand in zip(setting.item_names, believed, strict=True)
        ]

    def reviews_per_day(self, setting: Setting) -> float:
        """Return how often periodic policies are looked at, storerooms' ones included [1/day]."""
        shelves = zip(*setting.part_demand.nonzero(), strict=True)
        policies = self.policies(setting)
        policies += [self.storeroom_policy(setting, *shelf) for shelf in shelves]
        return sum(1 / p.review_every_days for p in policies if p.review_every_days)

    def expected_technical_calls(self, setting: Setting) -> float:
        """Return about how many failures, drifts and preventive visits one replication has [1]."""
        every = self.preventive_every_days
        visits = len(setting.machines) * setting.ends / every if every else 0.0
        return setting.expected_failures + setting.expected_calibrations + visits

    def problem_in(self, world: WorldTerms) -> tuple[str, str] | None:
        """Return the field that does not fit a world, and why not, if one does not."""
        named: dict[str, Any] = {"items": self.items}
        if self.storeroom:
            named["storeroom.items"] = self.storeroom.items
        for place, items in named.items():
            for item in items:
                if item not in world.items:
                    return f"{place}.{item}", unknown_name("item", item, world.items)
        if self.stockout == "lost_sale" and world.machines and world.machines.parts:
            return "stockout", (
                "a part whose sale is lost never comes, and the machine that it was ordered for "
                "would wait for ever; use backorder, or leave the parts out of world.machines"
            )
        if self.sourcing and not world.supply.sources:
            return "sourcing", (
                "needs sources to choose from; add them as world.supply.sources, or leave it out"
            )
        try:
            if self.sourcing:
                check_sources(self.sourcing, tuple(world.supply.sources))
        except PbcError as error:
            return "sourcing", str(error)
        return None

    @property
    def at_the_machines(self) -> StoreroomPlan:
        """How parts are kept at the machines; nothing in stock where the plan says nothing."""
        return self.storeroom or _no_storeroom()

    def storeroom_policy(self, setting: Setting, unit: int, item: int) -> Policy:
        """Return the policy of one part in one unit's storeroom, with amounts in units."""
        plan = self.at_the_machines
        policy: Policy = plan.items.get(setting.item_names[item], plan.policy)
        return policy.sized(float(setting.planned_with.part_demand[unit, item]))


@cache
def _no_storeroom() -> StoreroomPlan:
    return StoreroomPlan(policy=nothing_in_stock())
