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
from pbc_sim.contract.naming import kpi_label
from pbc_sim.contract.terms import needs_of
from pbc_sim.decision.answers import answer
from pbc_sim.decision.evaluation import evaluate, objective_values
from pbc_sim.decision.laid_out import laid_out
from pbc_sim.decision.outcomes import Outcomes
from pbc_sim.decision.risk import paired
from pbc_sim.decision.risk.intervals import CONFIDENCE
from pbc_sim.decision.wording import contract_label, headed, interval, plan_label
from pbc_sim.figures import money, share
from pbc_sim.language import Message, said
from pbc_sim.language import translated as _
from pbc_sim.performance.periods import term_end
from pbc_sim.printed import Printed
from pbc_sim.scenario import SupplierType, Wishes

__all__ = ["RECOMMENDED", "Confirmation", "confirm"]

#: What the contract that the search found is called in tables.
RECOMMENDED = "recommended"


@dataclass(frozen=True)
class Confirmation(Printed):
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
        and ``high`` of its interval, all of which hold together with 95%; ``warning`` where it
        does not hold. [currency]
    incomparable : mapping of str to str
        Hand-written contracts that these futures cannot compare with it, and why.
    wishes : Wishes
        What was wanted.
    as_written : str, optional
        The hand-written contract that the recommended one is, if it is one.
    suppliers : mapping of str to SupplierType, optional
        Kinds of suppliers that were asked, where it is not the one that counts expected profit.
    """

    outcomes: Outcomes
    contracts: Mapping[str, Contract]
    table: pd.DataFrame
    against: pd.DataFrame
    incomparable: Mapping[str, str]
    wishes: Wishes
    as_written: str | None = None
    suppliers: Mapping[str, SupplierType] | None = None

    def __str__(self) -> str:
        return "\n\n".join(words for words in (self.verdict, self.against_said) if words)

    @property
    def against_said(self) -> str:
        """The differences to its rivals, as a table for people; empty where it has none."""
        if not len(self.against):
            return ""
        currency, shown = self.outcomes.scenario.currency, self.against.copy()
        for column in ("difference", "low", "high"):
            shown[column] = [money(value, currency) for value in shown[column]]
        shown["warning"] = [said(warning) for warning in shown["warning"]]
        if not any(shown["warning"]):
            shown = shown.drop(columns="warning")
        shown.index = [self.titled(str(name)) for name in shown.index]
        words = _("Recommended less hand-written, {objective}")
        return f"{words.format(objective=self.wishes.objective)}\n{laid_out(headed(shown))}"

    @property
    def left_out(self) -> dict[str, str]:
        """Hand-written contracts that are no rivals, and why, in the language spoken now."""
        called = _called(self.outcomes, self.contracts)
        judged = {RECOMMENDED, *self.against.index}
        return {name: said(why) for name, why in self.incomparable.items()} | {
            name: _why_not(self.table, name, self.wishes, called)
            for name in self.contracts
            if name not in judged
        }

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
        """The hand-written contract that it beats by least, or of those it does not surely beat."""
        unbeaten = self.against[~(self.against["high"] < 0)]
        against = unbeaten if len(unbeaten) else self.against
        return str(against["difference"].idxmax()) if len(against) else None

    @property
    def verdict(self) -> str:
        """Whether the search found something better than people had written, in words."""
        n = self.outcomes.replications
        if not self.holds:
            words = _(
                "The recommended contract does not hold on {n} fresh replications: {reason}; so no "
                "searched contract is shown to beat a hand-written one."
            ).format(
                n=n,
                reason=_why_not(
                    self.table, RECOMMENDED, self.wishes, _called(self.outcomes, self.contracts)
                ),
            )
        elif self.nearest is None:
            words = _(
                "No hand-written contract is signed and fulfils the wishes on {n} fresh "
                "replications, so there is none to beat."
            ).format(n=n)
        else:
            words = self._compared(self.nearest)
        others = "; ".join(f"'{self.titled(name)}', {why}" for name, why in self.left_out.items())
        return f"{words} {_('No rivals: {others}.').format(others=others)}" if others else words

    @property
    def together_said(self) -> str:
        """What both parties gain together against the nearest rival, beside what only moves."""
        rival, currency = self.nearest, self.outcomes.scenario.currency
        if rival is None:
            return ""
        cost, profit = (self.table[amount] for amount in ("buyer_cost", "supplier_profit"))
        buyer = float(cost[[rival]].sum() - cost[[RECOMMENDED]].sum())
        supplier = float(profit[[RECOMMENDED]].sum() - profit[[rival]].sum())
        words = _(
            "Against '{rival}' the buyer gains {buyer} on average and the supplier {supplier}: "
            "both together {both}."
        )
        if supplier < 0:
            words = _(
                "Against '{rival}' the buyer gains {buyer} on average, and the supplier earns "
                "{supplier} less: both together {both}."
            )
        gains = {"buyer": buyer, "supplier": abs(supplier), "both": buyer + supplier}
        said_gains = {party: money(gain, currency) for party, gain in gains.items()}
        return words.format(rival=self.titled(rival), **said_gains)

    def titled(self, name: str) -> str:
        """Return what a hand-written contract is called for people."""
        theirs = {n: c for n, c in self.contracts.items() if n != RECOMMENDED}
        if name in self.incomparable:
            theirs |= self.outcomes.scenario.contracts
        return contract_label(theirs, name)

    def _compared(self, nearest: str) -> str:
        currency = self.outcomes.scenario.currency
        less, low, high = (
            float(self.against[column].loc[nearest]) for column in ("difference", "low", "high")
        )
        if self.beats_all:
            words = _(
                "The recommended contract beats every hand-written one on {goal} on {n} fresh "
                "replications: the nearest, '{nearest}', by {difference} ({confidence})."
            )
            less, low, high = -less, -high, -low
        elif nearest == self.as_written:
            words = _(
                "No searched contract beats hand-written '{nearest}' on {goal}: the search "
                "recommends its numbers as they are."
            )
        else:
            words = _(
                "No searched contract beats hand-written '{nearest}' on {goal}: on {n} fresh "
                "replications the best found less '{nearest}' is {difference} ({confidence})."
            )
            if low <= 0 <= high:
                words += " " + _(
                    "Luck alone may explain the difference; more replications would tell."
                )
        confidence = share(CONFIDENCE, 0)
        if self.beats_all and len(self.against) > 1:
            together = _("{n} intervals together").format(n=len(self.against))
            confidence = f"{confidence}, {together}"
        words = words.format(
            goal=self.wishes.objective,
            n=self.outcomes.replications,
            nearest=self.titled(nearest),
            difference=f"{money(less, currency)} {interval((low, high), currency)}",
            confidence=confidence,
        )
        warning = said(self.against["warning"].loc[nearest])
        return f"{words} {_('But: {warning}.').format(warning=warning)}" if warning else words


def confirm(
    outcomes: Outcomes,
    recommended: Contract,
    hand_written: Mapping[str, Contract],
    wishes: Wishes,
    *,
    as_written: str | None = None,
    suppliers: Mapping[str, SupplierType] | None = None,
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
    suppliers : mapping of str to SupplierType, optional
        Kinds of suppliers that may answer; one that counts expected profit alone where empty.
    """
    rivals, incomparable = {}, {}
    for name, contract in hand_written.items():
        reason = _incomparable(outcomes, recommended, contract)
        if reason:
            incomparable[name] = reason
        else:
            # The recommended contract keeps its name, whatever people call theirs.
            rivals[f"{name} (hand-written)" if name == RECOMMENDED else name] = contract
    contracts = {RECOMMENDED: recommended, **rivals}
    table = evaluate(outcomes, contracts, wishes, suppliers=suppliers)
    answers = answer(outcomes.settle(contracts), suppliers, wishes.signed_by)
    values = dict(zip(contracts, objective_values(answers, wishes), strict=True))
    judged = [name for name in rivals if table.loc[name, "feasible"]]
    rows = {}
    for name in judged:
        found = paired(values[RECOMMENDED], values[name], comparisons=len(judged))
        rows[name] = (found.difference, *found.ci95, found.warning)
    against = pd.DataFrame.from_dict(
        rows, orient="index", columns=["difference", "low", "high", "warning"]
    )
    return Confirmation(
        outcomes, contracts, table, against, incomparable, wishes, as_written, suppliers
    )


