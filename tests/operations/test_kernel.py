"""The compiled twin and the SimPy model tell the same story, number for number and row for row."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from same_ledgers import same
from site_worlds import SITE_PLANS, SITE_WORLDS
from supply_worlds import FOCUSED, PLANS, WORLDS, fitted

import pbc_sim as pbc
from pbc_sim.errors import PbcError
from pbc_sim.operations import SupplierPlan, engines, simulate
from pbc_sim.operations.engines import choose_engines
from pbc_sim.operations.kernel import not_covered
from pbc_sim.world import Setting, WorldTerms, draw_world

pytest.importorskip("numba", reason="the compiled engine comes with the extra `fast`")
twin_module = pytest.importorskip("pbc_sim.operations.kernel.twin")
Twin = twin_module.Twin
Lengths = pytest.importorskip("pbc_sim.operations.kernel.lengths").Lengths
Ordering = pytest.importorskip("pbc_sim.operations.kernel.ordering").Ordering
twin_of = pytest.importorskip("pbc_sim.operations.kernel.twins").twin_of

SCENARIOS = "scenarios/*.yaml", "tests/scenarios/*.yaml"


def test_covered_plans_of_all_scenarios_have_the_same_ledgers(repository):
    compared = set()
    for path in sorted(path for some in SCENARIOS for path in repository.glob(some)):
        scenario = pbc.load_scenario(path)
        for name, plan in scenario.plans.items():
            if not_covered(scenario.setting, plan):
                continue
            for replication in range(2):
                setting = scenario.drawn(1, replication).setting
                same(
                    simulate(draw_world(setting, 1, replication), plan),
                    twin_of(setting, plan).simulate(draw_world(setting, 1, replication)),
                )
            compared.add((path.stem, name))

    assert {stem for stem, _ in compared} >= {
        "office_supplies", "pilot_office", "spare_parts", "medical_devices", "role_play",
        "pickers_three", "desk_one_priority",
        "machines_two_repairmen", "transfer_line",
    }  # fmt: skip
    assert len(compared) >= 60


def told(model, world):
    """Return what a model makes of a world: a ledger, or what is wrong."""
    try:
        return model(world), ""
    except PbcError as error:
        return None, str(error)


def agree(world, plan, seed):
    """Compare both models in one generated world."""
    try:
        setting = Setting.of(WorldTerms.model_validate(world))
        levers = SupplierPlan.model_validate(fitted(plan, world))
    except PbcError:
        return False
    if "machines" in world and not_covered(setting, levers):
        return False  # of a world that learns, where a storeroom orders
    assert not_covered(setting, levers) is None
    reference, wrong = told(lambda future: simulate(future, levers), draw_world(setting, seed, 0))
    twin = twin_of(setting, levers)
    compiled, same_wrong = told(twin.simulate, draw_world(setting, seed, 0, Ordering()))
    assert wrong == same_wrong
    if reference is not None:
        same(reference, compiled)
        # It did it itself, and did not ask the reference model.
        assert twin.replications == 2
    return reference is not None


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(world=WORLDS, plan=PLANS, seed=st.integers(0, 10**6))
def test_generated_worlds_have_the_same_ledgers(world, plan, seed):
    agree(world, plan, seed)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(world=SITE_WORLDS, plan=SITE_PLANS, seed=st.integers(0, 10**6))
def test_generated_worlds_with_machines_and_a_desk_have_the_same_ledgers(world, plan, seed):
    agree(world, plan, seed)


@pytest.mark.slow
@settings(max_examples=2000, suppress_health_check=list(HealthCheck))
@given(world=SITE_WORLDS, plan=SITE_PLANS, seed=st.integers(0, 10**6))
def test_two_thousand_worlds_with_machines_and_a_desk_have_the_same_ledgers(world, plan, seed):
    """The same over many more worlds."""
    agree(world, plan, seed)


@pytest.mark.parametrize("feature", FOCUSED)
def test_generated_worlds_of_each_feature_have_the_same_ledgers(feature):
    worlds, plans = FOCUSED[feature]
    agreed = []

    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(world=worlds, plan=plans, seed=st.integers(0, 10**6))
    def told_alike(world, plan, seed):
        agreed.append(agree(world, plan, seed))

    told_alike()

    assert sum(agreed) > len(agreed) / 2


@pytest.mark.slow
@settings(max_examples=2000, suppress_health_check=list(HealthCheck))
@given(world=WORLDS, plan=PLANS, seed=st.integers(0, 10**6))
def test_two_thousand_generated_worlds_have_the_same_ledgers(world, plan, seed):
    """The same over many more worlds."""
    agree(world, plan, seed)


def test_plans_share_the_luck_of_a_world_whoever_comes_first(repository):
    scenario = pbc.load_scenario(repository / "scenarios/office_supplies.yaml")
    plans = list(scenario.plans.values())
    for order in (plans, plans[::-1]):
        shared = draw_world(scenario.setting, 1, 3)
        for plan in order:
            alone = draw_world(scenario.setting, 1, 3)
            twins = Twin(scenario.setting, plan), Twin(scenario.setting, plan)
            same(twins[0].simulate(alone), twins[1].simulate(shared))


def test_worlds_are_no_worse_for_arrays_that_are_too_short_at_first(repository, monkeypatch):
    scenario = pbc.load_scenario(repository / "scenarios/office_supplies.yaml")
    plan, world = scenario.plans["checked"], draw_world(scenario.setting, 1, 0)
    twin = Twin(scenario.setting, plan)
    short = Lengths(**dict.fromkeys(Lengths._fields, 2))
    monkeypatch.setattr(twin, "_guess", lambda _: short)

    same(simulate(world, plan), twin.simulate(draw_world(scenario.setting, 1, 0)))


# Which engine runs what ------------------------------------------------------------------------


def test_numbers_are_the_same_on_both_engines(repository):
    recorded = json.loads((repository / "tests/decision/golden.json").read_text(encoding="utf-8"))
    for name in ("office_supplies", "spare_parts", "medical_devices"):
        scenario = pbc.load_scenario(repository / f"scenarios/{name}.yaml")
        on = {
            engine: pbc.run(
                scenario,
                recorded["replications"],
                recorded["seed"],
                workers=1,
                progress=False,
                engine=engine,
            )
            for engine in ("simpy", "compiled")
        }

        assert on["simpy"].engine == "simpy"
        assert on["compiled"].engine == "compiled"
        for outcomes in on.values():
            assert outcomes.digest() == recorded["digests"][name]
        np.testing.assert_array_equal(on["simpy"].costs, on["compiled"].costs)
        for measure, values in on["simpy"].scores.measured.items():
            np.testing.assert_array_equal(values, on["compiled"].scores.measured[measure])


def test_what_is_not_compiled_runs_on_simpy_and_says_why(repository):
    scenario = pbc.load_scenario(repository / "tests/scenarios/sampled_lots.yaml")

    outcomes = pbc.run(scenario, 1, workers=1, progress=False)

    assert outcomes.engine == "simpy"
    assert outcomes.engine_note.startswith(
        "Engine SimPy: fifty; eighty; more; standard. Recalls are not compiled yet. Engine SimPy: "
    )
    with pytest.raises(PbcError, match=r"plan 'fifty' cannot .*: Recalls are not compiled yet"):
        pbc.run(scenario, 1, workers=1, progress=False, engine="compiled")


def test_plans_of_one_study_may_run_on_different_engines(small_world):
    setting, plan = small_world

    chosen = choose_engines(
        "auto", setting, {"a": plan, "b": plan.model_copy(update={"outgoing_inspection": 0.5})}
    )

    assert [chosen[name].engine for name in "ab"] == ["compiled", "simpy"]
    assert chosen["b"].reason == "Outgoing inspection is not compiled yet."


def test_without_numba_everything_runs_on_simpy(small_world, monkeypatch):
    setting, plan = small_world
    monkeypatch.setattr(engines, "find_spec", lambda name: None)

    chosen = choose_engines("auto", setting, {"a": plan})

    assert chosen["a"] == ("simpy", "Numba is not installed (it comes with the extra `fast`).")
    with pytest.raises(PbcError, match="Numba is not installed"):
        choose_engines("compiled", setting, {"a": plan})


def test_an_unknown_engine_is_answered_with_the_nearest(small_world):
    setting, plan = small_world

    with pytest.raises(PbcError, match="Did you mean 'compiled'"):
        choose_engines("compile", setting, {"a": plan})


def test_numba_is_imported_only_when_it_is_needed():
    code = "import sys, pbc_sim, pbc_sim.cli; sys.exit('numba' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.fixture(scope="module")
def small_world():
    world = {
        "horizon": {"days": 9},
        "demand": {"units": {"office": {"orders_per_business_day": 1}}},
        "items": {"paper": {"price": 10, "cost": 6}},
        "supply": {"lead_time": 2},
    }
    plan = SupplierPlan.model_validate({"policy": {"base_stock": {"level": 3}}})
    return Setting.of(WorldTerms.model_validate(world)), plan


def test_what_is_kept_of_the_compiled_rules_belongs_to_the_content_of_all_files(tmp_path):
    """Numba itself looks at the file of the entry alone."""
    ask = (
        "from pbc_sim.operations.kernel.replication import replicate;"
        "print(replicate._cache.cache_path)"
    )
    source = Path(pbc.__file__).parent
    changed = tmp_path / "pbc_sim"
    shutil.copytree(source, changed, ignore=shutil.ignore_patterns("__pycache__"))
    clock = changed / "operations" / "kernel" / "clock.py"
    clock.write_text(clock.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")

    kept = {
        Path(
            subprocess.run(
                [sys.executable, "-c", ask],
                env=os.environ | {"PYTHONPATH": str(root)},
                capture_output=True,
                text=True,
                check=True,
            ).stdout.strip()
        )
        for root in (source.parent, tmp_path)
    }

    assert len({path.parent.name for path in kept}) == 2
