"""How well does a target tell good work from weak work?

Lives here: the picture of an operating characteristic.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from pbc_sim.decision.operating import OperatingCharacteristic
from pbc_sim.figures import share
from pbc_sim.show.plots.style import KPI, SUPPLIER, TARGET

__all__ = ["plot_operating_characteristic"]


def _gathered(plans: pd.DataFrame) -> list[tuple[list[str], float, float]]:
    """Return the points of plans, those that lie close together as one, with their names."""
    span = max(float(np.ptp(plans["quality"])), 1e-9)
    found: list[tuple[list[str], float, float]] = []
    for name, row in plans.sort_values("quality").iterrows():
        x, y = float(row["quality"]), float(row["review_missed"])
        if found and x - found[-1][1] < 0.08 * span and abs(y - found[-1][2]) < 0.05:
            found[-1][0].append(str(name))
        else:
            found.append(([str(name)], x, y))
    return found


def plot_operating_characteristic(
    found: OperatingCharacteristic, *, ax: Axes | None = None
) -> Axes:
    """Draw how often a KPI's target is missed, by the true quality of the work.

    The line is exact for independent facts; each plan stands with its simulated share of missed
    reviews and its 95 % interval. A plan above the line fails more evenly, or in bursts.

    Parameters
    ----------
    found : OperatingCharacteristic
        What `pbc_sim.decision.operating_characteristic` returns.
    ax : matplotlib Axes, optional
        Where to draw; a new figure where empty.

    Returns
    -------
    Axes
        What was drawn on.
    """
    ax = ax or plt.subplots(figsize=(7, 4.2), layout="constrained")[1]
    is_share = found.clause.kpi.unit == "1"
    if len(found.curve):
        curve = found.curve
        ax.plot(curve["quality"], curve["review_missed"], color=KPI, label="one review")
        ax.plot(
            curve["quality"], curve["any_missed"], color=KPI, ls="--",
            label=f"at least one of {found.reviews}",
        )  # fmt: skip
    ax.axvline(found.clause.target.level, color=TARGET, lw=1, ls=":", label="target")
    plans = found.plans.dropna(subset=["quality"])
    below, above = plans["review_missed"] - plans["low"], plans["high"] - plans["review_missed"]
    ax.errorbar(
        plans["quality"], plans["review_missed"], yerr=[below.clip(0), above.clip(0)],
        fmt="o", color=SUPPLIER, capsize=3, label="plan, simulated",
    )  # fmt: skip
    for names, x, y in _gathered(plans):
        ax.annotate(
            ", ".join(names), (x, y), xytext=(-7, -3), ha="right", textcoords="offset points",
            fontsize=8,
        )  # fmt: skip
    if is_share:
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: share(value)))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: share(value, 0)))
    ax.margins(x=0.12)
    ax.set_ylim(-0.03, 1.03)
    ax.set_xlabel(
        f"{found.clause.kpi.label}, true" + ("" if is_share else f" [{found.clause.kpi.unit}]")
    )
    ax.set_ylabel("reviews that miss the target")
    ax.set_title(f"{found.kpi}: {found.clause.target}", loc="left", fontweight="bold")
    ax.legend(frameon=False, loc="best")
    return ax
