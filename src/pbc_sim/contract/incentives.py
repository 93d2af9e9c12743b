"""What is paid for good and bad performance: the incentive mechanisms.

Lives here: one frozen class a mechanism, with its formula, sign and source.
May not live here: KPIs, caps over several mechanisms, gates (`limits.py`).
To add a mechanism: one class with `@INCENTIVES.register`; nothing else changes.
Amounts are positive where the buyer pays the supplier, so a deduction is negative. [currency]
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.catalogue import Catalogue
from pbc_sim.contract.block import Block, Reading, column, shared
from pbc_sim.contract.kpi_clauses import WrittenKpi
from pbc_sim.errors import unknown_name
from pbc_sim.figures import count, money, share
from pbc_sim.inputs import Level, Money, Name, OneOf, PositiveMoney, Share, Written, number
from pbc_sim.performance.measures import KPIS, Measure
from pbc_sim.performance.periods import Review
from pbc_sim.world.calendar import Duration

__all__ = ["INCENTIVES", "AnyIncentive", "Incentive"]

Base = Literal["period_charges", "contract_value"]


class Incentive(Written):
    """A mechanism of a contract.

    Parameters
    ----------
    rewards_worse : bool
        Declares that the mechanism pays more for worse work and is meant to; else it is refused.
    """

    rewards_worse: bool = False

    @property
    def kpi_name(self) -> str | None:
        """The contract's KPI that the mechanism reads, if any."""
        return getattr(self, "kpi", None)

    def totals(self, review: Review, months: int | None) -> tuple[Measure, ...]:
        """Return the totals that the mechanism needs per payment period."""
        del review, months
        return ()

    def amounts_by_quality(self, higher_is_better: bool) -> list[float]:
        """Return what is paid, or a measure of it, from the worst work to the best."""
        del higher_is_better
        return []

    def problem_with(self, clause: WrittenKpi | None) -> str | None:
        """Say what is wrong about the mechanism and the KPI clause that it reads, if anything."""
        paid = self.amounts_by_quality(clause is None or clause.kpi.better == "higher")
        if not self.rewards_worse and any(worse > better for worse, better in pairwise(paid)):
            return "pays more for worse work; turn it round, or declare it by rewards_worse: true"
        return None

    def structure(self) -> tuple[Any, ...]:
        """Return what must be equal for contracts to be priced as one array: all but numbers."""
        numeric = (int, float, Mapping)  # flags are numbers too, and none decides an amount
        return tuple(value for _, value in self if not isinstance(value, numeric))

    @classmethod
    @abstractmethod
    def amounts(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        """Return the amounts of many contracts' clauses of this class, per period [currency]."""

    @abstractmethod
    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        """Say how the amount of a period of a one-contract block comes about."""


INCENTIVES: Catalogue[type[Incentive]] = Catalogue("incentive")


class KpiIncentive(Incentive):
    """A mechanism that reads one KPI of the contract."""

    kpi: Name

    def _cell(self, block: Block, period: int) -> tuple[float, Reading]:
        reading = block.readings[self.kpi]
        value = np.broadcast_to(reading.value, block.charges.shape)[0, 0, 0, period]
        return float(value), reading


class ShareIncentive(KpiIncentive):
    """A mechanism that pays a share of the charges or of the contract value.

    Parameters
    ----------
    of : {"period_charges", "contract_value"}
        Charges of the KPI's review period, or its part of the contract value.
    """

    of: Base = "period_charges"

    def _base_text(self, block: Block, period: int, currency: str) -> str:
        reading = block.readings[self.kpi]
        base = np.broadcast_to(block.base(self.of, reading), block.charges.shape)
        words = self.of.replace("_", " ")
        if reading.since[period] < period:
            words += f" of periods {reading.since[period] + 1} to {period + 1}"
        return f"{words} {money(base[0, 0, 0, period], currency, exact=True)}"


def _ramps(x: np.ndarray, corners_x: np.ndarray, corners_y: np.ndarray) -> np.ndarray:
    """Interpolate linearly between corners, flat outside them.

    The corners have shape (n_contracts, n_corners); a repeated corner adds nothing. The loop is
    over corners: a curve is its first height plus one ramp a section.
    """
    y = corners_y[:, 0, None, None, None]
    for k in range(corners_x.shape[1] - 1):
        begin, end = corners_x[:, k], corners_x[:, k + 1]
        run = end - begin
        slope = (corners_y[:, k + 1] - corners_y[:, k]) / np.where(run > 0, run, 1.0)
        ramp = np.clip(x - begin[:, None, None, None], 0.0, run[:, None, None, None])
        y = y + slope[:, None, None, None] * ramp
    return y


def _corners(curves: Sequence[Mapping[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    most = max(len(curve) for curve in curves)
    padded = [
        sorted(curve.items()) + [max(curve.items())] * (most - len(curve)) for curve in curves
    ]
    points = shared(np.array(padded, dtype=float))
    return points[..., 0], points[..., 1]


@INCENTIVES.register("payment_curve")
class PaymentCurve(ShareIncentive):
    """Part of the pay is at risk, and a curve over the KPI says how much of it is earned.

    Amount = at_risk x base x (curve(KPI) - 1), linear between the points and flat outside them.
    Points with 0 and 1 alone are all-or-none if they touch, a third point makes an elbow, and a
    height above 1 is a bonus.

    Parameters
    ----------
    kpi : str
        The KPI of the contract.
    at_risk : float
        Share of the base that is at risk. [1]
    points : mapping of float to float
        KPI value: earned part of what is at risk. [1]
    of : {"period_charges", "contract_value"}
        The base.

    Notes
    -----
    Source: performancebasedcontracting.com, payment curves with minimum, elbow, required and
    incentive level.

    Examples
    --------
    >>> PaymentCurve(kpi="accuracy", at_risk=0.1, points={0.97: 0, 0.99: 1}).earned(0.98)
    0.5
    """

    at_risk: Share
    points: Annotated[
        Mapping[Level, Annotated[float, number("1", ge=-10, le=10)]],
        Field(min_length=2, max_length=50),
    ]

    def amounts_by_quality(self, higher_is_better: bool) -> list[float]:
        heights = [height for _, height in sorted(self.points.items())]
        return heights if higher_is_better else heights[::-1]

    def earned(self, value: float) -> float:
        """Return the part of what is at risk that a KPI value earns [1]."""
        return round(
            float(_ramps(np.full((1, 1, 1, 1), value), *_corners([self.points]))[0, 0, 0, 0]), 12
        )

    @classmethod
    def amounts(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        reading = block.readings[clauses[0].kpi]
        earned = _ramps(reading.value, *_corners([clause.points for clause in clauses]))
        at_risk = column(clauses, "at_risk") * block.base(clauses[0].of, reading)
        return reading.when_reviewed(at_risk * (earned - 1.0))

    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        value, _ = self._cell(block, period)
        earned = self.earned(value)
        base = self._base_text(block, period, currency)
        return f"{share(self.at_risk)} at risk of {base} x ({earned:.6g} earned - 1)"


@INCENTIVES.register("step_tiers")
class StepTiers(ShareIncentive):
    """Service credits: beyond a threshold a share of the base is given back.

    A value worse than a threshold (strictly) reaches its tier; the deepest tier reached counts.

    Parameters
    ----------
    kpi : str
        The KPI of the contract.
    tiers : mapping of float to float
        Threshold: share of the base that is deducted. [1]
    of : {"period_charges", "contract_value"}
        The base.

    Notes
    -----
    Source: Amazon S3 service level agreement (below 99.9 %: 10 %, 99.0 %: 25 %, 95.0 %: 100 %).

    Examples
    --------
    >>> StepTiers(kpi="uptime", tiers={0.999: 0.1, 0.99: 0.25, 0.95: 1.0}).credit(0.97, True)
    0.25
    """

    tiers: Annotated[Mapping[Level, Share], Field(min_length=1, max_length=50)]

    @classmethod
    def _credits(cls, clauses: Sequence[Self], x: np.ndarray, higher_is_better: bool) -> np.ndarray:
        thresholds, given_back = _corners([clause.tiers for clause in clauses])
        total = np.zeros_like(x)
        for k in range(thresholds.shape[1]):
            threshold = thresholds[:, k, None, None, None]
            reached = x < threshold if higher_is_better else x > threshold
            total = np.maximum(total, np.where(reached, given_back[:, k, None, None, None], 0.0))
        return total

    def amounts_by_quality(self, higher_is_better: bool) -> list[float]:
        credits_given = [-credit for _, credit in sorted(self.tiers.items())]
        return credits_given if higher_is_better else credits_given[::-1]

    def credit(self, value: float, higher_is_better: bool) -> float:
        """Return the share of the base that a KPI value gives back [1]."""
        x = np.full((1, 1, 1, 1), value)
        return float(self._credits([self], x, higher_is_better)[0, 0, 0, 0])

    @classmethod
    def amounts(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        reading = block.readings[clauses[0].kpi]
        given_back = cls._credits(clauses, reading.value, reading.higher_is_better)
        return reading.when_reviewed(0.0 - given_back * block.base(clauses[0].of, reading))

    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        value, reading = self._cell(block, period)
        credit = self.credit(value, reading.higher_is_better)
        return f"credit of {share(credit)} of {self._base_text(block, period, currency)}"


@INCENTIVES.register("lump_sum")
class LumpSum(KpiIncentive):
    """A fixed amount for a target that is missed, met, or exceeded.

    Parameters
    ----------
    kpi : str
        The KPI of the contract.
    if_missed, if_met, if_exceeded : float
        Signed amounts a review; exceeded means the KPI's incentive level is reached, and pays as
        met where no amount is given. [currency]

    Notes
    -----
    Source: Sieke, Seifert and Thonemann (2012), flat penalty contract.

    Examples
    --------
    >>> LumpSum(kpi="accuracy", if_missed=-1_000_000).if_met
    0.0
    """

    if_missed: Money = 0.0
    if_met: Money = 0.0
    if_exceeded: Money | None = None

    def amounts_by_quality(self, higher_is_better: bool) -> list[float]:
        del higher_is_better
        paid = [self.if_missed, self.if_met]
        return paid if self.if_exceeded is None else [*paid, self.if_exceeded]

    def problem_with(self, clause: WrittenKpi | None) -> str | None:
        if self.if_exceeded is not None and clause and clause.incentive_level is None:
            return f"lump_sum with if_exceeded needs an incentive_level of kpi '{self.kpi}'"
        return super().problem_with(clause)

    @classmethod
    def amounts(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        reading = block.readings[clauses[0].kpi]
        missed, met, exceeded = (
            column(clauses, field) for field in ("if_missed", "if_met", "if_exceeded")
        )
        good = np.where(reading.exceeded & ~np.isnan(exceeded), exceeded, met)
        return reading.when_reviewed(np.where(reading.met, good, missed))

    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        del currency
        _, reading = self._cell(block, period)
        shape = block.charges.shape
        if not np.broadcast_to(reading.met, shape)[0, 0, 0, period]:
            return "fixed amount, target missed"
        exceeded = np.broadcast_to(reading.exceeded, shape)[0, 0, 0, period]
        return f"fixed amount, target {'exceeded' if exceeded else 'met'}"


@INCENTIVES.register("per_point")
class PerPoint(KpiIncentive):
    """An amount for every point between KPI and target, within a floor and a cap.

    Amount = rate x (KPI - target) / point, with the sign such that better pays more.

    Parameters
    ----------
    kpi : str
        The KPI of the contract.
    rate : float
        Amount a point. [currency]
    point : float
        Size of a point in the unit of the KPI; 0.01 is a percentage point.
    floor, cap : float
        Least and largest amount a review; the floor is a deduction and so not above 0. [currency]

    Notes
    -----
    Source: NHS A&E sanction per breach below 95 % with a floor; Liang and Atkins (2013).

    Examples
    --------
    >>> PerPoint(kpi="accuracy", rate=1_000_000, floor=-3_000_000).cap
    0.0
    """

    rate: PositiveMoney
    point: Annotated[float, number("1", gt=0)] = 0.01
    floor: Annotated[float, number("currency", ge=-1e15, le=0)]
    cap: PositiveMoney = 0.0

    @classmethod
    def amounts(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        reading = block.readings[clauses[0].kpi]
        sign = 1.0 if reading.higher_is_better else -1.0
        slope = sign * column(clauses, "rate") / column(clauses, "point")
        # A KPI without bound that counts as missed is infinitely far from its target.
        distance = np.clip(reading.value - reading.target, -1e15, 1e15)
        amount = np.clip(slope * distance, column(clauses, "floor"), column(clauses, "cap"))
        return reading.when_reviewed(amount)

    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        value, reading = self._cell(block, period)
        points = (value - float(reading.target[0, 0, 0, 0])) / self.point
        better = points if reading.higher_is_better else -points
        distance = "as many points short as can be" if np.isinf(better) else f"{better:+.4g} points"
        return (
            f"{distance} x {money(self.rate, currency, exact=True)}, from "
            f"{money(self.floor, currency, exact=True)} to {money(self.cap, currency, exact=True)}"
        )


@INCENTIVES.register("late_fee")
class LateFee(Incentive):
    """A fee per calendar day on the catalogue value of late order lines.

    Amount = -per_day x value x days late, each line up to `cap` of its value.

    Parameters
    ----------
    limit : Duration
        Time from order to delivery that is still on time.
    per_day : float
        Share of the late value a day. [1/day]
    cap : float, optional
        Largest fee relative to a line's value; None for no cap. [1]

    Notes
    -----
    Source: Perpres 16/2018 art. 79(4), one per mille a day; a 5 % cap equals the performance
    guarantee. RA 9184 section 68 charges 0.1 % a day.

    Examples
    --------
    >>> LateFee(limit=Duration(business_days=2), per_day=0.001, cap=0.05).most_days
    50.0
    """

    limit: Duration
    per_day: Annotated[float, number("1/day", gt=0, le=1)]
    cap: Share | None = None
    on: ClassVar[str] = "late_value_days"

    @property
    def most_days(self) -> float | None:
        """Days after which a line costs no more [day]."""
        return None if self.cap is None else round(self.cap / self.per_day, 9)

    def structure(self) -> tuple[Any, ...]:
        return (self.limit, self.most_days)

    def _measure(self, review: Review, months: int | None) -> Measure:
        most = {} if self.most_days is None else {"most_days": self.most_days}
        return Measure.of(self.on, review=review, months=months, limit=self.limit, **most)

    def totals(self, review: Review, months: int | None) -> tuple[Measure, ...]:
        return (self._measure(review, months),)

    def _late(self, block: Block) -> np.ndarray:
        settings = self._measure("term", None).settings
        return next(
            a for m, a in block.totals.items() if m.kpi == self.on and m.settings == settings
        )

    @classmethod
    def amounts(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        return 0.0 - column(clauses, "per_day") * clauses[0]._late(block)

    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        late = self._late(block)[0, 0, 0, period]
        value = money(late, currency, exact=True)
        return f"{self.per_day:g} x {value} (value of lines times days later than {self.limit})"


@INCENTIVES.register("per_event")
class PerEvent(Incentive):
    """A fixed amount for every event of a kind.

    Parameters
    ----------
    event : str
        Name of a KPI that counts events, as returned_units, late_orders, wrong_lines.
    amount : float
        Signed amount an event. [currency]
    limit : Duration, optional
        For events that need one, as late_orders.

    Notes
    -----
    Source: NHS A&E 2014/15 sanction of 200 pounds a breach.

    Examples
    --------
    >>> PerEvent(event="returned_units", amount=-25_000).kpi_name is None
    True
    """

    event: str
    amount: Money
    limit: Duration | None = None

    @model_validator(mode="after")
    def _is_an_event(self) -> PerEvent:
        counted = [n for n, k in KPIS.items() if k.kind == "total" and "currency" not in k.unit]
        if self.event not in counted:
            message = unknown_name("event", self.event, counted)
            raise PydanticCustomError("unknown_value", "{m}", {"m": message, "field": "event"})
        if ("limit" in KPIS[self.event].settings) != (self.limit is not None):
            need = "needs a limit" if self.limit is None else "takes no limit"
            text = "event '{event}' {need}"
            raise PydanticCustomError("event", text, {"event": self.event, "need": need})
        return self

    def totals(self, review: Review, months: int | None) -> tuple[Measure, ...]:
        limit = {} if self.limit is None else {"limit": self.limit}
        return (Measure.of(self.event, review=review, months=months, **limit),)

    def amounts_by_quality(self, higher_is_better: bool) -> list[float]:
        del higher_is_better
        # From one event to none, where fewer events are better.
        paid = [self.amount, 0.0]
        return paid if KPIS[self.event].better == "lower" else paid[::-1]

    def _events(self, block: Block) -> np.ndarray:
        settings = self.totals("term", None)[0].settings
        return next(
            a for m, a in block.totals.items() if m.kpi == self.event and m.settings == settings
        )

    @classmethod
    def amounts(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        return column(clauses, "amount") * clauses[0]._events(block)

    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        events = self._events(block)[0, 0, 0, period]
        label = KPIS[self.event].label.lower()
        return f"{count(float(events))} {label} x {money(self.amount, currency, exact=True)}"


#: The type of a field that holds an incentive.
AnyIncentive = Annotated[Any, OneOf(INCENTIVES)]
