"""What does each role see, and nothing else?

Lives here: the views of supplier, buyer and evaluator: plain rows, made from a game and a role.
May not live here: words for people (`show/`), what nobody of that role could know.
The supplier sees its own costs and stock, the buyer what its units experienced and what it pays,
the evaluator the scorecard and what is put to it. What was announced is seen by all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

import numpy as np

from pbc_sim.decision.game.life import Life, Trouble
from pbc_sim.decision.game.moves import ROLES, Answer, AnyMove, Claims, Offer, Report, Role, Ruling
from pbc_sim.decision.game.play import Game
from pbc_sim.decision.game.setup import Levers
from pbc_sim.errors import PbcError, unknown_name
from pbc_sim.performance.orders import delivered, due, in_time

__all__ = [
    "BuyerView",
    "EvaluatorView",
    "KpiRow",
    "Public",
    "Spell",
    "Stock",
    "SupplierView",
    "UnitRow",
    "View",
    "view",
]

Key = TypeVar("Key", str, tuple[str, str])
ByTurn = tuple[float, ...]
Lines = dict[tuple[str, str], ByTurn]


@dataclass(frozen=True)
class Public:
    """What all players see.

    Parameters
    ----------
    turn, n_turns, turns_worked : int
        The turn that is played, counted from 0; how many there are; in how many was worked.
    begins : tuple of date
        When turns begin, and the day after the last one.
    awaits : mapping of role to type
        Who has to move.
    signed, over : bool
        Whether the contract is signed (None: not yet), and whether the game is over.
    offers : tuple of mapping
        What was offered so far, by path.
    answers : tuple of bool
        Whether each was signed.
    levels : tuple of mapping
        Level of each KPI that can be moved, in each turn up to the next one. [as the KPI]
    complaints : tuple of tuple of int
        Orders complained about, turn by turn, counted from 1; those of a turn when it is ruled on.
    accepted, refused : tuple of str
        Claims that were judged.
    """

    turn: int
    n_turns: int
    turns_worked: int
    begins: tuple[dt.date, ...]
    awaits: Mapping[Role, type[AnyMove]]
    signed: bool | None
    over: bool
    offers: tuple[Mapping[str, float], ...]
    answers: tuple[bool, ...]
    levels: tuple[Mapping[str, float], ...]
    complaints: tuple[tuple[int, ...], ...]
    accepted: tuple[str, ...]
    refused: tuple[str, ...]


class Spell(NamedTuple):
    """Something that held up orders, as its notice tells.

    Parameters
    ----------
    name, kind : str
        As ``flood-1``, and the key of the disruption in the scenario.
    began, ended : date
        First day; last day, None while it lasts.
    noticed_after : float
        From its beginning to the supplier's notice; infinity where there was none. [day]
    orders : int
        Orders that it held up so far. [order]
    late : int
        Of these, orders that were not there when they fell due. [order]
    """

    name: str
    kind: str
    began: dt.date
    ended: dt.date | None
    noticed_after: float
    orders: int
    late: int


class Stock(NamedTuple):
    """What lies on the supplier's shelf, and who waits for it [unit]."""

    item: str
    on_hand: int
    waiting: int
    on_order: int


class UnitRow(NamedTuple):
    """What a unit experienced in a turn: orders due, of these late; orders with faults [order]."""

    turn: int
    unit: str
    due: int
    late: int
    faulty: int


class KpiRow(NamedTuple):
    """A KPI in one payment period, as the record stands now; NaN value where nothing is known."""

    kpi: str
    turn: int
    begins: dt.date
    part: float
    whole: float
    value: float
    target: float
    met: bool


@dataclass(frozen=True)
class SupplierView:
    """What the supplier sees.

    Parameters
    ----------
    public : Public
        What all see.
    levers : tuple of Levers
        What it chose, turn by turn.
    budget_left : float
        What it may spend at the next turn. [currency]
    prices : mapping
        By lever and setting, what it costs a turn. [currency]
    stock : tuple of Stock
        The shelf at the end of the last turn.
    costs : mapping of str to tuple of float
        Its cost lines by turn. [currency]
    payments : mapping
        Payment lines by turn. [currency]
    spells : tuple of Spell
        What held up its orders so far and was not judged.
    claimed : tuple of str
        What it claims at this turn.
    """

    public: Public
    levers: tuple[Levers, ...] = ()
    budget_left: float = 0.0
    prices: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    stock: tuple[Stock, ...] = ()
    costs: Mapping[str, ByTurn] = field(default_factory=dict)
    payments: Lines = field(default_factory=dict)
    spells: tuple[Spell, ...] = ()
    claimed: tuple[str, ...] = ()


