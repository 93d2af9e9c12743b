"""Which contract may be the best, and how sure are its mean and its percentiles?

Lives here: the picture of a ranking: measures of risk and error side by side.
"""

from __future__ import annotations

import textwrap
from typing import NamedTuple

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pbc_sim.decision.risk import mean_interval
from pbc_sim.decision.risk.intervals import quantile_estimate
from pbc_sim.decision.selection import Ranking
from pbc_sim.language import said
from pbc_sim.language import translated as _
from pbc_sim.show.plots.style import (
    BUYER,
    SUPPLIER,
    amount_said,
    caption,
    contract_label,
    money_axis,
    plain,
    sample_said,
)

__all__ = ["figure_ranking", "plot_ranking"]

PERCENTILES = (0.05, 0.95)
#: Longest line of the title [character].
TITLE_WIDTH = 62


class _Row(NamedTuple):
    label: str
    sample: np.ndarray
    mean: float
    ci95: tuple[float, float]
    percentiles: list[tuple[float, float, float]]
    possibly_best: bool


def _rows(ranking: Ranking) -> list[_Row]:
    rows, contracts = [], ranking.comparison.prices.contracts
    for name, row in ranking.table.iterrows():
        values = ranking.samples[str(name)]
        found = [quantile_estimate(values, level) for level in PERCENTILES]
        # An end that the sample cannot bound is drawn at the end of the sample.
        ends = [np.clip(e.ci95, values.min(), values.max()).tolist() for e in found]
        percentiles = [(e.value, low, high) for e, (low, high) in zip(found, ends, strict=True)]
        best = bool(row["possibly_best"])
        mean = float(values.mean())
        label = contract_label(contracts, str(name))
        rows.append(_Row(label, values, mean, mean_interval(values), percentiles, best))
    return rows


def figure_ranking(ranking: Ranking) -> Figure:
    """Draw a ranking into a figure of its own; see `plot_ranking`."""
    size = (9, 2.2 + 0.65 * len(ranking.table))
    figure, ax = plt.subplots(figsize=size, layout="constrained")
    plot_ranking(ranking, ax=ax)
    words = _("{title}. {sample}. Bars: 95% intervals; the comparisons hold together with 95%.")
    outcomes = ranking.comparison.prices.outcomes
    title = said(outcomes.scenario.title)
    caption(figure, words.format(title=title, sample=sample_said(outcomes)))
    plt.close(figure)
    return figure


def plot_ranking(ranking: Ranking, *, ax: Axes | None = None) -> Axes:
    """Draw each contract's mean and 5 and 95% percentiles, each with its 95% interval.

    Shaded are the contracts that may be the best: none of them is clearly worse than another, all
    comparisons holding together with 95%.

    Parameters
    ----------
    ranking : Ranking
        What `pbc_sim.decision.rank` returns.
    ax : matplotlib Axes, optional
        Where to draw; a new figure where empty.

    Returns
    -------
    Axes
        What was drawn on.

    Notes
    -----
    Source: Nelson (2008), The MORE plot: displaying measures of risk and error, Winter Simulation
    Conference 413-416.
    """
    rows = _rows(ranking)
    if ax is None:
        ax = plt.subplots(figsize=(8, 4), layout="constrained")[1]
    outcomes = ranking.comparison.prices.outcomes
    currency = outcomes.scenario.currency
    for n, row in enumerate(rows):
        if row.possibly_best:
            ax.axhspan(n - 0.5, n + 0.5, color="0.9", lw=0, label=_("may be the best") * (n == 0))
        ax.plot(row.sample, np.full(len(row.sample), n + 0.28), "|", color="0.6", ms=4, zorder=1,
                label=_("a replication") * (n == 0))  # fmt: skip
        for k, (value, low, high) in enumerate(row.percentiles):
            ax.plot([low, high], [n, n], color=SUPPLIER, lw=6, alpha=0.45, solid_capstyle="butt",
                    label=_("5% and 95% percentile") * (n == k == 0))  # fmt: skip
            ax.plot(value, n, "|", color=SUPPLIER, ms=14, mew=2)
        ax.plot(row.ci95, [n, n], color=BUYER, lw=6, solid_capstyle="butt", alpha=0.6,
                label=_("mean") * (n == 0))  # fmt: skip
        ax.plot(row.mean, n, "|", color=BUYER, ms=18, mew=2)
    ax.set_yticks(range(len(rows)), [row.label for row in rows])
    ax.set_ylim(len(rows) - 0.5, -0.5)
    money_axis(ax.xaxis, currency)
    plain(ax)
    best, first = ranking.possibly_best, " ".join(rows[0].label.split())
    words = (
        _("{amount}: '{contract}' is best") if len(best) == 1
        else _("{amount}: {n} contracts may be the best")
    )  # fmt: skip
    words = words.format(amount=amount_said(ranking.amount), contract=first, n=len(best))
    ax.set_title(
        textwrap.fill(words, TITLE_WIDTH), loc="left", fontweight="bold", pad=24,
    )  # fmt: skip
    ax.legend(frameon=False, fontsize=8, ncols=4, loc="lower left", bbox_to_anchor=(0, 1.0))
    return ax
