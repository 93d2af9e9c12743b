"""What does one number of a contract cost whom, asked from a terminal: the command ``prices``.

Lives here: its options and what it prints.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from pbc_sim.cli.study import (
    add_format,
    add_study,
    add_suppliers,
    chosen_signers,
    chosen_suppliers,
    number,
    simulated,
)
from pbc_sim.contract import Contract
from pbc_sim.decision.answers import kinds_said, one_said
from pbc_sim.decision.clause_prices import clause_prices, price_tags, watched
from pbc_sim.errors import PbcError
from pbc_sim.inputs import WrittenError
from pbc_sim.language import plural
from pbc_sim.language import translated as _
from pbc_sim.performance.measures import Measure
from pbc_sim.scenario import load_scenario
from pbc_sim.scenario.vary import with_numbers

__all__ = ["add_prices"]


def add_prices(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "prices", help=_("say what it costs both parties to change a number of a contract")
    )
    add_study(parser, least=2)
    parser.add_argument("--contract", required=True, help=_("its name in the scenario"))
    parser.add_argument(
        "--change",
        action="append",
        required=True,
        metavar="PATH=VALUE",
        help=_("a number and its new value; each is changed alone, once for each number"),
    )
    parser.add_argument(
        "--also",
        action="append",
        default=[],
        metavar="KPI[=JSON]",
        help=_(
            "a KPI to tell besides, though the contract does not measure it, with its settings, as "
            "{example}"
        ).format(example="""'late_orders={"limit": {"business_days": 5}}'"""),
    )
    add_suppliers(parser)
    add_format(parser)
    parser.set_defaults(command=_prices)


def _prices(options: argparse.Namespace) -> None:
    scenario = load_scenario(options.file)
    base = scenario.require_contract(options.contract)
    changes = {}
    for text in options.change:
        path, _sign, value = text.partition("=")
        try:
            changes[path] = number(value)
        except ValueError:
            words = _("{option} must be {form}, got {text}.")
            raise PbcError(
                words.format(option="--change", form="PATH=VALUE", text=repr(text))
            ) from None
    # A number may change what is measured, as the cap of a late fee does.
    asked = {path: with_numbers(base, {path: value}) for path, value in changes.items()}
    also = [_also(base, text) for text in options.also]
    contracts = {options.contract: base, **asked}
    suppliers = chosen_suppliers(scenario, options.suppliers)
    signed_by = chosen_signers(options.signed_by)
    outcomes = simulated(scenario, contracts, options, also=also)
    who: Any = {"suppliers": suppliers, "signed_by": signed_by}
    if options.format == "csv":
        by_name = {measure.kpi: measure for measure in also}
        prices = clause_prices(outcomes, options.contract, changes, also=by_name, **who)
        print(prices.to_csv(), end="")
        return
    by_words = {measure.entry.in_words.label: measure for measure in also}
    print(*price_tags(outcomes, options.contract, changes, also=by_words, **who), sep="\n")
    if suppliers is None:
        print(one_said(scenario.suppliers))
    else:
        print(kinds_said(suppliers, signed_by))
    n = outcomes.replications
    said = plural(
        "Mean of {n} replication on the same luck.",
        "Means of {n} replications on the same luck, ± half a 95% interval; those of an outcome "
        "hold together over all changes.",
        n,
    )
    print(said.format(n=n))


def _also(contract: Contract, text: str) -> Measure:
    kpi, _sign, settings = text.partition("=")
    try:
        given = json.loads(settings or "{}")
    except json.JSONDecodeError:
        given = None
    if not isinstance(given, dict):
        words = _("--also must be KPI or {form} with settings as JSON, got {text}.")
        raise PbcError(words.format(form="KPI={...}", text=repr(text)))
    try:
        return watched(contract, kpi, **given)
    except WrittenError as error:
        if settings:
            raise
        form = f"""--also '{kpi}={{"limit": {{"business_days": 5}}}}'"""
        words = _("{reason} Give settings as JSON, as {form}.")
        raise PbcError(words.format(reason=error, form=form)) from None
