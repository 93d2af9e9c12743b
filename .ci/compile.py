"""Compile the rules once and keep them, so that neither tests nor notebooks wait for it.

Lives here: small studies that call every compiled entry. May not live here: checks.
"""

from pathlib import Path

import pbc_sim as pbc
from pbc_sim.contract import settle

# Scenarios without and with machines, whose rules are compiled apart where they are compiled.
for name in ("office_supplies", "spare_parts"):
    scenario = pbc.load_scenario(Path(__file__).parents[1] / "scenarios" / f"{name}.yaml")
    outcomes = pbc.run(scenario, 2, workers=1, progress=False)
    settle(scenario.contracts, outcomes.scores, engine="compiled")
