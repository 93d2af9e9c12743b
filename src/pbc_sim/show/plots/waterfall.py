"""What is a payment made of, and what is lost to which cause?

Lives here: the picture of a payment by clause and by cause.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pbc_sim.decision.payment_causes import Waterfall
from pbc_sim.decision.wording import contract_label, plan_label
from pbc_sim.figures import money, numeral
from pbc_sim.language import translated as _
from pbc_sim.show.plots.style import BUYER, KPI, SUPPLIER, caption, money_axis, plain

__all__ = ["figure_waterfall"]


class _Steps(NamedTuple):
    names: list[str]
    begin: np.ndarray
    change: np.ndarray
    error: np.ndarray


def _steps(waterfall: Waterfall) -> _Steps:
    """Return where each line begins and by how much it moves the payment, without the charges."""
    table = waterfall.by_clause
    lines = table.iloc[1:-1]
    change = lines["amount"].to_numpy()
    begin = table["amount"].iloc[0] + np.concatenate(([0.0], np.cumsum(change)[:-1]))
    return _Steps(list(lines.index), begin, change, _half_widths(lines))


def _half_widths(table: pd.DataFrame) -> np.ndarray:
    width: np.ndarray = (table["high"] - table["low"]).to_numpy() / 2
    return width


def figure_waterfall(waterfall: Waterfall) -> Figure:
    """Draw what each clause adds to the charges, and what would be paid more without each cause.

    Parameters
    ----------
    waterfall : Waterfall
        What `pbc_sim.decision.payment_waterfall` returns.

    Returns
    -------
    Figure
        Mean amounts with 95% intervals.
    """
    steps, causes = _steps(waterfall), waterfall.by_cause
    rows = max(len(steps.names) + 2, len(causes))
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 1.8 + 0.4 * rows), layout="constrained")
    table = waterfall.by_clause
    charges, paid = table["amount"].iloc[0], table["amount"].iloc[-1]
    names = [waterfall.line_said(name) for name in (str(table.index[0]), *steps.names, "paid")]
    colours = [KPI if amount >= 0 else SUPPLIER for amount in steps.change]
    left.barh(range(1, len(names) - 1), steps.change, left=steps.begin, color=colours)
    left.errorbar(
        steps.begin + steps.change, range(1, len(names) - 1), xerr=steps.error, fmt="none",
        color="black", capsize=3, lw=1,
    )  # fmt: skip
    for n, amount in ((0, charges), (len(names) - 1, paid)):
        left.plot(amount, n, "|", color=BUYER, ms=20, mew=3)
        left.annotate(money(amount, waterfall.currency), (amount, n), (6, 8),
                      textcoords="offset points", fontsize=8)  # fmt: skip
    left.margins(x=0.14)
    _finish(left, names, waterfall.currency)
    left.set_title(_("What each clause adds or takes"), loc="left", fontweight="bold")
    words = _("payment over the term, charges first")
    if left.get_xlim()[0] > 0:
        words = _("{words}; the axis does not begin at 0").format(words=words)
    left.set_xlabel(words)
    right.barh(range(len(causes)), causes["change"], color=BUYER)
    right.errorbar(
        causes["change"], range(len(causes)), xerr=_half_widths(causes), fmt="none", color="black",
        capsize=3, lw=1,
    )  # fmt: skip
    without = _("without {cause}")
    named = [
        _("without all of them")
        if name == "together"
        else without.format(cause=waterfall.line_said(name))
        for name in causes.index
    ]
    _finish(right, named, waterfall.currency)
    right.set_title(_("Paid more without a cause"), loc="left", fontweight="bold")
    right.set_xlabel(_("change over the term, on the same luck"))
    n = len(next(iter(waterfall.lines.values())))
    words = _(
        "'{contract}', plan {plan}, means of {n} simulated replications. Thin bars: 95% intervals."
    )
    caption(
        figure,
        words.format(
            contract=contract_label(waterfall.scenario.contracts, waterfall.contract),
            plan=plan_label(waterfall.scenario, waterfall.plan),
            n=numeral(n, ",d"),
        ),
    )
    plt.close(figure)
    return figure


def _finish(ax: Axes, names: list[str], currency: str) -> None:
    ax.set_yticks(range(len(names)), names)
    ax.invert_yaxis()
    money_axis(ax.xaxis, currency)
    plain(ax)
