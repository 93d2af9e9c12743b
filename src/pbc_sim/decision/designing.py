"""Which numbers should stand in the contract: a search on stored futures, confirmed on fresh ones.

Lives here: `design`, and what it finds. May not live here: what is wanted, and paths into a
contract (`scenario/`), what a contract is worth (`evaluation.py`), whether it holds on fresh
futures (`confirmation.py`), agreement between the parties (`negotiation.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from pbc_sim.contract import Contract
from pbc_sim.contract.terms import needs_of
from pbc_sim.decision.answers import kinds_said, one_said, require_kinds
from pbc_sim.decision.confirmation import RECOMMENDED, Confirmation, confirm
from pbc_sim.decision.evaluation import evaluate, pareto
from pbc_sim.decision.negotiation import Negotiation, negotiate
from pbc_sim.decision.optimism import curse_of, objective_of
from pbc_sim.decision.outcomes import Outcomes, run_study
from pbc_sim.decision.risk import Estimate
from pbc_sim.decision.rounding import rounded
from pbc_sim.decision.wording import interval, plan_label
from pbc_sim.errors import PbcError, require_type, unknown_name
from pbc_sim.figures import money, numeral
from pbc_sim.language import LANGUAGES, Message, Texts, said
from pbc_sim.language import translated as _
from pbc_sim.printed import Printed
from pbc_sim.scenario import Scenario, SupplierType, Wishes
from pbc_sim.scenario.vary import Vary, numbers_of

__all__ = ["WRITTEN", "DesignStudy", "asked", "design"]

#: What the contract that the search starts from is called in its table.
WRITTEN = "written"

#: Contracts of one generation of the optimiser; SciPy wants five at least.
POPULATION, SMALLEST = 16, 5

#: Where between both ends of the frontier it is searched once more, by the supplier's profit. [1]
ALONG_THE_FRONTIER = (1 / 3, 2 / 3)


@dataclass(frozen=True)
class DesignStudy(Printed):
    """What a search for the numbers of a contract found.

    Parameters
    ----------
    table : DataFrame
        What `evaluate` returns for every contract tried, feasible where it surely is, and a column
        a varied number; ``written`` is the contract as it was.
    contracts : mapping of str to Contract
        The contracts of the table.
    recommended : Contract
        The feasible contract with the smallest objective, its varied numbers rounded to about three
        digits, as a person would write them; all that follows is about the rounded one.
    numbers : mapping of str to float
        Its varied numbers.
    answer : str
        The plan with which the supplier answers it on the futures of the search.
    predicted, confirmed : Estimate
        Its objective on the futures of the search, and on fresh ones, where it was not chosen for
        its luck; only the latter's interval holds. [currency]
    curse : float
        Confirmed less predicted, beside what the signed hand-written contracts change on average
        from the one sample to the other: the optimiser's curse where it is above 0. Nobody chose
        them for their luck, so what they change is how good the luck of either sample was.
        [currency]
    curse_ci95 : tuple of float
        Its 95% interval.
    confirmation : Confirmation
        The recommended contract and all hand-written ones on fresh futures.
    refused : tuple of str
        Why combinations of numbers broke a rule of contracts.
    """

    table: pd.DataFrame
    contracts: Mapping[str, Contract]
    recommended: Contract
    numbers: Mapping[str, float]
    answer: str
    predicted: Estimate
    confirmed: Estimate
    curse: float
    curse_ci95: tuple[float, float]
    confirmation: Confirmation
    refused: tuple[str, ...]

    @property
    def fresh(self) -> pd.DataFrame:
        """What `evaluate` says on fresh futures of ``recommended`` and hand-written contracts."""
        return self.confirmation.table

    @property
    def pareto(self) -> pd.DataFrame:
        """The feasible contracts that no other beats for both parties, cheapest for buyer first."""
        return pareto(self.table[self.table["feasible"]])

    def negotiate(self) -> Negotiation:
        """Return the zone of agreement of what was found feasible and of hand-written contracts.

        On the fresh futures; the buyer's reference is the scenario's baseline.

        Raises
        ------
        PbcError
            If the supplier walks away from the baseline.
        """
        found = self.table.index[self.table["feasible"]].drop(WRITTEN, errors="ignore")
        # All that were searched have the title of the one that the search began with.
        contracts = {
            str(name): self.contracts[name].model_copy(update={"title": str(name)})
            for name in found
        } | dict(self.confirmation.contracts)
        title = Texts({language: said(Message("recommended"), language) for language in LANGUAGES})
        contracts[RECOMMENDED] = contracts[RECOMMENDED].model_copy(update={"title": title})
        return negotiate(
            self.confirmation.outcomes,
            contracts,
            suppliers=self.confirmation.suppliers,
            signed_by=self.confirmation.wishes.signed_by,
        )

    def __str__(self) -> str:
        currency = self.confirmation.outcomes.scenario.currency
        numbers = "; ".join(
            f"{path} = {numeral(value, '.6g')}" for path, value in self.numbers.items()
        )
        tried = _(
            "{n} contracts tried, {feasible} feasible, {refused} refused. Recommended: {numbers}."
        ).format(
            n=len(self.table),
            feasible=int(self.table["feasible"].sum()),
            refused=len(self.refused),
            numbers=numbers,
        )
        found = _(
            "Objective predicted {predicted}, confirmed on fresh futures {confirmed} {interval}. "
            "Since the best of many is picked, it was predicted better than it is by {curse} "
            "{curse_interval} (the optimiser's curse; what hand-written contracts change, too, is "
            "taken off)."
        ).format(
            predicted=money(self.predicted.value, currency),
            confirmed=money(self.confirmed.value, currency),
            interval=interval(self.confirmed.ci95, currency),
            curse=money(self.curse, currency),
            curse_interval=interval(self.curse_ci95, currency),
        )
        words = [tried, found, self.confirmation.verdict, self.confirmation.together_said]
        known = self.confirmation.outcomes.scenario.suppliers
        if self.confirmation.suppliers is not None:
            required = self.confirmation.wishes.signed_by
            words.insert(1, kinds_said(self.confirmation.suppliers, required))
        elif known:
            words.insert(1, one_said(known))

        def named(plan: str) -> str:
            return f"'{plan_label(self.confirmation.outcomes.scenario, plan)}'"

        answer = str(self.fresh.loc[RECOMMENDED, "plan"])
        if self.answer != answer:
            words.append(
                _(
                    "The supplier is all but indifferent: it answers with plan {before} on the "
                    "futures of the search, and with {after} on fresh ones."
                ).format(before=named(self.answer), after=named(answer))
            )
        return "\n".join(filter(None, words))


def asked(
    scenario: Scenario,
    contract: str | None = None,
    vary: Mapping[str, Sequence[float]] | None = None,
    wishes: Wishes | None = None,
) -> tuple[str, Vary, Wishes]:
    """Return which contract is searched, which numbers, and what is wanted of them.

    What is not given is taken from the scenario's section `design`, where that is about the same
    contract.

    Raises
    ------
    PbcError
        If something is missing, or does not fit the contract.
    """
    written = scenario.design
    if contract is None and written is not None:
        contract = written.contract
    if contract is None:
        raise PbcError(
            _(
                "the scenario has no section design that says what may vary; write one, or name a "
                "contract and its numbers."
            )
        )
    base = scenario.require_contract(contract)
    if written is None or written.contract != contract:
        written = None
    if vary is None and written is None:
        words = _(
            "nothing says which numbers of '{contract}' may vary; name them with their ranges, or "
            "write a section design."
        )
        raise PbcError(words.format(contract=contract))
    wishes = wishes or (written.wishes if written else Wishes())
    for kpi in wishes.kpis:
        if kpi not in base.kpis:
            raise PbcError(unknown_name("KPI of this contract", kpi, base.kpis))
    for plan in wishes.fair_to:
        scenario.require_plan(plan)
    if wishes.within_budget is not None and scenario.budget is None:
        raise PbcError(_("within_budget needs a budget; the scenario states none."))
    ranges = vary if vary is not None else written.vary if written else {}
    return contract, Vary(base, ranges), wishes


def design(  # noqa: PLR0913 - all but the first three are named where they are given
    outcomes: Outcomes,
    contract: str | None = None,
    vary: Mapping[str, Sequence[float]] | None = None,
    *,
    wishes: Wishes | None = None,
    suppliers: Mapping[str, SupplierType] | None = None,
    candidates: int = 256,
    rounds: int = 3,
    fresh: int | None = None,
    workers: int | None = None,
    progress: bool = False,
) -> DesignStudy:
    """Search the numbers of a contract on stored futures, and confirm the best on fresh ones.

    All combinations where only lists are varied and there are few enough; else a Sobol sequence,
    from whose best SciPy's differential evolution goes on, a generation settled at a time. The last
    round goes along the frontier: the cheapest contracts that leave the supplier more.

    Parameters
    ----------
    outcomes : Outcomes
        Stored futures of every plan. They are simulated again where a varied number changes what is
        measured of them, as the cap of a late fee does.
    contract : str, optional
        Name of the scenario's contract to start from; that of its section `design` where empty.
    vary : mapping of str to sequence of float, optional
        Which of its numbers may change, see `Vary`; those of that section where empty.
    wishes : Wishes, optional
        What is wanted; that of that section where empty, or the smallest expected cost that the
        supplier signs.
    suppliers : mapping of str to SupplierType, optional
        Kinds of suppliers that may answer, as ``scenario.suppliers``: each by what it values. All,
        or those that the wishes name, must sign, and what is to be small is taken over all. Where
        empty, the scenario's if the wishes name some; else one that counts expected profit alone.
    candidates : int
        Contracts to try at first, and about as many in each further round.
    rounds : int
        Rounds of the optimiser, all but the last for the best contract; 0 for screening alone.
    fresh : int, optional
        Replications for confirmation; as many as stored where empty.
    workers : int, optional
        Processes for the fresh futures; they change no number.
    progress : bool
        Whether to show how far the fresh futures are.

    Returns
    -------
    DesignStudy
        All contracts tried, the recommended one, what it is worth on fresh futures, and whether it
        beats the contracts that people wrote there.

    Raises
    ------
    PbcError
        If a path, a range or a wish does not fit the contract, or no contract fulfils the wishes.

    Notes
    -----
    Source: Smith and Winkler (2006), The optimizer's curse, Management Science 52:311-322; Storn
    and Price (1997), Differential evolution, Journal of Global Optimization 11:341-359; frontier by
    a bound on the other party: Haimes, Lasdon and Wismer (1971), IEEE Transactions on Systems, Man,
    and Cybernetics 1:296-297.
    """
    require_type("outcomes", outcomes, Outcomes, "simulate first: pbc.run(scenario)")
    name, varied, wishes = asked(outcomes.scenario, contract, vary, wishes)
    base = varied.base
    for option, value, least in (("candidates", candidates, 1), ("rounds", rounds, 0)):
        require_type(option, value, int, "give a whole number")
        if value < least:
            raise PbcError(f"{option} must be >= {least}, got {value}.")
    if suppliers is None and wishes.signed_by:
        suppliers = outcomes.scenario.suppliers
    if suppliers is not None:
        require_kinds(suppliers, wishes.signed_by)
    outcomes.require_independent_futures()
    outcomes = _measured(outcomes, varied, workers, progress)
    tried = _Search(outcomes, varied, wishes, suppliers)
    tried.screen(candidates)
    tried.refine(candidates * max(rounds - 1, min(rounds, 1)))
    if rounds > 1:
        tried.follow_the_frontier(candidates)
    as_it_was = tried.evaluate({WRITTEN: base})
    table = pd.concat([as_it_was, *tried.tables])
    feasible = table[table["feasible"]]
    if feasible.empty:
        words = _(
            "none of {n} contracts is surely signed and fulfils the wishes; {signed} are signed. "
            "Widen the ranges or ask for less."
        )
        raise PbcError(words.format(n=len(table), signed=int(table["signed"].sum())))
    best = str(feasible["objective"].idxmin())
    contracts = {WRITTEN: base, **tried.contracts}
    if best == WRITTEN:
        as_written = numbers_of(base)
        recommended, numbers = base, {path: as_written[path] for path in varied.ranges}
    else:
        # Rounded before it is confirmed: what people sign is what was confirmed.
        recommended, numbers = rounded(outcomes, varied, tried.numbers[best], wishes, suppliers)
    again = _fresh(outcomes, fresh or outcomes.replications, workers, progress)
    predicted, confirmed = (
        objective_of(futures, recommended, wishes, suppliers) for futures in (outcomes, again)
    )
    confirmation = confirm(
        again,
        recommended,
        outcomes.scenario.contracts,
        wishes,
        as_written=name if recommended == base else None,
        suppliers=suppliers,
    )
    curse, half = curse_of(outcomes, confirmation)
    found = evaluate(outcomes, {RECOMMENDED: recommended}, wishes, suppliers=suppliers)
    return DesignStudy(
        table,
        contracts,
        recommended,
        numbers,
        str(found["plan"].iloc[0]),
        predicted,
        confirmed,
        curse,
        (curse - half, curse + half),
        confirmation,
        tuple(tried.refused),
    )


class _Search:
    """Contracts tried so far; grows with each round."""

    def __init__(
        self,
        outcomes: Outcomes,
        vary: Vary,
        wishes: Wishes,
        suppliers: Mapping[str, SupplierType] | None,
    ) -> None:
        self.outcomes, self.vary, self.wishes, self.suppliers = outcomes, vary, wishes, suppliers
        self.contracts: dict[str, Contract] = {}
        self.numbers: dict[str, dict[str, float]] = {}
        self.points: dict[str, np.ndarray] = {}
        self.tables: list[pd.DataFrame] = []
        self.refused: list[str] = []
        self.asked = 0

    def evaluate(self, contracts: Mapping[str, Contract]) -> pd.DataFrame:
        """Return what contracts are worth, feasible where they surely are."""
        return evaluate(
            self.outcomes, contracts, self.wishes, suppliers=self.suppliers, surely=True
        )

    def screen(self, candidates: int) -> None:
        """Try a grid where it is small enough, else a Sobol sequence over all ranges."""
        grid = self.vary.grid()
        if grid is not None and len(grid) <= candidates:
            self._try(grid)
            return
        self._try(self._sobol(candidates))

    def refine(self, contracts: int, least_profit: float = -np.inf) -> None:
        """Go on from the best so far, with so many contracts; a list has nothing between.

        Parameters
        ----------
        contracts : int
            How many to try, about.
        least_profit : float
            What the supplier must have left. [currency]
        """
        if self.vary.grid() is not None or not self.tables or not contracts:
            return
        from scipy import optimize  # slow to import, and only a search needs it

        scores = self._scores(pd.concat(self.tables), least_profit)
        population = min(POPULATION, max(SMALLEST, contracts))
        best = [self.points[str(name)] for name in scores.sort_values().index[:population]]
        if len(best) < SMALLEST:
            best += list(self._sobol(SMALLEST - len(best)))

        def generation(points: np.ndarray) -> np.ndarray:
            # SciPy asks of the first generation what is known already.
            known = {self.points[name].tobytes(): name for name in self.points}
            columns = np.ascontiguousarray(np.atleast_2d(points.T))
            names = [known.get(point.tobytes()) for point in columns]
            first = self.asked
            if new := [n for n, name in enumerate(names) if name is None]:
                self._try(columns[new])
            for k, n in enumerate(new):
                names[n] = f"d{first + k}"
            found = self._scores(pd.concat(self.tables), least_profit)
            return found.reindex(names).fillna(np.inf).to_numpy()

        # Its types know functions of one point only, and this one takes a generation.
        evolve: Any = optimize.differential_evolution
        evolve(
            generation,
            [(0.0, 1.0)] * len(self.vary.ranges),
            init=np.array(best),
            maxiter=max(1, contracts // population),
            mutation=(0.4, 0.9),
            recombination=0.9,
            tol=0.0,
            polish=False,
            vectorized=True,
            updating="deferred",
            rng=self.outcomes.study.seed,
        )

    def follow_the_frontier(self, contracts: int) -> None:
        """Search the cheapest contracts that leave the supplier more, between both ends."""
        table = pd.concat(self.tables)
        profit = pareto(table[table["feasible"]])["supplier_profit"]
        for share in ALONG_THE_FRONTIER if len(profit) > 1 else ():
            between = float(profit.min() + share * np.ptp(profit))
            self.refine(contracts // len(ALONG_THE_FRONTIER), between)

    def _scores(self, table: pd.DataFrame, least_profit: float) -> pd.Series[float]:
        """Return what is to be small; where a contract will not do, how far the supplier is off."""
        good = table["feasible"] & (table["supplier_profit"] >= least_profit)
        off = table["supplier_profit"].max() - table["supplier_profit"]
        return table["objective"].where(good, table["objective"].max() + off)

    def _sobol(self, n: int) -> np.ndarray:
        from scipy.stats import qmc  # slow to import, and only a search needs it

        sequence = qmc.Sobol(len(self.vary.ranges), rng=self.outcomes.study.seed + self.asked)
        return sequence.random_base2(max(n - 1, 0).bit_length())[:n]

    def _try(self, points: np.ndarray) -> None:
        contracts, numbers, refused = self.vary.contracts(points, self.asked)
        self.refused += refused
        for name in contracts:
            self.points[name] = points[int(name[1:]) - self.asked]
        self.asked += len(points)
        if not contracts:
            if not self.contracts:
                words = _("none of the {n} contracts is valid: {reason}")
                raise PbcError(words.format(n=len(points), reason=refused[0]))
            return
        self.contracts |= contracts
        self.numbers |= numbers
        found = self.evaluate(contracts)
        self.tables.append(found.join(pd.DataFrame.from_dict(numbers, orient="index")))


def _measured(outcomes: Outcomes, varied: Vary, workers: int | None, progress: bool) -> Outcomes:
    """Return the same futures, simulated again if numbers change what is measured of them.

    As a late fee's rate and cap do, which together say after how many days it grows no more.
    """
    study = outcomes.study
    asked, known = needs_of(varied.measured_apart()), study.needs
    if set(asked.measures) <= set(known.measures) and set(asked.terms) <= set(known.terms):
        return outcomes
    needs = replace(
        known,
        measures=tuple(dict.fromkeys((*known.measures, *asked.measures))),
        terms=tuple(dict.fromkeys((*known.terms, *asked.terms))),
    )
    first = int(outcomes.scores.replications[0])
    again = replace(study, needs=needs)
    return run_study(again, outcomes.replications, workers=workers, progress=progress, first=first)


def _fresh(outcomes: Outcomes, replications: int, workers: int | None, progress: bool) -> Outcomes:
    """Simulate replications that nobody has seen: those after the stored ones."""
    first = int(outcomes.scores.replications[-1]) + 1
    return run_study(outcomes.study, replications, workers=workers, progress=progress, first=first)
