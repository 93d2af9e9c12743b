"""What is paid where every unit has its price.

Lives here: payment at catalogue prices. May not live here: fees whatever is delivered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np

from pbc_sim.contract.block import Block, column
from pbc_sim.contract.payments.scheme import PAYMENTS, Payment
from pbc_sim.figures import money, numeral
from pbc_sim.inputs import PriceFactor
from pbc_sim.language import translated as _
from pbc_sim.performance.measures import Measure
from pbc_sim.performance.periods import Review
from pbc_sim.performance.words import Words

__all__ = ["CataloguePrice"]


def _accepted(review: Review, months: int | None) -> Measure:
    return Measure.of("accepted_value", review=review, months=months)


@PAYMENTS.register("catalogue_price")
class CataloguePrice(Payment):
    """Catalogue price times a factor for every unit that is accepted.

    Parameters
    ----------
    factor : float
        Negotiated price relative to the catalogue. [1]

    Notes
    -----
    Source: unit price contract, Perpres 16/2018 art. 27; goods at the price of the e-catalogue.

    Examples
    --------
    >>> CataloguePrice(factor=0.98).expected_value(1_000_000, n_periods=12)
    980000.0
    """

    factor: PriceFactor = 1.0

    def expected_value(self, at_catalogue: float, n_periods: int) -> float:
        return at_catalogue * self.factor

    def totals(self, review: Review, months: int | None) -> tuple[Measure, ...]:
        return (_accepted(review, months),)

    @classmethod
    def charges(cls, clauses: Sequence[Self], block: Block) -> np.ndarray:
        return column(clauses, "factor") * block.total("accepted_value")

    def arithmetic(self, block: Block, period: int, currency: str) -> str:
        accepted = block.total("accepted_value")[0, 0, 0, period]
        value = money(accepted, currency, exact=True)
        words = _("accepted at catalogue prices {value} x {factor}")
        return words.format(value=value, factor=numeral(self.factor, "g"))

    def clause(self, words: Words) -> str:
        factor = words.share(self.factor)
        return words.pick(
            english=f"For every unit of goods that the Buyer accepts, it pays {factor} of the "
            "catalogue price. Units that are rejected or sent back are not paid.",
            indonesian=f"Untuk setiap satuan barang yang diterima, Pengguna Barang membayar "
            f"{factor} dari harga katalog. Barang yang ditolak atau dikembalikan tidak dibayar.",
        )

    def worked(self, block: Block, period: int, words: Words) -> str:
        accepted = float(block.total("accepted_value")[0, 0, 0, period])
        return f"{words.due(accepted)} × {words.share(self.factor)}"
