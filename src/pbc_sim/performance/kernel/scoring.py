"""How is a plan scored without a ledger: by twins where there are some, and else from the ledger.

Lives here: laying out needs and worlds as arrays, and the scorecard made from the results.
May not live here: rules of measuring.
"""

from __future__ import annotations

import numpy as np

from pbc_sim.errors import InvariantError
from pbc_sim.operations import Ledger, check_balances, simulate
from pbc_sim.operations.kernel.layout import DELIVERIES
from pbc_sim.operations.kernel.twin import Run, Twin
from pbc_sim.operations.record import orders_of_units
from pbc_sim.performance.costs import COST_LINES, CostTerms
from pbc_sim.performance.kernel.costing import BUYER_RATES, SUPPLIER_RATES
from pbc_sim.performance.kernel.coverage import (
    COMPILED_LINES,
    every_line_is_known,
    is_covered,
    row_of,
)
from pbc_sim.performance.kernel.layout import Asked, Books, Scored
from pbc_sim.performance.kernel.scorecard import score_rows
from pbc_sim.performance.orders import due_of
from pbc_sim.performance.scorecard import Needs, Scorecard, Scorer
from pbc_sim.world.calendar import Duration
from pbc_sim.world.future import World

__all__ = ["TwinScorer"]


class TwinScorer:
    """Simulates and scores one plan in one setting, for any number of futures.

    Every number is what `Scorer.score` makes of the ledger, to the last bit.

    Parameters
    ----------
    scorer : Scorer
        What is measured, and over which periods.
    twin : Twin
        The compiled model of the plan.
    """

    def __init__(self, scorer: Scorer, twin: Twin) -> None:
        self.scorer, self.twin = scorer, twin
        disrupted = bool(twin.setting.terms.disruptions)
        known = [is_covered(m, disrupted=disrupted) for m in scorer.needs.measures]
        #: Numbers of the measures that have a twin, and of those that are read from the ledger.
        self.covered = np.flatnonzero(known).tolist()
        self.rest = np.flatnonzero(~np.array(known, dtype=bool)).tolist()
        self.of_rest = Scorer(
            Needs(tuple(scorer.needs.measures[n] for n in self.rest), ()),
            tuple(scorer.periods[n] for n in self.rest),
            (),
        )
        self.limits: list[Duration] = []
        self.asked, self.scored = self._laid_out()
        self.rates: CostTerms | None = None
        self.knows_every_line = every_line_is_known()
        names = list(COST_LINES)
        self.columns = [names.index(name) for name in COMPILED_LINES]
        self.other_lines = [n for n in range(len(names)) if n not in self.columns]
        #: Cost lines of each term that no future changes, and the first ledger, which they are of.
        self.fixed = np.zeros((len(scorer.terms), len(names)))
        self.first: Ledger | None = None

    def _laid_out(self) -> tuple[Asked, Scored]:
        scorer, setting = self.scorer, self.twin.setting
        measures = [scorer.needs.measures[n] for n in self.covered]
        edges = [scorer.periods[n].edges for n in self.covered]
        rows = [row_of(measure, self.limits) for measure in measures]
        asked = Asked(
            measures=np.array(rows, dtype=np.int64).reshape(-1, 6),
            most_days=np.array([dict(m.settings).get("most_days", np.inf) for m in measures]),
            first_edge=np.cumsum([0, *map(len, edges)]),
            edges=np.concatenate([*edges, np.empty(0)]),
            due=np.empty((0, 0)),
            terms=np.array(scorer.terms, dtype=float).reshape(-1, 2),
            needed_limit=0,
            prices=np.array(setting.prices, dtype=float),
            costs=np.array(setting.costs, dtype=float),
            purchase_prices=np.array(setting.upstream_prices, dtype=float),
            surcharges=np.array(setting.surcharges, dtype=float),
            rates=np.empty(0),
        )
        scored = Scored(
            measured=np.empty((3, len(asked.edges) - len(edges))),
            due_later=np.empty(len(edges), dtype=np.int64),
            last_edge=np.empty(len(edges), dtype=np.int64),
            costs=np.empty((len(scorer.terms), len(COMPILED_LINES))),
            open_at_end=np.empty(1, dtype=np.int64),
        )
        return asked, scored

    def card(self, world: World, rates: CostTerms) -> Scorecard:
        """Simulate one future and score it.

        Raises
        ------
        InvariantError
            If the books do not balance.
        """
        if not self.knows_every_line:
            return self._of(self.twin.simulate(world), rates)
        run = self.twin.run(world)
        if run is None:
            # The reference model says what is wrong, or has an answer that this one has not.
            return self._of(simulate(world, self.twin.plan), rates)
        try:
            return self._of_run(run, rates)
        finally:
            self.twin.release(run)

    def _of(self, ledger: Ledger, rates: CostTerms) -> Scorecard:
        check_balances(ledger)
        return self.scorer.score(ledger, self.twin.plan, rates)

    def _of_run(self, run: Run, rates: CostTerms) -> Scorecard:
        if rates is not self.rates:
            self._take(run, rates)
        orders, calendar = orders_of_units(run.world), self.twin.setting.calendar
        due = np.array([due_of(orders, calendar, limit) for limit in self.limits])
        asked = self.asked._replace(due=due)
        if not score_rows(run.given, run.work, self._books(run), asked, self.scored):
            self._of(self.twin.ledger(run), rates)
            raise InvariantError("the books of the compiled scorer do not balance.")
        return self._card(run)

    def _take(self, run: Run, rates: CostTerms) -> None:
        """Lay out cost rates, and work out the cost lines that no future changes."""
        needed = rates.buyer.needed_within
        if needed not in self.limits:
            self.limits.append(needed)
        values = [getattr(rates.supplier, name) for name in SUPPLIER_RATES]
        values += [getattr(rates.buyer, name) for name in BUYER_RATES]
        needed_limit = self.limits.index(needed)
        self.asked = self.asked._replace(rates=np.array(values), needed_limit=needed_limit)
        self.first = self.first or self.twin.ledger(run)
        lines = list(COST_LINES.values())
        for row, term in zip(self.fixed, self.scorer.terms, strict=True):
            for n in self.other_lines:
                row[n] = lines[n].amount(self.first, self.twin.plan, rates, term)
        self.rates = rates

    def _books(self, run: Run) -> Books:
        n_lines, n_items = len(run.given.lines), len(run.given.opening_stock)
        n_deliveries = run.work.counts[DELIVERIES]
        return Books(
            by_time=np.empty(n_deliveries, dtype=np.int64),
            spare=np.empty(n_deliveries, dtype=np.int64),
            lines=np.empty((n_lines, 7), dtype=np.int64),
            delivered=np.empty(n_lines),
            accepted=np.empty(n_lines),
            arrived=np.empty(len(run.given.order_time)),
            items=np.empty((n_items, 6), dtype=np.int64),
            days=np.empty(n_items),
            last_level=np.empty(n_items),
        )

    def _card(self, run: Run) -> Scorecard:
        needs, scored, first = self.scorer.needs, self.scored, self.asked.first_edge
        measured: list[np.ndarray] = [np.empty(0)] * len(needs.measures)
        due_later = np.empty(len(needs.measures), dtype=np.int64)
        of_all, edges = scored.measured.copy(), first.tolist()
        for m, n in enumerate(self.covered):
            measured[n] = of_all[:, edges[m] - m : edges[m + 1] - m - 1]
        due_later[self.covered] = scored.due_later
        if self.rest:
            ledger = self.twin.ledger(run)
            check_balances(ledger)
            rest = self.of_rest.score(ledger, self.twin.plan, self.rates or CostTerms())
            for n, values in zip(self.rest, rest.measured, strict=True):
                measured[n] = values
            due_later[self.rest] = rest.due_later
        costs = self.fixed.copy()
        costs[:, self.columns] = scored.costs
        return Scorecard(tuple(measured), costs, int(scored.open_at_end[0]), due_later)
