"""What is a payment made of, and why is it not larger: by clause, and by cause.

Lives here: `payment_waterfall`. May not live here: arithmetic of a clause, what a cause does
(`operations/`), pictures.
A cause is switched off in the world, and the same futures are simulated again under the same plan:
luck belongs to entities, so all else stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pbc_sim.contract import Contract
from pbc_sim.contract.adjustments import ADJUSTMENTS
from pbc_sim.contract.incentives import INCENTIVES
from pbc_sim.contract.naming import kpi_label, mechanism_said
from pbc_sim.contract.payments import PAYMENTS
from pbc_sim.contract.settlement import settle_block
from pbc_sim.decision.laid_out import laid_out
from pbc_sim.decision.outcomes import run, run_study, study_of
from pbc_sim.decision.risk import mean_interval
from pbc_sim.decision.wording import contract_label, headed, plan_label
from pbc_sim.errors import PbcError, require_type
from pbc_sim.figures import money
from pbc_sim.language import noted
from pbc_sim.language import translated as _
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.performance.scorecard import Scores
from pbc_sim.printed import Printed
from pbc_sim.scenario import BEST, Scenario

__all__ = ["CAUSES", "Waterfall", "line_said", "payment_lines", "payment_waterfall"]

World = dict[str, Any]


def _supply(world: World) -> World:
    sources = {
        name: source | {"lead_time": 0} for name, source in world["supply"]["sources"].items()
    }
    return world | {"supply": world["supply"] | {"lead_time": 0, "sources": sources}}


def _defects(world: World) -> World:
    sources = {
        name: source | {"lot_quality": None} for name, source in world["supply"]["sources"].items()
    }
    items = {name: item | {"lot_quality": None} for name, item in world["items"].items()}
    return world | {
        "supply": world["supply"] | {"lot_quality": 0, "recall": None, "sources": sources},
        "items": items,
    }


def _picking(**numbers: float) -> Callable[[World], World]:
    return lambda world: world | {"picking": world["picking"] | numbers}


#: What can be switched off: ``change(world)`` returns the plain world section without the cause.
CAUSES: Mapping[str, Callable[[World], World]] = {
    noted("waiting for supply"): _supply,
    noted("defective lots"): _defects,
    noted("picking errors"): _picking(error_share=0.0),
    noted("wrong documents"): _picking(documentation_error_share=0.0),
    noted("time to pick"): _picking(hours_per_line=0.0, check_hours_per_line=0.0),
    noted("travel time"): lambda world: world | {"transport": world["transport"] | {"time": 0}},
    noted("disruptions"): lambda world: world | {"disruptions": {}},
}


#: Lines of a payment that no clause of the file names.
LINES = (
    noted("cap of deductions"),
    noted("cap of bonuses"),
    noted("termination"),
    noted("paid"),
    noted("together"),
)


def line_said(name: str, terms: Contract | None = None) -> str:
    """Name a line of a payment, or a cause; its KPI as its contract's terms call it."""
    if name in LINES or name in CAUSES:
        return _(name)
    if of_group := re.fullmatch(r"cap of group (.+)", name):
        return _("cap of group {group}").format(group=of_group[1])
    if clause := re.fullmatch(r"(?P<place>\d+: )?(?P<key>\w+)(?: of (?P<kpi>.+))?", name):
        words, kpi = mechanism_said(clause["key"]), clause["kpi"]
        if place := clause["place"]:
            words = f"{int(place[:-2]) + 1}. {words}"
        if kpi and terms:
            kpi = kpi_label(terms, kpi)
        return _("{clause} of {kpi}").format(clause=words, kpi=kpi) if kpi else words
    return name


