"""How is one future played in the browser, without asking back?

Lives here: the widget that gets one table of what happens, and the words around it.
May not live here: choosing what is played (`app.py`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from pbc_sim.decision.animation import animated
from pbc_sim.decision.timeline import Trace
from pbc_sim.language import spoken
from pbc_sim.language import translated as _

__all__ = ["Film"]


class Film(anywidget.AnyWidget):
    """One future, played with its own clock: play, pause, step, speed, and keys for each.

    `day` is where the clock stands when it is paused. [day]

    Examples
    --------
    >>> import pbc_sim as pbc
    >>> film = Film()
    >>> film.show(pbc.trace(pbc.load_scenario("scenarios/pilot_office.yaml"), "in_parts"))
    >>> film.data["items"][:2]
    ['Paper', 'Toner']
    """

    _esm = Path(__file__).with_name("film.js")
    _css = Path(__file__).with_name("film.css")
    data = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    day = traitlets.Float(0.0).tag(sync=True)

    def show(self, trace: Trace) -> None:
        """Play another future, from its beginning, in the language that is spoken."""
        with self.hold_sync():
            self.words, self.day = _words(), 0.0
            self.data = animated(trace)

    def say_again(self, trace: Trace) -> None:
        """Say all words anew in the language that is spoken now, and stay where the clock is."""
        with self.hold_sync():
            self.words, self.data = _words(), animated(trace)


def _words() -> dict[str, Any]:
    """Return what the browser writes around the picture."""
    return {
        "locale": {"en": "en-GB", "id": "id-ID"}[spoken()],
        "region": _("Animation of one future"),
        "controls": _("Play and step"),
        "play": _("Play"),
        "pause": _("Pause"),
        "step": _("Next event"),
        "back": _("Event before"),
        "speed": _("Speed"),
        "daysPerSecond": _("{n} × one day a second"),
        "time": _("Time in the term"),
        "upstream": _("Upstream"),
        "supplier": _("Supplier's stock"),
        "buyer": _("Buyer's units: orders open"),
        "storeroom": _("Storeroom"),
        "machines": _("Machines"),
        "overdue": _("overdue"),
        "summary": _(
            "Orders so far: {placed}; open: {open}, of these overdue: {overdue}; parcels under "
            "way: {moving}."
        ),
        "out": _("Out of stock: {items}."),
        "legend": _("What the shapes mean"),
        "shapes": {
            "order": _("order"),
            "parcel": _("parcel under way"),
            "late": _("parcel that is late"),
            "lot": _("goods for the supplier's stock"),
        },
        "events": _("What has just happened"),
        "asTable": _("What stands where now, as tables"),
        "item": _("Item"),
        "onHand": _("On hand"),
        "waiting": _("Waited for"),
        "unit": _("Unit"),
        "open": _("Open orders"),
        "machine": _("Machine"),
        "state": _("State"),
        "runs": _("runs"),
        "slow": _("runs slower"),
        "stands": _("stands still"),
        "keys": _(
            "Keys: space plays and pauses, the arrows go from event to event, Home and End to "
            "the beginning and the end."
        ),
    }
