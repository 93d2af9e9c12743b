"""How does it feel to be the supplier, the buyer, the evaluator: a contract played turn by turn.

Lives here: the role-play as a library: its rules, what each role sees, the computer's moves, the
debriefing, and the log that several browsers share. May not live here: widgets, words for people.
"""

from pbc_sim.decision.game.computer import advice, play_out
from pbc_sim.decision.game.debrief import Debrief, debrief
from pbc_sim.decision.game.moves import (
    ROLES,
    Answer,
    Claims,
    Move,
    Offer,
    PlanChoice,
    Report,
    Role,
    Ruling,
    read_move,
)
from pbc_sim.decision.game.play import Game, new_game, replay
from pbc_sim.decision.game.setup import LEVERS, Setup
from pbc_sim.decision.game.table import Table, begin, log_of, read_log, sit_down
from pbc_sim.decision.game.views import BuyerView, EvaluatorView, SupplierView, View, view

__all__ = [
    "LEVERS",
    "ROLES",
    "Answer",
    "BuyerView",
    "Claims",
    "Debrief",
    "EvaluatorView",
    "Game",
    "Move",
    "Offer",
    "PlanChoice",
    "Report",
    "Role",
    "Ruling",
    "Setup",
    "SupplierView",
    "Table",
    "View",
    "advice",
    "begin",
    "debrief",
    "log_of",
    "new_game",
    "play_out",
    "read_log",
    "read_move",
    "replay",
    "sit_down",
    "view",
]
