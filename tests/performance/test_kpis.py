"""What every KPI of the catalogue promises, and single KPIs worked out by hand."""

import numpy as np
import pytest

from pbc_sim.operations import SupplierPlan, simulate
from pbc_sim.performance import KPIS, Measure, ReviewPeriods, measure
from pbc_sim.world import Setting, WorldTerms, draw_world
from pbc_sim.world.calendar import Duration

LIMIT = Duration(business_days=2)
EVERY = sorted(KPIS)

#: Settings under which the shared promises must hold too.
VARIANTS = [
    ("on_time_share", {"of": "lines"}),
    ("on_time_share", {"counted_by": "ordered"}),
    ("on_time_share", {"counted_by": "delivered"}),
    ("fulfilment_time_mean", {"limit": LIMIT}),
    ("fulfilment_time_p90", {"limit": LIMIT, "counted_in": "calendar_days"}),
    ("late_value_days", {"most_days": 3.0}),
    ("ready_rate", {"critical_only": True}),
]
CASES = [(name, {}) for name in EVERY] + VARIANTS


def as_id(value):
    return "-".join(map(str, value.values())) if isinstance(value, dict) else str(value)


def measured(name, ledger, settings=None, review="month"):
    """Return numerator, denominator and size per period; a limit where the KPI needs one."""
    given = dict(settings or {})
    parameter = KPIS[name].settings.get("limit")
    if parameter is not None and parameter.default is parameter.empty:
        given.setdefault("limit", LIMIT)
    return measure(
        ledger,
        Measure.of(name, review=review, **given),
        ReviewPeriods.of(ledger.setting, review, None),
    )


@pytest.mark.parametrize("name", EVERY)
def test_a_kpi_is_described(name):
    kpi = KPIS[name]

    assert kpi.label[0].isupper() or kpi.label[0].isdigit()
    assert kpi.unit
    assert kpi.source
    assert kpi.description.strip()
    assert kpi.bounds[0] < kpi.bounds[1]
    assert kpi.worst in kpi.bounds
    if kpi.kind == "percentile":
        assert 0 < kpi.percentile < 1


@pytest.mark.parametrize("plan", ["backorder", "complete", "lost_sale"])
@pytest.mark.parametrize(("name", "settings"), CASES, ids=as_id)
def test_a_kpi_stays_within_its_bounds(busy, name, settings, plan):
    numerator, denominator, size = measured(name, busy(plan), settings)
    low, high = KPIS[name].bounds

    full = denominator > 0
    value = numerator[full] / denominator[full]

    assert full.any()
    assert np.all((value >= low) & (value <= high))
    assert np.all(size >= 0)


@pytest.mark.parametrize(("name", "settings"), CASES, ids=as_id)
def test_a_kpi_survives_a_world_without_orders(busy, name, settings):
    numerator, denominator, _ = measured(name, busy(orders=0.0), settings)

    assert np.all(np.isfinite(numerator))
    assert np.all(np.isfinite(denominator))


@pytest.mark.parametrize(("name", "settings"), CASES, ids=as_id)
def test_a_ratio_over_no_order_has_no_denominator(busy, name, settings):
    kpi = KPIS[name]
    _, denominator, size = measured(name, busy(orders=0.0), settings)

    if kpi.counts != "items":
        assert not size.any()
        assert np.all(denominator == (1 if kpi.kind == "total" else 0))


@pytest.mark.parametrize("plan", ["backorder", "complete"])
@pytest.mark.parametrize(("name", "settings"), CASES, ids=as_id)
def test_a_kpi_does_not_know_the_future(busy, name, settings, plan):
    """The first three months look the same whether the record ends with them or goes on."""
    until_then, later = busy(plan, months=3), busy(plan, months=6)

    now = measured(name, until_then, settings)
    known_later = measured(name, later, settings)[:, :3]

    assert now == pytest.approx(known_later)


@pytest.mark.parametrize(("name", "settings"), CASES, ids=as_id)
def test_a_kpi_does_not_know_of_later_refunds(busy, name, settings):
    """Where sales are lost, a rejected unit that cannot be replaced is refunded."""
    until_then, later = busy("lost_sale", months=3), busy("lost_sale", months=6)

    now = measured(name, until_then, settings)
    known_later = measured(name, later, settings)[:, :3]

    assert now == pytest.approx(known_later)


#: By its own period an open order is late at the period's end, so cutting periods matters.
CUT = [case for case in CASES if KPIS[case[0]].kind != "percentile" and case not in VARIANTS[1:4:2]]


@pytest.mark.parametrize(("name", "settings"), CUT, ids=as_id)
def test_a_longer_period_is_a_ratio_of_sums(busy, name, settings):
    monthly = measured(name, busy(), settings)

    whole = measured(name, busy(), settings, review="term")[:, 0]

    assert whole[[0, 2]] == pytest.approx(monthly[[0, 2]].sum(axis=1))
    if KPIS[name].kind == "ratio":
        assert whole[1] == pytest.approx(monthly[1].sum())


