"""How does a plan's future become a scorecard, on the engine that was chosen?

Lives here: simulating, balancing and scoring in one call, on either engine.
May not live here: the choice of the engine (`operations/engines.py`), either engine.
"""

from __future__ import annotations

from collections.abc import Callable

from pbc_sim.operations import check_balances, simulate
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.performance.costs import CostTerms
from pbc_sim.performance.scorecard import Scorecard, Scorer
from pbc_sim.world.future import World
from pbc_sim.world.setting import Setting

__all__ = ["scored_by"]

Scoring = Callable[[World, CostTerms], Scorecard]


def scored_by(engine: str) -> Callable[[Scorer, Setting, SupplierPlan], Scoring]:
    """Return what lays out an engine for a plan in a setting, to score its futures."""
    return _by_reference if engine == "simpy" else _by_twin


def _by_reference(scorer: Scorer, setting: Setting, plan: SupplierPlan) -> Scoring:
    del setting  # a world brings its own

    def score(world: World, rates: CostTerms) -> Scorecard:
        ledger = simulate(world, plan)
        check_balances(ledger)
        return scorer.score(ledger, plan, rates)

    return score


def _by_twin(scorer: Scorer, setting: Setting, plan: SupplierPlan) -> Scoring:
    # Numba is slow to import, not always needed, and need not be there.
    from pbc_sim.operations.kernel.twin import Twin
    from pbc_sim.performance.kernel.scoring import TwinScorer

    return TwinScorer(scorer, Twin(setting, plan)).card
