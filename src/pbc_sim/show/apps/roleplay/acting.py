"""How does a player make a move: which fields are there, and what do they mean?

Lives here: the form of each kind of move, and the move that a filled form says.
May not live here: whether the move is allowed (`decision/game/play.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pbc_sim.decision.game import (
    LEVERS,
    Answer,
    BuyerView,
    Claims,
    EvaluatorView,
    Offer,
    PlanChoice,
    Report,
    Ruling,
    Setup,
    SupplierView,
    View,
)
from pbc_sim.decision.game.moves import AnyMove
from pbc_sim.decision.game.play import MOST_COMPLAINTS
from pbc_sim.language import translated as _
from pbc_sim.scenario.vary import numbers_of
from pbc_sim.show.apps.controls import Control, Section, Sentence, button
from pbc_sim.show.apps.roleplay.showing import evidence, went_wrong
from pbc_sim.show.apps.roleplay.words import (
    kpi_name,
    level,
    lever_name,
    money,
    number_name,
    number_unit,
    setting_name,
)

__all__ = ["Form", "form_of", "move_said_by", "spending_said"]

#: Orders that are listed to complain about, the worst first.
MOST_LISTED = 2 * MOST_COMPLAINTS
#: Positions of a slider, about.
POSITIONS = 24
#: Steps of a slider that read well, times a power of ten.
ROUND = (1.0, 2.0, 5.0, 10.0)


class Form(NamedTuple):
    """Fields, what they begin with, and what is said beside them."""

    sections: list[Section]
    values: dict[str, Any]
    said: dict[str, list[Sentence]]


def _step(low: float, high: float) -> float:
    wanted, power = (high - low) / POSITIONS, 1.0
    while power > wanted:
        power /= 10
    while power * 10 <= wanted:
        power *= 10
    return next(round(n * power, 12) for n in ROUND if n * power >= wanted * 0.999)


def form_of(setup: Setup, seen: View, kind: type[AnyMove]) -> Form:
    """Return the form of a kind of move."""
    send = Section("send", "", [button("send", _("Send"), primary=True)], row=True)
    match seen:
        case BuyerView() if kind is Offer:
            return _with(send, *_offering(setup, seen))
        case BuyerView():
            return _with(send, *_reporting(setup, seen))
        case SupplierView() if kind is Answer:
            buttons = [
                button("sign", _("Sign"), primary=True),
                button("refuse", _("Refuse")),
            ]
            note = Sentence(
                _(
                    "The offer is in the contract's words below. Without a contract you have {n}."
                ).format(n=money(setup, setup.scenario.outside_option.supplier_profit)),
                "note",
            )
            return Form([Section("answer", _("Do you sign?"), buttons)], {}, {"answer": [note]})
        case SupplierView() if kind is PlanChoice:
            return _with(send, *_planning(setup, seen))
        case SupplierView():
            return _with(send, *_claiming(setup, seen))
        case EvaluatorView():
            return _with(send, *_ruling(setup, seen))


def _with(send: Section, section: list[Section], values: dict[str, Any], said: Any) -> Form:
    return Form([*section, send], values, said)


def _offering(
    setup: Setup, seen: BuyerView
) -> tuple[list[Section], dict[str, Any], dict[str, list[Sentence]]]:
    fields, written = [], numbers_of(setup.terms)
    values: dict[str, Any] = {path: written[path] for path in seen.negotiable}
    if seen.public.offers:
        values |= seen.public.offers[-1]
    for path, ends in seen.negotiable.items():
        low, high = min(ends), max(ends)
        step = _step(low, high)
        unit = number_unit(setup, path)
        fields.append(
            Control(path, number_name(setup, path), low=low, high=high, step=step, unit=unit)
        )
    left = [
        Sentence(_("You may offer twice; after a second refusal there is no contract."), "note")
    ]
    return [Section("offer", _("Your offer"), fields)], values, {"offer": left}


def _planning(
    setup: Setup, seen: SupplierView
) -> tuple[list[Section], dict[str, Any], dict[str, list[Sentence]]]:
    usual = seen.levers[-1] if seen.levers else setup.of_plan(next(iter(setup.menu)))
    fields = []
    for lever, prices in seen.prices.items():
        options = {
            name: f"{setting_name(setup, lever, name)}: {money(setup, price)}"
            for name, price in prices.items()
        }
        fields.append(Control(f"lever.{lever}", lever_name(lever), "choice", options=options))
    values = {f"lever.{lever}": name for lever, name in zip(LEVERS, usual, strict=True)}
    sections = [Section("plan", _("How do you work in the next quarter?"), fields)]
    return sections, values, {"plan": [spending_said(setup, seen, values)]}


def spending_said(setup: Setup, seen: SupplierView, values: Mapping[str, Any]) -> Sentence:
    """Say what the chosen levers cost, and what is left of the budget."""
    levers = tuple(str(values[f"lever.{lever}"]) for lever in LEVERS)
    cost = setup.spending(levers)
    text = _("This costs {cost} a quarter more than the cheapest way; {left} may be spent.").format(
        cost=money(setup, cost), left=money(setup, seen.budget_left)
    )
    return Sentence(text, "warning" if cost > seen.budget_left else "note")


def _reporting(
    setup: Setup, seen: BuyerView
) -> tuple[list[Section], dict[str, Any], dict[str, list[Sentence]]]:
    worst = sorted(seen.trouble, key=lambda t: (not t.late, not t.faulty, t.due - t.arrived))
    fields = [
        Control(f"complain.{t.order + 1}", went_wrong(setup, t), "check")
        for t in worst[:MOST_LISTED]
    ]
    values: dict[str, Any] = {field.key: False for field in fields}
    sections = [Section("complaints", _("Complaints"), fields)]
    each = setup.drawn.costs.buyer.per_complaint
    said = [
        Sentence(
            _("At most {most}; each costs you {cost}.").format(
                most=MOST_COMPLAINTS, cost=money(setup, each)
            ),
            "note",
        )
        if fields
        else Sentence(_("Nothing went wrong that you could complain about."), "note")
    ]
    movable = []
    for kpi, (low, now, high) in seen.movable.items():
        clause = setup.terms.kpis[kpi]
        label = _("{kpi} (now {now})").format(kpi=kpi_name(clause), now=level(clause, now))
        movable.append(
            Control(f"propose.{kpi}", label, low=low, high=high, step=_step(low, high) / 2)
        )
        values[f"propose.{kpi}"] = now
    if movable:
        sections.append(Section("targets", _("Targets from the next quarter on"), movable))
    note = Sentence(_("The evaluator approves a proposal, or does not."), "note")
    return sections, values, {"complaints": said, "targets": [note]}


def _claiming(
    setup: Setup, seen: SupplierView
) -> tuple[list[Section], dict[str, Any], dict[str, list[Sentence]]]:
    fields = [
        Control(f"claim.{spell.name}", evidence(setup, spell), "check") for spell in seen.spells
    ]
    nothing = Sentence(_("Nothing held up your orders."), "note")
    what = Sentence(
        _("For what do you claim relief? What is judged once is not judged again."), "note"
    )
    values: dict[str, Any] = {field.key: False for field in fields}
    section = Section("claims", _("Claims for relief"), fields)
    return [section], values, {"claims": [what if fields else nothing]}


def _ruling(
    setup: Setup, seen: EvaluatorView
) -> tuple[list[Section], dict[str, Any], dict[str, list[Sentence]]]:
    choices = {"refuse": _("refused"), "accept": _("accepted")}
    claims = [
        Control(f"judge.{spell.name}", evidence(setup, spell), "choice", options=choices)
        for spell in seen.claims
    ]
    values: dict[str, Any] = {field.key: "refuse" for field in claims}
    moved = []
    for kpi, (now, then) in seen.proposals.items():
        clause = setup.terms.kpis[kpi]
        label = _("{kpi}: from {now} to {then}").format(
            kpi=kpi_name(clause), now=level(clause, now), then=level(clause, then)
        )
        options = {"no": _("not approved"), "yes": _("approved")}
        moved.append(Control(f"approve.{kpi}", label, "choice", options=options))
        values[f"approve.{kpi}"] = "no"
    sections = [Section("rulings", _("Claims for relief"), claims)]
    if moved:
        sections.append(Section("proposals", _("Proposed targets"), moved))
    said = [] if claims else [Sentence(_("There is no claim."), "note")]
    return sections, values, {"rulings": said}


def move_said_by(
    setup: Setup, seen: View, kind: type[AnyMove], key: str, values: Mapping[str, Any]
) -> AnyMove | None:
    """Return the move that a filled form says when a button is pressed; None if it says none."""
    if kind is Answer:
        return Answer(signs=key == "sign") if key in ("sign", "refuse") else None
    if key != "send":
        return None

    def checked(prefix: str, as_: object = True) -> tuple[str, ...]:
        start = f"{prefix}."
        return tuple(
            k.removeprefix(start) for k, v in values.items() if k.startswith(start) and v == as_
        )

    if kind is Offer and isinstance(seen, BuyerView):
        written = numbers_of(setup.terms)
        given = {path: float(values[path]) for path in seen.negotiable}
        return Offer(
            numbers={path: value for path, value in given.items() if value != written[path]}
        )
    if kind is PlanChoice:
        return PlanChoice(levers={lever: str(values[f"lever.{lever}"]) for lever in LEVERS})
    if kind is Report and isinstance(seen, BuyerView):
        proposed = {
            kpi: float(values[f"propose.{kpi}"])
            for kpi, (_low, now, _high) in seen.movable.items()
            if values[f"propose.{kpi}"] is not None and float(values[f"propose.{kpi}"]) != now
        }
        complaints = tuple(sorted(int(order) for order in checked("complain")))
        return Report(complaints=complaints, proposals=proposed)
    if kind is Claims:
        return Claims(spells=checked("claim"))
    return Ruling(accepted=checked("judge", "accept"), approved=checked("approve", "yes"))
