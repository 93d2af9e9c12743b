"""What performance is agreed: a KPI with its limit, target, review and rules for thin data.

Lives here: the KPI clause of a contract. May not live here: money (`incentives.py`), the KPI's
definition (`performance/kpis/`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_type_hints

import numpy as np
from pydantic import create_model, model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.contract.moving_targets import Month, Ratchet
from pbc_sim.errors import PbcError, unknown_name
from pbc_sim.figures import count
from pbc_sim.inputs import Count, Level, PositiveCount, PositiveNumber, Written, number
from pbc_sim.performance.measures import KPIS, Kpi, Measure
from pbc_sim.performance.periods import Review

__all__ = ["KpiClause", "Target", "WrittenKpi", "out_of_bounds"]


class Target(Written):
    """The value that must be reached; exactly one of the four.

    Parameters
    ----------
    at_least : float
        Reached or exceeded, where more is better. [as the KPI]
    above : float
        Exceeded, where more is better. [as the KPI]
    at_most : float
        Reached or less, where less is better. [as the KPI]
    below : float
        Less, where less is better. [as the KPI]

    Examples
    --------
    >>> str(Target(below=0.01)), Target(below=0.01).strict
    ('below 0.01', True)
    """

    at_least: Level | None = None
    above: Level | None = None
    at_most: Level | None = None
    below: Level | None = None

    @model_validator(mode="after")
    def _is_one_level(self) -> Target:
        if sum(level is not None for _, level in self) != 1:
            raise PydanticCustomError(
                "target", "must give exactly one of at_least, above, at_most and below"
            )
        return self

    @property
    def _given(self) -> tuple[str, float]:
        return next((name, level) for name, level in self if level is not None)

    @property
    def level(self) -> float:
        """The value itself, in the unit of the KPI."""
        return self._given[1]

    @property
    def direction(self) -> Literal["higher", "lower"]:
        """Which way is better under this target."""
        return "higher" if self._given[0] in ("at_least", "above") else "lower"

    @property
    def strict(self) -> bool:
        """Whether the level itself misses the target."""
        return self._given[0] in ("above", "below")

    def is_met(self, value: np.ndarray, level: np.ndarray) -> np.ndarray:
        """Tell which values reach a level under this target's direction and strictness."""
        if self.direction == "higher":
            return value > level if self.strict else value >= level
        return value < level if self.strict else value <= level

    def is_exceeded(self, value: np.ndarray, level: np.ndarray) -> np.ndarray:
        """Tell which values reach an incentive level in this target's direction."""
        return value >= level if self.direction == "higher" else value <= level

    def __str__(self) -> str:
        name, level = self._given
        return f"{name.replace('_', ' ')} {count(level)}"


def out_of_bounds(kpi: Kpi, what: str, level: float) -> str | None:
    """Say that a level lies where the KPI can never be, if it does."""
    low, high = kpi.bounds
    if low <= level <= high:
        return None
    unit = "" if kpi.unit == "1" else f" {kpi.unit}"
    return f"{what} must lie within {low:g} and {high:g}{unit}, got {level:g}"


Aggregate = Literal["average_then_curve", "curve_then_average", "worst_period"]


