"""What does the supplier do if every deduction is doubled?

Lives here: that question, and the doubling. May not live here: the supplier's choice.
"""

from __future__ import annotations

from collections.abc import Iterator

from pbc_sim.contract import Contract
from pbc_sim.decision.outcomes import WALKS_AWAY
from pbc_sim.decision.workshop.question import Question, Studied, drafts, question
from pbc_sim.errors import PbcError
from pbc_sim.language import translated as _
from pbc_sim.scenario import Scenario
from pbc_sim.scenario.vary import numbers_of, with_numbers

__all__ = ["doubled", "doubled_contracts", "doubled_deductions"]

#: Numbers of a mechanism that say how much is deducted, whatever their sign.
SIZES = ("at_risk", "per_day", "rate")


def doubled(contract: Contract) -> Contract | None:
    """Return a contract with every deduction doubled, or None if there is none to double.

    Caps stay. A number that cannot be doubled, as a share above 100%, stays as it is.

    Examples
    --------
    >>> fine = {"per_event": {"event": "returned_units", "amount": -5}}
    >>> contract = Contract.model_validate({"title": "Fined", "incentives": [fine]})
    >>> doubled(contract).incentives[0].amount
    -10.0
    """
    harder = contract
    for path, value in _deductions(contract):
        try:
            harder = with_numbers(harder, {path: 2 * value})
        except PbcError:
            continue
    return None if harder == contract else harder


def _deductions(contract: Contract) -> Iterator[tuple[str, float]]:
    for path, value in numbers_of(contract).items():
        steps = path.split(".")
        if steps[0] != "incentives" or "limits" in steps or not value:
            continue
        if steps[-1] in SIZES or (value < 0 and steps[-1] != "floor"):
            yield path, value


@drafts
def doubled_contracts(scenario: Scenario) -> dict[str, Contract]:
    """Return every contract that has deductions with these doubled."""
    every = {f"doubled {name}": doubled(one) for name, one in scenario.contracts.items()}
    return {name: harder for name, harder in every.items() if harder is not None}


@question
def doubled_deductions(studied: Studied) -> Question | None:
    """Ask what the supplier does if every deduction of a contract that it signs is doubled."""
    every = doubled_contracts(studied.scenario)
    for name in studied.signed if len(studied.scenario.plans) > 1 else ():
        if f"doubled {name}" in every:
            return _asked(studied, name, every[f"doubled {name}"])
    return None


def _asked(studied: Studied, name: str, harder: Contract) -> Question:
    prices = studied.settle(f"doubled {name}", harder)
    key, before = f"doubled {name}", studied.comparison.results[name].plan
    taken = prices.best_plan(key)
    admitted = [plan for plan in studied.scenario.plans if harder.admits(plan)]
    rows = [
        studied.money_row(
            studied.plan(plan), prices.supplier_profit.sel(contract=key, plan=plan).values
        )
        for plan in admitted
    ]
    if taken == before:
        reveal = _("It goes on as before ({plan}): only more money moves.")
    elif taken == WALKS_AWAY:
        reveal = _("It walks away; before it would have signed ({plan}).")
    else:
        reveal = _("It changes to: {now}. Before it was: {plan}.")
    options = {plan: studied.plan(plan) for plan in (*admitted, WALKS_AWAY)}
    return Question(
        "doubled_deductions",
        _("What does the supplier do if every deduction in '{contract}' is doubled?").format(
            contract=studied.contract(name)
        ),
        _("Supplier's profit with doubled deductions, mean with its 95% interval"),
        rows,
        reveal.format(plan=studied.plan(before), now=studied.plan(taken)),
        _(
            "A harder fine changes work only where better work costs less than the fine. Beyond "
            "that it moves money, and in the end it drives the supplier away."
        ),
        _(
            "Let the room first say what it wants the doubled fine to achieve. Ask afterwards "
            "who would pay for it: the next tender has it in its price."
        ),
        options=options,
        right=(taken,),
    )
