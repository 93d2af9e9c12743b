"""What moves and what stands where, in one future, so that it can be drawn as it happens?

Lives here: one replication laid out as columns that a browser can play without asking back.
May not live here: drawing (`show/apps/`), the full timeline (`timeline.py`), KPIs, money.
The idea of an animation from an event log is that of the library vidigi.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from pbc_sim.decision.timeline import Trace
from pbc_sim.language import plural, said, spoken
from pbc_sim.language import translated as _
from pbc_sim.operations import Ledger
from pbc_sim.operations.facts import ReturnReason
from pbc_sim.performance.orders import delivered, due
from pbc_sim.performance.words import Words

__all__ = ["Happening", "Parcels", "animated", "happenings", "parcels"]

#: Digits after the point of a day: about a minute and a half.
DIGITS = 3


class Parcels(NamedTuple):
    """What travels from the supplier to a unit: one row a parcel, by the time it leaves.

    Parameters
    ----------
    leaves, arrives : ndarray of float
        When. [day]
    order : ndarray of int
        For which order.
    units, faulty : ndarray of int
        Units in it; of these wrong or found defective on receipt. [unit]
    late : ndarray of float
        When its order falls due under the strictest limit; infinity without a limit. [day]
    """

    leaves: np.ndarray
    arrives: np.ndarray
    order: np.ndarray
    units: np.ndarray
    faulty: np.ndarray
    late: np.ndarray


class Happening(NamedTuple):
    """Something that happened: when [day], what kind of thing, and in words."""

    day: float
    kind: str
    text: str


def parcels(trace: Trace) -> Parcels:
    """Return what travels from the supplier to the units.

    The ledger has what left and what came, each with its order. Parcels of one order are taken to
    arrive in the sequence in which they left; where more came than left on record, what has no
    departure of its own left with the last one before it.

    Examples
    --------
    >>> import pbc_sim as pbc
    >>> told = pbc.trace(pbc.load_scenario("scenarios/pilot_office.yaml"), "in_parts")
    >>> moving = parcels(told)
    >>> bool((moving.leaves <= moving.arrives).all())
    True
    """
    ledger = trace.ledger
    came, sent = ledger.deliveries, ledger.shipments
    order = ledger.lines.order[came.line]
    # One parcel is what came for one order at one instant.
    keys, parcel = np.unique(np.stack([order, came.received]), axis=1, return_inverse=True)
    of_order, arrives = keys[0].astype(int), keys[1]
    leaves = np.full(len(arrives), np.nan)
    for number in np.unique(of_order):
        mine = np.flatnonzero(of_order == number)
        left = np.sort(sent.dispatched[sent.order == number])
        leaves[mine] = _departures(left, arrives[mine])
    units = np.bincount(parcel, came.units, len(arrives)).astype(int)
    faulty = np.bincount(parcel, came.wrong + came.defective, len(arrives)).astype(int)
    by_time = np.argsort(leaves, kind="stable")
    columns = (leaves, arrives, of_order, units, faulty, _due(trace)[of_order])
    return Parcels(*(column[by_time] for column in columns))


def _departures(left: np.ndarray, arrives: np.ndarray) -> np.ndarray:
    """Return when each of the parcels of one order left, given in the order of arrival."""
    if len(left) == len(arrives) and (left <= arrives).all():
        return left
    before = np.searchsorted(left, arrives, side="right") - 1
    known = before >= 0
    # What has no departure at all is shown as it arrives.
    return np.where(known, left[np.maximum(before, 0)] if len(left) else arrives, arrives)


def _due(trace: Trace) -> np.ndarray:
    """Return when each order falls due under the strictest of the limits [day]."""
    n_orders = len(trace.ledger.orders)
    every = [due(trace.ledger, "orders", limit) for limit in trace.limits]
    return np.minimum.reduce([np.full(n_orders, np.inf), *every])


def happenings(trace: Trace) -> list[Happening]:
    """Return what happened in words, in the language that is spoken and the order of time."""
    moving = parcels(trace)
    found = [
        *_ordered(trace),
        *_moved(trace, moving),
        *_overdue(trace),
        *_lots(trace.ledger),
        *_returned(trace.ledger),
        *_machines(trace.ledger),
        *_disrupted(trace.ledger),
    ]
    return sorted(found, key=lambda one: one.day)


def _unit_labels(ledger: Ledger) -> list[str]:
    return [said(unit.label) or n for n, unit in ledger.setting.terms.demand.units.items()]


def _item_labels(ledger: Ledger) -> list[str]:
    return [
        said(item.label) or name.replace("_", " ")
        for name, item in ledger.setting.terms.items.items()
    ]


def _unit_of(ledger: Ledger, order: int) -> str:
    return _unit_labels(ledger)[ledger.orders.unit[order]]


def _ordered(trace: Trace) -> Iterator[Happening]:
    ledger, words = trace.ledger, Words(spoken())
    lines, items, units = ledger.lines, _item_labels(ledger), _unit_labels(ledger)
    asked: dict[int, list[str]] = {}
    for order, item, quantity in zip(lines.order, lines.item, lines.quantity, strict=True):
        asked.setdefault(int(order), []).append(f"{words.number(int(quantity))} {items[item]}")
    for order, what in asked.items():
        text = _("{unit} orders {what} (order {n}).").format(
            unit=units[ledger.orders.unit[order]], what=words.listed(what), n=order + 1
        )
        yield Happening(float(ledger.orders.placed[order]), "order", text)


def _moved(trace: Trace, moving: Parcels) -> Iterator[Happening]:
    for leaves, arrives, order, counted, faulty, late in zip(*moving, strict=True):
        unit, units = _unit_of(trace.ledger, order), int(counted)
        sent = plural(
            "A parcel of {units} unit leaves for {unit} (order {n}).",
            "A parcel of {units} units leaves for {unit} (order {n}).",
            units,
        )
        shown = {"units": units, "unit": unit, "n": order + 1}
        yield Happening(float(leaves), "shipment", sent.format(**shown))
        came = (
            _("{unit} receives {units} units (order {n}); {faulty} of them wrong or defective.")
            if faulty
            else plural(
                "{unit} receives {units} unit (order {n}).",
                "{unit} receives {units} units (order {n}).",
                units,
            )
        )
        text = came.format(**shown, faulty=faulty)
        if arrives > late:
            text += " " + _("It is late.")
        yield Happening(float(arrives), "arrival", text)


def _overdue(trace: Trace) -> Iterator[Happening]:
    ledger = trace.ledger
    for when, order in _breaches(trace):
        text = _("Order {n} of {unit} is overdue.").format(
            n=order + 1, unit=_unit_of(ledger, order)
        )
        yield Happening(when, "overdue", text)


def _breaches(trace: Trace) -> list[tuple[float, int]]:
    """Return when each order first became overdue under any of the limits."""
    first: dict[int, float] = {}
    for when, order in zip(trace.breaches.when, trace.breaches.order, strict=True):
        first.setdefault(int(order), float(when))
    return [(when, order) for order, when in first.items()]


def _lots(ledger: Ledger) -> Iterator[Happening]:
    bought, items = ledger.replenishments, _item_labels(ledger)
    for item, units, ordered, arrived, defective in zip(
        bought.item, bought.units, bought.ordered, bought.arrived, bought.defective, strict=True
    ):
        shown = {"units": units, "item": items[item], "defective": defective}
        text = _("The supplier orders {units} {item} upstream.")
        yield Happening(float(ordered), "lot ordered", text.format(**shown))
        if np.isfinite(arrived):
            text = (
                _("{units} {item} come in; inspection scraps {defective}.")
                if defective
                else _("{units} {item} come in.")
            )
            yield Happening(float(arrived), "lot", text.format(**shown))


def _returned(ledger: Ledger) -> Iterator[Happening]:
    back, items, lines = ledger.returns, _item_labels(ledger), ledger.lines
    for found, line, units, reason in zip(
        back.found, back.line, back.units, back.reason, strict=True
    ):
        why = {
            ReturnReason.WRONG: _("wrong item"),
            ReturnReason.DEFECTIVE_AT_RECEIPT: _("defective on receipt"),
            ReturnReason.DEFECTIVE_IN_USE: _("defective in use"),
            ReturnReason.RECALLED: _("lot recalled"),
        }[ReturnReason(reason)]
        text = _("{unit} sends back {units} {item}: {why}.").format(
            unit=_unit_of(ledger, lines.order[line]),
            units=units,
            item=items[lines.item[line]],
            why=why,
        )
        yield Happening(float(found), "return", text)


def _machines(ledger: Ledger) -> Iterator[Happening]:
    failures, items = ledger.failures, _item_labels(ledger)
    for n in range(len(failures)):
        machine = ledger.setting.machines[failures.machine[n]].called
        text = _("{machine} stands still.") if failures.stands[n] else _("{machine} runs slower.")
        text = text.format(machine=machine)
        if failures.item[n] >= 0:
            text += " " + _("It needs: {item}.").format(item=items[failures.item[n]])
        yield Happening(float(failures.failed[n]), "failure", text)
        if np.isfinite(failures.restored[n]):
            text = _("{machine} runs again.").format(machine=machine)
            yield Happening(float(failures.restored[n]), "restored", text)


def _disrupted(ledger: Ledger) -> Iterator[Happening]:
    spells, terms = ledger.disruptions, list(ledger.setting.terms.disruptions.items())
    for n in range(len(spells)):
        name, disruption = terms[spells.disruption[n]]
        text = _("Disruption: {what}.").format(
            what=said(disruption.label) or name.replace("_", " ")
        )
        yield Happening(float(spells.began[n]), "disruption", text)


def animated(trace: Trace) -> dict[str, Any]:
    """Lay one replication out for a browser: plain lists, times in days since the start.

    Parameters
    ----------
    trace : Trace
        What `pbc_sim.trace` returns.

    Returns
    -------
    dict
        ``title``, ``plan``, ``start`` (date) and ``ends`` [day]; ``units`` and ``items`` (labels);
        ``stock``: for each item the times of its changes, what was on hand and what was waited for
        [unit]; ``storeroom``: the same for parts on the buyer's shelves, else empty; ``machines``:
        for each its name, the times of changes and its output [1]; ``parcels``, ``lots`` and
        ``orders``: columns of what moves; ``events``: what happened in words. Infinity is null.
    """
    ledger = trace.ledger
    setting, moving, bought = ledger.setting, parcels(trace), ledger.replenishments
    _placed, complete = delivered(ledger, "orders")
    overdue = np.full(len(ledger.orders), np.inf)
    for when, order in _breaches(trace):
        overdue[order] = when
    told = happenings(trace)
    return {
        "title": said(trace.title),
        "plan": trace.plan,
        "start": setting.calendar.date(0.0).date().isoformat(),
        "ends": float(setting.ends),
        "units": _unit_labels(ledger),
        "items": _item_labels(ledger),
        "stock": [_stock_of(ledger, item) for item in range(len(setting.item_names))],
        "storeroom": _storeroom(ledger),
        "machines": _machine_steps(ledger),
        "parcels": {
            "leaves": _plain(moving.leaves),
            "arrives": _plain(moving.arrives),
            "unit": ledger.orders.unit[moving.order].tolist(),
            "units": moving.units.tolist(),
            "faulty": moving.faulty.tolist(),
            "late": _plain(moving.late),
        },
        "lots": {
            "leaves": _plain(bought.ordered),
            "arrives": _plain(bought.arrived),
            "item": bought.item.tolist(),
            "units": bought.units.tolist(),
        },
        "orders": {
            "placed": _plain(ledger.orders.placed),
            "unit": ledger.orders.unit.tolist(),
            "complete": _plain(complete),
            "overdue": _plain(overdue),
        },
        "events": {
            "when": [round(one.day, DIGITS) for one in told],
            "kind": [one.kind for one in told],
            "text": [one.text for one in told],
        },
    }


def _plain(times: np.ndarray) -> list[float | None]:
    return [round(float(time), DIGITS) if np.isfinite(time) else None for time in times]


def _stock_of(ledger: Ledger, item: int) -> dict[str, list[Any]]:
    own = ledger.stock.item == item
    return {
        "when": _plain(ledger.stock.changed[own]),
        "on_hand": ledger.stock.on_hand[own].tolist(),
        "waiting": ledger.stock.waiting[own].tolist(),
    }


def _storeroom(ledger: Ledger) -> list[dict[str, Any]]:
    levels, n_items = ledger.storeroom, len(ledger.setting.item_names)
    shelves = levels.unit * n_items + levels.item
    found = []
    for shelf in np.unique(shelves):
        own = shelves == shelf
        found.append(
            {
                "unit": int(shelf // n_items),
                "item": int(shelf % n_items),
                "when": _plain(levels.changed[own]),
                "on_hand": levels.on_hand[own].tolist(),
                "waiting": levels.waiting[own].tolist(),
            }
        )
    return found


def _machine_steps(ledger: Ledger) -> list[dict[str, Any]]:
    states, found = ledger.machine_states, []
    for number, machine in enumerate(ledger.setting.machines):
        own = states.machine == number
        found.append(
            {
                "name": machine.called,
                "unit": machine.unit,
                "when": _plain(states.changed[own]),
                "output": states.output[own].tolist(),
            }
        )
    return found
