"""How long do lots take, and how good are they: the luck of all items' lots at all sources.

Lives here: lead times and defective shares as endless tables. May not live here: other luck
(`future.py`), what a plan orders (`operations/`).
Each item at each source, an account, has a stream of its own, of two uniform numbers a lot.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pbc_sim.world.quantiles import Quantiles

__all__ = ["Column", "LotTable"]


class LotTable:
    """What each account's lots have, in an endless table: lead time [day] and defective share [1].

    Parameters
    ----------
    generators : sequence of numpy.random.Generator
        The generator of each account's address, used by nobody else.
    laws : Quantiles
        The laws of lead times, then of defective shares, of all accounts.
    """

    def __init__(self, generators: Sequence[np.random.Generator], laws: Quantiles) -> None:
        self._generators, self._laws = generators, laws
        accounts = np.arange(len(generators))
        self._which = np.stack((accounts, accounts + len(generators)))[:, :, None]
        self._luck = np.empty((len(generators), 0, 2))
        self._values = np.empty((2, len(generators), 0))
        self._lists: list[list[list[float]]] = []

    def first(self, size: int) -> np.ndarray:
        """Return what the first lots have, shape (2, n_accounts, `size` or more)."""
        held = self._luck.shape[1]
        if held < size:
            luck = np.empty((len(self._generators), size, 2))
            luck[:, :held] = self._luck
            for generator, of_account in zip(self._generators, luck, strict=True):
                generator.random(out=of_account[held:])
            self._luck = luck
            self._values = self._laws.of(luck.transpose(2, 0, 1), self._which)
        return self._values

    def of(self, kind: int, account: int, lot: int) -> float:
        """Return what an account's lot has."""
        if not self._lists or lot >= len(self._lists[0][0]):
            # Lists answer single questions faster.
            self._lists = self.first(max(64, 2 * lot)).tolist()
        return self._lists[kind][account][lot]


class Column:
    """What one account's lots have of one kind, by their number."""

    def __init__(self, table: LotTable, kind: int, account: int) -> None:
        self._table, self._kind, self._account = table, kind, account

    def __getitem__(self, lot: int) -> float:
        return self._table.of(self._kind, self._account, lot)
