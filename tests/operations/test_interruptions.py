"""What disruptions do to goods under way and which orders they touch, by hand and at random.

One order of two units every noon (the fixture's world); what is ordered upstream takes 2.75 days.
"""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pbc_sim.errors import InvariantError
from pbc_sim.operations import SupplierPlan, check_balances, simulate
from pbc_sim.operations.model.interruptions import Interruptions
from pbc_sim.operations.stock import Lot
from pbc_sim.performance.example import value_of
from pbc_sim.world import Setting, WorldTerms, draw_world
from pbc_sim.world.calendar import Duration


def days(first, last, **more):
    """Return a dated spell over days of January, counted from 0."""
    day = dt.date(2024, 1, 1)
    begin, end = day + dt.timedelta(days=first), day + dt.timedelta(days=last)
    return {"dated": [{"first_day": begin, "last_day": end, **more}]}


STOP, OUTAGE = {"kind": {"transport_stop": {}}}, {"kind": {"upstream_outage": {}}}
PLENTY, LITTLE = {"policy": {"base_stock": {"level": 99}}}, {"policy": {"base_stock": {"level": 3}}}


def pairs(ledger):
    return list(zip(ledger.touched.order.tolist(), ledger.touched.disruption.tolist(), strict=True))


def test_a_stop_holds_up_what_travels_and_touches_only_that(happened):
    """Half a day of travel from noon; a stop on day 2 catches the order of that noon at once."""
    ledger = happened(PLENTY, transport={"time": 0.5}, disruptions={"flood": STOP | days(2, 2)})

    assert ledger.deliveries.received.tolist() == [1.0, 2.0, 3.5, 4.0, 5.0, 6.0][:5]
    assert pairs(ledger) == [(2, 0)]


def test_a_slow_road_takes_longer(happened):
    """Half the pace on days 2 and 3: half a day takes a day, or a half and a quarter."""
    flood = STOP | days(2, 3, severity=0.5)
    ledger = happened(PLENTY, transport={"time": 0.5}, disruptions={"flood": flood})

    assert ledger.deliveries.received.tolist() == [1.0, 2.0, 3.5, 4.25, 5.0]
    assert pairs(ledger) == [(2, 0), (3, 0)]


def test_travel_in_working_time_pauses_in_working_time_alone(happened):
    """Open 8 to 16; a weekend's stop holds up nothing, one of a Monday holds up all of it."""
    sections = {
        "horizon": {"days": 14},
        "calendar": {"always_open": False},
        "transport": {"time": 0.75},
    }
    calm = happened(PLENTY, **sections)
    weekend = happened(PLENTY, disruptions={"flood": STOP | days(5, 6)}, **sections)
    monday = happened(PLENTY, disruptions={"flood": STOP | days(7, 7)}, **sections)

    assert np.array_equal(calm.deliveries.received, weekend.deliveries.received)
    assert pairs(weekend) == []
    # Friday's order of 12:00 would come on Monday 10:00, and comes on Tuesday 10:00; Monday's sets
    # out on Tuesday 8:00.
    assert monday.deliveries.received[:4].tolist() == calm.deliveries.received[:4].tolist()
    assert calm.deliveries.received[4:6] == pytest.approx([7 + 10 / 24, 8 + 10 / 24])
    assert monday.deliveries.received[4:6] == pytest.approx([8 + 10 / 24, 8 + 14 / 24])
    assert pairs(monday) == [(4, 0), (5, 0)]


def test_closed_doors_hold_up_what_arrives_at_them(happened):
    """A quarter of a day of travel from noon; a unit that is closed on days 2 and 3 waits."""
    closed = {"kind": {"receiving_stop": {}}} | days(2, 3) | {"cause": "buyer"}
    ledger = happened(PLENTY, transport={"time": 0.25}, disruptions={"stocktaking": closed})

    assert ledger.deliveries.received.tolist() == [0.75, 1.75, 4.0, 4.0, 4.75, 5.75]
    assert pairs(ledger) == [(2, 0), (3, 0)]


def test_closed_doors_hold_up_only_their_own_unit(happened):
    demand = {"units": {name: {"orders_per_business_day": 1} for name in ("office", "school")}}
    closed = {"kind": {"receiving_stop": {"units": ["school"]}}} | days(2, 3)
    sections = {"transport": {"time": 0.25}, "demand": demand}
    ledger = happened(PLENTY, disruptions={"stocktaking": closed}, **sections)
    calm = happened(PLENTY, **sections)

    held_up = ledger.lines.delivered > calm.lines.delivered
    assert np.count_nonzero(held_up) == 2
    assert set(ledger.orders.unit[ledger.lines.order[held_up]]) == {1}
    assert [order for order, _ in pairs(ledger)] == np.flatnonzero(held_up).tolist()


