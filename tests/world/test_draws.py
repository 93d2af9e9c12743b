"""Streams that belong to entities."""

import numpy as np
import pytest

from pbc_sim.world.draws import Purpose, Stream, generator_at
from pbc_sim.world.seeding import state_of


def stream(block=64, address=(3, Purpose.LEAD_TIME, 0)):
    return Stream(generator_at(1, *address), np.random.Generator.random, block)


def test_an_entity_has_the_same_luck_whoever_asks_first():
    forward, backward = stream(), stream()

    one_by_one = [forward[k] for k in range(300)]
    from_the_end = [backward[k] for k in reversed(range(300))]

    assert one_by_one == from_the_end[::-1]


@pytest.mark.parametrize("block", [1, 7, 64, 1000])
def test_blocks_change_nothing(block):
    assert np.array_equal(stream(block).first(500), stream().first(500))


def test_some_values_are_those_of_the_whole():
    whole = stream().first(400)

    assert np.array_equal(stream().between(120, 390), whole[120:390])
    assert stream()[399] == whole[399]


@pytest.mark.parametrize(
    "address", [(4, Purpose.LEAD_TIME, 0), (3, Purpose.LOT_QUALITY, 0), (3, Purpose.LEAD_TIME, 1)]
)
def test_another_address_is_other_luck(address):
    same, other = stream().first(1000), stream(address=address).first(1000)

    # Four standard errors of the correlation of independent draws.
    assert abs(np.corrcoef(same, other)[0, 1]) < 4 / np.sqrt(1000)


def test_purposes_keep_their_numbers():
    """The numbers are part of the format: stored studies were drawn with them."""
    first = ["ORDER_GAP", "LINES_PER_ORDER", "LINE_ITEM", "LINE_QUANTITY", "LEAD_TIME"]

    assert [Purpose(n).name for n in range(1, 6)] == first
    assert len({int(purpose) for purpose in Purpose}) == len(Purpose)


@pytest.mark.parametrize("seed", [0, 1, 20261124, 2**32, 2**127 + 5, 2**128 - 1, 2**130 + 3])
@pytest.mark.parametrize(
    "address",
    [
        (0, 0, 0),
        (7, 5, 31),
        (7, 5, 32),
        (2**31, 36, 1000),
        (3, 300, 2**32 - 1),
        (1, 50, 3, 2),
        (9, 12, 0, 33, 70),
        (2**31, 300, 2**32 - 1, 5, 0, 2**32 - 1),
    ],
)
def test_states_are_those_of_numpy(seed, address):
    numpys = np.random.SeedSequence(seed, spawn_key=address).generate_state(4, np.uint64)

    assert state_of(seed, *address).tolist() == numpys.tolist()


@pytest.mark.parametrize(
    "address", [(0,), (2, 3), (2, 3, 4), (2, 3, 4, 5), (2**32, 3, 4), (2, 2**40, 4), (2, 3, 2**64)]
)
def test_generators_are_those_of_numpy(address):
    sequence = np.random.SeedSequence(1, spawn_key=address)

    numpys = np.random.Generator(np.random.PCG64DXSM(sequence)).random(9)

    assert generator_at(1, *address).random(9).tolist() == numpys.tolist()
