"""Which sample for which lot: the single sampling tables of MIL-STD-105E, normal inspection.

Lives here: table I (code letters) and table II-A (sample sizes and acceptance numbers) of
MIL-STD-105E (1989); ISO 2859-1:1999 has the same in its tables 1 and 2-A. Only percent defective,
that is AQLs up to 10 percent; larger ones count defects per hundred units.
May not live here: inspection itself (`inspection.py`).
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Literal, NamedTuple

__all__ = [
    "AQL_PERCENTS",
    "LARGEST_LOTS",
    "InspectionLevel",
    "SamplingPlan",
    "code_letter",
    "plan_for",
]

InspectionLevel = Literal["S-1", "S-2", "S-3", "S-4", "I", "II", "III"]

#: Table I: largest lot of each row [unit], and its code letters by inspection level.
LARGEST_LOTS = (
    *(8, 15, 25, 50, 90, 150, 280, 500, 1_200, 3_200, 10_000, 35_000, 150_000, 500_000),
)
CODE_LETTERS: dict[InspectionLevel, str] = {
    "S-1": "AAAABBBBCCCCDDD",
    "S-2": "AAABBBCCCDDDEEE",
    "S-3": "AABBCCDDEEFFGGH",
    "S-4": "AABCCDEEFGGHJJK",
    "I": "AABCCDEFGHJKLMN",
    "II": "ABCDEFGHJKLMNPQ",
    "III": "BCDEFGHJKLMNPQR",
}

#: Table II-A: sample sizes by code letter (without I and O) [unit].
LETTERS = "ABCDEFGHJKLMNPQR"
SAMPLE_SIZES = (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1_250, 2_000)
#: Acceptable quality levels [percent].
AQL_PERCENTS = (
    *(0.010, 0.015, 0.025, 0.040, 0.065, 0.10, 0.15, 0.25, 0.40, 0.65),
    *(1.0, 1.5, 2.5, 4.0, 6.5, 10.0),
)
#: The table repeats along its diagonals: entries from the letter with acceptance number 0 on, with
#: arrows to the plan above or below. Before that letter all arrows point down, after the last up.
UP, DOWN = "up", "down"
DIAGONAL: tuple[int | str, ...] = (0, UP, DOWN, 1, 2, 3, 5, 7, 10, 14, 21)
#: Row of acceptance number 0 at the first AQL (letter Q); one row less for each further AQL.
ROW_OF_ZERO = LETTERS.index("Q")


class SamplingPlan(NamedTuple):
    """Inspect `sample` units, accept the lot with up to `accept` defective ones [unit]."""

    sample: int
    accept: int


def code_letter(units: int, level: InspectionLevel) -> str:
    """Return the code letter of a lot size [unit] and an inspection level.

    Examples
    --------
    >>> code_letter(2000, "II")
    'K'
    """
    return CODE_LETTERS[level][bisect_left(LARGEST_LOTS, units)]


def _entry(row: int, column: int) -> int | str:
    """Return the table's acceptance number or arrow; arrows that lead out of it are turned."""
    step = row - (ROW_OF_ZERO - column)
    entry: int | str = DOWN if step < 0 else DIAGONAL[step] if step < len(DIAGONAL) else UP
    if row == 0 and entry == UP:
        return DOWN
    return UP if row == len(LETTERS) - 1 and entry == DOWN else entry


def plan_for(units: int, level: InspectionLevel, aql_percent: float) -> SamplingPlan:
    """Return the single sampling plan, normal inspection, for a lot.

    Where the sample is as large as the lot or larger, the whole lot is inspected.

    Parameters
    ----------
    units : int
        Lot size. [unit]
    level : str
        Inspection level, "S-1" to "S-4" or "I" to "III".
    aql_percent : float
        One of `AQL_PERCENTS`. [percent]

    Examples
    --------
    >>> plan_for(300, "II", 1.0)  # letter H
    SamplingPlan(sample=50, accept=1)
    >>> plan_for(200, "II", 1.0)  # letter G, whose arrow points to H
    SamplingPlan(sample=50, accept=1)
    """
    row, column = LETTERS.index(code_letter(units, level)), AQL_PERCENTS.index(aql_percent)
    direction = {UP: -1, DOWN: 1}
    entry = _entry(row, column)
    while isinstance(entry, str):
        row += direction[entry]
        entry = _entry(row, column)
    return SamplingPlan(min(SAMPLE_SIZES[row], units), entry)