@dataclass(frozen=True)
class BuyerView:
    """What the buyer sees.

    Parameters
    ----------
    public : Public
        What all see.
    units : tuple of UnitRow
        What its units experienced.
    trouble : tuple of Trouble
        Orders that went wrong in the last turn and that it can complain about.
    losses : mapping of str to tuple of float
        Its own losses by turn. [currency]
    payments : mapping
        Payment lines by turn. [currency]
    negotiable : mapping of str to tuple of float
        What it may offer.
    movable : mapping of str to tuple of float
        Lowest, present and highest level that it may propose. [as the KPI]
    reported : bool
        Whether it has reported at this turn.
    """

    public: Public
    units: tuple[UnitRow, ...] = ()
    trouble: tuple[Trouble, ...] = ()
    losses: Mapping[str, ByTurn] = field(default_factory=dict)
    payments: Lines = field(default_factory=dict)
    negotiable: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    movable: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    reported: bool = False


@dataclass(frozen=True)
class EvaluatorView:
    """What the evaluator sees.

    Parameters
    ----------
    public : Public
        What all see.
    scorecard : tuple of KpiRow
        KPIs by payment period, with relief for claims that were accepted.
    claims : tuple of Spell
        Claims to be judged, with their evidence.
    proposals : mapping of str to tuple of float
        Present and proposed level of targets to be judged. [as the KPI]
    """

    public: Public
    scorecard: tuple[KpiRow, ...] = ()
    claims: tuple[Spell, ...] = ()
    proposals: Mapping[str, tuple[float, float]] = field(default_factory=dict)


View = SupplierView | BuyerView | EvaluatorView


def view(game: Game, role: Role) -> View:
    """Return what a role sees of a game.

    Raises
    ------
    PbcError
        If there is no such role.
    """
    public = _public(game)
    match role:
        case "supplier":
            return _supplier(game, public)
        case "buyer":
            return _buyer(game, public)
        case "evaluator":
            return _evaluator(game, public)
    raise PbcError(unknown_name("role", role, ROLES))


def _public(game: Game) -> Public:
    setup = game.setup
    calendar = setup.scenario.setting.calendar
    claims, rulings = game.made(Claims), game.made(Ruling)
    judged = [spell for made in claims[: len(rulings)] for spell in made.spells]
    reports = game.made(Report)[: len(rulings)]
    upcoming = min(game.turn + 1, setup.n_turns)
    return Public(
        turn=game.turn,
        n_turns=setup.n_turns,
        turns_worked=game.turns_worked,
        begins=tuple(calendar.date(float(day)).date() for day in setup.edges),
        awaits=game.awaits,
        signed=game.signed,
        over=game.over,
        offers=tuple(offer.numbers for offer in game.made(Offer)),
        answers=tuple(answer.signs for answer in game.made(Answer)),
        levels=tuple(game.levels(turn) for turn in range(upcoming)),
        complaints=tuple(tuple(report.complaints) for report in reports),
        accepted=tuple(s for s in judged if s in game.decisions.accepted),
        refused=tuple(s for s in judged if s not in game.decisions.accepted),
    )


def _supplier(game: Game, public: Public) -> SupplierView:
    setup, worked = game.setup, game.turns_worked
    if not worked:
        return SupplierView(public, prices=setup.prices, budget_left=setup.budget)
    life = game.life
    return SupplierView(
        public,
        levers=game.decisions.levers,
        budget_left=0.0 if game.over else game.budget_left,
        prices=setup.prices,
        stock=_stock(life, game.now),
        costs=_until(worked, life.costs("supplier")),
        payments=_until(game.turn, life.payment_lines),
        spells=tuple(_spell(game, name) for name in _holding_up(game)),
        claimed=game.claimed,
    )


def _until(turns: int, lines: Mapping[Key, np.ndarray]) -> dict[Key, ByTurn]:
    """Return lines of the first turns, without those that are 0 so far."""
    return {
        name: tuple(amounts[:turns].tolist())
        for name, amounts in lines.items()
        if amounts[:turns].any()
    }


