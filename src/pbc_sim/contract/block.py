"""What do clauses see: one block of contracts of one structure, as arrays.

Lives here: the arrays that every payment and incentive computes with.
May not live here: any clause. All arrays have the axes [contract, plan, replication, period], or
shapes that broadcast to them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from pbc_sim.errors import PbcError
from pbc_sim.performance.measures import Measure

__all__ = ["Block", "Reading", "column", "shared"]


def column(clauses: Sequence[object], field: str, missing: float = np.nan) -> np.ndarray:
    """Return a numeric field of equal clauses of many contracts, shape (n_contracts, 1, 1, 1).

    Where all contracts agree the first axis has length 1, so that what they share is computed once.
    """
    values = [getattr(clause, field) for clause in clauses]
    array = np.array([missing if value is None else value for value in values], dtype=float)
    return shared(array)[:, None, None, None]


def shared(rows: np.ndarray) -> np.ndarray:
    """Return the first row alone if all rows are equal (NaN equals NaN)."""
    first = rows[:1]
    return first if ((rows == first) | ((rows != rows) & (first != first))).all() else rows


@dataclass(frozen=True)
class Reading:
    """A KPI as the contracts of a block read it.

    Parameters
    ----------
    value : ndarray
        Value after the rules for empty periods and dead band; NaN where nothing is reviewed.
    met, exceeded : ndarray of bool
        Whether target and incentive level are reached; true where nothing is reviewed.
    target : ndarray
        The required level; of a target that moves, in the periods in which it was judged.
    reviewed : ndarray of shape (n_periods,)
        In which payment periods a review of this KPI ends.
    since : ndarray of shape (n_periods,)
        First payment period of the review that ends in each.
    counts : ndarray of bool
        As `reviewed`, without the reviews that are no longer held in some futures.
    higher_is_better : bool
        Direction of the KPI.
    divisor : ndarray
        What the KPI is a share of; 0 in an empty period, NaN where nothing is reviewed.
    parts : tuple of Reading
        The shorter reviews that end in each payment period, the first ones first, where each is
        priced by itself and what they come to is averaged; else empty.
    """

    value: np.ndarray
    met: np.ndarray
    exceeded: np.ndarray
    target: np.ndarray
    reviewed: np.ndarray
    since: np.ndarray
    counts: np.ndarray
    higher_is_better: bool
    divisor: np.ndarray
    parts: tuple[Reading, ...] = ()

    def when_reviewed(self, amount: np.ndarray) -> np.ndarray:
        """Return an amount in the periods in which a review ends, and zero in others."""
        return np.where(self.counts, amount, 0.0)

    def while_held(self, held: np.ndarray) -> Reading:
        """Return the reading without the reviews that are not held (False)."""
        counts = self.counts & held
        return replace(
            self,
            value=np.where(held, self.value, np.nan),
            met=self.met | ~counts,
            exceeded=self.exceeded | ~counts,
            counts=counts,
            parts=tuple(part.while_held(held) for part in self.parts),
        )


@dataclass(frozen=True)
class Block:
    """What the clauses of a block of contracts compute with.

    Parameters
    ----------
    readings : mapping of str to Reading
        The KPIs of the contracts.
    totals : mapping of Measure to ndarray of shape (1, n_plans, n_replications, n_periods)
        Totals per payment period: accepted value, events.
    contract_value : ndarray of shape (n_contracts, 1, 1, 1)
        Value of the contract over its term, for shares of it. [currency]
    charges : ndarray
        What is paid before incentives; zero until the payment clause has been settled. [currency]
    n_periods : int
        Number of payment periods.
    begins : tuple of date
        First day of each payment period.
    term_months : float
        Length of the term. [month]
    acts : ndarray of bool
        In which periods incentives act: after the ramp-in, and until a termination.
    alive : ndarray of bool
        In which periods the contract runs: until a termination.
    supplier_cost : ndarray of shape (1, n_plans, n_replications, 1), optional
        What the term costs the supplier; None where it was not simulated. [currency]
    """

    readings: Mapping[str, Reading]
    totals: Mapping[Measure, np.ndarray]
    contract_value: np.ndarray
    charges: np.ndarray
    n_periods: int
    begins: tuple[dt.date, ...] = ()
    term_months: float = 12.0
    acts: np.ndarray = field(default_factory=lambda: np.ones(1, dtype=bool))
    alive: np.ndarray = field(default_factory=lambda: np.ones(1, dtype=bool))
    supplier_cost: np.ndarray | None = None

    @property
    def known_cost(self) -> np.ndarray:
        """What the term costs the supplier [currency]."""
        if self.supplier_cost is None:
            raise PbcError(
                "the payment scheme needs the supplier's costs, and these scores have none; "
                "simulate the contract's own term: pbc.run(scenario, contracts=...)."
            )
        return self.supplier_cost

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the charges, which every amount broadcasts with."""
        return self.charges.shape

    def cell(self, array: np.ndarray, period: int) -> float:
        """Return the amount of a period in the first contract, plan and replication."""
        shape = np.broadcast_shapes(array.shape, (1, 1, 1, self.n_periods))
        return float(np.broadcast_to(array, shape)[0, 0, 0, period])

    @property
    def last(self) -> np.ndarray:
        """Whether a period is the last one that the contract runs."""
        alive = np.broadcast_to(self.alive, (*self.alive.shape[:-1], self.n_periods))
        after = np.concatenate([alive[..., 1:], np.zeros_like(alive[..., :1])], axis=-1)
        return alive & ~after

    @property
    def years_before(self) -> np.ndarray:
        """Whole years between the beginning of the term and of each payment period [year]."""
        first = self.begins[0]
        return np.array(
            [
                d.year - first.year - ((d.month, d.day) < (first.month, first.day))
                for d in self.begins
            ]
        )

    def total(self, kpi: str, settings: tuple[tuple[str, object], ...] = ()) -> np.ndarray:
        """Return a total per payment period, as it was measured with some settings."""
        return next(
            array for m, array in self.totals.items() if (m.kpi, m.settings) == (kpi, settings)
        )

    def base(self, of: str, reading: Reading) -> np.ndarray:
        """Return what a share is taken of: the charges of the KPI's review, or the contract value.

        A share of the contract value is spread evenly over the payment periods. [currency]
        """
        if of == "contract_value":
            length = np.arange(self.n_periods) - reading.since + 1
            return self.contract_value * length / self.n_periods
        if np.array_equal(reading.since, np.arange(self.n_periods)):
            return self.charges
        paid = np.cumsum(self.charges, axis=-1)
        before = np.concatenate([np.zeros_like(paid[..., :1]), paid], axis=-1)[..., reading.since]
        return paid - before

    @property
    def judged(self) -> np.ndarray:
        """In which payment periods a review of any KPI ends; in all, if there is no KPI."""
        if not self.readings:
            return np.ones(self.n_periods, dtype=bool)
        return np.logical_or.reduce([r.reviewed for r in self.readings.values()])

    @property
    def all_met(self) -> np.ndarray:
        """Whether every KPI reviewed in a period meets its target."""
        return _all([reading.met for reading in self.readings.values()])

    @property
    def all_exceeded(self) -> np.ndarray:
        """Whether every KPI reviewed in a period reaches its incentive level."""
        return _all([reading.exceeded for reading in self.readings.values()])


def _all(conditions: Sequence[np.ndarray]) -> np.ndarray:
    every = np.array(True)
    for condition in conditions:
        every = every & condition
    return every
