"""When does a contract end early: termination after too many breaches.

Lives here: the clause, and the payment period in which it is triggered. May not live here: what
either party loses beyond the agreed amount.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.contract.block import Block, column
from pbc_sim.contract.streaks import streak, within_window
from pbc_sim.inputs import Listed, Name, PositiveCount, PositiveMoney, Written
from pbc_sim.performance.words import Words

__all__ = ["Termination"]


class Termination(Written):
    """The buyer ends the contract after so many breaches, in a row or within a window.

    A breach is a payment period in which a KPI misses its target. The contract ends with the
    period of the last of them: what was delivered until then is priced, and from then on the buyer
    pays nothing and gets nothing. Both parties' own costs are those up to that day, the supplier's
    stock at its closing worth; what replaces the contract is not modelled. Breaches in the ramp-in
    do not count.

    Parameters
    ----------
    breaches : int
        How many breaches end the contract. [period]
    within : int, optional
        Payment periods in which they must fall; in a row, of periods with a review, where empty.
        [period]
    kpis : tuple of str
        KPIs of the contract that count; all where empty.
    supplier_pays : float
        Paid by the supplier to the buyer in the last period, as for buying elsewhere. [currency]

    Notes
    -----
    Source: UK Ministry of Defence, Joint Services Command and Staff College (National Audit
    Office): three consecutive months, or 16 notices in 12 months.

    Examples
    --------
    >>> Termination(breaches=3).within is None
    True
    """

    breaches: PositiveCount
    within: PositiveCount | None = None
    kpis: Annotated[tuple[Name, ...], Listed, Field(max_length=100)] = ()
    supplier_pays: PositiveMoney = 0.0

    @model_validator(mode="after")
    def _can_happen(self) -> Termination:
        if self.within is not None and self.within < self.breaches:
            text = "{breaches} breaches cannot fall within {within} periods; widen within"
            shown = {"breaches": self.breaches, "within": self.within, "field": "within"}
            raise PydanticCustomError("termination", text, shown)
        return self

    @property
    def needs_kpis(self) -> bool:
        """Whether it means nothing in a contract without KPIs: always."""
        return True

    def structure(self) -> tuple[Any, ...]:
        """Return what must be equal for contracts to be priced as one array: all but numbers."""
        return (self.within, self.kpis)

    @classmethod
    def alive(cls, clauses: Sequence[Termination], block: Block) -> np.ndarray:
        """Tell in which periods the contracts run; `block.acts` says where breaches count."""
        first = clauses[0]
        readings = [block.readings[name] for name in first.kpis or block.readings]
        missed, counts = np.array(False), np.array(False)
        for reading in readings:
            missed = missed | (reading.counts & ~reading.met)
            counts = counts | reading.counts
        missed, counts = missed & block.acts, counts & block.acts
        if first.within is None:
            found = streak(missed, counts)
        else:
            found = within_window(missed.astype(int), first.within)
        over = np.maximum.accumulate(found >= column(clauses, "breaches"), axis=-1)
        # With the last period the contract ends anyway.
        return np.concatenate([np.ones_like(over[..., :1]), ~over[..., :-1]], axis=-1)

    @classmethod
    def amounts(cls, clauses: Sequence[Termination], block: Block) -> np.ndarray:
        """Return what the supplier pays in the period that a termination ends, <= 0 [currency]."""
        ended_early = block.last & ~block.alive[..., -1:]
        return np.where(ended_early, 0.0 - column(clauses, "supplier_pays"), 0.0)

    def __str__(self) -> str:
        span = "in a row" if self.within is None else f"within {self.within} periods"
        return f"{self.breaches} breaches {span}"

    def clause(self, words: Words) -> str:
        """Say in the language of the contract when it ends early."""
        breaches = words.counted(self.breaches, "payment period", "periode pembayaran")
        which = words.listed(words.kpi(name) for name in self.kpis)
        if self.within is None:
            span = words.pick(english="in a row", indonesian="berturut-turut")
        else:
            window = words.counted(self.within, "payment period", "periode pembayaran")
            span = words.pick(english=f"within {window}", indonesian=f"dalam {window}")
        ends = words.pick(
            english=f"If {which or 'a KPI'} misses its target in {breaches} {span}, the Buyer ends "
            "the contract with the last of them. What was delivered until then is paid; after that "
            "nothing is owed.",
            indonesian=f"Apabila {which or 'suatu KPI'} tidak mencapai targetnya pada {breaches} "
            f"{span}, Pengguna Barang mengakhiri kontrak pada akhir periode terakhir itu. Yang "
            "diserahkan sampai saat itu dibayar; setelahnya tidak ada kewajiban lagi.",
        )
        amount = words.money(self.supplier_pays)
        damages = words.pick(
            english=f"The Supplier then pays the Buyer {amount}.",
            indonesian=f"Penyedia kemudian membayar {amount} kepada Pengguna Barang.",
        )
        return words.paragraph(ends, damages if self.supplier_pays else "")