def test_a_replacement_waits_at_closed_doors_but_excuses_no_order(happened):
    """Every unit is wrong once; what replaces those of day 1 comes on day 2, at closed doors."""
    closed = {"kind": {"receiving_stop": {}}} | days(2, 2)
    sections = {"transport": {"time": 0.25}, "picking": {"error_share": 1}}
    ledger = happened(PLENTY, disruptions={"stocktaking": closed}, **sections)

    again = ledger.deliveries.replacement
    assert not np.any((ledger.deliveries.received >= 2) & (ledger.deliveries.received < 3))
    assert np.any(ledger.deliveries.received[again] == 3.0)
    assert pairs(ledger) == [(2, 0)]


def test_doors_that_open_at_night_receive_in_the_morning(happened):
    """Open 8 to 16; what comes on Wednesday is received on Thursday at 8:00."""
    closed = {"kind": {"receiving_stop": {}}} | days(2, 2)
    sections = {"calendar": {"always_open": False}, "transport": {"time": 0.25}}
    ledger = happened(PLENTY, disruptions={"stocktaking": closed}, **sections)

    assert ledger.deliveries.received[2] == pytest.approx(3 + 8 / 24)
    assert pairs(ledger) == [(2, 0)]


def test_an_outage_holds_up_lots_and_touches_who_waited_for_them(happened):
    """Three on the shelf. Lots of noon of days 0, 1, 2 would come at 3.25, 4.25, 5.25.

    An outage of day 2 delays all three by the part that it overlaps: a day, a day, half a day.
    Order 0 is filled at once; 1 gets one unit at once; it and 2, 3, 4 wait for delayed lots.
    """
    ledger = happened(LITTLE, horizon={"days": 7}, disruptions={"strike": OUTAGE | days(2, 2)})

    assert ledger.replenishments.arrived[:3].tolist() == [4.25, 5.25, 5.75]
    assert pairs(ledger) == [(1, 0), (2, 0), (3, 0), (4, 0)]


def test_an_outage_of_one_item_leaves_the_others_alone(happened):
    strike = {"kind": {"upstream_outage": {"items": ["paper"]}}} | days(2, 2)
    items = {"toner": {"price": 1, "cost": 1, "quantity": 2, "popularity": 1}}
    ledger = happened(LITTLE, horizon={"days": 7}, items=items, disruptions={"strike": strike})
    calm = happened(LITTLE, horizon={"days": 7}, items=items)

    toner = ledger.replenishments.item == 1
    assert toner.any()
    assert np.array_equal(ledger.replenishments.arrived[toner], calm.replenishments.arrived[toner])


def test_an_outage_of_one_source_leaves_the_other_alone(happened):
    """Units alternate between two sources; only what comes from afar stands still on day 2."""
    plan = LITTLE | {"sourcing": {"split": {"shares": {"far": 0.5, "near": 0.5}}}}
    supply = {"lead_time": 2.75, "sources": {"far": {}, "near": {}}}
    strike = {"kind": {"upstream_outage": {"sources": ["far"]}}} | days(2, 2)
    ledger = happened(plan, horizon={"days": 7}, supply=supply, disruptions={"strike": strike})
    calm = happened(plan, horizon={"days": 7}, supply=supply)

    lots, far = ledger.replenishments, ledger.replenishments.source == 0
    assert np.array_equal(lots.arrived[~far], calm.replenishments.arrived[~far])
    # The lots of noon of days 1 and 2 would come at 4.25 and 5.25.
    assert lots.ordered[far][:2].tolist() == [1.5, 2.5]
    assert lots.arrived[far][:2].tolist() == [5.25, 5.75]


def test_what_was_ordered_before_an_outage_is_not_overtaken():
    """Both would come on day 10. The first stands still for two days, and so the second waits."""
    terms = {
        "horizon": {"days": 20},
        "demand": {"units": {"office": {"orders_per_business_day": 1}}},
        "items": {"paper": {"price": 1, "cost": 1}},
        "supply": {"lead_time": 1, "order_crossing": False},
        "disruptions": {"strike": OUTAGE | days(1, 2)},
    }
    world, touched = draw_world(Setting.of(WorldTerms.model_validate(terms)), 1, 0), set()
    interruptions = Interruptions(world, touched, order_of=[7], unit_of=[0])

    assert interruptions.goods_in(0.5, 10.0, 0, Lot(0, 0)) == 12.0
    assert interruptions.goods_in(3.5, 10.0, 0, Lot(1, 2)) == 12.0
    assert interruptions.goods_in(3.5, 13.0, 0, Lot(2, 4)) == 13.0
    interruptions.came(0, Lot(2, 4), lines=[0])
    assert touched == set()
    # The delay is handed on, and with it the reason.
    interruptions.came(0, Lot(1, 2), lines=[0])
    assert touched == {(7, 0)}