def _stock(life: Life, now: float) -> tuple[Stock, ...]:
    ledger = life.ledger
    levels, bought = ledger.stock, ledger.replenishments
    rows = []
    for item, name in enumerate(ledger.setting.item_names):
        known = np.flatnonzero((levels.item == item) & (levels.changed < now))
        on_hand, waiting = (
            (int(levels.on_hand[known[-1]]), int(levels.waiting[known[-1]]))
            if len(known)
            else (int(ledger.closing.opening[item]), 0)
        )
        coming = (bought.item == item) & (bought.ordered < now) & ~(bought.arrived < now)
        rows.append(Stock(name, on_hand, waiting, int(bought.units[coming].sum())))
    return tuple(rows)


def _holding_up(game: Game) -> list[str]:
    """Return the spells on which nothing was ruled and that held up some order so far."""
    return [name for name in game.claimable() if _spell(game, name).orders]


def _spell(game: Game, name: str) -> Spell:
    life, now = game.life, game.now
    ledger, row = life.ledger, life.spells.index(name)
    spells, touched = ledger.disruptions, ledger.touched
    placed, arrived = delivered(ledger, "orders")
    due_at = due(ledger, "orders", game.setup.limit)
    held = touched.order[touched.disruption == row]
    held = held[(placed[held] < now) & (spells.began[row] < due_at[held])]
    late = (due_at[held] < now) & ~in_time(arrived[held], due_at[held])
    date = ledger.setting.calendar.date
    ended, noticed = float(spells.ended[row]), float(spells.noticed[row])
    return Spell(
        name,
        list(game.setup.scenario.world.disruptions)[spells.disruption[row]],
        date(float(spells.began[row])).date(),
        date(ended).date() if ended < now else None,
        round(noticed - float(spells.began[row]), 2) if noticed < now else float("inf"),
        len(held),
        int(late.sum()),
    )


def _buyer(game: Game, public: Public) -> BuyerView:
    worked, life = game.turns_worked, game.life
    negotiable = {} if game.signed is not None else game.setup.offers
    if not worked:
        return BuyerView(public, negotiable=negotiable)
    reporting = public.awaits.get("buyer") is Report
    return BuyerView(
        public,
        units=tuple(row for turn in range(worked) for row in _units(life, turn)),
        trouble=tuple(game.complainable) if reporting else (),
        losses=_until(worked, life.costs("buyer")),
        payments=_until(game.turn, life.payment_lines),
        negotiable=negotiable,
        movable=game.levels_open() if reporting else {},
        reported=len(game.made(Report)) > game.turn,
    )


def _units(life: Life, turn: int) -> list[UnitRow]:
    begin, end = life.setup.edges[turn : turn + 2]
    ledger = life.ledger
    due_at = due(ledger, "orders", life.setup.limit)
    fell_due = (due_at >= begin) & (due_at < end)
    trouble = life.trouble(turn)
    return [
        UnitRow(
            turn,
            name,
            int(np.count_nonzero(fell_due & (ledger.orders.unit == unit))),
            sum(t.late for t in trouble if t.unit == unit),
            sum(t.faulty for t in trouble if t.unit == unit),
        )
        for unit, name in enumerate(ledger.setting.unit_names)
    ]


def _evaluator(game: Game, public: Public) -> EvaluatorView:
    if not game.turns_worked:
        return EvaluatorView(public)
    ruling = public.awaits.get("evaluator") is Ruling
    present = game.levels(game.turns_worked - 1)
    proposed = game.proposed if ruling else {}
    return EvaluatorView(
        public,
        scorecard=_scorecard(game.life, game.turns_worked),
        claims=tuple(_spell(game, name) for name in game.claimed) if ruling else (),
        proposals={kpi: (present[kpi], level) for kpi, level in proposed.items()},
    )


def _scorecard(life: Life, turns: int) -> tuple[KpiRow, ...]:
    rows = []
    begins, measured = life.settled.block.begins, life.contract.measured()
    for kpi, reading in life.settled.block.readings.items():
        array = life.scores.measured[measured[kpi]][:2, 0, 0]
        counts, value, target, met = (
            life.of_periods(a) for a in (reading.counts, reading.value, reading.target, reading.met)
        )
        for n_review, period in enumerate(np.flatnonzero(counts)):
            part, whole = array[:, min(n_review, array.shape[1] - 1)]
            turn = life.turn_of(int(period))
            if turn < turns:
                judged = float(value[period]), float(target[period]), bool(met[period])
                rows.append(KpiRow(kpi, turn, begins[period], float(part), float(whole), *judged))
    return tuple(rows)
