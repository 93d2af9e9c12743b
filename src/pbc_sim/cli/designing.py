"""Which numbers should stand in the contract, asked from a terminal: the command ``design``.

Lives here: its options, what it prints and what it writes.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pbc_sim.cli.study import (
    add_study,
    add_suppliers,
    at_least,
    chosen_signers,
    chosen_suppliers,
    number,
    simulated,
)
from pbc_sim.contract import Contract
from pbc_sim.contract.naming import kpi_label
from pbc_sim.decision.confirmation import RECOMMENDED
from pbc_sim.decision.designing import WRITTEN, DesignStudy, asked, design
from pbc_sim.decision.laid_out import laid_out
from pbc_sim.decision.negotiation import Negotiation
from pbc_sim.decision.wording import contract_label, heading, plan_label
from pbc_sim.errors import PbcError
from pbc_sim.figures import money, numeral, share
from pbc_sim.language import LANGUAGES, Message, Texts, noted, said
from pbc_sim.language import translated as _
from pbc_sim.scenario import Scenario, Wishes, load_scenario, to_yaml
from pbc_sim.scenario.vary import numbers_of

__all__ = ["add_design"]

#: Contracts of a search that a table shows.
MOST_SHOWN = 12
#: Letters of a title behind which there is room to say that it is recommended.
MOST_OF_A_TITLE = 1900
#: Contracts that are no one's but the search's, by their names in its tables.
CALLED = {RECOMMENDED: noted("recommended"), WRITTEN: noted("as written")}

#: Columns that are amounts.
MONEY = ("buyer_cost", "supplier_profit", "objective", "certainty")

#: Columns that are probabilities; most are of something named behind a colon.
SHARES = ("within_budget", "met", "fair", "signs")


def add_design(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "design",
        help=_("search the numbers of a contract, and compare with those written by hand"),
        description=_("What is not asked for is taken from the scenario's section design."),
    )
    add_study(parser, fewer=200, because=_("every contract of the search is priced on them"))
    parser.add_argument("--contract", help=_("the contract to start from, by its name"))
    parser.add_argument(
        "--vary",
        action="append",
        metavar="PATH=LOW:HIGH",
        help=_(
            "a number and its range, or three or more values as PATH=1,2,3; once for each number"
        ),
    )
    parser.add_argument(
        "--risk",
        choices=("mean", "cvar95"),
        help=_("what is to be small: the buyer's expected cost, or the mean of its worst 5%%"),
    )
    parser.add_argument(
        "--tail-weight",
        type=float,
        metavar="WEIGHT",
        help=_("instead of --risk, (1 - WEIGHT) x mean + WEIGHT x mean of the worst 5%%"),
    )
    parser.add_argument(
        "--supplier-weight",
        type=float,
        metavar="WEIGHT",
        help=_("cost - WEIGHT x supplier's profit is to be small, 0 to 1"),
    )
    parser.add_argument(
        "--within-budget",
        type=float,
        metavar="PROBABILITY",
        help=_("payments must stay within the scenario's budget with it"),
    )
    parser.add_argument(
        "--kpi",
        action="append",
        metavar="NAME=PROBABILITY",
        help=_("reviews of a KPI must meet their target with it; once for each KPI"),
    )
    parser.add_argument(
        "--fair-to",
        action="append",
        metavar="PLAN=PROBABILITY",
        help=_("deductions from a plan must be tolerable with it; once for each plan"),
    )
    parser.add_argument(
        "--tolerated-deductions",
        type=float,
        metavar="SHARE",
        help=_("of the term's charges, for --fair-to; none where empty"),
    )
    add_suppliers(parser)
    parser.add_argument(
        "--candidates",
        type=at_least(1),
        default=256,
        help=_(
            "contracts tried at first, and about as many in each of three further rounds "
            "(default: %(default)s)"
        ),
    )
    parser.add_argument(
        "--format",
        choices=("table", "csv"),
        default="table",
        help=_("csv: all contracts tried (default: %(default)s)"),
    )
    parser.add_argument(
        "--output",
        type=Path,
        help=_("folder for the recommended contract, all contracts, and the zone of agreement"),
    )
    parser.set_defaults(command=_design)


def _design(options: argparse.Namespace) -> None:
    scenario = load_scenario(options.file)
    vary = _pairs(options.vary, "--vary") if options.vary else None
    contract, varied, wishes = asked(scenario, options.contract, vary)
    # What was asked for once more goes before what the file says.
    contract, varied, wishes = asked(scenario, contract, varied.ranges, _wishes(options, wishes))
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
    asks = {f"varied {name}": it for name, it in varied.measured_apart().items()}
    outcomes = simulated(scenario, {**scenario.contracts, **asks}, options)
    study = design(
        outcomes,
        contract,
        varied.ranges,
        wishes=wishes,
        suppliers=chosen_suppliers(scenario, options.suppliers),
        candidates=options.candidates,
        workers=options.workers,
        progress=not options.quiet,
    )
    if options.format == "csv":
        print(study.table.to_csv(index_label="contract"), end="")
    else:
        _print(study, scenario)
    if options.output:
        _write(study, options.output, options.format == "table")


def _wishes(options: argparse.Namespace, written: Wishes) -> Wishes:
    given: dict[str, Any] = {
        "risk": options.risk,
        "tail_weight": options.tail_weight,
        "tolerated_deductions": options.tolerated_deductions,
        "supplier_weight": options.supplier_weight,
        "within_budget": options.within_budget,
    }
    if options.signed_by:
        given["signed_by"] = chosen_signers(options.signed_by)
    for wish, option, pairs in (
        ("kpis", "--kpi", options.kpi),
        ("fair_to", "--fair-to", options.fair_to),
    ):
        if pairs:
            given[wish] = {name: values[0] for name, values in _pairs(pairs, option).items()}
    return written.model_copy(update={k: v for k, v in given.items() if v is not None})


def _pairs(written: Sequence[str], option: str) -> dict[str, list[float]]:
    """Read ``PATH=LOW:HIGH``, ``PATH=1,2,3`` and ``NAME=0.9``."""
    pairs = {}
    for text in written:
        path, _sign, values = text.partition("=")
        try:
            pairs[path] = [number(value) for value in values.replace(":", ",").split(",")]
        except ValueError:
            form = (
                f"PATH=LOW:HIGH {_('or')} PATH=1,2,3" if option == "--vary" else "NAME=PROBABILITY"
            )
            words = _("{option} must be {form}, got {text}.")
            raise PbcError(words.format(option=option, form=form, text=repr(text))) from None
        if option == "--vary" and len(pairs[path]) == 1:
            words = _(
                "--vary {text} leaves nothing to search; write a range as {path}=LOW:HIGH, or "
                "three or more values as {path}=1,2,3."
            )
            raise PbcError(words.format(text=text, path=path))
    return pairs


def _print(study: DesignStudy, scenario: Scenario) -> None:
    # The recommended contract has the title of the one that it began with.
    contracts = {n: c for n, c in study.confirmation.contracts.items() if n != RECOMMENDED}
    fresh = _readable(study.fresh, scenario, contracts).T
    best = _readable(study.pareto.head(MOST_SHOWN), scenario, contracts)
    print(f"{study}\n\n{_('On fresh futures')}\n{laid_out(fresh)}")
    if study.confirmation.against_said:
        print(f"\n{study.confirmation.against_said}")
    shown = ["plan", "buyer_cost", "supplier_profit", "objective", *study.numbers]
    best = best[[_named(name, scenario, contracts) for name in dict.fromkeys(shown)]]
    words = _("No contract tried is better for both parties than these")
    print(f"\n{words}\n{laid_out(best)}")
    if len(study.pareto) > MOST_SHOWN:
        print(_("... and {n} more: --format csv").format(n=len(study.pareto) - MOST_SHOWN))


def _readable(
    table: pd.DataFrame, scenario: Scenario, contracts: Mapping[str, Contract]
) -> pd.DataFrame:
    """Return what is said of contracts in words and units, named as people name it."""
    shown = table.astype(object).map(_cell)
    for amount in table.columns.intersection(list(MONEY)):
        shown[amount] = [money(value, scenario.currency) for value in table[amount]]
    for name in (n for n in map(str, table) if n.partition(":")[0] in SHARES):
        shown[name] = [share(value) for value in table[name]]
    shown["plan"] = [plan_label(scenario, str(plan)) for plan in table["plan"]]
    shown.columns = [_named(str(name), scenario, contracts) for name in shown.columns]
    shown.index = [_called(str(name), contracts) for name in shown.index]
    return shown


def _cell(value: object) -> str:
    if isinstance(value, (bool, np.bool_)):
        return _("yes") if value else _("no")
    if isinstance(value, (int, float)):
        return "-" if math.isnan(value) else numeral(float(value), ",.6g")
    return str(said(value))


def _called(name: str, contracts: Mapping[str, Contract]) -> str:
    """Name a contract: those of a search by their numbers, the others by their titles."""
    if name in CALLED:
        return _(CALLED[name])
    return contract_label(contracts, name)


def _named(column: str, scenario: Scenario, contracts: Mapping[str, Contract]) -> str:
    """Name a column; one of a KPI or a plan by what that is called."""
    what, _sign, key = column.partition(": ")
    if what == "met":
        of_kpi = next(contract for contract in contracts.values() if key in contract.kpis)
        return _("{kpi}: reviews that meet the target").format(kpi=kpi_label(of_kpi, key))
    if what == "fair":
        return _("fair to {plan}").format(plan=plan_label(scenario, key))
    return heading(column)


def _numbers_of_points(talks: Negotiation, study: DesignStudy) -> Iterator[str]:
    """Say which numbers the contracts of both fair points have, of those that were varied."""
    for point, name in (("Nash", talks.nash), ("Kalai-Smorodinsky", talks.kalai_smorodinsky)):
        if name is None:
            continue
        known = numbers_of(talks.contracts[name])
        numbers = "; ".join(
            f"{path} = {numeral(known[path], '.6g')}" for path in study.numbers if path in known
        )
        yield _("{point}, numbers of {contract}: {numbers}").format(
            point=point, contract=name, numbers=numbers or "-"
        )


def _to_sign(study: DesignStudy) -> str:
    """Return the recommended contract as YAML, without what is said by default, and its origin.

    It says in its title what it is, since it stands beside the one that the search began with.
    """
    of_its_own = Texts({each: _titled(study.recommended, each) for each in LANGUAGES})
    titled = study.recommended.model_copy(update={"title": of_its_own})
    short = titled.model_dump(exclude_defaults=True)
    origin = "".join(f"# {line}\n" for line in str(study).splitlines())
    return origin + to_yaml(Contract.model_validate(short))


def _titled(contract: Contract, language: str) -> str:
    """Return a contract's title that says that it is recommended, unless that is said already."""
    title, recommended = said(contract.title, language), Message("recommended")
    ends = {f"({said(recommended, each)})" for each in LANGUAGES}
    if title.endswith(tuple(ends)):
        return title
    return f"{title[:MOST_OF_A_TITLE]} ({said(recommended, language)})"


def _write(study: DesignStudy, folder: Path, tell: bool) -> None:
    from pbc_sim.show.plots import figure_negotiation  # slow to import, and not always needed

    written = [folder / "recommended.yaml", folder / "contracts.csv"]
    written[0].write_text(_to_sign(study), encoding="utf-8")
    study.table.to_csv(written[1], index_label="contract")
    try:
        talks = study.negotiate()
    except PbcError as error:
        words = _("No zone of agreement is drawn: {reason}").format(reason=error)
    else:
        words = "\n".join([str(talks), *_numbers_of_points(talks, study)])
        written.append(folder / "zone.png")
        figure_negotiation(talks, study.confirmation.contracts).savefig(written[-1], dpi=150)
    if tell:
        print("", words, *written, sep="\n")
