"""What did a game come to, beside what it could have been?

Lives here: the picture of a debriefing.
"""

from __future__ import annotations

from typing import NamedTuple

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pbc_sim.decision.game import Debrief
from pbc_sim.figures import money
from pbc_sim.language import translated as _
from pbc_sim.show.plots.style import COLOURS, Amount, amount_said, caption, money_axis, plain

__all__ = ["figure_debrief", "plot_debrief"]


class _Rows(NamedTuple):
    names: list[str]
    amounts: list[float]


def _rows(looking: Debrief, amount: Amount) -> _Rows:
    table = looking.beside[amount].dropna()
    return _Rows([_(str(name)) for name in table.index], table.tolist())


def figure_debrief(looking: Debrief) -> Figure:
    """Draw both parties' money into a figure of its own; see `plot_debrief`."""
    figure, axes = plt.subplots(1, 2, figsize=(10, 3), sharey=True, layout="constrained")
    plot_debrief(looking, "supplier_profit", ax=axes[0])
    plot_debrief(looking, "buyer_cost", ax=axes[1])
    setup = looking.game.setup
    words = _("One future, seed {seed}; the same luck in all rows.")
    caption(figure, words.format(seed=setup.seed))
    return figure


def plot_debrief(looking: Debrief, amount: Amount, *, ax: Axes | None = None) -> Axes:
    """Draw an amount as it was played, and what it stands beside, under the same luck.

    Parameters
    ----------
    looking : Debrief
        What `pbc_sim.decision.game.debrief` returns.
    amount : {"supplier_profit", "buyer_cost", "payments"}
        Whose money.
    ax : Axes, optional
        Where to draw; a new figure where empty.

    Returns
    -------
    Axes
        One dot a row: a game is one future, so there is no interval.
    """
    ax = ax or plt.subplots(figsize=(7, 3), layout="constrained")[1]
    rows = _rows(looking, amount)
    currency = looking.game.setup.scenario.currency
    for n, (value, colour) in enumerate(
        zip(rows.amounts, [COLOURS[amount], *["0.45"] * len(rows.amounts)], strict=False)
    ):
        ax.plot([value], [n], "o", color=colour, ms=9 if n == 0 else 7)
        ax.annotate(
            money(value, currency), (value, n), (8, 0), textcoords="offset points", va="center",
            fontsize=9, fontweight="bold" if n == 0 else "normal",
        )  # fmt: skip
    ax.set_yticks(range(len(rows.names)), rows.names)
    ax.set_ylim(len(rows.names) - 0.5, -0.5)
    ax.margins(x=0.25)
    money_axis(ax.xaxis, currency, 4)
    ax.set_title(amount_said(amount), loc="left", fontweight="bold")
    plain(ax)
    return ax
