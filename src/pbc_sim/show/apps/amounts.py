"""How does an amount stay on one line of a narrow screen?

Lives here: the spaces within amounts and percentages that no browser may break. May not live here:
how amounts are written (`figures.py`).
"""

from __future__ import annotations

import re

from pbc_sim.figures import SCALES

__all__ = ["unbroken"]

NO_BREAK = "\u00a0"

_SCALE = "|".join(name.strip() for scales in SCALES.values() for _size, name in scales)
#: Between a currency and its number, and between a number and its scale.
_CURRENCY = re.compile(r"(\b[A-Z]{3}|\bRp|[\u20ac$\u00a3\u00a5]) (?=\d)")
_COUNTED = re.compile(rf"(\d) (?=(?:{_SCALE})\b)")


def unbroken(text: str) -> str:
    r"""Return text in which no line ends within an amount.

    Examples
    --------
    >>> unbroken("it pays IDR 1.25 bn, 5% of it in May").split(" ")
    ['it', 'pays', 'IDR\xa01.25\xa0bn,', '5%', 'of', 'it', 'in', 'May']
    """
    for within in (_CURRENCY, _COUNTED):
        text = within.sub(rf"\1{NO_BREAK}", text)
    return text
