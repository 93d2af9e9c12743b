"""How near is an estimate to a value: what tests of theory and of peers share.

A test passes if an estimate from independent replications lies within four standard errors of the
value. That alone would also pass with a huge standard error, so each test says which wrong value it
must be able to tell from the right one, and fails if it could not.
"""

from dataclasses import dataclass

import numpy as np

from pbc_sim.decision import Outcomes
from pbc_sim.performance.costs import COST_LINES

STANDARD_ERRORS = 4


@dataclass(frozen=True)
class Estimate:
    """An estimate with its standard error from independent replications."""

    value: float
    standard_error: float

    @classmethod
    def of_mean(cls, values) -> "Estimate":
        """Return the mean of independent values."""
        values = np.asarray(values, dtype=float)
        return cls(values.mean(), values.std(ddof=1) / np.sqrt(len(values)))

    @classmethod
    def of_ratio(cls, numerators, denominators) -> "Estimate":
        """Return a ratio of sums over independent pairs (Law, 2015, section 9.3.2)."""
        ratio = np.sum(numerators) / np.sum(denominators)
        errors = numerators - ratio * denominators
        standard_error = errors.std(ddof=1) / np.sqrt(len(errors)) / np.mean(denominators)
        return cls(ratio, standard_error)

    def __sub__(self, other: "Estimate") -> "Estimate":
        """Return the difference of two estimates that have nothing to do with each other."""
        standard_error = float(np.hypot(self.standard_error, other.standard_error))
        return Estimate(self.value - other.value, standard_error)

    def must_be(self, exact: float, not_: float) -> None:
        """Demand the exact value, and the power to tell it from a wrong one.

        Twice the allowed error, so that in a world with the wrong value the estimate would miss
        the exact one unless it were itself more than four standard errors off.
        """
        allowed = STANDARD_ERRORS * self.standard_error
        assert 0 < 2 * allowed <= abs(not_ - exact), (
            f"the test cannot tell {exact:.5g} from {not_:.5g}: standard error "
            f"{self.standard_error:.2g}; take more replications"
        )
        assert abs(self.value - exact) <= allowed, (
            f"{self.value:.5g} is {abs(self.value - exact) / self.standard_error:.1f} standard "
            f"errors from {exact:.5g}"
        )


@dataclass(frozen=True)
class Observed:
    """Replications of one plan of a textbook system."""

    outcomes: Outcomes
    plan: str

    @property
    def days(self) -> float:
        """Measured time of a replication."""
        setting = self.outcomes.scenario.setting
        return setting.ends - setting.measured_from

    def sums(self, kpi: str) -> tuple[np.ndarray, np.ndarray]:
        """Return numerator and denominator of a KPI, one of each a replication."""
        measure = self.outcomes.scenario.contracts["measured"].measured()[kpi]
        at = self.outcomes.scores.plans.index(self.plan)
        numerator, denominator, _ = self.outcomes.scores.measured[measure][:, at, :, 0]
        return numerator, denominator

    def kpi(self, kpi: str) -> Estimate:
        """Estimate a KPI."""
        return Estimate.of_ratio(*self.sums(kpi))

    def average(self, kpi: str) -> np.ndarray:
        """Return a KPI of each replication."""
        numerator, denominator = self.sums(kpi)
        return numerator / denominator

    def cost_per_day(self, line: str) -> np.ndarray:
        """Return a cost line of each replication, per day."""
        assert line in COST_LINES
        costs = self.outcomes.costs.sel(plan=self.plan, line=line).isel(term=0)
        return costs.to_numpy() / self.days
