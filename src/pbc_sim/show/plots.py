"""What does it look like: pictures of costs, profits and KPIs.

Lives here: the only use of matplotlib; one function a picture, gather first and then draw.
May not live here: statistics that a table would not show.
Every picture says its sample size, shows intervals beside estimates, and is safe for the
colour-blind (Okabe and Ito).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from matplotlib import dates
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from pbc_sim.contract import Contract
from pbc_sim.decision.comparison import Comparison, KpiResult
from pbc_sim.decision.operating import OperatingCharacteristic
from pbc_sim.decision.timeline import Levels, Trace
from pbc_sim.errors import PbcError
from pbc_sim.figures import money, share
from pbc_sim.performance import KPIS

__all__ = [
    "figure_kpis",
    "figure_money",
    "plot_kpi",
    "plot_money",
    "plot_operating_characteristic",
    "plot_trace",
]

Amount = Literal["buyer_cost", "payments", "supplier_profit"]

BUYER, SUPPLIER, KPI, TARGET = "#0072B2", "#D55E00", "#009E73", "#000000"
STOCK, WAITING, UNDER_WAY, BREACH = "#0072B2", "#E69F00", "#009E73", "#D55E00"
COLOURS: dict[str, str] = {"buyer_cost": BUYER, "payments": BUYER, "supplier_profit": SUPPLIER}
WORDS: dict[str, str] = {
    "buyer_cost": "Buyer's total cost",
    "payments": "Payments from buyer to supplier",
    "supplier_profit": "Supplier's profit",
}
#: Beyond so many marks smaller ones stay apart.
MANY_MARKS = 40
BANDS = (0.05, 0.25, 0.5, 0.75, 0.95)


class _Row(NamedTuple):
    """One contract: its sample, quantiles, and mean with interval; no sample if it walks away."""

    label: str
    sample: np.ndarray | None
    quantiles: np.ndarray
    mean: float
    ci95: tuple[float, float]


def _row(label: str, sample: np.ndarray | None, mean: float, ci95: tuple[float, float]) -> _Row:
    quantiles = np.full(len(BANDS), np.nan) if sample is None else np.quantile(sample, BANDS)
    return _Row(label, sample, quantiles, mean, ci95)


def _label(comparison: Comparison, name: str) -> str:
    return f"{name}\n({comparison.results[name].plan})"


def _money_rows(comparison: Comparison, amount: Amount) -> list[_Row]:
    rows = []
    for name, result in comparison.results.items():
        found = result.amounts.get(amount)
        estimate = (found.mean, found.ci95) if found else (np.nan, (np.nan, np.nan))
        rows.append(_row(_label(comparison, name), comparison.sample(name, amount), *estimate))
    return rows


def _density(sample: np.ndarray, points: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """Return a density scaled to a height of 1; a flat line where everything is equal."""
    from scipy import stats

    low, high = sample.min(), sample.max()
    if not high > low:
        return np.array([low, low]), np.array([0.0, 1.0])
    x = np.linspace(low, high, points)
    y = stats.gaussian_kde(sample)(x)
    return x, y / y.max()


def _draw_rows(ax: Axes, rows: Sequence[_Row], colour: str, say: Any) -> None:
    for y, row in enumerate(rows):
        if row.sample is None:
            ax.text(
                0.02, y, "supplier walks away", transform=ax.get_yaxis_transform(),
                va="center", color="0.35", style="italic",
            )  # fmt: skip
            continue
        x, height = _density(row.sample)
        ax.fill_between(x, y - 0.08 - 0.36 * height, y - 0.08, color=colour, alpha=0.25, lw=0)
        low, first, median, third, high = row.quantiles
        ax.plot([low, high], [y, y], color=colour, lw=2, solid_capstyle="butt")
        ax.plot([first, third], [y, y], color=colour, lw=7, solid_capstyle="butt")
        ax.plot([median], [y], marker="|", ms=11, mew=2, color="white")
        ax.errorbar(
            row.mean, y + 0.16, xerr=[[row.mean - row.ci95[0]], [row.ci95[1] - row.mean]],
            fmt="o", ms=4, color="black", capsize=3, lw=1,
        )  # fmt: skip
        # Under the mean and not beside it, where the row below leaves room.
        ax.annotate(
            say(row.mean), (row.mean, y + 0.16), xytext=(0, -5), textcoords="offset points",
            ha="center", va="top", fontsize=8,
        )  # fmt: skip
    ax.set_yticks(range(len(rows)), [row.label for row in rows])
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(axis="x", color="0.9")
    ax.set_axisbelow(True)


def plot_money(comparison: Comparison, amount: Amount, *, ax: Axes | None = None) -> Axes:
    """Draw the distribution of a cost or profit under each contract.

    Parameters
    ----------
    comparison : Comparison
        Contracts side by side.
    amount : {"buyer_cost", "payments", "supplier_profit"}
        What to draw. [currency]
    ax : Axes, optional
        Where to draw; a new figure where empty.

    Returns
    -------
    Axes
        A row a contract: density, quantile bands, mean with its 95 % interval.
    """
    rows = _money_rows(comparison, amount)
    ax = ax or plt.subplots(figsize=(8, 1 + 0.8 * len(rows)), layout="constrained")[1]
    currency = comparison.prices.outcomes.scenario.currency
    _draw_rows(ax, rows, COLOURS[amount], lambda value: money(value, currency))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: money(value, currency)))
    ax.xaxis.set_major_locator(MaxNLocator(6))
    if amount == "supplier_profit":
        outside = comparison.prices.outcomes.scenario.outside_option.supplier_profit
        ax.axvline(outside, color="0.35", lw=1, ls="--")
        ax.annotate(
            "outside option", (outside, 1), xycoords=("data", "axes fraction"), xytext=(3, 2),
            textcoords="offset points", fontsize=8, color="0.35", va="bottom",
        )  # fmt: skip
    ax.set_title(WORDS[amount], loc="left", fontweight="bold", pad=16)
    return ax


def _caption(comparison: Comparison) -> str:
    outcomes = comparison.prices.outcomes
    return (
        f"{outcomes.scenario.title}. {outcomes.replications} replications, seed "
        f"{outcomes.study.seed}. Shade: density; thin bar: 5 to 95 %, thick: 25 to 75 %, white "
        "mark: median; dot: mean with 95 % interval."
    )


def figure_money(comparison: Comparison) -> Figure:
    """Draw the buyer's total cost and the supplier's profit under each contract."""
    rows = len(comparison.results)
    figure, axes = plt.subplots(
        1, 2, figsize=(12, 1.8 + 0.85 * rows), sharey=True, layout="constrained"
    )
    plot_money(comparison, "buyer_cost", ax=axes[0])
    plot_money(comparison, "supplier_profit", ax=axes[1])
    figure.supxlabel(_caption(comparison), fontsize=8, color="0.35", x=0.01, ha="left")
    plt.close(figure)  # or a notebook would show it twice
    return figure


def _kpi_names(comparison: Comparison) -> list[str]:
    return list(dict.fromkeys(k for c in comparison.prices.contracts.values() for k in c.kpis))


def _with_kpi(comparison: Comparison, kpi: str) -> list[Contract]:
    return [c for c in comparison.prices.contracts.values() if kpi in c.kpis]


def _kpi_rows(comparison: Comparison, kpi: str) -> list[tuple[_Row, KpiResult | None]]:
    rows: list[tuple[_Row, KpiResult | None]] = []
    for name, result in comparison.results.items():
        label = _label(comparison, name)
        if kpi in result.kpis:
            values = comparison.prices.kpi_values(name).sel(kpi=kpi, plan=result.plan).values
            found = result.kpis[kpi]
            sample = values[~np.isnan(values)]
            row = _row(label, sample if len(sample) else None, found.mean, found.ci95)
            rows.append((row, found))
        elif kpi in comparison.prices.contracts[name].kpis:
            rows.append((_row(label, None, np.nan, (np.nan, np.nan)), None))
    return rows


def plot_kpi(comparison: Comparison, kpi: str, *, ax: Axes | None = None) -> Axes:
    """Draw a KPI over the term against its target, under each contract that has it.

    Parameters
    ----------
    comparison : Comparison
        Contracts side by side.
    kpi : str
        Name of the KPI in the contracts.
    ax : Axes, optional
        Where to draw; a new figure where empty.

    Returns
    -------
    Axes
        A row a contract; a black mark is its target.
    """
    rows = _kpi_rows(comparison, kpi)
    ax = ax or plt.subplots(figsize=(8, 1 + 0.8 * len(rows)), layout="constrained")[1]
    definition = KPIS[next(c.kpis[kpi].measure for c in _with_kpi(comparison, kpi))]
    currency = comparison.prices.outcomes.scenario.currency

    def say(value: float) -> str:
        if definition.unit == "1":
            # Two digits below a tenth, where one would make a target and a miss look alike.
            return share(value, 1 if value >= 0.1 else 2)
        return money(value, currency) if definition.unit == "currency" else f"{value:.3g}"

    _draw_rows(ax, [row for row, _ in rows], KPI, say)
    for y, (_, found) in enumerate(rows):
        if found is not None:
            ax.plot([found.level] * 2, [y - 0.45, y + 0.08], color=TARGET, lw=1.5)
    low, high = ax.get_xlim()
    for y, (_, found) in enumerate(rows):
        if found is not None:
            # Towards the middle of the picture, so that no label hangs out of it.
            right = found.level > (low + high) / 2
            ax.annotate(
                f"target {say(found.level)}, missed in {share(found.breach_probability, 0)}",
                (found.level, y - 0.45), xytext=(-3 if right else 3, 0), fontsize=8,
                textcoords="offset points", va="center", ha="right" if right else "left",
            )  # fmt: skip
    digits = 0 if high - low > 0.1 else 1 if high - low > 0.01 else 2
    is_share = definition.unit == "1"
    ax.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: share(value, digits) if is_share else say(value))
    )
    ax.xaxis.set_major_locator(MaxNLocator(4))
    ax.set_xlabel({"1": "", "currency": ""}.get(definition.unit, definition.unit))
    title = f"{definition.label} ({definition.better} is better)"
    ax.set_title(title, loc="left", fontweight="bold")
    return ax


def figure_kpis(comparison: Comparison) -> Figure:
    """Draw every KPI against its targets.

    Raises
    ------
    PbcError
        If no contract has a KPI.
    """
    names = _kpi_names(comparison)
    if not names:
        raise PbcError("these contracts have no KPI to draw; add kpis to one of them.")
    rows = max((len(_kpi_rows(comparison, name)) for name in names), default=1)
    columns = min(len(names), 3)
    lines = -(-len(names) // columns)
    figure, axes = plt.subplots(
        lines, columns, figsize=(max(5.2 * columns, 5), 0.6 + lines * (1.2 + 0.9 * rows)),
        layout="constrained", squeeze=False,
    )  # fmt: skip
    for ax, name in zip_longest(axes.flat, names):
        if name is None:
            ax.set_axis_off()
        else:
            plot_kpi(comparison, name, ax=ax)
    words = " Black mark: target; share of all reviews of the term that miss it."
    figure.supxlabel(_caption(comparison) + words, fontsize=8, color="0.35", x=0.01, ha="left")
    plt.close(figure)
    return figure


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
        ("stock on hand\n[unit]", STOCK, trace.stock_levels("on_hand")),
        ("backorders\n[unit]", WAITING, trace.stock_levels("waiting")),
        ("order lines\nunder way [line]", UNDER_WAY, trace.lines_under_way),
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
        label=f"goods in ({len(goods_in)})", zorder=3,
    )  # fmt: skip
    # Ticks hang from the top of the last panel, where an order's own wait is seen below them.
    axes[2].plot(
        _clock(trace, breaches), np.ones(len(breaches)), ls="", marker="|", ms=13, mew=1.4,
        color=BREACH, transform=axes[2].get_xaxis_transform(), clip_on=False,
        label=f"order becomes overdue ({len(breaches)})", zorder=3,
    )  # fmt: skip
    for ax in (axes[0], axes[2]):
        ax.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1.0), fontsize=9)
    locator = dates.AutoDateLocator(minticks=4, maxticks=12)  # type: ignore[no-untyped-call]
    axes[2].xaxis.set_major_locator(locator)
    concise = dates.ConciseDateFormatter(locator, show_offset=False)  # type: ignore[no-untyped-call]
    axes[2].xaxis.set_major_formatter(concise)
    axes[2].set_xlim(*_clock(trace, np.array([begin, end])))
    axes[0].set_title(_trace_title(trace), loc="left", fontweight="bold", pad=22)
    figure.align_ylabels(axes)
    calendar = trace.ledger.setting.calendar
    words = (
        f"{calendar.date(begin):%Y-%m-%d} to {calendar.date(end):%Y-%m-%d}. {trace.title}. Plan "
        f"{trace.plan}, seed {trace.ledger.seed}, replication {trace.ledger.replication} "
        "(simulated)."
    )
    if trace.limits:
        words += f" Overdue after {'; '.join(map(str, trace.limits))}."
    figure.supxlabel(words, fontsize=8, color="0.35", x=0.01, ha="left")
    plt.close(figure)
    return figure


def _trace_title(trace: Trace) -> str:
    what = "All items"
    if trace.item is not None:
        label = trace.ledger.setting.terms.items[trace.item].label
        what = f"{label} ({trace.item})" if label else trace.item
    order = f", order {trace.order}" if trace.order is not None else ""
    return f"{what}{order}: stock, backorders and orders under way"
