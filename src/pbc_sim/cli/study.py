"""Which study do the options of a command ask for?

Lives here: options that commands share, and the study that they describe. May not live here: a
command, what is printed.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pbc_sim.contract import Contract
from pbc_sim.decision import Outcomes, run
from pbc_sim.errors import PbcError, unknown_name
from pbc_sim.figures import MINUS
from pbc_sim.language import translated as _
from pbc_sim.operations.engines import ENGINES
from pbc_sim.performance.measures import Measure
from pbc_sim.scenario import BEST, Scenario, SupplierType

__all__ = [
    "REPLICATIONS",
    "add_contracts",
    "add_file",
    "add_format",
    "add_picture",
    "add_plan",
    "add_replications",
    "add_seed",
    "add_study",
    "add_suppliers",
    "add_workers",
    "at_least",
    "chosen_contracts",
    "chosen_signers",
    "chosen_suppliers",
    "number",
    "simulated",
]

#: How kinds of suppliers are written.
EXAMPLE_OF_SUPPLIERS = "'suppliers: {usual: {}, dear: {cost_factor: 1.1}}'"

#: Replications of every command that simulates each plan once, so that their numbers agree.
REPLICATIONS = 1000


def at_least(least: int) -> Any:
    """Return the reader of a whole number of at least so much."""

    def whole(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if value < least:
            words = _("must be a whole number >= {least}, got {text}")
            raise argparse.ArgumentTypeError(words.format(least=least, text=repr(text)))
        return value

    return whole


def number(text: str) -> float:
    """Read a number, also one with the minus sign or as the percentage that tables print.

    Raises
    ------
    ValueError
        If it is none.

    Examples
    --------
    >>> number("0.97"), number("97%")
    (0.97, 0.97)
    """
    plain = text.strip().replace(MINUS, "-")
    return float(plain[:-1]) / 100 if plain.endswith("%") else float(plain)


def add_file(parser: argparse.ArgumentParser) -> None:
    """Add the scenario file to a command."""
    parser.add_argument("file", type=Path, help=_("scenario file"))


def add_seed(parser: argparse.ArgumentParser) -> None:
    """Add the seed to a command."""
    parser.add_argument(
        "--seed", type=at_least(0), default=1, help=_("which futures (default: %(default)s)")
    )


def add_workers(parser: argparse.ArgumentParser) -> None:
    """Add the number of processes to a command."""
    parser.add_argument("--workers", type=at_least(1), help=_("processes; all cores where empty"))


def add_contracts(parser: argparse.ArgumentParser) -> None:
    """Add the choice of contracts to a command."""
    parser.add_argument("--contracts", help=_("names, separated by commas; all where empty"))


def add_format(parser: argparse.ArgumentParser) -> None:
    """Add to a command whether its table is for people or for machines."""
    parser.add_argument(
        "--format", choices=("table", "csv"), default="table", help=_("default: %(default)s")
    )


def add_picture(parser: argparse.ArgumentParser, name: str) -> None:
    """Add to a command the picture that it draws, with an example of its name."""
    parser.add_argument(
        "--output", type=Path, help=_("picture to draw, as {name}").format(name=name)
    )


def add_plan(parser: argparse.ArgumentParser) -> None:
    """Add the choice of a plan to a command."""
    parser.add_argument(
        "--plan",
        default=BEST,
        help=_(
            "a plan's name, or 'best': what the supplier would do under each contract (default)"
        ),
    )


def add_replications(
    parser: argparse.ArgumentParser, least: int = 1, fewer: int | None = None, because: str = ""
) -> None:
    """Add the number of replications to a command.

    Parameters
    ----------
    parser : ArgumentParser
        The command.
    least : int
        The fewest that can be asked for.
    fewer : int, optional
        The number where the command needs another one than `REPLICATIONS`.
    because : str
        Why it does, for the help.
    """
    words = _("simulated futures (default: %(default)s)")
    if because:
        words = _("simulated futures (default: %(default)s, since {because})").format(
            because=because
        )
    parser.add_argument(
        "--replications", type=at_least(least), default=fewer or REPLICATIONS, help=words
    )


def add_study(
    parser: argparse.ArgumentParser, least: int = 1, fewer: int | None = None, because: str = ""
) -> None:
    """Add file, replications, seed, workers, engine and quietness to a command."""
    add_file(parser)
    add_replications(parser, least, fewer, because)
    add_seed(parser)
    add_workers(parser)
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        default="auto",
        help=_("what simulates; the numbers are the same (default: %(default)s)"),
    )
    parser.add_argument("--quiet", action="store_true", help=_("no progress bar"))


def chosen_contracts(scenario: Scenario, names: str | None) -> dict[str, Contract]:
    """Return the contracts of a comma-separated list, all of the scenario's where it is None."""
    if not scenario.contracts:
        raise PbcError(_("the scenario has no contracts to price; add one under contracts."))
    if names is None:
        return dict(scenario.contracts)
    chosen = [name.strip() for name in names.split(",") if name.strip()]
    if not chosen:
        raise PbcError(_("no contract is named; name one, or leave the option out for all."))
    return {name: scenario.require_contract(name) for name in chosen}


def add_suppliers(parser: argparse.ArgumentParser) -> None:
    """Add to a command who answers: kinds of suppliers, and which of them must sign."""
    parser.add_argument(
        "--suppliers",
        metavar="NAMES",
        help=_(
            "kinds of suppliers of the scenario that may answer, separated by commas, or 'all'; "
            "where empty, one that counts its expected profit alone"
        ),
    )
    parser.add_argument(
        "--signed-by",
        metavar="NAMES",
        help=_("kinds of suppliers that must sign, separated by commas; all where empty"),
    )


def chosen_suppliers(scenario: Scenario, names: str | None) -> dict[str, SupplierType] | None:
    """Return the kinds of suppliers of "all" or a comma-separated list; None where it is None."""
    if names is None:
        return None
    if not scenario.suppliers:
        words = _(
            "the scenario names no kinds of suppliers; add a section suppliers, as {example}."
        )
        raise PbcError(words.format(example=EXAMPLE_OF_SUPPLIERS))
    if names == "all":
        return dict(scenario.suppliers)
    chosen = chosen_signers(names)
    for name in chosen:
        if name not in scenario.suppliers:
            raise PbcError(unknown_name("kind of supplier", name, scenario.suppliers))
    return {name: scenario.suppliers[name] for name in chosen}


def chosen_signers(names: str | None) -> tuple[str, ...]:
    """Return the kinds of suppliers that must sign, of a comma-separated list; none are all."""
    return tuple(kind.strip() for kind in (names or "").split(",") if kind.strip())


def simulated(
    scenario: Scenario,
    contracts: Mapping[str, Contract],
    options: argparse.Namespace,
    least: int = 1,
    also: Iterable[Measure] = (),
) -> Outcomes:
    """Simulate the study that the options ask for, of at least so many replications."""
    return run(
        scenario,
        max(options.replications, least),
        options.seed,
        contracts=contracts,
        also=also,
        workers=options.workers,
        progress=not options.quiet,
        engine=options.engine,
    )
