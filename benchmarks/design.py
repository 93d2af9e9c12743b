"""How long does a designer wait: for a moved slider, and for a search among stored futures?

A few simulated futures, drawn with replacement, stand for many: what is timed is pricing,
which does not ask whether futures differ. Measured in one run are

* a slider: one number of the contract is changed, the contract checked and settled under every plan
  of a menu of 27 in 1,000 futures of 12 payments, and the supplier answers; median of 30 moves;
* a search: 10,000 contracts are made from numbers, checked, settled under the plans of the scenario
  in 1,000 futures, and judged as `pbc.design` judges them; seconds, and contracts a second.

Run: python benchmarks/design.py [--contracts 10000] [--plans 27] [--replications 1000] [--moves 30]
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
from pbc_sim.contract import compile_settlement
from pbc_sim.decision.evaluation import evaluate
from pbc_sim.scenario.vary import Vary, with_numbers

SCENARIO = Path(__file__).parents[1] / "scenarios" / "office_supplies.yaml"
CONTRACT = "pbc_2022"
SLIDER = "payment.catalogue_price.factor"
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


def slider(outcomes: pbc.Outcomes, moves: int) -> np.ndarray:
    """Return seconds from a moved number to both parties' expected money, shape (moves,)."""
    contract = outcomes.scenario.contracts[CONTRACT]
    waited = []
    for at in np.linspace(0.85, 0.95, moves + 1):
        begin = time.perf_counter()
        evaluate(outcomes, {"draft": with_numbers(contract, {SLIDER: float(at)})})
        waited.append(time.perf_counter() - begin)
    # The first move pays for imports.
    return np.array(waited[1:])


def main() -> None:
    """Read options, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--contracts", type=int, default=10_000)
    parser.add_argument("--plans", type=int, default=27)
    parser.add_argument("--replications", type=int, default=1000)
    parser.add_argument("--moves", type=int, default=30)
    options = parser.parse_args()
    compile_settlement()  # as an app does when it starts, so that small work is compiled too
    scenario = pbc.load_scenario(SCENARIO)
    simulated = pbc.run(scenario, 12, progress=False)
    moved = slider(many(simulated, options.plans, options.replications), options.moves)
    sys.stdout.write(
        f"slider, {options.plans} plans x {options.replications} replications: median of "
        f"{options.moves} moves {1000 * np.median(moved):.0f} ms, quartiles "
        f"{1000 * np.quantile(moved, 0.25):.0f} and {1000 * np.quantile(moved, 0.75):.0f} ms\n"
    )
    futures = many(simulated, len(scenario.plans), options.replications)
    vary = Vary(scenario.contracts[CONTRACT], VARY)
    points = np.random.default_rng(2).random((options.contracts, len(VARY)))
    begin = time.perf_counter()
    contracts, _, refused = vary.contracts(points)
    made = time.perf_counter()
    table = evaluate(futures, contracts, surely=True)
    done = time.perf_counter()
    cells = len(contracts) * len(scenario.plans) * options.replications
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(
        f"search, {len(scenario.plans)} plans x {options.replications} replications: "
        f"{len(contracts)} contracts in {done - begin:.1f} s, "
        f"{len(contracts) / (done - begin):,.0f} contracts/s "
        f"({made - begin:.1f} s to make them, {len(refused)} refused; "
        f"{done - made:.1f} s to evaluate, {cells / (done - made):,.0f} "
        "contract-plan-replications/s)\n"
        f"{int(table['feasible'].sum())} feasible; largest resident set {peak:,.0f} MiB\n"
    )


if __name__ == "__main__":
    main()
