"""How does an adaptive supplier go on after a bad beginning of a review?

Lives here: the picture of work within reviews.
"""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pbc_sim.decision.adaptive import AdaptiveStudy
from pbc_sim.language import translated as _
from pbc_sim.show.plots.style import (
    BUYER,
    SUPPLIER,
    TARGET,
    caption,
    contract_label,
    legend_below,
    number_axis,
    plain,
    sample_said,
    share_axis,
)

__all__ = ["figure_adaptive"]


def figure_adaptive(studies: Sequence[AdaptiveStudy], kpi: str, *, margin: float = 0.0) -> Figure:
    """Draw a KPI within reviews that begin badly and within others, a panel a contract.

    Parameters
    ----------
    studies : sequence of AdaptiveStudy
        What `pbc_sim.decision.adapt` returns, under contracts that share the KPI.
    kpi : str
        Name of the KPI.
    margin : float
        By how much it must miss its target half-way to count as a bad beginning. [as the KPI]

    Returns
    -------
    Figure
        With 95% intervals.
    """
    figure, axes = plt.subplots(
        1, len(studies), figsize=(1.5 + 4 * len(studies), 4.4), sharey=True, squeeze=False,
        layout="constrained",
    )  # fmt: skip
    for ax, study in zip(axes[0], studies, strict=True):
        found = study.within_review(kpi, margin=margin)
        behind = int(found["reviews"].iloc[0])
        total = study.facts[kpi].shape[1] * len(study.looks) // len(found)
        for name, words, colour, mark in (
            ("on_track", _("other reviews ({n})").format(n=total - behind), BUYER, "o"),
            ("behind", _("behind half-way ({n})").format(n=behind), SUPPLIER, "s"),
        ):
            error = [found[name] - found[f"low_{name}"], found[f"high_{name}"] - found[name]]
            ax.errorbar(
                found.index, found[name], yerr=error, color=colour, marker=mark, capsize=3,
                label=words,
            )  # fmt: skip
        clause = study.adaptive.contracts[study.contract].kpis[kpi]
        ax.axhline(clause.target.level, color=TARGET, ls="--", lw=1, label=_("target"))
        half = found["half"].iloc[0] + 0.5
        ax.axvline(half, color="0.5", lw=0.8, ls=":", label=_("half-way"))
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        if clause.kpi.unit == "1":
            share_axis(ax.yaxis)
        else:
            number_axis(ax.yaxis)
        label = contract_label(study.adaptive.contracts, study.contract)
        ax.set_title(label, loc="left", fontsize=10)
        ax.set_xlabel(_("look within the review [number]"))
        plain(ax, "y")
        # Below, since with few replications the bars fill the panel.
        legend_below(ax, 2)
    unit = "" if clause.kpi.unit == "1" else f" [{clause.kpi.in_words.unit}]"
    axes[0, 0].set_ylabel(
        _("{kpi},\nfrom one look to the next").format(kpi=clause.kpi.in_words.label) + unit
    )
    figure.suptitle(
        _("After a bad beginning an adaptive supplier gives up, or tries harder"),
        fontsize=11, fontweight="bold", x=0.01, ha="left",
    )  # fmt: skip
    words = _("{sample}, for each contract. Bars: 95% intervals.")
    caption(figure, words.format(sample=sample_said(studies[0].adaptive.outcomes)))
    plt.close(figure)
    return figure
