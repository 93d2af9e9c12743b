"""Where does better work pay more?

Lives here: the picture of a contract swept from the worst to the best.
"""

from __future__ import annotations

from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from pbc_sim.decision.incentive_scan import IncentiveScan
from pbc_sim.figures import money
from pbc_sim.show.plots.style import BREACH, BUYER

__all__ = ["figure_incentives"]


def figure_incentives(scan: IncentiveScan) -> Figure:
    """Draw what is paid over the term by the value of each KPI, a panel a KPI.

    Shaded is where the target is missed and better work pays nothing more; hatched where it pays
    less.

    Parameters
    ----------
    scan : IncentiveScan
        What `pbc_sim.decision.scan_incentives` returns.
    """
    names = list(dict.fromkeys(scan.table["kpi"]))
    figure, axes = plt.subplots(
        1, len(names), figsize=(1 + 3.4 * len(names), 3.8), sharey=True, squeeze=False,
        layout="constrained",
    )  # fmt: skip
    for ax, name in zip(axes[0], names, strict=True):
        rows = scan.table[scan.table["kpi"] == name]
        ax.plot(rows["value"], rows["paid"], color=BUYER)
        for stretch in scan.flat():
            if stretch.kpi == name:
                ax.axvspan(stretch.worse, stretch.better, color="0.88", lw=0)
        for stretch in scan.falls:
            if stretch.kpi == name:
                ax.axvspan(
                    stretch.worse, stretch.better, fill=False, hatch="//", edgecolor=BREACH, lw=0
                )
        # Better to the right in all panels.
        ax.set_xlim(rows["value"].iloc[0], rows["value"].iloc[-1])
        ax.set_title(name, loc="left", fontweight="bold")
        ax.set_xlabel("value in every review, better to the right")
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: money(value, scan.currency)))
    axes[0, 0].set_ylabel("paid over the term")
    figure.suptitle(
        "What better work pays, other KPIs at their targets (grey: nothing more)", fontsize=11
    )
    return figure
