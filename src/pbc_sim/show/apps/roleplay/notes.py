"""How is the role-play explained, to who plays it and to who leads it?

Lives here: the rules and the facilitator's notes. May not live here: widgets.
"""

from __future__ import annotations

from pbc_sim.decision.game import Role
from pbc_sim.language import translated as _

__all__ = ["facilitators_notes", "how_it_goes", "the_seat"]


def how_it_goes() -> list[str]:
    """Return the rules in a few sentences."""
    return [
        _(
            "A year is played in four quarters. The luck, as orders, floods and picking errors, is "
            "the same whatever anybody does; what changes is what you make of it."
        ),
        _(
            "First the buyer offers a contract and the supplier signs it, or refuses; the second "
            "refusal ends the game. Then in each quarter: the supplier chooses how it works; the "
            "buyer complains, and may propose other targets, while the supplier claims relief; the "
            "evaluator rules, and the quarter is paid."
        ),
        _("Each role sees only what it would see. The year ends with a debriefing for all."),
    ]


def the_seat(role: Role) -> str:
    """Return what a role wants and sees, in a sentence or two."""
    said = {
        "supplier": _(
            "You run the supply: you choose stock, checks, pickers and express delivery within a "
            "budget, and you claim relief for what was not your fault. You want profit. You see "
            "your own costs and stock."
        ),
        "buyer": _(
            "Your offices need their goods, and you pay for them: you offer the contract, complain "
            "about orders that went wrong, and may propose to move targets where the review clause "
            "lets you. You want a low total cost: payments and your own losses."
        ),
        "evaluator": _(
            "You are fair to both: you read the scorecard, judge claims for relief by the "
            "contract's words, and approve a proposed target or not. Force majeure and what the "
            "buyer caused are excused if notice was given in time; the supplier's own trouble is "
            "not."
        ),
    }
    return said[role]


def facilitators_notes() -> list[str]:
    """Return how the game is led, from the briefing to the debriefing."""
    return [
        _(
            "Time: 10 minutes to explain, 30 to play, 20 to talk. Three people a game, or three "
            "groups; the computer takes an empty seat. Several games side by side with the same "
            "seed have the same luck, so that differences are the players' own."
        ),
        _(
            "Before: let everybody read the contract, and write down one number: what will the "
            "supplier earn? Who sits where, and with what intention, is nobody else's business."
        ),
        _(
            "During: do not help, and do not let players look at each other's pages. If a quarter "
            "takes longer than seven minutes, say that the next payment is due."
        ),
        _(
            "After: first ask each role what it thought the others wanted. Only then show the "
            "debriefing: which decision moved money from one to the other, and which cost both? "
            "Would the buyer have done better with a higher price? Was a refused claim worth it?"
        ),
        _(
            "Remember: a deduction that changes no behaviour only moves money; a complaint costs "
            "its writer too; a review clause that takes every improvement away teaches to hold "
            "back; and an evaluator who goes by the words makes both sides plan better."
        ),
    ]
