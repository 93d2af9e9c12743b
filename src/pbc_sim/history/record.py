"""What happened under a real contract, by the table that its officer keeps of orders?

Lives here: the reading of that table into a ledger, and the same table written of a ledger.
May not live here: its columns and cells (`rows.py`), KPIs, payments.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import chain

import numpy as np

from pbc_sim.contract import Contract
from pbc_sim.errors import PbcError
from pbc_sim.history.rows import COLUMNS, Row, rows_of
from pbc_sim.language import spoken
from pbc_sim.language import translated as _
from pbc_sim.operations import Ledger
from pbc_sim.operations.facts import (
    Closing,
    Deliveries,
    Lines,
    Orders,
    OutgoingInspections,
    Recalls,
    Replenishments,
    ReturnReason,
    Returns,
    Shipments,
    StockLevels,
)
from pbc_sim.performance.words import Words
from pbc_sim.world import Setting

__all__ = ["Record", "read_record", "record_of", "require_recorded"]

#: Tables of a ledger that a record fills.
FILLED = frozenset({"orders", "lines", "deliveries", "returns"})

#: KPIs that ask of a line what no officer of the buyer sees: what was on the supplier's shelf.
OF_THE_SHELF = frozenset({"fill_rate", "order_fill", "stockout_lines"})


@dataclass(frozen=True)
class Record:
    """What was written down of a contract so far.

    Parameters
    ----------
    name : str
        Name of the file.
    ledger : Ledger
        What has happened.
    until : float
        The last instant that was written down. [day]
    """

    name: str
    ledger: Ledger
    until: float


@dataclass(frozen=True)
class _Line:
    """The rows of one order line."""

    order: int
    rows: list[Row]

    @property
    def ordered(self) -> list[Row]:
        """What was ordered: all but replacements."""
        return [row for row in self.rows if not row.replacement]

    @property
    def quantity(self) -> int:
        """Units ordered [unit]."""
        return sum(row.quantity for row in self.ordered)

    @property
    def delivered(self) -> float:
        """When the last unit had arrived; infinity where one is awaited [day]."""
        return max(row.delivered for row in self.ordered)

    @property
    def accepted(self) -> float:
        """When the line first was complete in good units; infinity before that [day]."""
        events = [(row.delivered, row.quantity - row.wrong - row.defective) for row in self.rows]
        events += [(row.failed_on, -row.failed) for row in self.rows if row.failed]
        good = 0
        for when, units in sorted(events):
            good += units
            if good == self.quantity:
                return when
        return math.inf


def read_record(text: str, name: str, setting: Setting) -> Record:
    r"""Read a record of orders and deliveries.

    Parameters
    ----------
    text : str
        A table separated by comma, semicolon or tab: one row for what came together of an order
        line, or is still awaited of it, with the columns ``order``, ``ordered``, ``item``,
        ``quantity`` and ``delivered``, and as needed ``unit``, ``line``, ``wrong``,
        ``defective``, ``documents_wrong``, ``replacement``, ``failed`` and ``failed_on``.
    name : str
        Name of the file, for messages.
    setting : Setting
        Calendar, ordering units and catalogue of the scenario that tells of this contract.

    Raises
    ------
    PbcError
        One sentence with row and column, where the table breaks a rule.

    Notes
    -----
    A date without a time counts as noon. Rows of the same order, line and item are one line,
    whose quantity is their sum without replacements. Such a record knows no disruptions.

    Examples
    --------
    >>> import pbc_sim as pbc
    >>> setting = pbc.load_scenario("scenarios/pilot_office.yaml").setting
    >>> item = setting.item_names[0]
    >>> table = f"order;ordered;item;quantity;delivered\n7;2024-01-02;{item};5;2024-01-04"
    >>> read_record(table, "orders.csv", setting).ledger.lines.delivered
    array([3.5])
    """
    rows = sorted(rows_of(text, name, setting), key=lambda row: row.ordered)
    if not rows:
        raise PbcError(_("{file}: there is no order in it; add a row for each.").format(file=name))
    numbers: dict[str, tuple[int, Row]] = {}
    lines: dict[tuple[int, str, int], _Line] = {}
    for row in rows:
        number, first = numbers.setdefault(row.order, (len(numbers), row))
        if (first.ordered, first.unit) != (row.ordered, row.unit):
            rule = _("{place}: order {order} has another unit or time of ordering than in {other}.")
            raise PbcError(rule.format(place=row.place, order=row.order, other=first.place))
        lines.setdefault((number, row.line, row.item), _Line(number, [])).rows.append(row)
    for line in lines.values():
        _require_balance(line)
    instants = chain.from_iterable((row.ordered, row.delivered, row.failed_on) for row in rows)
    until = max(when for when in instants if math.isfinite(when))
    firsts = [first for _number, first in numbers.values()]
    return Record(name, _ledger(firsts, list(lines.values()), setting), until)


def require_recorded(contract: Contract) -> None:
    """Refuse a contract that asks for facts which no record of orders tells.

    Raises
    ------
    PbcError
        With the first KPI that cannot be read.
    """
    for measure in contract.needs().measures:
        if set(measure.entry.data) <= FILLED and measure.entry.name not in OF_THE_SHELF:
            continue
        said = _(
            "the contract goes by the KPI “{kpi}”, which is not read from orders, deliveries and "
            "returns, and a record has no more; choose a contract without it."
        )
        raise PbcError(said.format(kpi=Words(spoken()).label(measure.entry)))


def _require_balance(line: _Line) -> None:
    rejected = sum(row.wrong + row.defective + row.failed for row in line.rows)
    replaced = sum(row.quantity for row in line.rows if row.replacement)
    last = line.rows[-1]
    if not line.ordered:
        said = _("{place}: it replaces units of a line that has no row of its own; add that row.")
        raise PbcError(said.format(place=last.place))
    if replaced > rejected:
        said = _(
            "{place}: {replaced} units of this line are replacements, but only {rejected} were "
            "wrong, defective or failed; correct one of the two."
        )
        raise PbcError(said.format(place=last.place, replaced=replaced, rejected=rejected))


def _ledger(orders: Sequence[Row], lines: Sequence[_Line], setting: Setting) -> Ledger:
    """Return the facts; tables of what no record tells are empty."""
    item, quantity = _whole(line.rows[0].item for line in lines), _whole(x.quantity for x in lines)
    nothing = np.zeros(len(lines), dtype=int)
    none_of_an_item = np.zeros(len(setting.item_names), dtype=int)
    return Ledger(
        setting=setting,
        seed=0,
        replication=0,
        orders=Orders(
            _days(row.ordered for row in orders),
            _whole(row.unit for row in orders),
            np.zeros(len(orders), dtype=bool),
        ),
        lines=Lines(
            _whole(line.order for line in lines),
            item,
            quantity,
            quantity * setting.prices[item],
            nothing,
            nothing,
            nothing,
            _days(line.delivered for line in lines),
            _days(line.accepted for line in lines),
        ),
        shipments=Shipments.empty(),
        deliveries=_deliveries(lines),
        returns=_returns(lines),
        replenishments=Replenishments.empty(),
        outgoing=OutgoingInspections.empty(),
        recalls=Recalls.empty(),
        stock=StockLevels.empty(),
        closing=Closing(*[none_of_an_item] * len(fields(Closing))),
    )


def _days(values: Iterable[float]) -> np.ndarray:
    return np.array(list(values), dtype=float)


def _whole(values: Iterable[int]) -> np.ndarray:
    return np.array(list(values), dtype=int)


def _deliveries(lines: Sequence[_Line]) -> Deliveries:
    come = [(n, row) for n, line in enumerate(lines) for row in line.rows]
    come = sorted((one for one in come if math.isfinite(one[1].delivered)), key=_received)
    return Deliveries(
        _days(row.delivered for _n, row in come),
        _whole(n for n, _row in come),
        _whole(row.quantity for _n, row in come),
        _whole(row.wrong for _n, row in come),
        _whole(row.defective for _n, row in come),
        np.array([row.documents_wrong for _n, row in come], dtype=bool),
        np.array([row.replacement for _n, row in come], dtype=bool),
    )


def _received(one: tuple[int, Row]) -> float:
    return one[1].delivered


def _returns(lines: Sequence[_Line]) -> Returns:
    found = sorted(
        (when, n, units, reason)
        for n, line in enumerate(lines)
        for row in line.rows
        for when, units, reason in (
            (row.delivered, row.wrong, ReturnReason.WRONG),
            (row.delivered, row.defective, ReturnReason.DEFECTIVE_AT_RECEIPT),
            (row.failed_on, row.failed, ReturnReason.DEFECTIVE_IN_USE),
        )
        if units
    )
    return Returns(
        _days(when for when, _n, _units, _reason in found),
        _whole(n for _when, n, _units, _reason in found),
        _whole(units for _when, _n, units, _reason in found),
        _whole(reason for _when, _n, _units, reason in found),
    )


def record_of(ledger: Ledger) -> str:
    """Write a ledger as a record, as an example of the table, or to try the reading.

    Orders for storerooms, and what was cancelled or recalled, have no place in it.

    Examples
    --------
    >>> from pbc_sim.performance.example import example_ledger
    >>> print(record_of(example_ledger()).splitlines()[1])
    1,2024-01-01 12:00:00,office,1,paper,2,2024-01-01 12:00:00,0,0,no,no,0,
    """
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(COLUMNS)
    lines, came = ledger.lines, ledger.deliveries
    awaited = lines.quantity - lines.cancelled
    np.subtract.at(awaited, came.line[~came.replacement], came.units[~came.replacement])
    of_line: dict[int, list[int]] = {}
    for row, line in enumerate(came.line):
        of_line.setdefault(int(line), []).append(row)
    for line in np.flatnonzero(~ledger.orders.for_storeroom[lines.order]):
        head = _head_of(ledger, int(line))
        failures = _failures_of(ledger, int(line))
        for row in of_line.get(int(line), []):
            table.writerows([*head, *part] for part in _parts_of(ledger, row, failures))
        if awaited[line]:
            table.writerow([*head, awaited[line], "", 0, 0, "no", "no", 0, ""])
    return written.getvalue()


def _head_of(ledger: Ledger, line: int) -> list[object]:
    setting, order = ledger.setting, ledger.lines.order[line]
    return [
        order + 1,
        setting.calendar.date(ledger.orders.placed[order]),
        setting.unit_names[ledger.orders.unit[order]],
        line - np.searchsorted(ledger.lines.order, order) + 1,
        setting.item_names[ledger.lines.item[line]],
    ]


def _failures_of(ledger: Ledger, line: int) -> list[tuple[float, int]]:
    """Return when units of a line were found to fail in use, and how many each time."""
    back = ledger.returns
    rows = np.flatnonzero((back.line == line) & back.are([ReturnReason.DEFECTIVE_IN_USE]))
    return [(float(back.found[row]), int(back.units[row])) for row in rows]


def _parts_of(
    ledger: Ledger, row: int, failures: list[tuple[float, int]]
) -> Iterable[list[object]]:
    """Yield a delivery as rows of the table: one for each time that units of it failed in use.

    Failures that were written are taken out of the list; which of several deliveries of a line
    they belong to is not known, so it is the first one that has so many good units.
    """
    came, date = ledger.deliveries, ledger.setting.calendar.date
    wrong, defective = int(came.wrong[row]), int(came.defective[row])
    left, received = int(came.units[row]), float(came.received[row])
    of_note, replaces = (
        "yes" if column[row] else "no" for column in (came.documents_wrong, came.replacement)
    )
    for when, units in list(failures):
        if when >= received and left - units >= wrong + defective:
            failures.remove((when, units))
            left -= units
            yield [units, date(received), 0, 0, of_note, replaces, units, date(when)]
    if left:
        yield [left, date(received), wrong, defective, of_note, replaces, 0, ""]
