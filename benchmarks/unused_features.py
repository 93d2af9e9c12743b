"""What does a feature cost that a scenario asks for and does not use?

The office supplies are simulated as they are, and with one optional section more, written so that
it changes nothing: spells of severity 0, a surge of factor 1, a recall that no lot is bad enough
for, units that never answer, machines that never fail, a rate of calls of 0, a curve that does not
learn, an investment that leaves everything as it is, an uncertain share that is a constant. What is
timed is a replication of all plans, from the draws to the KPIs and costs that the contracts need.
Each pair is simulated one right after the other, on the same future, now the one first and now the
other; times are CPU seconds and the figure to quote is the median of the ratios, 1 being free.

The numbers must not change: the digests of both are compared, and a difference stops the run. One
section is an exception: a source that is named has luck of its own (DESIGN.md), so `sources` has
other lead times of the same law, and only its orders from the buyer are the same. A common shock
is left out, since it cannot be written without effect. The last line has all sections at once but
sources and machines, which recalls do not go with.

What a feature costs that a scenario does not mention is not seen here, as both sides pay for it.

Run: python benchmarks/unused_features.py [--rounds 15] [--scenario scenarios/office_supplies.yaml]
"""

from __future__ import annotations

import argparse
import datetime as dt
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

import pbc_sim as pbc
from pbc_sim.contract import needs_of
from pbc_sim.decision.experiment import Study

Plain = dict[str, Any]

OFFICES = Path(__file__).resolve().parents[1] / "scenarios" / "office_supplies.yaml"
#: Sections that change luck, though not its law.
OTHER_LUCK = {"sources"}
#: A world has either recalls or machines.
NOT_WITH_RECALL = {"machines"}


def neutral(scenario: Plain) -> dict[str, Plain]:
    """Return what to add for each feature, so that nothing happens differently."""
    start = dt.date.fromisoformat(str(scenario["world"]["start"]))
    days = {"first_day": start + dt.timedelta(60), "last_day": start + dt.timedelta(79)}
    unit = next(iter(scenario["world"]["demand"]["units"]))
    share = scenario["world"]["picking"]["error_share"]

    def world(**sections: Plain) -> Plain:
        return {"world": sections}

    def every_plan(**levers: Plain) -> Plain:
        return {"plans": dict.fromkeys(scenario["plans"], levers)}

    def spell(kind: str, severity: float) -> Plain:
        return {"kind": {kind: {}}, "dated": [{**days, "severity": severity}]}

    return {
        "upstream outage": world(disruptions={"port": spell("upstream_outage", 0)}),
        "transport stop": world(disruptions={"road": spell("transport_stop", 0)}),
        "demand surge": world(disruptions={"fair": spell("demand_surge", 1)}),
        "campaign and rush": world(
            demand={
                "campaigns": [{**days, "factor": 1}],
                "year_end_rush": {"factor": 1, "business_days": 10},
            }
        ),
        "sources": world(supply={"sources": {"distributor": {"order_crossing": False}}}),
        "recall": world(supply={"recall": {"above_share": 1, "found_after": 30}}),
        "satisfaction": world(satisfaction={"responds_share": 0}),
        "service": world(service={"enquiries_per_business_day": 0}),
        "machines": world(machines={"groups": {"press": {"unit": unit, "count": 10}}}),
        "learning": world(picking={"learning": {"errors_fall_by": 0, "hours_fall_by": 0}}),
        "allocation": every_plan(allocation={"first_come": {}}),
        "investment": every_plan(investments={"nothing": {"cost": 0, "effects": {}}}),
        "uncertain": {"uncertain": {"parameters": {"world.picking.error_share": share}}},
    }


def merged(one: Any, other: Any) -> Any:
    """Return nested mappings as one; the other's values win."""
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return other
    return one | {k: merged(one[k], v) if k in one else v for k, v in other.items()}


def seconds(scenario: pbc.Scenario, replication: int) -> float:
    """Return the CPU time of one replication of all plans [s]."""
    study = Study(scenario, needs_of(scenario.contracts), seed=1)
    _ = study.scorer  # laid out once a study, not once a replication
    begin = time.process_time()
    study.replicate([replication])
    return time.process_time() - begin


def check_same(name: str, base: pbc.Scenario, other: pbc.Scenario) -> None:
    """Stop if a section that should change nothing changed a number."""
    ours, theirs = (pbc.run(s, 2, seed=1, workers=1, progress=False) for s in (base, other))
    if name in OTHER_LUCK:
        plan = next(iter(base.plans))
        orders = [o.ledger(plan, 0).lines.quantity.tolist() for o in (ours, theirs)]
        same = orders[0] == orders[1]
    else:
        same = ours.digest() == theirs.digest()
    if not same:
        raise SystemExit(f"{name}: the section should change nothing, but numbers differ")


def ratios(base: pbc.Scenario, other: pbc.Scenario, rounds: int) -> Iterator[float]:
    """Yield the ratio of times of each pair."""
    for n in range(rounds):
        if n % 2:
            plain = seconds(base, n)
            yield seconds(other, n) / plain
        else:
            changed = seconds(other, n)
            yield changed / seconds(base, n)


def main() -> None:
    """Measure in pairs and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--scenario", type=Path, default=OFFICES)
    options = parser.parse_args()
    written = YAML(typ="safe").load(options.scenario)
    added = neutral(written)
    together: Plain = {}
    for name, sections in added.items():
        if name not in OTHER_LUCK | NOT_WITH_RECALL:
            together = merged(together, sections)
    base = pbc.Scenario.model_validate(written)
    others = {
        name: pbc.Scenario.model_validate(merged(written, sections))
        for name, sections in {"nothing": {}, **added, "the others together": together}.items()
    }
    for name, other in others.items():
        check_same(name, base, other)
    print(f"median ratio of {options.rounds} pairs to {options.scenario.name} as it is [quartiles]")
    for name, other in others.items():
        low, middle, high = statistics.quantiles(ratios(base, other, options.rounds), n=4)
        luck = ", other luck" if name in OTHER_LUCK else ", same numbers"
        print(f"{name:>19}: {middle:.3f} [{low:.3f}, {high:.3f}]{luck}", flush=True)


if __name__ == "__main__":
    main()
