"""Which kind of supplier signs which contract, and what does the buyer then expect?

Lives here: the picture of what kinds of suppliers do under each contract.
"""

from __future__ import annotations

import textwrap
from typing import NamedTuple

import numpy as np
from matplotlib import patheffects
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pbc_sim.decision.answers import certainty_values, money_of
from pbc_sim.decision.outcomes import WALKS_AWAY
from pbc_sim.decision.response import Response
from pbc_sim.decision.risk import mean_interval
from pbc_sim.decision.wording import plan_label
from pbc_sim.figures import share
from pbc_sim.language import said
from pbc_sim.language import translated as _
from pbc_sim.show.plots.style import (
    BUYER,
    LINES,
    MARKS,
    TARGET,
    caption,
    contract_label,
    legend_below,
    money_axis,
    plain,
    sample_said,
)

__all__ = ["figure_response", "plot_response"]

#: Longest line of words over and under the narrow panel [character].
NARROW = 32


class _Row(NamedTuple):
    """The best that one kind finds under one contract."""

    contract: str
    kind: str
    plan: str
    certainty: float
    ci95: tuple[float, float]
    signs: float


def _rows(response: Response) -> list[_Row]:
    prices, rows = response.prices, []
    plans = list(prices.outcomes.scores.plans)
    money = {
        kind: money_of(prices, who).supplier_profit for kind, who in response.suppliers.items()
    }
    for n, contract in enumerate(prices.contracts):
        for kind, supplier in response.suppliers.items():
            chances = response.chances(kind, contract)
            signs = 1 - chances.pop(WALKS_AWAY)
            certainty = response.table["certainty"]
            plan = max(chances, key=lambda p: float(certainty[kind, contract, p]))
            values = certainty_values(money[kind][n, plans.index(plan)], supplier)
            mean = float(values.mean())
            rows.append(_Row(contract, kind, plan, mean, mean_interval(values), signs))
    return rows


def _places(response: Response) -> tuple[np.ndarray, int]:
    """Return where the middle of each contract's rows is, and how far contracts are apart."""
    apart = len(response.suppliers) + 1
    return np.arange(len(response.prices.contracts)) * apart + (apart - 2) / 2, apart


def plot_response(response: Response, *, ax: Axes | None = None) -> Axes:
    """Draw what each contract is worth to each kind of supplier, and which of them sign.

    Parameters
    ----------
    response : Response
        What `pbc_sim.decision.respond` returns.
    ax : matplotlib Axes, optional
        Where to draw; a new figure where empty.

    Returns
    -------
    Axes
        A row a contract and kind: the certainty equivalent of its best plan, with the 95% interval
        and the plan; hollow where the kind rather walks away.
    """
    rows, kinds = _rows(response), list(response.suppliers)
    middles, apart = _places(response)
    if ax is None:
        ax = plt.subplots(figsize=(9, 1.8 + 0.24 * apart * len(middles)), layout="constrained")[1]
    scenario = response.prices.outcomes.scenario
    contracts = list(response.prices.contracts)
    rim = [patheffects.withStroke(linewidth=2.5, foreground="white")]
    for row in rows:
        n = kinds.index(row.kind)
        colour, mark = LINES[n % len(LINES)][0], MARKS[n % len(MARKS)]
        at, signs = contracts.index(row.contract) * apart + n, row.signs > 0.5
        low, high = row.ci95
        ax.plot([low, high], [at, at], color=colour, lw=1.5)
        ax.plot(row.certainty, at, mark, color=colour, mfc=colour if signs else "white", ms=6)
        done = plan_label(scenario, row.plan if signs else WALKS_AWAY)
        ax.annotate(
            done if row.signs in (0, 1) else f"{done} ({share(row.signs, 0)})",
            (max(high, row.certainty), at), (6, 0), textcoords="offset points", fontsize=7.5,
            va="center", color="0.25", path_effects=rim,
        )  # fmt: skip
    for n, (kind, chance) in enumerate(response.kinds.items()):
        label = said(response.suppliers[kind].label) or kind
        ax.plot(
            [], [], MARKS[n % len(MARKS)], color=LINES[n % len(LINES)][0],
            label=f"{label} ({share(chance, 0)})",
        )  # fmt: skip
    ax.plot([], [], "o", color="0.4", mfc="white", label=_("hollow: rather walks away"))
    outside = scenario.outside_option.supplier_profit
    ax.axvline(outside, color=TARGET, lw=1, ls=":", label=_("what it has without a contract"))
    ax.set_yticks(middles, [contract_label(response.prices.contracts, name) for name in contracts])
    ax.set_ylim(len(middles) * apart - 1.2, -0.8)
    ax.margins(x=0.2)  # for the plans
    money_axis(ax.xaxis, scenario.currency)
    plain(ax)
    ax.set_xlabel(_("certainty equivalent of its best plan over the term"))
    by_all = sum(
        all(row.signs > 0.5 for row in rows if row.contract == contract) for contract in contracts
    )
    title = _("{n} of {all} contracts are signed by every kind of supplier")
    ax.set_title(
        title.format(n=by_all, all=len(contracts)), loc="left", fontweight="bold", fontsize=11
    )
    legend_below(ax, 2)
    return ax


def _draw_expected(response: Response, ax: Axes) -> None:
    """Draw what a buyer expects who does not know the kind, beside rows of `plot_response`."""
    middles, _apart = _places(response)
    summary = response.summary
    for at, (_name, row) in zip(middles.tolist(), summary.iterrows(), strict=True):
        if np.isnan(row["buyer_cost"]):
            words = _("not known: nobody says what it bears alone")
            ax.annotate(
                words, (0.03, at), xycoords=("axes fraction", "data"), fontsize=8, va="center",
                color="0.4",
            )  # fmt: skip
        else:
            ax.plot([row["low"], row["high"]], [at, at], color=BUYER, lw=5, alpha=0.5)
            ax.plot(row["buyer_cost"], at, "|", color=BUYER, ms=14, mew=2)
    money_axis(ax.xaxis, response.prices.outcomes.scenario.currency, ticks=4)
    plain(ax)
    ax.margins(x=0.15)
    words, title = _("mean over the kinds and over luck"), _("What the buyer expects to bear")
    ax.set_xlabel(textwrap.fill(words, NARROW))
    ax.set_title(textwrap.fill(title, NARROW), loc="left", fontsize=11, fontweight="bold")


def figure_response(response: Response) -> Figure:
    """Draw `plot_response`, and beside it what the buyer expects who does not know the kind."""
    middles, apart = _places(response)
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(12, 2.6 + 0.24 * apart * len(middles)), sharey=True, layout="constrained",
        width_ratios=(2, 1),
    )  # fmt: skip
    plot_response(response, ax=left)
    _draw_expected(response, right)
    words = _("{sample}. Lines: 95% intervals. In brackets, how likely each kind is.")
    caption(figure, words.format(sample=sample_said(response.prices.outcomes)))
    plt.close(figure)
    return figure
