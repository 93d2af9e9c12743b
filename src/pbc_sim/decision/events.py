"""How does each fact read as an event: who, what, and what it led to.

Lives here: the rows of a timeline, one function a kind of event, derived from the ledger alone.
May not live here: choosing and ordering them (`timeline.py`), KPIs, money.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from pbc_sim.contract.evidence import CALL_KINDS
from pbc_sim.figures import numeral
from pbc_sim.language import noted, plural, said
from pbc_sim.language import translated as _
from pbc_sim.operations import Ledger
from pbc_sim.operations.facts import CallKind, ReturnReason
from pbc_sim.performance.orders import delivered, fully_cancelled
from pbc_sim.world.disruption import CAUSES

__all__ = ["Breaches", "events"]

#: What a returned unit leads to, in the words of the timeline.
RETURNED = {
    ReturnReason.WRONG: noted("wrong item: goes back on the shelf, and other units take its place"),
    ReturnReason.DEFECTIVE_AT_RECEIPT: noted(
        "defective on receipt: scrapped, and others take its place"
    ),
    ReturnReason.DEFECTIVE_IN_USE: noted("defective in use: scrapped, and others take its place"),
    ReturnReason.RECALLED: noted("lot recalled: scrapped, and others take its place"),
}


class Breaches(NamedTuple):
    """Orders that became overdue: when [day], which order, and the text of the limit."""

    when: np.ndarray
    order: np.ndarray
    limit: list[str]


def events(ledger: Ledger, breaches: Breaches) -> Iterator[pd.DataFrame]:
    """Yield the rows of each kind of event: day, event, who, item, units, order, what it led to.

    The kinds come in the order in which things happen at one instant (DESIGN.md, "The order of
    events"), so that a stable sort by day keeps it.
    """
    yield _shipped(ledger)
    yield _arrived(ledger)
    yield _goods_in(ledger)
    yield _recalled(ledger)
    yield _returned(ledger)
    yield _failed(ledger)
    yield _noticed(ledger)
    yield _ordered(ledger)
    yield _taken(ledger)
    yield _restored(ledger)
    yield _called(ledger)
    yield _visited(ledger)
    yield _replenished(ledger)
    yield _disrupted(ledger)
    yield _overdue(ledger, breaches)


def _rows(
    event: str,
    day: np.ndarray,
    who: np.ndarray | str,
    led_to: list[str],
    *,
    item: np.ndarray | str = "",
    units: np.ndarray | None = None,
    order: np.ndarray | None = None,
) -> pd.DataFrame:
    nothing = np.full(len(day), np.nan)
    return pd.DataFrame(
        {
            "day": np.asarray(day, dtype=float),
            "event": event,
            "who": who,
            "item": item,
            "units": nothing if units is None else np.asarray(units, dtype=float),
            "order": nothing if order is None else np.asarray(order, dtype=float) + 1,
            "led_to": led_to,
        }
    )


def _names(ledger: Ledger) -> tuple[np.ndarray, np.ndarray]:
    setting = ledger.setting
    return np.array(setting.unit_names, dtype=object), np.array(setting.item_names, dtype=object)


def _date(ledger: Ledger, when: float) -> str:
    return f"{ledger.setting.calendar.date(float(when)):%Y-%m-%d %H:%M}"


def _complete(ledger: Ledger, when: float) -> str:
    return _("complete {when}").format(when=_date(ledger, when))


def _listed(*parts: tuple[int, str]) -> str:
    said = (words.format(n=number) for number, words in parts if number)
    return ", ".join(said) or _("nothing wrong")


def _ordered(ledger: Ledger) -> pd.DataFrame:
    units, items = _names(ledger)
    lines = ledger.lines
    led_to = []
    for n in range(len(lines)):
        at_once, lost = int(lines.filled_at_once[n]), int(lines.cancelled[n])
        waiting = int(lines.quantity[n]) - at_once - lost
        words = _listed(
            (at_once, _("{n} from stock")),
            (waiting, _("{n} wait for stock")),
            (lost, _("{n} lost")),
        )
        if np.isfinite(lines.delivered[n]):
            words += "; " + _complete(ledger, lines.delivered[n])
        elif lost < lines.quantity[n]:
            words += "; " + _("not complete by the end")
        if ledger.orders.for_storeroom[lines.order[n]]:
            words += f" ({_('for the storeroom')})"
        led_to.append(words)
    return _rows(
        _("order placed"),
        ledger.orders.placed[lines.order],
        units[ledger.orders.unit[lines.order]],
        led_to,
        item=items[lines.item],
        units=lines.quantity,
        order=lines.order,
    )


def _shipped(ledger: Ledger) -> pd.DataFrame:
    sent = ledger.shipments
    led_to = []
    for n in range(len(sent)):
        lines = int(sent.lines[n])
        leave = plural("{n} line leaves the supplier", "{n} lines leave the supplier", lines)
        parts = [leave.format(n=lines)]
        if sent.checked_lines[n]:
            parts.append(_("{n} checked").format(n=sent.checked_lines[n]))
        if sent.expedited[n]:
            parts.append(_("by express"))
        led_to.append(", ".join(parts))
    return _rows(_("shipment"), sent.dispatched, _("supplier"), led_to, order=sent.order)


def _arrived(ledger: Ledger) -> pd.DataFrame:
    units, items = _names(ledger)
    came, lines = ledger.deliveries, ledger.lines
    led_to = []
    for n in range(len(came)):
        words = _listed(
            (int(came.wrong[n]), _("{n} wrong")), (int(came.defective[n]), _("{n} found defective"))
        )
        words += f", {_('delivery note wrong')}" if came.documents_wrong[n] else ""
        words += f" ({_('in place of rejected units')})" if came.replacement[n] else ""
        led_to.append(words)
    order = lines.order[came.line]
    return _rows(
        _("arrival"),
        came.received,
        units[ledger.orders.unit[order]],
        led_to,
        item=items[lines.item[came.line]],
        units=came.units,
        order=order,
    )


def _returned(ledger: Ledger) -> pd.DataFrame:
    units, items = _names(ledger)
    back, lines = ledger.returns, ledger.lines
    order = lines.order[back.line]
    return _rows(
        _("return"),
        back.found,
        units[ledger.orders.unit[order]],
        [_(RETURNED[ReturnReason(reason)]) for reason in back.reason],
        item=items[lines.item[back.line]],
        units=back.units,
        order=order,
    )


def _replenished(ledger: Ledger) -> pd.DataFrame:
    bought, sources = ledger.replenishments, ledger.setting.terms.supply.sources
    led_to = [
        _("goods in {when}").format(when=_date(ledger, when))
        if np.isfinite(when)
        else _("not in by the end")
        for when in bought.arrived
    ]
    if sources:
        names = list(sources)
        led_to = [f"{names[s]}: {w}" for s, w in zip(bought.source, led_to, strict=True)]
    items = _names(ledger)[1]
    return _rows(
        _("replenishment ordered"),
        bought.ordered,
        _("supplier"),
        led_to,
        item=items[bought.item],
        units=bought.units,
    )


def _goods_in(ledger: Ledger) -> pd.DataFrame:
    bought = ledger.replenishments
    came = np.flatnonzero(np.isfinite(bought.arrived))
    items = _names(ledger)[1]
    led_to = []
    for n in came:
        words = _("shelved unseen")
        if bought.inspected[n]:
            words = _("{n} inspected, {scrapped} scrapped").format(
                n=bought.inspected[n], scrapped=bought.defective[n]
            )
        if bought.sent_back[n]:
            back = _("lot rejected, {n} units go back").format(n=bought.sent_back[n])
            words += f"; {back}"
        if bought.short[n]:
            words += f"; {_('{n} units short').format(n=bought.short[n])}"
        led_to.append(words)
    return _rows(
        _("replenishment arrived"),
        bought.arrived[came],
        _("supplier"),
        led_to,
        item=items[bought.item[came]],
        units=bought.received[came],
    )


def _recalled(ledger: Ledger) -> pd.DataFrame:
    back, items = ledger.recalls, _names(ledger)[1]
    led_to = [_("scrapped from the shelf")] * len(back)
    named, supplier = items[back.item], _("supplier")
    return _rows(_("recall"), back.recalled, supplier, led_to, item=named, units=back.units)


def _disrupted(ledger: Ledger) -> pd.DataFrame:
    spells = ledger.disruptions
    terms = list(ledger.setting.terms.disruptions.items())
    touched = np.bincount(ledger.touched.disruption, minlength=len(spells))
    who, led_to = [], []
    for n in range(len(spells)):
        name, disruption = terms[spells.disruption[n]]
        who.append(said(disruption.label) or name)
        words = _("until {when}, touches {n} orders").format(
            when=_date(ledger, spells.ended[n]), n=touched[n]
        )
        cause = CAUSES[spells.cause[n]]
        if cause != "ordinary":
            excuse = _("caused by the buyer") if cause == "buyer" else _("force majeure")
            told = _("notice {noticed}, proof {proved}").format(
                noticed=_date(ledger, spells.noticed[n]), proved=_date(ledger, spells.proved[n])
            )
            words += f"; {excuse}, {told}"
        led_to.append(words)
    return _rows(_("disruption"), spells.began, np.array(who, dtype=object), led_to)


def _overdue(ledger: Ledger, breaches: Breaches) -> pd.DataFrame:
    units, arrived = _names(ledger)[0], delivered(ledger, "orders")[1]
    lost = fully_cancelled(ledger, "orders")
    led_to = []
    for order, limit in zip(breaches.order, breaches.limit, strict=True):
        if lost[order]:
            outcome = _("the whole order was lost")
        elif np.isfinite(arrived[order]):
            outcome = _complete(ledger, arrived[order])
        else:
            outcome = _("not complete by the end")
        led_to.append(f"{_('limit {limit}').format(limit=limit)}; {outcome}")
    return _rows(
        _("breach: overdue"),
        breaches.when,
        units[ledger.orders.unit[breaches.order]],
        led_to,
        order=breaches.order,
    )


def _machine_names(ledger: Ledger, machine: np.ndarray) -> np.ndarray:
    names = [ledger.setting.machines[number].name for number in machine]
    return np.array(names, dtype=object)


def _until(ledger: Ledger, when: float, done: str, never: str) -> str:
    return done.format(when=_date(ledger, when)) if np.isfinite(when) else never


def _failed(ledger: Ledger) -> pd.DataFrame:
    failures, items = ledger.failures, _names(ledger)[1]
    led_to = []
    for n in range(len(failures)):
        how = _("stands still") if failures.stands[n] else _("runs on with less output")
        when = failures.restored[n]
        restored = _until(ledger, when, _("restored {when}"), _("not restored by the end"))
        led_to.append(f"{how}; {restored}")
    named = np.where(failures.item >= 0, items[failures.item], "")
    who = _machine_names(ledger, failures.machine)
    return _rows(_("machine failure"), failures.failed, who, led_to, item=named)


def _restored(ledger: Ledger) -> pd.DataFrame:
    failures, items = ledger.failures, _names(ledger)[1]
    done = np.flatnonzero(np.isfinite(failures.restored))
    refits = failures.refits[done]
    in_vain = _("{n} defective parts fitted in vain")
    led_to = [in_vain.format(n=n) if n else _("runs in full") for n in refits]
    named = np.where(failures.item[done] >= 0, items[failures.item[done]], "")
    who = _machine_names(ledger, failures.machine[done])
    return _rows(_("machine restored"), failures.restored[done], who, led_to, item=named)


def _noticed(ledger: Ledger) -> pd.DataFrame:
    notices, (units, items) = ledger.low_stock, _names(ledger)
    return _rows(
        _("low-stock notice"),
        notices.noticed,
        units[notices.unit],
        [_("the storeroom's stock and what it has on order")] * len(notices),
        item=items[notices.item],
        units=notices.position,
    )


def _taken(ledger: Ledger) -> pd.DataFrame:
    taken, (units, items) = ledger.parts_used, _names(ledger)
    waited, after = taken.taken - taken.asked, _("after {days} days")
    led_to = [
        (_("at once") if waited[n] <= 0 else after.format(days=numeral(waited[n], ".1f")))
        + (f", {_('turned out defective')}" if taken.defective[n] else "")
        for n in range(len(taken))
    ]
    return _rows(
        _("part taken"),
        taken.taken,
        units[taken.unit],
        led_to,
        item=items[taken.item],
        units=np.ones(len(taken)),
    )


def _called(ledger: Ledger) -> pd.DataFrame:
    calls, units = ledger.calls, _names(ledger)[0]
    led_to = []
    for n in range(len(calls)):
        kind = _(CALL_KINDS[CallKind(calls.kind[n])])
        urgent = f", {_('urgent')}" if calls.urgent[n] else ""
        answered = _until(
            ledger, calls.responded[n], _("answered {when}"), _("not answered by the end")
        )
        settled = _until(
            ledger, calls.resolved[n], _("settled {when}"), _("not settled by the end")
        )
        led_to.append(f"{kind}{urgent}; {answered}, {settled}")
    who = np.where(calls.unit >= 0, units[calls.unit], _("buyer"))
    return _rows(_("call"), calls.opened, who, led_to)


def _visited(ledger: Ledger) -> pd.DataFrame:
    visits = ledger.visits
    led_to = []
    for n in range(len(visits)):
        kind = _("preventive visit") if visits.preventive[n] else _("corrective visit")
        ended = _until(ledger, visits.ended[n], _("ended {when}"), _("not ended by the end"))
        led_to.append(f"{kind}; {ended}")
    return _rows(_("visit"), visits.begun, _machine_names(ledger, visits.machine), led_to)
