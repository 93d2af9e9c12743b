"""What is shown when the year is over?

Lives here: the debriefing as pictures and tables. May not live here: what it works out.
"""

from __future__ import annotations

from collections.abc import Callable

from pbc_sim.decision.game import Claims, Debrief, Move, Offer, PlanChoice, Report, Ruling, Setup
from pbc_sim.decision.game.debrief import Effect
from pbc_sim.decision.game.life import Money
from pbc_sim.figures import count
from pbc_sim.language import plural
from pbc_sim.language import translated as _
from pbc_sim.show.apps.chart import BUYER, MUTED, SUPPLIER, Axis, Figures, Picture, dot
from pbc_sim.show.apps.page import heading, words
from pbc_sim.show.apps.roleplay.showing import table
from pbc_sim.show.apps.roleplay.words import (
    joined,
    kpi_name,
    level,
    levers_said,
    money,
    number_name,
    quarter,
    role_name,
    spell_name,
)

__all__ = ["beside", "decisions", "pictures", "summary"]

LEVER_ORDER = ("stock", "checks", "staff", "express")


def beside(looking: Debrief) -> list[tuple[str, Money]]:
    """Return what was played, and what it stands beside, with their names."""
    rows = [
        (_("As you played"), looking.played),
        (_("Computers in all seats"), looking.by_computers),
    ]
    if looking.baseline:
        rows.append((_("Without the performance-based contract"), looking.baseline))
    if looking.hindsight:
        rows.append((_("The best steady plan"), looking.hindsight.steady))
        rows.append((_("The best plan, quarter by quarter"), looking.hindsight.foreseen))
    return rows


def pictures(setup: Setup, looking: Debrief) -> tuple[Picture, Picture]:
    """Return the supplier's profit and the buyer's total cost, beside what they could have been."""
    rows = beside(looking)

    def picture(title: str, colour: str, amount: Callable[[Money], float]) -> Picture:
        values = [amount(one) for _name, one in rows]
        names = [name for name, _one in rows]
        said = [money(setup, value) for value in values]
        marks = [
            dot(value, n, colour if n == 0 else MUTED, text, bold=n == 0)
            for n, (value, text) in enumerate(zip(values, said, strict=True))
        ]
        says = "; ".join(f"{name}: {text}" for name, text in zip(names, said, strict=True))
        figures = Figures(("", title), tuple(zip(names, said, strict=True)))
        across = Axis.over(values, lambda value: money(setup, value), most=4)
        return Picture(title, f"{says}.", across, Axis.of_rows(names), marks, figures, right=70)

    return (
        picture(_("Supplier's profit"), SUPPLIER, lambda one: one.supplier_profit),
        picture(_("Buyer's total cost"), BUYER, lambda one: one.buyer_cost),
    )


def summary(setup: Setup, looking: Debrief) -> str:
    """Return the result in a few sentences, as HTML."""
    if not looking.game.signed:
        return words([_("Nothing was signed: both go without each other.")])
    played, computers = looking.played, looking.by_computers
    said = [
        _("The supplier earned {profit}, the buyer bore {cost} in all.").format(
            profit=money(setup, played.supplier_profit), cost=money(setup, played.buyer_cost)
        )
    ]
    together = (played.supplier_profit - played.buyer_cost) - (
        computers.supplier_profit - computers.buyer_cost
    )
    if together >= 0:
        more = _("Together you did better than computers in all seats, by {n}.")
    else:
        more = _("Together you did worse than computers in all seats, by {n}.")
    said.append(more.format(n=money(setup, abs(together))))
    best = looking.hindsight
    if best:
        said.append(
            _(
                "With what the others decided, the supplier's best steady plan would have earned "
                "{steady}: {plan}. One who knew the future would have earned {foreseen}."
            ).format(
                steady=money(setup, best.steady.supplier_profit),
                plan=levers_said(setup, setup.of_plan(best.steady_plan)),
                foreseen=money(setup, best.foreseen.supplier_profit),
            )
        )
    ruled = looking.rulings
    if ruled.judged:
        said.append(
            _("The evaluator judged {n} of {all} claims as the contract's words say.").format(
                n=ruled.as_written, all=ruled.judged
            )
        )
    return words(said)


def decisions(setup: Setup, looking: Debrief) -> str:
    """Return what each decision did, as a table in HTML."""
    rows = []
    for effect in looking.effects:
        if effect.is_as_advised:
            continue
        rows.append(
            [
                f"{_when(effect)}, {role_name(effect.move.role)}",
                move_said(setup, effect.move),
                move_said(setup, effect.instead),
                _signed(setup, effect.supplier_profit),
                _signed(setup, effect.buyer_cost),
            ]
        )
    if not rows:
        return words([_("Every decision was what the computer would have done.")])
    head = [
        *("", _("Decided"), _("The computer's choice")),
        *(_("Supplier's profit"), _("Buyer's total cost")),
    ]
    note = _(
        "Each row says what one decision changed, against the computer's choice in its place, all "
        "others as they were, under the same luck: + is more. Other decisions were the computer's "
        "too."
    )
    return table(_("What each decision did"), head, rows, texts=2) + words([note])


def _when(effect: Effect) -> str:
    return _("Negotiation") if effect.turn < 0 else quarter(effect.turn)


def _signed(setup: Setup, amount: float) -> str:
    return ("+" if amount > 0 else "") + money(setup, amount)


def move_said(setup: Setup, move: Move) -> str:
    """Return what was decided, in few words."""
    match move.content:
        case Offer(numbers=numbers):
            if not numbers:
                return _("the contract as written")
            return "; ".join(
                f"{number_name(setup, path)}: {count(value)}" for path, value in numbers.items()
            )
        case PlanChoice(levers=levers):
            return levers_said(setup, tuple(levers[lever] for lever in LEVER_ORDER))
        case Report(complaints=complaints, proposals=proposals):
            said = plural("{n} complaint", "{n} complaints", len(complaints))
            parts = [said.format(n=len(complaints))]
            for kpi, value in proposals.items():
                clause = setup.terms.kpis[kpi]
                parts.append(f"{kpi_name(clause)}: {level(clause, value)}")
            return "; ".join(parts)
        case Claims(spells=spells):
            return joined([spell_name(setup, spell) for spell in spells]) or _("no claim")
        case Ruling(accepted=accepted, approved=approved):
            names = [spell_name(setup, spell) for spell in accepted]
            names += [kpi_name(setup.terms.kpis[kpi]) for kpi in approved]
            return _("accepted: {names}").format(names=joined(names) or "–")
    return ""


def title() -> str:
    """Return the heading of the debriefing, as HTML."""
    return heading(_("The year is over"))
