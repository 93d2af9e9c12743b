"""How is a contract played on screens: one computer passed round, or a browser each?

Lives here: the screens of the role-play, and which of them is shown when.
May not live here: forms (`acting.py`), tables (`showing.py`), rules (`decision/game/`).
"""

from __future__ import annotations

import asyncio
import datetime as dt
import html
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from pbc_sim.contract.text import as_text
from pbc_sim.decision.game import (
    ROLES,
    Debrief,
    Game,
    Move,
    PlanChoice,
    Role,
    Setup,
    SupplierView,
    begin,
    debrief,
    log_of,
    read_log,
    sit_down,
    view,
)
from pbc_sim.decision.game.life import negotiated
from pbc_sim.decision.game.table import COMPUTER, Table
from pbc_sim.errors import PbcError
from pbc_sim.language import spoken
from pbc_sim.language import translated as _
from pbc_sim.scenario import load_scenario
from pbc_sim.show.apps.chart import Chart
from pbc_sim.show.apps.controls import Control, Controls, Section, Sentence, button
from pbc_sim.show.apps.opening import STORED, Opening
from pbc_sim.show.apps.page import Page, block, download, heading, words
from pbc_sim.show.apps.roleplay import ending
from pbc_sim.show.apps.roleplay.acting import form_of, move_said_by, spending_said
from pbc_sim.show.apps.roleplay.notes import facilitators_notes, how_it_goes, the_seat
from pbc_sim.show.apps.roleplay.showing import announced, awaited, shown, terms_said
from pbc_sim.show.apps.roleplay.words import day, joined, quarter, role_name

__all__ = ["GAMES", "RolePlay", "app"]

#: Environment variable that names the folder in which all pages of a server find their games.
GAMES = "PBC_SIM_GAMES"
#: The story that is made to be played.
STORY = "role_play.yaml"
#: How often a page looks whether others have moved. [s]
LOOKS_EVERY = 1.0
#: After so long without a move another page works out the computer's. [s]
TAKES_OVER_AFTER = 12.0


def games_folder() -> Path:
    """Return the folder in which this server's pages find their games."""
    named = os.environ.get(GAMES)
    if named:
        return Path(named)
    shared = os.environ.get(STORED)
    return (Path(shared) if shared else Path(tempfile.gettempdir()) / "pbc_sim") / "games"


