"""Whose luck is it: random streams that belong to entities.

Lives here: the purposes with their fixed numbers, the generator of an address, endless arrays.
May not live here: what is drawn (`future.py`) and laws of chance (`distributions.py`).
Element *k* of an array belongs to entity *k*, so no plan and no contract can shift another's luck.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Any

import numpy as np

from pbc_sim.world.seeding import Seeded, state_of

__all__ = ["Purpose", "Stream", "generator_at"]


class Purpose(IntEnum):
    """What a stream is for. Numbers are part of the format: never reuse or renumber one.

    Some have no stream of their own: a unit's order has gap and number of lines in ORDER_GAP, its
    lines have item and quantity in LINE_ITEM, a lot has all of its luck in LOT, and the delivery of
    a unit's line in LINE.
    """

    ORDER_GAP = 1
    LINES_PER_ORDER = 2
    LINE_ITEM = 3
    LINE_QUANTITY = 4
    LEAD_TIME = 5
    LOT_QUALITY = 6
    UNIT_DEFECT = 7
    UNIT_INSPECTION = 8
    PICK_HOURS = 9
    PICK_ERROR = 10
    PICK_ERROR_SIZE = 11
    PICK_CHECK = 12
    DOCUMENT_ERROR = 13
    TRANSPORT_TIME = 14
    RECEIPT_INSPECTION = 15
    DISCOVERY_TIME = 16
    RETURN_TIME = 17
    LINE = 18
    LOT = 19
    # Of a source of an item, where a world names its sources; 20 and 21 were lead time and quality.
    SOURCE_LOT = 37
    SOURCE_UNIT_DEFECT = 22
    SOURCE_UNIT_INSPECTION = 23
    DELIVERED_SHARE = 24
    DELIVERED_ROUNDING = 25
    PRODUCTION_TIME = 26
    UNIT_DETECTION = 27
    OUTGOING_INSPECTION = 28
    RECALL_TIME = 29
    # Machines and service.
    FAILURE_HOURS = 50
    REPAIR_HOURS = 51
    ORDERING_DELAY = 52
    DIAGNOSIS_HOURS = 53
    DRIFT = 54
    DRIFT_NOTICED = 55
    CALIBRATION_HOURS = 56
    PREVENTIVE_HOURS = 57
    ENQUIRY_GAP = 58
    ENQUIRY_URGENT = 59
    ENQUIRY_HOURS = 60
    COMPLAINT = 61
    COMPLAINT_HOURS = 62
    RATING_NOISE = 40
    RATING_RESPONSE = 41
    SURVEY_SAMPLE = 42
    SURVEY_RESPONSE = 43
    SURVEY_NOISE = 44
    DISRUPTION_GAP = 30
    DISRUPTION_LENGTH = 31
    DISRUPTION_SEVERITY = 32
    DISRUPTION_NOTICE = 33
    DISRUPTION_PROOF = 34
    COMMON_SHOCK = 35
    UNCERTAIN_PARAMETER = 36


#: Least length of an address (replication, purpose, entity).
OF_AN_ENTITY = 3


def generator_at(seed: int, *address: int) -> np.random.Generator:
    """Return the generator of an address (replication, purpose, entity ...) under a seed.

    The address goes into the spawn key and not into an order of spawning, so any replication can
    be drawn alone (NumPy, "Parallel random number generation").
    """
    sequence: Any  # NumPy takes any ISeedSequence, and its types do not know
    if len(address) >= OF_AN_ENTITY:
        sequence = Seeded(state_of(seed, *address))
    else:
        sequence = np.random.SeedSequence(seed, spawn_key=address)
    return np.random.Generator(np.random.PCG64DXSM(sequence))


class Stream:
    """An endless array of draws that belongs to one entity.

    Parameters
    ----------
    generator : numpy.random.Generator
        The generator of the stream's address, used by nobody else.
    sample : callable
        ``sample(generator, size)`` returning an array of shape (size,).
    block : int
        How many values are drawn first, where no more are asked for; a stream that runs dry
        draws as many again as it holds, or as many as it lacks.

    Examples
    --------
    >>> stream = Stream(generator_at(1, 0, Purpose.LEAD_TIME, 0), np.random.Generator.random)
    >>> bool(stream[500] == stream.first(501)[500])
    True
    """

    def __init__(
        self,
        generator: np.random.Generator,
        sample: Callable[[np.random.Generator, int], np.ndarray],
        block: int = 64,
    ) -> None:
        self._generator = generator
        self._sample = sample
        self._block = block
        self._values: np.ndarray = np.empty(0)
        self._list: list[float] = []

    def _reach(self, size: int) -> None:
        held = len(self._values)
        if held < size:
            more = self._sample(self._generator, max(held or self._block, size - held))
            self._values = np.concatenate([self._values, more]) if held else more

    def first(self, size: int) -> np.ndarray:
        """Return the first values, an array of shape (size,)."""
        self._reach(size)
        return self._values[:size]

    def between(self, begin: int, end: int) -> np.ndarray:
        """Return the values of entities `begin` to `end` (exclusive)."""
        self._reach(end)
        return self._values[begin:end]

    def __getitem__(self, entity: int) -> float:
        if entity >= len(self._list):
            self._reach(entity + 1)
            # A list answers single questions faster; it stays empty where only slices are asked.
            self._list = self._values.tolist()
        return self._list[entity]
