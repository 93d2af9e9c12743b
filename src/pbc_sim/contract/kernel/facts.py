"""What do contracts read of futures, and how does it lie in memory?

Lives here: the facts of futures in blocks side by side, and keeping them with the scores that they
come from. May not live here: terms, rules.
Whatever the contracts say, a KPI's value is a quotient of facts; so it is worked out here, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from pbc_sim.contract.incentives import PerBreach
from pbc_sim.contract.kernel.layout import BESIDE
from pbc_sim.contract.reading import rolled
from pbc_sim.contract.terms import Contract
from pbc_sim.performance.measures import Measure
from pbc_sim.performance.scorecard import Scores

__all__ = ["Facts"]

#: Most that is kept with one set of scores. [byte]
MOST_KEPT = 2**28


class Facts(NamedTuple):
    """What contracts of one structure read: where it stands in a row, and where it comes from.

    Parameters
    ----------
    places : mapping of str or Measure to int
        Where a row holds values of a KPI, then sizes of the samples, then, where they are needed,
        divisors; or a total of each period.
    asked : tuple
        What is read: a measure, over how many reviews, and how many parts of it.
    width : int
        Numbers in a row.
    """

    places: Mapping[Any, int]
    asked: tuple[tuple[Measure, int, int], ...]
    width: int

    @classmethod
    def of(cls, contract: Contract, scores: Scores) -> Facts:
        """Return what a contract reads."""
        divided = {i.kpi for i in contract.incentives if isinstance(i, PerBreach)}
        places: dict[Any, int] = {}
        asked, at = [], 0
        for name, measure in contract.measured().items():
            n_parts = 3 if name in divided else 2
            places[name] = at
            asked.append((measure, contract.kpis[name].rolling, n_parts))
            at += n_parts * scores.measured[measure].shape[-1]
        for measure in contract.totals():
            places[measure] = at
            asked.append((measure, 1, 1))
            at += scores.measured[measure].shape[-1]
        return cls(places, tuple(asked), at)

    def blocks(self, contract: Contract, scores: Scores) -> tuple[np.ndarray, np.ndarray]:
        """Return futures in blocks side by side, as they were laid out before if they were.

        Parameters
        ----------
        contract : Contract
            One of those that read them.
        scores : Scores
            Where the facts are, and with which the blocks are kept.

        Returns
        -------
        blocks : ndarray of shape (n_blocks, n_numbers, BESIDE)
            Futures plan by plan; the last block is filled up with zeros.
        smallest : ndarray of shape (n_blocks, n_numbers)
            The smallest of each number in a block: most blocks have no sample that is too small.
        """
        kept = scores.derived
        if self.asked not in kept:
            blocks = self._laid_out(contract, scores)
            laid_out = blocks, blocks.min(axis=2)
            if blocks.nbytes > MOST_KEPT:
                return laid_out
            while sum(array.nbytes for array, _ in kept.values()) + blocks.nbytes > MOST_KEPT:
                del kept[next(iter(kept))]
            kept[self.asked] = laid_out
        return kept[self.asked]

    def _laid_out(self, contract: Contract, scores: Scores) -> np.ndarray:
        n_futures = len(scores.plans) * len(scores.replications)
        n_blocks = -(-n_futures // BESIDE)
        blocks = np.zeros((n_blocks, self.width, BESIDE))
        measured = contract.measured()
        clauses = {(measured[name], c.rolling): c for name, c in contract.kpis.items()}
        at = 0
        for measure, rolling, n_parts in self.asked:
            parts = scores.measured[measure]
            if n_parts > 1:
                parts = _judged_by(rolled(clauses[measure, rolling], parts))
            for part in parts[:n_parts]:
                n = part.shape[-1]
                _put(part.reshape(n_futures, n), blocks[:, at : at + n])
                at += n
        return blocks


def _judged_by(measured: np.ndarray) -> np.ndarray:
    """Return values, sizes of samples and divisors; nothing is a sample of less than none."""
    numerators, divisors, sizes = measured
    nothing = divisors == 0
    values = numerators / np.where(nothing, 1.0, divisors)
    return np.stack([values, np.where(nothing, -1.0, sizes), divisors])


def _put(futures: np.ndarray, into: np.ndarray) -> None:
    """Write one row a future into blocks in which futures lie side by side."""
    n_whole, n = len(futures) // BESIDE, futures.shape[1]
    whole = futures[: n_whole * BESIDE].reshape(n_whole, BESIDE, n)
    into[:n_whole] = whole.transpose(0, 2, 1)
    rest = futures[n_whole * BESIDE :]
    if len(rest):
        into[n_whole, :, : len(rest)] = rest.T
