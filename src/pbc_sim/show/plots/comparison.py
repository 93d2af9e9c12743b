"""What do contracts cost, earn and achieve, side by side?

Lives here: pictures of costs, profits and KPIs of a comparison.
May not live here: statistics that a table would not show.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pbc_sim.contract import Contract
from pbc_sim.decision.comparison import Comparison
from pbc_sim.decision.results import KpiResult
from pbc_sim.decision.wording import plan_label
from pbc_sim.errors import PbcError
from pbc_sim.figures import money, numeral, share
from pbc_sim.language import said
from pbc_sim.language import translated as _
from pbc_sim.performance import KPIS
from pbc_sim.show.plots.style import (
    BANDS,
    COLOURS,
    KPI,
    RIM,
    TARGET,
    Amount,
    amount_said,
    caption,
    contract_label,
    money_axis,
    number_axis,
    plain,
    sample_said,
    share_axis,
)

__all__ = ["figure_kpis", "figure_money", "plot_kpi", "plot_money"]


#: Longest line of what a plan is called, below the title of its contract [character].
PLAN_WIDTH = 30
#: The same beside several panels, of the title too [character].
PANEL_WIDTH = 24
#: How far a density rises above the middle of its row, of which the next is 1 away.
DENSITY_TOP = 0.44


class _Row(NamedTuple):
    """One contract: its sample, quantiles, and mean with interval; no sample if it walks away."""

    name: str
    label: str
    sample: np.ndarray | None
    quantiles: np.ndarray
    mean: float
    ci95: tuple[float, float]


def _row(
    comparison: Comparison,
    name: str,
    sample: np.ndarray | None,
    mean: float = np.nan,
    ci95: tuple[float, float] = (np.nan, np.nan),
) -> _Row:
    quantiles = np.full(len(BANDS), np.nan) if sample is None else np.quantile(sample, BANDS)
    scenario = comparison.prices.outcomes.scenario
    plan = textwrap.fill(f"({plan_label(scenario, comparison.results[name].plan)})", PLAN_WIDTH)
    label = f"{contract_label(comparison.prices.contracts, name)}\n{plan}"
    return _Row(name, label, sample, quantiles, mean, ci95)


def _row_height(rows: Sequence[_Row]) -> float:
    """Return how much room a row needs, so that its label does not run into the next [inch]."""
    lines = max((row.label.count("\n") + 1 for row in rows), default=1)
    return max(0.8, 0.18 * lines)


def _money_rows(comparison: Comparison, amount: Amount) -> list[_Row]:
    rows = []
    for name, result in comparison.results.items():
        found = result.amounts.get(amount)
        estimate = (found.mean, found.ci95) if found else ()
        rows.append(_row(comparison, name, comparison.sample(name, amount), *estimate))
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
                0.02, y, _("The supplier walks away"), transform=ax.get_yaxis_transform(),
                va="center", color="0.35", style="italic", path_effects=RIM,
            )  # fmt: skip
            continue
        x, height = _density(row.sample)
        ax.fill_between(
            x, y - 0.08 - (DENSITY_TOP - 0.08) * height, y - 0.08, color=colour, alpha=0.25, lw=0
        )
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
            ha="center", va="top", fontsize=8, path_effects=RIM,
        )  # fmt: skip
    ax.set_yticks(range(len(rows)), [row.label for row in rows])
    ax.set_ylim(len(rows) - 0.4, -0.6)
    plain(ax)


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
        A row a contract: density, quantile bands, mean with its 95% interval.
    """
    rows = _money_rows(comparison, amount)
    height = 1 + _row_height(rows) * len(rows)
    ax = ax or plt.subplots(figsize=(8, height), layout="constrained")[1]
    currency = comparison.prices.outcomes.scenario.currency
    _draw_rows(ax, rows, COLOURS[amount], lambda value: money(value, currency))
    money_axis(ax.xaxis, currency)
    if amount == "supplier_profit":
        outside = comparison.prices.outcomes.scenario.outside_option.supplier_profit
        ax.axvline(outside, color="0.35", lw=1, ls="--")
        ax.annotate(
            _("outside option"), (outside, 1), xycoords=("data", "axes fraction"), xytext=(3, 2),
            textcoords="offset points", fontsize=8, color="0.35", va="bottom",
        )  # fmt: skip
    ax.set_title(amount_said(amount), loc="left", fontweight="bold", pad=16)
    return ax


def _caption(comparison: Comparison) -> str:
    outcomes = comparison.prices.outcomes
    return _(
        "{title}. {sample}. Shade: density; thin bar: 5 to 95%, thick: 25 to 75%, white mark: "
        "median; dot: mean with 95% interval."
    ).format(title=said(outcomes.scenario.title), sample=sample_said(outcomes))


def figure_money(comparison: Comparison) -> Figure:
    """Draw the buyer's total cost and the supplier's profit under each contract."""
    rows = _money_rows(comparison, "buyer_cost")
    height = 1.8 + max(0.9, _row_height(rows)) * len(rows)
    figure, axes = plt.subplots(1, 2, figsize=(12, height), sharey=True, layout="constrained")
    plot_money(comparison, "buyer_cost", ax=axes[0])
    plot_money(comparison, "supplier_profit", ax=axes[1])
    caption(figure, _caption(comparison))
    plt.close(figure)  # or a notebook would show it twice
    return figure


