"""How does a contract stand today: each KPI with its band and target, and what was settled?

Lives here: the picture of a dashboard. May not live here: what is known on a day (`decision/`).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure

from pbc_sim.decision.monitoring import Dashboard, KpiSoFar, Monitor
from pbc_sim.figures import money
from pbc_sim.language import translated as _
from pbc_sim.show.plots.style import BREACH, BUYER, KPI, TARGET, caption, money_axis, plain

__all__ = ["figure_dashboard"]

#: Height of a panel, and of what stands below the last one [inch].
PANEL, BELOW = 2.2, 0.8


def figure_dashboard(watched: Monitor, week: int) -> Figure:
    """Draw what is known of a term when so many weeks have passed.

    Parameters
    ----------
    watched : Monitor
        What `pbc_sim.decision.monitoring.monitor` returns.
    week : int
        0 for the beginning of the term.

    Returns
    -------
    Figure
        A panel a KPI: its value so far in each review, the band that holds 90% of the other
        futures, the target, and whether reviews met it; and a last panel with the payment periods
        that have ended. Nothing depends on what happens later.
    """
    board, dates = watched.at(week), watched.dates
    panels = len(board.kpis) + 1
    figure, axes = plt.subplots(
        panels, 1, figsize=(8, PANEL * panels + BELOW), layout="constrained", sharex=True,
        squeeze=False,
    )  # fmt: skip
    for kpi, ax in zip(board.kpis, axes[:, 0], strict=False):
        _draw_kpi(kpi, board, ax)
    last = axes[-1, 0]
    _draw_settled(board, last)
    last.set_xlim(dates.begin, dates.end)
    last.set_xticks(list(dates.months), list(dates.months.values()))
    for ax in axes[:, 0]:
        ax.axvline(board.day, color=TARGET, lw=1, ls=":")
    words = _(
        "Known on {date}. Blue: the KPI so far in its review. Grey: the band that holds 90% of {n} "
        "other simulated futures under the expected plan. Dashed: the target. Circle: a review met "
        "it; cross: missed it. Below: charges grey, bonuses green, deductions orange."
    )
    caption(figure, words.format(date=dates.said(board.day), n=board.futures))
    plt.close(figure)
    return figure


def _draw_kpi(kpi: KpiSoFar, board: Dashboard, ax: Axes) -> None:
    low, _middle, high = kpi.band
    looks = kpi.watching.looks
    for begin, end in pairwise(kpi.watching.reviews.edges):
        inside = (looks > begin) & (looks <= end) & ~np.isnan(low)
        if inside.any():
            # A review with one look has a band from its beginning on.
            at = np.append(begin, looks[inside]) if inside.sum() == 1 else looks[inside]
            floor, ceiling = (np.resize(x[inside], len(at)) for x in (low, high))
            ax.fill_between(at, floor, ceiling, color=TARGET, alpha=0.12, lw=0)
    for review in kpi.reviews:
        inside = (kpi.looks > review.begin) & (kpi.looks <= review.end)
        ax.plot(kpi.looks[inside], kpi.value[inside], color=BUYER, lw=2)
        ax.hlines(review.target, review.begin, review.end, color=TARGET, lw=1, ls="--")
        if review.met is not None:
            mark, colour = ("o", KPI) if review.met else ("x", BREACH)
            ax.plot(review.end, review.value, mark, color=colour, ms=6, mew=2, clip_on=False)
    if len(kpi.looks) and not np.isnan(kpi.now):
        ax.annotate(
            kpi.said(kpi.now, board.currency), (kpi.looks[-1], kpi.now), xytext=(6, 0),
            textcoords="offset points", va="center", color=BUYER, fontweight="bold", fontsize=9,
        )  # fmt: skip
    _said_axis(ax.yaxis, kpi, board.currency)
    plain(ax, "y")
    ax.set_title(kpi.label, loc="left", fontweight="bold", fontsize=10)


def _said_axis(axis: Axis, kpi: KpiSoFar, currency: str) -> None:
    """Write an axis as the KPI is said."""

    def said(value: Any, _place: Any) -> str:
        return kpi.said(float(value), currency)

    axis.set_major_formatter(said)


def _draw_settled(board: Dashboard, ax: Axes) -> None:
    table, wide = board.settled.table, dict[str, Any](align="edge", lw=0)
    begin, width = table["begin"] + 1.0, table["end"] - table["begin"] - 2.0
    ax.bar(begin, table["charges"], width, color="#B8BEC5", **wide)
    ax.bar(begin, table["bonuses"], width, bottom=table["charges"], color=KPI, **wide)
    ax.bar(begin, table["deductions"], width, color=BREACH, **wide)
    ax.axhline(0, color=TARGET, lw=0.8)
    money_axis(ax.yaxis, board.currency, ticks=4)
    plain(ax, "y")
    total = money(board.settled.total, board.currency)
    ax.set_title(
        _("Settled so far: {total}").format(total=total), loc="left", fontweight="bold", fontsize=10
    )
