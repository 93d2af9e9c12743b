"""What comparisons with other libraries share: our side of them, from the textbook systems.

Each system is built twice, here as a scenario file and in the peer's own words. Both are estimates
from independent replications, and their difference must be nought within four combined standard
errors, with the power to see the error that each test names.
"""

from collections.abc import Callable

import numpy as np
import pytest
from estimates import Estimate, Observed

import pbc_sim as pbc


@pytest.fixture(scope="session")
def ours(repository) -> Callable[..., Observed]:
    """Return the simulator of textbook systems."""

    def observed(name: str, replications: int, plan: str | None = None) -> Observed:
        scenario = pbc.load_scenario(repository / f"tests/scenarios/{name}.yaml")
        outcomes = pbc.run(scenario, replications, seed=31, workers=1, progress=False)
        return Observed(outcomes, plan or next(iter(scenario.plans)))

    return observed


@pytest.fixture(scope="session")
def theirs() -> Callable[..., list[Estimate]]:
    """Return what estimates each figure of a peer's replication, by its seeds."""

    def estimated(replicate: Callable[[int], tuple[float, ...]], n: int) -> list[Estimate]:
        rows = np.array([replicate(seed) for seed in range(n)])
        return [Estimate.of_mean(column) for column in rows.T]

    return estimated
