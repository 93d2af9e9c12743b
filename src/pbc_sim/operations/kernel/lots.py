"""How long do lots take, and how good are they: the rules of `world/lots.py`, compiled.

Lives here: lead times and defective shares of each account's first lots. May not live here: laws,
streams.
"""

from __future__ import annotations

import numpy as np

from pbc_sim.operations.kernel.compiled import entry
from pbc_sim.operations.kernel.generator import fill_streams
from pbc_sim.operations.kernel.passing import reference
from pbc_sim.operations.kernel.quantiles import WORKED_OUT, Tables, tables_of, value_of
from pbc_sim.world.setting import Setting

__all__ = ["lots_of"]


def lots_of(setting: Setting, streams: np.ndarray, size: int) -> np.ndarray:
    """Return lead times [day] and defective shares [1], shape (2, n_accounts, size)."""
    accounts = np.arange(len(streams))
    luck = np.empty((len(streams), size, 2))
    begins = accounts * size * 2
    fill_streams(streams, begins, begins + size * 2, luck.reshape(-1))
    laws = tables_of(setting.lots)
    if WORKED_OUT in laws.begins:
        which = np.stack((accounts, accounts + len(accounts)))[:, :, None]
        return setting.lots.of(luck.transpose(2, 0, 1), which)
    return values_of(laws, luck)


@entry
def values_of(laws: Tables, luck: np.ndarray) -> np.ndarray:
    """Return what the luck of lots means, shape (2, n_accounts, n_lots); the luck is read."""
    accounts, lots, kinds = luck.shape
    values = np.empty((kinds, accounts, lots))
    for kind in range(kinds):
        for account in range(accounts):
            of_account, law = luck[account], kind * accounts + account
            for lot in range(lots):
                value = value_of(reference(laws), law, of_account[lot, kind])
                values[kind, account, lot] = value
    return values
