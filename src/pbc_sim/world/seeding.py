"""How does an address become the state of a generator, for many addresses at once.

Lives here: NumPy's `SeedSequence`, as far as (replication, purpose, entity) needs it, in arrays.
May not live here: what is drawn, what the purposes are.
A study makes some hundred generators a replication, and asking `SeedSequence` for each of them
took longer than all that they draw. The numbers are its numbers, which a test compares. The hash
is O'Neill's (2015, "Developing a seed_seq alternative"), as NumPy has it.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.random.bit_generator import ISeedSequence

__all__ = ["Seeded", "state_of", "states_of"]

#: Addresses whose states are worked out together: so many replications, and so many of their last
#: numbers.
REPLICATIONS, ENTITIES = 32, 16
#: Blocks of which the states are kept.
KEPT = 512

POOL, STATE = 4, 8  # [32-bit word]
WORD = 32  # [bit]
#: What a number of an address is below as long as it is one word.
ONE_WORD = 2**WORD
SHIFT = np.uint32(16)
LEFT, RIGHT = np.uint32(0xCA01F9DD), np.uint32(0x4973F715)


def _powers(first: int, factor: int, count: int) -> np.ndarray:
    """Return the constants of the hash, each the last one times a factor."""
    return np.array([first * pow(factor, n, 2**WORD) % 2**WORD for n in range(count)], np.uint32)


OF_STATE = _powers(0x8B51F9DD, 0x58F38DED, STATE + 1)


class Seeded(ISeedSequence):
    """A seed sequence that has one answer, the state of one generator.

    Parameters
    ----------
    state : ndarray of uint64 of shape (4,)
        What `SeedSequence.generate_state` would say.
    """

    __slots__ = ("state",)

    def __init__(self, state: np.ndarray) -> None:
        self.state = state

    def generate_state(self, n_words: int, dtype: object = np.uint32) -> np.ndarray:
        """Return the state, whatever is asked; PCG64DXSM asks for just this."""
        del n_words, dtype
        return self.state


def state_of(seed: int, replication: int, purpose: int, entity: int, *more: int) -> np.ndarray:
    """Return the state of an address under a seed, shape (4,).

    An entity has one number, or several such as those of a machine and of one of its parts.

    Examples
    --------
    >>> sequence = np.random.SeedSequence(5, spawn_key=(3, 2, 1))
    >>> bool((state_of(5, 3, 2, 1) == sequence.generate_state(4, np.uint64)).all())
    True
    """
    address = (replication, purpose, entity, *more)
    if max(address) >= ONE_WORD:
        return np.random.SeedSequence(seed, spawn_key=address).generate_state(4, np.uint64)
    block, one = divmod(replication, REPLICATIONS)
    states = _states(seed, block, address[1:-1], address[-1] // ENTITIES)
    state: np.ndarray = states[one, address[-1] % ENTITIES]
    return state


def states_of(seed: int, replication: int, purpose: int, entities: int) -> np.ndarray:
    """Return the states of the first entities of a purpose, shape (entities, 4), as `state_of`."""
    if replication >= ONE_WORD:
        every = [state_of(seed, replication, purpose, entity) for entity in range(entities)]
        return np.array(every, dtype=np.uint64).reshape(entities, 4)
    block, one = divmod(replication, REPLICATIONS)
    blocks = range(max(-(-entities // ENTITIES), 1))
    of_blocks = [_states(seed, block, (purpose,), some)[one] for some in blocks]
    states = of_blocks[0] if len(of_blocks) == 1 else np.concatenate(of_blocks)
    return states[:entities]


@lru_cache(maxsize=KEPT)
def _states(seed: int, replications: int, before: tuple[int, ...], entities: int) -> np.ndarray:
    """Return the states of a block, whose addresses differ in replication and last number.

    Shape (REPLICATIONS, ENTITIES, 4).
    """
    pool = _pool(seed, replications)
    for n, word in enumerate(before):
        pool = _stirred(pool, np.array([word], dtype=np.uint32), _words(seed) + n)[:, 0]
    numbers = np.arange(entities * ENTITIES, (entities + 1) * ENTITIES, dtype=np.uint32)
    return _state(_stirred(pool, numbers, _words(seed) + len(before)))


@lru_cache(maxsize=KEPT)
def _pool(seed: int, replications: int) -> np.ndarray:
    """Return what NumPy makes of seed and replication, shape (REPLICATIONS, POOL)."""
    first = replications * REPLICATIONS
    of_each = [
        np.random.SeedSequence(seed, spawn_key=(replication,)).pool
        for replication in range(first, first + REPLICATIONS)
    ]
    return np.array(of_each)


def _words(seed: int) -> int:
    """Return how many words such a pool has stirred."""
    return max(POOL, -(-seed.bit_length() // WORD)) + 1


def _state(pool: np.ndarray) -> np.ndarray:
    """Return the state that a pool gives; the last axis is the pool's, or the state's."""
    state = np.concatenate((pool, pool), axis=-1) ^ OF_STATE[:-1]
    state *= OF_STATE[1:]
    state ^= state >> SHIFT
    return state.astype("<u4").view("<u8").astype(np.uint64)


def _stirred(pool: np.ndarray, word: np.ndarray, words: int) -> np.ndarray:
    """Stir one of several words into a pool that has stirred so many; the last axis is the pool."""
    # Every word is hashed once for each word of the pool; those of the pool, for all others too.
    hashed = POOL * words
    constants = _powers(0x43B0D7E5, 0x931E8875, hashed + POOL + 1)[hashed:]
    hashes = (word[:, None] ^ constants[:-1]) * constants[1:]
    hashes ^= hashes >> SHIFT
    mixed = LEFT * pool[..., None, :] - RIGHT * hashes
    mixed ^= mixed >> SHIFT
    return mixed
