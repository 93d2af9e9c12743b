"""How much of what varies is luck, and how much is not knowing?

Lives here: the picture of variances split in two.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from pbc_sim.decision.outcomes import Outcomes
from pbc_sim.decision.risk import VarianceSplit
from pbc_sim.figures import money, share
from pbc_sim.language import translated as _
from pbc_sim.show.plots.style import (
    SUPPLIER,
    TARGET,
    Amount,
    amount_said,
    contract_label,
    legend_below,
    plain,
    sample_said,
    share_axis,
    wrapped,
)

__all__ = ["plot_variance_split"]


def plot_variance_split(
    splits: Mapping[str, VarianceSplit],
    outcomes: Outcomes,
    amount: Amount = "buyer_cost",
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw which part of an amount's variance is luck, and which comes from not knowing.

    Parameters
    ----------
    splits : mapping of str to VarianceSplit
        By contract: what `pbc_sim.decision.variance_split` returns.
    outcomes : Outcomes
        The two-level study.
    amount : {"buyer_cost", "payments", "supplier_profit"}
        What was split.
    ax : matplotlib Axes, optional
        Where to draw; a new figure where empty.

    Returns
    -------
    Axes
        A bar a contract, of 100%, with the 95% interval of its split, and beside it the standard
        deviation of the amount.
    """
    if ax is None:
        ax = plt.subplots(figsize=(8, 2.2 + 0.6 * len(splits)), layout="constrained")[1]
    rows, found = np.arange(len(splits)), list(splits.values())
    part = np.array([split.share for split in found])
    low, high = np.array([split.share_ci95 for split in found]).T
    ax.barh(rows, part, color=SUPPLIER, height=0.55, label=_("not knowing the parameters"))
    ax.barh(
        rows, 1 - part, left=part, color="0.85", hatch="//", edgecolor="white", height=0.55,
        label=_("luck"),
    )  # fmt: skip
    error = np.clip([part - low, high - part], 0, None)
    ax.errorbar(part, rows, xerr=error, fmt="none", color=TARGET, capsize=4, lw=1.5)
    currency = outcomes.scenario.currency
    for row, split in zip(rows.tolist(), found, strict=True):
        spread = money(float(np.sqrt(split.luck + max(split.not_knowing, 0.0))), currency)
        words = _("standard deviation\n{amount}").format(amount=spread)
        ax.annotate(words, (1.02, row), fontsize=8, va="center", annotation_clip=False)
    ax.set_yticks(rows, [contract_label(outcomes.scenario.contracts, name) for name in splits])
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_xlim(0, 1)
    share_axis(ax.xaxis)
    plain(ax)
    label = _("share of the variance; {sample}, {draws} draws of the parameters; 95% intervals")
    ax.set_xlabel(wrapped(label.format(sample=sample_said(outcomes), draws=found[0].draws)))
    least, most = (share(float(end), 0) for end in (part.min(), part.max()))
    title = _("{amount}: {part} of what varies is not knowing").format(
        amount=amount_said(amount), part=least if least == most else f"{least} – {most}"
    )
    ax.set_title(title, loc="left", fontweight="bold", fontsize=11)
    legend_below(ax, 2)
    return ax
