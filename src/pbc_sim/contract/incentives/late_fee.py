"""What does a late delivery cost: a fee for each day on the value of the late part.

Lives here: the late fee. May not live here: fixed amounts an event (`per_event.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Self

import numpy as np

from pbc_sim.contract.block import Block, column
from pbc_sim.contract.incentives.event_incentive import EventIncentive
from pbc_sim.contract.incentives.mechanism import INCENTIVES
from pbc_sim.figures import money, numeral
from pbc_sim.inputs import Share, number
from pbc_sim.language import translated as _
from pbc_sim.performance.measures import Measure
from pbc_sim.performance.periods import Review
from pbc_sim.performance.words import Words
from pbc_sim.world.calendar import Duration

__all__ = ["LateFee"]


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
    Source: Perpres 16/2018 art. 79(4), one per mille a day; a 5% cap equals the performance
    guarantee. RA 9184 section 68 charges 0.1% a day.

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
        words = _("{rate} x {value} (late value times days later than {limit})")
        return words.format(rate=numeral(self.per_day, "g"), value=value, limit=self.limit.said())

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
            f"late part is deducted, {most}. Part of a day counts in proportion.",
            indonesian=f"Untuk setiap hari kalender keterlambatan penyerahan bagian dari baris "
            f"pesanan melebihi {limit} sejak pesanan, dikenakan denda keterlambatan sebesar {rate} "
            f"dari nilai katalog bagian yang terlambat, {most}. Bagian dari hari diperhitungkan "
            f"secara proporsional.",
        )
        return words.paragraph(fee, self._relief_said(words))

    def worked(self, block: Block, period: int, words: Words) -> str:
        late = float(self._late(block)[0, 0, 0, period])
        days = words.pick(english="late value times days", indonesian="nilai terlambat kali hari")
        return f"− {words.share(self.per_day)} × {words.due(late)} ({days})"
