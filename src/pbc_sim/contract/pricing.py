"""What is each line of a payment: contracts of one structure, priced per payment period.

Lives here: the order in which clauses act. May not live here: a clause's own formula, reading KPIs
(`reading.py`), grouping of contracts (`settlement.py`), text (`statement.py`).
The order: termination, charges and their index; then of each mechanism ramp-in, escalation, gate
and its own limits; then limits of groups and of the contract, earn-back, and other adjustments.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from pbc_sim.contract.block import Block, Reading, column
from pbc_sim.contract.incentives import Incentive
from pbc_sim.contract.limits import RampIn, gate_is_open, held_back
from pbc_sim.contract.modifiers import EarnBack, Escalation
from pbc_sim.contract.reading import read
from pbc_sim.contract.streaks import streak
from pbc_sim.contract.termination import Termination
from pbc_sim.contract.terms import Contract
from pbc_sim.performance.measures import Measure
from pbc_sim.performance.periods import ReviewPeriods, months_between
from pbc_sim.performance.scorecard import Scores

__all__ = ["Settled", "contract_value", "settle_block", "stages"]


@dataclass(frozen=True)
class Settled:
    """A block of contracts, settled.

    Parameters
    ----------
    block : Block
        What the clauses computed with, charges included.
    incentives : list of ndarray
        Amount of each incentive after its modifiers and own limits, and with what it earns back.
        [currency]
    limited : tuple of ndarray
        What the contract's limits take back of deductions (>= 0), bonuses (<= 0). [currency]
    deductions, bonuses : ndarray
        Sum of what is deducted, less what is earned back (<= 0 over the term), and of what is paid
        on top (>= 0), after limits. [currency]
    group_limited : dict of str to tuple of ndarray
        The same as `limited`, of each group of mechanisms. [currency]
    adjusted : list of ndarray
        Amount of each adjustment, in the order of the contract. [currency]
    terminated : ndarray, optional
        What the supplier pays on a termination (<= 0), where the contract has such a clause.
        [currency]
    payment : ndarray
        The payment scheme's own part of the charges: without what an index adds. [currency]
    earned_back : dict of int to ndarray
        What is earned back, by the number of the incentive, >= 0. [currency]
    """

    block: Block
    incentives: list[np.ndarray]
    limited: tuple[np.ndarray, np.ndarray]
    deductions: np.ndarray
    bonuses: np.ndarray
    payment: np.ndarray
    adjusted: list[np.ndarray] = field(default_factory=list)
    group_limited: dict[str, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    terminated: np.ndarray | None = None
    earned_back: dict[int, np.ndarray] = field(default_factory=dict)

    def adjustments(self, contract: Contract) -> list[np.ndarray]:
        """Return what is paid beside charges and incentives: rebates, retention [currency]."""
        pairs = zip(contract.adjustments, self.adjusted, strict=True)
        beside = [amounts for clause, amounts in pairs if not clause.of_charges]
        return beside if self.terminated is None else [*beside, self.terminated]

    @property
    def lines(self) -> list[np.ndarray]:
        """Every line of the payment; they add up to what is paid [currency]."""
        groups = [amounts for pair in self.group_limited.values() for amounts in pair]
        end = [] if self.terminated is None else [self.terminated]
        return [self.payment, *self.incentives, *groups, *self.limited, *self.adjusted, *end]


def summed(arrays: Iterable[np.ndarray]) -> np.ndarray:
    """Return the sum of amounts of different shapes that broadcast [currency]."""
    total = np.zeros((1, 1, 1, 1))
    for array in arrays:
        # In place where it fits, since a new array for every addition costs more than adding.
        if np.broadcast_shapes(total.shape, array.shape) == total.shape:
            total += array
        else:
            total = total + array
    return total


def contract_value(contract: Contract, scores: Scores) -> float:
    """Return the stated value, or what the payment scheme is expected to pay [currency]."""
    if contract.value is not None:
        return contract.value
    periods = ReviewPeriods.of(scores.setting, contract.term.review, contract.term.months)
    at_catalogue = scores.setting.expected_value(periods.edges[0], periods.edges[-1])
    return contract.payment.expected_value(at_catalogue, len(periods))


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
    first = contracts[0]
    block = _charged(contracts, _before_charges(contracts, scores, periods))
    payment, adjusted = block.charges, []
    for n, clause in enumerate(first.adjustments):
        if clause.of_charges:
            clauses = [contract.adjustments[n] for contract in contracts]
            adjusted.append(type(clause).amounts(clauses, block))
            block = replace(block, charges=block.charges + adjusted[-1])

    incentives = []
    for n in range(len(first.incentives)):
        *_, (_, amount) = stages(n, contracts, block)
        incentives.append(amount)
    deducted = 0.0 - summed(np.minimum(a, 0.0) for a in incentives)
    added = summed(np.maximum(a, 0.0) for a in incentives)
    groups = _held_in_groups(contracts, incentives, block)
    if groups:
        deducted = deducted - summed(deductions for deductions, _ in groups.values())
        added = added + summed(bonus for _, bonus in groups.values())
    limited = held_back([c.limits for c in contracts], deducted, added, block)
    deductions, bonuses = 0.0 - (deducted - limited[0]), added + limited[1]
    earned_back = _earned_back(contracts, incentives, block, (deducted, limited[0]), groups)
    for n, back in earned_back.items():
        incentives[n], deductions = incentives[n] + back, deductions + back

    indices = iter(adjusted)
    every = [
        next(indices)
        if clause.of_charges
        else type(clause).amounts([contract.adjustments[n] for contract in contracts], block)
        for n, clause in enumerate(first.adjustments)
    ]
    ends = [c.termination for c in contracts if c.termination]
    terminated = Termination.amounts(ends, block) if ends else None
    return Settled(
        block, incentives, limited, deductions, bonuses, payment, every, groups, terminated,
        earned_back,
    )  # fmt: skip


def _before_charges(contracts: Sequence[Contract], scores: Scores, periods: ReviewPeriods) -> Block:
    first, n_periods = contracts[0], len(periods)
    shape = (1, len(scores.plans), len(scores.replications), n_periods)
    readings: dict[str, Reading] = {
        name: read([contract.kpis[name] for contract in contracts], measure, scores, periods)
        for name, measure in first.measured().items()
    }
    totals: dict[Measure, np.ndarray] = {
        measure: scores.measured[measure][0][None] for measure in first.totals()
    }
    value = np.array([contract_value(contract, scores) for contract in contracts])
    days = [scores.setting.calendar.date(float(edge)).date() for edge in periods.edges]
    cost = scores.supplier_costs.get(first.term.months)
    ramp_ins = [c.ramp_in or RampIn(periods=0) for c in contracts]
    return Block(
        readings,
        totals,
        value[:, None, None, None],
        np.zeros(shape),
        n_periods,
        begins=tuple(days[:-1]),
        term_months=months_between(days[0], days[-1]),
        acts=np.arange(n_periods) >= column(ramp_ins, "periods"),
        supplier_cost=None if cost is None else cost[None, :, :, None],
    )


def _charged(contracts: Sequence[Contract], block: Block) -> Block:
    """Return the block as far as its contracts run, with the charges of their payment schemes."""
    ends = [c.termination for c in contracts if c.termination]
    if ends:
        balance = None if ends[0].points is None else _points_balance(contracts, block)
        alive = Termination.alive(ends, block, balance)
        readings = {name: reading.while_held(alive) for name, reading in block.readings.items()}
        block = replace(block, readings=readings, alive=alive, acts=block.acts & alive)
    payments = [contract.payment for contract in contracts]
    charges = type(payments[0]).charges(payments, block)
    return replace(block, charges=np.where(block.alive, charges, 0.0) if ends else charges)


def _points_balance(contracts: Sequence[Contract], block: Block) -> np.ndarray:
    """Return the balance of all demerit points, as if no contract ended early [point]."""
    clauses = zip(*(contract.incentives for contract in contracts), strict=True)
    return summed(type(of_all[0]).points_balance(of_all, block) for of_all in clauses)


def stages(n: int, contracts: Sequence[Contract], block: Block) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the amounts of the n-th incentive as one modifier after another has acted [currency].

    The first are those of the mechanism itself, the last are due; each has the modifier's name.
    """
    first = contracts[0]
    incentive = first.incentives[n]
    clauses = [contract.incentives[n] for contract in contracts]
    amount = _of_mechanism(clauses, block)
    yield "mechanism", amount
    if not block.acts.all():
        amount = np.where(block.acts, amount, 0.0)
    yield "ramp_in", amount
    reading = block.readings.get(incentive.kpi_name or "")
    if reading is not None and incentive.escalation is not None:
        misses = streak(~reading.met, reading.counts & block.acts)
        times = Escalation.multiplier([clause.escalation for clause in clauses], misses)
        amount = np.where(amount < 0, amount * times, amount)
        yield "escalation", amount
    gates = [c.gate for c in contracts if c.gate]
    if gates:
        if (amount > 0).any():
            amount = np.where(gate_is_open(gates, block), amount, np.minimum(amount, 0.0))
        yield "gate", amount
    if incentive.limits.holds:
        taken, added = 0.0 - np.minimum(amount, 0.0), np.maximum(amount, 0.0)
        back = held_back([clause.limits for clause in clauses], taken, added, block)
        amount = amount + back[0] + back[1]
        yield "limits", amount


