"""How is a plan scored without a ledger: by twins where there are some, and else from the ledger.

Lives here: laying out needs and worlds as arrays, and the scorecard made from the results.
May not live here: rules of measuring.
"""

from __future__ import annotations

import itertools

import numpy as np

from pbc_sim.errors import InvariantError
from pbc_sim.operations import Ledger, check_balances, simulate
from pbc_sim.operations.kernel.durations import counted
from pbc_sim.operations.kernel.layout import Given, Work
from pbc_sim.operations.kernel.twin import Run, Twin
from pbc_sim.performance.costs import COST_LINES, CostTerms
from pbc_sim.performance.kernel.costing import BUYER_RATES, SUPPLIER_RATES
from pbc_sim.performance.kernel.coverage import (
    COMPILED_LINES,
    every_line_is_known,
    is_covered,
    row_of,
)
from pbc_sim.performance.kernel.layout import Asked, Books, Scored
from pbc_sim.performance.kernel.scorecard import score_future
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
        self.books: Books | None = None
        self.knows_every_line = every_line_is_known()
        names = list(COST_LINES)
        self.columns = np.array([names.index(name) for name in COMPILED_LINES])
        self.other_lines = sorted(set(range(len(names))) - set(self.columns.tolist()))
        #: Cost lines of each term that no future changes, and the first ledger, which they are of.
        self.fixed: np.ndarray | None = None
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
            limits=np.empty((0, 2)),
            terms=np.array(scorer.terms, dtype=float).reshape(-1, 2),
            needed_limit=0,
            prices=np.array(setting.prices, dtype=float),
            costs=np.array(setting.costs, dtype=float),
            purchase_prices=np.array(setting.upstream_prices, dtype=float),
            surcharges=np.array(setting.surcharges, dtype=float),
            rates=np.empty(0),
        )
        first = [edge - m for m, edge in enumerate(asked.first_edge.tolist())]
        #: The periods of each measure that has a twin, among those of all.
        self.periods = [slice(begin, end) for begin, end in itertools.pairwise(first)]
        scored = Scored(
            measured=np.empty((3, len(asked.edges) - len(edges))),
            due_later=np.empty(len(edges), dtype=np.int64),
            costs=np.empty((len(scorer.terms), len(COMPILED_LINES))),
            open_at_end=np.empty(1, dtype=np.int64),
            balanced=np.empty(1, dtype=bool),
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
        if rates is not self.rates:
            self._take(rates)
        run = self.twin.run(world, self._score)
        if run is None:
            # The reference model says what is wrong, or has an answer that this one has not.
            return self._of(simulate(world, self.twin.plan), rates)
        try:
            if not self.scored.balanced[0]:
                self._of(self.twin.ledger(run), rates)
                raise InvariantError("the books of the compiled scorer do not balance.")
            return self._card(run, rates)
        finally:
            self.twin.release(run)

    def _score(self, given: Given, work: Work) -> int:
        """Run a replication and fill the scorecard."""
        orders, lines = given.orders_of_units, given.lines_of_units
        if self.books is None or not self._fit(self.books, orders, lines, len(work.deliveries)):
            self.books = self._books(orders, lines, len(work.deliveries))
        return score_future(given, work, self.books, self.asked, self.scored)

    def _of(self, ledger: Ledger, rates: CostTerms) -> Scorecard:
        check_balances(ledger)
        return self.scorer.score(ledger, self.twin.plan, rates)

    def _take(self, rates: CostTerms) -> None:
        """Lay out cost rates."""
        needed = rates.buyer.needed_within
        if needed not in self.limits:
            self.limits.append(needed)
        values = [getattr(rates.supplier, name) for name in SUPPLIER_RATES]
        values += [getattr(rates.buyer, name) for name in BUYER_RATES]
        needed_limit = self.limits.index(needed)
        limits = np.array([counted(limit) for limit in self.limits], dtype=float)
        self.asked = self.asked._replace(
            rates=np.array(values), limits=limits, needed_limit=needed_limit
        )
        self.rates, self.fixed = rates, None

    def _fixed(self, run: Run, rates: CostTerms) -> np.ndarray:
        """Work out the cost lines that no future changes, of each term; the others are 0."""
        self.first = self.first or self.twin.ledger(run)
        lines = list(COST_LINES.values())
        fixed = np.zeros((len(self.scorer.terms), len(lines)))
        for row, term in zip(fixed, self.scorer.terms, strict=True):
            for n in self.other_lines:
                row[n] = lines[n].amount(self.first, self.twin.plan, rates, term)
        return fixed

    def _fit(self, books: Books, orders: int, lines: int, deliveries: int) -> bool:
        return (
            len(books.arrived) >= orders
            and len(books.lines) >= lines
            and len(books.spare) >= deliveries
            and len(books.due) == len(self.asked.limits)
        )

    def _books(self, orders: int, lines: int, deliveries: int) -> Books:
        n_items = len(self.asked.prices)
        return Books(
            by_time=np.empty(deliveries, dtype=np.int64),
            spare=np.empty(deliveries, dtype=np.int64),
            lines=np.empty((lines, 7), dtype=np.int64),
            delivered=np.empty(lines),
            accepted=np.empty(lines),
            arrived=np.empty(orders),
            due=np.empty((len(self.asked.limits), orders)),
            items=np.empty((n_items, 6), dtype=np.int64),
            days=np.empty(n_items),
            last_level=np.empty(n_items),
        )

    def _card(self, run: Run, rates: CostTerms) -> Scorecard:
        if self.fixed is None:
            self.fixed = self._fixed(run, rates)
        costs, of_all = self.fixed.copy(), self.scored.measured.copy()
        costs[:, self.columns] = self.scored.costs
        open_at_end = int(self.scored.open_at_end[0])
        measured = [of_all[:, periods] for periods in self.periods]
        if not self.rest:
            return Scorecard(tuple(measured), costs, open_at_end, self.scored.due_later.copy())
        ledger = self.twin.ledger(run)
        check_balances(ledger)
        rest = self.of_rest.score(ledger, self.twin.plan, rates)
        every, due_later = [*measured, *rest.measured], [*self.scored.due_later, *rest.due_later]
        places = np.argsort([*self.covered, *self.rest]).tolist()
        return Scorecard(
            tuple(every[n] for n in places), costs, open_at_end, np.array(due_later)[places]
        )
