"""What is a payment made of, asked from a terminal: the command ``waterfall``.

Lives here: its options and what it prints.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from pbc_sim.cli.study import at_least
from pbc_sim.decision import payment_waterfall
from pbc_sim.scenario import BEST, load_scenario

__all__ = ["add_waterfall"]


def add_waterfall(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser("waterfall", help="split payments by clause and by cause")
    parser.add_argument("file", type=Path, help="scenario file")
    parser.add_argument("--contract", required=True, help="its name in the scenario")
    parser.add_argument("--plan", default=BEST, help="a plan's name, or 'best' (default)")
    parser.add_argument(
        "--replications", type=at_least(2), default=100, help="default: %(default)s"
    )
    parser.add_argument("--seed", type=at_least(0), default=1, help="which futures")
    parser.add_argument("--workers", type=at_least(1), help="processes; all cores where empty")
    parser.add_argument("--output", type=Path, help="picture to draw, as waterfall.png")
    parser.set_defaults(command=_waterfall)


def _waterfall(options: argparse.Namespace) -> None:
    found = payment_waterfall(
        load_scenario(options.file),
        options.contract,
        plan=options.plan,
        replications=options.replications,
        seed=options.seed,
        workers=options.workers,
    )
    print(f"{found}\n\nMean of {options.replications} replications, seed {options.seed}.")
    if options.output:
        from pbc_sim.show.plots import figure_waterfall  # slow to import, and not always needed

        figure_waterfall(found).savefig(options.output, dpi=120)
        print(options.output)
