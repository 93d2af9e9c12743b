"""What was reported of the real case, to stand beside what is simulated?

Lives here: reported figures as a person writes them. May not live here: how they compare with
simulated ones (`decision/published.py`).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pbc_sim.inputs import Listed, Money, Wording, Written

__all__ = ["Published", "PublishedRow"]


class PublishedRow(Written):
    """A reported figure before and after.

    Parameters
    ----------
    label : str
        What it is.
    kpi : str
        KPI of both contracts, or "buyer_cost" for the change of the buyer's total cost.
    before, after : float, optional
        Reported values in the unit of the KPI; without a before, and for costs, `after` is the
        change relative to before. [1]
    before_is, after_is : str
        Whether the simulated value was calibrated to the report, or came out.
    """

    label: Wording
    kpi: str
    before: Money | None = None
    after: Money
    before_is: Literal["calibrated", "came out"] = "calibrated"
    after_is: Literal["calibrated", "came out"] = "came out"


class Published(Written):
    """What was reported of the real case, to be printed beside the simulated results.

    Parameters
    ----------
    source : str
        Where it was reported.
    before : str
        Contract that stands for the time before.
    after : str
        Contract that stands for the time after.
    rows : tuple of PublishedRow
        The reported figures.
    """

    source: Wording
    before: str
    after: str
    rows: Annotated[tuple[PublishedRow, ...], Listed, Field(max_length=50)]