def test_a_stop_that_holds_up_nothing_touches_nothing(happened):
    """Friday's parcel would arrive on Saturday, or after the stop on Sunday: on Monday at 8:00."""
    sections = {
        "horizon": {"days": 8},
        "calendar": {"always_open": False},
        "transport": {"time": 0.75, "counted_in": "calendar_days"},
    }
    calm = happened(PLENTY, **sections)
    stopped = happened(PLENTY, disruptions={"flood": STOP | days(5, 5)}, **sections)

    assert np.array_equal(calm.deliveries.received, stopped.deliveries.received)
    assert calm.deliveries.received[4] == pytest.approx(7 + 8 / 24)
    assert pairs(stopped) == []


def test_a_lost_sale_is_touched_only_while_a_delayed_lot_is_late(happened):
    """A lot due at 3.25 comes at 8.25; orders at 1.5 and 2.5 would have been lost anyway."""
    ledger = happened(
        LITTLE | {"stockout": "lost_sale"},
        horizon={"days": 7},
        disruptions={"strike": OUTAGE | days(1, 5)},
    )

    lost = np.unique(ledger.lines.order[ledger.lines.cancelled > 0]).tolist()
    assert lost == [1, 2, 3, 4, 5, 6]
    assert [order for order, _ in pairs(ledger)] == [3, 4, 5, 6]


def test_who_still_waits_at_the_end_for_a_late_lot_is_touched(happened):
    """Six days; the lot of noon of day 0 would have come at 3.25."""
    ledger = happened(LITTLE, disruptions={"strike": OUTAGE | days(1, 30)})

    assert [order for order, _ in pairs(ledger)] == [1, 2, 3, 4, 5]


def test_orders_of_a_surge_are_touched(happened):
    surge = {"kind": {"demand_surge": {}}} | days(2, 3, severity=2)
    ledger = happened(PLENTY, disruptions={"fair": surge})
    inside = (ledger.orders.placed >= 2) & (ledger.orders.placed < 4)

    assert np.count_nonzero(inside) == 4
    assert ledger.touched.order.tolist() == np.flatnonzero(inside).tolist()


@pytest.fixture(scope="module")
def excused(happened):
    """Return six orders, of which a stop of days 2 and 3 makes those of day 2 and 3 late."""
    flood = STOP | days(2, 3) | {"cause": "force_majeure", "notice_after": 1.5}
    return happened(PLENTY, horizon={"days": 8}, transport={"time": 0.25}, disruptions={"f": flood})


@pytest.mark.parametrize(
    ("settings_", "share"),
    [
        ({}, 5 / 7),
        ({"excluding": ("force_majeure",)}, 5 / 5),
        ({"excluding": ("force_majeure",), "notice_within": Duration(calendar_days=2)}, 5 / 5),
        ({"excluding": ("force_majeure",), "notice_within": Duration(calendar_days=1.5)}, 5 / 5),
        # The notice came too late, and excuses nothing.
        ({"excluding": ("force_majeure",), "notice_within": Duration(calendar_days=1)}, 5 / 7),
    ],
)
@pytest.mark.parametrize("kpi", ["on_time_share", "on_time_in_full", "perfect_order"])
def test_relief_leaves_out_what_force_majeure_touched(kpi, settings_, share, excused):
    limit = Duration(calendar_days=0.5)

    assert value_of(kpi, excused, limit=limit, **settings_) == pytest.approx(share)


def test_relief_of_lateness(excused):
    limit, relief = Duration(calendar_days=0.5), {"excluding": ("force_majeure",)}

    # Due at 3.0 and 4.0, delivered at 4.25: 1.25 and 0.25 days of a value of 20.
    assert value_of("late_orders", excused, limit=limit) == 2
    assert value_of("late_orders", excused, limit=limit, **relief) == 0
    assert value_of("late_value_days", excused, limit=limit) == pytest.approx(20 * 1.5)
    assert value_of("late_value_days", excused, limit=limit, **relief) == 0
    assert value_of("order_days_late", excused, limit=limit) == pytest.approx(1.5)
    assert value_of("order_days_late", excused, limit=limit, **relief) == 0


