"""How far may deductions and bonuses go: caps, gate, ramp-in.

Lives here: the modifiers that hold amounts back, of one mechanism, of a group or of all of them.
May not live here: a mechanism.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.contract.block import Block, column
from pbc_sim.inputs import Count, Level, Listed, Name, PositiveMoney, Share, Written
from pbc_sim.language import translated as _
from pbc_sim.performance.words import Words

__all__ = ["Cap", "Gate", "Limits", "RampIn", "capped", "gate_is_open", "held_back"]


class Cap(Written):
    """A most for deductions or bonuses: a share of something, or an amount; exactly one of them.

    Parameters
    ----------
    share : float
        Share of `of`. [1]
    of : {"period_charges", "contract_value"}, optional
        With a share: of each period's charges (where empty), or of the contract value over the
        whole term.
    amount : float
        Amount a `per`. [currency]
    per : {"period", "contract"}, optional
        With an amount: for each payment period (where empty), or for the whole term.
    """

    share: Share | None = None
    of: Literal["period_charges", "contract_value"] | None = None
    amount: PositiveMoney | None = None
    per: Literal["period", "contract"] | None = None

    @model_validator(mode="after")
    def _is_one_cap(self) -> Cap:
        if (self.share is None) == (self.amount is None):
            raise PydanticCustomError("cap", _("must give either share or amount, and not both"))
        stray = "per" if self.amount is None else "of"
        if getattr(self, stray) is not None:
            given = _("a share") if self.amount is None else _("an amount")
            text = _("{field} does not go with {given}; leave it out")
            raise PydanticCustomError("cap", text, {"field": stray, "given": given})
        return self

    @property
    def over_the_term(self) -> bool:
        """Whether the cap holds for the term as a whole."""
        return self.of == "contract_value" if self.amount is None else self.per == "contract"

    @classmethod
    def most(cls, caps: Sequence[Cap], block: Block) -> np.ndarray:
        """Return the most that many contracts' caps of one kind allow [currency]."""
        first = caps[0]
        if first.amount is not None:
            return column(caps, "amount")
        base = block.contract_value if first.of == "contract_value" else block.charges
        return column(caps, "share") * np.maximum(base, 0.0)

    def structure(self) -> tuple[Any, ...]:
        """Return the kind of cap, without its numbers."""
        return (self.amount is None, self.of, self.per)

    def clause(self, words: Words) -> str:
        """Say the most that is allowed, as part of a sentence."""
        if self.amount is not None:
            amount = words.money(self.amount)
            if self.over_the_term:
                return words.pick(
                    english=f"{amount} over the whole term",
                    indonesian=f"{amount} selama jangka waktu kontrak",
                )
            return words.pick(
                english=f"{amount} in each payment period",
                indonesian=f"{amount} pada setiap periode pembayaran",
            )
        share = words.share(self.share or 0.0)
        if self.over_the_term:
            return words.pick(
                english=f"{share} of the contract value over the whole term",
                indonesian=f"{share} dari nilai kontrak selama jangka waktu kontrak",
            )
        return words.pick(
            english=f"{share} of the charges of each payment period",
            indonesian=f"{share} dari tagihan setiap periode pembayaran",
        )


def _one_or_many(value: Any) -> Any:
    return [value] if isinstance(value, (Mapping, Cap)) else value


Caps = Annotated[
    tuple[Cap, ...],
    Listed,
    BeforeValidator(_one_or_many, json_schema_input_type=Cap | list[Cap]),
]


class Limits(Written):
    """Caps on deductions and on bonuses; each one cap or a list of them.

    They hold what a contract, a group of mechanisms, or a single mechanism takes away and adds.
    Write caps over the whole term for the contract: inside a cap of a period they are used up by
    what that one does not let through, so that worse work can be paid more.

    Parameters
    ----------
    deductions : tuple of Cap
        Most that all deductions together can take away.
    bonus : tuple of Cap
        Most that all bonuses together can add.
    """

    deductions: Caps = ()
    bonus: Caps = ()

    def structure(self) -> tuple[Any, ...]:
        """Return the kinds of caps, without their numbers."""
        return tuple(
            tuple(cap.structure() for cap in caps) for caps in (self.deductions, self.bonus)
        )

    @property
    def holds(self) -> bool:
        """Whether there is any cap."""
        return bool(self.deductions or self.bonus)

    def clause(self, words: Words) -> str:
        """Say in the language of the contract how far deductions and bonuses go."""
        most = words.listed(cap.clause(words) for cap in self.deductions)
        more = words.listed(cap.clause(words) for cap in self.bonus)
        return words.paragraph(
            words.pick(
                english=f"All deductions together do not exceed {most}.",
                indonesian=f"Jumlah seluruh pemotongan tidak melebihi {most}.",
            )
            if most
            else "",
            words.pick(
                english=f"All bonuses together do not exceed {more}.",
                indonesian=f"Jumlah seluruh bonus tidak melebihi {more}.",
            )
            if more
            else "",
        )


