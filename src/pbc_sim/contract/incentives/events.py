"""What does each event cost: late days, returned units, wrong lines.

Lives here: mechanisms that read totals and not the level of a KPI. May not live here: counts.
To add a mechanism: one class with `@INCENTIVES.register`; nothing else changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Self

import numpy as np
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.contract.block import Block, column
from pbc_sim.contract.incentives.mechanism import INCENTIVES, Incentive
from pbc_sim.errors import PbcError, unknown_name
from pbc_sim.figures import count, money
from pbc_sim.inputs import Money, Share, number
from pbc_sim.performance.measures import KPIS, Measure
from pbc_sim.performance.orders import Excluding
from pbc_sim.performance.periods import Review
from pbc_sim.performance.setting_words import SAID
from pbc_sim.performance.words import Words
from pbc_sim.world.calendar import Duration

__all__ = ["LateFee", "PerEvent"]


class EventIncentive(Incentive):
    """A mechanism that charges what happens, and may leave out what force majeure touched.

    Parameters
    ----------
    excluding : {"force_majeure"}, optional
        Leaves out orders that force majeure touched before they were due.
    notice_within : Duration, optional
        The same, only if the supplier gave notice of the disruption within this time.
    """

    excluding: Excluding | None = None
    notice_within: Duration | None = None

    @property
    def relief(self) -> dict[str, Any]:
        """Settings of the measured KPI that leave out orders."""
        given = {"excluding": self.excluding, "notice_within": self.notice_within}
        return {name: value for name, value in given.items() if value is not None}

    def _relief_said(self, words: Words) -> str:
        return words.paragraph(*(SAID[name](words, value) for name, value in self.relief.items()))

    @model_validator(mode="after")
    def _can_be_measured(self) -> EventIncentive:
        try:
            self.totals("month", None)
        except PbcError as error:
            raise PydanticCustomError("relief", "{m}", {"m": str(error)}) from None
        return self


@INCENTIVES.register("late_fee")
class LateFee(EventIncentive):
    """A fee per calendar day on the catalogue value of the late part of order lines.

    Amount = -per_day x late value x days late, each late part up to `cap` of its value.

    Parameters
    ----------
    limit : Duration
        Time from order to delivery that is still on time.
    per_day : float
        Share of the late value a day. [1/day]
    cap : float, optional
        Largest fee relative to the late value; None for no cap. [1]
    excluding, notice_within
        See `EventIncentive`.

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
        """Days after which a late part costs no more [day]."""
        return None if self.cap is None else round(self.cap / self.per_day, 9)

    def structure(self) -> tuple[Any, ...]:
        return (*super().structure(), self.most_days)

    def _measure(self, review: Review, months: int | None) -> Measure:
        most = {} if self.most_days is None else {"most_days": self.most_days}
        settings = {"limit": self.limit, **most, **self.relief}
        return Measure.of(self.on, review=review, months=months, **settings)

    def totals(self, review: Review, months: int | None) -> tuple[Measure, ...]:
        return (self._measure(review, months),)

    def _late(self, block: Block) -> np.ndarray:
        return block.total(self.on, self._measure("term", None).settings)

    @classmethod
    def amounts(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        return 0.0 - column(clauses, "per_day") * clauses[0]._late(block)

    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        late = self._late(block)[0, 0, 0, period]
        value = money(late, currency, exact=True)
        return f"{self.per_day:g} x {value} (late value times days later than {self.limit})"

    def clause(self, words: Words) -> str:
        limit, rate = words.duration(self.limit), words.rate(self.per_day)
        if self.cap is None:
            most = words.pick(english="without a maximum", indonesian="tanpa batas maksimum")
        else:
            cap = words.share(self.cap)
            most = words.pick(
                english=f"up to {cap} of that value",
                indonesian=f"paling banyak {cap} dari nilai tersebut",
            )
        fee = words.pick(
            english=f"For every calendar day by which part of an order line is delivered later "
            f"than {limit} after the order, a late fee of {rate} of the catalogue value of the "
            f"late part is deducted, {most}.",
            indonesian=f"Untuk setiap hari kalender keterlambatan penyerahan bagian dari baris "
            f"pesanan melebihi {limit} sejak pesanan, dikenakan denda keterlambatan sebesar {rate} "
            f"dari nilai katalog bagian yang terlambat, {most}.",
        )
        return words.paragraph(fee, self._relief_said(words))

    def worked(self, block: Block, period: int, words: Words) -> str:
        late = float(self._late(block)[0, 0, 0, period])
        days = words.pick(english="late value times days", indonesian="nilai terlambat kali hari")
        return f"− {words.share(self.per_day)} × {words.due(late)} ({days})"


@INCENTIVES.register("per_event")
class PerEvent(EventIncentive):
    """A fixed amount for every event of a kind.

    Parameters
    ----------
    event : str
        Name of a KPI that counts events, as returned_units, late_orders, wrong_lines.
    amount : float
        Signed amount an event. [currency]
    limit : Duration, optional
        For events that need one, as late_orders.
    excluding, notice_within
        See `EventIncentive`.

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
        return self

    def totals(self, review: Review, months: int | None) -> tuple[Measure, ...]:
        settings = self.relief | ({} if self.limit is None else {"limit": self.limit})
        return (Measure.of(self.event, review=review, months=months, **settings),)

    def amounts_by_quality(self, higher_is_better: bool) -> list[float]:
        del higher_is_better
        # From one event to none, where fewer events are better.
        paid = [self.amount, 0.0]
        return paid if KPIS[self.event].better == "lower" else paid[::-1]

    def _events(self, block: Block) -> np.ndarray:
        return block.total(self.event, self.totals("term", None)[0].settings)

    @classmethod
    def amounts(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        return column(clauses, "amount") * clauses[0]._events(block)

    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        events = self._events(block)[0, 0, 0, period]
        label = KPIS[self.event].label.lower()
        return f"{label}: {count(float(events))} x {money(self.amount, currency, exact=True)}"

    def clause(self, words: Words) -> str:
        paid, event = words.signed(self.amount), words.each(self.event)
        limit = "" if self.limit is None else SAID["limit"](words, self.limit)
        charged = words.pick(
            english=f"For every {event}, {paid}.",
            indonesian=f"Untuk setiap {event}, {paid}.",
        )
        return words.paragraph(charged, limit, self._relief_said(words))

    def worked(self, block: Block, period: int, words: Words) -> str:
        events = float(self._events(block)[0, 0, 0, period])
        return f"{words.number(round(events, 6))} × ({words.money(self.amount)})"
