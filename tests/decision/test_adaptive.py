"""A supplier that looks at the record: what it may change, what it expects, what it gives up."""

import numpy as np
import pytest

import pbc_sim as pbc
from pbc_sim.operations import check_balances, simulate
from pbc_sim.operations.plan_changes import PlanChange, require_changeable
from pbc_sim.performance.costs import COST_LINES, Term
from pbc_sim.performance.plan_changes import costs_with_changes
from pbc_sim.world import draw_world


@pytest.fixture(scope="module")
def weeks(repository):
    return pbc.load_scenario(repository / "tests" / "scenarios" / "lump_sum_by_weeks.yaml")


@pytest.fixture(scope="module")
def world(shipped):
    return draw_world(shipped.setting, 1, 0)


def test_what_happens_before_a_change_does_not_depend_on_it(shipped, world):
    """The same deliveries up to the change, others after it, and the books balance."""
    usual, careful = shipped.plans["as_usual"], shipped.plans["careful"]

    steady = simulate(world, usual)
    changed = simulate(world, usual, [PlanChange(200.0, careful)])
    check_balances(changed)

    before = [ledger.deliveries.received < 200 for ledger in (steady, changed)]
    for column in ("received", "line", "units", "wrong"):
        first, second = (
            getattr(ledger.deliveries, column)[early]
            for ledger, early in zip((steady, changed), before, strict=True)
        )
        np.testing.assert_array_equal(first, second)
    # Afterwards lines are checked, and stock is filled up further.
    later = changed.shipments.dispatched >= 200
    assert changed.shipments.checked_lines[later].any()
    assert not changed.shipments.checked_lines[~later].any()
    assert changed.stock.on_hand[-100:].sum() > steady.stock.on_hand[-100:].sum()


def test_a_change_that_changes_nothing_leaves_no_trace(shipped, world):
    plan = shipped.plans["careful"]

    steady, changed = simulate(world, plan), simulate(world, plan, [PlanChange(150.0, plan)])

    np.testing.assert_array_equal(steady.deliveries.received, changed.deliveries.received)
    np.testing.assert_array_equal(steady.stock.on_hand, changed.stock.on_hand)


def test_pickers_come_and_go(shipped, world):
    two = shipped.plans["all_out"]
    one = two.model_copy(update={"pickers": 1})
    many = two.model_copy(update={"pickers": 40})

    ledgers = [simulate(world, one, [PlanChange(100.0, plan)]) for plan in (one, many)]

    for ledger in ledgers:
        check_balances(ledger)
    packed = [np.sum(ledger.shipments.dispatched) for ledger in ledgers]
    assert packed[1] < packed[0]


def test_each_plan_costs_for_as_long_as_it_held(shipped, world):
    usual, careful = shipped.plans["as_usual"], shipped.plans["all_out"]
    changes = [PlanChange(100.0, careful), PlanChange(200.0, usual)]
    ledger = simulate(world, usual, changes)

    term = Term(50.0, 250.0)
    found = dict(
        zip(
            COST_LINES, costs_with_changes(ledger, usual, changes, shipped.costs, term), strict=True
        )
    )

    year = shipped.costs.supplier.picker_per_year
    assert found["staff"] == pytest.approx(year * (1 * 100 + 2 * 100) / 365.25)
    assert found["plan_cost"] == pytest.approx(6_000_000 * 100 / 365.25)


@pytest.mark.parametrize(
    ("lever", "value", "words"),
    [
        ("stockout", "lost_sale", "stockout is fixed for the term"),
        ("pickers", None, "no staff to count"),
        (
            "goods_in_inspection",
            {"mil_std_105e": {"aql_percent": 1.0}},
            "only one of them judges lots",
        ),
        (
            "policy",
            {"periodic_order_up_to": {"order_up_to_level": 9, "review_days": 3}},
            "at other intervals",
        ),
    ],
)
def test_what_is_built_in_cannot_be_changed_on_the_way(lever, value, words, shipped):
    plan = shipped.plans["as_usual"]
    other = pbc.SupplierPlan.model_validate(plan.model_dump() | {lever: value})

    with pytest.raises(pbc.PbcError, match=words):
        require_changeable({"one": plan, "other": other}, shipped.setting)


def test_checks_cannot_change_where_storerooms_order(repository):
    told = pbc.load_scenario(repository / "scenarios" / "spare_parts.yaml")
    plan = next(iter(told.plans.values()))
    other = plan.model_copy(update={"pick_check": 0.5})

    with pytest.raises(pbc.PbcError, match="pick_check cannot change where storerooms"):
        require_changeable({"one": plan, "other": other}, told.setting)


def test_with_one_plan_nothing_can_change(weeks):
    found = pbc.adapt(weeks, "lump_sum", replications=3, beliefs=2, look=1.0, plans=["up_to_11"])

    assert not found.changes.any()
    for amount in ("supplier_profit", "buyer_cost"):
        mine, steady = (getattr(side, amount).values for side in (found.adaptive, found.steady))
        np.testing.assert_allclose(mine, steady)


