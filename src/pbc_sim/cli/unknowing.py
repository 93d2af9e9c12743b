"""Which of what nobody knows matters, asked from a terminal: the command ``unknowns``.

Lives here: its options, what it prints and what it draws.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pbc_sim.cli.study import (
    add_file,
    add_format,
    add_picture,
    add_plan,
    add_seed,
    at_least,
)
from pbc_sim.decision import FailureBox, Outcomes, failure_box, run
from pbc_sim.decision.comparison import replications_said
from pbc_sim.decision.results import AMOUNTS, sample
from pbc_sim.decision.sensitivity import morris_screening, sobol_indices, tornado
from pbc_sim.decision.wording import amount_within, contract_label, estimate, plan_label
from pbc_sim.figures import money, numeral
from pbc_sim.language import noted
from pbc_sim.language import translated as _
from pbc_sim.scenario import BEST, Scenario, load_scenario

__all__ = ["add_unknowns"]

#: Futures for each value that a method tries; for a box, all of them.
REPLICATIONS = {"tornado": 50, "morris": 4, "sobol": 4, "box": 400}

#: What a table of each method holds, as its picture says it.
WHAT = {
    "tornado": noted(
        "change of {what} against the written values, on the same luck; 95% intervals"
    ),
    "morris": noted(
        "change of expected {what} as the parameter goes through its range; 95% intervals"
    ),
    "sobol": noted("share of the variance of expected {what} [%]; 95% intervals"),
}

#: Share of the futures that count as failures where no amount is named.
WORST = 0.2


def add_unknowns(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "unknowns", help=_("tell which uncertain parameters matter, and where a contract fails")
    )
    add_file(parser)
    parser.add_argument("--contract", required=True, help=_("its name in the scenario"))
    add_plan(parser)
    parser.add_argument(
        "--method",
        choices=tuple(REPLICATIONS),
        default="tornado",
        help=_(
            "tornado: one parameter at a time; morris: which hardly matter; sobol: shares of the "
            "variance; box: where it fails (default: %(default)s)"
        ),
    )
    parser.add_argument(
        "--amount", choices=AMOUNTS, default="buyer_cost", help=_("default: %(default)s")
    )
    parser.add_argument(
        "--replications",
        type=at_least(2),
        help=_(
            "futures for each value that is tried, or all of them for a box (default: {defaults})"
        ).format(defaults=", ".join(f"{method} {n}" for method, n in REPLICATIONS.items())),
    )
    parser.add_argument(
        "--walks", type=at_least(2), default=10, help=_("of morris (default: %(default)s)")
    )
    parser.add_argument(
        "--points",
        type=at_least(2),
        default=64,
        help=_("of sobol, a power of 2 (default: %(default)s)"),
    )
    parser.add_argument(
        "--fails-at",
        type=float,
        metavar="AMOUNT",
        help=_("of box: it fails where a cost is above it, or a profit below; the worst fifth of "
        "futures where empty"),
    )  # fmt: skip
    add_seed(parser)
    add_format(parser)
    add_picture(parser, "unknowns.png")
    parser.set_defaults(command=_unknowns)


def _unknowns(options: argparse.Namespace) -> None:
    scenario = load_scenario(options.file)
    options.replications = options.replications or REPLICATIONS[options.method]
    if options.method == "box":
        _where_it_fails(scenario, options)
    else:
        _which_matter(scenario, options)
    if options.output and options.format == "table":
        print(options.output)


def _which_matter(scenario: Scenario, options: argparse.Namespace) -> None:
    asked = {
        "plan": options.plan,
        "amount": options.amount,
        "replications": options.replications,
        "seed": options.seed,
    }
    if options.method == "morris":
        table = morris_screening(scenario, options.contract, walks=options.walks, **asked)
    elif options.method == "sobol":
        table = sobol_indices(scenario, options.contract, points=options.points, **asked)
    else:
        table = tornado(scenario, options.contract, **asked)
    if options.format == "csv":
        print(table.to_csv(index_label="parameter"), end="")
    else:
        heading = _("Under '{contract}', plan {plan}: {what}").format(
            contract=contract_label(scenario.contracts, options.contract),
            plan=plan_label(scenario, options.plan),
            what=_(WHAT[options.method]).format(what=amount_within(options.amount)),
        )
        print(f"{heading}\n\n{_told(table, options.method, scenario.currency).to_string()}\n")
        words = _("{futures} for each value that is tried, seed {seed}.")
        print(words.format(futures=replications_said(options.replications), seed=options.seed))
    if options.output:
        from pbc_sim.show.plots import (
            plot_morris,
            plot_sobol,
            plot_tornado,
        )  # slow to import, and not always needed

        what = amount_within(options.amount)
        ax: Any
        if options.method == "sobol":
            ax = plot_sobol(table, what=what)
        else:
            draw = plot_morris if options.method == "morris" else plot_tornado
            ax = draw(table, currency=scenario.currency, what=what)
        ax.figure.savefig(options.output, dpi=150)


def _told(table: pd.DataFrame, method: str, currency: str) -> pd.DataFrame:
    """Return a table for people, each estimate with its interval."""

    def sure(name: str, ends: tuple[str, str], unit: str) -> list[str]:
        return [
            estimate(value, (low, high), unit, currency)
            for value, low, high in table[[name, *(f"{name}_{end}" for end in ends)]].to_numpy()
        ]

    told = {}
    if method == "tornado":
        for end, value, change in (
            ("low", _("low value"), _("change at the low value")),
            ("high", _("high value"), _("change at the high value")),
        ):
            told[value] = [numeral(at) for at in table[f"value_{end}"]]
            told[change] = sure(f"at_{end}", ("from", "to"), "currency")
    elif method == "morris":
        told[_("mean size of its effects")] = sure("mu_star", ("low", "high"), "currency")
        told[_("their standard deviation")] = [money(it, currency) for it in table["sigma"]]
    else:
        told[_("alone (first order)")] = sure("first", ("low", "high"), "1")
        told[_("with the others (total)")] = sure("total", ("low", "high"), "1")
    return pd.DataFrame(told, index=table.index)


def _where_it_fails(scenario: Scenario, options: argparse.Namespace) -> None:
    one = {options.contract: scenario.require_contract(options.contract)}
    scenario.require_plan(options.plan, or_best=True)
    outcomes = run(scenario, options.replications, options.seed, contracts=one, progress=False)
    prices = outcomes.settle(one)
    plan = prices.signed_plan(options.contract) if options.plan == BEST else options.plan
    values = sample(prices, options.amount, options.contract, plan)
    # What is bad lies below for a profit, and above for a cost.
    side = -1 if options.amount == "supplier_profit" else 1
    level = options.fails_at
    if level is None:
        level = float(side * np.quantile(side * values, 1 - WORST))
    fails = side * values > side * level
    box = failure_box(outcomes, fails)
    if options.format == "csv":
        print(box.limits.to_csv(index_label="parameter"), end="")
    else:
        words = (
            _("It fails where {what} is below {level}, under plan {plan}.")
            if side < 0
            else _("It fails where {what} is above {level}, under plan {plan}.")
        )
        what = amount_within(options.amount)
        futures = replications_said(options.replications)
        rests_on = _("{futures}, seed {seed}").format(futures=futures, seed=options.seed)
        print(f"{contract_label(scenario.contracts, options.contract)}: {rests_on}\n")
        print(
            words.format(
                what=what,
                level=money(level, scenario.currency),
                plan=f"'{plan_label(scenario, plan)}'",
            )
        )
        print(box)
    if options.output:
        _draw_box(box, outcomes, fails, options.output)


def _draw_box(box: FailureBox, outcomes: Outcomes, fails: np.ndarray, path: Path) -> None:
    from pbc_sim.show.plots import plot_failure_box  # slow to import, and not always needed

    ax: Any = plot_failure_box(box, outcomes, fails)
    ax.figure.savefig(path, dpi=150)
