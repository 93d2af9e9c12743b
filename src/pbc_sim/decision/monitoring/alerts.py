"""What deserves attention today?

Lives here: one function a kind of alert, from what is known on a day.
May not live here: how anything is measured (`running.py`, `payments.py`, `weekly.py`).
To add a kind of alert: write one function below with `@alert`; nothing else changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from pbc_sim.catalogue import Catalogue
from pbc_sim.decision.monitoring.dashboard import Dashboard
from pbc_sim.figures import money, share
from pbc_sim.language import plural, spoken
from pbc_sim.language import translated as _
from pbc_sim.performance.words import Words

__all__ = ["ALERTS", "Alert", "alert", "alerts_of"]

#: Share of a cap from which on it is nearly used up. [1]
NEARLY = 0.8

#: Chance of missing a target from which on it is at risk. [1]
AT_RISK = 0.5


@dataclass(frozen=True)
class Alert:
    """Something that deserves attention.

    Parameters
    ----------
    kind : str
        Name of the kind.
    severity : {"note", "warning"}
        Whether somebody should know of it, or do something about it.
    text : str
        What it is, in the language that was spoken.
    """

    kind: str
    severity: Literal["note", "warning"]
    text: str


Finder = Callable[[Dashboard], Iterable[tuple[Literal["note", "warning"], str]]]
ALERTS: Catalogue[Finder] = Catalogue("alert")


def alert(find: Finder) -> Finder:
    """File a function as a kind of alert under its own name, and return it unchanged."""
    ALERTS.register(find.__name__)(find)
    return find


def alerts_of(dashboard: Dashboard) -> tuple[Alert, ...]:
    """Return what deserves attention, warnings first, in the language that is spoken."""
    found = [
        Alert(kind, severity, text)
        for kind, find in ALERTS.items()
        for severity, text in find(dashboard)
    ]
    return tuple(sorted(found, key=lambda one: one.severity != "warning"))


@alert
def outside_band(dashboard: Dashboard) -> Iterator[tuple[Literal["warning"], str]]:
    """Yield the KPIs that are worse than natural variation explains."""
    for kpi in dashboard.kpis:
        if kpi.is_worse_than_luck:
            low, _middle, high = kpi.band_now
            text = _(
                "{kpi}: {value} so far, outside the band of natural variation ({low} to {high})."
            )
            shown = {"value": kpi.now, "low": low, "high": high}
            said = {name: kpi.said(value, dashboard.currency) for name, value in shown.items()}
            yield "warning", text.format(kpi=kpi.label, **said)


@alert
def target_at_risk(dashboard: Dashboard) -> Iterator[tuple[Literal["warning"], str]]:
    """Yield the targets that the running review will probably miss."""
    for kpi in dashboard.kpis:
        if kpi.missed is not None and kpi.missed.estimate >= AT_RISK:
            low, high = kpi.missed.ci95
            text = _(
                "{kpi}: the target {target} of the running review is missed in {chance} of the "
                "stored futures, given what is known ({low} to {high})."
            )
            chance = {"chance": kpi.missed.estimate, "low": low, "high": high}
            yield (
                "warning",
                text.format(
                    kpi=kpi.label,
                    target=kpi.said(kpi.target, dashboard.currency),
                    **{name: share(value, 0) for name, value in chance.items()},
                ),
            )


@alert
def cap_nearly_used(dashboard: Dashboard) -> Iterator[tuple[Literal["note", "warning"], str]]:
    """Yield the caps of which little is left: beyond it, worse work costs nothing more."""
    for cap in dashboard.settled.caps:
        if cap.what != "deductions" or not cap.share >= NEARLY:
            continue
        text = (
            _("Deductions have used {share} of the cap of {most} over the term.")
            if cap.over_the_term
            else _("Deductions of the last period used {share} of its cap of {most}.")
        )
        yield (
            "warning",
            text.format(share=share(cap.share, 0), most=money(cap.most, dashboard.currency)),
        )


@alert
def overdue(dashboard: Dashboard) -> Iterator[tuple[Literal["note", "warning"], str]]:
    """Yield how many orders are overdue, under each limit of the contract."""
    for limit, orders in dashboard.overdue.items():
        if not len(orders):
            continue
        text = plural(
            "{n} order is overdue (limit {limit}); the oldest since {days} days.",
            "{n} orders are overdue (limit {limit}); the oldest since {days} days.",
            len(orders),
        )
        words = Words(spoken())
        days = words.number(round(float(orders["late"].iloc[0]), 1))
        yield "note", text.format(n=len(orders), limit=words.duration(limit), days=days)


@alert
def review_missed(dashboard: Dashboard) -> Iterator[tuple[Literal["note"], str]]:
    """Yield the reviews that ended within the last week and missed their target."""
    for kpi in dashboard.kpis:
        for review in kpi.reviews:
            fresh = dashboard.day - dashboard.week_length < review.end <= dashboard.day
            if fresh and review.met is False:
                text = _("{kpi}: a review has ended at {value} and missed its target {target}.")
                value, target = (
                    kpi.said(x, dashboard.currency) for x in (review.value, review.target)
                )
                yield "note", text.format(kpi=kpi.label, value=value, target=target)


@alert
def terminated(dashboard: Dashboard) -> Iterator[tuple[Literal["warning"], str]]:
    """Yield that the contract has been ended early."""
    if dashboard.settled.terminated:
        yield "warning", _("The contract has been terminated.")
