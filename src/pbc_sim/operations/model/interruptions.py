"""What do disruptions do to goods under way, and which orders do they touch?

Lives here: pauses of replenishments and journeys, and who waited for what was delayed.
May not live here: when spells come (`world/spells.py`), surges (they are in the orders), relief.
It exists only in worlds with disruptions, so that others do no work for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pbc_sim.operations.stock import Lot
from pbc_sim.world.future import World
from pbc_sim.world.spells import Pace, closures_of, outages_of, stops_of

__all__ = ["Interruptions"]


class Delayed(NamedTuple):
    """A lot that an outage delays: when it would have come, when it comes [day], which spells."""

    expected: float
    arrives: float
    rows: frozenset[int]


class Interruptions:
    """The pauses of one future, and what they touched under one plan.

    Parameters
    ----------
    touched : set of (int, int)
        Where it is written down: order, and row of the spell.
    order_of : sequence of int
        The order of each line.
    unit_of : sequence of int
        The unit of each order.
    """

    def __init__(
        self,
        world: World,
        touched: set[tuple[int, int]],
        order_of: Sequence[int],
        unit_of: Sequence[int],
    ) -> None:
        setting, spells = world.setting, world.spells
        disruptions = setting.terms.disruptions
        self.touched = touched
        self.order_of = order_of
        self.unit_of = unit_of
        self.calendar = setting.calendar
        self.began = spells.began.tolist()
        supply = setting.terms.supply
        own = [source.order_crossing for source in supply.sources.values()]
        #: Whether lots of a source may overtake each other.
        self.crossing = own or [supply.order_crossing]
        #: The pace of each item at each source.
        self.sources = [
            [Pace(outages_of(i, s, disruptions, spells)) for s in setting.source_names]
            for i in setting.item_names
        ]
        stops = stops_of(disruptions, spells)
        self.roads = Pace(stops)
        self.roads_in_working_time = Pace(
            stop._replace(
                began=self.calendar.worked_at(stop.began), ended=self.calendar.worked_at(stop.ended)
            )
            for stop in stops
        )
        self.doors = [Pace(closures_of(u, disruptions, spells)) for u in setting.unit_names]
        self.in_working_time = setting.terms.transport.counted_in == "business_days"
        #: Lots that are late because of an outage, by item, source and number, until they come.
        self.delayed: dict[tuple[int, int, int], Delayed] = {}
        on_time = Delayed(0.0, 0.0, frozenset())
        self.last = [[on_time] * len(self.crossing) for _ in setting.item_names]

    # Replenishment ----------------------------------------------------------------------------

    def goods_in(self, now: float, expected: float, item: int, lot: Lot) -> float:
        """Return when a lot arrives that would come at `expected` if nothing interrupted it."""
        arrives, held_by = self.sources[item][lot.source].delayed(now, expected)
        rows = frozenset(held_by)
        if not self.crossing[lot.source]:
            # What was ordered earlier still comes first, and so its delay is handed on.
            last = self.last[item][lot.source]
            if last.arrives > arrives:
                arrives, rows = last.arrives, rows | last.rows
            self.last[item][lot.source] = Delayed(expected, arrives, rows)
        if arrives > expected:
            self.delayed[item, lot.source, lot.number] = Delayed(expected, arrives, rows)
        return arrives

    def came(self, item: int, lot: Lot, lines: Iterable[int]) -> None:
        """Note that a lot has come, and which lines it was given to that had waited for it."""
        delayed = self.delayed.pop((item, lot.source, lot.number), None)
        if delayed:
            for line in lines:
                self._note(self.order_of[line], delayed.rows)

    def missing(self, now: float, item: int, lines: Iterable[int]) -> None:
        """Note lines that lack units of an item while a lot is late because of an outage.

        What is lost at the instant of the order, or still waits at the end, is given no lot.
        """
        rows = {
            row
            for (of, *_), lot in self.delayed.items()
            if of == item and lot.expected <= now
            for row in lot.rows
            if self.began[row] <= now  # the lot may meet another outage before it comes
        }
        for line in lines if rows else ():
            self._note(self.order_of[line], rows)

    # Transport --------------------------------------------------------------------------------

    def arrival(
        self, now: float, travel: float, expected: float, order: int, *, replacement: bool
    ) -> float:
        """Return when a journey for an order ends that would end at `expected` without trouble."""
        if self.in_working_time and travel:
            begun = self.calendar.worked_at(now)
            worked, rows = self.roads_in_working_time.delayed(begun, begun + travel)
            arrival = self.calendar.after(now, worked - begun) if rows else expected
        else:
            goes_on, rows = self.roads.delayed(now, now + travel)
            arrival = self.calendar.next_open(goes_on) if rows else expected
        # A stop at night holds up nothing that could not be received before the morning.
        if arrival > expected and not replacement:
            self._note(order, rows)
        opened, closed_by = self.doors[self.unit_of[order]].delayed(arrival, arrival)
        received = self.calendar.next_open(opened) if opened > arrival else arrival
        if received > arrival and not replacement:
            self._note(order, closed_by)
        return received

    def _note(self, order: int, rows: Iterable[int]) -> None:
        self.touched.update((order, row) for row in rows)
