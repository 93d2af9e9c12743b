"""What theory tests share: textbook systems as scenario files, estimates, exact values."""

import json
from collections.abc import Callable
from functools import cache

import pytest
from estimates import Estimate, Observed

import pbc_sim as pbc
from pbc_sim.decision import Outcomes


@pytest.fixture(scope="session")
def textbook(repository) -> Callable[[str], pbc.Scenario]:
    """Return the loader of textbook systems."""
    return cache(lambda name: pbc.load_scenario(repository / f"tests/scenarios/{name}.yaml"))


@pytest.fixture(scope="session")
def observe(textbook) -> Callable[..., Observed]:
    """Return the simulator of textbook systems; each is simulated once."""

    @cache
    def outcomes(name: str, replications: int) -> Outcomes:
        return pbc.run(textbook(name), replications, seed=20, workers=1, progress=False)

    def observed(name: str, replications: int, plan: str | None = None) -> Observed:
        return Observed(outcomes(name, replications), plan or next(iter(textbook(name).plans)))

    return observed


@pytest.fixture(scope="session")
def estimate() -> type[Estimate]:
    """Return the class of estimates, for what is no KPI."""
    return Estimate


@pytest.fixture(scope="session")
def reference(shared) -> Callable[[str], dict]:
    """Return the lookup of exact cases computed outside this project (skips without them)."""
    text = (shared / "reference" / "reference_values.json").read_text(encoding="utf-8")
    cases = {case["id"]: case for case in json.loads(text)["cases"]}
    return cases.__getitem__