def _earned_back(
    contracts: Sequence[Contract],
    incentives: Sequence[np.ndarray],
    block: Block,
    of_contract: tuple[np.ndarray, np.ndarray],
    groups: Mapping[str, tuple[np.ndarray, np.ndarray]],
) -> dict[int, np.ndarray]:
    """Return what each incentive that has earn-back earns back, by its number, >= 0 [currency].

    Only what was really deducted comes back. Where limits of the contract or of a group hold part
    of a period's deductions back, they hold the same share of each of them back.

    Parameters
    ----------
    contracts : sequence of Contract
        Contracts of one structure.
    incentives : sequence of ndarray
        Amount of each incentive after its own limits. [currency]
    block : Block
        What clauses compute with.
    of_contract : tuple of ndarray
        What is deducted in all, and what the contract's limits take back of it, >= 0. [currency]
    groups : mapping of str to tuple of ndarray
        What each group's limits take back of deductions, and of bonuses. [currency]
    """
    first, found = contracts[0], {}
    every = {n: i for n, i in enumerate(first.incentives) if getattr(i, "earn_back", None)}
    of_all = _let_through(*of_contract) if every else None
    for n, incentive in every.items():
        reading, kept = block.readings[incentive.kpi], of_all
        if incentive.group is not None:
            deducted, _ = _of_group(incentive.group, first, incentives)
            kept = kept * _let_through(deducted, groups[incentive.group][0])
        counts = reading.counts & block.acts
        good = np.where(counts, streak(reading.met, counts), 0)
        clauses = [contract.incentives[n].earn_back for contract in contracts]
        found[n] = EarnBack.paid_back(clauses, np.minimum(incentives[n], 0.0) * kept, good)
    return found


