"""The compiled model draws what NumPy draws: streams, values, counts, orders, lots, deliveries."""

import itertools
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from same_ledgers import same
from supply_worlds import WORLDS

import pbc_sim as pbc
from pbc_sim.errors import PbcError
from pbc_sim.operations import SupplierPlan, simulate
from pbc_sim.world import Setting, WorldTerms, draw_world
from pbc_sim.world.counts import Counts
from pbc_sim.world.distributions import Constant, Discrete, Exponential, Gamma, Geometric, Poisson
from pbc_sim.world.draws import Purpose, generator_at
from pbc_sim.world.ordering import draw_orders
from pbc_sim.world.quantiles import Quantiles
from pbc_sim.world.seeding import state_of, states_of
from pbc_sim.world.spells import NO_SPELLS

pytest.importorskip("numba", reason="the compiled engine comes with the extra `fast`")
compiled = pytest.importorskip("pbc_sim.operations.kernel.compiled")
generator = pytest.importorskip("pbc_sim.operations.kernel.generator")
layout = pytest.importorskip("pbc_sim.operations.kernel.layout")
luck_module = pytest.importorskip("pbc_sim.operations.kernel.luck")
ordering = pytest.importorskip("pbc_sim.operations.kernel.ordering")
passing = pytest.importorskip("pbc_sim.operations.kernel.passing")
quantiles = pytest.importorskip("pbc_sim.operations.kernel.quantiles")
lots_of = pytest.importorskip("pbc_sim.operations.kernel.lots").lots_of
Twin = pytest.importorskip("pbc_sim.operations.kernel.twin").Twin

#: The largest number below 1, the smallest above 0 that is drawn, and what lies between.
LUCK = np.concatenate(([0.0, 2.0**-53, 1 - 2.0**-53, 0.5], np.linspace(0.001, 0.999, 997)))
ADDRESSES = st.tuples(*[st.integers(0, 2**32 - 1)] * 3)


# Streams ---------------------------------------------------------------------------------------


@settings(max_examples=50)
@given(seed=st.integers(0, 2**130), address=ADDRESSES)
def test_a_stream_has_numpys_numbers(seed, address):
    first, other = np.full(300, np.nan), (*address[:2], 7)
    streams = np.array([state_of(seed, *address), state_of(seed, *other)])

    generator.fill_streams(streams, np.array([0, 200]), np.array([190, 300]), first)

    assert np.array_equal(first[:190], generator_at(seed, *address).random(190))
    assert np.isnan(first[190:200]).all()
    assert np.array_equal(first[200:], generator_at(seed, *other).random(100))


@pytest.fixture(scope="module")
def ahead():
    @compiled.njit(**compiled.FLAGS)
    def fill(stream, first, values):
        generator.fill_from(stream, first, values)

    return fill


@settings(max_examples=50)
@given(seed=st.integers(0, 2**64), address=ADDRESSES, first=st.integers(0, 5000))
def test_a_stream_goes_on_from_any_of_its_numbers(ahead, seed, address, first):
    values = np.empty(9)

    ahead(state_of(seed, *address), first, values)

    assert np.array_equal(values, generator_at(seed, *address).random(first + 9)[first:])


@pytest.mark.parametrize("entities", [0, 1, 16, 17, 40])
@pytest.mark.parametrize("replication", [0, 31, 32, 2**32 + 1])
def test_states_of_many_entities_are_those_of_each(entities, replication):
    states = states_of(3, replication, Purpose.LINE, entities)

    each = [state_of(3, replication, Purpose.LINE, entity) for entity in range(entities)]
    assert states.shape == (entities, 4)
    assert np.array_equal(states, np.array(each, dtype=np.uint64).reshape(entities, 4))


# Laws ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def read():
    @compiled.njit(**compiled.FLAGS)
    def counts(laws, number, luck):
        known = passing.reference(laws)
        return [quantiles.count_of(known, number, each) for each in luck]

    @compiled.njit(**compiled.FLAGS)
    def values(laws, number, luck):
        known = passing.reference(laws)
        return [quantiles.value_of(known, number, each) for each in luck]

    return counts, values


