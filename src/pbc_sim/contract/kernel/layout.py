"""How do contracts of one structure lie in arrays that compiled rules read?

Lives here: what contracts have in common (`Terms`), their numbers (`Numbers`), and the facts of
futures, a row each. May not live here: rules, numba.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from pbc_sim.contract.block import column
from pbc_sim.contract.incentives import (
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
from pbc_sim.contract.payments import CataloguePrice, FixedFee, Milestones
from pbc_sim.contract.pricing import contract_value
from pbc_sim.contract.reading import rolled
from pbc_sim.contract.terms import Contract
from pbc_sim.performance.periods import DAYS_PER_YEAR, ReviewPeriods
from pbc_sim.performance.scorecard import Scores

__all__ = [
    "BESIDE",
    "Books",
    "Facts",
    "Numbers",
    "Terms",
    "Work",
    "facts_of",
    "numbers_of",
    "terms_of",
]

WHEN_EMPTY = {"met": 0, "missed": 1, "carry": 2}
PAYMENTS = (CataloguePrice, FixedFee, Milestones)
MECHANISMS = (LumpSum, PerPoint, PaymentCurve, StepTiers, LateFee, PerEvent, PerBreach)
DEDUCTIONS, BONUSES = 0, 1
#: Futures that a rule works on side by side; their room fits into the cache of a core.
BESIDE = 128
AMOUNT, OF_CHARGES, OF_VALUE = 0, 1, 2


class Terms(NamedTuple):
    """What contracts of one structure have in common; k counts KPIs, i incentives, t periods.

    Numbers of KPIs, reviews and periods are whole; -1 stands for none.
    """

    n_periods: int
    read_at: np.ndarray  # [k]: where a row holds numerators; then denominators and sizes
    n_reviews: np.ndarray  # [k]
    ends: np.ndarray  # [k, review]: the payment period in which it ends
    since: np.ndarray  # [k, t]: first payment period of the review that ends in each
    own_period: np.ndarray  # [k]: whether each review is of the payment period in which it ends
    reviewed: np.ndarray  # [k, t]
    review: np.ndarray  # [k, t]: the review that ends in it
    when_empty: np.ndarray  # [k]
    higher: np.ndarray  # [k]: whether more is better
    strict: np.ndarray  # [k]: whether the target itself misses
    worst: np.ndarray  # [k]
    payment: int
    accepted_at: int  # where a row holds the accepted value of each period
    judged: np.ndarray  # [t]: part of the reviews that end in it
    mechanism: np.ndarray  # [i]
    kpi: np.ndarray  # [i]
    of_value: np.ndarray  # [i]: whether shares are of the contract value
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
    discount: np.ndarray  # [t]: worth at signing of a unit of money paid for a period


class Numbers(NamedTuple):
    """The numbers of contracts of one structure; the first axis is the contract."""

    target: np.ndarray  # [c, k]
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

    All but values and verdicts are amounts. [currency]
    """

    value: np.ndarray  # [k, t, x]
    met: np.ndarray  # [k, t, x]: 1, or 0, as these that follow; so loops take four at a time
    exceeded: np.ndarray  # [k, t, x]
    closed: np.ndarray  # [t, x]: whether the gate is
    as_met: np.ndarray  # [x]: of an empty review
    instead: np.ndarray  # [x]: its value
    now: np.ndarray  # [x]
    last: np.ndarray  # [x]
    so_far: np.ndarray  # [x]
    deducted: np.ndarray  # [g, t, x]
    topped: np.ndarray  # [g, t, x]
    charges: np.ndarray  # [t, x], as all that follow
    paid: np.ndarray  # charges so far
    bases: np.ndarray  # what a share is taken of
    due: np.ndarray  # of one incentive
    taken: np.ndarray  # before caps
    added: np.ndarray
    held: np.ndarray  # what caps leave of them
    let: np.ndarray
    lines: np.ndarray  # sum of all lines
    back: np.ndarray  # what groups take back
    more: np.ndarray

    @classmethod
    def of(cls, terms: Terms) -> Work:
        """Make room for contracts of a structure."""
        n, n_kpis, n_sums = terms.n_periods, len(terms.read_at), terms.n_groups + 1
        shapes: list[tuple[int, ...]] = [(n_kpis, n, BESIDE)] * 3
        shapes += [(n, BESIDE)] + [(BESIDE,)] * 5
        shapes += [(n_sums, n, BESIDE)] * 2 + [(n, BESIDE)] * 11
        return cls._make(np.empty(shape) for shape in shapes)


class Books(NamedTuple):
    """What is read and written in blocks of futures; see `settle_futures`."""

    facts: np.ndarray
    paid: np.ndarray
    reviews_met: np.ndarray


