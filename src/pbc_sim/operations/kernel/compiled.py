"""How are the rules of this folder compiled?

Lives here: the only use of numba. May not live here: rules.
Every function is compiled in one way, since a function that is compiled in two may be taken from
the wrong cache (numba issue 6845), and without `fastmath`, which would reorder sums. Numba renews
the cache of a function when its own file changes and not when a file that it calls does: who works
on this folder removes its `__pycache__` (`make clean`); the tests keep caches by content.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

__all__ = ["compiled", "entry"]

Rule = TypeVar("Rule", bound=Callable[..., Any])

#: Without the GIL, so that threads run side by side; a division by zero is what NumPy makes of it.
FLAGS = {"nogil": True, "error_model": "numpy"}

# Some of its flags are missing from the types that numba states.
njit: Any = numba.njit


def compiled(rule: Rule) -> Rule:
    """Compile a rule that other rules call; Python cannot call it."""
    fast: Rule = njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, **FLAGS)(rule)
    return fast


def entry(rule: Rule) -> Rule:
    """Compile a rule that Python calls, with all that it calls, and keep it on disk."""
    fast: Rule = njit(cache=True, **FLAGS)(rule)
    return fast
