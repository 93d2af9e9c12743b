"""How does a dashboard look: each KPI with its band, the weeks, what was settled?

Lives here: one function a picture, from what is known on a day. May not live here: widgets.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd

from pbc_sim.decision.monitoring import Dashboard, KpiSoFar, Monitor
from pbc_sim.decision.monitoring.telling import Dates, settled_told
from pbc_sim.figures import count, money, share
from pbc_sim.language import spoken
from pbc_sim.language import translated as _
from pbc_sim.performance.words import Words
from pbc_sim.show.apps.chart import (
    BAD,
    BUYER,
    GOOD,
    INK,
    MUTED,
    OTHER,
    SUPPLIER,
    Axis,
    Figures,
    Mark,
    Picture,
    area,
    bar,
    dot,
    line,
    rule,
)

__all__ = ["kpi_picture", "settled_picture", "weekly_pictures"]

LOW = 150.0


def _term(dates: Dates) -> Axis:
    """Return the term as an axis, with its months."""
    return Axis(dates.begin, dates.end, dates.months)


def kpi_picture(kpi: KpiSoFar, board: Dashboard, dates: Dates) -> Picture:
    """Draw how a KPI stands so far in each review, with its band and its targets."""
    low, _middle, high = kpi.band
    looks, reviews = kpi.watching.looks, kpi.watching.reviews.edges
    marks: list[Mark] = []
    for begin, end in pairwise(reviews):
        inside = (looks > begin) & (looks <= end) & ~np.isnan(low)
        if inside.any():
            x, floor, ceiling = _from(begin, looks[inside], low[inside], high[inside])
            marks.append(area(x, floor, ceiling, MUTED))
    for review in kpi.reviews:
        ends = min(review.end, dates.end)
        marks.append(line([review.begin, ends], [review.target] * 2, INK, dash="5 4", width=1.5))
        inside = (kpi.looks > review.begin) & (kpi.looks <= review.end)
        marks.append(line(kpi.looks[inside], kpi.value[inside], BUYER, width=2.5))
    for review in kpi.reviews:
        if review.met is not None:
            colour, shape = (GOOD, "circle") if review.met else (BAD, "cross")
            marks.append(dot(review.end, review.value, colour, shape=shape, size=4.5))
    if not math.isnan(kpi.now):
        said = kpi.said(kpi.now, board.currency)
        marks.append(dot(kpi.looks[-1], kpi.now, BUYER, said, size=4, bold=True))
    marks.append(rule(_("today"), x=board.day, colour=MUTED, dash="2 3"))
    targets = [review.target for review in kpi.reviews]
    scale = Axis.over(
        [*kpi.value, *low, *high, *targets],
        lambda value: kpi.said(value, board.currency),
        most=4,
        within=_with_room(*kpi.watching.measure.entry.bounds),
    )
    figures = _kpi_figures(kpi, board, dates)
    says = _kpi_sentence(kpi, board)
    return Picture(kpi.label, says, _term(dates), scale, marks, figures, LOW, 24.0)


def _with_room(low: float, high: float) -> tuple[float, float]:
    """Return the bounds of an axis for a KPI: at its upper bound there is room for a mark."""
    return low, high + 0.02 * (high - low) if math.isfinite(high) else high


def _from(begin: float, looks: np.ndarray, *columns: np.ndarray) -> list[np.ndarray]:
    """Let what begins with a review be seen from its first look on, were it the only one."""
    if len(looks) > 1:
        return [looks, *columns]
    return [np.append(begin, looks), *(np.append(column, column) for column in columns)]


def _kpi_sentence(kpi: KpiSoFar, board: Dashboard) -> str:
    low, _middle, high = kpi.band_now
    said = {
        "kpi": kpi.label,
        "value": kpi.said(kpi.now, board.currency),
        "low": kpi.said(low, board.currency),
        "high": kpi.said(high, board.currency),
        "target": kpi.said(kpi.target, board.currency),
    }
    sentence = _(
        "{kpi} so far {value}; band of natural variation {low} to {high}; target {target}."
    ).format(**said)
    if kpi.missed is not None:
        chance = _("Chance that the running review misses it: {chance} ({low} to {high}).")
        ends = [share(end, 0) for end in kpi.missed.ci95]
        sentence += " " + chance.format(
            chance=share(kpi.missed.estimate, 0), low=ends[0], high=ends[1]
        )
    return sentence


def _kpi_figures(kpi: KpiSoFar, board: Dashboard, dates: Dates) -> Figures:
    verdicts = {True: _("met"), False: _("missed"), None: _("not judged")}
    rows = []
    for review in kpi.reviews:
        running = review.end > board.day
        verdict = _("running") if running else verdicts[review.met]
        value, target = (kpi.said(x, board.currency) for x in (review.value, review.target))
        period = f"{dates.said(review.begin)} – {dates.last_of(review.end)}"
        rows.append((period, value, target, verdict))
    return Figures((_("Review period"), _("Value"), _("Target"), _("Verdict")), tuple(rows))


def weekly_pictures(board: Dashboard, monitor: Monitor, dates: Dates) -> Iterator[Picture]:
    """Yield what happened week by week: defects, fulfilment, responses, ratings."""
    yield _defects(board, dates)
    yield _fulfilment(board, monitor, dates)
    if board.weekly["calls"].sum():
        yield _weekly_line(
            board, dates, "response_median", _("Time until a call is answered"),
            _("median of a week [working hour]"),
        )  # fmt: skip
    if board.weekly["rated"].sum():
        yield _weekly_line(
            board, dates, "rating", _("Units' ratings of deliveries"),
            _("mean mark of a week, 1 to 5"),
        )  # fmt: skip


def _said_number(value: float) -> str:
    return "-" if math.isnan(value) else Words(spoken()).number(round(float(value), 2))


def _weeks(dates: Dates, table: pd.DataFrame, *columns: str) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (f"{week}: {dates.said(row['begin'])}", *(_said_number(row[c]) for c in columns))
        for week, row in table.iterrows()
    )


def _defects(board: Dashboard, dates: Dates) -> Picture:
    table = board.weekly
    marks: list[Mark] = [
        bar((row["begin"] + 0.8, row["end"] - 0.8), (0, row["returns"]), OTHER, opacity=0.35)
        for _week, row in table.iterrows()
    ]
    marks += [
        bar((row["begin"] + 0.8, row["end"] - 0.8), (0, row["defects"]), BAD)
        for _week, row in table.iterrows()
    ]
    marks.append(rule(_("today"), x=board.day, colour=MUTED, dash="2 3"))
    says = _("In all, {defects} units were found defective and {returns} went back.").format(
        defects=count(table["defects"].sum()), returns=count(table["returns"].sum())
    )
    title = _("Units found defective (dark) and sent back (light), by week")
    head = (_("Week"), _("Delivered"), _("Defective"), _("Sent back"))
    rows = _weeks(dates, table, "units", "defects", "returns")
    scale = Axis.over([0, 5, *table["returns"]], count, most=4, within=(0, math.inf))
    return Picture(title, says, _term(dates), scale, marks, Figures(head, rows), LOW, 24.0)


def _fulfilment(board: Dashboard, monitor: Monitor, dates: Dates) -> Picture:
    table = board.weekly
    middle = ((table["begin"] + table["end"]) / 2).to_numpy()
    slow, usual = table["fulfilment_p90"].to_numpy(), table["fulfilment_median"].to_numpy()
    marks: list[Mark] = [
        line(middle, slow, SUPPLIER),
        line(middle, usual, BUYER),
    ]
    limits = [limit.business_days or limit.calendar_length for limit in monitor.limits[:1]]
    for limit in limits:
        words = Words(spoken()).duration(monitor.limits[0])
        marks.append(rule(_("limit {limit}").format(limit=words), y=limit))
    marks.append(rule(_("today"), x=board.day, colour=MUTED, dash="2 3"))
    says = _("In the last week the median was {median}, nine of ten came within {slow}.").format(
        median=_said_number(usual[-1] if len(usual) else math.nan),
        slow=_said_number(slow[-1] if len(slow) else math.nan),
    )
    scale = Axis.over([0, 1, *slow, *limits], _said_number, most=4, within=(0, math.inf))
    head = (_("Week"), _("Orders delivered"), _("Median"), _("Nine of ten within"))
    rows = _weeks(dates, table, "delivered", "fulfilment_median", "fulfilment_p90")
    title = _("Days from order to delivery, by week: median (blue), nine of ten within (orange)")
    return Picture(title, says, _term(dates), scale, marks, Figures(head, rows), LOW, 24.0)


def _weekly_line(board: Dashboard, dates: Dates, column: str, title: str, unit: str) -> Picture:
    table = board.weekly
    middle = ((table["begin"] + table["end"]) / 2).to_numpy()
    values = table[column].to_numpy()
    marks: list[Mark] = [
        line(middle, values, BUYER),
        rule(_("today"), x=board.day, colour=MUTED, dash="2 3"),
    ]
    says = f"{title}, {unit}: {_said_number(values[-1])}"
    scale = Axis.over(values, _said_number, unit, most=4)
    figures = Figures((_("Week"), unit), _weeks(dates, table, column))
    return Picture(title, says, _term(dates), scale, marks, figures, LOW, 24.0)


def settled_picture(board: Dashboard, dates: Dates) -> Picture:
    """Draw what each ended payment period came to: charges, bonuses and deductions."""
    table, currency = board.settled.table, board.currency
    marks: list[Mark] = []
    for _period, row in table.iterrows():
        wide = (row["begin"] + 2.0, row["end"] - 2.0)
        marks.append(bar(wide, (0, row["charges"]), MUTED, opacity=0.35))
        marks.append(bar(wide, (row["charges"], row["charges"] + row["bonuses"]), GOOD))
        marks.append(bar(wide, (row["deductions"], 0), BAD))
    marks.append(rule(x=board.day, colour=MUTED, dash="2 3"))
    marks.append(rule(y=0.0, dash="", colour=INK))

    def said(amount: float) -> str:
        return money(amount, currency)

    says = _("{n} of {all} periods are settled; paid so far: {total}.").format(
        n=len(table), all=board.settled.n_periods, total=said(board.settled.total)
    )
    values = [0.0, *(table["charges"] + table["bonuses"]), *table["deductions"]]
    told = settled_told(board, dates)
    figures = Figures(tuple(map(str, told)), tuple(told.itertuples(index=False, name=None)))
    title = _("Settled so far: charges (grey), bonuses (green, on top), deductions (red, below)")
    scale = Axis.over(values, said, most=4)
    return Picture(title, says, _term(dates), scale, marks, figures, LOW, 24.0)
