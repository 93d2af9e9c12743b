"""How is it used from a terminal: check, compare, design, respond, explain, trace, print.

Lives here: the command line and what it prints; a command of some length has a module of its own.
May not live here: anything a notebook needs too.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pbc_sim.cli.adapting import add_adapt
from pbc_sim.cli.designing import add_design
from pbc_sim.cli.negotiating import add_negotiate
from pbc_sim.cli.opening import add_app
from pbc_sim.cli.pricing import add_prices
from pbc_sim.cli.reporting import add_report
from pbc_sim.cli.responding import add_respond
from pbc_sim.cli.speaking import Parser, add_language, language_named
from pbc_sim.cli.splitting import add_waterfall
from pbc_sim.cli.study import (
    add_contracts,
    add_file,
    add_format,
    add_picture,
    add_plan,
    add_seed,
    add_study,
    add_workers,
    at_least,
    chosen_contracts,
    simulated,
)
from pbc_sim.cli.unknowing import add_unknowns
from pbc_sim.cli.watching import add_monitor
from pbc_sim.contract import Contract
from pbc_sim.contract.naming import kpi_label, place_said
from pbc_sim.decision import Comparison, compare, rank, run, trace
from pbc_sim.decision.checks import SEVERITIES, check_contracts
from pbc_sim.decision.comparison import replications_said
from pbc_sim.decision.laid_out import laid_out
from pbc_sim.decision.outcomes import run_one
from pbc_sim.decision.wording import contract_label, engine_said, plan_label, plan_labels
from pbc_sim.errors import InvariantError, PbcError
from pbc_sim.figures import money, numeral
from pbc_sim.language import language_wanted, said, speaking
from pbc_sim.language import translated as _
from pbc_sim.performance import ReviewPeriods
from pbc_sim.scenario import BEST, Scenario, json_schema, load_scenario

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["main"]

#: What a picture of a trace may be saved as.
PICTURES = (".pdf", ".png", ".svg")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status: 0 done, 2 bad input, 70 a defect of the program."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        with speaking(language_wanted(language_named(arguments))):
            return _answer(arguments)
    except PbcError as error:  # from an environment that names no language
        print(f"pbc-sim: {error}", file=sys.stderr)
        return 2


def _answer(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    try:
        options.command(options)
    except BrokenPipeError:
        # Whoever reads the output has enough; Python would complain again when it closes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except InvariantError as error:
        print(f"pbc-sim: {_('defect')}: {error}", file=sys.stderr)
        return 70
    except (PbcError, OSError) as error:
        print(f"pbc-sim: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"pbc-sim: {_('interrupted.')}", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = Parser(
        prog="pbc-sim", description=_("Compare performance-based contracts before anyone signs.")
    )
    commands = parser.add_subparsers(
        required=True, metavar=_("command"), title=_("commands"), prog="pbc-sim"
    )

    check = commands.add_parser(
        "check", help=_("validate a scenario file, and check its contracts")
    )
    add_study(check, least=0, fewer=40, because=_("a first look needs no more; 0: none"))
    check.set_defaults(command=_check)

    comparing = commands.add_parser("compare", help=_("simulate, price and compare contracts"))
    add_study(comparing)
    add_contracts(comparing)
    add_plan(comparing)
    comparing.add_argument(
        "--format",
        choices=("table", "json", "csv"),
        default="table",
        help=_("default: %(default)s"),
    )
    comparing.add_argument("--output", type=Path, help=_("folder for tables and pictures"))
    comparing.set_defaults(command=_compare)

    add_design(commands)
    add_negotiate(commands)
    add_respond(commands)
    add_prices(commands)
    add_adapt(commands)
    add_monitor(commands)
    add_waterfall(commands)
    add_unknowns(commands)
    add_report(commands)
    add_app(commands)

    explaining = commands.add_parser("explain", help=_("explain one payment, down to its orders"))
    add_study(explaining)
    explaining.add_argument("--contract", required=True, help=_("its name in the scenario"))
    explaining.add_argument(
        "--replication", type=at_least(0), required=True, help=_("which future, counted from 0")
    )
    explaining.add_argument(
        "--period", type=at_least(1), required=True, help=_("which payment, counted from 1")
    )
    add_plan(explaining)
    explaining.set_defaults(command=_explain)

    tracing = commands.add_parser("trace", help=_("tell one future event by event"))
    add_file(tracing)
    tracing.add_argument("--plan", required=True, help=_("its name in the scenario"))
    tracing.add_argument(
        "--replication", type=at_least(0), required=True, help=_("which future, counted from 0")
    )
    add_seed(tracing)
    tracing.add_argument("--item", help=_("only this item and the orders that ask for it"))
    tracing.add_argument("--order", type=at_least(1), help=_("only this order, counted from 1"))
    tracing.add_argument(
        "--between",
        nargs=2,
        metavar=(_("FROM"), _("UNTIL")),
        help=_("two dates, as 2022-03-01"),
    )
    add_picture(tracing, "trace.png")
    add_format(tracing)
    tracing.set_defaults(command=_trace)

    text = commands.add_parser("text", help=_("print a contract as numbered clauses"))
    _add_contract(text)
    text.set_defaults(command=_text)

    annex = commands.add_parser("annex", help=_("write a contract's annex, ready to sign"))
    _add_contract(annex)
    annex.add_argument(
        "--replications",
        type=at_least(1),
        help=_("simulate so many futures and record them in the annex; none where empty"),
    )
    add_seed(annex)
    add_workers(annex)
    annex.add_argument("--quiet", action="store_true", help=_("no progress bar"))
    annex.add_argument(
        "--output",
        type=Path,
        required=True,
        help=_("file to write, as {name}.docx or {name}.html").format(name="annex"),
    )
    annex.set_defaults(command=_annex)

    schema = commands.add_parser("schema", help=_("print what may stand in a scenario file"))
    schema.add_argument(
        "--format",
        choices=("json", "markdown"),
        default="json",
        help=_("JSON Schema, or the data dictionary for people (default: %(default)s)"),
    )
    schema.add_argument(
        "--scenarios",
        type=Path,
        default=Path("scenarios"),
        help=_("folder whose files the data dictionary lists (default: %(default)s)"),
    )
    schema.set_defaults(command=_schema)
    for command in commands.choices.values():
        add_language(command)
    return parser


def _add_contract(parser: argparse.ArgumentParser) -> None:
    add_file(parser)
    parser.add_argument("--contract", required=True, help=_("its name in the scenario"))


def _check(options: argparse.Namespace) -> None:
    scenario = load_scenario(options.file)
    setting = scenario.setting
    value = money(setting.expected_value(setting.measured_from, setting.ends), scenario.currency)
    print(_("{file}: valid. {title}").format(file=options.file, title=said(scenario.title)))
    print(
        _(
            "{units} units, {items} items, {plans} plans, {contracts} contracts; about {orders} "
            "orders with {lines} lines worth {value} a replication."
        ).format(
            units=len(setting.unit_names),
            items=len(setting.item_names),
            plans=len(scenario.plans),
            contracts=len(scenario.contracts),
            orders=numeral(setting.expected_orders, ".0f"),
            lines=numeral(setting.expected_lines, ".0f"),
            value=value,
        )
    )
    _print_names(scenario)
    if options.replications and scenario.contracts:
        outcomes = simulated(scenario, scenario.contracts, options)
        _print_findings(check_contracts(outcomes.settle()), scenario, options.replications)


def _print_names(scenario: Scenario) -> None:
    """Say what the keys of the file stand for, since tables say titles and options take keys."""
    print("\n" + _("Plans"))
    for name in scenario.plans:
        print("  " + _named(name, plan_label(scenario, name)))
    if scenario.contracts:
        print(_("Contracts"))
    for name, contract in scenario.contracts.items():
        print("  " + _named(name, contract_label(scenario.contracts, name)))
        for kpi in contract.kpis:
            print("    " + _named(kpi, kpi_label(contract, kpi)))


def _named(key: str, label: str) -> str:
    return key if key == label else f"{key}: {label}"


def _print_findings(found: pd.DataFrame, scenario: Scenario, replications: int) -> None:
    print("\n" + _("Checked on {n} futures under every plan.").format(n=replications))
    if found.empty:
        print(_("Nothing found."))
    for contract, findings in found.groupby("contract", sort=False):
        terms = scenario.contracts[str(contract)]
        print(f"\n{_named(str(contract), contract_label(scenario.contracts, str(contract)))}")
        for finding in findings.itertuples():
            severity = _(SEVERITIES[str(finding.severity)])
            place = place_said(terms, str(finding.place))
            print(f"  {severity}: {place} ({finding.place}): {finding.finding}.")
            print(f"    {_('Remedy')}: {finding.remedy}.")


def _schema(options: argparse.Namespace) -> None:
    if options.format == "markdown":
        from pbc_sim.show.dictionary import dictionary  # not always needed

        print(dictionary(options.scenarios), end="")
    else:
        print(json.dumps(json_schema(), indent=1))


def _compare(options: argparse.Namespace) -> None:
    scenario = load_scenario(options.file)
    contracts = chosen_contracts(scenario, options.contracts)
    scenario.require_plan(options.plan, or_best=True)
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
    outcomes = simulated(scenario, contracts, options)
    comparison = compare(outcomes.settle(contracts), plan=options.plan)
    if options.format == "json":
        print(comparison.to_json())
    elif options.format == "csv":
        print(comparison.to_frame().to_csv(), end="")
    else:
        _print_tables(comparison)
    if options.output:
        for path in _write(comparison, options.output):
            print(path, file=sys.stdout if options.format == "table" else sys.stderr)


def _print_tables(comparison: Comparison) -> None:
    outcomes = comparison.prices.outcomes
    print(said(outcomes.scenario.title))
    print(
        _(
            "{futures}, seed {seed}, engine {engine}; plan: {plan}; baseline: {baseline}; "
            "[ ] = 95% interval; differences in one amount hold together"
        ).format(
            futures=replications_said(outcomes.replications),
            seed=outcomes.study.seed,
            engine=engine_said(outcomes.engine),
            plan=comparison.planned(comparison.plan),
            baseline=comparison.titled(comparison.baseline),
        )
    )
    print(f"\n{comparison}")
    if comparison.can_be_ranked:
        words = _("Buyer's cost against the best of the others, intervals hold together with 95%")
        print(f"\n{words}\n{rank(comparison)}")
    words = _("Plans under '{contract}', on the same luck; differences hold together with 95%")
    _print_under(words.format(contract=comparison.titled(comparison.baseline)), comparison.plans)
    if comparison.published is not None:
        _print_under(_("Reported of the real case, and simulated"), comparison.published)
    print(f"\n{outcomes.engine_note}")
    still_open = outcomes.open_at_end.mean(axis=1)
    plans = "; ".join(
        f"{comparison.planned(p)} {numeral(n, '.1f')}"
        for p, n in zip(outcomes.scores.plans, still_open, strict=True)
    )
    words = _("Orders still open at the end of the horizon, a replication, by plan: {plans}.")
    print("\n" + words.format(plans=plans))
    later = {measure: n.mean() for measure, n in outcomes.due_later.items() if n.any()}
    if later:
        counted = "; ".join(f"{m.said()} {numeral(n, '.1f')}" for m, n in later.items())
        words = _("Due after the term and so not counted, a replication: {facts}.")
        print(words.format(facts=counted))


def _print_under(words: str, table: pd.DataFrame) -> None:
    print(f"\n{words}\n{laid_out(table)}")


def _write(comparison: Comparison, folder: Path) -> list[Path]:
    from pbc_sim.show.plots import (
        figure_kpis,
        figure_money,
        figure_ranking,
    )  # slow to import, and not always needed

    comparison.to_frame().to_csv(folder / "comparison.csv")
    (folder / "comparison.json").write_text(comparison.to_json() + "\n", encoding="utf-8")
    written = [folder / "comparison.csv", folder / "comparison.json"]
    drawn = {"costs_and_profits": figure_money}
    if any(contract.kpis for contract in comparison.prices.contracts.values()):
        drawn["kpis"] = figure_kpis
    for name, draw in drawn.items():
        path = folder / f"{name}.png"
        draw(comparison).savefig(path, dpi=150)
        written.append(path)
    if comparison.can_be_ranked:
        path = folder / "ranking.png"
        figure_ranking(rank(comparison)).savefig(path, dpi=150)
        written.append(path)
    return written


def _explain(options: argparse.Namespace) -> None:
    scenario = load_scenario(options.file)
    contracts = chosen_contracts(scenario, options.contract)
    term = scenario.contracts[options.contract].term
    periods = len(ReviewPeriods.of(scenario.setting, term.review, term.months))
    if options.period > periods:
        words = _("--period must be 1 to {n} in '{contract}'.")
        raise PbcError(words.format(n=periods, contract=options.contract))
    scenario.require_plan(options.plan, or_best=True)
    if options.plan != BEST:
        outcomes = run_one(
            scenario,
            options.plan,
            options.replication,
            options.seed,
            contracts=contracts,
            engine=options.engine,
        )
    else:
        # Which plan is best is a matter of all replications.
        least = options.replication + 1
        outcomes = simulated(scenario, contracts, options, least)
    settlement = outcomes.settle(contracts)
    print(settlement.explain(options.contract, options.replication, options.period, options.plan))


def _trace(options: argparse.Namespace) -> None:
    scenario = load_scenario(options.file)
    told = trace(scenario, options.plan, options.seed, options.replication)
    between = tuple(options.between) if options.between else None
    told = told.only(item=options.item, order=options.order, between=between)
    if options.output:
        from pbc_sim.show.plots import plot_trace  # slow to import, and not always needed

        if options.output.suffix not in PICTURES:
            words = _("--output must end in {endings}, got '{name}'.")
            raise PbcError(words.format(endings=", ".join(PICTURES), name=options.output.name))
        plot_trace(told).savefig(options.output, dpi=150)
    if options.format == "csv":
        with speaking("en"):  # whatever is read by machines is the same in all languages
            print(told.table.to_csv(index=False), end="")
    else:
        words = _("Plan {plan}, seed {seed}, replication {replication}").format(
            plan=f"'{plan_label(scenario, told.plan)}'",
            seed=options.seed,
            replication=options.replication,
        )
        print(f"{said(told.title)}\n{words}\n\n{told}")


def _text(options: argparse.Namespace) -> None:
    scenario = load_scenario(options.file)
    (contract,) = _one(scenario, options.contract).values()
    plans = plan_labels(scenario)
    print(contract.to_text(options.language, currency=scenario.currency, plans=plans), end="")


def _annex(options: argparse.Namespace) -> None:
    from pbc_sim.show.annex import annex  # slow to import, and not always needed
    from pbc_sim.show.paper import check_name

    check_name(options.output)
    scenario = load_scenario(options.file)
    contracts = _one(scenario, options.contract)
    outcomes = options.replications and run(
        scenario,
        options.replications,
        options.seed,
        contracts=contracts,
        workers=options.workers,
        progress=not options.quiet,
    )
    annex(scenario, options.contract, options.language, outcomes).save(options.output)
    print(options.output)


def _one(scenario: Scenario, name: str) -> dict[str, Contract]:
    return {name: scenario.require_contract(name)}