@pytest.mark.parametrize(("name", "settings"), CASES, ids=as_id)
def test_every_fact_has_its_evidence(busy, name, settings):
    """Evidence numbers an order, a line or an item that exists."""
    ledger = busy()
    given = dict(settings)
    if "limit" in KPIS[name].settings:
        given.setdefault("limit", LIMIT)
    entities = {
        "orders": len(ledger.orders),
        "lines": len(ledger.lines),
        "items": len(ledger.setting.item_names),
    }

    facts = Measure.of(name, **given).facts(ledger, ReviewPeriods.of(ledger.setting, "month", None))

    assert len(facts.evidence) == len(facts.part) == len(facts.whole) > 0
    assert facts.evidence.min() >= 0
    assert facts.evidence.max() < entities[KPIS[name].counts]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("on_time_share", "on_time_in_full"),
        ("on_time_in_full", "perfect_order"),
        ("return_rate", "defect_rate"),
        ("returned_units", "defective_units"),
        ("fill_rate", None),
    ],
)
def test_stricter_kpis_are_never_higher(busy, better, worse):
    if worse is None:
        # Units of an order filled in part count for the fill rate, and not for order fill.
        short = busy().lines.filled_at_once < busy().lines.quantity
        assert measured("stockout_lines", busy(), review="term")[0, 0] == short.sum()
        return
    loose, strict = (measured(name, busy())[0] for name in (better, worse))

    assert np.all(loose >= strict)
    assert np.any(loose > strict)


def test_an_overdue_order_that_is_open_has_failed(busy):
    """No survivorship: what never arrives counts in the month in which it fell due."""
    ledger = busy()
    never = np.isinf(ledger.lines.delivered) & (ledger.lines.cancelled < ledger.lines.quantity)
    assert never.any()

    by_due, by_delivered = (
        measured("on_time_share", ledger, {"of": "lines", "counted_by": by}, review="term")
        for by in ("due", "delivered")
    )

    assert by_due[0, 0] / by_due[1, 0] < by_delivered[0, 0] / by_delivered[1, 0]


def test_what_falls_due_after_the_horizon_is_not_counted(busy):
    ledger = busy()
    due = LIMIT.due(ledger.setting.calendar, ledger.orders.placed)

    counted = measured("on_time_share", ledger, review="term")[1, 0]

    assert counted == np.count_nonzero(due < ledger.setting.ends)


def test_an_order_on_the_edge_belongs_to_the_later_period():
    periods = ReviewPeriods(np.array([0.0, 31.0, 59.0]))

    assert periods.index(np.array([-0.1, 0.0, 30.999, 31.0, 59.0])).tolist() == [-1, 0, 0, 1, -1]


def test_months_of_a_review_are_those_of_the_calendar(busy):
    setting = busy().setting

    monthly = ReviewPeriods.of(setting, "month", None)
    quarterly = ReviewPeriods.of(setting, "quarter", None)

    assert np.diff(monthly.edges).tolist() == [31, 28, 31, 30, 31, 30]
    assert quarterly.edges.tolist() == [0, 90, 181]


def test_the_last_period_may_be_short(busy):
    setting = busy().setting

    assert ReviewPeriods.of(setting, "quarter", 4).edges.tolist() == [0, 90, 120]
    assert ReviewPeriods.of(setting, "year", None).edges.tolist() == [0, 181]


@pytest.mark.parametrize(
    "name", ["on_time_share", "on_time_in_full", "perfect_order", "order_accuracy", "fill_rate"]
)
def test_a_later_refund_does_not_undo_a_delivery(name):
    """One order, on time; its units fail on day 2 and are refunded, for nothing is on hand."""

    def over_two_days(horizon):
        terms = {
            "horizon": {"days": horizon},
            "calendar": {"always_open": True},
            "demand": {
                "units": {"o": {"orders_per_business_day": 0.1}},
                "gap": 1,
                "first_gap": 0.05,
            },
            "items": {"paper": {"price": 10, "cost": 6, "quantity": 2}},
            "supply": {"lead_time": 30, "lot_quality": 1.0},
            "receipt": {"inspection_share": 0.0, "found_in_use_after": 1.5},
        }
        plan = {"policy": {"base_stock": {"level": 2}}, "stockout": "lost_sale"}
        ledger = simulate(
            draw_world(Setting.of(WorldTerms.model_validate(terms)), 1, 0),
            SupplierPlan.model_validate(plan),
        )
        given = {"limit": Duration(calendar_days=0.5)} if "limit" in KPIS[name].settings else {}
        return measure(ledger, Measure.of(name, **given), ReviewPeriods(np.array([0.0, 2.0])))

    before, after = over_two_days(2), over_two_days(5)

    assert before[0, 0] == before[1, 0] > 0
    assert np.array_equal(before, after)
