"""When do disruptions come, and what is left of time while they last?

Lives here: the spells of one replication, drawn from their terms, and `Pace`, the clock that stands
still or slows down during spells. May not live here: which orders a spell touched (`operations/`).
"""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pbc_sim.world.disruption import (
    CAUSES,
    DemandSurge,
    DisruptionTerms,
    ReceivingStop,
    TransportStop,
    UpstreamOutage,
)
from pbc_sim.world.distributions import Constant, Distribution
from pbc_sim.world.draws import Purpose, Stream, generator_at

__all__ = [
    "NO_SPELLS",
    "Pace",
    "Spell",
    "Spells",
    "closures_of",
    "draw_spells",
    "outages_of",
    "stops_of",
    "surges_of",
]


class Spell(NamedTuple):
    """A drawn spell: its row in the ledger's table, from when until when [day], how severe [1]."""

    row: int
    began: float
    ended: float
    severity: float


@dataclass(frozen=True)
class Spells:
    """The disruptions of one replication, by time; the same for all plans.

    Parameters
    ----------
    disruption : ndarray of shape (n_spells,)
        Which of the world's disruptions.
    began, ended : ndarray of shape (n_spells,)
        From when until when. [day]
    severity : ndarray of shape (n_spells,)
        Share of the pace that is lost, or a surge's factor. [1]
    cause : ndarray of int of shape (n_spells,)
        Who answers for it, by its place in `CAUSES`.
    noticed, proved : ndarray of shape (n_spells,)
        When the supplier gave notice of it, and had proved it; infinity if nothing excuses it.
        [day]
    """

    disruption: np.ndarray
    began: np.ndarray
    ended: np.ndarray
    severity: np.ndarray
    cause: np.ndarray
    noticed: np.ndarray
    proved: np.ndarray

    def __len__(self) -> int:
        return len(self.began)

    def that(self, hits: Callable[[int], bool]) -> list[Spell]:
        """Return the spells of the disruptions that ``hits(disruption)`` picks, by time."""
        columns = (self.began.tolist(), self.ended.tolist(), self.severity.tolist())
        rows = enumerate(zip(self.disruption.tolist(), *columns, strict=True))
        return [Spell(row, *times) for row, (which, *times) in rows if hits(which)]


def _no_spells() -> Spells:
    none, number = np.empty(0), np.empty(0, dtype=int)
    return Spells(number, none, none, none, number, none, none)


NO_SPELLS = _no_spells()


def draw_spells(
    disruptions: Mapping[str, DisruptionTerms],
    start: dt.date,
    ends: float,
    seed: int,
    replication: int,
) -> Spells:
    """Draw the spells of one replication that begin before it ends.

    Spell *k* of a disruption has its own length, severity, notice and proof.
    """
    if not disruptions:
        return NO_SPELLS
    tables = []
    for index, terms in enumerate(disruptions.values()):

        def luck(purpose: Purpose, law: Distribution, index: int = index) -> Stream:
            return Stream(generator_at(seed, replication, purpose, index), law.sample, block=16)

        tables.append(_drawn(index, terms, luck, start, ends))
    columns = [np.concatenate(parts) for parts in zip(*tables, strict=True)]
    by_time = np.argsort(columns[1], kind="stable")
    return Spells(*[column[by_time] for column in columns])


def _drawn(
    index: int,
    terms: DisruptionTerms,
    luck: Callable[[Purpose, Distribution], Stream],
    start: dt.date,
    ends: float,
) -> tuple[np.ndarray, ...]:
    """Return the columns of the spells of one disruption."""
    if terms.random:
        gaps = luck(Purpose.DISRUPTION_GAP, terms.random.every)
        began, ended = _in_a_row(gaps, luck(Purpose.DISRUPTION_LENGTH, terms.random.lasts), ends)
        law = terms.random.severity or terms.kind.usual
        severity = luck(Purpose.DISRUPTION_SEVERITY, law).first(len(began))
    else:
        spans = np.array([spell.span(start) for spell in terms.dated])
        began, ended = np.maximum(spans[:, 0], 0.0), spans[:, 1]
        usual = terms.kind.usual_severity
        given = [usual if s.severity is None else s.severity for s in terms.dated]
        severity = np.array(given, dtype=float)
    n = len(began)
    noticed = proved = np.full(n, np.inf)
    if terms.cause != "ordinary":
        at_once = Constant(value=0.0)
        notice = luck(Purpose.DISRUPTION_NOTICE, terms.notice_after or at_once)
        proof = luck(Purpose.DISRUPTION_PROOF, terms.proof_after or at_once)
        noticed = began + notice.first(n)
        # Nobody proves what has not been claimed.
        proved = np.maximum(began + proof.first(n), noticed)
    which, cause = np.full(n, index), np.full(n, CAUSES.index(terms.cause))
    return which, began, ended, severity, cause, noticed, proved


def surges_of(unit: str, disruptions: Mapping[str, DisruptionTerms], spells: Spells) -> list[Spell]:
    """Return the surges in which a unit orders more often."""
    return _at_unit(DemandSurge, unit, disruptions, spells)


