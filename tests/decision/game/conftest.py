"""The game that ships, as it is set up and as computers play it."""

import pytest

import pbc_sim as pbc
from pbc_sim.decision.game import Setup, new_game, play_out


@pytest.fixture(scope="session")
def island(repository):
    return pbc.load_scenario(repository / "scenarios" / "role_play.yaml")


@pytest.fixture(scope="session")
def setup(island):
    return Setup(island, "played", seed=1)


@pytest.fixture(scope="session")
def by_computers(setup):
    return play_out(new_game(setup))
