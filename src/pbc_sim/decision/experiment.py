"""How are many futures simulated: all plans of the menu, on all cores, whatever the order.

Lives here: the only use of process pools; chunks, progress, recovery from a lost worker.
May not live here: statistics, what a plan or a KPI is.
A replication's numbers depend on (seed, replication, plan) alone, so that workers, chunks and
order change nothing.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from tqdm.auto import tqdm

from pbc_sim.errors import InvariantError, PbcError, require_type
from pbc_sim.language import translated
from pbc_sim.operations import Ledger, check_balances, simulate
from pbc_sim.operations.engines import Chosen, choose_engines, ordering
from pbc_sim.operations.garbage import unsearched
from pbc_sim.performance.costs import CostTerms
from pbc_sim.performance.engines import is_kept, scored_by
from pbc_sim.performance.scorecard import Needs, Scorecard, Scorecards, Scorer
from pbc_sim.scenario import Drawn, Scenario
from pbc_sim.world import Setting, World, draw_world
from pbc_sim.world.future import Drawing

__all__ = ["Study", "ledger_of", "simulate_study"]

#: How often a chunk is given to a new pool after its worker was lost.
MOST_TRIES = 3


@dataclass(frozen=True)
class Study:
    """What is simulated.

    Parameters
    ----------
    scenario : Scenario
        World, plans and cost rates.
    needs : Needs
        What is measured.
    seed : int
        Seed of the study.
    plans : tuple of str
        The plans that are simulated.
    engine : {"auto", "simpy", "compiled"}
        What simulates them; it changes no number.
    """

    scenario: Scenario
    needs: Needs
    seed: int
    plans: tuple[str, ...]
    engine: str = "auto"

    @cached_property
    def engines(self) -> Mapping[str, Chosen]:
        """The engine of each plan, and why."""
        plans = {name: self.scenario.plans[name] for name in self.plans}
        return choose_engines(self.engine, self.scenario.setting, plans)

    @cached_property
    def _ordering(self) -> Drawing:
        return ordering({chosen.engine for chosen in self.engines.values()})

    @cached_property
    def scorer(self) -> Scorer:
        """The needs, laid out on the scenario's calendar."""
        return Scorer.of(self.needs, self.scenario.setting)

    @cached_property
    def _scorers(self) -> dict[str, tuple[Setting, Callable[[World, CostTerms], Scorecard]]]:
        return {}

    def score(self, world: World, plan: str, rates: CostTerms) -> Scorecard:
        """Simulate and score a plan in one future on its engine, laid out anew for a new setting.

        Raises
        ------
        InvariantError
            If the books do not balance.
        """
        kept = self._scorers.get(plan)
        if kept is None or kept[0] is not world.setting:
            lay_out = scored_by(self.engines[plan].engine)
            of_plan = lay_out(self.scorer, world.setting, self.scenario.plans[plan])
            kept = self._scorers[plan] = (world.setting, of_plan)
        return kept[1](world, rates)

    @cached_property
    def _last_drawn(self) -> dict[int, Drawn]:
        return {}

    def drawn(self, replication: int) -> Drawn:
        """Return world and cost rates of a replication, kept while further ones share them."""
        uncertain = self.scenario.uncertain
        if uncertain is None:
            return self.scenario.drawn(self.seed, replication)
        draw, kept = uncertain.draw_of(replication), self._last_drawn
        if draw not in kept:
            kept.clear()
            kept[draw] = self.scenario.drawn(self.seed, replication)
        return kept[draw]

    def replicate(self, replications: Sequence[int]) -> Scorecards:
        """Return the scorecards of some replications."""
        # They make no garbage that needs a search for cycles, and much that would be searched.
        with unsearched():
            return Scorecards.of([self._replicate_one(replication) for replication in replications])

    def compile(self, *, progress: bool) -> None:
        """Run one future here: no worker compiles what another one does, and no bar waits for it.

        Where nothing was kept of an earlier run, `progress` says on stderr why this takes long.
        """
        setting, plans = self.scenario.setting, self.scenario.plans
        compiled = [name for name in self.plans if self.engines[name].engine == "compiled"]
        if progress and not all(is_kept(setting, plans[name]) for name in compiled):
            words = translated(
                "The rules are compiled, which may take a minute; they are kept for the next time."
            )
            tqdm.write(words, file=sys.stderr)
        self._replicate_one(0)

    def _replicate_one(self, replication: int) -> list[Scorecard]:
        drawn = self.drawn(replication)
        world = draw_world(drawn.setting, self.seed, replication, self._ordering)
        cards = []
        for name in self.plans:
            try:
                cards.append(self.score(world, name, drawn.costs))
            except Exception as error:
                # Whatever it was, the address lets anyone run this one future again.
                where = f"(seed {self.seed}, replication {replication}, plan '{name}')"
                if isinstance(error, MemoryError):
                    words = translated("memory ran out; use fewer workers {where}.")
                    raise PbcError(words.format(where=where)) from error
                if not isinstance(error, PbcError):
                    raise InvariantError(f"{type(error).__name__}: {error} {where}") from error
                kind = InvariantError if isinstance(error, InvariantError) else PbcError
                raise kind(f"{error} {where}") from error
        return cards