@pytest.mark.parametrize(
    ("cause", "excluding", "share"),
    [
        ("buyer", ("buyer",), 5 / 5),
        ("buyer", ("buyer", "force_majeure"), 5 / 5),
        ("buyer", ("force_majeure",), 6 / 7),
        ("force_majeure", ("buyer",), 6 / 7),
        ("ordinary", ("buyer", "force_majeure"), 6 / 7),
    ],
)
def test_only_the_causes_that_a_clause_names_are_excused(cause, excluding, share, happened):
    """Of seven orders due, those of days 2 and 3 come when doors open: one late, one just not."""
    closed = {"kind": {"receiving_stop": {}}} | days(2, 3) | {"cause": cause}
    sections = {"horizon": {"days": 8}, "transport": {"time": 0.25}}
    ledger = happened(PLENTY, disruptions={"stocktaking": closed}, **sections)

    on_time = value_of(
        "on_time_share", ledger, limit=Duration(calendar_days=0.5), excluding=excluding
    )
    assert on_time == pytest.approx(share)


def test_orders_beyond_what_was_announced_are_excused(happened):
    surge = {"kind": {"demand_surge": {}}} | days(2, 3, severity=2) | {"cause": "buyer"}
    ledger = happened(LITTLE, horizon={"days": 9}, disruptions={"fair": surge})
    limit = Duration(calendar_days=0.5)

    late, excused = (
        value_of("late_orders", ledger, limit=limit, **relief)
        for relief in ({}, {"excluding": ("buyer",)})
    )
    held = ledger.lines.delivered > ledger.orders.placed + 0.5
    due = ledger.orders.placed + 0.5 < 9
    touched = np.isin(np.arange(len(ledger.orders)), ledger.touched.order)
    assert late == np.count_nonzero(held & due)
    assert excused == np.count_nonzero(held & due & ~touched) < late


def test_what_is_no_force_majeure_excuses_nothing(happened):
    sections = {"transport": {"time": 0.25}, "disruptions": {"f": STOP | days(2, 3)}}
    ledger = happened(PLENTY, horizon={"days": 8}, **sections)
    relief = {"limit": Duration(calendar_days=0.5), "excluding": ("force_majeure",)}

    assert value_of("on_time_share", ledger, **relief) == pytest.approx(5 / 7)


def test_what_was_due_before_a_disruption_is_not_excused(happened):
    """Due within an hour, a quarter of a day late, and then a stop that begins later."""
    flood = STOP | days(2, 2) | {"cause": "force_majeure"}
    ledger = happened(PLENTY, transport={"time": 1.75}, disruptions={"f": flood})
    relief = {"limit": Duration(hours=1), "excluding": ("force_majeure",)}

    assert [order for order, _ in pairs(ledger)] == [0, 1, 2]
    # Orders 0 and 1 were overdue before day 2; order 2 is left out.
    assert value_of("late_orders", ledger, **relief) == 5


def test_lines_are_left_out_with_their_order(excused):
    relief = {"limit": Duration(calendar_days=0.5), "excluding": ("force_majeure",), "of": "lines"}

    assert value_of("on_time_share", excused, **relief) == 1.0


@pytest.mark.parametrize(("column", "table"), [("ended", "disruptions"), ("order", "touched")])
def test_a_corrupted_table_is_found(column, table, excused):
    kept = getattr(excused, table)
    wrong = getattr(kept, column) * 0  # ends at the scenario's start; order 0 came before

    with pytest.raises(InvariantError, match="disruption"):
        check_balances(replace(excused, **{table: replace(kept, **{column: wrong})}))


