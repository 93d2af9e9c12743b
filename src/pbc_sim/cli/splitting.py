"""What is a payment made of, asked from a terminal: the command ``waterfall``.

Lives here: its options and what it prints.
"""

from __future__ import annotations

import argparse

from pbc_sim.cli.study import (
    add_file,
    add_picture,
    add_plan,
    add_replications,
    add_seed,
    add_workers,
)
from pbc_sim.decision import payment_waterfall
from pbc_sim.language import translated as _
from pbc_sim.scenario import load_scenario

__all__ = ["add_waterfall"]


def add_waterfall(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser("waterfall", help=_("split payments by clause and by cause"))
    add_file(parser)
    parser.add_argument("--contract", required=True, help=_("its name in the scenario"))
    add_plan(parser)
    add_replications(parser, 2, 100, _("they are simulated anew without each cause"))
    add_seed(parser)
    add_workers(parser)
    add_picture(parser, "waterfall.png")
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
    words = _("Mean of {n} replications, seed {seed}.")
    print(f"{found}\n\n{words.format(n=options.replications, seed=options.seed)}")
    if options.output:
        from pbc_sim.show.plots import figure_waterfall  # slow to import, and not always needed

        figure_waterfall(found).savefig(options.output, dpi=120)
        print(options.output)
