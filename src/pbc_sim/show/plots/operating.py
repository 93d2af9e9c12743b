"""How well does a target tell good work from weak work?

Lives here: the picture of an operating characteristic.
"""

from __future__ import annotations

import textwrap
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from pbc_sim.decision.operating import OperatingCharacteristic
from pbc_sim.decision.wording import plan_label
from pbc_sim.language import translated as _
from pbc_sim.show.plots.style import (
    KPI,
    LABEL_WIDTH,
    RIM,
    SUPPLIER,
    TARGET,
    number_axis,
    plain,
    sample_said,
    share_axis,
)

__all__ = ["plot_operating_characteristic"]


class _Group(NamedTuple):
    """Plans whose points lie close together, and where: from the left to the right, how high."""

    names: list[str]
    left: float
    right: float
    height: float


def _gathered(plans: pd.DataFrame) -> list[_Group]:
    """Return the points of plans, those that lie close together as one, with their names."""
    span = max(float(np.ptp(plans["quality"])), 1e-9)
    found: list[_Group] = []
    for name, row in plans.sort_values("quality").iterrows():
        x, y = float(row["quality"]), float(row["review_missed"])
        last = found[-1] if found else None
        if last and x - last.right < 0.08 * span and abs(y - last.height) < 0.05:
            found[-1] = _Group([*last.names, str(name)], last.left, x, y)
        else:
            found.append(_Group([str(name)], x, x, y))
    return found


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
    ax = ax or plt.subplots(figsize=(7, 4.2), layout="constrained")[1]
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
    scenario = found.prices.outcomes.scenario
    for group in _gathered(plans):
        # Beside the points, on the side where there is room: not above 100%, and above what may
        # stand beside the points of plans that hardly ever miss.
        to_the_right = group.left < left + 0.35 * (right - left)
        labels = [textwrap.fill(plan_label(scenario, name), LABEL_WIDTH) for name in group.names]
        ax.annotate(
            "\n".join(labels), (group.right if to_the_right else group.left, group.height),
            xytext=(7 if to_the_right else -7, 0), ha="left" if to_the_right else "right",
            va="top" if group.height > 0.8 else "bottom" if 0.1 < group.height < 0.3 else "center",
            textcoords="offset points", fontsize=8, path_effects=RIM,
        )  # fmt: skip
    label = _("true {kpi}").format(kpi=found.clause.kpi.in_words.label.lower())
    unit = "" if is_share else f" [{found.clause.kpi.in_words.unit}]"
    ax.set_xlabel(f"{label}{unit}\n{sample_said(found.prices.outcomes)}")
    ax.set_ylabel(_("reviews that miss the target"))
    title = _("How often '{kpi}' misses its target ({target})")
    ax.set_title(
        title.format(kpi=found.label, target=found.target), loc="left",
        fontweight="bold", fontsize=10,
    )  # fmt: skip
    ax.legend(frameon=False, loc="best")
    return ax
