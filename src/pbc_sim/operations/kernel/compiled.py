"""How are the rules of this folder compiled?

Lives here: decorators, and where numba keeps what it compiled. May not live here: rules.
Every function is compiled in one way, since a function that is compiled in two may be taken from
the wrong cache (numba issue 6845), and without `fastmath`, which would reorder sums. Numba renews
what it keeps of a function when its own file changes and not when a file that it calls does, so
what is kept belongs to the content of all files that rules and their constants come from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.extending import overload

from pbc_sim.operations.kernel.inlining import Inner, for_all_constants, is_there

__all__ = ["compiled", "entry", "seldom"]

Rule = TypeVar("Rule", bound=Callable[..., Any])

#: Without the GIL, so that threads run side by side; a division by zero is what NumPy makes of it.
FLAGS = {"nogil": True, "error_model": "numpy"}
#: Of rules that Python cannot call.
INNER: Any = {
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "pipeline_class": Inner,
    **FLAGS,
}

# Some of its flags are missing from the types that numba states.
njit: Any = numba.njit
settings: Any = numba.config


def compiled(rule: Rule) -> Rule:
    """Compile a rule that other rules call; Python cannot call it."""
    fast: Rule = njit(**INNER)(rule)
    for_all_constants(fast)
    return fast


def entry(rule: Rule) -> Rule:
    """Compile a rule that Python calls, with all that it calls, and keep it on disk."""
    given = settings.CACHE_DIR
    folder = Path(rule.__code__.co_filename).parent
    settings.CACHE_DIR = str(Path(given or folder / "__pycache__") / _content(folder))
    try:
        # Where nobody may write there, numba keeps it in the folder of the user.
        fast: Rule = njit(cache=True, **FLAGS)(rule)
    finally:
        settings.CACHE_DIR = given
    return fast


@cache
def _content(folder: Path) -> str:
    """Return what changes with any file of the world, the operation or the rule's own folder."""
    operations = Path(__file__).parents[1]
    folders = (operations.parent / "world", operations, folder)
    files = sorted({path for of in folders for path in of.rglob("*.py")})
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


def seldom(otherwise: Any = None) -> Callable[[Rule], Rule]:
    """Compile a rule that few plans and worlds need only for those, where `Given.seldom` is set.

    Elsewhere it does nothing, but numba has to know the type of its result, of which
    `otherwise` is an example. So what few need makes compiling longer for them alone. There are
    two versions of the rules and not one for each set of features, of which there are many.
    """

    def absent(*_: Any) -> Any:
        return otherwise

    def decorate(rule: Rule) -> Rule:
        def choose(given: Any, *_: Any) -> Any:
            return rule if is_there(given, "seldom") else absent

        def stub(*_: Any) -> Any:
            raise NotImplementedError(rule.__name__)

        overload(stub, strict=False, jit_options=INNER)(choose)
        known: Any = stub
        return known

    return decorate
