"""What does one number of a contract cost whom, asked from a terminal: the command ``prices``.

Lives here: its options and what it prints.
"""

from __future__ import annotations

import argparse

from pbc_sim.cli.study import add_study, simulated
from pbc_sim.decision.clause_prices import clause_prices, price_tags
from pbc_sim.errors import PbcError
from pbc_sim.language import plural
from pbc_sim.scenario import load_scenario
from pbc_sim.scenario.vary import with_numbers

__all__ = ["add_prices"]


def add_prices(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "prices", help="say what it costs both parties to change a number of a contract"
    )
    add_study(parser, replications=200, least=2)
    parser.add_argument("--contract", required=True, help="its name in the scenario")
    parser.add_argument(
        "--change",
        action="append",
        required=True,
        metavar="PATH=VALUE",
        help="a number and its new value; each is changed alone, once for each number",
    )
    parser.add_argument(
        "--format", choices=("table", "csv"), default="table", help="default: %(default)s"
    )
    parser.set_defaults(command=_prices)


def _prices(options: argparse.Namespace) -> None:
    scenario = load_scenario(options.file)
    base = scenario.require_contract(options.contract)
    changes = {}
    for text in options.change:
        path, _, value = text.partition("=")
        try:
            changes[path] = float(value)
        except ValueError:
            raise PbcError(f"--change must be PATH=VALUE, got {text!r}.") from None
    # A number may change what is measured, as the cap of a late fee does.
    asked = {path: with_numbers(base, {path: value}) for path, value in changes.items()}
    outcomes = simulated(scenario, {options.contract: base, **asked}, options)
    if options.format == "csv":
        print(clause_prices(outcomes, options.contract, changes).to_csv(), end="")
        return
    print(*price_tags(outcomes, options.contract, changes), sep="\n")
    n = outcomes.replications
    said = plural(
        "Mean of {n} replication on the same luck.",
        "Means of {n} replications on the same luck, ± half a 95 % interval.",
        n,
    )
    print(said.format(n=n))
