"""When does machine time count, and how long does each state of a machine last.

Lives here: what KPIs and costs of machines share. May not live here: KPIs, rates.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pbc_sim.operations.ledger import Ledger
from pbc_sim.performance.levels import lasting
from pbc_sim.performance.measures import Spans
from pbc_sim.world.calendar import BusinessCalendar

__all__ = [
    "hours_a_day",
    "is_of_group",
    "line_spans",
    "lost_output_spans",
    "output_spans",
    "state_spans",
    "working_calendar",
]


def working_calendar(ledger: Ledger) -> BusinessCalendar | None:
    """Return the calendar by which machine time counts, or None where it always counts."""
    machines = ledger.setting.terms.machines
    return ledger.setting.calendar if machines and machines.run == "working_time" else None


def hours_a_day(ledger: Ledger) -> float:
    """Return the hours of a day by which machine time counts [hour/day]."""
    return 24.0 if working_calendar(ledger) is None else ledger.setting.calendar.hours_per_day


def is_of_group(ledger: Ledger, machine: np.ndarray, group: str | None) -> np.ndarray:
    """Tell which rows are about machines of a group; all, if none is named."""
    if group is None:
        return np.ones(len(machine), dtype=bool)
    terms = ledger.setting.terms.machines
    wanted = terms.groups.get(group) if terms else None
    is_of = np.array([m.group is wanted for m in ledger.setting.machines], dtype=bool)
    chosen: np.ndarray = is_of[machine]
    return chosen


def state_spans(
    ledger: Ledger, changed: np.ndarray, machine: np.ndarray, level: np.ndarray
) -> Spans:
    """Return how long each state of a machine lasts, with its level as part and 1 as whole."""
    order, until = lasting(machine, changed, ledger.setting.ends)
    ones = np.ones(len(order))
    return Spans(
        changed[order], until, level[order], ones, machine[order], working_calendar(ledger)
    )


def output_spans(ledger: Ledger, group: str | None, level: np.ndarray) -> Spans:
    """Return how long each state of output lasts, for the machines of a group; all for None."""
    states = ledger.machine_states
    kept = is_of_group(ledger, states.machine, group)
    return state_spans(ledger, states.changed[kept], states.machine[kept], level[kept])


def line_spans(ledger: Ledger, group: str | None) -> Spans:
    """Return how long each line gives how much, as its least machine lets it; 1 as whole.

    Only machines of the group count, all for None; a machine by itself is a line.
    """
    states = ledger.machine_states
    kept = is_of_group(ledger, states.machine, group)
    changed, machine = states.changed[kept], states.machine[kept]
    line_of = np.zeros(len(ledger.setting.machines), dtype=int)
    for line, numbers in enumerate(ledger.setting.lines):
        line_of[list(numbers)] = line
    output = _least_of_line(changed, machine, line_of[machine], states.output[kept])
    order, until = lasting(line_of[machine], changed, ledger.setting.ends)
    ones = np.ones(len(order))
    calendar = working_calendar(ledger)
    return Spans(changed[order], until, output[order], ones, machine[order], calendar)


def _least_of_line(
    changed: np.ndarray, machine: np.ndarray, line: np.ndarray, output: np.ndarray
) -> np.ndarray:
    """Return, after each change, the least output of the machines of its line [1]."""
    least = output.copy()
    rows = np.argsort(line, kind="stable")
    for of_line in np.split(rows, np.flatnonzero(np.diff(line[rows])) + 1):
        members = np.unique(machine[of_line])
        for member in members if len(members) > 1 else ():
            own = of_line[machine[of_line] == member]
            # Before its first row a machine gives all it can.
            last = np.searchsorted(own, of_line, side="right") - 1
            level = np.where(last < 0, 1.0, output[own[last]])
            least[of_line] = np.minimum(least[of_line], level)
    return least


def lost_output_spans(ledger: Ledger) -> Spans:
    """Return the states of all lines, with the hours of output lost as part [hour]."""
    spans = line_spans(ledger, None)
    return replace(spans, part=(1 - spans.part) * hours_a_day(ledger))
