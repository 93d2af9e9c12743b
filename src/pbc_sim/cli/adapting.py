"""What would a supplier do that looks at the record, asked from a terminal: the command ``adapt``.

Lives here: its options and what it prints.
"""

from __future__ import annotations

import argparse
from typing import get_args

from pbc_sim.cli.study import (
    add_file,
    add_picture,
    add_replications,
    add_seed,
    at_least,
)
from pbc_sim.decision import adapt, conduct
from pbc_sim.decision.laid_out import laid_out
from pbc_sim.decision.wording import headed, plan_label
from pbc_sim.errors import PbcError
from pbc_sim.figures import numeral, share
from pbc_sim.language import translated as _
from pbc_sim.performance.periods import Review
from pbc_sim.scenario import load_scenario

__all__ = ["add_adapt"]


def add_adapt(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "adapt", help=_("let the supplier look at the record and change its plan on the way")
    )
    add_file(parser)
    parser.add_argument(
        "--contract", required=True, help=_("its name in the scenario, or several with commas")
    )
    add_replications(parser, 2, 50, _("the supplier looks ahead from each of them"))
    add_seed(parser)
    parser.add_argument(
        "--look",
        default="month",
        help=_("when it looks: {reviews}, or a number of days (default: %(default)s)").format(
            reviews=", ".join(get_args(Review))
        ),
    )
    parser.add_argument(
        "--beliefs",
        type=at_least(2),
        default=50,
        help=_("other futures from which it knows what to expect (default: %(default)s)"),
    )
    parser.add_argument("--plans", help=_("its menu, separated by commas; all where empty"))
    parser.add_argument(
        "--kpi",
        help=_("a KPI: which plans are held where its target is lost, within reach or safe"),
    )
    parser.add_argument(
        "--aim", help=_("a KPI: what those plans bring of it; the same one where empty")
    )
    parser.add_argument(
        "--margin",
        type=float,
        default=0.0,
        help=_("by how much it misses its target half-way in reviews that begin badly"),
    )
    add_picture(parser, "adaptive.png")
    parser.add_argument("--quiet", action="store_true", help=_("no progress bar"))
    parser.set_defaults(command=_adapt)


def _adapt(options: argparse.Namespace) -> None:
    for name in ("output", "aim"):
        if getattr(options, name) and not options.kpi:
            message = _("--{name} needs a KPI whose reviews hold several looks; give --kpi NAME.")
            raise PbcError(message.format(name=name))
    studies = [
        adapt(
            load_scenario(options.file),
            contract,
            replications=options.replications,
            seed=options.seed,
            look=_look(options.look),
            beliefs=options.beliefs,
            plans=options.plans.split(",") if options.plans else None,
            progress=not options.quiet,
        )
        for contract in options.contract.split(",")
    ]
    for found in studies:
        shown = found.table.set_index("day").map(lambda value: share(value, 0))
        scenario = found.steady.outcomes.scenario
        called = {plan: plan_label(scenario, plan) for plan in found.plans}
        shown = shown.rename(index=numeral, columns=called)
        words = _("How often each plan is held from each look to the next")
        print(f"{found}\n\n{words}\n{laid_out(headed(shown))}\n")
        if options.kpi:
            told = _("Which plan is held, by look within the review and how the target stands")
            print(f"{told}\n{conduct(found, options.kpi, aim=options.aim)}\n")
    if options.output:
        from pbc_sim.show.plots import figure_adaptive  # slow to import, and not always needed

        drawn = figure_adaptive(studies, options.kpi, margin=options.margin)
        drawn.savefig(options.output, dpi=120)
        print(options.output)


def _look(text: str) -> Review | float:
    for review in get_args(Review):
        if text == review:
            return review
    try:
        return float(text)
    except ValueError:
        known = ", ".join(get_args(Review))
        words = _("--look must be one of {known}, or days, got {text}.")
        raise PbcError(words.format(known=known, text=repr(text))) from None
