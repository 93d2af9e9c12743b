"""What interrupted the ordinary course, and which orders did it touch?

Lives here: the tables of spells and of the orders they touched.
May not live here: when spells come (`world/spells.py`), what a contract excuses.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pbc_sim.operations.facts.table import Table

__all__ = ["Disruptions", "Touched"]


@dataclass(frozen=True)
class Disruptions(Table):
    """Spells of disruption, by time.

    Parameters
    ----------
    disruption : ndarray of int
        Which of the world's disruptions.
    began, ended : ndarray of float
        From when until when; it may end after the simulation. [day]
    severity : ndarray of float
        Share of the pace that was lost, or the factor of a surge. [1]
    cause : ndarray of int
        Who answers for it, by its place in `pbc_sim.world.disruption.CAUSES`.
    noticed, proved : ndarray of float
        When the supplier gave notice of it, and had proved it. [day]
    """

    disruption: np.ndarray
    began: np.ndarray
    ended: np.ndarray
    severity: np.ndarray
    cause: np.ndarray
    noticed: np.ndarray
    proved: np.ndarray


@dataclass(frozen=True)
class Touched(Table):
    """Which orders a disruption really touched, each pair once: order, and row of `Disruptions`.

    An order is touched if a stop on the way or at the door put off a first delivery, if a line
    of it waited for a lot that an outage delayed or was lost while one was late, or if it was
    placed in a surge.
    """

    order: np.ndarray
    disruption: np.ndarray
