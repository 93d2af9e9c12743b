"""How do several browsers play one game?

Lives here: a game's log, one file of JSON lines that is only appended to, and who sits where.
May not live here: rules (`play.py`), widgets (`show/`).
Each page has a process of its own, and all that they share is the file: a line is appended under a
lock and only if the lines before it are the ones that the writer has read. The first line says what
is played; every other one is a move, or who takes or leaves a seat.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from pbc_sim.decision.game.computer import advice
from pbc_sim.decision.game.moves import ROLES, Move, Role, read_move
from pbc_sim.decision.game.play import Game, new_game
from pbc_sim.decision.game.setup import Setup
from pbc_sim.errors import PbcError, reason_of, unknown_name
from pbc_sim.language import translated as _
from pbc_sim.scenario import parse_scenario, to_yaml

__all__ = ["COMPUTER", "Table", "begin", "log_of", "read_log", "sit_down"]

#: Who plays in an empty seat.
COMPUTER = "computer"
#: Version of the log's form.
FORM = 1
#: Words of which a game's code is made: short, and told apart when they are called out in a room.
WORDS = (
    *("badak", "bambu", "delta", "elang", "gajah", "hujan", "intan", "jati"),
    *("kapal", "kelapa", "lontar", "manggis", "merak", "mutiara", "nanas", "ombak"),
    *("padi", "pandan", "rotan", "rusa", "sagu", "salak", "surya", "wayang"),
)
CODE = re.compile(r"[a-z]{3,12}-[0-9]{2}")
#: Largest log that is read [byte].
MOST_BYTES = 2**20


def log_of(setup: Setup, moves: tuple[Move, ...] = ()) -> str:
    """Return a game as JSON lines: what is played, then the moves.

    Examples
    --------
    >>> import pbc_sim as pbc
    >>> scenario = pbc.load_scenario("scenarios/role_play.yaml")
    >>> game = read_log(log_of(Setup(scenario, "played", seed=3)))
    >>> game.setup.contract, game.setup.seed, len(game.moves)
    ('played', 3, 0)
    """
    header = {
        "game": FORM,
        "contract": setup.contract,
        "seed": setup.seed,
        "scenario": to_yaml(setup.scenario),
    }
    lines = [header, *(move.written() for move in moves)]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def _lines(text: str) -> list[dict[str, Any]]:
    found = []
    for n, line in enumerate(text.splitlines(), start=1):
        try:
            entry = json.loads(line)
        except json.JSONDecodeError:
            text = _("line {n} of the game's log is no JSON; take an undamaged copy.")
            raise PbcError(text.format(n=n)) from None
        if not isinstance(entry, dict):
            text = _("line {n} of the game's log is no entry; take an undamaged copy.")
            raise PbcError(text.format(n=n))
        found.append(entry)
    if not found or found[0].get("game") != FORM:
        said = _("the log does not begin as a game of form {form}; is it a game's log?")
        raise PbcError(said.format(form=FORM))
    return found


def _setup(header: Mapping[str, Any]) -> Setup:
    scenario = parse_scenario(str(header.get("scenario", "")), name=_("scenario of the game"))
    return Setup(scenario, str(header.get("contract", "")), header.get("seed", 1))


def read_log(text: str) -> Game:
    """Play the moves of a log again.

    Raises
    ------
    PbcError
        If the log is damaged, or a move was not allowed.
    """
    header, *entries = _lines(text)
    game = new_game(_setup(header))
    for entry in entries:
        if "move" in entry:
            game = game.play(read_move(entry))
    return game


def _at(folder: Path, code: str) -> Path:
    """Return the file of a game; the code never leaves the folder."""
    plain = code.strip().lower()
    if not CODE.fullmatch(plain):
        raise PbcError(
            _("a game's code is a word and two digits, as {example}; got {code}.").format(
                example="elang-42", code=code.strip()[:20] or "–"
            )
        )
    return folder / f"{plain}.jsonl"


@contextmanager
def _locked(file: TextIO) -> Iterator[None]:
    try:
        import fcntl
    except ImportError:
        raise PbcError(
            _(
                "this system cannot lock a file while it is written, and pages share one; serve "
                "the game on Linux or macOS."
            )
        ) from None
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        file.flush()
        os.fsync(file.fileno())
        fcntl.flock(file, fcntl.LOCK_UN)


def begin(folder: str | Path, setup: Setup) -> str:
    """Write the first line of a new game, and return its code.

    Raises
    ------
    PbcError
        If the folder cannot be written to.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        while True:
            code = f"{secrets.choice(WORDS)}-{secrets.randbelow(90) + 10}"
            try:
                with (folder / f"{code}.jsonl").open("x", encoding="utf-8") as file:
                    file.write(log_of(setup))
                return code
            except FileExistsError:
                continue
    except OSError as error:
        reason = reason_of(error, "cannot be written")
        text = _("{folder}: {reason}; give a folder for games to write to.")
        raise PbcError(text.format(folder=folder, reason=reason)) from None


