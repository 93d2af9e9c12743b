"""Pictures of responses, fair targets, price tags, precision and variances say what was found."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.text import Text

import pbc_sim as pbc
from pbc_sim.language import said
from pbc_sim.scenario import SupplierType
from pbc_sim.show import plots
from pbc_sim.show.plots import fair_targets as fair_plots
from pbc_sim.show.plots import price_tags as tag_plots
from pbc_sim.show.plots import response as response_plots

FACTOR = "payment.catalogue_price.factor"


@pytest.fixture(scope="module")
def office(repository):
    return pbc.load_scenario(repository / "scenarios" / "pilot_office.yaml")


@pytest.fixture(scope="module")
def outcomes(office):
    return pbc.run(office, 12, seed=1, workers=1, progress=False)


@pytest.fixture(scope="module")
def response(outcomes):
    kinds = {
        "usual": SupplierType(weight=3),
        "dear": SupplierType(cost_factor=9, label="Buys dear"),
        "vague": SupplierType(precision=1e-7),
    }
    return pbc.respond(outcomes.settle(), kinds)


@pytest.fixture(autouse=True)
def _closed_figures():
    yield
    plt.close("all")


def words_in(drawn):
    figure = getattr(drawn, "figure", None) or drawn
    figure.canvas.draw()
    return "\n".join(text.get_text() for text in figure.findobj(Text))


def test_rows_of_a_response_are_the_best_plans_with_their_intervals(response):
    rows = response_plots._rows(response)

    assert [(row.contract, row.kind) for row in rows] == [
        (contract, kind) for contract in response.prices.contracts for kind in response.suppliers
    ]
    for row in rows:
        worth = response.table.loc[(row.kind, row.contract)].drop("walks away")["certainty"]
        assert (row.plan, row.certainty) == (worth.idxmax(), pytest.approx(worth.max()))
        assert row.ci95[0] < row.certainty < row.ci95[1]
        away = response.chances(row.kind, row.contract)["walks away"]
        assert row.signs == pytest.approx(1 - away)


def test_the_picture_of_a_response_says_who_walks_away(response):
    figure = plots.figure_response(response)

    words = words_in(figure)
    assert f"0 of {len(response.prices.contracts)} contracts are signed by every kind" in words
    assert "walks away" in words
    assert "Buys dear (20%)" in words
    assert "12 simulated replications, seed 1. Lines: 95% intervals" in words
    # Nobody says what the buyer bears alone where a kind walks away.
    assert "not known: nobody says what it bears alone" in words


def test_curves_of_fair_targets_rise_and_pass_what_the_table_says(office):
    kpi = next(iter(office.contracts["pilot"].kpis))
    found = pbc.fair_targets(office, "pilot", kpi, "in_parts", replications=60)

    curves = fair_plots._curves(found)

    sign = 1 if office.contracts["pilot"].kpis[kpi].target.direction == "higher" else -1
    for review, curve in curves.groupby("review"):
        ordered = curve.sort_values("target", ascending=sign > 0)
        assert ordered["fined"].is_monotonic_increasing
        assert (curve["low"] <= curve["fined"]).all()
        assert (curve["fined"] <= curve["high"]).all()
        # The value of the table lies between those of the targets beside it.
        row = found.table.loc[review]
        stricter = sign * ordered["target"] >= sign * row["target"]
        assert ordered["fined"][stricter].min() >= row["fined"]
        assert ordered["fined"][~stricter].max() <= row["fined"]
    words = words_in(plots.figure_fair_targets(found))
    assert "60 simulated replications, seed 1" in words
    assert f"{said(office.plans['in_parts'].label)}, which deserves full pay" in words


def test_a_plan_is_caught_as_often_as_the_table_says(office):
    kpi = next(iter(office.contracts["pilot"].kpis))
    found = pbc.fair_targets(office, "pilot", kpi, "in_parts", replications=60)

    assert found.replications == 60
    for review, row in found.table.iterrows():
        assert found.missed(review, "in_parts", row["target"]).estimate == row["fined"]
        for plan in set(office.plans) - {"in_parts"}:
            caught = found.missed(review, plan, row["target"])
            assert caught.estimate == row[f"caught: {plan}"]


def test_price_tags_have_a_row_a_change_and_a_panel_a_kpi_that_moves():
    index = pd.MultiIndex.from_product(
        [["a.b", "c.d"], ["buyer_cost", "supplier_profit", "in_time", "right"]],
        names=["change", "outcome"],
    )
    table = pd.DataFrame({"before": 1.0, "after": 0.5, "effect": 0.0}, index=index)
    table["plan_before"], table["plan_after"] = "lean", ["lean"] * 4 + ["walks away"] * 4
    table.loc[("a.b", "in_time"), "effect"] = 0.01

    assert tag_plots._changes(table) == ["a.b\n1 → 0.5", "c.d\n1 → 0.5\nwalks away"]
    assert tag_plots._kpis(table, dict.fromkeys(["in_time", "right"])) == ["in_time"]


def test_the_picture_of_price_tags_shows_means_and_intervals(outcomes):
    table = pbc.clause_prices(outcomes, "pilot", {FACTOR: 1.0})

    ax = plots.plot_price_tags(table, outcomes, "pilot")

    drawn = [line.get_xdata()[0] for line in ax.lines if len(line.get_xdata()) == 1]
    for amount in ("buyer_cost", "supplier_profit"):
        assert table.loc[(FACTOR, amount), "effect"] in drawn
    assert "12 simulated replications, seed 1" in ax.get_xlabel()
    assert "hold together" in words_in(plots.figure_price_tags(table, outcomes, "pilot"))


@pytest.mark.parametrize(
    "wanted", [{"absolute": {"payments": 1e6}}, {"relative": {"payments": 0.1}}]
)
def test_half_widths_end_where_the_table_says(office, wanted):
    found = pbc.run_until(office, pilot=12, most=40, seed=1, workers=1, **wanted)

    history = found.history("payments")
    ax = plots.plot_precision(found, "payments")

    last = found.table.xs("payments", level="amount")["half_width"]
    assert history.index[-1] == found.outcomes.replications
    assert history.iloc[-1].to_dict() == pytest.approx(last.to_dict())
    half = pbc.run_until(office, pilot=12, most=12, seed=1, workers=1, **wanted)
    of_pilot = half.table.xs("payments", level="amount")["half_width"]
    assert history.loc[12].to_dict() == pytest.approx(of_pilot.to_dict())
    assert f"after {found.outcomes.replications} replications" in ax.get_title(loc="left")
    assert (" not yet " in ax.get_title(loc="left")) != found.reached
    with pytest.raises(pbc.PbcError, match="unknown amount of this study 'buyer_cost'"):
        found.history("buyer_cost")


def test_a_variance_is_split_where_the_estimate_says(repository):
    story = pbc.load_scenario(repository / "scenarios/harbour_strike.yaml")
    levels = story.uncertain.model_copy(update={"replications_each": 2})
    two_level = story.model_copy(update={"uncertain": levels})
    outcomes = pbc.run(two_level, 12, seed=1, workers=1, progress=False)
    split = pbc.variance_split(outcomes.settle(), "strict", "lean")

    ax = plots.plot_variance_split({"strict": split}, outcomes)

    assert [bar.get_width() for bar in ax.patches] == [split.share, 1 - split.share]
    low, high = split.share_ci95
    ends = [path.vertices[:, 0].tolist() for path in ax.collections[0].get_paths()]
    assert ends[0] == pytest.approx([low, high])
    assert "12 simulated replications, seed 1, 6 draws" in " ".join(ax.get_xlabel().split())
    assert ax.get_title(loc="left").startswith("Buyer's total cost: ")


def test_what_is_uncertain_is_drawn_with_its_sample(repository):
    story = pbc.load_scenario(repository / "scenarios/harbour_strike.yaml")
    swings = pbc.tornado(story, "strict", plan="lean", replications=2)
    effects = pbc.morris_screening(story, "strict", plan="lean", walks=2, replications=2)

    for table, draw, values in ((swings, plots.plot_tornado, 9), (effects, plots.plot_morris, 10)):
        said = draw(table, currency="EUR").get_xlabel()
        assert said.endswith(f"{values} values tried; each with 2 simulated replications, seed 1")
    # A table that somebody made has nothing to tell, and nothing is made up.
    swings.attrs = {}
    assert "values tried" not in plots.plot_tornado(swings, currency="EUR").get_xlabel()
    shares = pbc.sobol_indices(story, "strict", plan="lean", points=2, replications=2)
    assert "12 values tried" in plots.plot_sobol(shares).get_xlabel()
    assert np.isfinite(shares["total"]).all()
