"""Charts reach the browser as plain values, with round numbers on their axes."""

import json
from pathlib import Path

import numpy as np
import pytest

from pbc_sim.language import speaking
from pbc_sim.show.apps import chart as charts
from pbc_sim.show.apps.chart import Axis, Figures, Picture, area, dot, line, rule, span


def luminance(colour):
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("name", ["BUYER", "SUPPLIER", "GOOD", "OTHER", "INK", "MUTED", "BAD"])
def test_every_colour_can_be_read_as_text_on_white(name):
    contrast = 1.05 / (luminance(getattr(charts, name)) + 0.05)

    assert contrast >= 4.5


def test_a_missing_value_reaches_the_browser_as_null():
    axis = Axis.over([0, 1], str)
    marks = [line(np.arange(3), np.array([1.0, np.nan, 2.0]), charts.BUYER)]

    sent = json.loads(
        json.dumps(Picture("A", "says", axis, axis, marks).as_dict(), allow_nan=False)
    )

    assert sent["marks"][0]["y"] == [1.0, None, 2.0]


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([0.0, 1.0], ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        ([-3e6, 9e6], ["-2.5e+06", "0", "2.5e+06", "5e+06", "7.5e+06"]),
        ([5.0, 5.0], ["4.8", "4.9", "5", "5.1", "5.2"]),  # all equal
        ([], ["0", "0.2", "0.4", "0.6", "0.8", "1"]),  # nothing known
        ([float("nan"), 2.0, 4.0], ["2", "2.5", "3", "3.5", "4"]),
    ],
)
def test_an_axis_has_round_numbers_and_holds_all_values(values, ticks):
    axis = Axis.over(values, "{:g}".format)

    assert list(axis.ticks.values()) == ticks
    assert all(axis.low <= value <= axis.high for value in values if value == value)


def test_an_axis_stays_within_what_can_be():
    axis = Axis.over([0.9, 1.0], "{:g}".format, within=(0.0, 1.0))

    assert axis.high == 1.0


def test_a_row_of_a_chart_is_where_its_name_is():
    axis = Axis.of_rows(["first", "second"])

    assert axis.as_dict() == {
        "min": -0.5,
        "max": 1.5,
        "rows": True,
        "ticks": [{"at": 0, "text": "first"}, {"at": 1, "text": "second"}],
        "label": "",
    }


def test_the_table_of_a_chart_is_named_in_the_language_spoken():
    axis = Axis.over([0, 1], str)
    picture = Picture("Biaya", "…", axis, axis, [], Figures(("a",), (("1",),)))

    with speaking("id"):
        named = picture.as_dict()["table"]["summary"]

    assert named == "Biaya: sebagai tabel"


def test_every_kind_of_mark_is_drawn_by_the_browser():
    script = Path(charts.__file__).with_suffix(".js").read_text(encoding="utf-8")
    marks = [
        line([0], [1], charts.BUYER),
        area([0], [0], [1], charts.BUYER),
        charts.bar((0, 1), (0, 1), charts.BUYER),
        span((0, 1), 0, charts.BUYER),
        dot(0, 0, charts.BUYER),
        rule("here", x=0.5),
        charts.text(0, 0, "said"),
    ]

    assert [m["kind"] for m in marks if f"\n  {m['kind']}(scene, mark)" not in script] == []