class _KpiClause(Written):
    """A KPI of a contract; beside these fields it takes the settings of the KPI it names.

    Parameters
    ----------
    measure : str
        Name of the KPI.
    target : Target
        The required level.
    incentive_level : float, optional
        The level that exceeds expectations, in the target's direction. [as the KPI]
    review : str, optional
        Length of its review periods; the contract's where empty.
    when_empty : {"met", "missed", "carry"}
        What a period without enough facts means: the target is met, or missed, or the last known
        value still holds (met where there is none).
    min_sample : int
        Facts that a period needs to be judged: orders, lines or units, as the KPI counts them; for
        shares of time, items times days. A total is always known and takes none. [1]
    dead_band : float
        Deviation from the target, either way, that counts as the target itself. [as the KPI]
    from_period : int
        First payment period, counted from 1, in which it is reviewed. [period]
    rolling : int
        Reviews that a value looks back on, the newest one included: sums over sums; a total is
        summed. [review]
    aggregate : {"average_then_curve", "curve_then_average", "worst_period"}, optional
        Needed where the review is shorter than a payment period: the mean of its values is judged
        and priced; or each is priced and the mean is paid; or the worst one counts.
    seasonal : mapping of month to float
        Level in the place of the target's own in reviews that begin in a month, as
        ``{december: 0.9}``. [as the KPI]
    ratchet : Ratchet, optional
        Review clause that moves the target towards what was achieved.
    drop_after : int, optional
        Reviews met in a row after which the KPI is no longer reviewed. [review]
    """

    measure: str
    target: Target
    incentive_level: Level | None = None
    review: Review | None = None
    when_empty: Literal["met", "missed", "carry"] = "met"
    min_sample: Count = 1
    dead_band: Annotated[float, number("1", ge=0)] = 0.0
    from_period: PositiveCount = 1
    rolling: PositiveCount = 1
    aggregate: Aggregate | None = None
    seasonal: Mapping[Month, Level] = {}
    ratchet: Ratchet | None = None
    drop_after: PositiveCount | None = None

    @model_validator(mode="after")
    def _fits_its_kpi(self) -> _KpiClause:
        if self.measure not in KPIS:
            message = unknown_name("KPI", self.measure, KPIS)
            raise PydanticCustomError("unknown_value", "{m}", {"m": message, "field": "measure"})
        kpi = KPIS[self.measure]
        if self.target.direction != kpi.better:
            words = "at_least or above" if kpi.better == "higher" else "at_most or below"
            text = "target of '{kpi}' is in the wrong direction: {better} is better, so use {words}"
            shown = {"kpi": self.measure, "better": kpi.better, "words": words, "field": "target"}
            raise PydanticCustomError("direction", text, shown)
        self._lies_within(kpi, "target", self.target.level)
        if kpi.kind == "total" and self.min_sample > 1:
            text = "'{kpi}' is a total, and known if nothing happens too; leave min_sample out"
            raise PydanticCustomError("sample", text, {"kpi": kpi.name, "field": "min_sample"})
        if self.incentive_level is not None:
            self._lies_within(kpi, "incentive_level", self.incentive_level)
            if not self.target.is_exceeded(
                np.array(self.incentive_level), np.array(self.target.level)
            ):
                text = "incentive_level must meet the target ({target}), got {level}"
                shown = {"target": str(self.target), "level": f"{self.incentive_level:g}"}
                raise PydanticCustomError("level", text, shown)
        self._moves_within(kpi)
        if kpi.kind == "percentile" and self.rolling > 1:
            text = (
                "'{kpi}' is a percentile, which cannot be summed over reviews; lengthen its review"
            )
            raise PydanticCustomError("rolling", text, {"kpi": kpi.name, "field": "rolling"})
        try:
            self.measured("month", None)
        except PbcError as error:
            raise PydanticCustomError("setting", "{m}", {"m": str(error)}) from None
        return self

    def _moves_within(self, kpi: Kpi) -> None:
        for month, level in self.seasonal.items():
            self._lies_within(kpi, f"seasonal.{month}", level)
        if not self.ratchet:
            return
        if self.seasonal:
            text = "a target moves either by seasonal or by ratchet; leave one of them out"
            raise PydanticCustomError("ratchet", text, {"field": "ratchet"})
        self._lies_within(kpi, "ratchet.up_to", self.ratchet.up_to)
        target = np.array(self.target.level)
        if not self.target.is_exceeded(np.array(self.ratchet.up_to), target):
            text = "up_to of the ratchet must be as good as the target ({target}), got {level}"
            shown = {
                "target": str(self.target),
                "level": f"{self.ratchet.up_to:g}",
                "field": "ratchet",
            }
            raise PydanticCustomError("ratchet", text, shown)

    @property
    def moves(self) -> bool:
        """Whether the required level may differ from review to review."""
        return bool(self.seasonal) or self.ratchet is not None

    @property
    def judges_each_alone(self) -> bool:
        """Whether each review is judged by its own facts and at the same level as all others."""
        several = self.rolling > 1 or self.aggregate is not None or self.drop_after is not None
        return not several and not self.moves

    def structure(self) -> tuple[Any, ...]:
        """Return what must be equal for contracts to be read as one array: all but numbers."""
        return (
            *(self.target.direction, self.target.strict, self.when_empty, self.aggregate),
            *(self.from_period, self.rolling, tuple(self.seasonal)),
            *(self.ratchet is None, self.drop_after is None),
        )

    def _lies_within(self, kpi: Kpi, field: str, level: float) -> None:
        problem = out_of_bounds(kpi, f"{field} of '{kpi.name}'", level)
        if problem:
            raise PydanticCustomError("bounds", "{m}", {"m": problem, "field": field})

    @property
    def kpi(self) -> Kpi:
        """The KPI's own definition."""
        return KPIS[self.measure]

    def measured(self, review: Review, months: int | None) -> Measure:
        """Return what has to be measured, in a contract with that review and term."""
        return Measure.of(
            self.measure,
            review=self.review or review,
            months=months,
            **{name: getattr(self, name) for name in SETTINGS if getattr(self, name) is not None},
        )


def _settings() -> dict[str, Any]:
    """Collect the settings of all KPIs with their types, so that a new KPI brings its own."""
    found: dict[str, Any] = {}
    for kpi in KPIS.values():
        hints = get_type_hints(kpi.facts, include_extras=True)
        for name in kpi.settings:
            hint = PositiveNumber if hints[name] is float else hints[name]
            if found.setdefault(name, hint) != hint and found[name] != hint | None:
                found[name] = found[name] | hint
    return found


SETTINGS = _settings()

_fields: dict[str, Any] = {name: (hint | None, None) for name, hint in SETTINGS.items()}
KpiClause = create_model(
    "KpiClause", __base__=_KpiClause, __doc__=_KpiClause.__doc__, __module__=__name__, **_fields
)
WrittenKpi = _KpiClause
