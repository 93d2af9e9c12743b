"""Which unknowns matter together, and in which worlds does a contract fail?

Lives here: pictures of a Morris screening, of Sobol indices and of a failure box.
May not live here: one parameter moved at a time (`sensitivity.py`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from pbc_sim.decision.discovery import FailureBox
from pbc_sim.decision.outcomes import Outcomes
from pbc_sim.errors import PbcError
from pbc_sim.figures import money, numeral, share
from pbc_sim.language import translated as _
from pbc_sim.show.plots.style import (
    BREACH,
    BUYER,
    SUPPLIER,
    TARGET,
    legend_below,
    path_label,
    plain,
    tried_said,
    wrapped,
)

__all__ = ["plot_failure_box", "plot_morris", "plot_sobol"]


def _rows(table: pd.DataFrame, ax: Axes | None, each: float) -> Axes:
    if ax is None:
        size = (9, 1.6 + each * len(table))
        ax = plt.subplots(figsize=size, layout="constrained")[1]
    ax.set_yticks(np.arange(len(table)), [path_label(str(path)) for path in table.index])
    ax.set_ylim(len(table) - 0.4, -0.6)
    plain(ax)
    return ax


def _stands_out(table: pd.DataFrame, name: str) -> bool:
    """Tell whether the first row's interval lies above those of all others."""
    others = table[f"{name}_high"].fillna(table[name]).iloc[1:]
    return bool((table[f"{name}_low"].iloc[0] > others).all())


