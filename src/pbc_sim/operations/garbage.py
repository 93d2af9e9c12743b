"""When does Python not look for cycles of garbage?

Lives here: the one place where that search is switched off. May not live here: what runs
meanwhile.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["unsearched"]


@contextmanager
def unsearched() -> Iterator[None]:
    """Let no search for cycles begin meanwhile, where much is made that needs none.

    Examples
    --------
    >>> before = gc.isenabled()
    >>> with unsearched():
    ...     gc.isenabled()
    False
    >>> gc.isenabled() == before
    True
    """
    searches = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searches:
            gc.enable()
