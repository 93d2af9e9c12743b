"""How is a picture drawn that changes while somebody looks at it?

Lives here: the live chart, its axes, and the marks that any chart is made of. May not live here:
what a chart shows; that is said by the app that asks for it, in Python alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets

from pbc_sim.language import translated as _

__all__ = [
    "BAD",
    "BUYER",
    "GOOD",
    "INK",
    "MUTED",
    "OTHER",
    "SUPPLIER",
    "Axis",
    "Chart",
    "Figures",
    "Mark",
    "Picture",
    "area",
    "bar",
    "dot",
    "line",
    "rule",
    "span",
    "text",
]

#: Okabe and Ito's hues, safe for the colour-blind, dark enough to be read as text on white (4.5:1).
BUYER, SUPPLIER, GOOD, OTHER = "#0068A6", "#B54A00", "#007556", "#8F4A7C"
INK, MUTED, BAD = "#1B1F24", "#59626D", "#A8323A"

#: One mark of a chart; coordinates are values of its axes.
Mark = dict[str, Any]


def line(
    x: Sequence[float] | np.ndarray,
    y: Sequence[float] | np.ndarray,
    colour: str,
    label: str = "",
    *,
    dash: str = "",
    width: float = 2.0,
    steps: bool = False,
) -> Mark:
    """Return a line, broken where a value is NaN, with its label at its end."""
    look = {"dash": dash, "width": width, "steps": steps}
    return {"kind": "line", "x": x, "y": y, "colour": colour, "label": label, **look}


def area(
    x: Sequence[float] | np.ndarray,
    low: Sequence[float] | np.ndarray,
    high: Sequence[float] | np.ndarray,
    colour: str,
    label: str = "",
    *,
    opacity: float = 0.2,
) -> Mark:
    """Return a band between two lines."""
    look = {"colour": colour, "label": label, "opacity": opacity}
    return {"kind": "area", "x": x, "low": low, "high": high, **look}


def bar(
    across: tuple[float, float],
    up: tuple[float, float],
    colour: str,
    label: str = "",
    *,
    opacity: float = 1.0,
) -> Mark:
    """Return a rectangle between two values of each axis."""
    (x0, x1), (y0, y1) = across, up
    corners = {"x0": x0, "x1": x1, "y0": y0, "y1": y1}
    return {"kind": "bar", **corners, "colour": colour, "label": label, "opacity": opacity}


def span(
    across: tuple[float, float],
    y: float,
    colour: str,
    label: str = "",
    *,
    width: float = 2.0,
    shift: float = 0.0,
    ends: bool = False,
) -> Mark:
    """Return an interval on a row; `width` and `shift` (downwards) in pixels."""
    look = {"colour": colour, "label": label, "width": width, "shift": shift, "ends": ends}
    return {"kind": "span", "x0": across[0], "x1": across[1], "y": y, **look}


def dot(x: float, y: float, colour: str, label: str = "", **look: Any) -> Mark:
    """Return a point, labelled where there is room.

    Parameters
    ----------
    x, y : float
        Where it is, on the axes.
    colour, label : str
        Its colour, and what it is called.
    **look
        `shape` (circle, square, diamond, cross, tick), `size` and `shift` (downwards) in pixels,
        `hollow`, `bold`, and `sides`: where the label may stand, the best place first, as "right",
        "above left".
    """
    return {"kind": "dot", "x": x, "y": y, "colour": colour, "label": label, **look}


def rule(
    label: str = "",
    *,
    x: float | None = None,
    y: float | None = None,
    colour: str = INK,
    dash: str = "5 4",
    between: tuple[float, float] | None = None,
) -> Mark:
    """Return a line across the chart at a value of one axis, or between two of the other one."""
    ends = {"y0": between[0], "y1": between[1]} if between else {}
    return {"kind": "rule", "x": x, "y": y, "colour": colour, "dash": dash, "label": label, **ends}


def text(
    x: float, y: float, said: str, *, colour: str = INK, anchor: str = "start", italic: bool = False
) -> Mark:
    """Return words at a point; `anchor` is start, middle or end."""
    look = {"colour": colour, "anchor": anchor, "italic": italic}
    return {"kind": "text", "x": x, "y": y, "text": said, **look}


@dataclass(frozen=True)
class Axis:
    """An axis with its marks already in words.

    Parameters
    ----------
    low, high : float
        Where it begins and ends, in its unit.
    ticks : mapping of float to str
        What is written where.
    label : str
        What it counts, with its unit.
    rows : bool
        Whether it is a list of rows, the first one on top, and not a scale.
    """

    low: float
    high: float
    ticks: Mapping[float, str]
    label: str = ""
    rows: bool = False

    @classmethod
    def over(
        cls,
        values: Iterable[float],
        say: Callable[[float], str],
        label: str = "",
        *,
        most: int = 6,
        within: tuple[float, float] = (-math.inf, math.inf),
    ) -> Axis:
        """Return a scale that holds all values, with about `most` round numbers on it.

        Examples
        --------
        >>> Axis.over([3, 97], "{:g}".format).ticks
        {0.0: '0', 20.0: '20', 40.0: '40', 60.0: '60', 80.0: '80', 100.0: '100'}
        """
        known = [float(value) for value in values if math.isfinite(value)] or [0.0, 1.0]
        low, high = min(known), max(known)
        room = 0.04 * (high - low) or 0.05 * abs(high) or 1.0
        low, high = max(low - room, within[0]), min(high + room, within[1])
        if not high > low:
            low, high = low - 0.5, high + 0.5
        step = _round_step((high - low) / most)
        first = math.ceil(low / step - 1e-9)
        last = math.floor(high / step + 1e-9)
        at = [round(n * step, 12) for n in range(first, last + 1)]
        return cls(low, high, {value: say(value) for value in at}, label)

    @classmethod
    def of_rows(cls, names: Sequence[str]) -> Axis:
        """Return an axis of named rows; row n is at n.

        Examples
        --------
        >>> Axis.of_rows(["draft", "now"]).ticks
        {0: 'draft', 1: 'now'}
        """
        return cls(-0.5, max(len(names), 1) - 0.5, dict(enumerate(names)), rows=True)

    def as_dict(self) -> dict[str, Any]:
        """Return what the browser draws."""
        ticks = [{"at": at, "text": said} for at, said in self.ticks.items()]
        ends = {"min": self.low, "max": self.high, "rows": self.rows}
        return {**ends, "ticks": ticks, "label": self.label}


def _round_step(step: float) -> float:
    """Return the next larger of 1, 2, 2.5, 5 times a power of ten."""
    power: float = 10.0 ** math.floor(math.log10(step))
    return next(n * power for n in (1, 2, 2.5, 5, 10) if n * power >= step * (1 - 1e-9))


@dataclass(frozen=True)
class Figures:
    """The numbers of a chart as a table, for who cannot or would not see it."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Picture:
    """What a chart shows.

    Parameters
    ----------
    title : str
        What is asked, above the chart.
    says : str
        What is seen in a sentence, for who cannot see it.
    across, up : Axis
        The axes.
    marks : sequence of Mark
        Drawn in this order.
    figures : Figures, optional
        The table under it.
    height : float
        Height of the area between the axes, where it has no rows. [pixel]
    right : float
        Room for labels to the right of it. [pixel]
    """

    title: str
    says: str
    across: Axis
    up: Axis
    marks: Sequence[Mark] = field(default_factory=list)
    figures: Figures | None = None
    height: float = 220.0
    right: float = 12.0

    def as_dict(self) -> dict[str, Any]:
        """Return what the browser draws: plain values, with None for NaN."""
        shown: dict[str, Any] = {
            "title": self.title,
            "says": self.says,
            "x": self.across.as_dict(),
            "y": self.up.as_dict(),
            "marks": list(self.marks),
            "height": self.height,
            "right": self.right,
            "rules_named": any(
                mark["kind"] == "rule" and mark["x"] is not None and mark["label"]
                for mark in self.marks
            ),
        }
        if self.figures:
            shown["table"] = {
                "summary": _("{title}: as a table").format(title=self.title),
                "head": list(self.figures.head),
                "rows": [list(row) for row in self.figures.rows],
            }
        plain: dict[str, Any] = _plain(shown)
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value


class Chart(anywidget.AnyWidget):
    """A chart that is drawn anew in the browser whenever it is given another picture.

    Examples
    --------
    >>> chart = Chart()
    >>> rows = Axis.of_rows(["draft"])
    >>> chart.draw(Picture("Cost", "Cost is 3.", Axis.over([3], str), rows, [dot(3, 0, BUYER)]))
    >>> chart.picture["marks"][0]["kind"]
    'dot'
    """

    _esm = Path(__file__).with_name("chart.js")
    picture = traitlets.Dict().tag(sync=True)

    def draw(self, picture: Picture) -> None:
        """Show another picture."""
        self.picture = picture.as_dict()