def plot_sobol(table: pd.DataFrame, *, what: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw which share of an amount's variance each unknown brings, alone and with the others.

    Parameters
    ----------
    table : DataFrame
        What `pbc_sim.decision.sobol_indices` returns.
    what : str, optional
        Which amount it is; buyer's cost where empty.
    ax : matplotlib Axes, optional
        Where to draw; a new figure where empty.

    Returns
    -------
    Axes
        What was drawn on; marks are estimates, with 95% intervals where there are any.
    """
    ax, what = _rows(table, ax, 0.6), what or _("buyer's cost")
    rows = np.arange(len(table))
    for name, words, colour, mark, off in (
        ("first", _("alone (first order)"), BUYER, "o", -0.14),
        ("total", _("with the others (total)"), SUPPLIER, "s", 0.14),
    ):
        low, high = (table[f"{name}_{end}"].fillna(table[name]) for end in ("low", "high"))
        error = np.clip([table[name] - low, high - table[name]], 0, None)
        ax.errorbar(
            table[name], rows + off, xerr=error, fmt=mark, color=colour, capsize=3, label=words
        )
    ax.axvline(0, color=TARGET, lw=0.8)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: share(value, 0)))
    words = _("share of the variance of expected {what} [%]; 95% intervals")
    ax.set_xlabel(wrapped(words.format(what=what)) + tried_said(table))
    title = (
        _("Most of what is uncertain about {what} comes from\n{path}")
        if _stands_out(table, "total")
        else _("Several unknowns make {what} uncertain,\nor these are too few points")
    )
    ax.set_title(title.format(path=table.index[0], what=what), loc="left", fontweight="bold")
    ax.legend(frameon=False, fontsize=8, loc="best")
    return ax


def plot_morris(
    table: pd.DataFrame, *, currency: str, what: str | None = None, ax: Axes | None = None
) -> Axes:
    """Draw how strongly an amount moves with each unknown, and how unevenly.

    Parameters
    ----------
    table : DataFrame
        What `pbc_sim.decision.morris_screening` returns.
    currency : str
        ISO 4217 code.
    what : str, optional
        Which amount it is; buyer's cost where empty.
    ax : matplotlib Axes, optional
        Where to draw; a new figure where empty.

    Returns
    -------
    Axes
        What was drawn on; bars are mean sizes of elementary effects with 95% intervals, diamonds
        their standard deviations.
    """
    ax, what = _rows(table, ax, 0.5), what or _("buyer's cost")
    rows = np.arange(len(table))
    error = [table["mu_star"] - table["mu_star_low"], table["mu_star_high"] - table["mu_star"]]
    ax.barh(rows, table["mu_star"], color=BUYER, alpha=0.8, label=_("mean size of its effects"))
    ax.errorbar(table["mu_star"], rows, xerr=error, fmt="none", color="black", capsize=3, lw=1)
    ax.plot(
        table["sigma"], rows, "D", color=SUPPLIER, mec="white", clip_on=False, zorder=3,
        label=_("spread of its effects: far out, it acts with others or bends"),
    )  # fmt: skip
    ax.set_xlim(left=0)
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: money(value, currency)))
    words = _("change of expected {what} as the parameter goes through its range; 95% intervals")
    ax.set_xlabel(wrapped(words.format(what=what)) + tried_said(table))
    title = (
        _("What moves {what} most is\n{path}")
        if _stands_out(table, "mu_star")
        else _("Several unknowns move {what},\nor these are too few walks to tell which one most")
    )
    ax.set_title(title.format(path=table.index[0], what=what), loc="left", fontweight="bold")
    legend_below(ax, ncols=1)
    return ax


def plot_failure_box(
    box: FailureBox, outcomes: Outcomes, fails: np.ndarray, *, ax: Axes | None = None
) -> Axes:
    """Draw, for each unknown that a failure box restricts, where futures fail and where the box is.

    Parameters
    ----------
    box : FailureBox
        What `pbc_sim.decision.failure_box` returns.
    outcomes : Outcomes
        The futures in which it was found.
    fails : ndarray of bool, of shape (n_replications,)
        Whether the contract fails in each.
    ax : matplotlib Axes, optional
        Where to draw; a new figure where empty.

    Returns
    -------
    Axes
        What was drawn on. A row a parameter, from its smallest to its largest value; frames are
        the box.

    Raises
    ------
    PbcError
        If the box restricts nothing.
    """
    if box.limits.empty:
        raise PbcError("the box restricts nothing, so there is nothing to draw: it is luck.")
    ax = _rows(box.limits, ax, 0.9)
    ax.grid(visible=False)
    ax.spines["bottom"].set_visible(False)
    # Fixed, so that the same futures give the same picture.
    scatter = np.random.default_rng(0).uniform(-0.26, 0.26, len(fails))
    for row, (path, low, high) in enumerate(box.limits[["low", "high"]].itertuples()):
        values = outcomes.parameters.sel(parameter=path).values
        least, most = float(values.min()), float(values.max())
        along = (values - least) / (most - least)
        for which, colour, mark, words in (
            (~fails, "0.6", ".", _("it holds")),
            (fails, BREACH, "x", _("it fails")),
        ):
            ax.plot(
                along[which], row + scatter[which], mark, color=colour, ms=4, alpha=0.8,
                label=words if not row else None,
            )  # fmt: skip
        ends = (np.clip([low, high], least, most) - least) / (most - least)
        ax.add_patch(
            Rectangle(
                (float(ends[0]), row - 0.34), float(ends[1] - ends[0]), 0.68, fill=False,
                ec=BUYER, lw=2, label=_("the box") if not row else None,
            )
        )  # fmt: skip
        for bound, at in zip((low, high), ends, strict=True):
            if np.isfinite(bound):
                ax.annotate(
                    numeral(bound), (float(at), row - 0.36), ha="center", va="bottom", fontsize=8,
                    color=BUYER, fontweight="bold",
                )  # fmt: skip
        for at, value, side in ((0.0, least, "right"), (1.0, most, "left")):
            ax.annotate(
                numeral(value), (at, row), (-6 if side == "right" else 6, 0),
                textcoords="offset points", ha=side, va="center", fontsize=8,
            )  # fmt: skip
    ax.set_xlim(-0.17, 1.17)
    ax.set_xticks([])
    words = _("each parameter from its smallest to its largest value, in its own unit; {n} futures")
    ax.set_xlabel(wrapped(words.format(n=len(fails))))
    title = _("It fails in {inside} of futures in the box,\nand in {outside} of others")
    ax.set_title(
        title.format(
            inside=share(box.inside.estimate, 0), outside=share(box.outside.estimate, 0)
        ),
        loc="left", fontweight="bold",
    )  # fmt: skip
    legend_below(ax, ncols=3)
    return ax
