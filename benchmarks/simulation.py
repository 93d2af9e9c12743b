"""How fast is the SimPy model against the same toy written as SimPy is commonly written.

Both simulate one year of 20 items with Poisson orders of one line, base stock, gamma lead times,
pickers and transport, and both report on-time share and fill rate. The naive toy has a process an
order and a replenishment, draws from `random` as it goes, and notes dictionaries. Ours draws first,
keeps a full ledger and checks its balances, and all of that is in its time. Times are CPU seconds,
taken in turns in one run; the figure to quote is the median of the ratios.

Run: python benchmarks/simulation.py [--orders 20000] [--rounds 5]
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from typing import Any

import numpy as np
import simpy

from pbc_sim.operations import SupplierPlan, check_balances, simulate
from pbc_sim.performance import Measure, ReviewPeriods, measure
from pbc_sim.world import Setting, WorldTerms, draw_world
from pbc_sim.world.calendar import Duration

ITEMS, DAYS, LEVEL, LEAD_TIME, PICKERS = 20, 365, 12, 3.0, 4
PICK_DAYS, TRAVEL_DAYS, LIMIT = 0.02, 1.0, 1.5


def naive(orders_per_day: float, seed: int) -> tuple[int, float, float]:
    """Simulate the toy as tutorials do; return orders, on-time share, fill rate."""
    rng = random.Random(seed)
    env = simpy.Environment()
    pickers = simpy.Resource(env, PICKERS)
    stock = [simpy.Container(env, init=LEVEL) for _ in range(ITEMS)]
    log: list[dict[str, Any]] = []

    def replenish(item: int) -> Any:
        yield env.timeout(rng.gammavariate(4, LEAD_TIME / 4))
        yield stock[item].put(1)

    def order(name: int) -> Any:
        item = rng.randrange(ITEMS)
        record = {"order": name, "item": item, "placed": env.now}
        record["filled"] = stock[item].level > 0
        env.process(replenish(item))
        yield stock[item].get(1)
        with pickers.request() as turn:
            yield turn
            yield env.timeout(rng.expovariate(1 / PICK_DAYS))
        yield env.timeout(rng.gammavariate(4, TRAVEL_DAYS / 4))
        record["delivered"] = env.now
        log.append(record)

    def arrivals() -> Any:
        name = 0
        while True:
            yield env.timeout(rng.expovariate(orders_per_day))
            name += 1
            env.process(order(name))

    env.process(arrivals())
    env.run(until=DAYS)
    on_time = sum(r["delivered"] - r["placed"] <= LIMIT for r in log) / len(log)
    return len(log), on_time, sum(r["filled"] for r in log) / len(log)


def ours(orders_per_day: float, seed: int) -> tuple[int, float, float]:
    """Simulate the toy with the package, from written world to KPIs."""
    world_terms = WorldTerms.model_validate(
        {
            "horizon": {"days": DAYS},
            "calendar": {"always_open": True},
            "demand": {"units": {"buyer": {"orders_per_business_day": orders_per_day}}},
            "items": {f"item_{n}": {"price": 1, "cost": 1} for n in range(ITEMS)},
            "supply": {"lead_time": {"gamma": {"mean": LEAD_TIME, "cv": 0.5}}},
            "picking": {"hours_per_line": {"exponential": {"mean": 24 * PICK_DAYS}}},
            "transport": {"time": {"gamma": {"mean": TRAVEL_DAYS, "cv": 0.5}}},
        }
    )
    plan = SupplierPlan.model_validate(
        {"policy": {"base_stock": {"level": LEVEL}}, "pickers": PICKERS}
    )
    ledger = simulate(draw_world(Setting.of(world_terms), seed, 0), plan)
    check_balances(ledger)
    periods = ReviewPeriods.of(ledger.setting, "term", None)
    on_time, filled = (
        float(numerator / denominator)
        for numerator, denominator, _ in (
            measure(ledger, asked, periods)[:, 0]
            for asked in (
                Measure.of("on_time_share", limit=Duration(calendar_days=LIMIT)),
                Measure.of("fill_rate"),
            )
        )
    )
    return len(ledger.orders), on_time, filled


def timed(toy: Any, orders_per_day: float, seed: int) -> tuple[float, tuple[int, float, float]]:
    """Return CPU seconds and result of one run."""
    begin = time.process_time()
    result = toy(orders_per_day, seed)
    return time.process_time() - begin, result


def main() -> None:
    """Measure in turns and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--orders", type=int, default=20_000, help="orders a year")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    per_day = options.orders / DAYS
    timed(naive, per_day / 50, 0), timed(ours, per_day / 50, 0)  # imports and caches
    ratios, speeds = [], {"naive": [], "ours": []}
    for seed in range(options.rounds):
        rates = {}
        for name, toy in (("naive", naive), ("ours", ours)):
            seconds, (orders, on_time, filled) = timed(toy, per_day, seed)
            rates[name] = orders / seconds
            speeds[name].append(rates[name])
            print(
                f"round {seed} {name:>5}: {orders} orders in {seconds:.2f} s CPU, "
                f"{rates[name]:,.0f} orders/s, on time {on_time:.3f}, filled at once {filled:.3f}"
            )
        ratios.append(rates["ours"] / rates["naive"])
    for name, values in speeds.items():
        print(f"median {name:>5}: {statistics.median(values):,.0f} orders/s")
    print(f"median ratio ours / naive: {np.median(ratios):.2f}")


if __name__ == "__main__":
    main()
