"""Which machines does the buyer run, and how do they fail.

Lives here: the `machines:` section of the world: the installed base, its failures, calibration.
May not live here: storerooms and staff, which somebody decides (`operations/plans.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from pbc_sim.inputs import Name, PositiveCount, Share, Wording, Written
from pbc_sim.world.distributions import Constant, Spread

__all__ = ["CalibrationTerms", "FailureTerms", "MachineGroup", "MachinesTerms"]


class FailureTerms(Written):
    """One way in which a machine fails.

    Parameters
    ----------
    hours_to_failure : distribution
        Hours run from new, or from repair, to failure. [hour]
    part : str, optional
        Item that is fitted; none where the repair needs no part.
    repair_hours : distribution
        Work of fitting or repairing. [hour]
    repaired_by : {"operator", "technician"}
        The buyer's own people, who are always there, or a technician of the supplier.
    output_without : float
        Output until it is repaired, relative to full output; 0 where the machine stands. [1]
    preventable : bool
        Whether a preventive visit makes the part as good as new.
    """

    hours_to_failure: Spread
    part: Name | None = None
    repair_hours: Spread = Constant(value=0.0)
    repaired_by: Literal["operator", "technician"] = "operator"
    output_without: Share = 0.0
    preventable: bool = False


class CalibrationTerms(Written):
    """How a device loses its accuracy.

    Parameters
    ----------
    drifts_after : distribution
        From calibration until the device measures outside its tolerance. [day]
    noticed_after : distribution
        From then until somebody notices and calls a technician. [day]
    """

    drifts_after: Spread
    noticed_after: Spread


class MachineGroup(Written):
    """Machines of one kind at one unit.

    Parameters
    ----------
    unit : str
        The ordering unit that runs them and keeps their parts.
    count : int
        How many there are. [machine]
    failures : mapping of str to FailureTerms
        The ways in which each of them fails, independently of each other.
    calibration : CalibrationTerms, optional
        For devices that measure.
    line : str, optional
        The production line in which its machines stand one after another, with those of other
        groups that name the same line and without buffers between them. While one of them stands,
        none of them runs or ages. Where empty, each machine works by itself.
    label : str
        Name for people; the key where empty.
    """

    unit: Name
    count: PositiveCount
    failures: Annotated[Mapping[Name, FailureTerms], Field(max_length=100)] = {}
    calibration: CalibrationTerms | None = None
    line: Name | None = None
    label: Wording = ""


class MachinesTerms(Written):
    """The buyer's installed base, and how it is looked after.

    Parameters
    ----------
    groups : mapping of str to MachineGroup
        The installed base.
    run : {"always", "working_time"}
        When machines are meant to run; hours run and downtime count only then.
    ordering_delay : distribution
        From the storeroom's need of a replenishment until the supplier has the order, where orders
        are written by hand. [business day]
    diagnosis_hours : distribution
        Work of a technician who comes to a failed machine for the first time. [hour]
    calibration_hours, preventive_hours : distribution
        Work of calibrating a device, and of a preventive visit. [hour]

    Examples
    --------
    >>> failure = {"hours_to_failure": {"exponential": {"mean": 900}}, "part": "pump"}
    >>> group = {"unit": "plant", "count": 8, "failures": {"pump": failure}}
    >>> MachinesTerms.model_validate({"groups": {"press": group}}).run
    'always'
    """

    groups: Annotated[Mapping[Name, MachineGroup], Field(min_length=1, max_length=1000)]
    run: Literal["always", "working_time"] = "always"
    ordering_delay: Spread = Constant(value=0.0)
    diagnosis_hours: Spread = Constant(value=0.0)
    calibration_hours: Spread = Constant(value=0.0)
    preventive_hours: Spread = Constant(value=0.0)

    @property
    def parts(self) -> set[str]:
        """The items that are fitted to some machine."""
        modes = [mode for group in self.groups.values() for mode in group.failures.values()]
        return {mode.part for mode in modes if mode.part is not None}
