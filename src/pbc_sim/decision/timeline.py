"""What happened in one future, in the order of the clock?

Lives here: one replication told as a timeline that a person can read, from the ledger alone.
May not live here: the words of single events (`events.py`), pictures (`show/plots/`), KPIs,
money; a trace judges nothing but the limits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from pbc_sim.contract.terms import Contract, needs_of
from pbc_sim.decision.events import Breaches, events
from pbc_sim.decision.experiment import ledger_of
from pbc_sim.errors import PbcError, require_type, unknown_name
from pbc_sim.figures import numeral
from pbc_sim.language import Message, in_each_language, noted, said
from pbc_sim.language import translated as _
from pbc_sim.operations import Ledger
from pbc_sim.performance.orders import delivered, due, in_time
from pbc_sim.printed import Printed
from pbc_sim.scenario import Scenario
from pbc_sim.world.calendar import Duration

__all__ = ["Levels", "Trace", "trace"]

Moment = str | dt.date | pd.Timestamp | float

#: Columns of the timeline, and how they are headed for people.
HEADINGS = {
    "time": noted("time"),
    "day": noted("day"),
    "event": noted("event"),
    "who": noted("who"),
    "item": noted("item"),
    "units": noted("units"),
    "order": noted("order"),
    "led_to": noted("led to"),
}


class Levels(NamedTuple):
    """What stood how high, as steps.

    Parameters
    ----------
    when : ndarray of shape (n_steps,)
        When it changed. [day]
    level : ndarray of shape (n_steps,)
        How high it stood from then on. [unit or line]
    """

    when: np.ndarray
    level: np.ndarray


@dataclass(frozen=True, repr=False)
class Trace(Printed):
    """One replication under one plan, event by event.

    Parameters
    ----------
    title, plan : str
        The story, and how the supplier runs it.
    ledger : Ledger
        The facts.
    limits : mapping of Duration to str
        Limits that orders are held against, and whose they are.
    item : str, optional
        Only this item, and the orders that ask for it.
    order : int, optional
        Only this order, counted from 1 as statements do.
    between : tuple of float
        Only this half-open span of time. [day]
    """

    title: str
    plan: str
    ledger: Ledger
    limits: Mapping[Duration, str]
    item: str | None = None
    order: int | None = None
    between: tuple[float, float] = (0.0, np.inf)

    def only(
        self,
        *,
        item: str | None = None,
        order: int | None = None,
        between: tuple[Moment, Moment] | None = None,
    ) -> Trace:
        """Narrow the timeline; what is not named stays as it is.

        Parameters
        ----------
        item : str, optional
            Name of an item; shipments and breaches are those of orders that ask for it.
        order : int, optional
            Number of an order, counted from 1.
        between : tuple, optional
            From and until (exclusive): dates, as "2022-03-01", or days since the start.

        Raises
        ------
        PbcError
            If there is no such item or order, or the span is empty.
        """
        setting, n_orders = self.ledger.setting, len(self.ledger.orders)
        if item is not None and item not in setting.item_names:
            raise PbcError(unknown_name("item", item, setting.item_names))
        if order is not None:
            require_type("order", order, (int, np.integer), "give a whole number, counted from 1")
            if not 1 <= order <= n_orders:
                words = _("order must be 1 to {n} in this replication, got {order}.")
                raise PbcError(words.format(n=n_orders, order=order))
        span = self.between if between is None else tuple(self._day(moment) for moment in between)
        if len(span) != 2 or not span[0] < span[1]:
            words = _("between must be (from, until) with from < until, got {between}.")
            raise PbcError(words.format(between=between))
        return replace(
            self,
            item=self.item if item is None else item,
            order=self.order if order is None else order,
            between=(float(span[0]), float(span[1])),
        )

    def _day(self, moment: Moment) -> float:
        if isinstance(moment, (int, float)):
            return float(moment)
        try:
            passed = pd.Timestamp(moment) - pd.Timestamp(self.ledger.setting.calendar.first_day)
        except (ValueError, TypeError):
            words = _("between must hold dates, as '2022-03-01', got {moment}.")
            raise PbcError(words.format(moment=repr(moment))) from None
        return float(passed / pd.Timedelta(days=1))

    @in_each_language
    def table(self) -> pd.DataFrame:
        """The timeline: time, day number, event, who, item, units, order, and what it led to.

        Orders are counted from 1; an empty order or item means that the event has none. What
        happens at one instant stands in the order in which the model lets it happen. Events and
        what they led to are said in the language spoken now.
        """
        frame = pd.concat(events(self.ledger, self.breaches), ignore_index=True)
        lines, names = self.ledger.lines, np.array(self.ledger.setting.item_names)
        kept = (frame["day"] >= self.between[0]) & (frame["day"] < self.between[1])
        if self.item is not None:
            asking = lines.order[names[lines.item] == self.item] + 1
            whole_order = (frame["item"] == "") & frame["order"].isin(asking)
            kept &= (frame["item"] == self.item) | whole_order
        if self.order is not None:
            kept &= frame["order"] == self.order
        frame = frame[kept].sort_values("day", kind="stable").reset_index(drop=True)
        calendar = self.ledger.setting.calendar
        frame.insert(0, "time", pd.to_datetime([calendar.date(day) for day in frame["day"]]))
        for column in ("units", "order"):
            frame[column] = frame[column].astype("Int64")
        return frame[list(HEADINGS)]

    @in_each_language
    def breaches(self) -> Breaches:
        """Orders that became overdue before the end, under each limit, in the order of time."""
        ledger = self.ledger
        arrived = delivered(ledger, "orders")[1]
        rows = []
        for limit, whose in self.limits.items():
            due_at = due(ledger, "orders", limit)
            late = np.flatnonzero(~in_time(arrived, due_at) & (due_at < ledger.setting.ends))
            rows += [(due_at[order], order, f"{limit.said()} ({said(whose)})") for order in late]
        rows.sort(key=lambda row: row[0])
        return Breaches(
            np.array([when for when, *_ in rows], dtype=float),
            np.array([order for _, order, _ in rows], dtype=int),
            [limit for *_, limit in rows],
        )

    def stock_levels(self, what: str) -> Levels:
        """Return a column of the stock table over time, of the chosen item or summed [unit]."""
        stock, names = self.ledger.stock, self.ledger.setting.item_names
        level = getattr(stock, what)
        if self.item is not None:
            own = stock.item == names.index(self.item)
            return Levels(stock.changed[own], level[own])
        change = np.zeros(len(level), dtype=int)
        for item in range(len(names)):
            own = stock.item == item
            change[own] = np.diff(level[own], prepend=0)
        return Levels(stock.changed, np.cumsum(change))

    @cached_property
    def lines_under_way(self) -> Levels:
        """Order lines that are placed and not yet delivered, over time [line]."""
        lines, placed = self.ledger.lines, self.ledger.orders.placed[self.ledger.lines.order]
        kept = lines.cancelled < lines.quantity
        if self.item is not None:
            kept &= lines.item == self.ledger.setting.item_names.index(self.item)
        arrived = lines.delivered[kept & np.isfinite(lines.delivered)]
        when = np.r_[placed[kept], arrived]
        change = np.r_[np.ones(kept.sum(), dtype=int), np.full(len(arrived), -1)]
        order = np.argsort(when, kind="stable")
        return Levels(when[order], np.cumsum(change[order]))

    @cached_property
    def goods_in(self) -> np.ndarray:
        """When replenishments arrived, of the chosen item or of all [day]."""
        bought, names = self.ledger.replenishments, self.ledger.setting.item_names
        came = np.isfinite(bought.arrived)
        if self.item is not None:
            came &= bought.item == names.index(self.item)
        return bought.arrived[came]

    def __repr__(self) -> str:
        return (
            f"Trace of '{self.title}', plan '{self.plan}', seed {self.ledger.seed}, replication "
            f"{self.ledger.replication}: {len(self.table)} events, {len(self.breaches.when)} "
            "breaches in the whole future"
        )

    def __str__(self) -> str:
        shown = self.table.assign(
            time=self.table["time"].dt.strftime("%Y-%m-%d %H:%M"),
            day=[numeral(day, ".2f") for day in self.table["day"]],
            units=self.table["units"].astype(object).where(self.table["units"].notna(), ""),
            order=self.table["order"].astype(object).where(self.table["order"].notna(), ""),
        )
        terms = self.ledger.setting.terms
        machines = {machine.name: machine.called for machine in self.ledger.setting.machines}
        units = machines | {
            name: said(unit.label) or name for name, unit in terms.demand.units.items()
        }
        items = {name: said(item.label) or name for name, item in terms.items.items()}
        shown["who"] = [units.get(who, who) for who in shown["who"]]
        shown["item"] = [items.get(item, item) for item in shown["item"]]
        # Names and sentences read from the left, numbers from the right.
        for column in ("event", "who", "item", "led_to"):
            width = max([len(_(HEADINGS[column])), *shown[column].str.len()])
            shown[column] = shown[column].str.ljust(width)
        shown = shown.rename(columns=lambda name: _(HEADINGS[name]))
        return shown.to_string(index=False) if len(shown) else _("no event")


def trace(
    scenario: Scenario,
    plan: str,
    seed: int = 1,
    replication: int = 0,
    *,
    limit: Duration | None = None,
) -> Trace:
    """Tell one replication under one plan as a timeline, for teaching and for auditors.

    Parameters
    ----------
    scenario : Scenario
        The story.
    plan : str
        Name of a supplier plan.
    seed, replication : int
        Which future.
    limit : Duration, optional
        Time from order to delivery that is still on time; the limits of the scenario's contracts
        where empty.

    Returns
    -------
    Trace
        Its `table` has a row an event; `only` narrows it; `str` prints it.

    Raises
    ------
    PbcError
        If there is no such plan, or a number is out of range.

    Examples
    --------
    >>> import pbc_sim as pbc
    >>> scenario = pbc.load_scenario("scenarios/pilot_office.yaml")
    >>> told = pbc.trace(scenario, "in_parts").only(item="toner", between=(0, 60))
    >>> told.table["led_to"].iloc[0]
    '1 from stock; complete 2024-01-03 14:25'
    """
    require_type("scenario", scenario, Scenario, "read it with pbc.load_scenario(path)")
    for name, number in (("seed", seed), ("replication", replication)):
        require_type(name, number, (int, np.integer), "give a whole number")
    ledger = ledger_of(scenario, plan, seed, replication)
    limits = {limit: Message("as asked")} if limit is not None else _limits_of(scenario.contracts)
    return Trace(scenario.title, plan, ledger, limits)


def _limits_of(contracts: Mapping[str, Contract]) -> dict[Duration, str]:
    found: dict[Duration, list[str]] = {}
    for name, contract in contracts.items():
        for measure in needs_of({name: contract}).measures:
            # The limit of a call to the service desk is no limit of an order.
            of_orders = measure.entry.counts in ("orders", "lines")
            limit = dict(measure.settings).get("limit") if of_orders else None
            if isinstance(limit, Duration) and name not in found.setdefault(limit, []):
                found[limit].append(name)
    return {limit: ", ".join(names) for limit, names in found.items()}
