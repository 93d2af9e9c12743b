"""When does a contract end early: termination after too many breaches or demerit points.

Lives here: the clause, and the payment period in which it is triggered. May not live here: what
either party loses beyond the agreed amount.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.contract.block import Block, column
from pbc_sim.contract.streaks import reaches, streak, within_window
from pbc_sim.figures import count
from pbc_sim.inputs import Listed, Name, PositiveCount, PositiveMoney, Written, number
from pbc_sim.language import translated as _
from pbc_sim.performance.words import Words

__all__ = ["Termination"]


class Termination(Written):
    """The buyer ends the contract after so many breaches, or at so many demerit points.

    A breach is a payment period in which a KPI misses its target. The contract ends with the
    period of the last of them, or in which the balance of points is reached, whichever comes first:
    what was delivered until then is priced, and from then on the buyer pays nothing and gets
    nothing. Both parties' own costs are those up to that day, the supplier's stock at its closing
    worth; what replaces the contract is not modelled. What happens in the ramp-in does not count.

    Parameters
    ----------
    breaches : int, optional
        How many breaches end the contract, in a row or within a window. [period]
    points : float, optional
        Balance of the contract's demerit points, of all such mechanisms together, that ends it; at
        least one of the two must be given. [point]
    within : int, optional
        Payment periods in which they must fall; in a row, of periods with a review, where empty.
        [period]
    kpis : tuple of str
        KPIs of the contract whose breaches count; all where empty.
    supplier_pays : float
        Paid by the supplier to the buyer in the last period, as for buying elsewhere. [currency]

    Notes
    -----
    Source: UK Ministry of Defence, Joint Services Command and Staff College (National Audit
    Office): three consecutive months, or 16 notices in 12 months. By points: HM Treasury,
    Standardisation of PF2 Contracts (2012).

    Examples
    --------
    >>> str(Termination(breaches=3)), str(Termination(points=40))
    ('3 breaches in a row', '40 demerit points')
    """

    breaches: PositiveCount | None = None
    points: Annotated[float, number("point", gt=0, le=1e9)] | None = None
    within: PositiveCount | None = None
    kpis: Annotated[tuple[Name, ...], Listed, Field(max_length=100)] = ()
    supplier_pays: PositiveMoney = 0.0

    @model_validator(mode="after")
    def _can_happen(self) -> Termination:
        if self.breaches is None and self.points is None:
            raise PydanticCustomError("termination", _("must give breaches or points; add one"))
        if self.breaches is None and (self.within is not None or self.kpis):
            field = "kpis" if self.within is None else "within"
            text = _("{field} is of breaches, and none are given; add breaches, or leave it out")
            raise PydanticCustomError("termination", text, {"field": field})
        if self.within is not None and self.within < (self.breaches or 0):
            text = _("{breaches} breaches cannot fall within {within} periods; widen within")
            shown = {"breaches": self.breaches, "within": self.within, "field": "within"}
            raise PydanticCustomError("termination", text, shown)
        return self

    @property
    def needs_kpis(self) -> bool:
        """Whether it means nothing in a contract without KPIs, as breaches do."""
        return self.breaches is not None

    def structure(self) -> tuple[Any, ...]:
        """Return what must be equal for contracts to be priced as one array: all but numbers."""
        return (self.within, self.kpis, self.breaches is None, self.points is None)

    @classmethod
    def alive(
        cls, clauses: Sequence[Termination], block: Block, balance: np.ndarray | None
    ) -> np.ndarray:
        """Tell in which periods the contracts run.

        Parameters
        ----------
        clauses : sequence of Termination
            The clause of each contract, all of one structure.
        block : Block
            What was read; `block.acts` says where breaches count.
        balance : ndarray, optional
            Balance of the contracts' demerit points per period, where the clauses go by it. [point]
        """
        first, over = clauses[0], np.zeros((1, 1, 1, block.n_periods), dtype=bool)
        if first.breaches is not None:
            over = over | cls._breached(clauses, block)
        if balance is not None:
            over = over | reaches(balance, column(clauses, "points"))
        over = np.maximum.accumulate(over, axis=-1)
        # With the last period the contract ends anyway.
        return np.concatenate([np.ones_like(over[..., :1]), ~over[..., :-1]], axis=-1)

    @classmethod
    def _breached(cls, clauses: Sequence[Termination], block: Block) -> np.ndarray:
        """Tell in which periods there have been too many breaches."""
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
        return found >= column(clauses, "breaches")

    @classmethod
    def amounts(cls, clauses: Sequence[Termination], block: Block) -> np.ndarray:
        """Return what the supplier pays in the period that a termination ends, <= 0 [currency]."""
        ended_early = block.last & ~block.alive[..., -1:]
        return np.where(ended_early, 0.0 - column(clauses, "supplier_pays"), 0.0)

    def __str__(self) -> str:
        causes = []
        if self.breaches is not None and self.within is None:
            causes.append(_("{n} breaches in a row").format(n=self.breaches))
        elif self.breaches is not None:
            words = _("{n} breaches within {periods} periods")
            causes.append(words.format(n=self.breaches, periods=self.within))
        if self.points is not None:
            causes.append(_("{n} demerit points").format(n=count(self.points)))
        return f" {_('or')} ".join(causes)

    def clause(self, words: Words) -> str:
        """Say in the language of the contract when it ends early."""
        english, indonesian = zip(*self._conditions_said(words), strict=True)
        ends = words.pick(
            english=f"If {' or if '.join(english)}, the Buyer ends the contract with that payment "
            "period. What was delivered until then is paid; after that nothing is owed.",
            indonesian=f"Apabila {' atau apabila '.join(indonesian)}, Pengguna Barang mengakhiri "
            "kontrak pada akhir periode pembayaran itu. Yang diserahkan sampai saat itu dibayar; "
            "setelahnya tidak ada kewajiban lagi.",
        )
        amount = words.money(self.supplier_pays)
        damages = words.pick(
            english=f"The Supplier then pays the Buyer {amount}.",
            indonesian=f"Penyedia kemudian membayar {amount} kepada Pengguna Barang.",
        )
        return words.paragraph(ends, damages if self.supplier_pays else "")

    def _conditions_said(self, words: Words) -> Iterator[tuple[str, str]]:
        """Yield what ends the contract, in English and in Indonesian."""
        if self.breaches is not None:
            breaches = words.counted(self.breaches, "payment period", "periode pembayaran")
            which = words.listed(words.kpi(name) for name in self.kpis)
            span = ("in a row", "berturut-turut")
            if self.within is not None:
                window = words.counted(self.within, "payment period", "periode pembayaran")
                span = (f"within {window}", f"dalam {window}")
            yield (
                f"{which or 'a KPI'} misses its target in {breaches} {span[0]}",
                f"{which or 'suatu KPI'} tidak mencapai targetnya pada {breaches} {span[1]}",
            )
        if self.points is not None:
            yield (
                f"the balance of demerit points reaches {words.counted(self.points, 'point', '')}",
                f"saldo poin kinerja buruk mencapai {words.number(self.points)} poin",
            )