def _let_through(deducted: np.ndarray, held: np.ndarray) -> np.ndarray:
    """Return the share of deductions that limits let through [1]."""
    deducted, held = np.broadcast_arrays(deducted, held)
    return np.divide(deducted - held, deducted, out=np.ones(deducted.shape), where=deducted > 0)


def _of_mechanism(clauses: Sequence[Incentive], block: Block) -> np.ndarray:
    mechanism = type(clauses[0])
    kpi = clauses[0].kpi_name or ""
    parts = block.readings[kpi].parts if kpi else ()
    if not parts:
        return mechanism.amounts(clauses, block)
    amounts = [
        mechanism.amounts(clauses, replace(block, readings={**block.readings, kpi: part}))
        for part in parts
    ]
    n_reviews = summed(part.counts.astype(float) for part in parts)
    return summed(amounts) / np.maximum(n_reviews, 1.0)


def _held_in_groups(
    contracts: Sequence[Contract], incentives: Sequence[np.ndarray], block: Block
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    first, held = contracts[0], {}
    for group in first.groups:
        deducted, added = _of_group(group, first, incentives)
        held[group] = held_back([c.groups[group] for c in contracts], deducted, added, block)
    return held


def _of_group(
    group: str, contract: Contract, incentives: Sequence[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Return what a group's mechanisms deduct and add in all, both >= 0 [currency]."""
    members = [
        amount
        for clause, amount in zip(contract.incentives, incentives, strict=True)
        if clause.group == group
    ]
    deducted = 0.0 - summed(np.minimum(a, 0.0) for a in members)
    return deducted, summed(np.maximum(a, 0.0) for a in members)
