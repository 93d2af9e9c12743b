"""How does work improve by being done: the learning curve.

Lives here: the curve as a person writes it, and its factor after so many lines.
May not live here: what is bought to improve (`operations/improvement.py`), draws.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np

from pbc_sim.inputs import PositiveNumber, Share, Written, number

__all__ = ["LearningTerms"]

FallsBy = Annotated[float, number("1", ge=0, le=0.9)]


class LearningTerms(Written):
    """A power-law learning curve over order lines (Wright, 1936, J. Aeronautical Sciences 3(4)).

    Each time the number of lines handled doubles, errors and hours fall by the same share, down to
    a floor. The shares and hours of the picking section are those of the first line of the
    simulation, with the experience that there is by then. Lines count when they are ordered, so the
    curve is the same under every plan; a storeroom's lines learn from all others, and are not
    counted by them.

    Parameters
    ----------
    errors_fall_by : float
        Share by which wrong lines and wrong delivery notes fall with each doubling. [1]
    hours_fall_by : float
        Share by which picking hours fall with each doubling. [1]
    errors_floor, hours_floor : float
        What at least remains of them, relative to the first line. [1]
    experience_lines : float
        Lines that had been handled before the first one; more of them make a flatter curve. [line]

    Examples
    --------
    Ten lines of experience; after ten more, one doubling:

    >>> terms = LearningTerms(errors_fall_by=0.2, experience_lines=10)
    >>> terms.errors_factor(np.array([0, 10, 30])).round(6).tolist()
    [1.0, 0.8, 0.64]
    """

    errors_fall_by: FallsBy = 0.0
    hours_fall_by: FallsBy = 0.0
    errors_floor: Share = 0.0
    hours_floor: Share = 0.0
    experience_lines: PositiveNumber = 1.0

    def errors_factor(self, lines: np.ndarray) -> np.ndarray:
        """Return what remains of the error shares after so many lines [1]."""
        return self._factor(lines, self.errors_fall_by, self.errors_floor)

    def hours_factor(self, lines: np.ndarray) -> np.ndarray:
        """Return what remains of the picking hours after so many lines [1]."""
        return self._factor(lines, self.hours_fall_by, self.hours_floor)

    def _factor(self, lines: np.ndarray, falls_by: float, floor: float) -> np.ndarray:
        doublings = np.log2(1 + lines / self.experience_lines)
        return np.maximum((1 - falls_by) ** doublings, floor)
