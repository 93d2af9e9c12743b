"""Which contract is best, and which may be: candidates ranked, and simulated until it is clear.

Lives here: `rank` on stored futures, `select_best` on futures added as they are needed.
May not live here: the procedures (`risk/ranking.py`), pictures (`show/plots/`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from pbc_sim.decision.comparison import Comparison
from pbc_sim.decision.experiment import Study
from pbc_sim.decision.laid_out import laid_out
from pbc_sim.decision.outcomes import WALKS_AWAY, run_study, study_of
from pbc_sim.decision.results import AMOUNTS, sample
from pbc_sim.decision.risk.ranking import Selection, kim_nelson, multiple_comparison
from pbc_sim.decision.wording import amount_within, contract_label, headed, plan_label
from pbc_sim.errors import PbcError, require_type, unknown_name
from pbc_sim.figures import money, numeral
from pbc_sim.language import translated as _
from pbc_sim.printed import Printed
from pbc_sim.scenario import BEST, Scenario

__all__ = ["BestContract", "Ranking", "rank", "select_best"]

#: Replications between two looks of a selection.
STEP = 10


@dataclass(frozen=True)
class Ranking(Printed):
    """Contracts ranked by one amount, on the same futures.

    Parameters
    ----------
    comparison : Comparison
        What was ranked.
    amount : str
        By what: buyer_cost or payments, where less is better, or supplier_profit.
    samples : mapping of str to ndarray of shape (n_replications,)
        The amount under each contract that is signed. [currency]
    table : DataFrame
        A row a contract, best first: ``mean``, ``gap`` (how much worse than the best of the
        others), ``low`` and ``high`` of its interval [currency], ``possibly_best``. The intervals
        hold together with 95%.
    """

    comparison: Comparison
    amount: str
    samples: Mapping[str, np.ndarray]
    table: pd.DataFrame

    @property
    def possibly_best(self) -> list[str]:
        """The contracts of which none is clearly worse than another."""
        return [str(name) for name in self.table.index[self.table["possibly_best"]]]

    def __str__(self) -> str:
        currency = self.comparison.prices.outcomes.scenario.currency
        shown = self.table.copy()
        for column in ("mean", "gap", "low", "high"):
            shown[column] = [money(value, currency) for value in shown[column]]
        shown["possibly_best"] = [_("yes") if best else "" for best in shown["possibly_best"]]
        shown.index = [self.comparison.titled(str(name)) for name in shown.index]
        return laid_out(headed(shown))


@dataclass(frozen=True)
class BestContract(Selection, Printed):
    """Which contract is the best, simulated until that was clear.

    Parameters
    ----------
    best, left_at, replications, means, decided
        As of a `Selection`, by name of the contract; means in money. [currency]
    amount : str
        By what: buyer_cost or payments, where less is better, or supplier_profit.
    difference : float
        Smallest difference that matters. [currency]
    plans : mapping of str to str
        The supplier's plan under each.
    scenario : Scenario
        Whose contracts they are.
    chosen_by_profit : bool
        Whether the supplier was free to take the plan of the largest expected profit; one plan was
        asked for otherwise.
    """

    amount: str
    difference: float
    plans: Mapping[str, str]
    scenario: Scenario = field(repr=False)
    chosen_by_profit: bool

    @property
    def table(self) -> pd.DataFrame:
        """A row a contract, the longest simulated first, the best on top: plan, mean, and how far.

        ``plan``, ``mean`` over its own replications [currency], ``replications``, and ``left``, the
        last of them where it was left out, 0 where it never was.
        """
        names = sorted(self.means, key=lambda name: (name != self.best, -self.replications[name]))
        rows = {
            name: (
                self.plans[name],
                self.means[name],
                self.replications[name],
                self.left_at.get(name, 0),
            )
            for name in names
        }
        columns = ["plan", "mean", "replications", "left"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns)

    def __str__(self) -> str:
        currency, contracts = self.scenario.currency, self.scenario.contracts
        words = (
            _(
                "'{best}' is best by {amount} after {n} replications, with 95% where differences "
                "of {difference} or more matter."
            )
            if self.decided
            else _(
                "'{best}' leads by {amount} after {n} replications, but not with 95% where "
                "differences of {difference} or more matter."
            )
        ).format(
            best=contract_label(contracts, self.best),
            amount=amount_within(self.amount),
            n=numeral(self.replications[self.best], ",d"),
            difference=money(self.difference, currency),
        )
        shown = self.table
        shown["plan"] = [plan_label(self.scenario, plan) for plan in shown["plan"]]
        shown["mean"] = [money(value, currency) for value in shown["mean"]]
        shown["left"] = [
            _("left out after {n}").format(n=n) if n else _("stayed") for n in shown["left"]
        ]
        shown.index = [contract_label(contracts, name) for name in shown.index]
        parts = [words, laid_out(headed(shown))]
        if self.chosen_by_profit:
            parts.append(
                _("Each contract is answered by a supplier that counts its expected profit alone.")
            )
        return "\n".join(parts)


def rank(comparison: Comparison, amount: str = "buyer_cost") -> Ranking:
    """Rank the contracts of a comparison that are signed, with intervals that hold together.

    Raises
    ------
    PbcError
        If the amount is unknown, or fewer than two contracts are signed.
    """
    require_type("comparison", comparison, Comparison, "compare first: pbc.compare(prices)")
    if amount not in AMOUNTS:
        raise PbcError(unknown_name("amount", amount, AMOUNTS))
    found = {name: comparison.sample(name, amount) for name in comparison.results}
    samples = {name: values for name, values in found.items() if values is not None}
    if len(samples) < 2:
        raise PbcError(f"{len(samples)} contracts are signed; ranking needs two or more.")
    sign = -1.0 if amount == "supplier_profit" else 1.0
    table = multiple_comparison({name: sign * values for name, values in samples.items()})
    table["mean"] = sign * table["mean"]
    return Ranking(comparison, amount, samples, table)


def select_best(
    scenario: Scenario,
    difference: float,
    *,
    amount: str = "buyer_cost",
    plan: str = BEST,
    first_stage: int = 20,
    most: int = 5_000,
    seed: int = 1,
    workers: int | None = None,
) -> BestContract:
    """Simulate until one contract is the best by a difference that matters, with 95%.

    After each step the contracts that are beaten are left out, and so are the plans that no other
    contract needs. The supplier counts its expected profit alone; its answer to each contract is
    that of the first stage and stays. What other kinds of suppliers do is told by `respond`.

    Plans are not given unequal numbers of futures by OCBA (`risk/ranking.py` has its shares, for
    candidates on luck of their own). Contracts are priced on the same futures, so a future tells of
    all of them, and there is nothing to share out among them; and a future that one plan has and
    another lacks makes no pair, so it tells as little as one of independent luck.

    Parameters
    ----------
    scenario : Scenario
        World, plans and contracts.
    difference : float
        Smallest difference of means that matters. [currency]
    amount : str
        buyer_cost or payments, where less is better, or supplier_profit.
    plan : str
        Plan under all contracts; "best" for the supplier's best response in the first stage.
    first_stage, most : int
        Replications before the first look, and at the end.
    seed : int
        Seed of the study.
    workers : int, optional
        Processes; they change no number.

    Returns
    -------
    BestContract
        The best contract, and after how many replications the others were left out.

    Raises
    ------
    PbcError
        If a name is unknown, a number is out of range, or fewer than two contracts are signed.

    Examples
    --------
    >>> import pbc_sim as pbc
    >>> scenario = pbc.load_scenario("scenarios/pilot_office.yaml")
    >>> pbc.select_best(scenario, 1e6, workers=1).best
    'paid_as_delivered'
    """
    require_type("scenario", scenario, Scenario, "read it with pbc.load_scenario(path)")
    if amount not in AMOUNTS:
        raise PbcError(unknown_name("amount", amount, AMOUNTS))
    candidates = scenario.contracts
    scenario.require_plan(plan, or_best=True)
    study = study_of(scenario, candidates, seed)
    first = run_study(study, first_stage, workers=workers).settle(candidates)
    first.outcomes.require_independent_futures()
    plans = {name: first.best_plan(name) if plan == BEST else plan for name in candidates}
    plans = {name: chosen for name, chosen in plans.items() if chosen != WALKS_AWAY}
    if len(plans) < 2:
        raise PbcError(f"{len(plans)} contracts are signed; a selection needs two or more.")
    sign = -1.0 if amount == "supplier_profit" else 1.0

    def draw(names: Sequence[str], begin: int, count: int) -> dict[str, np.ndarray]:
        if not begin:
            return {name: sign * sample(first, amount, name, plans[name]) for name in names}
        needed = tuple(dict.fromkeys(plans[name] for name in names))
        some = Study(scenario, study.needs, seed, needed, study.engine)
        outcomes = run_study(some, count, workers=workers, first=begin)
        prices = outcomes.settle({name: candidates[name] for name in names})
        return {name: sign * sample(prices, amount, name, plans[name]) for name in names}

    found = kim_nelson(
        draw,
        list(plans),
        difference,
        first_stage=first_stage,
        step=STEP,
        most=most,
    )
    means = {name: sign * mean for name, mean in found.means.items()}
    return BestContract(
        found.best,
        found.left_at,
        found.replications,
        means,
        found.decided,
        amount,
        difference,
        plans,
        scenario,
        plan == BEST,
    )
