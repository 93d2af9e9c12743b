"""Which target fines bad work and not bad luck?

Lives here: the picture of targets chosen from the natural variation of good work.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pbc_sim.decision.natural_variation import FairTargets
from pbc_sim.decision.wording import in_unit, review_said
from pbc_sim.figures import share
from pbc_sim.language import translated as _
from pbc_sim.show.plots.style import (
    LINES,
    MARKS,
    TARGET,
    caption,
    futures_said,
    legend_below,
    money_axis,
    number_axis,
    plain,
    share_axis,
)

__all__ = ["figure_fair_targets", "plot_fair_targets"]

#: Targets at which each line is reckoned.
POINTS = 200


def _curves(found: FairTargets) -> pd.DataFrame:
    """Return how probably the good plan is fined, a row a length of review and target."""
    written = found.contract.kpis[found.kpi].target
    sign = 1.0 if written.direction == "higher" else -1.0
    reviews = [str(review) for review in found.table.index]
    worst = np.concatenate([found.worst[review][found.plan] for review in reviews])
    # From the most lenient fair target, or the written one, to where good work is mostly fined.
    ends = sign * np.array([*found.table["target"], written.level])
    low, high = float(ends.min()), float(max(ends.max(), np.quantile(worst, 0.9)))
    room = 0.05 * (high - low)
    targets = sign * np.linspace(low - room, high + room, POINTS)
    lowest, highest = found.contract.kpis[found.kpi].kpi.bounds
    rows = []
    for review in reviews:
        for target in targets[(targets >= lowest) & (targets <= highest)].tolist():
            chance = found.missed(review, found.plan, target)
            rows.append((review, target, chance.estimate, *chance.ci95))
    return pd.DataFrame(rows, columns=["review", "target", "fined", "low", "high"])


def plot_fair_targets(found: FairTargets, *, ax: Axes | None = None) -> Axes:
    """Draw how probably luck alone fines good work, by target and length of review.

    Parameters
    ----------
    found : FairTargets
        What `pbc_sim.decision.fair_targets` returns.
    ax : matplotlib Axes, optional
        Where to draw; a new figure where empty.

    Returns
    -------
    Axes
        A line a length of review, with its 95% interval as a shade; a mark stands at the sharpest
        fair target. The upper axis is the dead band that makes the written target as lenient.
    """
    ax = ax or plt.subplots(figsize=(8, 5), layout="constrained")[1]
    clause = found.contract.kpis[found.kpi]
    level, unit = clause.target.level, clause.kpi.unit
    sign = 1.0 if clause.target.direction == "higher" else -1.0
    for n, (review, curve) in enumerate(_curves(found).groupby("review", sort=False)):
        (colour, line), mark = LINES[n % len(LINES)], MARKS[n % len(MARKS)]
        target, fined = curve["target"], curve["fined"]
        ax.fill_between(target, curve["low"], curve["high"], color=colour, alpha=0.15, lw=0)
        ax.plot(target, fined, color=colour, ls=line, lw=1.8)
        row = found.table.loc[str(review), ["target", "fined"]].to_dict()
        ax.plot(row["target"], row["fined"], mark, color=colour, ms=8, mec="white", clip_on=False)
        words = _("reviewed by {review}; fair: {target}").format(
            review=review_said(str(review)),
            target=in_unit(float(row["target"]), unit, found.currency),
        )
        ax.plot([], [], color=colour, ls=line, marker=mark, label=words)
    ax.axhline(
        found.most_fined, color=TARGET, lw=0.8, ls="--",
        label=_("at most so often: {share}").format(share=share(found.most_fined, 0)),
    )  # fmt: skip
    ax.axvline(level, color=TARGET, lw=1, ls=":", label=_("target as written"))

    def dead_band(target: Any) -> Any:
        return sign * (level - target)

    def target_of(band: Any) -> Any:
        return level - sign * band

    upper = ax.secondary_xaxis("top", functions=(dead_band, target_of))
    for axis in (ax.xaxis, upper.xaxis):
        if unit == "1":
            share_axis(axis, 1, ticks=8)
        elif unit == "currency":
            money_axis(axis, found.currency)
        else:
            number_axis(axis)
    written = upper.xaxis.get_major_formatter()
    # Beyond the written target there is no dead band.
    upper.xaxis.set_major_formatter(lambda band, _n: written(band) if band > -1e-12 else "")
    if sign < 0:
        ax.invert_xaxis()  # stricter to the right in all pictures
    share_axis(ax.yaxis)
    ax.set_ylim(-0.02, 1.02)
    plain(ax, "both")
    upper.spines["top"].set_visible(False)
    in_brackets = "" if unit in ("1", "currency") else f" [{clause.kpi.in_words.unit}]"
    words = _("target for '{kpi}'{unit}, stricter to the right")
    ax.set_xlabel(words.format(kpi=found.label, unit=in_brackets))
    upper.set_xlabel(_("or the dead band that leaves the written target"), fontsize=8)
    upper.tick_params(labelsize=8)
    ax.set_ylabel(_("terms with at least one miss"))
    title = _("Luck alone makes '{plan}' miss the written target in {share} of terms")
    review = str(clause.review) if clause.review in found.table.index else found.sharpest
    at_written = found.missed(review, found.plan, level)
    ax.set_title(
        title.format(plan=found.planned(found.plan), share=share(at_written.estimate, 0)),
        loc="left", fontweight="bold", fontsize=11,
    )  # fmt: skip
    legend_below(ax, 2)
    return ax


def _draw_caught(found: FairTargets, ax: Axes) -> None:
    """Draw how often each plan misses the fair target of each length of review."""
    reviews = [str(review) for review in found.table.index]
    plans = [found.plan, *(plan for plan in found.worst[reviews[0]] if plan != found.plan)]
    rows = np.arange(len(reviews))
    for n, plan in enumerate(plans):
        at = found.table["target"].to_dict()
        seen = [found.missed(review, plan, at[review]) for review in reviews]
        middle = np.array([chance.estimate for chance in seen])
        low, high = np.array([chance.ci95 for chance in seen]).T
        off = 0.6 * ((n + 0.5) / len(plans) - 0.5)
        called = found.planned(plan)
        label = called if n else _("{plan}, which deserves full pay").format(plan=called)
        ax.errorbar(
            rows + off, middle, yerr=np.clip([middle - low, high - middle], 0, None),
            fmt=MARKS[n % len(MARKS)], color=LINES[n % len(LINES)][0], capsize=3, ms=5, label=label,
        )  # fmt: skip
    ax.set_xticks(rows, [review_said(review) for review in reviews])
    ax.set_xlim(-0.5, len(reviews) - 0.5)
    share_axis(ax.yaxis)
    ax.set_ylim(-0.02, 1.02)
    plain(ax, "y")
    ax.set_xlabel(_("length of review"))
    ax.set_title(_("What fair targets catch"), loc="left", fontweight="bold", fontsize=11)
    legend_below(ax, 1)


def figure_fair_targets(found: FairTargets) -> Figure:
    """Draw `plot_fair_targets`, and beside it which other plans the fair targets catch."""
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(12, 5.6), sharey=True, layout="constrained", width_ratios=(3, 2)
    )
    plot_fair_targets(found, ax=left)
    _draw_caught(found, right)
    words = _(
        "{sample}. Shades and bars: 95% intervals. Marks: the sharpest target that is fair with "
        "95% confidence."
    )
    caption(figure, words.format(sample=futures_said(found.replications, found.seed)))
    plt.close(figure)
    return figure