COUNTS = st.one_of(
    st.builds(Poisson, mean=st.sampled_from([0.1, 1.5, 40.0])),
    st.builds(Geometric, mean=st.sampled_from([1.0, 4.0, 500.0])),
    st.just(Constant(value=3)),
    st.just(Discrete(chances={0: 0.25, 2: 0.0, 5: 0.75})),
    st.just(Discrete(chances={1: 0.0, 2: 1.0})),
)


@settings(max_examples=30)
@given(laws=st.lists(COUNTS, min_size=1, max_size=4))
def test_counts_are_those_of_the_tables(read, laws):
    tables = Counts(laws)
    guided = quantiles.count_tables_of(tables)
    # At the edges themselves, too.
    luck = np.concatenate((LUCK, (tables.edges % 1)[tables.edges % 1 < 1]))
    for number in range(len(laws)):
        expected = tables.of(luck, np.full(len(luck), number))
        assert read[0](guided, number, luck) == expected.tolist()


def test_a_law_with_too_many_values_has_no_tables():
    assert quantiles.count_tables_of(Counts([Geometric(mean=1e6)])) is None


def test_values_are_those_of_the_tables(read):
    laws = Quantiles([Gamma(mean=2.0, cv=0.5), Constant(value=4.5), Exponential(mean=1.0)])
    tables = quantiles.tables_of(laws)

    for number in range(2):
        assert read[1](tables, number, LUCK) == laws.of(LUCK, number).tolist()
    assert tables.begins[2] == quantiles.WORKED_OUT


# Orders and lots -------------------------------------------------------------------------------


def orders_alike(setting, seed, replication, drawn=None):
    """Compare the orders of a future, without disruptions."""
    drawn = drawn or ordering.Ordering()
    mine = drawn(setting, seed, replication, NO_SPELLS)
    for one, other in zip(mine, draw_orders(setting, seed, replication, NO_SPELLS), strict=True):
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        assert one.tobytes() == other.tobytes()


def test_orders_and_lots_of_all_scenarios_are_numpys(repository):
    for path in sorted(repository.glob("scenarios/*.yaml")):
        setting, drawn = pbc.load_scenario(path).setting, ordering.Ordering()
        for replication in range(40):
            orders_alike(setting, 2, replication, drawn)
        world = draw_world(setting, 2, 1)
        luck = luck_module.Luck(world)
        for purpose, lots in zip(
            (Purpose.LEAD_TIME, Purpose.LOT_QUALITY), world.lots.first(50), strict=True
        ):
            assert luck.of_lots(world, purpose, 50).tobytes() == lots.tobytes()


def test_only_orders_of_a_demand_that_swells_are_left_to_numpy(repository, monkeypatch):
    left = set()
    for path in sorted(repository.glob("scenarios/*.yaml")):
        setting, drawn = pbc.load_scenario(path).setting, ordering.Ordering()
        monkeypatch.setattr(ordering, "draw_orders", lambda *_, path=path: left.add(path.stem))
        for replication in range(5):
            drawn(setting, 1, replication, draw_world(setting, 1, replication).spells)

    assert left == {"harbour_strike"}


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(world=WORLDS, seed=st.integers(0, 10**6))
def test_orders_of_generated_worlds_are_numpys(world, seed):
    try:
        setting = Setting.of(WorldTerms.model_validate(world))
    except PbcError:
        return
    orders_alike(setting, seed, seed % 7)


def test_units_that_order_more_than_expected_are_left_to_numpy(repository, monkeypatch):
    setting = pbc.load_scenario(repository / "scenarios/office_supplies.yaml").setting
    few = [4] * len(setting.unit_names)
    monkeypatch.setitem(setting.__dict__, "most_orders_of_units", few)

    orders_alike(setting, 1, 0)


