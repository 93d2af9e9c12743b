"""Who gains what under contracts that both could sign?

Lives here: the picture of a zone of agreement.
"""

from __future__ import annotations

from collections.abc import Collection

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from pbc_sim.decision.negotiation import Negotiation
from pbc_sim.figures import money
from pbc_sim.show.plots.style import BUYER, KPI, SUPPLIER, TARGET

__all__ = ["figure_negotiation", "plot_negotiation"]


#: Contracts up to which each point has its name beside it.
MOST_NAMED = 12


def plot_negotiation(
    found: Negotiation, *, named: Collection[str] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw what both parties gain under every contract, the frontier, and two fair points.

    Parameters
    ----------
    found : Negotiation
        What `pbc_sim.decision.negotiate` returns.
    named : collection of str, optional
        Contracts that have a ring and their name beside them; all where empty and they are few.
    ax : matplotlib Axes, optional
        Where to draw; a new figure where empty.

    Returns
    -------
    Axes
        What was drawn on.
    """
    ax = ax or plt.subplots(figsize=(7, 4.6), layout="constrained")[1]
    currency = found.outcomes.scenario.currency
    outside, zone, frontier = found.table[~found.table["in_zone"]], found.zone, found.frontier
    ax.plot(
        outside["buyer_gain"], outside["supplier_gain"], "o", color="0.75", ms=3,
        label="somebody is worse off",
    )  # fmt: skip
    ax.plot(
        zone["buyer_gain"], zone["supplier_gain"], "o", color=KPI, ms=4,
        label=f"zone of agreement, {len(zone)} of {len(found.table)}",
    )  # fmt: skip
    # Steps, since between two contracts nothing is on the table.
    ax.step(
        frontier["buyer_gain"], frontier["supplier_gain"], where="post", color=KPI, lw=1,
        label="frontier",
    )  # fmt: skip
    points = (
        ("Nash", found.nash, "s", BUYER, 11), ("Kalai-Smorodinsky", found.kalai_smorodinsky, "D",
        SUPPLIER, 6),
    )  # fmt: skip
    for words, name, mark, colour, size in points:
        if name is not None:
            row = found.table.loc[name]
            # The larger mark below, so that both are seen where they agree.
            ax.plot(
                row["buyer_gain"], row["supplier_gain"], mark, color=colour, ms=size, mec="white",
                label=f"{words}: {name}",
            )  # fmt: skip
    if named is None:
        named = list(found.table.index) if len(found.table) <= MOST_NAMED else []
    else:
        ringed = found.table.loc[list(named)]
        ax.plot(
            ringed["buyer_gain"], ringed["supplier_gain"], "o", color=TARGET, ms=8, mfc="none",
            label="named",
        )  # fmt: skip
    for contract, row in found.table.loc[list(named)].iterrows():
        ax.annotate(
            str(contract), (row["buyer_gain"], row["supplier_gain"]), (6, -10),
            textcoords="offset points", fontsize=8,
        )  # fmt: skip
    ax.axhline(0, color=TARGET, lw=0.8, ls=":")
    ax.axvline(0, color=TARGET, lw=0.8, ls=":")
    axes = ((ax.xaxis, ax.set_xlabel, "Buyer"), (ax.yaxis, ax.set_ylabel, "Supplier"))
    for axis, set_label, party in axes:
        axis.set_major_locator(MaxNLocator(5))
        axis.set_major_formatter(FuncFormatter(lambda value, _: money(value, currency)))
        set_label(f"{party} gains, mean of {found.outcomes.replications} replications")
    ax.margins(0.15)  # for the names
    ax.set_title("Who gains what", loc="left", fontweight="bold")
    ax.legend(frameon=False, fontsize=8, loc="best")
    return ax


def figure_negotiation(found: Negotiation, named: Collection[str] | None = None) -> Figure:
    """Return `plot_negotiation` as a figure of its own."""
    figure, ax = plt.subplots(figsize=(9, 5.4), layout="constrained")
    plot_negotiation(found, named=named, ax=ax)
    return figure
