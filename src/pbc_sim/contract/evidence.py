"""Which orders, calls and machines stand behind a KPI of a statement?

Lives here: rows of the ledger, told one by one. May not live here: what they are worth, the
statement around them (`statement.py`).
"""

from __future__ import annotations

import numpy as np

from pbc_sim.language import noted, said, spoken
from pbc_sim.language import translated as _
from pbc_sim.operations.facts import CallKind
from pbc_sim.operations.ledger import Ledger
from pbc_sim.performance.measures import Counted, Measure
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.performance.words import Words
from pbc_sim.world.setting import Setting

__all__ = ["CALL_KINDS", "behind"]

#: Orders listed for one KPI; the rest is counted.
MOST_LISTED = 12
CALL_KINDS = {
    CallKind.ENQUIRY: noted("enquiry"),
    CallKind.COMPLAINT: noted("complaint"),
    CallKind.TECHNICAL: noted("technical"),
}


def behind(measure: Measure, ledger: Ledger, span: tuple[float, float]) -> list[str]:
    """List what counts against the supplier in a span of time (for totals: all that counts)."""
    reviews = ReviewPeriods.of(ledger.setting, measure.review, measure.months)
    facts, kpi = measure.facts(ledger, reviews), measure.entry
    if isinstance(facts, Counted):
        inside = (facts.when >= span[0]) & (facts.when < span[1])
    else:
        inside = (facts.begin < span[1]) & (facts.end > span[0])
    if kpi.kind == "percentile" or (kpi.kind == "ratio" and kpi.unit == "day"):
        slow = facts.part >= np.quantile(facts.part[inside], 0.9) if inside.any() else inside
        against, words = inside & slow, _("{n} {facts} the slowest tenth")
    elif kpi.better == "higher" and kpi.kind == "ratio" and kpi.unit != "1":
        low = facts.part <= np.quantile(facts.part[inside], 0.1) if inside.any() else inside
        against, words = inside & low, _("{n} {facts} the lowest tenth")
    elif kpi.better == "higher" and kpi.kind == "ratio":
        against = inside & (facts.part < facts.whole)
        words = _("{n} {facts} counted against the supplier")
    else:
        against, words = inside & (facts.part != 0), _("{n} {facts} counted")
    which = np.unique(facts.evidence[against])
    named = kpi.counts if spoken() == "en" else Words("id").counts(kpi)
    rows = [words.format(n=len(which), facts=named)] if len(which) else [_("none")]
    rows += [_described(kpi.counts, int(n), ledger) for n in which[:MOST_LISTED]]
    if len(which) > MOST_LISTED:
        rows.append(_("... and {n} more").format(n=len(which) - MOST_LISTED))
    return rows


def _described(counts: str, row: int, ledger: Ledger) -> str:
    setting, lines = ledger.setting, ledger.lines
    if row < 0:
        return _("a part of the opening stock")
    if counts == "machines":
        return _("machine {name}").format(name=setting.machines[row].called)
    if counts == "calls":
        return _call(ledger, row)
    if counts == "units":
        return _("unit {name}").format(name=_unit(setting, row))
    if counts == "items":
        return _("item {name}").format(name=_item(setting, row))
    order = row if counts == "orders" else int(lines.order[row])
    placed = _time(ledger, ledger.orders.placed[order])
    unit = _unit(setting, int(ledger.orders.unit[order]))
    if counts == "orders":
        arrived = lines.delivered[lines.order == order].max()
        words = _("order {order} of {unit}, placed {placed}, delivered {delivered}")
        return words.format(
            order=order + 1, unit=unit, placed=placed, delivered=_time(ledger, arrived)
        )
    returned = int(ledger.returns.units[ledger.returns.line == row].sum())
    back = f", {_('{n} returned').format(n=returned)}" if returned else ""
    words = _("order {order} of {unit}: {wanted}, placed {placed}, delivered {delivered}")
    line = words.format(
        order=order + 1,
        unit=unit,
        wanted=f"{lines.quantity[row]} x {_item(setting, int(lines.item[row]))}",
        placed=placed,
        delivered=_time(ledger, lines.delivered[row]),
    )
    return line + back


def _unit(setting: Setting, row: int) -> str:
    name = setting.unit_names[row]
    return said(setting.terms.demand.units[name].label) or name


def _item(setting: Setting, row: int) -> str:
    name = setting.item_names[row]
    return said(setting.terms.items[name].label) or name


def _call(ledger: Ledger, row: int) -> str:
    calls = ledger.calls
    kind = _(CALL_KINDS[CallKind(calls.kind[row])])
    opened, responded, resolved = (
        _time(ledger, times[row]) for times in (calls.opened, calls.responded, calls.resolved)
    )
    words = _("{kind} call of {opened}, answered {responded}, settled {resolved}")
    return words.format(kind=kind, opened=opened, responded=responded, resolved=resolved)


def _time(ledger: Ledger, when: float) -> str:
    return (
        _("not yet")
        if np.isinf(when)
        else f"{ledger.setting.calendar.date(float(when)):%Y-%m-%d %H:%M}"
    )
