"""What does a supplier do who looks at the record at each review and changes its plan?

Lives here: `adapt`, the supplier that gives up what is lost and rushes for what can be saved.
May not live here: what a change of plan does (`operations/`), who signs (`outcomes.py`).
The model still knows no contract. A future is simulated under the plans chosen so far; at each look
the supplier reads its record, and if another plan promises more, the same future is simulated again
with that change. What happened before the change stays, since luck belongs to entities.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from pbc_sim.contract import Contract
from pbc_sim.contract.settlement import settle
from pbc_sim.decision.experiment import Study
from pbc_sim.decision.outcomes import Settlement, outcomes_of, study_of
from pbc_sim.decision.risk import Paired, paired, ratio_interval
from pbc_sim.decision.wording import contract_label, difference, heading, plan_label
from pbc_sim.errors import PbcError, require_type, unknown_name
from pbc_sim.figures import numeral, share
from pbc_sim.language import translated as _
from pbc_sim.operations import Ledger, check_balances, simulate
from pbc_sim.operations.plan_changes import PlanChange, require_changeable
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.performance.costs import COST_LINES, CostTerms, Term, lines_of
from pbc_sim.performance.measures import Measure, summed
from pbc_sim.performance.periods import Review, ReviewPeriods
from pbc_sim.performance.plan_changes import costs_with_changes
from pbc_sim.performance.scorecard import Scorecard, Scorecards, Scores
from pbc_sim.scenario import Scenario
from pbc_sim.world import draw_world

__all__ = ["AdaptiveStudy", "adapt"]

OF_SUPPLIER = [line in lines_of("supplier") for line in COST_LINES.values()]


class Record(NamedTuple):
    """One future under plans, measured between looks.

    Parameters
    ----------
    facts : dict of Measure to ndarray of shape (3, n_looks)
        Numerator, denominator and number of facts from each look to the next.
    cost : ndarray of shape (n_looks + 1,)
        The supplier's costs from the beginning of the term up to each look. [currency]
    """

    facts: dict[Measure, np.ndarray]
    cost: np.ndarray


@dataclass(frozen=True)
class AdaptiveStudy:
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
    """

    contract: str
    adaptive: Settlement
    steady: Settlement
    looks: ReviewPeriods
    choices: np.ndarray
    facts: dict[str, np.ndarray]
    expected: dict[str, np.ndarray]

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
        ).format(contract=self.contract)

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
        Other futures, after these, from which it knows what to expect of each plan.
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
    looking = _Looking.of(study, terms, look)
    scenario.check_size(replications + beliefs, len(menu))
    numbers = range(replications + beliefs)
    steady_cards, known = [], []
    with tqdm(total=len(numbers) + replications, disable=not progress, unit="future") as bar:
        for replication in numbers:
            cards, records = looking.steady(replication)
            steady_cards.append(cards)
            known.append(records)
            bar.update()
        supplier = _Supplier(looking, contract, known[replications:])
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
    )


@dataclass(frozen=True)
class _Looking:
    """When the supplier looks, and what it sees."""

    study: Study
    terms: Contract
    looks: ReviewPeriods
    reviews: dict[Measure, ReviewPeriods]

    @classmethod
    def of(cls, study: Study, terms: Contract, look: Review | float) -> _Looking:
        """Lay out looks, so that each review and payment ends with one."""
        setting = study.scenario.setting
        reviews = dict(zip(study.needs.measures, study.scorer.periods, strict=True))
        payments = ReviewPeriods.of(setting, terms.term.review, terms.term.months).edges
        if isinstance(look, str):
            edges = ReviewPeriods.of(setting, look, terms.term.months).edges
        else:
            if not look > 0:
                raise PbcError(_("look must be > 0 day, got {look} day.").format(look=look))
            edges = np.arange(payments[0], payments[-1], look)
        every = np.concatenate([edges, payments, *(periods.edges for periods in reviews.values())])
        looks = ReviewPeriods(np.unique(every))
        for m, periods in reviews.items():
            if m.entry.kind == "percentile" and len(periods) < len(looks):
                words = _(
                    "{measure} is a percentile, of which nothing is known before its review ends; "
                    "look as often as it is reviewed."
                )
                raise PbcError(words.format(measure=m.said()))
        return cls(study, terms, looks, reviews)

    def steady(self, replication: int) -> tuple[list[Scorecard], list[Record]]:
        """Simulate a future under each plan, and return what is scored and what is seen."""
        cards, records = [], []
        for name in self.study.plans:
            plan = self.study.scenario.plans[name]
            card, record = self.lived(replication, plan, [])
            cards.append(card)
            records.append(record)
        return cards, records

    def lived(
        self, replication: int, plan: SupplierPlan, changes: list[PlanChange]
    ) -> tuple[Scorecard, Record]:
        """Simulate a future under plans, one after the other."""
        drawn = self.study.drawn(replication)
        world = draw_world(drawn.setting, self.study.seed, replication)
        ledger = simulate(world, plan, changes)
        check_balances(ledger)
        card = self.study.scorer.score(ledger, plan, drawn.costs)
        if changes:
            costs = [
                costs_with_changes(ledger, plan, changes, drawn.costs, term)
                for term in self.study.scorer.terms
            ]
            card = Scorecard(card.measured, np.array(costs), card.open_at_end, card.due_later)
        return card, self.seen(ledger, plan, changes, drawn.costs)

    def seen(
        self, ledger: Ledger, plan: SupplierPlan, changes: list[PlanChange], rates: CostTerms
    ) -> Record:
        """Measure a ledger between looks."""
        facts = {
            m: summed(m.facts(ledger, periods), m.entry, self.looks)
            for m, periods in self.reviews.items()
        }
        begin = self.looks.edges[0]
        costs = [
            costs_with_changes(ledger, plan, changes, rates, Term(begin, end))[OF_SUPPLIER].sum()
            for end in self.looks.edges
        ]
        return Record(facts, np.array(costs))

    def by_review(self, m: Measure, facts: np.ndarray) -> np.ndarray:
        """Add up facts between looks to those of reviews, along the last axis."""
        edges = self.reviews[m].edges[:-1]
        added = np.add.reduceat(facts, np.searchsorted(self.looks.edges, edges), axis=-1)
        if m.entry.kind == "total":
            added[1:] = 1.0
        return added


