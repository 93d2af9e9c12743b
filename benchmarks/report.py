"""How fast is it, beside what else one could use, and how do time and memory grow?

Measures everything side by side in one run, in turns, and writes the tables to docs/benchmarks.md
with date, machine and versions; behind the model come pricing (`pricing.py`) and start-up
(`start_up.py`). What counts are the ratios: they are medians over the rounds. Speed
is in CPU time, but for workers, where it is time of the clock. Peers do the nearest same work:
SupplyNetPy a reorder point in one store, Ciw a queue for pickers; where they keep less than a
ledger, they are faster by that. How time grows is the slope of a straight line through the
logarithms: 1 means that twice as much takes twice as long.

Run: python benchmarks/report.py [--rounds 5] [--output docs/benchmarks.md]
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import simpy
import start_up
from naive_office import naive_year
from simulation import DAYS, PICK_DAYS, PICKERS, drawn, naive, ours

from pbc_sim.decision import Outcomes, run
from pbc_sim.decision.outcomes import study_of
from pbc_sim.operations import SupplierPlan
from pbc_sim.operations.engines import ordering, simulator
from pbc_sim.operations.kernel.layout import Given
from pbc_sim.operations.kernel.twin import Twin
from pbc_sim.scenario import Scenario, load_scenario
from pbc_sim.world import Setting, WorldTerms, draw_world
from pbc_sim.world.draws import Purpose
from pbc_sim.world.future import Drawing

ROOT = Path(__file__).resolve().parents[1]
BY_HAND = "by hand, as `tests/peers` says"
ORDERS, REORDER_POINT, QUANTITY, UP_TO, STORE_LEAD_TIME = 10_000, 90, 40, 140, 3
LIBRARIES = ("numpy", "numba", "simpy", "supplynetpy", "ciw", "stockpyl")
#: Replications that take the compiled engine about as long as a few take SimPy, and such beside
#: which it takes no time to start workers.
MANY, MANY_MORE = 500, 2000
MIB = 2**20
#: What drawing alone takes: in NumPy, vectorised, and as the compiled engine does it.
NUMPY, COMPILED = "draws alone, NumPy", "draws alone, compiled"
BUSY = "others kept the cores busy: not a figure to quote"

Row = tuple[str, str, str]


def in_turns(ways: dict[str, Callable[[], Any]], rounds: int) -> dict[str, list[float]]:
    """Return CPU seconds of each way in each round, after a first one that compiles."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():
        way()
    for _ in range(rounds):
        for name, way in ways.items():
            # Nobody sweeps up what another one left.
            gc.collect()
            begin = time.process_time()
            way()
            seconds[name].append(time.process_time() - begin)
    return seconds


def times_as_fast(seconds: dict[str, list[float]], slow: str, fast: str) -> float:
    """Return the median of the ratios of the rounds."""
    pairs = zip(seconds[slow], seconds[fast], strict=True)
    return statistics.median(one / other for one, other in pairs)


def compared(what: str, seconds: dict[str, list[float]], pairs: Sequence[tuple[str, str]]) -> Row:
    """Return a row that says how many times as fast each pair's second is as its first."""
    ratios = [f"{b} / {a}: {times_as_fast(seconds, a, b):.1f} x" for a, b in pairs]
    each = [f"{name} {statistics.median(taken) * 1e3:.1f} ms" for name, taken in seconds.items()]
    return what, "<br>".join(ratios), ", ".join(each)


def toy_rows(rounds: int) -> list[Row]:
    """Measure the toy of `simulation.py`."""
    per_day = ORDERS / DAYS
    ways = {
        "naive SimPy": partial(naive, per_day, 1),
        "SimPy": partial(ours, "simpy", per_day, 1),
        "compiled": partial(ours, "compiled", per_day, 1),
        NUMPY: partial(drawn, per_day, 1),
    }
    pairs = [("naive SimPy", "SimPy"), ("naive SimPy", "compiled"), ("SimPy", "compiled")]
    pairs.append(("compiled", NUMPY))
    return [compared(f"toy: 20 items, {ORDERS:,} orders", in_turns(ways, rounds), pairs)]


def draw_compiled(scenario: Scenario, twins: Sequence[Twin], draws: Drawing, number: int) -> None:
    """Draw what all plans of a study need of one future, as the compiled engine does."""
    world = draw_world(scenario.setting, 1, number, draws)
    for twin in twins:
        twin.lay_out(world)


