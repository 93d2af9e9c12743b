"""Scored from its rows or from its ledger, a replication has the same scorecard to the last bit."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from supply_worlds import PLANS, WORLDS, fitted

import pbc_sim as pbc
from pbc_sim.decision.outcomes import study_of
from pbc_sim.errors import InvariantError, PbcError
from pbc_sim.operations import SupplierPlan, simulate
from pbc_sim.operations.kernel import not_covered
from pbc_sim.performance.costs import COST_LINES, CostLine, CostTerms
from pbc_sim.performance.kernel.coverage import KINDS, is_covered
from pbc_sim.performance.measures import KPIS, Measure
from pbc_sim.performance.scorecard import Needs, Scorer
from pbc_sim.world import Setting, WorldTerms, draw_world
from pbc_sim.world.calendar import Duration

pytest.importorskip("numba", reason="the compiled engine comes with the extra `fast`")
scoring = pytest.importorskip("pbc_sim.performance.kernel.scoring")
score = pytest.importorskip("pbc_sim.performance.kernel.scorecard").score
entry = pytest.importorskip("pbc_sim.operations.kernel.compiled").entry
reference = pytest.importorskip("pbc_sim.operations.kernel.passing").reference
Twin = pytest.importorskip("pbc_sim.operations.kernel.twin").Twin

SCENARIOS = "scenarios/*.yaml", "scenarios/schemes/*.yaml", "tests/scenarios/*.yaml"

HOURS, DAYS, CLOSE = (
    Duration(hours=6),
    Duration(business_days=1),
    Duration(business_days=1, ends="close_of_business"),
)
#: Every KPI that is compiled, each of its settings, and one that is read from the ledger.
MEASURES = (
    *(Measure.of("on_time_share", limit=DAYS, counted_by=by) for by in ("due", "ordered")),
    Measure.of("on_time_share", limit=HOURS, counted_by="delivered", review="week"),
    Measure.of("on_time_share", limit=CLOSE, of="lines", review="term"),
    Measure.of("on_time_share", limit=DAYS, of="lines", excluding=("force_majeure",)),
    Measure.of("on_time_in_full", limit=CLOSE, review="week"),
    Measure.of("perfect_order", limit=HOURS),
    Measure.of("late_orders", limit=DAYS, review="week"),
    Measure.of("late_value_days", limit=HOURS, review="week"),
    Measure.of("late_value_days", limit=HOURS, most_days=1.5, review="week"),
    Measure.of("mean_stock_on_hand"),
    *(
        Measure.of(kpi, review=review)
        for kpi in sorted(KINDS)
        if not any(p.default is p.empty for p in KPIS[kpi].settings.values())
        for review in ("week", "month")
    ),
)
RATES = CostTerms.model_validate(
    {
        "supplier": {
            "holding_share_per_year": 0.23, "closing_stock_share": 0.9, "per_replenishment": 3.1,
            "inspection_per_unit": 0.7, "check_per_line": 1.3, "picker_per_year": 401.7,
            "per_shipment": 2.3, "express_surcharge": 5.9, "per_returned_unit": 1.1,
        },
        "buyer": {
            "needed_within": {"hours": 4}, "per_late_unit_day": 0.37, "per_lost_unit": 2.9,
            "per_returned_unit": 0.53, "per_defect_in_use": 6.1,
        },
    }
)  # fmt: skip


def same(card, reference):
    """Compare two scorecards bit by bit."""
    for mine, theirs in zip(card.measured, reference.measured, strict=True):
        assert mine.tobytes() == theirs.tobytes()
    assert card.costs.tobytes() == reference.costs.tobytes()
    assert card.open_at_end == reference.open_at_end
    assert card.due_later.tolist() == reference.due_later.tolist()


def agree(setting, plan, scorer, rates, seed, replications=1):
    """Score some futures in both ways."""
    compiled, twin = scoring.TwinScorer(scorer, Twin(setting, plan)), Twin(setting, plan)
    for replication in range(replications):
        world = draw_world(setting, seed, replication)
        same(compiled.card(world, rates), scorer.score(twin.simulate(world), plan, rates))


def test_every_compiled_kpi_is_tried():
    covered = {measure.kpi for measure in MEASURES if is_covered(measure)}

    assert covered == set(KINDS)


@pytest.mark.parametrize(
    "examples", [40, pytest.param(1000, marks=pytest.mark.slow)], ids=["some", "many"]
)
def test_generated_worlds_have_the_same_scorecards(examples):
    tried = []

    @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    @given(world=WORLDS, plan=PLANS, seed=st.integers(0, 10**6))
    def scored_alike(world, plan, seed):
        try:
            setting = Setting.of(WorldTerms.model_validate(world))
            levers = SupplierPlan.model_validate(fitted(plan, world))
            simulate(draw_world(setting, seed, 0), levers)
        except PbcError:
            return  # no such world, or more events than there may be
        scorer = Scorer.of(Needs(MEASURES, (None,)), setting)
        agree(setting, levers, scorer, RATES, seed)
        tried.append(seed)

    scored_alike()

    assert len(tried) > examples / 3


def test_covered_plans_of_all_scenarios_have_the_same_scorecards(repository):
    compared = set()
    for path in sorted(path for some in SCENARIOS for path in repository.glob(some)):
        scenario = pbc.load_scenario(path)
        if scenario.uncertain is not None:
            continue
        study = study_of(scenario, None, 1)
        for plan in scenario.plans.values():
            if not_covered(scenario.setting, plan) is None:
                agree(scenario.setting, plan, study.scorer, scenario.costs, 1, replications=2)
                compared.add(path.stem)

    assert compared >= {"office_supplies", "pilot_office", "retail", "pickers_three"}


def test_an_order_at_the_instant_of_closing_falls_due_likewise():
    """Where it is always open, a day closes as the next one opens."""
    terms = {
        "horizon": {"days": 10},
        "calendar": {"always_open": True},
        "demand": {"units": {"office": {"orders_per_business_day": 2}}, "gap": 1},
        "items": {"paper": {"price": 10, "cost": 6}},
        "supply": {"lead_time": 1},
    }
    setting = Setting.of(WorldTerms.model_validate(terms))
    plan = SupplierPlan.model_validate({"policy": {"base_stock": {"level": 3}}})
    measure = Measure.of("late_value_days", limit=CLOSE, review="week")
    scorer, world = Scorer.of(Needs((measure,), ()), setting), draw_world(setting, 0, 0)

    said = scoring.TwinScorer(scorer, Twin(setting, plan)).card(world, RATES)
    exact = scorer.score(simulate(world, plan), plan, RATES)

    assert said.measured[0].tolist() == exact.measured[0].tolist()


@entry
def score_rows(known, changed, kept, wanted, result):
    """Score rows that have been tampered with."""
    score(
        reference(known), reference(changed), reference(kept), reference(wanted), reference(result)
    )


def test_books_that_do_not_balance_are_seen(repository):
    scenario = pbc.load_scenario(repository / "scenarios/office_supplies.yaml")
    twin = Twin(scenario.setting, scenario.plans["careful"])
    compiled = scoring.TwinScorer(study_of(scenario, None, 1).scorer, twin)
    world = draw_world(scenario.setting, 1, 0)
    compiled.card(world, scenario.costs)
    run = twin.run(world)
    rows = run.given, run.work, compiled.books, compiled.asked, compiled.scored

    score_rows(*rows)
    assert compiled.scored.balanced[0]
    run.work.deliveries[7, 2] += 1
    score_rows(*rows)
    assert not compiled.scored.balanced[0]


def test_books_that_do_not_balance_are_an_error(repository, monkeypatch):
    scenario = pbc.load_scenario(repository / "scenarios/office_supplies.yaml")
    study, plan = study_of(scenario, None, 1), scenario.plans["careful"]
    compiled = scoring.TwinScorer(study.scorer, Twin(scenario.setting, plan))
    score_future = scoring.score_future

    def one_delivery_too_large(given, work, books, asked, scored):
        status = score_future(given, work, books, asked, scored)
        work.deliveries[7, 2] += 1
        scored.balanced[0] = False
        return status

    monkeypatch.setattr(scoring, "score_future", one_delivery_too_large)
    with pytest.raises(InvariantError, match=r"does not balance .*\(seed 1, replication 0\)"):
        compiled.card(draw_world(scenario.setting, 1, 0), scenario.costs)


def test_a_cost_line_without_a_twin_is_read_from_the_ledger(repository, monkeypatch):
    scenario = pbc.load_scenario(repository / "scenarios/office_supplies.yaml")
    scorer = study_of(scenario, None, 1).scorer

    def parcels(ledger, plan, terms, term):
        return 7.0 * len(ledger.deliveries)

    line = CostLine("parcels", "supplier", "parcels", "a test", parcels)
    monkeypatch.setitem(COST_LINES._entries, "parcels", line)
    plan, world = scenario.plans["careful"], draw_world(scenario.setting, 1, 0)
    twin = Twin(scenario.setting, plan)
    card = scoring.TwinScorer(scorer, twin).card(world, scenario.costs)

    assert card.costs[0, -1] == 7.0 * len(twin.simulate(world).deliveries)


def test_rates_that_change_are_taken(repository):
    scenario = pbc.load_scenario(repository / "scenarios/office_supplies.yaml")
    scorer, plan = study_of(scenario, None, 1).scorer, scenario.plans["careful"]
    compiled = scoring.TwinScorer(scorer, Twin(scenario.setting, plan))
    world = draw_world(scenario.setting, 1, 0)
    ledger = Twin(scenario.setting, plan).simulate(world)

    for rates in (scenario.costs, RATES, scenario.costs):
        same(compiled.card(world, rates), scorer.score(ledger, plan, rates))
    assert not np.array_equal(
        compiled.card(world, RATES).costs, compiled.card(world, scenario.costs).costs
    )