class _Life(NamedTuple):
    """One future of an adaptive supplier."""

    choices: np.ndarray
    card: Scorecard
    record: Record


class _Supplier:
    """Who looks, expects and chooses."""

    def __init__(self, looking: _Looking, contract: str, known: list[list[Record]]) -> None:
        self.looking, self.contract = looking, contract
        self.expected = {
            m: np.stack(
                [np.stack([record.facts[m] for record in by_plan], 1) for by_plan in known], 2
            )
            for m in looking.reviews
        }
        cost = np.array([[record.cost for record in by_plan] for by_plan in known])
        self.cost = cost.transpose(1, 0, 2)
        #: Looks with which a review or payment ends.
        edges = np.concatenate([periods.edges[1:] for periods in looking.reviews.values()])
        self.ends = np.unique(
            [len(looking.looks), *np.searchsorted(looking.looks.edges, edges).tolist()]
        )
        self.nothing = Record({m: f[:, 0, 0] for m, f in self.expected.items()}, self.cost[0, 0])
        self.first = int(self.promises(self.nothing, 0).argmax())

    def live(self, replication: int, steady: list[Record]) -> _Life:
        """Go through a future, look by look."""
        scenario, names = self.looking.study.scenario, self.looking.study.plans
        plans = [scenario.plans[name] for name in names]
        choices = np.full(len(self.looking.looks), self.first)
        changes: list[PlanChange] = []
        card, record = None, steady[self.first]
        for look, when in enumerate(self.looking.looks.edges[:-1]):
            if not look:
                continue
            promises = self.promises(record, look)
            now = int(choices[look - 1])
            best = int(promises.argmax())
            # Of equal promises the plan that holds already.
            best = best if promises[best] > promises[now] else now
            choices[look:] = best
            if best != now:
                changes.append(PlanChange(float(when), plans[best]))
                card, record = self.looking.lived(replication, plans[self.first], changes)
        if card is None:
            card, record = self.looking.lived(replication, plans[self.first], changes)
        return _Life(choices, card, record)

    def promises(self, record: Record, look: int) -> np.ndarray:
        """Return the expected profit of each plan held from a look to the next review's end.

        After that any plan is held for the rest of the term, the best one for that.

        Returns
        -------
        ndarray of shape (n_plans,)
            Of the whole term. [currency]
        """
        study, n_plans, n_looks = self.looking.study, len(self.cost), len(self.looking.looks)
        until = int(self.ends[np.searchsorted(self.ends, look, side="right")])
        now = np.arange(n_plans)
        later = now if until == n_looks else np.tile(now, n_plans)
        now = now if until == n_looks else np.repeat(now, n_plans)
        measured = {}
        for m, expected in self.expected.items():
            facts = expected[:, later]
            facts[..., look:until] = expected[:, now, :, look:until]
            facts[..., :look] = record.facts[m][:, None, None, :look]
            measured[m] = self.looking.by_review(m, facts)
        cost = (
            record.cost[look]
            + (self.cost[now, :, until] - self.cost[now, :, look])
            + (self.cost[later, :, -1] - self.cost[later, :, until])
        )
        terms = self.looking.terms
        scores = Scores(
            study.scenario.setting,
            tuple(map(str, range(len(now)))),
            np.arange(cost.shape[1]),
            measured,
            {terms.term.months: cost},
        )
        paid = settle({self.contract: terms}, scores)["payments"].values[0]
        profit: np.ndarray = (paid - cost).mean(axis=1).reshape(n_plans, -1).max(axis=1)
        return profit
