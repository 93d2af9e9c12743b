"""What does each mechanism pay or deduct in each period, before any modifier?

Lives here: the compiled twins of the classes in `contract/incentives`, in the same words.
May not live here: modifiers, limits.
"""

from __future__ import annotations

from typing import Any

from pbc_sim.contract.incentives import (
    BonusPool,
    LateFee,
    LumpSum,
    PaymentCurve,
    PerBreach,
    PerEvent,
    PerPoint,
    StepTiers,
)
from pbc_sim.contract.kernel.layout import MECHANISMS, Numbers, Terms, Work
from pbc_sim.operations.kernel.compiled import compiled

__all__ = ["amounts"]

LUMP_SUM, PER_POINT, PAYMENT_CURVE = map(MECHANISMS.index, (LumpSum, PerPoint, PaymentCurve))
STEP_TIERS, LATE_FEE = map(MECHANISMS.index, (StepTiers, LateFee))
PER_EVENT, PER_BREACH, BONUS_POOL = map(MECHANISMS.index, (PerEvent, PerBreach, BonusPool))


@compiled
def amounts(facts: Any, terms: Terms, numbers: Numbers, c: int, i: int, t: int, room: Work) -> None:
    """Write what the i-th mechanism pays for a period into `room.due` [currency]."""
    kind, k, given, due = terms.mechanism[i], terms.kpi[i], numbers.incentive[c, i], room.due
    if kind == LATE_FEE:
        _late_fee(facts[terms.total_at[i] + t], given, due)
    elif kind == PER_EVENT:
        _per_event(facts[terms.total_at[i] + t], given, due)
    elif kind == BONUS_POOL:
        _bonus_pool(terms, numbers, c, i, t, room)
    elif not terms.reviewed[k, t]:
        due[:] = 0.0
    elif kind == LUMP_SUM:
        _lump_sum(room.met[k], room.exceeded[k], given, due)
    elif kind == PER_POINT:
        _per_point(room.value[k], numbers.target[c, k, t], given, due)
    elif kind == PAYMENT_CURVE:
        bases = _bases(terms, numbers.value[c], i, k, t, room)
        _payment_curve(room.value[k], bases, given, due)
    elif kind == STEP_TIERS:
        bases = _bases(terms, numbers.value[c], i, k, t, room)
        _step_tiers(room.value[k], bases, terms.higher[k], given, due)
    elif kind == PER_BREACH:
        divisors = facts[terms.read_at[k] + 2 * terms.n_reviews[k] + terms.review[k, t]]
        target, higher = numbers.target[c, k, t], terms.higher[k]
        _per_breach(room.value[k], divisors, target, higher, given, due)


@compiled
def _bases(terms: Terms, value: float, i: int, k: int, t: int, room: Work) -> Any:
    """Return what a share is taken of: the charges of the KPI's review, or the contract value."""
    since, bases = terms.since[k, t], room.bases
    if terms.of_value[i]:
        bases[:] = value * (t - since + 1) / terms.n_periods
        return bases
    if terms.own_period[k]:
        return room.charges
    if since == 0:
        return room.paid[t]
    paid, before = room.paid[t], room.paid[since - 1]
    for x in range(len(bases)):
        bases[x] = paid[x] - before[x]
    return bases


@compiled
def _bonus_pool(terms: Terms, numbers: Numbers, c: int, i: int, t: int, room: Work) -> None:
    """Add up what each KPI that is reviewed earns of the pool, or takes back of it."""
    given, due = numbers.incentive[c, i], room.due
    in_advance = given[1]
    due[:] = 0.0
    for part in range(int(given[2])):
        k, weight = int(given[3 + 2 * part]), given[4 + 2 * part]
        if not terms.reviewed[k, t]:
            continue
        bases = room.bases
        if terms.of_value[i] or terms.of_charges[i]:
            bases = _bases(terms, numbers.value[c], i, k, t, room)
        else:
            bases[:] = t - terms.since[k, t] + 1
        met, pool = room.met[k], given[0]
        for x in range(len(due)):
            due[x] += weight * (pool * bases[x]) * (met[x] - in_advance)


@compiled
def _late_fee(late: Any, given: Any, due: Any) -> None:
    per_day = given[0]
    for x in range(len(due)):
        due[x] = 0.0 - per_day * late[x]


@compiled
def _per_event(events: Any, given: Any, due: Any) -> None:
    amount = given[0]
    for x in range(len(due)):
        due[x] = amount * events[x]


@compiled
def _lump_sum(met: Any, exceeded: Any, given: Any, due: Any) -> None:
    if_missed, if_met, if_exceeded = given[0], given[1], given[2]
    if if_exceeded != if_exceeded:
        if_exceeded = if_met
    for x in range(len(due)):
        good = if_exceeded if exceeded[x] > 0 else if_met
        due[x] = good if met[x] > 0 else if_missed


@compiled
def _per_point(value: Any, target: float, given: Any, due: Any) -> None:
    slope, floor, most = given[0], given[1], given[2]
    for x in range(len(due)):
        distance = min(max(value[x] - target, -1e15), 1e15)
        due[x] = min(max(slope * distance, floor), most)


@compiled
def _payment_curve(value: Any, bases: Any, given: Any, due: Any) -> None:
    """Add to the first height of the curve a ramp for each section."""
    at_risk, first, begin, run, slope = given[0], given[2], given[3], given[4], given[5]
    for x in range(len(due)):
        due[x] = first + slope * min(max(value[x] - begin, 0.0), run)
    for section in range(1, int(given[1])):
        begin, run, slope = given[3 + 3 * section], given[4 + 3 * section], given[5 + 3 * section]
        for x in range(len(due)):
            due[x] += slope * min(max(value[x] - begin, 0.0), run)
    for x in range(len(due)):
        due[x] = at_risk * bases[x] * (due[x] - 1.0)


@compiled
def _step_tiers(value: Any, bases: Any, higher: bool, given: Any, due: Any) -> None:
    due[:] = 0.0
    for tier in range(int(given[0])):
        threshold, share = given[1 + 2 * tier], given[2 + 2 * tier]
        for x in range(len(due)):
            reached = value[x] < threshold if higher else value[x] > threshold
            due[x] = 0.0 + max(due[x], share if reached else 0.0)
    for x in range(len(due)):
        due[x] = 0.0 - due[x] * bases[x]


@compiled
def _per_breach(
    value: Any, divisors: Any, target: float, higher: bool, given: Any, due: Any
) -> None:
    rate, floor = given[0], given[1]
    for x in range(len(due)):
        short = target - max(value[x], floor) if higher else min(value[x], floor) - target
        due[x] = 0.0 - rate * (max(short, 0.0) * divisors[x])
