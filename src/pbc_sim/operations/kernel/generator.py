"""Which numbers does a stream have: NumPy's generator, compiled, number for number.

Lives here: PCG64DXSM from its first state on, and how to go far ahead in it. May not live here:
addresses (`world/seeding.py`), laws.
NumPy's has to be made and asked in Python for each of some seventy streams a replication, which
took longer than what they drew. A test compares. (The generator: NumPy's documentation of
PCG64DXSM; far ahead: Brown, 1994, "Random number generation with arbitrary strides".) Numbers of
128 bits are pairs of 64 bits, the higher first.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba.core import types
from numba.extending import intrinsic

from pbc_sim.operations.kernel.compiled import compiled, entry

__all__ = ["begun", "fill_from", "fill_streams", "number_of", "stepped"]

Wide = tuple[Any, Any]

#: By what a state is multiplied, and by what when a generator begins.
FACTOR: Final = (np.uint64(0), np.uint64(0xDA942042E4DD58B5))
FIRST_FACTOR: Final = (np.uint64(0x2360ED051FC65DA4), np.uint64(0x4385DF649FCCF645))
NONE: Final = np.uint64(0)
ONE: Final = np.uint64(1)
LAST_BIT: Final = np.uint64(63)
SHIFTS: Final = (np.uint64(32), np.uint64(48), np.uint64(11))
#: What the last of 53 bits is worth.
GRAIN: Final = 2.0**-53


def _higher(_context: Any, _one: Any, _other: Any) -> Any:
    """Return the higher half of the product of two numbers of 64 bits."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        half = arguments[0].type
        whole = type(half)(2 * half.width)
        one, other = (builder.zext(argument, whole) for argument in arguments)
        product = builder.lshr(builder.mul(one, other), whole(half.width))
        return builder.trunc(product, half)

    return types.uint64(types.uint64, types.uint64), generate


higher: Any = intrinsic(_higher)


@compiled
def times(one: Wide, other: Wide) -> Wide:
    """Return the product of two numbers of 128 bits, of which the lower 128 bits are kept."""
    crossed = one[0] * other[1] + one[1] * other[0]
    return higher(one[1], other[1]) + crossed, one[1] * other[1]


@compiled
def plus(one: Wide, other: Wide) -> Wide:
    """Return the sum of two numbers of 128 bits, of which the lower 128 bits are kept."""
    low = one[1] + other[1]
    return one[0] + other[0] + np.uint64(low < one[1]), low


@compiled
def begun(words: Any) -> tuple[Wide, Wide]:
    """Return the first state of a stream from the words of its address, and what is added to it."""
    added = (words[2] << ONE) | (words[3] >> LAST_BIT), (words[3] << ONE) | ONE
    state = plus(added, (words[0], words[1]))
    return plus(times(state, FIRST_FACTOR), added), added


@compiled
def number_of(state: Wide) -> float:
    """Return the uniform number of a state [1]."""
    high = state[0]
    high ^= high >> SHIFTS[0]
    high *= FACTOR[1]
    high ^= high >> SHIFTS[1]
    high *= state[1] | ONE
    return np.int64(high >> SHIFTS[2]) * GRAIN


@compiled
def stepped(state: Wide, added: Wide) -> Wide:
    """Return the next state of a stream."""
    return plus(times(state, FACTOR), added)


@entry
def fill_streams(
    streams: np.ndarray, begins: np.ndarray, ends: np.ndarray, values: np.ndarray
) -> None:
    """Fill parts of an array, each with the first uniform numbers of its stream [1].

    Parameters
    ----------
    streams : ndarray of uint64 of shape (n, 4)
        What `world.seeding.state_of` says of each.
    begins, ends : ndarray of int of shape (n,)
        Where its part begins and ends.
    values : ndarray of float, one axis
        What is filled.
    """
    for n in range(len(streams)):
        state, added = begun(streams[n])
        fill(state, added, values, begins[n], ends[n])


@compiled
def fill_from(words: Any, first: int, values: Any) -> None:
    """Fill an array with the uniform numbers of a stream from the n-th on [1]."""
    state, added = begun(words)
    # What so many steps do is one product and one sum; the steps double.
    factor, further, left = FACTOR, added, np.uint64(first)
    while left > NONE:
        if left & ONE:
            state = plus(times(state, factor), further)
        further = plus(times(further, factor), further)
        factor = times(factor, factor)
        left >>= ONE
    fill(state, added, values, 0, len(values))


@compiled
def fill(state: Wide, added: Wide, values: Any, begin: int, end: int) -> None:
    """Fill a part of an array with the uniform numbers of a stream from a state on [1]."""
    for place in range(begin, end):
        values[place] = number_of(state)
        state = stepped(state, added)
