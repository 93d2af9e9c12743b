"""How does a figure read: money, shares and durations in readable units.

Lives here: turning numbers into short text. May not live here: tables, sentences, translation of
anything but a currency's symbol.
"""

from __future__ import annotations

import math

from babel.numbers import get_currency_symbol

__all__ = ["count", "money", "share"]

SCALES = ((1e12, " tn"), (1e9, " bn"), (1e6, " m"), (1e3, " k"))

#: Where a currency is at home its symbol is short: Rp, and not IDR.
HOME_LOCALE = {
    "IDR": "id",
    "EUR": "de",
    "GBP": "en_GB",
    "USD": "en_US",
    "JPY": "ja",
    "INR": "en_IN",
}


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
    >>> money(1_250_000_000, "IDR")
    'Rp 1.25 bn'
    >>> money(-25_000, "IDR", exact=True), money(0.125, "EUR", exact=True)
    ('-Rp 25,000', '\u20ac 0.12')
    """
    if math.isnan(amount):
        return "-"
    symbol = get_currency_symbol(currency, HOME_LOCALE.get(currency, "en")) if currency else ""
    size = abs(amount)
    text = _every_digit(size) if exact else _three_digits(size)
    sign = "-" if amount < 0 and text.strip("0.") else ""
    return f"{sign}{symbol}{' ' if symbol else ''}{text}"


def _every_digit(size: float) -> str:
    text = f"{size:,.2f}"
    return text.removesuffix(".00")


def _three_digits(size: float) -> str:
    if math.isinf(size):
        return "infinite"
    for scale, suffix in SCALES:
        # 999.95 and more would round up into the next scale.
        if size >= scale * 0.99995:
            return _significant(size / scale) + suffix
    return _significant(size)


def _significant(size: float) -> str:
    decimals = max(0, 2 - math.floor(math.log10(size))) if size >= 1e-9 else 0
    text = f"{size:.{min(decimals, 2)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def share(value: float, digits: int = 1) -> str:
    """Write a share as a percentage.

    Examples
    --------
    >>> share(0.9951), share(float("nan"))
    ('99.5 %', '-')
    """
    return "-" if math.isnan(value) else f"{100 * value:.{digits}f} %"


def count(value: float) -> str:
    """Write a number that is mostly whole.

    Examples
    --------
    >>> count(12345.0), count(0.25)
    ('12,345', '0.25')
    """
    if math.isnan(value):
        return "-"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.4g}"
