"""How do the candidates that were kept compare with what the buyer has otherwise?

Lives here: the table of candidates. May not live here: the comparison, which is the library's.
"""

from __future__ import annotations

import html
from collections.abc import Mapping

from pbc_sim.contract.terms import Contract
from pbc_sim.decision.comparison import Comparison, compare
from pbc_sim.decision.outcomes import WALKS_AWAY, Outcomes
from pbc_sim.decision.results import ContractResult
from pbc_sim.decision.wording import plan_label
from pbc_sim.errors import PbcError
from pbc_sim.figures import count, money, share
from pbc_sim.language import spoken
from pbc_sim.language import translated as _
from pbc_sim.performance.words import Words
from pbc_sim.show.apps.designer.sentences import name_said
from pbc_sim.show.apps.page import escaped

__all__ = ["candidates_table"]


def candidates_table(outcomes: Outcomes, contracts: Mapping[str, Contract]) -> str:
    """Return contracts side by side as a table of HTML, the first one being the baseline."""
    if len(contracts) < 2:
        return _paragraph(_("None yet: “Keep as candidate” puts the draft into this table."))
    try:
        comparison = compare(outcomes.settle(contracts), baseline=next(iter(contracts)))
    except PbcError as error:
        return _paragraph(str(error))
    head = (
        _("Contract"),
        _("Supplier's plan"),
        _("Buyer's total cost"),
        _("Against the first"),
        _("Supplier's profit"),
        _("Supplier's loss"),
        _("Targets mostly missed"),
    )
    rows = [_row(comparison, name, result) for name, result in comparison.results.items()]
    cells = "".join(f'<th scope="col">{html.escape(said)}</th>' for said in head)
    body = "".join(
        f'<tr><th scope="row">{html.escape(row[0])}</th>'
        + "".join(f"<td>{escaped(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    caption = _(
        "{n} futures, seed {seed}; in brackets 95% intervals, those of differences together."
    ).format(n=count(outcomes.replications), seed=outcomes.study.seed)
    title = html.escape(_("Candidates"), quote=True)
    return (
        f'<div class="pbc-scroll" tabindex="0" role="region" aria-label="{title}"><table>'
        f"<thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table></div>{_paragraph(caption)}"
    )


def _paragraph(said: str) -> str:
    return f"<p>{escaped(said)}</p>"


def _row(comparison: Comparison, name: str, result: ContractResult) -> tuple[str, ...]:
    outcomes = comparison.prices.outcomes
    currency = outcomes.scenario.currency
    called = name_said(name, outcomes.scenario.contracts)

    def said(mean: float, ci95: tuple[float, float]) -> str:
        low, high = (money(end, currency) for end in ci95)
        return f"{money(mean, currency)} [{low} – {high}]"

    if result.plan == WALKS_AWAY:
        return (called, _("walks away"), *["–"] * 5)
    cost, profit = result.amounts["buyer_cost"], result.amounts["supplier_profit"]
    against = result.paired.get("buyer_cost")
    kpis = comparison.prices.contracts[name].kpis
    words = Words(spoken(), currency, {})
    mostly = [kpi for kpi, found in result.kpis.items() if found.breach_probability > 0.5]
    missed = [words.label(kpis[kpi].kpi) for kpi in mostly]
    return (
        called,
        plan_label(outcomes.scenario, result.plan),
        said(cost.mean, cost.ci95),
        said(against.difference, against.ci95) if against else "–",
        said(profit.mean, profit.ci95),
        share(result.probabilities["supplier_loss"].estimate),
        ", ".join(missed) or "–",
    )
