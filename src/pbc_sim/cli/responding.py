"""What would each kind of supplier do, asked from a terminal: the command ``respond``.

Lives here: its options and what it prints.
"""

from __future__ import annotations

import argparse

from pbc_sim.cli.study import add_study, chosen_contracts, simulated
from pbc_sim.decision import Response, respond
from pbc_sim.errors import PbcError
from pbc_sim.figures import money, share
from pbc_sim.scenario import load_scenario

__all__ = ["add_respond"]


def add_respond(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "respond", help="ask what each kind of supplier in the scenario would do"
    )
    add_study(parser, replications=200)
    parser.add_argument("--contracts", help="names, separated by commas; all where empty")
    parser.add_argument(
        "--format", choices=("table", "csv"), default="table", help="default: %(default)s"
    )
    parser.set_defaults(command=_respond)


def _respond(options: argparse.Namespace) -> None:
    scenario = load_scenario(options.file)
    if not scenario.suppliers:
        raise PbcError(
            f"{options.file} names no kinds of suppliers; add a section suppliers, as "
            "'suppliers: {usual: {}, dear: {cost_factor: 1.1}}'."
        )
    contracts = chosen_contracts(scenario, options.contracts)
    response = respond(simulated(scenario, contracts, options).settle(contracts))
    if options.format == "csv":
        print(response.table.to_csv(), end="")
        return
    outcomes = response.prices.outcomes
    print(f"{scenario.title}\n{outcomes.replications} replications, seed {options.seed}\n")
    _print_response(response, scenario.currency)


def _print_response(response: Response, currency: str) -> None:
    done = response.table[response.table["probability"] >= 0.005].copy()
    summary = response.summary.copy()
    for table, amounts in (
        (done, ("certainty", "supplier_profit", "buyer_cost")),
        (summary, ("cost_if_signed", "buyer_cost", "low", "high", "supplier_profit")),
    ):
        for amount in amounts:
            table[amount] = ["-" if v != v else money(v, currency) for v in table[amount]]
    done["probability"] = [share(value, 0) for value in done["probability"]]
    summary["signed"] = [share(value, 0) for value in summary["signed"]]
    kinds = ", ".join(f"{kind} {share(p, 0)}" for kind, p in response.kinds.items())
    print(f"What each kind of supplier does (likely: {kinds})\n{done.to_string()}")
    print(f"\nWhat the buyer expects, not knowing the kind\n{summary.to_string()}")
    if (summary["buyer_cost"] == "-").any():
        print(
            "\nWhere the supplier may walk away, the buyer's expected cost needs "
            "outside_option.buyer_cost, what it bears when nobody signs."
        )
