"""Is one contract better for everybody of a kind: first- and second-order stochastic dominance.

Lives here: the order of two samples, and how often it holds in resamples.
May not live here: which amounts are compared.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pbc_sim.errors import PbcError
from pbc_sim.figures import share
from pbc_sim.language import translated as _
from pbc_sim.printed import Printed

__all__ = ["Dominance", "dominance"]

RESAMPLES = 400

#: As for intervals: resampling is a way of computing and no chance of the study.
RESAMPLING_SEED = 1984

#: Sums of the same numbers in another order may differ in the last bits.
ROUNDING = 1e-12


@dataclass(frozen=True)
class Dominance(Printed):
    """Whether one sample of profits is better than another for a whole kind of parties.

    Parameters
    ----------
    first_order : bool
        Better for everybody who likes more: no quantile is lower.
    second_order : bool
        Better for everybody who also dislikes risk: no mean of a worst share is lower.
    first_holds, second_holds : float
        Share of resampled studies in which it holds; an order that just holds is found in few. [1]
    """

    first_order: bool
    second_order: bool
    first_holds: float
    second_holds: float

    def __str__(self) -> str:
        if self.first_order:
            return _("better at every quantile (in {often} of resamples)").format(
                often=share(self.first_holds, 0)
            )
        if self.second_order:
            return _("better for who dislikes risk (in {often} of resamples)").format(
                often=share(self.second_holds, 0)
            )
        return _("not better for everybody")


def dominance(values: np.ndarray, baseline: np.ndarray, *, is_cost: bool) -> Dominance:
    """Tell whether a sample dominates another of the same replications, both of shape (n,).

    Parameters
    ----------
    values, baseline : ndarray of shape (n,)
        An amount by replication; resamples take both from the same replications.
    is_cost : bool
        Whether larger is worse.

    Raises
    ------
    PbcError
        If the samples differ in size or are empty.

    Notes
    -----
    Source: Hadar and Russell (1969), American Economic Review 59:25-34; second order as means of
    the worst shares: Ogryczak and Ruszczynski (2002), SIAM Journal on Optimization 13:60-78.
    Equal samples dominate one another weakly, which is told as no dominance.

    Examples
    --------
    The same mean with less spread is better for who dislikes risk.

    >>> found = dominance(np.array([2.0, 3.0]), np.array([1.0, 4.0]), is_cost=False)
    >>> found.first_order, found.second_order
    (False, True)
    """
    if len(values) != len(baseline) or not len(values):
        raise PbcError(
            f"dominance needs two samples of the same replications, got {len(values)} and "
            f"{len(baseline)} values."
        )
    sign = -1.0 if is_cost else 1.0
    ours, theirs = sign * np.asarray(values, float), sign * np.asarray(baseline, float)
    rng, n = np.random.default_rng(RESAMPLING_SEED), len(ours)
    held = np.zeros(2)
    for _resample in range(RESAMPLES):
        drawn = rng.integers(n, size=n)
        held += _orders(ours[drawn], theirs[drawn])
    first, second = _orders(ours, theirs)
    first_holds, second_holds = (held / RESAMPLES).tolist()
    return Dominance(first, second, first_holds, second_holds)


def _orders(ours: np.ndarray, theirs: np.ndarray) -> tuple[bool, bool]:
    ahead = np.sort(ours) - np.sort(theirs)
    slack = ROUNDING * max(float(np.abs(ours).sum()), float(np.abs(theirs).sum()), 1e-300)
    if not (np.abs(ahead) > slack).any():
        return False, False
    first = bool((ahead >= -slack).all())
    return first, first or bool((np.cumsum(ahead) >= -slack).all())
