"""What does the designer say in words: the verdict, each clause, and what the checks found?

Lives here: sentences of the app. May not live here: sentences of clauses (`contract/`) and of
checks (`decision/checks/`), which are only put beside their numbers here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

import pandas as pd

from pbc_sim.contract.terms import Contract
from pbc_sim.contract.text import Section, sections
from pbc_sim.decision.wording import contract_label, plan_label
from pbc_sim.figures import money, share
from pbc_sim.language import translated as _
from pbc_sim.performance.words import Words
from pbc_sim.show.apps.controls import Sentence
from pbc_sim.show.apps.designer.draft import DRAFT
from pbc_sim.show.apps.designer.prices import Priced

__all__ = ["beside_fields", "clause_of", "name_said", "otherwise_said", "verdict"]

#: Parts of a KPI's clause that say what it is, and not what was agreed: they stand in the annex.
MEANING = 3


#: What candidates are called in a file.
KEPT = re.compile(r"candidate_(\d+)")


def name_said(name: str, contracts: Mapping[str, Contract]) -> str:
    """Return what a contract is called on the screen, among those of its scenario.

    Examples
    --------
    >>> plain = {"plain": Contract.model_validate({"title": "Catalogue price"})}
    >>> name_said("draft", plain), name_said("candidate_2", plain), name_said("plain", plain)
    ('Draft', 'Candidate 2', 'Catalogue price')
    """
    if name == DRAFT:
        return _("Draft")
    kept = KEPT.fullmatch(name)
    if kept:
        return _("Candidate {n}").format(n=kept.group(1))
    # What was drafted from a contract still has its title.
    agreed = {key: c for key, c in contracts.items() if key != DRAFT and not KEPT.fullmatch(key)}
    return contract_label(agreed, name)


def verdict(priced: Priced) -> str:
    """Say in one or two sentences whether both would sign, and what comes of it."""
    scenario, currency = priced.scenario, priced.scenario.currency
    plan = plan_label(scenario, priced.plan)
    outside = scenario.outside_option.supplier_profit
    if not priced.is_signed:
        return _(
            "The supplier walks away: even with its best plan, “{plan}”, it expects {profit}, and "
            "outside it has {outside}."
        ).format(
            plan=plan,
            profit=money(priced.plans[priced.plan], currency),
            outside=money(outside, currency),
        )
    done = _(
        "The supplier signs and works by the plan “{plan}”; it expects {profit}, with a loss in "
        "{loss} of futures."
    ).format(
        plan=plan,
        profit=money(priced.supplier_profit.mean, currency),
        loss=share(priced.loss_probability),
    )
    gain = priced.buyer_gain
    if gain is None:
        return done
    low, high = gain.ci95
    if low <= 0 <= high:
        told = _("For the buyer it costs about as much as {otherwise}.")
    elif gain.mean > 0:
        told = _(
            "Both would sign: the buyer saves {amount} against {otherwise}, and the supplier earns "
            "{gain} more than without a contract."
        )
    else:
        told = _("The buyer pays {amount} more than under {otherwise}: it would not sign.")
    told = told.format(
        amount=money(abs(gain.mean), currency),
        otherwise=otherwise_said(priced),
        gain=money(priced.supplier_gain.mean, currency),
    )
    return f"{done} {told}"


def otherwise_said(priced: Priced) -> str:
    """Say what the buyer has without the draft, to which its gain refers."""
    if priced.otherwise is None or priced.otherwise.contract is None:
        return _("its outside option")
    return f"“{name_said(priced.otherwise.contract, priced.scenario.contracts)}”"


def clause_of(contract: Contract, key: str, words: Words) -> str:
    """Return the sentence of a clause, by the key of its fields; empty where it has none."""
    kind, _dot, name = key.partition(".")
    if kind == "payment":
        return contract.payment.clause(words)
    if kind == "kpis":
        particulars = contract.kpis[name].particulars(words, contract.term.review)
        return words.paragraph(*(said for _, said in particulars[MEANING:]))
    if kind == "incentives":
        return contract.incentives[int(name)].said(words)
    if kind == "adjustments":
        return contract.adjustments[int(name)].clause(words)
    if kind == "groups":
        return contract.groups[name].clause(words)
    if kind == "term":
        of_term: Section = sections(contract, words)[1]
        return words.paragraph(*(clause.text for clause in of_term.clauses))
    return str(getattr(contract, key).clause(words))


def beside_fields(
    contract: Contract, keys: list[str], words: Words, found: pd.DataFrame | None
) -> dict[str, list[Sentence]]:
    """Return the clause and the findings that stand beside each group of fields.

    What concerns no group stands under "general".
    """
    said: dict[str, list[Sentence]] = {
        key: [Sentence(text)] for key in keys if (text := clause_of(contract, key, words))
    }
    for finding in () if found is None else found.itertuples():
        place = str(finding.place)
        at = next((key for key in keys if place == key or place.startswith(f"{key}.")), "general")
        kind: Literal["warning", "note"] = "warning" if finding.severity == "warning" else "note"
        text = _("{finding}. Remedy: {remedy}.").format(
            finding=_capital(str(finding.finding)), remedy=finding.remedy
        )
        said.setdefault(at, []).append(Sentence(text, kind))
    return said


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