@dataclass(frozen=True)
class Waterfall(Printed):
    """Payments of a term by clause, and by what they would be without a cause.

    Parameters
    ----------
    contract, plan : str
        What was priced.
    lines : mapping of str to ndarray of shape (n_replications,)
        Each line of the payment over the term; they add up to what is paid. [currency]
    without : mapping of str to mapping of str to ndarray
        By cause: the same lines where it is switched off.
    currency : str
        ISO 4217 code.
    scenario : Scenario
        Whose contract and plan they are.
    """

    contract: str
    plan: str
    lines: Mapping[str, np.ndarray]
    without: Mapping[str, Mapping[str, np.ndarray]]
    currency: str
    scenario: Scenario

    def line_said(self, name: str) -> str:
        """Name a line of the payment, or a cause, in the language spoken now."""
        return line_said(name, self.scenario.contracts.get(self.contract))

    @property
    def by_clause(self) -> pd.DataFrame:
        """A row a line, and "paid": ``amount`` (mean), ``low``, ``high`` of 95% [currency]."""
        lines = dict(self.lines) | {"paid": _total(self.lines)}
        return _means(lines, "amount")

    @property
    def by_cause(self) -> pd.DataFrame:
        """A row a cause: by how much more is paid without it, ``change``, ``low``, ``high``.

        Each is switched off alone; the last row, "together", is all of them at once, and is not
        their sum where causes hide or feed each other. [currency]
        """
        paid = _total(self.lines)
        return _means(
            {cause: _total(lines) - paid for cause, lines in self.without.items()}, "change"
        )

    @property
    def by_clause_and_cause(self) -> pd.DataFrame:
        """How each line changes without each cause: a row a line, a column a cause [currency]."""
        return pd.DataFrame(
            {
                cause: {line: float((lines[line] - was).mean()) for line, was in self.lines.items()}
                for cause, lines in self.without.items()
            }
        )

    def __str__(self) -> str:
        parts = []
        for words, table in (
            (
                _("Paid under '{contract}', plan {plan}, by clause").format(
                    contract=contract_label(self.scenario.contracts, self.contract),
                    plan=f"'{plan_label(self.scenario, self.plan)}'",
                ),
                self.by_clause,
            ),
            (_("Paid more without a cause, on the same luck"), self.by_cause),
        ):
            shown = table.map(lambda amount: money(amount, self.currency))
            shown = headed(shown).rename(index=self.line_said)
            parts.append(f"{words}\n{laid_out(shown)}")
        parts.append(
            _(
                "Each cause is switched off alone; since causes hide or feed each other, their "
                "parts need not add up to what is paid more without all of them."
            )
        )
        return "\n\n".join(parts)


def _total(lines: Mapping[str, np.ndarray]) -> np.ndarray:
    total: np.ndarray = np.sum(list(lines.values()), axis=0)
    return total


def _means(samples: Mapping[str, np.ndarray], column: str) -> pd.DataFrame:
    rows = {name: (float(v.mean()), *mean_interval(v)) for name, v in samples.items()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=[column, "low", "high"])


def payment_lines(contract: Contract, scores: Scores) -> dict[str, np.ndarray]:
    """Return every line of a contract's payments over the term.

    Parameters
    ----------
    contract : Contract
        The contract.
    scores : Scores
        Plans and replications.

    Returns
    -------
    dict of str to ndarray of shape (n_plans, n_replications)
        In the order in which clauses act; what never acts is left out. They add up to what is
        paid. [currency]
    """
    periods = ReviewPeriods.of(scores.setting, contract.term.review, contract.term.months)
    settled = settle_block([contract], scores, periods)
    shape = (1, len(scores.plans), len(scores.replications), len(periods))
    found = {PAYMENTS.name_of(contract.payment): settled.payment}
    for n, (incentive, amount) in enumerate(
        zip(contract.incentives, settled.incentives, strict=True)
    ):
        of_kpi = f" of {incentive.kpi_name}" if incentive.kpi_name else ""
        found[f"{n}: {INCENTIVES.name_of(incentive)}{of_kpi}"] = amount
    for name, pair in settled.group_limited.items():
        found[f"cap of group {name}"] = pair[0] + pair[1]
    found |= dict(zip(("cap of deductions", "cap of bonuses"), settled.limited, strict=True))
    for n, (clause, amount) in enumerate(zip(contract.adjustments, settled.adjusted, strict=True)):
        found[f"{n}: {ADJUSTMENTS.name_of(clause)}"] = amount
    if settled.terminated is not None:
        found["termination"] = settled.terminated
    whole = {name: np.broadcast_to(amount, shape).sum(-1)[0] for name, amount in found.items()}
    first = next(iter(whole))
    return {name: amount for name, amount in whole.items() if name == first or amount.any()}


