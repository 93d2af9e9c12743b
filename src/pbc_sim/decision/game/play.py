"""Whose turn is it, and what may be done now?

Lives here: `Game`: its moves so far, who is awaited, and the rules that a move has to keep.
May not live here: what moves lead to (`life.py`), who sees what (`views.py`), files (`table.py`).
A game is (scenario, contract, seed, moves): everything else is worked out from these, so that a log
of moves, played again, is the same game.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from pbc_sim.decision.game.life import Decisions, Life, Trouble, lived, negotiated
from pbc_sim.decision.game.moves import (
    Answer,
    AnyMove,
    Claims,
    Move,
    Offer,
    PlanChoice,
    Report,
    Role,
    Ruling,
)
from pbc_sim.decision.game.setup import LEVERS, Levers, Setup
from pbc_sim.errors import PbcError, unknown_name
from pbc_sim.figures import count, money
from pbc_sim.inputs import Written
from pbc_sim.language import translated as _

__all__ = ["MOST_COMPLAINTS", "MOST_OFFERS", "Game", "decisions_of", "new_game", "replay"]

M = TypeVar("M", bound=Written)

#: Offers after which nothing is signed.
MOST_OFFERS = 2
#: Complaints that a turn takes; a buyer has other work to do.
MOST_COMPLAINTS = 10


@dataclass(frozen=True, eq=False)
class Game:
    """A game so far.

    Parameters
    ----------
    setup : Setup
        What is played.
    moves : tuple of Move
        What was done, in this order.
    """

    setup: Setup
    moves: tuple[Move, ...] = ()

    @cached_property
    def signed(self) -> bool | None:
        """Whether the contract was signed; None while it is negotiated."""
        if not self.setup.offers:
            return True
        answers = self.made(Answer)
        if any(answer.signs for answer in answers):
            return True
        return False if len(answers) == MOST_OFFERS else None

    def made(self, kind: type[M]) -> list[M]:
        """Return the moves of a kind, in their order."""
        return [move.content for move in self.moves if isinstance(move.content, kind)]

    @property
    def turn(self) -> int:
        """The turn that is played, counted from 0; the number of turns when all are over."""
        return len(self.made(Ruling))

    @property
    def turns_worked(self) -> int:
        """Turns in which the supplier has worked: what happened in them is known [1]."""
        return len(self.made(PlanChoice))

    @property
    def now(self) -> float:
        """Until when it is known what happened [day]."""
        return float(self.setup.edges[self.turns_worked])

    @property
    def over(self) -> bool:
        """Whether nobody is awaited any more."""
        return not self.awaits

    @cached_property
    def awaits(self) -> dict[Role, type[AnyMove]]:
        """Who has to move, and by what kind of move."""
        if self.signed is None:
            offered = len(self.made(Offer)) > len(self.made(Answer))
            return {"supplier": Answer} if offered else {"buyer": Offer}
        if not self.signed or self.turn == self.setup.n_turns:
            return {}
        if self.turns_worked == self.turn:
            return {"supplier": PlanChoice}
        asked: dict[Role, type[AnyMove]] = {}
        if len(self.made(Report)) == self.turn:
            asked["buyer"] = Report
        if len(self.made(Claims)) == self.turn:
            asked["supplier"] = Claims
        return asked or {"evaluator": Ruling}

    @cached_property
    def decisions(self) -> Decisions:
        """What the moves decided."""
        return decisions_of(self.setup, [move.content for move in self.moves])

    @cached_property
    def life(self) -> Life:
        """What they lead to, until `now`; before the first turn as the first plan would have it."""
        return lived(self.setup, self.decisions)

    def play(self, move: Move) -> Game:
        """Return the game after one move more.

        Raises
        ------
        PbcError
            In one sentence, if it is not that role's turn or the move breaks a rule.
        """
        if self.over:
            raise PbcError(_("the game is over; begin another one."))
        asked = self.awaits.get(move.role)
        if asked is not type(move.content):
            awaited = " / ".join(_(role) for role in self.awaits)
            raise PbcError(
                _("it is not the turn of the {role} for this; awaited: {awaited}.").format(
                    role=_(move.role), awaited=awaited
                )
            )
        match move.content:
            case Offer():
                self._check_offer(move.content)
            case PlanChoice():
                self._check_plan(move.content)
            case Report():
                self._check_report(move.content)
            case Claims():
                self._check_claims(move.content)
            case Ruling():
                self._check_ruling(move.content)
        return Game(self.setup, (*self.moves, move))

    def _check_offer(self, offer: Offer) -> None:
        for path, value in offer.numbers.items():
            open_ = self.setup.offers.get(path)
            if open_ is None:
                raise PbcError(unknown_name("number to negotiate", path, self.setup.offers))
            if len(open_) == 2:
                fits, says = open_[0] <= value <= open_[1], " – ".join(map(count, open_))
            else:
                fits, says = value in open_, ", ".join(map(count, open_))
            if not fits:
                raise PbcError(
                    _("{path} may be {range}, got {value}; offer a value of these.").format(
                        path=path, range=says, value=count(value)
                    )
                )
        negotiated(self.setup, offer.numbers)

    def levers_of(self, choice: PlanChoice) -> Levers:
        """Return the levers that a move names.

        Raises
        ------
        PbcError
            If a lever or a setting is unknown.
        """
        for lever in choice.levers:
            if lever not in LEVERS:
                raise PbcError(unknown_name("lever", lever, LEVERS))
        for lever in LEVERS:
            given = choice.levers.get(lever)
            if given not in self.setup.options[lever]:
                raise PbcError(
                    unknown_name(
                        _("setting of {lever}").format(lever=lever),
                        given,
                        self.setup.options[lever],
                    )
                )
        return tuple(choice.levers[lever] for lever in LEVERS)

    @property
    def budget_left(self) -> float:
        """What the supplier may spend on levers at this turn, with what it saved [currency]."""
        spent = sum(self.setup.spending(levers) for levers in self.decisions.levers)
        return self.setup.budget * (self.turns_worked + 1) - spent

    def _check_plan(self, choice: PlanChoice) -> None:
        cost, left = self.setup.spending(self.levers_of(choice)), self.budget_left
        if cost > left:
            currency = self.setup.scenario.currency
            raise PbcError(
                _("this costs {cost} a turn, and {left} is left; choose a cheaper lever.").format(
                    cost=money(cost, currency), left=money(left, currency)
                )
            )

    @property
    def complainable(self) -> list[Trouble]:
        """Orders that went wrong in the turn just worked and were not complained about."""
        if not self.turns_worked:
            return []
        before = frozenset().union(*self.decisions.complaints)
        return [t for t in self.life.trouble(self.turns_worked - 1) if t.order not in before]

    def levels_open(self) -> dict[str, tuple[float, float, float]]:
        """Return what the review clause lets the buyer propose: lowest, present, highest level."""
        if self.turns_worked >= self.setup.n_turns:
            return {}
        present = self.levels(self.turns_worked - 1)
        found = {}
        for name, clause in self.setup.revisable.items():
            now, target = present[name], self.setup.terms.kpis[name].target
            easiest = now if clause.down_to is None else clause.down_to
            ends = sorted((clause.up_to, easiest))
            low = max(now - clause.step, min(ends[0], now))
            high = min(now + clause.step, max(ends[1], now))
            if clause.down_to is None:
                low, high = (now, high) if target.direction == "higher" else (low, now)
            found[name] = (round(low, 12), now, round(high, 12))
        return found

    def levels(self, turn: int) -> dict[str, float]:
        """Return the level that each revisable KPI requires in a turn [as the KPI]."""
        contract = negotiated(self.setup, self.decisions.numbers)
        found = {name: contract.kpis[name].target.level for name in self.setup.revisable}
        for moved in self.decisions.levels[:turn]:
            found |= moved
        return found

    def _check_report(self, report: Report) -> None:
        if len(set(report.complaints)) > MOST_COMPLAINTS:
            raise PbcError(
                _("a turn takes {most} complaints, got {n}; choose the worst orders.").format(
                    most=MOST_COMPLAINTS, n=len(set(report.complaints))
                )
            )
        known = {t.order + 1 for t in self.complainable}
        for order in report.complaints:
            if order not in known:
                raise PbcError(
                    _(
                        "order {order} did not go wrong in this turn, or was complained about; "
                        "choose among those that are listed."
                    ).format(order=order)
                )
        open_ = self.levels_open()
        for kpi, level in report.proposals.items():
            if kpi not in open_:
                raise PbcError(
                    _("the target of {kpi} cannot be moved now; leave it as it is.").format(kpi=kpi)
                )
            low, _now, high = open_[kpi]
            if not low - 1e-9 <= level <= high + 1e-9:
                raise PbcError(
                    _("the review clause lets {kpi} move within {range}, got {value}.").format(
                        kpi=kpi, range=f"{count(low)} – {count(high)}", value=count(level)
                    )
                )

    def claimable(self) -> list[str]:
        """Return the spells that have begun and on which nothing was ruled."""
        began, life = self.life.ledger.disruptions.began, self.life
        ruled = {spell for claims in self.made(Claims)[: self.turn] for spell in claims.spells}
        return [
            name
            for name, when in zip(life.spells, began, strict=True)
            if when < self.now and name not in ruled
        ]

    def _check_claims(self, claims: Claims) -> None:
        open_ = self.claimable()
        for spell in claims.spells:
            if spell not in open_:
                raise PbcError(
                    _("{spell} cannot be claimed now; open: {open}.").format(
                        spell=spell, open=", ".join(open_) or "–"
                    )
                )

    @property
    def claimed(self) -> tuple[str, ...]:
        """The claims that are to be judged."""
        claims = self.made(Claims)
        return claims[-1].spells if len(claims) > self.turn else ()

    @property
    def proposed(self) -> Mapping[str, float]:
        """The levels that are to be approved or not [as the KPI]."""
        reports = self.made(Report)
        return reports[-1].proposals if len(reports) > self.turn else {}

    def _check_ruling(self, ruling: Ruling) -> None:
        asked = ((ruling.accepted, self.claimed), (ruling.approved, self.proposed))
        for named, before in asked:
            for name in named:
                if name not in before:
                    raise PbcError(
                        _("{name} was not put to the evaluator; open: {open}.").format(
                            name=name, open=", ".join(before) or "–"
                        )
                    )


def decisions_of(setup: Setup, moves: Iterable[AnyMove]) -> Decisions:
    """Return what moves decide, whoever made them and whether or not all of them were allowed."""
    numbers: Mapping[str, float] = {}
    levers: list[Levers] = []
    complaints, accepted, levels = [], set[str](), []
    proposed: Mapping[str, float] = {}
    claimed: tuple[str, ...] = ()
    for move in moves:
        match move:
            case Offer():
                numbers = move.numbers
            case PlanChoice():
                levers.append(tuple(move.levers[lever] for lever in LEVERS))
            case Report():
                complaints.append(frozenset(order - 1 for order in move.complaints))
                proposed = move.proposals
            case Claims():
                claimed = move.spells
            case Ruling():
                accepted |= set(move.accepted) & set(claimed)
                levels.append({k: v for k, v in proposed.items() if k in move.approved})
    if not levers:
        levers = [setup.of_plan(next(iter(setup.menu)))]
    return Decisions(numbers, tuple(levers), tuple(complaints), frozenset(accepted), tuple(levels))


def new_game(setup: Setup) -> Game:
    """Return a game in which nobody has moved."""
    return Game(setup)


def replay(setup: Setup, moves: Iterable[Move]) -> Game:
    """Play moves again, one after the other.

    Raises
    ------
    PbcError
        If one of them was not allowed.
    """
    game = new_game(setup)
    for move in moves:
        game = game.play(move)
    return game
