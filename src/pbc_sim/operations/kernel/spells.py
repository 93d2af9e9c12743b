"""Which spells are there, and what do they do to time: laid out as arrays of the compiled model.

Lives here: the paces of one replication, which all plans share. May not live here: rules.
"""

from __future__ import annotations

import numpy as np

from pbc_sim.world.future import World
from pbc_sim.world.spells import Pace, Spell, closures_of, outages_of, stops_of

__all__ = ["Interrupted"]


class Interrupted:
    """The pauses of one future; the arrays are described in `Given`.

    Parameters
    ----------
    world : World
        The future.
    """

    def __init__(self, world: World) -> None:
        setting, spells = world.setting, world.spells
        disruptions, calendar = setting.terms.disruptions, setting.calendar
        self._known: dict[tuple[Spell, ...], int] = {}
        stops = stops_of(disruptions, spells)
        worked = [
            s._replace(began=calendar.worked_at(s.began), ended=calendar.worked_at(s.ended))
            for s in stops
        ]
        # In the order of the layout: ROADS and ROADS_IN_WORKING_TIME, then all others.
        self._paces = [Pace(stops), Pace(worked)]
        outages = [
            self._pace(outages_of(item, source, disruptions, spells))
            for item in setting.item_names
            for source in setting.source_names
        ]
        doors = [self._pace(closures_of(u, disruptions, spells)) for u in setting.unit_names]
        tables = [pace.table() for pace in self._paces]
        sizes = [(0, 0), *((len(edges), len(rows)) for edges, rows in tables)]
        self.arrays = {
            "outages": np.array(outages, dtype=np.int64),
            "doors": np.array(doors, dtype=np.int64),
            "order_unit": np.array(world.order_unit, dtype=np.int64),
            "pace_at": np.cumsum(np.array(sizes, dtype=np.int64), axis=0),
            "paces": np.array([edge for edges, _ in tables for edge in edges], dtype=float),
            "spells": np.array(
                [(s.began, s.ended, s.row) for _, rows in tables for s in rows], dtype=float
            ).reshape(-1, 3),
        }

    def _pace(self, spells: list[Spell]) -> int:
        """Return the number of a pace; items and units that are hit alike share one."""
        key = tuple(spells)
        if key not in self._known:
            self._known[key] = len(self._paces)
            self._paces.append(Pace(spells))
        return self._known[key]
