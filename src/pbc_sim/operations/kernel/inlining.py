"""How does a rule become a part of the rules that call it?

Lives here: numba's way to compile a rule that other rules call. May not live here: rules.
Every rule stands in the place of its calls, down to the one that Python calls, and only that one
is optimised: numba would optimise each rule with all that it calls, and so every rule as often as
it has callers above it. A rule that is called with different constants is compiled once.
No two arrays that a rule is handed share memory, nor do they with the named tuples that it reads;
so what was read off a tuple need not be read again after something was written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba.core import compiler, types

__all__ = ["Inner", "for_all_constants", "is_there"]

#: Fields of what is given that are None where supply alone is simulated. Elsewhere there are so
#: many calls of calls that numba itself finds which to replace, or compiling would take minutes.
WHERE_THERE_IS_MORE = ("seldom", "of_a_site")

# They have no types.
Compiler: Any = compiler.Compiler
of_no_value: Any = types.unliteral
Tuple: Any = types.BaseTuple


class Inner(Compiler):  # type: ignore[misc]  # numba has no types
    """Numba's compiler, for a rule that is optimised as a part of others."""

    def compile_extra(self, rule: Callable[..., Any]) -> Any:
        """Compile a rule."""
        self.state.flags.noalias = True
        self.state.flags.forceinline = not any(map(_asks_for_more, self.state.args))
        library = self.state.targetctx.codegen().create_library(rule.__qualname__)
        library._optimize_final_module = lambda: None
        self.state.library = library
        return super().compile_extra(rule)


def _asks_for_more(kind: Any) -> bool:
    """Tell whether a type is that of a reference to what a site or rules compiled seldom read."""
    fields = kind.known.fields if hasattr(kind, "known") else ()
    return any(name in fields and is_there(kind, name) for name in WHERE_THERE_IS_MORE)


def is_there(kind: Any, name: str) -> bool:
    """Tell whether a field of what a reference of this type refers to is anything but None."""
    known = kind.known
    return not isinstance(known.types[known.fields.index(name)], types.NoneType)


def for_all_constants(rule: Any) -> None:
    """Let numba compile a rule for the types that it is called with, whatever their values."""
    usual = rule.get_call_template

    def without_values(arguments: Any, named: Any) -> Any:
        known = {name: _plain(kind) for name, kind in named.items()}
        return usual(tuple(map(_plain, arguments)), known)

    rule.get_call_template = without_values


def _plain(kind: Any) -> Any:
    """Return a type that says nothing of a value."""
    if isinstance(kind, types.UniTuple | types.Tuple):
        return Tuple.from_types([_plain(each) for each in kind])
    return of_no_value(kind)
