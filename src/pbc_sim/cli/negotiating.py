"""Which contracts could both parties sign, asked from a terminal: the command ``negotiate``.

Lives here: its options and what it prints and draws.
"""

from __future__ import annotations

import argparse

import pandas as pd

from pbc_sim.cli.study import (
    add_contracts,
    add_format,
    add_picture,
    add_study,
    add_suppliers,
    chosen_contracts,
    chosen_signers,
    chosen_suppliers,
    simulated,
)
from pbc_sim.decision import Negotiation, negotiate
from pbc_sim.decision.comparison import replications_said
from pbc_sim.decision.laid_out import laid_out
from pbc_sim.decision.wording import (
    WALKS_AWAY,
    contract_label,
    headed,
    heading,
    interval,
    plan_label,
)
from pbc_sim.figures import money
from pbc_sim.language import said
from pbc_sim.language import translated as _
from pbc_sim.scenario import load_scenario

__all__ = ["add_negotiate"]


def add_negotiate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "negotiate", help=_("say which contracts both parties could sign, and who gains what")
    )
    add_study(parser, least=2)
    add_contracts(parser)
    parser.add_argument(
        "--baseline", metavar="NAME", help=_("contract that the buyer has otherwise")
    )
    add_suppliers(parser)
    add_format(parser)
    add_picture(parser, "zone.png")
    parser.set_defaults(command=_negotiate)


def _negotiate(options: argparse.Namespace) -> None:
    scenario = load_scenario(options.file)
    contracts = chosen_contracts(scenario, options.contracts)
    suppliers = chosen_suppliers(scenario, options.suppliers)
    baseline = options.baseline or scenario.baseline_name or next(iter(scenario.contracts))
    # The buyer's reference is priced on the same futures, also where it is not on the table.
    every = {baseline: scenario.require_contract(baseline), **contracts}
    talks = negotiate(
        simulated(scenario, every, options),
        contracts,
        baseline=baseline,
        suppliers=suppliers,
        signed_by=chosen_signers(options.signed_by),
    )
    if options.format == "csv":
        print(talks.table.to_csv(index_label="contract"), end="")
    else:
        outcomes = talks.outcomes
        print(said(scenario.title))
        words = _("{futures}, seed {seed}")
        futures = replications_said(outcomes.replications)
        print(words.format(futures=futures, seed=options.seed) + "\n")
        print(f"{talks}\n\n{_gains(talks, baseline)}")
        if suppliers is None and len(talks.zone):
            print(f"\n{_cases(talks)}")
    if options.output:
        from pbc_sim.show.plots import figure_negotiation  # slow to import, and not always needed

        figure_negotiation(talks).savefig(options.output, dpi=120)
        if options.format == "table":
            print(options.output)


def _gains(talks: Negotiation, baseline: str) -> str:
    """Say what both parties gain under each contract, with intervals where it is signed."""
    scenario, rows = talks.outcomes.scenario, {}
    currency = scenario.currency
    for name, row in talks.table.iterrows():
        told = {"plan": plan_label(scenario, WALKS_AWAY), "buyer_gain": "-", "supplier_gain": "-"}
        if row["signed"]:
            told["plan"] = plan_label(scenario, str(row["plan"]))
            gains = talks.gains(str(name))
            for party, (gain, low, high) in zip(
                gains.index, gains.to_numpy().tolist(), strict=True
            ):
                ends = interval((low, high), currency)
                told[f"{party}_gain"] = f"{money(gain, currency)} {ends}"
        told["in_zone"] = _("yes") if row["in_zone"] else _("no")
        rows[contract_label(talks.contracts, str(name))] = told
    words = _("What each gains, the buyer against '{contract}', the supplier against no contract:")
    title = words.format(contract=contract_label(scenario.contracts, baseline))
    return f"{title}\n{laid_out(headed(pd.DataFrame.from_dict(rows, orient='index')))}"


def _cases(talks: Negotiation) -> str:
    """Say the best and the worst that either party may come to under contracts of the zone."""
    currency, rows = talks.outcomes.scenario.currency, {}
    cases = talks.cases()
    for (name, party), row in zip(cases.index, cases.to_dict("records"), strict=True):
        best, worst = (
            f"{money(row[case], currency)} "
            + interval((row[f"{case}_low"], row[f"{case}_high"]), currency)
            for case in ("best", "worst")
        )
        amount = heading("buyer_cost" if party == "buyer" else "supplier_profit")
        told = {"best": best, "mean": money(row["mean"], currency), "worst": worst}
        rows[contract_label(talks.contracts, name), amount] = told
    table = pd.DataFrame.from_dict(rows, orient="index")
    words = _("Best and worst case in the zone, each reached or passed in one future of twenty:")
    return f"{words}\n{laid_out(headed(table))}"
