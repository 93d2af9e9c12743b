"""How does a simulated answer look beside the guess, and the spread of both parties' money?

Lives here: one function a picture. May not live here: widgets, answers.
"""

from __future__ import annotations

import math

from pbc_sim.decision.workshop import Question, Studied, cases
from pbc_sim.figures import money
from pbc_sim.language import translated as _
from pbc_sim.show.apps.chart import (
    BUYER,
    GOOD,
    INK,
    MUTED,
    SUPPLIER,
    Axis,
    Figures,
    Mark,
    Picture,
    dot,
    rule,
    span,
    text,
)

__all__ = ["answer_picture", "cases_picture"]

PARTIES = ("buyer", "supplier")

#: Where a label may stand, so that it covers no interval.
ABOVE = ["above right", "above left", "above"]


def answer_picture(question: Question, guess: str | float, currency: str) -> Picture:
    """Draw the figures behind an answer, with the guess beside them."""
    marks: list[Mark] = []
    guessed = question.options.get(str(guess), "")
    right = [question.options[name] for name in question.right]
    for n, row in enumerate(question.rows):
        said = row.said
        if row.label == guessed:
            said = _("{figure}, your guess").format(figure=said)
        colour = GOOD if row.label in right else BUYER
        if math.isnan(row.value):
            continue
        marks.append(span(row.ci95, n, colour, width=4.0, ends=True))
        bold = row.label == guessed
        marks.append(dot(row.value, n, colour, said, size=6, bold=bold, sides=ABOVE))
    values = [x for row in question.rows for x in (row.value, *row.ci95)]
    percent = question.number is not None
    if percent:
        values += [0.0, float(guess)]
        marks.append(rule(_("your guess"), x=float(guess), colour=SUPPLIER))
    elif min((v for v in values if math.isfinite(v)), default=1.0) < 0:
        marks.append(rule(x=0.0, colour=INK, dash="2 3"))

    def said_tick(value: float) -> str:
        return f"{value:g}%" if percent else money(value, currency)

    across = Axis.over(values, said_tick, most=5)
    for n, row in enumerate(question.rows):
        if math.isnan(row.value):
            marks.append(text(across.low, n, row.said, colour=MUTED, italic=True))
    head = (_("Answer"), _("Simulated, with 95% interval"))
    figures = Figures(head, tuple((row.label, row.said) for row in question.rows))
    up = Axis.of_rows([row.label for row in question.rows])
    return Picture(question.measured, question.reveal, across, up, marks, figures)


def cases_picture(studied: Studied, party: str) -> Picture:
    """Draw best case, mean and worst case of each contract for one party."""
    mine = [case for case in cases(studied) if case.party == party]
    marks: list[Mark] = []
    colour = BUYER if party == "buyer" else SUPPLIER
    rows, values = [], list[float]()
    for n, case in enumerate(mine):
        label = studied.contract(case.contract)
        if math.isnan(case.mean):
            rows.append((label, *[_("not signed")] * 3, studied.plan(case.plan)))
            continue
        ends = (case.best, case.worst)
        values += [*ends, case.mean]
        marks.append(span((min(ends), max(ends)), n, colour, width=6.0))
        marks.append(dot(case.best, n, GOOD, size=6))
        said = money(case.worst, studied.currency)
        marks.append(dot(case.worst, n, INK, said, shape="cross", size=6, sides=ABOVE))
        marks.append(dot(case.mean, n, colour, shape="tick", size=9))
        figures = [money(x, studied.currency) for x in (case.best, case.mean, case.worst)]
        rows.append((label, *figures, studied.plan(case.plan)))
    titles = {
        "buyer": _("Buyer's total cost: best case, mean and worst case"),
        "supplier": _("Supplier's profit: best case, mean and worst case"),
    }
    says = _("Best and worst case are reached or passed in one year of twenty each.")
    head = (_("Contract"), _("Best case"), _("Mean"), _("Worst case"), _("How the supplier works"))
    across = Axis.over(values, lambda value: money(value, studied.currency), most=5)
    for n, case in enumerate(mine):
        if math.isnan(case.mean):
            marks.append(text(across.low, n, _("not signed"), colour=MUTED, italic=True))
    up = Axis.of_rows([studied.contract(case.contract) for case in mine])
    return Picture(titles[party], says, across, up, marks, Figures(head, tuple(rows)))
