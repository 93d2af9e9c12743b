"""What does one number of a contract cost whom?

Lives here: the picture of price tags of a contract's clauses.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pbc_sim.decision.outcomes import WALKS_AWAY, Outcomes
from pbc_sim.decision.wording import contract_label, plan_label
from pbc_sim.figures import numeral
from pbc_sim.language import translated as _
from pbc_sim.performance.measures import Measure
from pbc_sim.scenario import Scenario
from pbc_sim.show.plots.style import (
    BUYER,
    KPI,
    PATH_WIDTH,
    SUPPLIER,
    TARGET,
    amount_said,
    caption,
    legend_below,
    money_axis,
    number_axis,
    path_label,
    plain,
    sample_said,
    share_axis,
)

__all__ = ["figure_price_tags", "plot_price_tags"]

#: Both parties' money, and how each is drawn.
PARTIES = (("buyer_cost", BUYER, "o", -0.16), ("supplier_profit", SUPPLIER, "s", 0.16))

#: A contract as it is, and as it would be.
ENDS = ("before", "after")

#: Longest lines of the title, and of that of a KPI [character].
TITLE_WIDTH, PANEL_WIDTH = 52, 24

#: KPIs that have a panel of their own.
MOST_KPIS = 3


def _changes(prices: pd.DataFrame, scenario: Scenario) -> list[str]:
    """Return what each change is, and what the supplier does then, over a few lines."""
    labels = []
    for path, row in prices.groupby(level="change", sort=False).first().iterrows():
        before, after = (numeral(float(row[end]), ".6g") for end in ENDS)
        lines = [path_label(str(path)), f"{before} → {after}"]
        if row["plan_after"] == WALKS_AWAY:
            lines.append(plan_label(scenario, WALKS_AWAY))
        elif row["plan_after"] != row["plan_before"]:
            before, after = (plan_label(scenario, str(row[f"plan_{end}"])) for end in ENDS)
            words = _("plan {before} → {after}").format(before=before, after=after)
            lines += textwrap.wrap(words, PATH_WIDTH)
        labels.append("\n".join(lines))
    return labels


def _height(labels: Sequence[str]) -> float:
    """Return how high all rows are, so that the longest label has room [inch]."""
    return len(labels) * max(0.75, 0.2 * max(label.count("\n") + 1 for label in labels))


def _effects(prices: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Return the effects of all changes on one outcome."""
    return prices[prices.index.get_level_values("outcome") == outcome]


def _draw_effects(
    ax: Axes, effects: pd.DataFrame, rows: np.ndarray, colour: str, mark: str
) -> None:
    """Draw the effects of one outcome with their intervals; nothing where nobody signs."""
    mean = effects["effect"].to_numpy()
    error = np.clip([mean - effects["low"], effects["high"] - mean], 0, None)
    ax.errorbar(mean, rows, xerr=error, fmt=mark, color=colour, capsize=3, ms=6, lw=1.5)


def plot_price_tags(
    prices: pd.DataFrame, outcomes: Outcomes, contract: str, *, ax: Axes | None = None
) -> Axes:
    """Draw what changing one number of a contract at a time does to both parties' money.

    Parameters
    ----------
    prices : DataFrame
        What `pbc_sim.decision.clause_prices` returns.
    outcomes : Outcomes
        The futures that it was reckoned on.
    contract : str
        Name of the contract.
    ax : matplotlib Axes, optional
        Where to draw; a new figure where empty.

    Returns
    -------
    Axes
        A row a change: means of differences on the same luck, with 95% intervals of which those of
        all changes hold together.
    """
    labels = _changes(prices, outcomes.scenario)
    if ax is None:
        ax = plt.subplots(figsize=(9, 1.8 + _height(labels)), layout="constrained")[1]
    rows = np.arange(len(labels))
    for amount, colour, mark, off in PARTIES:
        effects = _effects(prices, amount)
        _draw_effects(ax, effects, rows + off, colour, mark)
        ax.plot([], [], mark, color=colour, label=amount_said(amount))
    ax.axvline(0, color=TARGET, lw=0.8)
    ax.set_yticks(rows, labels)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    money_axis(ax.xaxis, outcomes.scenario.currency, ticks=7)
    plain(ax)
    label = _("change of means over the term, on the same luck")
    ax.set_xlabel(f"{label}\n{sample_said(outcomes)}")
    title = _("What one number of '{contract}' costs whom")
    name = contract_label(outcomes.scenario.contracts, contract)
    words = textwrap.fill(title.format(contract=name), TITLE_WIDTH)
    ax.set_title(words, loc="left", fontweight="bold", fontsize=11)
    legend_below(ax, 2)
    return ax


def _kpis(prices: pd.DataFrame, measured: Mapping[str, Measure]) -> Sequence[str]:
    """Return the KPIs of which some change is told, the most moved first by what is certain."""
    told = [kpi for kpi in measured if kpi in prices.index.get_level_values("outcome")]
    moved = [kpi for kpi in told if _effects(prices, kpi)["effect"].abs().max() > 0]
    return moved[:MOST_KPIS]


def figure_price_tags(
    prices: pd.DataFrame,
    outcomes: Outcomes,
    contract: str,
    *,
    also: Mapping[str, Measure] | None = None,
) -> Figure:
    """Draw `plot_price_tags`, and beside it what the same changes do to up to three KPIs.

    Parameters
    ----------
    prices, outcomes, contract
        As for `plot_price_tags`.
    also : mapping of str to Measure, optional
        What was told besides, as it was given to `clause_prices`.
    """
    measured = outcomes.scenario.contracts[contract].measured() | dict(also or {})
    kpis = _kpis(prices, measured)
    labels = _changes(prices, outcomes.scenario)
    figure, axes = plt.subplots(
        1, 1 + len(kpis), figsize=(8.5 + 2.6 * len(kpis), 2.4 + _height(labels)), sharey=True,
        squeeze=False, layout="constrained", width_ratios=(2.2, *(1 for _kpi in kpis)),
    )  # fmt: skip
    plot_price_tags(prices, outcomes, contract, ax=axes[0, 0])
    for ax, kpi in zip(axes[0, 1:], kpis, strict=True):
        _draw_effects(ax, _effects(prices, kpi), np.arange(len(labels)), KPI, "o")
        ax.axvline(0, color=TARGET, lw=0.8)
        entry = measured[kpi].entry
        if entry.unit == "1":
            share_axis(ax.xaxis, 1, ticks=3)
            ax.set_xlabel(_("change [percentage points]"))
        elif entry.unit == "currency":
            money_axis(ax.xaxis, outcomes.scenario.currency, ticks=3)
            ax.set_xlabel(_("change"))
        else:
            number_axis(ax.xaxis, ticks=3)
            ax.set_xlabel(_("change [{unit}]").format(unit=entry.in_words.unit))
        plain(ax)
        ax.set_title(textwrap.fill(entry.in_words.label, PANEL_WIDTH), loc="left", fontsize=10)
    words = _("Marks: means; bars: 95% intervals, which hold together for all changes.")
    caption(figure, words)
    plt.close(figure)
    return figure