def ledger_of(scenario: Scenario, plan: str, seed: int, replication: int) -> Ledger:
    """Simulate one plan in one future and return all its facts, balanced.

    Raises
    ------
    PbcError
        If there is no such plan, or a number is below 0.
    """
    scenario.require_plan(plan)
    setting = scenario.drawn(seed, replication).setting
    ledger = simulate(draw_world(setting, seed, replication), scenario.plans[plan])
    check_balances(ledger)
    return ledger


def simulate_study(
    study: Study,
    replications: int,
    *,
    workers: int | None = None,
    chunk: int | None = None,
    progress: bool = True,
    first: int = 0,
) -> Scorecards:
    """Simulate n replications, from 0 or a later one on, under every plan.

    Parameters
    ----------
    study : Study
        What is simulated.
    replications : int
        How many, >= 1.
    workers : int, optional
        Processes; all cores where empty, none but this one if 1.
    chunk : int, optional
        Replications a task; by default a fair number for progress and load.
    progress : bool
        Whether to show a progress bar, in a notebook or on a terminal.
    first : int
        Number of the first one; a study that goes on where another ended has its numbers.

    Returns
    -------
    Scorecards
        By replication and plan.

    Raises
    ------
    PbcError
        If arguments are out of range, or workers are lost again and again.
    """
    for name, value in (("replications", replications), ("workers", workers), ("chunk", chunk)):
        if value is not None:
            require_type(name, value, (int, np.integer), "give a whole number >= 1")
            if value < 1:
                raise PbcError(f"{name} must be >= 1, got {value}.")
    require_type("seed", study.seed, (int, np.integer), "give a whole number >= 0")
    if study.seed < 0:
        raise PbcError(f"seed must be >= 0, got {study.seed}.")
    study.scenario.check_size(first + replications, len(study.plans))
    # Lay out calendar and periods before any worker does, so that a term too long is said once.
    _ = study.scorer
    engines = {chosen.engine for chosen in study.engines.values()}
    workers = min(workers or _cores(), replications)
    chunk = chunk or max(1, min(64, replications // (8 * workers)))
    end = first + replications
    chunks = [range(n, min(n + chunk, end)) for n in range(first, end, chunk)]
    if "compiled" in engines and (progress or workers > 1):
        study.compile(progress=progress)
    cards: list[Scorecards] = []
    with tqdm(
        total=replications,
        disable=not progress,
        desc=translated("simulating"),
        unit=translated("replication"),
    ) as bar:

        def keep(some: range, results: Scorecards) -> None:
            if not cards:
                cards.append(results.room_for(replications))
            cards[0].write(some.start - first, results)
            bar.update(len(some))

        if workers == 1:
            for some in chunks:
                keep(some, study.replicate(some))
        else:
            _in_processes(study, chunks, workers, keep)
    return cards[0]


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _in_processes(
    study: Study,
    chunks: list[range],
    workers: int,
    keep: Callable[[range, Scorecards], None],
) -> None:
    left = set(chunks)
    for _ in range(MOST_TRIES):
        for some, results in _one_pool(study, sorted(left, key=lambda c: c.start), workers):
            keep(some, results)
            left.discard(some)
        if not left:
            return
    first = min(some.start for some in left)
    words = translated(
        "worker processes were lost {n} times (seed {seed}, replication {first} or after it); "
        "memory may be short: use fewer workers."
    )
    raise PbcError(words.format(n=MOST_TRIES, seed=study.seed, first=first))


def _one_pool(
    study: Study, chunks: list[range], workers: int
) -> Iterator[tuple[range, Scorecards]]:
    """Yield results until all chunks are done or the pool breaks; what is lost is tried again."""
    with ProcessPoolExecutor(workers, initializer=_begin, initargs=(study,)) as pool:
        futures: dict[Future[Scorecards], range] = {}
        try:
            for some in chunks:
                futures[pool.submit(_replicate, some)] = some
            for future in as_completed(futures):
                # Forgotten here, or all results would stay in memory until the last one is there.
                yield futures.pop(future), future.result()
        except BrokenProcessPool:
            return
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


_study: Study | None = None


def _begin(study: Study) -> None:
    """Give a worker its study once, and not with every task."""
    global _study  # noqa: PLW0603 - a worker is a process of its own
    _study = study
    # What a worker begins with stays to its end: to look for garbage in it takes long, and would
    # copy the memory that it shares with the parent.
    gc.freeze()


def _replicate(replications: range) -> Scorecards:
    if _study is None:
        raise PbcError("a worker has no study; call simulate_study.")
    return _study.replicate(replications)
