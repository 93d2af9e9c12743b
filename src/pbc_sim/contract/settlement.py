"""What is paid: contracts settled on scorecards, as array code.

Lives here: grouping contracts of one structure into arrays, and their amounts over the term.
May not live here: the order in which clauses act (`pricing.py`), text (`statement.py`), costs,
decisions.
Contracts that differ only in numbers are settled together: no loop runs over contracts or
replications, and none over periods but for terms that remember earlier ones. Blocks keep the memory
bounded.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal

import numpy as np
import xarray as xr

from pbc_sim.contract.kernel.coverage import not_covered
from pbc_sim.contract.pricing import Settled, contract_value, settle_block, summed
from pbc_sim.contract.terms import Contract, needs_of
from pbc_sim.errors import InvariantError, PbcError
from pbc_sim.performance.periods import DAYS_PER_YEAR, ReviewPeriods
from pbc_sim.performance.scorecard import Scores

__all__ = ["Settled", "compile_settlement", "contract_value", "settle", "settle_block"]

#: Elements of one temporary array [contract, plan, replication, period]; 2 MiB each.
BLOCK_ELEMENTS = 2**18

#: Contracts that are settled together, so that what they have in common is computed once.
BLOCK_CONTRACTS = 4

Engine = Literal["auto", "arrays", "compiled"]

#: The compiled settlement; loading it takes a second, and compiling it, once on a machine, more.
KERNEL = "pbc_sim.contract.kernel.batches"

#: Contracts x futures x periods from which on it is worth calling, and worth loading.
WORTH_CALLING, WORTH_LOADING = 2**13, 2**25

DISAGREEMENT = "payments do not equal the sum of their lines."

#: Missing measures that a message names.
MOST_NAMED = 3

#: Largest result that is built; beyond it the caller should price in portions.
MOST_RESULT_BYTES = 4 * 2**30


def structure(contract: Contract) -> tuple[Any, ...]:
    """Return what contracts must have in common to be settled as one array: all but numbers."""
    measured = contract.measured()
    kpis = tuple(
        (name, measured[name], clause.structure()) for name, clause in contract.kpis.items()
    )
    return (
        *(contract.term, type(contract.payment), contract.limits.structure(), kpis),
        tuple((type(i), i.structure()) for i in contract.incentives),
        tuple((name, limits.structure()) for name, limits in contract.groups.items()),
        tuple((type(a), a.structure()) for a in contract.adjustments),
        tuple(contract.gate.no_bonus_below) if contract.gate else (),
        contract.termination.structure() if contract.termination else None,
    )


def settle(
    contracts: Mapping[str, Contract],
    scores: Scores,
    *,
    engine: Engine = "auto",
    threads: int | None = None,
) -> xr.Dataset:
    """Settle contracts on all plans and replications of a study.

    Parameters
    ----------
    contracts : mapping of str to Contract
        Candidate contracts by name.
    scores : Scores
        The scorecards; they must hold every measure that the contracts need.
    engine : {"auto", "arrays", "compiled"}
        Whether array code settles all contracts, or compiled code those that it covers; auto: where
        there is enough to do. What is paid is the same to the last bit.
    threads : int, optional
        Threads for the compiled code, all cores where empty; the numbers are the same for any.

    Returns
    -------
    xarray.Dataset
        ``payments``, ``charges``, ``bonuses`` (>= 0), ``deductions`` (<= 0) and ``adjustments``
        (rebates, retention, termination) over the term, with axes (contract, plan, replication)
        [currency]; ``present_values`` of the payments, if a contract has a discount rate;
        ``periods_lost`` after a termination [period]; ``reviews`` (contract, kpi), ``reviews_met``
        and ``reviews_dropped`` (contract, kpi, plan, replication), those that were agreed and not
        held [review]. A KPI is named as in its contract, and has NaN reviews in contracts without
        it.

    Raises
    ------
    PbcError
        If a measure is missing, or the result would not fit into memory.
    """
    missing = [m for m in needs_of(contracts).measures if m not in scores.measured]
    if missing:
        named = ", ".join(map(str, missing[:MOST_NAMED]))
        more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
        raise PbcError(
            f"these futures were simulated without measuring {named}{more}; run again with these "
            "contracts: pbc.run(scenario, contracts=...). A search cannot vary what changes the "
            "measure itself, as a limit, or the rate or cap of a late fee that has both."
        )
    kpis = list(dict.fromkeys(name for c in contracts.values() for name in c.kpis))
    result = _empty_result(contracts, kpis, scores)
    places = {name: n for n, name in enumerate(contracts)}
    for group in _groups(contracts):
        names, clauses = list(group), list(group.values())
        periods = ReviewPeriods.of(scores.setting, clauses[0].term.review, clauses[0].term.months)
        where = [places[name] for name in names]
        n_numbers = len(names) * len(scores.plans) * len(scores.replications) * len(periods)
        if _is_compiled(clauses[0], n_numbers, engine):
            _settle_compiled(result, where, clauses, scores, periods, threads)
            continue
        for some, replications in _blocks(len(names), scores, len(periods)):
            settled = settle_block(clauses[some], scores.portion(replications), periods)
            at = (where[some], replications)
            _store(result, at, settled, clauses[0], periods)
    return result


def _groups(contracts: Mapping[str, Contract]) -> list[dict[str, Contract]]:
    groups: dict[tuple[Any, ...], dict[str, Contract]] = {}
    for name, contract in contracts.items():
        groups.setdefault(structure(contract), {})[name] = contract
    return list(groups.values())


def _blocks(n_contracts: int, scores: Scores, n_periods: int) -> Iterator[tuple[slice, slice]]:
    n_plans, n_replications = len(scores.plans), len(scores.replications)
    per_replication = n_plans * n_periods
    together = min(n_contracts, BLOCK_CONTRACTS)
    r_step = max(1, min(n_replications, BLOCK_ELEMENTS // (per_replication * together)))
    c_step = max(1, BLOCK_ELEMENTS // (per_replication * r_step))
    for c in range(0, n_contracts, c_step):
        for r in range(0, n_replications, r_step):
            yield slice(c, c + c_step), slice(r, r + r_step)


def _empty_result(contracts: Mapping[str, Contract], kpis: list[str], scores: Scores) -> xr.Dataset:
    shape = (len(contracts), len(scores.plans), len(scores.replications))
    amounts = ["payments", "charges", "bonuses", "deductions", "adjustments"]
    if any(contract.term.discount_rate_per_year for contract in contracts.values()):
        amounts.append("present_values")
    size = int(np.prod(shape)) * (len(amounts) * 8 + 4 + 8 * len(kpis))
    if size > MOST_RESULT_BYTES:
        raise PbcError(
            f"{len(contracts)} contracts on {shape[1]} plans and {shape[2]} replications need "
            f"{size / 2**30:.1f} GiB; settle fewer contracts at a time."
        )
    axes = ("contract", "plan", "replication")
    by_kpi = ("contract", "kpi", "plan", "replication")
    shape_by_kpi = (shape[0], len(kpis), *shape[1:])
    return xr.Dataset(
        {
            **{name: (axes, np.zeros(shape)) for name in amounts},
            # What stays zero, as in most contracts, takes no memory.
            "periods_lost": (axes, np.zeros(shape, dtype=np.int32)),
            "reviews": (by_kpi[:2], np.full(shape_by_kpi[:2], np.nan)),
            "reviews_met": (by_kpi, np.full(shape_by_kpi, np.nan, dtype=np.float32)),
            "reviews_dropped": (by_kpi, np.zeros(shape_by_kpi, dtype=np.float32)),
        },
        coords={
            "contract": list(contracts),
            "plan": list(scores.plans),
            "replication": scores.replications,
            "kpi": kpis,
        },
    )


def compile_settlement() -> bool:
    """Load the compiled settlement, so that `settle` takes it for small work too.

    At the first time on a machine it is compiled, which takes some seconds, and kept on disk.

    Returns
    -------
    bool
        Whether there is one: it needs numba, the extra ``fast``.
    """
    if find_spec("numba") is None:
        return False
    import_module(KERNEL)
    return True


def _is_compiled(contract: Contract, n_numbers: int, engine: Engine) -> bool:
    """Tell whether contracts like this one are settled compiled, and load what does so."""
    least = WORTH_CALLING if KERNEL in sys.modules else WORTH_LOADING
    if engine == "arrays" or (engine == "auto" and n_numbers < least) or not_covered(contract):
        return False
    return compile_settlement()


def _settle_compiled(
    result: xr.Dataset,
    places: Sequence[int],
    contracts: Sequence[Contract],
    scores: Scores,
    periods: ReviewPeriods,
    threads: int | None,
) -> None:
    into, kpis = (
        {str(name): array.values for name, array in result.items()},
        list(result["kpi"].values),
    )
    where = (places, [kpis.index(name) for name in contracts[0].kpis])
    if not sys.modules[KERNEL].settle_all(into, where, contracts, scores, periods, threads):
        raise InvariantError(DISAGREEMENT)


def _agree(total: np.ndarray, lines: np.ndarray) -> None:
    """Stop unless payments equal the sum of their lines, added up the other way round."""
    if not np.allclose(total, lines, rtol=1e-9, atol=1e-3):
        raise InvariantError(DISAGREEMENT)


def _store(
    result: xr.Dataset,
    at: tuple[list[int], slice],
    settled: Settled,
    contract: Contract,
    periods: ReviewPeriods,
) -> None:
    contracts, replications = at
    block = settled.block
    parts = {
        "charges": block.charges,
        "bonuses": settled.bonuses,
        "deductions": settled.deductions,
    }
    beside = settled.adjustments(contract)
    if beside:
        parts["adjustments"] = summed(beside)
    total = np.zeros(())
    for name, array in parts.items():
        over_term = _over_term(array, block.n_periods)
        result[name].values[contracts, :, replications] = over_term
        total = total + over_term
    result["payments"].values[contracts, :, replications] = total
    _agree(total, _over_term(summed(settled.lines), block.n_periods))
    rate = contract.term.discount_rate_per_year
    if rate:
        # What is paid for a period is paid when it ends.
        years = (periods.edges[1:] - periods.edges[0]) / DAYS_PER_YEAR
        discounted = summed(parts.values()) * (1.0 + rate) ** -years
        total = _over_term(discounted, block.n_periods)
    if "present_values" in result:
        result["present_values"].values[contracts, :, replications] = total
    if not block.alive.all():
        lost = np.count_nonzero(~block.alive, axis=-1)
        result["periods_lost"].values[contracts, :, replications] = lost
    for name, reading in block.readings.items():
        k = list(result["kpi"].values).index(name)
        result["reviews"].values[contracts, k] = reading.reviewed.sum()
        met = np.count_nonzero(reading.counts & reading.met, axis=-1)
        result["reviews_met"].values[contracts, k, :, replications] = met
        if reading.counts is not reading.reviewed:
            dropped = np.count_nonzero(reading.reviewed & ~reading.counts, axis=-1)
            result["reviews_dropped"].values[contracts, k, :, replications] = dropped


def _over_term(array: np.ndarray, n_periods: int) -> np.ndarray:
    """Add up the periods one after another: in the same order on every machine."""
    if array.shape[-1] == 1:  # an array that is shared along an axis has length 1 there
        return array[..., 0] * n_periods
    total = array[..., 0].copy()
    for period in range(1, n_periods):
        total += array[..., period]
    return total