class RolePlay:
    """The app, from its first screen to the debriefing.

    Parameters
    ----------
    opening : Opening
        Scenario and language to begin with.
    folder : Path, optional
        Where games are kept; that of the server where empty.
    """

    def __init__(self, opening: Opening, folder: Path | None = None) -> None:
        beside = opening.scenario.with_name(STORY)
        self.story = beside if beside.is_file() else opening.scenario
        self.folder = folder or games_folder()
        self.table: Table | None = None
        #: Of one computer that is passed round: who looks at it now, None while it is handed over.
        self.passed_round = False
        self.at_the_screen: Role | None = None
        self.looking: Debrief | None = None
        self.values: dict[str, Any] = {"seed": 1, "code": "", "key": ""}
        self.values |= {f"person.{role}": True for role in ROLES}
        self._last_move = time.monotonic()
        self._waiting: asyncio.Task[None] | None = None
        self.form = Controls(self._guarded)
        self.seats = Controls(self._guarded)
        self.top, self.bottom = widgets.HTML(), widgets.HTML()
        self.charts = (Chart(), Chart())
        # On a wide screen the form stands beside what it is about.
        self.desk = block(self.form, self.bottom, kind="pbc-columns")
        self.page = Page(
            lambda: _("Role-play: a contract, turn by turn"), self.show, opening.language
        )
        with self.page.speaking():
            self.show()

    @property
    def widget(self) -> widgets.Widget:
        """What is shown."""
        return self.page.widget

    def _guarded(self, key: str, value: Any) -> None:
        self.page.guarded(self.told)(key, value)

    # --- what is done

    def told(self, key: str, value: Any) -> None:
        """Do what somebody said or pressed."""
        self.values[key] = value
        pressed: dict[str, Callable[[], None]] = {
            "here": self._begin_here,
            "several": self._begin_several,
            "join": self._join,
            "leave": self._leave,
            "ready": self._take_the_screen,
        }
        if key == "log" and isinstance(value, dict):
            self._look_back(str(value.get("text", "")))
        elif key in pressed:
            self.page.say("")
            pressed[key]()
        elif key.startswith(("take.", "hand.")):
            self._seat(key)
        elif key.startswith("lever."):
            self._count_up()
        elif key in ("send", "sign", "refuse"):
            self._move(key)

    def _setup(self) -> Setup:
        scenario = load_scenario(self.story)
        design = scenario.design
        name = design.contract if design else scenario.baseline_name
        seed = self.values["seed"]
        if not isinstance(seed, (int, float)) or seed != int(seed):
            raise PbcError(_("the seed must be a whole number, as 1."))
        return Setup(scenario, name or "", int(seed))

    def _begin_here(self) -> None:
        people = [role for role in ROLES if self.values[f"person.{role}"]]
        if not people:
            raise PbcError(_("somebody has to play; choose at least one role."))
        self._sit(begin(self.folder, self._setup()))
        for role in ROLES:
            if role in people:
                self._at_table.take(role)
            else:
                self._at_table.hand_to_computer(role)
        self.passed_round = len(people) > 1
        self._after_a_move()

    def _begin_several(self) -> None:
        self._sit(begin(self.folder, self._setup()))
        self._after_a_move()

    def _join(self) -> None:
        self._sit(str(self.values["code"]), str(self.values["key"]).strip())
        self._after_a_move()

    def _sit(self, code: str, key: str = "") -> None:
        self.table = sit_down(self.folder, code, key)
        self.passed_round, self.at_the_screen, self.looking = False, None, None
        self._wait_for_others()

    def _leave(self) -> None:
        self.table, self.looking = None, None
        self.show()

    def _look_back(self, text: str) -> None:
        game = read_log(text)
        self.looking = debrief(game)
        self.page.say("")
        self.show()

    @property
    def _at_table(self) -> Table:
        if self.table is None:
            raise PbcError(_("there is no game here; begin or join one."))
        return self.table

    def _seat(self, key: str) -> None:
        what, role = key.split(".")
        table, seat = self._at_table, next(one for one in ROLES if one == role)
        if what == "take":
            table.take(seat)
        else:
            table.hand_to_computer(seat)
        self._after_a_move()

    def _take_the_screen(self) -> None:
        self.at_the_screen = next(iter(self._awaited_here()), None)
        self.show()

    def _move(self, key: str) -> None:
        table, role = self._at_table, self._role
        kind = table.game.awaits.get(role) if role else None
        if role is None or kind is None:
            return
        setup, seen = table.game.setup, view(table.game, role)
        form = form_of(setup, seen, kind)
        # Fields of earlier turns are still filled in, and mean nothing any more.
        values = {k: self.form.values.get(k, v) for k, v in form.values.items()}
        values |= {k: self.values[k] for k in form.values if k in self.values}
        move = move_said_by(setup, seen, kind, key, values)
        if move is None:
            return
        table.play(Move(role, move))
        for field in form.values:
            self.values.pop(field, None)
        self.page.say(_("Done."))
        if self.passed_round and next(iter(self._awaited_here()), None) != role:
            # Who moves again need not look away.
            self.at_the_screen = None
        self._after_a_move()

    def _count_up(self) -> None:
        game, role = self._at_table.game, self._role
        if role != "supplier" or game.awaits.get(role) is not PlanChoice:
            return
        seen = view(game, role)
        if isinstance(seen, SupplierView):
            values = form_of(game.setup, seen, PlanChoice).values
            values |= {k: self.values[k] for k in values if k in self.values}
            self.form.say({"plan": [spending_said(game.setup, seen, values)]})

    def _after_a_move(self) -> None:
        self._last_move = time.monotonic()
        self._let_computer_move()
        self.show()

    def _let_computer_move(self) -> bool:
        table = self._at_table
        if not any(table.seats.get(role) == COMPUTER for role in table.game.awaits):
            return False
        people = [who for role in ROLES if (who := table.seats.get(role, COMPUTER)) != COMPUTER]
        leads = bool(people) and people[0] == table.player
        late = time.monotonic() - self._last_move > TAKES_OVER_AFTER
        if not (leads or late):
            return False
        self.page.progress(0.5, _("The computer thinks …"))
        try:
            return table.let_computer_move()
        finally:
            self.page.progress(None)

    # --- waiting for others

    def look(self) -> None:
        """Look whether others have moved, and show it."""
        if self.table is None:
            return
        news = self.table.refresh()
        if news:
            self._last_move = time.monotonic()
        if self._let_computer_move() or news:
            self.show()

    def _wait_for_others(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # in a script nobody waits
            return
        if self._waiting is None:
            self._waiting = loop.create_task(self._looking_again())

    async def _looking_again(self) -> None:
        while True:
            await asyncio.sleep(LOOKS_EVERY)
            with self.page.speaking():
                self.look()

    # --- what is shown

    @property
    def _role(self) -> Role | None:
        """The role whose view is on the screen."""
        if self.table is None:
            return None
        if self.passed_round:
            return self.at_the_screen
        mine = self.table.mine
        return next((role for role in self._awaited_here()), mine[0] if mine else None)

    def _awaited_here(self) -> list[Role]:
        table = self._at_table
        return [role for role in table.game.awaits if role in table.mine]

    def show(self) -> None:
        """Show the screen that belongs to what has happened."""
        if self.looking is not None:
            self._show_the_end(self.looking)
        elif self.table is None:
            self._show_the_start()
        elif self.table.game.over:
            self._show_the_end(debrief(self.table.game))
        elif self.passed_round and self.at_the_screen is None:
            self._show_the_cover()
        else:
            self._show_the_game()

    def _show_the_start(self) -> None:
        people = [Control(f"person.{role}", role_name(role), "check") for role in ROLES]
        here = button("here", _("Begin on this computer"), primary=True)
        key = _("Your key, if you come back")
        sections = [
            Section("luck", "", [Control("seed", _("Number of the luck (seed)"))], row=True),
            Section("one", _("One computer, passed round"), [*people, here]),
            Section("many", _("A browser each"), [
                button("several", _("Begin a game for several browsers")),
                Control("code", _("Word of the game"), "text"),
                Control("key", key, "text"),
                button("join", _("Join")),
            ]),
            Section("again", _("Look back on a game"), [
                Control("log", _("Log of a game (.jsonl)"), "file", accept=".jsonl,.txt"),
            ]),
        ]  # fmt: skip
        self.form.show(sections, self.values)
        self.form.say({"one": [Sentence(_("The computer plays the other roles."), "note")]})
        self.top.value = words(how_it_goes())
        notes = words(facilitators_notes())
        title = html.escape(_("Notes for who leads the game"))
        self.bottom.value = f"<details><summary>{title}</summary>{notes}</details>"
        self.page.fill(self.top, self.form, self.bottom)

    def _show_the_cover(self) -> None:
        roles = self._awaited_here()
        if not roles:
            self._show_the_game()
            return
        role = role_name(roles[0])
        said = _("Hand the computer to the {role}. Everybody else looks away.").format(role=role)
        self.top.value = f'<div class="pbc-verdict">{html.escape(said)}</div>'
        ready = button("ready", _("I am the {role}").format(role=role), primary=True)
        self.form.show([Section("cover", "", [ready], row=True)], {})
        self.form.say({})
        self.page.fill(self.top, self.form)

    def _show_the_game(self) -> None:
        table = self._at_table
        game, role = table.game, self._role
        self._show_the_seats(table)
        if role is None:
            self.top.value = self._where(game) + words([_("Take a seat.")])
            self.page.fill(self.top, self.seats)
            return
        setup, seen = game.setup, view(game, role)
        kind = game.awaits.get(role)
        head = heading(_("You are the {role}").format(role=role_name(role)))
        self.top.value = self._where(game) + head + words([the_seat(role)])
        if kind is not None:
            form = form_of(setup, seen, kind)
            given = {k: self.values[k] for k in form.values if k in self.values}
            self.form.show(form.sections, {**form.values, **given})
            self.form.say(form.said)
        else:
            self.form.show([], {})
        self.bottom.value = shown(setup, seen) + announced(setup, seen.public) + self._terms(game)
        middle = self.desk if kind is not None else self.bottom
        self.page.fill(self.top, middle, *([] if self.passed_round else [self.seats]))

    def _where(self, game: Game) -> str:
        begins = [game.setup.scenario.setting.calendar.date(float(e)) for e in game.setup.edges]
        if game.signed is None:
            when = _("Negotiation")
        else:
            first, last = begins[game.turn], begins[game.turn + 1] - dt.timedelta(days=1)
            when = f"{quarter(game.turn)} ({day(first.date())} – {day(last.date())})"
        public = view(game, "evaluator").public
        said = f"<strong>{html.escape(when)}.</strong> {html.escape(awaited(public))}"
        return f'<div class="pbc-verdict">{said}</div>'

    def _terms(self, game: Game) -> str:
        # As it is signed: how the review clause was applied since is announced beside it.
        contract = negotiated(game.setup, game.decisions.numbers)
        text = as_text(contract, spoken(), game.setup.scenario.currency)
        return terms_said(text, unfolded=game.signed is None)

    def _show_the_seats(self, table: Table) -> None:
        fields, said = [], []
        for role in ROLES:
            who = table.seats.get(role)
            name = role_name(role)
            if who == table.player:
                said.append(_("{role}: you").format(role=name))
            elif who == COMPUTER:
                said.append(_("{role}: the computer").format(role=name))
            elif who:
                said.append(_("{role}: taken").format(role=name))
            else:
                said.append(_("{role}: free").format(role=name))
            if who in (None, COMPUTER) and not table.mine:
                fields.append(button(f"take.{role}", _("Be the {role}").format(role=name)))
            if who in (None, table.player):
                label = _("Computer as {role}").format(role=name)
                fields.append(button(f"hand.{role}", label))
        lines = [
            Sentence(_("Word of the game: {code}").format(code=table.code), "note"),
            Sentence(joined(said) + "."),
        ]
        if table.mine:
            key = _("If this page is lost, join again with the word and your key: {key}")
            lines.append(Sentence(key.format(key=table.player)))
        leave = button("leave", _("Leave"))
        self.seats.show([Section("seats", _("Seats"), [*fields, leave])], {})
        self.seats.say({"seats": lines})

    def _show_the_end(self, looking: Debrief) -> None:
        game = looking.game
        setup = game.setup
        # At once, for nothing of the last turn may be pressed any more.
        self.top.value = ending.title()
        self.form.show([], {})
        self.form.say({})
        self.page.fill(self.top)
        trying = _("Trying every decision otherwise …")
        self.page.progress(0.0, trying)
        try:
            for share in looking.work_out():
                self.page.progress(share, trying)
            self.top.value = ending.title() + ending.summary(setup, looking)
            if game.signed:
                for chart, picture in zip(
                    self.charts, ending.pictures(setup, looking), strict=True
                ):
                    chart.draw(picture)
            table = ending.decisions(setup, looking) if game.signed else ""
        finally:
            self.page.progress(None)
        log = download(_("Save the game's log"), "game.jsonl", log_of(setup, game.moves))
        files = f'<p class="pbc-files">{log}</p>'
        remember = heading(_("What to talk about")) + words(facilitators_notes()[-2:])
        self.bottom.value = table + remember + self._terms(game) + files
        self.form.show([Section("over", "", [button("leave", _("Another game"))], row=True)], {})
        self.form.say({})
        self.looking = looking
        charts = [block(*self.charts, kind="pbc-pair")] if game.signed else []
        self.page.fill(self.top, *charts, self.bottom, self.form)


def app(opening: Opening) -> widgets.Widget:
    """Return the role-play."""
    return RolePlay(opening).widget
