"""Futures grow beside an app, and what may be asked for next is there when it is asked for."""

import asyncio

import pytest

pytest.importorskip("anywidget")

import pbc_sim as pbc
from pbc_sim.show.apps import futures
from pbc_sim.show.apps.futures import Futures


@pytest.fixture
def simulated(monkeypatch):
    """Return the numbers of futures that were simulated, each time that any were."""
    seen = []
    simulate = futures.simulate_study

    def counted(study, replications, **options):
        seen.append(replications)
        return simulate(study, replications, **options)

    monkeypatch.setattr(futures, "simulate_study", counted)
    monkeypatch.setattr(futures, "FIRST", 4)
    return seen


def test_what_was_prepared_is_not_simulated_when_it_is_chosen(simulated):
    scenario = pbc.load_scenario("scenarios/pilot_office.yaml")

    async def chosen():
        grown = []
        kept = Futures(6, grown.append, lambda known: None)
        await kept.prepare(scenario, scenario.contracts)
        before = list(simulated)
        outcomes = kept.begin(scenario, scenario.contracts)
        at_once = list(simulated)
        await kept._task
        return before, at_once, outcomes, grown

    before, at_once, outcomes, grown = asyncio.run(chosen())

    assert before == at_once == [4]
    assert outcomes.digest() == pbc.run(scenario, 4, seed=1, workers=1, progress=False).digest()
    assert [o.replications for o in grown] == [6]


def test_in_a_script_all_futures_are_there_at_once(simulated):
    scenario = pbc.load_scenario("scenarios/pilot_office.yaml")

    outcomes = Futures(6, print, lambda known: None).begin(scenario, scenario.contracts)

    assert simulated == [6]
    assert outcomes.replications == 6
