"""How do the rules hand the arrays of a replication to each other?

Lives here: `Given` and `Work` as numba's references. May not live here: rules.
A named tuple is passed by value, all its arrays at every call, which makes compiling slow; a
reference is one pointer, and the rules read the same fields of it. Reading an array off a reference
counts one more owner of its memory, and one less a moment later, which took most of the time of the
rules; so the references borrow the arrays, which their caller owns until the replication has ended.
"""

from __future__ import annotations

from typing import Any

from numba.core import cgutils, types
from numba.experimental import structref
from numba.extending import intrinsic

from pbc_sim.operations.kernel.layout import Given, Work

__all__ = ["GivenByReference", "Kind", "Reference", "WorkByReference", "borrowed", "define", "kind"]

# They have no types.
define_proxy: Any = structref.define_proxy
struct_proxy: Any = cgutils.create_struct_proxy
null_value: Any = cgutils.get_null_value
Reference = structref.StructRefProxy
Kind = types.StructRef
kind = structref.register


def define(reference: type, of_kind: type, layout: Any) -> None:
    """Give a class of references the fields of a named tuple; its kind is numba's type of it."""
    define_proxy(reference, of_kind, list(layout._fields))


@kind
class _GivenKind(Kind):
    """Numba's type of a reference to `Given`."""


@kind
class _WorkKind(Kind):
    """Numba's type of a reference to `Work`."""


class GivenByReference(Reference):
    """What a rule gets as `given`."""


class WorkByReference(Reference):
    """What a rule gets as `work`."""


define(GivenByReference, _GivenKind, Given)
define(WorkByReference, _WorkKind, Work)


def _borrowed(_context: Any, arrays: Any) -> Any:
    """Return a tuple of the same arrays without their owners, which outlive what borrows them."""

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        (kept,) = arguments
        for n, kind in enumerate(arrays.types):
            if isinstance(kind, types.Array):
                array = struct_proxy(kind)(context, builder, value=builder.extract_value(kept, n))
                array.meminfo = null_value(array.meminfo.type)
                kept = builder.insert_value(kept, array._getvalue(), n)
        return kept

    return arrays(arrays), generate


borrowed: Any = intrinsic(_borrowed)
