"""Compile the rules once and keep them, so that neither tests nor notebooks wait for it.

Lives here: small studies that call every compiled entry. May not live here: checks.
"""

from pathlib import Path

import pbc_sim as pbc
from pbc_sim.contract import settle

# Scenarios without and with machines, and without and with rules that are seldom needed: each has
# compiled rules of its own.
for name in ("office_supplies", "role_play", "spare_parts", "medical_devices"):
    scenario = pbc.load_scenario(Path(__file__).parents[1] / "scenarios" / f"{name}.yaml")
    outcomes = pbc.run(scenario, 2, workers=1, progress=False)
    settle(scenario.contracts, outcomes.scores, engine="compiled")
