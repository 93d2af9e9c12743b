"""Which contracts and futures are drawn: strategies that several files of properties share.

Lives here: drawn contracts as a person writes them, made-up scores, how often a property is tried.
May not live here: a property.
"""

import copy
import os

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pbc_sim.contract import Contract
from pbc_sim.contract.settlement import settle_block
from pbc_sim.performance.periods import ReviewPeriods

PLANS = ("lean", "careful")
REPLICATIONS = 3
#: Each mutant of `make mutation` runs all properties that it touches, so there it draws fewer.
QUICK = int(os.environ.get("PBC_SIM_EXAMPLES", "15"))
EXAMPLES = [QUICK, pytest.param(1000, marks=pytest.mark.slow)]
KPIS = {
    "accuracy": ({"measure": "order_accuracy"}, "at_least"),
    "fulfilment": ({"measure": "on_time_share", "limit": {"business_days": 2.0}}, "at_least"),
    "returns": ({"measure": "return_rate"}, "at_most"),
    "late": ({"measure": "late_orders", "limit": {"business_days": 2.0}}, "at_most"),
}
AMOUNTS = st.integers(0, 40).map(lambda x: 10.0 * x)
LOSSES = AMOUNTS.map(lambda x: 0.0 - x)
SHARES = st.sampled_from([0.0, 0.05, 0.3, 1.0])
#: Fields that hold money, so that a change of currency changes these and no other.
MONEY_FIELDS = {
    *("per_period", "if_missed", "if_met", "amount", "rate", "floor", "cap", "pool", "per_point"),
    *("value", "supplier_pays", "worth", "target_cost", "target_fee", "min_fee", "max_fee"),
    *("target_profit", "ceiling_price"),
}


def _maybe(strategy):
    return st.none() | strategy


def _fields(**strategies):
    """Draw a section, and leave out what is None."""
    drawn = st.fixed_dictionaries(strategies)
    return drawn.map(lambda section: {k: v for k, v in section.items() if v is not None})


CAP = st.one_of(
    _fields(share=SHARES, of=st.sampled_from(["period_charges", "contract_value"])),
    _fields(amount=AMOUNTS, per=st.sampled_from(["period", "contract"])),
)
PERIOD_CAP = st.one_of(
    _fields(share=SHARES, of=st.just("period_charges")),
    _fields(amount=AMOUNTS, per=st.just("period")),
)
PERIOD_LIMITS = _fields(
    deductions=st.lists(PERIOD_CAP, max_size=1), bonus=st.lists(PERIOD_CAP, max_size=1)
)
LIMITS = _fields(deductions=st.lists(CAP, max_size=1), bonus=st.lists(CAP, max_size=1))
ESCALATION = st.one_of(
    _fields(factor=st.sampled_from([1.5, 2.0]), up_to=_maybe(st.just(3.0))),
    _fields(step=st.sampled_from([0.5, 1.0]), up_to=_maybe(st.just(2.0))),
)
EARN_BACK = _fields(after=st.integers(1, 3), share=SHARES)


@st.composite
def _kpi(draw, name, paid, *, moves):
    clause, word = KPIS[name]
    review = draw(st.sampled_from([None, None, "year", "month"]))
    shorter = review == "month" and paid != "month"
    ways = st.sampled_from(["average_then_curve", "curve_then_average", "worst_period"])
    section = clause | {
        "target": {word: draw(st.sampled_from([0.25, 0.5, 0.75]))},
        "review": review,
        "when_empty": draw(st.sampled_from(["met", "missed", "carry"])),
        "rolling": draw(st.sampled_from([1, 1, 3])),
        "from_period": draw(st.sampled_from([1, 1, 2])),
        "seasonal": draw(st.sampled_from([{}, {"march": 0.5, "december": 0.75}])),
        "aggregate": draw(ways) if shorter else None,
    }
    if moves and draw(st.booleans()):
        section["seasonal"] = {}
        best = 1.0 if word == "at_least" else 0.0
        down_to = draw(_maybe(st.just(0.5)))
        section["ratchet"] = {"every": 2, "step": 0.1, "up_to": best, "down_to": down_to}
    if moves:
        section["drop_after"] = draw(st.sampled_from([None, 1, 3]))
    return section