class Gate(Written):
    """No bonus in a period in which a KPI is worse than a level: ``{accuracy: 0.98}``.

    Parameters
    ----------
    no_bonus_below : mapping of str to float
        KPI of the contract: its level, in the KPI's unit. [as the KPI]
    """

    no_bonus_below: Annotated[Mapping[Name, Level], Field(min_length=1)]

    def clause(self, words: Words) -> str:
        """Say in the language of the contract when no bonus is paid."""
        gates = [
            words.pick(
                english=f"{words.kpi(name)} is {words.worse_than(name, level)}",
                indonesian=f"{words.kpi(name)} berada {words.worse_than(name, level)}",
            )
            for name, level in self.no_bonus_below.items()
        ]
        return words.pick(
            english=f"No bonus is paid for a payment period in which {' or '.join(gates)}.",
            indonesian=f"Tidak ada bonus untuk periode pembayaran ketika {' atau '.join(gates)}.",
        )


class RampIn(Written):
    """No incentive acts in the first payment periods of the term.

    Parameters
    ----------
    periods : int
        How many. [period]
    """

    periods: Count

    def clause(self, words: Words) -> str:
        """Say in the language of the contract from when on incentives act."""
        if not self.periods:
            return ""
        n = words.number(self.periods)
        english = "payment period" if self.periods == 1 else f"{n} payment periods"
        indonesian = "Periode pembayaran" if self.periods == 1 else f"{n} periode pembayaran"
        return words.pick(
            english=f"In the first {english} of the term KPIs are measured, but nothing is "
            "deducted and no bonus is paid.",
            indonesian=f"{indonesian} pertama adalah masa penyesuaian: KPI diukur, tetapi tidak "
            "ada pemotongan dan tidak ada bonus.",
        )


def capped(amounts: np.ndarray, caps: Sequence[Sequence[Cap]], block: Block) -> np.ndarray:
    """Return one-signed amounts per period, held within caps.

    Parameters
    ----------
    amounts : ndarray
        Sums of bonuses (>= 0) per period; deductions come with their sign turned. [currency]
    caps : sequence of sequences of Cap
        For each cap of the structure, that cap in every contract.
    """
    # First what a period allows, so that only what is due uses up what the term allows.
    for contracts_caps in sorted(caps, key=lambda some: some[0].over_the_term):
        most = Cap.most(contracts_caps, block)
        if contracts_caps[0].over_the_term:
            # What the earlier periods used up is no longer there for the later ones.
            so_far = np.cumsum(amounts, axis=-1)
            left = np.diff(np.minimum(so_far, most), axis=-1, prepend=0.0)
            amounts = np.where(so_far <= most, amounts, left)
        else:
            amounts = np.minimum(amounts, most)
    return amounts


def held_back(
    limits: Sequence[Limits], deducted: np.ndarray, added: np.ndarray, block: Block
) -> tuple[np.ndarray, np.ndarray]:
    """Return what limits take back of deductions (>= 0) and of bonuses (<= 0) [currency].

    Parameters
    ----------
    limits : sequence of Limits
        The limits of each contract, all of one structure.
    deducted, added : ndarray
        Sums of what is deducted and of what is added per period, both >= 0. [currency]
    """
    most_deducted = capped(deducted, list(zip(*(x.deductions for x in limits), strict=True)), block)
    most_added = capped(added, list(zip(*(x.bonus for x in limits), strict=True)), block)
    return deducted - most_deducted, most_added - added


def gate_is_open(gates: Sequence[Gate], block: Block) -> np.ndarray:
    """Tell in which periods no gating KPI is worse than its level (NaN: not reviewed, open)."""
    is_open = np.array(True)
    for kpi in gates[0].no_bonus_below:
        reading = block.readings[kpi]
        level = np.array([gate.no_bonus_below[kpi] for gate in gates])[:, None, None, None]
        worse = reading.value < level if reading.higher_is_better else reading.value > level
        is_open = is_open & ~worse
    return is_open
