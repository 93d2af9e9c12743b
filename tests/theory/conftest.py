"""What theory tests share: textbook systems as scenario files, estimates, exact values."""

import json
from collections.abc import Callable
from functools import cache

import pytest
from estimates import Estimate, Observed

import pbc_sim as pbc
from pbc_sim.decision import Outcomes
from pbc_sim.operations.engines import choose_engines

#: Tests that both engines take in every run.
ALSO_ON_SIMPY = {
    "test_on_time_share_with_exponential_lead_times",
    "test_on_time_share_with_three_pickers",
}


@pytest.fixture(scope="session")
def textbook(repository) -> Callable[[str], pbc.Scenario]:
    """Return the loader of textbook systems."""
    return cache(lambda name: pbc.load_scenario(repository / f"tests/scenarios/{name}.yaml"))


@pytest.fixture(scope="session", params=["auto", "simpy"])
def engine(request) -> str:
    """Return what simulates; "auto" is the compiled engine, but for what it does not cover."""
    return request.param


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Let the slower engine take part in every run with a few of its systems, and else in slow."""
    for item in items:
        engine = getattr(item, "callspec", None) and item.callspec.params.get("engine")
        if engine == "simpy" and item.originalname not in ALSO_ON_SIMPY:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def observe(textbook, engine) -> Callable[..., Observed]:
    """Return the simulator of textbook systems; each is simulated once on each engine."""

    @cache
    def outcomes(name: str, replications: int) -> Outcomes:
        scenario = textbook(name)
        chosen = choose_engines("auto", scenario.setting, scenario.plans).values()
        if engine == "simpy" and all(choice.engine == "simpy" for choice in chosen):
            pytest.skip("it runs on SimPy anyway")
        return pbc.run(scenario, replications, 20, workers=1, progress=False, engine=engine)

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
