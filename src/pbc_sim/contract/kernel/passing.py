"""How do the rules hand terms, numbers and room to each other?

Lives here: references to them, which compiled rules pass as one pointer. May not live here: rules.
"""

from __future__ import annotations

from pbc_sim.contract.kernel.layout import Numbers, Terms, Work
from pbc_sim.operations.kernel.passing import Kind, Reference, define, kind

__all__ = ["NumbersByReference", "TermsByReference", "WorkByReference"]


@kind
class _TermsKind(Kind):
    """The compiler's type of a reference to `Terms`."""


@kind
class _NumbersKind(Kind):
    """The compiler's type of a reference to `Numbers`."""


@kind
class _WorkKind(Kind):
    """The compiler's type of a reference to `Work`."""


class TermsByReference(Reference):
    """What a rule gets as `terms`."""


class NumbersByReference(Reference):
    """What a rule gets as `numbers`."""


class WorkByReference(Reference):
    """What a rule gets as `room`."""


define(TermsByReference, _TermsKind, Terms)
define(NumbersByReference, _NumbersKind, Numbers)
define(WorkByReference, _WorkKind, Work)
