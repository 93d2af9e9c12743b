"""How does a figure read: money, shares and counts in readable units, in the language spoken now.

Lives here: turning numbers into short text, as English and Indonesian write them.
May not live here: tables, sentences, numbers of clauses (`performance/words.py`).

One style a language, that of CLDR: 99.5% and 99,5%, with the minus sign that print has.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache

from babel.numbers import get_currency_symbol, get_decimal_symbol, get_group_symbol

from pbc_sim.language import Language, spoken

__all__ = ["MINUS", "count", "money", "numeral", "share", "share_in_full", "span", "worked_out"]

#: Words for large numbers: Indonesian writes them out, since "m" could be milyar or million.
SCALES: dict[Language, tuple[tuple[float, str], ...]] = {
    "en": ((1e12, " tn"), (1e9, " bn"), (1e6, " m"), (1e3, " k")),
    "id": ((1e12, " triliun"), (1e9, " miliar"), (1e6, " juta"), (1e3, " ribu")),
}
#: The sign of a negative number, as clauses and arithmetic on paper have it too.
MINUS = "\N{MINUS SIGN}"
#: Apart by so little, a number is a fraction of this denominator at most. [1]
EQUAL, LARGEST_DENOMINATOR = 1e-13, 100_000
INFINITE: dict[Language, str] = {"en": "infinite", "id": "tak terhingga"}


@cache
def _marks(language: Language) -> dict[int, str]:
    """Return what stands for the point, the comma and the minus of a number that Python wrote."""
    point, comma = get_decimal_symbol(language), get_group_symbol(language)
    return str.maketrans({".": point, ",": comma, "-": MINUS})


def numeral(value: float, form: str = ".4g") -> str:
    """Write a number by a format of Python, with the marks of the language.

    Examples
    --------
    >>> from pbc_sim.language import speaking
    >>> with speaking("id"):
    ...     numeral(1234.5, ",.1f"), numeral(0.25)
    ('1.234,5', '0,25')
    """
    return format(value, form).translate(_marks(spoken()))


def money(amount: float, currency: str = "", *, exact: bool = False) -> str:
    """Write an amount of money.

    Parameters
    ----------
    amount : float
        The amount. [currency]
    currency : str
        ISO 4217 code; empty for the bare number.
    exact : bool
        Whether to write every digit, to the hundredth where the amount is not whole (statements),
        or about three digits (tables).

    Examples
    --------
    >>> from pbc_sim.language import speaking
    >>> money(1_250_000_000, "IDR")
    'IDR 1.25 bn'
    >>> money(-25_000, "IDR", exact=True), money(0.125, "EUR", exact=True)
    ('\u2212IDR 25,000', '\u20ac 0.12')
    >>> with speaking("id"):
    ...     money(1_250_000_000, "IDR"), money(-25_000, "IDR", exact=True)
    ('Rp 1,25 miliar', '\u2212Rp 25.000')
    """
    if math.isnan(amount):
        return "-"
    symbol = get_currency_symbol(currency, spoken()) if currency else ""
    size = abs(amount)
    text = _every_digit(size) if exact else _three_digits(size)
    sign = MINUS if amount < 0 and text.strip("0.,") else ""
    return f"{sign}{symbol}{' ' if symbol else ''}{text}"


def _every_digit(size: float) -> str:
    return numeral(size, ",.0f" if f"{size:.2f}".endswith(".00") else ",.2f")


def _three_digits(size: float) -> str:
    if math.isinf(size):
        return INFINITE[spoken()]
    for scale, suffix in SCALES[spoken()]:
        # 999.95 and more would round up into the next scale.
        if size >= scale * 0.99995:
            return _significant(size / scale) + suffix
    return _significant(size)


def _significant(size: float) -> str:
    decimals = max(0, 2 - math.floor(math.log10(size))) if size >= 1e-9 else 0
    text = f"{size:.{min(decimals, 2)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.translate(_marks(spoken()))


def share(value: float, digits: int = 1) -> str:
    """Write a share as a percentage.

    Examples
    --------
    >>> from pbc_sim.language import speaking
    >>> share(0.9951), share(float("nan"))
    ('99.5%', '-')
    >>> with speaking("id"):
    ...     share(0.9951)
    '99,5%'
    """
    if math.isnan(value):
        return "-"
    # CLDR writes no space before the sign in either language.
    return f"{numeral(100 * value, f'.{digits}f')}%"


def share_in_full(value: float) -> str:
    """Write a share that was agreed as a percentage, with all its digits and one at least.

    Examples
    --------
    >>> share_in_full(0.05), share_in_full(0.0375)
    ('5.0%', '3.75%')
    """
    digits = f"{100 * value:.10f}".rstrip("0").partition(".")[2]
    return share(value, max(1, len(digits)))


def worked_out(value: float, sign: str = "") -> str:
    """Write a number that was worked out so that one can go on reckoning with it by hand.

    A number of six digits as it is; else the fraction that it is, and about how much that is; else
    twelve digits.

    Parameters
    ----------
    value : float
        The number.
    sign : str
        "+" to write the sign of what is above 0 too.

    Examples
    --------
    >>> worked_out(0.97), worked_out(53 / 60), worked_out(0.1235955056179775, "+")
    ('0.97', '53/60 ≈ 0.8833', '+11/89 ≈ +0.1236')
    """
    near = EQUAL * max(1.0, abs(value))
    if not math.isfinite(value) or abs(float(f"{value:.6g}") - value) <= near:
        return numeral(value, f"{sign}.6g")
    exact = Fraction(value).limit_denominator(LARGEST_DENOMINATOR)
    if abs(float(exact) - value) > near:
        return numeral(value, f"{sign}.12g")
    top, about = numeral(exact.numerator, f"{sign},d"), numeral(value, f"{sign}.4g")
    return f"{top}/{numeral(exact.denominator, ',d')} ≈ {about}"


def span(low: str, high: str) -> str:
    """Write the ends of an interval; where the comma is decimal, a semicolon stands between.

    Examples
    --------
    >>> span("91.4", "95.0")
    '[91.4, 95.0]'
    """
    return f"[{low}{', ' if spoken() == 'en' else '; '}{high}]"


def count(value: float) -> str:
    """Write a number that is mostly whole.

    Examples
    --------
    >>> count(12345.0), count(0.25)
    ('12,345', '0.25')
    """
    if math.isnan(value):
        return "-"
    return numeral(value, ",.0f" if float(value).is_integer() else ",.4g")
