"""Does a study of a hundred million orders end, in how much time, and does memory stay flat?

Simulates all plans of the office supplies on all cores, a block of replications after the other,
settles the contracts on each block and keeps of it the sums that means and their errors need. An
order that every plan serves is simulated once a plan, and counts so. Memory is that of this process
and of the largest worker, after each block.

Run: python benchmarks/many_orders.py [--orders 100000000] [--block 1000]
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from pathlib import Path

import numpy as np

from pbc_sim.decision import Outcomes
from pbc_sim.decision.outcomes import run_study, study_of
from pbc_sim.scenario import load_scenario
from pbc_sim.world import draw_world

SCENARIO = Path(__file__).resolve().parents[1] / "scenarios" / "office_supplies.yaml"
MIB = 2**20
UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss


WHOSE = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def memory() -> str:
    """Return the most memory so far, of this process and of its largest worker."""
    most = [resource.getrusage(who).ru_maxrss * UNIT / MIB for who in WHOSE]
    return f"{most[0]:.0f} and {most[1]:.0f} MiB"


def sums_of(outcomes: Outcomes) -> np.ndarray:
    """Return sums over futures, axes (what, contract, plan): profit, cost, and cost squared."""
    prices = outcomes.settle()
    profit = prices.supplier_profit.transpose("contract", "plan", "replication").to_numpy()
    cost = prices.buyer_cost.transpose("contract", "plan", "replication").to_numpy()
    return np.array([profit.sum(axis=-1), cost.sum(axis=-1), (cost**2).sum(axis=-1)])


def main() -> None:
    """Simulate, and print what was reached after each block."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--orders", type=int, default=100_000_000)
    parser.add_argument("--block", type=int, default=1000, help="replications")
    options = parser.parse_args()
    scenario = load_scenario(SCENARIO)
    study = study_of(scenario, None, 1)
    few = [len(draw_world(scenario.setting, 1, n).order_time) for n in range(200)]
    orders_each = float(np.mean(few)) * len(scenario.plans)
    run_study(study, 2)  # compiles
    begin, done = time.perf_counter(), 0
    sums = np.zeros((3, len(scenario.contracts), len(scenario.plans)))
    while done * orders_each < options.orders:
        sums += sums_of(run_study(study, options.block, first=done))
        done += options.block
        seconds, orders = time.perf_counter() - begin, done * orders_each
        print(
            f"{done:,} replications, about {orders / 1e6:.1f} million orders, {seconds:.0f} s, "
            f"{orders / seconds:,.0f} orders/s; most memory {memory()}",
            flush=True,
        )
    profit, cost, squared = sums / done
    errors = np.sqrt(np.maximum(squared - cost**2, 0) / done)
    for n, name in enumerate(scenario.contracts):
        plan = int(np.argmax(profit[n]))
        print(
            f"{name}: the supplier's best plan is {list(scenario.plans)[plan]}, and the buyer then "
            f"bears {cost[n, plan]:,.0f} +/- {1.96 * errors[n, plan]:,.0f} {scenario.currency}"
        )


if __name__ == "__main__":
    main()
