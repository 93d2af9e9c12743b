"""What has been settled so far, and how much of the caps is used up?

Lives here: the payment periods that have ended by a day, from what was known by then.
May not live here: payment formulas (`contract/`), KPIs of reviews that still run (`running.py`).
Amounts are positive where the buyer pays the supplier. [currency]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from pbc_sim.contract import Contract
from pbc_sim.contract.limits import Cap
from pbc_sim.contract.pricing import Settled, settle_block, summed
from pbc_sim.operations import Ledger
from pbc_sim.performance.measures import measure
from pbc_sim.performance.periods import ReviewPeriods, term_end
from pbc_sim.performance.scorecard import Scores
from pbc_sim.world import Setting

__all__ = ["CapUse", "SettledSoFar", "settled_so_far"]


class CapUse(NamedTuple):
    """How far a cap of the contract is used up.

    Parameters
    ----------
    what : {"deductions", "bonus"}
        What it caps.
    over_the_term : bool
        Whether it holds for the term as a whole, or for the last payment period that ended.
    used, most : float
        What was deducted or added, and the most that may be; both >= 0. [currency]
    """

    what: str
    over_the_term: bool
    used: float
    most: float

    @property
    def share(self) -> float:
        """Share of the cap that is used up [1]."""
        return self.used / self.most if self.most > 0 else float("nan")


@dataclass(frozen=True)
class SettledSoFar:
    """What the periods that have ended came to.

    Parameters
    ----------
    table : DataFrame
        A row a payment period that has ended: ``begin`` and ``end`` [day]; ``charges``,
        ``bonuses``, ``deductions`` (<= 0), ``adjustments`` and ``payment`` [currency].
    n_periods : int
        Payment periods of the term.
    caps : tuple of CapUse
        The contract's caps, as far as they are used up.
    terminated : bool
        Whether the contract has been ended early.
    """

    table: pd.DataFrame
    n_periods: int
    caps: tuple[CapUse, ...]
    terminated: bool

    @property
    def total(self) -> float:
        """What was paid so far [currency]."""
        return float(self.table["payment"].sum())


def settled_so_far(
    contract: Contract, known: Ledger, day: float, setting: Setting, cost: float = float("nan")
) -> SettledSoFar:
    """Settle the payment periods that have ended by a day.

    Parameters
    ----------
    contract : Contract
        Its terms.
    known : Ledger
        What was known on the day.
    day : float
        The day. [day]
    setting : Setting
        The world that the parties believe in, for the expected value of the contract.
    cost : float
        What the term cost the supplier, for schemes that share it; they are settled when the term
        has ended, and before that it is not known. [currency]
    """
    months = contract.term.months
    periods = ReviewPeriods.of(setting, contract.term.review, months)
    needs = contract.needs().measures
    measured = {}
    for m in needs:
        reviews = ReviewPeriods.of(setting, m.review, m.months)
        measured[m] = measure(known, m, reviews).astype(float)[:, None, None]
    of_supplier = {months: np.full((1, 1), cost if day >= term_end(setting, months) else np.nan)}
    scores = Scores(setting, ("as it is",), np.zeros(1, dtype=int), measured, of_supplier)
    settled = settle_block([contract], scores, periods)
    ended = int(np.count_nonzero(periods.edges[1:] <= day))
    parts = {
        "charges": settled.block.charges,
        "bonuses": settled.bonuses,
        "deductions": settled.deductions,
        "adjustments": summed(settled.adjustments(contract)),
        "payment": summed(settled.lines),
    }
    rows = {name: _row(array, len(periods))[:ended] for name, array in parts.items()}
    begin, end = periods.edges[:-1][:ended], periods.edges[1:][:ended]
    index = pd.RangeIndex(1, ended + 1, name="period")
    table = pd.DataFrame({"begin": begin, "end": end, **rows}, index=index)
    alive = _row(settled.block.alive, len(periods))[:ended]
    caps = tuple(_caps(contract, settled, table, len(periods)))
    return SettledSoFar(table, len(periods), caps, not alive.all())


def _row(array: np.ndarray, n_periods: int) -> np.ndarray:
    row: np.ndarray = np.broadcast_to(array, (1, 1, 1, n_periods))[0, 0, 0]
    return row


def _caps(
    contract: Contract, settled: Settled, table: pd.DataFrame, n_periods: int
) -> Iterator[CapUse]:
    """Yield the contract's own caps; those of single clauses and groups act before them."""
    kinds: tuple[tuple[str, Sequence[Cap], pd.Series], ...] = (
        ("deductions", contract.limits.deductions, 0.0 - table["deductions"]),
        ("bonus", contract.limits.bonus, table["bonuses"]),
    )
    for what, caps, amounts in kinds:
        for cap in caps if len(table) else ():
            most = _row(Cap.most([cap], settled.block), n_periods)[len(table) - 1]
            used = amounts.sum() if cap.over_the_term else amounts.iloc[-1]
            yield CapUse(what, cap.over_the_term, max(float(used), 0.0), float(most))
