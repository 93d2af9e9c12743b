"""Which contracts and futures are settled in one call, and by which thread?

Lives here: portions of contracts and futures around the compiled rules. May not live here: rules,
the dataset of results (`contract/settlement.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from pbc_sim.contract.kernel.facts import Facts
from pbc_sim.contract.kernel.layout import Books, Span, Work, numbers_of, terms_of
from pbc_sim.contract.kernel.settling import settle_futures
from pbc_sim.contract.kernel.threads import in_threads
from pbc_sim.contract.terms import Contract
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.performance.scorecard import Scores

__all__ = ["Prepared", "prepare", "settle_all"]

#: Contracts x blocks of one portion: about a millisecond, so that threads end at the same time.
PORTION = 32


class Prepared(NamedTuple):
    """Contracts and futures laid out, ready to be settled.

    Parameters
    ----------
    portions : list of callable
        Settle a portion, and tell whether all its payments equal the sum of their lines.
    reviews : ndarray of shape (n_kpis,)
        Reviews that are held. [review]
    """

    portions: list[Callable[[], bool]]
    reviews: np.ndarray


def settle_all(
    into: Mapping[str, np.ndarray],
    where: tuple[Sequence[int], Sequence[int]],
    contracts: Sequence[Contract],
    scores: Scores,
    periods: ReviewPeriods,
    threads: int | None = None,
) -> bool:
    """Settle contracts of one structure in all futures.

    Parameters
    ----------
    into : mapping of str to ndarray
        The results of `settle`, which are written.
    where : tuple of sequences of int
        Where the contracts, and where their KPIs, stand in these arrays.
    contracts : sequence of Contract
        Contracts that differ only in numbers, and that the compiled rules cover.
    scores : Scores
        Plans and replications to settle on.
    periods : ReviewPeriods
        The payment periods.
    threads : int, optional
        All cores where empty.

    Returns
    -------
    bool
        Whether all payments equal the sum of their lines.
    """
    prepared = prepare(into, where, contracts, scores, periods)
    agree = all(in_threads(lambda portion: portion(), prepared.portions, threads))
    into["reviews"][np.ix_(*where)] = prepared.reviews
    if "present_values" in into and not contracts[0].term.discount_rate_per_year:
        into["present_values"][where[0]] = into["payments"][where[0]]
    return agree


def prepare(
    into: Mapping[str, np.ndarray],
    where: tuple[Sequence[int], Sequence[int]],
    contracts: Sequence[Contract],
    scores: Scores,
    periods: ReviewPeriods,
) -> Prepared:
    """Lay out contracts and futures as compiled rules read them; the arguments of `settle_all`."""
    first = contracts[0]
    facts = Facts.of(first, scores)
    terms = terms_of(first, scores, periods, facts.places)
    numbers = numbers_of(contracts, scores, terms)
    blocks, smallest = facts.blocks(first, scores)
    n_futures = len(scores.plans) * len(scores.replications)
    amounts = ("payments", "charges", "bonuses", "deductions", "reviews_met")
    books = Books(
        facts=blocks,
        smallest=smallest,
        present=_flat(into["present_values"], n_futures) if terms.discounts else np.empty((0, 0)),
        places=np.array(where[0], dtype=np.int64),
        kpi_places=np.array(where[1], dtype=np.int64),
        **{name: _flat(into[name], n_futures) for name in amounts},
    )

    def portion(span: Span) -> bool:
        return bool(settle_futures(terms, numbers, Work.of(terms), books, span))

    spans = _spans(len(contracts), len(blocks))
    return Prepared([partial(portion, span) for span in spans], terms.reviewed.sum(axis=1))


def _flat(array: np.ndarray, n_futures: int) -> np.ndarray:
    """Return a view with plans and replications along one axis."""
    return array.reshape(*array.shape[:-2], n_futures)


def _spans(n_contracts: int, n_blocks: int) -> list[Span]:
    """Return portions that together are all contracts in all blocks."""
    contracts = min(n_contracts, PORTION)
    blocks = max(1, PORTION // contracts)
    return [
        Span(c, min(c + contracts, n_contracts), b, min(b + blocks, n_blocks))
        for b in range(0, n_blocks, blocks)
        for c in range(0, n_contracts, contracts)
    ]
