"""Which contracts and futures are settled in one call, so that memory stays bounded?

Lives here: batches of contracts and replications around the compiled rules. May not live here:
rules, the dataset of results (`contract/settlement.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from pbc_sim.contract.kernel.layout import BESIDE, Work, facts_of, numbers_of, terms_of
from pbc_sim.contract.kernel.settling import AMOUNTS, settle_futures
from pbc_sim.contract.terms import Contract
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.performance.scorecard import Scores

__all__ = ["Batch", "batches"]

#: Numbers in one array of facts, or of results; 16 MiB each.
MOST_NUMBERS = 2**21


class Batch(NamedTuple):
    """What some contracts of a structure pay in some replications of all plans.

    Parameters
    ----------
    contracts, replications : slice
        Which of those given.
    amounts : dict of str to ndarray of shape (n_contracts, n_plans, n_replications)
        Amounts over the term by the names of `AMOUNTS`. [currency]
    reviews_met : ndarray of shape (n_contracts, n_kpis, n_plans, n_replications)
        Reviews that met their targets. [review]
    reviews : ndarray of shape (n_kpis,)
        Reviews that are held. [review]
    """

    contracts: slice
    replications: slice
    amounts: dict[str, np.ndarray]
    reviews_met: np.ndarray
    reviews: np.ndarray


def batches(
    contracts: Sequence[Contract], scores: Scores, periods: ReviewPeriods
) -> Iterator[Batch]:
    """Settle contracts of one structure, some of them and some replications at a time.

    Parameters
    ----------
    contracts : sequence of Contract
        Contracts that differ only in numbers, and that the compiled rules cover.
    scores : Scores
        Plans and replications to settle on.
    periods : ReviewPeriods
        The payment periods.
    """
    first = contracts[0]
    facts = facts_of(first, scores)
    terms, numbers = terms_of(first, scores, periods, facts), numbers_of(contracts, scores)
    room, n_kpis = Work.of(terms), len(first.kpis)
    reviews = terms.reviewed.sum(axis=1)
    n_plans, n_replications = len(scores.plans), len(scores.replications)
    r_step = max(1, MOST_NUMBERS // (n_plans * max(facts.width, 1)))
    for r in range(0, n_replications, r_step):
        replications = slice(r, min(r + r_step, n_replications))
        shape = (n_plans, replications.stop - r)
        blocks = facts.blocks(replications, shape)
        c_step = max(1, MOST_NUMBERS // (len(blocks) * BESIDE * (len(AMOUNTS) + n_kpis)))
        for c in range(0, len(contracts), c_step):
            some = slice(c, min(c + c_step, len(contracts)))
            own = type(numbers)(*(np.ascontiguousarray(array[some]) for array in numbers))
            paid = np.empty((len(blocks), some.stop - c, len(AMOUNTS), BESIDE))
            met = np.empty((len(blocks), some.stop - c, n_kpis, BESIDE))
            settle_futures(blocks, terms, own, room, paid, met)
            of_each = _side_by_side(paid, shape)
            amounts = {name: of_each[:, n] for n, name in enumerate(AMOUNTS)}
            yield Batch(some, replications, amounts, _side_by_side(met, shape), reviews)


def _side_by_side(blocks: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return what stands in blocks of futures as (contract, thing, plan, replication)."""
    n_blocks, n_contracts, n_things, beside = blocks.shape
    in_row = blocks.transpose(1, 2, 0, 3).reshape(n_contracts, n_things, n_blocks * beside)
    return in_row[..., : shape[0] * shape[1]].reshape(n_contracts, n_things, *shape)
