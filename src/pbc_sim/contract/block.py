"""What do clauses see: one block of contracts of one structure, as arrays.

Lives here: the arrays that every payment and incentive computes with.
May not live here: any clause. All arrays have the axes [contract, plan, replication, period], or
shapes that broadcast to them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

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
    target : ndarray of shape (n_contracts, 1, 1, 1)
        The required level.
    reviewed : ndarray of shape (n_periods,)
        In which payment periods a review of this KPI ends.
    since : ndarray of shape (n_periods,)
        First payment period of the review that ends in each.
    higher_is_better : bool
        Direction of the KPI.
    """

    value: np.ndarray
    met: np.ndarray
    exceeded: np.ndarray
    target: np.ndarray
    reviewed: np.ndarray
    since: np.ndarray
    higher_is_better: bool

    def when_reviewed(self, amount: np.ndarray) -> np.ndarray:
        """Return an amount in the periods in which a review ends, and zero in others."""
        return np.where(self.reviewed, amount, 0.0)


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
    """

    readings: Mapping[str, Reading]
    totals: Mapping[Measure, np.ndarray]
    contract_value: np.ndarray
    charges: np.ndarray
    n_periods: int

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
