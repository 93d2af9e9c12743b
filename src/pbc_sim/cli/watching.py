"""How is a contract watched from a terminal: the command `monitor`.

Lives here: its options and what it prints, of a simulated term or of a record. May not live here:
what is measured, and how it reads (`decision/monitoring/`).
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pandas as pd

from pbc_sim.cli.study import (
    add_file,
    add_picture,
    add_seed,
    at_least,
)
from pbc_sim.decision.laid_out import laid_out
from pbc_sim.decision.monitoring import Dashboard, Monitor, alerts_of, monitor, require_admitted
from pbc_sim.decision.monitoring.telling import (
    kpis_told,
    overdue_told,
    settled_told,
    state_told,
    units_told,
)
from pbc_sim.decision.wording import contract_label
from pbc_sim.errors import PbcError
from pbc_sim.history import Record, read_record, record_of, require_recorded
from pbc_sim.language import said
from pbc_sim.language import translated as _
from pbc_sim.operations.known import as_known
from pbc_sim.scenario import Scenario, load_scenario

__all__ = ["add_monitor"]

#: Other futures that bands and chances are read off, and the fewest for a band of 90%.
FUTURES, LEAST_FUTURES = 60, 20


def add_monitor(commands: Any) -> None:
    """Add the command to a parser's subparsers."""
    parser = commands.add_parser(
        "monitor",
        help=_("say how a contract stands, by a record of its orders or a simulated term"),
    )
    add_file(parser)
    parser.add_argument("--contract", required=True, help=_("its name in the scenario"))
    watched = parser.add_mutually_exclusive_group(required=True)
    watched.add_argument(
        "--record", type=Path, help=_("CSV table of orders and deliveries, as they really were")
    )
    watched.add_argument("--plan", help=_("or a plan's name: a simulated term is watched"))
    parser.add_argument(
        "--expected",
        metavar="PLAN",
        help=_("the plan that was promised, whose futures make the bands; --plan where empty"),
    )
    parser.add_argument(
        "--replication", type=at_least(0), default=0, help=_("which simulated future")
    )
    add_seed(parser)
    parser.add_argument(
        "--week", type=at_least(0), help=_("weeks that have passed; all that is known where empty")
    )
    parser.add_argument(
        "--futures",
        type=at_least(LEAST_FUTURES),
        default=FUTURES,
        help=_("other futures that bands and chances are read off (default: %(default)s)"),
    )
    add_picture(parser, "dashboard.png")
    parser.add_argument(
        "--write-record",
        metavar="FILE",
        type=Path,
        help=_("write what is known by that week as a record, as {name}").format(name="orders.csv"),
    )
    parser.set_defaults(command=_monitor)


def _monitor(options: argparse.Namespace) -> None:
    scenario = load_scenario(options.file)
    contract = scenario.require_contract(options.contract)
    expected = options.expected or options.plan
    if expected is None:
        words = _(
            "a record says how the supplier works, and not what was promised; give --expected "
            "PLAN, one of: {plans}."
        )
        raise PbcError(words.format(plans=", ".join(scenario.plans)))
    plan = options.plan or expected
    for name in (plan, expected):
        scenario.require_plan(name)
    require_admitted(contract, plan, expected)
    record = None
    if options.record:
        require_recorded(contract)
        record = _read(options.record, scenario)
    watched = monitor(
        scenario,
        options.contract,
        plan,
        replication=options.replication,
        seed=options.seed,
        expected=expected,
        futures=options.futures,
        ledger=record.ledger if record else None,
    )
    most = watched.weeks_by(record.until) if record else len(watched.weeks)
    week = most if options.week is None else options.week
    if week > most:
        words = _("--week must be 0 to {most}, since no more is known, got {week}.")
        raise PbcError(words.format(most=most, week=week))
    board = watched.at(week)
    print(f"{said(scenario.title)}\n{contract_label(scenario.contracts, options.contract)}")
    _print(board, watched)
    if options.output:
        from pbc_sim.show.plots import figure_dashboard  # slow to import, and not always needed

        figure_dashboard(watched, week).savefig(options.output, dpi=150)
        print(f"\n{options.output}")
    if options.write_record:
        known = as_known(watched.ledger, board.day)
        options.write_record.write_text(record_of(known), encoding="utf-8")
        print(f"\n{options.write_record}")


def _read(path: Path, scenario: Scenario) -> Record:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        problem = _("the file is not UTF-8 text; save it as UTF-8.")
        raise PbcError(f"{path.name}: {problem}") from None
    return read_record(text, path.name, scenario.setting)


def _print(board: Dashboard, watched: Monitor) -> None:
    dates = watched.dates
    print("\n".join(state_told(board, dates)))
    kinds = {"warning": _("Warning"), "note": _("Note")}
    alerts = [f"{kinds[alert.severity]}: {alert.text}" for alert in alerts_of(board)]
    print("\n" + "\n".join(alerts or [_("No alerts this week.")]))
    _print_under(_("KPIs so far"), kpis_told(board))
    if len(board.settled.table):
        _print_under(_("Settlement so far"), settled_told(board, dates))
    _print_under(_("Units, over the term so far"), units_told(board))
    overdue = list(overdue_told(board, dates))
    for title, shown in overdue:
        _print_under(title, shown)
    if not overdue:
        print("\n" + _("No order is overdue."))


def _print_under(title: str, table: pd.DataFrame) -> None:
    if len(table):
        print(f"\n{title}\n{laid_out(table.set_index(table.columns[0]))}")
