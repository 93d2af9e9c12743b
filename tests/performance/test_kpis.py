"""What every KPI of the catalogue promises, and single KPIs worked out by hand."""

import numpy as np
import pytest

from pbc_sim.operations import SupplierPlan, simulate
from pbc_sim.performance import KPIS, Measure, ReviewPeriods, measure
from pbc_sim.performance.costs import CostTerms
from pbc_sim.performance.example import example_ledger, example_plant
from pbc_sim.performance.scorecard import Needs, Scorer
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
    ("order_days_late", {"counted_in": "business_days"}),
    ("ready_rate", {"critical_only": True}),
    ("mean_rating", {"aspect": "time"}),
    ("satisfied_share", {"satisfied_from": 3.0}),
]
CASES = [(name, {}) for name in EVERY] + VARIANTS


def as_id(value):
    return "-".join(map(str, value.values())) if isinstance(value, dict) else str(value)


def asked(name, settings=None, review="month"):
    """Return a measure, with a limit where the KPI needs one."""
    given = dict(settings or {})
    parameter = KPIS[name].settings.get("limit")
    if parameter is not None and parameter.default is parameter.empty:
        given.setdefault("limit", LIMIT)
    return Measure.of(name, review=review, **given)


def measured(name, ledger, settings=None, review="month"):
    """Return numerator, denominator and size per period."""
    periods = ReviewPeriods.of(ledger.setting, review, None)
    return measure(ledger, asked(name, settings, review), periods)


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

    if kpi.kind == "total":
        # Nothing that happens is known to be nothing: a total is never empty.
        assert np.all(denominator == 1)
        assert np.all(size == 1)
    elif kpi.counts != "items":
        assert not size.any()
        assert not denominator.any()


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
AGED = ("response_time_mean", "resolution_time_mean")
CUT = [
    case
    for case in CASES
    if KPIS[case[0]].kind != "percentile" and case not in VARIANTS[1:4:2] and case[0] not in AGED
]


@pytest.mark.parametrize(("name", "settings"), CASES, ids=as_id)
def test_a_scorecard_shares_facts_among_reviews_only_where_they_are_the_same(busy, name, settings):
    # Some KPIs ask when the period ends, as for the age of what is open then.
    measures = tuple(asked(name, settings, review) for review in ("month", "quarter", "week"))
    ledger = busy("lost_sale")
    scorer = Scorer.of(Needs(measures, ()), ledger.setting)
    plan = SupplierPlan.model_validate({"policy": {"base_stock": {"level": 5}}})

    card = scorer.score(ledger, plan, CostTerms())

    for one, periods, found in zip(measures, scorer.periods, card.measured, strict=True):
        np.testing.assert_array_equal(found, measure(ledger, one, periods))


@pytest.mark.parametrize(("name", "settings"), CUT, ids=as_id)
def test_a_longer_period_is_a_ratio_of_sums(busy, name, settings):
    monthly = measured(name, busy(), settings)

    whole = measured(name, busy(), settings, review="term")[:, 0]

    assert whole[0] == pytest.approx(monthly[0].sum())
    if KPIS[name].kind == "ratio":
        assert whole[1:] == pytest.approx(monthly[1:].sum(axis=1))


