"""What would a reader who decides want on a few pages: question, answer, and what it rests on?

Lives here: the order and the sentences of a report on a comparison. May not live here: statistics
(`decision/`), pictures (`plots/`), looks (`paper/`).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from pbc_sim.contract import Contract
from pbc_sim.contract.naming import kpi_label, place_said
from pbc_sim.contract.text import one_line
from pbc_sim.decision.checks import SEVERITIES, check_contracts
from pbc_sim.decision.comparison import Comparison, compare
from pbc_sim.decision.outcomes import WALKS_AWAY, Outcomes, Settlement
from pbc_sim.decision.selection import Ranking, rank
from pbc_sim.decision.wording import difference, engine_said, interval
from pbc_sim.errors import require_type
from pbc_sim.figures import SCALES, money, numeral, share
from pbc_sim.language import plural, said, speaking, spoken
from pbc_sim.language import translated as _
from pbc_sim.scenario import BEST
from pbc_sim.show.agreed import in_words
from pbc_sim.show.paper import Printed, check_name
from pbc_sim.show.paper.document import Block, Document, Heading, Paragraph, Table
from pbc_sim.show.paper.made_with import made_with
from pbc_sim.show.plots import figure_ranking, plot_kpi, plot_money
from pbc_sim.show.plots.picture import as_picture
from pbc_sim.show.plots.style import Amount, amount_said, sample_said

__all__ = ["Report", "report"]

#: A cell that holds a figure or a dash, and so stands to the right where most of its column do.
FIGURE = re.compile(r"-$|\W?(?:Rp|\W|[A-Z]{3})?\s?\d")


class Report(Printed):
    """A report on a comparison, ready to be written."""


def report(
    found: Settlement | Outcomes,
    path: str | Path | None = None,
    *,
    contracts: Mapping[str, Contract] | None = None,
    plan: str = BEST,
    baseline: str | None = None,
    language: str | None = None,
) -> Report:
    """Write a report for those who decide which contract to sign.

    Question and answer, the contracts side by side, both parties' money and risk, what the checks
    found, what was assumed, the clauses, and how to get the same numbers again.

    Parameters
    ----------
    found : Settlement or Outcomes
        Contracts priced on the same futures; or the futures, on which they are then priced.
    path : str or Path, optional
        File to write, with a name that ends in .html or .docx; none where empty.
    contracts : mapping of str to Contract, optional
        Which contracts to price on the futures; all of the scenario where empty.
    language : {"en", "id"}, optional
        Language of the report; the one that is spoken where empty.
    plan, baseline : str, optional
        As in `compare`.

    Returns
    -------
    Report
        With `save`, for a name that ends in .html (one page that needs nothing else) or .docx.

    Raises
    ------
    PbcError
        As `compare` does, or if the file cannot be written.

    Examples
    --------
    >>> import pbc_sim as pbc
    >>> scenario = pbc.load_scenario("scenarios/pilot_office.yaml")
    >>> outcomes = pbc.run(scenario, replications=8, seed=1, workers=1, progress=False)
    >>> "Kontrak mana yang ditandatangani" in report(outcomes, language="id").to_html()
    True
    """
    either = (Settlement, Outcomes)
    require_type("found", found, either, "give the outcomes of pbc.run, or outcomes.settle()")
    prices = found.settle(contracts) if isinstance(found, Outcomes) else found
    if path is not None:
        check_name(Path(path))
    with speaking(language or spoken()):
        written = _written(prices, plan, baseline)
    if path is not None:
        written.save(path)
    return written


def _written(prices: Settlement, plan: str, baseline: str | None) -> Report:
    comparison = compare(prices, plan=plan, baseline=baseline)
    found = check_contracts(prices)
    ranking = rank(comparison) if comparison.can_be_ranked else None
    blocks = [
        Heading(_("What to sign")),
        *_answer(comparison, ranking, found),
        Heading(_("The contracts side by side")),
        *_side_by_side(comparison, ranking),
        Heading(_("Before anyone signs")),
        *_checks(comparison, found),
        Heading(_("What was assumed")),
        *_assumed(comparison),
        Heading(_("All figures")),
        *_figures(comparison),
        Heading(_("The same numbers again")),
        *_again(comparison),
        Heading(_("The contracts in words")),
        *in_words(prices.contracts, prices.outcomes.scenario, comparison.titled),
    ]
    scenario = prices.outcomes.scenario
    title, story = _("Which contract?"), said(scenario.title)
    footer = f"{title} {story}"
    return Report(Document(title, story, spoken(), footer, tuple(blocks), _("Contents")))


def _answer(
    comparison: Comparison, ranking: Ranking | None, found: pd.DataFrame
) -> Iterator[Block]:
    currency = comparison.prices.outcomes.scenario.currency
    signed = [name for name, result in comparison.results.items() if result.amounts]
    refused = [name for name, result in comparison.results.items() if result.plan == WALKS_AWAY]
    yield Paragraph(
        _(
            "Which contract costs the buyer least over the term, all counted, among those that the "
            "supplier would sign, if the supplier then works as it pays best?"
        )
        if comparison.plan == BEST
        else _(
            "Which contract costs the buyer least over the term, all counted, if the supplier "
            "works by the plan '{plan}' under each?"
        ).format(plan=comparison.planned(comparison.plan)),
        heading=_("Question"),
    )
    if not signed:
        none = _("The supplier would sign none of these contracts.")
        yield Paragraph(none, heading=_("Answer"))
        return
    best = ranking.possibly_best if ranking else signed[:1]
    first = comparison.results[best[0]]
    cost, profit = first.amounts["buyer_cost"], first.amounts["supplier_profit"]
    if len(comparison.results) == 1:
        words = _("'{contract}' is the only contract asked about.")
    elif len(signed) == 1:
        words = _("The supplier would sign '{contract}' only.")
    elif len(best) == 1:
        words = _("'{contract}' costs the buyer least.")
    else:
        words = _("One of {contracts}: these replications cannot tell which costs the buyer least.")
    names = "; ".join(f"'{comparison.titled(name)}'" for name in best)
    about = _(
        "Under '{contract}' the buyer's total cost is {cost} on average, and the supplier, by the "
        "plan '{plan}', earns {profit}; it loses money in {loss} of futures."
    ).format(
        contract=comparison.titled(best[0]),
        cost=f"{money(cost.mean, currency)} {interval(cost.ci95, currency)}",
        plan=comparison.planned(first.plan),
        profit=f"{money(profit.mean, currency)} {interval(profit.ci95, currency)}",
        loss=share(first.probabilities["supplier_loss"].estimate),
    )
    words = words.format(contract=comparison.titled(best[0]), contracts=names)
    yield Paragraph(_unbroken(f"{words} {about}"), heading=_("Answer"))
    change = first.paired.get("buyer_cost")
    if change:
        words = _(
            "Against '{baseline}' the buyer's total cost changes by {change}, on the same futures; "
            "the intervals of all contracts hold together."
        ).format(
            baseline=comparison.titled(comparison.baseline), change=difference(change, currency)
        )
        yield Paragraph(
            _unbroken(words),
            heading=_("Difference"),
        )
    if refused:
        names = "; ".join(f"'{comparison.titled(name)}'" for name in refused)
        yield Paragraph(
            _("{names}: under no plan does the supplier earn what it could earn elsewhere.").format(
                names=names
            ),
            heading=_("Not signed"),
        )
    warned = found[(found["contract"] == best[0]) & (found["severity"] == "warning")]
    yield Paragraph(
        plural(
            "The checks warn of '{contract}' in {n} point; see below.",
            "The checks warn of '{contract}' in {n} points; see below.",
            len(warned),
        ).format(contract=comparison.titled(best[0]), n=len(warned))
        if len(warned)
        else _("The checks have no warning about '{contract}'.").format(
            contract=comparison.titled(best[0])
        ),
        heading=_("Checks"),
    )
    yield Paragraph(
        _(
            "Intervals in brackets hold the mean of all futures with 95% confidence: they are "
            "about the number of replications, not about how much one future differs from another."
        )
    )


def _side_by_side(comparison: Comparison, ranking: Ranking | None) -> Iterator[Block]:
    yield _table(comparison.summary, _("contract"))
    shown: tuple[Amount, ...] = ("buyer_cost", "supplier_profit")
    for amount in shown:
        says = _("{amount} by contract: density, quantiles, mean with its interval.")
        yield as_picture(plot_money(comparison, amount), says.format(amount=amount_said(amount)))
    if ranking is not None:
        says = _(
            "Mean and percentiles of the buyer's total cost by contract, each with its interval."
        )
        yield as_picture(figure_ranking(ranking), says)
    contracts = comparison.prices.contracts.values()
    kpis = {name: kpi_label(c, name) for c in contracts for name in c.kpis}
    for kpi, label in kpis.items():
        says = _("'{kpi}' by contract: density, quantiles, mean with its interval, and target.")
        yield as_picture(plot_kpi(comparison, kpi), says.format(kpi=label))
    yield Paragraph(
        _(
            "Shade: density; thin bar: 5 to 95% of futures, thick: 25 to 75%, white mark: median;"
            " dot: mean with its 95% interval. Black mark: target, with the share of all reviews "
            "that miss it. The same numbers stand in the tables. {sample}."
        ).format(sample=sample_said(comparison.prices.outcomes)),
        heading=_("How to read the pictures"),
    )
    if comparison.published is not None:
        yield Paragraph(_("Reported of the real case, and simulated") + ":", leads=True)
        yield _table(comparison.published, _("figure"))


def _checks(comparison: Comparison, found: pd.DataFrame) -> Iterator[Block]:
    if found.empty:
        yield Paragraph(_("The checks found nothing."))
        return
    rows = [
        (
            comparison.titled(str(row.contract)),
            _(SEVERITIES[str(row.severity)]),
            f"{place_said(comparison.prices.contracts[str(row.contract)], str(row.place))}: "
            + _unbroken(f"{row.finding}."),
            f"{row.remedy}.",
        )
        for row in found.itertuples()
    ]
    yield Paragraph(_("A warning should be mended before anyone signs; a note should be known."))
    header = (_("contract"), "", _("what is found"), _("remedy"))
    yield Table(header, tuple(rows), widths=(1.2, 0.9, 3, 2))


def _assumed(comparison: Comparison) -> Iterator[Block]:
    outcomes = comparison.prices.outcomes
    scenario, setting = outcomes.scenario, outcomes.scenario.setting
    value = setting.expected_value(setting.measured_from, setting.ends)
    if scenario.description:
        yield Paragraph(one_line(said(scenario.description)))
    rows = [
        (_("Source"), one_line(said(scenario.source))),
        (
            _("Demand"),
            _(
                "{units} units order {items} items: about {orders} orders with {lines} lines worth "
                "{value} a replication"
            ).format(
                units=len(setting.unit_names),
                items=len(setting.item_names),
                orders=numeral(setting.expected_orders, ",.0f"),
                lines=numeral(setting.expected_lines, ",.0f"),
                value=money(value, scenario.currency),
            ),
        ),
        (
            _("The supplier signs"),
            _("if it expects to earn at least {profit}").format(
                profit=money(scenario.outside_option.supplier_profit, scenario.currency)
            ),
        ),
    ]
    if scenario.suppliers:
        words = _(
            "that counts its expected profit alone; what the other kinds that the scenario knows "
            "would do ({kinds}), `pbc-sim respond` tells"
        )
        kinds = ", ".join(said(kind.label) or name for name, kind in scenario.suppliers.items())
        rows.append((_("Asked is a supplier"), words.format(kinds=kinds)))
    if scenario.budget is not None:
        rows.append((_("The buyer's budget"), money(scenario.budget, scenario.currency)))
    yield Table((), tuple(row for row in rows if row[1]), widths=(1.0, 3.2))
    words = _("The supplier's plans, and its expected profit under each contract:")
    yield Paragraph(words, leads=True)
    yield _table(comparison.profits, _("plan"))


def _figures(comparison: Comparison) -> Iterator[Block]:
    yield Paragraph(
        _(
            "Differences are to '{baseline}', on the same futures; VaR and CVaR are of the worst "
            "5% of futures for the party."
        ).format(baseline=comparison.titled(comparison.baseline)),
        leads=True,
    )
    yield _table(comparison.table, "")
    if not comparison.dominance.empty:
        words = _("Better in every respect, for whoever dislikes risk or not:")
        yield Paragraph(words, leads=True)
        yield _table(comparison.dominance, _("contract"))


def _again(comparison: Comparison) -> Iterator[Block]:
    outcomes = comparison.prices.outcomes
    study = outcomes.study
    chosen = ",".join(comparison.prices.contracts)
    command = [
        *("pbc-sim", "report", "SCENARIO.yaml", "--replications", str(outcomes.replications)),
        *("--seed", str(study.seed), "--contracts", chosen, "--plan", comparison.plan),
        *("--output", "report.html", "--language", spoken()),
    ]
    rows = [
        (_("Replications"), numeral(outcomes.replications, ",d")),
        (_("Seed"), str(study.seed)),
        (_("Digest of the scores"), outcomes.digest()),
        (
            _("Engine"),
            _("{engine}; every engine gives the same numbers").format(
                engine=engine_said(outcomes.engine)
            ),
        ),
        (_("Versions"), made_with()),
        (_("Command"), shlex.join(command)),
    ]
    yield Table((), tuple(rows), widths=(1.0, 3.2))


def _table(frame: pd.DataFrame, corner: str) -> Table:
    """Return a data frame as a table: its index names the rows."""
    header = (corner, *(str(column) for column in frame.columns))
    rows = tuple(
        (str(label), *(_unbroken(str(cell)) for cell in row))
        for label, row in zip(frame.index, frame.to_numpy(), strict=True)
    )
    numeric = tuple(
        n
        for n in range(1, len(header))
        if 2 * sum(bool(FIGURE.match(row[n])) for row in rows) > len(rows)
    )
    return Table(header, rows, numeric, (1.6, *[1.0] * len(frame.columns)))


def _unbroken(text: str) -> str:
    """Keep a number, its sign, its currency and its unit on one line."""
    text = re.sub(r"(?<=[A-Za-z]) (?=[\d])", "\u00a0", text)
    scales = "|".join(word.strip() for _scale, word in SCALES[spoken()])
    return re.sub(rf"(?<=\d) (?=(?:{scales}|%)\b|%)", "\u00a0", text)
