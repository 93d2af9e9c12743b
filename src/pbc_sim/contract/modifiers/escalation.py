"""What does a repeated breach cost: deductions that grow with each review missed in a row.

Lives here: the escalation of a mechanism. May not live here: the mechanism.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.contract.block import column
from pbc_sim.inputs import Written, number
from pbc_sim.language import translated as _
from pbc_sim.performance.words import Words

__all__ = ["Escalation"]


class Escalation(Written):
    """Deductions, or points, grow with each review of a KPI that is missed in a row.

    At the k-th review missed in a row they are multiplied by factor^(k-1), or by 1 + step x (k-1),
    and by `up_to` at most. A review that is met begins anew; reviews in the ramp-in do not count.

    Parameters
    ----------
    factor : float, optional
        What each further miss multiplies by; exactly one of factor and step. [1]
    step : float, optional
        What each further miss adds. [1]
    up_to : float, optional
        Most that it multiplies by; without bound where empty. [1]

    Notes
    -----
    Source: ratchet of service failure points in PFI contracts (HM Treasury, Standardisation of PF2
    Contracts, 2012, chapter 10: repeated failures).

    Examples
    --------
    >>> [Escalation(factor=2, up_to=6).times(misses) for misses in (1, 2, 3, 4)]
    [1.0, 2.0, 4.0, 6.0]
    """

    factor: Annotated[float, number("1", gt=1, le=1000)] | None = None
    step: Annotated[float, number("1", gt=0, le=1000)] | None = None
    up_to: Annotated[float, number("1", ge=1, le=1e6)] | None = None

    @model_validator(mode="after")
    def _grows_in_one_way(self) -> Escalation:
        if (self.factor is None) == (self.step is None):
            text = _("must give either factor or step, and not both")
            raise PydanticCustomError("escalation", text)
        return self

    def structure(self) -> tuple[Any, ...]:
        """Return the kind of growth, without its numbers."""
        return (self.factor is None,)

    def times(self, misses: int) -> float:
        """Return what the deduction at the k-th review missed in a row is multiplied by [1]."""
        return float(self.multiplier([self], np.full((1, 1, 1, 1), misses))[0, 0, 0, 0])

    @classmethod
    def multiplier(cls, clauses: Sequence[Escalation], misses: np.ndarray) -> np.ndarray:
        """Return what deductions are multiplied by, from the misses in a row [1]."""
        further = np.maximum(misses - 1, 0)
        up_to = column(clauses, "up_to", missing=np.inf)
        if clauses[0].factor is None:
            return np.minimum(1.0 + column(clauses, "step") * further, up_to)
        # Further misses than these reach any `up_to`, and more would overflow.
        return np.minimum(column(clauses, "factor") ** np.minimum(further, 200), up_to)

    def clause(self, words: Words) -> str:
        """Say in the language of the contract how repeated breaches cost more."""
        if self.factor is not None:
            by = words.number(self.factor)
            grows = words.pick(
                english=f"With each further review missed in a row they are multiplied by {by}",
                indonesian=f"Pada setiap kegagalan berikutnya secara berturut-turut, jumlahnya "
                f"dikalikan {by}",
            )
        else:
            by = words.share(self.step or 0.0)
            grows = words.pick(
                english=f"With each further review missed in a row they grow by {by}",
                indonesian=f"Pada setiap kegagalan berikutnya secara berturut-turut, jumlahnya "
                f"bertambah {by}",
            )
        if self.up_to is None:
            return f"{grows}."
        most = words.number(self.up_to)
        return words.pick(
            english=f"{grows}, to {most} times at most.",
            indonesian=f"{grows}, paling banyak {most} kali lipat.",
        )
