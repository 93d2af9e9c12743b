"""The picture of a debriefing shows what was played first, and the same luck beside it."""

import pytest
from matplotlib import pyplot as plt

from pbc_sim.decision.game import debrief, read_log
from pbc_sim.show import plots
from pbc_sim.show.plots import game as game_plots


@pytest.fixture(scope="module")
def recorded(repository):
    log = repository / "notebooks" / "recorded_game.jsonl"
    return debrief(read_log(log.read_text(encoding="utf-8")))


def test_rows_begin_with_what_was_played(recorded):
    rows = game_plots._rows(recorded, "supplier_profit")

    assert rows.names[0] == "as played"
    assert rows.amounts[0] == recorded.played.supplier_profit
    assert rows.amounts[-1] >= rows.amounts[-2]


def test_a_dot_and_its_amount_stand_in_each_row(recorded):
    figure = plots.figure_debrief(recorded)

    for ax in figure.axes:
        assert len(ax.lines) == len(ax.texts) == len(recorded.beside)
        assert all("IDR" in text.get_text() for text in ax.texts)
    plt.close(figure)


def test_the_recorded_game_lists_what_differs_from_the_computer(recorded):
    table = recorded.table

    assert table["role"].iloc[0] == "buyer"
    assert len(table) == sum(not effect.is_as_advised for effect in recorded.effects)
    assert (
        table["decided"].iloc[0].startswith("offer: numbers payment.catalogue_price.factor: 0.91")
    )
