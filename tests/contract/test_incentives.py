"""Each mechanism alone: better work is never paid less, and the arithmetic reads as it is."""

import datetime as dt

import numpy as np
import pytest

from pbc_sim.contract import Contract, needs_of
from pbc_sim.contract.incentives import INCENTIVES, PaymentCurve
from pbc_sim.contract.settlement import settle_block
from pbc_sim.operations import SupplierPlan, simulate
from pbc_sim.performance.measures import KPIS, measure
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.performance.scorecard import Scores
from pbc_sim.world import Setting, WorldTerms, draw_world

#: One or more sensible clauses a mechanism, on a KPI "it": (more is better, less is better).
SENSIBLE = {
    "payment_curve": (
        {"kpi": "it", "at_risk": 0.1, "points": {0.9: 0.0, 0.95: 0.5, 0.99: 1.0, 1.0: 1.1}},
        {"kpi": "it", "at_risk": 0.1, "points": {0.0: 1.2, 0.01: 1.0, 0.03: 0.0}},
    ),
    "step_tiers": (
        {"kpi": "it", "tiers": {0.999: 0.1, 0.99: 0.25, 0.95: 1.0}},
        {"kpi": "it", "tiers": {0.01: 0.05, 0.02: 0.1, 0.5: 0.3}, "of": "contract_value"},
    ),
    "lump_sum": (
        {"kpi": "it", "if_missed": -500.0, "if_met": 0.0, "if_exceeded": 70.0},
        {"kpi": "it", "if_missed": -500.0, "if_met": 20.0},
    ),
    "per_point": (
        {"kpi": "it", "rate": 100.0, "floor": -900.0, "cap": 300.0},
        {"kpi": "it", "rate": 100.0, "point": 0.001, "floor": -1e15},
    ),
    "per_breach": (
        {"kpi": "it", "rate": 200.0, "no_further_than": 0.92},
        {"kpi": "it", "rate": 200.0},
    ),
    "demerit_points": (
        {"points": {"it": 2.0}, "per_point": 10.0, "bands": {1.0: 50.0}, "window": 3},
        {"points": {"it": 2.0}, "bands": {1.0: 50.0, 2.0: 60.0}, "escalation": {"factor": 2.0}},
    ),
    "bonus_pool": (
        {"weights": {"it": 1.0}, "pool": 70.0},
        {"weights": {"it": 1.0}, "share": 0.1, "paid": "in_advance"},
    ),
    "term_extension": (
        {"months": 12, "worth": 90.0},
        {"months": 12, "margin_share": 0.05},
    ),
}
#: The same for mechanisms that charge what is counted in all: more of it is worse.
COUNTED = {
    "late_fee": {"limit": {"business_days": 2.0}, "per_day": 0.001, "cap": 0.05},
    "per_event": {"event": "returned_units", "amount": -5.0},
}
WORSE_TO_BETTER = np.linspace(0, 1, 1001)


def _paid(contract, scores_of, numbers, n_replications):
    """Return what is paid in one period, by replication."""
    scores = scores_of({"c": contract}, numbers, months=1, replications=n_replications)
    periods = ReviewPeriods.of(scores.setting, "month", None)
    settled = settle_block([contract], scores, periods)
    total = sum(settled.incentives) + sum(settled.limited)
    return np.broadcast_to(total, (1, 1, n_replications, 1))[0, 0, :, 0]


def test_every_mechanism_has_a_sensible_clause_here():

    assert set(SENSIBLE) | set(COUNTED) == set(INCENTIVES), "add a clause of the new mechanism"


@pytest.mark.parametrize("limits", [{}, {"deductions": {"share": 0.2}, "bonus": {"amount": 50.0}}])
@pytest.mark.parametrize("better", ["higher", "lower"])
@pytest.mark.parametrize("name", sorted(SENSIBLE))
def test_better_work_is_never_paid_less(name, better, limits, scores_of):
    higher = better == "higher"
    level, beyond = (0.99, 0.995) if higher else (0.01, 0.005)
    kpi = {
        "measure": "order_accuracy" if higher else "return_rate",
        "target": {"at_least" if higher else "at_most": level},
        "incentive_level": beyond,
        "dead_band": 0.001,
    }
    contract = Contract.model_validate(
        {
            "title": "t",
            "value": 1000.0,
            "payment": {"fixed_fee": {"per_period": 1000.0}},
            "kpis": {"it": kpi},
            "incentives": [{name: SENSIBLE[name][0 if higher else 1]}],
            "limits": limits,
            "gate": {"no_bonus_below": {"it": 0.98 if higher else 0.02}},
        }
    )
    values = WORSE_TO_BETTER if higher else WORSE_TO_BETTER[::-1]

    def numbers(measure, shape):
        return np.stack([np.broadcast_to(values[:, None], shape), *np.ones((2, *shape))])

    paid = _paid(contract, scores_of, numbers, len(values))

    assert (np.diff(paid) >= -1e-9).all()
    assert paid[-1] > paid[0]  # and the sweep crosses something that matters


