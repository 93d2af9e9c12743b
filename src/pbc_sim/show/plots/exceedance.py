"""How probably does an amount exceed what somebody can bear?

Lives here: the picture of exceedance curves of a comparison.
"""

from __future__ import annotations

from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from pbc_sim.decision.comparison import Comparison
from pbc_sim.language import translated as _
from pbc_sim.show.plots.style import (
    LINES,
    Amount,
    amount_said,
    contract_label,
    legend_below,
    money_axis,
    plain,
    sample_said,
    share_axis,
)

__all__ = ["plot_exceedance"]


def plot_exceedance(comparison: Comparison, amount: Amount, *, ax: Axes | None = None) -> Axes:
    """Draw how probably an amount exceeds each value, under each contract that is signed.

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
        A line a contract; the shade is the 95% interval of each probability alone.
    """
    curves = comparison.exceedance(amount)
    ax = ax or plt.subplots(figsize=(8, 4.6), layout="constrained")[1]
    for n, (name, curve) in enumerate(curves.groupby(level="contract", sort=False)):
        colour, line = LINES[n % len(LINES)]
        label = " ".join(contract_label(comparison.prices.contracts, str(name)).split())
        x = curve["threshold"]
        ax.fill_between(x, curve["low"], curve["high"], step="post", color=colour, alpha=0.15, lw=0)
        ax.step(x, curve["probability"], where="post", color=colour, ls=line, lw=1.8, label=label)
    outcomes = comparison.prices.outcomes
    money_axis(ax.xaxis, outcomes.scenario.currency)
    share_axis(ax.yaxis)
    ax.set_ylim(-0.02, 1.02)
    plain(ax, "both")
    ax.set_xlabel(
        _("{amount}; {sample}; shade: 95% interval of each probability").format(
            amount=amount_said(amount), sample=sample_said(outcomes)
        )
    )
    ax.set_ylabel(_("probability of more"))
    ax.set_title(
        _("{amount}: how probably is it exceeded?").format(amount=amount_said(amount)),
        loc="left", fontweight="bold",
    )  # fmt: skip
    legend_below(ax, 2)
    return ax
