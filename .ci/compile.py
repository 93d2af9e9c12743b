"""Compile the rules once and keep them, so that neither tests nor notebooks wait for it.

Lives here: one small study that calls every compiled entry. May not live here: checks.
"""

from pathlib import Path

import pbc_sim as pbc
from pbc_sim.contract import settle

scenario = pbc.load_scenario(Path(__file__).parents[1] / "scenarios" / "office_supplies.yaml")
outcomes = pbc.run(scenario, 2, workers=1, engine="compiled", progress=False)
settle(scenario.contracts, outcomes.scores, engine="compiled")
