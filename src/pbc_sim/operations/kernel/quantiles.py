"""Which values do uniform draws stand for: the tables of the world's laws, read by compiled rules.

Lives here: the rules of `world/quantiles.py` and `world/counts.py` for one draw, compiled.
May not live here: the tables, streams.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np

from pbc_sim.operations.kernel.compiled import compiled
from pbc_sim.world.counts import Counts
from pbc_sim.world.distributions import Constant
from pbc_sim.world.law import HALF, LEAST_CHANCE
from pbc_sim.world.quantiles import (
    CELLS,
    FIRST_EXPONENT,
    MIDDLE,
    MOST,
    OCTAVES,
    TAIL,
    Quantiles,
)

__all__ = [
    "CONSTANT",
    "WORKED_OUT",
    "CountTables",
    "Tables",
    "count_of",
    "count_tables_of",
    "guided",
    "quantile",
    "tables_of",
    "value_of",
]


# Where the table of a law begins that has none.
CONSTANT: Final = -1
WORKED_OUT: Final = -2

#: Of how many `Quantiles` the tables are kept; a setting has two.
KEPT = 4
#: How many cells a guide has for each value of a law, at least, and for a law, at most.
CELLS_A_VALUE, MOST_CELLS = 2, 4096


class Tables(NamedTuple):
    """Several laws, as `Quantiles` has them.

    Where the table of a law begins that has none, it is said why: it is a CONSTANT, its scale, or
    its values must be WORKED_OUT.
    """

    rows: np.ndarray
    begins: np.ndarray
    scales: np.ndarray


class CountTables(NamedTuple):
    """Several laws of whole numbers, as `Counts` has them.

    A law's cells in the guide, of equal width, say at which edge the search for a draw begins
    (Chen and Asau, 1974, "On generating random variates from an empirical distribution"). It is
    mostly the right one, and no processor could foretell the turns of a search by halves.
    """

    guide: np.ndarray
    first_cell: np.ndarray
    cells: np.ndarray
    edges: np.ndarray
    values: np.ndarray
    last: np.ndarray


def count_tables_of(laws: Counts) -> CountTables | None:
    """Return the tables of laws; None if one has too many values for a table."""
    return None if laws.wide else guided(laws.edges, laws.values, laws.last)


def guided(edges: np.ndarray, values: np.ndarray, last: np.ndarray) -> CountTables:
    """Return the tables of laws, with a guide to them."""
    # Powers of 2, so that no product with them is rounded up into the next cell.
    counts = np.diff(last, prepend=-1).tolist()
    cells = [min(CELLS_A_VALUE << count.bit_length(), MOST_CELLS) for count in counts]
    begins = np.concatenate([n + np.arange(count) / count for n, count in enumerate(cells)])
    guide = np.minimum(np.searchsorted(edges, begins, side="right"), np.repeat(last, cells))
    first_cell = np.cumsum([0, *cells[:-1]])
    return CountTables(guide, first_cell, np.array(cells, dtype=float), edges, values, last)


@lru_cache(maxsize=KEPT)
def tables_of(laws: Quantiles) -> Tables:
    """Return the tables of laws."""
    begins, scales = laws.begins.copy(), laws.scales.copy()
    for n, law in laws.without_table.items():
        begins[n] = CONSTANT if isinstance(law, Constant) else WORKED_OUT
        scales[n] = law.value if isinstance(law, Constant) else 1.0
    return Tables(laws.tables, begins, scales)


@compiled
def value_of(laws: Any, number: int, luck: float) -> float:
    """Return the value that a draw stands for, by the number of its law; none is worked out."""
    if laws.begins[number] == CONSTANT:
        return laws.scales[number]
    return quantile(laws.rows, laws.begins[number], luck) * laws.scales[number]


@compiled
def quantile(rows: Any, begin: int, luck: float) -> float:
    """Return the value that a draw stands for in the table that begins at a row."""
    if TAIL <= luck <= 1 - TAIL:
        place = luck * MIDDLE
        cell = int(place)
        row = begin + cell
    else:
        above = luck >= HALF
        mantissa, exponent = math.frexp(min(max(1 - luck if above else luck, LEAST_CHANCE), MOST))
        place = (2 * mantissa - 1) * CELLS
        cell = int(place)
        octave = (OCTAVES if above else 0) + FIRST_EXPONENT - exponent
        row = begin + MIDDLE + octave * CELLS + cell
    at = place - cell
    c = rows[row]
    return ((c[3] * at + c[2]) * at + c[1]) * at + c[0]


@compiled
def count_of(laws: Any, number: int, luck: float) -> int:
    """Return the count that a draw stands for, by the number of its law."""
    place = laws.guide[laws.first_cell[number] + int(luck * laws.cells[number])]
    # Or the last value: a sum may be rounded up into the next law's table.
    while place < laws.last[number] and laws.edges[place] <= number + luck:
        place += 1
    return laws.values[place]
