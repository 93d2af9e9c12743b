"""Who gains what under contracts that both could sign?

Lives here: the picture of a zone of agreement.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pbc_sim.decision.answers import kinds_said
from pbc_sim.decision.negotiation import Negotiation
from pbc_sim.language import translated as _
from pbc_sim.show.plots.style import (
    BUYER,
    KPI,
    RIM,
    SUPPLIER,
    TARGET,
    caption,
    contract_label,
    money_axis,
    plain,
    sample_said,
)

__all__ = ["figure_negotiation", "plot_negotiation"]


#: Contracts up to which each point has its name beside it.
MOST_NAMED = 12

#: Points that are nearer to each other, relative to what all points span, share a label. [1]
NEAR = 0.03

#: Room that a name takes up to the right and above its point, relative to what all points span. [1]
LABEL_ROOM = (0.25, 0.15)


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
        label=_("somebody is worse off"),
    )  # fmt: skip
    ax.plot(
        zone["buyer_gain"], zone["supplier_gain"], "o", color=KPI, ms=4,
        label=_("zone of agreement, {n} of {all}").format(n=len(zone), all=len(found.table)),
    )  # fmt: skip
    # Steps, since between two contracts nothing is on the table.
    ax.step(
        frontier["buyer_gain"], frontier["supplier_gain"], where="post", color=KPI, lw=1,
        label=_("frontier"),
    )  # fmt: skip
    points = (
        ("Nash", found.nash, "s", BUYER, 11), ("Kalai-Smorodinsky", found.kalai_smorodinsky, "D",
        SUPPLIER, 6),
    )  # fmt: skip
    for words, name, mark, colour, size in points:
        if name is not None:
            row = found.table.loc[name]
            # The larger mark below, so that both are seen where they agree.
            title = " ".join(contract_label(found.contracts, name).split())
            ax.plot(
                row["buyer_gain"], row["supplier_gain"], mark, color=colour, ms=size, mec="white",
                label=f"{words}: {title}",
            )  # fmt: skip
    if named is None:
        named = list(found.table.index) if len(found.table) <= MOST_NAMED else []
    else:
        ringed = found.table.loc[list(named)]
        ax.plot(
            ringed["buyer_gain"], ringed["supplier_gain"], "o", color=TARGET, ms=8, mfc="none",
            label=_("named"),
        )  # fmt: skip
    _draw_names(ax, found, named)
    ax.axhline(0, color=TARGET, lw=0.8, ls=":")
    ax.axvline(0, color=TARGET, lw=0.8, ls=":")
    _draw_intervals(ax, found, named)
    money_axis(ax.xaxis, currency)
    money_axis(ax.yaxis, currency)
    gains = _("Buyer gains against what it has otherwise, mean over the term")
    ax.set_xlabel(f"{gains}\n{sample_said(found.outcomes)}")
    ax.set_ylabel(
        _("Supplier gains, mean over the term")
        if found.suppliers is None
        else _("Suppliers gain, certainty equivalent\nover the term, mean over their kinds")
    )
    ax.margins(0.15)  # for the names
    plain(ax, "both")
    title = _("Who gains what: {n} of {all} contracts in the zone of agreement")
    ax.set_title(
        title.format(n=len(zone), all=len(found.table)), loc="left", fontweight="bold", fontsize=11
    )
    ax.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(0, -0.2), ncols=2)
    return ax


def _draw_names(ax: Axes, found: Negotiation, named: Collection[str]) -> None:
    """Write names up and to the right, where nothing lies beyond the frontier, or else below.

    Points that lie close together have one label, a name a line.
    """
    gains = found.table[["buyer_gain", "supplier_gain"]]
    spans = np.ptp(gains.to_numpy(), axis=0)
    widest, highest = np.array(LABEL_ROOM) * spans
    labels = [contract_label(found.contracts, name) for name in named]
    groups: list[tuple[np.ndarray, list[str]]] = []
    points = gains.loc[list(named)].to_numpy()
    for label, point in zip(labels, points, strict=True):
        for at, together in groups:
            if (np.abs(point - at) <= NEAR * spans).all():
                together.append(label)
                break
        else:
            groups.append((point, [label]))
    for point, together in groups:
        right, up = (points - point).T
        taken = ((right >= 0) & (right < widest) & (up > 0) & (up < highest)).any()
        # What lies far to the right has its name to the left, or it would leave the picture.
        leaves = point[0] > gains["buyer_gain"].max() - widest / 2
        ax.annotate(
            "\n".join(together), (point[0], point[1]), (-7 if leaves else 7, -4 if taken else 4),
            va="top" if taken else "bottom", ha="right" if leaves else "left",
            textcoords="offset points", fontsize=8, path_effects=RIM,
        )  # fmt: skip


def _draw_intervals(ax: Axes, found: Negotiation, named: Collection[str]) -> None:
    """Draw 95% intervals of both parties' gains for contracts that are named and in the zone."""
    for contract in (name for name in named if found.table.loc[name, "in_zone"]):
        gains = found.gains(contract)
        (buyer, buyer_low, buyer_high), (supplier, low, high) = gains.to_numpy().tolist()
        ax.errorbar(
            buyer, supplier, xerr=[[buyer - buyer_low], [buyer_high - buyer]],
            yerr=[[supplier - low], [high - supplier]], fmt="none", color="0.45", lw=1, capsize=2,
            zorder=1,
        )  # fmt: skip


def figure_negotiation(found: Negotiation, named: Collection[str] | None = None) -> Figure:
    """Return `plot_negotiation` as a figure of its own."""
    figure, ax = plt.subplots(figsize=(9, 6.2), layout="constrained")
    plot_negotiation(found, named=named, ax=ax)
    words = _("Crosses: 95% intervals of named contracts in the zone, on the same luck.")
    if found.suppliers is not None:
        words = f"{words} {kinds_said(found.suppliers, found.signed_by)}"
    caption(figure, words)
    plt.close(figure)
    return figure
