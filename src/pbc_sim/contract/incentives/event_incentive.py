"""What a mechanism that charges events leaves out: what is not the supplier's doing.

Lives here: the settings that mechanisms of events share. May not live here: what an event costs.
"""

from __future__ import annotations

from typing import Any

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.contract.incentives.mechanism import Incentive
from pbc_sim.errors import PbcError
from pbc_sim.performance.orders import Excluding
from pbc_sim.performance.setting_words import SAID
from pbc_sim.performance.words import Words
from pbc_sim.world.calendar import Duration

__all__ = ["EventIncentive"]


class EventIncentive(Incentive):
    """A mechanism that charges what happens, and may leave out what is not the supplier's doing.

    Parameters
    ----------
    excluding : tuple of {"force_majeure", "buyer"}, optional
        Leaves out orders that force majeure, or what the buyer caused, touched before they were
        due.
    notice_within : Duration, optional
        The same, only if the supplier gave notice of the disruption within this time.
    """

    excluding: Excluding | None = None
    notice_within: Duration | None = None

    @property
    def relief(self) -> dict[str, Any]:
        """Settings of the measured KPI that leave out orders."""
        given = {"excluding": self.excluding, "notice_within": self.notice_within}
        return {name: value for name, value in given.items() if value is not None}

    def _relief_said(self, words: Words) -> str:
        return words.paragraph(*(SAID[name](words, value) for name, value in self.relief.items()))

    @model_validator(mode="after")
    def _can_be_measured(self) -> EventIncentive:
        try:
            self.totals("month", None)
        except PbcError as error:
            raise PydanticCustomError("relief", "{m}", {"m": str(error)}) from None
        return self
