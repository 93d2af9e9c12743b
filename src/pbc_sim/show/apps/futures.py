"""How are the futures that an app rests on simulated, a few at once and the rest while it is used?

Lives here: futures that grow beside an app, and that the kernels of one server share. May not live
here: what is simulated, and what is shown.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from pbc_sim.contract.terms import Contract
from pbc_sim.decision.experiment import Study, simulate_study
from pbc_sim.decision.outcomes import Outcomes, outcomes_of, study_of
from pbc_sim.performance.scorecard import Scorecards
from pbc_sim.scenario import Scenario, to_yaml
from pbc_sim.show.apps.opening import STORED

__all__ = ["Futures"]

#: Futures of the first picture: enough to see something, few enough not to wait.
FIRST = 40

#: How long what may be asked for next waits for what is asked for now. [s]
SOON = 0.2

#: Futures that are simulated between two looks at what else there is to do.
SLICE = 25


class Futures:
    """Futures that grow to a number beside an app, without holding it up.

    Parameters
    ----------
    replications : int
        How many there will be.
    grown : callable
        Called with the outcomes so far, whenever there are twice as many, and at the end.
    progress : callable
        Called with how many there are, more often; None when all are there.
    seed : int
        Seed of the study.
    """

    def __init__(
        self,
        replications: int,
        grown: Callable[[Outcomes], None],
        progress: Callable[[int | None], None],
        seed: int = 1,
    ) -> None:
        self.replications, self.seed = replications, seed
        self._grown, self._progress = grown, progress
        self._task: asyncio.Task[None] | None = None
        #: First futures of studies that somebody may ask for next, by what is asked.
        self._ready: dict[str, Scorecards] = {}
        #: How many there are.
        self.known = 0

    def begin(self, scenario: Scenario, contracts: Mapping[str, Contract]) -> Outcomes:
        """Return the first futures of a scenario, and simulate the others meanwhile.

        Where nothing runs meanwhile, as in a script, all are simulated at once.

        Raises
        ------
        PbcError
            If a contract does not fit the scenario.
        """
        study = study_of(scenario, contracts, self.seed)
        if self._task:
            self._task.cancel()
            self._task = None
        cards = _stored(study, self.replications)
        if cards is None:
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:
                loop = None
            first = min(FIRST, self.replications) if loop else self.replications
            ready = self._ready.get(_asked(study)) if loop else None
            cards = ready or simulate_study(study, first, workers=1, progress=False)
            if loop and first < self.replications:
                self._task = loop.create_task(self._grow(study, cards))
        self.known = len(cards)
        self._progress(self.known if self._task else None)
        return outcomes_of(study, cards, np.arange(len(cards)))

    async def prepare(self, scenario: Scenario, contracts: Mapping[str, Contract]) -> None:
        """Simulate the first futures of a scenario that may be asked for next, beside the app."""
        while self._task and not self._task.done():
            # What is looked at comes first.
            await asyncio.sleep(SOON)
        study = study_of(scenario, contracts, self.seed)
        first = min(FIRST, self.replications)
        self._ready[_asked(study)] = await asyncio.to_thread(
            simulate_study, study, first, workers=1, progress=False
        )

    async def _grow(self, study: Study, cards: Scorecards) -> None:
        parts, shown = [cards], len(cards)
        while self.known < self.replications:
            more = min(SLICE, self.replications - self.known)
            part = await asyncio.to_thread(
                simulate_study, study, more, workers=1, progress=False, first=self.known
            )
            parts.append(part)
            self.known += more
            self._progress(self.known if self.known < self.replications else None)
            if self.known >= min(2 * shown, self.replications):
                parts = [_joined(parts)]
                shown = self.known
                if shown == self.replications:
                    _store(study, parts[0])
                self._grown(outcomes_of(study, parts[0], np.arange(shown)))


def _joined(parts: list[Scorecards]) -> Scorecards:
    whole = parts[0].room_for(sum(map(len, parts)))
    first = 0
    for part in parts:
        whole.write(first, part)
        first += len(part)
    return whole


def _place(study: Study, replications: int) -> Path | None:
    folder = os.environ.get(STORED)
    if not folder:
        return None
    return Path(folder) / f"{_asked(study)}_{replications}.npz"


def _asked(study: Study) -> str:
    """Return what a study asks for, as a word."""
    asked = f"{to_yaml(study.scenario)} {study.needs} {study.seed} {study.plans}"
    return hashlib.sha256(asked.encode()).hexdigest()[:24]


def _stored(study: Study, replications: int) -> Scorecards | None:
    """Return futures that another kernel of this server has simulated."""
    place = _place(study, replications)
    if place is None or not place.exists():
        return None
    with np.load(place, allow_pickle=False) as kept:
        measured = tuple(kept[f"measured_{n}"] for n in range(len(study.needs.measures)))
        return Scorecards(measured, kept["costs"], kept["open_at_end"], kept["due_later"])


def _store(study: Study, cards: Scorecards) -> None:
    place = _place(study, len(cards))
    if place is None:
        return
    arrays = {f"measured_{n}": array for n, array in enumerate(cards.measured)}
    arrays |= {"costs": cards.costs, "open_at_end": cards.open_at_end, "due_later": cards.due_later}
    # Under another name until it is whole, for another kernel may be looking.
    begun = place.with_suffix(f".{os.getpid()}.npz")
    np.savez(begun, allow_pickle=False, **arrays)
    begun.replace(place)
