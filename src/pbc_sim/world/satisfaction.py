"""How content are the receiving units: what they expect, and how they are asked.

Lives here: the `satisfaction:` section of a world, and the mark that a delivery deserves.
May not live here: which deliveries there are (`operations/ratings.py`), KPIs, targets.
Marks run from 1 to 5, as on the forms that a receiving unit signs and in surveys.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.inputs import PositiveCount, Share, Written, number
from pbc_sim.language import translated as _
from pbc_sim.world.calendar import Duration, Horizon

__all__ = ["BEST_MARK", "WORST_MARK", "SatisfactionTerms", "SurveyTerms"]

WORST_MARK, BEST_MARK = 1, 5

Points = Annotated[float, number("point", ge=0, le=1000)]
Spread = Annotated[float, number("point", ge=0, le=10)]


class SurveyTerms(Written):
    """A periodic survey of the receiving units.

    A unit's answer is the plain mean of what it has experienced since the last survey, plus noise,
    as a whole mark from 1 to 5. What it has experienced is each order that came to an end, with its
    marks, and each order that is overdue and still open, with the marks it would have now. A unit
    that has experienced nothing is not asked.

    Parameters
    ----------
    every : Horizon
        Time from one survey to the next, as ``{months: 3}``; a survey is held at the close of the
        last business day before.
    sample : int, optional
        Units that are asked each time, drawn at random; all where empty. [unit]
    responds_share : float
        Chance that a unit answers. [1]
    noise_sd : float
        Standard deviation of an answer around the mean experience. [point]
    """

    every: Horizon
    sample: PositiveCount | None = None
    responds_share: Share = 1.0
    noise_sd: Spread = 0.5

    @model_validator(mode="after")
    def _leaves_time_between(self) -> SurveyTerms:
        if self.every.days is not None and self.every.days < 1:
            text = _("every must be at least 1 day, got {days} day; ask less often")
            shown = {"days": f"{self.every.days:g}", "field": "every"}
            raise PydanticCustomError("survey", text, shown)
        return self


class SatisfactionTerms(Written):
    """How the receiving units rate what they get, on time, completeness and condition.

    Each mark falls from 5 in proportion to what is wrong, gets the order's own noise, is rounded
    to a whole mark and stays within 1 and 5.

    Parameters
    ----------
    expects_within : Duration
        Time from order to delivery that a unit takes for granted.
    points_per_late_day : float
        Lost on time for a business day of lateness beyond that. [point/business day]
    points_if_all_wrong : float
        Lost on completeness in proportion to the share of units that are missing or wrong; so much
        if all of them are. [point]
    points_if_all_defective : float
        Lost on condition in proportion to the share of units found defective on receipt; so much
        if all of them are. [point]
    noise_sd : float
        Standard deviation of a mark before it is rounded. [point]
    responds_share : float
        Share of deliveries that are rated at all. [1]
    survey : SurveyTerms, optional
        A periodic survey beside the ratings.

    Examples
    --------
    Half a business day late, and one unit of ten wrong:

    >>> terms = SatisfactionTerms(points_per_late_day=2)
    >>> late, wrong, defective = np.array([0.5]), np.array([0.1]), np.array([0.0])
    >>> terms.deserved(late, wrong, defective).ravel().tolist()
    [4.0, 3.0, 5.0]
    """

    expects_within: Duration = Duration(business_days=2)
    points_per_late_day: Annotated[float, number("point/business day", ge=0, le=1000)] = 1.0
    points_if_all_wrong: Points = 20.0
    points_if_all_defective: Points = 20.0
    noise_sd: Spread = 0.5
    responds_share: Share = 1.0
    survey: SurveyTerms | None = None

    def deserved(self, late: np.ndarray, wrong: np.ndarray, defective: np.ndarray) -> np.ndarray:
        """Return the marks that deliveries deserve before noise, unrounded and unbounded.

        Parameters
        ----------
        late : ndarray of shape (n_orders,)
            Lateness beyond what is expected. [business day]
        wrong, defective : ndarray of shape (n_orders,)
            Share of units missing or wrong, and found defective on receipt. [1]

        Returns
        -------
        ndarray of shape (3, n_orders)
            Time, completeness, condition. [point]
        """
        lost = (
            self.points_per_late_day * late,
            self.points_if_all_wrong * wrong,
            self.points_if_all_defective * defective,
        )
        return BEST_MARK - np.array(lost)
