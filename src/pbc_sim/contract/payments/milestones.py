"""What is paid for targets: shares of the contract value as milestones.

Lives here: the scheme that pays a contract value in tranches. May not live here: fees, incentives.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.contract.block import Block, column
from pbc_sim.contract.payments.scheme import PAYMENTS, Payment
from pbc_sim.figures import money, share_in_full
from pbc_sim.inputs import Listed, PriceFactor, Share, Written
from pbc_sim.language import translated as _
from pbc_sim.performance.words import Words

__all__ = ["Milestone", "Milestones"]


class Milestone(Written):
    """A share of the contract value, and what it is paid for.

    Parameters
    ----------
    share : float
        Share of the contract value. [1]
    when : {"signing", "targets_met", "targets_exceeded"}
        At signing: with the first payment. Else in equal parts, one for each payment period in
        which a review ends, if every KPI reviewed meets its target, or its incentive level too.
    """

    share: Share
    when: Literal["signing", "targets_met", "targets_exceeded"]


@PAYMENTS.register("milestones")
class Milestones(Payment):
    """Shares of the contract value, at signing and as targets are met.

    Parameters
    ----------
    tranches : tuple of Milestone
        Shares that sum to 1.
    factor : float
        Contract value relative to the expected catalogue value, where no value is stated. [1]

    Notes
    -----
    Source: the 30 / 50 / 20 of the article that this project starts from (III.A).

    Examples
    --------
    >>> signing = Milestone(share=0.3, when="signing")
    >>> met = Milestone(share=0.7, when="targets_met")
    >>> round(Milestones(tranches=(signing, met)).on_targets_met, 12)
    0.7
    """

    tranches: Annotated[tuple[Milestone, ...], Listed, Field(min_length=1)]
    factor: PriceFactor = 1.0

    @model_validator(mode="after")
    def _sums_to_one(self) -> Milestones:
        total = sum(tranche.share for tranche in self.tranches)
        if abs(total - 1) > 1e-9:
            text = _("shares of the tranches must sum to 1, got {total}")
            raise PydanticCustomError("milestones", text, {"total": f"{total:g}"})
        return self

    def expected_value(self, at_catalogue: float, n_periods: int) -> float:
        return at_catalogue * self.factor

    @property
    def needs_kpis(self) -> bool:
        return self.at_signing < 1

    def _share(self, when: str) -> float:
        return sum(tranche.share for tranche in self.tranches if tranche.when == when)

    @property
    def at_signing(self) -> float:
        """Share paid with the first payment [1]."""
        return self._share("signing")

    @property
    def on_targets_met(self) -> float:
        """Share paid for met targets [1]."""
        return self._share("targets_met")

    @property
    def on_targets_exceeded(self) -> float:
        """Share paid for exceeded targets [1]."""
        return self._share("targets_exceeded")

    @classmethod
    def charges(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        first = np.arange(block.n_periods) == 0
        earned = (
            column(clauses, "on_targets_met") * block.all_met
            + column(clauses, "on_targets_exceeded") * block.all_exceeded
        ) * (block.judged / max(block.judged.sum(), 1))
        return block.contract_value * (column(clauses, "at_signing") * first + earned)

    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        parts = []
        if period == 0 and self.at_signing:
            parts.append(_("{part} at signing").format(part=share_in_full(self.at_signing)))
        for earned, part, met, missed in (
            (
                block.all_met,
                self.on_targets_met,
                _("{part} / {n} reviews (all targets met)"),
                _("{part} / {n} reviews (not earned: not all targets met)"),
            ),
            (
                block.all_exceeded,
                self.on_targets_exceeded,
                _("{part} / {n} reviews (all targets exceeded)"),
                _("{part} / {n} reviews (not earned: not all targets exceeded)"),
            ),
        ):
            if part and block.judged[period]:
                is_earned = np.broadcast_to(earned, block.charges.shape)[0, 0, 0, period]
                words = met if is_earned else missed
                parts.append(words.format(part=share_in_full(part), n=block.judged.sum()))
        value = money(float(block.contract_value[0, 0, 0, 0]), currency, exact=True)
        of_value = _("of the contract value {value}").format(value=value)
        return f"{of_value}: {'; '.join(parts)}"

    def clause(self, words: Words) -> str:
        said = {
            "signing": (
                "at signing, with the first payment",
                "saat penandatanganan, bersama pembayaran pertama",
            ),
            "targets_met": (
                (
                    "in equal parts, one for each payment period in which a review ends, if every "
                    "KPI reviewed then meets its target"
                ),
                (
                    "dalam bagian yang sama besar, satu untuk setiap periode pembayaran yang "
                    "memuat akhir evaluasi, apabila setiap KPI yang dievaluasi saat itu mencapai "
                    "targetnya"
                ),
            ),
            "targets_exceeded": (
                "in the same way, if every KPI reviewed then also reaches its incentive level",
                (
                    "dengan cara yang sama, apabila setiap KPI yang dievaluasi saat itu juga "
                    "mencapai tingkat insentifnya"
                ),
            ),
        }
        english = [f"{words.share(t.share)} {said[t.when][0]}" for t in self.tranches]
        indonesian = [f"{words.share(t.share)} {said[t.when][1]}" for t in self.tranches]
        factor = words.share(self.factor)
        value = words.pick(
            english=f"Where no contract value is stated, it is {factor} of the value at catalogue "
            "prices that is expected to be ordered over the term.",
            indonesian=f"Apabila nilai kontrak tidak dinyatakan, nilainya adalah {factor} dari "
            "perkiraan nilai pesanan menurut harga katalog selama jangka waktu kontrak.",
        )
        paid = words.pick(
            english=f"The contract value is paid in tranches: {'; '.join(english)}. A KPI without "
            "incentive level counts as reaching it when it meets its target.",
            indonesian=f"Nilai kontrak dibayarkan dalam termin: {'; '.join(indonesian)}. KPI tanpa "
            "tingkat insentif dianggap mencapainya apabila targetnya tercapai.",
        )
        return words.paragraph(paid, "" if self.factor == 1 else value)

    def worked(self, block: Block, period: int, words: Words) -> str:
        parts = [self.at_signing] if period == 0 and self.at_signing else []
        reviews = int(block.judged.sum())
        for earned, part in (
            (block.all_met, self.on_targets_met),
            (block.all_exceeded, self.on_targets_exceeded),
        ):
            is_earned = np.broadcast_to(earned, block.charges.shape)[0, 0, 0, period]
            if part and block.judged[period] and is_earned:
                parts.append(part / reviews)
        value = words.due(float(block.contract_value[0, 0, 0, 0]))
        shares = " + ".join(words.share(round(part, 6)) for part in parts) or words.share(0)
        return f"{value} × ({shares})"