def _mechanism(kpis, limits):
    on = {
        "kpi": st.sampled_from(kpis),
        "escalation": _maybe(ESCALATION),
        "earn_back": _maybe(EARN_BACK),
        "limits": limits,
        "group": st.sampled_from([None, "one", "other"]),
    }
    beside = {"limits": limits, "group": st.sampled_from([None, "one", "other"])}
    each = st.dictionaries(st.sampled_from(kpis), st.sampled_from([0.5, 2.0]), min_size=1)
    kinds = {
        "lump_sum": _fields(if_missed=LOSSES, if_met=AMOUNTS, **on),
        "per_point": _fields(rate=AMOUNTS, point=st.just(0.1), floor=LOSSES, cap=AMOUNTS, **on),
        "demerit_points": _fields(
            points=each,
            events=st.sampled_from([{}, {"returned_units": 0.25}]),
            per_point=st.sampled_from([5.0, 20.0]),
            bands=st.sampled_from([{}, {1.0: 50.0, 4.0: 90.0}]),
            window=st.integers(1, 4),
            escalation=_maybe(ESCALATION),
            lapse_after=_maybe(st.integers(1, 3)),
            **beside,
        ),
        "bonus_pool": _fields(
            weights=st.permutations(kpis).map(
                lambda k: {k[0]: 1.0} if len(k) < 2 else {k[0]: 0.25, k[1]: 0.75}
            ),
            pool=AMOUNTS,
            paid=st.sampled_from(["when_earned", "in_advance"]),
            **beside,
        ),
        "term_extension": _fields(months=st.just(6), worth=AMOUNTS, **beside),
    }
    shares = [kpi for kpi in kpis if kpi != "late"]
    if shares:
        of_shares = on | {"kpi": st.sampled_from(shares)}
        kinds["per_breach"] = _fields(rate=AMOUNTS, no_further_than=st.none(), **of_shares)
    return st.one_of(*(terms.map(lambda t, k=kind: {k: t}) for kind, terms in kinds.items()))


PAYMENTS = st.one_of(
    _fields(per_period=AMOUNTS).map(lambda t: {"fixed_fee": t}),
    _fields(factor=st.sampled_from([0.5, 1.0])).map(lambda t: {"catalogue_price": t}),
)
COST_BASED = st.one_of(
    _fields(
        target_cost=AMOUNTS, target_fee=st.just(50.0), min_fee=st.just(-20.0),
        max_fee=st.just(90.0), share_below=SHARES, share_above=SHARES,
    ).map(lambda t: {"cost_plus_incentive": t}),
    _fields(
        target_cost=AMOUNTS, target_profit=AMOUNTS, share_below=SHARES, share_above=SHARES,
        ceiling_price=_maybe(st.just(1000.0)),
    ).map(lambda t: {"fixed_price_incentive": t}),
)  # fmt: skip
ADJUSTMENTS = st.one_of(
    st.sampled_from([0.1, -0.1]).map(lambda r: {"price_index": {"yearly_rate": r, "indexed": 0.5}}),
    _fields(share=SHARES, released=st.sampled_from(["always", "all_targets_met"])).map(
        lambda t: {"retention": t}
    ),
    _fields(
        tiers=st.just({500.0: 0.1, 900.0: 0.2}),
        per=st.sampled_from(["year", "term"]),
        on=st.sampled_from(["all", "excess"]),
    ).map(lambda t: {"volume_rebate": t}),
)


