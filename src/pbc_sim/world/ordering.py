"""Who orders what and when: the demand of one future.

Lives here: the orders of all units, drawn from a few streams for all of them.
May not live here: other luck (`future.py`), what a plan makes of it (`operations/`).
Each unit has two streams: of two uniform numbers an order, its gap and its number of lines, and of
two an order line, its item and its quantity.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from pbc_sim.world.draws import Purpose, Stream, generator_at
from pbc_sim.world.setting import Setting
from pbc_sim.world.shapes import Swell
from pbc_sim.world.spells import Spells, surges_of

__all__ = ["Orders", "draw_orders", "swells_of"]


class Orders(NamedTuple):
    """What is ordered, sorted by time; the fields are those of `World`."""

    order_time: np.ndarray
    order_unit: np.ndarray
    first_line: np.ndarray
    line_order: np.ndarray
    line_item: np.ndarray
    line_quantity: np.ndarray


def draw_orders(setting: Setting, seed: int, replication: int, spells: Spells) -> Orders:
    """Draw all orders of one future, in its spells of disruption."""
    swells = swells_of(setting, seed, replication, spells)
    time, unit, n_lines = _placed(setting, seed, replication, swells)
    of_units = np.bincount(unit, n_lines, len(setting.unit_names)).astype(int).tolist()
    luck = np.empty((sum(of_units), 2))
    end = 0
    for number, lines in enumerate(of_units):
        generator = generator_at(seed, replication, Purpose.LINE_ITEM, number)
        generator.random(out=luck[end : end + lines])
        end += lines
    rank = np.argsort(time, kind="stable")
    # The lines of an order stand together, where they are drawn and where they are sorted.
    drawn_at = (np.cumsum(n_lines) - n_lines)[rank]
    time, unit, n_lines = time[rank], unit[rank], n_lines[rank]
    first_line = np.append(0, np.cumsum(n_lines))
    line_order = np.repeat(np.arange(len(n_lines)), n_lines)
    moved = np.repeat(drawn_at - first_line[:-1], n_lines)
    luck = luck[np.arange(len(line_order)) + moved]
    item = np.searchsorted(np.cumsum(setting.popularity)[:-1], luck[:, 0], side="right")
    quantity = setting.quantities.of(luck[:, 1], item)
    if quantity.all() and n_lines.all():
        return Orders(time, unit, first_line, line_order, item, quantity)
    # Orders of nothing are none.
    kept = quantity > 0
    n_lines = np.bincount(line_order[kept], minlength=len(time))
    is_order = n_lines > 0
    n_lines = n_lines[is_order]
    return Orders(
        time[is_order],
        unit[is_order],
        np.append(0, np.cumsum(n_lines)),
        np.repeat(np.arange(len(n_lines)), n_lines),
        item[kept],
        quantity[kept],
    )


def swells_of(setting: Setting, seed: int, replication: int, spells: Spells) -> list[Swell | None]:
    """Return what swells the demand of each unit, if anything."""
    shock, disruptions = setting.terms.demand.common_shock, setting.terms.disruptions
    if not shock and not len(spells):
        return [None] * len(setting.unit_names)
    shocks, every = np.empty(0), 1.0
    if shock:
        every = shock.every_days
        luck = Stream(generator_at(seed, replication, Purpose.COMMON_SHOCK, 0), shock.law.sample)
        shocks = luck.first(math.ceil(setting.ends / every))
    surges = [surges_of(name, disruptions, spells) for name in setting.unit_names]
    return [Swell.of(shocks, every, of_unit) if shock or of_unit else None for of_unit in surges]


def _placed(
    setting: Setting, seed: int, replication: int, swells: list[Swell | None]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return when orders are placed [day], by which units, and with how many lines.

    Unit after unit.
    """
    sizes = setting.most_orders_of_units
    while True:
        ends = np.cumsum(sizes)
        begins = ends - sizes
        luck = np.empty((int(ends[-1]), 2))
        for unit, (begin, end) in enumerate(zip(begins.tolist(), ends.tolist(), strict=True)):
            generator_at(seed, replication, Purpose.ORDER_GAP, unit).random(out=luck[begin:end])
        waited = setting.gaps.of(luck[:, 0], 0) / setting.mean_gap
        waited[begins] *= setting.terms.demand.first_gap
        reached = np.empty(len(waited))
        for unit, (begin, end) in enumerate(zip(begins.tolist(), ends.tolist(), strict=True)):
            of_unit = np.cumsum(waited[begin:end], out=reached[begin:end])
            swell = swells[unit]
            if swell:
                at_edges = setting.intensity_at(unit, swell.edges)
                of_unit[:] = swell.expected(of_unit, at_edges)
        units = np.repeat(np.arange(len(sizes)), sizes)
        placed = setting.order_times(units, reached)
        inside = placed < setting.ends
        short = inside[ends - 1]
        if not short.any():
            n_lines = setting.lines_of_orders.of(luck[inside, 1])
            return placed[inside], units[inside], n_lines
        # A unit's luck is the same, however much of it is drawn.
        sizes = np.where(short, np.multiply(sizes, 2), sizes).tolist()
