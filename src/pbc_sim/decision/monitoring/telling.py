"""How does a dashboard read: dates, sentences and tables, in the language that is spoken?

Lives here: words of what is known on a day, for pages and terminals alike. May not live here: what
is measured, pictures.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd
from babel.dates import format_date

from pbc_sim.decision.monitoring.dashboard import Dashboard
from pbc_sim.figures import count, money, share, span
from pbc_sim.language import spoken
from pbc_sim.language import translated as _
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.performance.words import Words
from pbc_sim.world.calendar import BusinessCalendar

__all__ = ["Dates", "kpis_told", "overdue_told", "settled_told", "state_told", "units_told"]


class Dates:
    """The days of a term as dates in the language that is spoken.

    Parameters
    ----------
    calendar : BusinessCalendar
        Which day is which date.
    weeks : ReviewPeriods
        The weeks of the term.
    """

    def __init__(self, calendar: BusinessCalendar, weeks: ReviewPeriods) -> None:
        self._calendar = calendar
        self.begin, self.end = (float(edge) for edge in weeks.edges[[0, -1]])

    def said(self, day: float) -> str:
        """Write a day as a date."""
        date = self._calendar.date(day).date()
        return str(format_date(date, "d MMM yyyy", locale=spoken()))

    def last_of(self, end: float) -> str:
        """Write the last day before an instant, as the last one of a period."""
        return self.said(math.ceil(end) - 1)

    @property
    def months(self) -> dict[float, str]:
        """Where months begin, with their names; about twelve of them."""
        starts = self._calendar.month_ends(self.begin, list(range(1, 120)))
        inside = [self.begin, *(float(day) for day in starts if day < self.end)]
        each = max(1, len(inside) // 12)
        return {
            day: str(format_date(self._calendar.date(day).date(), "MMM", locale=spoken()))
            for day in inside[::each]
        }


def state_told(board: Dashboard, dates: Dates) -> tuple[str, ...]:
    """Say what was settled so far, and how much of the caps on deductions is used up."""
    settled = board.settled
    sentence = _(
        "{date}: {n} of {all} payment periods are settled, {total} paid so far, {cut} deducted."
    ).format(
        date=dates.said(board.day),
        n=len(settled.table),
        all=settled.n_periods,
        total=money(settled.total, board.currency),
        cut=money(-float(settled.table["deductions"].sum()), board.currency),
    )
    caps = [
        (
            _("Cap on deductions over the term: {share} of {most} used.")
            if cap.over_the_term
            else _("Cap on deductions of the last period: {share} of {most} used.")
        ).format(share=share(cap.share, 0), most=money(cap.most, board.currency))
        for cap in settled.caps
        if cap.what == "deductions"
    ]
    return (sentence, *caps)


def kpis_told(board: Dashboard) -> pd.DataFrame:
    """Return how each KPI stands, with its band and the chance to miss its target."""
    currency, rows = board.currency, []
    for kpi in board.kpis:
        low, _middle, high = kpi.band_now
        chance = "-"
        if kpi.missed is not None:
            ends = [share(end, 0) for end in kpi.missed.ci95]
            chance = f"{share(kpi.missed.estimate, 0)} {span(*ends)}"
        band = span(kpi.said(low, currency), kpi.said(high, currency))
        target = kpi.said(kpi.target, currency) if kpi.reviews else "-"
        rows.append((kpi.label, kpi.said(kpi.now, currency), band, target, chance))
    head = [
        _("KPI"), _("So far"), _("Band of natural variation"), _("Target"),
        _("Chance to miss the target of the running review"),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=head)


def settled_told(board: Dashboard, dates: Dates) -> pd.DataFrame:
    """Return what each payment period that has ended came to."""
    head = {
        "charges": _("Charges"),
        "bonuses": _("Bonuses"),
        "deductions": _("Deductions"),
        "adjustments": _("Adjustments"),
        "payment": _("Payment"),
    }
    table = board.settled.table
    periods = [
        f"{dates.said(row['begin'])} – {dates.last_of(row['end'])}" for _n, row in table.iterrows()
    ]
    columns = {
        said: [money(amount, board.currency) for amount in table[column]]
        for column, said in head.items()
    }
    return pd.DataFrame({_("Period"): periods} | columns)


def units_told(board: Dashboard) -> pd.DataFrame:
    """Return orders, returns, punctuality and ratings of each ordering unit."""
    units = board.units
    shown = pd.DataFrame(
        {
            _("Unit"): units.index,
            _("Orders"): [count(n) for n in units["orders"]],
            _("Open"): [count(n) for n in units["open"]],
            _("Sent back [unit]"): [count(n) for n in units["returns"]],
        }
    )
    if "on_time" in units:
        shown[_("On time")] = [share(value) for value in units["on_time"]]
    if units["rated"].sum():
        words = Words(spoken())
        shown[_("Rating (1 to 5)")] = [
            "-" if pd.isna(value) else words.number(round(value, 1)) for value in units["rating"]
        ]
    return shown


def overdue_told(board: Dashboard, dates: Dates) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the overdue orders under each limit that has any, below a title."""
    words = Words(spoken())
    for limit, orders in board.overdue.items():
        if not len(orders):
            continue
        shown = pd.DataFrame(
            {
                _("Ordered"): [dates.said(day) for day in orders["placed"]],
                _("Unit"): orders["unit"],
                _("Awaited"): orders["items"],
                _("Days late"): [words.number(round(days, 1)) for days in orders["late"]],
            }
        )
        yield _("Overdue orders (limit {limit})").format(limit=words.duration(limit)), shown
