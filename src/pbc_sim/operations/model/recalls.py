"""What becomes of delivered units whose lot is recalled?

Lives here: which units of a delivery go back, and when; those that are on their way go back on
arrival. May not live here: when a lot is recalled (`traced_store.py`), events, storerooms' shelves.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from pbc_sim.operations.traced_stock import TracedUnits

__all__ = ["SentBack", "recalls_of", "sent_back", "sound"]


class SentBack(NamedTuple):
    """How many units of a delivery go back.

    Parameters
    ----------
    recalled : Counter of float
        How many as recalled, by the time. [day]
    found_first : int
        How many as defective in use, before any recall. [unit]
    """

    recalled: Counter[float]
    found_first: int


def recalls_of(units: bytes) -> Sequence[float]:
    """Return when the lot of each unit is recalled; infinity for never [day]."""
    return units.recalled if isinstance(units, TracedUnits) else [math.inf] * len(units)


def sound(units: bytes) -> bytes:
    """Return the sound ones of some units, which still know when their lot is recalled.

    Examples
    --------
    >>> sound(TracedUnits.of(bytes([0, 1, 0]), [7.0, 7.0, 9.0])).recalled
    [7.0, 9.0]
    """
    recalled = [when for unit, when in zip(units, recalls_of(units), strict=True) if not unit]
    return TracedUnits.of(bytes(len(recalled)), recalled)


def sent_back(units: bytes, opened: bool, arrival: float, in_use: float) -> SentBack:
    """Return what goes back later of the right units of a delivery.

    Parameters
    ----------
    units : TracedUnits
        The delivery without its wrong units.
    opened : bool
        Whether the buyer's unit opened it; if so, defective units have been rejected.
    arrival, in_use : float
        When it arrived, and when overlooked defects show. [day]

    Examples
    --------
    A sound unit, and a defective one that shows on day 9; their lot is recalled on day 7.

    >>> units = TracedUnits.of(bytes([0, 1]), [7.0, 7.0])
    >>> sent_back(units, opened=False, arrival=2.0, in_use=9.0)
    SentBack(recalled=Counter({7.0: 2}), found_first=0)
    """
    recalled: Counter[float] = Counter()
    found_first = 0
    for defective, recall in zip(units, recalls_of(units), strict=True):
        if defective and opened:
            continue
        when = max(recall, arrival)
        if defective and in_use < when:
            found_first += 1
        elif not math.isinf(when):
            recalled[when] += 1
    return SentBack(recalled, found_first)
