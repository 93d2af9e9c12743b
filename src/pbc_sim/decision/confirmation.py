"""Does a contract that a search found hold on fresh futures, and beat those written by hand?

Lives here: the recommended contract and the hand-written ones on replications that no search has
seen, their paired differences, and the sentence about it. May not live here: the search
(`designing.py`), what contracts are worth (`evaluation.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pbc_sim.contract import Contract
from pbc_sim.contract.terms import needs_of
from pbc_sim.decision.evaluation import evaluate, objective_values
from pbc_sim.decision.outcomes import Outcomes, Settlement
from pbc_sim.decision.risk import paired
from pbc_sim.decision.risk.intervals import CONFIDENCE
from pbc_sim.decision.wording import interval
from pbc_sim.figures import money, share
from pbc_sim.performance.periods import term_end
from pbc_sim.scenario import Wishes

__all__ = ["RECOMMENDED", "Confirmation", "confirm"]

#: What the contract that the search found is called in tables.
RECOMMENDED = "recommended"


@dataclass(frozen=True)
class Confirmation:
    """A recommended contract and those written by hand, on the same fresh futures.

    Parameters
    ----------
    outcomes : Outcomes
        The fresh futures.
    contracts : mapping of str to Contract
        ``recommended``, and the hand-written contracts that can be compared with it.
    table : DataFrame
        What `evaluate` says of them there.
    against : DataFrame
        A row for each hand-written contract that is signed and fulfils the wishes: ``difference``
        of the objective, recommended less hand-written, so that below 0 the search wins; ``low``
        and ``high`` of its interval, all of which hold together with 95 %; ``warning`` where it
        does not hold. [currency]
    left_out : mapping of str to str
        Hand-written contracts that are no rivals, and why.
    wishes : Wishes
        What was wanted.
    as_written : str, optional
        The hand-written contract that the recommended one is, if it is one.
    """

    outcomes: Outcomes
    contracts: Mapping[str, Contract]
    table: pd.DataFrame
    against: pd.DataFrame
    left_out: Mapping[str, str]
    wishes: Wishes
    as_written: str | None = None

    @property
    def holds(self) -> bool:
        """Whether the recommended contract is signed and fulfils the wishes on fresh futures."""
        return bool(self.table.loc[RECOMMENDED, "feasible"])

    @property
    def beats_all(self) -> bool:
        """Whether it holds and is surely better than every hand-written contract that does."""
        return self.holds and len(self.against) > 0 and bool((self.against["high"] < 0).all())

    @property
    def nearest(self) -> str | None:
        """The hand-written contract that it beats by least, or not at all."""
        return str(self.against["difference"].idxmax()) if len(self.against) else None

    @property
    def verdict(self) -> str:
        """Whether the search found something better than people had written, in words."""
        where = f"on {self.outcomes.replications} fresh replications"
        if not self.holds:
            reason = _why_not(self.table, RECOMMENDED, self.wishes)
            said = (
                f"The recommended contract does not hold {where}: {reason}; so no searched "
                "contract is shown to beat a hand-written one."
            )
        elif self.nearest is None:
            said = (
                f"No hand-written contract is signed and fulfils the wishes {where}, so there is "
                "none to beat."
            )
        else:
            said = self._compared(self.nearest, where)
        others = "; ".join(f"'{name}', {why}" for name, why in self.left_out.items())
        return f"{said} No rivals: {others}." if others else said

    def _compared(self, nearest: str, where: str) -> str:
        goal, currency = self.wishes.objective, self.outcomes.scenario.currency
        less, low, high = (
            float(self.against[column].loc[nearest]) for column in ("difference", "low", "high")
        )
        if self.beats_all:
            ends = interval((-high, -low), currency)
            together = f", {len(self.against)} intervals together" if len(self.against) > 1 else ""
            said = (
                f"The recommended contract beats every hand-written one on {goal} {where}: the "
                f"nearest, '{nearest}', by {money(-less, currency)} {ends} "
                f"({CONFIDENCE:.0%}{together})."
            )
        elif nearest == self.as_written:
            said = (
                f"No searched contract beats hand-written '{nearest}' on {goal}: the search "
                "recommends its numbers as they are."
            )
        else:
            said = (
                f"No searched contract beats hand-written '{nearest}' on {goal}: {where} the best "
                f"found less '{nearest}' is {money(less, currency)} "
                f"{interval((low, high), currency)} ({CONFIDENCE:.0%})."
            )
            if low <= 0 <= high:
                said += " Luck alone may explain the difference; more replications would tell."
        warning = str(self.against["warning"].loc[nearest])
        return f"{said} But: {warning}." if warning else said


def confirm(
    outcomes: Outcomes,
    recommended: Contract,
    hand_written: Mapping[str, Contract],
    wishes: Wishes,
    as_written: str | None = None,
) -> Confirmation:
    """Compare a contract with hand-written ones on futures that did not choose it.

    The supplier answers each contract anew. Differences are paired, future by future; those of
    tails by what each future contributes to the tail mean. Intervals hold together (Bonferroni).

    Parameters
    ----------
    outcomes : Outcomes
        Fresh futures.
    recommended : Contract
        What a search found.
    hand_written : mapping of str to Contract
        Its rivals. Those that run another term, or that these futures cannot price, are left out.
    wishes : Wishes
        What was wanted.
    as_written : str, optional
        The hand-written contract that the recommended one is, if it is one.
    """
    rivals, left_out = {}, {}
    for name, contract in hand_written.items():
        reason = _incomparable(outcomes, recommended, contract)
        if reason:
            left_out[name] = reason
        else:
            # The recommended contract keeps its name, whatever people call theirs.
            rivals[f"{name} (hand-written)" if name == RECOMMENDED else name] = contract
    contracts = {RECOMMENDED: recommended, **rivals}
    table = evaluate(outcomes, contracts, wishes)
    prices = outcomes.settle(contracts)
    ours = _values(prices, RECOMMENDED, table, wishes)
    judged = [name for name in rivals if table.loc[name, "feasible"]]
    left_out |= {name: _why_not(table, name, wishes) for name in rivals if name not in judged}
    rows = {}
    for name in judged:
        found = paired(ours, _values(prices, name, table, wishes), comparisons=len(judged))
        rows[name] = (found.difference, *found.ci95, found.warning)
    against = pd.DataFrame.from_dict(
        rows, orient="index", columns=["difference", "low", "high", "warning"]
    )
    return Confirmation(outcomes, contracts, table, against, left_out, wishes, as_written)


def _values(prices: Settlement, name: str, table: pd.DataFrame, wishes: Wishes) -> np.ndarray:
    cell = {"contract": name, "plan": table.loc[name, "plan"]}
    cost, profit = prices.buyer_cost.sel(cell).values, prices.supplier_profit.sel(cell).values
    return objective_values(cost, profit, wishes)


def _incomparable(outcomes: Outcomes, contract: Contract, other: Contract) -> str:
    setting = outcomes.scenario.setting
    if term_end(setting, contract.term.months) != term_end(setting, other.term.months):
        return "which runs another term"
    asked, simulated = needs_of({"it": other}), outcomes.study.needs
    if not set(asked.measures) <= set(simulated.measures) or not (
        set(asked.terms) <= set(simulated.terms)
    ):
        return "for which these futures were not simulated"
    return ""


def _why_not(table: pd.DataFrame, name: str, wishes: Wishes) -> str:
    """Say why a contract is not feasible."""
    if not table["signed"].loc[name]:
        return "the supplier walks away"
    absent = [kpi for kpi in wishes.kpis if np.isnan(_found(table, name, f"met: {kpi}"))]
    if absent:
        return f"it has no KPI {absent[0]}, of which something is wished"
    wanted = {f"met: {kpi}": least for kpi, least in wishes.kpis.items()}
    wanted |= {f"fair: {plan}": least for plan, least in wishes.fair_to.items()}
    if wishes.within_budget is not None:
        wanted["within_budget"] = wishes.within_budget
    missed = []
    for wish, least in wanted.items():
        found = _found(table, name, wish)
        if found < least:
            words = wish.removeprefix("met: ").replace("fair: ", "fair to ").replace("_", " ")
            missed.append(f"{words} in {share(found)} and not {share(least)}")
    return f"it misses a wish ({', '.join(missed)})"


def _found(table: pd.DataFrame, name: str, column: str) -> float:
    return float(table[column].loc[name]) if column in table else float("nan")
