"""How many replications are enough?

Lives here: the picture of half-widths against replications.
"""

from __future__ import annotations

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from pbc_sim.decision.precision import Precision
from pbc_sim.decision.wording import contract_label
from pbc_sim.figures import money, numeral
from pbc_sim.language import translated as _
from pbc_sim.show.plots.style import (
    LINES,
    TARGET,
    Amount,
    amount_said,
    legend_below,
    plain,
    sample_said,
)

__all__ = ["plot_precision"]


def plot_precision(
    found: Precision, amount: Amount = "buyer_cost", *, ax: Axes | None = None
) -> Axes:
    """Draw how the half-widths of an amount shrank as replications were added.

    Parameters
    ----------
    found : Precision
        What `pbc_sim.decision.run_until` returns.
    amount : {"buyer_cost", "payments", "supplier_profit"}
        One whose precision was asked for.
    ax : matplotlib Axes, optional
        Where to draw; a new figure where empty.

    Returns
    -------
    Axes
        A line a contract, and as a thin one the half-width that is wanted of it; both axes in
        powers, on which a half-width falls along a straight line.
    """
    ax = ax or plt.subplots(figsize=(8, 4.8), layout="constrained")[1]
    history = found.history(amount)
    wanted = found.table["wanted"].xs(amount, level="amount")
    currency = found.outcomes.scenario.currency
    one_for_all = wanted.nunique() == 1
    for n, (name, halves) in enumerate(history.items()):
        colour, line = LINES[n % len(LINES)]
        label = contract_label(found.contracts, str(name))
        ax.plot(history.index, halves, color=colour, ls=line, lw=1.8, label=label)
        if not one_for_all:
            ax.axhline(wanted.loc[str(name)], color=colour, ls=line, lw=0.8)
    if one_for_all:
        least = float(wanted.iloc[0])
        words = _("wanted: ± {amount}").format(amount=money(least, currency))
        ax.axhline(least, color=TARGET, lw=0.9, label=words)
    ax.axvline(
        found.predicted, color="0.4", lw=1, ls=":",
        label=_("predicted by the pilot: {n}").format(n=numeral(found.predicted, ",d")),
    )  # fmt: skip
    ax.set_xscale("log")
    ax.set_yscale("log")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_minor_formatter(NullFormatter())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _place: numeral(value, ",.0f")))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _place: money(value, currency)))
    ax.plot(
        found.checked_at, [0.0] * len(found.checked_at), "^", color=TARGET, ms=6, clip_on=False,
        transform=ax.get_xaxis_transform(), label=_("where it was asked whether to stop"),
    )  # fmt: skip
    plain(ax, "both")
    words = _("{sample}; {n} intervals hold together with 95%")
    sample = words.format(sample=sample_said(found.outcomes), n=found.comparisons)
    ax.set_xlabel(f"{_('replications')}\n{sample}")
    ax.set_ylabel(_("half-width of the mean's interval"))
    title = (
        _("{amount} is as sure as wanted after {n} replications")
        if (found.table["half_width"] <= found.table["wanted"]).xs(amount, level="amount").all()
        else _("{amount} is not yet as sure as wanted after {n} replications")
    )
    n_run = numeral(found.outcomes.replications, ",d")
    ax.set_title(
        title.format(amount=amount_said(amount), n=n_run),
        loc="left",
        fontweight="bold",
        fontsize=11,
    )
    legend_below(ax, 2)
    return ax
