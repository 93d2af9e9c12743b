"""Which words, colours and axes do all pictures share?

Lives here: the palette (Okabe and Ito, safe for the colour-blind), names of amounts, axes of money
and of shares, labels of contracts and plans. May not live here: a picture.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any, Literal

import pandas as pd
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.transforms import ScaledTranslation

from pbc_sim.contract import Contract
from pbc_sim.decision import wording
from pbc_sim.decision.outcomes import Outcomes
from pbc_sim.figures import money, numeral, share
from pbc_sim.language import noted, plural
from pbc_sim.language import translated as _

__all__ = [
    "BANDS",
    "BREACH",
    "BUYER",
    "COLOURS",
    "KPI",
    "LABEL_WIDTH",
    "LINES",
    "MANY_MARKS",
    "MARKS",
    "PATH_WIDTH",
    "RIM",
    "STOCK",
    "SUPPLIER",
    "TARGET",
    "UNDER_WAY",
    "WAITING",
    "Amount",
    "amount_said",
    "caption",
    "contract_label",
    "futures_said",
    "legend_below",
    "money_axis",
    "number_axis",
    "path_label",
    "plain",
    "sample_said",
    "share_axis",
    "tried_said",
    "wrapped",
]

Amount = Literal["buyer_cost", "payments", "supplier_profit"]

BUYER, SUPPLIER, KPI, TARGET = "#0072B2", "#D55E00", "#009E73", "#000000"
STOCK, WAITING, UNDER_WAY, BREACH = "#0072B2", "#E69F00", "#009E73", "#D55E00"
COLOURS: dict[str, str] = {"buyer_cost": BUYER, "payments": BUYER, "supplier_profit": SUPPLIER}
AMOUNTS: dict[str, str] = {
    "buyer_cost": noted("Buyer's total cost"),
    "payments": noted("Payments from buyer to supplier"),
    "supplier_profit": noted("Supplier's profit"),
}
#: Of Okabe and Ito, with lines and marks that differ in print too.
LINES: tuple[tuple[str, Any], ...] = (
    ("#0072B2", "-"),
    ("#D55E00", "--"),
    ("#009E73", "-."),
    ("#CC79A7", ":"),
    ("#E69F00", (0, (5, 1, 1, 1, 1, 1))),
    ("#56B4E9", (0, (1, 1))),
)
MARKS = "osD^vP"
#: Beyond so many marks smaller ones stay apart.
MANY_MARKS = 40
#: Around words that lie on lines.
RIM = (patheffects.withStroke(linewidth=2.5, foreground="white"),)
BANDS = (0.05, 0.25, 0.5, 0.75, 0.95)
#: Longest line of a label beside an axis, and of words below one [character].
LABEL_WIDTH, WORDS_WIDTH = 26, 84
#: From an axis to below its words: what its numbers take, and each line [point].
BELOW_NUMBERS, WORD_LINE = 26, 13
#: Longest line of a path into a scenario beside an axis [character].
PATH_WIDTH = 34


def amount_said(amount: str) -> str:
    """Name an amount as the title of a picture."""
    return _(AMOUNTS[amount])


def contract_label(contracts: Mapping[str, Contract], name: str) -> str:
    """Return what a contract is called for people, over a few lines."""
    return textwrap.fill(wording.contract_label(contracts, name), LABEL_WIDTH)


def path_label(path: str) -> str:
    """Return a path into a scenario over a few lines, broken after dots.

    Examples
    --------
    >>> path_label("world.demand.units.clinic.orders_per_business_day").split()
    ['world.demand.units.clinic.', 'orders_per_business_day']
    """
    *steps, last = path.split(".")
    lines = [""]
    for part in (*(f"{step}." for step in steps), last):
        if lines[-1] and len(lines[-1]) + len(part) > PATH_WIDTH:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


def wrapped(words: str) -> str:
    """Return words below an axis over as many lines as they need, of about the same length."""
    lines = len(textwrap.wrap(words, WORDS_WIDTH))
    return textwrap.fill(words, min(WORDS_WIDTH, len(words) // lines + 8))


def futures_said(replications: int, seed: int) -> str:
    """Say how many futures were simulated, and from which seed."""
    words = plural(
        "{n} simulated replication, seed {seed}",
        "{n} simulated replications, seed {seed}",
        replications,
    )
    return words.format(n=numeral(replications, ",d"), seed=seed)


def tried_said(table: pd.DataFrame) -> str:
    """Say below an axis on what a table of `decision/sensitivity.py` rests; nothing if unknown."""
    if "replications" not in table.attrs:
        return ""
    sample = futures_said(table.attrs["replications"], table.attrs["seed"])
    words = _("{values} values tried; each with {sample}")
    return "\n" + words.format(values=numeral(table.attrs["values"], ",d"), sample=sample)


def sample_said(outcomes: Outcomes) -> str:
    """Say how many futures were simulated, from which seed, and whether others were before them."""
    sample = futures_said(outcomes.replications, outcomes.study.seed)
    before = int(outcomes.scores.replications[0])
    if not before:
        return sample
    # Those before may have chosen what is drawn.
    return _("{sample}, fresh: after the first {before}").format(
        sample=sample, before=numeral(before, ",d")
    )


def money_axis(axis: Axis, currency: str, ticks: int = 5) -> None:
    """Write an axis in readable amounts of money."""
    axis.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _place: money(value, currency)))


def share_axis(axis: Axis, digits: int = 0, ticks: int = 5) -> None:
    """Write an axis in per cent."""
    axis.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _place: share(value, digits)))


def number_axis(axis: Axis, ticks: int = 5) -> None:
    """Write an axis in plain numbers, with the marks of the language."""
    axis.set_major_locator(MaxNLocator(ticks))
    axis.set_major_formatter(FuncFormatter(lambda value, _place: numeral(value, ".6g")))


def plain(ax: Axes, grid: Literal["x", "y", "both"] = "x") -> None:
    """Leave of a frame what carries the axes, and draw a light grid behind."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(axis=grid, color="0.9")
    ax.set_axisbelow(True)


def legend_below(ax: Axes, ncols: int) -> None:
    """Put the legend under the words of the lower axis, however high the picture is."""
    lines = max(2, ax.get_xlabel().count("\n") + 1)
    down = (BELOW_NUMBERS + WORD_LINE * lines) / 72
    below = ScaledTranslation(0, -down, ax.figure.dpi_scale_trans)
    ax.legend(
        frameon=False, fontsize=8, ncols=ncols, loc="upper left", bbox_to_anchor=(0, 0),
        bbox_transform=ax.transAxes + below, borderaxespad=0,
    )  # fmt: skip


def caption(figure: Figure, words: str) -> None:
    """Write what is needed to read a figure below it, in lines that it has room for."""
    # About so many characters of this size stand on an inch.
    width = int(figure.get_figwidth() * 16)
    figure.supxlabel(textwrap.fill(words, width), fontsize=8, color="0.35", x=0.01, ha="left")
