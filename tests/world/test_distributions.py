"""Every distribution of the catalogue, against its own moments and its SciPy law."""

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError
from scipy import stats

from pbc_sim.world.distributions import DISTRIBUTIONS, Spread
from pbc_sim.world.draws import generator_at

EXAMPLES = {
    "constant": [{"value": 2.5}],
    "exponential": [{"mean": 3}],
    "hyperexponential": [{"mean": 3, "cv": 2}, {"mean": 0.5, "cv": 1.2}],
    "gamma": [{"mean": 7, "cv": 0.5}, {"mean": 0.4, "cv": 2.0}],
    "lognormal": [{"mean": 4, "cv": 0.8}],
    "uniform": [{"low": 1, "high": 4}],
    "triangular": [{"low": 1, "mode": 2, "high": 6}],
    "weibull": [{"scale": 3, "shape": 1.7}],
    "beta": [{"mean": 0.02, "concentration": 60}, {"mean": 0.5, "concentration": 1}],
    "poisson": [{"mean": 5}, {"mean": 2.5, "at_least": 1}, {"mean": 60}],
    "geometric": [{"mean": 3}],
    "negative_binomial": [{"mean": 10, "variance_ratio": 3, "at_least": 1}],
    "discrete": [{"chances": {1: 0.2, 2: 0.5, 7: 0.3}}],
}
CASES = [(name, terms) for name, cases in EXAMPLES.items() for terms in cases]
COUNTS = {"poisson", "geom", "nbinom", "rv_discrete"}
SIZE = 40_000


def spread(name, terms):
    return TypeAdapter(Spread).validate_python({name: terms})


@pytest.fixture(params=CASES, ids=lambda case: case[0])
def law(request):
    return spread(*request.param)


@pytest.fixture
def sample(law):
    return law.sample(generator_at(8, 0), SIZE)


def test_every_distribution_has_an_example():
    assert set(EXAMPLES) == set(DISTRIBUTIONS)


def test_the_mean_is_what_it_says(law, sample):
    """Sees 4% of a standard deviation."""
    standard_error = np.sqrt(law.variance() / SIZE)

    assert abs(sample.mean() - law.expected()) <= 4 * standard_error


def test_the_variance_is_what_it_says(law, sample):
    """The standard error is estimated from the sample's own fourth moment."""
    squares = (sample - law.expected()) ** 2
    standard_error = squares.std() / np.sqrt(SIZE)

    assert abs(squares.mean() - law.variance()) <= 4 * standard_error


def test_the_sample_follows_its_law(law, sample):
    """Kolmogorov and Smirnov, or chi-square for counts; fails by chance once in ten thousand."""
    if law.variance() == 0:
        assert set(sample) == {law.expected()}
        return
    if law.scipy_name in COUNTS:
        cells = np.arange(int(law.law().ppf(0.001)) - 1, int(law.law().ppf(0.999)) + 1)
        edges = np.r_[0.0, law.law().cdf(cells), 1.0]
        counts = np.bincount(np.searchsorted(cells, sample), minlength=len(edges) - 1)
        chance = np.diff(edges)
        assert counts[chance == 0].sum() == 0
        kept = chance > 0
        assert stats.chisquare(counts[kept], SIZE * chance[kept]).pvalue > 1e-4
    else:
        assert stats.kstest(sample, law.law().cdf).pvalue > 1e-4


def test_draws_do_not_depend_on_how_many_are_asked_for_at_once(law):
    whole, parts = generator_at(9, 0), generator_at(9, 0)

    at_once = law.sample(whole, 200)
    in_parts = np.concatenate([law.sample(parts, size) for size in (64, 1, 0, 135)])

    assert np.array_equal(at_once, in_parts)


def test_no_draw_is_negative(sample):
    assert sample.min() >= 0


@pytest.mark.parametrize(
    "name", [n for n in DISTRIBUTIONS if n in ("poisson", "negative_binomial")]
)
def test_a_count_is_never_below_its_least(name):
    terms = {"mean": 2.5, "at_least": 2} | ({"variance_ratio": 2} if name[0] == "n" else {})

    assert spread(name, terms).sample(generator_at(1, 0), 1000).min() == 2


def test_a_bare_number_is_a_constant():
    law = TypeAdapter(Spread).validate_python(3)

    assert (law.expected(), law.variance()) == (3.0, 0.0)


@pytest.mark.parametrize(
    ("name", "terms", "message"),
    [
        ("hyperexponential", {"mean": 1, "cv": 1}, "must be a number > 1"),
        ("gamma", {"mean": 0}, "must be a number > 0"),
        ("uniform", {"low": 2, "high": 2}, "low < high"),
        ("triangular", {"low": 1, "mode": 9, "high": 6}, "low <= mode <= high"),
        ("poisson", {"mean": 1, "at_least": 1}, "mean must be > at_least"),
        ("discrete", {"chances": {1: 0.5, 2: 0.4}}, "must sum to 1, got 0.9"),
        ("gama", {"mean": 1}, "Did you mean 'gamma'"),
    ],
)
def test_a_law_that_cannot_be_is_refused(name, terms, message):
    with pytest.raises(ValidationError, match=message):
        spread(name, terms)