def payment_waterfall(
    scenario: Scenario,
    contract: str,
    *,
    plan: str = BEST,
    causes: Mapping[str, Callable[[World], World]] | None = None,
    replications: int = 100,
    seed: int = 1,
    workers: int | None = None,
) -> Waterfall:
    """Split the payments of a term by clause and by cause.

    Parameters
    ----------
    scenario : Scenario
        World, plans and contracts.
    contract : str
        Name of the contract.
    plan : str
        Plan that is held; "best" for the supplier's best response in the world as it is.
    causes : mapping of str to callable, optional
        ``change(world)`` takes and returns the plain world section; `CAUSES` that change anything
        where empty.
    replications : int
        Futures.
    seed : int
        Seed of the study.
    workers : int, optional
        Processes; they change no number.

    Returns
    -------
    Waterfall
        Lines with and without each cause, and without all of them together.

    Raises
    ------
    PbcError
        If a name is unknown, the supplier walks away and no plan is named, or a cause cannot be
        switched off in this world.
    """
    require_type("scenario", scenario, Scenario, "read it with pbc.load_scenario(path)")
    one = {contract: scenario.require_contract(contract)}
    scenario.require_plan(plan, or_best=True)
    if plan == BEST:
        prices = run(
            scenario, replications, seed, contracts=one, workers=workers, progress=False
        ).settle(one)
        plan = prices.signed_plan(contract)

    def lines(told: Scenario) -> dict[str, np.ndarray]:
        study = study_of(told, one, seed, (plan,))
        outcomes = run_study(study, replications, workers=workers)
        outcomes.require_independent_futures()
        found = payment_lines(one[contract], outcomes.scores)
        return {name: amount[0] for name, amount in found.items()}

    worlds = _worlds(scenario, CAUSES if causes is None else causes)
    as_it_is = lines(scenario)
    without = {cause: lines(world) for cause, world in worlds.items()}
    names = list(dict.fromkeys(n for found in (as_it_is, *without.values()) for n in found))
    nothing = np.zeros(replications)

    def filled(found: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {name: found.get(name, nothing) for name in names}

    return Waterfall(
        contract,
        plan,
        filled(as_it_is),
        {cause: filled(found) for cause, found in without.items()},
        scenario.currency,
        scenario,
    )


def _worlds(
    scenario: Scenario, causes: Mapping[str, Callable[[World], World]]
) -> dict[str, Scenario]:
    """Return the scenario without each cause that changes it, and without all together."""
    plain = scenario.model_dump()
    worlds, together = {}, plain["world"]
    for cause, change in causes.items():
        world = change(plain["world"])
        told = _told(scenario, cause, world)
        if told.world != scenario.world:
            worlds[cause] = told
            together = change(together)
    if len(worlds) > 1:
        worlds["together"] = _told(scenario, "together", together)
    return worlds


def _told(scenario: Scenario, cause: str, world: World) -> Scenario:
    plain = scenario.model_dump()
    uncertain = scenario.uncertain
    if uncertain is not None:
        # What is switched off is no longer uncertain.
        changed = {name for name, section in world.items() if section != plain["world"][name]}
        plain["uncertain"]["parameters"] = {
            path: law
            for path, law in plain["uncertain"]["parameters"].items()
            if not any(path.startswith(f"world.{name}.") for name in changed)
        }
        if not plain["uncertain"]["parameters"]:
            plain["uncertain"] = None
    try:
        return Scenario.model_validate(plain | {"world": world})
    except PbcError as error:
        words = _("cause '{cause}' cannot be switched off in this world: {reason}")
        raise PbcError(words.format(cause=cause, reason=error)) from None
