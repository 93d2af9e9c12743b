"""What is paid before incentives: the payment clause.

Lives here: one frozen class a payment scheme. May not live here: KPI incentives, caps.
To add a scheme: one class with `@PAYMENTS.register`; nothing else changes.
Amounts are positive where the buyer pays the supplier. [currency]
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.catalogue import Catalogue
from pbc_sim.contract.block import Block, column
from pbc_sim.errors import PbcError
from pbc_sim.figures import money, share
from pbc_sim.inputs import Factor, Listed, OneOf, PositiveMoney, Share, Written
from pbc_sim.performance.measures import Measure
from pbc_sim.performance.periods import Review
from pbc_sim.performance.words import Words

__all__ = ["PAYMENTS", "AnyPayment", "Payment"]


class Payment(Written):
    """A payment scheme."""

    @abstractmethod
    def expected_value(self, at_catalogue: float, n_periods: int) -> float:
        """Return what the contract is worth where no value is stated [currency].

        Parameters
        ----------
        at_catalogue : float
            Expected catalogue value of what is ordered over the term. [currency]
        n_periods : int
            Payment periods of the term.
        """

    @property
    def needs_kpis(self) -> bool:
        """Whether the scheme pays for targets, and so means nothing without a KPI."""
        return False

    def totals(self, review: Review, months: int | None) -> tuple[Measure, ...]:
        """Return the totals that the scheme needs per payment period."""
        del review, months
        return ()

    @classmethod
    @abstractmethod
    def charges(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        """Return the charges of many contracts' clauses of this class, per period [currency]."""

    @abstractmethod
    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        """Say how the charges of a period of a one-contract block come about."""

    def clause(self, words: Words) -> str:
        """Say in the language of the contract what is paid before incentives."""
        del words
        name = PAYMENTS.name_of(self)
        raise PbcError(f"payment scheme '{name}' has no sentence; write its clause(words).")

    def worked(self, block: Block, period: int, words: Words) -> str:
        """Say how the charges of a period come about, in the language of the contract."""
        del block, period
        return words.pick(english="as the clause says", indonesian="sesuai ketentuan butir ini")


PAYMENTS: Catalogue[type[Payment]] = Catalogue("payment scheme")


def _accepted(review: Review, months: int | None) -> Measure:
    return Measure.of("accepted_value", review=review, months=months)


@PAYMENTS.register("catalogue_price")
class CataloguePrice(Payment):
    """Catalogue price times a factor for every unit that is accepted.

    Parameters
    ----------
    factor : float
        Negotiated price relative to the catalogue. [1]
    """

    factor: Factor = 1.0

    def expected_value(self, at_catalogue: float, n_periods: int) -> float:
        return at_catalogue * self.factor

    def totals(self, review: Review, months: int | None) -> tuple[Measure, ...]:
        return (_accepted(review, months),)

    @classmethod
    def charges(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        return column(clauses, "factor") * _total(block, "accepted_value")

    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        accepted = _total(block, "accepted_value")[0, 0, 0, period]
        value = money(accepted, currency, exact=True)
        return f"accepted at catalogue prices {value} x {self.factor:g}"

    def clause(self, words: Words) -> str:
        factor = words.share(self.factor)
        return words.pick(
            english=f"For every unit of goods that the Buyer accepts, it pays {factor} of the "
            "catalogue price. Units that are rejected or sent back are not paid.",
            indonesian=f"Untuk setiap satuan barang yang diterima, Pengguna Barang membayar "
            f"{factor} dari harga katalog. Barang yang ditolak atau dikembalikan tidak dibayar.",
        )

    def worked(self, block: Block, period: int, words: Words) -> str:
        accepted = float(_total(block, "accepted_value")[0, 0, 0, period])
        return f"{words.due(accepted)} × {words.share(self.factor)}"


def _total(block: Block, kpi: str) -> np.ndarray:
    return next(array for measure, array in block.totals.items() if measure.kpi == kpi)


@PAYMENTS.register("fixed_fee")
class FixedFee(Payment):
    """The same fee every payment period, however much is delivered and however short it is.

    Parameters
    ----------
    per_period : float
        The fee. [currency/period]
    """

    per_period: PositiveMoney

    def expected_value(self, at_catalogue: float, n_periods: int) -> float:
        return self.per_period * n_periods

    @classmethod
    def charges(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        return column(clauses, "per_period") * np.ones_like(block.charges)

    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        del block, period
        return f"fixed fee of {money(self.per_period, currency, exact=True)} a period"

    def clause(self, words: Words) -> str:
        fee = words.money(self.per_period)
        return words.pick(
            english=f"The Buyer pays a fixed fee of {fee} for every payment period, however much "
            "is delivered.",
            indonesian=f"Pengguna Barang membayar biaya tetap sebesar {fee} untuk setiap periode "
            "pembayaran, berapa pun barang yang diserahkan.",
        )

    def worked(self, block: Block, period: int, words: Words) -> str:
        del block, period
        return words.money(self.per_period)


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
    """Shares of the contract value, as the 30 / 50 / 20 of the seed article (III.A).

    Parameters
    ----------
    tranches : tuple of Milestone
        Shares that sum to 1.
    factor : float
        Contract value relative to the expected catalogue value, where no value is stated. [1]
    """

    tranches: Annotated[tuple[Milestone, ...], Listed, Field(min_length=1)]
    factor: Factor = 1.0

    @model_validator(mode="after")
    def _sums_to_one(self) -> Milestones:
        total = sum(tranche.share for tranche in self.tranches)
        if abs(total - 1) > 1e-9:
            text = "shares of the tranches must sum to 1, got {total}"
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
            parts.append(f"{share(self.at_signing)} at signing")
        for earned, part, words in (
            (block.all_met, self.on_targets_met, "all targets met"),
            (block.all_exceeded, self.on_targets_exceeded, "all targets exceeded"),
        ):
            if part and block.judged[period]:
                is_earned = np.broadcast_to(earned, block.charges.shape)[0, 0, 0, period]
                verdict = "" if is_earned else "not earned: not "
                parts.append(f"{share(part)} / {block.judged.sum()} reviews ({verdict}{words})")
        value = money(float(block.contract_value[0, 0, 0, 0]), currency, exact=True)
        return f"of the contract value {value}: " + "; ".join(parts)

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


#: The type of a field that holds a payment scheme.
AnyPayment = Annotated[Any, OneOf(PAYMENTS)]
