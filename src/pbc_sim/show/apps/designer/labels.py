"""What are the fields, mechanisms and choices of a contract called on the screen?

Lives here: their names for people, in the language that is spoken. May not live here: sentences of
clauses.
"""

from __future__ import annotations

from babel.numbers import get_currency_symbol

from pbc_sim.language import spoken
from pbc_sim.language import translated as _

__all__ = ["LABELS", "choice", "label", "unit_said"]

#: What is called otherwise than in the file, in English; all else reads as it is written.
LABELS = {
    "scheme": "Payment scheme",
    "at_risk": "Share at risk",
    "per_day": "Fee per day of delay",
    "factor": "Price factor",
    "limits": "Limits",
    "gate": "Condition for a bonus",
    "no_bonus_below": "No bonus where worse than",
    "ramp_in": "Periods without incentives at first",
    "kpi": "KPI",
    "of": "Share of what",
    "points": "Point of the curve",
    "tiers": "Tier",
    "bands": "Band",
    "at_value": "Value",
    "points_value": "Earned",
    "tiers_value": "Deducted",
    "bands_value": "Amount",
    "excluding": "Left out of account",
    "term": "Term and reviews",
    "value": "Contract value",
    "per_point": "Per point",
    "min_sample": "Facts needed to judge",
    "when_empty": "Where there are too few facts",
    "from_period": "First period reviewed",
    "rolling": "Reviews that a value looks back on",
    "drop_after": "Dropped after reviews met in a row",
}


def label(name: str) -> str:
    """Return what a field or mechanism is called.

    Examples
    --------
    >>> label("late_fee"), label("at_risk")
    ('Late fee', 'Share at risk')
    """
    return _(LABELS.get(name, name.replace("_", " ").capitalize()))


def choice(name: str) -> str:
    """Return what one of several choices is called.

    Examples
    --------
    >>> choice("targets_met")
    'targets met'
    """
    return _(name.replace("_", " "))


def unit_said(unit: str, currency: str) -> str:
    """Return a unit as it stands after a number.

    Examples
    --------
    >>> unit_said("currency", "IDR"), unit_said("1", ""), unit_said("1/day", "")
    ('IDR', '', '% a day')
    """
    if unit == "currency":
        return get_currency_symbol(currency, spoken()) if currency else ""
    named = {"1": "", "1/day": _("% a day"), "1/year": _("% a year"), "as the KPI": "", "%": "%"}
    return named[unit] if unit in named else _(unit)
