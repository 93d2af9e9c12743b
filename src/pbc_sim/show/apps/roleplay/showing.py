"""What does a player read: its view as tables?

Lives here: HTML of what a role sees. May not live here: who sees what (`decision/game/views.py`).
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Mapping, Sequence

from pbc_sim.decision.game import BuyerView, EvaluatorView, Setup, SupplierView, View
from pbc_sim.decision.game.life import Trouble
from pbc_sim.decision.game.views import Public, Spell
from pbc_sim.figures import count
from pbc_sim.language import plural, spoken
from pbc_sim.language import translated as _
from pbc_sim.show.apps.page import heading
from pbc_sim.show.apps.roleplay.words import (
    cost_name,
    day,
    item_name,
    joined,
    kpi_name,
    level,
    levers_said,
    line_name,
    money,
    month,
    quarter,
    role_name,
    spell_name,
    unit_name,
)

__all__ = ["announced", "evidence", "shown", "table", "terms_said", "went_wrong"]


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]], *, texts: int = 0) -> str:
    """Return a table as HTML that scrolls sideways where it is too wide.

    Parameters
    ----------
    title : str
        Its heading.
    head : sequence of str
        Heads of the columns.
    rows : sequence of sequence of str
        The cells; the first one of a row is its head.
    texts : int
        How many of the columns after that hold text and not figures. [1]

    Examples
    --------
    >>> table("Costs", ["", "Sum"], [["Staff", "3"]]).count("<tr>")
    2
    """
    left = [
        ' class="pbc-text" style="text-align: left"' if 0 < n <= texts else ""
        for n in range(len(head))
    ]
    top = "".join(
        f'<th scope="col"{side}>{html.escape(name)}</th>'
        for name, side in zip(head, left, strict=True)
    )
    body = "".join(
        f'<tr><th scope="row">{html.escape(first)}</th>'
        + "".join(
            f"<td{side}>{html.escape(cell)}</td>" for cell, side in zip(rest, left[1:], strict=True)
        )
        + "</tr>"
        for first, *rest in rows
    )
    label = html.escape(title, quote=True)
    return (
        f"{heading(title)}"
        f'<div class="pbc-scroll" role="region" tabindex="0" aria-label="{label}">'
        f"<table><tr>{top}</tr>{body}</table></div>"
    )


def _by_quarter(setup: Setup, title: str, lines: Mapping[str, Sequence[float]]) -> str:
    """Return amounts of money by quarter, with their sums."""
    turns = max((len(amounts) for amounts in lines.values()), default=0)
    if not turns:
        return ""
    rows = [
        [name, *(money(setup, amount) for amount in amounts), money(setup, sum(amounts))]
        for name, amounts in lines.items()
    ]
    sums = [sum(amounts[turn] for amounts in lines.values()) for turn in range(turns)]
    rows.append([_("In all"), *(money(setup, one) for one in (*sums, sum(sums)))])
    return table(title, ["", *map(quarter, range(turns)), _("Sum")], rows)


def announced(setup: Setup, public: Public) -> str:
    """Return what all have been told so far, as HTML."""
    said = []
    for name, clause in setup.terms.kpis.items():
        levels = [moved[name] for moved in public.levels if name in moved]
        if len(set(levels)) > 1:
            moved = _("Target of {kpi}, quarter by quarter: {levels}.").format(
                kpi=kpi_name(clause), levels=", ".join(level(clause, one) for one in levels)
            )
            said.append(moved)
    for turn, orders in enumerate(public.complaints):
        if orders:
            said.append(
                _("{quarter}: complaints about orders {orders}.").format(
                    quarter=quarter(turn), orders=", ".join(map(str, orders))
                )
            )
    for names, words in (
        (public.accepted, _("Claims accepted: {claims}.")),
        (public.refused, _("Claims refused: {claims}.")),
    ):
        if names:
            said.append(words.format(claims=joined([spell_name(setup, name) for name in names])))
    if not said:
        return ""
    items = "".join(f"<li>{html.escape(one)}</li>" for one in said)
    return f"{heading(_('Announced to all'))}<ul>{items}</ul>"


def terms_said(text: str, *, unfolded: bool = False) -> str:
    """Return a contract's words, which can be folded away, as HTML."""
    title, open_ = html.escape(_("The contract in words")), " open" * unfolded
    # The text is broken into lines for paper; a page breaks them where it ends itself.
    paragraphs = re.sub(r"\n +", " ", text).splitlines()
    said = "".join(f"<p>{html.escape(one)}</p>" for one in paragraphs if one.strip())
    return (
        f'<details{open_}><summary>{title}</summary><div lang="{spoken()}">{said}</div></details>'
    )


