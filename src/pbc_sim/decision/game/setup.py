"""What is played: a scenario, one of its contracts, a seed, and what follows from them alone.

Lives here: turns, levers with their prices, the supplier's budget, what the buyer may offer.
May not live here: moves, and what they lead to (`life.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pbc_sim.contract import Contract
from pbc_sim.contract.moving_targets import Ratchet
from pbc_sim.errors import PbcError, require_type, unknown_name
from pbc_sim.language import translated as _
from pbc_sim.operations import Ledger, check_balances, simulate
from pbc_sim.operations.plan_changes import PlanChange, require_changeable
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.performance.costs import COST_LINES, Term
from pbc_sim.performance.periods import MONTHS_OF, ReviewPeriods
from pbc_sim.performance.plan_changes import costs_with_changes
from pbc_sim.scenario import Drawn, Scenario
from pbc_sim.world import World, draw_world
from pbc_sim.world.calendar import Duration

__all__ = ["LEVERS", "Levers", "Setup", "spell_names"]

#: What the supplier can move at each turn, and the fields of a plan that each lever sets.
LEVERS: dict[str, tuple[str, ...]] = {
    "stock": ("policy", "items"),
    "checks": ("goods_in_inspection", "pick_check", "yearly_cost"),
    "staff": ("pickers",),
    "express": ("expedite_after",),
}

#: For each lever, in the order of `LEVERS`, the plan whose setting is taken.
Levers = tuple[str, ...]

#: The future that is played; those after it are what computer players know.
PLAYED = 0
#: Futures on which prices of levers are worked out.
PRICED_ON = range(1, 3)
#: What the supplier may spend at a turn, as a share of what the dearest levers cost. [1]
BUDGET_SHARE = 0.6
#: Costs that come with the goods and not with the way of working.
OF_GOODS = ("purchase", "sourcing_surcharges", "stock_drawn_down", "returns")
#: A month has one level only, so each may come once in a term.
MOST_MONTHS = 12
#: Ledgers that are kept: those of the last turns, and not of all that a debriefing tries.
MOST_KEPT = 6


@dataclass(frozen=True, eq=False)
class Setup:
    """What is played, before anybody moves.

    Parameters
    ----------
    scenario : Scenario
        World, plans, cost rates and contracts.
    contract : str
        Name of the contract that is played, or negotiated first if the section `design` opens it.
    seed : int
        Seed of the luck, which is the same whatever anybody does.

    Raises
    ------
    PbcError
        If the contract is unknown or may be terminated, the term is longer than a year, or plans
        differ in what cannot be changed on the way.
    """

    scenario: Scenario
    contract: str
    seed: int = 1

    def __post_init__(self) -> None:
        require_type("scenario", self.scenario, Scenario, "read it with pbc.load_scenario(path)")
        require_type("seed", self.seed, int, "give a whole number >= 0")
        if self.seed < 0:
            raise PbcError(_("seed must be >= 0, got {seed}.").format(seed=self.seed))
        terms = self.scenario.require_contract(self.contract)
        if terms.termination:
            raise PbcError(
                _(
                    "contract '{contract}' may be terminated, and a game is played to its end; "
                    "leave termination out."
                ).format(contract=self.contract)
            )
        if MONTHS_OF.get(terms.term.review, MOST_MONTHS) > MONTHS_OF["quarter"]:
            raise PbcError(
                _(
                    "contract '{contract}' is paid per {review}, and a game has a turn a quarter; "
                    "pay per month or quarter."
                ).format(contract=self.contract, review=_(terms.term.review.replace("_", " ")))
            )
        require_changeable(self.menu, self.scenario.setting)
        begins = self._turns.edges[[0, -1]]
        dates = [self.scenario.setting.calendar.date(float(day)) for day in begins]
        months = 12 * (dates[1].year - dates[0].year) + dates[1].month - dates[0].month
        if months > MOST_MONTHS:
            raise PbcError(
                _(
                    "the term is {months} months, and a game lasts {most} at most; give the "
                    "contract term.months, or shorten world.horizon."
                ).format(months=months, most=MOST_MONTHS)
            )

    @property
    def terms(self) -> Contract:
        """The contract as it is written."""
        return self.scenario.contracts[self.contract]

    @cached_property
    def menu(self) -> Mapping[str, SupplierPlan]:
        """The plans that the contract admits."""
        return {n: plan for n, plan in self.scenario.plans.items() if self.terms.admits(n)}

    @cached_property
    def _turns(self) -> ReviewPeriods:
        return ReviewPeriods.of(self.scenario.setting, "quarter", self.terms.term.months)

    @property
    def edges(self) -> np.ndarray:
        """When turns begin and end, shape (n_turns + 1,) [day]."""
        return self._turns.edges

    @property
    def n_turns(self) -> int:
        """Number of turns, each a quarter [1]."""
        return len(self._turns)

    @cached_property
    def offers(self) -> dict[str, tuple[float, ...]]:
        """What the buyer may offer: by path, the lowest and the highest value, or the values."""
        design = self.scenario.design
        if design is None or design.contract != self.contract:
            return {}
        return dict(design.vary)

    @cached_property
    def revisable(self) -> dict[str, Ratchet]:
        """The review clause of each KPI whose target may move on the way."""
        return {n: c.ratchet for n, c in self.terms.kpis.items() if c.ratchet is not None}

    @property
    def limit(self) -> Duration:
        """The time within which an order is expected."""
        for clause in self.terms.kpis.values():
            limit = dict(clause.measured("month", None).settings).get("limit")
            if isinstance(limit, Duration):
                return limit
        return self.scenario.costs.buyer.needed_within

    @cached_property
    def options(self) -> dict[str, tuple[str, ...]]:
        """For each lever, the plans that differ in its setting."""
        found = {}
        for lever, fields in LEVERS.items():
            settings: list[object] = []
            names = []
            for name, plan in self.menu.items():
                setting = [getattr(plan, field) for field in fields]
                if setting not in settings:
                    settings.append(setting)
                    names.append(name)
            found[lever] = tuple(names)
        return found

    def of_plan(self, plan: str) -> Levers:
        """Return the levers of a plan of the menu."""
        if plan not in self.menu:
            raise PbcError(unknown_name("plan", plan, self.menu))
        chosen = []
        for lever, fields in LEVERS.items():
            setting = [getattr(self.menu[plan], field) for field in fields]
            chosen.append(
                next(
                    name
                    for name in self.options[lever]
                    if [getattr(self.menu[name], field) for field in fields] == setting
                )
            )
        return tuple(chosen)

    def plan_of(self, levers: Levers) -> SupplierPlan:
        """Return the plan that levers make."""
        first = next(iter(self.menu.values()))
        fields = {
            field: getattr(self.menu[name], field)
            for name, fields in zip(levers, LEVERS.values(), strict=True)
            for field in fields
        }
        return first.model_copy(update=fields)

    @cached_property
    def prices(self) -> dict[str, dict[str, float]]:
        """What each setting of a lever costs a turn, more than the cheapest one [currency].

        Expected over other futures, with the other levers as in the first plan: holding, staff,
        checks, transport and whatever else does not come with the goods themselves.
        """
        first = self.of_plan(next(iter(self.menu)))
        usual = self._running_cost(first)
        found = {}
        for n, (lever, names) in enumerate(self.options.items()):
            costs = {
                name: usual
                if name == first[n]
                else self._running_cost((*first[:n], name, *first[n + 1 :]))
                for name in names
            }
            cheapest = min(costs.values())
            # To the thousand, since it is a plan and nobody plans more exactly.
            found[lever] = {
                name: round((cost - cheapest) / 1e3) * 1e3 for name, cost in costs.items()
            }
        return found

    def _running_cost(self, levers: Levers) -> float:
        plan = self.plan_of(levers)
        term = Term(*self.edges[[0, -1]].tolist())
        counted = [
            line.party == "supplier" and name not in OF_GOODS for name, line in COST_LINES.items()
        ]
        total = 0.0
        for replication in PRICED_ON:
            drawn = self.scenario.drawn(self.seed, replication)
            ledger = simulate(draw_world(drawn.setting, self.seed, replication), plan)
            total += costs_with_changes(ledger, plan, [], drawn.costs, term)[counted].sum()
        return total / len(PRICED_ON) / self.n_turns

    def spending(self, levers: Levers) -> float:
        """Return what levers are expected to cost a turn, more than the cheapest [currency]."""
        pairs = zip(self.prices.values(), levers, strict=True)
        return sum(prices[name] for prices, name in pairs)

    @cached_property
    def budget(self) -> float:
        """What the supplier may spend on levers at a turn; what is left may be spent later."""
        dearest = sum(max(prices.values()) for prices in self.prices.values())
        return round(BUDGET_SHARE * dearest / 1e5) * 1e5

    def affords(self, chosen: Sequence[Levers]) -> bool:
        """Tell whether levers, turn by turn, never cost more than the budget so far."""
        spent = np.cumsum([self.spending(levers) for levers in chosen])
        return bool((spent <= self.budget * np.arange(1, len(chosen) + 1)).all())

    @cached_property
    def drawn(self) -> Drawn:
        """World and cost rates of the future that is played."""
        return self.scenario.drawn(self.seed, PLAYED)

    @cached_property
    def world(self) -> World:
        """The luck that is played."""
        return draw_world(self.drawn.setting, self.seed, PLAYED)

    @cached_property
    def _ledgers(self) -> dict[tuple[Levers, ...], Ledger]:
        return {}

    def plans_of(self, chosen: Sequence[Levers]) -> tuple[SupplierPlan, list[PlanChange]]:
        """Return the first plan and its changes, at the beginnings of turns."""
        plans = [self.plan_of(levers) for levers in chosen]
        changes = [
            PlanChange(float(self.edges[turn]), plans[turn])
            for turn in range(1, len(plans))
            if chosen[turn] != chosen[turn - 1]
        ]
        return plans[0], changes

    def ledger(self, chosen: Sequence[Levers]) -> Ledger:
        """Return what happens under levers, turn by turn; the last ones are held to the end."""
        key = tuple(chosen)
        while len(key) > 1 and key[-1] == key[-2]:
            key = key[:-1]
        if key not in self._ledgers:
            if len(self._ledgers) >= MOST_KEPT:
                self._ledgers.pop(next(iter(self._ledgers)))
            ledger = simulate(self.world, *self.plans_of(key))
            check_balances(ledger)
            self._ledgers[key] = ledger
        return self._ledgers[key]


def spell_names(setup: Setup, ledger: Ledger) -> list[str]:
    """Return a name for each spell of disruption: what it is, and which of its kind."""
    kinds = list(setup.scenario.world.disruptions)
    seen = dict.fromkeys(kinds, 0)
    names = []
    for disruption in ledger.disruptions.disruption:
        kind = kinds[disruption]
        seen[kind] += 1
        names.append(f"{kind}-{seen[kind]}")
    return names
