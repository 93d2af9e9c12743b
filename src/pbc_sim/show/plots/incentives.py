"""Where does better work pay more?

Lives here: the picture of a contract swept from the worst to the best.
"""

from __future__ import annotations

import textwrap
from itertools import zip_longest
from typing import NamedTuple

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from pbc_sim.contract.naming import kpi_label
from pbc_sim.decision.incentive_scan import IncentiveScan, Stretch
from pbc_sim.language import translated as _
from pbc_sim.show.plots.style import (
    BREACH,
    BUYER,
    TARGET,
    caption,
    money_axis,
    number_axis,
    plain,
    share_axis,
)

__all__ = ["figure_incentives", "plot_incentive"]

#: Panels that stand side by side.
MOST_IN_A_ROW = 4
#: Longest line of the title of a panel [character].
TITLE_WIDTH = 34


class _Sweep(NamedTuple):
    """One KPI: values and payments from the worst to the best, where work is not worth while."""

    rows: pd.DataFrame
    flat: list[Stretch]
    falls: list[Stretch]
    #: Where the verdict changes from missed to met.
    target: float | None


def _sweep(scan: IncentiveScan, kpi: str) -> _Sweep:
    rows = scan.table[scan.table["kpi"] == kpi]
    met = rows["value"][rows["met"]]
    return _Sweep(
        rows,
        [s for s in scan.flat() if s.kpi == kpi],
        [s for s in scan.falls if s.kpi == kpi],
        None if met.empty else float(met.iloc[0]),
    )


def plot_incentive(scan: IncentiveScan, kpi: str, *, ax: Axes | None = None) -> Axes:
    """Draw what is paid over the term by the value of one KPI.

    Shaded is where the target is missed and better work pays nothing more; hatched where it pays
    less. The line is exact: it is settled, and no estimate.

    Parameters
    ----------
    scan : IncentiveScan
        What `pbc_sim.decision.scan_incentives` returns.
    kpi : str
        Name of the KPI in the contract.
    ax : Axes, optional
        Where to draw; a new figure where empty.
    """
    sweep = _sweep(scan, kpi)
    ax = ax or plt.subplots(figsize=(4.4, 3.8), layout="constrained")[1]
    ax.plot(sweep.rows["value"], sweep.rows["paid"], color=BUYER, lw=2)
    for stretch in sweep.flat:
        ax.axvspan(stretch.worse, stretch.better, color="0.88", lw=0)
    for stretch in sweep.falls:
        ax.axvspan(stretch.worse, stretch.better, fill=False, hatch="//", edgecolor=BREACH, lw=0)
    if sweep.target is not None:
        ax.axvline(sweep.target, color=TARGET, lw=1, ls=":")
        ax.annotate(
            _("target"), (sweep.target, 1), xycoords=("data", "axes fraction"), fontsize=8,
            xytext=(0, 2), textcoords="offset points", ha="center",
        )  # fmt: skip
    # Better to the right in all panels.
    ax.set_xlim(sweep.rows["value"].iloc[0], sweep.rows["value"].iloc[-1])
    entry = scan.contract.kpis[kpi].kpi
    ax.set_title(
        textwrap.fill(kpi_label(scan.contract, kpi), TITLE_WIDTH), loc="left", fontsize=10,
        fontweight="bold", pad=14,
    )  # fmt: skip
    unit = ""
    if entry.unit == "1":
        share_axis(ax.xaxis, 0 if abs(ax.get_xlim()[1] - ax.get_xlim()[0]) > 0.1 else 1, ticks=4)
    elif entry.unit == "currency":
        money_axis(ax.xaxis, scan.currency, ticks=3)
    else:
        number_axis(ax.xaxis, ticks=4)
        unit = f" [{entry.in_words.unit}]"
    ax.set_xlabel(_("value in every review") + unit)
    money_axis(ax.yaxis, scan.currency)
    plain(ax, "y")
    return ax


def figure_incentives(scan: IncentiveScan) -> Figure:
    """Draw what is paid over the term by the value of each KPI, a panel a KPI.

    Parameters
    ----------
    scan : IncentiveScan
        What `pbc_sim.decision.scan_incentives` returns.
    """
    names = list(dict.fromkeys(scan.table["kpi"]))
    columns = min(len(names), MOST_IN_A_ROW)
    lines = -(-len(names) // columns)
    figure, axes = plt.subplots(
        lines, columns, figsize=(1.2 + 3.6 * columns, 1.2 + 3.2 * lines), sharey=True,
        squeeze=False, layout="constrained",
    )  # fmt: skip
    for ax, name in zip_longest(axes.flat, names):
        if name is None:
            ax.set_axis_off()
        else:
            plot_incentive(scan, name, ax=ax)
    for ax in axes[:, 0]:
        ax.set_ylabel(_("paid over the term"))
    figure.suptitle(_("What better work pays"), fontsize=11, fontweight="bold", x=0.01, ha="left")
    marks = [Patch(facecolor="0.88", label=_("target missed, better work pays nothing more"))]
    if scan.falls:
        less = Patch(fill=False, hatch="//", edgecolor=BREACH, label=_("better work pays less"))
        marks.append(less)
    figure.legend(handles=marks, frameon=False, fontsize=8, loc="outside upper right", ncols=2)
    caption(
        figure,
        _(
            "Better to the right. The other KPIs stand at their targets; the same value in every "
            "review. Settled exactly as the clauses say: no sample, so no interval."
        ),
    )
    plt.close(figure)
    return figure
