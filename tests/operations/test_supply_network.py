"""Several sources, short stock, recalls: small stories by hand, and any mix of them."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pbc_sim.errors import PbcError
from pbc_sim.operations.facts import ReturnReason

NOTHING_DEFECTIVE = 0
SLOW, FAST = {"lead_time": 4}, {"lead_time": 0.75, "surcharge_per_unit": 2}


def rows(table, *columns):
    return list(zip(*(getattr(table, column).tolist() for column in columns), strict=True))


def two_sources(**plan):
    """Return sections of a world with a slow and a fast source, and a plan that opens with none."""
    supply = {"sources": {"slow": SLOW, "fast": FAST}}
    return {"policy": {"base_stock": {"level": 0}}} | plan, {"supply": supply}


# --- sources


def test_without_a_rule_the_first_source_delivers_everything(happened):
    plan, world = two_sources()

    lots = happened(plan, **world).replenishments

    assert set(lots.source.tolist()) == {0}
    assert rows(lots, "ordered", "arrived")[:2] == [(0.5, 4.5), (1.5, 5.5)]


def test_a_single_source_may_be_any(happened):
    plan, world = two_sources(sourcing={"single_source": {"source": "fast"}})

    lots = happened(plan, **world).replenishments

    assert rows(lots, "source", "ordered", "arrived")[0] == (1, 0.5, 1.25)


def test_a_split_gives_each_source_its_share_of_each_order(happened):
    plan, world = two_sources(sourcing={"split": {"shares": {"slow": 0.5, "fast": 0.5}}})

    lots = happened(plan, **world).replenishments

    # Two units every noon, one from each.
    assert rows(lots, "ordered", "source", "units")[:4] == [
        (0.5, 0, 1),
        (0.5, 1, 1),
        (1.5, 0, 1),
        (1.5, 1, 1),
    ]


def test_of_five_single_units_a_share_of_one_fifth_is_the_third(happened):
    plan, world = two_sources(sourcing={"split": {"shares": {"slow": 0.8, "fast": 0.2}}})
    items = {"paper": {"price": 10, "cost": 6, "quantity": 1}}

    lots = happened(plan, items=items, horizon={"days": 10}, **world).replenishments

    assert lots.source.tolist() == [0, 0, 1, 0, 0, 0, 0, 1, 0, 0]


def test_the_backup_is_used_while_the_primary_is_overdue(happened):
    rule = {"backup_when_late": {"primary": "slow", "backup": "fast", "overdue_days": 0.75}}
    plan, world = two_sources(sourcing=rule)
    # Mean 2, but what is ordered on the first day takes 4.
    law = {"discrete": {"chances": {0: 0.5, 4: 0.5}}}
    world["supply"]["sources"]["slow"] = {"lead_time": law}

    lots = happened(plan, seed=3, horizon={"days": 40}, **world).replenishments

    for row in np.flatnonzero(lots.source == 1):
        now = lots.ordered[row]
        opened = (lots.source == 0) & (lots.ordered < now) & (lots.arrived > now)
        assert now - lots.ordered[opened].min() > 2.75
    assert 0 < np.count_nonzero(lots.source == 1) < 20


def test_the_backup_is_used_while_many_units_wait(happened):
    rule = {"backup_when_late": {"primary": "slow", "backup": "fast", "waiting_units": 4}}
    plan, world = two_sources(sourcing=rule)

    lots = happened(plan, **world).replenishments

    # Two units wait at the first order, four at the second and third.
    assert lots.source[:3].tolist() == [0, 1, 1]


def test_what_lines_wait_for_is_ordered_from_the_fast_source(happened):
    plan, world = two_sources(sourcing={"emergency": {"regular": "slow", "fast": "fast"}})
    plan["policy"] = {"base_stock": {"level": 1}}

    lots = happened(plan, **world).replenishments

    # One of the first two units is missing: one comes fast, and the policy orders only the other.
    assert rows(lots, "ordered", "source", "units")[:2] == [(0.5, 1, 1), (0.5, 0, 1)]
    assert lots.arrived[0] == 1.25


def test_a_reviewed_policy_need_not_wait_for_its_review_in_an_emergency(happened):
    plan, world = two_sources(sourcing={"emergency": {"regular": "slow", "fast": "fast"}})
    plan["policy"] = {"periodic_order_up_to": {"order_up_to_level": 1, "review_days": 30}}

    lots = happened(plan, **world).replenishments

    assert rows(lots, "ordered", "source", "units")[:2] == [(0.5, 1, 1), (1.5, 1, 2)]


def test_capacity_is_a_queue_that_all_items_share(happened):
    """By hand: a unit a day, two ordered each noon, so each lot is two days after the last."""
    supply = {"sources": {"only": {"lead_time": 0.25, "capacity_per_day": 1}}}

    lots = happened(
        {"policy": {"base_stock": {"level": 0}}}, supply=supply, horizon={"days": 9}
    ).replenishments

    made = 0.5 + 2 * np.arange(1, 10)
    expected = np.where(made + 0.25 < 9, made + 0.25, np.inf)
    assert lots.arrived.tolist() == expected.tolist()


def test_a_source_with_stock_delivers_from_it_and_makes_it_again(happened):
    """By hand: three on its shelf, remade in five days; two units ordered each noon."""
    source = {"lead_time": 0.25, "stock": {"level": 3, "lead_time": 5}}
    supply = {"sources": {"only": source}}

    lots = happened(
        {"policy": {"base_stock": {"level": 0}}}, supply=supply, horizon={"days": 9}
    ).replenishments

    # The second lot waits for a unit that was begun with the first order, on day 0.5.
    assert lots.arrived[:4].tolist() == [0.75, 5.75, 6.75, 7.75]


def test_a_share_of_each_lot_arrives_and_the_rest_is_ordered_again(happened):
    source = {"lead_time": 1, "delivered_share": 0.5}
    supply = {"sources": {"only": source}}

    lots = happened({}, supply=supply, horizon={"days": 60}).replenishments

    came = np.isfinite(lots.arrived)
    assert set(lots.short[came & (lots.units == 2)].tolist()) == {1}
    # A single unit comes or does not.
    assert set(lots.short[came & (lots.units == 1)].tolist()) == {0, 1}
    assert not lots.short[~came].any()


def test_sources_have_luck_of_their_own_whatever_the_plan(happened):
    sources = {
        "a": {"lead_time": {"gamma": {"mean": 3}}},
        "b": {"lead_time": {"gamma": {"mean": 3}}},
    }
    took = {}
    for share in (0.5, 1.0):
        rule = {"split": {"shares": {"a": share, "b": round(1 - share, 1)}}}
        lots = happened(
            {"sourcing": rule}, supply={"sources": sources}, horizon={"days": 30}
        ).replenishments
        of_a = np.flatnonzero(lots.source == 0)[:8]
        took[share] = np.round(lots.arrived[of_a] - lots.ordered[of_a], 9).tolist()

    # Replenishment k of source a meets the same luck, however much of it b delivers.
    assert took[0.5] == took[1.0]


def test_an_unknown_source_is_answered_with_the_nearest(happened):
    plan, world = two_sources(sourcing={"single_source": {"source": "slwo"}})

    with pytest.raises(PbcError, match=r"unknown source 'slwo'.*Did you mean 'slow'"):
        happened(plan, **world)


# --- allocation


def two_offices(**plan):
    """Return a story in which two offices wait: one since noon of day 1, the urgent one later."""
    units = {
        "office": {"orders_per_business_day": 1},
        "ward": {"orders_per_business_day": 0.5, "urgent": True},
    }
    supply = {"lead_time": 100}
    return {"policy": {"base_stock": {"level": 0}}} | plan, {
        "demand": {"units": units},
        "items": {"paper": {"price": 10, "cost": 6, "quantity": 4}},
        "supply": supply,
        "horizon": {"days": 12},
    }


def given_at_once(happened, rule):
    """Return what each line had been given when the first lot, of six units, had come in."""
    plan, world = two_offices(allocation=rule)
    # Reviews far apart: the first lot is what waits on day 4, short of what waits when it comes.
    plan["policy"] = {"periodic_order_up_to": {"order_up_to_level": 0, "review_days": 2}}
    world["supply"] = {"lead_time": 3}
    ledger = happened(plan, **world)
    first = ledger.replenishments.arrived.min()
    now = ledger.deliveries.received == first
    given_units = dict(rows(ledger.deliveries, "line", "units")[: int(now.sum())])
    urgent = ledger.orders.unit[ledger.lines.order] == 1
    waiting = np.flatnonzero(ledger.orders.placed[ledger.lines.order] < first)
    return [(bool(urgent[n]), given_units.get(int(n), 0)) for n in waiting]


def test_first_come_serves_who_has_waited_longest(happened):
    served = given_at_once(happened, {"first_come": {}})

    assert served[0] == (False, 4)
    units = [n for _, n in served]
    assert units == sorted(units, reverse=True)


def test_critical_first_serves_urgent_orders_before_older_ones(happened):
    served = given_at_once(happened, {"critical_first": {}})

    urgent = [n for is_urgent, n in served if is_urgent]
    others = [n for is_urgent, n in served if not is_urgent]
    assert urgent
    assert set(urgent) == {4}
    assert sum(others) < 4 * len(others)


def test_fair_share_gives_everyone_a_part(happened):
    served = given_at_once(happened, {"fair_share": {}})

    units = [n for _, n in served]
    assert max(units) - min(units) <= 1
    assert 0 < sum(units) < 4 * len(units)


def test_in_time_first_lets_what_is_overdue_wait(happened):
    """The youngest orders get all they miss, and others what is left; sees an age of 100 days."""
    served = given_at_once(happened, {"in_time_first": {"until": {"calendar_days": 2}}})
    first_come = given_at_once(happened, {"first_come": {}})
    for_ever = given_at_once(happened, {"in_time_first": {"until": {"calendar_days": 100}}})

    # What the young ones leave goes to who has waited longest.
    assert [n for _, n in served] == [4, 0, 0, 0, 0, 4, 4]
    assert sum(n for _, n in served) == sum(n for _, n in first_come)
    assert for_ever == first_come


@pytest.mark.parametrize("rule", ["critical_first", "fair_share"])
def test_no_rule_changes_how_many_units_are_given_out(happened, rule):
    plan, world = two_offices()
    world["supply"] = {"lead_time": {"gamma": {"mean": 2}}}

    one = happened(plan, seed=8, **world)
    other = happened(plan | {"allocation": {rule: {}}}, seed=8, **world)

    assert one.deliveries.units.sum() == other.deliveries.units.sum()
    assert one.stock.waiting.tolist() == other.stock.waiting.tolist()


# --- inspection on the way out


def test_a_defect_found_on_the_way_out_is_scrapped_and_replaced_from_stock(happened):
    supply = {"lead_time": 1, "lot_quality": 0.4}
    plan = {"policy": {"base_stock": {"level": 12}}, "outgoing_inspection": 1.0}

    ledger = happened(plan, supply=supply, horizon={"days": 30})

    assert ledger.outgoing.defective.sum() > 5
    assert not ledger.deliveries.defective.any()
    assert ledger.outgoing.units.sum() == (
        ledger.outgoing.defective.sum() + ledger.deliveries.units.sum() + ledger.closing.on_the_way
    )


def test_half_an_inspection_finds_about_half_of_the_defects(happened):
    supply = {"lead_time": 1, "lot_quality": 0.4}
    days = {"days": 400}
    none, half = (
        happened({"outgoing_inspection": share}, supply=supply, horizon=days) for share in (0, 0.5)
    )

    def defective_share(ledger):
        return ledger.deliveries.defective.sum() / ledger.deliveries.units.sum()

    # Of 40 defective in 100, 20 go unseen beside 60 sound ones.
    assert defective_share(none) == pytest.approx(0.4, abs=0.06)
    assert defective_share(half) == pytest.approx(0.25, abs=0.06)


# --- recalls


def recalled_world(**supply):
    """Return a world in which every lot is bad enough to be recalled two days after goods in."""
    recall = {"above_share": 0.0, "found_after": 2}
    return {"supply": {"lead_time": 100, "lot_quality": 0.001, "recall": recall} | supply}


def test_a_recall_empties_the_shelf_and_brings_back_what_was_delivered(happened):
    plan = {"policy": {"base_stock": {"level": 5}}}

    ledger = happened(plan, **recalled_world())

    # Orders of two at noon of days 0 and 1 are met; on day 2 the fifth unit is scrapped.
    assert rows(ledger.recalls, "recalled", "units") == [(2.0, 1)]
    assert rows(ledger.returns, "found", "units", "reason") == [
        (2.0, 2, ReturnReason.RECALLED),
        (2.0, 2, ReturnReason.RECALLED),
    ]
    # Four units are to be replaced, and the next four orders wait behind them.
    assert ledger.closing.waiting.tolist() == [12]


def test_what_was_on_its_way_when_recalled_goes_back_on_arrival(happened):
    plan = {"policy": {"base_stock": {"level": 4}}}
    transport = {"time": 1, "counted_in": "calendar_days"}

    ledger = happened(plan, transport=transport, **recalled_world())

    assert rows(ledger.returns, "found", "units", "reason") == [
        (2.0, 2, ReturnReason.RECALLED),
        (2.5, 2, ReturnReason.RECALLED),
    ]
    # Delivered, but never accepted.
    assert ledger.lines.delivered[1] == 2.5
    assert np.isinf(ledger.lines.accepted[1])


def test_a_wrongly_picked_unit_of_a_recalled_lot_is_scrapped_when_it_comes_back(happened):
    plan = {"policy": {"base_stock": {"level": 2}}}
    sections = recalled_world() | {"picking": {"error_share": 1.0}, "receipt": {"return_time": 4}}

    ledger = happened(plan, **sections)

    assert ledger.returns.reason[0] == ReturnReason.WRONG
    assert ledger.recalls.recalled.tolist() == [4.5]
    assert ledger.closing.on_hand.tolist() == [0]


def test_a_defect_that_shows_before_the_recall_is_returned_once(happened):
    plan = {"policy": {"base_stock": {"level": 2}}}
    world = recalled_world(lot_quality=0.9, lead_time=50)
    world["receipt"] = {"inspection_share": 0.0, "found_in_use_after": 1}

    ledger = happened(plan, **world)

    defective = ledger.returns.reason == ReturnReason.DEFECTIVE_IN_USE
    assert ledger.returns.found[defective].tolist() == [1.5]
    assert ledger.returns.units.sum() == 2


def test_only_lots_above_the_share_are_recalled(happened):
    sections = recalled_world(
        lead_time=1, recall={"above_share": 0.3, "found_after": 0.5}, lot_quality=0.3
    )

    ledger = happened({}, **sections)

    assert len(ledger.recalls) == 0
    assert not (ledger.returns.reason == ReturnReason.RECALLED).any()


# --- everything at once

shares = st.sampled_from([0.0, 0.2, 1.0])
times = st.sampled_from([0.25, 3, {"exponential": {"mean": 2}}])
qualities = st.sampled_from([0, 0.2, {"beta": {"mean": 0.2, "concentration": 3}}])
sources = st.fixed_dictionaries(
    {"lead_time": times},
    optional={
        "lot_quality": qualities,
        "order_crossing": st.booleans(),
        "capacity_per_day": st.sampled_from([1, 20]),
        "delivered_share": st.sampled_from([0.7, {"beta": {"mean": 0.8, "concentration": 5}}]),
        "cost_factor": st.just(1.2),
        "surcharge_per_unit": st.just(3),
        "stock": st.fixed_dictionaries({"level": st.sampled_from([0, 5]), "lead_time": times}),
    },
)
rules = st.sampled_from(
    [
        {"single_source": {"source": "b"}},
        {"split": {"shares": {"a": 0.7, "b": 0.3}}},
        {"backup_when_late": {"primary": "a", "backup": "b", "overdue_days": 1}},
        {"backup_when_late": {"primary": "a", "backup": "b", "waiting_units": 2}},
        {"emergency": {"regular": "b", "fast": "a", "waiting_units": 2}},
    ]
)
inspections = st.sampled_from(
    [
        0.3,
        {"single_sampling": {"sample": 2, "accept": 0, "if_rejected": "return"}},
        {"single_sampling": {"sample": 3, "accept": 1}},
        {"mil_std_105e": {"aql_percent": 6.5, "level": "III", "if_rejected": "return"}},
        {"mil_std_105e": {"aql_percent": 0.65}},
    ]
)
supplies = st.fixed_dictionaries(
    {"lead_time": times, "lot_quality": qualities},
    optional={
        "sources": st.fixed_dictionaries({"a": sources, "b": sources}),
        "inspection_finds_share": st.sampled_from([0.6, 1.0]),
        "recall": st.fixed_dictionaries(
            {"above_share": st.sampled_from([0.0, 0.1, 0.3]), "found_after": times}
        ),
    },
)
policies = st.sampled_from(
    [
        {"base_stock": {"level": 6}},
        {"reorder_point_quantity": {"reorder_point": 3, "quantity": 12}},
        {"periodic_order_up_to": {"order_up_to_level": 15, "review_days": 2.5}},
    ]
)
levers = st.fixed_dictionaries(
    {"policy": policies, "goods_in_inspection": inspections},
    optional={
        "allocation": st.sampled_from(
            [
                {"critical_first": {}},
                {"fair_share": {}},
                {"in_time_first": {"until": {"calendar_days": 2}}},
            ]
        ),
        "outgoing_inspection": shares,
        "shipping": st.just("complete"),
        "stockout": st.just("lost_sale"),
        "pickers": st.just(1),
    },
)


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(supply=supplies, plan=levers, rule=rules, errors=shares, seed=st.integers(0, 50))
def test_every_unit_is_accounted_for_in_any_network(happened, supply, plan, rule, errors, seed):
    """`happened` checks the balances; here, what holds of lots and lines besides."""
    if "sources" in supply:
        plan = plan | {"sourcing": rule}

    ledger = happened(
        plan,
        seed,
        supply=supply,
        horizon={"days": 25},
        demand={
            "units": {
                "a": {"orders_per_business_day": 2},
                "b": {"orders_per_business_day": 0.5, "urgent": True},
            },
            "gap": {"exponential": {"mean": 1}},
        },
        items={
            "x": {"price": 10, "cost": 6, "quantity": {"geometric": {"mean": 2}}},
            "y": {"price": 5, "cost": 3},
        },
        picking={"error_share": errors / 2},
        receipt={"inspection_share": 0.5, "found_in_use_after": 3, "return_time": 1},
        transport={"time": 0.5},
    )

    lots, lines, returns = ledger.replenishments, ledger.lines, ledger.returns
    came = np.isfinite(lots.arrived)
    assert np.all(lots.short <= lots.units)
    assert not (lots.inspected + lots.short + lots.sent_back + lots.defective)[~came].any()
    assert np.all(lots.sent_back[~lots.rejected] == 0)
    assert np.all(lots.judged[lots.rejected])
    assert np.all(ledger.outgoing.defective <= ledger.outgoing.units)
    assert np.all(lines.accepted >= lines.delivered)
    assert np.all(np.diff(ledger.stock.changed) >= 0)
    sent = np.bincount(ledger.deliveries.line, ledger.deliveries.units, len(lines))
    assert np.all(np.bincount(returns.line, returns.units, len(lines)) <= sent)
