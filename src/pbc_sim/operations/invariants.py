"""Do the books balance: what must hold in every replication.

Lives here: conservation of units, stock balances, sane times, checked from the ledger's tables
alone. May not live here: repairs; a breach is a defect of the program and is raised.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pbc_sim.errors import InvariantError
from pbc_sim.operations.facts import ReturnReason
from pbc_sim.operations.ledger import Ledger
from pbc_sim.world.satisfaction import BEST_MARK, WORST_MARK

__all__ = ["check_balances"]

#: What must hold for no row.
NEVER = np.array(False)


def check_balances(ledger: Ledger) -> None:
    """Raise `InvariantError`, naming seed and replication, unless all units are accounted for.

    For every item: what was on the shelf and bought is on the shelf, scrapped (at goods in, on its
    way out, or recalled), on the way, going back, or at the buyer; and what was ordered and
    rejected was delivered, cancelled, waits, or is on the way. For every line: it is never accepted
    or delivered before it was ordered, nor has more come of it than was owed. For every storeroom's
    shelf, whoever owns it: what was there and what came and was kept is there, handed out, or
    recalled; and what was handed out was fitted, or found defective and sent back. An order is
    rated at most once, after it was placed, and a unit is asked at most once in a survey.
    """
    n_items = len(ledger.closing)
    lines, closing = ledger.lines, ledger.closing

    def by_item(item: np.ndarray, units: np.ndarray) -> np.ndarray:
        return np.bincount(item, weights=units, minlength=n_items).astype(int)

    def by_item_of_line(line: np.ndarray, units: np.ndarray) -> np.ndarray:
        return by_item(lines.item[line], units)

    replenished = ledger.replenishments
    received = np.isfinite(replenished.arrived)
    bought = by_item(replenished.item, replenished.received)
    scrapped = (
        by_item(replenished.item, replenished.defective)
        + by_item(ledger.outgoing.item, ledger.outgoing.defective)
        + by_item(ledger.recalls.item, ledger.recalls.units)
    )
    delivered = by_item_of_line(ledger.deliveries.line, ledger.deliveries.units)
    rejected = by_item_of_line(ledger.returns.line, ledger.returns.units)
    wrong = ledger.returns.reason == ReturnReason.WRONG
    returned_good = by_item_of_line(ledger.returns.line[wrong], ledger.returns.units[wrong])
    ordered = by_item(lines.item, lines.quantity)
    given_up = by_item(lines.item, lines.cancelled + lines.refunded)
    open_orders = by_item(replenished.item[~received], replenished.units[~received])

    def require(what: str, left: np.ndarray, right: np.ndarray) -> None:
        differs = left != right
        if differs.any():
            at, right = int(np.flatnonzero(differs)[0]), np.broadcast_to(right, left.shape)
            item = ledger.setting.item_names[at] if len(left) == n_items else f"row {at}"
            raise InvariantError(
                f"{what} does not balance at {item}: {left[at]} against {right[at]} "
                f"(seed {ledger.seed}, replication {ledger.replication})."
            )

    require(
        "stock [unit]",
        closing.opening + bought + returned_good,
        closing.on_hand + scrapped + closing.on_the_way + delivered + closing.going_back,
    )
    require(
        "demand [unit]",
        ordered + rejected,
        delivered + given_up + closing.waiting + closing.on_the_way,
    )
    require("orders upstream [unit]", open_orders, closing.on_order)
    require("last noted stock [unit]", _last_level(ledger), closing.on_hand)
    placed = ledger.orders.placed[lines.order]
    late_start = (lines.delivered < placed) | (lines.accepted < lines.delivered)
    require("times of lines", late_start, NEVER)
    lots = replenished.received - replenished.defective
    lacking = (lots < 0) | (replenished.inspected > replenished.units - replenished.short)
    require("units of lots >= 0", lacking, NEVER)
    early = replenished.arrived < replenished.ordered
    require("times of lots", early, NEVER)
    _check_disruptions(ledger, require)
    negative = (ledger.stock.on_hand < 0) | (ledger.stock.waiting < 0)
    require("stock levels >= 0", negative, NEVER)
    owed = lines.quantity + _by_line(ledger, ledger.returns.line, ledger.returns.units)
    came = _by_line(ledger, ledger.deliveries.line, ledger.deliveries.units)
    came += lines.cancelled + lines.refunded
    require("units of a line beyond what is owed", np.maximum(came, owed), owed)
    _check_storerooms(ledger, require)
    _check_answers(ledger, require)


def _by_line(ledger: Ledger, line: np.ndarray, units: np.ndarray) -> np.ndarray:
    return np.bincount(line, units, len(ledger.lines)).astype(int)


def _check_storerooms(
    ledger: Ledger, require: Callable[[str, np.ndarray, np.ndarray], None]
) -> None:
    """Balance the shelf of each part in each unit's storeroom; rows are unit after unit."""
    levels, used, failures = ledger.storeroom, ledger.parts_used, ledger.failures
    if not (len(levels) or len(used) or len(failures) or ledger.orders.for_storeroom.any()):
        return  # there is none
    n_items, n_units = len(ledger.closing), len(ledger.setting.unit_names)
    n_shelves, lines = n_items * n_units, ledger.lines
    shelf_of_line = ledger.orders.unit[lines.order] * n_items + lines.item
    of_storeroom = ledger.orders.for_storeroom[lines.order]

    def by_shelf(shelf: np.ndarray, units: np.ndarray) -> np.ndarray:
        return np.bincount(shelf, units, n_shelves).astype(int)

    def of_lines(line: np.ndarray, units: np.ndarray) -> np.ndarray:
        return by_shelf(shelf_of_line[line], units * of_storeroom[line])

    shelf = levels.unit * n_items + levels.item
    opening, last = np.zeros((2, n_shelves), dtype=int)
    # The log is in time order, and of repeated indices NumPy keeps the last assignment.
    opening[shelf[::-1]] = levels.on_hand[::-1]
    last[shelf] = levels.on_hand
    deliveries, returns = ledger.deliveries, ledger.returns
    kept = deliveries.units - deliveries.wrong - deliveries.defective
    recalled = returns.units * (returns.reason == ReturnReason.RECALLED)
    taken = used.unit * n_items + used.item
    handed_out = by_shelf(taken, np.ones(len(used)))
    require(
        "stock of a storeroom [unit]",
        opening + of_lines(deliveries.line, kept),
        last + handed_out + of_lines(returns.line, recalled),
    )
    negative = (levels.on_hand < 0) | (levels.waiting < 0)
    require("storeroom levels >= 0", negative, NEVER)
    unit = np.array([machine.unit for machine in ledger.setting.machines], dtype=int)
    needs = failures.item >= 0
    fitted_to = (unit[failures.machine] * n_items + failures.item)[needs]
    in_vain = by_shelf(fitted_to, failures.refits[needs])
    sent_back = returns.units * (returns.reason == ReturnReason.DEFECTIVE_IN_USE)
    require("defective parts sent back [unit]", of_lines(returns.line, sent_back), in_vain)
    # A part that is being fitted may yet turn out to be defective.
    fitted = by_shelf(fitted_to, np.isfinite(failures.restored[needs]))
    in_hand = by_shelf(fitted_to, np.isfinite(failures.supplied[needs]))
    most = np.clip(handed_out, in_vain + fitted, in_vain + in_hand)
    require("parts handed out [unit]", handed_out, most)
    defective = by_shelf(taken, used.defective)
    require("defective parts handed out [unit]", np.maximum(defective, in_vain), defective)


