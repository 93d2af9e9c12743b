"""What does a supplier do who looks at the record at each review and changes its plan?

Lives here: `adapt`, the supplier that gives up what is lost and rushes for what can be saved.
May not live here: what it sees and how it chooses (`looking.py`), who signs (`outcomes.py`).
The model still knows no contract. A future is simulated under the plans chosen so far; at each look
the supplier reads its record, and if another plan promises more, the same future is simulated again
with that change. What happened before the change stays, since luck belongs to entities.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from pbc_sim.decision.experiment import Study
from pbc_sim.decision.looking import AdaptiveSupplier, Looking
from pbc_sim.decision.outcomes import Settlement, outcomes_of, study_of
from pbc_sim.decision.risk import Paired, paired, ratio_interval
from pbc_sim.decision.wording import contract_label, difference, heading, plan_label
from pbc_sim.errors import PbcError, require_type, unknown_name
from pbc_sim.figures import numeral, share
from pbc_sim.language import translated as _
from pbc_sim.operations.plan_changes import require_changeable
from pbc_sim.performance.periods import Review, ReviewPeriods
from pbc_sim.performance.scorecard import Scorecards
from pbc_sim.printed import Printed
from pbc_sim.scenario import Scenario

__all__ = ["AdaptiveStudy", "adapt"]

#: Futures below which what a supplier believes of its plans is mostly luck.
FEW_BELIEFS = 30


@dataclass(frozen=True)
class AdaptiveStudy(Printed):
    """What an adaptive supplier did under one contract, future by future.

    Parameters
    ----------
    contract : str
        Name of the contract.
    adaptive : Settlement
        Both parties' money; its only plan is the one that the supplier begins with.
    steady : Settlement
        The same futures under each plan, held for the whole term.
    looks : ReviewPeriods
        The stretches between looks; a plan is chosen at the beginning of each.
    choices : ndarray of int, of shape (n_replications, n_looks)
        Number of the plan that was chosen, in the order of the steady plans.
    facts : mapping of str to ndarray of shape (3, n_replications, n_looks)
        By KPI of the contract: numerator, denominator and facts of each stretch.
    expected : mapping of str to ndarray of shape (3, n_plans, n_beliefs, n_looks)
        By KPI: the same of the futures from which it knows what each plan brings.
    beliefs : int
        How many futures those are.
    """

    contract: str
    adaptive: Settlement
    steady: Settlement
    looks: ReviewPeriods
    choices: np.ndarray
    facts: dict[str, np.ndarray]
    expected: dict[str, np.ndarray]
    beliefs: int

    @property
    def plans(self) -> tuple[str, ...]:
        """The menu."""
        return self.steady.outcomes.study.plans

    @property
    def engine_note(self) -> str:
        """How these futures were simulated, in a sentence."""
        return _(
            "Simulated for '{contract}' alone, on SimPy: what a supplier does who looks at the "
            "record depends on the contract, so other contracts need runs of their own."
        ).format(contract=contract_label(self.steady.contracts, self.contract))

    @cached_property
    def changes(self) -> np.ndarray:
        """How often the plan was changed in each future, shape (n_replications,) [1]."""
        changed: np.ndarray = np.count_nonzero(np.diff(self.choices, axis=1), axis=1)
        return changed

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row a look: its ``day``, and how often each plan was chosen [1]."""
        rows = {plan: (self.choices == n).mean(axis=0) for n, plan in enumerate(self.plans)}
        return pd.DataFrame({"day": self.looks.edges[:-1], **rows})

    def within_review(self, kpi: str, *, margin: float = 0.0) -> pd.DataFrame:
        """Return how work goes on after reviews that begin badly, and after others.

        A review is behind if half-way its KPI so far misses the target.

        Parameters
        ----------
        kpi : str
            Name of a KPI of the contract whose reviews hold several looks.
        margin : float
            By how much it must miss the target to be behind. [as the KPI]

        Returns
        -------
        DataFrame
            A row a look within the review, counted from 1: the KPI of that stretch in reviews that
            are ``behind`` and ``on_track``, NaN where there are none, and ``low_behind``,
            ``high_behind``, ``low_on_track``, ``high_on_track`` of 95% intervals; ``reviews``
            that are behind, ``half`` the looks after which that was judged. Intervals take reviews
            of one future as independent.

        Raises
        ------
        PbcError
            If the KPI is unknown, or its reviews do not all hold the same two or more looks.
        """
        clauses, n_looks = self.adaptive.contracts[self.contract].kpis, self.looks_a_review(kpi)
        part, whole = self.facts[kpi][:2].reshape(2, -1, n_looks)
        half, target = n_looks // 2, clauses[kpi].target
        so_far = part[:, :half].sum(axis=1) / np.maximum(whole[:, :half].sum(axis=1), 1e-300)
        short = target.level - so_far if target.direction == "higher" else so_far - target.level
        behind = short > margin
        columns: dict[str, list[float]] = {}
        for name, which in (("behind", behind), ("on_track", ~behind)):
            rows = [_ratio(part[which, n], whole[which, n]) for n in range(n_looks)]
            rows = np.clip(rows, *clauses[kpi].kpi.bounds).tolist()
            for column, values in zip(
                (name, f"low_{name}", f"high_{name}"), zip(*rows, strict=True), strict=True
            ):
                columns[column] = list(values)
        table = pd.DataFrame(columns, index=pd.RangeIndex(1, n_looks + 1, name="look"))
        return table.assign(reviews=int(behind.sum()), half=half)

    def looks_a_review(self, kpi: str) -> int:
        """Return how many looks each review of a KPI holds, at least 2; errors: `within_review`."""
        contract = self.adaptive.contracts[self.contract]
        if kpi not in contract.kpis:
            raise PbcError(unknown_name("KPI of this contract", kpi, contract.kpis))
        m = contract.measured()[kpi]
        ends = np.searchsorted(
            self.looks.edges,
            ReviewPeriods.of(self.adaptive.outcomes.scenario.setting, m.review, m.months).edges,
        )
        each = np.unique(np.diff(ends))
        if len(each) != 1 or each[0] < 2:
            words = _(
                "reviews of '{kpi}' hold {low} to {high} looks; choose a look of which each review "
                "holds the same number, at least two."
            )
            raise PbcError(words.format(kpi=kpi, low=each.min(), high=each.max()))
        return int(each[0])

    def against_steady(self) -> dict[str, Paired]:
        """Compare both parties' money with the best steady plan, on the same futures."""
        found = {}
        for amount in ("supplier_profit", "buyer_cost"):
            best = self.steady.most_profitable_plan(self.contract)
            before = getattr(self.steady, amount).sel(contract=self.contract, plan=best)
            after = getattr(self.adaptive, amount).sel(contract=self.contract)
            found[amount] = paired(after.values[0], before.values)
        return found

    @cached_property
    def warning(self) -> str:
        """Why what it did may be no answer of a supplier that knows its trade; empty if it may.

        Who may change its plan may also hold the best one, so earning less than that is an error of
        what it believes and no strategy.
        """
        best = self.steady.most_profitable_plan(self.contract)
        words = []
        if self.against_steady()["supplier_profit"].ci95[1] < 0:
            words.append(
                _(
                    "it surely earns less than by holding plan {plan} all the time, which it could "
                    "do: it misjudges what its plans bring, of which it knows {n} futures"
                )
            )
        elif self.beliefs < FEW_BELIEFS:
            words.append(
                _(
                    "it knows what its plans bring from {n} futures only, and may change them for "
                    "nothing"
                )
            )
        else:
            return ""
        words.append(_("give more beliefs, {least} or more, and see whether it still does this"))
        told = "; ".join(words)
        return told.format(plan=best, n=self.beliefs, least=max(FEW_BELIEFS, 2 * self.beliefs))

    def __str__(self) -> str:
        scenario = self.steady.outcomes.scenario
        currency, best = scenario.currency, self.steady.most_profitable_plan(self.contract)
        begins = _(
            "Under '{contract}' the plan changes {times} times in {looks} looks; best steady plan: "
            "{plan}."
        ).format(
            contract=contract_label(self.steady.contracts, self.contract),
            times=numeral(float(self.changes.mean()), ".1f"),
            looks=len(self.looks),
            plan=f"'{plan_label(scenario, best)}'",
        )
        lines = [begins]
        for amount, against in self.against_steady().items():
            lines.append(
                _("{amount}, adaptive less steady: {difference}.").format(
                    amount=heading(amount), difference=difference(against, currency)
                )
            )
        held = "; ".join(
            f"{plan_label(scenario, plan)} {share(float((self.choices == n).mean()), 0)}"
            for n, plan in enumerate(self.plans)
        )
        of_the_time = _("Of the time: {held}.").format(held=held)
        if self.warning:
            lines.append(_("Beware: {warning}.").format(warning=self.warning))
        return "\n".join([*lines, of_the_time, self.engine_note])


