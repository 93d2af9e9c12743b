"""Is the same work charged twice by the same words?

Lives here: the check `repeated`. May not live here: KPIs that fail together (`overlap.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

from pbc_sim.contract.incentives import INCENTIVES
from pbc_sim.contract.naming import mechanism_said
from pbc_sim.decision.checks.case import Case, Finding, check
from pbc_sim.language import translated as _

__all__ = ["repeated"]


@check
def repeated(case: Case) -> Iterator[Finding]:
    """Does the contract hold the same mechanism with the same terms twice?

    Groups and limits aside, since they do not change what is charged for.
    """
    seen: list[object] = []
    for n, incentive in enumerate(case.contract.incentives):
        alone = incentive.model_copy(update={"group": None, "limits": type(incentive.limits)()})
        if alone in seen:
            yield Finding(
                "repeated",
                "warning",
                f"incentives.{n}",
                _(
                    "'{clause}' stands here with the same terms as under {place}, so the same work "
                    "is paid or charged twice"
                ).format(
                    clause=mechanism_said(INCENTIVES.name_of(incentive)),
                    place=f"incentives.{seen.index(alone)}",
                ),
                _("leave one of them out, or double its amount to say that it is meant"),
            )
        seen.append(alone)
