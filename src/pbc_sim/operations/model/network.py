"""When does what is ordered from several sources arrive, and how much of it?

Lives here: the sources of a world under a sourcing rule: capacity, stock and yield of each.
May not live here: the rules themselves (`operations/sourcing.py`), goods in and stock (`store.py`).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from functools import partial

from pbc_sim.operations.model.clock import RECEIPT
from pbc_sim.operations.model.interruptions import Interruptions
from pbc_sim.operations.model.upstream import Upstream
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.operations.record import NEVER, Record
from pbc_sim.operations.sourcing import Orders, SingleSource, Situation, check_sources
from pbc_sim.operations.stock import ItemStock, Lot
from pbc_sim.world.distributions import Constant
from pbc_sim.world.draws import Purpose
from pbc_sim.world.future import World

__all__ = ["SupplyNetwork"]


@dataclass
class Account:
    """An item at a source.

    Parameters
    ----------
    lots, units_ordered : int
        Lots, and units ordered, so far; the next ones' luck has these numbers. [unit]
    on_order : int
        Units that have not arrived. [unit]
    last_arrival : float
        When the latest replenishment arrives that must not be overtaken. [day]
    open : dict of int to float
        When each lot that has not arrived was ordered, the oldest first. [day]
    shelf : deque of float
        When each unit of the source's own stock is ready, the first first. [day]
    """

    lots: int = 0
    units_ordered: int = 0
    on_order: int = 0
    last_arrival: float = 0.0
    open: dict[int, float] = field(default_factory=dict)
    shelf: deque[float] = field(default_factory=deque)

    def next_lot(self, source: int, units: int) -> Lot:
        """Return the address of the next lot's luck."""
        lot = Lot(self.lots, self.units_ordered, source)
        self.lots += 1
        self.units_ordered += units
        return lot


class SupplyNetwork(Upstream):
    """The sources that a world names, used as the plan's sourcing rule says."""

    def __init__(
        self,
        world: World,
        plan: SupplierPlan,
        record: Record,
        stocks: list[ItemStock],
        interruptions: Interruptions | None = None,
    ) -> None:
        super().__init__(world, record, stocks, interruptions)
        setting = world.setting
        self.names = setting.source_names
        self.sources = setting.sources
        self.rule = plan.sourcing or SingleSource(source=self.names[0])
        check_sources(self.rule, self.names)
        self.has_emergencies = self.rule.has_emergencies
        self.setting = setting
        #: Until when each source is busy with what has been ordered. [day]
        self.busy_until = [0.0] * len(self.sources)
        self.accounts = [[Account() for _ in self.sources] for _ in stocks]
        for accounts in self.accounts:
            for account, source in zip(accounts, self.sources, strict=True):
                if source.stock:
                    account.shelf.extend([0.0] * source.stock.level)
        full = Constant(value=1.0)
        self.delivers_all = [source.delivered_share == full for source in self.sources]
        self.delivered_shares = world.by_source(Purpose.DELIVERED_SHARE)
        self.roundings = world.by_source(Purpose.DELIVERED_ROUNDING)
        self.production_times = world.by_source(Purpose.PRODUCTION_TIME)

    def opening_lot(self, item: int, units: int) -> Lot:
        """Return the address of the opening stock's luck: a first lot of the ordinary source."""
        source = self.names.index(self.rule.names()[0])
        return self.accounts[item][source].next_lot(source, units)

    def order(self, now: float, item: int, quantity: int) -> None:
        """Order units from the sources that the rule chooses [unit]."""
        self.place(now, item, self.rule.divide(quantity, self.situation(now, item)))

    def order_missing(self, now: float, item: int) -> None:
        """Order what lines wait for, if the rule says so."""
        self.place(now, item, self.rule.emergency(self.situation(now, item)))

    def situation(self, now: float, item: int) -> Situation:
        """Return what the rule may know."""
        accounts = dict(zip(self.names, self.accounts[item], strict=True))
        return Situation(
            self.stocks[item].waiting,
            {name: account.units_ordered for name, account in accounts.items()},
            {name: account.on_order for name, account in accounts.items()},
            partial(self.overdue, now, item),
        )

    def overdue(self, now: float, item: int, name: str) -> float:
        """Return by how much the oldest open order exceeds the mean lead time [day]."""
        source = self.names.index(name)
        oldest = next(iter(self.accounts[item][source].open.values()), NEVER)
        return now - oldest - float(self.setting.expected_lead_times[item, source])

    def place(self, now: float, item: int, orders: Orders) -> None:
        """Place orders at sources."""
        for name, units in orders:
            source = self.names.index(name)
            account = self.accounts[item][source]
            lot = account.next_lot(source, units)
            arrival = self.arrival(now, item, lot, units)
            if self.interruptions:
                arrival = self.interruptions.goods_in(now, arrival, item, lot)
            account.open[lot.number] = now
            account.on_order += units
            self.stocks[item].on_order += units
            row = [item, units, now, NEVER, 0, 0, source, 0, 0, False, False]
            self.record.replenishments.append(row)
            self.clock.at(arrival, RECEIPT, self.arrive, item, lot, units, row)

    def arrival(self, now: float, item: int, lot: Lot, units: int) -> float:
        """Return when a lot arrives: made or taken from the source's stock, then transported."""
        leaves = self.ready(now, item, lot, units)
        lead_times = self.lead_times[item][lot.source]
        if self.sources[lot.source].order_crossing:
            return leaves + lead_times[lot.number]
        account = self.accounts[item][lot.source]
        spell = int(now // self.supply.conditions_last_days)
        account.last_arrival = max(account.last_arrival, leaves + lead_times[spell])
        return account.last_arrival

    def ready(self, now: float, item: int, lot: Lot, units: int) -> float:
        """Return when a source has all units of a lot ready to leave [day]."""
        source = self.sources[lot.source]
        made = now
        if source.capacity_per_day:
            # One deterministic server: what exceeds its capacity waits its turn.
            made = max(now, self.busy_until[lot.source]) + units / source.capacity_per_day
            self.busy_until[lot.source] = made
        if not source.stock:
            return made
        # Each unit taken is made again, in the order of ordering; a lot leaves as a whole.
        shelf = self.accounts[item][lot.source].shelf
        again = made + self.production_times[item][lot.source][lot.number]
        shelf.extend([max(again, shelf[-1]) if shelf else again] * units)
        taken = [shelf.popleft() for _ in range(units)]
        return max(now, taken[-1])

    def arrive(self, now: float, item: int, lot: Lot, units: int, row: list[float]) -> None:
        """Let a lot come in, or what has become of it."""
        account = self.accounts[item][lot.source]
        del account.open[lot.number]
        account.on_order -= units
        self.goods_in(now, item, lot, units, row, self.short(item, lot, units))

    def short(self, item: int, lot: Lot, units: int) -> int:
        """Return how many units of a lot do not come [unit]."""
        if self.delivers_all[lot.source]:
            return 0
        share = self.delivered_shares[item][lot.source][lot.number]
        # Rounded by chance, so that small lots too bring their share on average.
        return units - int(share * units + self.roundings[item][lot.source][lot.number])
