"""Do the books balance: in any small world, under any plan, and what if they do not."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pbc_sim.errors import InvariantError
from pbc_sim.operations import check_balances

shares = st.sampled_from([0.0, 0.1, 0.5])
times = st.one_of(
    st.sampled_from([0, 0.25, 2]),
    st.builds(lambda mean: {"exponential": {"mean": mean}}, st.sampled_from([0.3, 3])),
    st.builds(lambda mean: {"gamma": {"mean": mean, "cv": 0.5}}, st.sampled_from([0.3, 3])),
)
quantities = st.sampled_from(
    [
        1,
        3,
        {"poisson": {"mean": 2}},
        {"geometric": {"mean": 3}},
        {"discrete": {"chances": {0: 1.0}}},
    ]
)
items = st.fixed_dictionaries(
    {"price": st.just(10), "cost": st.just(6), "quantity": quantities},
    optional={"lead_time": times, "lot_quality": shares, "critical": st.booleans()},
)
worlds = st.fixed_dictionaries(
    {
        "horizon": st.sampled_from([{"days": 5}, {"days": 30}]),
        "calendar": st.sampled_from([{"always_open": True}, {"always_open": False}]),
        "demand": st.fixed_dictionaries(
            {
                "units": st.just(
                    {"a": {"orders_per_business_day": 2}, "b": {"orders_per_business_day": 0.3}}
                )
            },
            optional={
                "gap": st.sampled_from([1, {"exponential": {"mean": 1}}]),
                "lines_per_order": st.sampled_from([1, {"poisson": {"mean": 2}}]),
            },
        ),
        "items": st.dictionaries(st.sampled_from(["x", "y", "z"]), items, min_size=1),
        "supply": st.fixed_dictionaries(
            {"lead_time": times},
            optional={
                "order_crossing": st.booleans(),
                "conditions_last_days": st.sampled_from([2, 30]),
                "lot_quality": st.one_of(
                    shares, st.just({"beta": {"mean": 0.1, "concentration": 5}})
                ),
                "inspection_finds_share": shares,
            },
        ),
    },
    optional={
        "picking": st.fixed_dictionaries(
            {},
            optional={
                "hours_per_line": times,
                "error_share": shares,
                "documentation_error_share": shares,
                "check_hours_per_line": st.sampled_from([0, 0.5]),
                "check_finds_share": shares,
            },
        ),
        "transport": st.fixed_dictionaries(
            {"time": times},
            optional={"counted_in": st.sampled_from(["business_days", "calendar_days"])},
        ),
        "receipt": st.fixed_dictionaries(
            {},
            optional={
                "inspection_share": shares,
                "found_in_use_after": times,
                "return_time": times,
            },
        ),
        "satisfaction": st.fixed_dictionaries(
            {},
            optional={
                "noise_sd": st.sampled_from([0, 2]),
                "responds_share": shares,
                "survey": st.fixed_dictionaries(
                    {"every": st.sampled_from([{"days": 1}, {"days": 3}, {"months": 1}])},
                    optional={"sample": st.just(1), "responds_share": shares},
                ),
            },
        ),
    },
)
amounts = st.sampled_from([0, 1, 4, 20])
policies = st.one_of(
    st.builds(lambda level: {"base_stock": {"level": level}}, amounts),
    st.builds(
        lambda r, q: {"reorder_point_quantity": {"reorder_point": r, "quantity": q}},
        amounts,
        st.sampled_from([1, 7]),
    ),
    st.builds(
        lambda level, days: {
            "periodic_order_up_to": {"order_up_to_level": level, "review_days": days}
        },
        st.one_of(amounts, st.just({"cover_days": 4})),
        st.sampled_from([1, 2.5]),
    ),
)
plans = st.fixed_dictionaries(
    {"policy": policies},
    optional={
        "stockout": st.sampled_from(["backorder", "lost_sale"]),
        "shipping": st.sampled_from(["partial", "complete"]),
        "pickers": st.sampled_from([1, 2]),
        "goods_in_inspection": shares,
        "pick_check": shares,
        "learning": st.just({"errors_fall_by": 0.2, "hours_fall_by": 0.1}),
        "investments": st.just(
            {"scanner": {"cost": 1, "effects": {"pick_error": 0.1, "transport_time": 0.5}}}
        ),
        "expedite_after": st.sampled_from([{"business_days": 1}, {"calendar_days": 2}]),
    },
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(world=worlds, plan=plans, seed=st.integers(0, 50))
def test_every_unit_is_accounted_for(happened, world, plan, seed):
    """`happened` checks the balances; here, what holds of each line besides."""
    given_sections = {"demand": {"gap": {"exponential": {"mean": 1}}, "first_gap": 1.0}} | world

    ledger = happened(plan, seed, **given_sections)

    lines = ledger.lines
    assert np.all(lines.filled_at_once <= lines.quantity)
    assert np.all(lines.delivered >= ledger.orders.placed[lines.order])
    assert np.all(lines.accepted >= lines.delivered)
    assert np.all(np.diff(ledger.stock.changed) >= 0)
    assert np.all(ledger.deliveries.wrong + ledger.deliveries.defective <= ledger.deliveries.units)


@pytest.fixture
def ledger(happened):
    return happened({}, seed=13, picking={"error_share": 0.3}, horizon={"days": 30})


def changed(table, column, by=1):
    values = getattr(table, column).copy()
    values[-1] += by
    return replace(table, **{column: values})


@pytest.mark.parametrize(
    ("table", "column", "by"),
    [
        ("closing", "opening", 1),
        ("closing", "on_hand", 1),
        ("closing", "on_order", 1),
        ("closing", "waiting", -1),
        ("closing", "on_the_way", 1),
        ("closing", "going_back", 1),
        ("deliveries", "units", 1),
        ("returns", "units", 1),
        ("lines", "cancelled", 1),
        ("stock", "on_hand", 1),
        ("stock", "waiting", -1000),
        ("replenishments", "units", 1),
    ],
)
def test_a_corrupted_ledger_is_found_and_its_future_named(ledger, table, column, by):
    corrupted = replace(ledger, **{table: changed(getattr(ledger, table), column, by)})

    with pytest.raises(InvariantError, match=r"seed 13, replication 0"):
        check_balances(corrupted)


def test_a_line_delivered_before_it_was_ordered_is_found(ledger):
    early = ledger.lines.delivered.copy()
    early[0] = ledger.orders.placed[0] - 1e-9

    with pytest.raises(InvariantError, match="times of lines"):
        check_balances(replace(ledger, lines=replace(ledger.lines, delivered=early)))


def test_a_sound_ledger_passes(ledger):
    check_balances(ledger)
