"""When does machine time count, and how long does each state of a machine last.

Lives here: what KPIs and costs of machines share. May not live here: KPIs, rates.
"""

from __future__ import annotations

import numpy as np

from pbc_sim.operations.ledger import Ledger
from pbc_sim.performance.levels import lasting
from pbc_sim.performance.measures import Spans
from pbc_sim.world.calendar import BusinessCalendar

__all__ = [
    "hours_a_day",
    "is_of_group",
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


def lost_output_spans(ledger: Ledger) -> Spans:
    """Return the states of all machines, with the hours of output lost as part [hour]."""
    lost = (1 - ledger.machine_states.output) * hours_a_day(ledger)
    return output_spans(ledger, None, lost)
