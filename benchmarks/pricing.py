"""How fast are contracts settled, as arrays and compiled, against a plain loop over the same terms?

Priced are candidate contracts of one structure and different numbers, on 12 monthly payment
periods and 6 KPIs with made-up facts, some of them too few to judge. The terms use payment curves,
step tiers, a lump sum, an amount per point, a late fee, a gate, a ramp-in and three caps. One
evaluation is one contract in one future (a plan's replication) in one payment period: its six KPIs
judged, its seven mechanisms paid, gate and caps applied, and the term's totals written at the end.

One call to `settle` prices all of them. The loop reads the same written terms as dictionaries,
shares no code with the package, and gets its facts as lists beforehand, outside its time; it prices
the first contracts and replications, and both must pay the same to 1e-6. `rules` are the compiled
rules alone, on one core, with contracts and facts laid out before. What memory allows is the
bandwidth of copying arrays of 64 MiB in the same run over what a settlement must move at the least:
its results. Times are taken in turns in one run; speeds are of CPU time (what else runs on the
machine takes little of it), and the figures to quote are medians of ratios; only threads are
compared by the clock on the wall, and mean something only on a quiet machine. A slider moves one
number of a contract, which is then settled on 27 plans; `anew` lays the facts out again, as before
the first move. Turning written terms into checked contracts is timed apart. Memory is what `settle`
adds to the largest resident set of a fresh process (ru_maxrss), for a quarter of the contracts and
for all: beside its result it needs no more for many contracts than for few.

Run: python benchmarks/pricing.py [--contracts 1000] [--replications 1000] [--rounds 3]
     [--loop-contracts 10] [--loop-replications 100]
"""

from __future__ import annotations

import argparse
import datetime as dt
import functools
import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from pbc_sim.contract import Contract, compile_settlement, needs_of, settle
from pbc_sim.performance.measures import Measure
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.performance.scorecard import Scores
from pbc_sim.world import Setting, WorldTerms

MONTHS, PLAN, MIB = 12, "as_usual", 2**20
Way = Callable[..., xr.Dataset]
WAYS: dict[str, Way] = {
    "arrays": functools.partial(settle, engine="arrays"),
    "compiled": functools.partial(settle, engine="compiled"),
}
PAID = ("payments", "charges", "bonuses", "deductions")

#: Where values of the KPIs lie: mean share, and spread of that mean over replications.
LEVELS = {
    "on_time_share": (0.94, 0.03),
    "order_accuracy": (0.97, 0.015),
    "return_rate": (0.03, 0.015),
    "defect_rate": (0.01, 0.006),
    "fill_rate": (0.93, 0.03),
    "order_fill": (0.88, 0.05),
}
Terms = dict[str, Any]