@pytest.mark.parametrize("name", sorted(COUNTED))
def test_more_to_charge_is_never_paid_more(name, scores_of):
    contract = Contract.model_validate(
        {
            "title": "t",
            "payment": {"fixed_fee": {"per_period": 1000.0}},
            "incentives": [{name: COUNTED[name]}],
            "limits": {"deductions": {"amount": 900.0}},
        }
    )
    counted = np.arange(500) * 10_000.0

    def numbers(measure, shape):
        return np.stack([np.broadcast_to(counted[:, None], shape), *np.ones((2, *shape))])

    paid = _paid(contract, scores_of, numbers, len(counted))

    assert (np.diff(paid) <= 1e-9).all()
    assert paid[0] == 0
    assert paid[-1] == -900


@pytest.mark.parametrize(
    ("value", "earned"),
    [
        (0.0, 0.0),  # flat before the first corner
        (0.97, 0.0),
        (0.975, 0.25),
        (0.98, 0.5),  # the elbow
        (0.9875, 0.875),
        (0.99, 1.0),
        (1.0, 1.1),  # flat after the last
    ],
)
def test_curve_is_linear_between_its_corners(value, earned):
    points = {0.995: 1.1, 0.97: 0.0, 0.99: 1.0, 0.98: 0.5}  # in any order

    assert PaymentCurve(kpi="it", at_risk=0.1, points=points).earned(value) == pytest.approx(earned)


@pytest.mark.parametrize(
    ("days_late", "cap", "fee"),
    [
        (1, None, 2_750_100),  # the worked example: 200 head at IDR 13,750,500
        (50, None, 137_505_000),  # 5 per cent, the performance guarantee
        (60, None, 165_006_000),  # art. 79(4) as quoted has no cap
        (50, 0.05, 137_505_000),  # the cap begins to hold here
        (60, 0.05, 137_505_000),
    ],
)
def test_late_cattle_cost_one_per_mille_a_day(days_late, cap, fee):
    """Perpres 16/2018 art. 79(4) on a simulated delivery: 200 head at once, 30 days allowed."""
    setting = Setting.of(
        WorldTerms.model_validate(
            {
                "start": dt.date(2022, 1, 1),
                "horizon": {"days": 300.0},
                "calendar": {"always_open": True},
                # Gaps of 500 days of which a fiftieth is waited for: one order, on day 10.
                "demand": {
                    "units": {"office": {"orders_per_business_day": 0.002}},
                    "gap": 1,
                    "first_gap": 0.02,
                },
                "items": {"head": {"price": 13_750_500.0, "cost": 1.0, "quantity": 200}},
                "supply": {"lead_time": 30.0 + days_late},
            }
        )
    )
    clause = {"limit": {"calendar_days": 30.0}, "per_day": 0.001, "cap": cap}
    contract = Contract.model_validate(
        {"title": "Cattle", "incentives": [{"late_fee": clause}], "term": {"review": "month"}}
    )
    plan = SupplierPlan.model_validate({"policy": {"base_stock": {"level": 0}}})
    ledger = simulate(draw_world(setting, 1, 0), plan)
    measured = {}
    for m in needs_of({"c": contract}).measures:
        periods = ReviewPeriods.of(setting, m.review, m.months)
        measured[m] = measure(ledger, m, periods)[:, None, None, :]
    scores = Scores(setting, ("make to order",), np.arange(1), measured)

    settled = settle_block([contract], scores, ReviewPeriods.of(setting, "month", None))

    assert settled.block.charges.sum() == pytest.approx(2_750_100_000)
    assert settled.deductions.sum() == pytest.approx(-fee)


def test_kpi_that_counts_as_infinitely_bad_still_has_a_finite_price(scores_of):
    kpi = {"measure": "return_rate", "target": {"at_most": 0.01}, "when_empty": "missed"}
    incentives = [
        {"per_point": {"kpi": "it", "rate": 1.0, "floor": -60.0}},
        {"payment_curve": {"kpi": "it", "at_risk": 0.1, "points": {0.0: 1.0, 0.02: 0.0}}},
        {"step_tiers": {"kpi": "it", "tiers": {0.01: 0.2}}},
    ]
    contract = Contract.model_validate(
        {
            "title": "t",
            "payment": {"fixed_fee": {"per_period": 100.0}},
            "kpis": {"it": kpi},
            "incentives": incentives,
        }
    )

    paid = _paid(contract, scores_of, lambda m, shape: np.zeros((3, *shape)), 1)

    assert KPIS["return_rate"].worst == np.inf
    assert paid == pytest.approx([-60 - 10 - 20])
