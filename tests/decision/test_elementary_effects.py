"""Elementary effects, against functions whose effects are known at every place of the grid."""

import itertools

import numpy as np
import pytest

import pbc_sim as pbc
from pbc_sim.decision.elementary_effects import elementary_effects


def ishigami(shares):
    """Ishigami and Homma (1990), a = 7, b = 0.1, on the unit cube."""
    x, y, z = np.pi * (2 * shares - 1)
    return np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x)


def of_all_places(function, inputs, levels):
    """Return the effect of each input from each place of the grid, shape (n_places, inputs)."""
    half, found = levels // 2, []
    for place in itertools.product(range(levels), repeat=inputs):
        row = []
        for n in range(inputs):
            moved = list(place)
            moved[n] += half if place[n] < half else -half
            step = (moved[n] - place[n]) / (levels - 1)
            change = function(np.array(moved) / (levels - 1)) - function(
                np.array(place) / (levels - 1)
            )
            row.append(change / step)
        found.append(row)
    return np.array(found)


@pytest.mark.parametrize("levels", [4, 6])
def test_effects_of_a_curved_function_are_those_of_all_places(levels):
    """Sees a step that is not half of the levels: the sizes are 7.70, 7.88, 6.25 with four."""
    exact = of_all_places(ishigami, 3, levels)
    found = elementary_effects(ishigami, 3, walks=4000, levels=levels, seed=2)

    for measure in (np.abs, np.asarray):
        error = measure(exact).std(axis=0) / np.sqrt(4000)
        off = measure(found).mean(axis=0) - measure(exact).mean(axis=0)
        assert (np.abs(off) <= 4 * error + 1e-12).all()
    assert found.std(axis=0, ddof=1) == pytest.approx(exact.std(axis=0), rel=0.05)


def test_the_sum_that_has_no_interaction_has_no_spread():
    weights = np.array([3.0, -1.0, 0.0])
    found = elementary_effects(lambda u: float(weights @ u), 3, walks=5, seed=9)

    assert found == pytest.approx(np.tile(weights, (5, 1)))


def test_a_product_spreads_since_each_factor_scales_the_other():
    found = elementary_effects(lambda u: float(u[0] * u[1]), 2, walks=200, seed=4)

    assert set(found[:, 0].round(9)) == {0.0, round(1 / 3, 9), round(2 / 3, 9), 1.0}
    assert found.std(axis=0).min() > 0.3


def test_each_walk_asks_once_more_than_there_are_inputs_within_the_cube():
    asked = []
    elementary_effects(lambda u: asked.append(u.copy()) or 0.0, 5, walks=7, seed=1)

    places = np.array(asked)
    assert len(places) == 7 * 6
    assert places.min() == 0
    assert places.max() == 1
    moves = np.diff(places.reshape(7, 6, 5), axis=1)
    assert ((moves != 0).sum(axis=2) == 1).all()
    assert np.abs(moves).max() == pytest.approx(2 / 3)


def test_the_same_seed_walks_the_same_way():
    one, again = (elementary_effects(ishigami, 3, walks=4, seed=7) for _ in range(2))

    assert (one == again).all()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"walks": 1}, "walks must be >= 2, got 1"),
        ({"levels": 5}, "levels must be an even number >= 2, got 5; take 4"),
        ({"levels": 0}, "levels must be an even number >= 2, got 0; take 4"),
    ],
)
def test_a_walk_that_cannot_be_walked_is_refused(asked, message):
    with pytest.raises(pbc.PbcError, match=message):
        elementary_effects(ishigami, 3, **asked)