def written(seed: int) -> Terms:
    """Return the terms of a contract as a person writes them; only numbers depend on the seed."""
    rng = np.random.default_rng([1, seed])

    def number(low: float, high: float, digits: int = 4) -> float:
        return round(float(rng.uniform(low, high)), digits)

    def curve(low: float, elbow: float, high: float) -> dict[float, float]:
        shift = number(-0.01, 0.01)
        points = {low: 0.0, elbow: number(0.4, 0.8), high: 1.0, 1.0: number(1.0, 1.3)}
        return {round(x + shift * (x < 1), 6): y for x, y in points.items()}

    per_day = number(0.0005, 0.002)
    return {
        "title": f"Candidate {seed}",
        "term": {"review": "month"},
        "value": number(9e5, 1.5e6, 0),
        "payment": {"catalogue_price": {"factor": number(0.9, 1.1)}},
        "kpis": {
            "on_time": {
                "measure": "on_time_share",
                "limit": {"business_days": 2.0},
                "target": {"at_least": number(0.92, 0.96)},
                "min_sample": int(rng.integers(1, 6)),
            },
            "accuracy": {
                "measure": "order_accuracy",
                "target": {"at_least": number(0.95, 0.98)},
                "when_empty": "carry",
                "min_sample": int(rng.integers(1, 6)),
            },
            "returns": {
                "measure": "return_rate",
                "target": {"below": number(0.03, 0.05)},
                "incentive_level": number(0.0, 0.02),
            },
            "defects": {
                "measure": "defect_rate",
                "target": {"at_most": number(0.01, 0.02)},
                "dead_band": number(0.0, 0.002),
            },
            "filled": {"measure": "fill_rate", "target": {"at_least": number(0.9, 0.95)}},
            "complete": {
                "measure": "order_fill",
                "target": {"above": number(0.85, 0.9)},
                "when_empty": "missed",
                "min_sample": 2,
            },
        },
        "incentives": [
            {
                "payment_curve": {
                    "kpi": "on_time",
                    "at_risk": number(0.05, 0.2),
                    "points": curve(0.85, 0.92, 0.96),
                }
            },
            {
                "step_tiers": {
                    "kpi": "accuracy",
                    "tiers": {number(0.95, 0.98): 0.02, number(0.93, 0.95): 0.05, 0.9: 0.15},
                }
            },
            {
                "lump_sum": {
                    "kpi": "returns",
                    "if_missed": number(-3000, -500, 0),
                    "if_met": number(0, 200, 0),
                    "if_exceeded": number(200, 900, 0),
                }
            },
            {
                "per_point": {
                    "kpi": "defects",
                    "rate": number(500, 2000, 0),
                    "floor": number(-3000, -1000, 0),
                    "cap": number(0, 600, 0),
                }
            },
            {
                "payment_curve": {
                    "kpi": "filled",
                    "at_risk": number(0.02, 0.1),
                    "points": curve(0.8, 0.9, 0.95),
                    "of": "contract_value",
                }
            },
            {"step_tiers": {"kpi": "complete", "tiers": {0.8: number(0.01, 0.05), 0.6: 0.1}}},
            # Fee and cap move together, so that all contracts ask for the same facts.
            {
                "late_fee": {
                    "limit": {"business_days": 2.0},
                    "per_day": per_day,
                    "cap": round(50 * per_day, 9),
                }
            },
        ],
        "limits": {
            "deductions": [
                {"share": number(0.1, 0.3)},
                {"share": number(0.03, 0.1), "of": "contract_value"},
            ],
            "bonus": [{"amount": number(1e4, 4e4, 0), "per": "contract"}],
        },
        "gate": {"no_bonus_below": {"accuracy": number(0.92, 0.96)}},
        "ramp_in": {"periods": int(rng.integers(0, 3))},
    }


def validated(terms: Mapping[str, Terms]) -> dict[str, Contract]:
    """Check written terms and return contracts."""
    return {name: Contract.model_validate(one) for name, one in terms.items()}


def made_up(contracts: Mapping[str, Contract], n_replications: int) -> Scores:
    """Return scores of one plan with made-up facts for all that the contracts measure."""
    world = {
        "start": dt.date(2022, 1, 1),
        "horizon": {"months": MONTHS},
        "calendar": {"always_open": True},
        "demand": {"units": {"office": {"orders_per_business_day": 1}}},
        "items": {"paper": {"price": 10, "cost": 6}},
        "supply": {"lead_time": 1},
    }
    setting = Setting.of(WorldTerms.model_validate(world))
    rng, measured = np.random.default_rng(2), {}
    for measure in needs_of(contracts).measures:
        n_periods = len(ReviewPeriods.of(setting, measure.review, measure.months))
        measured[measure] = _facts(rng, measure, (1, n_replications, n_periods))
    return Scores(setting, (PLAN,), np.arange(n_replications), measured)