def _kpi_names(comparison: Comparison) -> list[str]:
    return list(dict.fromkeys(k for c in comparison.prices.contracts.values() for k in c.kpis))


def _with_kpi(comparison: Comparison, kpi: str) -> list[Contract]:
    return [c for c in comparison.prices.contracts.values() if kpi in c.kpis]


def _kpi_rows(comparison: Comparison, kpi: str) -> list[tuple[_Row, KpiResult | None]]:
    rows: list[tuple[_Row, KpiResult | None]] = []
    for name, result in comparison.results.items():
        if kpi in result.kpis:
            values = comparison.prices.kpi_values(name).sel(kpi=kpi, plan=result.plan).values
            found = result.kpis[kpi]
            sample = values[~np.isnan(values)]
            sample = sample if len(sample) else None
            rows.append((_row(comparison, name, sample, found.mean, found.ci95), found))
        elif kpi in comparison.prices.contracts[name].kpis:
            rows.append((_row(comparison, name, None), None))
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
    height = 1 + _row_height([row for row, _found in rows]) * len(rows)
    ax = ax or plt.subplots(figsize=(8, height), layout="constrained")[1]
    _draw_kpi(comparison, kpi, ax, rows)
    return ax


def _draw_kpi(
    comparison: Comparison, kpi: str, ax: Axes, rows: list[tuple[_Row, KpiResult | None]]
) -> None:
    results = [found for _row_drawn, found in rows]
    definition = KPIS[next(c.kpis[kpi].measure for c in _with_kpi(comparison, kpi))]
    currency = comparison.prices.outcomes.scenario.currency

    def say(value: float) -> str:
        if definition.unit == "1":
            # Two digits below a tenth, where one would make a target and a miss look alike.
            return share(value, 1 if value >= 0.1 else 2)
        if definition.unit == "currency":
            return money(value, currency)
        # Three digits of a thousand or more would be written as a power of ten.
        return numeral(value, ".3g" if abs(value) < 999.5 else ",.0f")

    _draw_rows(ax, [row for row, _found in rows], KPI, say)
    for y, found in enumerate(results):
        if found is not None:
            ax.plot([found.level] * 2, [y - 0.58, y + 0.08], color=TARGET, lw=1.5)
    # Room for the words of the first row, which stand above its density.
    ax.set_ylim(top=-0.7)
    low, high = ax.get_xlim()
    for y, found in enumerate(results):
        if found is not None:
            # Towards the middle of the picture, so that no label hangs out of it.
            right = found.level > (low + high) / 2
            ax.annotate(
                _("target {level}, missed in {missed}").format(
                    level=say(found.level), missed=share(found.breach_probability, 0)
                ),
                (found.level, y - DENSITY_TOP - 0.02), xytext=(-3 if right else 3, 0), fontsize=8,
                textcoords="offset points", va="bottom", ha="right" if right else "left",
            )  # fmt: skip
    digits = 0 if high - low > 0.1 else 1 if high - low > 0.01 else 2
    is_share = definition.unit == "1"
    if is_share:
        share_axis(ax.xaxis, digits, ticks=4)
    elif definition.unit == "currency":
        money_axis(ax.xaxis, currency, ticks=4)
    else:
        number_axis(ax.xaxis, ticks=4)
        ax.set_xlabel(f"[{definition.in_words.unit}]")
    better = (
        _("{kpi}\n(higher is better)") if definition.better == "higher"
        else _("{kpi}\n(lower is better)")
    )  # fmt: skip
    title = better.format(kpi=definition.in_words.label)
    ax.set_title(title, loc="left", fontsize=10, fontweight="bold")


def _panel_label(comparison: Comparison, name: str) -> str:
    """Return a contract's title and its plan, in lines short enough to stand between panels."""
    title = contract_label(comparison.prices.contracts, name)
    plan = plan_label(comparison.prices.outcomes.scenario, comparison.results[name].plan)
    lines = (textwrap.fill(words, PANEL_WIDTH) for words in (title, f"({plan})"))
    return "\n".join(lines)


def figure_kpis(comparison: Comparison) -> Figure:
    """Draw every KPI against its targets.

    Raises
    ------
    PbcError
        If no contract has a KPI.
    """
    names = _kpi_names(comparison)
    if not names:
        raise PbcError(_("these contracts have no KPI to draw; add kpis to one of them."))
    rows = max((len(_kpi_rows(comparison, name)) for name in names), default=1)
    columns = min(len(names), 3)
    lines = -(-len(names) // columns)
    figure, axes = plt.subplots(
        lines, columns, figsize=(max(5.2 * columns, 5), 0.6 + lines * (1.2 + 0.95 * rows)),
        layout="constrained", squeeze=False,
    )  # fmt: skip
    for ax, name in zip_longest(axes.flat, names):
        if name is None:
            ax.set_axis_off()
        else:
            short = [
                (row._replace(label=_panel_label(comparison, row.name)), found)
                for row, found in _kpi_rows(comparison, name)
            ]
            _draw_kpi(comparison, name, ax, short)
            ax.tick_params(axis="y", labelsize=8)
    words = _("Black mark: target; share of all reviews of the term that miss it.")
    caption(figure, f"{_caption(comparison)} {words}")
    plt.close(figure)
    return figure