def _incomparable(outcomes: Outcomes, contract: Contract, other: Contract) -> str:
    setting = outcomes.scenario.setting
    if term_end(setting, contract.term.months) != term_end(setting, other.term.months):
        return Message("which runs another term")
    asked, simulated = needs_of({"it": other}), outcomes.study.needs
    if not set(asked.measures) <= set(simulated.measures) or not (
        set(asked.terms) <= set(simulated.terms)
    ):
        return Message("for which these futures were not simulated")
    return ""


def _called(outcomes: Outcomes, contracts: Mapping[str, Contract]) -> dict[str, str]:
    """Return what a KPI and a plan is called for people, by its name in a wish."""
    kpis = {f"met: {k}": kpi_label(c, k) for c in contracts.values() for k in c.kpis}
    plans = {f"fair: {p}": plan_label(outcomes.scenario, p) for p in outcomes.study.plans}
    return kpis | plans


def _why_not(table: pd.DataFrame, name: str, wishes: Wishes, called: Mapping[str, str]) -> str:
    """Say why a contract is not feasible."""
    if not table["signed"].loc[name]:
        columns = [str(column) for column in table.columns]
        kinds = [c.removeprefix("signs: ") for c in columns if c.startswith("signs: ")]
        required = wishes.signed_by or kinds
        lost = [kind for kind in required if _found(table, name, f"signs: {kind}") < 0.5]
        if lost:
            return _("it is not signed by {kinds}").format(kinds=", ".join(lost))
        return _("the supplier walks away")
    absent = [kpi for kpi in wishes.kpis if np.isnan(_found(table, name, f"met: {kpi}"))]
    if absent:
        return _("it has no KPI {kpi}, of which something is wished").format(
            kpi=called.get(f"met: {absent[0]}", absent[0])
        )
    wanted = {f"met: {kpi}": least for kpi, least in wishes.kpis.items()}
    wanted |= {f"fair: {plan}": least for plan, least in wishes.fair_to.items()}
    if wishes.within_budget is not None:
        wanted["within_budget"] = wishes.within_budget
    missed = []
    for wish, least in wanted.items():
        found = _found(table, name, wish)
        if found < least:
            what = _("within budget") if wish == "within_budget" else called[wish]
            if wish.startswith("fair: "):
                what = _("fair to {plan}").format(plan=called[wish])
            missed.append(
                _("{what} in {found} and not {least}").format(
                    what=what, found=share(found), least=share(least)
                )
            )
    return _("it misses a wish ({wishes})").format(wishes=", ".join(missed))


def _found(table: pd.DataFrame, name: str, column: str) -> float:
    return float(table[column].loc[name]) if column in table else float("nan")
