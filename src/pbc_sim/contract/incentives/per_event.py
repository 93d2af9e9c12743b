"""What does each event cost: a returned unit, a late order, a wrong line.

Lives here: the fixed amount an event. May not live here: how events are counted (`performance`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.contract.block import Block, column
from pbc_sim.contract.incentives.event_incentive import EventIncentive
from pbc_sim.contract.incentives.mechanism import INCENTIVES
from pbc_sim.errors import unknown_name
from pbc_sim.figures import count, money
from pbc_sim.inputs import Money
from pbc_sim.performance.measures import KPIS, Measure
from pbc_sim.performance.periods import Review
from pbc_sim.performance.setting_words import SAID
from pbc_sim.performance.words import Words
from pbc_sim.world.calendar import Duration

__all__ = ["PerEvent"]


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
        label = KPIS[self.event].in_words.label.lower()
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
