"""How is a report written from a terminal?

Lives here: the command `report`. May not live here: what a report says.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from pbc_sim.cli.study import add_contracts, add_plan, add_study, chosen_contracts, simulated
from pbc_sim.language import translated as _
from pbc_sim.scenario import load_scenario

__all__ = ["add_report"]


def add_report(commands: Any) -> None:
    """Add the command to a parser's subparsers."""
    parser = commands.add_parser(
        "report", help=_("write a report for those who decide, as a page or a DOCX file")
    )
    add_study(parser)
    add_contracts(parser)
    add_plan(parser)
    parser.add_argument(
        "--output",
        type=Path,
        required=True,
        help=_("file to write, as {name}.docx or {name}.html").format(name="report"),
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
