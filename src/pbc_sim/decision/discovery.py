"""In which worlds does a contract fail: a box of uncertain parameters with many failures in it.

Lives here: `failure_box`. May not live here: what failing means (the caller says so), which
parameter matters on average (`sensitivity.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pbc_sim.decision.outcomes import Outcomes
from pbc_sim.decision.risk import Probability, probability
from pbc_sim.errors import PbcError, require_type
from pbc_sim.figures import numeral, share
from pbc_sim.language import translated as _
from pbc_sim.printed import Printed

__all__ = ["FailureBox", "failure_box"]

#: Failures and others that each half of the futures must have at least.
LEAST_OF_EACH = 10


@dataclass(frozen=True)
class FailureBox(Printed):
    """Where a contract fails, found on one half of the futures and judged on the other.

    Parameters
    ----------
    limits : DataFrame
        A row a parameter that the box restricts: ``low`` and ``high`` in its unit, infinite where
        it is open; ``chance``, how probable so many failures would be in the box without this
        restriction's help (one-sided binomial). [1]
    inside : Probability
        Of a failure in the box, on the other half (density).
    outside : Probability
        Of a failure out of it, on the other half.
    coverage : float
        Share of the other half's failures that lie in the box. [1]
    support : float
        Share of the other half's futures that lie in it. [1]
    path : DataFrame
        A row a step of peeling, on the first half: ``support``, ``density``, ``coverage``.
    """

    limits: pd.DataFrame
    inside: Probability
    outside: Probability
    coverage: float
    support: float
    path: pd.DataFrame

    def __str__(self) -> str:
        if self.limits.empty:
            return _("No box has more failures than the rest; what fails is luck.")
        told = "; ".join(
            f"{path} {_range(low, high)}"
            for path, low, high in self.limits[["low", "high"]].itertuples()
        )
        return _(
            "It fails in {inside} of futures with {box}, and in {outside} of others; {coverage} of "
            "failures lie in these {support} of futures."
        ).format(
            inside=share(self.inside.estimate, 0),
            box=told,
            outside=share(self.outside.estimate, 0),
            coverage=share(self.coverage, 0),
            support=share(self.support, 0),
        )


def _range(low: float, high: float) -> str:
    if np.isinf(high):
        return _("above {level}").format(level=numeral(low))
    if np.isinf(low):
        return _("below {level}").format(level=numeral(high))
    return _("from {low} to {high}").format(low=numeral(low), high=numeral(high))


def failure_box(
    outcomes: Outcomes,
    fails: np.ndarray,
    *,
    peel: float = 0.05,
    least_support: float = 0.05,
) -> FailureBox:
    """Find a box of uncertain parameters in which failures crowd (PRIM).

    From the box of all values a slice is peeled off again and again, at either end of one
    parameter: the one that leaves most failures a future. Of all boxes on the way that one is taken
    whose density and coverage have the largest harmonic mean. It is found on the even futures and
    judged on the odd ones, since the best of many boxes was lucky.

    Parameters
    ----------
    outcomes : Outcomes
        Futures of a scenario with an `uncertain` section.
    fails : ndarray of bool, of shape (n_replications,)
        Whether the contract fails in each, as ``prices.supplier_profit.sel(...).values < 0``.
    peel : float
        Share of the box that is peeled off at a time. [1]
    least_support : float
        Smallest share of futures that a box may hold. [1]

    Returns
    -------
    FailureBox
        The box, and how often the contract fails in it and out of it.

    Raises
    ------
    PbcError
        If nothing is uncertain, or there are too few failures or too few others.

    Notes
    -----
    Source: Friedman and Fisher (1999), Statistics and Computing 9:123-143; Bryant and Lempert
    (2010), Technological Forecasting and Social Change 77:34-49.
    """
    require_type("outcomes", outcomes, Outcomes, "simulate first: pbc.run(scenario)")
    values = outcomes.parameters
    if not values.sizes["parameter"]:
        raise PbcError(_("nothing in this scenario is uncertain, so no box can be drawn."))
    names, x = [str(n) for n in values["parameter"].values], values.values.T
    fails = np.asarray(fails, dtype=bool)
    if fails.shape != (len(x),):
        raise PbcError(f"fails must have one value a future, {len(x)}, got {fails.shape}.")
    for name, value in (("peel", peel), ("least_support", least_support)):
        if not 0 < value < 1:
            raise PbcError(f"{name} must be > 0 and < 1, got {value}.")
    learn, judge = slice(0, None, 2), slice(1, None, 2)
    for half in (learn, judge):
        times = int(fails[half].sum())
        if min(times, len(fails[half]) - times) < LEAST_OF_EACH:
            words = _(
                "{times} of {n} futures of a half fail; a box needs at least {least} that fail and "
                "{least} that do not: run more, or move what counts as failing."
            )
            raise PbcError(words.format(times=times, n=len(fails[half]), least=LEAST_OF_EACH))
    boxes = _peeled(x[learn], fails[learn], peel, least_support)
    path = pd.DataFrame([_quality(box, x[learn], fails[learn]) for box in boxes])
    merit = path["density"] * path["coverage"] / (path["density"] + path["coverage"])
    low, high = boxes[int(merit.argmax())]
    within = _holds((low, high), x[judge])
    restricted = np.isfinite(low) | np.isfinite(high)
    rows = {
        names[k]: {
            "low": float(low[k]),
            "high": float(high[k]),
            "chance": _chance_without(k, (low, high), x[learn], fails[learn]),
        }
        for k in np.flatnonzero(restricted).tolist()
    }
    limits = pd.DataFrame.from_dict(rows, orient="index", columns=["low", "high", "chance"])
    failed = fails[judge]
    return FailureBox(
        limits.sort_values("chance"),
        probability(failed[within]),
        probability(failed[~within]) if not within.all() else probability(failed),
        float(failed[within].sum() / failed.sum()),
        float(within.mean()),
        path,
    )


Box = tuple[np.ndarray, np.ndarray]


def _holds(box: Box, x: np.ndarray) -> np.ndarray:
    inside: np.ndarray = np.all((x >= box[0]) & (x <= box[1]), axis=1)
    return inside


def _peeled(x: np.ndarray, fails: np.ndarray, peel: float, least_support: float) -> list[Box]:
    n_parameters = x.shape[1]
    box = (np.full(n_parameters, -np.inf), np.full(n_parameters, np.inf))
    boxes = [box]
    while True:
        inside = _holds(box, x)
        best, found = float(fails[inside].mean()), None
        for k in range(n_parameters):
            for side, quantile in ((0, peel), (1, 1 - peel)):
                ends = (box[0].copy(), box[1].copy())
                ends[side][k] = np.quantile(x[inside, k], quantile)
                kept = _holds(ends, x)
                enough = least_support * len(x) <= kept.sum() < inside.sum()
                if enough and fails[kept].mean() > best:
                    best, found = float(fails[kept].mean()), ends
        if found is None:
            return boxes
        box = found
        boxes.append(box)


def _quality(box: Box, x: np.ndarray, fails: np.ndarray) -> dict[str, float]:
    inside = _holds(box, x)
    return {
        "support": float(inside.mean()),
        "density": float(fails[inside].mean()),
        "coverage": float(fails[inside].sum() / fails.sum()),
    }


def _chance_without(k: int, box: Box, x: np.ndarray, fails: np.ndarray) -> float:
    from scipy import stats  # slow to import, and only estimates need it

    open_box = (box[0].copy(), box[1].copy())
    open_box[0][k], open_box[1][k] = -np.inf, np.inf
    inside, wider = _holds(box, x), _holds(open_box, x)
    without = float(fails[wider].mean())
    return float(stats.binom.sf(fails[inside].sum() - 1, inside.sum(), without))
