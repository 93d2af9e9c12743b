"""How curves of many contracts lie in arrays, and what they give at a value.

Lives here: corners and straight lines between them. May not live here: money.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from pbc_sim.contract.block import shared

__all__ = ["corners", "ramps"]


def ramps(x: np.ndarray, corners_x: np.ndarray, corners_y: np.ndarray) -> np.ndarray:
    """Interpolate linearly between corners, flat outside them.

    The corners have shape (n_contracts, n_corners); a repeated corner adds nothing. The loop is
    over corners: a curve is its first height plus one ramp a section.
    """
    y = corners_y[:, 0, None, None, None]
    for k in range(corners_x.shape[1] - 1):
        begin, end = corners_x[:, k], corners_x[:, k + 1]
        run = end - begin
        slope = (corners_y[:, k + 1] - corners_y[:, k]) / np.where(run > 0, run, 1.0)
        ramp = np.clip(x - begin[:, None, None, None], 0.0, run[:, None, None, None])
        y = y + slope[:, None, None, None] * ramp
    return y


def corners(curves: Sequence[Mapping[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    """Return the corners of curves, shorter ones padded: x and y of (n, corners)."""
    most = max(len(curve) for curve in curves)
    padded = [
        sorted(curve.items()) + [max(curve.items())] * (most - len(curve)) for curve in curves
    ]
    points = shared(np.array(padded, dtype=float))
    return points[..., 0], points[..., 1]
