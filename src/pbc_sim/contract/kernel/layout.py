"""How do contracts of one structure lie in arrays that compiled rules read?

Lives here: what contracts have in common (`Terms`), their numbers (`Numbers`), and room to work in.
May not live here: rules, facts of futures, numba.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from pbc_sim.contract.block import column
from pbc_sim.contract.incentives import (
    BonusPool,
    Incentive,
    LateFee,
    LumpSum,
    PaymentCurve,
    PerBreach,
    PerEvent,
    PerPoint,
    StepTiers,
)
from pbc_sim.contract.incentives.ramps import corners
from pbc_sim.contract.limits import Cap
from pbc_sim.contract.moving_targets import targets_of
from pbc_sim.contract.payments import CataloguePrice, FixedFee, Milestones
from pbc_sim.contract.pricing import contract_value
from pbc_sim.contract.terms import Contract
from pbc_sim.performance.periods import DAYS_PER_YEAR, ReviewPeriods
from pbc_sim.performance.scorecard import Scores

__all__ = ["BESIDE", "Books", "Numbers", "Span", "Terms", "Work", "numbers_of", "terms_of"]

WHEN_EMPTY = {"met": 0, "missed": 1, "carry": 2}
PAYMENTS = (CataloguePrice, FixedFee, Milestones)
MECHANISMS = (
    *(LumpSum, PerPoint, PaymentCurve, StepTiers, LateFee, PerEvent, PerBreach),
    BonusPool,
)
DEDUCTIONS, BONUSES = 0, 1
#: Futures that a rule works on side by side; their room fits into the cache of a core.
BESIDE = 128
AMOUNT, OF_CHARGES, OF_VALUE = 0, 1, 2


class Terms(NamedTuple):
    """What contracts of one structure have in common; k counts KPIs, i incentives, t periods.

    Numbers of KPIs, reviews and periods are whole; -1 stands for none.
    """

    n_periods: int
    read_at: np.ndarray  # [k]: where a row holds values; then sizes of samples and divisors
    n_reviews: np.ndarray  # [k]
    review: np.ndarray  # [k, t]: the review that ends in it
    reviewed: np.ndarray  # [k, t]: whether it counts
    since: np.ndarray  # [k, t]: first payment period of the review that ends in each
    own_period: np.ndarray  # [k]: whether each review is of the payment period in which it ends
    when_empty: np.ndarray  # [k]
    higher: np.ndarray  # [k]: whether more is better
    strict: np.ndarray  # [k]: whether the target itself misses
    worst: np.ndarray  # [k]
    wants_exceeded: np.ndarray  # [k]: whether anything is paid by the incentive level
    payment: int
    accepted_at: int  # where a row holds the accepted value of each period
    judged: np.ndarray  # [t]: part of the reviews that end in it
    mechanism: np.ndarray  # [i]
    kpi: np.ndarray  # [i]
    of_value: np.ndarray  # [i]: whether shares are of the contract value
    of_charges: np.ndarray  # [i]: whether they are of charges
    total_at: np.ndarray  # [i]: where a row holds the total that it charges
    escalates: np.ndarray  # [i]
    holds: np.ndarray  # [i]: whether it has caps of its own
    group: np.ndarray  # [i]
    n_groups: int
    gates: np.ndarray  # KPIs that close the gate
    cap_of: np.ndarray  # [cap]: the incentive, then the group, then the contract
    cap_side: np.ndarray  # [cap]
    cap_kind: np.ndarray  # [cap]
    cap_over_term: np.ndarray  # [cap]
    discounts: bool  # whether anything is
    discount: np.ndarray  # [t]: worth at signing of a unit of money paid for a period


class Numbers(NamedTuple):
    """The numbers of contracts of one structure; the first axis is the contract."""

    target: np.ndarray  # [c, k, t]
    incentive_level: np.ndarray  # [c, k]; NaN where there is none
    min_sample: np.ndarray  # [c, k]
    dead_band: np.ndarray  # [c, k]
    value: np.ndarray  # [c]: contract value [currency]
    payment: np.ndarray  # [c, 3]
    incentive: np.ndarray  # [c, i, number]
    escalation: np.ndarray  # [c, i, 2]: step, and the most
    gate: np.ndarray  # [c, gate]
    cap: np.ndarray  # [c, cap]
    ramp_in: np.ndarray  # [c]


class Work(NamedTuple):
    """Room for one contract in some futures side by side (x); g counts groups, then the contract.

    All but values and verdicts are amounts of one period, or up to it. [currency]
    """

    value: np.ndarray  # [k, x]
    met: np.ndarray  # [k, x]: 1, or 0, as these that follow; so loops take four at a time
    exceeded: np.ndarray  # [k, x]
    as_met: np.ndarray  # [k, x]: whether an empty review counts as met
    instead: np.ndarray  # [k, x]: its value
    n_met: np.ndarray  # [k, x]: reviews met so far [review]
    missed: np.ndarray  # [i, x]: reviews missed in a row [review]
    so_far: np.ndarray  # [cap, x]: what a cap over the term was asked for
    used: np.ndarray  # [cap, x]: what it let through
    deducted: np.ndarray  # [g, x]
    topped: np.ndarray  # [g, x]
    paid: np.ndarray  # [t, x]: charges so far
    most: np.ndarray  # [x], as all that follow: what the gate lets an incentive pay
    filled: np.ndarray  # values of reviews, with what empty ones are taken for
    charges: np.ndarray
    bases: np.ndarray  # what a share is taken of
    due: np.ndarray  # of one incentive
    taken: np.ndarray  # before caps
    added: np.ndarray
    held: np.ndarray  # what caps leave of them
    let: np.ndarray
    back: np.ndarray  # what groups take back
    more: np.ndarray
    charged: np.ndarray  # over the term, as all that follow
    bonuses: np.ndarray
    deductions: np.ndarray
    present: np.ndarray
    lines: np.ndarray  # sum of all lines

    @classmethod
    def of(cls, terms: Terms) -> Work:
        """Make room for contracts of a structure."""
        n_kpis, n_incentives, n_caps = len(terms.read_at), len(terms.kpi), len(terms.cap_of)
        rows = [n_kpis] * 6 + [n_incentives] + [n_caps] * 2
        rows += [terms.n_groups + 1] * 2 + [terms.n_periods]
        alone = [(BESIDE,)] * (len(cls._fields) - len(rows))
        return cls._make(np.empty(shape) for shape in [*((n, BESIDE) for n in rows), *alone])


class Books(NamedTuple):
    """What is read and written: facts, and amounts by contract and future, plan by plan."""

    facts: np.ndarray  # [block, number, x]
    smallest: np.ndarray  # [block, number]: of the futures of a block
    payments: np.ndarray  # [place, future], as these that follow
    charges: np.ndarray
    bonuses: np.ndarray
    deductions: np.ndarray
    present: np.ndarray  # without rows where nothing is discounted
    reviews_met: np.ndarray  # [place, place of KPI, future]
    places: np.ndarray  # [c]: where a contract is written
    kpi_places: np.ndarray  # [k]


class Span(NamedTuple):
    """Which contracts and which blocks of futures are settled, each up to an end."""

    first_contract: int
    end_contract: int
    first_block: int
    end_block: int


def terms_of(
    contract: Contract, scores: Scores, periods: ReviewPeriods, places: Mapping[Any, int]
) -> Terms:
    """Return what contracts of the structure of one have in common.

    Parameters
    ----------
    contract : Contract
        Any of them.
    scores : Scores
        Where their facts are.
    periods : ReviewPeriods
        The payment periods.
    places : mapping of str or Measure to int
        Where a row of facts holds a KPI or a total.
    """
    names, n_periods = list(contract.kpis), len(periods)
    clauses = list(contract.kpis.values())
    reviews = _reviews(contract, scores)
    since = np.tile(np.arange(n_periods), (len(names), 1))
    review = np.full((len(names), n_periods), -1)
    for k, of_kpi in enumerate(reviews):
        last = np.searchsorted(periods.edges, of_kpi.edges[1:]) - 1
        since[k, last] = np.searchsorted(periods.edges, of_kpi.edges[:-1])
        review[k, last] = np.arange(len(last))
    first = np.array([clause.from_period - 1 for clause in clauses], dtype=int)
    reviewed = (review >= 0) & (np.arange(n_periods) >= first[:, None])
    judged = reviewed.any(axis=0) if names else np.ones(n_periods, dtype=bool)
    incentives = contract.incentives
    caps = _caps(contract)
    rate = contract.term.discount_rate_per_year
    years = (periods.edges[1:] - periods.edges[0]) / DAYS_PER_YEAR
    groups = list(contract.groups)
    totals = contract.payment.totals(contract.term.review, contract.term.months)
    by_level = {i.kpi for i in incentives if isinstance(i, LumpSum)}
    return Terms(
        n_periods=n_periods,
        read_at=_whole(places[name] for name in names),
        n_reviews=_whole(len(r) for r in reviews),
        review=review,
        reviewed=reviewed,
        since=since,
        own_period=(since == np.arange(n_periods)).all(axis=1),
        when_empty=_whole(WHEN_EMPTY[c.when_empty] for c in clauses),
        higher=_yes(c.target.direction == "higher" for c in clauses),
        strict=_yes(c.target.strict for c in clauses),
        worst=np.array([c.kpi.worst for c in clauses], dtype=float),
        wants_exceeded=_yes(
            name in by_level or isinstance(contract.payment, Milestones) for name in names
        ),
        payment=PAYMENTS.index(type(contract.payment)),
        accepted_at=places[totals[0]] if totals else -1,
        judged=judged / max(judged.sum(), 1),
        mechanism=_whole(MECHANISMS.index(type(i)) for i in incentives),
        kpi=_whole(names.index(i.kpi_name) if i.kpi_name else -1 for i in incentives),
        of_value=_yes(_of_share(i) == "contract_value" for i in incentives),
        of_charges=_yes(_of_share(i) == "period_charges" for i in incentives),
        total_at=_whole(_total_at(i, contract, places) for i in incentives),
        escalates=_yes(getattr(i, "escalation", None) is not None for i in incentives),
        holds=_yes(i.limits.holds for i in incentives),
        group=_whole(groups.index(i.group) if i.group else -1 for i in incentives),
        n_groups=len(groups),
        gates=_whole(
            names.index(k) for k in (contract.gate.no_bonus_below if contract.gate else ())
        ),
        cap_of=_whole(of for of, _, _ in caps),
        cap_side=_whole(side for _, side, _ in caps),
        cap_kind=_whole(_kind(cap) for _, _, cap in caps),
        cap_over_term=_yes(cap.over_the_term for _, _, cap in caps),
        discounts=rate > 0,
        discount=(1.0 + rate) ** -years if rate else np.ones(n_periods),
    )


def numbers_of(contracts: Sequence[Contract], scores: Scores, terms: Terms) -> Numbers:
    """Return the numbers of contracts of one structure."""
    first, n = contracts[0], len(contracts)
    kpis = [[c.kpis[name] for c in contracts] for name in first.kpis]
    incentives = [[c.incentives[i] for c in contracts] for i in range(len(first.incentives))]
    of_each = [_of_incentives(clauses, first) for clauses in incentives]
    widest = max((part.shape[1] for part in of_each), default=0)
    incentive = np.zeros((n, len(incentives), widest))
    escalation = np.zeros((n, len(incentives), 2))
    for i, part in enumerate(of_each):
        incentive[:, i, : part.shape[1]] = part
        grows = [getattr(clause, "escalation", None) for clause in incentives[i]]
        if grows[0] is not None:
            escalation[:, i, 0] = _field(grows, "step")
            escalation[:, i, 1] = _field(grows, "up_to", missing=np.inf)
    gates = [c.gate.no_bonus_below for c in contracts if c.gate]
    return Numbers(
        target=_targets(contracts, scores, terms),
        incentive_level=_beside(n, (_field(clauses, "incentive_level") for clauses in kpis)),
        min_sample=_beside(n, (_field(clauses, "min_sample") for clauses in kpis)),
        dead_band=_beside(n, (_field(clauses, "dead_band") for clauses in kpis)),
        value=np.array([contract_value(c, scores) for c in contracts], dtype=float),
        payment=np.array([_of_payment(c) for c in contracts], dtype=float),
        incentive=incentive,
        escalation=escalation,
        gate=np.array([list(gate.values()) for gate in gates], dtype=float).reshape(n, -1),
        cap=np.array([[_number(cap) for _, _, cap in _caps(c)] for c in contracts], dtype=float),
        ramp_in=np.array([c.ramp_in.periods if c.ramp_in else 0 for c in contracts]),
    )


def _reviews(contract: Contract, scores: Scores) -> list[ReviewPeriods]:
    return [
        ReviewPeriods.of(scores.setting, measure.review, measure.months)
        for measure in contract.measured().values()
    ]


def _targets(contracts: Sequence[Contract], scores: Scores, terms: Terms) -> np.ndarray:
    """Return the level required of each KPI at the review that ends in each period."""
    first = contracts[0]
    targets = np.zeros((len(contracts), len(first.kpis), terms.n_periods))
    for k, (name, reviews) in enumerate(zip(first.kpis, _reviews(first, scores), strict=True)):
        clauses = [contract.kpis[name] for contract in contracts]
        if first.kpis[name].seasonal:
            begins = [scores.setting.calendar.date(float(t)).date() for t in reviews.edges[:-1]]
            of_reviews = targets_of(clauses, np.empty(0), begins)[:, 0, 0]
            targets[:, k] = of_reviews[:, np.maximum(terms.review[k], 0)]
        else:
            targets[:, k] = np.array([clause.target.level for clause in clauses])[:, None]
    return targets


def _of_share(incentive: Incentive) -> str:
    """Return what a share is taken of; a pool that is an amount is a share of nothing."""
    if getattr(incentive, "pool", None) is not None:
        return ""
    return str(getattr(incentive, "of", ""))


def _whole(values: Iterable[int]) -> np.ndarray:
    return np.array(list(values), dtype=np.int64)


def _yes(values: Iterable[bool]) -> np.ndarray:
    return np.array(list(values), dtype=bool)


def _field(clauses: Sequence[object], name: str, missing: float = np.nan) -> np.ndarray:
    """Return a numeric field of one clause of every contract."""
    return np.broadcast_to(column(clauses, name, missing)[:, 0, 0, 0], len(clauses))


def _beside(n: int, columns: Iterable[Sequence[float] | np.ndarray]) -> np.ndarray:
    """Return columns of n numbers side by side, also where there is none."""
    every = [np.asarray(each, dtype=float) for each in columns]
    return np.stack(every, axis=1) if every else np.zeros((n, 0))


def _total_at(incentive: Incentive, contract: Contract, places: Mapping[Any, int]) -> int:
    totals = incentive.totals(contract.term.review, contract.term.months)
    return places[totals[0]] if totals else -1


def _of_payment(contract: Contract) -> tuple[float, float, float]:
    scheme = contract.payment
    if isinstance(scheme, Milestones):
        return scheme.at_signing, scheme.on_targets_met, scheme.on_targets_exceeded
    return (scheme.factor if isinstance(scheme, CataloguePrice) else scheme.per_period), 0.0, 0.0


def _of_incentives(clauses: Sequence[Incentive], first: Contract) -> np.ndarray:
    """Return the numbers of one mechanism in every contract, as its rule reads them."""
    n, kind = len(clauses), type(clauses[0])
    if kind in (PaymentCurve, StepTiers):
        field = "points" if kind is PaymentCurve else "tiers"
        x, y = (
            np.broadcast_to(part, (n, part.shape[1]))
            for part in corners([getattr(clause, field) for clause in clauses])
        )
        if kind is StepTiers:
            return np.concatenate([np.full((n, 1), x.shape[1]), _pairwise(x, y)], axis=1)
        run = np.diff(x, axis=1)
        slope = np.diff(y, axis=1) / np.where(run > 0, run, 1.0)
        head = np.stack([_field(clauses, "at_risk"), np.full(n, run.shape[1]), y[:, 0]], axis=1)
        return np.concatenate([head, _pairwise(x[:, :-1], run, slope)], axis=1)
    name = clauses[0].kpi_name
    higher = name is None or first.kpis[name].target.direction == "higher"
    if kind is BonusPool:
        return _of_pools(clauses, first)
    if kind is PerPoint:
        sign = 1.0 if higher else -1.0
        slope = sign * _field(clauses, "rate") / _field(clauses, "point")
        return _beside(n, [slope, _field(clauses, "floor"), _field(clauses, "cap")])
    if kind is PerBreach:
        everything = 0.0 if higher else 1.0
        floor = _field(clauses, "no_further_than", missing=everything)
        return _beside(n, [_field(clauses, "rate"), floor])
    fields = {
        LumpSum: ("if_missed", "if_met", "if_exceeded"),
        LateFee: ("per_day",),
        PerEvent: ("amount",),
    }[kind]
    return _beside(n, (_field(clauses, field) for field in fields))


def _of_pools(clauses: Sequence[Any], first: Contract) -> np.ndarray:
    """Return pool or share, whether it is paid in advance, and KPI and weight of each part."""
    n, of_all, names = len(clauses), clauses[0], list(first.kpis)
    pool = _field(clauses, "pool" if of_all.share is None else "share")
    parts: list[np.ndarray] = []
    for kpi in of_all.weights:
        weights = np.array([clause.weights[kpi] for clause in clauses])
        parts += [np.full(n, float(names.index(kpi))), weights]
    in_advance = np.full(n, float(of_all.paid == "in_advance"))
    return _beside(n, [pool, in_advance, np.full(n, float(len(of_all.weights))), *parts])


def _pairwise(*parts: np.ndarray) -> np.ndarray:
    """Return the first numbers of each part, then the second ones, and so on, per contract."""
    return np.stack(parts, axis=2).reshape(len(parts[0]), -1)


def _caps(contract: Contract) -> list[tuple[int, int, Cap]]:
    """Return whose cap it is, of which side, and the cap; those of a period before the others."""
    limits = [incentive.limits for incentive in contract.incentives]
    limits += [*contract.groups.values(), contract.limits]
    return [
        (of, side, cap)
        for of, held in enumerate(limits)
        for side, caps in ((DEDUCTIONS, held.deductions), (BONUSES, held.bonus))
        for cap in sorted(caps, key=lambda cap: cap.over_the_term)
    ]


def _kind(cap: Cap) -> int:
    if cap.amount is not None:
        return AMOUNT
    return OF_VALUE if cap.of == "contract_value" else OF_CHARGES


def _number(cap: Cap) -> float:
    return float(cap.share or 0.0) if cap.amount is None else cap.amount
