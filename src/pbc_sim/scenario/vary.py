"""Which numbers of a contract are varied: paths into its terms, and contracts made from points.

Lives here: `Vary`, which turns points of the unit cube into contracts of one structure.
May not live here: what such contracts are worth (`decision/designing.py`).
"""

from __future__ import annotations

import difflib
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from pbc_sim.contract import Contract
from pbc_sim.errors import PbcError
from pbc_sim.inputs import WrittenError
from pbc_sim.language import translated as _

__all__ = ["Vary", "numbers_of", "with_numbers"]

Steps = tuple[Any, ...]


def numbers_of(contract: Contract) -> dict[str, float]:
    """Return every number of a contract by its path.

    Examples
    --------
    >>> numbers_of(Contract.model_validate({"title": "Plain"}))
    {'term.discount_rate_per_year': 0.0, 'payment.catalogue_price.factor': 1.0}
    """
    return {
        ".".join(map(str, steps)): value for steps, value in _numbers(contract.model_dump(), ())
    }


def _numbers(node: Any, at: Steps) -> Iterator[tuple[Steps, float]]:
    if isinstance(node, Mapping):
        for key, part in node.items():
            yield from _numbers(part, (*at, key))
    elif isinstance(node, (list, tuple)):
        for n, part in enumerate(node):
            yield from _numbers(part, (*at, n))
    elif isinstance(node, (int, float)) and not isinstance(node, bool):
        yield at, node


def _changeable(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {key: _changeable(part) for key, part in node.items()}
    return [_changeable(part) for part in node] if isinstance(node, (list, tuple)) else node


def with_numbers(contract: Contract, numbers: Mapping[str, float]) -> Contract:
    """Return a contract with some of its numbers changed; it obeys the same rules.

    Raises
    ------
    PbcError
        If there is no number at a path, or the contract would break a rule.

    Examples
    --------
    >>> plain = Contract.model_validate({"title": "Plain"})
    >>> with_numbers(plain, {"payment.catalogue_price.factor": 0.9}).payment.factor
    0.9
    """
    return Vary(contract, {path: (value,) for path, value in numbers.items()}).contract(
        dict(numbers)
    )


@dataclass(frozen=True)
class Vary:
    """The numbers of a contract that may change, and how far.

    Parameters
    ----------
    base : Contract
        The contract whose other terms stay.
    ranges : mapping of str to sequence of float
        By path as ``kpis.accuracy.target.at_least``: two numbers are a range from low to high; one,
        or three and more, are the values to try.

    Raises
    ------
    PbcError
        If the contract has no number at a path, or a range is none.
    """

    base: Contract
    ranges: Mapping[str, Sequence[float]]

    def __post_init__(self) -> None:
        if not self.ranges:
            words = _("vary names no number; give paths as {example}.")
            raise PbcError(words.format(example="{'payment.catalogue_price.factor': [0.9, 1]}"))
        known = self._known
        for path, values in self.ranges.items():
            if path not in known:
                near = difflib.get_close_matches(str(path), known, n=3, cutoff=0.3) or list(known)
                words = _("vary: the contract has no number at '{path}'; nearest: {near}.")
                raise PbcError(words.format(path=path, near=", ".join(near[:3])))
            whole = isinstance(values, (list, tuple)) and len(values) > 0
            if not whole or not all(_is_number(value) for value in values):
                words = _("vary: '{path}' must be [low, high] or a list of numbers, got {values}.")
                raise PbcError(words.format(path=path, values=repr(values)))
            if len(values) == 2 and not values[0] < values[1]:
                words = _("vary: '{path}' must have low < high, got {values}.")
                raise PbcError(words.format(path=path, values=list(values)))

    def numbers(self, point: np.ndarray) -> dict[str, float]:
        """Return the numbers at a point of the unit cube, shape (n_paths,)."""
        found, known = {}, self._known
        for (path, values), at in zip(self.ranges.items(), point.tolist(), strict=True):
            is_range = len(values) == 2
            if is_range:
                value = values[0] + (values[1] - values[0]) * at
            else:
                value = values[min(int(at * len(values)), len(values) - 1)]
            # A number of periods or of facts is whole; 1.5 in a list is refused as anywhere.
            whole = isinstance(known[path], int) and (is_range or float(value).is_integer())
            found[path] = round(value) if whole else value
        return found

    def contract(self, numbers: Mapping[str, float]) -> Contract:
        """Return the contract with these numbers; see the class `Contract` for what is raised."""
        terms = _changeable(self._plain)
        for path, number in numbers.items():
            *way, last = self._steps[path]
            node = terms
            for step in way:
                node = node[step]
            node[last] = number
        return Contract.model_validate(terms)

    @cached_property
    def _plain(self) -> dict[str, Any]:
        return self.base.model_dump()

    @cached_property
    def _steps(self) -> dict[str, Steps]:
        return {".".join(map(str, steps)): steps for steps, _value in _numbers(self._plain, ())}

    @cached_property
    def _known(self) -> dict[str, float]:
        return numbers_of(self.base)

    def measured_apart(self) -> dict[str, Contract]:
        """Return contracts that ask all that any of these numbers may ask of the ledgers.

        Raises
        ------
        PbcError
            If a number with a range changes what is measured: only lists can be simulated.
        """
        known, moving = self.base.needs(), {}
        for path, values in self.ranges.items():
            ends = [self._or_none({path: value}) for value in (min(values), max(values))]
            if all(end is None or end.needs() == known for end in ends):
                continue
            if len(values) == 2:
                words = _(
                    "vary: '{path}' changes what is measured, so it cannot vary over a range; name "
                    "three or more values, or one, as [{low:g}, {middle:g}, {high:g}]."
                )
                low, high = values
                raise PbcError(words.format(path=path, low=low, middle=(low + high) / 2, high=high))
            moving[path] = values
        combinations = itertools.product(*moving.values())
        made = (self._or_none(dict(zip(moving, at, strict=True))) for at in combinations)
        asked = {str(n): contract for n, contract in enumerate(made) if contract is not None}
        return {"base": self.base, **asked}

    def _or_none(self, numbers: Mapping[str, float]) -> Contract | None:
        try:
            return self.contract(numbers)
        except WrittenError:
            return None

    def contracts(
        self, points: np.ndarray, first: int = 0
    ) -> tuple[dict[str, Contract], dict[str, dict[str, float]], list[str]]:
        """Return the contracts of points, their numbers, and why others break a rule."""
        contracts, numbers, refused = {}, {}, []
        for n, point in enumerate(points, start=first):
            at = self.numbers(point)
            try:
                contracts[f"d{n}"], numbers[f"d{n}"] = self.contract(at), at
            except WrittenError as error:
                refused.append(str(error))
        return contracts, numbers, refused

    def grid(self) -> np.ndarray | None:
        """Return all combinations as points of the unit cube; None where something is a range."""
        sizes = [len(values) for values in self.ranges.values()]
        if 2 in sizes:
            return None
        axes = [(np.arange(size) + 0.5) / size for size in sizes]
        return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(sizes))


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