@pytest.mark.parametrize(("name", "settings"), CASES, ids=as_id)
def test_every_fact_has_its_evidence(busy, name, settings):
    """Evidence numbers an order, a line, an item or a unit that exists."""
    ledger = busy("recalled" if name == "recalled_units" else "backorder")
    given = dict(settings)
    if "limit" in KPIS[name].settings:
        given.setdefault("limit", LIMIT)
    entities = {
        "orders": len(ledger.orders),
        "lines": len(ledger.lines),
        "items": len(ledger.setting.item_names),
        "machines": len(ledger.setting.machines),
        "calls": len(ledger.calls),
        "units": len(ledger.setting.unit_names),
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
            "supply": {"lead_time": 30, "lot_quality": 0.99999},
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


def _alone(terms, plan):
    """Simulate one office that orders two units every day or so, on a calendar without holidays."""
    world = {
        "horizon": {"days": 60},
        "calendar": {"always_open": True},
        "demand": {"units": {"o": {"orders_per_business_day": 0.5}}, "gap": 1, "first_gap": 0.31},
        "items": {"paper": {"price": 10, "cost": 6, "quantity": 2}},
        "supply": {"lead_time": 30},
    }
    setting = Setting.of(WorldTerms.model_validate(world | terms))
    return simulate(draw_world(setting, 1, 0), SupplierPlan.model_validate(plan))


PLENTY = {"policy": {"base_stock": {"level": 1000}}}


@pytest.mark.parametrize(
    ("terms", "limit"),
    [
        # Half a day of picking and one and a half of transport: exactly two business days.
        (
            {
                "calendar": {"opens": "08:00", "closes": "16:00"},
                "picking": {"hours_per_line": 4},
                "transport": {"time": 1.5},
            },
            {"business_days": 2},
        ),
        # 7.2 hours and 0.7 days: exactly one calendar day.
        ({"picking": {"hours_per_line": 7.2}, "transport": {"time": 0.7}}, {"calendar_days": 1}),
    ],
)
def test_an_order_that_comes_exactly_at_its_limit_is_on_time(terms, limit):
    ledger, limit = _alone(terms, PLENTY), Duration.model_validate(limit)

    share = measured("on_time_share", ledger, {"limit": limit}, review="term")[:, 0]
    late = measured("late_value_days", ledger, {"limit": limit}, review="term")[:, 0]

    assert share[0] == share[1] > 20
    assert late[0] == 0
    # A thousandth less, and every one of them is late.
    name, length = next((n, v) for n, v in limit if isinstance(v, float))
    shorter = {"limit": Duration.model_validate({name: length * 0.999})}
    assert measured("on_time_share", ledger, shorter, review="term")[0, 0] == 0


def test_a_lost_order_failed_when_it_fell_due():
    """Nothing is ever on hand, so every order is lost as a whole."""
    plan = {"policy": {"base_stock": {"level": 0}}, "stockout": "lost_sale"}
    ledger = _alone({}, plan)
    limit = {"limit": Duration(calendar_days=2)}

    on_time = measured("on_time_share", ledger, limit, review="term")[:, 0]
    late = measured("late_orders", ledger, limit, review="term")[0, 0]
    by_line = measured("on_time_share", ledger, limit | {"of": "lines"}, review="term")[:, 0]

    due_by_the_end = np.sum(ledger.orders.placed + 2 < 60)
    assert list(on_time[:2]) == [0, due_by_the_end]
    assert late == due_by_the_end
    assert list(by_line) == list(on_time)
    # Nothing is awaited any more, so no late fee runs, and no days.
    assert measured("late_value_days", ledger, limit, review="term")[0, 0] == 0
    assert measured("order_days_late", ledger, limit, review="term")[0, 0] == 0


def test_a_line_of_which_units_were_lost_is_not_accurate():
    """One unit of two on hand: every line comes on time and short."""
    plan = {"policy": {"base_stock": {"level": 1}}, "stockout": "lost_sale"}
    ledger = _alone({"supply": {"lead_time": 0.5}}, plan)
    limit = {"limit": Duration(calendar_days=2)}

    accuracy = measured("order_accuracy", ledger, review="term")[:, 0]
    wrong = measured("wrong_lines", ledger, review="term")[0, 0]
    on_time = measured("on_time_share", ledger, limit, review="term")[:, 0]

    assert accuracy[0] == 0
    assert wrong == accuracy[1] == len(ledger.lines)
    assert on_time[0] == on_time[1] > 20
    assert measured("on_time_in_full", ledger, limit, review="term")[0, 0] == 0


def test_only_the_late_part_of_a_line_is_late():
    """Stock of 3 for orders of 2: of the second order one unit comes at once, one a lot later."""
    ledger = _alone(
        {"horizon": {"days": 20}, "supply": {"lead_time": 9}},
        {"policy": {"base_stock": {"level": 3}}},
    )
    limit = {"limit": Duration(calendar_days=1)}

    value_days, _, _ = measured("late_value_days", ledger, limit, review="term")[:, 0]

    # By hand from the deliveries: each unit from a day after its order to its arrival or the end.
    first = ~ledger.deliveries.replacement
    came = [
        (ledger.orders.placed[ledger.lines.order[line]], received, units)
        for line, received, units in zip(
            ledger.deliveries.line[first],
            ledger.deliveries.received[first],
            ledger.deliveries.units[first],
            strict=True,
        )
    ]
    unit_days = sum(units * max(received - placed - 1, 0) for placed, received, units in came)
    open_units = np.array(ledger.lines.quantity)
    np.subtract.at(open_units, ledger.deliveries.line[first], ledger.deliveries.units[first])
    placed = ledger.orders.placed[ledger.lines.order]
    unit_days += np.sum(open_units * np.maximum(20 - placed - 1, 0))
    assert {1, 2} <= set(ledger.deliveries.units[first])
    assert value_days == pytest.approx(10 * unit_days)


@pytest.mark.parametrize("counted_in", ["calendar_days", "business_days"])
def test_days_of_lateness_count_in_the_periods_in_which_they_pass(busy, counted_in):
    """Each order by itself, from its due time to its arrival or the end of the record."""
    ledger, unit = busy("backorder"), Duration.model_validate({counted_in: 1.0})
    settings = {"limit": LIMIT, "counted_in": counted_in}

    by_month = measured("order_days_late", ledger, settings)[0]
    of_term = measured("order_days_late", ledger, settings, review="term")[0]

    end = ReviewPeriods.of(ledger.setting, "term", None).edges[-1]
    since = LIMIT.due(ledger.setting.calendar, ledger.orders.placed)
    until = np.minimum(ledger.lines.orders_delivered(len(ledger.orders)), end)
    late = (until > since) & (since < end)
    by_hand = unit.elapsed(ledger.setting.calendar, since[late], until[late]).sum()
    assert np.count_nonzero(by_month) > 1
    assert by_month.sum() == pytest.approx(by_hand)
    assert of_term == pytest.approx(by_hand)


class _Watched:
    """A ledger that notes which of its tables are read."""

    def __init__(self, ledger):
        # What was worked out before would not be read again.
        self.ledger, self.read, self.derived = ledger, set(), {}

    def __getattr__(self, name):
        self.read.add(name)
        return getattr(self.ledger, name)


@pytest.mark.parametrize("name", KPIS)
def test_kpi_is_read_from_the_tables_that_it_names(name):
    read = set()

    for ledger in (example_ledger(), example_plant()):
        watched = _Watched(ledger)
        periods = ReviewPeriods.of(ledger.setting, "term", None)
        needed = {n for n, p in KPIS[name].settings.items() if p.default is p.empty}
        KPIS[name].facts(watched, periods, **dict.fromkeys(needed, Duration(business_days=2)))
        read |= watched.read

    # Relief reads disruptions where a clause asks for it; who owns parts is no table.
    assert read - {"setting", "consignment", "disruptions", "touched"} == set(KPIS[name].data)
