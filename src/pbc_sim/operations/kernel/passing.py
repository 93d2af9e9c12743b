"""How do the rules hand the arrays of a replication to each other?

Lives here: `Given` and `Work` as numba's references. May not live here: rules.
A named tuple is passed by value, all its arrays at every call, which makes compiling slow; a
reference is one pointer, and the rules read the same fields of it.
"""

from __future__ import annotations

from typing import Any

from numba.core import types
from numba.experimental import structref

from pbc_sim.operations.kernel.layout import Given, Work

__all__ = ["GivenByReference", "WorkByReference"]


@structref.register
class _GivenType(types.StructRef):
    """Numba's type of a reference to `Given`."""


@structref.register
class _WorkType(types.StructRef):
    """Numba's type of a reference to `Work`."""


class GivenByReference(structref.StructRefProxy):
    """What a rule gets as `given`."""


class WorkByReference(structref.StructRefProxy):
    """What a rule gets as `work`."""


define_proxy: Any = structref.define_proxy  # has no types
define_proxy(GivenByReference, _GivenType, list(Given._fields))
define_proxy(WorkByReference, _WorkType, list(Work._fields))
