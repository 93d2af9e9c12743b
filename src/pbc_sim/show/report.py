"""What would a reader who decides want on a few pages: question, answer, and what it rests on?

Lives here: the order and the sentences of a report on a comparison. May not live here: statistics
(`decision/`), pictures (`plots/`), looks (`paper/`).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import pandas as pd

from pbc_sim.contract.text import one_line, sections, words_for
from pbc_sim.decision.checks import check_contracts
from pbc_sim.decision.comparison import Comparison, compare
from pbc_sim.decision.outcomes import WALKS_AWAY, Settlement
from pbc_sim.decision.selection import Ranking, rank
from pbc_sim.decision.wording import interval
from pbc_sim.errors import require_type
from pbc_sim.figures import money, share
from pbc_sim.scenario import BEST
from pbc_sim.show.paper import Printed
from pbc_sim.show.paper.document import Block, Document, Heading, Paragraph, Table
from pbc_sim.show.paper.made_with import made_with
from pbc_sim.show.plots import figure_ranking, plot_kpi, plot_money
from pbc_sim.show.plots.picture import as_picture
from pbc_sim.show.plots.style import WORDS, Amount

__all__ = ["Report", "report"]


class Report(Printed):
    """A report on a comparison, ready to be written."""


def report(prices: Settlement, *, plan: str = BEST, baseline: str | None = None) -> Report:
    """Write a report for those who decide which contract to sign.

    Question and answer, the contracts side by side, both parties' money and risk, what the checks
    found, what was assumed, the clauses, and how to get the same numbers again.

    Parameters
    ----------
    prices : Settlement
        Contracts priced on the same futures.
    plan, baseline : str, optional
        As in `compare`.

    Returns
    -------
    Report
        With `save`, for a name that ends in .html (one page that needs nothing else) or .docx.

    Raises
    ------
    PbcError
        As `compare` does.

    Examples
    --------
    >>> import pbc_sim as pbc
    >>> scenario = pbc.load_scenario("scenarios/pilot_office.yaml")
    >>> outcomes = pbc.run(scenario, replications=8, seed=1, workers=1, progress=False)
    >>> page = report(outcomes.settle()).to_html()
    >>> "What to sign" in page
    True
    """
    require_type("prices", prices, Settlement, "price contracts first: outcomes.settle()")
    comparison = compare(prices, plan=plan, baseline=baseline)
    found = check_contracts(prices)
    ranking = rank(comparison) if comparison.can_be_ranked else None
    blocks = [
        Heading("What to sign"),
        *_answer(comparison, ranking, found),
        Heading("The contracts side by side"),
        *_side_by_side(comparison, ranking),
        Heading("Before anyone signs"),
        *_checks(found),
        Heading("What was assumed"),
        *_assumed(comparison),
        Heading("All figures"),
        *_figures(comparison),
        Heading("The same numbers again"),
        *_again(comparison),
        Heading("The contracts in words"),
        *_in_words(prices),
    ]
    scenario = prices.outcomes.scenario
    title = "Which contract?"
    foot = f"{title} {scenario.title}"
    return Report(Document(title, scenario.title, "en", foot, tuple(blocks)))


def _answer(
    comparison: Comparison, ranking: Ranking | None, found: pd.DataFrame
) -> Iterator[Block]:
    currency = comparison.prices.outcomes.scenario.currency
    signed = [name for name, result in comparison.results.items() if result.amounts]
    refused = [name for name, result in comparison.results.items() if result.plan == WALKS_AWAY]
    yield Paragraph(
        "Which contract costs the buyer least over the term, all counted, among those that the "
        "supplier would sign, if the supplier then works as it pays best?"
        if comparison.plan == BEST
        else "Which contract costs the buyer least over the term, all counted, if the supplier "
        f"works by the plan '{comparison.plan}' under each?",
        heading="Question",
    )
    if not signed:
        yield Paragraph("The supplier would sign none of these contracts.", heading="Answer")
        return
    best = ranking.possibly_best if ranking else signed[:1]
    first = comparison.results[best[0]]
    cost, profit = first.amounts["buyer_cost"], first.amounts["supplier_profit"]
    if len(comparison.results) == 1:
        words = f"'{best[0]}' is the only contract asked about."
    elif len(signed) == 1:
        words = f"The supplier would sign '{best[0]}' only."
    elif len(best) == 1:
        words = f"'{best[0]}' costs the buyer least."
    else:
        names = ", ".join(f"'{name}'" for name in best)
        words = f"One of {names}: these replications cannot tell which costs the buyer least."
    words += (
        f" Under '{best[0]}' the buyer's total cost is {money(cost.mean, currency)} "
        f"{interval(cost.ci95, currency)} on average, and the supplier, by the plan "
        f"'{first.plan}', earns {money(profit.mean, currency)} {interval(profit.ci95, currency)}; "
        f"it loses money in {share(first.probabilities['supplier_loss'].estimate)} of futures."
    )
    yield Paragraph(words, heading="Answer")
    change = first.paired.get("buyer_cost")
    if change:
        yield Paragraph(
            f"Against '{comparison.baseline}' the buyer's total cost changes by "
            f"{money(change.difference, currency)} {interval(change.ci95, currency)}, on the same "
            "futures.",
            heading="Difference",
        )
    if refused:
        names = ", ".join(f"'{name}'" for name in refused)
        yield Paragraph(
            f"{names}: under no plan does the supplier earn what it could earn elsewhere.",
            heading="Not signed",
        )
    warned = found[(found["contract"] == best[0]) & (found["severity"] == "warning")]
    yield Paragraph(
        f"The checks warn of '{best[0]}' in {len(warned)} points; see below."
        if len(warned)
        else f"The checks have no warning about '{best[0]}'.",
        heading="Checks",
    )
    yield Paragraph(
        "Intervals in brackets hold the mean of all futures with 95 % confidence: they are about "
        "the number of replications, not about how much one future differs from another.",
    )


def _side_by_side(comparison: Comparison, ranking: Ranking | None) -> Iterator[Block]:
    yield _table(comparison.summary, "contract")
    shown: tuple[Amount, ...] = ("buyer_cost", "supplier_profit")
    for amount in shown:
        says = f"{WORDS[amount]} by contract: density, quantiles, mean with its interval."
        yield as_picture(plot_money(comparison, amount), says)
    if ranking is not None:
        says = "Mean and percentiles of the buyer's total cost by contract, each with its interval."
        yield as_picture(figure_ranking(ranking), says)
    kpis = {name: None for c in comparison.prices.contracts.values() for name in c.kpis}
    for kpi in kpis:
        says = f"'{kpi}' by contract: density, quantiles, mean with its interval, and target."
        yield as_picture(plot_kpi(comparison, kpi), says)
    yield Paragraph(
        "Shade: density; thin bar: 5 to 95 % of futures, thick: 25 to 75 %, white mark: median; "
        "dot: mean with its 95 % interval. Black mark: target, with the share of all reviews that "
        "miss it. The same numbers stand in the tables.",
        heading="How to read the pictures",
    )
    if comparison.published is not None:
        yield Paragraph("Reported of the real case, and simulated:", leads=True)
        yield _table(comparison.published, "figure")


def _checks(found: pd.DataFrame) -> Iterator[Block]:
    if found.empty:
        yield Paragraph("The checks found nothing.")
        return
    rows = [
        (str(row.contract), str(row.severity), f"{row.place}: {row.finding}.", f"{row.remedy}.")
        for row in found.itertuples()
    ]
    yield Paragraph("A warning should be mended before anyone signs; a note should be known.")
    yield Table(("contract", "", "what is found", "remedy"), tuple(rows), widths=(1.2, 0.7, 3, 2))


def _assumed(comparison: Comparison) -> Iterator[Block]:
    outcomes = comparison.prices.outcomes
    scenario, setting = outcomes.scenario, outcomes.scenario.setting
    value = setting.expected_value(setting.measured_from, setting.ends)
    if scenario.description:
        yield Paragraph(one_line(scenario.description))
    rows = [
        ("Source", one_line(scenario.source)),
        (
            "Demand",
            (
                f"{len(setting.unit_names)} units order {len(setting.item_names)} items: about "
                f"{setting.expected_orders:.0f} orders with {setting.expected_lines:.0f} lines "
                f"worth {money(value, scenario.currency)} a replication"
            ),
        ),
        (
            "The supplier signs",
            (
                "if it expects to earn at least "
                f"{money(scenario.outside_option.supplier_profit, scenario.currency)}"
            ),
        ),
    ]
    if scenario.budget is not None:
        rows.append(("The buyer's budget", money(scenario.budget, scenario.currency)))
    yield Table((), tuple(row for row in rows if row[1]), widths=(1.0, 3.2))
    said = "The supplier's plans, and its expected profit under each contract:"
    yield Paragraph(said, leads=True)
    labels = {name: f"{name}: {plan.label}" for name, plan in scenario.plans.items() if plan.label}
    yield _table(comparison.profits.rename(index=labels), "plan")


def _in_words(prices: Settlement) -> Iterator[Block]:
    currency = prices.outcomes.scenario.currency
    for name, contract in prices.contracts.items():
        yield Heading(f"{name}: {one_line(contract.title)}", 2)
        for section in sections(contract, words_for(contract, "en", currency)):
            yield Paragraph("", heading=section.title, leads=True)
            for clause in section.clauses:
                yield Paragraph(clause.text, clause.number, clause.heading)


def _figures(comparison: Comparison) -> Iterator[Block]:
    yield Paragraph(
        f"Differences are to '{comparison.baseline}', on the same futures; VaR and CVaR are of the "
        "worst 5 % of futures for the party.",
        leads=True,
    )
    yield _table(comparison.table, "")
    if not comparison.dominance.empty:
        yield Paragraph("Better in every respect, for whoever dislikes risk or not:", leads=True)
        yield _table(comparison.dominance, "contract")


def _again(comparison: Comparison) -> Iterator[Block]:
    outcomes = comparison.prices.outcomes
    study = outcomes.study
    chosen = ",".join(comparison.prices.contracts)
    command = [
        *("pbc-sim", "report", "SCENARIO.yaml", "--replications", str(outcomes.replications)),
        *("--seed", str(study.seed), "--contracts", chosen, "--plan", comparison.plan),
        *("--output", "report.html"),
    ]
    rows = [
        ("Replications", f"{outcomes.replications:,}"),
        ("Seed", str(study.seed)),
        ("Digest of the scores", outcomes.digest()),
        ("Engine", f"{outcomes.engine}; every engine gives the same numbers"),
        ("Versions", made_with()),
        ("Command", shlex.join(command)),
    ]
    yield Table((), tuple(rows), widths=(1.0, 3.2))


def _table(frame: pd.DataFrame, corner: str) -> Table:
    """Return a data frame as a table: its index names the rows."""
    header = (corner, *(str(column) for column in frame.columns))
    rows = tuple(
        (str(label), *(_unbroken(str(cell)) for cell in row))
        for label, row in zip(frame.index, frame.to_numpy(), strict=True)
    )
    return Table(header, rows, tuple(range(1, len(header))), (1.6, *[1.0] * len(frame.columns)))


def _unbroken(text: str) -> str:
    """Keep a number, its sign, its currency and its unit on one line."""
    text = re.sub(r"(?<![\w-])-(?=Rp|[A-Z]{3}|\d|\W? ?\d)", "\N{MINUS SIGN}", text)
    text = re.sub(r"(?<=[A-Za-z]) (?=[\d])", "\u00a0", text)
    return re.sub(r"(?<=\d) (?=(?:k|m|bn|tn|%)\b|%)", "\u00a0", text)
