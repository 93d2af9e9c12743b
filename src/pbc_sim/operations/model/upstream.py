"""When does what is ordered upstream arrive: one source, as the supply section describes it.

Lives here: orders upstream until they arrive, and which units of a lot are defective.
May not live here: goods in and stock (`store.py`), several sources (`network.py`).
"""

from __future__ import annotations

from collections.abc import Callable

from pbc_sim.operations.model.clock import RECEIPT, Clock
from pbc_sim.operations.model.interruptions import Interruptions
from pbc_sim.operations.record import NEVER, Record
from pbc_sim.operations.stock import ItemStock, Lot
from pbc_sim.world.draws import Purpose
from pbc_sim.world.future import World

__all__ = ["GoodsIn", "Upstream"]

#: ``goods_in(now, item, lot, ordered, row, short)``
GoodsIn = Callable[[float, int, Lot, int, list[float], int], None]


class Upstream:
    """One source of everything, without limits of its own.

    Parameters
    ----------
    world : World
        The luck of lots.
    record : Record
        What is written down.
    stocks : list of ItemStock
        The stock of each item.
    interruptions : Interruptions, optional
        What disruptions do, in a world that has them.
    """

    #: Whether lines that wait are a reason to order besides what the policy orders.
    has_emergencies = False

    def __init__(
        self,
        world: World,
        record: Record,
        stocks: list[ItemStock],
        interruptions: Interruptions | None = None,
    ) -> None:
        self.interruptions = interruptions
        self.supply = world.setting.terms.supply
        self.record = record
        self.stocks = stocks
        self.lead_times = world.lots_by_source(Purpose.LEAD_TIME)
        self.lot_qualities = world.lots_by_source(Purpose.LOT_QUALITY)
        self.unit_defects = world.by_source(Purpose.UNIT_DEFECT)

    def open(self, clock: Clock, goods_in: GoodsIn) -> None:
        """Begin; from now on what arrives is given to `goods_in`."""
        self.clock = clock
        self.goods_in = goods_in

    def opening_lot(self, item: int, units: int) -> Lot:
        """Return the address of the opening stock's luck: the item's first lot."""
        return self.stocks[item].next_lot(units)

    def order(self, now: float, item: int, quantity: int) -> None:
        """Order units upstream [unit]."""
        stock, supply = self.stocks[item], self.supply
        lot = stock.next_lot(quantity)
        if supply.order_crossing:
            arrival = now + self.lead_times[item][0][lot.number]
        else:
            spell = int(now // supply.conditions_last_days)
            arrival = max(stock.last_arrival, now + self.lead_times[item][0][spell])
            stock.last_arrival = arrival
        if self.interruptions:
            arrival = self.interruptions.goods_in(now, arrival, item, lot)
        stock.on_order += quantity
        row = [item, quantity, now, NEVER, 0, 0, *self.record.of_a_lot]
        self.record.replenishments.append(row)
        self.clock.at(arrival, RECEIPT, self.goods_in, item, lot, quantity, row, 0)

    def order_missing(self, now: float, item: int) -> None:
        """Order what lines wait for, where that is a reason to order."""

    def units(self, item: int, lot: Lot, quantity: int) -> bytes:
        """Return the first units of a lot, 1 where defective."""
        share = self.lot_qualities[item][lot.source][lot.number]
        if not share:
            return bytes(quantity)
        luck = self.unit_defects[item][lot.source].between(
            lot.first_unit, lot.first_unit + quantity
        )
        return (luck < share).tobytes()
