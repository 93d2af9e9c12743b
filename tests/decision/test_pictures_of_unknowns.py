"""Pictures of what nobody knows: which parameter matters, and where a contract fails."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

import pbc_sim as pbc
from pbc_sim.language import speaking
from pbc_sim.show.plots import plot_failure_box, plot_morris, plot_sobol

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