def stops_of(disruptions: Mapping[str, DisruptionTerms], spells: Spells) -> list[Spell]:
    """Return the stops of transport."""
    kinds = [terms.kind for terms in disruptions.values()]
    return spells.that(lambda disruption: isinstance(kinds[disruption], TransportStop))


def closures_of(
    unit: str, disruptions: Mapping[str, DisruptionTerms], spells: Spells
) -> list[Spell]:
    """Return the spells in which a unit receives nothing."""
    return _at_unit(ReceivingStop, unit, disruptions, spells)


def _at_unit(
    of: type[DemandSurge | ReceivingStop],
    unit: str,
    disruptions: Mapping[str, DisruptionTerms],
    spells: Spells,
) -> list[Spell]:
    kinds = [terms.kind for terms in disruptions.values()]

    def hits(disruption: int) -> bool:
        kind = kinds[disruption]
        return isinstance(kind, of) and (not kind.units or unit in kind.units)

    return spells.that(hits)


def outages_of(
    item: str, source: str, disruptions: Mapping[str, DisruptionTerms], spells: Spells
) -> list[Spell]:
    """Return the outages that hit an item at a source."""
    kinds = [terms.kind for terms in disruptions.values()]

    def hits(disruption: int) -> bool:
        kind = kinds[disruption]
        return (
            isinstance(kind, UpstreamOutage)
            and (not kind.items or item in kind.items)
            and (not kind.sources or source in kind.sources)
        )

    return spells.that(hits)


def _in_a_row(gaps: Stream, lengths: Stream, ends: float) -> tuple[np.ndarray, np.ndarray]:
    n = 16
    while True:
        ended = np.cumsum(gaps.first(n) + lengths.first(n))
        began = ended - lengths.first(n)
        if began[-1] >= ends:
            return began[began < ends], ended[began < ends]
        n *= 2


class Pace:
    """A clock that stands still or slows down during spells.

    Time counts at pace 1, during a spell at (1 - severity), where spells overlap at their product.

    Parameters
    ----------
    spells : iterable of Spell
        When, in the unit of time that is counted, and how severe.

    Examples
    --------
    A journey of two days that begins a day before a stop of ten days.

    >>> stop = Pace([Spell(row=0, began=5.0, ended=15.0, severity=1.0)])
    >>> stop.after(4.0, 2.0), stop.after(20.0, 2.0)
    (16.0, 22.0)
    >>> stop.delayed(4.0, 6.0)
    (16.0, [0])
    """

    def __init__(self, spells: Iterable[Spell]) -> None:
        self._spells = sorted(
            (s for s in spells if s.ended > s.began and s.severity > 0), key=lambda s: s.began
        )
        self._edges, self._paces = [-math.inf], [1.0]
        self._lay_out()
        #: Time counted from the first edge to each; what lies before it is negative.
        self._counted = [-math.inf, 0.0]
        for k in range(1, len(self._edges) - 1):
            length = self._edges[k + 1] - self._edges[k]
            self._counted.append(self._counted[-1] + length * self._paces[k])

    def _lay_out(self) -> None:
        begins = self._spells
        edges = sorted({s.began for s in begins} | {s.ended for s in begins})
        running: list[Spell] = []
        begun = 0
        for edge in edges:
            while begun < len(begins) and begins[begun].began <= edge:
                running.append(begins[begun])
                begun += 1
            running = [s for s in running if s.ended > edge]
            self._edges.append(edge)
            self._paces.append(math.prod([1 - s.severity for s in running]))

    def table(self) -> tuple[list[tuple[float, float, float]], list[Spell]]:
        """Return its edges, each with the pace and the time counted there, and its spells."""
        edges = zip(self._edges, self._paces, self._counted, strict=False)
        return list(edges), self._spells

    def after(self, begin: float, span: float) -> float:
        """Return when a span has passed on this clock, for what begins at `begin`.

        What would begin while the clock stands still begins when it goes on.
        """
        edges, paces = self._edges, self._paces
        k = bisect_right(edges, begin) - 1
        while not paces[k]:
            k += 1
            begin = edges[k]
        left = k + 1
        if left == len(edges) or begin + span / paces[k] <= edges[left]:
            return begin + span / paces[k]
        # Counted from the next edge on, so that no more is subtracted than must be.
        target = self._counted[left] + span - (edges[left] - begin) * paces[k]
        n = max(bisect_left(self._counted, target) - 1, left)
        while not paces[n]:  # rounding may leave nothing of a span that ends with a stop's begin
            n += 1
        return edges[n] + max(target - self._counted[n], 0.0) / paces[n]

    def delayed(self, begin: float, expected: float) -> tuple[float, list[int]]:
        """Return when something ends that would end at `expected`, and which rows hold it up.

        What no spell overlaps ends exactly at `expected`.
        """
        if expected > begin and not self.rows_between(begin, expected):
            return expected, []
        ends = max(self.after(begin, expected - begin), expected)
        return ends, self.rows_between(begin, ends)

    def rows_between(self, begin: float, end: float) -> list[int]:
        """Return the rows of the spells that overlap [begin, end)."""
        last = bisect_left(self._spells, end, key=lambda s: s.began)
        return [s.row for s in self._spells[:last] if s.ended > begin]
