"""How does each fact read as an event: who, what, and what it led to.

Lives here: the rows of a timeline, one function a kind of event, derived from the ledger alone.
May not live here: choosing and ordering them (`timeline.py`), KPIs, money.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from pbc_sim.operations import Ledger
from pbc_sim.operations.facts import CallKind, ReturnReason
from pbc_sim.performance.orders import delivered, fully_cancelled
from pbc_sim.world.disruption import CAUSES

__all__ = ["Breaches", "events"]

SUPPLIER = "supplier"
#: What a returned unit leads to, in the words of the timeline.
RETURNED = {
    ReturnReason.WRONG: "wrong item: goes back on the shelf, and other units take its place",
    ReturnReason.DEFECTIVE_AT_RECEIPT: "defective on receipt: scrapped, and others take its place",
    ReturnReason.DEFECTIVE_IN_USE: "defective in use: scrapped, and others take its place",
    ReturnReason.RECALLED: "lot recalled: scrapped, and others take its place",
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


def _listed(*parts: tuple[int, str]) -> str:
    return ", ".join(f"{number} {words}" for number, words in parts if number) or "nothing wrong"


def _ordered(ledger: Ledger) -> pd.DataFrame:
    units, items = _names(ledger)
    lines = ledger.lines
    led_to = []
    for n in range(len(lines)):
        at_once, lost = int(lines.filled_at_once[n]), int(lines.cancelled[n])
        waiting = int(lines.quantity[n]) - at_once - lost
        words = _listed((at_once, "from stock"), (waiting, "wait for stock"), (lost, "lost"))
        if np.isfinite(lines.delivered[n]):
            words += f"; complete {_date(ledger, lines.delivered[n])}"
        elif lost < lines.quantity[n]:
            words += "; not complete by the end"
        if ledger.orders.for_storeroom[lines.order[n]]:
            words += " (for the storeroom)"
        led_to.append(words)
    return _rows(
        "order placed",
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
        parts = [f"{sent.lines[n]} line{'' if sent.lines[n] == 1 else 's'} leave the supplier"]
        if sent.checked_lines[n]:
            parts.append(f"{sent.checked_lines[n]} checked")
        if sent.expedited[n]:
            parts.append("by express")
        led_to.append(", ".join(parts))
    return _rows("shipment", sent.dispatched, SUPPLIER, led_to, order=sent.order)


def _arrived(ledger: Ledger) -> pd.DataFrame:
    units, items = _names(ledger)
    came, lines = ledger.deliveries, ledger.lines
    led_to = []
    for n in range(len(came)):
        words = _listed((int(came.wrong[n]), "wrong"), (int(came.defective[n]), "found defective"))
        words += ", delivery note wrong" if came.documents_wrong[n] else ""
        led_to.append(words + (" (in place of rejected units)" if came.replacement[n] else ""))
    order = lines.order[came.line]
    return _rows(
        "arrival",
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
        "return",
        back.found,
        units[ledger.orders.unit[order]],
        [RETURNED[ReturnReason(reason)] for reason in back.reason],
        item=items[lines.item[back.line]],
        units=back.units,
        order=order,
    )


def _replenished(ledger: Ledger) -> pd.DataFrame:
    bought, sources = ledger.replenishments, ledger.setting.terms.supply.sources
    led_to = [
        f"goods in {_date(ledger, when)}" if np.isfinite(when) else "not in by the end"
        for when in bought.arrived
    ]
    if sources:
        names = list(sources)
        led_to = [f"{names[s]}: {w}" for s, w in zip(bought.source, led_to, strict=True)]
    _, items = _names(ledger)
    return _rows(
        "replenishment ordered",
        bought.ordered,
        SUPPLIER,
        led_to,
        item=items[bought.item],
        units=bought.units,
    )


def _goods_in(ledger: Ledger) -> pd.DataFrame:
    bought = ledger.replenishments
    came = np.flatnonzero(np.isfinite(bought.arrived))
    _, items = _names(ledger)
    led_to = []
    for n in came:
        words = "shelved unseen"
        if bought.inspected[n]:
            words = f"{bought.inspected[n]} inspected, {bought.defective[n]} scrapped"
        if bought.sent_back[n]:
            words += f"; lot rejected, {bought.sent_back[n]} units go back"
        if bought.short[n]:
            words += f"; {bought.short[n]} units short"
        led_to.append(words)
    return _rows(
        "replenishment arrived",
        bought.arrived[came],
        SUPPLIER,
        led_to,
        item=items[bought.item[came]],
        units=bought.received[came],
    )


def _recalled(ledger: Ledger) -> pd.DataFrame:
    back, (_, items) = ledger.recalls, _names(ledger)
    led_to = ["scrapped from the shelf"] * len(back)
    return _rows("recall", back.recalled, SUPPLIER, led_to, item=items[back.item], units=back.units)


def _disrupted(ledger: Ledger) -> pd.DataFrame:
    spells = ledger.disruptions
    terms = list(ledger.setting.terms.disruptions.items())
    touched = np.bincount(ledger.touched.disruption, minlength=len(spells))
    who, led_to = [], []
    for n in range(len(spells)):
        name, disruption = terms[spells.disruption[n]]
        who.append(disruption.label or name)
        words = f"until {_date(ledger, spells.ended[n])}, touches {touched[n]} orders"
        cause = CAUSES[spells.cause[n]]
        if cause != "ordinary":
            said = "caused by the buyer" if cause == "buyer" else "force majeure"
            words += f"; {said}, notice {_date(ledger, spells.noticed[n])}"
            words += f", proof {_date(ledger, spells.proved[n])}"
        led_to.append(words)
    return _rows("disruption", spells.began, np.array(who, dtype=object), led_to)


def _overdue(ledger: Ledger, breaches: Breaches) -> pd.DataFrame:
    units, _ = _names(ledger)
    _, arrived = delivered(ledger, "orders")
    lost = fully_cancelled(ledger, "orders")
    led_to = []
    for order, limit in zip(breaches.order, breaches.limit, strict=True):
        if lost[order]:
            outcome = "the whole order was lost"
        elif np.isfinite(arrived[order]):
            outcome = f"complete {_date(ledger, arrived[order])}"
        else:
            outcome = "not complete by the end"
        led_to.append(f"limit {limit}; {outcome}")
    return _rows(
        "breach: overdue",
        breaches.when,
        units[ledger.orders.unit[breaches.order]],
        led_to,
        order=breaches.order,
    )


def _machine_names(ledger: Ledger, machine: np.ndarray) -> np.ndarray:
    names = [ledger.setting.machines[number].name for number in machine]
    return np.array(names, dtype=object)


def _until(ledger: Ledger, when: float, words: str) -> str:
    return f"{words} {_date(ledger, when)}" if np.isfinite(when) else f"not {words} by the end"


def _failed(ledger: Ledger) -> pd.DataFrame:
    failures, (_, items) = ledger.failures, _names(ledger)
    led_to = [
        f"{'stands still' if failures.stands[n] else 'runs on with less output'}; "
        f"{_until(ledger, failures.restored[n], 'restored')}"
        for n in range(len(failures))
    ]
    named = np.where(failures.item >= 0, items[failures.item], "")
    who = _machine_names(ledger, failures.machine)
    return _rows("machine failure", failures.failed, who, led_to, item=named)


def _restored(ledger: Ledger) -> pd.DataFrame:
    failures, (_, items) = ledger.failures, _names(ledger)
    done = np.flatnonzero(np.isfinite(failures.restored))
    refits = failures.refits[done]
    led_to = [f"{n} defective parts fitted in vain" if n else "runs in full" for n in refits]
    named = np.where(failures.item[done] >= 0, items[failures.item[done]], "")
    who = _machine_names(ledger, failures.machine[done])
    return _rows("machine restored", failures.restored[done], who, led_to, item=named)


def _noticed(ledger: Ledger) -> pd.DataFrame:
    notices, (units, items) = ledger.low_stock, _names(ledger)
    return _rows(
        "low-stock notice",
        notices.noticed,
        units[notices.unit],
        ["the storeroom's stock and what it has on order"] * len(notices),
        item=items[notices.item],
        units=notices.position,
    )


def _taken(ledger: Ledger) -> pd.DataFrame:
    taken, (units, items) = ledger.parts_used, _names(ledger)
    waited = taken.taken - taken.asked
    led_to = [
        ("at once" if waited[n] <= 0 else f"after {waited[n]:.1f} days")
        + (", turned out defective" if taken.defective[n] else "")
        for n in range(len(taken))
    ]
    return _rows(
        "part taken",
        taken.taken,
        units[taken.unit],
        led_to,
        item=items[taken.item],
        units=np.ones(len(taken)),
    )


def _called(ledger: Ledger) -> pd.DataFrame:
    calls, (units, _) = ledger.calls, _names(ledger)
    led_to = [
        f"{CallKind(calls.kind[n]).name.lower()}{', urgent' if calls.urgent[n] else ''}; "
        f"{_until(ledger, calls.responded[n], 'answered')}, "
        f"{_until(ledger, calls.resolved[n], 'settled')}"
        for n in range(len(calls))
    ]
    who = np.where(calls.unit >= 0, units[calls.unit], "buyer")
    return _rows("call", calls.opened, who, led_to)


def _visited(ledger: Ledger) -> pd.DataFrame:
    visits = ledger.visits
    led_to = [
        f"{'preventive' if visits.preventive[n] else 'corrective'} visit; "
        f"{_until(ledger, visits.ended[n], 'ended')}"
        for n in range(len(visits))
    ]
    return _rows("visit", visits.begun, _machine_names(ledger, visits.machine), led_to)
