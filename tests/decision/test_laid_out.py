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
