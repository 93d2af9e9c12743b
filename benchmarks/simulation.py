"""How fast are the model and its compiled twin against a toy written as SimPy is commonly written.

All simulate one year of 20 items with Poisson orders of one line, base stock, gamma lead times,
pickers and transport, and report on-time share and fill rate. The naive toy has a process an
order and a replenishment, draws from `random` as it goes, and notes dictionaries. Ours draws first,
keeps a full ledger and checks its balances, and all of that is in its time; the twin does the same
with the same numbers. What only drawing takes is measured alone, since no engine can save it. The
second table is of a scenario's whole study, all plans, from draws to scorecards. Times are CPU
seconds, taken in turns in one run, after a first run that compiles; the figures to quote are the
medians of the ratios.

Run: python benchmarks/simulation.py [--orders 20000] [--rounds 5]
"""

from __future__ import annotations

import argparse
import math
import random
import statistics
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import simpy

from pbc_sim.decision import run
from pbc_sim.operations import SupplierPlan, check_balances
from pbc_sim.operations.engines import ordering, simulator
from pbc_sim.performance import Measure, ReviewPeriods, measure
from pbc_sim.scenario import load_scenario
from pbc_sim.world import Setting, WorldTerms, draw_world
from pbc_sim.world.calendar import Duration
from pbc_sim.world.draws import Purpose

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


def toy_setting(orders_per_day: float) -> Setting:
    """Lay out the toy's world."""
    terms = WorldTerms.model_validate(
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
    return Setting.of(terms)


def ours(engine: str, orders_per_day: float, seed: int, times: int = 1) -> tuple[int, float, float]:
    """Simulate the toy with the package, from written world to KPIs.

    `times` as much stock and as many pickers: with more orders and no more of these, most orders
    would never be served, and a larger world would be less work an order.
    """
    setting = toy_setting(orders_per_day)
    plan = SupplierPlan.model_validate(
        {"policy": {"base_stock": {"level": LEVEL * times}}, "pickers": PICKERS * times}
    )
    world = draw_world(setting, seed, 0, ordering([engine]))
    ledger = simulator(engine, setting, plan)(world)
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


def drawn(orders_per_day: float, seed: int) -> tuple[int, float, float]:
    """Draw what the toy needs in NumPy, and nothing else."""
    world = draw_world(toy_setting(orders_per_day), seed, 0)
    for purpose in (Purpose.PICK_HOURS, Purpose.TRANSPORT_TIME):
        world.by_line(purpose, 0)
    world.lots.first(len(world.line_item) // ITEMS)
    return len(world.order_time), math.nan, math.nan


def timed(toy: Any, *arguments: Any) -> tuple[float, Any]:
    """Return CPU seconds and result of one run."""
    begin = time.process_time()
    result = toy(*arguments)
    return time.process_time() - begin, result


def toys(orders: int, rounds: int) -> None:
    """Measure the toys in turns."""
    ways = {
        "naive": naive,
        "ours, SimPy": partial(ours, "simpy"),
        "ours, compiled": partial(ours, "compiled"),
        "drawing alone": drawn,
    }
    per_day = orders / DAYS
    for toy in ways.values():
        toy(per_day / 50, 0)  # imports, caches, compiling
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for seed in range(rounds):
        for name, toy in ways.items():
            taken, (n, on_time, filled) = timed(toy, per_day, seed)
            seconds[name].append(taken / n)
            told = "" if math.isnan(on_time) else f", on time {on_time:.3f}, filled {filled:.3f}"
            print(f"round {seed} {name:>15}: {n / taken:12,.0f} orders/s{told}")
    print_ratios(seconds, "naive", "ours, SimPy")


def study(path: Path, replications: int, rounds: int) -> None:
    """Measure a scenario's study on both engines in turns, in one process."""
    scenario = load_scenario(path)
    seconds: dict[str, list[float]] = {"simpy": [], "compiled": []}
    for engine in seconds:
        run(scenario, 1, workers=1, progress=False, engine=engine)  # type: ignore[arg-type]  # a key
    for seed in range(rounds):
        for engine, taken in seconds.items():
            one = partial(run, scenario, replications, seed, workers=1, progress=False)
            taken.append(timed(partial(one, engine=engine))[0])
    each = {
        engine: f"{np.median(taken) / replications * 1e3:.1f} ms"
        for engine, taken in seconds.items()
    }
    print(f"\n{path.name}, a replication of all plans with scorecards: {each}")
    print_ratios(seconds, "simpy")


def print_ratios(seconds: dict[str, list[float]], *against: str) -> None:
    """Print how many times as fast as some of the ways each other one is."""
    for slow in against:
        for name in seconds:
            if name != slow:
                ratios = np.array(seconds[slow]) / np.array(seconds[name])
                print(f"median ratio {name} / {slow}: {statistics.median(ratios):.2f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--orders", type=int, default=20_000, help="orders a year")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--replications", type=int, default=20, help="of the scenario")
    options = parser.parse_args()
    toys(options.orders, options.rounds)
    scenarios = Path(__file__).resolve().parents[1] / "scenarios"
    study(scenarios / "office_supplies.yaml", options.replications, options.rounds)


if __name__ == "__main__":
    main()