def test_a_ledger_leaves_the_arrays_of_the_rules_as_they_were(repository):
    """They are of one type, before and after, or all rules would be compiled once more."""
    scenario = pbc.load_scenario(repository / "scenarios/office_supplies.yaml")
    plan, world = scenario.plans["checked"], draw_world(scenario.setting, 1, 0, ordering.Ordering())
    twin = Twin(scenario.setting, plan)
    run = twin.run(world)
    ledger = twin.ledger(run)

    arrays = [value for value in twin.lay_out(world) if isinstance(value, np.ndarray)]
    assert not ledger.orders.placed.flags.writeable
    assert all(array.flags.writeable and array.flags.c_contiguous for array in arrays)


def test_no_two_arrays_that_rules_are_handed_share_memory(repository):
    """The rules are compiled as if none did."""
    for name in ("office_supplies", "harbour_strike"):
        scenario = pbc.load_scenario(repository / f"scenarios/{name}.yaml")
        for plan in scenario.plans.values():
            run = Twin(scenario.setting, plan).run(draw_world(scenario.setting, 1, 0))
            arrays = [each for each in (*run.given, *run.work) if isinstance(each, np.ndarray)]
            shared = [
                (one.shape, other.shape)
                for one, other in itertools.combinations(arrays, 2)
                if np.may_share_memory(one, other)
            ]
            assert not shared


def test_threads_may_share_what_draws_orders(repository):
    drawn = ordering.Ordering()
    settings_of = [
        pbc.load_scenario(repository / f"scenarios/{name}.yaml").setting
        for name in ("office_supplies", "pilot_office")
    ]

    def draw(n):
        return drawn(settings_of[n % 2], 1, n, NO_SPELLS)

    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(2) as pool:
            together = list(pool.map(draw, range(2000)))
    finally:
        sys.setswitchinterval(usual)

    for n, orders in enumerate(together):
        assert orders.order_time.tobytes() == draw(n).order_time.tobytes()


# Deliveries ------------------------------------------------------------------------------------


def much_goes_wrong(**transport):
    """Return a setting and a plan of which lines take many deliveries, and small lots."""
    terms = {
        "horizon": {"days": 60},
        "calendar": {"always_open": True},
        "demand": {"units": {"unit": {"orders_per_business_day": 3}}},
        "items": {"item": {"price": 10, "cost": 6, "quantity": 9}},
        "supply": {"lead_time": 2, "lot_quality": 0.3},
        "picking": {"error_share": 0.4},
        "receipt": {"inspection_share": 0.5},
        "transport": {"time": {"gamma": {"mean": 0.5, "cv": 0.5}}} | transport,
    }
    plan = {"policy": {"base_stock": {"level": 40}}}
    setting = Setting.of(WorldTerms.model_validate(terms))
    return setting, SupplierPlan.model_validate(plan)


def run_and_compare(setting, plan, later=None):
    """Run a future on both models, compare them, and return what the compiled rules left."""
    twin, world = Twin(setting, plan), draw_world(setting, 1, 0)
    twin.later = twin.later if later is None else later
    run = twin.run(world)
    same(simulate(draw_world(setting, 1, 0), plan), twin.ledger(run))
    return run


@pytest.mark.parametrize("later", [None, 1, 3])
def test_the_luck_of_later_deliveries_is_found_where_it_is_needed(later):
    run = run_and_compare(*much_goes_wrong(), later)

    assert run.given.laid_out == 2
    assert run.work.counts[layout.LATER_DELIVERIES] > 100
    assert 10 < run.work.counts[layout.MOST_DELIVERIES] <= 2 + len(run.given.later)


def test_the_luck_of_all_deliveries_is_laid_out_where_a_time_has_no_table():
    run = run_and_compare(*much_goes_wrong(time={"exponential": {"mean": 0.5}}))

    assert run.work.counts[layout.MOST_DELIVERIES] > 4
    assert run.given.laid_out >= run.work.counts[layout.MOST_DELIVERIES]
    assert run.work.counts[layout.LATER_DELIVERIES] == 0
