"""What a contract may not say: each rule is answered in one sentence with a way out."""

import datetime as dt
import re

import pytest

from pbc_sim.contract import Contract
from pbc_sim.errors import PbcError
from pbc_sim.world import WorldTerms

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
    "cap of nothing": (
        {"limits": {"deductions": {}}},
        "must give either share or amount, and not both",
    ),
    "cap of a share for a period": (
        {"limits": {"bonus": {"share": 0.1, "per": "period"}}},
        "per does not go with a share; leave it out",
    ),
    "cap of an amount of the charges": (
        {"limits": {"deductions": [{"amount": 1.0, "of": "period_charges"}]}},
        "of does not go with an amount; leave it out",
    ),
    "gate at a level that cannot be": (
        {"gate": {"no_bonus_below": {"it": 1.5}}},
        "the gate's level of kpi 'it' must lie within 0 and 1, got 1.5",
    ),
    "curve through a level that cannot be": (
        _with({"payment_curve": {"kpi": "it", "at_risk": 0.1, "points": {0.9: 0.0, 1.5: 1.0}}}),
        "a level of kpi 'it' must lie within 0 and 1, got 1.5",
    ),
    "amount for a level that is not agreed": (
        _with({"lump_sum": LUMP | {"if_exceeded": 1.0}}),
        "lump_sum with if_exceeded needs an incentive_level of kpi 'it'",
    ),
    "unknown event": (
        _with({"per_event": {"event": "returned_unit", "amount": -1.0}}),
        "Did you mean 'returned_units'?",
    ),
    "event that is none": (
        _with({"per_event": {"event": "order_accuracy", "amount": -1.0}}),
        "unknown event 'order_accuracy'",
    ),
    "points of an event that is none": (
        _with({"demerit_points": {"events": {"order_accuracy": 1.0}, "per_point": 1.0}}),
        "unknown event 'order_accuracy'",
    ),
    "late orders without a limit": (
        _with({"per_event": {"event": "late_orders", "amount": -1.0}}),
        "KPI 'late_orders' needs 'limit'; add it to the clause.",
    ),
    "returns with a limit": (
        _with({"per_event": {"event": "returned_units", "amount": -1.0, "limit": {"hours": 1.0}}}),
        "KPI 'returned_units' has no setting 'limit'; leave it out.",
    ),
    "relief by notice without relief": (
        _with(
            {
                "late_fee": {
                    "limit": {"hours": 4.0},
                    "per_day": 0.01,
                    "notice_within": {"hours": 1.0},
                }
            }
        ),
        "notice_within",
    ),
    "tranches that do not sum": (
        {"payment": {"milestones": {"tranches": [{"share": 0.5, "when": "signing"}]}}},
        "shares of the tranches must sum to 1, got 0.5",
    ),
    "two targets": (
        _kpi(target={"at_least": 0.9, "above": 0.8}),
        "must give exactly one of at_least, above, at_most and below",
    ),
    "unknown KPI": (
        _kpi(measure="order_acuracy"),
        "Did you mean 'order_accuracy'?",
    ),
    "target in the wrong direction": (
        _kpi(target={"at_most": 0.9}),
        "is in the wrong direction: higher is better, so use at_least or above",
    ),
    "sample of a total": (
        _kpi(measure="returned_units", target={"at_most": 5.0}, min_sample=2),
        "'returned_units' is a total, and known if nothing happens too; leave min_sample out",
    ),
    "incentive level below the target": (
        _kpi(incentive_level=0.8),
        "incentive_level must meet the target (at least 0.9), got 0.8",
    ),
    "KPI without the limit that it needs": (
        _kpi(measure="on_time_share"),
        "on_time_share",
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


MACHINES = {"measure": "machine_availability", "target": {"at_least": 0.9}, "machines": "press"}
WORLD = {
    "start": dt.date(2022, 1, 1),
    "horizon": {"months": 12},
    "demand": {"units": {"north": {"orders_per_business_day": 1}}},
    "items": {"paper": {"price": 10, "cost": 6}},
    "supply": {"lead_time": 1},
}
GROUP = {"unit": "north", "count": 1, "failures": {"wear": {"hours_to_failure": 900}}}


@pytest.mark.parametrize(
    ("section", "groups", "problem"),
    [
        ({"admissible_plans": ["lean"]}, {}, None),
        (
            {"admissible_plans": ["leen"]},
            {},
            ("admissible_plans", "unknown plan 'leen'; known: lean. Did you mean 'lean'?"),
        ),
        ({"kpis": {"up": MACHINES}}, {"press": GROUP}, None),
        (
            {"kpis": {"up": MACHINES}},
            {"prss": GROUP},
            (
                "kpis.up.machines",
                "unknown group of machines 'press'; known: prss. Did you mean 'prss'?",
            ),
        ),
        (
            {"kpis": {"up": MACHINES}},
            {},
            (
                "kpis.up.machines",
                "names the machines 'press', and the world has none; add world.machines",
            ),
        ),
    ],
)
def test_contract_says_what_does_not_fit_its_world(section, groups, problem):
    machines = {"machines": {"groups": groups}} if groups else {}
    world = WorldTerms.model_validate(WORLD | machines)
    contract = Contract.model_validate({"title": "t"} | section)

    assert contract.problem_in(world, ["lean"]) == problem
    assert contract.admits("lean") == (contract.admissible_plans in (None, ("lean",)))