def _facts(rng: np.random.Generator, measure: Measure, shape: tuple[int, ...]) -> np.ndarray:
    """Return numerator, denominator and number of facts."""
    size = rng.poisson(60, shape)
    size[..., 7] = rng.poisson(2, shape[:-1])  # a quiet month: some have too few facts, some none
    if measure.kpi in LEVELS:
        mean, spread = LEVELS[measure.kpi]
        share = np.clip(rng.normal(mean, spread, (*shape[:-1], 1)), 0, 1)
        return np.stack([rng.binomial(size, share), size, size]).astype(float)
    mean = {"accepted_value": 1500.0, "late_value_days": 400.0}[measure.kpi]
    return np.stack([rng.gamma(2, mean / 2, shape) * size, np.ones(shape), size])


def looped(terms: Sequence[Terms], cells: Sequence[dict[str, Any]]) -> list[list[list[float]]]:
    """Settle contract by contract, replication by replication, as plain Python does.

    Parameters
    ----------
    terms : sequence of dict
        Contracts as they are written.
    cells : sequence of dict
        For each replication, numerators, denominators and sizes by measure.

    Returns
    -------
    list
        Payments, charges, bonuses and deductions of each contract and replication. [currency]
    """
    return [[_pay(contract, cell) for cell in cells] for contract in terms]


def _pay(contract: Terms, cell: dict[str, Any]) -> list[float]:
    """Return payment, charges, bonuses and deductions of one replication."""
    kpis, value = contract["kpis"], contract["value"]
    limits, ramp_in = contract["limits"], contract["ramp_in"]["periods"]
    factor = contract["payment"]["catalogue_price"]["factor"]
    accepted, late = cell["accepted_value"][0], cell["late_value_days"][0]
    known: dict[str, float] = {}
    spent = [0.0 for _ in limits["deductions"] + limits["bonus"]]
    charges = bonuses = deductions = 0.0
    for period in range(MONTHS):
        charge = factor * accepted[period]
        read = {name: _read(kpis[name], name, cell, period, known) for name in kpis}
        is_open = all(
            _ahead(kpis[name], read[name][0], level) >= 0
            for name, level in contract["gate"]["no_bonus_below"].items()
        )
        added = deducted = 0.0
        for incentive in contract["incentives"] if period >= ramp_in else ():
            for kind, clause in incentive.items():
                amount = _amount(kind, clause, kpis, read, charge, value, late[period])
                if amount < 0:
                    deducted -= amount
                elif is_open:
                    added += amount
        for n, cap in enumerate(limits["deductions"]):
            deducted = _held(cap, deducted, charge, value, spent, n)
        for n, cap in enumerate(limits["bonus"], len(limits["deductions"])):
            added = _held(cap, added, charge, value, spent, n)
        charges += charge
        bonuses += added
        deductions -= deducted
    return [charges + bonuses + deductions, charges, bonuses, deductions]


def _goal(clause: Terms) -> tuple[str, float]:
    for word, level in clause["target"].items():
        return word, level
    raise AssertionError("a KPI has a target")


def _ahead(clause: Terms, x: float, level: float) -> float:
    """Return by how much a value is better than a level."""
    return x - level if _goal(clause)[0] in ("at_least", "above") else level - x


def _read(
    clause: Terms, name: str, cell: dict[str, Any], period: int, known: dict[str, float]
) -> tuple[float, bool, bool]:
    """Return value, whether the target is met, and whether it is exceeded."""
    word, goal = _goal(clause)
    numerators, denominators, sizes = cell[clause["measure"]]
    as_met = False
    if denominators[period] == 0 or sizes[period] < clause.get("min_sample", 1):
        rule = clause.get("when_empty", "met")
        if rule == "missed":
            x = 0.0 if word in ("at_least", "above") else float("inf")
        elif rule == "carry" and name in known:
            x = known[name]
        else:
            x, as_met = goal, True
    else:
        x = known[name] = numerators[period] / denominators[period]
    if "dead_band" in clause and abs(x - goal) <= clause["dead_band"] * (1 + 1e-9):
        x, as_met = goal, True
    ahead = _ahead(clause, x, goal)
    met = as_met or ahead > 0 or (ahead == 0 and word in ("at_least", "at_most"))
    level = clause.get("incentive_level")
    return x, met, met if level is None else _ahead(clause, x, level) >= 0


