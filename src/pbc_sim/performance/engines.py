"""How does a plan's future become a scorecard, on the engine that was chosen?

Lives here: simulating, balancing and scoring in one call, on either engine.
May not live here: the choice of the engine (`operations/engines.py`), either engine.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from pbc_sim.operations import Ledger, check_balances, simulate
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.performance.costs import CostTerms
from pbc_sim.performance.scorecard import Scorecard, Scorer
from pbc_sim.world.future import World
from pbc_sim.world.setting import Setting

__all__ = ["is_kept", "scored_by"]

Scoring = Callable[[World, CostTerms], Scorecard]


def scored_by(engine: str) -> Callable[[Scorer, Setting, SupplierPlan], Scoring]:
    """Return what lays out an engine for a plan in a setting, to score its futures."""
    return _by_reference if engine == "simpy" else _by_twin


def is_kept(setting: Setting, plan: SupplierPlan) -> bool:
    """Tell whether an earlier run kept the compiled rules that simulate and score a plan."""
    from pbc_sim.operations.kernel.site_replication import replicate_site
    from pbc_sim.operations.kernel.site_twin import SiteTwin
    from pbc_sim.operations.kernel.twins import twin_of
    from pbc_sim.performance.kernel.scorecard import score_future

    rule: Any = replicate_site if isinstance(twin_of(setting, plan), SiteTwin) else score_future
    return any(Path(rule.stats.cache_path).glob(f"*.{rule.__name__}-*.nbc"))


def _by_reference(scorer: Scorer, setting: Setting, plan: SupplierPlan) -> Scoring:
    del setting  # a world brings its own
    return _by_ledger(partial(simulate, plan=plan), scorer, plan)


def _by_ledger(model: Callable[[World], Ledger], scorer: Scorer, plan: SupplierPlan) -> Scoring:
    def score(world: World, rates: CostTerms) -> Scorecard:
        ledger = model(world)
        check_balances(ledger)
        return scorer.score(ledger, plan, rates)

    return score


def _by_twin(scorer: Scorer, setting: Setting, plan: SupplierPlan) -> Scoring:
    # Numba is slow to import, not always needed, and need not be there.
    from pbc_sim.operations.kernel.site_twin import SiteTwin
    from pbc_sim.operations.kernel.twins import twin_of
    from pbc_sim.performance.kernel.scoring import TwinScorer

    twin = twin_of(setting, plan)
    if isinstance(twin, SiteTwin):
        # What happens at a site has no compiled measures, so it is read from the ledger.
        return _by_ledger(twin.simulate, scorer, plan)
    return TwinScorer(scorer, twin).card
