"""How many futures are enough: replications added until the means are as sure as wanted.

Lives here: `run_until`, its prediction and its stopping rule. May not live here: how futures are
simulated (`experiment.py`), intervals (`risk/`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pbc_sim.contract import Contract
from pbc_sim.decision.experiment import simulate_study
from pbc_sim.decision.outcomes import WALKS_AWAY, Outcomes, Settlement, outcomes_of, study_of
from pbc_sim.decision.results import AMOUNTS, sample
from pbc_sim.decision.wording import headed
from pbc_sim.errors import PbcError, require_type, unknown_name
from pbc_sim.language import translated as _
from pbc_sim.printed import Printed
from pbc_sim.scenario import Scenario

__all__ = ["Precision", "run_until"]

CONFIDENCE = 0.95

#: The fewest replications of which a half-width is worth telling.
FEWEST_DRAWN = 10


@dataclass(frozen=True)
class Precision(Printed):
    """Futures that were added until means were sure enough, or until there were too many.

    Parameters
    ----------
    outcomes : Outcomes
        All futures; the same numbers as one run of as many.
    reached : bool
        Whether every wanted half-width was reached.
    table : DataFrame
        A row a contract and amount: ``plan``, ``mean``, ``half_width``, ``wanted`` [currency], and
        ``predicted``, how many replications the pilot thought it needs.
    checked_at : tuple of int
        After how many replications it was asked whether to stop; the first is the pilot.
    contracts : mapping of str to Contract
        What was asked about.
    comparisons : int
        How many intervals hold together.
    """

    outcomes: Outcomes
    reached: bool
    table: pd.DataFrame
    checked_at: tuple[int, ...]
    contracts: Mapping[str, Contract]
    comparisons: int

    def history(self, amount: str, points: int = 60) -> pd.DataFrame:
        """Return how an amount's half-widths shrank as replications were added.

        Parameters
        ----------
        amount : str
            An amount whose precision was asked for.
        points : int
            Numbers of replications, about, evenly spread on a scale of powers.

        Returns
        -------
        DataFrame
            A column a contract that is signed: the half-width after so many replications (the
            index), under the plan that the table names. [currency]

        Raises
        ------
        PbcError
            If the precision of that amount was not asked for.
        """
        known = list(dict.fromkeys(self.table.index.get_level_values("amount")))
        if amount not in known:
            raise PbcError(unknown_name("amount of this study", amount, known))
        from scipy import stats  # slow to import, and only estimates need it

        n = np.unique(np.geomspace(FEWEST_DRAWN, self.outcomes.replications, points).astype(int))
        n = n[n >= 2]
        t = stats.t.ppf(1 - (1 - CONFIDENCE) / self.comparisons / 2, n - 1)
        prices, columns = self.outcomes.settle(self.contracts), {}
        for contract, plan in self.table["plan"].xs(amount, level="amount").items():
            values = sample(prices, amount, str(contract), str(plan))
            # Of differences to the first, since sums of squares of large numbers lose digits.
            apart = values - values[0]
            of_squares, of_sums = (apart**2).cumsum()[n - 1], apart.cumsum()[n - 1]
            variance = np.maximum(of_squares - of_sums**2 / n, 0.0) / (n - 1)
            columns[str(contract)] = t * np.sqrt(variance / n)
        return pd.DataFrame(columns, index=pd.Index(n, name="replications"))

    @property
    def predicted(self) -> int:
        """How many replications the pilot thought all need together."""
        known = self.table["predicted"].dropna()
        return int(known.max()) if len(known) else self.checked_at[0]

    def __str__(self) -> str:
        words = (
            _(
                "wanted precision reached after {n} replications; the pilot of {pilot} predicted "
                "{predicted}"
            )
            if self.reached
            else _(
                "wanted precision not reached after {n} replications; the pilot of {pilot} "
                "predicted {predicted}"
            )
        ).format(n=self.outcomes.replications, pilot=self.checked_at[0], predicted=self.predicted)
        return f"{words}\n{headed(self.table).to_string()}"


def run_until(
    scenario: Scenario,
    *,
    absolute: Mapping[str, float] | None = None,
    relative: Mapping[str, float] | None = None,
    pilot: int = 100,
    most: int = 10_000,
    seed: int = 1,
    contracts: Mapping[str, Contract] | None = None,
    workers: int | None = None,
) -> Precision:
    """Add replications until the means of several amounts are as sure as wanted.

    Asked are all contracts under the supplier's best response. The intervals hold together, with
    95%: each has 1 - 5% / their number (Bonferroni). A relative half-width g is reached when the
    half-width over the mean is g / (1 + g), so that it holds against the true mean.

    Parameters
    ----------
    scenario : Scenario
        World, plans, cost rates and contracts.
    absolute : mapping of str to float, optional
        Largest half-width by amount (buyer_cost, payments, supplier_profit). [currency]
    relative : mapping of str to float, optional
        Largest half-width as a share of the mean, by amount. [1]
    pilot, most : int
        Replications of the pilot, and the largest number that are run.
    seed : int
        Seed of the study.
    contracts : mapping of str to Contract, optional
        Contracts to price, where they are not the scenario's.
    workers : int, optional
        Processes; they change no number.

    Returns
    -------
    Precision
        The futures, and what was reached.

    Raises
    ------
    PbcError
        If nothing is wanted, an amount is unknown, or a number is out of range.

    Notes
    -----
    Source: Law (2015), Simulation Modeling and Analysis, 5th ed., sections 9.4.1 and 9.7.
    """
    absolute, relative = dict(absolute or {}), dict(relative or {})
    _require_wishes(absolute, relative, pilot, most)
    study = study_of(scenario, contracts, seed)
    contracts = scenario.contracts if contracts is None else contracts
    cards = simulate_study(study, pilot, workers=workers, progress=False)
    checked_at, predicted = [pilot], None
    while True:
        n = len(cards)
        outcomes = outcomes_of(study, cards, np.arange(n))
        table = _table(outcomes.settle(contracts), absolute, relative)
        predicted = table["needs"] if predicted is None else predicted
        reached = bool((table["half_width"] <= table["wanted"]).all())
        if reached or n >= most:
            table = table.drop(columns="needs").assign(predicted=predicted)
            asked = len(contracts) * len({*absolute, *relative})
            return Precision(outcomes, reached, table, tuple(checked_at), dict(contracts), asked)
        # Not all the way at once: an early guess of a spread may be too large.
        wanted = min(max(float(table["needs"].max()), n + pilot), 2 * n, most)
        more = int(wanted) - n
        further = simulate_study(study, more, workers=workers, progress=False, first=n)
        cards = cards.followed_by(further)
        checked_at.append(len(cards))


def _require_wishes(
    absolute: Mapping[str, float], relative: Mapping[str, float], pilot: int, most: int
) -> None:
    if not absolute and not relative:
        raise PbcError(
            "nothing says how sure the means must be; give absolute={'buyer_cost': 1000} in the "
            "currency, or relative={'buyer_cost': 0.01}."
        )
    for words, wishes in (("absolute", absolute), ("relative", relative)):
        for amount, half_width in wishes.items():
            if amount not in AMOUNTS:
                raise PbcError(unknown_name("amount", amount, AMOUNTS))
            require_type(f"{words} half-width of {amount}", half_width, (int, float), "a number")
            if not half_width > 0:
                raise PbcError(f"{words} half-width of {amount} must be > 0, got {half_width}.")
    for name, value, least in (("pilot", pilot, 2), ("most", most, pilot)):
        require_type(name, value, (int, np.integer), "give a whole number")
        if value < least:
            raise PbcError(f"{name} must be >= {least} replications, got {value}.")


def _table(
    prices: Settlement, absolute: Mapping[str, float], relative: Mapping[str, float]
) -> pd.DataFrame:
    from scipy import stats  # slow to import, and only estimates need it

    prices.outcomes.require_independent_futures()
    plans = {name: prices.best_plan(name) for name in prices.contracts}
    amounts = list(dict.fromkeys((*absolute, *relative)))
    n = prices.outcomes.replications
    beyond = (1 - CONFIDENCE) / (len(plans) * len(amounts))
    t = float(stats.t.ppf(1 - beyond / 2, n - 1))
    rows = {}
    for contract, plan in plans.items():
        # Nobody pays under a contract that is not signed, so nothing has to be sure.
        for amount in amounts if plan != WALKS_AWAY else ():
            values = sample(prices, amount, contract, plan)
            mean, sd = float(values.mean()), float(values.std(ddof=1))
            share = relative.get(amount, math.inf)
            of_mean = abs(mean) * (share / (1 + share) if math.isfinite(share) else math.inf)
            wanted = min(absolute.get(amount, math.inf), of_mean)
            needs = math.ceil((t * sd / wanted) ** 2) if wanted > 0 else math.inf
            rows[contract, amount] = (plan, mean, t * sd / math.sqrt(n), wanted, max(needs, 2))
    columns = ["plan", "mean", "half_width", "wanted", "needs"]
    if not rows:
        raise PbcError("the supplier walks away from every contract, so no mean can be sure.")
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    table.index = pd.MultiIndex.from_tuples(rows, names=["contract", "amount"])
    return table