def _amount(
    kind: str,
    clause: Terms,
    kpis: Terms,
    read: dict[str, tuple[float, bool, bool]],
    charge: float,
    value: float,
    late: float,
) -> float:
    """Return the amount of an incentive in one period."""
    if kind == "late_fee":
        return -clause["per_day"] * late
    x, met, exceeded = read[clause["kpi"]]
    kpi = kpis[clause["kpi"]]
    if kind == "lump_sum":
        if not met:
            return clause["if_missed"]
        return clause["if_exceeded"] if exceeded else clause["if_met"]
    if kind == "per_point":
        points = _ahead(kpi, x, _goal(kpi)[1]) / 0.01
        return max(clause["floor"], min(clause["cap"], clause["rate"] * points))
    base = value / MONTHS if clause.get("of") == "contract_value" else charge
    if kind == "step_tiers":
        share = 0.0
        for threshold, given_back in clause["tiers"].items():
            if _ahead(kpi, x, threshold) < 0 and given_back > share:
                share = given_back
        return -share * base
    return clause["at_risk"] * base * (_earned(clause["points"], x) - 1)


def _earned(points: dict[float, float], x: float) -> float:
    """Return the height of a curve; its points are written in order."""
    before = None
    for at, height in points.items():
        if x <= at:
            if before is None:
                return height
            return before[1] + (height - before[1]) * (x - before[0]) / (at - before[0])
        before = at, height
    return before[1] if before else 0.0


def _held(
    cap: Terms, amount: float, charge: float, value: float, spent: list[float], n: int
) -> float:
    """Return an amount within a cap, and note what it uses up of a cap over the term."""
    if "amount" in cap:
        most = cap["amount"] - (spent[n] if cap.get("per") == "contract" else 0.0)
    elif cap.get("of") == "contract_value":
        most = cap["share"] * value - spent[n]
    else:
        most = cap["share"] * charge
    amount = min(amount, max(most, 0.0))
    spent[n] += amount
    return amount


def as_lists(scores: Scores, n_replications: int) -> list[dict[str, Any]]:
    """Return the facts of each replication as plain lists by measure."""
    return [
        {m.kpi: array[:, 0, r].tolist() for m, array in scores.measured.items()}
        for r in range(n_replications)
    ]


def check_same(paid: xr.Dataset, by_loop: list[list[list[float]]]) -> float:
    """Return the largest relative difference, or stop if it is above 1e-6."""
    loop = np.array(by_loop)
    ours = np.stack([paid[name].values[: loop.shape[0], 0, : loop.shape[1]] for name in PAID], -1)
    # Differences are relative to the line, but not to a line of less than a unit of currency.
    worst = float(np.max(np.abs(ours - loop) / np.maximum(np.abs(loop), 1.0)))
    if worst > 1e-6:
        raise SystemExit(f"array code and loop differ by {worst:.2g}")
    return worst


def timed(function: Callable[..., Any], *arguments: Any) -> tuple[float, float, Any]:
    """Return wall seconds, CPU seconds and result of one call."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = function(*arguments)
    return time.perf_counter() - wall, time.process_time() - cpu, result


def largest_resident() -> float:
    """Return the largest resident set of this process so far [byte]."""
    import resource  # only on Unix

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def memory(n_contracts: int, n_replications: int) -> tuple[float, float]:
    """Return what one call to `settle` adds to the largest resident set, and its result [byte]."""
    contracts = validated({f"c{n}": written(n) for n in range(n_contracts)})
    scores = made_up(contracts, n_replications)
    settle({"c0": contracts["c0"]}, scores)  # imports and caches
    before = largest_resident()
    paid = settle(contracts, scores)
    return largest_resident() - before, paid.nbytes


def in_fresh_process(n_contracts: int, n_replications: int) -> tuple[float, float]:
    """Measure memory in a process that has done nothing else."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(memory, (n_contracts, n_replications))