def test_adaptive_money_is_that_of_its_own_ledger(weeks):
    """Simulating the choices again gives facts and costs; sees a change that is left out."""
    found = pbc.adapt(weeks, "lump_sum", replications=4, beliefs=12, look=1.0, seed=3)
    plans = [weeks.plans[name] for name in found.plans]
    days, measure = found.looks.edges[:-1], weeks.contracts["lump_sum"].measured()["fill"]
    scored = found.adaptive.outcomes.scores.measured[measure][:, 0]
    line = list(COST_LINES).index("holding")

    assert found.changes.any()
    for replication, choices in enumerate(found.choices):
        changes = [
            PlanChange(float(days[n]), plans[choices[n]])
            for n in np.flatnonzero(np.diff(choices)) + 1
        ]
        world = draw_world(weeks.setting, 3, replication)
        ledger = simulate(world, plans[choices[0]], changes)
        facts = measure.facts(ledger, found.looks)
        costs = costs_with_changes(ledger, plans[0], changes, weeks.costs, Term(0.0, 28.0))
        holding = found.adaptive.outcomes.costs.sel(line="holding").values[0, replication, 0]
        assert scored[1, replication].sum() == pytest.approx(facts.whole.sum())
        assert scored[0, replication].sum() == pytest.approx(facts.part.sum())
        assert found.facts["fill"][0, replication].sum() == pytest.approx(facts.part.sum())
        assert holding == pytest.approx(costs[line])


def test_same_seed_same_choices(weeks):
    first, again = (
        pbc.adapt(weeks, "lump_sum", replications=2, beliefs=6, look=7.0) for _ in range(2)
    )

    np.testing.assert_array_equal(first.choices, again.choices)
    assert "Simulated for 'A lump sum for each week below 95%' alone, on SimPy" in str(first)
    assert first.table.shape == (4, 5)


@pytest.mark.slow
def test_a_lost_period_is_given_up_under_a_lump_sum_and_not_under_a_fine_by_the_point(weeks):
    """Liang and Atkins (2013). Weeks that begin badly end worse than others, or better."""
    last = slice(5, 7)  # the days after half of the week, but for the first
    found = {}
    # From 40 futures it knows so little that what it does differs much by which ones they are.
    for contract in ("lump_sum", "per_point"):
        study = pbc.adapt(weeks, contract, replications=240, beliefs=160, look=1.0, seed=3)
        found[contract] = study.within_review("fill", margin=0.03)
        # Who looks at the record earns at least what the best steady plan does.
        assert study.against_steady()["supplier_profit"].ci95[1] > 0

    lump, linear = found["lump_sum"].loc[last], found["per_point"].loc[last]
    assert lump["behind"].mean() < lump["on_track"].mean() - 0.05
    assert linear["behind"].mean() > linear["on_track"].mean()
    # It is the supplier who gives up, and not the luck of such weeks: who cannot change goes on.
    alone = {"plans": ["up_to_11"], "replications": 240, "beliefs": 2, "look": 1.0, "seed": 3}
    steady = pbc.adapt(weeks, "lump_sum", **alone).within_review("fill", margin=0.03).loc[last]
    given_up = (lump["behind"] - lump["on_track"]).mean()
    assert given_up < (steady["behind"] - steady["on_track"]).mean() - 0.05


def test_what_cannot_be_asked_is_refused(weeks, shipped, small):
    with pytest.raises(pbc.PbcError, match="unknown contract 'lump'"):
        pbc.adapt(weeks, "lump")
    with pytest.raises(pbc.PbcError, match="beliefs must be >= 2, got 1"):
        pbc.adapt(weeks, "lump_sum", beliefs=1)
    with pytest.raises(pbc.PbcError, match="look must be > 0 day"):
        pbc.adapt(weeks, "lump_sum", look=0.0)
    with pytest.raises(pbc.PbcError, match="hold 1 to 1 looks"):
        pbc.adapt(weeks, "lump_sum", replications=2, beliefs=2, look=7.0).within_review("fill")


def test_a_supplier_that_knows_little_is_told_to_know_little(weeks):
    """From two futures it changes its plan for luck, and surely earns less than by keeping to one.

    It could have kept to it, so that is an error and no strategy; from 60 futures it is none.
    """
    little = pbc.adapt(weeks, "lump_sum", replications=30, beliefs=2, look=1.0)
    some = pbc.adapt(weeks, "lump_sum", replications=30, beliefs=10, look=7.0)
    much = pbc.adapt(weeks, "lump_sum", replications=10, beliefs=60, look=7.0)

    assert little.against_steady()["supplier_profit"].ci95[1] < 0
    assert little.warning.startswith("it surely earns less than by holding plan up_to_14 all the")
    assert "of which it knows 2 futures; give more beliefs, 30 or more" in little.warning
    assert f"Beware: {little.warning}." in str(little)
    assert some.against_steady()["supplier_profit"].ci95[1] >= 0
    assert "from 10 futures only" in some.warning
    assert much.warning == ""
    assert "Beware" not in str(much)
