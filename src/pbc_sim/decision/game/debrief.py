"""What did each decision do, and what would have been best?

Lives here: the score of a game, decisions tried otherwise under the same luck, best responses, and
how the score prints. May not live here: what people see in the game (`show/`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import pandas as pd

from pbc_sim.decision.game.computer import advice, expected_profits, play_out, rule_accepts
from pbc_sim.decision.game.life import Decisions, Money, lived
from pbc_sim.decision.game.moves import Answer, AnyMove, Claims, Move, Ruling
from pbc_sim.decision.game.play import Game, decisions_of, new_game, replay
from pbc_sim.decision.game.setup import Levers, Setup
from pbc_sim.decision.laid_out import laid_out
from pbc_sim.decision.wording import headed
from pbc_sim.errors import PbcError
from pbc_sim.figures import money
from pbc_sim.language import noted
from pbc_sim.language import translated as _
from pbc_sim.printed import Printed

__all__ = ["Debrief", "Effect", "Hindsight", "Rulings", "debrief"]


#: What a debriefing works out and keeps.
PARTS = ("by_computers", "baseline", "effects", "hindsight", "rulings")


class Effect(NamedTuple):
    """What a decision did, against what the computer would have done in its place.

    Parameters
    ----------
    n : int
        Number of the move, counted from 0.
    turn : int
        The turn that it belongs to, counted from 0; -1 for the negotiation.
    move : Move
        What was decided.
    instead : Move
        What the computer would have decided.
    supplier_profit, buyer_cost : float
        What the decision changed, all else as it was decided, under the same luck. [currency]
    """

    n: int
    turn: int
    move: Move
    instead: Move
    supplier_profit: float
    buyer_cost: float

    @property
    def is_as_advised(self) -> bool:
        """Whether the computer would have decided the same."""
        return self.move == self.instead


class Hindsight(NamedTuple):
    """What the supplier could have earned, all else as it was decided.

    Parameters
    ----------
    steady_plan : str
        The plan of the menu that would have been best, held for the term.
    steady : Money
        What it would have brought.
    by_turn : tuple of Levers
        What one who knew the future would have done: from there, turn by turn, the best plan.
    foreseen : Money
        What that would have brought.
    """

    steady_plan: str
    steady: Money
    by_turn: tuple[Levers, ...]
    foreseen: Money


class Rulings(NamedTuple):
    """How the evaluator judged: claims as the contract's words say, of all that were put [1]."""

    as_written: int
    judged: int


