"""Contracts ranked on stored futures, and simulated until one of them is the best."""

import numpy as np
import pytest

import pbc_sim as pbc
from pbc_sim.language import speaking
from pbc_sim.show import plots
from pbc_sim.show.plots import ranking as ranking_plots


@pytest.fixture(scope="module")
def comparison(small_outcomes):
    base = small_outcomes.scenario.contracts["fined"].model_dump()
    dearer = base | {"payment": {"catalogue_price": {"factor": 1.3}}}
    contracts = dict(small_outcomes.scenario.contracts)
    contracts |= {"dearer": pbc.Contract.model_validate(dearer)}
    return pbc.compare(small_outcomes.settle(contracts))


def test_the_cheapest_may_be_the_best_and_the_dearest_is_not(comparison):
    found = pbc.rank(comparison)

    assert found.table.index[-1] == "dearer"
    assert "dearer" not in found.possibly_best
    assert found.table.index[0] in found.possibly_best
    means = {name: values.mean() for name, values in found.samples.items()}
    assert found.table["mean"].to_dict() == pytest.approx(means)
    assert "yes" in str(found)


def test_of_profit_the_largest_is_best(comparison):
    found = pbc.rank(comparison, "supplier_profit")

    assert found.table.index[0] == "dearer"
    assert found.possibly_best == ["dearer"]
    assert found.table["mean"].iloc[0] > 0


def test_picture_shades_what_may_be_best_and_shows_two_percentiles(comparison):
    found = pbc.rank(comparison)
    rows = ranking_plots._rows(found)

    for name, row in zip(found.table.index, rows, strict=True):
        for value, low, high in row.percentiles:
            assert low <= value <= high
            assert row.sample.min() <= low
        np.testing.assert_array_equal(row.sample, found.samples[name])
    ax = plots.plot_ranking(found)
    ax.figure.canvas.draw()
    # By their titles, where they have one.
    assert [t.get_text() for t in ax.get_yticklabels()] == ["fined", "Plain", "dearer"]
    caption = " ".join(plots.figure_ranking(found).get_supxlabel().split())
    assert "42 simulated replications, seed 3" in caption


def test_selection_equals_the_means_of_one_long_run(small):
    """The same replications as `run` makes; sees a future that is used twice or left out."""
    found = pbc.select_best(small, 1e-6, first_stage=10, most=30, workers=1)

    n = max(found.replications.values())
    prices = pbc.run(small, n, seed=1, workers=1, progress=False).settle()
    plan = pbc.run(small, 10, seed=1, workers=1, progress=False).settle().best_plan(found.best)
    mean = float(prices.buyer_cost.sel(contract=found.best, plan=plan).mean())
    assert found.replications[found.best] == n == 30
    assert found.means[found.best] == pytest.approx(mean)


def test_more_is_simulated_where_less_is_known(small):
    coarse = pbc.select_best(small, 1000.0, first_stage=10, most=60, workers=1)
    fine = pbc.select_best(small, 0.01, first_stage=10, most=60, workers=1)

    assert coarse.decided
    assert max(coarse.replications.values()) <= max(fine.replications.values())


def test_what_cannot_be_ranked_is_refused(small, comparison):
    with pytest.raises(pbc.PbcError, match="unknown amount 'cost'"):
        pbc.rank(comparison, "cost")
    with pytest.raises(pbc.PbcError, match="unknown amount 'cost'"):
        pbc.select_best(small, 1.0, amount="cost")
    alone = pbc.compare(comparison.prices.outcomes.settle({"plain": small.contracts["plain"]}))
    with pytest.raises(pbc.PbcError, match="needs two or more"):
        pbc.rank(alone)


def test_a_selection_is_printed_as_a_table_with_what_it_guarantees(small):
    coarse = pbc.select_best(small, 1000.0, first_stage=10, most=60, workers=1)
    undecided = pbc.select_best(small, 1e-6, first_stage=10, most=10, workers=1)

    said = str(coarse)
    # People read titles, data have keys.
    title = small.contracts[coarse.best].title
    assert said.startswith(f"'{title}' is best by buyer's cost after ")
    assert {line.split()[0] for line in said.splitlines()[2:-1]} == {"Plain", "Fined"}
    assert "answered by a supplier that counts its expected profit alone." in said
    assert "with 95% where differences of € 1 k or more matter." in said
    assert "left out after" in said
    row = coarse.table.loc[coarse.best]
    assert (row["mean"], row["left"]) == (coarse.means[coarse.best], 0)
    assert coarse.table.index[0] == coarse.best
    assert coarse._repr_html_().startswith("<pre>")
    assert "leads by buyer's cost after 10 replications, but not with 95%" in str(undecided)
    assert "left out after" not in str(undecided)
    asked = pbc.select_best(small, 1000.0, plan="rich", first_stage=10, most=10, workers=1)
    assert "expected profit" not in str(asked)


def test_a_selection_calls_plans_and_contracts_by_their_titles(repository):
    story = pbc.load_scenario(repository / "scenarios" / "pilot_office.yaml")

    said = str(pbc.select_best(story, 1e6, first_stage=10, most=10, workers=1))

    keys = [*story.contracts, *story.plans]
    assert not [key for key in keys if key in said.replace("'", " ").split()]
    with speaking("id"):
        found = str(pbc.select_best(story, 1e6, first_stage=10, most=10, workers=1))
    assert "hanya memperhitungkan laba harapannya" in found
