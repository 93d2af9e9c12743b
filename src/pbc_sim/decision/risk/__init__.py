"""How large, how sure, how bad: estimates from replications, each with its own uncertainty.

Lives here: summaries of samples (`samples.py`), intervals of tails and probabilities
(`intervals.py`), which sample is better for whoever fears risk (`dominance.py`).
May not live here: contracts, plans, text of tables.
"""

from pbc_sim.decision.risk.dominance import Dominance, dominance
from pbc_sim.decision.risk.intervals import (
    Estimate,
    cvar_estimate,
    exceedance,
    mean_estimate,
    probability_estimate,
    quantile_estimate,
    quantile_ranks,
    replications_for_tail,
    replications_for_tail_mean,
    var_estimate,
)
from pbc_sim.decision.risk.samples import (
    Paired,
    Probability,
    Summary,
    VarianceSplit,
    mean_interval,
    paired,
    probability,
    ratio_interval,
    summary,
    variance_split,
)
from pbc_sim.decision.risk.tail import cvar, var

__all__ = [
    "Dominance",
    "Estimate",
    "Paired",
    "Probability",
    "Summary",
    "VarianceSplit",
    "cvar",
    "cvar_estimate",
    "dominance",
    "exceedance",
    "mean_estimate",
    "mean_interval",
    "paired",
    "probability",
    "probability_estimate",
    "quantile_estimate",
    "quantile_ranks",
    "ratio_interval",
    "replications_for_tail",
    "replications_for_tail_mean",
    "summary",
    "var",
    "var_estimate",
    "variance_split",
]
