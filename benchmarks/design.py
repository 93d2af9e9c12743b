"""How long does it take to evaluate many contracts on stored futures, the supplier answering each?

One plan's futures are simulated and then stand for a whole menu: what is timed is pricing, which
does not ask whether plans differ. Timed are turning numbers into checked contracts, and
`evaluate`: settling every contract under every plan, the supplier's best response, means of both
parties and the wishes. Figures are seconds, and contract-plan-replications a second.

Run: python benchmarks/design.py [--contracts 10000] [--plans 27] [--replications 1000]
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import xarray as xr

import pbc_sim as pbc
from pbc_sim.decision.evaluation import evaluate
from pbc_sim.scenario.vary import Vary

SCENARIO = Path(__file__).parents[1] / "scenarios" / "office_supplies.yaml"
VARY = {
    "payment.catalogue_price.factor": [0.85, 0.95],
    "kpis.accuracy.target.at_least": [0.97, 0.995],
    "incentives.0.payment_curve.at_risk": [0.0, 0.1],
    "incentives.4.per_event.amount": [-20_000, 0],
}


def many(outcomes: pbc.Outcomes, plans: int, replications: int) -> pbc.Outcomes:
    """Return futures of a larger menu, drawn from simulated ones with replacement."""
    rng = np.random.default_rng(1)
    plan = rng.integers(len(outcomes.scores.plans), size=(plans, 1))
    row = rng.integers(outcomes.replications, size=(plans, replications))
    names = tuple(f"plan_{n}" for n in range(plans))
    measured = {m: array[:, plan, row] for m, array in outcomes.scores.measured.items()}
    scores = replace(
        outcomes.scores, plans=names, replications=np.arange(replications), measured=measured
    )
    costs = xr.DataArray(
        outcomes.costs.values[plan, row],
        dims=outcomes.costs.dims,
        coords={"plan": list(names), "line": outcomes.costs["line"].values},
    )
    study = replace(outcomes.study, plans=names)
    return replace(outcomes, study=study, scores=scores, costs=costs)


def main() -> None:
    """Read options, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--contracts", type=int, default=10_000)
    parser.add_argument("--plans", type=int, default=27)
    parser.add_argument("--replications", type=int, default=1000)
    options = parser.parse_args()
    scenario = pbc.load_scenario(SCENARIO)
    futures = many(pbc.run(scenario, 12, progress=False), options.plans, options.replications)
    vary = Vary(scenario.contracts["pbc_2022"], VARY)
    points = np.random.default_rng(2).random((options.contracts, len(VARY)))
    begin = time.perf_counter()
    contracts, _, refused = vary.contracts(points)
    made = time.perf_counter()
    table = evaluate(futures, contracts)
    done = time.perf_counter()
    cells = len(contracts) * options.plans * options.replications
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(
        f"{len(contracts)} contracts made in {made - begin:.1f} s, {len(refused)} refused\n"
        f"evaluated under {options.plans} plans x {options.replications} replications in "
        f"{done - made:.1f} s: {cells / (done - made):,.0f} contract-plan-replications/s\n"
        f"{int(table['feasible'].sum())} feasible; largest resident set {peak:,.0f} MiB\n"
    )


if __name__ == "__main__":
    main()
