"""Contracts that differ only in numbers, drawn in groups of one structure, and facts for them.

Lives here: strategies. May not live here: a property.
"""

import numpy as np
from hypothesis import strategies as st

from pbc_sim.contract import Contract
from pbc_sim.performance.measures import KPIS

MONEY = st.integers(0, 500).map(float)
SHARES = st.sampled_from([0.0, 0.02, 0.1, 0.25, 1.0])
LEVELS = st.sampled_from([0.0, 0.25, 0.5, 0.6, 0.75, 0.9, 1.0])
MEASURES = {
    "accuracy": {"measure": "order_accuracy"},
    "fulfilment": {"measure": "on_time_share", "limit": {"business_days": 2.0}},
    "returns": {"measure": "return_rate"},
    "speed": {"measure": "fulfilment_time_p90"},
}


@st.composite
def _structures(draw, shorter=True, modified=False):
    """Draw what contracts of a group have in common: all but numbers."""
    names = draw(st.lists(st.sampled_from(sorted(MEASURES)), unique=True, min_size=1))
    paid = draw(st.sampled_from(["month", "quarter", "term"]))
    longer = {"month": ["quarter", "year"], "quarter": ["half_year", "year"], "term": []}[paid]
    within = {"month": [], "quarter": ["month"], "term": ["month", "quarter"]}[paid]
    reviews = st.sampled_from([None, *(within if shorter else []), *longer, "term"])
    together = st.sampled_from(["average_then_curve", "curve_then_average", "worst_period"])
    kpis = {}
    for name in names:
        higher = KPIS[MEASURES[name]["measure"]].better == "higher"
        words = ["at_least", "above"] if higher else ["at_most", "below"]
        review = draw(reviews)
        kpis[name] = {
            "target": draw(st.sampled_from(words)),
            "review": review,
            "aggregate": draw(together) if review in within else None,
            "from_period": draw(st.sampled_from([1, 2])) if modified else 1,
            "rolling": draw(st.sampled_from([1, 2])) if modified and name != "speed" else 1,
            "when_empty": draw(st.sampled_from(["met", "missed", "carry"])),
            "seasonal": draw(st.sampled_from([[], ["june", "july"]])) if modified else [],
        }
    mechanisms = ["payment_curve", "step_tiers", "lump_sum", "per_point"]
    kinds = st.sampled_from([*mechanisms, "per_breach"] if modified else mechanisms)
    base = st.sampled_from(["period_charges", "contract_value"])
    on_kpi = st.tuples(kinds, st.sampled_from(names), base).filter(
        lambda of: of[:2] != ("per_breach", "speed")
    )
    caps = st.lists(st.sampled_from(["charges", "value", "period", "contract"]), max_size=2)
    some_caps = st.lists(st.sampled_from(["charges", "period", "contract"]), max_size=1)
    both = st.fixed_dictionaries({"deductions": some_caps, "bonus": some_caps})
    alone = st.fixed_dictionaries(
        {"limits": both, "group": st.sampled_from([None, "one"]), "escalates": st.booleans()}
    )
    incentives = draw(st.lists(on_kpi, max_size=4))
    modifiers = [draw(alone) for _ in incentives] if modified else []
    grouped = any(each["group"] for each in modifiers)
    pool = st.fixed_dictionaries(
        {
            "kpis": st.lists(st.sampled_from(names), unique=True, min_size=1),
            "size": st.sampled_from(["pool", "share"]),
            "of": base,
            "paid": st.sampled_from(["when_earned", "in_advance"]),
        }
    )
    return {
        "pool": draw(st.none() | pool) if modified else None,
        "modifiers": modifiers,
        "group": draw(both) if grouped else None,
        "discount": draw(st.sampled_from([0.0, 0.08])) if modified else 0.0,
        "paid": paid,
        "payment": draw(st.sampled_from(["catalogue_price", "fixed_fee", "milestones"])),
        "kpis": kpis,
        "incentives": incentives,
        "late_fee": draw(st.booleans()),
        "per_event": draw(st.booleans()),
        "deductions": draw(caps),
        "bonus": draw(caps),
        "gate": draw(st.sampled_from([None, *names])),
    }


