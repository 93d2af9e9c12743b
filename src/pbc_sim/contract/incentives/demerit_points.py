"""What do many small failures come to: demerit points that add up over a window.

Lives here: the mechanism that counts points over several KPIs and events. May not live here:
amounts for a single KPI, termination.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Self

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.contract.block import Block, column
from pbc_sim.contract.incentives.event_incentive import EventIncentive
from pbc_sim.contract.incentives.mechanism import INCENTIVES
from pbc_sim.contract.modifiers import Escalation
from pbc_sim.contract.streaks import reaches, streak, within_window
from pbc_sim.errors import unknown_name
from pbc_sim.figures import count, money
from pbc_sim.inputs import Name, PositiveCount, PositiveMoney, number
from pbc_sim.language import translated as _
from pbc_sim.performance.measures import KPIS, Measure
from pbc_sim.performance.periods import Review
from pbc_sim.performance.words import Words
from pbc_sim.world.calendar import Duration

__all__ = ["DemeritPoints"]

Points = Annotated[float, number("point", gt=0, le=1e9)]


@INCENTIVES.register("demerit_points")
class DemeritPoints(EventIncentive):
    """Points for missed reviews and for events; each costs an amount, or their sum does.

    New points of a period = sum of `points` of the KPIs missed in it, times their escalation, plus
    the events in it times their points. The balance is the sum of new points over the window.
    Amount = -per_point x new points - amount of the highest band that the balance reaches.

    Parameters
    ----------
    points : mapping of str to float
        KPI of the contract: points for a review that misses its target. [point]
    events : mapping of str to float
        Name of a KPI that counts events, as returned_units: points for each. [point]
    limit : Duration, optional
        For events that need one, as late_orders.
    per_point : float
        Deduction for each new point. [currency/point]
    bands : mapping of float to float
        From so many points of the balance on: deduction of each period. [currency]
    window : int
        Payment periods that the balance looks back on, the newest included. [period]
    escalation : Escalation, optional
        How the points of a KPI grow with each review of it that is missed in a row.
    lapse_after : int, optional
        Payment periods without new points after which all points lapse (rectification). [period]
    excluding, notice_within
        Of events, see `EventIncentive`.

    Notes
    -----
    Source: service failure points of UK PFI contracts (National Audit Office on the Joint Services
    Command and Staff College; HM Treasury, Standardisation of PF2 Contracts, 2012).

    Examples
    --------
    >>> clause = DemeritPoints(points={"accuracy": 3}, bands={5: 1000, 10: 5000}, window=6)
    >>> clause.band(4), clause.band(5), clause.band(12)
    (0.0, 1000.0, 5000.0)
    """

    points: Annotated[Mapping[Name, Points], Field(max_length=100)] = {}
    events: Annotated[Mapping[str, Points], Field(max_length=20)] = {}
    limit: Duration | None = None
    per_point: PositiveMoney = 0.0
    bands: Annotated[
        Mapping[Annotated[float, number("point", gt=0)], PositiveMoney], Field(max_length=50)
    ] = {}
    window: PositiveCount = 1
    escalation: Escalation | None = None
    lapse_after: PositiveCount | None = None

    @model_validator(mode="after")
    def _counts_and_costs_something(self) -> DemeritPoints:
        counted = [n for n, k in KPIS.items() if k.kind == "total" and k.better == "lower"]
        for event in self.events:
            if event not in counted:
                message = unknown_name("event", event, counted)
                raise PydanticCustomError("unknown_value", "{m}", {"m": message, "field": "events"})
        if not self.points and not self.events:
            raise PydanticCustomError("points", _("must give points or events; add one"))
        if not self.per_point and not self.bands:
            raise PydanticCustomError("points", _("must give per_point or bands; add one"))
        if self.limit and not any("limit" in KPIS[event].settings for event in self.events):
            text = _("none of the events takes a limit; leave it out")
            raise PydanticCustomError("event", text, {"field": "limit"})
        if self.relief and not any("excluding" in KPIS[event].settings for event in self.events):
            text = _(
                "none of the events leaves out orders; write excluding in the KPI clauses instead"
            )
            raise PydanticCustomError("event", text, {"field": "excluding"})
        return self

    @property
    def counts_points(self) -> bool:
        return True

    @property
    def kpi_names(self) -> tuple[str, ...]:
        return tuple(self.points)

    def structure(self) -> tuple[Any, ...]:
        # The window decides on the shape of a loop, and the names on what is read.
        return (*super().structure(), tuple(self.points), tuple(self.events), self.window)

    def amounts_by_quality(self, higher_is_better: bool) -> list[float]:
        del higher_is_better
        # From many points to none.
        return [-self.band(points) for points in sorted(self.bands, reverse=True)] + [0.0]

    def _event(self, name: str, review: Review, months: int | None) -> Measure:
        takes = KPIS.find(name).settings
        settings: dict[str, Any] = {k: v for k, v in self.relief.items() if k in takes}
        if self.limit is not None and "limit" in takes:
            settings["limit"] = self.limit
        return Measure.of(name, review=review, months=months, **settings)

    def totals(self, review: Review, months: int | None) -> tuple[Measure, ...]:
        return tuple(self._event(name, review, months) for name in self.events)

    def band(self, balance: float) -> float:
        """Return what a balance of points costs each period [currency]."""
        return float(self._in_bands([self], np.full((1, 1, 1, 1), balance))[0, 0, 0, 0])

    @classmethod
    def _in_bands(cls, clauses: Sequence[Self], balance: np.ndarray) -> np.ndarray:
        most = max(len(clause.bands) for clause in clauses)
        cost = np.zeros((1, 1, 1, 1))
        for k in range(most):
            rows = [
                sorted(c.bands.items())[k] if k < len(c.bands) else (np.inf, 0.0) for c in clauses
            ]
            begin, amount = (
                np.array(part)[:, None, None, None] for part in zip(*rows, strict=True)
            )
            cost = np.where(reaches(balance, begin), amount, cost)
        return cost

    @classmethod
    def _new_points(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        first = clauses[0]
        new = np.zeros((1, 1, 1, block.n_periods))
        for kpi in first.points:
            reading = block.readings[kpi]
            counts = reading.counts & block.acts
            missed = counts & ~reading.met
            points = np.array([c.points[kpi] for c in clauses])[:, None, None, None] * missed
            if first.escalation is not None:
                escalations = [c.escalation for c in clauses if c.escalation]
                points = points * Escalation.multiplier(escalations, streak(~reading.met, counts))
            new = new + points
        for event in first.events:
            each = np.array([c.events[event] for c in clauses])[:, None, None, None]
            found = block.total(event, first._event(event, "term", None).settings)
            new = new + np.where(block.acts, each * found, 0.0)
        return new

    @classmethod
    def points_balance(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        return cls._balance(clauses, cls._new_points(clauses, block))

    @classmethod
    def _balance(cls, clauses: Sequence[Self], new: np.ndarray) -> np.ndarray:
        first = clauses[0]
        if first.lapse_after is None:
            return within_window(new, first.window)
        after = column(clauses, "lapse_after")
        clean = streak(new == 0, np.array(True))
        lapsed = clean >= after
        balance = np.zeros(np.broadcast_shapes(new.shape, lapsed.shape))
        new, lapsed = np.broadcast_to(new, balance.shape), np.broadcast_to(lapsed, balance.shape)
        for lag in range(min(first.window, new.shape[-1])):
            # Points of `lag` periods ago count unless the points lapsed in between.
            since = np.zeros(balance.shape, dtype=bool)
            for back in range(lag + 1):
                since[..., back:] |= lapsed[..., : lapsed.shape[-1] - back]
            balance[..., lag:] += np.where(since[..., lag:], 0.0, new[..., : new.shape[-1] - lag])
        return balance

    @classmethod
    def amounts(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        new = cls._new_points(clauses, block)
        cost = column(clauses, "per_point") * new
        if any(clause.bands for clause in clauses):
            cost = cost + cls._in_bands(clauses, cls._balance(clauses, new))
        return np.where(block.acts, 0.0 - cost, 0.0)

    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        new = self._new_points([self], block)
        balance = self._balance([self], new)
        now, sum_ = (block.cell(a, period) for a in (new, balance))
        words = _("{n} new points").format(n=count(now))
        if self.per_point:
            words += f" x {money(self.per_point, currency, exact=True)}"
        if self.bands:
            band = money(self.band(sum_), currency, exact=True)
            balance_said = _("balance of {n} points over {window} periods: {amount}")
            words += "; " + balance_said.format(n=count(sum_), window=self.window, amount=band)
        return words

    def worked(self, block: Block, period: int, words: Words) -> str:
        new = self._new_points([self], block)
        now, balance = (block.cell(a, period) for a in (new, self._balance([self], new)))
        points = words.number(round(now, 6))
        said = words.pick(english=f"{points} new points", indonesian=f"{points} poin baru")
        if self.per_point:
            said += f" × {words.money(self.per_point)}"
        if self.bands:
            in_all, cost = words.number(round(balance, 6)), words.money(self.band(balance))
            said += words.pick(
                english=f"; balance of {in_all} points: {cost}",
                indonesian=f"; saldo {in_all} poin: {cost}",
            )
        return said

    def clause(self, words: Words) -> str:
        counted = [
            words.pick(
                english=f"{words.counted(points, 'point', 'poin')} for each review in which "
                f"{words.kpi(kpi)} misses its target",
                indonesian=f"{words.number(points)} poin untuk setiap evaluasi ketika "
                f"{words.kpi(kpi)} tidak mencapai targetnya",
            )
            for kpi, points in self.points.items()
        ]
        counted += [
            words.pick(
                english=f"{words.counted(points, 'point', 'poin')} for each {words.each(event)}",
                indonesian=f"{words.number(points)} poin untuk setiap {words.each(event)}",
            )
            for event, points in self.events.items()
        ]
        given = words.pick(
            english=f"The Supplier gets demerit points: {words.listed(counted)}.",
            indonesian=f"Penyedia memperoleh poin kinerja buruk: {words.listed(counted)}.",
        )
        return words.paragraph(
            given,
            self._limit_said(words),
            self.escalation.clause(words) if self.escalation else "",
            self._cost_said(words),
            self._lapse_said(words),
            self._relief_said(words),
        )

    def _limit_said(self, words: Words) -> str:
        if self.limit is None:
            return ""
        limit = words.duration(self.limit)
        return words.pick(
            english=f"The limit of late orders is {limit}.",
            indonesian=f"Batas waktu pesanan adalah {limit}.",
        )

    def _cost_said(self, words: Words) -> str:
        each = words.money(self.per_point)
        bands = words.listed(
            words.pick(
                english=f"{words.money(amount)} from {words.counted(begin, 'point', 'poin')} on",
                indonesian=f"{words.money(amount)} mulai dari {words.number(begin)} poin",
            )
            for begin, amount in sorted(self.bands.items())
        )
        window = words.counted(self.window, "payment period", "periode pembayaran")
        return words.paragraph(
            words.pick(
                english=f"For each new point {each} are deducted.",
                indonesian=f"Untuk setiap poin baru dipotong {each}.",
            )
            if self.per_point
            else "",
            words.pick(
                english=f"The points of the last {window}, the newest included, add up to a "
                "balance.",
                indonesian=f"Poin dari {window} terakhir, termasuk yang terbaru, dijumlahkan "
                "menjadi saldo.",
            ),
            words.pick(
                english=f"For each payment period the balance costs {bands}.",
                indonesian=f"Untuk setiap periode pembayaran saldo itu dikenai {bands}.",
            )
            if self.bands
            else "",
        )

    def _lapse_said(self, words: Words) -> str:
        if self.lapse_after is None:
            return ""
        clean = words.counted(self.lapse_after, "payment period", "periode pembayaran")
        return words.pick(
            english=f"After {clean} without a new point all points lapse.",
            indonesian=f"Setelah {clean} tanpa poin baru, semua poin dihapus.",
        )