@st.composite
def written(draw, *, moves=True):
    """Draw a contract as a person writes it; without `moves`, better work is never paid less."""
    names = draw(st.lists(st.sampled_from(sorted(KPIS)), unique=True, min_size=1, max_size=3))
    paid = draw(st.sampled_from(["month", "quarter"]))
    # A cap over the term inside one of a period is used up by what the other does not let through.
    inner = LIMITS if moves else PERIOD_LIMITS
    mechanisms = draw(st.lists(_mechanism(names, inner), min_size=1, max_size=4))
    groups = {terms.get("group") for m in mechanisms for terms in m.values()} - {None}
    section = {
        "title": "drawn",
        "term": {"months": 15, "review": paid},
        "value": draw(AMOUNTS),
        "payment": draw(PAYMENTS | COST_BASED if moves else PAYMENTS),
        "kpis": {name: draw(_kpi(name, paid, moves=moves)) for name in names},
        "incentives": mechanisms,
        "groups": {group: draw(inner) for group in sorted(groups)},
        "limits": draw(LIMITS),
        "gate": draw(st.sampled_from([None, {"no_bonus_below": {names[0]: 0.5}}])),
        "ramp_in": draw(st.sampled_from([None, {"periods": 1}])),
        "adjustments": draw(st.lists(ADJUSTMENTS, max_size=2)),
    }
    by_cost = next(iter(section["payment"])) in ("cost_plus_incentive", "fixed_price_incentive")
    if moves and not by_cost and draw(st.booleans()):
        section["termination"] = draw(
            _fields(
                breaches=st.integers(1, 3), within=st.sampled_from([None, 4]), supplier_pays=AMOUNTS
            )
        )
        if any("demerit_points" in mechanism for mechanism in mechanisms):
            ends = section["termination"] | {"points": draw(st.sampled_from([2.0, 6.0]))}
            by_points = {"points": ends["points"], "supplier_pays": ends["supplier_pays"]}
            section["termination"] = draw(
                st.sampled_from([section["termination"], ends, by_points])
            )
    return section


def batches():
    """Draw contracts of the same structure, which are settled as one array, and others."""

    @st.composite
    def batch(draw):
        first = draw(written())
        rest = draw(st.lists(written(), max_size=2))
        like_it = [copy.deepcopy(first) for _ in range(draw(st.integers(0, 2)))]
        for contract in like_it:
            contract["value"] = draw(AMOUNTS)
            for mechanism in contract["incentives"]:
                terms = next(iter(mechanism.values()))
                for field in MONEY_FIELDS & set(terms):
                    terms[field] = terms[field] / 2
        return [first, *like_it, *rest]

    return batch()


def read(sections):
    return {f"c{n}": Contract.model_validate(section) for n, section in enumerate(sections)}


def numbers_of(seed, scale=1.0):
    def numbers(measure, shape):
        generator = np.random.default_rng([seed, len(str(measure)), *str(measure).encode()])
        size = generator.integers(0, 9, shape).astype(float)
        part = np.minimum(generator.integers(0, 11, shape), size)
        if measure.entry.kind == "total":
            amount = scale * 100.0 * part if measure.entry.unit == "currency" else part
            return np.stack([amount, np.ones(shape), np.ones(shape)])
        return np.stack([part, size, size])

    return numbers


def scores_with(scores_of, contracts, numbers, cost=400.0):
    grid = cost + 70.0 * np.arange(len(PLANS) * REPLICATIONS).reshape(len(PLANS), -1)
    return scores_of(
        contracts, numbers, months=15, plans=PLANS, replications=REPLICATIONS, supplier_cost=grid
    )


SEEDS = st.integers(0, 2**31)


def hold(examples, **strategies):
    """Try a property on so many drawn examples."""

    def run(holds):
        # Making a failing contract smaller takes minutes, and the drawn one says enough.
        phases = (Phase.explicit, Phase.generate)
        settings(max_examples=examples, phases=phases)(given(**strategies)(holds))()

    return run


def block_of(contract, scores):
    periods = ReviewPeriods.of(scores.setting, contract.term.review, contract.term.months)
    return settle_block([contract], scores, periods)
