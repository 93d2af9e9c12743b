"""What happened in one future, drawn over time?

Lives here: the picture of a trace: stock, backorders, order lines under way, breaches.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from babel.dates import format_date
from matplotlib import dates
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from pbc_sim.decision.timeline import Levels, Trace
from pbc_sim.language import said, spoken
from pbc_sim.language import translated as _
from pbc_sim.show.plots.style import (
    BREACH,
    MANY_MARKS,
    STOCK,
    UNDER_WAY,
    WAITING,
    caption,
)

__all__ = ["plot_trace"]


class _Steps(NamedTuple):
    """One panel of a timeline: label, colour, when it steps [date], how high."""

    label: str
    colour: str
    when: np.ndarray
    level: np.ndarray


def _clock(trace: Trace, days: np.ndarray) -> np.ndarray:
    """Return days since the scenario's start as dates with the time of the clock."""
    midnight = np.datetime64(trace.ledger.setting.calendar.first_day, "s")
    return midnight + np.round(days * 86_400).astype("timedelta64[s]")


def _span(trace: Trace) -> tuple[float, float]:
    return max(trace.between[0], 0.0), min(trace.between[1], trace.ledger.setting.ends)


def _trace_steps(trace: Trace) -> list[_Steps]:
    """Gather the three panels, each cut to the span and drawn on to its end."""
    panels: list[tuple[str, str, Levels]] = [
        (_("stock on hand\n[unit]"), STOCK, trace.stock_levels("on_hand")),
        (_("backorders\n[unit]"), WAITING, trace.stock_levels("waiting")),
        (_("order lines\nunder way [line]"), UNDER_WAY, trace.lines_under_way),
    ]
    begin, end = _span(trace)
    steps = []
    for label, colour, levels in panels:
        before = np.searchsorted(levels.when, begin, side="right")
        standing = levels.level[before - 1] if before else 0
        inside = (levels.when > begin) & (levels.when < end)
        when = np.r_[begin, levels.when[inside], end]
        level = np.r_[standing, levels.level[inside]]
        level = np.r_[level, level[-1]]
        steps.append(_Steps(label, colour, _clock(trace, when), level))
    return steps


def _trace_breaches(trace: Trace) -> np.ndarray:
    """Return when orders of the trace became overdue, once each instant [day]."""
    begin, end = _span(trace)
    ledger, found = trace.ledger, trace.breaches
    kept = (found.when >= begin) & (found.when < end)
    if trace.item is not None:
        item = ledger.setting.item_names.index(trace.item)
        kept &= np.isin(found.order, ledger.lines.order[ledger.lines.item == item])
    if trace.order is not None:
        kept &= found.order == trace.order - 1
    return np.unique(found.when[kept])


def plot_trace(trace: Trace, *, item: str | None = None) -> Figure:
    """Draw one future over time: stock on hand, backorders, order lines under way, breaches.

    Parameters
    ----------
    trace : Trace
        What `pbc_sim.trace` returns, narrowed by its `only` where less is to be seen.
    item : str, optional
        The item to draw; what the trace is about where empty.

    Returns
    -------
    Figure
        Three panels on one axis of dates. A triangle is goods in, a tick an order that becomes
        overdue; an order line is under way from its order until its last unit arrives.

    Raises
    ------
    PbcError
        If there is no such item.
    """
    trace = trace if item is None else trace.only(item=item)
    steps, breaches = _trace_steps(trace), _trace_breaches(trace)
    figure, axes = plt.subplots(
        3, 1, figsize=(11, 6.2), sharex=True, layout="constrained",
        gridspec_kw={"height_ratios": (2, 1, 1)},
    )  # fmt: skip
    for ax, panel in zip(axes, steps, strict=True):
        ax.fill_between(panel.when, panel.level, step="post", color=panel.colour, alpha=0.2, lw=0)
        ax.step(panel.when, panel.level, where="post", color=panel.colour, lw=1.2)
        ax.set_ylabel(panel.label)
        ax.set_ylim(0, max(1.0, 1.15 * panel.level.max()))
        ax.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        ax.spines[["top", "right"]].set_visible(False)
        ax.grid(color="0.92")
        ax.set_axisbelow(True)
    begin, end = _span(trace)
    goods_in = trace.goods_in[(trace.goods_in >= begin) & (trace.goods_in < end)]
    axes[0].plot(
        _clock(trace, goods_in), np.zeros(len(goods_in)), ls="", marker="^",
        ms=6 if len(goods_in) <= MANY_MARKS else 3.5, color="black", clip_on=False,
        label=_("goods in ({n})").format(n=len(goods_in)), zorder=3,
    )  # fmt: skip
    # Ticks hang from the top of the last panel, where an order's own wait is seen below them.
    axes[2].plot(
        _clock(trace, breaches), np.ones(len(breaches)), ls="", marker="|", ms=13, mew=1.4,
        color=BREACH, transform=axes[2].get_xaxis_transform(), clip_on=False,
        label=_("order becomes overdue ({n})").format(n=len(breaches)), zorder=3,
    )  # fmt: skip
    for ax in (axes[0], axes[2]):
        ax.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1.0), fontsize=9)
    locator = dates.AutoDateLocator(minticks=4, maxticks=12)  # type: ignore[no-untyped-call]  # matplotlib
    axes[2].xaxis.set_major_locator(locator)
    axes[2].xaxis.set_major_formatter(FuncFormatter(_day_said))
    axes[2].set_xlim(*_clock(trace, np.array([begin, end])))
    axes[0].set_title(_trace_title(trace), loc="left", fontweight="bold", pad=22)
    figure.align_ylabels(axes)
    calendar = trace.ledger.setting.calendar
    words = _(
        "{begin} to {end}. {title}. Plan {plan}, seed {seed}, replication {replication} "
        "(simulated)."
    ).format(
        begin=f"{calendar.date(begin):%Y-%m-%d}",
        end=f"{calendar.date(end):%Y-%m-%d}",
        title=said(trace.title),
        plan=trace.plan,
        seed=trace.ledger.seed,
        replication=trace.ledger.replication,
    )
    if trace.limits:
        overdue = _("Overdue after {limits}.")
        limits = "; ".join(limit.said() for limit in trace.limits)
        words += f" {overdue.format(limits=limits)}"
    caption(figure, words)
    plt.close(figure)
    return figure


def _day_said(place: float, _position: int | None = None) -> str:
    """Write a tick of the axis of dates: the month with its year, a day with its month."""
    day = dates.num2date(place)  # type: ignore[no-untyped-call]  # matplotlib
    form = "MMM y" if day.day == 1 and not day.hour else "d MMM"
    written: str = format_date(day, form, locale=spoken())
    return written


def _trace_title(trace: Trace) -> str:
    what = _("All items")
    if trace.item is not None:
        label = said(trace.ledger.setting.terms.items[trace.item].label)
        what = f"{label} ({trace.item})" if label else trace.item
    if trace.order is not None:
        what += f", {_('order {n}').format(n=trace.order)}"
    return _("{what}: stock, backorders and orders under way").format(what=what)