def _check_answers(ledger: Ledger, require: Callable[[str, np.ndarray, np.ndarray], None]) -> None:
    ratings, survey = ledger.ratings, ledger.survey
    if len(ratings):
        times_rated = np.bincount(ratings.order, minlength=len(ledger.orders))
        require("ratings of an order", times_rated, np.minimum(times_rated, 1))
        early = ratings.when < ledger.orders.placed[ratings.order]
        require("times of ratings", early, NEVER)
        marks = np.r_[ratings.time, ratings.completeness, ratings.condition]
        require("marks [point]", marks, np.clip(marks, WORST_MARK, BEST_MARK))
    if len(survey):
        asked = np.unique(np.stack([survey.when, survey.unit]), axis=1).shape[1]
        require("units asked in a survey", np.array([len(survey)]), np.array([asked]))
        score = survey.score[np.isfinite(survey.score)]
        require("scores [point]", score, np.clip(score, WORST_MARK, BEST_MARK))


def _check_disruptions(
    ledger: Ledger, require: Callable[[str, np.ndarray, np.ndarray], None]
) -> None:
    """Require that nothing ends, is told or touches an order before a spell began."""
    spells, touched, orders = ledger.disruptions, ledger.touched, ledger.orders
    if not len(spells):
        require("orders touched by no disruption", touched.order >= 0, NEVER)
        return
    early = (
        (spells.ended < spells.began)
        | (spells.noticed < spells.began)
        | (spells.proved < spells.noticed)
    )
    require("times of disruptions", early, NEVER)
    if not len(touched):
        return
    complete = np.full(len(orders), -np.inf)
    np.maximum.at(complete, ledger.lines.order, ledger.lines.delivered)
    before = complete[touched.order] < spells.began[touched.disruption]
    require("orders touched before the disruption", before, NEVER)


def _last_level(ledger: Ledger) -> np.ndarray:
    last = np.zeros(len(ledger.closing), dtype=int)
    # The log is in time order, and of repeated indices NumPy keeps the last assignment.
    last[ledger.stock.item] = ledger.stock.on_hand
    return last
