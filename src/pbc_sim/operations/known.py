"""What was known on a day of what a ledger tells: the same facts, as far as they had happened.

Lives here: cutting a ledger off at an instant, so that nobody can look ahead.
May not live here: KPIs, judgements, what will probably happen next.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np

from pbc_sim.operations.facts import Closing, Lines, Replenishments, ReturnReason, Table
from pbc_sim.operations.ledger import Ledger

__all__ = ["as_known"]

SomeTable = TypeVar("SomeTable", bound=Table)

#: The column that says when a row was written, of each table that is written row by row.
WRITTEN = {
    "shipments": "dispatched",
    "deliveries": "received",
    "returns": "found",
    "replenishments": "ordered",
    "outgoing": "inspected",
    "recalls": "recalled",
    "stock": "changed",
    "machine_states": "changed",
    "failures": "failed",
    "calibrations": "changed",
    "storeroom": "changed",
    "parts_used": "taken",
    "low_stock": "noticed",
    "calls": "opened",
    "visits": "begun",
    "ratings": "when",
    "survey": "when",
}
#: Columns of later instants, and what is written down with each of them.
LATER: dict[str, dict[str, tuple[str, ...]]] = {
    "replenishments": {
        "arrived": ("inspected", "defective", "short", "sent_back", "judged", "rejected")
    },
    "failures": {"supplied": (), "restored": ("refits",)},
    "calls": {"responded": (), "resolved": ()},
    "visits": {"ended": ("hours",)},
}
#: Columns that number the rows of a table that is cut, and of which one.
NUMBERED = {"order": "orders", "line": "lines"}


def as_known(ledger: Ledger, day: float) -> Ledger:
    """Return what was known before an instant; what happens at or after it has not happened.

    Parameters
    ----------
    ledger : Ledger
        The facts of one replication, or of a real history.
    day : float
        The instant. [day]

    Returns
    -------
    Ledger
        Orders placed before it, and of these what had happened by then; an instant that had not
        come is infinity. Orders and lines are numbered anew. What was given back because no
        replacement was on hand has no instant, so `refunded` is 0.

    Examples
    --------
    >>> from pbc_sim.performance.example import example_ledger
    >>> ledger = example_ledger()
    >>> len(ledger.orders), len(as_known(ledger, 3.0).orders)
    (6, 3)
    """
    ordered = ledger.orders.placed < day
    lines_kept = ordered[ledger.lines.order]
    numbers = {"orders": _renumbered(ordered), "lines": _renumbered(lines_kept)}
    tables: dict[str, Any] = {"orders": _rows(ledger.orders, ordered)}
    tables["lines"] = _lines(_rows(ledger.lines, lines_kept, numbers), day)
    for name, written in WRITTEN.items():
        table = getattr(ledger, name)
        kept = getattr(table, written) < day
        if "order" in vars(table):
            kept &= ordered[table.order]
        tables[name] = _not_yet(_rows(table, kept, numbers), day, LATER.get(name, {}))
    tables |= _interrupted(ledger, day, numbers["orders"])
    known = replace(ledger, **tables)
    return replace(known, closing=_closing(known))


def _renumbered(kept: np.ndarray) -> np.ndarray:
    """Return the new number of each row; -1 of one that is left out."""
    return np.where(kept, np.cumsum(kept) - 1, -1)


def _rows(
    table: SomeTable, kept: np.ndarray, numbers: dict[str, np.ndarray] | None = None
) -> SomeTable:
    columns = {field.name: getattr(table, field.name)[kept] for field in fields(table)}
    for column, of in NUMBERED.items():
        if numbers and column in columns:
            old = columns[column]
            # A part of the opening stock came with no line: -1.
            columns[column] = np.where(old < 0, -1, numbers[of][old]) if len(numbers[of]) else old
    return type(table)(**columns)


def _not_yet(table: SomeTable, day: float, later: dict[str, tuple[str, ...]]) -> SomeTable:
    changed: dict[str, np.ndarray] = {}
    for instant, told_then in later.items():
        when = getattr(table, instant)
        come = when < day
        changed[instant] = np.where(come, when, np.inf)
        for column in told_then:
            values = getattr(table, column)
            changed[column] = np.where(come, values, 0).astype(values.dtype)
    return replace(table, **changed) if changed else table


def _lines(lines: Lines, day: float) -> Lines:
    return replace(
        lines,
        delivered=np.where(lines.delivered < day, lines.delivered, np.inf),
        accepted=np.where(lines.accepted < day, lines.accepted, np.inf),
        refunded=np.zeros_like(lines.refunded),
    )


def _interrupted(ledger: Ledger, day: float, order_numbers: np.ndarray) -> dict[str, Any]:
    """Return the spells that had begun, and of the orders known those that they touched."""
    spells, touched = ledger.disruptions, ledger.touched
    begun = spells.began < day
    known = _rows(spells, begun)
    told = {}
    for instant in ("ended", "noticed", "proved"):
        when = getattr(known, instant)
        told[instant] = np.where(when < day, when, np.inf)
    if not len(touched):
        return {"disruptions": replace(known, **told), "touched": touched}
    kept = (order_numbers[touched.order] >= 0) & begun[touched.disruption]
    rows = _rows(touched, kept)
    renumbered = replace(
        rows,
        order=order_numbers[rows.order],
        disruption=_renumbered(begun)[rows.disruption],
    )
    return {"disruptions": replace(known, **told), "touched": renumbered}


def _closing(known: Ledger) -> Closing:
    """Return where the units of each item were, from what was written down by then [unit]."""
    opening, n_items = known.closing.opening, len(known.closing)
    lines, stock = known.lines, known.stock

    def summed(item: np.ndarray, units: np.ndarray) -> np.ndarray:
        return np.bincount(item, units, n_items).astype(int)

    on_hand, waiting = opening.astype(int), np.zeros(n_items, dtype=int)
    # The log is in time order, and of repeated indices NumPy keeps the last assignment.
    on_hand[stock.item], waiting[stock.item] = stock.on_hand, stock.waiting
    bought: Replenishments = known.replenishments
    come = np.isfinite(bought.arrived)
    delivered = summed(lines.item[known.deliveries.line], known.deliveries.units)
    rejected = summed(lines.item[known.returns.line], known.returns.units)
    wrong = known.returns.reason == ReturnReason.WRONG
    sound_back = summed(lines.item[known.returns.line[wrong]], known.returns.units[wrong])
    owed = summed(lines.item, lines.quantity - lines.cancelled) + rejected
    on_the_way = owed - delivered - waiting
    scrapped = (
        summed(bought.item, bought.defective)
        + summed(known.outgoing.item, known.outgoing.defective)
        + summed(known.recalls.item, known.recalls.units)
    )
    supplied = opening + summed(bought.item, bought.received) + sound_back
    going_back = supplied - on_hand - scrapped - on_the_way - delivered
    on_order = summed(bought.item[~come], bought.units[~come])
    return Closing(opening, on_hand, on_order, waiting, on_the_way, going_back)