laws = st.sampled_from([0.5, 3, {"exponential": {"mean": 2}}, {"gamma": {"mean": 6, "cv": 0.5}}])
slow = st.sampled_from([None, 0.4, {"beta": {"mean": 0.5, "concentration": 2}}])
kinds = st.one_of(
    st.tuples(st.sampled_from([{"transport_stop": {}}, {"upstream_outage": {}}]), slow),
    st.tuples(st.just({"upstream_outage": {"items": ["x"]}}), slow),
    st.tuples(st.sampled_from([{"receiving_stop": {"units": ["b"]}}]), st.none()),
    st.tuples(
        st.sampled_from([{"demand_surge": {}}, {"demand_surge": {"units": ["b"]}}]),
        st.sampled_from([0, 3, {"gamma": {"mean": 2}}]),
    ),
)
disruptions = st.dictionaries(
    st.sampled_from(["flood", "strike", "fair"]),
    st.builds(
        lambda kind, every, lasts, excused: (
            {
                "kind": kind[0],
                "random": {"every": every, "lasts": lasts}
                | ({} if kind[1] is None else {"severity": kind[1]}),
            }
            | (
                {"cause": "force_majeure", "notice_after": 1, "proof_after": lasts}
                if excused
                else {}
            )
        ),
        kinds,
        laws,
        laws,
        st.booleans(),
    ),
    min_size=1,
)
demands = st.fixed_dictionaries(
    {
        "units": st.just(
            {"a": {"orders_per_business_day": 2}, "b": {"orders_per_business_day": 1}}
        ),
        "lines_per_order": st.just({"poisson": {"mean": 2}}),
    },
    optional={
        "trend_per_year": st.sampled_from([-0.5, 3]),
        "common_shock": st.just({"cv": 1, "every_days": 7}),
        "year_end_rush": st.just({"factor": 4, "business_days": 5, "last_month": 1}),
        "campaigns": st.just(
            [
                {
                    "first_day": dt.date(2024, 1, 5),
                    "last_day": dt.date(2024, 1, 9),
                    "factor": 3,
                    "units": ["b"],
                }
            ]
        ),
    },
)
troubles = st.fixed_dictionaries(
    {
        "start": st.just(dt.date(2024, 1, 1)),
        "horizon": st.just({"days": 40}),
        "calendar": st.sampled_from([{"always_open": True}, {"always_open": False}]),
        "demand": demands,
        "items": st.just(
            {
                "x": {"price": 10, "cost": 6, "quantity": {"poisson": {"mean": 2}}},
                "y": {"price": 1, "cost": 1, "lot_quality": 0.2},
            }
        ),
        "supply": st.fixed_dictionaries(
            {"lead_time": laws, "order_crossing": st.booleans()},
        ),
        "picking": st.just({"error_share": 0.2, "hours_per_line": {"exponential": {"mean": 1}}}),
        "transport": st.fixed_dictionaries(
            {
                "time": st.sampled_from([0, 1, {"exponential": {"mean": 2}}]),
                "counted_in": st.sampled_from(["business_days", "calendar_days"]),
            }
        ),
        "disruptions": disruptions,
    }
)
levers = st.fixed_dictionaries(
    {"policy": st.sampled_from([0, 5, 40]).map(lambda level: {"base_stock": {"level": level}})},
    optional={
        "stockout": st.just("lost_sale"),
        "shipping": st.just("complete"),
        "pickers": st.just(1),
        "expedite_after": st.just({"calendar_days": 2}),
    },
)


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(terms=troubles, plan=levers, other=levers, seed=st.integers(0, 50))
def test_disruptions_lose_nothing_and_are_the_same_for_all_plans(terms, plan, other, seed):
    """Balances, causes before effects, one future; sees luck that depends on what a plan does."""
    world = draw_world(Setting.of(WorldTerms.model_validate(terms)), seed, 0)
    ledgers = [simulate(world, SupplierPlan.model_validate(p)) for p in (plan, other)]

    for ledger in ledgers:
        check_balances(ledger)
        assert np.all(np.diff(ledger.replenishments.ordered) >= 0)
        taken = ledger.replenishments.arrived - ledger.replenishments.ordered
        assert np.all(taken >= 0)
        for item in range(2) if not terms["supply"]["order_crossing"] else ():
            arrived = ledger.replenishments.arrived[ledger.replenishments.item == item]
            assert np.all(np.diff(arrived[np.isfinite(arrived)]) >= 0)
    for table in ("orders", "disruptions"):
        one, two = (vars(getattr(ledger, table)) for ledger in ledgers)
        for name, column in one.items():
            assert np.array_equal(column, two[name])
    again = draw_world(Setting.of(WorldTerms.model_validate(terms)), seed, 0)
    assert np.array_equal(again.spells.began, world.spells.began)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(terms=troubles, seed=st.integers(0, 50))
def test_stops_and_outages_make_nothing_come_earlier(terms, seed):
    """With plenty of stock and staff, each delivery of a world without surges is only put off."""
    kept = {n: d for n, d in terms["disruptions"].items() if "demand_surge" not in d["kind"]}
    plan = SupplierPlan.model_validate({"policy": {"base_stock": {"level": 2000}}})
    ledgers = [
        simulate(draw_world(Setting.of(WorldTerms.model_validate(t)), seed, 0), plan)
        for t in (terms | {"disruptions": {}}, terms | {"disruptions": kept})
    ]
    calm, troubled = (ledger.lines.delivered for ledger in ledgers)

    assert np.all(troubled >= calm - 1e-9)
    late = np.unique(ledgers[1].lines.order[troubled > calm + 1e-9])
    assert set(late) <= set(ledgers[1].touched.order)
