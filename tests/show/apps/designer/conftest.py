"""Scenarios and futures that the tests of the designer share."""

import pytest

from pbc_sim.decision import run
from pbc_sim.scenario import load_scenario
from pbc_sim.show.apps.designer.app import Designer
from pbc_sim.show.apps.designer.prices import Desk
from pbc_sim.show.apps.opening import Opening


@pytest.fixture(scope="session")
def office(repository):
    return load_scenario(repository / "scenarios" / "office_supplies.yaml")


@pytest.fixture(scope="session")
def desk(office):
    return Desk(run(office, 12, 1, workers=1, progress=False))


@pytest.fixture(scope="session")
def opened(repository):
    return Designer(Opening(repository / "scenarios" / "office_supplies.yaml", "en", 12))


@pytest.fixture
def designer(opened, office):
    """Return the designer as it is when it was just opened; to open it takes a second."""
    opened.page._tools.press("language", "en")
    opened.page.say("")
    opened._take(next(iter(opened.files)), office)
    return opened
