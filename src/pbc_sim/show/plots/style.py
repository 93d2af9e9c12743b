"""What colours and words do all pictures share?

Lives here: the palette (Okabe and Ito, safe for the colour-blind) and names of amounts.
May not live here: a picture.
"""

from __future__ import annotations

from typing import Literal

__all__ = [
    "BANDS",
    "BREACH",
    "BUYER",
    "COLOURS",
    "KPI",
    "MANY_MARKS",
    "STOCK",
    "SUPPLIER",
    "TARGET",
    "UNDER_WAY",
    "WAITING",
    "WORDS",
    "Amount",
]

Amount = Literal["buyer_cost", "payments", "supplier_profit"]

BUYER, SUPPLIER, KPI, TARGET = "#0072B2", "#D55E00", "#009E73", "#000000"
STOCK, WAITING, UNDER_WAY, BREACH = "#0072B2", "#E69F00", "#009E73", "#D55E00"
COLOURS: dict[str, str] = {"buyer_cost": BUYER, "payments": BUYER, "supplier_profit": SUPPLIER}
WORDS: dict[str, str] = {
    "buyer_cost": "Buyer's total cost",
    "payments": "Payments from buyer to supplier",
    "supplier_profit": "Supplier's profit",
}
#: Beyond so many marks smaller ones stay apart.
MANY_MARKS = 40
BANDS = (0.05, 0.25, 0.5, 0.75, 0.95)
