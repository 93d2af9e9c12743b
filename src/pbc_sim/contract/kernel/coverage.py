"""Which contracts does the compiled settlement know?

Lives here: the parts of a contract that have a compiled rule. May not live here: numba, so that
the question can be asked where it is not installed.
"""

from __future__ import annotations

from collections.abc import Iterator

from pbc_sim.contract.kernel.layout import MECHANISMS, PAYMENTS
from pbc_sim.contract.terms import Contract

__all__ = ["not_covered"]


def not_covered(contract: Contract) -> str | None:
    """Return the first part of a contract that only the array code settles; None if there is none.

    Examples
    --------
    >>> from pbc_sim.contract.payments import FixedFee
    >>> not_covered(Contract(title="a fee", payment=FixedFee(per_period=100)))
    >>> rebate = {"volume_rebate": {"tiers": {1000: 0.05}}}
    >>> terms = {"title": "a rebate", "adjustments": [rebate]}
    >>> not_covered(Contract.model_validate(terms))
    'adjustments'
    """
    return next(_parts(contract), None)


def _parts(contract: Contract) -> Iterator[str]:
    if not isinstance(contract.payment, PAYMENTS):
        yield "payment scheme"
    if contract.adjustments:
        yield "adjustments"
    if contract.termination is not None:
        yield "termination"
    for clause in contract.kpis.values():
        if (
            clause.ratchet is not None
            or clause.drop_after is not None
            or clause.aggregate is not None
        ):
            yield "a target that is revised, or reviews that end or are brought together"
    for incentive in contract.incentives:
        if not isinstance(incentive, MECHANISMS):
            yield "mechanism"
        if getattr(incentive, "earn_back", None) is not None:
            yield "earn-back"
        # Powers are rounded in one way by NumPy and in another by compiled code.
        if getattr(getattr(incentive, "escalation", None), "factor", None) is not None:
            yield "escalation by a factor"
