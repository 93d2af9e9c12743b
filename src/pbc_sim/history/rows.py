"""What does each row of a record of orders say, and which rule does it break?

Lives here: columns and cells of that table, each answered by file, row and column where it is
wrong. May not live here: what follows from several rows (`record.py`).
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pbc_sim.errors import PbcError, unknown_name
from pbc_sim.inputs import printable
from pbc_sim.language import Texts, noted
from pbc_sim.language import translated as _
from pbc_sim.world import Setting
from pbc_sim.world.terms import ItemTerms, UnitTerms

__all__ = ["COLUMNS", "Row", "rows_of"]

#: The columns of a record, and whether a table without it can be read.
COLUMNS: Mapping[str, bool] = {
    "order": True,
    "ordered": True,
    "unit": False,
    "line": False,
    "item": True,
    "quantity": True,
    "delivered": True,
    "wrong": False,
    "defective": False,
    "documents_wrong": False,
    "replacement": False,
    "failed": False,
    "failed_on": False,
}

#: A date, or a date and a time of the clock.
INSTANT = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?)?")
#: When something happened of which only the date was written down. [hour of the day]
NOON = 12
SECONDS_PER_DAY = 86_400.0
SEPARATORS = ",;\t"
YES, NO = ("yes", "ya", "y", "1", "true"), ("", "no", "tidak", "n", "0", "false")


@dataclass(frozen=True)
class Row:
    """What came together of an order line, or is still awaited of it.

    Parameters
    ----------
    place : str
        File and row, for messages.
    order : str
        Number of the order, as its officer writes it.
    ordered, delivered : float
        When; infinity where it has not come. [day]
    line : str
        Number of the line, where its officer gives one.
    unit, item : int
        Which ordering unit, which catalogue entry.
    quantity, wrong, defective, failed : int
        Units; of these found wrong or defective as they came, and in use. [unit]
    documents_wrong, replacement : bool
        Whether the delivery note was wrong; whether they replace rejected units.
    failed_on : float
        When those that failed in use were found. [day]
    """

    place: str
    order: str
    ordered: float
    line: str
    unit: int
    item: int
    quantity: int
    delivered: float
    wrong: int
    defective: int
    documents_wrong: bool
    replacement: bool
    failed: int
    failed_on: float


def rows_of(text: str, name: str, setting: Setting) -> Iterator[Row]:
    """Yield the rows of a table.

    Parameters
    ----------
    text : str
        The table, separated by comma, semicolon or tab.
    name : str
        Name of the file, for messages.
    setting : Setting
        Calendar, ordering units and catalogue.

    Raises
    ------
    PbcError
        One sentence with row and column.
    """
    text = text.removeprefix("\ufeff")
    first = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        said = _("{file} is no table that can be read ({error}); save it as CSV.")
        raise PbcError(said.format(file=name, error=error)) from None
    head = [cell.strip().lower() for cell in table[0]] if table else []
    _require_columns(head, name)
    for number, cells in enumerate(table[1:], start=2):
        if any(cell.strip() for cell in cells):
            place = _("{file}, row {n}").format(file=name, n=number)
            if len(cells) > len(head):
                said = _("{place} has {n} cells, but the first row names {columns} columns.")
                n, columns = len(cells), len(head)
                raise PbcError(said.format(place=place, n=n, columns=columns))
            yield _Cells(place, dict(zip(head, map(str.strip, cells), strict=False)), setting).row()


def _require_columns(head: Sequence[str], name: str) -> None:
    for column in head:
        if column not in COLUMNS:
            unknown = unknown_name(noted("column"), printable(column), COLUMNS)
            raise PbcError(f"{name}: {unknown}")
    missing = [column for column, needed in COLUMNS.items() if needed and column not in head]
    if missing:
        said = _("{file}: the first row must name the columns {columns}; {missing} is missing.")
        needed = ", ".join(column for column, is_needed in COLUMNS.items() if is_needed)
        raise PbcError(said.format(file=name, columns=needed, missing=missing[0]))
    twice = next((column for column in head if head.count(column) > 1), None)
    if twice:
        said = _("{file}: the column '{column}' stands twice in the first row; name it once.")
        raise PbcError(said.format(file=name, column=twice))


@dataclass(frozen=True)
class _Cells:
    """The cells of one row, by their columns."""

    place: str
    cells: Mapping[str, str]
    setting: Setting

    def row(self) -> Row:
        """Return what they say."""
        if not self._at("order"):
            raise self._broken("order", _("must not be empty; write the number of the order"))
        ordered = self._instant("ordered")
        begin, end = self.setting.measured_from, self.setting.ends
        if not begin <= ordered < end:
            rule = _(
                "must lie in the term of the scenario, {begin} to {end}, got {value}; change "
                "the scenario's start if your contract began on another day"
            )
            days = [self.setting.calendar.date(day).date() for day in (begin, end - 1)]
            said = rule.format(begin=days[0], end=days[1], value=self._at("ordered"))
            raise self._broken("ordered", said)
        quantity = self._whole("quantity", 1)
        has_come = bool(self._at("delivered"))
        delivered = self._instant("delivered") if has_come else float("inf")
        self._in_sequence("delivered", delivered, "ordered", ordered)
        faults = {name: self._whole(name, 0) for name in ("wrong", "defective", "failed")}
        for name, units in faults.items():
            if units and not has_come:
                raise self._broken(name, _("says that units came, but 'delivered' is empty"))
        if sum(faults.values()) > quantity:
            rule = _("wrong, defective and failed units are {n} together, more than came: {all}")
            raise self._broken("quantity", rule.format(n=sum(faults.values()), all=quantity))
        replacement = self._yes_or_no("replacement")
        if replacement and not has_come:
            rule = _("what replaces rejected units needs a row once it has come, not before")
            raise self._broken("replacement", rule)
        found = float("inf")
        if faults["failed"]:
            found = self._instant("failed_on")
            self._in_sequence("failed_on", found, "delivered", delivered)
        terms = self.setting.terms
        return Row(
            place=self.place,
            order=self._at("order"),
            ordered=ordered,
            line=self._at("line"),
            unit=self._named("unit", noted("ordering unit"), terms.demand.units),
            item=self._named("item", noted("item"), terms.items),
            quantity=quantity,
            delivered=delivered,
            documents_wrong=self._yes_or_no("documents_wrong"),
            replacement=replacement,
            failed_on=found,
            **faults,
        )

    def _at(self, column: str) -> str:
        return self.cells.get(column, "")

    def _broken(self, column: str, rule: str) -> PbcError:
        said = _("{place}, column '{column}': {rule}.")
        return PbcError(said.format(place=self.place, column=column, rule=rule))

    def _instant(self, column: str) -> float:
        """Return when something happened; a date without a time is noon [day]."""
        value = self._at(column)
        rule = _("must be a date, as 2022-01-31 or 2022-01-31 14:30, got {value}")
        broken = self._broken(column, rule.format(value=_shown(value)))
        if not INSTANT.fullmatch(value):
            raise broken
        try:
            instant = dt.datetime.fromisoformat(value)
        except ValueError:
            raise broken from None
        if len(value) == len("2022-01-31"):
            instant = instant.replace(hour=NOON)
        midnight = dt.datetime.combine(self.setting.calendar.first_day, dt.time())
        return (instant - midnight).total_seconds() / SECONDS_PER_DAY

    def _in_sequence(self, column: str, when: float, before: str, then: float) -> None:
        if when < then:
            rule = _("must not lie before '{other}', {before}, got {value}")
            value = {"other": before, "before": self._at(before), "value": self._at(column)}
            raise self._broken(column, rule.format(**value))

    def _whole(self, column: str, least: int) -> int:
        value = self._at(column)
        if not value and not least:
            return 0
        if not re.fullmatch(r"\d{1,9}", value) or int(value) < least:
            rule = _("must be a whole number of units from {least} on, got {value}")
            raise self._broken(column, rule.format(least=least, value=_shown(value)))
        return int(value)

    def _yes_or_no(self, column: str) -> bool:
        value = self._at(column).lower()
        if value not in (*YES, *NO):
            rule = _("must be yes or no, got {value}")
            raise self._broken(column, rule.format(value=_shown(value)))
        return value in YES

    def _named(self, column: str, kind: str, known: Mapping[str, UnitTerms | ItemTerms]) -> int:
        """Return the number of what is named by its key, or by its label in any language."""
        value = self._at(column)
        if not value and len(known) == 1:
            return 0
        called: dict[str, int] = {}
        for number, (name, terms) in enumerate(known.items()):
            texts = terms.label.texts.values() if isinstance(terms.label, Texts) else [terms.label]
            called |= dict.fromkeys((name, *(text.lower() for text in texts if text)), number)
        if value.lower() not in called:
            said = unknown_name(kind, printable(value), known)
            raise PbcError(f"{self.place}: {said}")
        return called[value.lower()]


def _shown(value: str) -> str:
    return f"'{printable(value[:40])}'" if value else _("nothing")
