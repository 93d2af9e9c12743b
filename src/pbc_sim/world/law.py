"""What is a law of chance: what every distribution can be asked.

Lives here: the base of all distributions. May not live here: any of them (`distributions.py`).
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from pbc_sim.inputs import Written

if TYPE_CHECKING:
    from scipy.stats.distributions import rv_frozen

__all__ = ["Distribution", "Generator"]

Generator = np.random.Generator

#: A draw tells no smaller chance from 0.
LEAST_CHANCE, HALF = 2.0**-54, 0.5


class Distribution(Written):
    """A law of chance, in the unit of the quantity that it describes."""

    scipy_name: ClassVar[str]

    @property
    def is_count(self) -> bool:
        """Whether every value is a whole number."""
        return hasattr(self.law(), "pmf")

    @abstractmethod
    def sample(self, generator: Generator, size: int) -> np.ndarray:
        """Draw an array of shape (size,): the same values however `size` is split into calls."""

    def fill(self, generator: Generator, values: np.ndarray) -> None:
        """Draw what `sample` draws into a contiguous array of floats."""
        values[:] = self.sample(generator, len(values))

    def in_units(self) -> tuple[Distribution, float] | None:
        """Return the law whose multiple this is, and by how much; None if it is not smooth."""
        return None

    def inverted(self, luck: np.ndarray) -> np.ndarray:
        """Return the value that each uniform draw from [0, 1) stands for: rising with it."""
        law, above = self.law(), luck >= HALF
        # Either side by the chance that is left there, so that no digit is lost in a tail.
        below: np.ndarray = law.ppf(np.clip(luck, LEAST_CHANCE, HALF))
        return np.where(above, law.isf(1 - luck), below)

    @abstractmethod
    def scipy_parameters(self) -> dict[str, Any]:
        """Return the parameters of the same law in `scipy.stats`."""

    def law(self) -> rv_frozen:
        """Return the same law as a frozen SciPy distribution."""
        from scipy import stats  # the dearest import of the core; only moments and tests need it

        return getattr(stats, self.scipy_name)(**self.scipy_parameters())

    def expected(self) -> float:
        """Return the mean of the law."""
        return float(self.law().mean())

    def variance(self) -> float:
        """Return the variance of the law."""
        return float(self.law().var())
