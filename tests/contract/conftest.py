"""Scores with chosen numbers, and the same settlement written as plain loops.

The loops below share no code with `pbc_sim.contract`: they follow the words of the clauses one
contract, one period and one clause at a time, as a clerk would.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from pbc_sim.contract import Contract, needs_of
from pbc_sim.performance.measures import KPIS, Measure
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.performance.scorecard import Scores
from pbc_sim.world import Setting, WorldTerms

Line = tuple[str, list[float]]
MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


@cache
def _setting(months: int) -> Setting:
    terms = {
        "start": dt.date(2022, 1, 1),
        "horizon": {"months": months},
        "calendar": {"always_open": True},
        "demand": {"units": {"office": {"orders_per_business_day": 1}}},
        "items": {"paper": {"price": 10, "cost": 6}},
        "supply": {"lead_time": 1},
    }
    return Setting.of(WorldTerms.model_validate(terms))


@pytest.fixture(scope="session")
def setting_of() -> Callable[[int], Setting]:
    """Return the laid-out world of one office that orders one item a day, for some months."""
    return _setting


@pytest.fixture(scope="session")
def scores_of() -> Callable[..., Scores]:
    """Return a function that builds scores with chosen numbers for what contracts measure."""

    def build(
        contracts: Mapping[str, Contract],
        numbers: Callable[[Measure, tuple[int, int, int]], np.ndarray],
        *,
        months: int = 12,
        plans: tuple[str, ...] = ("plan",),
        replications: int = 1,
        supplier_cost: float | np.ndarray = 0.0,
    ) -> Scores:
        setting, measured = _setting(months), {}
        for measure in needs_of(contracts).measures:
            n_periods = len(ReviewPeriods.of(setting, measure.review, measure.months))
            measured[measure] = numbers(measure, (len(plans), replications, n_periods))
        cost = np.broadcast_to(np.asarray(supplier_cost, dtype=float), (len(plans), replications))
        costs = {term: cost for contract in contracts.values() for term in contract.needs().terms}
        return Scores(setting, plans, np.arange(replications), measured, costs)

    return build


@pytest.fixture(scope="session")
def by_hand() -> Callable[..., list[Line]]:
    """Return the plain loops: payment lines per period of one contract, plan and replication."""
    return settle_by_hand


def settle_by_hand(
    contract: Contract,
    scores: Scores,
    plan: int = 0,
    replication: int = 0,
    expected_value: float | None = None,
) -> list[Line]:
    """Return each payment line with its amount per period, in the order of the contract.

    Parameters
    ----------
    contract, scores, plan, replication
        What is settled, and on which plan and replication.
    expected_value : float, optional
        Catalogue value that is expected to be ordered over the term, for contracts that state no
        value; by default that of the office that orders one unit a day at a price of 10.
    """
    n = len(ReviewPeriods.of(scores.setting, contract.term.review, contract.term.months))
    cell = {m: a[:, plan, replication].tolist() for m, a in scores.measured.items()}
    kpis = {
        name: _read(clause, contract, cell[contract.measured()[name]], n)
        for name, clause in contract.kpis.items()
    }
    totals = {m.kpi: cell[m][0] for m in contract.totals()}
    value = contract.value
    if value is None:
        ordered = scores.setting.ends * 10.0 if expected_value is None else expected_value
        fee = getattr(contract.payment, "per_period", None)
        value = ordered * contract.payment.factor if fee is None else fee * n
    charges = _charges(contract, kpis, totals, value, n)

    lines = [("charges", charges)]
    for incentive in contract.incentives:
        amounts = []
        for p in range(n):
            amount = _amount(incentive, contract, kpis, totals, charges, value, p, n)
            if contract.ramp_in and p < contract.ramp_in.periods:
                amount = 0.0
            if amount > 0 and _gate_is_closed(contract, kpis, p):
                amount = 0.0
            amounts.append(amount)
        lines.append((type(incentive).__name__, amounts))

    due = [[-min(a[p], 0.0) for _, a in lines[1:]] for p in range(n)]
    extra = [[max(a[p], 0.0) for _, a in lines[1:]] for p in range(n)]
    deducted, added = [sum(x) for x in due], [sum(x) for x in extra]
    least = _within(deducted, contract.limits.deductions, charges, value)
    most = _within(added, contract.limits.bonus, charges, value)
    lines.append(("deductions", [a - b for a, b in zip(deducted, least, strict=True)]))
    lines.append(("bonuses", [b - a for a, b in zip(added, most, strict=True)]))
    return lines


def _read(clause, contract, measured, n_periods):
    """Return, for each payment period in which a review ends: value, met, exceeded, first."""
    numerators, denominators, sizes = measured
    review = clause.review or contract.term.review
    paid = contract.term.review
    length = n_periods if review == "term" else MONTHS[review] // MONTHS[paid]
    higher = KPIS[clause.measure].better == "higher"
    goal, strict = clause.target.level, clause.target.strict
    found, last = {}, None
    for j, (a, b, size) in enumerate(zip(numerators, denominators, sizes, strict=True)):
        taken_as_met = False
        if b == 0 or size < clause.min_sample:
            if clause.when_empty == "missed":
                low, high = KPIS[clause.measure].bounds
                x = low if higher else high
            elif clause.when_empty == "carry" and last is not None:
                x = last
            else:
                x, taken_as_met = goal, True
        else:
            x = last = a / b
        if clause.dead_band and abs(x - goal) <= clause.dead_band * (1 + 1e-9):
            x, taken_as_met = goal, True
        ahead = x - goal if higher else goal - x
        met = taken_as_met or ahead > 0 or (ahead == 0 and not strict)
        level = clause.incentive_level
        exceeded = met and (level is None or (x >= level if higher else x <= level))
        begin = j * length
        end = min(begin + length, n_periods) - 1
        found[end] = (x, met, exceeded, begin)
    return found


def _charges(contract, kpis, totals, value, n):
    pay = contract.payment
    kind = type(pay).__name__
    if kind == "CataloguePrice":
        return [pay.factor * totals["accepted_value"][p] for p in range(n)]
    if kind == "FixedFee":
        return [pay.per_period] * n
    judged = [p for p in range(n) if not kpis or any(p in k for k in kpis.values())]
    charges = []
    for p in range(n):
        part = sum(t.share for t in pay.tranches if t.when == "signing") if p == 0 else 0.0
        if p in judged:
            now = [k[p] for k in kpis.values() if p in k]
            for t in pay.tranches:
                if (t.when == "targets_met" and all(r[1] for r in now)) or (
                    t.when == "targets_exceeded" and all(r[2] for r in now)
                ):
                    part += t.share / len(judged)
        charges.append(value * part)
    return charges


def _amount(incentive, contract, kpis, totals, charges, value, p, n):  # noqa: PLR0911 - a case a kind
    kind = type(incentive).__name__
    if kind == "LateFee":
        return -incentive.per_day * totals["late_value_days"][p]
    if kind == "PerEvent":
        return incentive.amount * totals[incentive.event][p]
    if p not in kpis[incentive.kpi]:
        return 0.0
    x, met, exceeded, begin = kpis[incentive.kpi][p]
    clause = contract.kpis[incentive.kpi]
    higher = KPIS[clause.measure].better == "higher"
    if kind == "LumpSum":
        if not met:
            return incentive.if_missed
        if exceeded and incentive.if_exceeded is not None:
            return incentive.if_exceeded
        return incentive.if_met
    if kind == "PerPoint":
        ahead = (x - clause.target.level) if higher else (clause.target.level - x)
        ahead = max(min(ahead, 1e15), -1e15)
        amount = incentive.rate * ahead / incentive.point
        return max(incentive.floor, min(incentive.cap, amount))
    base = sum(charges[begin : p + 1])
    if incentive.of == "contract_value":
        base = value * (p - begin + 1) / n
    if kind == "StepTiers":
        reached = [g for t, g in incentive.tiers.items() if (x < t if higher else x > t)]
        return -max(reached, default=0.0) * base
    assert kind == "PaymentCurve", f"write {kind} down here, as a clerk would settle it"
    return incentive.at_risk * base * (_on_curve(sorted(incentive.points.items()), x) - 1)


def _on_curve(points, x):
    if x <= points[0][0]:
        return points[0][1]
    for (x0, y0), (x1, y1) in pairwise(points):
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return points[-1][1]


def _gate_is_closed(contract, kpis, p):
    for name, level in contract.gate.no_bonus_below.items() if contract.gate else ():
        if p in kpis[name]:
            x = kpis[name][p][0]
            higher = KPIS[contract.kpis[name].measure].better == "higher"
            if x < level if higher else x > level:
                return True
    return False


def _within(amounts, caps, charges, value):
    over_the_term = [cap for cap in caps if cap.over_the_term]
    for cap in [cap for cap in caps if not cap.over_the_term] + over_the_term:
        used, kept = 0.0, []
        for p, amount in enumerate(amounts):
            if cap.amount is not None:
                room = cap.amount - (used if cap.per == "contract" else 0.0)
            elif cap.of == "contract_value":
                room = cap.share * value - used
            else:
                room = cap.share * max(charges[p], 0.0)
            kept.append(min(amount, max(room, 0.0)))
            used += kept[-1]
        amounts = kept
    return amounts
