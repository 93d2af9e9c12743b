"""Which numbers does a person write into the contract that a search found?

Lives here: `rounded`, the found contract with numbers of few digits that still does what is wanted.
May not live here: the search (`designing.py`).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from pbc_sim.contract import Contract
from pbc_sim.decision.evaluation import evaluate
from pbc_sim.decision.outcomes import Outcomes
from pbc_sim.inputs import WrittenError
from pbc_sim.scenario import SupplierType, Wishes
from pbc_sim.scenario.vary import Vary

__all__ = ["rounded"]

#: Significant digits that are tried, fewest first; what needs more keeps all.
DIGITS = (3, 4, 5, 6)

#: Combinations of rounding up and down that are tried at most.
MOST_TRIED = 256


def rounded(
    outcomes: Outcomes,
    varied: Vary,
    numbers: Mapping[str, float],
    wishes: Wishes,
    suppliers: Mapping[str, SupplierType] | None = None,
) -> tuple[Contract, dict[str, float]]:
    """Return a contract near found numbers, with as few digits as still fulfil the wishes.

    Nobody signs a factor of 0.8734125. The best contract stands where a wish is just fulfilled, so
    each number is tried rounded up and rounded down, and the best of these that is surely feasible
    is taken; values of a list stay as they are.

    Parameters
    ----------
    outcomes : Outcomes
        The futures of the search.
    varied : Vary
        What was varied, and over which ranges, which no rounded number leaves.
    numbers : mapping of str to float
        What the search found.
    wishes : Wishes
        What is wanted.
    suppliers : mapping of str to SupplierType, optional
        Kinds of suppliers that may answer; one that counts expected profit alone where empty.
    """
    for digits in DIGITS:
        ends = {path: _near(value, digits, varied, path) for path, value in numbers.items()}
        combinations = itertools.islice(itertools.product(*ends.values()), MOST_TRIED)
        tried = [dict(zip(ends, combination, strict=True)) for combination in combinations]
        contracts = {}
        for n, near in enumerate(tried):
            try:
                contracts[str(n)] = varied.contract(near)
            except WrittenError:
                continue
        if contracts:
            table = evaluate(outcomes, contracts, wishes, suppliers=suppliers, surely=True)
            table = table[table["feasible"]]
            if len(table):
                best = str(table["objective"].idxmin())
                return contracts[best], tried[int(best)]
    return varied.contract(numbers), dict(numbers)


def _near(value: float, digits: int, varied: Vary, path: str) -> list[float]:
    """Return a number rounded down and up, within its range."""
    values = varied.ranges[path]
    # Of lists only what is listed was asked for; whole numbers have no digits too many.
    if len(values) != 2 or isinstance(value, int) or not value:
        return [value]
    exact = Decimal(repr(value))
    last = Decimal(1).scaleb(exact.adjusted() - digits + 1)
    near = {
        float(exact.quantize(last, rounding=rounding)) for rounding in (ROUND_FLOOR, ROUND_CEILING)
    }
    return sorted(number for number in near if values[0] <= number <= values[1])
