"""How do the rules index the arrays of a replication: from the beginning, never from the end.

Lives here: numba's type of such an array. May not live here: rules.
NumPy reads an index below 0 from the end, so numba asks of every index whether it is below 0, which
took an eighth of the time of the operation's rules and a quarter of the scoring's. No rule has such
an index (`tests/operations/test_kernel_bounds.py` tries), so here an index of a signed type is
taken for one of an unsigned type, of which numba does not ask.
"""

from __future__ import annotations

import operator
from typing import Any

from numba.core import cgutils, types
from numba.core.datamodel import models
from numba.extending import lower_builtin, register_model
from numba.np import arrayobj

__all__ = ["Unwrapped"]

# They have no types, or such that a view of another type fits none of them.
Array: Any = types.Array
Tuple: Any = types.BaseTuple
as_model: Any = register_model
as_lowering: Any = lower_builtin
code: Any = cgutils
reading: Any = arrayobj


class Unwrapped(Array):  # type: ignore[misc]  # numba
    """An array, or a view of one, that is indexed from its beginning only."""

    def __init__(self, array: Any) -> None:
        super().__init__(
            array.dtype, array.ndim, array.layout, readonly=not array.mutable,
            name=f"Unwrapped({array.name})", aligned=array.aligned,
        )  # fmt: skip

    def copy(self, *arguments: Any, **changes: Any) -> Unwrapped:
        """Return the type of a view of such an array, which is indexed likewise."""
        return Unwrapped(super().copy(*arguments, **changes))


as_model(Unwrapped)(models.ArrayModel)


def _from_beginning(context: Any, builder: Any, kind: Any, index: Any) -> tuple[Any, Any]:
    """Return type and value of an index whose whole numbers are unsigned."""
    if isinstance(kind, types.Integer):
        return types.uintp, context.cast(builder, index, kind, types.intp)
    if not isinstance(kind, Tuple):
        return kind, index
    parts = [
        _from_beginning(context, builder, of_part, part)
        for of_part, part in zip(kind.types, code.unpack_tuple(builder, index), strict=True)
    ]
    known = Tuple.from_types([of_part for of_part, _ in parts])
    return known, context.make_tuple(builder, known, [part for _, part in parts])


def _indexed(usual: Any) -> Any:
    """Return numba's own way to read or write, told of an unsigned index."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, kind, *value = signature.args
        known, index = _from_beginning(context, builder, kind, arguments[1])
        asked = signature.replace(args=(array, known, *value))
        return usual(context, builder, asked, (arguments[0], index, *arguments[2:]))

    return generate


as_lowering(operator.getitem, Unwrapped, types.Integer)(_indexed(reading.getitem_arraynd_intp))
as_lowering(operator.getitem, Unwrapped, types.BaseTuple)(_indexed(reading.getitem_array_tuple))
as_lowering(operator.setitem, Unwrapped, types.Any, types.Any)(_indexed(reading.setitem_array))
