"""Pictures of what nobody knows: which parameter matters, and where a contract fails."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

import pbc_sim as pbc
from pbc_sim.cli import main
from pbc_sim.language import speaking
from pbc_sim.show.plots import plot_failure_box, plot_morris, plot_sobol, plot_tornado

ERRORS, ORDERS = "world.picking.error_share", "costs.buyer.per_returned_unit"
LAWS = {
    ERRORS: {"uniform": {"low": 0, "high": 0.4}},
    ORDERS: {"uniform": {"low": 0, "high": 20}},
}


@pytest.fixture(scope="module")
def outcomes(small):
    told = pbc.Scenario.model_validate(small.model_dump() | {"uncertain": {"parameters": LAWS}})
    return pbc.run(told, 200, seed=4, workers=1, progress=False)


@pytest.fixture
def shares():
    columns = ["first", "first_low", "first_high", "total", "total_low", "total_high"]
    rows = {ERRORS: [0.6, 0.5, 0.7, 0.8, 0.7, 0.9], ORDERS: [0.2, np.nan, np.nan, 0.3, 0.2, 0.5]}
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


@pytest.fixture
def effects():
    columns = ["mu_star", "mu_star_low", "mu_star_high", "mu", "sigma"]
    rows = {ERRORS: [4e6, 3e6, 5e6, 4e6, 1e6], ORDERS: [1e6, 0.0, 2e6, -1e6, 2e6]}
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def test_shares_of_variance_stand_at_their_values_with_their_intervals(shares):
    ax = plot_sobol(shares)

    first, total = ax.containers
    assert first[0].get_xdata().tolist() == [0.6, 0.2]
    assert total[0].get_xdata().tolist() == [0.8, 0.3]
    # An interval that cannot be had is left out, and drops no mark.
    ends = [segment[:, 0].tolist() for segment in first[2][0].get_segments()]
    assert ends == [pytest.approx([0.5, 0.7]), pytest.approx([0.2, 0.2])]
    assert [label.get_text() for label in ax.get_yticklabels()] == [ERRORS, ORDERS]
    assert ax.get_title("left").endswith(f"comes from\n{ERRORS}")
    plt.close(ax.figure)


def test_no_unknown_is_named_the_most_where_intervals_overlap(shares, effects):
    shares.loc[ERRORS, "total_low"] = 0.4
    effects.loc[ERRORS, "mu_star_low"] = 1.5e6

    for ax in (plot_sobol(shares), plot_morris(effects, currency="IDR")):
        assert ERRORS not in ax.get_title("left")
        assert "too few" in ax.get_title("left")
        plt.close(ax.figure)


def test_a_tornado_names_the_most_only_where_it_surely_is():
    columns = ["at_low", "at_low_from", "at_low_to", "at_high", "at_high_from", "at_high_to"]
    rows = {ERRORS: [-4e6, -5e6, -3e6, 3e6, -1e6, 7e6], ORDERS: [1e6, 0.5e6, 2e6, -1e6, -2e6, 0.0]}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    table = table.assign(value_low=1.0, value_high=2.0)

    clear = plot_tornado(table, currency="IDR")
    # An end whose interval holds 0 is no sure change, and now the other one may be larger.
    table.loc[ERRORS, "at_low_to"] = 0.5e6
    unclear = plot_tornado(table, currency="IDR")

    assert clear.get_title("left") == f"What moves buyer's cost most is\n{ERRORS}"
    assert ERRORS not in unclear.get_title("left")
    assert "too few" in unclear.get_title("left")
    for ax in (clear, unclear):
        plt.close(ax.figure)


def test_words_of_a_picture_stay_within_it(shares, effects):
    """With a long path beside the axis and longer words in Indonesian; the last legend is below."""
    long = "world.demand.units.intensive_care.orders_per_business_day"
    with speaking("id"):
        for ax in (
            plot_sobol(shares.rename({ERRORS: long})),
            plot_morris(effects.rename({ERRORS: long}), currency="IDR"),
        ):
            ax.figure.canvas.draw()
            words = ax.xaxis.label.get_window_extent()
            assert "\n" in ax.get_yticklabels()[0].get_text()
            assert words.x0 >= 0
            assert words.x1 <= ax.figure.bbox.x1
            plt.close(ax.figure)
        assert ax.get_legend().get_window_extent().y1 <= words.y0


def test_effects_are_bars_in_money_beside_their_spread(effects):
    ax = plot_morris(effects, currency="IDR")

    assert [bar.get_width() for bar in ax.patches] == [4e6, 1e6]
    spread = next(line for line in ax.get_lines() if "spread" in str(line.get_label()))
    assert spread.get_xdata().tolist() == [1e6, 2e6]
    ax.figure.canvas.draw()
    assert "IDR" in ax.get_xticklabels()[1].get_text()
    plt.close(ax.figure)
    with speaking("id"):
        ax = plot_morris(effects, currency="IDR")
        title = f"Yang paling mengubah biaya pengguna barang adalah\n{ERRORS}"
        assert ax.get_title("left") == title
    plt.close(ax.figure)


def test_the_frame_of_a_failure_box_holds_the_failures(outcomes):
    errors, cost = (outcomes.parameters.sel(parameter=p).values for p in (ERRORS, ORDERS))
    fails = (errors > 0.25) & (cost > 8)
    box = pbc.failure_box(outcomes, fails)

    ax = plot_failure_box(box, outcomes, fails)

    row = list(box.limits.index).index(ERRORS)
    frame = ax.patches[row]
    begin = errors.min() + frame.get_x() * np.ptp(errors)
    assert begin == pytest.approx(box.limits.loc[ERRORS, "low"])
    failing = [line for line in ax.get_lines() if line.get_marker() == "x"][row]
    inside = (failing.get_xdata() >= frame.get_x()).mean()
    assert len(failing.get_xdata()) == fails.sum()
    assert inside == ((errors >= box.limits.loc[ERRORS, "low"]) & fails).sum() / fails.sum() > 0.7
    assert "200 futures" in ax.get_xlabel()
    plt.close(ax.figure)


def test_a_box_without_limits_is_not_drawn(outcomes):
    fails = np.arange(200) % 4 < 2
    box = pbc.failure_box(outcomes, fails)
    free = type(box)(box.limits.iloc[:0], box.inside, box.outside, 1.0, 1.0, box.path)

    with pytest.raises(pbc.PbcError, match="nothing to draw"):
        plot_failure_box(free, outcomes, fails)


@pytest.fixture
def unsure(small_text, tmp_path):
    path = tmp_path / "unsure.yaml"
    laws = "".join(f"    {parameter}: {law}\n" for parameter, law in LAWS.items())
    path.write_text(f"{small_text}\nuncertain:\n  parameters:\n{laws}", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("method", "options", "told"),
    [
        ("tornado", ["--replications", "3"], "change at the high value"),
        ("morris", ["--replications", "2", "--walks", "2"], "mean size of its effects"),
        ("sobol", ["--replications", "2", "--points", "2"], "with the others (total)"),
        ("box", ["--replications", "200"], "It fails where buyer's cost is above € "),
    ],
)
def test_unknowns_are_asked_and_drawn_from_a_terminal(
    method, options, told, unsure, tmp_path, capsys
):
    picture = tmp_path / "unknowns.png"
    asked = ["unknowns", str(unsure), "--contract", "fined", "--method", method, *options]

    assert main([*asked, "--plan", "lean", "--output", str(picture)]) == 0
    out = capsys.readouterr().out
    assert told in out
    # A table on paper says what it is of and what it rests on, as its picture does.
    assert "Fined" in out.partition("\n")[0]
    assert f"{options[1]} replications" in out
    assert "seed 1" in out
    assert "buyer's cost" in out
    assert ERRORS in out
    assert out.endswith(f"{picture}\n")
    assert picture.stat().st_size > 5000
    assert main([*asked, "--plan", "lean", "--format", "csv"]) == 0
    assert capsys.readouterr().out.startswith("parameter,")


def test_what_fails_is_below_for_a_profit(unsure, capsys):
    asked = ["unknowns", str(unsure), "--contract", "fined", "--plan", "lean", "--method", "box"]

    assert main([*asked, "--amount", "supplier_profit", "--replications", "200"]) == 0
    assert "It fails where supplier's profit is below € " in capsys.readouterr().out
    assert main([*asked, "--fails-at", "-1", "--replications", "40"]) == 2
    assert "20 of 20 futures of a half fail" in capsys.readouterr().err
