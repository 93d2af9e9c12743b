"""What is invested to do better, and how much better is a line handled by then?

Lives here: investments as a person writes them, and the factors that they and learning put on the
handling of each line. May not live here: luck, what handling is (`handling.py`), who pays
(`performance/costs.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, NamedTuple

import numpy as np

from pbc_sim.inputs import PositiveMoney, Share, Wording, Written, number
from pbc_sim.world.learning import LearningTerms
from pbc_sim.world.setting import Setting

__all__ = [
    "Effects",
    "Factors",
    "Improvement",
    "Investment",
    "paid_by_buyer",
    "paid_by_supplier",
]

Months = Annotated[int, number("month", ge=0, le=1200)]
Remaining = Annotated[float, number("1", ge=0, le=10)]


class Effects(Written):
    """What remains of each parameter once an investment works in full; 1 leaves it as it is.

    Parameters
    ----------
    pick_error : float
        Of the share of lines picked wrongly. [1]
    documentation_error : float
        Of the share of wrong delivery notes. [1]
    check_misses : float
        Of the share of errors that a check before dispatch misses. [1]
    pick_hours : float
        Of the picker's hours on a line, checks aside. [1]
    transport_time : float
        Of the travel time. [1]
    """

    pick_error: Remaining = 1.0
    documentation_error: Remaining = 1.0
    check_misses: Remaining = 1.0
    pick_hours: Remaining = 1.0
    transport_time: Remaining = 1.0


class Investment(Written):
    """A one-off investment at the beginning of measurement, as tracking, packaging or training.

    Parameters
    ----------
    cost : float
        What it costs, once. [currency]
    buyer_share : float
        Share of the cost that the buyer bears, where both improve jointly. [1]
    starts_after_months : int
        Time until it begins to work. [month]
    phase_in_months : int
        Time over which it comes to work in full, evenly; at once where 0. [month]
    effects : Effects
        What remains of the parameters of handling for lines ordered after that.
    label : str
        Name for people; the key where empty.
    """

    cost: PositiveMoney
    buyer_share: Share = 0.0
    starts_after_months: Months = 0
    phase_in_months: Months = 0
    effects: Effects
    label: Wording = ""

    def at_work(self, setting: Setting, placed: np.ndarray) -> np.ndarray:
        """Return how far it works for lines ordered at some times, from 0 to 1 [1]."""
        months = [self.starts_after_months, self.starts_after_months + self.phase_in_months]
        begin, full = setting.calendar.month_ends(setting.measured_from, months)
        if full == begin:
            return (placed >= begin).astype(float)
        return np.clip((placed - begin) / (full - begin), 0.0, 1.0)


class Factors(NamedTuple):
    """What remains of each parameter, for each line; the names are those of `Effects` [1]."""

    pick_error: np.ndarray
    documentation_error: np.ndarray
    check_misses: np.ndarray
    pick_hours: np.ndarray
    transport_time: np.ndarray


@dataclass(frozen=True)
class Improvement:
    """All that makes handling better under one plan.

    Parameters
    ----------
    setting : Setting
        The calendar of the investments.
    investments : tuple of Investment
        What was bought; their factors multiply.
    learning : LearningTerms, optional
        What is learnt.
    """

    setting: Setting
    investments: tuple[Investment, ...]
    learning: LearningTerms | None

    @classmethod
    def of(
        cls,
        setting: Setting,
        investments: Mapping[str, Investment],
        learning: LearningTerms | None,
    ) -> Improvement | None:
        """Return what improves; None where nothing does, so that it costs no work."""
        learning = learning or setting.terms.picking.learning
        if not investments and learning is None:
            return None
        return cls(setting, tuple(investments.values()), learning)

    def factors(self, placed: np.ndarray, number_: np.ndarray) -> Factors:
        """Return the factors of lines.

        Parameters
        ----------
        placed : ndarray of shape (n_lines,)
            When each was ordered. [day]
        number_ : ndarray of shape (n_lines,)
            How many lines had been ordered before it. [line]
        """
        found = {name: np.ones(len(placed)) for name in Factors._fields}
        for investment in self.investments:
            at_work = investment.at_work(self.setting, placed)
            for name, remains in investment.effects:
                found[name] *= 1 + (remains - 1) * at_work
        if self.learning:
            errors = self.learning.errors_factor(number_)
            found["pick_error"] *= errors
            found["documentation_error"] *= errors
            found["pick_hours"] *= self.learning.hours_factor(number_)
        return Factors(**found)


def paid_by_supplier(investments: Iterable[Investment]) -> float:
    """Return the supplier's part of the cost of investments [currency]."""
    return sum(bought.cost * (1 - bought.buyer_share) for bought in investments)


def paid_by_buyer(investments: Iterable[Investment]) -> float:
    """Return the buyer's part of the cost of investments [currency]."""
    return sum(bought.cost * bought.buyer_share for bought in investments)
