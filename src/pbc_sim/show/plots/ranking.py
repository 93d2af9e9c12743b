"""Which contract may be the best, and how sure are its mean and its percentiles?

Lives here: the picture of a ranking: measures of risk and error side by side.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from pbc_sim.decision.risk import mean_interval
from pbc_sim.decision.risk.intervals import quantile_estimate
from pbc_sim.decision.selection import Ranking
from pbc_sim.figures import money
from pbc_sim.show.plots.style import BUYER, SUPPLIER, WORDS

__all__ = ["figure_ranking", "plot_ranking"]

PERCENTILES = (0.05, 0.95)


class _Row(NamedTuple):
    name: str
    sample: np.ndarray
    mean: float
    ci95: tuple[float, float]
    percentiles: list[tuple[float, float, float]]
    possibly_best: bool


def _rows(ranking: Ranking) -> list[_Row]:
    rows = []
    for name, row in ranking.table.iterrows():
        values = ranking.samples[str(name)]
        found = [quantile_estimate(values, level) for level in PERCENTILES]
        # An end that the sample cannot bound is drawn at the end of the sample.
        ends = [np.clip(e.ci95, values.min(), values.max()).tolist() for e in found]
        percentiles = [(e.value, low, high) for e, (low, high) in zip(found, ends, strict=True)]
        best = bool(row["possibly_best"])
        mean = float(values.mean())
        rows.append(_Row(str(name), values, mean, mean_interval(values), percentiles, best))
    return rows


def figure_ranking(ranking: Ranking) -> Figure:
    """Draw a ranking into a figure of its own; see `plot_ranking`."""
    size = (8, 1.6 + 0.6 * len(ranking.table))
    figure, ax = plt.subplots(figsize=size, layout="constrained")
    plot_ranking(ranking, ax=ax)
    return figure


def plot_ranking(ranking: Ranking, *, ax: Axes | None = None) -> Axes:
    """Draw each contract's mean and 5 and 95 % percentiles, each with its 95 % interval.

    Shaded are the contracts that may be the best: none of them is clearly worse than another, all
    comparisons holding together with 95 %.

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
            ax.axhspan(n - 0.5, n + 0.5, color="0.9", lw=0, label="may be the best" * (n == 0))
        ax.plot(row.sample, np.full(len(row.sample), n + 0.28), "|", color="0.6", ms=4, zorder=1,
                label="a replication" * (n == 0))  # fmt: skip
        for k, (value, low, high) in enumerate(row.percentiles):
            ax.plot([low, high], [n, n], color=SUPPLIER, lw=6, alpha=0.45, solid_capstyle="butt",
                    label="5 % and 95 % percentile" * (n == k == 0))  # fmt: skip
            ax.plot(value, n, "|", color=SUPPLIER, ms=14, mew=2)
        ax.plot(row.ci95, [n, n], color=BUYER, lw=6, solid_capstyle="butt", alpha=0.6,
                label="mean" * (n == 0))  # fmt: skip
        ax.plot(row.mean, n, "|", color=BUYER, ms=18, mew=2)
    ax.set_yticks(range(len(rows)), [row.name for row in rows])
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.xaxis.set_major_locator(MaxNLocator(6))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: money(value, currency)))
    ax.set_xlabel(
        f"{WORDS[ranking.amount]} (bars: 95 % intervals; {outcomes.replications} replications, "
        f"seed {outcomes.study.seed})"
    )
    best = ranking.possibly_best
    words = f"'{best[0]}' is best" if len(best) == 1 else f"{len(best)} contracts may be the best"
    ax.set_title(f"{WORDS[ranking.amount]}: {words}", loc="left", fontweight="bold")
    ax.legend(frameon=False, fontsize=8, ncols=4, loc="upper left", bbox_to_anchor=(0, -0.18))
    return ax