@dataclass
class Table:
    """A game that several play, as one of them last read it.

    Parameters
    ----------
    path : Path
        The log.
    player : str
        Who reads: a secret of this page, so that nobody else can move for it.
    """

    path: Path
    player: str

    def __post_init__(self) -> None:
        self._read = 0
        self._game: Game | None = None
        self.seats: dict[Role, str] = {}
        self.refresh()

    @property
    def code(self) -> str:
        """What is called out so that others can join."""
        return self.path.stem

    @property
    def game(self) -> Game:
        """The game as it was last read."""
        if self._game is None:
            raise PbcError(_("the log has no game; begin another one."))
        return self._game

    @property
    def mine(self) -> list[Role]:
        """The seats of this player."""
        return [role for role, who in self.seats.items() if who == self.player]

    def refresh(self) -> bool:
        """Read what was appended since; tell whether there was anything."""
        try:
            with self.path.open(encoding="utf-8") as file:
                return self._follow(file)
        except OSError:
            raise PbcError(
                _("there is no game {code}; check the word, or begin a game.").format(
                    code=self.code
                )
            ) from None

    def _follow(self, file: TextIO) -> bool:
        text = file.read(MOST_BYTES)
        # The last line may be half written by somebody who holds the lock.
        entries = _lines(text[: text.rfind("\n") + 1])
        if self._game is None:
            self._game, self._read = new_game(_setup(entries[0])), 1
        new = entries[self._read :]
        for entry in new:
            if "move" in entry:
                self._game = self._game.play(read_move(entry))
            elif entry.get("seat") in ROLES:
                self._seat(entry["seat"], entry.get("by"))
        self._read = len(entries)
        return bool(new)

    def _seat(self, role: Role, who: object) -> None:
        if isinstance(who, str) and who:
            self.seats[role] = who
        else:
            self.seats.pop(role, None)

    @contextmanager
    def _writing(self) -> Iterator[list[dict[str, Any]]]:
        """Yield a list; what is put into it is appended if nothing goes wrong."""
        with self.path.open("a+", encoding="utf-8") as file, _locked(file):
            file.seek(0)
            self._follow(file)
            entries: list[dict[str, Any]] = []
            yield entries
            for entry in entries:
                file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        self.refresh()

    def take(self, role: Role) -> None:
        """Sit down in a seat.

        Raises
        ------
        PbcError
            If somebody else has it.
        """
        if role not in ROLES:
            raise PbcError(unknown_name("role", role, ROLES))
        with self._writing() as entries:
            who = self.seats.get(role)
            if who not in (None, COMPUTER, self.player):
                raise PbcError(
                    _("the seat of the {role} is taken; choose another one.").format(role=_(role))
                )
            if who != self.player:
                entries.append({"seat": role, "by": self.player})

    def hand_to_computer(self, role: Role) -> None:
        """Let the computer play in a seat that is this player's, or nobody's.

        Raises
        ------
        PbcError
            If somebody else has it.
        """
        with self._writing() as entries:
            who = self.seats.get(role)
            if who not in (None, COMPUTER, self.player):
                raise PbcError(
                    _("the seat of the {role} is taken; choose another one.").format(role=_(role))
                )
            if who != COMPUTER:
                entries.append({"seat": role, "by": COMPUTER})

    def play(self, move: Move) -> None:
        """Make a move in one of this player's seats.

        Raises
        ------
        PbcError
            If the seat is not this player's, or the move is not allowed.
        """
        with self._writing() as entries:
            if self.seats.get(move.role) != self.player:
                raise PbcError(
                    _("you do not sit in the seat of the {role}.").format(role=_(move.role))
                )
            self.game.play(move)
            entries.append(move.written())

    def let_computer_move(self) -> bool:
        """Let the computer move in its seats as long as it is its turn; tell whether it did.

        Any page may do so, since the same game has the same advice.
        """
        moved = False
        while any(self.seats.get(role) == COMPUTER for role in self.game.awaits):
            # Worked out before the lock is taken, for it may take seconds.
            before = len(self.game.moves)
            seats = [role for role in self.game.awaits if self.seats.get(role) == COMPUTER]
            moves = [advice(self.game, role) for role in seats]
            with self._writing() as entries:
                if len(self.game.moves) == before:
                    entries.extend(move.written() for move in moves)
                    moved = True
        return moved


def sit_down(folder: str | Path, code: str, player: str = "") -> Table:
    """Join a game by its code.

    Parameters
    ----------
    folder : str or Path
        Where games are kept.
    code : str
        What was called out.
    player : str
        The secret of one who comes back; a new one where empty.

    Raises
    ------
    PbcError
        If there is no such game.
    """
    return Table(_at(Path(folder), code), player or secrets.token_hex(4))
