"""Pictures: what is gathered is checked with numbers, and each picture is drawn once."""

import numpy as np
import pytest
from matplotlib import pyplot as plt

import pbc_sim as pbc
from pbc_sim.language import said
from pbc_sim.show import plots
from pbc_sim.show.plots import comparison as comparison_plots
from pbc_sim.show.plots import trace as trace_plots


@pytest.fixture(scope="module")
def comparison(repository):
    scenario = pbc.load_scenario(repository / "scenarios" / "office_supplies.yaml")
    outcomes = pbc.run(scenario, replications=4, seed=1, workers=1, progress=False)
    return pbc.compare(outcomes.settle())


@pytest.fixture(autouse=True)
def _closed_figures():
    yield
    plt.close("all")


def test_money_row_holds_sample_quantiles_mean_and_interval(comparison):
    rows = comparison_plots._money_rows(comparison, "payments")

    names = list(comparison.results)
    assert [row.name for row in rows] == names
    for name, row in zip(names, rows, strict=True):
        result = comparison.results[name]
        title = " ".join(comparison.prices.contracts[name].title.split())
        assert " ".join(row.label.split()).startswith(f"{title} (")
        if result.plan == "walks away":
            continue
        sample = comparison.sample(name, "payments")
        np.testing.assert_array_equal(row.sample, sample)
        np.testing.assert_allclose(
            row.quantiles, np.quantile(sample, [0.05, 0.25, 0.5, 0.75, 0.95])
        )
        assert row.mean == result.amounts["payments"].mean
        assert row.ci95 == result.amounts["payments"].ci95


def test_contract_that_nobody_signs_has_a_row_without_numbers(comparison):

    row = comparison_plots._money_rows(comparison, "buyer_cost")[
        list(comparison.results).index("harsh")
    ]

    assert row.sample is None
    assert np.isnan(row.quantiles).all()
    assert np.isnan(row.mean)


def test_kpi_rows_are_the_contracts_that_have_the_kpi_signed_or_not(comparison):
    rows = comparison_plots._kpi_rows(comparison, "returns")

    assert [row.name for row, _ in rows] == [
        name for name, contract in comparison.prices.contracts.items() if "returns" in contract.kpis
    ]
    for row, found in rows:
        if "walks away" in row.label:
            assert (row.sample, found) == (None, None)
            continue
        assert row.mean == pytest.approx(row.sample.mean())
        assert found.level in (0.01, 0.02)
        assert found.better == "lower"


def test_density_is_scaled_to_one_and_flat_for_equal_values():
    x, height = comparison_plots._density(np.array([1.0, 2.0, 2.0, 3.0]))
    assert (x[0], x[-1]) == (1, 3)
    assert height.max() == 1
    assert x[height.argmax()] == pytest.approx(2, abs=0.02)

    x, height = comparison_plots._density(np.full(5, 7.0))
    assert x.tolist() == [7, 7]
    assert height.tolist() == [0, 1]


def test_density_of_one_replication_is_drawn_as_a_line():

    x, _ = comparison_plots._density(np.array([7.0]))

    assert x.tolist() == [7, 7]


@pytest.mark.parametrize("amount", ["buyer_cost", "payments", "supplier_profit"])
def test_picture_of_money_has_a_row_a_contract_and_readable_amounts(amount, comparison):

    ax = plots.plot_money(comparison, amount)
    ax.figure.canvas.draw()

    labels = [" ".join(t.get_text().split()) for t in ax.get_yticklabels()]
    titles = [" ".join(c.title.split()) for c in comparison.prices.contracts.values()]
    assert [label.partition(" (")[0] for label in labels] == titles
    assert all("IDR" in t.get_text() for t in ax.get_xticklabels())
    assert "The supplier walks away" in [t.get_text() for t in ax.texts]
    assert ("outside option" in [t.get_text() for t in ax.texts]) == (amount == "supplier_profit")


