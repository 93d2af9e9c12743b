"""Which of many inputs matter at all: elementary effects along one-at-a-time walks.

Lives here: the walks through the unit cube, and the effects seen on them. May not live here: what
is simulated (`sensitivity.py`).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pbc_sim.errors import PbcError, require_type

__all__ = ["elementary_effects"]


def elementary_effects(
    function: Callable[[np.ndarray], float],
    inputs: int,
    *,
    walks: int = 10,
    levels: int = 4,
    seed: int = 1,
) -> np.ndarray:
    """Return what a function of the unit cube changes by along random one-at-a-time walks.

    A walk begins at a random place of a grid of evenly spaced levels from 0 to 1 and moves each
    input once, in random order, by half of the levels, up or down.

    Parameters
    ----------
    function : callable
        Takes a point of shape (inputs,), returns a number.
    inputs : int
        How many inputs there are, at least 1.
    walks : int
        How many walks, at least 2; the function is called walks x (inputs + 1) times.
    levels : int
        Levels of the grid, an even number.
    seed : int
        Seed of the walks.

    Returns
    -------
    ndarray of shape (walks, inputs)
        Changes divided by the step, levels / (2 levels - 2), in the unit of the function.

    Raises
    ------
    PbcError
        If there are fewer than two walks, or levels is no even number.

    Notes
    -----
    Source: Morris (1991), Technometrics 33:161-174.

    Examples
    --------
    What is linear has the same effect everywhere.

    >>> effects = elementary_effects(lambda u: 3 * u[0] - u[1], 2, walks=2)
    >>> effects.round(9).tolist()
    [[3.0, -1.0], [3.0, -1.0]]
    """
    for name, value in (("walks", walks), ("levels", levels)):
        require_type(name, value, int, "give a whole number")
    if walks < 2:
        raise PbcError(f"walks must be >= 2, got {walks}.")
    if levels < 2 or levels % 2:
        raise PbcError(f"levels must be an even number >= 2, got {levels}; take 4.")
    rng = np.random.default_rng(seed)
    effects = np.empty((walks, inputs))
    for walk in effects:
        at = rng.integers(levels, size=inputs)
        before = function(at / (levels - 1))
        for moved in rng.permutation(inputs):
            # Half of the levels away there is one place only: up from the lower half, else down.
            step = levels // 2 if at[moved] < levels // 2 else -(levels // 2)
            at[moved] += step
            after = function(at / (levels - 1))
            walk[moved] = (after - before) / (step / (levels - 1))
            before = after
    return effects