class Facts(NamedTuple):
    """Where the facts that contracts ask for stand in a row, and the arrays that they come from."""

    places: Mapping[Any, int]
    sources: tuple[np.ndarray, ...]

    @property
    def width(self) -> int:
        """Numbers that a contract reads of a future."""
        return sum(source.shape[-1] for source in self.sources)

    def blocks(self, replications: slice, shape: tuple[int, int]) -> np.ndarray:
        """Return futures in blocks side by side: shape (n_blocks, n_numbers, BESIDE).

        Parameters
        ----------
        replications : slice
            Which ones.
        shape : tuple of int
            Number of plans and of these replications. The plans follow one another; the last
            block is filled up with zeros.
        """
        n_futures = shape[0] * shape[1]
        n_blocks = -(-n_futures // BESIDE)
        blocks = np.zeros((n_blocks, self.width, BESIDE))
        at = 0
        for source in self.sources:
            n = source.shape[-1]
            filled = np.zeros((n_blocks * BESIDE, n))
            filled[:n_futures] = source[:, replications].reshape(-1, n)
            blocks[:, at : at + n] = filled.reshape(n_blocks, BESIDE, n).transpose(0, 2, 1)
            at += n
        return blocks


def facts_of(contract: Contract, scores: Scores) -> Facts:
    """Return the facts that a contract reads."""
    places: dict[Any, int] = {}
    sources: list[np.ndarray] = []
    at = 0
    for name, measure in contract.measured().items():
        places[name] = at
        for part in rolled(contract.kpis[name], scores.measured[measure]):
            sources.append(part)
            at += part.shape[-1]
    for measure in contract.totals():
        places[measure] = at
        sources.append(scores.measured[measure][0])
        at += sources[-1].shape[-1]
    return Facts(places, tuple(sources))


def terms_of(contract: Contract, scores: Scores, periods: ReviewPeriods, facts: Facts) -> Terms:
    """Return what contracts of the structure of one have in common."""
    names, n_periods = list(contract.kpis), len(periods)
    clauses = list(contract.kpis.values())
    reviews = [
        ReviewPeriods.of(scores.setting, measure.review, measure.months)
        for measure in contract.measured().values()
    ]
    ends = np.full((len(names), max((len(r) for r in reviews), default=0)), -1)
    since = np.tile(np.arange(n_periods), (len(names), 1))
    reviewed = np.zeros((len(names), n_periods), dtype=bool)
    review = np.zeros((len(names), n_periods), dtype=np.int64)
    for k, (clause, of_kpi) in enumerate(zip(clauses, reviews, strict=True)):
        last = np.searchsorted(periods.edges, of_kpi.edges[1:]) - 1
        ends[k, : len(last)] = last
        since[k, last] = np.searchsorted(periods.edges, of_kpi.edges[:-1])
        reviewed[k, last], review[k, last] = True, np.arange(len(last))
        reviewed[k, : clause.from_period - 1] = False
    judged = reviewed.any(axis=0) if names else np.ones(n_periods, dtype=bool)
    incentives = contract.incentives
    caps = _caps(contract)
    rate = contract.term.discount_rate_per_year
    years = (periods.edges[1:] - periods.edges[0]) / DAYS_PER_YEAR
    groups = list(contract.groups)
    totals = contract.payment.totals(contract.term.review, contract.term.months)
    return Terms(
        n_periods=n_periods,
        read_at=_whole(facts.places[name] for name in names),
        n_reviews=_whole(len(r) for r in reviews),
        ends=ends,
        since=since,
        own_period=(since == np.arange(n_periods)).all(axis=1),
        reviewed=reviewed,
        review=review,
        when_empty=_whole(WHEN_EMPTY[c.when_empty] for c in clauses),
        higher=_yes(c.target.direction == "higher" for c in clauses),
        strict=_yes(c.target.strict for c in clauses),
        worst=np.array([c.kpi.worst for c in clauses], dtype=float),
        payment=PAYMENTS.index(type(contract.payment)),
        accepted_at=facts.places[totals[0]] if totals else -1,
        judged=judged / max(judged.sum(), 1),
        mechanism=_whole(MECHANISMS.index(type(i)) for i in incentives),
        kpi=_whole(names.index(i.kpi_name) if i.kpi_name else -1 for i in incentives),
        of_value=_yes(getattr(i, "of", "") == "contract_value" for i in incentives),
        total_at=_whole(_total_at(i, contract, facts) for i in incentives),
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
        discount=(1.0 + rate) ** -years if rate else np.ones(n_periods),
    )


def numbers_of(contracts: Sequence[Contract], scores: Scores) -> Numbers:
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
        target=_beside(n, ([c.target.level for c in clauses] for clauses in kpis)),
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


def _total_at(incentive: Incentive, contract: Contract, facts: Facts) -> int:
    totals = incentive.totals(contract.term.review, contract.term.months)
    return facts.places[totals[0]] if totals else -1


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