@pytest.mark.parametrize("kpi", ["fulfilment", "accuracy", "returns"])
def test_picture_of_a_kpi_marks_each_target(kpi, comparison):

    ax = plots.plot_kpi(comparison, kpi)
    ax.figure.canvas.draw()

    words = [t.get_text() for t in ax.texts if t.get_text().startswith("target ")]
    assert len(words) == sum(kpi in result.kpis for result in comparison.results.values())
    assert ("lower is better" if kpi == "returns" else "higher is better") in ax.get_title("left")


def test_pictures_draw_into_given_axes(comparison):
    figure, axes = plt.subplots(1, 2)

    assert plots.plot_money(comparison, "payments", ax=axes[0]) is axes[0]
    assert plots.plot_kpi(comparison, "accuracy", ax=axes[1]) is axes[1]
    assert plt.get_fignums() == [figure.number]


def test_words_of_a_target_stand_above_the_densities(comparison):
    ax = plots.plot_kpi(comparison, "fulfilment")
    ax.figure.canvas.draw()
    words = [text for text in ax.texts if text.get_text().startswith("target")]
    shades = [path.get_extents(shade.get_transform()) for shade in ax.collections
              for path in shade.get_paths() if len(path.vertices) > 100]  # fmt: skip

    assert len(words) == len(shades)
    assert not any(w.get_window_extent().overlaps(s) for w in words for s in shades)
    assert all(ax.bbox.y1 >= word.get_window_extent().y1 for word in words)


def test_panels_of_kpis_name_contracts_by_their_titles(comparison):
    figure = plots.figure_kpis(comparison)

    labels = {" ".join(t.get_text().split()) for ax in figure.axes for t in ax.get_yticklabels()}
    assert "Performance-based, the three KPIs of 2022 (More stock and checks)" in labels
    assert not any(label.startswith(tuple(comparison.results)) for label in labels)


@pytest.mark.parametrize("draw", [plots.figure_money, plots.figure_kpis])
def test_figure_is_drawn_and_says_its_sample_size(draw, comparison, tmp_path):

    figure = draw(comparison)
    figure.savefig(tmp_path / "figure.png")

    assert "4 simulated replications, seed 1" in " ".join(figure.get_supxlabel().split())
    assert (tmp_path / "figure.png").stat().st_size > 10_000


def test_figure_of_one_replication_is_drawn(repository):
    scenario = pbc.load_scenario(repository / "scenarios" / "office_supplies.yaml")
    one = {"traditional": scenario.contracts["traditional"]}
    outcomes = pbc.run(scenario, 1, 1, contracts=one, workers=1, progress=False)

    comparison = pbc.compare(outcomes.settle(one), plan="careful")

    for draw in (plots.figure_money, plots.figure_kpis):
        draw(comparison).canvas.draw()


def test_contracts_without_any_kpi_have_no_kpi_picture(repository):
    scenario = pbc.load_scenario(repository / "scenarios" / "office_supplies.yaml")
    bare = {"bare": pbc.Contract(title="No KPI")}
    outcomes = pbc.run(scenario, 2, 1, contracts=bare, workers=1, progress=False)

    with pytest.raises(pbc.PbcError, match="no KPI to draw"):
        plots.figure_kpis(pbc.compare(outcomes.settle(bare), plan="careful"))


@pytest.fixture(scope="module")
def told(repository):
    return pbc.trace(pbc.load_scenario(repository / "scenarios" / "pilot_office.yaml"), "in_parts")


def test_panels_of_a_timeline_start_and_end_with_its_span(told):
    narrow = told.only(item="toner", between=(30, 60))

    steps = trace_plots._trace_steps(narrow)

    for panel in steps:
        assert panel.when[0] == np.datetime64("2024-01-31")  # 30 days from the first of January
        assert panel.when[-1] == np.datetime64("2024-03-01")
        assert len(panel.when) == len(panel.level)
    # The first level is the one that stood when the span began.
    stock = narrow.stock_levels("on_hand")
    assert steps[0].level[0] == stock.level[stock.when <= 30][-1]