def _ratio(part: np.ndarray, whole: np.ndarray) -> tuple[float, float, float]:
    """Return a ratio of sums and its interval, NaN where nothing was counted."""
    if not whole.sum():
        return float("nan"), float("nan"), float("nan")
    ratio, (low, high) = ratio_interval(part, whole)
    return ratio, low, high


def adapt(
    scenario: Scenario,
    contract: str,
    *,
    replications: int = 100,
    seed: int = 1,
    look: Review | float = "month",
    beliefs: int = 50,
    plans: Sequence[str] | None = None,
    progress: bool = False,
) -> AdaptiveStudy:
    """Simulate a supplier that looks at the record and holds the plan that promises most.

    At each look it knows what has happened so far, and what each plan brings in other futures. It
    asks which plan to hold until the next review ends and which one after that, takes the former,
    and asks again at the next look. So it gives up a bonus or a target that is out of reach, rests
    where a cap has been reached, and makes an effort where there is something to gain.

    Parameters
    ----------
    scenario : Scenario
        World, plans and contracts.
    contract : str
        Name of the contract.
    replications : int
        Futures, the first of the seed's.
    seed : int
        Seed of the study.
    look : {"week", "month", ...} or float
        When it looks: at the beginning of each period, or each so many days. [day]
    beliefs : int
        Other futures, after these, from which it knows what to expect of each plan. With few it
        changes its plan for luck that does not come again, and earns less; the study says so.
    plans : sequence of str, optional
        Its menu; all that the contract admits where empty.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    AdaptiveStudy
        What it did, and both parties' money beside that of steady plans.

    Raises
    ------
    PbcError
        If contract or plan is unknown, the plans differ in what is fixed for the term, the contract
        may be terminated, or it has a percentile that is not known before its review ends.

    Notes
    -----
    Source: Liang and Atkins (2013), Designing service level agreements for inventory management,
    Production and Operations Management 22:1103-1117; open-loop feedback: Bertsekas (2017),
    Dynamic Programming and Optimal Control, section 6.2. What it expects of a plan is what the plan
    brings if held from the beginning: it does not count the stock that another plan leaves behind.
    """
    require_type("scenario", scenario, Scenario, "read it with pbc.load_scenario(path)")
    terms = scenario.require_contract(contract)
    for name, value in (("replications", replications), ("beliefs", beliefs)):
        require_type(name, value, int, "give a whole number >= 2")
        if value < 2:
            raise PbcError(f"{name} must be >= 2, got {value}.")
    menu = tuple(plans or (plan for plan in scenario.plans if terms.admits(plan)))
    for plan in menu:
        scenario.require_plan(plan)
    require_changeable({plan: scenario.plans[plan] for plan in menu}, scenario.setting)
    if terms.termination:
        words = _(
            "contract '{contract}' may be terminated, and an adaptive supplier would have to "
            "foresee that; leave termination out."
        )
        raise PbcError(words.format(contract=contract))
    study = study_of(scenario, {contract: terms}, seed, menu, "simpy")
    looking = Looking.of(study, terms, look)
    scenario.check_size(replications + beliefs, len(menu))
    numbers = range(replications + beliefs)
    steady_cards, known = [], []
    with tqdm(total=len(numbers) + replications, disable=not progress, unit="future") as bar:
        for replication in numbers:
            cards, records = looking.steady(replication)
            steady_cards.append(cards)
            known.append(records)
            bar.update()
        supplier = AdaptiveSupplier(looking, contract, known[replications:])
        lived = []
        for replication in range(replications):
            lived.append(supplier.live(replication, known[replication]))
            bar.update()
    first, every = int(lived[0].choices[0]), np.arange(replications)
    steady = outcomes_of(study, Scorecards.of(steady_cards[:replications]), every)
    one = Study(scenario, study.needs, seed, (menu[first],), "simpy")
    adaptive = outcomes_of(one, Scorecards.of([[life.card] for life in lived]), every)
    return AdaptiveStudy(
        contract,
        adaptive.settle({contract: terms}),
        steady.settle({contract: terms}),
        looking.looks,
        np.array([life.choices for life in lived]),
        {
            kpi: np.stack([life.record.facts[m] for life in lived], axis=1)
            for kpi, m in terms.measured().items()
        },
        {kpi: supplier.expected[m] for kpi, m in terms.measured().items()},
        beliefs,
    )