def draw_in_numpy(scenario: Scenario, needs: Sequence[Given], number: int) -> None:
    """Draw what the plans of the office supplies need, in NumPy, as it is drawn for SimPy.

    As many of each as were laid out for the last of the plans, which share what was drawn.
    """
    world, most = draw_world(scenario.setting, 1, number), needs[-1]
    world.lots.first(most.lead_times.shape[1])
    units = np.diff(most.first_unit).tolist()
    of_units = {Purpose.UNIT_DEFECT: True, Purpose.UNIT_INSPECTION: any(n.inspects for n in needs)}
    for purpose in (purpose for purpose, needed in of_units.items() if needed):
        for (stream,), count in zip(world.by_source(purpose), units, strict=True):
            stream.first(count)
    for delivery in range(most.laid_out):
        world.luck_of_lines(delivery)


def study_rows(scenario: Scenario, rounds: int) -> list[Row]:
    """Measure a replication of all plans of a scenario, from draws to scorecards.

    Each way runs as many as take about as long as those of the others.
    """
    names, few = list(scenario.plans), 4
    futures = {"naive SimPy": few, "SimPy": 2 * few}
    studies = {e: study_of(scenario, None, 1, engine=e) for e in ("simpy", "compiled")}
    twins = [Twin(scenario.setting, plan) for plan in scenario.plans.values()]
    draws, future = ordering(["compiled"]), draw_world(scenario.setting, 1, 0)
    needs = [twin.lay_out(future) for twin in twins]
    ways: dict[str, Callable[[], Any]] = {
        "naive SimPy": lambda: [naive_year(scenario, p, n) for n in range(few) for p in names],
        "SimPy": partial(studies["simpy"].replicate, range(2 * few)),
        "compiled": partial(studies["compiled"].replicate, range(MANY)),
        NUMPY: lambda: [draw_in_numpy(scenario, needs, n) for n in range(MANY)],
        COMPILED: lambda: [draw_compiled(scenario, twins, draws, n) for n in range(MANY)],
    }
    pairs = [("naive SimPy", "SimPy"), ("naive SimPy", "compiled"), ("SimPy", "compiled")]
    pairs += [("compiled", NUMPY), ("compiled", COMPILED)]
    what = "office supplies: a replication of all plans with scorecards"
    each = {
        name: [taken / futures.get(name, MANY) for taken in seconds]
        for name, seconds in in_turns(ways, rounds).items()
    }
    return [compared(what, each, pairs)]


def world_of(orders_per_day: float, plan: dict[str, Any], **sections: Any) -> tuple[Any, Any]:
    """Lay out a world of one item, and read a plan."""
    terms = {
        "horizon": {"days": DAYS},
        "calendar": {"always_open": True},
        "demand": {"units": {"buyer": {"orders_per_business_day": orders_per_day}}},
        "items": {"item": {"price": 1, "cost": 1}},
    }
    setting = Setting.of(WorldTerms.model_validate(terms | sections))
    return setting, SupplierPlan.model_validate(plan)


def supplynetpy(orders_per_day: float) -> None:
    """Simulate a store with a reorder point in SupplyNetPy."""
    from SupplyNetPy import Components

    luck, env = random.Random(1), simpy.Environment()
    made = {"env": env, "logging": False}
    supplier = Components.Supplier(ID="S", name="supplier", node_type="infinite_supplier", **made)
    store = Components.InventoryNode(
        ID="D", name="store", node_type="warehouse", capacity=10_000, initial_level=QUANTITY,
        inventory_holding_cost=0.0, replenishment_policy=Components.RQReplenishment,
        policy_param={"R": REORDER_POINT, "Q": QUANTITY}, product_sell_price=1,
        product_buy_price=1, **made,
    )  # fmt: skip
    link = {"ID": "L", "source": supplier, "sink": store, "cost": 0}
    Components.Link(env=env, lead_time=lambda: STORE_LEAD_TIME, **link)
    Components.Demand(
        ID="C", name="customers", order_arrival_model=lambda: luck.expovariate(orders_per_day),
        order_quantity_model=lambda: 1, demand_node=store, tolerance=float("inf"), **made,
    )  # fmt: skip
    env.run(until=DAYS)


def ciw_queue(orders_per_day: float) -> None:
    """Simulate a queue for pickers in Ciw."""
    import ciw

    ciw.seed(1)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(orders_per_day)],
        service_distributions=[ciw.dists.Exponential(1 / PICK_DAYS)],
        number_of_servers=[PICKERS],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(DAYS)
    simulation.get_all_records()