@st.composite
def _numbered(draw, structure):
    """Draw a contract of a structure."""
    kpis = {}
    for name, shape in structure["kpis"].items():
        level = draw(LEVELS)
        higher = KPIS[MEASURES[name]["measure"]].better == "higher"
        beyond = draw(st.none() | st.sampled_from(_levels_from(level, higher)))
        seasonal = {
            month: draw(st.sampled_from(_levels_from(level, not higher)))
            for month in shape["seasonal"]
        }
        kpis[name] = MEASURES[name] | {
            "seasonal": seasonal,
            "target": {shape["target"]: level},
            "incentive_level": beyond,
            "review": shape["review"],
            "aggregate": shape["aggregate"],
            "from_period": shape["from_period"],
            "rolling": shape["rolling"],
            "when_empty": shape["when_empty"],
            "min_sample": draw(st.sampled_from([0, 1, 4])),
            "dead_band": draw(st.sampled_from([0.0, 0.0, 0.1])),
        }
    incentives = [draw(_incentives(*one)) for one in structure["incentives"]]
    for incentive, modifiers in zip(incentives, structure["modifiers"], strict=False):
        (terms,) = incentive.values()
        terms["limits"], terms["group"] = _limits(draw, modifiers["limits"]), modifiers["group"]
        if modifiers["escalates"]:
            up_to = draw(st.none() | st.just(2.5))
            terms["escalation"] = {"step": draw(st.sampled_from([0.5, 1.0])), "up_to": up_to}
    if structure["late_fee"]:
        fee = {"limit": {"business_days": 2.0}, "per_day": draw(st.sampled_from([0.001, 0.01]))}
        incentives.append({"late_fee": fee})
    if structure["pool"]:
        incentives.append({"bonus_pool": draw(_pools(structure["pool"]))})
    if structure["per_event"]:
        amount = draw(st.integers(-9, 9).map(float))
        event = {"event": "returned_units", "amount": amount, "rewards_worse": True}
        incentives.append({"per_event": event})
    return Contract.model_validate(
        {
            "title": "drawn",
            "term": {"review": structure["paid"], "discount_rate_per_year": structure["discount"]},
            "value": draw(MONEY | st.none()),
            "payment": {structure["payment"]: draw(_payments(structure["payment"]))},
            "kpis": kpis,
            "incentives": incentives,
            "groups": {"one": _limits(draw, structure["group"])} if structure["group"] else {},
            "limits": _limits(draw, structure),
            "gate": {"no_bonus_below": {structure["gate"]: draw(LEVELS)}}
            if structure["gate"]
            else None,
            "ramp_in": draw(st.sampled_from([None, {"periods": 0}, {"periods": 2}])),
        }
    )


def _pools(shape):
    """Draw a bonus pool: weights are quarters, so that they sum to 1."""
    kpis = shape["kpis"]
    weights = {1: [(1.0,)], 2: [(0.25, 0.75), (0.5, 0.5)], 3: [(0.25, 0.25, 0.5)]}.get(
        len(kpis), [(0.25,) * 4]
    )
    return st.fixed_dictionaries(
        {
            "weights": st.sampled_from(weights).map(
                lambda each: dict(zip(kpis, each, strict=True))
            ),
            shape["size"]: MONEY.map(lambda x: x + 1) if shape["size"] == "pool" else SHARES,
            "of": st.just(shape["of"] if shape["size"] == "share" else "period_charges"),
            "paid": st.just(shape["paid"]),
        }
    )


def _limits(draw, kinds):
    return {side: [draw(_caps(kind)) for kind in kinds[side]] for side in ("deductions", "bonus")}


def _levels_from(level, higher):
    """Return the levels that are at least as good."""
    return [
        x for x in (0.0, 0.25, 0.5, 0.6, 0.75, 0.9, 1.0) if (x >= level if higher else x <= level)
    ]


def _payments(kind):
    factor = st.sampled_from([0.0, 0.9, 1.1])
    if kind == "milestones":
        whens = st.permutations(["signing", "targets_met", "targets_exceeded"])
        tranches = whens.map(
            lambda w: [
                {"share": s, "when": when} for s, when in zip((0.3, 0.5, 0.2), w, strict=True)
            ]
        )
        return st.fixed_dictionaries({"tranches": tranches, "factor": factor})
    if kind == "fixed_fee":
        return st.fixed_dictionaries({"per_period": MONEY})
    return st.fixed_dictionaries({"factor": factor})


def _incentives(kind, kpi, base):
    points = st.dictionaries(LEVELS, st.sampled_from([-1.0, 0.0, 0.5, 1.0, 1.2]), min_size=2)
    terms = {
        "payment_curve": {"at_risk": SHARES, "points": points, "of": st.just(base)},
        "step_tiers": {"tiers": st.dictionaries(LEVELS, SHARES, min_size=1), "of": st.just(base)},
        "lump_sum": {"if_missed": MONEY.map(lambda x: -x), "if_met": MONEY},
        "per_breach": {"rate": MONEY, "no_further_than": st.none()},
        "per_point": {"rate": MONEY, "floor": MONEY.map(lambda x: 0.0 - x), "cap": MONEY},
    }[kind]
    terms |= {"kpi": st.just(kpi), "rewards_worse": st.just(True)}
    return st.fixed_dictionaries(terms).map(lambda clause: {kind: clause})


def _caps(kind):
    if kind in ("charges", "value"):
        of = {"charges": "period_charges", "value": "contract_value"}[kind]
        return st.fixed_dictionaries({"share": SHARES, "of": st.just(of)})
    return st.fixed_dictionaries({"amount": MONEY, "per": st.just(kind)})


@st.composite
def groups(draw, shorter=True, modified=False):
    """Draw contracts of several structures, in any order.

    shorter: also reviews within a payment period; modified: also what changes amounts of a
    mechanism, of a group, and what is paid later.
    """
    contracts = []
    for structure in draw(st.lists(_structures(shorter, modified), min_size=1, max_size=3)):
        contracts += draw(st.lists(_numbered(structure), min_size=1, max_size=3))
    return {f"c{n}": c for n, c in enumerate(draw(st.permutations(contracts)))}


def random_numbers(seed):
    """Return a function that makes up numerators, denominators and sizes of a measure."""

    def numbers(measure, shape):
        # The seed of a measure does not depend on which others are measured.
        generator = np.random.default_rng([seed, len(str(measure)), *str(measure).encode()])
        size = generator.integers(0, 9, shape).astype(float)
        part = np.minimum(generator.integers(0, 11, shape), size)
        if measure.entry.kind == "total":
            return np.stack([100.0 * part, np.ones(shape), size])
        if measure.entry.kind == "percentile":
            return np.stack([part / 4, (size > 0).astype(float), size])
        return np.stack([part, size, size])

    return numbers
