"""What do we not know: parameters that have a distribution instead of a value.

Lives here: the `uncertain:` section of a scenario, the values that a replication draws, and how a
value is put in its place. May not live here: what a parameter means, statistics over values.
Luck and not knowing are two things: luck differs from order to order, what is not known is the
same for a whole future (Kiureghian and Ditlevsen, 2009, Structural Safety 31:105-112).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from pbc_sim.errors import PbcError, unknown_name
from pbc_sim.inputs import PositiveCount, Written, WrittenError, worded
from pbc_sim.world.distributions import Constant, Distribution, Spread
from pbc_sim.world.draws import Purpose, generator_at

__all__ = ["UncertainTerms", "problem_of", "put"]

#: The calendar of the contract is the same in all futures.
KNOWN_TO_ALL = ("start", "horizon", "warm_up_days", "calendar")
#: Where in a law it is tried, at load, whether its values can stand in their place. [1]
TRIED = (0.001, 0.5, 0.999)

Path = Annotated[
    str,
    worded(
        r"(world|costs)(\.[A-Za-z0-9_-]+)+",
        "a path of names with dots that begins with world or costs, as world.picking.error_share",
    ),
]


class UncertainTerms(Written):
    """Parameters of the world and cost rates that nobody knows exactly.

    The written value of each is what both parties believe: plans that hold stock for days of demand
    and the expected value of a contract go by it. What is drawn is what turns out to be true.

    Parameters
    ----------
    parameters : mapping of str to distribution
        By the path of a number in the scenario, in the unit of that number. Luck belongs to the
        path, so that more parameters leave the values of others alone.
    replications_each : int
        How many replications share one draw. More than one separates luck from not knowing (see
        `pbc_sim.decision.risk.variance_split`); they are then not independent of each other.

    Examples
    --------
    >>> share = {"world.picking.error_share": {"beta": {"mean": 0.05, "concentration": 200}}}
    >>> uncertain = UncertainTerms.model_validate({"parameters": share})
    >>> {path: round(value, 4) for path, value in uncertain.values(seed=1, replication=0).items()}
    {'world.picking.error_share': 0.0679}
    """

    parameters: Annotated[Mapping[Path, Spread], Field(min_length=1, max_length=1000)]
    replications_each: PositiveCount = 1

    def draw_of(self, replication: int) -> int:
        """Return which draw of the parameters a replication has."""
        return replication // self.replications_each

    def values(self, seed: int, replication: int) -> dict[str, float]:
        """Return the value of each parameter in a replication, in its unit."""
        draw = self.draw_of(replication)
        drawn = {}
        for path, law in self.parameters.items():
            entity = zlib.crc32(path.encode())
            generator = generator_at(seed, draw, Purpose.UNCERTAIN_PARAMETER, entity)
            drawn[path] = _number(law, float(law.sample(generator, 1)[0]))
        return drawn


def _number(law: Distribution, value: float) -> float:
    """Return a whole number where a law has no others, since counts take nothing else."""
    return int(value) if law.is_count else value


def _steps(plain: Any, rest: str, name: str = "") -> Iterator[Any]:
    """Yield the keys that lead to a number; keys may have dots in them.

    Raises
    ------
    PbcError
        If they lead nowhere, or to something else than a number.
    """
    while rest:
        if isinstance(plain, (list, tuple)):
            known: dict[str, Any] = {str(n): n for n in range(len(plain))}
        elif isinstance(plain, Mapping):
            known = {str(key): key for key in plain}
        else:
            raise PbcError(f"'{name}' leads past a value that has no parts, got '.{rest}'.")
        fits = [key for key in known if rest == key or rest.startswith(f"{key}.")]
        if not fits:
            raise PbcError(
                unknown_name(f"part of {name or 'the scenario'}", rest.split(".")[0], known)
            )
        key = max(fits, key=len)
        plain, rest = plain[known[key]], rest[len(key) + 1 :]
        name = f"{name}.{key}".lstrip(".")
        yield known[key]
    # A bare number is a constant law, and may be named as the number that it was written as.
    if isinstance(plain, Mapping) and list(plain) == ["constant"]:
        yield from ("constant", "value")
    elif isinstance(plain, bool) or not isinstance(plain, (int, float)):
        what = "it is not given" if plain is None else "it has parts or is no number"
        raise PbcError(f"'{name}' must be a number to be uncertain, but {what}.")


def put(plain: Any, path: str, value: float) -> Any:
    """Return plain sections with one number replaced; what is given stays as it is.

    Examples
    --------
    >>> put({"costs": {"buyer": {"per_lost_unit": 3.0}}}, "costs.buyer.per_lost_unit", 4.5)
    {'costs': {'buyer': {'per_lost_unit': 4.5}}}
    """
    return _put(plain, list(_steps(plain, path)), value)


def _put(plain: Any, steps: list[Any], value: float) -> Any:
    if not steps:
        return value
    step, *rest = steps
    part = _put(plain[step], rest, value)
    if isinstance(plain, Mapping):
        return {**plain, step: part}
    return tuple(part if n == step else kept for n, kept in enumerate(plain))


def problem_of(
    uncertain: UncertainTerms, sections: Mapping[str, Written]
) -> tuple[tuple[str, str], str] | None:
    """Return where and why an uncertain parameter cannot stand in its place, if one cannot.

    Parameters
    ----------
    uncertain : UncertainTerms
        The parameters.
    sections : mapping of str to Written
        The sections that paths begin with, as written.
    """
    plain = {name: section.model_dump() for name, section in sections.items()}
    for path, law in uncertain.parameters.items():
        where = ("parameters", path)
        head, *rest = path.split(".")
        if head == "world" and rest[0] in KNOWN_TO_ALL:
            return where, f"{rest[0]} is the same in all futures; leave it out of uncertain"
        for share in TRIED:
            value = _number(law, _quantile(law, share))
            try:
                type(sections[head]).model_validate(put(plain, path, value)[head])
            except WrittenError as error:
                return where, (f"its {share:.1%} quantile, {value:g}, cannot stand there: {error}")
            except PbcError as error:
                return where, str(error)
    return None


def _quantile(law: Distribution, share: float) -> float:
    return law.value if isinstance(law, Constant) else float(law.law().ppf(share))
