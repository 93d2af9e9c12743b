import pandas as pd

from pbc_sim.decision.laid_out import laid_out
from pbc_sim.language import Texts, speaking

LONG = "Traditional, goods paid on acceptance and service for a fixed fee, without any target"


def test_a_long_title_takes_several_lines_and_no_wide_column():
    table = pd.DataFrame({LONG: ["IDR 1 m"], "would sign": ["yes"]}, index=[LONG])

    lines = laid_out(table).splitlines()

    assert max(map(len, lines)) < len(LONG)
    words = " ".join(" ".join(line.split()) for line in lines)
    assert all(word in words for word in LONG.split())
    assert next(line for line in lines if "IDR 1 m" in line).endswith("yes")


def test_a_path_is_not_broken_within_a_word():
    path = "incentives.1.lump_sum.if_missed"

    assert path in laid_out(pd.DataFrame({path: ["1"]}, index=["draft"]))


def test_an_outer_name_is_said_once():
    index = pd.MultiIndex.from_tuples(
        [("usual", "mild"), ("usual", "harsh"), ("dear", "harsh")], names=["supplier", "contract"]
    )

    text = laid_out(pd.DataFrame({"signed": ["yes", "no", "no"]}, index=index))

    assert text.splitlines()[0].split() == ["supplier", "contract", "signed"]
    assert (text.count("usual"), text.count("dear"), text.count("harsh")) == (1, 1, 2)


def test_a_cell_is_said_in_the_language_spoken():
    table = pd.DataFrame({"fee": [Texts({"en": "late fee", "id": "denda keterlambatan"})]})

    with speaking("id"):
        assert "denda keterlambatan" in laid_out(table)


def test_columns_without_room_stand_in_further_tables_beside_the_same_names():
    figures = {f"amount {n}": [f"IDR {n} m", f"IDR {n}0 m"] for n in range(5)}
    table = pd.DataFrame(figures, index=["mild", "harsh"])

    tables = laid_out(table, 30).split("\n\n")

    assert [part.splitlines()[0].split()[1::2] for part in tables] == [
        ["0", "1"],
        ["2", "3"],
        ["4"],
    ]
    for part in tables:
        assert max(map(len, part.splitlines())) <= 30
        assert [line.split()[0] for line in part.splitlines()[1:]] == ["mild", "harsh"]
    # Nothing is lost or said twice, and one column stands wherever there is no room for any.
    assert [" ".join(tables).count(f"IDR {n}0 m") for n in range(5)] == [1] * 5
    assert laid_out(table, 1).count("\n\n") == 4
    assert "\n\n" not in laid_out(table)


def test_a_terminal_says_how_long_lines_may_be(monkeypatch):
    table = pd.DataFrame({f"amount {n}": ["IDR 1 m"] for n in range(9)})
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)

    assert max(map(len, laid_out(table).splitlines())) <= 80
