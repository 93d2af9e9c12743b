"""How do the rules hand the arrays of a replication to each other?

Lives here: `Given` and `Work` as numba's references. May not live here: rules.
A named tuple is passed by value, all its arrays at every call, which makes compiling slow; a
reference is one pointer, and the rules read the same fields of it. Numba counts the owners of an
array whenever it is read, which took much of the time of the rules; so what is read off a reference
has no owner that is known, and its caller owns it until the replication has ended.
"""

from __future__ import annotations

from typing import Any

from numba.core import cgutils, types
from numba.core.datamodel import models
from numba.core.typing import templates
from numba.extending import infer_getattr, intrinsic, lower_getattr_generic, register_model

from pbc_sim.operations.kernel.unwrapped import Unwrapped

__all__ = ["reference"]

# They have no types.
as_model: Any = register_model
as_attributes: Any = infer_getattr
as_reading: Any = lower_getattr_generic
code: Any = cgutils
AttributeTemplate: Any = templates.AttributeTemplate


class _Reference(types.Type):
    """Numba's type of a reference to a named tuple."""

    def __init__(self, known: Any) -> None:
        self.known = known
        super().__init__(name=f"Reference({known})")


@as_model(_Reference)
class _Pointer(models.PrimitiveModel):
    """A reference is a pointer."""

    def __init__(self, manager: Any, kind: _Reference) -> None:
        super().__init__(manager, kind, code.voidptr_t)  # type: ignore[no-untyped-call]  # numba


@as_attributes
class _Fields(AttributeTemplate):  # type: ignore[misc]  # numba has no types
    """A reference has the fields of its tuple."""

    key = _Reference

    def generic_resolve(self, kind: _Reference, name: str) -> Any:
        """Return the type of a field."""
        fields = kind.known.fields
        return _type_of(kind, fields.index(name)) if name in fields else None


def _type_of(kind: _Reference, place: int) -> Any:
    """Return the type of what is read off a field."""
    of_field = kind.known.types[place]
    return Unwrapped(of_field) if isinstance(of_field, types.Array) else of_field


@as_reading(_Reference)  # type: ignore[untyped-decorator]  # numba
def _read(context: Any, builder: Any, kind: _Reference, pointer: Any, name: str) -> Any:
    place = kind.known.fields.index(name)
    of_tuple = context.get_value_type(kind.known).as_pointer()
    field = code.gep_inbounds(builder, builder.bitcast(pointer, of_tuple), 0, place)
    value, of_field = builder.load(field), kind.known.types[place]
    if not isinstance(of_field, types.Array):
        return value
    array = code.create_struct_proxy(of_field)(context, builder, value=value)
    array.meminfo = code.get_null_value(array.meminfo.type)
    return array._getvalue()


def _reference(_context: Any, known: Any) -> Any:
    """Return a reference to a named tuple, which holds until the function that asks returns."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        kept = code.alloca_once_value(builder, arguments[0])
        return builder.bitcast(kept, code.voidptr_t)

    return _Reference(known)(known), generate


reference: Any = intrinsic(_reference)