def test_breaches_of_an_item_are_those_of_orders_that_ask_for_it(told):
    all_orders, of_item = (
        trace_plots._trace_breaches(told),
        trace_plots._trace_breaches(told.only(item="toner")),
    )

    assert set(of_item) < set(all_orders)
    assert len(of_item) > 0


def test_picture_of_a_timeline_shows_dates_and_what_it_is_about(told, tmp_path):
    figure = plots.plot_trace(told, item="toner")
    figure.savefig(tmp_path / "trace.png")

    stock, _, under_way = figure.axes
    assert stock.get_title("left") == "Toner (toner): stock, backorders and orders under way"
    assert "replication 0 (simulated)" in figure.get_supxlabel()
    assert "Feb 2024" in [label.get_text() for label in under_way.get_xticklabels()]
    goods_in = stock.get_legend().get_texts()[0].get_text()
    assert goods_in == f"goods in ({len(told.only(item='toner').goods_in)})"


def test_picture_of_a_quiet_span_is_drawn(told):
    plots.plot_trace(told.only(between=(0, 0.1))).canvas.draw()


def test_operating_characteristic_draws_its_curves_and_names_every_plan(comparison):
    found = pbc.operating_characteristic(comparison.prices, "pbc_2022", "accuracy")

    ax = plots.plot_operating_characteristic(found)

    named = " ".join("; ".join(text.get_text() for text in ax.texts).split()).split("; ")
    plans = comparison.prices.outcomes.scenario.plans.values()
    assert sorted(named) == sorted(said(plan.label) for plan in plans)
    one, some = ax.lines[:2]
    assert (np.asarray(one.get_ydata()) <= np.asarray(some.get_ydata()) + 1e-12).all()
    assert ax.get_xlabel() == "true order accuracy"
    plt.close(ax.figure)


def test_operating_characteristic_without_a_curve_draws_points_alone(comparison):
    found = pbc.operating_characteristic(comparison.prices, "pbc_2022", "returns")
    figure, ax = plt.subplots()

    assert plots.plot_operating_characteristic(found, ax=ax) is ax
    assert "one review" not in [text.get_text() for text in ax.get_legend().get_texts()]
    plt.close(figure)


def test_exceedance_has_a_line_for_each_signed_contract(comparison):
    ax = plots.plot_exceedance(comparison, "buyer_cost")

    drawn = [line for line in ax.get_lines() if not line.get_label().startswith("_")]
    curves = comparison.exceedance("buyer_cost")
    assert len(drawn) == len(curves.index.unique()) == len(ax.collections)
    first = curves.loc[[curves.index[0]]]
    np.testing.assert_array_equal(drawn[0].get_xdata(), first["threshold"])
    np.testing.assert_array_equal(drawn[0].get_ydata(), first["probability"])
    assert "4 simulated replications, seed 1" in ax.get_xlabel()


def test_a_picture_of_fresh_futures_says_so(repository):
    scenario = pbc.load_scenario(repository / "scenarios" / "pilot_office.yaml")
    outcomes = pbc.run(scenario, replications=4, seed=1, workers=1, progress=False)
    found = pbc.design(outcomes, candidates=4, rounds=0, workers=1)
    talks = found.negotiate()

    ax = plots.plot_negotiation(talks)

    assert "seed 1, fresh: after the first 4" in ax.get_xlabel()
    said = f"{len(talks.zone)} of {len(talks.table)} contracts in the zone of agreement"
    assert said in ax.get_title(loc="left")
    assert (
        "fresh"
        not in plots.plot_negotiation(pbc.negotiate(outcomes, scenario.contracts)).get_xlabel()
    )


def test_no_target_is_written_as_a_power_of_ten(comparison):
    from matplotlib.text import Text

    figure = plots.figure_kpis(comparison)

    assert not any("e+0" in text.get_text() for text in figure.findobj(Text))