def stockpyl_stage(orders_per_day: float) -> None:
    """Simulate a stage that orders up to a level every day in stockpyl, which counts in days."""
    from stockpyl.sim import simulation
    from stockpyl.supply_chain_network import single_stage_system

    network = single_stage_system(
        demand_type="P", mean=orders_per_day, policy_type="BS", base_stock_level=UP_TO,
        shipment_lead_time=STORE_LEAD_TIME, holding_cost=1, stockout_cost=9,
    )  # fmt: skip
    simulation(network, DAYS, rand_seed=1, progress_bar=False)


def peer_rows(rounds: int) -> list[Row]:
    """Measure peers on the nearest same work; those that are not installed are named."""
    per_day, rows = ORDERS / DAYS, []
    point = {"reorder_point": REORDER_POINT, "quantity": QUANTITY}
    store = world_of(
        per_day,
        {"policy": {"reorder_point_quantity": point}},
        supply={"lead_time": STORE_LEAD_TIME},
    )
    queue = world_of(
        per_day,
        {"policy": {"base_stock": {"level": 1000}}, "pickers": PICKERS},
        supply={"lead_time": 0},
        picking={"hours_per_line": {"exponential": {"mean": 24 * PICK_DAYS}}},
    )
    every_day = {"order_up_to_level": UP_TO, "review_days": 1}
    stage = world_of(
        per_day,
        {"policy": {"periodic_order_up_to": every_day}},
        supply={"lead_time": STORE_LEAD_TIME},
    )
    peers: list[tuple[str, str, str, Callable[[float], None], tuple[Any, Any]]] = [
        ("SupplyNetPy", "extra `bench`", "one store, reorder point", supplynetpy, store),
        ("ciw", "extra `bench`", "a queue for pickers", ciw_queue, queue),
        ("stockpyl", BY_HAND, "a stage, demand summed by day", stockpyl_stage, stage),
    ]
    for module, source, what, peer, (setting, plan) in peers:
        if find_spec(module) is None:
            rows.append((f"{module}: {what}", f"not installed ({source})", ""))
            continue
        ways: dict[str, Callable[[], Any]] = {module: partial(peer, per_day)}
        for engine in ("simpy", "compiled"):
            simulate = simulator(engine, setting, plan)
            ways[engine] = lambda run=simulate, known=setting: run(draw_world(known, 1, 0))
        seconds = in_turns(ways, rounds)
        pairs = [(module, "simpy"), (module, "compiled")]
        rows.append(compared(f"{module}: {what}, {ORDERS:,} orders", seconds, pairs))
    return rows


def slope(sizes: Sequence[int], work: Callable[[int], Any], rounds: int) -> float:
    """Return by which power of the size the time of some work grows."""
    seconds = in_turns({str(size): partial(work, size) for size in sizes}, rounds)
    medians = [statistics.median(seconds[str(size)]) for size in sizes]
    return float(np.polyfit(np.log(sizes), np.log(medians), 1)[0])


