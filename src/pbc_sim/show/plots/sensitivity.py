"""Which of the things that nobody knows matters most?

Lives here: the picture of one parameter moved at a time.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from pbc_sim.figures import numeral
from pbc_sim.language import translated as _
from pbc_sim.show.plots.style import (
    BUYER,
    SUPPLIER,
    TARGET,
    money_axis,
    path_label,
    plain,
    tried_said,
    wrapped,
)

__all__ = ["plot_tornado"]


def _stands_out(table: pd.DataFrame) -> bool:
    """Tell whether the first parameter surely changes the amount by more than any other may."""
    ends = [table[[f"at_{end}_from", f"at_{end}_to"]].to_numpy() for end in ("low", "high")]
    # An interval that holds 0 is no sure change.
    surely = [np.abs(end).min(axis=1) * (np.sign(end).prod(axis=1) > 0) for end in ends]
    at_most = np.max([np.abs(end).max(axis=1) for end in ends], axis=0)
    return bool((at_most[1:] < np.max(surely, axis=0)[0]).all())


def plot_tornado(
    table: pd.DataFrame, *, currency: str, what: str = "", ax: Axes | None = None
) -> Axes:
    """Draw how an amount changes where each parameter turns out low or high, widest on top.

    Parameters
    ----------
    table : DataFrame
        What `pbc_sim.decision.tornado` returns.
    currency : str
        ISO 4217 code.
    what : str
        Which amount it is; the buyer's total cost where empty.
    ax : matplotlib Axes, optional
        Where to draw; a new figure where empty.

    Returns
    -------
    Axes
        What was drawn on; bars are means, with 95% intervals.
    """
    if ax is None:
        ax = plt.subplots(figsize=(9, 1.8 + 0.5 * len(table)), layout="constrained")[1]
    rows, what = np.arange(len(table)), what or _("buyer's cost")
    ends = (("low", BUYER, _("turns out low")), ("high", SUPPLIER, _("turns out high")))
    for end, colour, words in ends:
        mean = table[f"at_{end}"]
        error = [mean - table[f"at_{end}_from"], table[f"at_{end}_to"] - mean]
        ax.barh(rows, mean, color=colour, alpha=0.8, label=words)
        ax.errorbar(mean, rows, xerr=error, fmt="none", color="black", capsize=3, lw=1)
        tips = [table[f"at_{end}_to"].where(mean >= 0, table[f"at_{end}_from"])]
        for row, value, at, tip in zip(rows, table[f"value_{end}"], mean, *tips, strict=True):
            side = 1 if at >= 0 else -1
            ax.annotate(
                numeral(value), (tip, row), (side * 6, -3), textcoords="offset points", fontsize=8,
                ha="left" if side > 0 else "right",
            )  # fmt: skip
    ax.axvline(0, color=TARGET, lw=0.8)
    ax.margins(x=0.15)
    ax.set_yticks(rows, [path_label(str(path)) for path in table.index])
    ax.invert_yaxis()
    money_axis(ax.xaxis, currency)
    plain(ax)
    label = _("change of {what} against the written values, on the same luck; 95% intervals")
    ax.set_xlabel(wrapped(label.format(what=what)) + tried_said(table))
    title = (
        _("What moves {what} most is\n{path}")
        if _stands_out(table)
        else _("Several unknowns move {what},\nor these are too few futures to tell which one most")
    )
    ax.set_title(title.format(path=table.index[0], what=what), loc="left", fontweight="bold")
    # The longest bars are on top, so there is room at the bottom.
    ax.legend(frameon=False, fontsize=8, loc="lower right")
    return ax