def shown(setup: Setup, seen: View) -> str:
    """Return what a role sees, as HTML."""
    match seen:
        case SupplierView():
            return _supplier(setup, seen)
        case BuyerView():
            return _buyer(setup, seen)
        case EvaluatorView():
            return _evaluator(setup, seen)


def _supplier(setup: Setup, seen: SupplierView) -> str:
    parts = [
        _by_quarter(
            setup,
            _("What you were paid"),
            {line_name(setup, line): amounts for line, amounts in seen.payments.items()},
        ),
        _by_quarter(
            setup,
            _("What it cost you"),
            {cost_name(line): amounts for line, amounts in seen.costs.items()},
        ),
    ]
    if seen.levers:
        rows = [[quarter(turn), levers_said(setup, one)] for turn, one in enumerate(seen.levers)]
        parts.append(table(_("How you worked"), ["", _("Levers")], rows, texts=1))
    if seen.stock:
        rows = [
            [
                item_name(setup, row.item),
                *(count(n) for n in (row.on_hand, row.waiting, row.on_order)),
            ]
            for row in seen.stock
        ]
        head = ["", _("On the shelf"), _("Waited for"), _("On order")]
        parts.append(table(_("Your stock today"), head, rows))
    return "".join(parts)


def _buyer(setup: Setup, seen: BuyerView) -> str:
    parts = [
        _by_quarter(
            setup,
            _("What you paid"),
            {line_name(setup, line): amounts for line, amounts in seen.payments.items()},
        ),
        _by_quarter(
            setup,
            _("Your own losses"),
            {cost_name(line): amounts for line, amounts in seen.losses.items()},
        ),
    ]
    if seen.units:
        rows = [
            [f"{unit_name(setup, row.unit)}, {quarter(row.turn)}", *(map(count, row[2:]))]
            for row in seen.units
        ]
        head = ["", _("Orders due"), _("Late"), _("Wrong or defective")]
        parts.append(table(_("What your offices experienced"), head, rows))
    return "".join(parts)


def _evaluator(setup: Setup, seen: EvaluatorView) -> str:
    if not seen.scorecard:
        return ""
    rows = []
    for row in seen.scorecard:
        clause = setup.terms.kpis[row.kpi]
        unknown = math.isnan(row.value)
        rows.append(
            [
                f"{kpi_name(clause)}, {month(row.begins)}",
                f"{count(row.part)} / {count(row.whole)}",
                "–" if unknown else level(clause, row.value),
                level(clause, row.target),
                _("met") if row.met else _("missed"),
            ]
        )
    head = ["", _("Counted"), _("Value"), _("Target"), ""]
    return table(_("Scorecard, month by month"), head, rows)


def went_wrong(setup: Setup, trouble: Trouble) -> str:
    """Return what went wrong with an order, in few words."""
    names = setup.scenario.setting.unit_names
    faults = []
    if trouble.late:
        days = trouble.arrived - trouble.due
        faults.append(
            _("not there yet")
            if math.isinf(days)
            else plural("{n} day late", "{n} days late", max(1, round(days))).format(
                n=max(1, round(days))
            )
        )
    if trouble.faulty:
        faults.append(_("wrong or defective goods"))
    return _("Order {n}, {unit}: {faults}").format(
        n=trouble.order + 1, unit=unit_name(setup, names[trouble.unit]), faults=", ".join(faults)
    )


def evidence(setup: Setup, spell: Spell) -> str:
    """Return what is known of something that held up orders, in few words."""
    if math.isinf(spell.noticed_after):
        notice = _("no notice")
    else:
        notice = _("notice after {n} days").format(n=count(round(spell.noticed_after, 1)))
    ended = _("still there") if spell.ended is None else day(spell.ended)
    return _("{what}, {began} to {ended}; {notice}; {orders} orders held up, {late} late").format(
        what=spell_name(setup, spell.name),
        began=day(spell.began),
        ended=ended,
        notice=notice,
        orders=spell.orders,
        late=spell.late,
    )


def awaited(public: Public) -> str:
    """Return who is awaited, in a sentence."""
    names = joined([role_name(role) for role in public.awaits])
    return _("Awaited: {roles}.").format(roles=names)
