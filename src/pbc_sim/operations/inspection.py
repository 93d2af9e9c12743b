"""How are incoming lots inspected: inspection rules.

Lives here: one frozen class a rule. May not live here: SimPy, stock, costs, what chance decides.
To add a rule: one class with `@INSPECTIONS.register` that judges a lot; nothing else changes.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import numpy as np
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from pbc_sim.catalogue import Catalogue
from pbc_sim.inputs import Count, OneOf, PositiveCount, Share, Written
from pbc_sim.language import translated as _
from pbc_sim.operations.sampling_tables import AQL_PERCENTS, InspectionLevel, SamplingPlan, plan_for

__all__ = ["INSPECTIONS", "AnyInspection", "IncomingLot", "Inspected", "Inspection"]


class IncomingLot(NamedTuple):
    """A lot at goods in.

    Parameters
    ----------
    defective : ndarray of bool, of shape (n_units,)
        Which units are defective.
    luck : ndarray of shape (n_units,)
        A uniform draw of each unit, which decides whether it is inspected. [1]
    finds_share : float
        Share of the defects that inspection finds. [1]
    detection : callable
        Returns a uniform draw of each unit, which decides whether its defect is found. [1]
    """

    defective: np.ndarray
    luck: np.ndarray
    finds_share: float
    detection: Callable[[], np.ndarray]

    def visible(self) -> np.ndarray:
        """Tell which units are seen to be defective once they are inspected."""
        if self.finds_share == 1:
            return self.defective
        return self.defective & (self.detection() < self.finds_share)


class Inspected(NamedTuple):
    """What came of an inspection.

    Parameters
    ----------
    scrapped : ndarray of bool, of shape (n_units,)
        Which units were found defective and scrapped.
    inspected : int
        How many were inspected. [unit]
    rejected, returned : bool
        Whether the lot was rejected, and whether it goes back upstream as a whole.
    """

    scrapped: np.ndarray
    inspected: int
    rejected: bool = False
    returned: bool = False


class Inspection(Written):
    """A rule for what is inspected at goods in, and what follows."""

    #: Whether it accepts or rejects lots as a whole.
    judges_lots: ClassVar[bool] = True

    @property
    def inspects(self) -> bool:
        """Whether anything is inspected at all."""
        return True

    @abstractmethod
    def inspect(self, lot: IncomingLot) -> Inspected:
        """Inspect a lot of at least one unit."""


INSPECTIONS: Catalogue[type[Inspection]] = Catalogue("goods-in inspection")


@INSPECTIONS.register("share")
class ShareInspection(Inspection):
    """Each unit is inspected with the same chance; a bare number means this.

    Defects found are scrapped, and no lot is judged. Source: Montgomery (2019), Introduction to
    Statistical Quality Control, ch. 15 (proportion inspection between none and 100%).

    Parameters
    ----------
    of_units : float
        Share of units that are inspected. [1]

    Examples
    --------
    >>> ShareInspection(of_units=0.2).judges_lots
    False
    """

    judges_lots: ClassVar[bool] = False
    of_units: Share

    @property
    def inspects(self) -> bool:
        return self.of_units > 0

    def inspect(self, lot: IncomingLot) -> Inspected:
        # One draw decides on inspection and on detection, since both only ever act together.
        found = lot.defective & (lot.luck < self.of_units * lot.finds_share)
        return Inspected(found, int(np.count_nonzero(lot.luck < self.of_units)))


class _Sampling(Inspection):
    """Judge a lot by a sample, drawn without replacement.

    Parameters
    ----------
    if_rejected : {"screen", "return"}
        Whether all units of a rejected lot are inspected (rectifying inspection), or the lot goes
        back upstream unpaid.
    """

    if_rejected: Literal["screen", "return"] = "screen"

    @abstractmethod
    def plan_of(self, units: int) -> SamplingPlan:
        """Return the sampling plan for a lot of that size."""

    def inspect(self, lot: IncomingLot) -> Inspected:
        units = len(lot.luck)
        sample_size, accept = self.plan_of(units)
        visible = lot.visible()
        sample = np.zeros(units, dtype=bool)
        sample[np.argsort(lot.luck, kind="stable")[:sample_size]] = True
        found = visible & sample
        inspected = min(sample_size, units)
        if np.count_nonzero(found) <= accept:
            return Inspected(found, inspected)
        if self.if_rejected == "return":
            return Inspected(np.zeros(units, dtype=bool), inspected, rejected=True, returned=True)
        return Inspected(visible, units, rejected=True)


@INSPECTIONS.register("single_sampling")
class SingleSampling(_Sampling):
    """Single sampling: inspect `sample` units [unit], accept the lot with up to `accept` defects.

    A lot that is no larger than the sample is inspected as a whole. Source: Dodge and Romig (1959),
    Sampling Inspection Tables; Montgomery (2019), section 15.2.

    Parameters
    ----------
    sample : int
        How many units of a lot are inspected. [unit]
    accept : int
        Up to how many defective ones the lot is accepted. [unit]

    Examples
    --------
    >>> SingleSampling(sample=50, accept=1, if_rejected="return").plan_of(1000)
    SamplingPlan(sample=50, accept=1)
    """

    sample: PositiveCount
    accept: Count = 0

    def plan_of(self, units: int) -> SamplingPlan:
        del units
        return SamplingPlan(self.sample, self.accept)


def _known_quality(value: Any) -> float:
    known = [*AQL_PERCENTS]
    if isinstance(value, bool) or value not in known:
        listed = ", ".join(f"{aql:g}" for aql in known)
        text = _("must be one of the tabulated {listed} percent, got {got}")
        shown = {"listed": listed, "got": repr(value)[:40]}
        raise PydanticCustomError("aql", text, shown)
    return float(value)


@INSPECTIONS.register("mil_std_105e")
class MilStd105E(_Sampling):
    """Single sampling by lot size and acceptable quality level (AQL), normal inspection.

    Switching to tightened or reduced inspection is not part of it. Source: MIL-STD-105E (1989),
    tables I and II-A; the same plans are in ISO 2859-1:1999.

    Parameters
    ----------
    aql_percent : float
        The worst share of defective units that counts as satisfactory, one of the tabulated
        values. [percent]
    level : {"I", "II", "III", "S-1", "S-2", "S-3", "S-4"}
        The inspection level: how large a sample is for the size of its lot.

    Examples
    --------
    >>> MilStd105E(aql_percent=1.0).plan_of(2000)
    SamplingPlan(sample=125, accept=3)
    """

    aql_percent: Annotated[float, BeforeValidator(_known_quality)]
    level: InspectionLevel = "II"

    def plan_of(self, units: int) -> SamplingPlan:
        return plan_for(units, self.level, self.aql_percent)


#: The type of a field that holds a rule for goods-in inspection.
AnyInspection = Annotated[Any, OneOf(INSPECTIONS, bare_number="share.of_units")]
