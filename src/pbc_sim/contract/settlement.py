"""What is paid: contracts settled on scorecards, as array code.

Lives here: reading KPIs, summing clauses, grouping contracts of one structure into arrays.
May not live here: a clause's own formula, text (`statement.py`), costs, decisions.
Contracts that differ only in numbers are settled together: no loop runs over contracts,
replications or periods. Blocks keep the memory bounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr

from pbc_sim.contract.block import Block, Reading, column
from pbc_sim.contract.kpi_clauses import WrittenKpi
from pbc_sim.contract.limits import RampIn, capped, gate_is_open
from pbc_sim.contract.terms import Contract, needs_of
from pbc_sim.errors import InvariantError, PbcError
from pbc_sim.performance.measures import Measure
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.performance.scorecard import Scores

__all__ = ["Settled", "contract_value", "settle", "settle_block"]

#: Elements of one temporary array [contract, plan, replication, period]; 2 MiB each.
BLOCK_ELEMENTS = 2**18

#: Largest result that is built; beyond it the caller should price in portions.
MOST_RESULT_BYTES = 4 * 2**30


@dataclass(frozen=True)
class Settled:
    """A block of contracts, settled.

    Parameters
    ----------
    block : Block
        What the clauses computed with, charges included.
    incentives : list of ndarray
        Amount of each incentive after ramp-in and gate. [currency]
    limited : tuple of ndarray
        What the limits take back of deductions (>= 0) and of bonuses (<= 0). [currency]
    deductions, bonuses : ndarray
        Sum of what is deducted (<= 0) and of what is paid on top (>= 0), after limits. [currency]
    """

    block: Block
    incentives: list[np.ndarray]
    limited: tuple[np.ndarray, np.ndarray]
    deductions: np.ndarray
    bonuses: np.ndarray


def _sum(arrays: Iterable[np.ndarray]) -> np.ndarray:
    total = np.zeros((1, 1, 1, 1))
    for array in arrays:
        # In place where it fits, since a new array for every addition costs more than adding.
        if np.broadcast_shapes(total.shape, array.shape) == total.shape:
            total += array
        else:
            total = total + array
    return total


def structure(contract: Contract) -> tuple[Any, ...]:
    """Return what contracts must have in common to be settled as one array: all but numbers."""
    measured = contract.measured()
    kpis = tuple(
        (name, measured[name], clause.target.direction, clause.target.strict, clause.when_empty)
        for name, clause in contract.kpis.items()
    )
    incentives = tuple((type(i), i.structure()) for i in contract.incentives)
    caps = tuple(
        tuple(cap.structure() for cap in caps)
        for caps in (contract.limits.deductions, contract.limits.bonus)
    )
    gate = tuple(contract.gate.no_bonus_below) if contract.gate else ()
    return (contract.term, type(contract.payment), kpis, incentives, caps, gate)


def contract_value(contract: Contract, scores: Scores) -> float:
    """Return the stated value, or what the payment scheme is expected to pay [currency]."""
    if contract.value is not None:
        return contract.value
    periods = ReviewPeriods.of(scores.setting, contract.term.review, contract.term.months)
    at_catalogue = scores.setting.expected_value(periods.edges[0], periods.edges[-1])
    return contract.payment.expected_value(at_catalogue, len(periods))


def settle(contracts: Mapping[str, Contract], scores: Scores) -> xr.Dataset:
    """Settle contracts on all plans and replications of a study.

    Parameters
    ----------
    contracts : mapping of str to Contract
        Candidate contracts by name.
    scores : Scores
        The scorecards; they must hold every measure that the contracts need.

    Returns
    -------
    xarray.Dataset
        ``payments``, ``charges``, ``bonuses`` (>= 0) and ``deductions`` (<= 0) over the term, with
        axes (contract, plan, replication) [currency]; ``reviews`` (contract, kpi) and
        ``reviews_met`` (contract, kpi, plan, replication) [review]. A KPI is named as in its
        contract, and has NaN reviews in contracts without it.

    Raises
    ------
    PbcError
        If a measure is missing, or the result would not fit into memory.
    """
    missing = [m for m in needs_of(contracts).measures if m not in scores.measured]
    if missing:
        raise PbcError(
            f"these futures were simulated without measuring {', '.join(map(str, missing))}; "
            "run again with these contracts: pbc.run(scenario, contracts=...)."
        )
    kpis = list(dict.fromkeys(name for c in contracts.values() for name in c.kpis))
    result = _empty_result(list(contracts), kpis, scores)
    places = {name: n for n, name in enumerate(contracts)}
    for group in _groups(contracts):
        names, clauses = list(group), list(group.values())
        periods = ReviewPeriods.of(scores.setting, clauses[0].term.review, clauses[0].term.months)
        for some, replications in _blocks(len(names), scores, len(periods)):
            settled = settle_block(clauses[some], _portion(scores, replications), periods)
            at = ([places[name] for name in names[some]], replications)
            _store(result, at, settled, [kpis.index(name) for name in clauses[0].kpis])
    return result


def _groups(contracts: Mapping[str, Contract]) -> list[dict[str, Contract]]:
    groups: dict[tuple[Any, ...], dict[str, Contract]] = {}
    for name, contract in contracts.items():
        groups.setdefault(structure(contract), {})[name] = contract
    return list(groups.values())


def _blocks(n_contracts: int, scores: Scores, n_periods: int) -> Iterator[tuple[slice, slice]]:
    n_plans, n_replications = len(scores.plans), len(scores.replications)
    per_replication = n_plans * n_periods
    r_step = max(1, min(n_replications, BLOCK_ELEMENTS // per_replication))
    c_step = max(1, BLOCK_ELEMENTS // (per_replication * r_step))
    for c in range(0, n_contracts, c_step):
        for r in range(0, n_replications, r_step):
            yield slice(c, c + c_step), slice(r, r + r_step)


def _portion(scores: Scores, replications: slice) -> Scores:
    return replace(
        scores,
        replications=scores.replications[replications],
        measured={m: array[:, :, replications] for m, array in scores.measured.items()},
    )


def _empty_result(contracts: list[str], kpis: list[str], scores: Scores) -> xr.Dataset:
    shape = (len(contracts), len(scores.plans), len(scores.replications))
    size = int(np.prod(shape)) * (4 * 8 + 4 * len(kpis))
    if size > MOST_RESULT_BYTES:
        raise PbcError(
            f"{len(contracts)} contracts on {shape[1]} plans and {shape[2]} replications need "
            f"{size / 2**30:.1f} GiB; settle fewer contracts at a time."
        )
    axes = ("contract", "plan", "replication")
    money = {n: (axes, np.zeros(shape)) for n in ("payments", "charges", "bonuses", "deductions")}
    met = np.full((shape[0], len(kpis), *shape[1:]), np.nan, dtype=np.float32)
    return xr.Dataset(
        {
            **money,
            "reviews": (("contract", "kpi"), np.full((shape[0], len(kpis)), np.nan)),
            "reviews_met": (("contract", "kpi", "plan", "replication"), met),
        },
        coords={
            "contract": contracts,
            "plan": list(scores.plans),
            "replication": scores.replications,
            "kpi": kpis,
        },
    )


def _store(
    result: xr.Dataset, at: tuple[list[int], slice], settled: Settled, kpis: list[int]
) -> None:
    contracts, replications = at
    parts = {
        "charges": settled.block.charges,
        "bonuses": settled.bonuses,
        "deductions": settled.deductions,
    }
    total = np.zeros(())
    for name, array in parts.items():
        over_term = _over_term(array, settled.block.n_periods)
        result[name].values[contracts, :, replications] = over_term
        total = total + over_term
    result["payments"].values[contracts, :, replications] = total
    # The same sum the other way round: every line adds up to what is paid.
    lines = [settled.block.charges, *settled.incentives, *settled.limited]
    again = _over_term(_sum(lines), settled.block.n_periods)
    if not np.allclose(total, again, rtol=1e-9, atol=1e-3):
        raise InvariantError("payments do not equal the sum of their lines.")
    for k, reading in zip(kpis, settled.block.readings.values(), strict=True):
        result["reviews"].values[contracts, k] = reading.reviewed.sum()
        met = np.count_nonzero(reading.reviewed & reading.met, axis=-1)
        result["reviews_met"].values[contracts, k, :, replications] = met


def _over_term(array: np.ndarray, n_periods: int) -> np.ndarray:
    # An array that is shared along an axis has length 1 there. NumPy's own sum is slow along a
    # short last axis.
    return np.einsum("...t->...", array) * (n_periods if array.shape[-1] == 1 else 1)


def settle_block(contracts: Sequence[Contract], scores: Scores, periods: ReviewPeriods) -> Settled:
    """Settle contracts of one structure, per payment period.

    Parameters
    ----------
    contracts : sequence of Contract
        Contracts that differ only in numbers.
    scores : Scores
        Plans and replications to settle on.
    periods : ReviewPeriods
        The payment periods.
    """
    first, n_periods = contracts[0], len(periods)
    shape = (1, len(scores.plans), len(scores.replications), n_periods)
    readings = {
        name: _read(
            [contract.kpis[name] for contract in contracts],
            scores.measured[measure],
            ReviewPeriods.of(scores.setting, measure.review, measure.months),
            periods,
        )
        for name, measure in first.measured().items()
    }
    totals: dict[Measure, np.ndarray] = {
        measure: scores.measured[measure][0][None] for measure in first.totals()
    }
    value = np.array([contract_value(contract, scores) for contract in contracts])
    block = Block(readings, totals, value[:, None, None, None], np.zeros(shape), n_periods)
    payments = [contract.payment for contract in contracts]
    block = replace(block, charges=type(payments[0]).charges(payments, block))
    return _with_incentives(contracts, block)


def _with_incentives(contracts: Sequence[Contract], block: Block) -> Settled:
    first = contracts[0]
    ramp_ins = [c.ramp_in or RampIn(periods=0) for c in contracts]
    acts = np.arange(block.n_periods) >= column(ramp_ins, "periods")
    bonus_open = (
        gate_is_open([c.gate for c in contracts if c.gate], block) if first.gate else np.array(True)
    )
    incentives = []
    for n, incentive in enumerate(first.incentives):
        clauses = [contract.incentives[n] for contract in contracts]
        amount = np.where(acts, type(incentive).amounts(clauses, block), 0.0)
        incentives.append(np.where(bonus_open, amount, np.minimum(amount, 0.0)))

    deducted = 0.0 - _sum(np.minimum(a, 0.0) for a in incentives)
    added = _sum(np.maximum(a, 0.0) for a in incentives)
    every = [c.limits for c in contracts]
    most_deducted = capped(deducted, list(zip(*(x.deductions for x in every), strict=True)), block)
    most_added = capped(added, list(zip(*(x.bonus for x in every), strict=True)), block)
    limited = (deducted - most_deducted, most_added - added)
    return Settled(block, incentives, limited, 0.0 - most_deducted, most_added)


def _read(
    clauses: Sequence[WrittenKpi],
    measured: np.ndarray,
    reviews: ReviewPeriods,
    periods: ReviewPeriods,
) -> Reading:
    """Read a KPI in the payment periods, by the rules of the contracts' clauses."""
    first = clauses[0]
    target = column([c.target for c in clauses], "level")
    numerator, denominator, size = measured[:, None]
    empty = (denominator == 0) | (size < column(clauses, "min_sample"))
    value = numerator / np.where(denominator == 0, 1.0, denominator)
    value, as_met = _filled(first, value, empty, target)
    band = column(clauses, "dead_band")
    if band.any():
        # Only at the edge does rounding matter: 0.99 - 0.98 is not quite 0.01.
        near = (band > 0) & (np.abs(value - target) <= band * (1 + 1e-9))
        value, as_met = np.where(near, target, value), as_met | near
    met = first.target.is_met(value, target) | as_met
    incentive_level = column(clauses, "incentive_level")
    exceeded = np.where(
        np.isnan(incentive_level), met, first.target.is_exceeded(value, incentive_level)
    )
    ends = np.searchsorted(periods.edges, reviews.edges[1:]) - 1
    since = np.arange(len(periods))
    since[ends] = np.searchsorted(periods.edges, reviews.edges[:-1])
    reviewed = np.zeros(len(periods), dtype=bool)
    reviewed[ends] = True
    return Reading(
        _in_periods(value, reviewed, np.nan),
        _in_periods(met, reviewed, True),
        _in_periods(exceeded, reviewed, True),
        target,
        reviewed,
        since,
        first.target.direction == "higher",
    )


def _filled(
    clause: WrittenKpi, value: np.ndarray, empty: np.ndarray, target: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Give empty periods the value that the clause says; also return which of them count as met."""
    if not empty.any():
        return value, np.array(False)
    if clause.when_empty == "missed":
        return np.where(empty, clause.kpi.worst, value), np.array(False)
    if clause.when_empty == "carry":
        value = np.broadcast_to(value, empty.shape)
        last = np.maximum.accumulate(np.where(empty, -1, np.arange(value.shape[-1])), axis=-1)
        value = np.take_along_axis(value, np.maximum(last, 0), axis=-1)
        empty = last < 0
    return np.where(empty, target, value), empty


def _in_periods(values: np.ndarray, reviewed: np.ndarray, otherwise: float) -> np.ndarray:
    """Put the values of reviews into the payment periods in which they end."""
    if reviewed.all():
        return values
    spread = np.full((*values.shape[:-1], len(reviewed)), otherwise, dtype=values.dtype)
    spread[..., reviewed] = values
    return spread
