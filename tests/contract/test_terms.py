"""What a contract may not say: each rule is answered in one sentence with a way out."""

import re

import pytest

from pbc_sim.contract import Contract
from pbc_sim.errors import PbcError

GOOD = {
    "title": "Good",
    "term": {"months": 12},
    "payment": {"fixed_fee": {"per_period": 100.0}},
    "kpis": {"it": {"measure": "order_accuracy", "target": {"at_least": 0.9}}},
}
LUMP = {"kpi": "it", "if_missed": -1.0}
CPIF = {
    "target_cost": 10.0,
    "target_fee": 1.0,
    "min_fee": 0.5,
    "max_fee": 2.0,
    "share_below": 0.2,
    "share_above": 0.2,
}
FPIF = {"target_cost": 10.0, "target_profit": 1.0, "share_below": 0.2, "share_above": 0.2}


def _kpi(**changes):
    return {"kpis": {"it": GOOD["kpis"]["it"] | changes}}


def _with(incentive):
    return {"incentives": [incentive]}


REFUSED = {
    "both ways of escalation": (
        _with({"lump_sum": LUMP | {"escalation": {"factor": 2.0, "step": 1.0}}}),
        "must give either factor or step, and not both",
    ),
    "points without a price": (
        _with({"demerit_points": {"points": {"it": 1.0}}}),
        "must give per_point or bands",
    ),
    "points for nothing": (
        _with({"demerit_points": {"per_point": 1.0}}),
        "must give points or events",
    ),
    "points of an unknown KPI": (
        _with({"demerit_points": {"points": {"its": 1.0}, "per_point": 1.0}}),
        "unknown KPI of this contract 'its'; known: it. Did you mean 'it'?",
    ),
    "points of an unknown event": (
        _with({"demerit_points": {"events": {"late_order": 1.0}, "per_point": 1.0}}),
        "Did you mean 'late_orders'?",
    ),
    "more points that cost less": (
        _with({"demerit_points": {"points": {"it": 1.0}, "bands": {1.0: 9.0, 2.0: 5.0}}}),
        "pays more for worse work",
    ),
    "limit without an event for it": (
        _with(
            {
                "demerit_points": {
                    "points": {"it": 1.0},
                    "per_point": 1.0,
                    "limit": {"hours": 4.0},
                }
            }
        ),
        "none of the events takes a limit; leave it out",
    ),
    "relief without an event for it": (
        _with(
            {
                "demerit_points": {
                    "events": {"returned_units": 1.0},
                    "per_point": 1.0,
                    "excluding": "force_majeure",
                }
            }
        ),
        "none of the events leaves out orders",
    ),
    "pool whose weights do not sum": (
        _with({"bonus_pool": {"weights": {"it": 0.5}, "pool": 1.0}}),
        "weights must sum to 1, got 0.5",
    ),
    "pool of two sizes": (
        _with({"bonus_pool": {"weights": {"it": 1.0}, "pool": 1.0, "share": 0.1}}),
        "must give either pool or share, and not both",
    ),
    "extension without a worth": (
        _with({"term_extension": {"months": 6}}),
        "must give either worth or margin_share",
    ),
    "extension without a KPI": (
        _with({"term_extension": {"months": 6, "worth": 1.0}}) | {"kpis": {}},
        "the contract has no kpis; add one",
    ),
    "unknown group": (
        _with({"lump_sum": LUMP | {"group": "servce"}}) | {"groups": {"service": {}}},
        "unknown group of this contract 'servce'; known: service. Did you mean 'service'?",
    ),
    "group of nobody": (
        {"groups": {"service": {}}},
        "no incentive belongs to group 'service'",
    ),
    "fees out of order": (
        {"payment": {"cost_plus_incentive": CPIF | {"min_fee": 1.5}}},
        "must have min_fee <= target_fee <= max_fee, got 1.5, 1 and 2",
    ),
    "ceiling below the target": (
        {"payment": {"fixed_price_incentive": FPIF | {"ceiling_price": 10.5}}},
        "ceiling_price must be at least target_cost + target_profit = 11, got 10.5",
    ),
    "index of two kinds": (
        {"adjustments": [{"price_index": {}}]},
        "must give either yearly_rate or dated, and not both",
    ),
    "retention for a share that is not said": (
        {"adjustments": [{"retention": {"share": 0.1, "released": "share_of_reviews_met"}}]},
        "least_met goes with released: share_of_reviews_met",
    ),
    "retention for targets without any": (
        {"adjustments": [{"retention": {"share": 0.1, "released": "all_targets_met"}}], "kpis": {}},
        "the contract has no kpis; add one",
    ),
    "termination that cannot happen": (
        {"termination": {"breaches": 4, "within": 3}},
        "4 breaches cannot fall within 3 periods; widen within",
    ),
    "termination of an unknown KPI": (
        {"termination": {"breaches": 4, "kpis": ["its"]}},
        "Did you mean 'it'?",
    ),
    "breaches of what is no share": (
        {"incentives": [{"per_breach": {"kpi": "it", "rate": 5}}]}
        | _kpi(measure="fulfilment_time_mean", target={"at_most": 2}),
        "per_breach needs a KPI that is a share, and 'it' is none",
    ),
    "a floor of breaches above the target": (
        {"incentives": [{"per_breach": {"kpi": "it", "rate": 5, "no_further_than": 0.999}}]},
        "must be worse than the target of kpi 'it'",
    ),
    "termination for nothing": (
        {"termination": {"supplier_pays": 5}},
        "must give breaches or points; add one",
    ),
    "termination by points that nobody gives": (
        {"termination": {"points": 5}},
        "goes by demerit points, and no incentive gives any; add demerit_points",
    ),
    "a window of no breaches": (
        {"termination": {"points": 5, "within": 3}},
        "within is of breaches, and none are given; add breaches, or leave it out",
    ),
    "KPIs of no breaches": (
        {"termination": {"points": 5, "kpis": ["it"]}},
        "kpis is of breaches, and none are given; add breaches, or leave it out",
    ),
    "termination of a term without length": (
        {"term": {"review": "month"}, "termination": {"breaches": 2}},
        "needs term.months, and payment by months; give both",
    ),
    "termination before the cost is known": (
        {"payment": {"fixed_price_incentive": FPIF}, "termination": {"breaches": 2}},
        "cannot be priced where the payment goes by the cost of the whole term",
    ),
    "shorter review without aggregation": (
        {"term": {"months": 12, "review": "quarter"}} | _kpi(review="week"),
        "kpi 'it' is reviewed per week, but payment is per quarter; pay as often, or say by aggr",
    ),
    "aggregation of a single review": (
        _kpi(aggregate="worst_period"),
        "kpi 'it' has one review a payment or fewer; leave aggregate out",
    ),
    "weeks in a month that is paid by the week": (
        {"term": {"months": 12, "review": "week"}} | _kpi(review="month"),
        "kpi 'it' is reviewed per month, but payment is per week; pay as often",
    ),
    "rolling percentile": (
        {
            "kpis": {
                "it": {
                    "measure": "fulfilment_time_p90",
                    "target": {"at_most": 3.0},
                    "rolling": 3,
                }
            }
        },
        "is a percentile, which cannot be summed over reviews; lengthen its review",
    ),
    "two ways to move": (
        _kpi(seasonal={"may": 0.8}, ratchet={"every": 2, "step": 0.01, "up_to": 0.95}),
        "moves either by seasonal or by ratchet; leave one of them out",
    ),
    "ratchet that ends below the target": (
        _kpi(ratchet={"every": 2, "step": 0.01, "up_to": 0.85}),
        "up_to of the ratchet must be as good as the target (at least 0.9), got 0.85",
    ),
    "seasonal level out of bounds": (
        _kpi(seasonal={"may": 1.2}),
        "seasonal.may of 'order_accuracy' must lie within 0 and 1, got 1.2",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_contract_that_makes_no_sense_is_refused_with_a_way_out(case):
    changes, message = REFUSED[case]

    with pytest.raises(PbcError, match=re.escape(message)):
        Contract.model_validate(GOOD | changes)


@pytest.mark.parametrize(
    ("review", "lost", "months"),
    [
        ("month", 0, 14),
        ("month", 4, 10),
        ("quarter", 0, 14),  # four quarters and two months
        ("quarter", 1, 12),  # the short one is lost
        ("quarter", 3, 6),
    ],
)
def test_contract_runs_as_long_as_its_periods(review, lost, months):
    contract = Contract.model_validate(
        GOOD | {"term": {"months": 14, "review": review}, "termination": {"breaches": 2}}
    )

    assert contract.months_run(lost) == months
    assert months in contract.needs().terms
