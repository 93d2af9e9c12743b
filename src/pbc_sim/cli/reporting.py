"""How is a report written from a terminal?

Lives here: the command `report`. May not live here: what a report says.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from pbc_sim.cli.study import add_study, chosen_contracts, simulated
from pbc_sim.scenario import BEST, load_scenario

__all__ = ["add_report"]


def add_report(commands: Any) -> None:
    """Add the command to a parser's subparsers."""
    parser = commands.add_parser(
        "report", help="write a report for those who decide, as a page or a DOCX file"
    )
    add_study(parser, replications=1000)
    parser.add_argument("--contracts", help="names, separated by commas; all where empty")
    parser.add_argument(
        "--plan",
        default=BEST,
        help="a plan's name, or 'best': what the supplier would do (default)",
    )
    parser.add_argument(
        "--output", type=Path, required=True, help="file to write, as report.html or report.docx"
    )
    parser.set_defaults(command=_report)


def _report(options: argparse.Namespace) -> None:
    from pbc_sim.show.paper import check_name  # slow to import, and not always needed
    from pbc_sim.show.report import report

    check_name(options.output)
    scenario = load_scenario(options.file)
    contracts = chosen_contracts(scenario, options.contracts)
    scenario.require_plan(options.plan, or_best=True)
    outcomes = simulated(scenario, contracts, options)
    report(outcomes.settle(contracts), plan=options.plan).save(options.output)
    print(options.output)
