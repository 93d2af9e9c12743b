"""How long are the arrays of a replication: a guess, and longer where one was too short.

Lives here: the lengths, and which one grows by which status. May not live here: the guess, arrays.
"""

from __future__ import annotations

from typing import NamedTuple

from pbc_sim.operations.kernel.layout import (
    MORE_DELIVERIES,
    MORE_EVENTS,
    MORE_LOTS,
    MORE_ROOM,
    MORE_SHELF,
    MORE_SITE,
    MORE_SPELLS,
    MORE_UNITS,
)

__all__ = ["Lengths"]


class Lengths(NamedTuple):
    """How long the arrays of a replication are; first a guess, then what was found to be needed.

    Parameters
    ----------
    events, room, shelf : int
        Events that wait at a time; rows of each table, parcels and jobs; units on shelves.
    deliveries, later : int
        Deliveries of each line of which the luck is laid out, and later ones of which the rules
        find it, 0 if they cannot.
    lots, spells : int
        Of each item: lots, and spells of supply conditions.
    units : int
        Of each item, beyond the opening stock, as sixteenths of what lines ask for.
    site : int
        Of all that happens to machines, storerooms and staff, as a multiple of the first guess.
    """

    events: int
    room: int
    shelf: int
    deliveries: int
    later: int
    lots: int
    spells: int
    units: int
    site: int = 1

    def longer(self, status: int) -> Lengths:
        """Return lengths of which the one that was too short is longer."""
        if status == MORE_DELIVERIES and not self.later:
            return self._replace(deliveries=self.deliveries + 1)
        name = {
            MORE_DELIVERIES: "later",
            MORE_EVENTS: "events",
            MORE_ROOM: "room",
            MORE_SHELF: "shelf",
            MORE_LOTS: "lots",
            MORE_SPELLS: "spells",
            MORE_UNITS: "units",
            MORE_SITE: "site",
        }[status]
        return self._replace(**{name: 2 * getattr(self, name)})
