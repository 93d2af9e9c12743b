"""How well does a target tell good work from weak work?

Lives here: the picture of an operating characteristic.
"""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from pbc_sim.contract.naming import target_said
from pbc_sim.decision.operating import OperatingCharacteristic
from pbc_sim.language import translated as _
from pbc_sim.show.plots.style import (
    KPI,
    SUPPLIER,
    TARGET,
    legend_below,
    number_axis,
    plain,
    share_axis,
)

__all__ = ["plot_operating_characteristic"]


def _gathered(
    found: OperatingCharacteristic, plans: pd.DataFrame
) -> list[tuple[list[str], float, float]]:
    """Return the points of plans, those that lie close together as one, with their names."""
    span = max(float(np.ptp(plans["quality"])), 1e-9)
    points: list[tuple[list[str], float, float]] = []
    for name, row in plans.sort_values("quality").iterrows():
        x, y = float(row["quality"]), float(row["review_missed"])
        called = found.planned(str(name))
        if points and x - points[-1][1] < 0.08 * span and abs(y - points[-1][2]) < 0.05:
            points[-1] = ([*points[-1][0], called], x, y)
        else:
            points.append(([called], x, y))
    return points


def plot_operating_characteristic(
    found: OperatingCharacteristic, *, ax: Axes | None = None
) -> Axes:
    """Draw how often a KPI's target is missed, by the true quality of the work.

    The line is exact for independent facts; each plan stands with its simulated share of missed
    reviews and its 95% interval. A plan above the line fails more evenly, or in bursts.

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
    ax = ax or plt.subplots(figsize=(7, 4.8), layout="constrained")[1]
    is_share = found.clause.kpi.unit == "1"
    if len(found.curve):
        curve = found.curve
        ax.plot(curve["quality"], curve["review_missed"], color=KPI, label=_("one review"))
        ax.plot(
            curve["quality"], curve["any_missed"], color=KPI, ls="--",
            label=_("at least one of {n}").format(n=found.reviews),
        )  # fmt: skip
    ax.axvline(found.clause.target.level, color=TARGET, lw=1, ls=":", label=_("target"))
    plans = found.plans.dropna(subset=["quality"])
    below, above = plans["review_missed"] - plans["low"], plans["high"] - plans["review_missed"]
    ax.errorbar(
        plans["quality"], plans["review_missed"], yerr=[below.clip(0), above.clip(0)],
        fmt="o", color=SUPPLIER, capsize=3, label=_("plan, simulated, with 95% interval"),
    )  # fmt: skip
    if is_share:
        share_axis(ax.xaxis, 1)
    else:
        number_axis(ax.xaxis)
    share_axis(ax.yaxis)
    plain(ax, "both")
    ax.margins(x=0.12)
    ax.set_ylim(-0.03, 1.03)
    left, right = ax.get_xlim()
    for names, x, y in _gathered(found, plans):
        # Beside the point, on the side where there is room.
        to_the_right = x < left + 0.35 * (right - left)
        ax.annotate(
            ";\n".join(textwrap.fill(name, 40) for name in names), (x, y),
            xytext=(7 if to_the_right else -7, 4 if y > 0.8 else 0), textcoords="offset points",
            ha="left" if to_the_right else "right", va="top" if y > 0.8 else "center", fontsize=8,
        )  # fmt: skip
    label = _("true {kpi}").format(kpi=found.clause.kpi.in_words.label.lower())
    ax.set_xlabel(label + ("" if is_share else f" [{found.clause.kpi.in_words.unit}]"))
    ax.set_ylabel(_("reviews that miss the target"))
    currency = found.prices.outcomes.scenario.currency
    target = target_said(found.clause, currency)
    title = _("How often '{kpi}' misses its target ({target})")
    ax.set_title(
        textwrap.fill(title.format(kpi=found.label, target=target), 74),
        loc="left", fontweight="bold", fontsize=10,
    )  # fmt: skip
    legend_below(ax, 2)
    return ax
