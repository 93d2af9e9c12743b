"""How much of what varies is luck, and how much is not knowing?

Lives here: `variance_split` of the money of a contract, from a two-level study. May not live here:
the estimator (`risk/samples.py`), which parameter matters (`sensitivity.py`).
"""

from __future__ import annotations

from pbc_sim.decision import risk
from pbc_sim.decision.outcomes import WALKS_AWAY, Settlement
from pbc_sim.decision.results import AMOUNTS, sample
from pbc_sim.errors import PbcError, require_type, unknown_name
from pbc_sim.language import translated as _
from pbc_sim.scenario import BEST

__all__ = ["variance_split"]


def variance_split(
    prices: Settlement, contract: str, plan: str = BEST, *, amount: str = "buyer_cost"
) -> risk.VarianceSplit:
    """Split the variance of an amount of money into luck and not knowing.

    Luck averages out over years; what comes from not knowing a parameter stays until somebody
    finds out. The study must be of two levels: `uncertain.replications_each` of the scenario.

    Parameters
    ----------
    prices : Settlement
        Contracts priced on a two-level study.
    contract, plan : str
        Names; "best" is the supplier's best response.
    amount : {"buyer_cost", "payments", "supplier_profit"}
        What varies. [currency]

    Returns
    -------
    VarianceSplit
        Both variances [currency^2], and the share of not knowing [1].

    Raises
    ------
    PbcError
        If a name is unknown, the supplier walks away, or the study is not of two levels.

    Examples
    --------
    >>> import pbc_sim as pbc
    >>> strike = pbc.load_scenario("scenarios/harbour_strike.yaml")
    >>> levels = strike.uncertain.model_copy(update={"replications_each": 4})
    >>> two_level = strike.model_copy(update={"uncertain": levels})
    >>> prices = pbc.run(two_level, 40, seed=1, workers=1, progress=False).settle()
    >>> 0 <= pbc.variance_split(prices, "strict", "lean").share <= 1
    True
    """
    require_type("prices", prices, Settlement, "price contracts first: outcomes.settle()")
    if contract not in prices.contracts:
        raise PbcError(unknown_name("contract", contract, prices.contracts))
    if amount not in AMOUNTS:
        raise PbcError(unknown_name("amount", amount, AMOUNTS))
    if plan == BEST:
        plan = prices.best_plan(contract)
        if plan == WALKS_AWAY:
            words = _("the supplier walks away from '{contract}', so there is no money to split.")
            raise PbcError(words.format(contract=contract))
    prices.outcomes.require_plan(plan)
    prices.require_admissible(contract, plan)
    each = prices.outcomes.scenario.uncertain
    return risk.variance_split(
        sample(prices, amount, contract, plan), each.replications_each if each else 1
    )
