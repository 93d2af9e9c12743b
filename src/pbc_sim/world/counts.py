"""Which counts do uniform draws stand for: laws of whole numbers, inverted.

Lives here: tables of cumulated chances, and the search in them. May not live here: the laws
(`distributions.py`), streams.
One uniform number makes one count, whatever the law, so whoever changes a law keeps everybody's
luck: a larger mean makes every count as large or larger (Law, 2015, Simulation Modeling and
Analysis, 5th ed., section 11.2). NumPy's own samplers use up as many numbers as they happen to.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from pbc_sim.world.distributions import Constant, Distribution

__all__ = ["Counts"]

#: A draw tells no smaller chance from 0.
LEAST_CHANCE = 2.0**-53
#: Of a law with more values no table is made; SciPy inverts it draw by draw.
MOST_VALUES = 100_000
#: What stands in the place of a table that is not made.
NOTHING = (np.zeros(1, dtype=int), np.ones(1))
#: Laws whose tables are kept: those that an uncertain world draws anew are few among them.
KEPT = 1024


class Counts:
    """Several laws of whole numbers in one table.

    Parameters
    ----------
    laws : sequence of Distribution
        Laws whose values are whole numbers.

    Examples
    --------
    >>> from pbc_sim.world.distributions import Discrete
    >>> one, other = Discrete(chances={1: 0.5, 2: 0.5}), Discrete(chances={7: 1.0})
    >>> Counts([one, other]).of(np.array([0.2, 0.7, 0.7]), np.array([0, 0, 1])).tolist()
    [1, 2, 7]
    """

    def __init__(self, laws: Sequence[Distribution]) -> None:
        tables = [_table(law) for law in laws]
        #: Laws without a table, by their number.
        self.wide = {n: laws[n].law() for n, (counts, _) in enumerate(tables) if not len(counts)}
        some = [(counts, chances) if len(counts) else NOTHING for counts, chances in tables]
        self.values = np.concatenate([counts for counts, _ in some])
        # The tables stand behind each other, that of a law from its number on.
        self.edges = np.concatenate([n + chances for n, (_, chances) in enumerate(some)])
        self.last = np.cumsum([len(counts) for counts, _ in some]) - 1

    def of(self, luck: np.ndarray, which: np.ndarray | int = 0) -> np.ndarray:
        """Return the counts that draws stand for.

        Parameters
        ----------
        luck : ndarray of shape (n,)
            Uniform draws from [0, 1).
        which : ndarray of int of shape (n,), or int
            Numbers of their laws, or of the law of all.
        """
        found = np.searchsorted(self.edges, which + luck, side="right")
        # A sum may be rounded up into the next law's table.
        counts: np.ndarray = self.values[np.minimum(found, self.last[which])]
        for number, law in self.wide.items():
            of_law = np.broadcast_to(which == np.int64(number), luck.shape)
            counts[of_law] = law.ppf(np.maximum(luck[of_law], LEAST_CHANCE))
        return counts


@lru_cache(maxsize=KEPT)
def _table(law: Distribution) -> tuple[np.ndarray, np.ndarray]:
    """Return the counts of a law and the chance of each or less; none of a law with too many."""
    if isinstance(law, Constant):
        return np.array([int(law.value)]), np.ones(1)
    known = law.law()
    with np.errstate(divide="ignore"):  # a law of one value has infinite odds
        low, high = int(known.ppf(LEAST_CHANCE)), int(known.isf(LEAST_CHANCE))
    if high - low >= MOST_VALUES:
        return np.empty(0, dtype=int), np.empty(0)
    counts = np.arange(low, high + 1)
    chances = known.cdf(counts)
    chances[-1] = 1.0
    return counts, chances
