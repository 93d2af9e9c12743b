"""What would each kind of supplier do, asked from a terminal: the command ``respond``.

Lives here: its options and what it prints.
"""

from __future__ import annotations

import argparse

from pbc_sim.cli.study import (
    add_contracts,
    add_format,
    add_study,
    chosen_contracts,
    chosen_suppliers,
    simulated,
)
from pbc_sim.decision import respond
from pbc_sim.decision.comparison import replications_said
from pbc_sim.language import said
from pbc_sim.language import translated as _
from pbc_sim.scenario import load_scenario

__all__ = ["add_respond"]


def add_respond(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "respond", help=_("ask what each kind of supplier in the scenario would do")
    )
    add_study(parser)
    add_contracts(parser)
    add_format(parser)
    parser.set_defaults(command=_respond)


def _respond(options: argparse.Namespace) -> None:
    scenario = load_scenario(options.file)
    suppliers = chosen_suppliers(scenario, "all")
    contracts = chosen_contracts(scenario, options.contracts)
    response = respond(simulated(scenario, contracts, options).settle(contracts), suppliers)
    if options.format == "csv":
        print(response.table.to_csv(), end="")
        return
    outcomes = response.prices.outcomes
    print(said(scenario.title))
    words = _("{futures}, seed {seed}")
    print(words.format(futures=replications_said(outcomes.replications), seed=options.seed) + "\n")
    print(response)
