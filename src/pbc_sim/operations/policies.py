"""When does the supplier order upstream, and how much: stock policies.

Lives here: one frozen class a policy. May not live here: SimPy, lead times, costs.
To add a policy: one class with `@POLICIES.register` that says its opening stock and what it orders
at an inventory position (on hand + on order - waiting); nothing else changes.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Annotated, Any, Self, cast

from pydantic import BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.catalogue import Catalogue
from pbc_sim.inputs import CalendarDays, OneOf, PositiveDays, Written, number
from pbc_sim.language import translated as _

__all__ = ["POLICIES", "AnyPolicy", "Policy", "StockAmount", "nothing_in_stock"]


class StockAmount(Written):
    """An amount of stock: units, or days of mean demand; exactly one of them.

    Parameters
    ----------
    units : int, optional
        Units; a bare number means this. [unit]
    cover_days : float, optional
        Calendar days of mean demand, rounded up to whole units. [day]
    """

    units: Annotated[int, number("unit", ge=-1_000_000, le=10**9)] | None = None
    cover_days: CalendarDays | None = None

    @model_validator(mode="after")
    def _is_one_amount(self) -> StockAmount:
        if (self.units is None) == (self.cover_days is None):
            raise PydanticCustomError(
                "amount", _("must give either units or cover_days, and not both")
            )
        return self

    def of(self, daily_demand: float) -> int:
        """Return the amount for an item with that mean demand [unit]."""
        if self.cover_days is None:
            return self.units or 0
        return math.ceil(self.cover_days * daily_demand)


def _bare_units(value: Any) -> Any:
    return {"units": value} if isinstance(value, int) and not isinstance(value, bool) else value


Amount = Annotated[
    StockAmount, BeforeValidator(_bare_units, json_schema_input_type=StockAmount | int)
]


class Policy(Written):
    """A rule for one item's orders upstream.

    Amounts may be written as days of cover; `sized` turns them into units.
    """

    @property
    def review_every_days(self) -> float | None:
        """Time between reviews of a periodic policy, None if review is continuous [day]."""
        return None

    def sized(self, daily_demand: float) -> Self:
        """Return the same rule with every amount in units, for a mean demand [unit/day]."""
        amounts = {
            name: StockAmount.model_construct(units=value.of(daily_demand))
            for name, value in self
            if isinstance(value, StockAmount)
        }
        return cast(Self, self.model_construct(**(dict(self) | amounts)))

    @abstractmethod
    def opening_stock(self) -> int:
        """Return the stock a contract starts with [unit]."""

    @abstractmethod
    def order_quantity(self, position: int) -> int:
        """Return what is ordered upstream at an inventory position, 0 for nothing [unit]."""


POLICIES: Catalogue[type[Policy]] = Catalogue("stock policy")


@POLICIES.register("base_stock")
class BaseStock(Policy):
    """(S-1, S): every demand is ordered again at once.

    Parameters
    ----------
    level : StockAmount
        S: what is on hand and on order, less what is waited for.

    Notes
    -----
    Source: Feeney and Sherbrooke (1966), Management Science 12(5):391-411.

    Examples
    --------
    >>> BaseStock(level=8).order_quantity(7)
    1
    """

    level: Amount

    def opening_stock(self) -> int:
        return max(self.level.of(0), 0)

    def order_quantity(self, position: int) -> int:
        short = (self.level.units or 0) - position
        return short if short > 0 else 0


@POLICIES.register("reorder_point_quantity")
class ReorderPointQuantity(Policy):
    """(r, Q): at a position of r or less, order the fewest whole Q that lift it above r.

    Parameters
    ----------
    reorder_point : StockAmount
        r: the position at which is ordered.
    quantity : StockAmount
        Q: the lot that is ordered.

    Notes
    -----
    Source: Hadley and Whitin (1963), ch. 4.

    Examples
    --------
    >>> ReorderPointQuantity(reorder_point=7, quantity=10).order_quantity(7)
    10
    """

    reorder_point: Amount
    quantity: Amount

    @model_validator(mode="after")
    def _orders_something(self) -> ReorderPointQuantity:
        if self.quantity.units is not None and self.quantity.units < 1:
            text = _("quantity must be >= 1 unit, got {units} unit")
            raise PydanticCustomError("policy", text, {"units": self.quantity.units})
        return self

    def opening_stock(self) -> int:
        return max(self.reorder_point.of(0), 0) + max(self.quantity.of(0), 1)

    def order_quantity(self, position: int) -> int:
        short = (self.reorder_point.units or 0) + 1 - position
        size = max(self.quantity.units or 0, 1)
        return -(-short // size) * size if short > 0 else 0


@POLICIES.register("reorder_point_order_up_to")
class ReorderPointOrderUpTo(Policy):
    """(s, S): at a position of s or less, order up to S.

    Parameters
    ----------
    reorder_point : StockAmount
        s: the position at which is ordered.
    order_up_to_level : StockAmount
        S: the position after ordering.
    review_days : float, optional
        Time between looks at the position; at every change of it where empty. [day]

    Notes
    -----
    Source: Scarf (1960). With `review_days` the position is looked at only then.

    Examples
    --------
    >>> ReorderPointOrderUpTo(reorder_point=4, order_up_to_level=10).order_quantity(3)
    7
    """

    reorder_point: Amount
    order_up_to_level: Amount
    review_days: PositiveDays | None = None

    @property
    def review_every_days(self) -> float | None:
        return self.review_days

    def opening_stock(self) -> int:
        return max(self.order_up_to_level.of(0), 0)

    def order_quantity(self, position: int) -> int:
        if position > (self.reorder_point.units or 0):
            return 0
        return max((self.order_up_to_level.units or 0) - position, 0)


@POLICIES.register("periodic_order_up_to")
class PeriodicOrderUpTo(Policy):
    """(R, S): every R days, order up to S.

    Parameters
    ----------
    order_up_to_level : StockAmount
        S: the position after ordering.
    review_days : float
        R: time between looks at the position. [day]

    Notes
    -----
    Source: Silver, Pyke and Thomas (2017), ch. 6.

    Examples
    --------
    >>> PeriodicOrderUpTo(order_up_to_level=13, review_days=7).review_every_days
    7.0
    """

    order_up_to_level: Amount
    review_days: PositiveDays

    @property
    def review_every_days(self) -> float | None:
        return self.review_days

    def opening_stock(self) -> int:
        return max(self.order_up_to_level.of(0), 0)

    def order_quantity(self, position: int) -> int:
        return max((self.order_up_to_level.units or 0) - position, 0)


#: The type of a field that holds a stock policy.
AnyPolicy = Annotated[Any, OneOf(POLICIES)]


def nothing_in_stock() -> Policy:
    """Return the policy of who keeps nothing and orders each unit when it is needed."""
    return BaseStock(level=StockAmount(units=0))
