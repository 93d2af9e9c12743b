"""Which values do uniform draws stand for: laws of times and shares, inverted.

Lives here: tables of quantiles, and how they are read. May not live here: the laws
(`distributions.py`), streams.
One uniform number makes one value, so whoever changes a law keeps everybody's luck, and a value can
be worked out alone, where it is needed. A table holds SciPy's quantiles: cubics over cells of
equal width in the middle, and in both tails over cells that halve with the chance that is left, so
that tails are as exact. A test compares them. (Numerical inversion: Devroye, 1986, Non-Uniform
Random Variate Generation, section II.2.)
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from pbc_sim.world.counts import Counts
from pbc_sim.world.law import HALF, LEAST_CHANCE, Distribution

__all__ = ["CELLS", "FIRST_EXPONENT", "MIDDLE", "MOST", "OCTAVES", "TAIL", "Quantiles"]

#: Cells of equal width, of which those between the tails are used, and the chance of a tail.
MIDDLE, TAIL = 512, 2.0**-5
#: Cells of an octave of a tail, and its octaves.
CELLS, OCTAVES = 16, 49
#: The largest chance that is left in a tail.
MOST = float(np.nextafter(TAIL, 0.0))
#: What the exponent of a chance in the first octave of a tail is.
FIRST_EXPONENT = -5
ROWS = MIDDLE + 2 * OCTAVES * CELLS
#: Laws whose tables are kept: those that an uncertain world draws anew are few among them.
KEPT = 256
#: How much a table may miss, of a value or, where that is smaller, of the median.
TOLERANCE = 1e-6
#: The cubic through four values at even steps: its coefficients, of the lowest power first.
CUBIC = np.array([[2, 0, 0, 0], [-11, 18, -9, 2], [18, -45, 36, -9], [-9, 27, -27, 9]]) / 2


class Quantiles:
    """Several laws, to be read by the number of each.

    Parameters
    ----------
    laws : sequence of Distribution
        Any laws; those that are smooth have a table.

    Attributes
    ----------
    tables : ndarray of shape (n_tables * ROWS, 4)
        Coefficients of the cubics, one table behind the other.
    begins : ndarray of int of shape (n_laws,)
        Where the table of a law begins; -1 if it has none.
    scales : ndarray of shape (n_laws,)
        By what a table's values are multiplied.
    without_table : dict of int to Distribution
        Laws that have none, by their number.

    Examples
    --------
    >>> from pbc_sim.world.distributions import Exponential
    >>> days = Quantiles([Exponential(mean=2.0)]).of(np.array([0.5]), 0)
    >>> bool(abs(days[0] - 2 * np.log(2)) < 1e-8)
    True
    """

    def __init__(self, laws: Sequence[Distribution]) -> None:
        smooth = [_shape(law) for law in laws]
        shapes = dict.fromkeys(known[0] for known in smooth if known)
        place = {shape: n * ROWS for n, shape in enumerate(shapes)}
        tables = [table for shape in shapes if (table := _table(shape)) is not None]
        self.tables = np.concatenate([*tables, np.empty((0, 4))])
        self.begins = np.array([place[known[0]] if known else -1 for known in smooth])
        self.scales = np.array([known[1] if known else 1.0 for known in smooth])
        self.without_table = {n: law for n, law in enumerate(laws) if smooth[n] is None}
        self._others = {
            n: Counts([law]).of if law.is_count else law.inverted
            for n, law in self.without_table.items()
        }

    def of(self, luck: np.ndarray, which: np.ndarray | int) -> np.ndarray:
        """Return the values that draws stand for.

        Parameters
        ----------
        luck : ndarray
            Uniform draws from [0, 1).
        which : ndarray of int that fits, or int
            Numbers of their laws, or of the law of all.
        """
        if isinstance(which, int) and which in self._others:
            return self._others[which](luck).astype(float)
        values: np.ndarray = self._read(luck, self.begins[which]) * self.scales[which]
        if self._others:
            number = np.broadcast_to(which, luck.shape)
            for n, inverted in self._others.items():
                of_law = number == n
                values[of_law] = inverted(luck[of_law])
        return values

    def _read(self, luck: np.ndarray, begin: np.ndarray) -> np.ndarray:
        if not len(self.tables):
            return np.zeros(luck.shape)
        above = luck >= HALF
        left = np.where(above, 1 - luck, luck)
        mantissa, exponent = np.frexp(np.clip(left, LEAST_CHANCE, MOST))
        in_tail = left < TAIL
        place = np.where(in_tail, (2 * mantissa - 1) * CELLS, luck * MIDDLE)
        cell = place.astype(int)
        at = place - cell
        octave = OCTAVES * above + FIRST_EXPONENT - exponent
        row = begin + cell + np.where(in_tail, MIDDLE + octave * CELLS, 0)
        c = self.tables[row]
        cubic: np.ndarray = ((c[..., 3] * at + c[..., 2]) * at + c[..., 1]) * at + c[..., 0]
        return cubic


def _shape(law: Distribution) -> tuple[Distribution, float] | None:
    """Return the law that has a table and by how much to multiply it; None if there is none."""
    known = law.in_units()
    return known if known and _table(known[0]) is not None else None


@lru_cache(maxsize=KEPT)
def _table(shape: Distribution) -> np.ndarray | None:
    """Return the cubics of a law, shape (ROWS, 4): by side, octave and cell; None if too rough."""
    # Four values make a cubic, and the fifth is held against it.
    steps = np.array([0, 1 / 3, 2 / 3, 1, 1 / 6])
    law = shape.law()
    middle = np.clip((np.arange(MIDDLE)[:, None] + steps) / MIDDLE, TAIL / 2, 1 - TAIL / 2)
    left = 1 + (np.arange(CELLS)[:, None] + steps) / CELLS
    chances = 2.0 ** -np.arange(6, OCTAVES + 6)[:, None, None] * left
    chances = chances.reshape(-1, len(steps))
    values = np.concatenate((law.ppf(middle), law.ppf(chances), law.isf(chances)))
    cubics = values[:, :4] @ CUBIC.T
    missed = np.abs(cubics @ steps[4] ** np.arange(4) - values[:, 4])
    # The first and last cells in the middle belong to the tails, and nobody reads them.
    read = np.ones(ROWS, dtype=bool)
    read[:MIDDLE] = (middle[:, 0] >= TAIL) & (middle[:, 3] <= 1 - TAIL)
    close = missed <= TOLERANCE * np.maximum(values[:, 4], law.median())
    return cubics if close[read].all() else None
