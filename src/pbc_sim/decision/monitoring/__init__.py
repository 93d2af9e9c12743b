"""How does a contract that runs stand this week?

Lives here: `monitor`, a term as it was known week by week, simulated or imported.
May not live here: pictures and widgets (`show/`).
A dashboard is made from the ledger as it was known on its day, and from other futures; what
happens later in the same term changes nothing on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from pbc_sim.contract import Contract
from pbc_sim.decision.monitoring.alerts import ALERTS, Alert, alert, alerts_of
from pbc_sim.decision.monitoring.dashboard import Dashboard
from pbc_sim.decision.monitoring.payments import CapUse, SettledSoFar, settled_so_far
from pbc_sim.decision.monitoring.running import FutureKpis, KpiSoFar, Watching, kpi_so_far
from pbc_sim.decision.monitoring.telling import Dates
from pbc_sim.decision.monitoring.weekly import overdue_orders, unit_table, weekly_table
from pbc_sim.decision.wording import plan_label
from pbc_sim.errors import PbcError, require_type
from pbc_sim.language import said, spoken
from pbc_sim.language import translated as _
from pbc_sim.operations import Ledger, simulate
from pbc_sim.operations.known import as_known
from pbc_sim.performance.costs import COST_LINES, Term, costs, lines_of
from pbc_sim.performance.periods import DAYS_PER_WEEK, ReviewPeriods, term_end
from pbc_sim.printed import Printed
from pbc_sim.scenario import Scenario
from pbc_sim.world import draw_world
from pbc_sim.world.calendar import Duration

__all__ = [
    "ALERTS",
    "Alert",
    "CapUse",
    "Dashboard",
    "KpiSoFar",
    "Monitor",
    "SettledSoFar",
    "alert",
    "alerts_of",
    "monitor",
    "require_admitted",
]

#: Least number of futures for a band of 90%.
LEAST_FUTURES = 20


@dataclass(frozen=True)
class Monitor(Printed):
    """A term that can be looked at week by week.

    Parameters
    ----------
    scenario : Scenario
        World and cost rates.
    contract : Contract
        What was agreed.
    plan : str
        How the supplier works.
    ledger : Ledger
        What happens over the whole term, or what has happened so far.
    expected : mapping of str to FutureKpis
        Each KPI in the stored futures.
    futures : int
        How many they are.
    """

    scenario: Scenario
    contract: Contract
    plan: str
    ledger: Ledger
    expected: Mapping[str, FutureKpis]
    futures: int
    _kept: dict[tuple[int, str], Dashboard] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def weeks(self) -> ReviewPeriods:
        """The weeks of the term; the last one may be shorter."""
        return ReviewPeriods.of(self.scenario.setting, "week", self.contract.term.months)

    @property
    def dates(self) -> Dates:
        """The days of the term as dates."""
        return Dates(self.scenario.setting.calendar, self.weeks)

    def weeks_by(self, day: float) -> int:
        """Return how many weeks may be looked at of what is known up to a day, as of a record."""
        edges = self.weeks.edges
        return min(int(edges.searchsorted(day, side="right")), len(edges) - 1)

    @cached_property
    def watched(self) -> tuple[Watching, ...]:
        """The KPIs of the contract."""
        return tuple(_watched(self.scenario, self.contract))

    @cached_property
    def limits(self) -> tuple[Duration, ...]:
        """The limits by which the contract holds orders against the clock, each once."""
        found = [
            dict(m.settings).get("limit")
            for m in self.contract.needs().measures
            if m.entry.counts in ("orders", "lines")
        ]
        return tuple(dict.fromkeys(limit for limit in found if isinstance(limit, Duration)))

    def __str__(self) -> str:
        return _(
            "'{contract}', plan '{plan}': {weeks} weeks to look at, each beside {futures} stored "
            "futures."
        ).format(
            contract=" ".join(str(said(self.contract.title)).split()),
            plan=plan_label(self.scenario, self.plan),
            weeks=len(self.weeks),
            futures=self.futures,
        )

    def at(self, week: int) -> Dashboard:
        """Return what is known when so many weeks have passed.

        Parameters
        ----------
        week : int
            0 for the beginning of the term, `len(weeks)` for its end.

        Raises
        ------
        PbcError
            If the term has no such week.
        """
        require_type("week", week, (int, np.integer), "give a whole number")
        if not 0 <= week <= len(self.weeks):
            raise PbcError(f"week must be 0 to {len(self.weeks)} in this term, got {week}.")
        asked = (int(week), spoken())
        if asked not in self._kept:
            self._kept[asked] = self._made(int(week))
        return self._kept[asked]

    def _made(self, week: int) -> Dashboard:
        day = float(self.weeks.edges[week])
        known, setting = as_known(self.ledger, day), self.scenario.setting
        so_far = ReviewPeriods(self.weeks.edges[: week + 1])
        by_business_days = self.limits and self.limits[0].business_days is not None
        return Dashboard(
            week,
            day,
            setting.calendar.date(day).date(),
            self.scenario.currency,
            weekly_table(known, so_far, "business_days" if by_business_days else "calendar_days"),
            unit_table(known, day, self.limits[0] if self.limits else None),
            tuple(kpi_so_far(w, known, day, self.expected[w.name]) for w in self.watched),
            settled_so_far(self.contract, known, day, setting, self._cost(known, day)),
            {limit: overdue_orders(known, day, limit) for limit in self.limits},
            self.futures,
            DAYS_PER_WEEK,
        )

    def _cost(self, known: Ledger, day: float) -> float:
        """Return what the term cost the supplier, once it has ended [currency]."""
        end = term_end(self.scenario.setting, self.contract.term.months)
        if not self.contract.payment.needs_costs or day < end:
            return float("nan")
        term = Term(self.scenario.setting.measured_from, end)
        rates = self.scenario.drawn(known.seed, known.replication).costs
        lines = costs(known, self.scenario.plans[self.plan], rates, term)
        of_supplier = [line in lines_of("supplier") for line in COST_LINES.values()]
        return float(lines[of_supplier].sum())


def _watched(scenario: Scenario, contract: Contract) -> list[Watching]:
    setting = scenario.setting
    weeks = ReviewPeriods.of(setting, "week", contract.term.months).edges[1:]
    return [
        Watching.of(name, contract.kpis[name], measure, weeks, setting)
        for name, measure in contract.measured().items()
    ]


def require_admitted(contract: Contract, *plans: str) -> None:
    """Refuse a plan that a contract does not admit.

    Raises
    ------
    PbcError
        If one of the plans is none of those that the contract asks for.
    """
    if not all(contract.admits(plan) for plan in plans):
        text = _("the contract '{contract}' does not admit this plan; choose another one.")
        raise PbcError(text.format(contract=said(contract.title)))


def monitor(
    scenario: Scenario,
    contract: str,
    plan: str,
    *,
    replication: int = 0,
    seed: int = 1,
    expected: str | None = None,
    futures: int = 100,
    ledger: Ledger | None = None,
) -> Monitor:
    """Follow one term of a contract, week by week, as its buyer would.

    Parameters
    ----------
    scenario : Scenario
        World, plans and contracts.
    contract : str
        Name of the contract.
    plan : str
        How the supplier works in the term that is followed.
    replication, seed : int
        Which future is followed.
    expected : str, optional
        The plan whose natural variation makes the bands, as the one that was promised; the same
        plan where empty.
    futures : int
        Other futures that bands and chances are read off, >= 20.
    ledger : Ledger, optional
        What has really happened, in the place of a simulated future.

    Returns
    -------
    Monitor
        Its `at` returns the dashboard of a week.

    Raises
    ------
    PbcError
        If contract or plan is unknown, or there are too few futures.

    Notes
    -----
    A band holds 90% of the futures on each day: a KPI of ordinary work is worse than its band in
    one week of twenty. The chance to miss a target joins what is known to what the rest of the
    review brought in each of the other futures; orders that are under way today are not known in
    them.

    Examples
    --------
    >>> import pbc_sim as pbc
    >>> scenario = pbc.load_scenario("scenarios/pilot_office.yaml")
    >>> followed = monitor(scenario, "pilot", "in_parts", futures=20)
    >>> followed.at(4).week
    4
    """
    require_type("scenario", scenario, Scenario, "read it with pbc.load_scenario(path)")
    terms = scenario.require_contract(contract)
    for name in (plan, expected or plan):
        scenario.require_plan(name)
    require_type("futures", futures, int, f"give a whole number >= {LEAST_FUTURES}")
    if futures < LEAST_FUTURES:
        raise PbcError(f"futures must be >= {LEAST_FUTURES} for a band of 90%, got {futures}.")
    # The future that is followed is none of those that it is compared with.
    others = [n for n in range(futures + 1) if n != replication][:futures]
    stored = [_lived(scenario, expected or plan, seed, n) for n in others]
    followed = ledger if ledger is not None else _lived(scenario, plan, seed, replication)
    known = {w.name: FutureKpis.of(w, stored) for w in _watched(scenario, terms)}
    return Monitor(scenario, terms, plan, followed, known, futures)


def _lived(scenario: Scenario, plan: str, seed: int, replication: int) -> Ledger:
    # On SimPy: so few futures are simulated before the compiled model would be loaded.
    setting = scenario.drawn(seed, replication).setting
    return simulate(draw_world(setting, seed, replication), scenario.plans[plan])