def report(options: argparse.Namespace) -> Iterator[str]:
    """Measure in turns and yield what to print."""
    n_contracts, n_replications = options.contracts, options.replications
    # First, as a new process may inherit the largest resident set of the one that starts it.
    for n in sorted({max(1, n_contracts // 4), n_contracts}):
        added, result = in_fresh_process(n, n_replications)
        yield (
            f"memory: {n} contracts x {n_replications} replications add {added / MIB:.0f} MiB to "
            f"ru_maxrss, of which the result {result / MIB:.0f} MiB, "
            f"all else {(added - result) / MIB:.0f} MiB"
        )
    terms = {f"c{n}": written(n) for n in range(n_contracts)}
    some = list(terms.values())[: options.loop_contracts]
    contracts = validated(terms)
    scores = made_up(contracts, n_replications)
    cells = as_lists(scores, min(options.loop_replications, n_replications))
    ways = {name: way for name, way in WAYS.items() if name == "arrays" or compile_settlement()}
    for way in ways.values():  # imports and caches
        way({"c0": contracts["c0"]}, scores)
    looped(some[:1], cells[:1])
    seconds: dict[str, list[tuple[float, float]]] = {n: [] for n in ("validate", *ways, "loop")}
    sizes = dict.fromkeys(ways, n_contracts * n_replications) | {"loop": len(some) * len(cells)}
    for n in range(options.rounds):
        wall, cpu, contracts = timed(validated, terms)
        seconds["validate"].append((wall, cpu))
        wall, cpu, by_loop = timed(looped, some, cells)
        seconds["loop"].append((wall, cpu))
        for name, way in ways.items():
            wall, cpu, paid = timed(way, contracts, scores)
            seconds[name].append((wall, cpu))
            yield f"round {n}: {name} and loop differ by {check_same(paid, by_loop):.1e} at most"
    wall, cpu = (statistics.median(t[n] for t in seconds["validate"]) for n in (0, 1))
    yield f"validate: {n_contracts} contracts in {wall:.2f} s, {cpu:.2f} s CPU"
    for name, size in sizes.items():
        wall, cpu = (statistics.median(size / t[n] for t in seconds[name]) for n in (0, 1))
        yield (
            f"{name}: {cpu:,.0f} contract-replications/s CPU, {wall:,.0f}/s wall; "
            f"{cpu * MONTHS:,.0f} evaluations/s CPU"
        )
    for name in ways:
        pairs = zip(seconds[name], seconds["loop"], strict=True)
        times = [sizes[name] / ours[1] / (sizes["loop"] / loop[1]) for ours, loop in pairs]
        yield f"{name} / loop: {statistics.median(times):.1f} x"
    if "compiled" in ways:
        yield from rules(contracts, scores, options.rounds)
        yield from threads(contracts, options.rounds)
    yield from slider(ways)


def rules(
    contracts: Mapping[str, Contract], scores: Scores, rounds: int, most: int = 200
) -> Iterator[str]:
    """Time the compiled rules alone on one core, beside what copying memory would allow."""
    from pbc_sim.contract.kernel.batches import prepare  # needs numba

    some = dict(list(contracts.items())[:most])
    first = next(iter(some.values()))
    result = settle(some, scores, engine="compiled")
    into = {str(name): array.values for name, array in result.items()}
    periods = ReviewPeriods.of(scores.setting, first.term.review, first.term.months)
    where = (list(range(len(some))), list(range(len(first.kpis))))
    n_evaluations = result["payments"].size * MONTHS
    # Four amounts, and the reviews met of each KPI, are written once in a term.
    n_bytes = (4 * 8 + 4 * len(first.kpis)) / MONTHS
    source = np.ones(2**23)
    target = source.copy()
    lay_out, alone, copying = [], [], []
    for _ in range(max(rounds, 7)):
        *_, cpu, prepared = timed(prepare, into, where, list(some.values()), scores, periods)
        lay_out.append(cpu)
        alone.append(timed(_one_after_another, prepared.portions)[1] / n_evaluations)
        # Copying reads and writes.
        copying.append(timed(np.copyto, target, source)[1] / (2 * source.nbytes))
    speed, most_speed = 1 / statistics.median(alone), 1 / statistics.median(copying) / n_bytes
    yield (
        f"rules alone: {speed:,.0f} evaluations/s CPU on one core "
        f"({1 / max(alone):,.0f} to {1 / min(alone):,.0f}); laying out {len(some)} contracts takes "
        f"{statistics.median(lay_out) * 1e3:.0f} ms CPU"
    )
    yield (
        f"memory: {1 / statistics.median(copying) / 1e9:.1f} GB/s copied; {n_bytes:.1f} bytes of "
        f"results an evaluation allow {most_speed:,.0f} evaluations/s"
    )


def _one_after_another(portions: Sequence[Callable[[], bool]]) -> None:
    for portion in portions:
        portion()


def on_plans(contracts: Mapping[str, Contract], n_plans: int, n_replications: int) -> Scores:
    """Return made-up scores of several plans."""
    one = made_up(contracts, n_plans * n_replications)
    shape = (3, n_plans, n_replications)
    measured = {m: array.reshape(*shape, array.shape[-1]) for m, array in one.measured.items()}
    plans = tuple(f"plan {n}" for n in range(n_plans))
    return Scores(one.setting, plans, np.arange(n_replications), measured)


def threads(
    contracts: Mapping[str, Contract], rounds: int, most: int = 20, n_plans: int = 27
) -> Iterator[str]:
    """Compare two threads with one by the clock on the wall, in turns."""
    some = dict(list(contracts.items())[:most])
    scores = on_plans(some, n_plans, 1000)
    settle(some, scores, engine="compiled")
    by_wall, by_cpu, alone = [], [], []
    for _ in range(max(rounds, 5)):
        one, two = (
            timed(functools.partial(settle, engine="compiled", threads=n), some, scores)[:2]
            for n in (1, 2)
        )
        by_wall.append(one[0] / two[0])
        by_cpu.append(two[1] / one[1])
        alone.append(one[1])
    n_evaluations = len(some) * n_plans * 1000 * MONTHS
    yield (
        f"all of `settle`, {len(some)} contracts x {n_plans} plans x 1,000 replications, one "
        f"thread: {n_evaluations / statistics.median(alone):,.0f} evaluations/s CPU"
    )
    yield (
        f"two threads / one: {statistics.median(by_wall):.2f} x ({min(by_wall):.2f} to "
        f"{max(by_wall):.2f}) by the wall, for {statistics.median(by_cpu):.2f} x its CPU time"
    )


def slider(ways: Mapping[str, Way], n_plans: int = 27, n_replications: int = 1000) -> Iterator[str]:
    """Move one number of a contract, and settle it on all plans; 30 moves."""
    (contract,) = validated({"c0": written(0)}).values()
    scores = on_plans({"c0": contract}, n_plans, n_replications)
    moved = [contract.model_copy(update={"value": 1e6 + n}) for n in range(30)]

    def anew(contracts: Mapping[str, Contract], scores: Scores) -> xr.Dataset:
        scores.derived.clear()
        return settle(contracts, scores, engine="compiled")

    also = {"compiled, anew": anew} if "compiled" in ways else {}
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in (*ways, *also)}
    for each in moved:
        for name, way in (*also.items(), *ways.items()):
            times[name].append(timed(way, {"moved": each}, scores)[:2])
    for name, taken in times.items():
        wall, cpu = (statistics.median(t[n] for t in taken) * 1e3 for n in (0, 1))
        yield (
            f"slider, {name}: {wall:.1f} ms, {cpu:.1f} ms CPU a move on {n_plans} plans x "
            f"{n_replications:,} replications x {MONTHS} periods"
        )


def main() -> None:
    """Read options and print the report."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--contracts", type=int, default=1000)
    parser.add_argument("--replications", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--loop-contracts", type=int, default=10)
    parser.add_argument("--loop-replications", type=int, default=100)
    for line in report(parser.parse_args()):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
