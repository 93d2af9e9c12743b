"""Which things can be added one at a time, and how are they found by name.

Lives here: the one registry class. May not live here: entries; each entry registers itself in
its own module (`performance/kpis.py`, `contract/incentives/`, `operations/policies.py`, ...).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from pbc_sim.errors import PbcError, unknown_name

__all__ = ["Catalogue"]

T = TypeVar("T")
Entry = TypeVar("Entry")


class Catalogue(Mapping[str, T]):
    """Named entries of one kind, in the order in which they were registered.

    Parameters
    ----------
    kind : str
        What an entry is, as it reads in a message: "KPI", "incentive".

    Examples
    --------
    >>> colours = Catalogue("colour")
    >>> colours.register("blue")("#0072B2")
    '#0072B2'
    >>> colours.find("bleu")
    Traceback (most recent call last):
    pbc_sim.errors.PbcError: unknown colour 'bleu'; known: blue. Did you mean 'blue'?
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._entries: dict[str, T] = {}

    def register(self, name: str) -> Callable[[Entry], Entry]:
        """File an entry under a name and return it unchanged (a decorator)."""

        def file_entry(entry: Entry) -> Entry:
            if name in self._entries:
                raise PbcError(f"two {self.kind} entries are named '{name}'; rename one.")
            self._entries[name] = entry  # type: ignore[assignment]  # returned as it came
            return entry

        return file_entry

    def find(self, name: str) -> T:
        """Return the entry of that name; an unknown name is a `PbcError` with the nearest one."""
        if name not in self._entries:
            raise PbcError(unknown_name(self.kind, name, self._entries))
        return self._entries[name]

    def name_of(self, entry: object) -> str:
        """Return the name under which an entry, or the class of an object, was registered."""
        return next(name for name, e in self._entries.items() if e is entry or e is type(entry))

    def __getitem__(self, name: str) -> T:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)