def growth_rows(scenario: Scenario, rounds: int) -> list[Row]:
    """Measure how time grows with the size of a study."""
    quiet = {"workers": 1, "progress": False}
    names = list(scenario.plans)

    def with_orders(orders: int) -> None:
        ours("compiled", orders / DAYS, 1, times=orders // ORDERS)

    def with_items(items: int) -> None:
        terms = {
            "horizon": {"days": DAYS},
            "demand": {"units": {"buyer": {"orders_per_business_day": 40}}},
            "items": {f"item_{n}": {"price": 1, "cost": 1} for n in range(items)},
            "supply": {"lead_time": {"gamma": {"mean": 3, "cv": 0.5}}},
        }
        setting = Setting.of(WorldTerms.model_validate(terms))
        plan = SupplierPlan.model_validate({"policy": {"base_stock": {"level": 5}}})
        simulator("compiled", setting, plan)(draw_world(setting, 1, 0))

    def with_replications(replications: int) -> None:
        run(scenario, replications, **quiet)  # type: ignore[arg-type]  # one dict

    def with_plans(plans: int) -> None:
        study_of(scenario, None, 1, tuple(names[:plans])).replicate(range(20))

    few = run(scenario, 20, **quiet)  # type: ignore[arg-type]  # one dict
    drafts = list(scenario.contracts.values()) * 64

    def with_contracts(contracts: int) -> None:
        few.settle({str(n): drafts[n] for n in range(contracts)})

    measured = [
        # From where laying out a world, which is part of it, takes a small share.
        ("orders, stock and pickers alike", (40_000, 80_000, 160_000, 320_000), with_orders),
        ("items, orders given", (20, 40, 80, 160), with_items),
        ("replications", (100, 200, 400), with_replications),
        ("plans", (1, 2, 3, 5), with_plans),
        ("contracts", (40, 80, 160, 320), with_contracts),
    ]
    return [
        (f"time with {what}", f"slope {slope(sizes, work, rounds):.2f}", f"{sizes}")
        for what, sizes, work in measured
    ]


def worker_rows(scenario: Scenario, rounds: int) -> list[Row]:
    """Measure two workers against one, by the clock, on a study of some length."""
    ratios = []
    for _ in range(max(rounds // 2, 1)):
        seconds = {}
        for workers in (1, 2):
            begin = time.perf_counter()
            run(scenario, MANY_MORE, workers=workers, progress=False)
            seconds[workers] = time.perf_counter() - begin
        ratios.append(seconds[1] / seconds[2])
    told = f"{statistics.median(ratios):.2f} x one"
    return [
        (f"two workers, {MANY_MORE:,} replications", told, BUSY if os.getloadavg()[2] > 1 else "")
    ]


def kept_bytes(outcomes: Outcomes) -> float:
    """Return what a study keeps of each replication [byte]."""
    arrays = [*outcomes.scores.measured.values(), outcomes.costs.to_numpy()]
    return sum(array.nbytes for array in arrays) / len(outcomes.scores.replications)


def memory_rows(scenario: Scenario) -> list[Row]:
    """Measure what a replication leaves in memory."""
    unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss
    most = []
    for replications in (100, 200, 400):
        outcomes = run(scenario, replications, workers=1, progress=False)
        most.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / MIB)
    told = ", ".join(f"{each:.0f}" for each in most)
    return [
        ("kept of a replication of all plans", f"{kept_bytes(outcomes) / 1024:.1f} KiB", ""),
        ("most memory after 100, 200, 400 replications", f"{told} MiB", ""),
    ]


def line_rows(lines: Iterable[str]) -> list[Row]:
    """Return rows of what other benchmarks say line by line, as "what: result"."""
    told = (line.partition(": ") for line in lines if not line.startswith("round "))
    return [(what, result, "") for what, _, result in told]


def lines_of(script: str, *arguments: str) -> list[str]:
    """Return what another benchmark says, in a process of its own."""
    command = [sys.executable, str(Path(__file__).with_name(script)), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def many_rows() -> list[Row]:
    """Return what `many_orders.py` reached in the end; both kinds of memory as it had them."""
    reached = [line for line in lines_of("many_orders.py") if "most memory" in line]
    told = [line.partition("most memory ")[2] for line in (reached[0], reached[-1])]
    result, _sign, _memory = reached[-1].partition("; most memory")
    return [
        ("a hundred million orders, all cores", result, f"{told[0]} at first, {told[1]} at last")
    ]


def section(title: str, rows: Iterable[Row]) -> str:
    """Return a table under its heading."""
    heads, known = ("what", "result", "medians"), list(rows)
    columns = len(heads) if any(row[-1] for row in known) else len(heads) - 1
    lines = (heads, ("---",) * columns, *known)
    table = "\n".join(f"| {' | '.join(line[:columns])} |" for line in lines)
    return f"## {title}\n\n{table}\n"


def versions() -> str:
    """Return the versions of what was compared."""
    found = []
    for name in ("pbc-sim", *LIBRARIES):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} not installed")
    return ", ".join(found)


def main() -> None:
    """Measure, print, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "benchmarks.md")
    options = parser.parse_args()
    scenario, rounds = load_scenario(ROOT / "scenarios" / "office_supplies.yaml"), options.rounds
    busy = os.getloadavg()[0]
    # Memory first, for a process counts what those before it had, and its own largest so far.
    of_pricing = line_rows(lines_of("pricing.py", "--rounds", str(rounds)))
    of_many = many_rows()
    of_memory = memory_rows(scenario)
    of_model = [
        *toy_rows(rounds), *study_rows(scenario, rounds), *peer_rows(rounds),
        *growth_rows(scenario, rounds), *worker_rows(scenario, rounds), *of_memory,
        *of_many,
    ]  # fmt: skip
    of_start = line_rows(start_up.report(rounds, cold_rounds=1))
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}"
    text = (
        "# Benchmarks\n\n"
        "Written by `python benchmarks/report.py` (`make bench`); what each row measures is said\n"
        "there. The figures to quote are the ratios, medians of one run.\n\n"
        f"{dt.datetime.now(tz=dt.UTC):%Y-%m-%d}; {machine}, load {busy:.1f} before; Python\n"
        f"{platform.python_version()}, {versions()}; {rounds} rounds.\n\n"
        f"{section('The model', of_model)}\n"
        f"{section('Pricing', of_pricing)}\n{section('Start-up', of_start)}"
    )
    print(text)
    options.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