@dataclass(frozen=True, eq=False)
class Debrief(Printed):
    """A game that is over, looked back upon.

    Parameters
    ----------
    game : Game
        The game.
    """

    game: Game

    def work_out(self) -> Iterator[float]:
        """Work out all that takes a while, part by part; yield the share that is done [1]."""
        for done, part in enumerate(PARTS, start=1):
            getattr(self, part)
            yield done / len(PARTS)

    @property
    def played(self) -> Money:
        """Both parties' money as it was played; their outside options if nothing was signed."""
        if self.game.signed:
            return self.game.life.money
        outside = self.game.setup.scenario.outside_option
        return Money(outside.supplier_profit, outside.buyer_cost or float("nan"), 0.0)

    @cached_property
    def by_computers(self) -> Money:
        """What the computer in all three seats would have come to: the contract as written."""
        return play_out(new_game(self.game.setup)).life.money

    @cached_property
    def baseline(self) -> Money | None:
        """What the scenario's baseline contract would have come to, under its best steady plan.

        Best is what the supplier would expect to be best; the baseline contract's own words judge.
        """
        setup = self.game.setup
        name = setup.scenario.baseline_name
        if name is None or name == setup.contract:
            return None
        other = Setup(setup.scenario, name, setup.seed)
        plans = expected_profits(setup, other.terms)
        best = max((plan for plan in plans if plan in other.menu), key=lambda plan: plans[plan])
        game = new_game(other)
        excused = frozenset(s for s in game.life.spells if rule_accepts(game, s))
        return lived(other, Decisions({}, (other.of_plan(best),), accepted=excused)).money

    @cached_property
    def effects(self) -> list[Effect]:
        """What each decision did, in the order of play; none if nothing was signed."""
        if not self.game.signed:
            return []
        moves, setup = self.game.moves, self.game.setup
        played, game, found = self.played, new_game(setup), []
        for n, move in enumerate(moves):
            instead = advice(game, move.role)
            turn = game.turn if game.signed else -1
            if not isinstance(move.content, Answer):
                other = played
                if instead != move:
                    contents = self._with(n, instead.content, game)
                    other = lived(setup, decisions_of(setup, contents)).money
                changed = (
                    played.supplier_profit - other.supplier_profit,
                    played.buyer_cost - other.buyer_cost,
                )
                found.append(Effect(n, turn, move, instead, *changed))
            game = game.play(move)
        return found

    def _with(self, n: int, content: AnyMove, before: Game) -> list[AnyMove]:
        """Return the moves with one of them replaced.

        A claim that was never put is judged as the contract's words say.
        """
        contents = [move.content for move in self.game.moves]
        old = contents[n]
        contents[n] = content
        if isinstance(content, Claims) and isinstance(old, Claims):
            new = [spell for spell in content.spells if spell not in old.spells]
            accepted = tuple(spell for spell in new if rule_accepts(before, spell))
            for later, ruling in enumerate(contents[n:], start=n):
                if isinstance(ruling, Ruling):
                    contents[later] = Ruling(
                        accepted=(*ruling.accepted, *accepted), approved=ruling.approved
                    )
                    break
        return contents

    @cached_property
    def hindsight(self) -> Hindsight | None:
        """The supplier's best responses within its budget; None if nothing was signed."""
        if not self.game.signed:
            return None
        setup, made = self.game.setup, self.game.decisions
        menu = {plan: setup.of_plan(plan) for plan in setup.menu}

        def brings(levers: tuple[Levers, ...]) -> Money:
            return lived(setup, _otherwise(made, levers)).money

        steady = {
            plan: brings((levers,) * setup.n_turns)
            for plan, levers in menu.items()
            if setup.affords((levers,) * setup.n_turns)
        }
        if not steady:
            return None
        best = max(steady, key=lambda plan: steady[plan].supplier_profit)
        chosen, money = (menu[best],) * setup.n_turns, steady[best]
        for turn in range(setup.n_turns):
            for levers in menu.values():
                tried = (*chosen[:turn], levers, *chosen[turn + 1 :])
                if not setup.affords(tried):
                    continue
                found = brings(tried)
                if found.supplier_profit > money.supplier_profit:
                    chosen, money = tried, found
        return Hindsight(best, steady[best], chosen, money)

    @cached_property
    def rulings(self) -> Rulings:
        """How many claims were judged as the contract's words say."""
        game, right, judged = new_game(self.game.setup), 0, 0
        for move in self.game.moves:
            if isinstance(move.content, Ruling):
                for spell in game.claimed:
                    judged += 1
                    right += rule_accepts(game, spell) == (spell in move.content.accepted)
            game = game.play(move)
        return Rulings(right, judged)

    @property
    def beside(self) -> pd.DataFrame:
        """Both parties' money as it was played, and what it stands beside [currency]."""
        rows = {noted("as played"): self.played}
        rows[noted("computers in all seats")] = self.by_computers
        if self.baseline:
            rows[noted("baseline contract")] = self.baseline
        if self.hindsight:
            rows[noted("best steady plan")] = self.hindsight.steady
            rows[noted("best plan, turn by turn")] = self.hindsight.foreseen
        return pd.DataFrame.from_dict(
            {name: one._asdict() for name, one in rows.items()}, orient="index"
        )

    @property
    def table(self) -> pd.DataFrame:
        """A row a decision that differs from the computer's, with what it changed [currency].

        ``turn`` is counted from 1, 0 for the negotiation.
        """
        rows = [
            {
                "turn": effect.turn + 1,
                "role": effect.move.role,
                "decided": _said(effect.move),
                "instead of": _said(effect.instead),
                "supplier_profit": effect.supplier_profit,
                "buyer_cost": effect.buyer_cost,
            }
            for effect in self.effects
            if not effect.is_as_advised
        ]
        return pd.DataFrame(
            rows,
            columns=["turn", "role", "decided", "instead of", "supplier_profit", "buyer_cost"],
        )

    def __str__(self) -> str:
        if not self.game.signed:
            return _("Nothing was signed: both go without each other.")
        currency, shown = self.game.setup.scenario.currency, self.beside
        for amount in shown.columns:
            shown[amount] = [money(value, currency) for value in shown[amount]]
        shown.index = [_(str(name)) for name in shown.index]
        otherwise = sum(not effect.is_as_advised for effect in self.effects)
        decided = _("{n} of {all} decisions differ from what the computer would have done.")
        lines = [laid_out(headed(shown)), decided.format(n=otherwise, all=len(self.effects))]
        if self.rulings.judged:
            ruled = _("The evaluator judged {n} of {all} claims as the contract's words say.")
            lines.append(ruled.format(n=self.rulings.as_written, all=self.rulings.judged))
        return "\n".join(lines)


def _said(move: Move) -> str:
    """Say a move as its log does, without punctuation that only a computer needs."""
    written = {k: v for k, v in move.written().items() if k not in ("role", "move")}
    inside = ", ".join(f"{key} {value}" for key, value in written.items())
    return f"{move.kind}: {inside or 'nothing'}".translate(str.maketrans("", "", "{}[]'"))


def _otherwise(made: Decisions, levers: tuple[Levers, ...]) -> Decisions:
    return Decisions(made.numbers, levers, made.complaints, made.accepted, made.levels)


def debrief(game: Game) -> Debrief:
    """Look back upon a game that is over.

    Raises
    ------
    PbcError
        If it is not over.
    """
    if not game.over:
        raise PbcError("the game is not over; play it to its end, or let the computer do so.")
    return Debrief(replay(game.setup, game.moves))
